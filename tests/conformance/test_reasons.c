/* test_reasons.c - every reason that can be given is reached by a case of ours, and the cases pass.
 *
 * The table of exemptions names the few that nothing reaches yet, each with why; an
 * exemption that a case reaches all the same is out of date and fails, too.
 */
#include "conformance/run.h"
#include "conformance/suite_impl.h"
#include "tests/aid/aid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <jansson.h>

static const struct {
	enum reason reason;
	const char *why;
} exempt[] = {
	{ REASON_RDF_SYNTAX, "N-Quads are no certificates; tests/jsonld" },
	{ REASON_RDF_TERM, "JSON-LD leaves such terms out; tests/jsonld" },
	{ REASON_VDS_SEVERAL, "tests/vdsnc" },
	{ REASON_VC_KEY_BINDING, "tests/vc" },
	{ REASON_VC_SD_ALGORITHM, "tests/vc" },
	{ REASON_VC_SD_DISCLOSURE, "tests/vc" },
	{ REASON_VC_SD_DIGEST, "tests/vc" },
	{ REASON_VC_SD_NAME, "tests/vc" },
	{ REASON_VC_SD_UNUSED, "tests/vc" },
	{ REASON_NOTE_VC_ISSUED_TEXT, "tests/vc" },
	{ REASON_NOTE_VC_WITHHELD, "tests/vc" },
	{ REASON_NOTE_VC_BINDING, "tests/vc" },
	{ REASON_VC_CHALLENGE, "of presentations; tests/http/test_vcapi.c" },
	{ REASON_VC_DOMAIN, "of presentations; tests/http/test_vcapi.c" },
	{ REASON_VC_HOLDER, "of presentations; tests/http/test_vcapi.c" },
	{ REASON_VC_HOLDER_KEY, "of presentations; tests/http/test_vcapi.c" },
};

static const char cases[] = "conformance/cases";

struct reached {
	unsigned by[REASON_COUNT];
	size_t cases;
};

static void
reach(struct reached *r, const json_t *code)
{
	r->by[reason_named(span_of(json_string_value(code)))]++;
}

static int
visit(struct suite *s, const char *path, void *arg)
{
	struct reached *r = arg;
	struct span text;

	assert_int_equal(suite_read(s, path, &text), 0);
	json_t *json = json_loadb((const char *)text.ptr, text.len, 0, NULL);
	json_t *expect = json_object_get(json, "expect");
	json_t *findings = json_object_get(expect, "findings");
	assert_non_null(expect);
	reach(r, json_object_get(expect, "reason"));
	for (size_t i = 0; i < json_array_size(findings); i++)
		reach(r, json_array_get(findings, i));
	r->cases++;
	json_decref(json);
	return 0;
}

static struct reached
reached_by_cases(void)
{
	struct reached r = { 0 };
	struct aid_work a;

	aid_begin(&a);
	struct suite *s = suite_open("cases", span_of(cases), a.kit);
	assert_non_null(s);
	assert_int_equal(suite_each(s, "", "/case.json", visit, &r), 0);
	suite_close(s);
	aid_end(&a);
	return r;
}

static const char *
exemption(enum reason reason)
{
	for (size_t i = 0; i < sizeof(exempt) / sizeof(exempt[0]); i++)
		if (exempt[i].reason == reason)
			return exempt[i].why;
	return NULL;
}

static void
test_every_reason_is_reached(void **unused)
{
	const struct reached r = reached_by_cases();
	unsigned missing = 0;

	(void)unused;
	assert_true(r.cases > 100);
	for (enum reason i = REASON_NONE + 1; i < REASON_COUNT; i++) {
		const char *why = exemption(i);
		if (!r.by[i] == !!why)
			continue;
		missing++;
		print_error("%s: %s\n", reason_code(i),
			why ? "is exempt, but a case reaches it" : "no case reaches it");
	}
	assert_int_equal(missing, 0);
}

static int
run(void *arg)
{
	return conformance_run(arg);
}

/* All folders of cases, whatever their names, and no corpus. */
static void
test_our_own_cases_pass(void **unused)
{
	const char *names[32];
	struct conformance_options o = { .cases = cases, .suites = names };
	struct dirent **entries;
	struct span out;
	struct aid_work a;
	int n = scandir(cases, &entries, NULL, alphasort);

	(void)unused;
	assert_in_range(n, 3, 32);
	for (int i = 0; i < n; i++)
		if (entries[i]->d_name[0] != '.' && entries[i]->d_name[0] != '_')
			names[o.suite_count++] = entries[i]->d_name;
	aid_begin(&a);
	int code = aid_capture(a.arena, run, &o, &out, NULL);
	if (code != 0)
		print_error("%s", (const char *)out.ptr);
	assert_int_equal(code, 0);
	aid_end(&a);
	for (int i = 0; i < n; i++)
		free(entries[i]);
	free(entries);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_reason_is_reached),
		cmocka_unit_test(test_our_own_cases_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
