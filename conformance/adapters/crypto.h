/* crypto.h - what the adapters of cryptographic corpora share: bytes from JSON, keys, one verification. */
#ifndef CONFORMANCE_ADAPTERS_CRYPTO_H
#define CONFORMANCE_ADAPTERS_CRYPTO_H

#include "codecs/seal/key.h"
#include "conformance/suite.h"

#include <jansson.h>

/* A file of the corpus as JSON; NULL (and a failed case) when it is none. */
json_t     *crypto_file(struct suite *s, const char *path);
struct span crypto_text(const json_t *object, const char *member); /* SPAN_NONE unless a string */
/* A member of hexadecimal digits, in the work's arena; SPAN_NONE unless that. */
struct span crypto_hex(struct work *w, const json_t *object, const char *member);
/* A key from a JWK, its private members left out; members ending in _hex are hexadecimal.  NULL: refused. */
struct key *crypto_jwk(struct work *w, const json_t *jwk, unsigned algs, enum key_fault *why);
/* Whether our key_verify says yes.  key NULL: no. */
bool        crypto_verify(struct work *w, const struct key *k, enum sig_alg alg, struct span bytes, struct span signature);

#endif
