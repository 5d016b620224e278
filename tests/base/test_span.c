/* test_span.c - spans are cut only within themselves; a cursor never passes its end and never forgets a failure. */
#include "codecs/base/span.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct span
text(const char *s)
{
	return span_of(s);
}

static void
assert_span(struct span s, const char *expected)
{
	if (!span_is(s, expected))
		fail_msg("\"%.*s\" is not \"%s\"", (int)s.len, (const char *)s.ptr, expected);
}

static void
test_equality_and_order(void **unused)
{
	static const struct {
		const char *a, *b;
		int order;
	} cases[] = {
		{ "", "", 0 },
		{ "a", "a", 0 },
		{ "a", "b", -1 },
		{ "a", "aa", -1 },
		{ "b", "aa", 1 },
		{ "", "a", -1 },
		{ "\x7f", "\x80", -1 }, /* bytes have no sign */
		{ "\xff", "a", 1 },
		{ "abc", "abd", -1 },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span a = text(cases[i].a), b = text(cases[i].b);
		int there = span_cmp(a, b), back = span_cmp(b, a);
		assert_int_equal((there > 0) - (there < 0), cases[i].order);
		assert_int_equal((back > 0) - (back < 0), -cases[i].order);
		assert_int_equal(span_eq(a, b), cases[i].order == 0);
	}
	assert_int_equal(span_cmp((struct span){ (const uint8_t *)"a\0b", 3 },
				 (struct span){ (const uint8_t *)"a\0c", 3 }) < 0,
		true);
	assert_true(span_eq(SPAN_NONE, SPAN_LIT("")));
	assert_int_equal(span_cmp(SPAN_NONE, SPAN_LIT("")), 0);
	assert_true(span_is(SPAN_NONE, ""));
	assert_true(span_is(SPAN_LIT(""), NULL));
	assert_false(span_is(SPAN_LIT("a\0b"), "a"));
	assert_null(span_of(NULL).ptr);
	assert_int_equal(span_of(NULL).len, 0);
}

static void
test_starts_and_ends(void **unused)
{
	static const struct {
		const char *s, *part;
		bool starts, ends;
	} cases[] = {
		{ "HC1:6BF", "HC1:", true, false },
		{ "HC1", "HC1:", false, false },
		{ "HC1:", "HC1:", true, true },
		{ "hc1:", "HC1:", false, false },
		{ "", "", true, true },
		{ "abcab", "ab", true, true },
		{ "abc", "", true, true },
		{ "", "a", false, false },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span s = text(cases[i].s), part = text(cases[i].part);
		assert_int_equal(span_starts(s, part), cases[i].starts);
		assert_int_equal(span_ends(s, part), cases[i].ends);
	}
	assert_true(span_starts(SPAN_NONE, SPAN_NONE));
	assert_true(span_ends(SPAN_NONE, SPAN_LIT("")));
	assert_false(span_starts(SPAN_NONE, SPAN_LIT("a")));
}

static void
test_holds(void **unused)
{
	static const struct {
		const char *s, *part;
		bool holds;
	} cases[] = {
		{ "abcab", "abcab", true },
		{ "abcab", "ab", true },
		{ "abcab", "ca", true },
		{ "xxab", "ab", true },
		{ "aab", "ab", true },
		{ "abcab", "ac", false },
		{ "ab", "abc", false },
		{ "AB", "ab", false },
		{ "", "a", false },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(span_holds(text(cases[i].s), text(cases[i].part)), cases[i].holds);
	assert_true(span_holds(SPAN_LIT("a\0bc"), SPAN_LIT("\0b")));
	assert_false(span_holds(SPAN_LIT("a\0bc"), SPAN_LIT("\0c")));
	assert_false(span_holds(span_slice(SPAN_LIT("abc"), 0, 2), SPAN_LIT("c")));
	assert_false(span_holds(SPAN_NONE, SPAN_LIT("a")));
}

static void
test_slices_are_clamped(void **unused)
{
	static const struct {
		size_t from, len;
		const char *expected;
	} cases[] = {
		{ 0, 0, "" },
		{ 0, 5, "abcde" },
		{ 0, 6, "abcde" },
		{ 1, 3, "bcd" },
		{ 4, 1, "e" },
		{ 4, 2, "e" },
		{ 5, 1, "" },
		{ 6, 1, "" },
		{ SIZE_MAX, SIZE_MAX, "" },
		{ 1, SIZE_MAX, "bcde" },
		{ 0, SIZE_MAX, "abcde" },
	};
	struct span s = SPAN_LIT("abcde");

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span part = span_slice(s, cases[i].from, cases[i].len);
		assert_span(part, cases[i].expected);
		assert_true(part.ptr >= s.ptr && part.ptr + part.len <= s.ptr + s.len);
	}
	assert_span(span_from(s, 2), "cde");
	assert_span(span_from(s, 5), "");
	assert_span(span_from(s, 9), "");
	assert_null(span_slice(SPAN_NONE, 0, 1).ptr);
	assert_null(span_from(SPAN_NONE, 3).ptr);
}

