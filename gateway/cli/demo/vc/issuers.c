/* issuers.c - who issues the demo world's W3C credentials: DIDs that are their keys, and two documents of others. */
#include "codecs/base/text.h"
#include "gateway/cli/demo/demo.h"

#include <stdio.h>
#include <string.h>

enum did_form { DID_IS_KEY, DID_IS_JWK, DID_OF_HEALTH, DID_OF_CAMPAIGN };
enum { ON_LIST = 1, ON_TEST_LIST = 2 };

#define HEALTH   "did:web:health.example:aq"
#define CAMPAIGN "did:web:campaign.example"

static const struct issuer {
	enum private_kind kind;
	enum sig_alg alg;
	enum did_form form;
	unsigned where; /* of DIDs that are keys */
	const char *fragment; /* of the method in its document; NULL: it is not there */
	const char *more; /* members of the method */
	bool login; /* there to log in, and for nothing else */
} issuers[VC_KEY_COUNT] = {
	[VC_MINISTRY] = { PRIVATE_ED25519, SIG_EDDSA, DID_IS_KEY, ON_LIST, NULL, "", false },
	[VC_AGENCY] = { PRIVATE_P256, SIG_ES256, DID_IS_KEY, ON_LIST, NULL, "", false },
	[VC_REGISTRY] = { PRIVATE_P256, SIG_ES256, DID_IS_JWK, ON_LIST, NULL, "", false },
	[VC_HEALTH] = { PRIVATE_P384, SIG_ES384, DID_OF_HEALTH, 0, "vaccinations", "", false },
	[VC_HEALTH_ED] = { PRIVATE_ED25519, SIG_EDDSA, DID_OF_HEALTH, 0, "tests", "", false },
	[VC_HEALTH_LEFT] = { PRIVATE_P256, SIG_ES256, DID_OF_HEALTH, 0, "left",
		",\"revoked\":\"2025-06-01T00:00:00Z\"", false },
	[VC_HEALTH_DOOR] = { PRIVATE_P256, SIG_ES256, DID_OF_HEALTH, 0, "door", "", true },
	[VC_HEALTH_GUEST] = { PRIVATE_P256, SIG_ES256, DID_OF_HEALTH, 0, "guest",
		",\"controller\":\"did:web:guest.example\"", false },
	[VC_HEALTH_WEAK] = { PRIVATE_RSA1024, SIG_PS256, DID_OF_HEALTH, 0, "weak", "", false },
	[VC_HEALTH_LOST] = { PRIVATE_P256, SIG_ES256, DID_OF_HEALTH, 0, NULL, "", false },
	[VC_CAMPAIGN] = { PRIVATE_RSA2048, SIG_PS256, DID_OF_CAMPAIGN, 0, "key-1", "", false },
	[VC_TEST] = { PRIVATE_ED25519, SIG_EDDSA, DID_IS_KEY, ON_TEST_LIST, NULL, "", false },
	[VC_STRANGER] = { PRIVATE_ED25519, SIG_EDDSA, DID_IS_KEY, 0, NULL, "", false },
};

/* --- keys as text --- */

/* The end of a SubjectPublicKeyInfo is the key: of a curve the point with both coordinates, which a multikey
 * shortens to one. */
static void
write_point(struct buf *b, struct span spki, size_t coordinate)
{
	struct span x = span_slice(spki, spki.len - 2 * coordinate, coordinate);

	buf_char(b, (char)(2 + (spki.ptr[spki.len - 1] & 1)));
	buf_add(b, x);
}

static void
write_multikey(struct buf *b, enum private_kind kind, struct span spki)
{
	struct buf raw = buf_in(b->arena, SIZE_MAX);

	if (kind == PRIVATE_ED25519) {
		buf_str(&raw, "\xed\x01");
		buf_add(&raw, span_from(spki, spki.len - 32));
	} else {
		buf_str(&raw, kind == PRIVATE_P256 ? "\x80\x24" : "\x81\x24");
		write_point(&raw, spki, kind == PRIVATE_P256 ? 32 : 48);
	}
	buf_char(b, 'z');
	base58_encode(b, buf_span(&raw));
	if (raw.error)
		b->error = raw.error;
}

