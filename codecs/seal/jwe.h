/* jwe.h - compact JWE (RFC 7516, 3.1) with a key that both sides hold: `dir` and A256GCM, nothing else. */
#ifndef SEAL_JWE_H
#define SEAL_JWE_H

#include "codecs/base/work.h"
#include "codecs/tree/node.h"

enum { JWE_KEY = 32 }; /* octets of the one kind of key */

struct jwe {
	const struct node *header; /* a JSON object with alg dir, enc A256GCM and without "crit" */
	struct span        header_json, iv, ciphertext, tag; /* decoded */
	struct span        aad; /* the first part as received */
	struct span        cty; /* ptr NULL when absent */
	bool               deflated; /* zip DEF */
};

/* Whether these bytes could be a compact JWE: base64url characters and exactly four dots. */
bool jwe_looks_like(struct span text);
/* Five parts, an empty second one, an IV of 96 and a tag of 128 bits.  Keys that a header brings along or names are
 * never looked at.  Reports on the running check (jwe.*, encoding.base64url, json.*) and leaves *ok false.
 * 0, -ENOMEM, -ENOBUFS. */
int jwe_read(struct work *w, struct span text, struct jwe *out, bool *ok);
/* The plaintext in the arena, at most max bytes (`limit` names that bound).  What is compressed is inflated after the tag
 * was checked (RFC 7516, 5.2).  jwe.decrypt when key or content do not fit; inflate.*, input.too_large. */
int jwe_open(struct work *w, const struct jwe *j, struct span key, const char *limit, size_t max, struct span *out,
	     bool *ok);
/* For the demo world and for tests: header is JSON and must say what this module reads; iv: 12 octets, never
 * used twice with one key. */
int jwe_write(struct work *w, struct span header, struct span key, struct span iv, struct span plaintext,
	      struct span *out);

#endif
