/* named.h - issuers of W3C credentials that a list names by a DID whose document it does not have: did:web, and others
 * where the operator has a resolver.
 *
 * The document is asked for on account of that list alone, never because a credential names a DID; its keys count for
 * the issuer that the list gives (trust/did: the document's id is the DID, its subject controls the key and names it for
 * assertions).  As with listed.h, what is not at hand is unknown.
 */
#ifndef ENGINE_NAMED_H
#define ENGINE_NAMED_H

#include "gateway/engine/engine.h"

/* Whether the hint's key is in such a document. */
bool named_asks(const struct verify *v, const struct key_hint *hint);
/* Its keys that the hint may mean, of what was fetched, into v->candidates. */
int  named_find(struct work *w, struct verify *v, const struct key_hint *hint, size_t max);
/* Why there is none, on the running check; with the need that may bring one. */
int  named_missing(struct work *w, struct verify *v, const struct key_hint *hint);
/* Whether a list that names such an issuer of this credential is too old to tell. */
bool named_stale(const struct work *w, const struct verify *v);

#endif
