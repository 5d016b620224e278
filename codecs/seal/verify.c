/* verify.c - the one place where a signature is checked, for every scheme.
 *
 * The trusted key decides the algorithm; what the document states may only agree.
 * Public data alone passes through here, so nothing needs constant time.
 */
#include "codecs/base/kit.h"
#include "codecs/seal/key_impl.h"

#include <errno.h>
#include <openssl/err.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* One INTEGER: no leading zeros, but one before a set top bit (X.690, 8.3). */
static size_t
der_integer(uint8_t *out, struct span number)
{
	while (number.len > 1 && number.ptr[0] == 0)
		number = span_from(number, 1);
	size_t pad = number.ptr[0] >> 7;
	out[0] = 0x02;
	out[1] = (uint8_t)(number.len + pad);
	out[2] = 0;
	memcpy(out + 2 + pad, number.ptr, number.len);
	return 2 + pad + number.len;
}

size_t
sig_der(struct span raw, uint8_t *out)
{
	uint8_t body[SIG_DER_MAX];
	size_t half = raw.len / 2;
	size_t len = der_integer(body, span_slice(raw, 0, half));

	len += der_integer(body + len, span_from(raw, half));
	size_t head = len < 128 ? 2 : 3;
	out[0] = 0x30;
	out[1] = len < 128 ? (uint8_t)len : 0x81;
	out[2] = (uint8_t)len;
	memcpy(out + head, body, len);
	return head + len;
}

/* A thread's own copies of prepared contexts: making one for each signature costs a microsecond, and the key's
 * reference count would be every thread's bottleneck.  A slot holds its key, so that no other can take its address. */
enum { SLOTS = 128 };

struct copies {
	struct {
		struct key *key;
		enum sig_alg alg;
		EVP_PKEY_CTX *ctx;
	} slot[SLOTS];
};

static void *
make_copies(void)
{
	return calloc(1, sizeof(struct copies));
}

static void
drop_copies(void *p)
{
	struct copies *c = p;

	for (int i = 0; c && i < SLOTS; i++) {
		EVP_PKEY_CTX_free(c->slot[i].ctx);
		key_free(c->slot[i].key);
	}
	free(c);
}

/* This thread's context for the key; NULL: -ENOMEM. */
static EVP_PKEY_CTX *
copy_of(struct kit *kit, const struct key *k, enum sig_alg alg)
{
	struct copies *c = kit_get(kit, KIT_VERIFY, make_copies, drop_copies);
	size_t i = ((uintptr_t)k / sizeof(struct key) + (size_t)alg) % SLOTS;

	if (!c)
		return NULL;
	if (c->slot[i].key == k && c->slot[i].alg == alg)
		return c->slot[i].ctx;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_dup(k->ready[alg]);
	if (!ctx)
		return NULL;
	EVP_PKEY_CTX_free(c->slot[i].ctx);
	key_free(c->slot[i].key);
	c->slot[i].key = key_ref(k);
	c->slot[i].alg = alg;
	c->slot[i].ctx = ctx;
	return ctx;
}

static int
check_digest(const struct key *k, enum sig_alg alg, struct span signature, struct span md,
	struct kit *kit, enum key_result *out)
{
	EVP_PKEY_CTX *ctx = copy_of(kit, k, alg);

	if (!ctx)
		return -ENOMEM;
	int r = EVP_PKEY_verify(ctx, signature.ptr, signature.len, md.ptr, md.len);
	/* our own lack of memory must not be told as a forgery */
	bool starved = r != 1 && ERR_GET_REASON(ERR_peek_error()) == ERR_R_MALLOC_FAILURE;
	if (r != 1)
		ERR_clear_error();
	if (starved)
		return -ENOMEM;
	*out = r == 1 ? KEY_VALID : KEY_MISMATCH;
	return 0;
}

static const size_t digest_octets[] = { 32, 48, 64 };

static int
verify_ec(const struct key *k, const struct proof *p, enum sig_alg alg, struct kit *kit,
	enum key_result *out)
{
	uint8_t md[64], der[SIG_DER_MAX];
	enum digest digest = sig_alg_digest(alg);

