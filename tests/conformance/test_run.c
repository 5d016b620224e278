/* test_run.c - the runner from outside: what it prints, its exit codes, and that no fault of a case or of the
 * command line looks like a run without failures. */
#include "conformance/run.h"
#include "tests/aid/aid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GOOD                                                                              \
	"{\"id\":\"one\",\"title\":\"t\",\"spec\":\"s\",\"at\":\"2026-12-01T12:00:00Z\"," \
	"\"trust\":[],\"expect\":{\"verdict\":\"rejected\",\"reason\":\"format.unknown\"}}"
#define BLOCK(name, reason)                                                \
	"{\"id\":\"one\",\"title\":\"t\",\"spec\":\"s\",\"block\":\"" name \
	"\",\"expect\":{\"reason\":\"" reason "\"}}"

struct world {
	struct aid_work aid;
	struct aid_folder folder;
	struct conformance_options options;
	struct span out, err;
};

static void
begin(struct world *w)
{
	aid_begin(&w->aid);
	aid_folder_make(&w->folder);
	aid_write_text(&w->folder, "corpora/README", "nothing here");
	aid_write_text(&w->folder, "cases/_trust/README", "not a suite");
	w->options = (struct conformance_options){ .cases = aid_path(
							   w->aid.arena, &w->folder, "cases"),
		.corpora = aid_path(w->aid.arena, &w->folder, "corpora") };
}

static void
end(struct world *w)
{
	aid_folder_drop(&w->folder);
	aid_end(&w->aid);
}

static int
run(void *arg)
{
	return conformance_run(arg);
}

static int
capture(struct world *w)
{
	return aid_capture(w->aid.arena, run, &w->options, &w->out, &w->err);
}

static void
add(struct world *w, const char *name, const char *json, const char *input)
{
	char path[128];

	snprintf(path, sizeof(path), "cases/mine/%s/case.json", name);
	aid_write_text(&w->folder, path, json);
	snprintf(path, sizeof(path), "cases/mine/%s/input.txt", name);
	if (input)
		aid_write_text(&w->folder, path, input);
}

static void
assert_says(struct span text, const char *what)
{
	if (!strstr((const char *)text.ptr, what))
		fail_msg("\"%s\" is not in: %s", what, (const char *)text.ptr);
}

static const char *
last_line(struct span text)
{
	char *line = (char *)(uintptr_t)text.ptr;

	if (text.len && line[text.len - 1] == '\n')
		line[text.len - 1] = '\0';
	char *newline = strrchr(line, '\n');
	return newline ? newline + 1 : line;
}

/* One case in a suite of its own. */
static int
run_one(const char *json, const char *input, struct world *w)
{
	static const char *const mine[] = { "mine" };

	begin(w);
	add(w, "one", json, input);
	w->options.suites = mine;
	w->options.suite_count = 1;
	return capture(w);
}

static void
test_a_good_case_passes(void **unused)
{
	struct world w;

	(void)unused;
	assert_int_equal(run_one(GOOD, "rubbish", &w), 0);
	assert_string_equal(last_line(w.out), "1 passed, 0 failed, 0 skipped");
	assert_int_equal(w.err.len, 0);
	end(&w);
	assert_int_equal(run_one(BLOCK("json", ""), "[1]", &w), 0);
	assert_string_equal(last_line(w.out), "1 passed, 0 failed, 0 skipped");
	end(&w);
}

static void
test_a_wrong_case_fails_the_run(void **unused)
{
	struct world w;

	(void)unused;
	begin(&w);
	add(&w, "one", GOOD, "rubbish");
	add(&w, "two",
		"{\"id\":\"two\",\"title\":\"t\",\"spec\":\"s\",\"at\":0,\"trust\":[],"
		"\"expect\":{\"verdict\":\"verified\"}}",
		"rubbish");
	assert_int_equal(capture(&w), 1);
	assert_says(w.out, "mine                              1 passed     1 failed     0 skipped");
	assert_says(w.out, "FAILED two: reason: none expected, format.unknown given");
	assert_memory_equal(last_line(w.out), "1 passed, 1 failed, ", 20);
	end(&w);
}

#define REST                                                                            \
	"\"title\":\"t\",\"spec\":\"s\",\"at\":0,\"trust\":[],\"expect\":{\"verdict\":" \
	"\"verified\"}"

