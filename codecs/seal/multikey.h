/* multikey.h - public keys as multicodec in multibase (W3C, Controlled Identifiers 1.0, 2.2.2; did:key). */
#ifndef SEAL_MULTIKEY_H
#define SEAL_MULTIKEY_H

#include "codecs/base/work.h"
#include "codecs/seal/key.h"

enum multikey_fault {
	MULTIKEY_OK,
	MULTIKEY_FORM,   /* no "z", no base58btc, or a code that is not written as short as can be */
	MULTIKEY_CODE,   /* none of the public keys known here */
	MULTIKEY_LENGTH  /* other than that kind of key has */
};

struct multikey {
	const char *type; /* "Ed25519", "P-256", "X25519", "BLS12-381-G2" ... */
	bool        verifies; /* signatures of such keys can be checked here */
	struct span raw;  /* the key itself, in the arena */
};

/* *fault says whether *out was filled.  0, -ENOMEM, -ENOBUFS. */
int multikey_read(struct work *w, struct span text, struct multikey *out, enum multikey_fault *fault);
/* The key; *out NULL and *why where it is none that may be used (KEY_UNSUPPORTED: a kind that signs nothing here). */
int key_from_multikey(struct work *w, const struct multikey *m, const struct key_policy *p, struct key **out,
		      enum key_fault *why);

#endif