	if (p->signature.len != 2 * k->type->coordinate) {
		*out = KEY_SIG_MALFORMED;
		return 0;
	}
	int r = digest_of(kit, digest, p->signed_bytes, md);
	if (r != 0)
		return r;
	struct span signature = { der, sig_der(p->signature, der) };
	/* ES256 under P-384 uses the key's own context: an ECDSA context knows no digest */
	enum sig_alg own = k->ready[alg] ? alg : SIG_ES384;
	return check_digest(
		k, own, signature, (struct span){ md, digest_octets[digest] }, kit, out);
}

static int
verify_rsa(const struct key *k, const struct proof *p, enum sig_alg alg, struct kit *kit,
	enum key_result *out)
{
	uint8_t md[64];
	enum digest digest = sig_alg_digest(alg);

	if (p->signature.len != k->octets) {
		*out = KEY_SIG_MALFORMED;
		return 0;
	}
	int r = digest_of(kit, digest, p->signed_bytes, md);
	if (r != 0)
		return r;
	return check_digest(
		k, alg, p->signature, (struct span){ md, digest_octets[digest] }, kit, out);
}

static int
verify_ed25519(const struct key *k, const struct proof *p, enum sig_alg alg, struct kit *kit,
	enum key_result *out)
{
	(void)alg;
	(void)kit;
	if (p->signature.len != crypto_sign_BYTES) {
		*out = KEY_SIG_MALFORMED;
		return 0;
	}
	int r = crypto_sign_verify_detached(
		p->signature.ptr, p->signed_bytes.ptr, p->signed_bytes.len, k->ed25519);
	*out = r == 0 ? KEY_VALID : KEY_MISMATCH;
	return 0;
}

const struct key_type key_types_ec[KEY_CURVES] = {
	{ "P-256", "prime256v1", 32, SIG_BIT(SIG_ES256), verify_ec },
	{ "P-384", "secp384r1", 48, SIG_BIT(SIG_ES384), verify_ec },
	{ "P-521", "secp521r1", 66, SIG_BIT(SIG_ES512), verify_ec },
	{ "secp256k1", "secp256k1", 32, SIG_BIT(SIG_ES256K), verify_ec },
};
const struct key_type key_type_rsa = { NULL, NULL, 0,
	SIG_BIT(SIG_PS256) | SIG_BIT(SIG_PS384) | SIG_BIT(SIG_PS512) | SIG_BIT(SIG_RS256),
	verify_rsa };
const struct key_type key_type_ed25519 = { NULL, NULL, 32, SIG_BIT(SIG_EDDSA), verify_ed25519 };

/* The algorithm to use; SIG_NONE when key, scheme and document do not agree on one. */
static enum sig_alg
agree(const struct key *k, const struct proof *p)
{
	bool odd_curve = p->p384_es256 && p->alg == SIG_ES256 && (k->algs & SIG_BIT(SIG_ES384));

	if (odd_curve)
		return p->accept & SIG_BIT(SIG_ES256) ? SIG_ES256 : SIG_NONE;
	unsigned common = k->algs & p->accept;
	if (p->alg != SIG_NONE)
		return p->alg < SIG_UNKNOWN && (common & SIG_BIT(p->alg)) ? p->alg : SIG_NONE;
	/* not stated: only where the key leaves no choice */
	for (enum sig_alg alg = SIG_NONE + 1; alg < SIG_UNKNOWN; alg++)
		if (common == SIG_BIT(alg))
			return alg;
	return SIG_NONE;
}

int
key_verify(const struct key *k, const struct proof *p, struct kit *kit, enum key_result *out)
{
	enum sig_alg alg = agree(k, p);

	if (alg == SIG_NONE) {
		*out = KEY_ALG_REFUSED;
		return 0;
	}
	return k->type->verify(k, p, alg, kit, out);
}

const char *
sig_alg_name(enum sig_alg alg)
{
	static const char *const names[SIG_COUNT] = {
		[SIG_NONE] = "none stated",
		[SIG_ES256] = "ES256",
		[SIG_ES384] = "ES384",
		[SIG_ES512] = "ES512",
		[SIG_PS256] = "PS256",
		[SIG_PS384] = "PS384",
		[SIG_PS512] = "PS512",
		[SIG_RS256] = "RS256",
		[SIG_EDDSA] = "EdDSA",
		[SIG_ES256K] = "ES256K",
		[SIG_UNKNOWN] = "unknown",
	};

	return names[alg];
}
