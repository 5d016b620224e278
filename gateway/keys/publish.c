/* publish.c - keys as JWK set, as DID document and as certificates. */
#include "gateway/keys/publish.h"

#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/seal/thumbprint.h"
#include "gateway/keys/keys_impl.h"
#include "gateway/keys/publish_impl.h"

enum { COORDINATE = 32, MULTIKEY_MAX = 64, PEM_LINE = 64 };

const struct own_key *
published_next(const struct keys *k, unsigned purposes_wanted, int64_t now, size_t *at)
{
	const struct own_key *o;

	while ((o = keys_at(k, (*at)++)) != NULL)
		if ((purposes_wanted & 1u << o->purpose) && own_key_published(o, now))
			return o;
	return NULL;
}

static void
member64url(struct buf *b, const char *name, struct span value)
{
	buf_str(b, ",\"");
	buf_str(b, name);
	buf_str(b, "\":\"");
	base64url_encode(b, value);
	buf_char(b, '"');
}

/* The end of a SubjectPublicKeyInfo is the key: both coordinates, or the octets of Ed25519. */
void
publish_jwk_members(struct buf *b, const struct own_key *o)
{
	struct span spki = o->spki;

	if (o->alg == SIG_EDDSA) {
		buf_str(b, "\"kty\":\"OKP\",\"crv\":\"Ed25519\"");
		member64url(b, "x", span_from(spki, spki.len - COORDINATE));
		return;
	}
	buf_str(b, "\"kty\":\"EC\",\"crv\":\"P-256\"");
	member64url(b, "x", span_slice(spki, spki.len - 2 * COORDINATE, COORDINATE));
	member64url(b, "y", span_from(spki, spki.len - COORDINATE));
}

void
publish_x5c(struct buf *b, const struct own_key *o)
{
	buf_str(b, "\"x5c\":[\"");
	base64_encode(b, o->cert);
	if (o->authority.len > 0) {
		buf_str(b, "\",\"");
		base64_encode(b, o->authority);
	}
	buf_str(b, "\"]");
}

int
publish_jwks(struct work *w, const struct keys *k, int64_t crl_version, struct buf *b)
{
	const struct own_key *o;
	size_t at = 0, count = 0;

	buf_str(b, "{\"keys\":[");
	while ((o = published_next(k, 1u << PURPOSE_SHC, w->now, &at)) != NULL) {
		buf_str(b, count++ > 0 ? ",\n{" : "\n{");
		publish_jwk_members(b, o);
		buf_str(b, ",\"use\":\"sig\",\"alg\":\"ES256\",\"kid\":");
		buf_json(b, o->kid);
		if (crl_version > 0) {
			buf_str(b, ",\"crlVersion\":");
			buf_int(b, crl_version);
		}
		buf_char(b, ',');
		publish_x5c(b, o);
		buf_char(b, '}');
	}
	buf_str(b, "]}\n");
	return b->error;
}

/* --- the DID document --- */

enum { METHODS = 1u << PURPOSE_VC_EDDSA | 1u << PURPOSE_VC_ECDSA | 1u << PURPOSE_LIST };

/* Of a curve's point the multikey has one coordinate and the other's sign. */
static void
write_multikey(struct buf *b, const struct own_key *o)
{
	struct buf raw = buf_in(b->arena, MULTIKEY_MAX);
	struct span spki = o->spki;

	if (o->alg == SIG_EDDSA) {
		buf_str(&raw, "\xed\x01");
		buf_add(&raw, span_from(spki, spki.len - COORDINATE));
	} else {
		buf_str(&raw, "\x80\x24");
		buf_char(&raw, (char)(2 + (spki.ptr[spki.len - 1] & 1)));
		buf_add(&raw, span_slice(spki, spki.len - 2 * COORDINATE, COORDINATE));
	}
	buf_char(b, 'z');
	base58_encode(b, buf_span(&raw));
	if (raw.error)
		b->error = raw.error;
}

static void
write_id(struct buf *b, const struct keys *k, const struct own_key *o, const char *more)
{
	buf_char(b, '"');
	buf_add(b, keys_did(k)); /* of characters that need no escape: see index_identity */
	buf_char(b, '#');
	buf_add(b, o->name);
	buf_str(b, more);
	buf_char(b, '"');
}

static void
open_method(struct buf *b, const struct keys *k, const struct own_key *o, const char *more,
	const char *type)
{
	buf_str(b, "\n{\"id\":");
	write_id(b, k, o, more);
	buf_str(b, ",\"type\":\"");
	buf_str(b, type);
	buf_str(b, "\",\"controller\":");
	buf_json(b, keys_did(k));
}

