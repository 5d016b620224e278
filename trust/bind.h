/* bind.h - a document that brings its signer's certificate along: does it come from an authority that is trusted?
 *
 * In such a domain the snapshot's keys are authorities (CSCA).  Nothing that the certificate says of itself counts:
 * the authority's signature over it is checked, and its country, key identifiers, dates and constraints
 * (trust/chain.h; ICAO Doc 9303-12, 9303-13).
 */
#ifndef TRUST_BIND_H
#define TRUST_BIND_H

#include "trust/trust.h"

enum trust_bond {
	BOND_GOOD,
	BOND_NONE, /* no authority of the certificate's country is known */
	BOND_BAD   /* there is one, but the certificate does not come from it */
};

/* Whether the keys of a domain are authorities for certificates that documents bring along. */
bool trust_binds(enum trust_domain domain);

/* *key: the signer, in the arena, with the authority's list as its source; NULL unless *bond is BOND_GOOD.  Its key
 * is NULL where the key policy refuses it.  Its usage says what the certificate's purposes (bar code signer) and
 * document types (NV vaccination, NT test; none stated: any) allow.  The path is checked for w->now, or where the
 * certificate itself is not valid then, for the nearest time at which it is: so that this is told apart.  leaf must outlive
 * *key.  0, -ENOMEM, -ENOBUFS. */
int trust_bind(struct work *w, const struct trust *t, struct trust_scope scope, const struct cert *leaf,
	       const struct trust_key **key, enum trust_bond *bond);
/* Whether it comes from an authority of another environment: what issuer.environment reports. */
int trust_bind_elsewhere(struct work *w, const struct trust *t, struct trust_scope scope, const struct cert *leaf,
			 bool *found);

#endif
