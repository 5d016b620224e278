/* report.c - nine rows and a list of findings.
 *
 * The tables come from reasons.def.  A row starts silent, and silence counts as a
 * failure: a check that forgets to speak can't let a certificate through.
 */
#include "codecs/base/report.h"

#include "codecs/base/arena.h"
#include "codecs/base/work.h"

static const struct {
	const char *code, *text;
} reasons[REASON_COUNT] = {
	[REASON_NONE] = { "", "" },
#define REASON(name, code, text) [REASON_##name] = { code, text },
#include "codecs/base/reasons.def"
#undef REASON
};

static const char *const check_names[CHECK_COUNT] = {
	"format",
	"decode",
	"issuer",
	"signature",
	"validity",
	"revocation",
	"profile",
	"record",
	"policy",
};

static const char *const status_names[] = { "fail", "pass", "skipped", "unknown", "fail" };
static const char *const verdict_names[] = { "verified", "indeterminate", "rejected" };

const struct limits limits_default = {
#define LIMIT(field, name, value, ceiling, text) .field = (value),
#include "codecs/base/limits.def"
#undef LIMIT
};

void
report_begin(struct report *r, struct arena *a)
{
	*r = (struct report){ .arena = a };
}

static struct check *
running(struct report *r)
{
	return &r->checks[r->running];
}

void
report_pass(struct report *r)
{
	if (running(r)->status == STATUS_SILENT)
		running(r)->status = STATUS_PASS;
}

void
report_skip(struct report *r)
{
	if (running(r)->status == STATUS_SILENT)
		running(r)->status = STATUS_SKIPPED;
}

void
report_fail(struct report *r, enum reason reason, struct place at)
{
	struct check *c = running(r);

	if (c->status == STATUS_FAIL) {
		report_find(r, reason, at);
		return;
	}
	*c = (struct check){ .status = STATUS_FAIL, .reason = reason, .at = at };
}

void
report_unknown(struct report *r, enum reason reason, struct place at)
{
	struct check *c = running(r);

	if (c->status == STATUS_FAIL || c->status == STATUS_UNKNOWN) {
		report_find(r, reason, at);
		return;
	}
	*c = (struct check){ .status = STATUS_UNKNOWN, .reason = reason, .at = at };
}

void
report_limit(struct report *r, const char *limit, uint64_t value, struct place at)
{
	struct check *c = running(r);

	if (c->status == STATUS_FAIL) {
		report_find(r, REASON_INPUT_TOO_LARGE, at);
		return;
	}
	*c = (struct check){ STATUS_FAIL, REASON_INPUT_TOO_LARGE, at, limit, value };
}

void
report_find(struct report *r, enum reason reason, struct place at)
{
	struct finding *f = r->finding_count < REPORT_FINDINGS ? ARENA_NEW(r->arena, struct finding)
							       : NULL;

	if (!f)
		return; /* a finding never changes the verdict, so losing one is no fault */
	*f = (struct finding){ reason, at, NULL };
	if (r->last)
		r->last->next = f;
	else
		r->findings = f;
	r->last = f;
	r->finding_count++;
}

bool
report_failed(const struct report *r)
{
	return r->checks[r->running].status == STATUS_FAIL;
}

enum verdict
report_verdict(const struct report *r)
{
	unsigned seen = 0;

	for (enum check_id id = 0; id < CHECK_COUNT; id++)
		seen |= 1u << r->checks[id].status;
	if (seen & (1u << STATUS_FAIL | 1u << STATUS_SILENT))
		return VERDICT_REJECTED;
	if (seen & 1u << STATUS_UNKNOWN)
		return VERDICT_INDETERMINATE;
	/* skipped rows stand behind a gate that is unknown or failed; alone they prove nothing */
	return seen & 1u << STATUS_SKIPPED ? VERDICT_REJECTED : VERDICT_VERIFIED;
}

enum reason
report_reason(const struct report *r)
{
	enum verdict verdict = report_verdict(r);
	enum status wanted = verdict == VERDICT_REJECTED ? STATUS_FAIL : STATUS_UNKNOWN;

	if (verdict == VERDICT_VERIFIED)
		return REASON_NONE;

	for (enum check_id id = 0; id < CHECK_COUNT; id++)
		if (r->checks[id].status == wanted)
			return r->checks[id].reason;
	return REASON_NONE;
}

const char *
reason_code(enum reason reason)
{
	return reasons[reason].code;
}

const char *
reason_text(enum reason reason)
{
	return reasons[reason].text;
}

enum reason
reason_named(struct span code)
{
	for (enum reason i = REASON_NONE + 1; i < REASON_COUNT; i++)
		if (span_is(code, reasons[i].code))
			return i;
	return REASON_NONE;
}

const char *
check_name(enum check_id check)
{
	return check_names[check];
}

const char *
status_name(enum status status)
{
	return status_names[status];
}

const char *
verdict_name(enum verdict verdict)
{
	return verdict_names[verdict];
}