static void
write_jwk_method(struct buf *b, const struct keys *k, const struct own_key *o, const char *more)
{
	open_method(b, k, o, more, "JsonWebKey");
	buf_str(b, ",\"publicKeyJwk\":{");
	publish_jwk_members(b, o);
	buf_str(b, o->alg == SIG_EDDSA ? ",\"alg\":\"EdDSA\"}}" : ",\"alg\":\"ES256\"}}");
}

static void
write_methods(struct buf *b, const struct keys *k, const struct own_key *o)
{
	if (o->purpose == PURPOSE_LIST) {
		write_jwk_method(b, k, o, "");
		return;
	}
	open_method(b, k, o, "", "Multikey");
	buf_str(b, ",\"publicKeyMultibase\":\"");
	write_multikey(b, o);
	buf_str(b, "\"},");
	write_jwk_method(b, k, o, "-jwk");
}

int
publish_did(struct work *w, const struct keys *k, struct buf *b)
{
	const struct own_key *o;
	size_t at = 0, count = 0;

	buf_str(b, "{\"@context\":[\"https://www.w3.org/ns/did/v1\","
		   "\"https://w3id.org/security/multikey/v1\","
		   "\"https://w3id.org/security/jwk/v1\"],\n\"id\":");
	buf_json(b, keys_did(k));
	buf_str(b, ",\n\"verificationMethod\":[");
	while ((o = published_next(k, METHODS, w->now, &at)) != NULL) {
		buf_str(b, count++ > 0 ? "," : "");
		write_methods(b, k, o);
	}
	buf_str(b, "],\n\"assertionMethod\":[");
	for (at = count = 0; (o = published_next(k, METHODS, w->now, &at)) != NULL;) {
		buf_str(b, count++ > 0 ? ",\n" : "\n");
		write_id(b, k, o, "");
		if (o->purpose == PURPOSE_LIST)
			continue;
		buf_char(b, ',');
		write_id(b, k, o, "-jwk");
	}
	buf_str(b, "]}\n");
	return b->error;
}

/* --- certificates --- */

static void
write_pem(struct buf *b, struct span der)
{
	struct buf text = buf_in(b->arena, SIZE_MAX);

	base64_encode(&text, der);
	buf_str(b, "-----BEGIN CERTIFICATE-----\n");
	for (size_t i = 0; i < text.len; i += PEM_LINE) {
		buf_add(b, span_slice(buf_span(&text), i, PEM_LINE));
		buf_char(b, '\n');
	}
	buf_str(b, "-----END CERTIFICATE-----\n");
	if (text.error)
		b->error = text.error;
}

int
publish_certificates(struct work *w, const struct keys *k, enum key_purpose p, struct buf *b)
{
	const struct own_key *o;
	size_t at = 0;

	while ((o = published_next(k, 1u << p, w->now, &at)) != NULL)
		if (o->cert.len > 0)
			write_pem(b, o->cert);
	return b->error;
}

/* --- all of it --- */

static int
jwks(struct work *w, struct keys *k, struct buf *b)
{
	return publish_jwks(w, k, 0, b);
}

static int
did(struct work *w, struct keys *k, struct buf *b)
{
	return publish_did(w, k, b);
}

#define PEM_OF(name, purpose)                                          \
	static int name(struct work *w, struct keys *k, struct buf *b) \
	{                                                              \
		return publish_certificates(w, k, purpose, b);         \
	}
PEM_OF(dcc, PURPOSE_DCC)
PEM_OF(csca_dcc, PURPOSE_CSCA_DCC)
PEM_OF(ca_shc, PURPOSE_CA_SHC)
PEM_OF(who, PURPOSE_WHO)
PEM_OF(sca_who, PURPOSE_SCA_WHO)
PEM_OF(icao, PURPOSE_ICAO)
PEM_OF(csca_icao, PURPOSE_CSCA_ICAO)
PEM_OF(list, PURPOSE_LIST)

#define PEM "application/pem-certificate-chain"

const struct publication *
publication_at(size_t index)
{
	static const struct publication all[] = {
		{ PUBLISH_JWKS, "application/json", jwks },
		{ ".well-known/did.json", "application/did+json", did },
		{ "trustlist", "application/json", publish_dgcg },
		{ "v2/trustlist/did.json", "application/did+json", publish_gdhcn },
		{ "certificates/dcc.pem", PEM, dcc },
		{ "certificates/csca-dcc.pem", PEM, csca_dcc },
		{ "certificates/ca-shc.pem", PEM, ca_shc },
		{ "certificates/who.pem", PEM, who },
		{ "certificates/sca-who.pem", PEM, sca_who },
		{ "certificates/icao.pem", PEM, icao },
		{ "certificates/csca-icao.pem", PEM, csca_icao },
		{ "certificates/list.pem", PEM, list },
	};

	return index < sizeof(all) / sizeof(all[0]) ? &all[index] : NULL;
}
