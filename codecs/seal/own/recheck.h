/* recheck.h - our own P-256 signatures checked once more before they leave, at a third of what a stranger's costs.
 *
 * The public key is one of few, and known long before: with a table of its multiples both halves of a verification are
 * multiplications of a fixed point.  For finding faults of our own alone; what strangers signed is key_verify's.
 */
#ifndef SEAL_OWN_RECHECK_H
#define SEAL_OWN_RECHECK_H

#include "codecs/base/span.h"

struct recheck; /* immutable: any thread may use it */

/* From a SubjectPublicKeyInfo (DER).  Takes some 20 ms and 150 KiB.  *out NULL: no P-256 key, or no table can be made here. */
int  recheck_new(struct span spki, struct recheck **out);
void recheck_free(struct recheck *r); /* NULL is allowed */
/* ECDSA (FIPS 186-5, 6.4.2): digest 32 bytes, signature r||s of 64.  0 or -ENOMEM. */
int  recheck_valid(const struct recheck *r, const uint8_t *digest, struct span signature, bool *valid);

#endif
