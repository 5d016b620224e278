/* test_values.c - days and numbers of doses, and what is neither. */
#include "codecs/record/record.h"
#include "codecs/vc/health/values.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_days(void **unused)
{
	static const struct {
		const char *text, *day;
	} rows[] = { { "2021-03-04", "2021-03-04" }, { "2021-03-04T05:06:07Z", "2021-03-04" },
		{ "2021-03-041", "2021-03-04" }, { "2021-03", "2021-03" }, { "2021", "2021" },
		{ "2021-02-30", "" }, { "2021-13", "" }, { "2021-03-4", "" }, { "04-03-2021", "" },
		{ "202", "" }, { "", "" }, { " 2021", "" } };

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!span_is(health_day(span_of(rows[i].text)), rows[i].day))
			fail_msg("%s", rows[i].text);
	assert_null(health_day(SPAN_NONE).ptr);
}

static void
test_numbers(void **unused)
{
	static const struct {
		const char *text;
		int64_t number;
	} rows[] = { { "1", 1 }, { "12", 12 }, { "999", 999 }, { "002", 2 },
		{ "0", RECORD_NO_NUMBER }, { "000", RECORD_NO_NUMBER },
		{ "1000", RECORD_NO_NUMBER }, { "0001", RECORD_NO_NUMBER },
		{ "-1", RECORD_NO_NUMBER }, { "1.0", RECORD_NO_NUMBER }, { "1 ", RECORD_NO_NUMBER },
		{ "x", RECORD_NO_NUMBER }, { "", RECORD_NO_NUMBER } };

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (health_number(span_of(rows[i].text)) != rows[i].number)
			fail_msg("%s", rows[i].text);
	assert_true(health_number(SPAN_NONE) == RECORD_NO_NUMBER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
