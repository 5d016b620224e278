/* test_hcert.c - the container: prefixes, layers, headers and claims, each fault with its own reason. */
#include "codecs/base/text.h"
#include "tests/aid/mint.h"

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

static const uint64_t t61[] = { 61 }, t61_18[] = { 61, 18 }, t18_61[] = { 18, 61 },
		      t18_18[] = { 18, 18 }, t98[] = { 98 }, t16[] = { 16 }, t17[] = { 17 },
		      t61_61_18[] = { 61, 61, 18 };

/* One recipe a row: the first check that fails and its reason, or none and a note. */
static const struct {
	struct hcert_recipe recipe;
	enum check_id check;
	enum reason reason, note;
} rows[] = {
	{ { .kid = HCERT_KID_PROTECTED }, 0, REASON_NONE, REASON_NONE },
	{ { .untagged = true }, 0, REASON_NONE, REASON_NONE },
	{ { .tags = t61, .tag_count = 1 }, 0, REASON_NONE, REASON_NONE },
	{ { .tags = t61_18, .tag_count = 2 }, 0, REASON_NONE, REASON_NONE },
	{ { .tags = t18_61, .tag_count = 2 }, CHECK_DECODE, REASON_COSE_TYPE, REASON_NONE },
	{ { .tags = t18_18, .tag_count = 2 }, CHECK_DECODE, REASON_COSE_TYPE, REASON_NONE },
	{ { .tags = t61_61_18, .tag_count = 3 }, CHECK_DECODE, REASON_COSE_TYPE, REASON_NONE },
	{ { .tags = t98, .tag_count = 1 }, CHECK_DECODE, REASON_COSE_TYPE, REASON_NONE },
	{ { .tags = t16, .tag_count = 1 }, CHECK_DECODE, REASON_COSE_TYPE, REASON_NONE },
	{ { .tags = t17, .tag_count = 1 }, CHECK_DECODE, REASON_COSE_TYPE, REASON_NONE },
	{ { .kid = HCERT_KID_UNPROTECTED }, 0, REASON_NONE, REASON_NOTE_KID_UNPROTECTED },
	{ { .kid = HCERT_KID_BOTH }, 0, REASON_NONE, REASON_NONE },
	{ { .kid = HCERT_KID_NONE }, CHECK_ISSUER, REASON_ISSUER_NO_KID, REASON_NONE },
	{ { .kid = HCERT_KID_UNPROTECTED, .alg_unprotected = true }, 0, REASON_NONE,
		REASON_NOTE_ALG_UNPROTECTED },
	{ { .kid = HCERT_KID_UNPROTECTED, .alg_unprotected = true, .empty_protected_map = true }, 0,
		REASON_NONE, REASON_NOTE_ALG_UNPROTECTED },
	{ { .alg_left_out = true }, 0, REASON_NONE, REASON_NONE },
	{ { .alg = -37 }, CHECK_SIGNATURE, REASON_SIGNATURE_ALGORITHM, REASON_NONE },
	{ { .alg = -35 }, CHECK_SIGNATURE, REASON_SIGNATURE_ALGORITHM, REASON_NONE },
	{ { .alg = -8 }, CHECK_SIGNATURE, REASON_SIGNATURE_ALGORITHM, REASON_NONE },
	{ { .alg = 5 }, CHECK_SIGNATURE, REASON_SIGNATURE_ALGORITHM, REASON_NONE },
	{ { .crit = true }, CHECK_DECODE, REASON_COSE_CRIT, REASON_NONE },
	{ { .float_dates = true }, 0, REASON_NONE, REASON_NOTE_DATE_FLOAT },
	{ { .tagged_dates = true }, 0, REASON_NONE, REASON_NOTE_DATE_TAGGED },
	{ { .expires = TIME_NONE }, CHECK_DECODE, REASON_CWT_CLAIM_MISSING, REASON_NONE },
	{ { .issued = TIME_NONE }, CHECK_DECODE, REASON_CWT_CLAIM_MISSING, REASON_NONE },
	{ { .issued = -5 }, CHECK_DECODE, REASON_CWT_CLAIM_TYPE, REASON_NONE },
	{ { .expires = INT64_C(1) << 41 }, CHECK_DECODE, REASON_CWT_CLAIM_TYPE, REASON_NONE },
	{ { .claim = 2 }, CHECK_DECODE, REASON_HCERT_UNKNOWN, REASON_NONE },
	{ { .claim_twice = true }, CHECK_DECODE, REASON_CBOR_DUPLICATE, REASON_NONE },
	{ { .prefix = "HC2:" }, CHECK_DECODE, REASON_FORMAT_VERSION, REASON_NONE },
	{ { .prefix = "HCZ:" }, CHECK_DECODE, REASON_FORMAT_VERSION, REASON_NONE },
	{ { .prefix = "HC0:" }, CHECK_FORMAT, REASON_FORMAT_UNKNOWN, REASON_NONE },
	{ { .prefix = "hc1:" }, CHECK_FORMAT, REASON_FORMAT_UNKNOWN, REASON_NONE },
	{ { .prefix = "HL0:" }, CHECK_FORMAT, REASON_FORMAT_UNKNOWN, REASON_NONE },
	{ { .prefix = "NL2:" }, CHECK_DECODE, REASON_FORMAT_NATIONAL, REASON_NONE },
	{ { .not_compressed = true }, CHECK_DECODE, REASON_INFLATE_MALFORMED, REASON_NONE },
	{ { .raw_cose = true }, 0, REASON_NONE, REASON_NONE },
};

