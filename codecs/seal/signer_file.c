/* signer_file.c - private keys in memory: made fresh or read from PKCS#8, and signing with them.
 *
 * A key leaves this file only as PKCS#8 for its owner's own storage.  ECDSA and
 * nonces are OpenSSL's.
 */
#include "codecs/seal/signer_file.h"

#include "codecs/base/arena.h"
#include "codecs/seal/key_impl.h"
#include "codecs/seal/private_impl.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

static EVP_PKEY *
generate(enum private_kind kind)
{
	switch (kind) {
	case PRIVATE_P256:
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	case PRIVATE_P384:
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	case PRIVATE_P521:
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-521");
	case PRIVATE_RSA1024:
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
	case PRIVATE_RSA2048:
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	case PRIVATE_RSA3072:
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)3072);
	case PRIVATE_ED25519:
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	}
	return NULL;
}

static int
wrap(EVP_PKEY *pkey, int error, struct private_key **out)
{
	struct private_key *k = pkey ? malloc(sizeof(*k)) : NULL;

	ERR_clear_error();
	if (!k) {
		EVP_PKEY_free(pkey);
		return pkey ? -ENOMEM : error;
	}
	k->pkey = pkey;
	*out = k;
	return 0;
}

int
private_new(enum private_kind kind, struct private_key **out)
{
	return wrap(generate(kind), -ENOMEM, out);
}

int
private_from_pem(struct span pem, struct private_key **out)
{
	BIO *bio = pem.len > 0 && pem.len <= INT_MAX ? BIO_new_mem_buf(pem.ptr, (int)pem.len)
						     : NULL;
	EVP_PKEY *pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;

	BIO_free(bio);
	return wrap(pkey, -EINVAL, out);
}

static int
bio_out(BIO *bio, struct arena *a, struct span *out)
{
	char *text;
	long len = BIO_get_mem_data(bio, &text);

	*out = arena_copy(a, (struct span){ (uint8_t *)text, len > 0 ? (size_t)len : 0 });
	return out->ptr ? 0 : arena_error(a);
}

int
private_to_pem(const struct private_key *k, struct arena *a, struct span *out)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	bool ok = bio &&
		  PEM_write_bio_PKCS8PrivateKey(bio, k->pkey, NULL, NULL, 0, NULL, NULL) == 1;
	int r = ok ? bio_out(bio, a, out) : -ENOMEM;

	BIO_free(bio);
	return r;
}

int
private_spki(const struct private_key *k, struct arena *a, struct span *out)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(k->pkey, &der);

	if (len <= 0)
		return -ENOMEM;
	*out = arena_copy(a, (struct span){ der, (size_t)len });
	OPENSSL_free(der);
	return out->ptr ? 0 : arena_error(a);
}

void
private_free(struct private_key *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->pkey); /* wipes the key */
	free(k);
}

static const EVP_MD *
digest_for(enum sig_alg alg)
{
	switch (sig_alg_digest(alg)) {
	case DIGEST_SHA384:
		return EVP_sha384();
	case DIGEST_SHA512:
		return EVP_sha512();
	default:
		return EVP_sha256();
	}
}

static bool
start(EVP_MD_CTX *ctx, EVP_PKEY *pkey, enum sig_alg alg)
{
	EVP_PKEY_CTX *pctx = NULL;
	bool pss = alg == SIG_PS256 || alg == SIG_PS384 || alg == SIG_PS512;
	const EVP_MD *md = alg == SIG_EDDSA ? NULL : digest_for(alg);

	if (EVP_DigestSignInit(ctx, &pctx, md, NULL, pkey) != 1)
		return false;
	return !pss || (EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) == 1 &&
			       EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST) == 1);
}

/* DER to r||s of the curve's size. */
static int
raw_ecdsa(EVP_PKEY *pkey, struct span der, struct arena *a, struct span *out)
{
	const unsigned char *at = der.ptr;
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)der.len);
	size_t n = ((size_t)EVP_PKEY_get_bits(pkey) + 7) / 8;
	uint8_t *raw = sig ? arena_bytes(a, 2 * n) : NULL;
	int r = -ENOMEM;

	if (raw && BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, (int)n) > 0 &&
		BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + n, (int)n) > 0) {
		*out = (struct span){ raw, 2 * n };
		r = 0;
	}
	ECDSA_SIG_free(sig);
	return r;
}

static int
sign(const struct signer *self, struct arena *a, struct span bytes, struct span *out)
{
	const struct private_key *k = self->self;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len = (size_t)EVP_PKEY_get_size(k->pkey);
	uint8_t *p = arena_bytes(a, len);
	int r = -ENOMEM;

	if (ctx && p && start(ctx, k->pkey, self->alg) &&
		EVP_DigestSign(ctx, p, &len, bytes.ptr, bytes.len) == 1) {
		*out = (struct span){ p, len };
		r = EVP_PKEY_get_base_id(k->pkey) == EVP_PKEY_EC ? raw_ecdsa(k->pkey, *out, a, out)
								 : 0;
	}
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return r;
}

int
signer_over(const struct private_key *k, enum sig_alg alg, struct signer *s)
{
	s->alg = alg;
	s->sign = sign;
	s->self = (void *)(uintptr_t)k;
	return 0;
}