static const struct {
	const char *json, *says;
} faulty[] = {
	{ "{", "case.json line 1" },
	{ "[]", "the case is no object" },
	{ "{\"id\":\"one\",\"id\":\"one\"," REST "}", "duplicate" },
	{ "{" REST "}", "the case lacks \"id\"" },
	{ "{\"id\":\"two\"," REST "}", "the id is not the name of the folder" },
	{ "{\"id\":\"one\"," REST ",\"net\":{}}", "the unknown member \"net\"" },
	{ "{\"id\":\"one\"," REST ",\"web\":{\"https://a\":\"no.json\"}}",
		"\"no.json\" can't be read" },
	{ "{\"id\":\"one\"," REST ",\"web\":{\"https://a\":{\"file\":\"input.txt\"}}}",
		"web lacks \"status\"" },
	{ "{\"id\":\"one\"," REST ",\"policy\":{\"links\":\"yes\"}}",
		"\"links\" is none of no, listed and any" },
	{ "{\"id\":\"one\",\"title\":\"t\",\"spec\":\"s\",\"at\":0,\"trust\":[{\"file\":"
	  "\"input.txt\",\"scheme\":\"x\"}],\"expect\":{\"verdict\":\"verified\"}}",
		"\"scheme\" is none of dcc, shc, vc, icao and who" },
	{ "{\"id\":\"one\"," REST ",\"env\":\"test\"}", "\"env\" is none of the" },
	{ "{\"id\":\"one\"," REST ",\"policy\":{\"allow\":true}}",
		"policy has the unknown member \"allow\"" },
	{ "{\"id\":\"one\"," REST ",\"policy\":{\"matchCountry\":\"no\"}}",
		"policy: \"matchCountry\" has the wrong type" },
	{ "{\"id\":\"one\",\"title\":\"t\",\"spec\":\"s\",\"at\":\"noon\",\"trust\":[],"
	  "\"expect\":{\"verdict\":\"verified\"}}",
		"\"at\" is no time" },
	{ "{\"id\":\"one\",\"title\":\"t\",\"spec\":\"s\",\"at\":0,\"trust\":[\"a.pem\"],"
	  "\"expect\":{\"verdict\":\"verified\"}}",
		"\"a.pem\" can't be read" },
	{ "{\"id\":\"one\",\"title\":\"t\",\"spec\":\"s\",\"at\":0,\"trust\":[{\"file\":"
	  "\"../../x\"}],\"expect\":{\"verdict\":\"verified\"}}",
		"\"../../x\" can't be read" },
	{ "{\"id\":\"one\",\"title\":\"t\",\"spec\":\"s\",\"at\":0,\"trust\":[{\"file\":"
	  "\"../../../x\"}],\"expect\":{\"verdict\":\"verified\"}}",
		"leads out of the suites" },
	{ "{\"id\":\"one\",\"title\":\"t\",\"spec\":\"s\",\"at\":0,\"trust\":[{\"file\":"
	  "\"../../mine/../../x\"}],\"expect\":{\"verdict\":\"verified\"}}",
		"leads out of the suites" },
	{ "{\"id\":\"one\",\"title\":\"t\",\"spec\":\"s\",\"at\":0,\"trust\":[{\"file\":"
	  "\"input.txt\",\"pinn\":\"x\"}],\"expect\":{\"verdict\":\"verified\"}}",
		"trust has the unknown member \"pinn\"" },
	{ "{\"id\":\"one\",\"title\":\"t\",\"spec\":\"s\",\"at\":0,\"trust\":[{\"file\":"
	  "\"input.txt\",\"pin\":\"no.pem\"}],\"expect\":{\"verdict\":\"verified\"}}",
		"\"no.pem\" can't be read" },
	{ "{\"id\":\"one\",\"title\":\"t\",\"spec\":\"s\",\"at\":0,\"trust\":[{\"file\":"
	  "\"input.txt\",\"readAt\":\"x\"}],\"expect\":{\"verdict\":\"verified\"}}",
		"\"readAt\" is no time" },
	{ "{\"id\":\"one\",\"title\":\"t\",\"spec\":\"s\",\"at\":0,\"trust\":[7],"
	  "\"expect\":{\"verdict\":\"verified\"}}",
		"trust is no object" },
	{ "{\"id\":\"one\",\"title\":\"t\",\"spec\":\"s\",\"at\":0,\"trust\":[],"
	  "\"expect\":{\"verdict\":\"verified\",\"reson\":\"x\"}}",
		"expect has the unknown member \"reson\"" },
	{ BLOCK("yaml", ""), "there is no such building block" },
	{ BLOCK("json", "json.nonsense"), "there is no reason \"json.nonsense\"" },
	{ BLOCK("json", ""), "reason: none expected, json.malformed given" },
	{ "{\"id\":\"one\",\"title\":\"t\",\"spec\":\"s\",\"at\":0,\"block\":\"json\","
	  "\"expect\":{\"reason\":\"json.malformed\"}}",
		"the unknown member \"at\"" },
};

