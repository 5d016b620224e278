/* test_translate.c - expected translations: which are well put, and each way in which an answer can differ. */
#include "conformance/expect.h"
#include "conformance/translate/emit.h"
#include "tests/aid/aid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNTS(kept, dropped, missing)                                         \
	"\"kept\":" #kept ",\"mapped\":0,\"supplied\":0,\"dropped\":" #dropped \
	",\"missing\":" #missing ",\"elements\":"
#define KEPT    "{\"element\":\"birthDate\",\"fate\":\"kept\"}"
#define DROPPED "{\"element\":\"events[0].lot\",\"fate\":\"dropped\",\"why\":\"no_place\"}"
#define LOSS    "{" COUNTS(1, 1, 0) "[" KEPT "," DROPPED "]}"

static json_t *
json(const char *text)
{
	json_t *j = json_loads(text, 0, NULL);

	if (!j)
		fail_msg("no JSON: %s", text);
	return j;
}

static void
assert_fault(const char *want, const char *got, const char *what)
{
	if (!want && got)
		fail_msg("%s: unexpected fault: %s", what, got);
	if (want && (!got || !strstr(got, want)))
		fail_msg("%s: \"%s\" expected, \"%s\" given", what, want, got ? got : "none");
}

static void
test_expectations(void **unused)
{
	static const struct {
		const char *emit, *fault;
	} rows[] = {
		{ "{\"to\":\"shc\",\"loss\":" LOSS "}", NULL },
		{ "{\"to\":\"shc\",\"refusal\":\"attest.source\"}", NULL },
		{ "{\"to\":\"shc\",\"refusal\":\"attest.missing\",\"loss\":{" COUNTS(0, 0,
			  1) "[{\"element\":\"events\",\"fate\":\"missing\",\"why\":\"kind\"}]}}",
			NULL },
		{ "{\"loss\":" LOSS "}", "lacks \"to\"" },
		{ "{\"to\":\"paper\",\"loss\":" LOSS "}", "there is no form \"paper\"" },
		{ "{\"to\":\"shc\"}", "lacks \"loss\"" },
		{ "{\"to\":\"shc\",\"refusal\":\"attest.missing\"}", "lacks \"loss\"" },
		{ "{\"to\":\"shc\",\"refusal\":\"attest.term\",\"loss\":" LOSS "}",
			"a refusal without a loss report has one" },
		{ "{\"to\":\"shc\",\"refusal\":\"attest.mood\"}", "no refusal \"attest.mood\"" },
		{ "{\"to\":\"shc\",\"refusal\":\"\",\"loss\":" LOSS "}", "no refusal \"\"" },
		{ "{\"to\":\"shc\",\"lost\":1,\"loss\":" LOSS "}", "unknown member \"lost\"" },
		{ "{\"to\":\"shc\",\"loss\":{" COUNTS(2, 0, 0) "[" KEPT "]}}",
			"1 rows are \"kept\", not 2" },
		{ "{\"to\":\"shc\",\"loss\":{" COUNTS(
			  1, 0, 0) "[{\"element\":\"height\",\"fate\":\"kept\"}]}}",
			"no element \"height\"" },
		{ "{\"to\":\"shc\",\"loss\":{" COUNTS(
			  1, 0, 0) "[{\"element\":\"lot\",\"fate\":\"kept\"}]}}",
			"no element \"lot\"" },
		{ "{\"to\":\"shc\",\"loss\":{" COUNTS(
			  1, 0, 0) "[{\"element\":\"events[x].lot\",\"fate\":\"kept\"}]}}",
			"no element \"events[x].lot\"" },
		{ "{\"to\":\"shc\",\"loss\":{" COUNTS(
			  1, 0, 0) "[{\"element\":\"events[0].birthDate\",\"fate\":\"kept\"}]}}",
			"no element \"events[0].birthDate\"" },
		{ "{\"to\":\"shc\",\"loss\":{" COUNTS(
			  1, 0, 0) "[{\"element\":\"birthDate\",\"fate\":\"sold\"}]}}",
			"no fate \"sold\"" },
		{ "{\"to\":\"shc\",\"loss\":{" COUNTS(1, 0,
			  0) "[{\"element\":\"birthDate\",\"fate\":\"kept\",\"text\":\"\"}]}}",
			"unknown member \"text\"" },
	};
	struct aid_work a;

	(void)unused;
	aid_begin(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *emit = json(rows[i].emit);
		assert_fault(rows[i].fault, emit_fault(a.arena, emit), rows[i].emit);
		json_decref(emit);
	}
	aid_end(&a);
}