static void
write_jwk(struct buf *b, struct span spki)
{
	buf_str(b, "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"");
	base64url_encode(b, span_slice(spki, spki.len - 64, 32));
	buf_str(b, "\",\"y\":\"");
	base64url_encode(b, span_from(spki, spki.len - 32));
	buf_str(b, "\"}");
}

/* The part behind the last colon of a DID that is its key. */
static void
write_identifier(struct buf *b, const struct issuer *i, struct span spki)
{
	struct buf jwk = buf_in(b->arena, SIZE_MAX);

	if (i->form == DID_IS_KEY) {
		write_multikey(b, i->kind, spki);
		return;
	}
	write_jwk(&jwk, spki);
	base64url_encode(b, buf_span(&jwk));
	if (jwk.error)
		b->error = jwk.error;
}

static void
write_did(struct buf *b, const struct issuer *i, struct span spki)
{
	static const char *const beginnings[] = { "did:key:", "did:jwk:", HEALTH, CAMPAIGN };

	buf_str(b, beginnings[i->form]);
	if (i->form == DID_IS_KEY || i->form == DID_IS_JWK)
		write_identifier(b, i, spki);
}

static void
write_fragment(struct buf *b, const struct issuer *i, struct span spki)
{
	buf_char(b, '#');
	if (i->form == DID_IS_KEY)
		write_multikey(b, i->kind, spki);
	else if (i->form == DID_IS_JWK)
		buf_char(b, '0');
	else
		buf_str(b, i->fragment ? i->fragment : "lost");
}

static int
make_key(struct demo *d, enum demo_vc_key key)
{
	const struct issuer *i = &issuers[key];
	struct demo_key *k = &d->credentials[key];
	struct buf did = buf_in(d->arena, SIZE_MAX), method = did;
	struct span spki;
	int r = demo_key_new(i->kind, i->alg, k);

	if (r == 0)
		r = private_spki(k->key, d->arena, &spki);
	if (r != 0)
		return r;
	write_did(&did, i, spki);
	buf_add(&method, buf_span(&did));
	write_fragment(&method, i, spki);
	k->signer.issuer = buf_span(&did);
	k->signer.kid = buf_span(&method);
	return did.error ? did.error : method.error;
}

int
credential_make_keys(struct demo *d)
{
	int r = 0;

	for (enum demo_vc_key k = 0; r == 0 && k < VC_KEY_COUNT; k++)
		r = make_key(d, k);
	return r;
}

void
credential_drop_keys(struct demo *d)
{
	for (enum demo_vc_key k = 0; k < VC_KEY_COUNT; k++)
		demo_key_drop(&d->credentials[k]);
}

struct span
credential_issuer(const struct demo *d, enum demo_vc_key key)
{
	return key == VC_CAMPAIGN ? SPAN_LIT("https://campaign.example/")
				  : d->credentials[key].signer.issuer;
}

/* --- lists --- */

static int
write_lines(struct demo *d, const char *folder, const char *name, unsigned where)
{
	struct buf b = buf_in(d->arena, SIZE_MAX);

	buf_str(&b, "# One issuer a line: a DID that is its own key, or whose document is kept "
		    "beside this list.\n");
	for (enum demo_vc_key k = 0; k < VC_KEY_COUNT; k++) {
		if (!(issuers[k].where & where))
			continue;
		buf_add(&b, d->credentials[k].signer.issuer);
		buf_char(&b, '\n');
	}
	return demo_write(d, folder, name, buf_span(&b), 0644);
}

static bool
is_rsa(const struct issuer *i)
{
	return i->kind == PRIVATE_RSA1024 || i->kind == PRIVATE_RSA2048;
}

static void
write_key(struct buf *b, const struct issuer *i, struct span spki)
{
	struct buf pem = buf_in(b->arena, SIZE_MAX);

	if (!is_rsa(i)) {
		buf_str(b, "\"publicKeyMultibase\":\"");
		write_multikey(b, i->kind, spki);
		buf_char(b, '"');
		return;
	}
	demo_pem(&pem, "PUBLIC KEY", spki);
	buf_str(b, "\"publicKeyPem\":");
	buf_json(b, buf_span(&pem));
}

static int
write_method(struct demo *d, enum demo_vc_key k, struct buf *b)
{
	const struct issuer *i = &issuers[k];
	struct span spki;
	int r = private_spki(d->credentials[k].key, d->arena, &spki);

	if (r != 0)
		return r;
	buf_str(b, "{\"id\":");
	buf_json(b, d->credentials[k].signer.kid);
	buf_str(b, is_rsa(i) ? ",\"type\":\"RsaVerificationKey2018\"" : ",\"type\":\"Multikey\"");
	if (!strstr(i->more, "controller")) {
		buf_str(b, ",\"controller\":");
		buf_json(b, d->credentials[k].signer.issuer);
	}
	buf_str(b, i->more);
	buf_char(b, ',');
	write_key(b, i, spki);
	buf_char(b, '}');
	return 0;
}

static bool
stands_in(enum demo_vc_key k, enum did_form form)
{
	return issuers[k].form == form && issuers[k].fragment;
}

static void
write_relationship(struct demo *d, const char *name, enum did_form form, bool login, struct buf *b)
{
	size_t count = 0;

	buf_str(b, ",\n\"");
	buf_str(b, name);
	buf_str(b, "\":[");
	for (enum demo_vc_key k = 0; k < VC_KEY_COUNT; k++)
		if (stands_in(k, form) && issuers[k].login == login) {
			buf_str(b, count++ > 0 ? "," : "");
			buf_json(b, d->credentials[k].signer.kid);
		}
	buf_char(b, ']');
}

static int
write_document(struct demo *d, const char *folder, const char *name, enum did_form form)
{
	struct buf b = buf_in(d->arena, SIZE_MAX);
	size_t count = 0;
	int r = 0;

	buf_str(&b, "{\"@context\":[\"https://www.w3.org/ns/did/v1\",\"https://w3id.org/security/"
		    "multikey/v1\"],\n\"id\":\"");
	buf_str(&b, form == DID_OF_HEALTH ? HEALTH : CAMPAIGN);
	buf_str(&b, "\",\n\"verificationMethod\":[");
	for (enum demo_vc_key k = 0; r == 0 && k < VC_KEY_COUNT; k++)
		if (stands_in(k, form)) {
			buf_str(&b, count++ > 0 ? ",\n" : "\n");
			r = write_method(d, k, &b);
		}
	buf_char(&b, ']');
	write_relationship(d, "assertionMethod", form, false, &b);
	write_relationship(d, "authentication", form, true, &b);
	buf_str(&b, "}\n");
	return r != 0 ? r : demo_write(d, folder, name, buf_span(&b), 0644);
}

int
credential_write_lists(struct demo *d, const char *folder)
{
	int r = write_lines(d, folder, "vc-issuers.txt", ON_LIST);

	if (r == 0)
		r = write_lines(d, folder, "vc-issuers-test.txt", ON_TEST_LIST);
	if (r == 0)
		r = write_document(d, folder, "vc-health.did.json", DID_OF_HEALTH);
	if (r == 0)
		r = write_document(d, folder, "vc-campaign.did.json", DID_OF_CAMPAIGN);
	return r != 0 ? r : credential_write_status(d, folder);
}
