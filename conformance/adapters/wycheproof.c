/* wycheproof.c - known edge cases of signatures and keys through our own loaders and key_verify.
 *
 * A table says for each file which algorithm it is for us.  Files of algorithms that
 * we do not have must be refused whole; signatures in DER form occur only inside
 * X.509 and CMS, where OpenSSL checks them.
 */
#include "codecs/base/text.h"
#include "codecs/seal/jws.h"
#include "conformance/adapters/crypto.h"

#include <stdio.h>
#include <string.h>

extern const struct adapter wycheproof_adapter;

enum how {
	SIGNATURES,
	REFUSED,
	PSS_MISC,
	DER_FORM,
	KEYS_SPKI,
	KEYS_PEM,
	KEYS_JWK,
	KEYS_POINT,
	JWS,
	NOT_OURS
};

static const struct file {
	const char *name;
	enum how how;
	enum sig_alg alg;
} files[] = {
	{ "ecdsa_secp256r1_sha256_p1363_test.json", SIGNATURES, SIG_ES256 },
	{ "ecdsa_secp384r1_sha384_p1363_test.json", SIGNATURES, SIG_ES384 },
	{ "ecdsa_secp521r1_sha512_p1363_test.json", SIGNATURES, SIG_ES512 },
	{ "ed25519_test.json", SIGNATURES, SIG_EDDSA },
	{ "rsa_pss_2048_sha256_mgf1_32_test.json", SIGNATURES, SIG_PS256 },
	{ "rsa_pss_2048_sha256_mgf1_32_params_test.json", SIGNATURES, SIG_PS256 },
	{ "rsa_pss_3072_sha256_mgf1_32_test.json", SIGNATURES, SIG_PS256 },
	{ "rsa_pss_4096_sha256_mgf1_32_test.json", SIGNATURES, SIG_PS256 },
	{ "rsa_pss_2048_sha384_mgf1_48_test.json", SIGNATURES, SIG_PS384 },
	{ "rsa_pss_4096_sha384_mgf1_48_test.json", SIGNATURES, SIG_PS384 },
	{ "rsa_pss_4096_sha512_mgf1_64_test.json", SIGNATURES, SIG_PS512 },
	{ "rsa_signature_2048_sha256_test.json", SIGNATURES, SIG_RS256 },
	{ "rsa_signature_3072_sha256_test.json", SIGNATURES, SIG_RS256 },
	{ "rsa_signature_4096_sha256_test.json", SIGNATURES, SIG_RS256 },
	{ "rsa_pss_2048_sha256_mgf1_0_test.json", REFUSED, SIG_PS256 },
	{ "rsa_pss_misc_test.json", PSS_MISC, SIG_PS256 },
	{ "rsa_signature_2048_sha384_test.json", REFUSED, SIG_RS256 },
	{ "rsa_signature_2048_sha512_test.json", REFUSED, SIG_RS256 },
	{ "rsa_signature_4096_sha512_test.json", REFUSED, SIG_RS256 },
	{ "ecdsa_secp256r1_sha512_p1363_test.json", REFUSED, SIG_ES256 },
	{ "ecdsa_secp384r1_sha512_p1363_test.json", REFUSED, SIG_ES384 },
	{ "ecdsa_brainpoolP256r1_sha256_p1363_test.json", REFUSED, SIG_ES256 },
	{ "ecdsa_secp256k1_sha256_p1363_test.json", REFUSED, SIG_ES256 },
	{ "ed448_test.json", REFUSED, SIG_EDDSA },
	{ "ecdsa_secp256r1_sha256_test.json", DER_FORM, SIG_ES256 },
	{ "ecdsa_secp256r1_sha512_test.json", DER_FORM, SIG_ES256 },
	{ "ecdsa_secp384r1_sha384_test.json", DER_FORM, SIG_ES384 },
	{ "ecdsa_secp384r1_sha512_test.json", DER_FORM, SIG_ES384 },
	{ "ecdsa_secp521r1_sha512_test.json", DER_FORM, SIG_ES512 },
	{ "ecdsa_secp224r1_sha256_test.json", DER_FORM, SIG_ES256 },
	{ "ecdsa_secp256k1_sha256_test.json", DER_FORM, SIG_ES256 },
	{ "ecdsa_brainpoolP256r1_sha256_test.json", DER_FORM, SIG_ES256 },
	{ "ecdsa_brainpoolP384r1_sha384_test.json", DER_FORM, SIG_ES384 },
	{ "ecdsa_brainpoolP512r1_sha512_test.json", DER_FORM, SIG_ES512 },
	{ "ecdh_secp256r1_test.json", KEYS_SPKI, SIG_ES256 },
	{ "ecdh_secp256r1_pem_test.json", KEYS_PEM, SIG_ES256 },
	{ "ecdh_secp256r1_webcrypto_test.json", KEYS_JWK, SIG_ES256 },
	{ "ecdh_secp256r1_ecpoint_test.json", KEYS_POINT, SIG_ES256 },
	{ "json_web_signature_test.json", JWS, SIG_NONE },
	{ "json_web_key_test.json", JWS, SIG_NONE },
	{ "json_web_crypto_test.json", JWS, SIG_NONE },
	{ "ec_prime_order_curves_test.json", NOT_OURS, SIG_NONE },
};

