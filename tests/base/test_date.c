/* test_date.c - the forms of dates and times, each day of eight centuries there and back, and what is refused. */
#include "codecs/base/date.h"
#include "tests/base/aid_base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *text;
	int year, month, day;
	bool exists;
} dates[] = {
	{ "1963", 1963, 0, 0, true },
	{ "1963-05", 1963, 5, 0, true },
	{ "1963-05-17", 1963, 5, 17, true },
	{ "1963-00", 1963, 0, 0, true },
	{ "1963-00-00", 1963, 0, 0, true },
	{ "1963-05-00", 1963, 5, 0, true },
	{ "1989-00-20", 1989, 0, 20, false },
	{ "2022-17-01", 2022, 17, 1, false },
	{ "2022-17", 2022, 17, 0, false },
	{ "2022-13-00", 2022, 13, 0, false },
	{ "2020-02-29", 2020, 2, 29, true },
	{ "2021-02-29", 2021, 2, 29, false },
	{ "2000-02-29", 2000, 2, 29, true },
	{ "1900-02-29", 1900, 2, 29, false },
	{ "2100-02-29", 2100, 2, 29, false },
	{ "2400-02-29", 2400, 2, 29, true },
	{ "2021-04-30", 2021, 4, 30, true },
	{ "2021-04-31", 2021, 4, 31, false },
	{ "2021-01-32", 2021, 1, 32, false },
	{ "2021-12-31", 2021, 12, 31, true },
	{ "0000", 0, 0, 0, true },
	{ "9999-12-31", 9999, 12, 31, true },
	{ "2021-99-99", 2021, 99, 99, false },
};

static void
test_dates(void **unused)
{
	struct date d;

	(void)unused;
	for (size_t i = 0; i < COUNT(dates); i++) {
		assert_true(date_parse(span_of(dates[i].text), &d));
		assert_int_equal(d.year, dates[i].year);
		assert_int_equal(d.month, dates[i].month);
		assert_int_equal(d.day, dates[i].day);
		if (d.exists != dates[i].exists)
			fail_msg("%s", dates[i].text);
	}
}

static void
test_other_forms_are_no_dates(void **unused)
{
	static const char *const texts[] = { "", "1", "196", "19630", "1963-", "1963-5", "1963-05-",
		"1963-05-1", "1963-05-171", "1963-05-17T", "1963/05/17", "1963-05/17", "19630517",
		" 1963", "1963 ", "+963", "-963", "1963-+5", "1963-05-+1", "abcd", "196\xd9\xa3",
		"17.05.1963", "1963-05-17T00:00:00" };
	struct date d = { 1, 2, 3, true };

	(void)unused;
	for (size_t i = 0; i < COUNT(texts); i++)
		if (date_parse(span_of(texts[i]), &d))
			fail_msg("\"%s\"", texts[i]);
	assert_false(date_parse((struct span){ (const uint8_t *)"1963\0", 5 }, &d));
	assert_false(date_parse(SPAN_NONE, &d));
	assert_true(d.year == 1 && d.month == 2 && d.day == 3); /* untouched */
}

static const struct {
	const char *text;
	int64_t time;
	unsigned odd;
} times[] = {
	{ "1970-01-01T00:00:00Z", 0, 0 },
	{ "1969-12-31T23:59:59Z", -1, 0 },
	{ "2021-06-11T10:20:30Z", 1623406830, 0 },
	{ "2021-06-11t10:20:30z", 1623406830, 0 },
	{ "2021-06-11 10:20:30Z", 1623406830, 0 },
	{ "2021-06-11T12:20:30+02:00", 1623406830, 0 },
	{ "2021-06-11T04:50:30-05:30", 1623406830, 0 },
	{ "2021-06-11T10:20:30+00:00", 1623406830, 0 },
	{ "2021-06-11T10:20:30-00:00", 1623406830, 0 },
	{ "2021-06-12T10:19:30+23:59", 1623406830, 0 },
	{ "2021-06-11T12:20:30+0200", 1623406830, TIME_ODD_ZONE },
	{ "2021-06-11T12:20:30+02", 1623406830, TIME_ODD_ZONE },
	{ "2021-06-11T10:20:30", 1623406830, TIME_NO_ZONE },
	{ "2021-06-11T10:20:30.0090Z", 1623406830, TIME_FRACTION },
	{ "2021-06-11T10:20:30.5Z", 1623406830, TIME_FRACTION },
	{ "2021-06-11T10:20:30.999999999999999999Z", 1623406830, TIME_FRACTION },
	{ "2021-06-11T12:20:30.123+0200", 1623406830, TIME_FRACTION | TIME_ODD_ZONE },
	{ "2021-06-11T10:20:30.1", 1623406830, TIME_FRACTION | TIME_NO_ZONE },
	{ "2020-02-29T00:00:00Z", 1582934400, 0 },
	{ "2016-12-31T23:59:60Z", 1483228799, 0 },
	{ "2017-01-01T00:59:60+01:00", 1483228799, 0 },
	{ "2016-12-31T15:59:60.5-08:00", 1483228799, TIME_FRACTION },
	{ "1969-12-31T23:59:60Z", -1, 0 },
	{ "0000-01-01T00:00:00Z", -62167219200, 0 },
	{ "9999-12-31T23:59:59Z", 253402300799, 0 },
};