static void
test_faults_of_a_case(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(faulty) / sizeof(faulty[0]); i++) {
		struct world w;
		int code = run_one(faulty[i].json, "rubbish", &w);
		assert_says(w.out, faulty[i].says);
		assert_int_equal(code, 1);
		assert_string_equal(last_line(w.out), "0 passed, 1 failed, 0 skipped");
		end(&w);
	}
}

static void
test_inputs(void **unused)
{
	struct world w;

	(void)unused;
	assert_int_equal(run_one(GOOD, NULL, &w), 1);
	assert_says(w.out, "there is no input file");
	aid_write_text(&w.folder, "cases/mine/one/input.bin", "x");
	assert_int_equal(capture(&w), 0);
	aid_write_text(&w.folder, "cases/mine/one/input.json", "x");
	assert_int_equal(capture(&w), 1);
	assert_says(w.out, "there are several input files");
	end(&w);
}

/* Of another case, and then none of its own. */
static void
test_a_borrowed_input(void **unused)
{
#define BORROWED(name)                                                                    \
	"{\"id\":\"one\",\"title\":\"t\",\"spec\":\"s\",\"at\":0,\"trust\":[],\"input\":" \
	"\"" name "\",\"expect\":{\"verdict\":\"rejected\",\"reason\":\"format.unknown\"}}"
	struct world w;

	(void)unused;
	assert_int_equal(run_one(BORROWED("../../yours/two/x"), NULL, &w), 1);
	assert_says(w.out, "\"../../yours/two/x\" can't be read");
	aid_write_text(&w.folder, "cases/yours/two/x", "rubbish");
	assert_int_equal(capture(&w), 0);
	aid_write_text(&w.folder, "cases/mine/one/input.txt", "rubbish");
	assert_int_equal(capture(&w), 1);
	assert_says(w.out, "there is an input file beside the one that it names");
	end(&w);
}

static void
test_a_folder_without_a_case(void **unused)
{
	struct world w;

	(void)unused;
	assert_int_equal(run_one(GOOD, "rubbish", &w), 0);
	aid_write_text(&w.folder, "cases/mine/two/case.jsn", GOOD);
	assert_int_equal(capture(&w), 1);
	assert_says(w.out, "FAILED two: the folder has no case.json");
	assert_string_equal(last_line(w.out), "1 passed, 1 failed, 0 skipped");
	end(&w);
}

static void
test_nothing_run_is_no_success(void **unused)
{
	static const char *const absent[] = { "wycheproof-of-nobody" };
	static const char *const corpus[] = { "jsontestsuite" };
	static const char *const empty[] = { "mine" };
	struct world w;

	(void)unused;
	begin(&w);
	w.options.suites = absent;
	w.options.suite_count = 1;
	assert_int_equal(capture(&w), 64);
	assert_says(w.err, "there is no suite wycheproof-of-nobody");
	w.options.suites = corpus;
	assert_int_equal(capture(&w), 1);
	assert_says(w.out, "skipped jsontestsuite: the corpus is not there");
	assert_string_equal(last_line(w.out), "0 passed, 0 failed, 1 skipped");
	aid_write_text(&w.folder, "cases/mine/README", "no case");
	w.options.suites = empty;
	assert_int_equal(capture(&w), 1);
	assert_says(w.out, "FAILED empty: there is no case in it");
	end(&w);
}

static void
test_a_corpus_without_files_fails(void **unused)
{
	static const char *const suites[] = { "jsontestsuite" };
	struct world w;

	(void)unused;
	begin(&w);
	aid_write_text(&w.folder, "corpora/jsontestsuite/SOURCE.md", "# nothing else");
	w.options.suites = suites;
	w.options.suite_count = 1;
	assert_int_equal(capture(&w), 1);
	assert_says(w.out, "FAILED");
	end(&w);
}

