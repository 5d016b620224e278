/* test_reports.c - report.json and junit.xml to the byte, with ids and details that try to break out of them. */
#include "conformance/suite_impl.h"
#include "tests/aid/aid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

struct world {
	struct aid_work aid;
	struct suite *suite;
	struct buf buf;
};

static void
begin(struct world *w, const char *name)
{
	aid_begin(&w->aid);
	w->suite = suite_open(name, SPAN_LIT("/nowhere"), w->aid.kit);
	assert_non_null(w->suite);
	w->buf = buf_in(w->aid.arena, SIZE_MAX);
}

static void
end(struct world *w)
{
	suite_close(w->suite);
	aid_end(&w->aid);
}

static const char *
text(struct world *w)
{
	buf_char(&w->buf, '\0');
	assert_int_equal(w->buf.error, 0);
	return (const char *)w->buf.ptr;
}

static void
tell_all_kinds(struct suite *s)
{
	suite_tell(s, "a", CASE_PASS, NULL);
	suite_tell(s, "b", CASE_FAIL, "%s %d", "wrong", 7);
	suite_tell(s, "c", CASE_SKIP, "not here");
	suite_tell(s, "d", CASE_EXCEPTION, "known");
	suite_figure(s, "keys", 829);
	suite_figure(s, "below zero", -1);
}

static void
test_json(void **unused)
{
	struct world w;

	(void)unused;
	begin(&w, "suite");
	tell_all_kinds(w.suite);
	report_json(&w.buf, NULL, w.suite);
	assert_string_equal(text(&w),
		"{\"form\":1,\"version\":\"" VIDIMUS_VERSION
		"\",\"target\":\"builtin\",\"passed\":2,\"failed\":1,\"skipped\":1,\"exceptions\":"
		"1,\"suites\":[\n"
		"{\"suite\":\"suite\",\"passed\":2,\"failed\":1,\"skipped\":1,\"exceptions\":1,"
		"\"figures\":{\"keys\":829,\"below zero\":-1},\"cases\":[\n"
		"{\"id\":\"a\",\"outcome\":\"passed\"},\n"
		"{\"id\":\"b\",\"outcome\":\"failed\",\"detail\":\"wrong 7\"},\n"
		"{\"id\":\"c\",\"outcome\":\"skipped\",\"detail\":\"not here\"},\n"
		"{\"id\":\"d\",\"outcome\":\"exception\",\"detail\":\"known\"}]}]}\n");
	end(&w);
}

static void
test_junit(void **unused)
{
	struct world w;

	(void)unused;
	begin(&w, "suite");
	tell_all_kinds(w.suite);
	report_junit(&w.buf, w.suite);
	assert_string_equal(text(&w),
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuites name=\"vidimus\" tests=\"4\" failures=\"1\" errors=\"0\" "
		"skipped=\"1\">\n"
		" <testsuite name=\"suite\" tests=\"4\" failures=\"1\" errors=\"0\" "
		"skipped=\"1\">\n"
		"  <testcase classname=\"suite\" name=\"a\"/>\n"
		"  <testcase classname=\"suite\" name=\"b\"><failure message=\"wrong "
		"7\"/></testcase>\n"
		"  <testcase classname=\"suite\" name=\"c\"><skipped message=\"not "
		"here\"/></testcase>\n"
		"  <testcase classname=\"suite\" name=\"d\"><system-out>exception: "
		"known</system-out></testcase>\n"
		" </testsuite>\n"
		"</testsuites>\n");
	end(&w);
}

/* The name of the only test case, as JUnit escapes it. */
static void
assert_escaped(const char *id, const char *want)
{
	static const char before[] = "<testcase classname=\"s\" name=\"";
	struct world w;

	begin(&w, "s");
	suite_tell(w.suite, id, CASE_PASS, NULL);
	report_junit(&w.buf, w.suite);
	const char *at = strstr(text(&w), before);
	assert_non_null(at);
	at += sizeof(before) - 1;
	const char *close = strchr(at, '"');
	assert_non_null(close);
	assert_int_equal(close - at, strlen(want));
	assert_memory_equal(at, want, strlen(want));
	end(&w);
}

static void
test_escaping(void **unused)
{
	static const struct {
		const char *id, *junit;
	} rows[] = {
		{ "plain", "plain" },
		{ "a<b>&\"c'", "a&lt;b&gt;&amp;&quot;c'" },
		{ "]]>", "]]&gt;" },
		{ "a\nb\tc\x1b[31m\x7f", "a?b?c?[31m?" },
		{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80" },
		/* no UTF-8, cut off, overlong, a surrogate, and two that XML 1.0 leaves out */
		{ "\xff", "\xef\xbf\xbd" },
		{ "a\xc3", "a\xef\xbf\xbd" },
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xef\xbf\xbe", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xef\xbf\xbd", "\xef\xbf\xbd" },
		{ "\xe2\x82<", "\xef\xbf\xbd\xef\xbf\xbd&lt;" },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_escaped(rows[i].id, rows[i].junit);
}

/* What is written can be read again, whatever a corpus calls its cases. */
static void
test_json_with_any_bytes(void **unused)
{
	char id[257];
	struct world w;

	(void)unused;
	for (unsigned c = 1; c < 256; c++)
		id[c - 1] = (char)c;
	id[255] = '\0';
	begin(&w, id);
	suite_tell(w.suite, id, CASE_FAIL, "%s", id);
	report_json(&w.buf, id, w.suite);
	const char *json = text(&w);
	json_t *root = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	json_decref(root);
	end(&w);
}

static void
test_details_are_one_short_line(void **unused)
{
	struct world w;
	char detail[2000];

	(void)unused;
	memset(detail, '\n', sizeof(detail) - 1);
	detail[sizeof(detail) - 1] = '\0';
	begin(&w, "s");
	suite_tell(w.suite, "a", CASE_FAIL, "%s", detail);
	assert_in_range(w.suite->first->detail.len, 100, 1000);
	assert_null(memchr(w.suite->first->detail.ptr, '\n', w.suite->first->detail.len));
	assert_int_equal(suite_totals(w.suite).failed, 1);
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_junit),
		cmocka_unit_test(test_escaping),
		cmocka_unit_test(test_json_with_any_bytes),
		cmocka_unit_test(test_details_are_one_short_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
