/* thumbprint.h - the name that a key gives itself: RFC 7638 with SHA-256, the `kid` of SMART Health Cards. */
#ifndef SEAL_THUMBPRINT_H
#define SEAL_THUMBPRINT_H

#include "codecs/base/work.h"
#include "codecs/seal/key.h"

struct node;

enum { THUMBPRINT_LENGTH = 43 }; /* characters of base64url */

/* Over the required members of a JWK as they are written (RFC 7638 section 3.2, RFC 8037 section 2), private and
 * other members ignored.  *out SPAN_NONE: no map, a kty without such a rule, or a member that is absent or no
 * text.  Says nothing about whether the key is sound.  0, -ENOMEM, -ENOBUFS. */
int thumbprint_of_jwk(struct work *w, const struct node *jwk, struct span *out);
/* Over the canonical JWK of a key that is in use. */
int thumbprint_of_key(struct work *w, const struct key *k, struct span *out);

#endif
