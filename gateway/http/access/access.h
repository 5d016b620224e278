/* access.h - who may ask for what: the [access] sections with their tokens, certificates, rates and quotas.
 *
 * One for all threads.  Entries are made once and live as long as it does; what they
 * are known by may be exchanged while requests are under way.  Tokens are known by
 * their digests alone, and compared in a time that does not depend on them.
 */
#ifndef HTTP_ACCESS_H
#define HTTP_ACCESS_H

#include "config/config.h"

struct access;
struct access_entry;
struct buf;

enum access_answer {
	ACCESS_GRANTED,
	ACCESS_REQUIRED, /* neither a token nor a certificate that is known: 401 */
	ACCESS_TOKEN,    /* the token is not known, or no token at all: 401 */
	ACCESS_ROLE,     /* known, but it may not do that: 403 */
	ACCESS_RATE,     /* it asks too often: 429 */
	ACCESS_QUOTA,    /* it has had what a day allows: 429 */
	ACCESS_ANSWERS
};

/* How a client shows who it is. */
struct access_proof {
	struct span authorization; /* the field's value; ptr NULL: it was not there */
	uint64_t    certificates;  /* entries whose certificate was shown: bit (1 << index) */
};

int  access_new(const struct config *c, struct access **out); /* config outlives it; 0 or -ENOMEM */
void access_free(struct access *a);                           /* NULL is allowed */
/* digests: one for each section, 32 bytes, or empty where it has no token.  Those of before count no more. */
void access_tokens(struct access *a, const struct span *digests);

/* Whether a role (of enum role; ROLE_NONE is anybody's) is granted.  *who: the client, where one is known; else NULL.
 * Counts it where the role needed a client. */
enum access_answer access_ask(struct access *a, const struct access_proof *p, unsigned role, struct access_entry **who);
/* One request of that role, at monotonic microseconds and seconds since 1970.  ACCESS_GRANTED, ACCESS_RATE or
 * ACCESS_QUOTA; of both *retry is the seconds until it may be asked again. */
enum access_answer access_spend(struct access *a, struct access_entry *who, unsigned role, uint64_t now_us, int64_t now,
				unsigned *retry);
/* Nothing came of it: what access_spend took of the quota is given back. */
void access_refund(struct access *a, struct access_entry *who, unsigned role);
/* Entries whose section names that certificate, as of struct access_proof: by the SHA-256 of its DER in lower-case hex,
 * or by its subject as RFC 4514 has it. */
uint64_t access_certificate(const struct access *a, struct span sha256_hex, struct span subject);

const struct config_access *access_section(const struct access_entry *e); /* name, rate, quota */
void access_metrics(struct access *a, struct buf *b); /* Prometheus' text */

#endif
