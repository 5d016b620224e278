/* listed.h - issuers that publish their keys and revocation lists themselves: of SMART Health Cards (framework
 * 1.4.0, "Determining keys associated with an issuer" and "Revocation").
 *
 * The lists say who counts; what such an issuer published itself is only ever looked at, or asked for, on account of
 * an issuer that they name.  Keys go by (iss, kid).  A key in a list counts before one at the issuer.  Where the
 * first list that names an issuer is its own key set (kinds issuer-keys and jwks), or one whose keys the operator's
 * authorities vouch for, that is the whole of its keys, and nothing is asked for: an operator who lists a directory
 * first has the issuer asked as well.
 */
#ifndef ENGINE_LISTED_H
#define ENGINE_LISTED_H

#include "gateway/engine/engine.h"

/* The keys that the hint may mean, into v->candidates: usable ones first. */
int listed_find(struct work *w, struct verify *v, const struct key_hint *hint);
/* States the need, once. */
void listed_need(struct verify *v, const struct need *n);
/* States the need unless the answer is at hand, or was asked for lately. */
void listed_again(const struct work *w, struct verify *v, const struct need *n, const struct web_entry *e);
/* States the need, and says that the key is none of those that were published, or that those are not known. */
void listed_unsure(struct work *w, struct verify *v, const struct key_hint *hint, const struct need *n,
		   const struct web_entry *e);
/* Why there is none, on the running check; with the need that may bring one. */
int listed_missing(struct work *w, struct verify *v, const struct key_hint *hint);
/* Whether the key's list is too old to tell, and whether the issuer has revoked the card.  A card without rid can't be
 * listed, so no list is asked for; one with rid needs a list at least as new as the key announces (crlVersion). */
int listed_revocation(struct work *w, struct verify *v);

#endif