#define EXPECT(more) "{\"verdict\":\"verified\",\"emit\":{\"to\":\"shc\"" more "}}"
#define ANSWER(more) "{\"report\":{\"verdict\":\"verified\"}" more "}"

static void
test_answers(void **unused)
{
	static const char good[] = EXPECT(",\"loss\":" LOSS);
	static const char refused[] = EXPECT(",\"refusal\":\"attest.empty\"");
	static const struct {
		const char *expect, *answer, *fault;
	} rows[] = {
		{ good, ANSWER(",\"loss\":" LOSS), NULL },
		{ good, "{\"loss\":" LOSS "}", "the answer has no report" },
		{ good, "[]", "the answer has no report" },
		{ good, "{\"report\":{\"verdict\":\"rejected\"},\"loss\":" LOSS "}",
			"verdict: verified expected, rejected given" },
		{ good, ANSWER(",\"code\":\"attest.missing\",\"loss\":" LOSS),
			"refusal: none expected, attest.missing given" },
		{ good, ANSWER(""), "there is no loss report" },
		{ good,
			ANSWER(",\"loss\":{" COUNTS(
				1, 1, 0) "[" KEPT ",{\"element\":\"events[0].lot\",\"fate\":"
					 "\"kept\"}]}"),
			"loss of events[0].lot: fate dropped expected, kept given" },
		{ good,
			ANSWER(",\"loss\":{" COUNTS(
				1, 1, 0) "[" KEPT ",{\"element\":\"events[0].lot\",\"fate\":"
					 "\"dropped\",\"why\":\"format\"}]}"),
			"loss of events[0].lot: why no_place expected, format given" },
		{ good, ANSWER(",\"loss\":{" COUNTS(1, 1, 0) "[" DROPPED "," KEPT "]}"),
			"element birthDate expected, events[0].lot given" },
		{ good, ANSWER(",\"loss\":{" COUNTS(1, 1, 0) "[" KEPT "]}"),
			"loss of events[0].lot: no row" },
		{ good, ANSWER(",\"loss\":{" COUNTS(1, 1, 0) "[" KEPT "," DROPPED "," KEPT "]}"),
			"loss of birthDate: no row was expected" },
		{ good, ANSWER(",\"loss\":{" COUNTS(1, 2, 0) "[" KEPT "," DROPPED "]}"),
			"the loss report counts other elements as dropped" },
		{ refused, ANSWER(",\"code\":\"attest.empty\""), NULL },
		{ refused, ANSWER(",\"code\":\"attest.source\""),
			"refusal: attest.empty expected, attest.source given" },
		{ refused, ANSWER(",\"loss\":" LOSS),
			"refusal: attest.empty expected, none given" },
		{ refused, ANSWER(",\"code\":\"attest.empty\",\"loss\":" LOSS),
			"there is a loss report" },
	};
	struct aid_work a;

	(void)unused;
	aid_begin(&a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *expect = json(rows[i].expect);
		assert_null(expect_fault(a.arena, expect));
		assert_fault(rows[i].fault,
			expect_translation(a.arena, expect, span_of(rows[i].answer)),
			rows[i].answer);
		json_decref(expect);
	}
	aid_end(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expectations),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
