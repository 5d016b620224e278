/* key.c - from an EVP_PKEY to a key: what it may be used for, and everything prepared for using it.
 *
 * All of this happens when trust data is loaded.  Parsing a key costs more than
 * verifying with it, so nothing of it is left for the request path.
 */
#include "codecs/seal/key.h"

#include "codecs/seal/key_impl.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct key_policy key_policy_default = { .rsa_min_bits = 2048, .rsa_max_bits = 8192 };

static const char *const fault_texts[] = {
	[KEY_OK] = "the key is usable",
	[KEY_MALFORMED] = "the key is malformed",
	[KEY_UNSUPPORTED] = "keys of this type are not supported",
	[KEY_WEAK] = "the key is too weak",
	[KEY_NOT_ON_CURVE] = "the public point is not on its curve",
	[KEY_ALG_CONFLICT] = "the key is restricted to another use or algorithm",
	[KEY_UNTYPED] = "the key does not say its use or its algorithm",
	[KEY_MISNAMED] = "the key identifier is not the key's thumbprint",
};

const char *
key_fault_text(enum key_fault fault)
{
	return fault_texts[fault];
}

static const struct key_type *
ec_type(EVP_PKEY *pkey)
{
	char group[32];

	if (EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) != 1)
		return NULL;
	for (size_t i = 0; i < KEY_CURVES; i++)
		if (strcmp(group, key_types_ec[i].group) == 0)
			return &key_types_ec[i];
	return NULL;
}

static enum key_fault
check_ec(struct key *k)
{
	int explicit = 0;

	k->type = ec_type(k->pkey);
	if (!k->type)
		return KEY_UNSUPPORTED;
	EVP_PKEY_get_int_param(k->pkey, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicit);
	if (explicit != 0)
		return KEY_UNSUPPORTED;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);
	bool good = ctx && EVP_PKEY_public_check(ctx) == 1;
	EVP_PKEY_CTX_free(ctx);
	snprintf(k->name, sizeof(k->name), "EC %s", k->type->curve);
	return good ? KEY_OK : KEY_NOT_ON_CURVE;
}

/* Keys of a faulty generator (ROCA, CVE-2017-15361) give themselves away: modulo each small prime their modulus is a
 * power of 65537.  Any other passes all of these by chance once in 2^27. */
static bool
is_roca(const BIGNUM *n)
{
	static const unsigned primes[] = { 11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107,
		109, 127, 151, 157 };

	for (size_t i = 0; i < sizeof(primes) / sizeof(primes[0]); i++) {
		unsigned p = primes[i], power = 1;
		BN_ULONG rest = BN_mod_word(n, p);
		bool found = false;
		for (unsigned k = 0; k < p && !found; k++) {
			found = power == rest;
			power = power * (65537 % p) % p;
		}
		if (!found)
			return false;
	}
	return true;
}

/* The exponent is odd and at least 65537, the modulus odd: small or even ones exist to be broken. */
static bool
rsa_numbers_good(EVP_PKEY *pkey)
{
	BIGNUM *n = NULL, *e = NULL;
	bool good = EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
		    EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e) == 1 && BN_is_odd(n) &&
		    BN_is_odd(e) && BN_num_bits(e) >= 17 && BN_num_bits(e) <= 64 && !is_roca(n);

	BN_free(n);
	BN_free(e);
	return good;
}

static enum key_fault
check_rsa(struct key *k, const struct key_policy *p)
{
	int bits = EVP_PKEY_get_bits(k->pkey);

	k->type = &key_type_rsa;
	if (bits <= 0)
		return KEY_MALFORMED;
	k->octets = ((size_t)bits + 7) / 8;
	snprintf(k->name, sizeof(k->name), "RSA-%d", bits);
	if ((unsigned)bits < p->rsa_min_bits || (unsigned)bits > p->rsa_max_bits ||
		!rsa_numbers_good(k->pkey))
		return KEY_WEAK;
	return KEY_OK;
}

static enum key_fault
check_ed25519(struct key *k)
{
	size_t len = sizeof(k->ed25519);

	k->type = &key_type_ed25519;
	snprintf(k->name, sizeof(k->name), "Ed25519");
	if (sodium_init() < 0 || EVP_PKEY_get_raw_public_key(k->pkey, k->ed25519, &len) != 1 ||
		len != 32)
		return KEY_MALFORMED;
	/* refuses points off the curve, of small order or outside the main group */
	return crypto_core_ed25519_is_valid_point(k->ed25519) == 1 ? KEY_OK : KEY_WEAK;
}

