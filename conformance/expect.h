/* expect.h - what a case expects: is it well put, and does a report say so? */
#ifndef CONFORMANCE_EXPECT_H
#define CONFORMANCE_EXPECT_H

#include "codecs/base/arena.h"
#include "codecs/base/report.h"

#include <jansson.h>

/* Each gives NULL, or what is wrong in one sentence. */

/* The expectation itself: members, and names of verdicts, reasons, checks and statuses that exist. */
const char *expect_fault(struct arena *a, json_t *expect);
/* The same for a building block: "reason" ("": accepted) and "limit". */
const char *expect_block_fault(struct arena *a, json_t *expect);
/* A report as JSON against a sound expectation: verdict, reason (none expected: none given) and scheme
 * are equal; findings, checks, record and limit are contained, and so are certificate, link and files of the answer
 * to a health link, whose findings may stand in any of its parts. */
const char *expect_report(struct arena *a, json_t *expect, struct span report);
/* The answer to a translation, {"report": ..., "code"?, "loss"?}: its report as above, the rest as emit.h has it. */
const char *expect_translation(struct arena *a, json_t *expect, struct span answer);
/* Of such a report the verdict alone counts, and whether that is verified or not. */
const char *expect_verdict(struct arena *a, json_t *expect, struct span report);
/* A building block's check against its expectation. */
const char *expect_block(struct arena *a, json_t *expect, const struct check *got);
/* NULL when every member of part stands in whole with an equal value, arrays element by element; otherwise the
 * JSON Pointer of the first that does not. */
const char *missing_json(struct arena *a, json_t *whole, json_t *part);

#endif
