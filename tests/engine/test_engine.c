/* test_engine.c - the nine checks: their order, their gates, and what no input may bring about. */
#include "gateway/engine/render.h"
#include "tests/aid/mint.h"
#include "tests/aid/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct mint m;

static int
open_all(void **state)
{
	(void)state;
	mint_open(&m, PRIVATE_P256, SIG_ES256);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	mint_close(&m);
	return 0;
}

static void
test_good(void **state)
{
	struct verify v;
	struct span text = mint_text(&m, MINT_GOOD, (struct hcert_recipe){ 0 });

	(void)state;
	assert_int_equal(mint_verify(&m, text, &v), VERDICT_VERIFIED);
	for (enum check_id id = 0; id < CHECK_COUNT; id++)
		assert_int_equal(m.report.checks[id].status, STATUS_PASS);
	assert_true(v.verified && v.has_record);
	assert_int_equal(v.record.event_count, 1);
	assert_false(mint_found(&m, REASON_NOTE_RECORD_EMPTY));
	assert_true(span_is(v.record.name.family, "Pinguin"));
}

/* Behind a closed gate every row is skipped; behind the last gate all of them speak. */
static void
test_gates(void **state)
{
	static const struct {
		const char *input;
		enum check_id gate;
	} rows[] = { { "", CHECK_FORMAT }, { "hello", CHECK_FORMAT }, { "HC1:=", CHECK_DECODE } };
	struct verify v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(mint_verify(&m, span_of(rows[i].input), &v), VERDICT_REJECTED);
		for (enum check_id id = 0; id < CHECK_COUNT; id++)
			assert_int_equal(m.report.checks[id].status, id < rows[i].gate ? STATUS_PASS
								     : id == rows[i].gate
									     ? STATUS_FAIL
									     : STATUS_SKIPPED);
		assert_false(v.verified || v.has_record);
	}
}

/* One answer names every fault: expired, of another country, under a policy for another scheme. */
static void
test_all_faults(void **state)
{
	static const struct span other = { (const uint8_t *)"shc", 3 };
	struct hcert_recipe r = {
		.issuer = SPAN_LIT("BV"), .issued = MINT_NOW - 9 * MINT_DAY, .expires = MINT_NOW - 1
	};
	struct policy p = m.policy;
	struct verify v;
	struct span text = mint_text(&m, MINT_GOOD, r);

	(void)state;
	m.policy.schemes = &other;
	m.policy.scheme_count = 1;
	assert_int_equal(mint_verify(&m, text, &v), VERDICT_REJECTED);
	m.policy = p;
	assert_int_equal(m.report.checks[CHECK_VALIDITY].reason, REASON_VALIDITY_EXPIRED);
	assert_int_equal(m.report.checks[CHECK_POLICY].reason, REASON_POLICY_SCHEME);
	assert_true(mint_found(&m, REASON_POLICY_COUNTRY));
	assert_int_equal(report_reason(&m.report), REASON_VALIDITY_EXPIRED);
	assert_int_equal(m.report.checks[CHECK_RECORD].status, STATUS_PASS);
}

/* The dates at their borders, with a minute of skew towards the future. */
static void
test_borders(void **state)
{
	static const struct {
		int64_t issued, expires;
		enum reason reason;
	} rows[] = {
		{ -MINT_DAY, 0, REASON_NONE },
		{ -MINT_DAY, -1, REASON_VALIDITY_EXPIRED },
		{ 60, MINT_DAY, REASON_NONE },
		{ 61, MINT_DAY, REASON_VALIDITY_NOT_YET },
		{ 20, 10, REASON_VALIDITY_INVERTED },
	};
	struct verify v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hcert_recipe r = { .issued = MINT_NOW + rows[i].issued,
			.expires = MINT_NOW + rows[i].expires };
		mint_verify(&m, mint_text(&m, MINT_GOOD, r), &v);
		assert_int_equal(m.report.checks[CHECK_VALIDITY].reason, rows[i].reason);
	}
}

/* Keys of another environment or domain are not there. */
static void
test_scope(void **state)
{
	struct verify v;
	struct span text = mint_text(&m, MINT_GOOD, (struct hcert_recipe){ 0 });

	(void)state;
	m.policy.env = ENV_PRODUCTION;
	assert_int_equal(mint_verify(&m, text, &v), VERDICT_REJECTED);
	assert_int_equal(report_reason(&m.report), REASON_ISSUER_ENVIRONMENT);
	m.policy.env = ENV_DEMO;
}

