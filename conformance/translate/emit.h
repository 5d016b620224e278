/* emit.h - the part "emit" of what a case expects: {"to": FORM, "refusal": CODE?, "loss": {...}?}.
 *
 * Refused before anything was looked at (attest.source, attest.empty, attest.term): no loss report.  Otherwise it is
 * compared whole: the counts, and each row in its order with element, fate, equivalence, from, to and why.
 */
#ifndef TRANSLATE_EMIT_H
#define TRANSLATE_EMIT_H

#include "codecs/base/arena.h"
#include "codecs/emit.h"

#include <jansson.h>

/* Each gives NULL, or what is wrong in one sentence. */

/* The expectation itself: members, and names of forms, refusals, fates, equivalences and reasons that exist. */
const char *emit_fault(struct arena *a, json_t *emit);
/* An answer to a translation against a sound expectation: "code" where it was refused, "loss". */
const char *emit_compare(struct arena *a, json_t *emit, json_t *answer);
/* The target that a sound expectation names; NULL: emit is NULL. */
const struct target *emit_target(json_t *emit);

#endif
