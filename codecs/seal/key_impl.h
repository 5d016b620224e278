/* key_impl.h - the inside of a key, for the files that make and use one. */
#ifndef SEAL_KEY_IMPL_H
#define SEAL_KEY_IMPL_H

#include "codecs/seal/digest.h"
#include "codecs/seal/key.h"

#include <openssl/evp.h>
#include <stdatomic.h>

enum { KEY_NAME = 16, KEY_CURVES = 4 };

/* How one kind of key checks a signature.  A faster engine for a kind is another row. */
struct key_type {
	const char *curve; /* "P-256"; NULL for others */
	const char *group; /* OpenSSL's name */
	size_t coordinate; /* octets of r and of s */
	unsigned fits;     /* the algorithms that such a key can be used for */
	int (*verify)(const struct key *k, const struct proof *p, enum sig_alg alg, struct kit *kit,
		enum key_result *out);
};

struct key {
	atomic_uint refs;
	const struct key_type *type;
	unsigned algs;
	EVP_PKEY *pkey;
	/* Prepared once and copied for each use: fetching and setting up costs more than copying. */
	EVP_PKEY_CTX *ready[SIG_COUNT];
	size_t octets; /* RSA: of the modulus */
	uint8_t ed25519[32];
	char name[KEY_NAME];
	uint8_t *spki;
	size_t spki_len;
};

extern const struct key_type key_types_ec[KEY_CURVES], key_type_rsa, key_type_ed25519;

enum digest sig_alg_digest(enum sig_alg alg);
/* Takes pkey over.  The part of making a key that all forms share: policy, contexts, SPKI. */
int key_finish(EVP_PKEY *pkey, const struct key_policy *p, struct key **out, enum key_fault *why);

#endif
