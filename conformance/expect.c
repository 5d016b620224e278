/* expect.c - comparing a report with what a case expects: what is named must be there, exactly. */
#include "conformance/expect.h"

#include <string.h>

const char *
only_members(const json_t *object, const char *const *known)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		bool found = false;
		for (size_t i = 0; known[i]; i++)
			found = found || strcmp(known[i], name) == 0;
		if (!found)
			return "the case has a member that nobody knows";
	}
	return json_is_object(object) ? NULL : "the case is no object";
}

static bool
contains_members(const json_t *whole, const json_t *part)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)part, name,
		value) if (!contains_json(json_object_get(whole, name), value)) return false;
	return true;
}

static bool
contains_elements(const json_t *whole, const json_t *part)
{
	size_t i;
	json_t *value;

	if (json_array_size(whole) != json_array_size(part))
		return false;
	json_array_foreach(
		part, i, value) if (!contains_json(json_array_get(whole, i), value)) return false;
	return true;
}

bool
contains_json(const json_t *whole, const json_t *part)
{
	if (!whole || json_typeof(whole) != json_typeof(part))
		return false;
	if (json_is_object(part))
		return contains_members(whole, part);
	if (json_is_array(part))
		return contains_elements(whole, part);
	return json_equal(whole, part);
}

static bool
has_reason(const json_t *findings, const json_t *code)
{
	size_t i;
	json_t *f;

	json_array_foreach(
		findings, i, f) if (json_equal(json_object_get(f, "reason"), code)) return true;
	return false;
}

static const char *
expect_findings(const json_t *report, const json_t *codes)
{
	size_t i;
	json_t *code;

	json_array_foreach(codes, i,
		code) if (!has_reason(json_object_get(report, "findings"),
				  code)) return "a finding that is expected is not there:";
	return NULL;
}

static const char *
expect_checks(const json_t *report, const json_t *checks)
{
	const char *name;
	json_t *status, *row;
	size_t i;

	json_object_foreach((json_t *)(uintptr_t)checks, name, status)
	{
		bool good = false;
		json_array_foreach(json_object_get(report, "checks"), i,
			row) if (strcmp(json_string_value(json_object_get(row, "name")), name) == 0)
			good = json_equal(json_object_get(row, "status"), status);
		if (!good)
			return "a check has another status:";
	}
	return NULL;
}

static const char *
compare(const json_t *expect, const json_t *report)
{
	static const char *const known[] = { "verdict", "reason", "findings", "checks", "record",
		"scheme", "limit", NULL };
	const char *fault = only_members(expect, known);
	const json_t *record = json_object_get(expect, "record"),
		     *limit = json_object_get(expect, "limit");
	const json_t *scheme = json_object_get(expect, "scheme");
	size_t i;
	json_t *row;
	bool limit_named = limit == NULL;

	if (fault)
		return fault;
	if (!json_equal(json_object_get(expect, "verdict"), json_object_get(report, "verdict")))
		return "another verdict:";
	/* no reason expected means that none may be given */
	if (!json_equal(json_object_get(expect, "reason"), json_object_get(report, "reason")) &&
		(json_object_get(expect, "reason") || json_object_get(report, "reason")))
		return "another reason:";
	if (record && !contains_json(json_object_get(report, "record"), record))
		return "the record does not hold what is expected:";
	if (scheme && !json_equal(scheme, json_object_get(report, "scheme")))
		return "another scheme:";
	json_array_foreach(json_object_get(report, "checks"), i, row)
		limit_named = limit_named || json_equal(json_object_get(row, "limit"), limit);
	if (!limit_named)
		return "the limit is not named:";
	fault = expect_findings(report, json_object_get(expect, "findings"));
	return fault ? fault : expect_checks(report, json_object_get(expect, "checks"));
}

const char *
expect_report(const json_t *expect, struct span text, struct arena *a)
{
	json_t *report = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
	const char *fault = report ? compare(expect, report) : "the answer is no JSON report:";

	(void)a;
	json_decref(report);
	return fault;
}
