/* test_expect.c - containment of JSON, the soundness of expectations, and each way in which a report can differ. */
#include "conformance/expect.h"
#include "conformance/shape.h"
#include "tests/aid/aid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static json_t *
json(const char *text)
{
	json_t *j = json_loads(text, JSON_DECODE_ANY, NULL);

	if (!j)
		fail_msg("no JSON: %s", text);
	return j;
}

static void
assert_same(const char *want, const char *got, const char *what)
{
	if (!want && got)
		fail_msg("%s: unexpected fault: %s", what, got);
	if (want && !got)
		fail_msg("%s: no fault, expected: %s", what, want);
	if (want)
		assert_string_equal(want, got);
}

static void
test_containment(void **unused)
{
	static const struct {
		const char *whole, *part, *missing;
	} rows[] = {
		{ "{}", "{}", NULL },
		{ "{\"a\":1,\"b\":2}", "{\"a\":1}", NULL },
		{ "{\"a\":1}", "{\"a\":2}", "/a" },
		{ "{\"a\":1}", "{\"b\":1}", "/b" },
		{ "{\"a\":1}", "{\"a\":1.0}", "/a" },
		{ "{\"a\":\"1\"}", "{\"a\":1}", "/a" },
		{ "{\"a\":null}", "{\"a\":null}", NULL },
		{ "{}", "{\"a\":null}", "/a" },
		{ "{\"a\":false}", "{\"a\":null}", "/a" },
		{ "{\"a\":true}", "{\"a\":false}", "/a" },
		{ "{\"a\":{\"b\":{\"c\":1,\"d\":2}}}", "{\"a\":{\"b\":{\"d\":2}}}", NULL },
		{ "{\"a\":{\"b\":{\"c\":1}}}", "{\"a\":{\"b\":{\"d\":2}}}", "/a/b/d" },
		{ "[1,2]", "[1,2]", NULL },
		{ "[1,2]", "[1]", "" },
		{ "[1]", "[1,2]", "" },
		{ "[1,2]", "[2,1]", "/0" },
		{ "[{\"a\":1,\"b\":2},3]", "[{\"b\":2},3]", NULL },
		{ "[{\"a\":1},3]", "[{\"a\":2},3]", "/0/a" },
		{ "{\"a\":[]}", "{\"a\":{}}", "/a" },
		{ "\"x\"", "\"x\"", NULL },
	};
	struct aid_work a;

	(void)unused;
	aid_begin(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *whole = json(rows[i].whole), *part = json(rows[i].part);
		assert_same(rows[i].missing, missing_json(a.arena, whole, part), rows[i].part);
		json_decref(whole);
		json_decref(part);
	}
	json_t *part = json("1");
	assert_same("", missing_json(a.arena, NULL, part), "nothing holds nothing");
	json_decref(part);
	aid_end(&a);
}

static void
test_shapes(void **unused)
{
	static const struct shape table[] = { { "t", SHAPE_TEXT, true },
		{ "n", SHAPE_TEXT | SHAPE_INTEGER, false }, { "b", SHAPE_BOOLEAN, false },
		{ "o", SHAPE_OBJECT, false }, { "a", SHAPE_ARRAY, false }, { 0 } };
	static const struct {
		const char *text, *fault;
	} rows[] = {
		{ "{\"t\":\"x\"}", NULL },
		{ "{\"t\":\"x\",\"n\":1,\"b\":true,\"o\":{},\"a\":[]}", NULL },
		{ "{\"t\":\"x\",\"n\":\"1\",\"b\":false}", NULL },
		{ "{}", "it lacks \"t\"" },
		{ "{\"t\":null}", "it: \"t\" has the wrong type" },
		{ "{\"t\":\"x\",\"n\":1.5}", "it: \"n\" has the wrong type" },
		{ "{\"t\":\"x\",\"b\":1}", "it: \"b\" has the wrong type" },
		{ "{\"t\":\"x\",\"o\":[]}", "it: \"o\" has the wrong type" },
		{ "{\"t\":\"x\",\"a\":{}}", "it: \"a\" has the wrong type" },
		{ "{\"t\":\"x\",\"tt\":\"y\"}", "it has the unknown member \"tt\"" },
		{ "[]", "it is no object" },
		{ "\"t\"", "it is no object" },
	};
	struct aid_work a;

	(void)unused;
	aid_begin(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *j = json(rows[i].text);
		assert_same(rows[i].fault, shape_fault(a.arena, j, "it", table), rows[i].text);
		json_decref(j);
	}
	assert_same("it is no object", shape_fault(a.arena, NULL, "it", table), "nothing");
	aid_end(&a);
}

