/* expect.h - does a report say what a case expects? */
#ifndef CONFORMANCE_EXPECT_H
#define CONFORMANCE_EXPECT_H

#include "codecs/base/arena.h"

#include <jansson.h>

/* NULL, or what differs, in one sentence.  Members: verdict, reason, findings (codes that must be there), checks
 * (name: status), record (what must be contained), scheme. */
const char *expect_report(const json_t *expect, struct span report, struct arena *a);
/* NULL, or "unknown member". */
const char *only_members(const json_t *object, const char *const *known);
/* Whether every member and element of part stands in whole with an equal value; arrays element by element. */
bool        contains_json(const json_t *whole, const json_t *part);

#endif