static void
test_find_and_trim(void **unused)
{
	static const struct {
		const char *s, *trimmed;
	} cases[] = {
		{ "", "" },
		{ " ", "" },
		{ " \t\r\n ", "" },
		{ "a", "a" },
		{ " a b\r\n", "a b" },
		{ "\ta", "a" },
		{ "a\n", "a" },
		{ "\xc2\xa0x", "\xc2\xa0x" }, /* a no-break space is no blank */
		{ "\va\f", "\va\f" },
	};
	struct span s = SPAN_LIT("a.b.\0c");

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_span(span_trim(text(cases[i].s)), cases[i].trimmed);
	assert_null(span_trim(SPAN_NONE).ptr);
	assert_int_equal(span_find(s, 'a'), 0);
	assert_int_equal(span_find(s, '.'), 1);
	assert_int_equal(span_find(s, 0), 4);
	assert_int_equal(span_find(s, 'c'), 5);
	assert_int_equal(span_find(s, 'd'), 6);
	assert_int_equal(span_find(SPAN_NONE, 'd'), 0);
}

static void
test_split(void **unused)
{
	static const struct {
		const char *s;
		size_t count;
		const char *parts[4];
	} cases[] = {
		{ "", 1, { "" } },
		{ "a", 1, { "a" } },
		{ "a.b.c", 3, { "a", "b", "c" } },
		{ ".", 2, { "", "" } },
		{ "a.", 2, { "a", "" } },
		{ ".a", 2, { "", "a" } },
		{ "a..b", 3, { "a", "", "b" } },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span rest = text(cases[i].s), part;
		for (size_t n = 0; n < cases[i].count; n++) {
			assert_true(span_split(&rest, '.', &part));
			assert_non_null(part.ptr);
			assert_span(part, cases[i].parts[n]);
		}
		assert_false(span_split(&rest, '.', &part));
		assert_null(rest.ptr);
	}
}

static void
test_cursor_reads(void **unused)
{
	static const uint8_t bytes[] = { 1, 0xff, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	struct cursor c = cursor_over((struct span){ bytes, sizeof(bytes) });

	(void)unused;
	assert_int_equal(cursor_left(&c), 11);
	assert_int_equal(cursor_u8(&c), 1);
	assert_int_equal(cursor_be(&c, 0), 0);
	assert_int_equal(cursor_be(&c, 2), 0xff02);
	assert_int_equal(cursor_left(&c), 8);
	assert_false(cursor_done(&c));
	assert_true(cursor_be(&c, 8) == 0x030405060708090a);
	assert_true(cursor_done(&c));
	assert_int_equal(cursor_take(&c, 0).len, 0);
	assert_true(cursor_done(&c));
	assert_int_equal(cursor_u8(&c), 0);
	assert_false(cursor_done(&c));
}

/* Whatever fails, all that follows gives nothing, and there is nothing left. */
static void
assert_failed(struct cursor c)
{
	assert_true(c.failed);
	assert_int_equal(cursor_left(&c), 0);
	assert_false(cursor_done(&c));
	assert_int_equal(cursor_u8(&c), 0);
	assert_int_equal(cursor_be(&c, 1), 0);
	assert_null(cursor_take(&c, 0).ptr);
	assert_null(cursor_take(&c, 1).ptr);
	assert_true(c.failed);
}

static void
test_cursor_fails_once_and_for_all(void **unused)
{
	struct span s = SPAN_LIT("abcdefghij");
	struct cursor c = cursor_over(s);

	(void)unused;
	assert_null(cursor_take(&c, 11).ptr);
	assert_failed(c);
	c = cursor_over(s);
	assert_null(cursor_take(&c, SIZE_MAX).ptr);
	assert_failed(c);
	c = cursor_over(s);
	assert_int_equal(
		cursor_be(&c, 9), 0); /* more than a number holds, though there are enough bytes */
	assert_failed(c);
	c = cursor_over(s);
	assert_int_equal(cursor_take(&c, 8).len, 8);
	assert_int_equal(cursor_be(&c, 4), 0);
	assert_failed(c);
	c = cursor_over(SPAN_NONE);
	assert_true(cursor_done(&c));
	assert_int_equal(cursor_u8(&c), 0);
	assert_failed(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equality_and_order),
		cmocka_unit_test(test_starts_and_ends),
		cmocka_unit_test(test_holds),
		cmocka_unit_test(test_slices_are_clamped),
		cmocka_unit_test(test_find_and_trim),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_cursor_reads),
		cmocka_unit_test(test_cursor_fails_once_and_for_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