static void
test_unusable_options(void **unused)
{
	static const struct {
		const char *target, *adapter, *says;
	} rows[] = {
		{ "ftp://x", NULL, "a target is builtin" },
		{ "builtins", NULL, "a target is builtin" },
		{ "exec:", NULL, "a target is builtin" },
		{ "http://", NULL, "a target is builtin" },
		{ "http://host:port", NULL, "a target is builtin" },
		{ "http://host:80/path", NULL, "a target is builtin" },
		{ NULL, "ddcc-fhir", "not there yet" },
		{ NULL, "vc-api", "are spoken to by the adapter" },
		{ "http://127.0.0.1:1/path", NULL, "a target is" },
		{ "http://127.0.0.1:1/a path", "vc-api", "a target is" },
		{ "http://127.0.0.1:1/path", "vidimus", "are spoken to by the adapter" },
		{ "http://host", "ddcc-fhir", "not there yet" },
		{ NULL, "exec", "are spoken to by the adapter" },
		{ "exec:true", "vidimus", "are spoken to by the adapter" },
		{ NULL, "nonsense", "are spoken to by the adapter" },
	};
	struct world w;

	(void)unused;
	begin(&w);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		w.options.target = rows[i].target;
		w.options.adapter = rows[i].adapter;
		assert_int_equal(capture(&w), 64);
		assert_says(w.err, rows[i].says);
		assert_int_equal(w.out.len, 0);
	}
	w.options.target = w.options.adapter = NULL;
	w.options.cases = "/no/such/folder";
	assert_int_equal(capture(&w), 64);
	assert_says(w.err, "there is no folder /no/such/folder");
	end(&w);
}

static void
test_the_list_of_suites(void **unused)
{
	struct world w;

	(void)unused;
	assert_int_equal(run_one(GOOD, "rubbish", &w), 0);
	w.options.list = true;
	w.options.suite_count = 0;
	assert_int_equal(capture(&w), 0);
	assert_says(w.out, "mine                         cases\n");
	assert_says(w.out, "cbor-not-well-formed         corpus\n");
	assert_null(strstr((const char *)w.out.ptr, "_trust"));
	end(&w);
}

/* A suite that runs must be one that a reader can find. */
static void
test_every_corpus_is_documented(void **unused)
{
	struct world w;
	char row[128];
	size_t corpora = 0;

	(void)unused;
	begin(&w);
	w.options.list = true;
	assert_int_equal(capture(&w), 0);
	struct span page = aid_read(w.aid.arena, "docs/corpora.md"), rest = w.out, line;
	while (span_split(&rest, '\n', &line)) {
		if (!span_ends(line, SPAN_LIT(" corpus")))
			continue;
		snprintf(row, sizeof(row), "\n| %.*s |", (int)span_find(line, ' '),
			(const char *)line.ptr);
		assert_says(page, row);
		corpora++;
	}
	assert_true(corpora >= 16);
	end(&w);
}

static void
test_reports_are_written(void **unused)
{
	struct world w;
	struct span first, second;

	(void)unused;
	assert_int_equal(run_one(GOOD, "rubbish", &w), 0);
	w.options.out = aid_path(w.aid.arena, &w.folder, "out");
	assert_int_equal(capture(&w), 0);
	first = aid_read(w.aid.arena, aid_path(w.aid.arena, &w.folder, "out/report.json"));
	assert_says(first, "{\"id\":\"one\",\"outcome\":\"passed\"}");
	assert_says(aid_read(w.aid.arena, aid_path(w.aid.arena, &w.folder, "out/junit.xml")),
		"<testcase classname=\"mine\" name=\"one\"/>");
	assert_int_equal(capture(&w), 0);
	second = aid_read(w.aid.arena, aid_path(w.aid.arena, &w.folder, "out/report.json"));
	assert_true(span_eq(first, second));
	w.options.out = aid_path(w.aid.arena, &w.folder, "no/such/out");
	assert_int_equal(capture(&w), 1);
	assert_says(w.err, "the reports can't be written");
	assert_string_equal(last_line(w.out), "1 passed, 1 failed, 0 skipped");
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_good_case_passes),
		cmocka_unit_test(test_a_wrong_case_fails_the_run),
		cmocka_unit_test(test_faults_of_a_case),
		cmocka_unit_test(test_inputs),
		cmocka_unit_test(test_a_borrowed_input),
		cmocka_unit_test(test_a_folder_without_a_case),
		cmocka_unit_test(test_nothing_run_is_no_success),
		cmocka_unit_test(test_a_corpus_without_files_fails),
		cmocka_unit_test(test_unusable_options),
		cmocka_unit_test(test_the_list_of_suites),
		cmocka_unit_test(test_every_corpus_is_documented),
		cmocka_unit_test(test_reports_are_written),
	};

	unsetenv("VIDIMUS_CORPORA");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