static void
test_expectations_must_make_sense(void **unused)
{
	static const struct {
		const char *expect, *fault;
	} rows[] = {
		{ "{\"verdict\":\"verified\"}", NULL },
		{ "{\"verdict\":\"rejected\",\"reason\":\"validity.expired\",\"limit\":\"x\"}",
			NULL },
		{ "{\"verdict\":\"verified\",\"findings\":[\"note.null\"],"
		  "\"checks\":{\"policy\":\"pass\"}}",
			NULL },
		{ "{}", "expect lacks \"verdict\"" },
		{ "{\"verdict\":\"valid\"}", "expect: there is no verdict \"valid\"" },
		{ "{\"verdict\":\"rejected\",\"reason\":\"validity.expird\"}",
			"expect: there is no reason \"validity.expird\"" },
		{ "{\"verdict\":\"verified\",\"reason\":\"\"}", "expect: there is no reason \"\"" },
		{ "{\"verdict\":\"verified\",\"findings\":[\"note.nil\"]}",
			"expect: there is no finding \"note.nil\"" },
		{ "{\"verdict\":\"verified\",\"findings\":[1]}",
			"expect: there is no finding \"(no text)\"" },
		{ "{\"verdict\":\"verified\",\"finding\":[\"note.null\"]}",
			"expect has the unknown member \"finding\"" },
		{ "{\"verdict\":\"verified\",\"checks\":{\"trust\":\"pass\"}}",
			"expect: there is no check \"trust\"" },
		{ "{\"verdict\":\"verified\",\"checks\":{\"policy\":\"passed\"}}",
			"expect: the status of \"policy\" does not exist" },
		{ "{\"verdict\":\"verified\",\"checks\":{\"policy\":1}}",
			"expect: the status of \"policy\" does not exist" },
	};
	struct aid_work a;

	(void)unused;
	aid_begin(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *j = json(rows[i].expect);
		assert_same(rows[i].fault, expect_fault(a.arena, j), rows[i].expect);
		json_decref(j);
	}
	aid_end(&a);
}

static const char report[] =
	"{\"verdict\":\"rejected\",\"reason\":\"input.too_large\",\"scheme\":\"eu-dcc\",\"checks\":"
	"["
	"{\"name\":\"format\",\"status\":\"pass\"},{\"name\":\"decode\",\"status\":\"fail\","
	"\"reason\":\"input.too_large\",\"limit\":\"cbor.depth\"}],"
	"\"findings\":[{\"reason\":\"note.null\"},{\"reason\":\"note.doses\"}],"
	"\"record\":{\"name\":{\"family\":\"A\"}}}";

static void
test_reports(void **unused)
{
#define SAME "\"verdict\":\"rejected\",\"reason\":\"input.too_large\""
	static const struct {
		const char *expect, *fault;
	} rows[] = {
		{ "{" SAME "}", NULL },
		{ "{" SAME ",\"scheme\":\"eu-dcc\",\"limit\":\"cbor.depth\",\"findings\":"
		  "[\"note.doses\",\"note.null\"],\"checks\":{\"decode\":\"fail\",\"format\":"
		  "\"pass\"},\"record\":{\"name\":{}}}",
			NULL },
		{ "{\"verdict\":\"verified\",\"reason\":\"input.too_large\"}",
			"verdict: verified expected, rejected given" },
		{ "{\"verdict\":\"rejected\",\"reason\":\"input.empty\"}",
			"reason: input.empty expected, input.too_large given" },
		{ "{\"verdict\":\"rejected\"}", "reason: none expected, input.too_large given" },
		{ "{" SAME ",\"scheme\":\"shc\"}", "scheme: shc expected, eu-dcc given" },
		{ "{" SAME ",\"limit\":\"json.depth\"}", "the limit json.depth is not named" },
		{ "{" SAME ",\"findings\":[\"note.null\",\"note.empty\"]}",
			"the finding note.empty is not there" },
		{ "{" SAME ",\"checks\":{\"decode\":\"pass\"}}",
			"the check decode: pass expected, fail given" },
		{ "{" SAME ",\"checks\":{\"policy\":\"pass\"}}",
			"the check policy: pass expected, none given" },
		{ "{" SAME ",\"record\":{\"name\":{\"family\":\"B\"}}}",
			"the record differs at \"/name/family\"" },
	};
	struct aid_work a;

	(void)unused;
	aid_begin(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *j = json(rows[i].expect);
		assert_null(expect_fault(a.arena, j));
		assert_same(
			rows[i].fault, expect_report(a.arena, j, span_of(report)), rows[i].expect);
		json_decref(j);
	}
	aid_end(&a);
}

