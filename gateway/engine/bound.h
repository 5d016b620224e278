/* bound.h - documents that bring their signer's certificate along: as good as the authority that issued it (trust/bind.h). */
#ifndef ENGINE_BOUND_H
#define ENGINE_BOUND_H

#include "gateway/engine/engine.h"

/* Whether this one does, in a scheme where that is how keys are found. */
bool bound_asks(const struct verify *v, const struct proof *p);
/* The certificate's key into v->candidates, where its authority is trusted; asked once a document. */
int bound_find(struct work *w, struct verify *v, const struct proof *p);
/* Why it is not, on the running check. */
int bound_missing(struct work *w, struct verify *v, const struct proof *p);

#endif
