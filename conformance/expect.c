/* expect.c - comparing a report with what a case expects: what is named must be there, exactly.
 *
 * An expectation is checked before it is used.  One that names a reason or a check
 * that does not exist is a fault of the case, whatever the report says.
 */
#include "conformance/expect.h"

#include "conformance/shape.h"
#include "conformance/translate/emit.h"

#include <string.h>

static const char *
text_of(json_t *o, const char *member)
{
	return json_string_value(json_object_get(o, member));
}

static const char *
or_none(const char *text)
{
	return text && text[0] ? text : "none";
}

/* --- the expectation itself --- */

static bool
is_reason(const char *code)
{
	return code && reason_named(span_of(code)) != REASON_NONE;
}

static bool
is_verdict(const char *name)
{
	for (enum verdict v = VERDICT_VERIFIED; v <= VERDICT_REJECTED; v++)
		if (strcmp(verdict_name(v), name) == 0)
			return true;
	return false;
}

static bool
is_check(const char *name)
{
	for (enum check_id c = 0; c < CHECK_COUNT; c++)
		if (strcmp(check_name(c), name) == 0)
			return true;
	return false;
}

static bool
is_status(const char *name)
{
	for (enum status s = STATUS_PASS; s <= STATUS_FAIL; s++)
		if (name && strcmp(status_name(s), name) == 0)
			return true;
	return false;
}

static const char *
findings_fault(struct arena *a, json_t *codes)
{
	for (size_t i = 0; i < json_array_size(codes); i++) {
		const char *code = json_string_value(json_array_get(codes, i));
		if (!is_reason(code))
			return fault_text(
				a, "expect: there is no finding \"%s\"", code ? code : "(no text)");
	}
	return NULL;
}

static const char *
checks_fault(struct arena *a, json_t *checks)
{
	for (void *it = json_object_iter(checks); it; it = json_object_iter_next(checks, it)) {
		const char *name = json_object_iter_key(it);
		if (!is_check(name))
			return fault_text(a, "expect: there is no check \"%s\"", name);
		if (!is_status(json_string_value(json_object_iter_value(it))))
			return fault_text(a, "expect: the status of \"%s\" does not exist", name);
	}
	return NULL;
}

const char *
expect_fault(struct arena *a, json_t *expect)
{
	static const struct shape table[] = { { "verdict", SHAPE_TEXT, true },
		{ "reason", SHAPE_TEXT, false }, { "scheme", SHAPE_TEXT, false },
		{ "limit", SHAPE_TEXT, false }, { "findings", SHAPE_ARRAY, false },
		{ "checks", SHAPE_OBJECT, false }, { "record", SHAPE_OBJECT, false },
		{ "link", SHAPE_OBJECT, false }, { "files", SHAPE_ARRAY, false },
		{ "certificate", SHAPE_OBJECT, false }, { "emit", SHAPE_OBJECT, false }, { 0 } };
	const char *fault = shape_fault(a, expect, "expect", table);
	const char *reason = text_of(expect, "reason");
	json_t *emit = json_object_get(expect, "emit");

	if (fault)
		return fault;
	if (!is_verdict(text_of(expect, "verdict")))
		return fault_text(
			a, "expect: there is no verdict \"%s\"", text_of(expect, "verdict"));
	if (reason && !is_reason(reason))
		return fault_text(a, "expect: there is no reason \"%s\"", reason);
	fault = findings_fault(a, json_object_get(expect, "findings"));
	if (!fault)
		fault = checks_fault(a, json_object_get(expect, "checks"));
	return fault || !emit ? fault : emit_fault(a, emit);
}

const char *
expect_block_fault(struct arena *a, json_t *expect)
{
	static const struct shape table[] = { { "reason", SHAPE_TEXT, true },
		{ "limit", SHAPE_TEXT, false }, { 0 } };
	const char *fault = shape_fault(a, expect, "expect", table);
	const char *reason = text_of(expect, "reason");

	if (!fault && reason[0] && !is_reason(reason))
		fault = fault_text(a, "expect: there is no reason \"%s\"", reason);
	return fault;
}

/* --- a report --- */

static const char *deeper(struct arena *a, const char *step, json_t *whole, json_t *part);

static const char *
missing_member(struct arena *a, json_t *whole, json_t *part)
{
	const char *path = NULL;

	for (void *it = json_object_iter(part); it && !path; it = json_object_iter_next(part, it)) {
		const char *name = json_object_iter_key(it);
		path = deeper(a, name, json_object_get(whole, name), json_object_iter_value(it));
	}
	return path;
}

static const char *
missing_element(struct arena *a, json_t *whole, json_t *part)
{
	const char *path = NULL;

	if (json_array_size(whole) != json_array_size(part))
		return "";
	for (size_t i = 0; i < json_array_size(part) && !path; i++)
		path = deeper(a, fault_text(a, "%zu", i), json_array_get(whole, i),
			json_array_get(part, i));
	return path;
}

static const char *
deeper(struct arena *a, const char *step, json_t *whole, json_t *part)
{
	const char *path = missing_json(a, whole, part);

	return path ? fault_text(a, "/%s%s", step, path) : NULL;
}

/* Depth is bounded by the reader of the case: jansson refuses more than 2048 levels. */
const char *
missing_json(struct arena *a, json_t *whole, json_t *part)
{
	if (!whole || json_typeof(whole) != json_typeof(part))
		return "";
	if (json_is_object(part))
		return missing_member(a, whole, part);
	if (json_is_array(part))
		return missing_element(a, whole, part);
	return json_equal(whole, part) ? NULL : "";
}

