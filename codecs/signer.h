/* signer.h - "sign these bytes": all a codec ever knows of our own keys. */
#ifndef CODECS_SIGNER_H
#define CODECS_SIGNER_H

#include "codecs/credential.h"

struct arena;

struct signer {
	enum sig_alg alg;
	struct span  kid, issuer;
	/* *out: the signature as schemes carry it (raw r||s), in the arena.  0, or a negative errno. */
	int (*sign)(const struct signer *self, struct arena *a, struct span bytes, struct span *out);
	void *self;
};

#endif
