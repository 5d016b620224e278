/* test_moment.c - times by their decimal text, to the nanosecond and beyond, without a double in between. */
#include "codecs/shc/shc.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct {
	const char *text;
	int64_t seconds;
	uint32_t nanoseconds;
	bool more;
} rows[] = {
	{ "0", 0, 0, false },
	{ "1687450764", 1687450764, 0, false },
	{ "1687450764.657", 1687450764, 657000000, false },
	{ "1687450764.999999999", 1687450764, 999999999, false },
	{ "1687450764.9999999990", 1687450764, 999999999, false },
	{ "1687450764.9999999991", 1687450764, 999999999, true },
	{ "1687450764.00000000000000000000001", 1687450764, 0, true },
	{ "1.687450764657e9", 1687450764, 657000000, false },
	{ "1.687450764657E+9", 1687450764, 657000000, false },
	{ "1687450764657e-3", 1687450764, 657000000, false },
	{ "1687450764657000e-6", 1687450764, 657000000, false },
	{ "5e-1", 0, 500000000, false },
	{ "5e-9", 0, 5, false },
	{ "5e-10", 0, 0, true },
	{ "1e-999", 0, 0, true },
	{ "0e999", 0, 0, false },
	{ "0.000001e15", 1000000000, 0, false },
	{ "1e14", 100000000000000, 0, false },
	{ "999999999999999", 999999999999999, 0, false },
	{ "-0", 0, 0, false },
	{ "-1", -1, 0, false },
	{ "-1.5", -2, 500000000, false },
	{ "-0.000000001", -1, 999999999, false },
	{ "-0.0000000001", -1, 999999999, true },
};

static void
test_moments(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct moment m = { 0 };
		bool good = shc_moment(span_of(rows[i].text), &m);
		if (!good || m.seconds != rows[i].seconds || m.nanoseconds != rows[i].nanoseconds ||
			m.more != rows[i].more)
			fail_msg("%s: %lld %u", rows[i].text, (long long)m.seconds, m.nanoseconds);
	}
}

static void
test_beyond_any_calendar(void **state)
{
	static const char *const texts[] = { "1e15", "1000000000000000", "1e300", "1e99999",
		"0.1e16" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct moment m = { .seconds = 7 };
		assert_false(shc_moment(span_of(texts[i]), &m));
		assert_int_equal(m.seconds, 7);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_beyond_any_calendar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
