/* items.h - the EU gateway's item form, which other lists carry inside. */
#ifndef TRUST_SOURCE_ITEMS_H
#define TRUST_SOURCE_ITEMS_H

#include "trust/source/list.h"

/* An array of items, or an object with one in "certificates". */
int items_read(struct work *w, const struct trust_input *in, struct span text, struct trust_builder *b);

#endif