static void
test_times(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(times); i++) {
		int64_t t = 99;
		unsigned odd = 99;
		assert_true(time_parse(span_of(times[i].text), &t, &odd));
		if (t != times[i].time || odd != times[i].odd)
			fail_msg("%s: %lld, %u", times[i].text, (long long)t, odd);
	}
}

static void
test_no_such_times(void **unused)
{
	static const char *const texts[] = { "", "2021-06-11", "2021-06-11T", "2021-06-11T10",
		"2021-06-11T10:20", "2021-06-11T10:20Z", "2021-06T10:20:30Z",
		"2021-00-00T10:20:30Z", "2021-06-00T10:20:30Z", "2021-02-29T10:20:30Z",
		"2021-06-31T10:20:30Z", "2021-13-01T10:20:30Z", "2021-06-11T24:00:00Z",
		"2021-06-11T10:60:00Z", "2021-06-11T10:20:61Z", "2021-06-11T10:20:60Z",
		"2016-12-31T23:59:60+01:00", "2021-06-11X10:20:30Z", "2021-06-11  10:20:30Z",
		"2021-06-11T10-20-30Z", "2021-06-11T10:20:30.Z", "2021-06-11T10:20:30.",
		"2021-06-11T10:20:30,5Z", "2021-06-11T10:20:30ZZ", "2021-06-11T10:20:30Z ",
		" 2021-06-11T10:20:30Z", "2021-06-11T10:20:30+", "2021-06-11T10:20:30+2",
		"2021-06-11T10:20:30+24:00", "2021-06-11T10:20:30+02:60",
		"2021-06-11T10:20:30+02:", "2021-06-11T10:20:30+02:0", "2021-06-11T10:20:30+020",
		"2021-06-11T10:20:30+02000", "2021-06-11T10:20:30+02:000",
		"2021-06-11T10:20:30 +02:00", "2021-06-11T10:20:30\342\210\22202:00",
		"2021-06-11T1a:20:30Z", "2021-06-11T10:20:3aZ", "2021-06-11T10:20:30+0a:00",
		"20210611T102030Z", "2021-06-11T10:20:30A" };
	int64_t t = 99;
	unsigned odd = 99;

	(void)unused;
	for (size_t i = 0; i < COUNT(texts); i++)
		if (time_parse(span_of(texts[i]), &t, &odd))
			fail_msg("\"%s\"", texts[i]);
	assert_true(t == 99 && odd == 99); /* untouched */
}

static void
test_truncation(void **unused)
{
	const char *text = "2021-06-11T12:20:30.123+02:00";
	int64_t t;
	unsigned odd;

	(void)unused;
	for (size_t len = 0; len < strlen(text); len++) {
		struct span s = { (const uint8_t *)text, len };
		/* ends that are forms of their own: no zone, with or without a fraction; +hh */
		bool whole = len == 19 || (len >= 21 && len <= 23) || len == 26;
		assert_int_equal(time_parse(s, &t, &odd), whole);
	}
}

/* From day to day, and what is written reads as the same time. */
static void
test_each_day_there_and_back(void **unused)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	struct desk d;
	int64_t expected = time_of(1600, 1, 1, 0, 0, 0);

	(void)unused;
	desk_begin(&d, 65536);
	assert_true(expected == -11676096000);
	for (int year = 1600; year <= 2400; year++)
		for (int month = 1; month <= 12; month++) {
			bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
			int last = days[month - 1] + (month == 2 && leap);
			for (int day = 1; day <= last; day++, expected += 86400) {
				int64_t t = time_of(year, month, day, 23, 59, 58), back;
				unsigned odd;
				struct buf b = buf_in(d.arena, 20);
				assert_true(t == expected + 86398);
				time_format(&b, t);
				assert_true(time_parse(buf_span(&b), &back, &odd));
				assert_true(back == t && odd == 0);
				arena_reset(d.arena);
			}
		}
	desk_end(&d);
}

static void
test_format(void **unused)
{
	static const struct {
		int64_t time;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ -1, "1969-12-31T23:59:59Z" },
		{ 1623406830, "2021-06-11T10:20:30Z" },
		{ 951782400, "2000-02-29T00:00:00Z" },
		{ -62167219200, "0000-01-01T00:00:00Z" },
		{ -62167219201, "-62167219201" },
		{ 253402300799, "9999-12-31T23:59:59Z" },
		{ 253402300800, "253402300800" },
		{ INT64_MAX, "9223372036854775807" },
		{ INT64_MIN, "-9223372036854775808" },
	};
	struct desk d;

	(void)unused;
	desk_begin(&d, 65536);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf b = buf_in(d.arena, 100);
		time_format(&b, cases[i].time);
		assert_span_is(buf_span(&b), cases[i].text);
	}
	desk_end(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_other_forms_are_no_dates),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_no_such_times),
		cmocka_unit_test(test_truncation),
		cmocka_unit_test(test_each_day_there_and_back),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
