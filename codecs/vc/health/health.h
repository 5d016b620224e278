/* health.h - credentials whose content is read into the common record: those of DIVOC, and the vaccination vocabulary. */
#ifndef VC_HEALTH_HEALTH_H
#define VC_HEALTH_HEALTH_H

#include "codecs/vc/health/covered.h"
#include "codecs/vc/health/divoc.h"
#include "codecs/vc/health/vocab.h"

/* Whether it is one of them. */
bool health_is(const struct node *credential);
/* Into the common record; of any other credential nothing is read.  As divoc_normalise. */
int  health_normalise(struct work *w, const struct node *credential, const char *layer, struct record *out);

#endif