/* Cut anywhere, changed anywhere: never verified, never a fault of ours. */
static void
test_every_byte(void **state)
{
	struct verify v;
	struct span text = mint_text(&m, MINT_GOOD, (struct hcert_recipe){ 0 });
	struct span cose = mint_text(&m, MINT_GOOD, (struct hcert_recipe){ .raw_cose = true });

	(void)state;
	for (size_t n = 0; n < text.len; n++)
		assert_int_not_equal(mint_verify(&m, span_slice(text, 0, n), &v), VERDICT_VERIFIED);
	for (size_t n = 0; n < cose.len; n++) {
		struct span copy = arena_copy(m.arena, cose);
		((uint8_t *)(uintptr_t)copy.ptr)[n] ^= 0x20;
		assert_int_not_equal(mint_verify(&m, span_slice(cose, 0, n), &v), VERDICT_VERIFIED);
		/* the tag is not signed, and an array of four without it is as good */
		if (n > 0)
			assert_int_not_equal(mint_verify(&m, copy, &v), VERDICT_VERIFIED);
	}
}

static struct span
rendered(struct arena *a, struct span text)
{
	struct verify v;
	struct buf b = buf_in(a, 1 << 20);

	mint_verify(&m, text, &v);
	render_report(&b, &m.work, &v);
	return buf_span(&b);
}

static void
test_determinism(void **state)
{
	struct arena *a = arena_new(4 << 20);
	struct span text = mint_text(&m, MINT_GOOD, (struct hcert_recipe){ .float_dates = true });

	(void)state;
	assert_true(span_eq(rendered(a, text), rendered(a, text)));
	arena_free(a);
}

/* Too small a budget is told as the document's fault, whatever the size; memory of ours that fails as -ENOMEM. */
static void
test_budgets(void **state)
{
	struct span text = mint_text(&m, MINT_GOOD, (struct hcert_recipe){ 0 });
	struct limits limits = limits_default;
	bool reached = false;

	(void)state;
	for (size_t budget = 64; budget < 65536 && !reached; budget += 64) {
		struct arena *a = arena_new(budget);
		struct report report;
		limits.memory = budget;
		struct work w = { a, &report, &limits, m.kit, MINT_NOW };
		struct verify v = { .input = text, .trust = m.trust, .policy = &m.policy };
		assert_int_equal(engine_verify(&w, &v), 0);
		reached = report_verdict(&report) == VERDICT_VERIFIED;
		if (!reached)
			assert_int_equal(report_reason(&report), REASON_INPUT_TOO_LARGE);
		arena_free(a);
	}
	assert_true(reached);
}

static int
verify_once(void *arg)
{
	struct span *text = arg;
	struct arena *a = arena_new(limits_default.memory);
	struct kit *kit = kit_new();
	struct report report;
	int r = -ENOMEM;

	if (a && kit) {
		struct work w = { a, &report, &limits_default, kit, MINT_NOW };
		struct verify v = { .input = *text, .trust = m.trust, .policy = &m.policy };
		r = engine_verify(&w, &v);
		/* nothing but a lack of memory may stand between this certificate and its verdict */
		if (r == 0 && report_verdict(&report) != VERDICT_VERIFIED)
			r = -EPROTO;
	}
	kit_free(kit);
	arena_free(a);
	return r;
}

static void
test_out_of_memory(void **state)
{
	struct span text = mint_text(&m, MINT_GOOD, (struct hcert_recipe){ 0 });

	(void)state;
	assert_true(oom_each(verify_once, &text) > 5);
}

static void
test_split(void **state)
{
	static const struct {
		const char *in;
		size_t count;
	} rows[] = { { "HC1:A", 1 }, { "HC1:A\nHC1:B", 2 }, { "HC1:A\r\n\r\nHC1:B\n", 2 },
		{ "HC1:A\nhello", 1 }, { "hello\nHC1:A", 1 }, { "", 1 }, { "\n\n", 1 } };
	struct span *entries;
	size_t count;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(engine_split(&m.work, span_of(rows[i].in), &entries, &count), 0);
		assert_int_equal(count, rows[i].count);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_gates),
		cmocka_unit_test(test_all_faults),
		cmocka_unit_test(test_borders),
		cmocka_unit_test(test_scope),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_determinism),
		cmocka_unit_test(test_budgets),
		cmocka_unit_test(test_out_of_memory),
		cmocka_unit_test(test_split),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