static void
test_recipes(void **state)
{
	struct verify v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		mint_verify(&m, mint_text(&m, MINT_GOOD, rows[i].recipe), &v);
		enum reason got = report_reason(&m.report);
		bool placed = got == REASON_NONE || m.report.checks[rows[i].check].reason == got;
		bool noted = rows[i].note == REASON_NONE || mint_found(&m, rows[i].note);
		if (got != rows[i].reason || !placed || !noted)
			fail_msg("row %zu: %s", i, reason_code(got));
	}
}

/* At the limit, one below, one above; and the name and value in the answer. */
static void
test_text_limit(void **state)
{
	struct verify v;
	struct buf b = buf_in(m.arena, SIZE_MAX);

	(void)state;
	buf_str(&b, "HC1:");
	while (b.len < limits_default.hcert_text + 1)
		buf_char(&b, '0');
	mint_verify(&m, buf_span(&b), &v);
	assert_int_equal(report_reason(&m.report), REASON_INPUT_TOO_LARGE);
	assert_string_equal(m.report.checks[CHECK_DECODE].limit, "hcert.text");
	assert_int_equal(m.report.checks[CHECK_DECODE].limit_value, limits_default.hcert_text);
	for (size_t less = 1; less <= 2; less++) {
		mint_verify(&m, span_slice(buf_span(&b), 0, b.len - less), &v);
		assert_int_not_equal(report_reason(&m.report), REASON_INPUT_TOO_LARGE);
	}
}

/* Blanks and line ends around a text are nobody's; in a binary message they are content. */
static void
test_blanks(void **state)
{
	struct verify v;
	struct span text = mint_text(&m, MINT_GOOD, (struct hcert_recipe){ 0 });
	struct span cose = mint_text(&m, MINT_GOOD, (struct hcert_recipe){ .raw_cose = true });
	struct buf b = buf_in(m.arena, SIZE_MAX), c = b;

	(void)state;
	buf_str(&b, " \r\n\t");
	buf_add(&b, text);
	buf_str(&b, "\r\n ");
	assert_int_equal(mint_verify(&m, buf_span(&b), &v), VERDICT_VERIFIED);
	buf_add(&c, cose);
	buf_char(&c, '\n');
	mint_verify(&m, buf_span(&c), &v);
	assert_int_equal(report_reason(&m.report), REASON_CBOR_TRAILING);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recipes),
		cmocka_unit_test(test_text_limit),
		cmocka_unit_test(test_blanks),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
