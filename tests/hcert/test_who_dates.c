/* test_who_dates.c - what bounds the WHO's certificates: periods in every precision, and dates of the container. */
#include "tests/hcert/aid_who.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct mint m;
static struct verify v;

#define RUN(rows) who_rows(&m, rows, sizeof(rows) / sizeof((rows)[0]))

static int
open_mint(void **state)
{
	(void)state;
	mint_open(&m, PRIVATE_P256, SIG_ES256);
	return 0;
}

static int
close_mint(void **state)
{
	(void)state;
	mint_close(&m);
	return 0;
}

static void
test_icvp(void **state)
{
	static const struct who_row rows[] = {
		/* dates: of the certificate for the event, and of the event */
		{ -6, ICVP_WITH("\"vls\":\"2026-12-01\",\"vle\":\"2026-12-01\""), REASON_NONE,
			REASON_NONE },
		{ -6, ICVP_WITH("\"vle\":\"2026-11-30\""), REASON_ICVP_EXPIRED, REASON_NONE },
		{ -6, ICVP_WITH("\"vls\":\"2026-12-02\""), REASON_ICVP_NOT_YET, REASON_NONE },
		/* a month or a year: from its first day, to its last */
		{ -6, ICVP_WITH("\"vls\":\"2026-12\",\"vle\":\"2026-12\""), REASON_NONE,
			REASON_NONE },
		{ -6, ICVP_WITH("\"vls\":\"2026\",\"vle\":\"2026\""), REASON_NONE, REASON_NONE },
		{ -6, ICVP_WITH("\"vls\":\"2026-00-00\""), REASON_NONE, REASON_NONE },
		{ -6, ICVP_WITH("\"vle\":\"2026-11\""), REASON_ICVP_EXPIRED, REASON_NONE },
		{ -6, ICVP_WITH("\"vle\":\"2025\""), REASON_ICVP_EXPIRED, REASON_NONE },
		{ -6, ICVP_WITH("\"vle\":\"2025-12-00\""), REASON_ICVP_EXPIRED, REASON_NONE },
		{ -6, ICVP_WITH("\"vls\":\"2027-01\""), REASON_ICVP_NOT_YET, REASON_NONE },
		{ -6, ICVP_WITH("\"vls\":\"2027\""), REASON_ICVP_NOT_YET, REASON_NONE },
		{ -6, ICVP_WITH("\"vle\":\"2026-11-31\""), REASON_PROFILE_VALUE, REASON_NONE },
		{ -6, ICVP_WITH("\"vls\":\"2027-02-30\""), REASON_PROFILE_VALUE, REASON_NONE },
		{ -6, ICVP_WITH("\"vle\":\"2026-13\""), REASON_PROFILE_VALUE, REASON_NONE },
		{ -6, ICVP_WITH("\"vle\":\"2026-00-01\""), REASON_PROFILE_VALUE, REASON_NONE },
		{ -6, ICVP_OF(YF, "2027"), REASON_ICVP_FUTURE, REASON_NONE },
		{ -6, ICVP_OF(YF, "2027-02"), REASON_ICVP_FUTURE, REASON_NONE },
		{ -6, ICVP_OF(YF, "2027-02-30"), REASON_PROFILE_VALUE, REASON_NONE },
		/* the last day of the month, for it may have been then */
		{ -6, ICVP_OF(YF, "2026-10"), REASON_NONE, REASON_NONE },
		{ -6, ICVP_OF(YF, "2026-11"), REASON_NONE, REASON_NOTE_ICVP_TOO_RECENT },
		{ -6, ICVP_OF(YF, "2026"), REASON_NONE, REASON_NOTE_ICVP_TOO_RECENT },
		{ -6, ICVP_OF(POLIO_2026, "2025"), REASON_NONE, REASON_NOTE_ICVP_TOO_OLD },
		{ -6,
			"{" PERSON ",\"v\":[" SHOT ",{\"vp\":\"" YF
			"\",\"dt\":\"2016-10-01\",\"bo\":\"A1\","
			"\"cn\":\"D\",\"vle\":\"2026-10-01\"}]}",
			REASON_NONE, REASON_ICVP_EXPIRED },
		{ -6, ICVP_OF(YF, "2026-12-03"), REASON_ICVP_FUTURE, REASON_NONE },
		{ -6, ICVP_OF(YF, "1998-02-25"), REASON_NONE, REASON_NOTE_ICVP_BEFORE_BIRTH },
		{ -6, ICVP_OF(YF, "2009-03-25"), REASON_NONE, REASON_NOTE_ICVP_NOT_QUALIFIED },
		/* yellow fever from the tenth day and for life, polio from 4 weeks to 12 months */
		{ -6, ICVP_OF(YF, "2026-11-21"), REASON_NONE, REASON_NONE },
		{ -6, ICVP_OF(YF, "2026-11-22"), REASON_NONE, REASON_NOTE_ICVP_TOO_RECENT },
		{ -6, ICVP_OF(YF, "2009-10-01"), REASON_NONE, REASON_NONE },
		{ -6, ICVP_OF(POLIO_2026, "2026-11-03"), REASON_NONE, REASON_NONE },
		{ -6, ICVP_OF(POLIO_2026, "2026-11-04"), REASON_NONE, REASON_NOTE_ICVP_TOO_RECENT },
		{ -6, ICVP_OF(POLIO_2026, "2025-11-01"), REASON_NONE, REASON_NOTE_ICVP_TOO_OLD },
	};

	(void)state;
	RUN(rows);
}

#define PERIOD(members)                                                                   \
	"{" HEAD ",\"certificate\":{\"issuer\":\"M\",\"hcid\":\"1\",\"version\":\"RC2\"," \
	"\"period\":{" members "}},\"vaccination\":{" VS "}}"
