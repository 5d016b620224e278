/* test_report.c - nine rows and what outweighs what, findings and their ceiling, the tables of reasons and limits. */
#include "codecs/base/report.h"
#include "tests/base/aid_base.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum {
	S = STATUS_SILENT,
	P = STATUS_PASS,
	K = STATUS_SKIPPED,
	U = STATUS_UNKNOWN,
	F = STATUS_FAIL
};

/* The first row's reason is the first of the table, and so on: so it is seen which one was taken. */
static enum reason
reason_of_row(int row)
{
	return (enum reason)(REASON_NONE + 1 + row);
}

static void
fill(struct report *r, const int rows[CHECK_COUNT])
{
	for (int i = 0; i < CHECK_COUNT; i++) {
		r->running = (enum check_id)i;
		if (rows[i] == P)
			report_pass(r);
		if (rows[i] == K)
			report_skip(r);
		if (rows[i] == U)
			report_unknown(r, reason_of_row(i), PLACE_NONE);
		if (rows[i] == F)
			report_fail(r, reason_of_row(i), PLACE_NONE);
	}
}

static const struct {
	int rows[CHECK_COUNT];
	enum verdict verdict;
	int row; /* whose reason it is; -1: none */
} verdicts[] = {
	{ { P, P, P, P, P, P, P, P, P }, VERDICT_VERIFIED, -1 },
	{ { S, S, S, S, S, S, S, S, S }, VERDICT_REJECTED, -1 },
	{ { P, P, P, P, P, P, P, P, S }, VERDICT_REJECTED, -1 },
	{ { S, P, P, P, P, P, P, P, P }, VERDICT_REJECTED, -1 },
	{ { P, P, P, P, P, P, P, P, K }, VERDICT_REJECTED, -1 }, /* a skipped row proves nothing */
	{ { F, P, P, P, P, P, P, P, P }, VERDICT_REJECTED, 0 },
	{ { P, P, P, P, P, P, P, P, F }, VERDICT_REJECTED, 8 },
	{ { P, P, F, K, F, K, K, K, K }, VERDICT_REJECTED, 2 }, /* the first of the worst */
	{ { P, P, P, P, P, U, P, P, P }, VERDICT_INDETERMINATE, 5 },
	{ { P, P, P, P, P, U, P, U, P }, VERDICT_INDETERMINATE, 5 },
	{ { P, P, P, P, P, U, P, P, F }, VERDICT_REJECTED,
		8 }, /* a failure outweighs an earlier doubt */
	{ { P, P, P, P, U, K, K, K, K }, VERDICT_INDETERMINATE, 4 },
	{ { P, P, P, P, U, P, S, P, P }, VERDICT_REJECTED, -1 },
	{ { P, P, P, S, P, P, F, P, P }, VERDICT_REJECTED, 6 },
	{ { U, U, U, U, U, U, U, U, U }, VERDICT_INDETERMINATE, 0 },
	{ { F, K, K, K, K, K, K, K, K }, VERDICT_REJECTED, 0 },
};

static void
test_verdicts(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(verdicts); i++) {
		struct desk d;
		desk_begin(&d, 65536);
		fill(&d.report, verdicts[i].rows);
		if (report_verdict(&d.report) != verdicts[i].verdict)
			fail_msg("row %zu: %s", i, verdict_name(report_verdict(&d.report)));
		assert_int_equal(report_reason(&d.report),
			verdicts[i].row < 0 ? REASON_NONE : reason_of_row(verdicts[i].row));
		desk_end(&d);
	}
}

/* Each single row other than passed takes the verdict away. */
static void
test_no_row_can_be_left_out(void **unused)
{
	(void)unused;
	for (int row = 0; row < CHECK_COUNT; row++)
		for (int status = S; status <= F; status++) {
			struct desk d;
			int rows[CHECK_COUNT] = { P, P, P, P, P, P, P, P, P };
			desk_begin(&d, 65536);
			rows[row] = status;
			fill(&d.report, rows);
			assert_int_equal(
				report_verdict(&d.report) == VERDICT_VERIFIED, status == P);
			desk_end(&d);
		}
}

