/* roundtrip.h - does a loss report tell the truth?  The record that went in, what was told, the record that came out.
 *
 * Kept: equal.  Mapped: it stands there as the row says.  Supplied: it stands there.  Dropped: it does not.  And whatever
 * stands in the new record without a row was made up.  Tolerated, since readers do it and writers can't help it: what is
 * read from a code (the disease and the maker of a vaccine), doses that are counted and say so, a vaccine's code that is read
 * as its class where it was written as its brand, and the certificate's own issuer, identifier, version and period.
 */
#ifndef TRANSLATE_ROUNDTRIP_H
#define TRANSLATE_ROUNDTRIP_H

#include "codecs/record/loss.h"

/* Events are paired in their order, without those that were dropped whole.  NULL, or in one sentence the first element of
 * which the report says what is not so; without anybody's data. */
const char *roundtrip_fault(struct arena *a, const struct record *before, const struct loss *loss,
			    const struct record *after);

#endif
