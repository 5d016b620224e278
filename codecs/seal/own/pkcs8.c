/* pkcs8.c - private keys under a passphrase; what is read may be of another maker, but not weaker. */
#include "codecs/seal/own/pkcs8.h"

#include "codecs/base/arena.h"
#include "codecs/seal/private_impl.h"

#include <errno.h>
#include <limits.h>
#include <openssl/asn1t.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <stdlib.h>

enum { SALT = 16, SCRYPT_N = 16384, SCRYPT_R = 8, SCRYPT_P = 1, ROUNDS_MIN = 100000 };

static X509_SIG *
encrypted(EVP_PKEY *pkey, struct span passphrase)
{
	uint8_t salt[SALT];
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
	X509_ALGOR *pbe = RAND_bytes(salt, sizeof(salt)) == 1
				  ? PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), salt, sizeof(salt),
					    NULL, SCRYPT_N, SCRYPT_R, SCRYPT_P)
				  : NULL;
	X509_SIG *sig = info && pbe ? PKCS8_set0_pbe((const char *)passphrase.ptr,
					      (int)passphrase.len, info, pbe)
				    : NULL;

	if (!sig)
		X509_ALGOR_free(pbe);
	PKCS8_PRIV_KEY_INFO_free(info);
	return sig;
}

int
private_to_pkcs8(
	const struct private_key *k, struct span passphrase, struct arena *a, struct span *pem)
{
	X509_SIG *sig = passphrase.len <= INT_MAX ? encrypted(k->pkey, passphrase) : NULL;
	BIO *bio = sig ? BIO_new(BIO_s_mem()) : NULL;
	int r = -ENOMEM;

	if (bio && PEM_write_bio_PKCS8(bio, sig) == 1) {
		char *text;
		long len = BIO_get_mem_data(bio, &text);
		struct span s = arena_copy(a, (struct span){ (uint8_t *)text, (size_t)len });
		r = s.ptr ? 0 : arena_error(a);
		if (s.ptr)
			*pem = s;
	}
	BIO_free(bio);
	X509_SIG_free(sig);
	ERR_clear_error();
	return r;
}

static bool
pbkdf2_is_strong(const ASN1_TYPE *params)
{
	PBKDF2PARAM *p = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), params);
	bool strong = p && ASN1_INTEGER_get(p->iter) >= ROUNDS_MIN;

	PBKDF2PARAM_free(p);
	return strong;
}

static bool
scrypt_is_strong(const ASN1_TYPE *params)
{
	SCRYPT_PARAMS *p = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(SCRYPT_PARAMS), params);
	bool strong = p && ASN1_INTEGER_get(p->costParameter) >= SCRYPT_N &&
		      ASN1_INTEGER_get(p->blockSize) >= SCRYPT_R;

	SCRYPT_PARAMS_free(p);
	return strong;
}

static bool
is_strong(const X509_SIG *sig)
{
	const X509_ALGOR *alg;
	bool strong = false;

	X509_SIG_get0(sig, &alg, NULL);
	if (OBJ_obj2nid(alg->algorithm) != NID_pbes2 || !alg->parameter)
		return false;
	PBE2PARAM *p = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), alg->parameter);
	if (p && OBJ_obj2nid(p->keyfunc->algorithm) == NID_id_pbkdf2)
		strong = pbkdf2_is_strong(p->keyfunc->parameter);
	else if (p && OBJ_obj2nid(p->keyfunc->algorithm) == NID_id_scrypt)
		strong = scrypt_is_strong(p->keyfunc->parameter);
	PBE2PARAM_free(p);
	return strong;
}

static bool
is_known(EVP_PKEY *pkey)
{
	int id = EVP_PKEY_get_base_id(pkey);

	return id == EVP_PKEY_EC || id == EVP_PKEY_ED25519 || id == EVP_PKEY_RSA;
}

static int
decrypt(const X509_SIG *sig, struct span passphrase, EVP_PKEY **out)
{
	PKCS8_PRIV_KEY_INFO *info = PKCS8_decrypt(
		sig, (const char *)passphrase.ptr, (int)passphrase.len);
	EVP_PKEY *pkey = info ? EVP_PKCS82PKEY(info) : NULL;
	bool memory = ERR_GET_REASON(ERR_peek_error()) == ERR_R_MALLOC_FAILURE;
	int r = pkey ? 0 : memory ? -ENOMEM : -EKEYREJECTED;

	if (pkey && !is_known(pkey)) {
		EVP_PKEY_free(pkey);
		r = -EINVAL;
	}
	if (r == 0)
		*out = pkey;
	PKCS8_PRIV_KEY_INFO_free(info); /* wipes what it holds */
	return r;
}

int
private_from_pkcs8(struct span pem, struct span passphrase, struct private_key **out)
{
	bool fits = pem.len > 0 && pem.len <= INT_MAX && passphrase.len <= INT_MAX;
	BIO *bio = fits ? BIO_new_mem_buf(pem.ptr, (int)pem.len) : NULL;
	X509_SIG *sig = bio ? PEM_read_bio_PKCS8(bio, NULL, NULL, NULL) : NULL;
	struct private_key *k = malloc(sizeof(*k));
	int r = !k || (fits && !bio) ? -ENOMEM : -EINVAL;

	if (k && sig && is_strong(sig))
		r = decrypt(sig, passphrase, &k->pkey);
	if (r == 0)
		*out = k;
	else
		free(k);
	X509_SIG_free(sig);
	BIO_free(bio);
	ERR_clear_error();
	return r;
}