/* Where an answer differs from the corpus on purpose, case by case. */
static const struct {
	const char *id, *why;
} exceptions[] = {
	{ "rsa_pss_2048_sha256_mgf1_0_test.json 69",
		"the salt has 32 octets in this one, as PS256 demands" },
	{ "rsa_signature_2048_sha384_test.json 221",
		"this one is hashed with SHA-256, as RS256 demands" },
	{ "rsa_signature_2048_sha512_test.json 221",
		"this one is hashed with SHA-256, as RS256 demands" },
	{ "rsa_signature_2048_sha256_test.json 258",
		"public exponents below 65537 are refused by policy" },
	{ "rsa_signature_3072_sha256_test.json 259",
		"public exponents below 65537 are refused by policy" },
	{ "json_web_signature_test.json 346",
		"the key is restricted to another algorithm than the header's" },
	{ "json_web_signature_test.json 347",
		"the key is restricted to an algorithm that does not exist" },
	{ "json_web_signature_test.json 350",
		"the key is restricted to another algorithm than the header's" },
	{ "json_web_crypto_test.json 67", "encryption is none of ours" },
};

static const char *
exception_of(const char *id)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (strcmp(id, exceptions[i].id) == 0)
			return exceptions[i].why;
	return NULL;
}

struct pass {
	struct suite *suite;
	const struct file *file;
	long long run, accepted;
};

static void
tell(struct pass *p, const json_t *test, bool got, bool want, const char *exception)
{
	char id[160];

	snprintf(id, sizeof(id), "%s %lld", p->file->name,
		(long long)json_integer_value(json_object_get(test, "tcId")));
	p->run++;
	p->accepted += got;
	if (got == want)
		suite_tell(p->suite, id, CASE_PASS, NULL);
	else if (exception_of(id))
		suite_tell(p->suite, id, CASE_EXCEPTION, "%s", exception_of(id));
	else if (!got && exception)
		suite_tell(p->suite, id, CASE_EXCEPTION, "%s", exception);
	else
		suite_tell(p->suite, id, CASE_FAIL, "%s, where the corpus says %s (%s)",
			got ? "accepted" : "refused",
			json_string_value(json_object_get(test, "result")),
			json_string_value(json_object_get(test, "comment")));
}

static bool
is_valid(const json_t *test)
{
	return strcmp(json_string_value(json_object_get(test, "result")), "valid") == 0;
}

static struct key *
spki_key(struct work *w, const struct file *f, struct span der)
{
	struct key_policy p = key_policy_default;
	struct key *k = NULL;
	enum key_fault why;

	(void)w;
	p.algs = SIG_BIT(f->alg);
	if (der.ptr)
		key_from_spki(der, &p, &k, &why);
	return k;
}

static bool
is_ps256(const json_t *group)
{
	return json_integer_value(json_object_get(group, "sLen")) == 32 &&
	       span_is(crypto_text(group, "sha"), "SHA-256") &&
	       span_is(crypto_text(group, "mgfSha"), "SHA-256") &&
	       span_is(crypto_text(group, "mgf"), "MGF1");
}

/* Tests of one group under one key. */
static void
signatures(struct pass *p, const json_t *group)
{
	struct work *w = suite_work(p->suite);
	struct key *k = spki_key(w, p->file, crypto_hex(w, group, "publicKeyDer"));
	size_t i;
	json_t *t;

	json_array_foreach(json_object_get(group, "tests"), i, t)
	{
		bool got = crypto_verify(
			w, k, p->file->alg, crypto_hex(w, t, "msg"), crypto_hex(w, t, "sig"));
		bool want = is_valid(t) && (p->file->how == SIGNATURES ||
						   (p->file->how == PSS_MISC && is_ps256(group)));
		tell(p, t, got, want, NULL);
	}
	key_free(k);
}

static struct span
pem_body(struct work *w, struct span pem)
{
	const uint8_t *from = pem.len ? memmem(pem.ptr, pem.len, "KEY-----", 8) : NULL;
	struct span out = SPAN_NONE, body;
	size_t bad;

	if (!from)
		return SPAN_NONE;
	body = span_from(pem, (size_t)(from - pem.ptr) + 8);
	base64_decode(w->arena, span_slice(body, 0, span_find(body, '-')), true, &out, &bad);
	return out;
}

