/* shc.h - trust data of SMART Health Cards (framework 1.4.0): keys of issuers, revocation lists, the VCI directory. */
#ifndef TRUST_SHC_SHC_H
#define TRUST_SHC_SHC_H

#include "trust/source/anchors.h"

/* Whose keys are being read, and what is asked of them. */
struct shc_issuer {
	struct span           iss;
	int64_t               seen_at; /* TIME_NONE: the list does not say */
	const struct anchors *anchors; /* with any, a key counts only by a certificate of one (x5c) */
	bool                  allow_untyped; /* keys without `use` or `alg` count */
};

/* The P-256 keys of a JWK set's `keys` ("Determining keys associated with an issuer").  Keys of other types are
 * skipped; one that breaks a rule is kept as refused, where it has an identifier.  0 or -ENOMEM, -ENOBUFS. */
int shc_keys_add(struct work *w, const struct node *keys, const struct shc_issuer *who, struct trust_builder *b);

/* Whether one of the anchors vouches that the key is the issuer's: `x5c` holds a certificate over the key that names
 * iss among its URIs, byte for byte, and a path to an anchor on the day when it was made.  *leaf NULL: no; else
 * the caller's to free. */
int shc_x5c(struct work *w, const struct node *jwk, const struct key *key, const struct shc_issuer *who,
	    struct cert **leaf);

/* {kid, method, ctr, rids} of an issuer.  *fault: NULL, or why it is none; malformed entries are skipped. */
int shc_rids_add(struct work *w, const struct node *list, struct span iss, int64_t seen_at, struct trust_builder *b,
		 const char **fault);

/* An integer from 0 on, also in its decimal text, as one issuer writes it. */
bool shc_count(const struct node *n, int64_t *out);

/* Whether a list is a JSON object whose beginning holds this text. */
bool shc_looks_like(struct span list, const char *text);

#endif