/* What a second word does to a row that has spoken. */
static const struct {
	int first, second, status;
	int reason; /* of which word; -1: none */
	size_t findings; /* the second word's reason */
} words[] = {
	{ P, P, P, -1, 0 },
	{ P, K, P, -1, 0 },
	{ P, U, U, 1, 0 },
	{ P, F, F, 1, 0 },
	{ K, P, K, -1, 0 },
	{ K, U, U, 1, 0 },
	{ K, F, F, 1, 0 },
	{ U, P, U, 0, 0 },
	{ U, K, U, 0, 0 },
	{ U, U, U, 0, 1 },
	{ U, F, F, 1, 0 },
	{ F, P, F, 0, 0 },
	{ F, K, F, 0, 0 },
	{ F, U, F, 0, 1 },
	{ F, F, F, 0, 1 },
};

static void
say(struct report *r, int status, enum reason reason, struct place at)
{
	if (status == P)
		report_pass(r);
	else if (status == K)
		report_skip(r);
	else if (status == U)
		report_unknown(r, reason, at);
	else
		report_fail(r, reason, at);
}

static void
test_second_words(void **unused)
{
	static const enum reason reasons[] = { REASON_CBOR_MALFORMED, REASON_CWT_STRUCTURE };

	(void)unused;
	for (size_t i = 0; i < COUNT(words); i++) {
		struct desk d;
		desk_begin(&d, 65536);
		d.report.running = CHECK_DECODE;
		const struct check *c = &d.report.checks[CHECK_DECODE];
		say(&d.report, words[i].first, reasons[0], PLACE_AT("cose", 0));
		say(&d.report, words[i].second, reasons[1], PLACE_AT("cwt", 1));
		assert_int_equal(c->status, words[i].status);
		assert_int_equal(
			c->reason, words[i].reason < 0 ? REASON_NONE : reasons[words[i].reason]);
		if (words[i].reason >= 0)
			assert_int_equal(c->at.offset, words[i].reason);
		assert_int_equal(report_failed(&d.report), words[i].status == F);
		assert_int_equal(d.report.finding_count, words[i].findings);
		if (words[i].findings > 0) {
			assert_int_equal(d.report.findings->reason, reasons[1]);
			assert_string_equal(d.report.findings->at.layer, "cwt");
		}
		d.report.running = CHECK_ISSUER; /* the others have not heard it */
		assert_false(report_failed(&d.report));
		assert_int_equal(d.report.checks[CHECK_FORMAT].status, STATUS_SILENT);
		desk_end(&d);
	}
}

static void
test_limits_are_named(void **unused)
{
	struct desk d;
	const struct check *c = &d.report.checks[CHECK_FORMAT];

	(void)unused;
	desk_begin(&d, 65536);
	report_limit(&d.report, "cbor.depth", 32, PLACE_AT("cose", 77));
	assert_int_equal(c->status, STATUS_FAIL);
	assert_int_equal(c->reason, REASON_INPUT_TOO_LARGE);
	assert_string_equal(c->limit, "cbor.depth");
	assert_int_equal(c->limit_value, 32);
	assert_int_equal(c->at.offset, 77);
	report_limit(&d.report, "cbor.nodes", 10000, PLACE_NONE); /* the first one stays */
	assert_string_equal(c->limit, "cbor.depth");
	assert_int_equal(d.report.finding_count, 1);
	assert_int_equal(d.report.findings->reason, REASON_INPUT_TOO_LARGE);
	desk_end(&d);
}

static void
test_findings_keep_their_order_up_to_the_ceiling(void **unused)
{
	struct desk d;
	size_t n = 0;

	(void)unused;
	desk_begin(&d, 65536);
	for (size_t i = 0; i < REPORT_FINDINGS + 10; i++)
		report_find(&d.report, REASON_NOTE_NULL, PLACE_AT("cwt", i));
	assert_int_equal(d.report.finding_count, REPORT_FINDINGS);
	for (const struct finding *f = d.report.findings; f; f = f->next)
		assert_int_equal(f->at.offset, n++);
	assert_int_equal(n, REPORT_FINDINGS);
	assert_int_equal(d.report.last->at.offset, REPORT_FINDINGS - 1);
	assert_int_equal(d.report.checks[CHECK_FORMAT].status, STATUS_SILENT);
	desk_end(&d);
}