static void
test_answers_that_are_no_report(void **unused)
{
	static const char *const answers[] = { "", "{", "[]", "null", "{\"verdict\":1,}",
		"{\"verdict\":\"verified\",\"verdict\":\"verified\"}",
		"{\"verdict\":\"verified\"} x" };
	json_t *expect = json("{\"verdict\":\"verified\"}");
	struct aid_work a;

	(void)unused;
	aid_begin(&a);
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		assert_same("the answer is no JSON object",
			expect_report(a.arena, expect, span_of(answers[i])), answers[i]);
	assert_null(expect_report(a.arena, expect, span_of("{\"verdict\":\"verified\"}")));
	assert_same("verdict: verified expected, none given",
		expect_report(a.arena, expect, span_of("{\"verdict\":1}")), "a number");
	assert_same("reason: none expected, input.empty given",
		expect_report(a.arena, expect,
			span_of("{\"verdict\":\"verified\",\"reason\":\"input.empty\"}")),
		"a reason with a good verdict");
	json_decref(expect);
	aid_end(&a);
}

static void
test_blocks(void **unused)
{
	static const struct {
		const char *expect;
		enum reason reason;
		const char *limit, *fault;
	} rows[] = {
		{ "{\"reason\":\"\"}", REASON_NONE, NULL, NULL },
		{ "{\"reason\":\"json.malformed\"}", REASON_JSON_MALFORMED, NULL, NULL },
		{ "{\"reason\":\"\"}", REASON_JSON_MALFORMED, NULL,
			"reason: none expected, json.malformed given" },
		{ "{\"reason\":\"json.malformed\"}", REASON_NONE, NULL,
			"reason: json.malformed expected, none given" },
		{ "{\"reason\":\"input.too_large\",\"limit\":\"json.depth\"}",
			REASON_INPUT_TOO_LARGE, "json.depth", NULL },
		{ "{\"reason\":\"input.too_large\",\"limit\":\"json.depth\"}",
			REASON_INPUT_TOO_LARGE, "json.nodes",
			"limit: json.depth expected, json.nodes given" },
		{ "{\"reason\":\"input.too_large\",\"limit\":\"json.depth\"}",
			REASON_INPUT_TOO_LARGE, NULL, "limit: json.depth expected, none given" },
	};
	struct aid_work a;

	(void)unused;
	aid_begin(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct check c = { .reason = rows[i].reason, .limit = rows[i].limit };
		json_t *j = json(rows[i].expect);
		assert_null(expect_block_fault(a.arena, j));
		assert_same(rows[i].fault, expect_block(a.arena, j, &c), rows[i].expect);
		json_decref(j);
	}
	json_t *j = json("{\"reason\":\"json.bad\"}");
	assert_same("expect: there is no reason \"json.bad\"", expect_block_fault(a.arena, j), "");
	json_decref(j);
	j = json("{\"reason\":\"\",\"verdict\":\"verified\"}");
	assert_same(
		"expect has the unknown member \"verdict\"", expect_block_fault(a.arena, j), "");
	json_decref(j);
	aid_end(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_containment),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_expectations_must_make_sense),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_answers_that_are_no_report),
		cmocka_unit_test(test_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
