/* keyring.c - one key for each purpose: certificates for the DCC's kin and for seals, a JWK set for cards, did:key for
 * W3C credentials; all in one snapshot.
 */
#include "conformance/translate/keyring.h"

#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/seal/signer_file.h"
#include "codecs/seal/thumbprint.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define URL "https://gateway.example"

enum { MEMORY = 1 << 22, COORDINATE = 32, ED25519 = 32, KID = 8 };
enum role { ROLE_DCC, ROLE_WHO, ROLE_ICAO, ROLE_SHC, ROLE_EDDSA, ROLE_ECDSA, ROLE_CSCA, ROLES };

static const char *const purposes[ROLE_CSCA] = { "dcc", "who", "icao", "shc", "vc-eddsa",
	"vc-ecdsa" };

struct own {
	struct private_key *key;
	struct cert *cert;
	struct signer signer;
	struct span spki, did;
};

struct keyring {
	struct arena *arena;
	struct kit *kit;
	struct report report;
	struct own own[ROLES];
	struct trust *trust;
};

/* --- keys --- */

static int
make_key(struct keyring *k, enum role role)
{
	struct own *o = &k->own[role];
	bool edwards = role == ROLE_EDDSA;
	int r = private_new(edwards ? PRIVATE_ED25519 : PRIVATE_P256, &o->key);

	if (r == 0)
		r = signer_over(o->key, edwards ? SIG_EDDSA : SIG_ES256, &o->signer);
	return r != 0 ? r : private_spki(o->key, k->arena, &o->spki);
}

static int
issue(const struct keyring *k, enum role role, int64_t until, struct arena *a, struct span *der)
{
	static const char *const barcode_signer[] = { "2.23.136.1.1.14.2", NULL };
	const struct own *ca = &k->own[ROLE_CSCA];
	bool seal = role == ROLE_ICAO;
	const struct cert_request q = { .country = "AQ",
		.common_name = role == ROLE_CSCA ? "Authority" : "Gateway",
		.not_before = time_of(2000, 1, 1, 0, 0, 0),
		.not_after = until,
		.is_ca = role == ROLE_CSCA,
		.eku = seal ? barcode_signer : NULL,
		.document_types = seal ? "NVNT" : NULL,
		.ca = seal ? ca->cert : NULL,
		.ca_key = seal ? ca->key : NULL,
		.subject = k->own[role].key };

	return cert_issue(&q, a, der);
}

/* For all the years that a case may be of. */
static int
make_cert(struct keyring *k, enum role role)
{
	struct own *o = &k->own[role];
	struct span der;
	int r = issue(k, role, time_of(2049, 1, 1, 0, 0, 0), k->arena, &der);

	if (r == 0)
		r = cert_from_der(der, &key_policy_default, &o->cert);
	if (r == 0 && !o->cert)
		r = -EINVAL;
	if (r == 0)
		o->signer.kid = span_slice(cert_sha256(o->cert), 0, KID);
	return r;
}

/* A SubjectPublicKeyInfo ends with the key: of P-256 x and y, of which a multikey has x and y's sign. */
static int
name_by_key(struct keyring *k, enum role role)
{
	struct own *o = &k->own[role];
	struct buf raw = buf_in(k->arena, SIZE_MAX), did = raw, method = raw, key = raw;

	if (role == ROLE_EDDSA) {
		buf_str(&raw, "\xed\x01");
		buf_add(&raw, span_from(o->spki, o->spki.len - ED25519));
	} else {
		buf_str(&raw, "\x80\x24");
		buf_char(&raw, (char)(2 + (o->spki.ptr[o->spki.len - 1] & 1)));
		buf_add(&raw,
			span_slice(o->spki, o->spki.len - (size_t)2 * COORDINATE, COORDINATE));
	}
	buf_char(&key, 'z');
	base58_encode(&key, buf_span(&raw));
	buf_str(&did, "did:key:");
	buf_add(&did, buf_span(&key));
	buf_add(&method, buf_span(&did));
	buf_char(&method, '#');
	buf_add(&method, buf_span(&key));
	o->did = buf_span(&did);
	o->signer.kid = buf_span(&method);
	return method.error ? method.error : key.error;
}

static int
name_by_thumbprint(struct keyring *k, struct work *w)
{
	struct own *o = &k->own[ROLE_SHC];
	enum key_fault why;
	struct key *key;
	int r = key_from_spki(o->spki, &key_policy_default, &key, &why);

	if (r == 0)
		r = key ? thumbprint_of_key(w, key, &o->signer.kid) : -EINVAL;
	key_free(key);
	o->signer.issuer = SPAN_LIT(URL);
	return r;
}

