/* hashed.h - EU Digital COVID Certificates that are revoked by a hash, in batches that the operator has (docs/trust.md). */
#ifndef ENGINE_HASHED_H
#define ENGINE_HASHED_H

#include "gateway/engine/engine.h"

/* On the running check: revocation.revoked where a batch lists the certificate's identifier, alone or behind a country,
 * or its signature; else unknown where batches are configured that are too old or can't be had.  Nothing where none
 * are.  0 or -ENOMEM. */
int hashed_revocation(struct work *w, const struct verify *v);

#endif