static bool
is_among(json_t *part, json_t *code)
{
	json_t *findings = json_object_get(part, "findings");

	for (size_t i = 0; i < json_array_size(findings); i++)
		if (json_equal(json_object_get(json_array_get(findings, i), "reason"), code))
			return true;
	return false;
}

/* Of a health link, in any of its parts. */
static bool
has_finding(json_t *report, json_t *code)
{
	json_t *files = json_object_get(report, "files");

	if (is_among(report, code) || is_among(json_object_get(report, "link"), code) ||
		is_among(json_object_get(report, "certificate"), code))
		return true;
	for (size_t i = 0; i < json_array_size(files); i++)
		if (is_among(json_object_get(json_array_get(files, i), "wrapper"), code))
			return true;
	return false;
}

static const char *
compare_findings(struct arena *a, json_t *codes, json_t *report)
{
	for (size_t i = 0; i < json_array_size(codes); i++) {
		json_t *code = json_array_get(codes, i);
		if (!has_finding(report, code))
			return fault_text(
				a, "the finding %s is not there", json_string_value(code));
	}
	return NULL;
}

/* The row of that name; NULL when there is none. */
static json_t *
check_row(json_t *report, const char *name)
{
	json_t *rows = json_object_get(report, "checks");

	for (size_t i = 0; i < json_array_size(rows); i++) {
		const char *own = text_of(json_array_get(rows, i), "name");
		if (own && strcmp(own, name) == 0)
			return json_array_get(rows, i);
	}
	return NULL;
}

static const char *
compare_checks(struct arena *a, json_t *checks, json_t *report)
{
	for (void *it = json_object_iter(checks); it; it = json_object_iter_next(checks, it)) {
		const char *name = json_object_iter_key(it);
		json_t *want = json_object_iter_value(it);
		json_t *got = json_object_get(check_row(report, name), "status");
		if (!json_equal(want, got))
			return fault_text(a, "the check %s: %s expected, %s given", name,
				json_string_value(want), or_none(json_string_value(got)));
	}
	return NULL;
}

static bool
names_limit(json_t *report, const char *limit)
{
	for (enum check_id c = 0; c < CHECK_COUNT; c++) {
		const char *got = text_of(check_row(report, check_name(c)), "limit");
		if (got && strcmp(got, limit) == 0)
			return true;
	}
	return false;
}

/* No text expected means that none may be given, where `exact`; otherwise that it does not matter. */
static const char *
compare_text(struct arena *a, json_t *expect, json_t *report, const char *member, bool exact)
{
	const char *want = text_of(expect, member), *got = text_of(report, member);

	if (want ? got && strcmp(want, got) == 0 : !exact || !got)
		return NULL;
	return fault_text(a, "%s: %s expected, %s given", member, or_none(want), or_none(got));
}

static const char *
compare_parts(struct arena *a, json_t *expect, json_t *report)
{
	static const char *const parts[] = { "record", "link", "files", "certificate" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		json_t *part = json_object_get(expect, parts[i]);
		const char *path = part ? missing_json(a, json_object_get(report, parts[i]), part)
					: NULL;
		if (path)
			return fault_text(a, "the %s differs at \"%s\"", parts[i], path);
	}
	return NULL;
}

static const char *
compare(struct arena *a, json_t *expect, json_t *report)
{
	const char *limit = text_of(expect, "limit");
	const char *fault = compare_text(a, expect, report, "reason", true);

	if (!fault)
		fault = compare_text(a, expect, report, "verdict", true);
	if (!fault)
		fault = compare_text(a, expect, report, "scheme", false);
	if (!fault && limit && !names_limit(report, limit))
		fault = fault_text(a, "the limit %s is not named", limit);
	if (!fault)
		fault = compare_parts(a, expect, report);
	if (!fault)
		fault = compare_findings(a, json_object_get(expect, "findings"), report);
	return fault ? fault : compare_checks(a, json_object_get(expect, "checks"), report);
}

const char *
expect_report(struct arena *a, json_t *expect, struct span text)
{
	json_t *report = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
	const char *fault = json_is_object(report) ? compare(a, expect, report)
						   : "the answer is no JSON object";

	json_decref(report);
	return fault;
}

const char *
expect_translation(struct arena *a, json_t *expect, struct span text)
{
	json_t *answer = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
	json_t *report = json_object_get(answer, "report");
	const char *fault = json_is_object(report) ? compare(a, expect, report)
						   : "the answer has no report";

	if (!fault)
		fault = emit_compare(a, json_object_get(expect, "emit"), answer);
	json_decref(answer);
	return fault;
}

const char *
expect_verdict(struct arena *a, json_t *expect, struct span text)
{
	json_t *report = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
	const char *got = text_of(report, "verdict"), *want = text_of(expect, "verdict");
	const char *fault = NULL;

	if (!got)
		fault = "the answer says no verdict";
	else if ((strcmp(want, "verified") == 0) != (strcmp(got, "verified") == 0))
		fault = fault_text(a, "verdict: %s expected, %s given", want, got);
	json_decref(report);
	return fault;
}

const char *
expect_block(struct arena *a, json_t *expect, const struct check *got)
{
	const char *want = text_of(expect, "reason"), *limit = text_of(expect, "limit");
	const char *code = reason_code(got->reason);

	if (strcmp(code ? code : "", want) != 0)
		return fault_text(a, "reason: %s expected, %s given", or_none(want), or_none(code));
	if (limit && (!got->limit || strcmp(limit, got->limit) != 0))
		return fault_text(a, "limit: %s expected, %s given", limit, or_none(got->limit));
	return NULL;
}