static enum key_fault
check_type(struct key *k, const struct key_policy *p)
{
	switch (EVP_PKEY_get_base_id(k->pkey)) {
	case EVP_PKEY_EC:
		return check_ec(k);
	case EVP_PKEY_RSA:
	case EVP_PKEY_RSA_PSS:
		return check_rsa(k, p);
	case EVP_PKEY_ED25519:
		return check_ed25519(k);
	default:
		return KEY_UNSUPPORTED;
	}
}

enum digest
sig_alg_digest(enum sig_alg alg)
{
	if (alg == SIG_ES384 || alg == SIG_PS384)
		return DIGEST_SHA384;
	return alg == SIG_ES512 || alg == SIG_PS512 ? DIGEST_SHA512 : DIGEST_SHA256;
}

static const char *const digest_names[] = { "SHA256", "SHA384", "SHA512" };

static bool
set_rsa(EVP_PKEY_CTX *ctx, enum sig_alg alg)
{
	const char *md = digest_names[sig_alg_digest(alg)];
	OSSL_PARAM params[5];
	size_t n = 0;
	int pad = alg == SIG_RS256 ? RSA_PKCS1_PADDING : RSA_PKCS1_PSS_PADDING;
	int salt = RSA_PSS_SALTLEN_DIGEST; /* never AUTO, which takes any */

	params[n++] = OSSL_PARAM_construct_int(OSSL_SIGNATURE_PARAM_PAD_MODE, &pad);
	params[n++] = OSSL_PARAM_construct_utf8_string(
		OSSL_SIGNATURE_PARAM_DIGEST, (char *)(uintptr_t)md, 0);
	if (alg != SIG_RS256) {
		params[n++] = OSSL_PARAM_construct_utf8_string(
			OSSL_SIGNATURE_PARAM_MGF1_DIGEST, (char *)(uintptr_t)md, 0);
		params[n++] = OSSL_PARAM_construct_int(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, &salt);
	}
	params[n] = OSSL_PARAM_construct_end();
	return EVP_PKEY_CTX_set_params(ctx, params) == 1;
}

/* A context for one algorithm; NULL when the key itself forbids it (restricted RSA-PSS keys do). */
static EVP_PKEY_CTX *
prepare(struct key *k, enum sig_alg alg)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, k->pkey, NULL);
	bool ok = ctx && EVP_PKEY_verify_init(ctx) == 1;

	if (ok && k->type == &key_type_rsa)
		ok = set_rsa(ctx, alg);
	if (ok)
		return ctx;
	EVP_PKEY_CTX_free(ctx);
	return NULL;
}

static enum key_fault
prepare_all(struct key *k, const struct key_policy *p)
{
	unsigned wanted = p->algs ? p->algs : ~(SIG_BIT(SIG_RS256) | SIG_BIT(SIG_ES256K));

	for (enum sig_alg alg = SIG_NONE + 1; alg < SIG_UNKNOWN; alg++) {
		if (!(k->type->fits & wanted & SIG_BIT(alg)))
			continue;
		if (k->type != &key_type_ed25519) {
			k->ready[alg] = prepare(k, alg);
			if (!k->ready[alg])
				continue;
		}
		k->algs |= SIG_BIT(alg);
	}
	ERR_clear_error();
	return k->algs ? KEY_OK : KEY_ALG_CONFLICT;
}

int
key_finish(EVP_PKEY *pkey, const struct key_policy *p, struct key **out, enum key_fault *why)
{
	struct key *k = calloc(1, sizeof(*k));

	*out = NULL;
	if (!k) {
		EVP_PKEY_free(pkey);
		return -ENOMEM;
	}
	atomic_init(&k->refs, 1);
	k->pkey = pkey;
	*why = check_type(k, p);
	if (*why == KEY_OK)
		*why = prepare_all(k, p);
	int len = *why == KEY_OK ? i2d_PUBKEY(pkey, &k->spki) : 0;
	ERR_clear_error();
	if (*why == KEY_OK && len > 0) {
		k->spki_len = (size_t)len;
		*out = k;
		return 0;
	}
	key_free(k);
	return *why == KEY_OK ? -ENOMEM : 0;
}

struct key *
key_ref(const struct key *k)
{
	struct key *counted = (struct key *)(uintptr_t)k;

	atomic_fetch_add_explicit(&counted->refs, 1, memory_order_relaxed);
	return counted;
}

void
key_free(struct key *k)
{
	if (!k || atomic_fetch_sub_explicit(&k->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (int i = 0; i < SIG_COUNT; i++)
		EVP_PKEY_CTX_free(k->ready[i]);
	EVP_PKEY_free(k->pkey);
	OPENSSL_free(k->spki);
	free(k);
}

unsigned
key_algs(const struct key *k)
{
	return k->algs;
}

const char *
key_type(const struct key *k)
{
	return k->name;
}

struct span
key_spki(const struct key *k)
{
	return (struct span){ k->spki, k->spki_len };
}
