/* batches.h - which EU Digital COVID Certificates are revoked, as a snapshot's revocation batches say (docs/trust.md). */
#ifndef TRUST_DCC_BATCHES_H
#define TRUST_DCC_BATCHES_H

#include "trust/trust.h"

/* Revocation batches of the EU's gateway: the first TRUST_HASH bytes of SHA-256 over a certificate's signature (of ECDSA
 * r alone), its identifier, or a country and its identifier. */
#define TRUST_BATCHES_KIND "eu-revocation"
enum { TRUST_HASH = 16 };
enum trust_hash_type { TRUST_HASH_SIGNATURE, TRUST_HASH_UCI, TRUST_HASH_COUNTRY_UCI };
struct trust_hash {
	enum trust_hash_type type;
	struct span          kid; /* of the key that has signed the certificate */
	uint8_t              hash[TRUST_HASH];
};
/* Whether a batch that has not expired lists it. */
bool trust_hash_listed(const struct trust *t, struct trust_scope scope, const struct trust_hash *h, int64_t now);
/* How far the sources of that scope can tell who is revoked; the worst of them counts. */
enum trust_batches { BATCHES_NONE /* there is no such source */, BATCHES_GOOD, BATCHES_STALE, BATCHES_LOST /* at fault */ };
enum trust_batches trust_batches(const struct trust *t, struct trust_scope scope, int64_t now);

#endif