static void
test_a_finding_without_room_is_dropped(void **unused)
{
	struct desk d;

	(void)unused;
	desk_begin(&d, 16);
	report_find(&d.report, REASON_NOTE_NULL, PLACE_NONE);
	assert_int_equal(d.report.finding_count, 0);
	assert_null(d.report.findings);
	desk_end(&d);
}

static bool
is_code(const char *code)
{
	size_t dots = 0, n = 0;

	for (; code[n]; n++) {
		dots += code[n] == '.';
		if (code[n] != '.' && code[n] != '_' && !islower((unsigned char)code[n]) &&
			!isdigit((unsigned char)code[n]))
			return false;
	}
	return dots == 1 && code[0] != '.' && code[n - 1] != '.';
}

static void
test_each_reason_has_one_code_and_a_sentence(void **unused)
{
	(void)unused;
	assert_string_equal(reason_code(REASON_NONE), "");
	assert_int_equal(reason_named(SPAN_LIT("")), REASON_NONE);
	assert_int_equal(reason_named(SPAN_NONE), REASON_NONE);
	assert_int_equal(reason_named(SPAN_LIT("cbor.malforme")), REASON_NONE);
	assert_int_equal(reason_named(SPAN_LIT("cbor.malformed ")), REASON_NONE);
	for (enum reason i = REASON_NONE + 1; i < REASON_COUNT; i++) {
		const char *text = reason_text(i);
		assert_true(is_code(reason_code(i)));
		assert_int_equal(reason_named(span_of(reason_code(i))), i); /* no two alike */
		assert_true(strlen(text) > 10 && text[strlen(text) - 1] != '.');
		assert_null(strpbrk(text, "\"\\\n|"));
	}
}

static void
test_names(void **unused)
{
	static const char *const checks[] = { "format", "decode", "issuer", "signature", "validity",
		"revocation", "profile", "record", "policy" };

	(void)unused;
	assert_int_equal(COUNT(checks), CHECK_COUNT);
	for (int i = 0; i < CHECK_COUNT; i++)
		assert_string_equal(check_name((enum check_id)i), checks[i]);
	assert_string_equal(status_name(STATUS_SILENT), "fail");
	assert_string_equal(status_name(STATUS_PASS), "pass");
	assert_string_equal(status_name(STATUS_SKIPPED), "skipped");
	assert_string_equal(status_name(STATUS_UNKNOWN), "unknown");
	assert_string_equal(status_name(STATUS_FAIL), "fail");
	assert_string_equal(verdict_name(VERDICT_VERIFIED), "verified");
	assert_string_equal(verdict_name(VERDICT_INDETERMINATE), "indeterminate");
	assert_string_equal(verdict_name(VERDICT_REJECTED), "rejected");
}

static void
test_limits_have_room_below_their_ceilings(void **unused)
{
	static const struct {
		const char *name;
		size_t value, ceiling;
	} limits[] = {
#define LIMIT(field, name, value, ceiling, text) { name, value, ceiling },
#include "codecs/base/limits.def"
#undef LIMIT
	};

	(void)unused;
	for (size_t i = 0; i < COUNT(limits); i++) {
		assert_true(limits[i].value > 0 && limits[i].value <= limits[i].ceiling);
		assert_true(is_code(limits[i].name));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(limits[i].name, limits[k].name);
	}
	assert_int_equal(limits_default.cbor_depth, 32);
	assert_int_equal(limits_default.hcert_text, 4296);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_no_row_can_be_left_out),
		cmocka_unit_test(test_second_words),
		cmocka_unit_test(test_limits_are_named),
		cmocka_unit_test(test_findings_keep_their_order_up_to_the_ceiling),
		cmocka_unit_test(test_a_finding_without_room_is_dropped),
		cmocka_unit_test(test_each_reason_has_one_code_and_a_sentence),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_limits_have_room_below_their_ceilings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