static struct key *
point_key(struct span point)
{
	struct key *k = NULL;
	enum key_fault why;

	if (point.len > 0 && point.ptr[0] == 4)
		key_from_ec("P-256", span_slice(point, 1, 32), span_from(point, 33),
			&key_policy_default, &k, &why);
	return k;
}

static struct key *
public_key(struct work *w, const struct file *f, const json_t *test)
{
	enum key_fault why;

	switch (f->how) {
	case KEYS_SPKI:
		return spki_key(w, f, crypto_hex(w, test, "public"));
	case KEYS_PEM:
		return spki_key(w, f, pem_body(w, crypto_text(test, "public")));
	case KEYS_POINT:
		return point_key(crypto_hex(w, test, "public"));
	default:
		return crypto_jwk(w, json_object_get(test, "public"), SIG_BIT(f->alg), &why);
	}
}

/* The corpus is about key agreement: what it calls valid must load, what it calls invalid must not. */
static void
keys(struct pass *p, const json_t *group)
{
	size_t i;
	json_t *t;

	json_array_foreach(json_object_get(group, "tests"), i, t)
	{
		struct work *w = suite_work(p->suite);
		struct key *k = public_key(w, p->file, t);
		bool acceptable = strcmp(json_string_value(json_object_get(t, "result")),
					  "acceptable") == 0;
		const char *why = p->file->how == KEYS_POINT
					  ? "bare points are read uncompressed only"
					  : NULL;
		if (acceptable)
			tell(p, t, k != NULL, k != NULL, NULL);
		else
			tell(p, t, k != NULL, is_valid(t), why);
		key_free(k);
	}
}

static bool
jws_valid(struct work *w, const struct key *k, const json_t *test)
{
	struct jws j;
	bool ok = false;

	jws_read(w, crypto_text(test, "jws"), &j, &ok);
	return ok && crypto_verify(w, k, j.alg, j.signing_input, j.signature);
}

/* The key itself, or the one of a set that the header names. */
static const json_t *
key_for(struct work *w, const json_t *jwk, const json_t *test)
{
	struct jws j = { 0 };
	bool ok = false;
	size_t i;
	json_t *k;

	if (!json_object_get(jwk, "keys"))
		return jwk;
	jws_read(w, crypto_text(test, "jws"), &j, &ok);
	json_array_foreach(json_object_get(jwk, "keys"), i,
		k) if (ok && span_eq(crypto_text(k, "kid"), j.kid)) return k;
	return NULL;
}

/* Algorithms that no scheme of ours uses are refused by rule. */
static const char *
rule_of(struct work *w, const json_t *jwk, const json_t *test)
{
	struct jws j = { 0 };
	bool ok = false;

	if (span_is(crypto_text(jwk, "kty"), "oct"))
		return "symmetric algorithms are not allowed";
	jws_read(w, crypto_text(test, "jws"), &j, &ok);
	struct span alg = ok ? node_text(node_get(j.header, "alg")) : SPAN_NONE;
	if (span_is(alg, "RS384") || span_is(alg, "RS512"))
		return "no scheme of ours uses RS384 or RS512";
	return NULL;
}

static void
jws(struct pass *p, const json_t *group)
{
	const json_t *jwks = json_object_get(group, "public");
	size_t i;
	json_t *t;

	if (!json_is_object(jwks))
		jwks = json_object_get(group, "private");
	json_array_foreach(json_object_get(group, "tests"), i, t)
	{
		struct work *w = suite_work(p->suite);
		enum key_fault why;
		const json_t *jwk = key_for(w, jwks, t);
		struct key *k = jwk ? crypto_jwk(w, jwk, ~0u, &why) : NULL;
		tell(p, t, jws_valid(w, k, t), is_valid(t), rule_of(w, jwk, t));
		key_free(k);
	}
}

static int
run_file(struct suite *s, const struct file *f)
{
	struct pass p = { .suite = s, .file = f };
	json_t *root, *group;
	size_t i;

	if (f->how == DER_FORM || f->how == NOT_OURS) {
		suite_tell(s, f->name, CASE_SKIP, "%s",
			f->how == DER_FORM ? "DER signatures occur only inside X.509 and CMS, "
					     "which OpenSSL checks"
					   : "curves of one's own are never read");
		return 0;
	}
	root = crypto_file(s, f->name);
	json_array_foreach(json_object_get(root, "testGroups"), i, group)
	{
		if (f->how == SIGNATURES || f->how == REFUSED || f->how == PSS_MISC)
			signatures(&p, group);
		else if (f->how == JWS)
			jws(&p, group);
		else
			keys(&p, group);
	}
	json_decref(root);
	suite_figure(s, f->name, p.accepted);
	return 0;
}

static int
run(struct suite *s)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		run_file(s, &files[i]);
	return 0;
}

const struct adapter wycheproof_adapter = { "wycheproof", run };
