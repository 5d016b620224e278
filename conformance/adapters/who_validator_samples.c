/* who_validator_samples.c - certificates of the WHO's validators and what must come of them, and mutants of them.
 *
 * Read: cases.ndjson, derived.ndjson and trust-keys.json (see who.h).  Expectations ignore expiry.
 */
#include "codecs/base/arena.h"
#include "conformance/adapters/who.h"

extern const struct adapter who_validator_samples_adapter;

struct samples {
	struct trust *keys;
	long long decoded, valid;
};

static const struct {
	const char *id;
	enum reason reason;
	const char *why;
} exceptions[] = {
	{ "gdhcn-validator/EUUruguay", REASON_CWT_CLAIM_TYPE,
		"its expiry is no number (NaN): refused when it is read, before its key is looked "
		"for" },
};

static const char *
exception(struct suite *s, struct span id)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (span_is(id, exceptions[i].id) &&
			dcc_reason(s, CHECK_DECODE) == exceptions[i].reason)
			return exceptions[i].why;
	return NULL;
}

/* Sub-claims by their scheme; a payload without claims is none of them. */
static bool
scheme_agrees(const json_t *row, const struct verify *v)
{
	static const char *const schemes[][2] = { { "1", "eu-dcc" }, { "-6", "icvp" },
		{ "5", "vhl" }, { "-7", "ph4h-medication" } };
	const json_t *claims = json_object_get(row, "hcert_claims");
	const char *first = json_string_value(json_array_get(claims, 0));

	if (!v->credential.scheme || !span_is(dcc_text(row, "format"), "hc1"))
		return true;
	if (json_is_null(claims))
		return span_is(span_of(v->credential.scheme), "ddcc-legacy");
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (first && span_is(span_of(first), schemes[i][0]))
			return span_is(span_of(v->credential.scheme), schemes[i][1]);
	return !first;
}

static int
judge(struct suite *s, const json_t *row, void *arg)
{
	struct samples *l = arg;
	const char *id = json_string_value(json_object_get(row, "id")), *why;
	struct verify v;

	int r = who_verify(s, l->keys, row, &v);
	if (r != 0)
		return r;
	bool good = who_agrees(s, json_object_get(row, "expect"), &why);
	const char *named = good ? NULL : exception(s, span_of(id));
	l->decoded += dcc_passed(s, CHECK_DECODE);
	l->valid += dcc_passed(s, CHECK_SIGNATURE);
	if (named)
		suite_tell(s, id, CASE_EXCEPTION, "%s", named);
	else if (good && scheme_agrees(row, &v))
		suite_tell(s, id, CASE_PASS, NULL);
	else
		suite_tell(s, id, CASE_FAIL, "%s: %s", good ? "another scheme" : why,
			reason_code(report_reason(dcc_report(s))));
	return 0;
}

static int
run(struct suite *s)
{
	struct arena *a = arena_new(16 << 20);
	struct samples l = { .keys = a ? who_keys(s, a, "trust-keys.json") : NULL };
	int r = l.keys ? who_lines(s, "cases.ndjson", judge, &l) : -1;

	if (r == 0)
		r = who_lines(s, "derived.ndjson", judge, &l);
	suite_figure(s, "decoded", l.decoded);
	suite_figure(s, "signatures that hold", l.valid);
	trust_unref(l.keys);
	arena_free(a);
	return r;
}

const struct adapter who_validator_samples_adapter = { "who-validator-samples", run };
