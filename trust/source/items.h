/* items.h - the EU gateway's item form, which other lists carry inside. */
#ifndef TRUST_SOURCE_ITEMS_H
#define TRUST_SOURCE_ITEMS_H

#include "trust/source/list.h"

/* An array of items, or an object with one in "certificates".  countersigned: in->pin is the trust anchor that has
 * signed the list's CSCA and UPLOAD items; with a pin, every signer must then be vouched for by both. */
int items_read(struct work *w, const struct trust_input *in, struct list_text t, bool countersigned,
	       struct trust_builder *b);

#endif