static int
make_keys(struct keyring *k, struct work *w)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ROLES; i++)
		r = make_key(k, (enum role)i);
	if (r == 0)
		r = make_cert(k, ROLE_CSCA);
	for (enum role i = ROLE_DCC; r == 0 && i <= ROLE_ICAO; i++)
		r = make_cert(k, i);
	k->own[ROLE_ICAO].signer.issuer = SPAN_LIT("ATA");
	if (r == 0)
		r = name_by_thumbprint(k, w);
	if (r == 0)
		r = name_by_key(k, ROLE_EDDSA);
	return r != 0 ? r : name_by_key(k, ROLE_ECDSA);
}

/* --- trust --- */

static int
write_jwks(const struct own *o, struct buf *b)
{
	buf_str(b, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"alg\":\"ES256\","
		   "\"kid\":");
	buf_json(b, o->signer.kid);
	buf_str(b, ",\"x\":\"");
	base64url_encode(b, span_slice(o->spki, o->spki.len - (size_t)2 * COORDINATE, COORDINATE));
	buf_str(b, "\",\"y\":\"");
	base64url_encode(b, span_from(o->spki, o->spki.len - COORDINATE));
	buf_str(b, "\"}]}");
	return b->error;
}

static int
build_trust(struct keyring *k, struct work *w)
{
	struct buf jwks = buf_in(k->arena, SIZE_MAX), dids = jwks;
	int r = write_jwks(&k->own[ROLE_SHC], &jwks);

	buf_add(&dids, k->own[ROLE_EDDSA].did);
	buf_char(&dids, '\n');
	buf_add(&dids, k->own[ROLE_ECDSA].did);
	if (r != 0 || dids.error)
		return r != 0 ? r : dids.error;
	const struct trust_file files[] = { { SPAN_LIT("AQ.der"), cert_der(k->own[ROLE_DCC].cert) },
		{ SPAN_LIT("AQ.der"), cert_der(k->own[ROLE_WHO].cert) },
		{ SPAN_LIT("csca.der"), cert_der(k->own[ROLE_CSCA].cert) },
		{ SPAN_LIT("jwks.json"), buf_span(&jwks) },
		{ SPAN_LIT("issuers"), buf_span(&dids) } };
	static const struct {
		const char *name;
		enum trust_domain domain;
	} lists[] = { { "dcc", TRUST_DCC }, { "who", TRUST_WHO }, { "icao", TRUST_ICAO },
		{ "shc", TRUST_SHC }, { "vc", TRUST_VC } };
	enum { LISTS = sizeof(lists) / sizeof(lists[0]) };
	struct trust_input in[LISTS];
	for (size_t i = 0; i < LISTS; i++)
		in[i] = (struct trust_input){ .name = span_of(lists[i].name),
			.env = ENV_DEMO,
			.domain = lists[i].domain,
			.files = &files[i],
			.file_count = 1,
			.issuer = lists[i].domain == TRUST_SHC ? SPAN_LIT(URL) : SPAN_NONE,
			.country = lists[i].domain == TRUST_SHC ? SPAN_LIT(URL) : SPAN_NONE,
			.read_at = TIME_NONE };
	return trust_build(w, in, LISTS, &k->trust);
}

/* --- the ring --- */

struct keyring *
keyring_new(void)
{
	struct keyring *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->arena = arena_new(MEMORY);
	k->kit = kit_new();
	if (k->arena && k->kit) {
		struct work w = { k->arena, &k->report, &limits_default, k->kit, 0 };
		report_begin(&k->report, k->arena);
		if (make_keys(k, &w) == 0 && build_trust(k, &w) == 0)
			return k;
	}
	keyring_free(k);
	return NULL;
}

void
keyring_free(struct keyring *k)
{
	if (!k)
		return;
	trust_unref(k->trust);
	for (size_t i = 0; i < ROLES; i++) {
		cert_free(k->own[i].cert);
		private_free(k->own[i].key);
	}
	kit_free(k->kit);
	arena_free(k->arena);
	free(k);
}

bool
keyring_key(const struct keyring *k, const struct target *t, struct keyring_key *out)
{
	for (size_t i = 0; i < ROLE_CSCA; i++) {
		const struct own *o = &k->own[i];
		if (strcmp(purposes[i], t->purpose) != 0)
			continue;
		*out = (struct keyring_key){ &o->signer,
			{ .url = SPAN_LIT(URL),
				.did = o->did.len > 0 ? o->did
						      : SPAN_LIT("did:web:gateway.example"),
				.country = SPAN_LIT("AQ"),
				.name = SPAN_LIT("Gateway"),
				.cert = o->cert ? cert_der(o->cert) : SPAN_NONE } };
		return true;
	}
	return false;
}

int
keyring_certify(const struct keyring *k, int64_t until, struct arena *a, struct span *der)
{
	return issue(k, ROLE_ICAO, until, a, der);
}

const struct trust *
keyring_trust(const struct keyring *k)
{
	return k->trust;
}