#define SHOT_ON(date)                                                                              \
	"{" HEAD ",\"vaccination\":{\"vaccine\":\"A\",\"brand\":\"B\",\"maholder\":\"C\",\"lot\":" \
	"\"L\",\"date\":\"" date "\",\"dose\":1,\"country\":\"ATA\"}}"

static void
test_ddcc_dates(void **state)
{
	static const struct who_row rows[] = {
		{ 3, PERIOD("\"start\":\"2026\",\"end\":\"2026-12\""), REASON_NONE, REASON_NONE },
		{ 3, PERIOD("\"end\":\"2025\""), REASON_DDCC_PERIOD, REASON_NONE },
		{ 3, PERIOD("\"end\":\"2026-11\""), REASON_DDCC_PERIOD, REASON_NONE },
		{ 3, PERIOD("\"start\":\"2027\""), REASON_DDCC_PERIOD, REASON_NONE },
		{ 3, PERIOD("\"end\":\"2026-11-31\""), REASON_PROFILE_VALUE, REASON_NONE },
		{ 3, PERIOD("\"start\":\"2027-13-01\""), REASON_PROFILE_VALUE, REASON_NONE },
		{ 3, PERIOD("\"end\":\"2026-11-31T00:00:00Z\""), REASON_PROFILE_VALUE,
			REASON_NONE },
		{ 3, PERIOD("\"end\":null,\"valid_until\":\"2026-11-30\""), REASON_DDCC_PERIOD,
			REASON_NONE },
		/* a day ahead may be today elsewhere */
		{ 3, SHOT_ON("2026-12-02"), REASON_NONE, REASON_NONE },
		{ 3, SHOT_ON("2026-12"), REASON_NONE, REASON_NONE },
		{ 3, SHOT_ON("2026-12-03"), REASON_ICVP_FUTURE, REASON_NONE },
		{ 3, SHOT_ON("2026-12-02T12:00:01Z"), REASON_ICVP_FUTURE, REASON_NONE },
		{ 3, SHOT_ON("2027"), REASON_ICVP_FUTURE, REASON_NONE },
		{ 3, SHOT_ON("2027-02-30"), REASON_PROFILE_VALUE, REASON_NONE },
	};

	(void)state;
	RUN(rows);
}

/* A claim by its number and by its number as text could say two things; one of them alone is read, whichever. */
static void
test_mixed_keys(void **state)
{
	static const struct {
		struct hcert_recipe recipe;
		enum reason reason;
	} rows[] = {
		{ { .other_expires = MINT_NOW + MINT_DAY }, REASON_CWT_STRUCTURE },
		{ { .text_keys = true, .other_expires = MINT_NOW + MINT_DAY },
			REASON_CWT_STRUCTURE },
		{ { .expires = TIME_NONE, .other_expires = MINT_NOW + MINT_DAY }, REASON_NONE },
		{ { .expires = TIME_NONE, .other_expires = MINT_NOW - 1 },
			REASON_VALIDITY_EXPIRED },
		{ { .text_keys = true, .expires = TIME_NONE, .other_expires = MINT_NOW - 1 },
			REASON_VALIDITY_EXPIRED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hcert_recipe r = rows[i].recipe;
		r.claim = -6;
		mint_verify(&m, mint_text(&m, ICVP, r), &v);
		if (report_reason(&m.report) != rows[i].reason)
			fail_msg("row %zu: %s", i, reason_code(report_reason(&m.report)));
		assert_true(rows[i].reason == REASON_CWT_STRUCTURE ||
			    mint_found(&m, REASON_NOTE_TEXT_KEYS));
	}
	/* in an EU certificate a text is no claim */
	struct hcert_recipe eu = { .other_expires = MINT_NOW - 1 };
	mint_verify(&m, mint_text(&m, MINT_GOOD, eu), &v);
	assert_int_equal(report_reason(&m.report), REASON_NONE);
}

static void
test_flat(void **state)
{
	static const struct {
		const char *json;
		enum reason reason;
	} rows[] = {
		/* the flat form has no `end`, and nothing in its place hides the one that it has */
		{ "{" HEAD ",\"hcid\":\"1\",\"end\":null,\"valid_until\":\"2026-11-30\"}",
			REASON_DDCC_PERIOD },
		{ "{" HEAD ",\"hcid\":\"1\",\"end\":\"2099-01-01\",\"valid_until\":\"2026-11-30\"}",
			REASON_DDCC_PERIOD },
		{ "{" HEAD ",\"hcid\":\"1\",\"start\":\"2020-01-01\",\"valid_from\":\"2027\"}",
			REASON_DDCC_PERIOD },
		{ "{" HEAD ",\"hcid\":\"1\",\"valid_until\":\"2026-11-31\"}",
			REASON_PROFILE_VALUE },
		{ "{" HEAD ",\"hcid\":\"1\",\"date\":\"2026-12-03\"}", REASON_ICVP_FUTURE },
		{ "{" HEAD ",\"hcid\":\"1\",\"4\":1000}", REASON_VALIDITY_EXPIRED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hcert_recipe r = { .flat = true };
		mint_verify(&m, mint_text(&m, rows[i].json, r), &v);
		if (report_reason(&m.report) != rows[i].reason)
			fail_msg("row %zu: %s", i, reason_code(report_reason(&m.report)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_icvp),
		cmocka_unit_test(test_ddcc_dates),
		cmocka_unit_test(test_mixed_keys),
		cmocka_unit_test(test_flat),
	};

	return cmocka_run_group_tests(tests, open_mint, close_mint);
}
