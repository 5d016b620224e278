/* report.h - what we found out about the document.
 *
 * Return values speak about us; a report speaks about the document.
 * No input, however hostile, makes a function return non-zero: it adds to
 * the check that is running a status with a reason and a place.
 */
#ifndef BASE_REPORT_H
#define BASE_REPORT_H

#include "codecs/base/span.h"

struct arena;

enum reason {
	REASON_NONE,
#define REASON(name, code, text) REASON_##name,
#include "codecs/base/reasons.def"
#undef REASON
	REASON_COUNT
};

/* The nine checks, always all, always in this order. */
enum check_id {
	CHECK_FORMAT, CHECK_DECODE, CHECK_ISSUER, CHECK_SIGNATURE, CHECK_VALIDITY,
	CHECK_REVOCATION, CHECK_PROFILE, CHECK_RECORD, CHECK_POLICY, CHECK_COUNT
};

/* A check that says nothing has not passed: CHECK_SILENT counts as a failure. */
enum status { STATUS_SILENT, STATUS_PASS, STATUS_SKIPPED, STATUS_UNKNOWN, STATUS_FAIL };

enum verdict { VERDICT_VERIFIED, VERDICT_INDETERMINATE, VERDICT_REJECTED };

#define PLACE_NO_OFFSET SIZE_MAX

/* Where in the input: the layer that was unwrapped ("text", "base45", "zlib",
 * "cose", "cwt", ...), an offset in it, and, once there is a tree, a JSON
 * Pointer into it ("/-260/1/v/0/dt"). */
struct place {
	const char *layer; /* NULL: nowhere in particular */
	size_t      offset;
	struct span pointer;
};

#define PLACE_NONE       ((struct place){ NULL, PLACE_NO_OFFSET, { NULL, 0 } })
#define PLACE_AT(l, off) ((struct place){ (l), (off), { NULL, 0 } })

struct check {
	enum status  status;
	enum reason  reason;
	struct place at;
	const char  *limit; /* input.too_large: the limit's name ("cbor.depth"), and its value */
	uint64_t     limit_value;
};

struct finding {
	enum reason     reason;
	struct place    at;
	struct finding *next;
};

struct report {
	struct arena   *arena;
	enum check_id   running; /* set by the engine; report_* speak about this check */
	struct check    checks[CHECK_COUNT];
	struct finding *findings, *last;
	size_t          finding_count; /* at most REPORT_FINDINGS; later ones are dropped */
};

enum { REPORT_FINDINGS = 64 };

void report_begin(struct report *r, struct arena *a); /* all silent, running = format */
void report_pass(struct report *r);                   /* unless it failed or is unknown already */
void report_skip(struct report *r);
/* The first failure of a check is its reason; each further one becomes a finding. */
void report_fail(struct report *r, enum reason reason, struct place at);
void report_unknown(struct report *r, enum reason reason, struct place at);
/* Fails with input.too_large and the limit's name ("cbor.depth") and value. */
void report_limit(struct report *r, const char *limit, uint64_t value, struct place at);
/* A defect that does not change the verdict. */
void report_find(struct report *r, enum reason reason, struct place at);

bool         report_failed(const struct report *r); /* the running check has failed */
/* Rejected when a check failed or was silent, or when one was skipped though none is unknown: skipping
 * proves nothing.  Else indeterminate when one is unknown.  Verified when all nine passed. */
enum verdict report_verdict(const struct report *r);
enum reason  report_reason(const struct report *r); /* of the verdict: first of the worst rows */

const char *reason_code(enum reason reason);
const char *reason_text(enum reason reason);
enum reason reason_named(struct span code); /* REASON_NONE: no such code */
const char *check_name(enum check_id check);
const char *status_name(enum status status);
const char *verdict_name(enum verdict verdict);

#endif
