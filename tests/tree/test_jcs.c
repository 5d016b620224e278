/* test_jcs.c - canonical JSON: order of names, escapes, numbers, depth, width, and no memory. */
#include "codecs/tree/jcs.h"

#include "tests/aid/aid.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Text in, canonical text out; NULL: refused. */
static const struct {
	const char *in, *out;
} rows[] = {
	{ "{}", "{}" },
	{ " [ ] ", "[]" },
	{ "[true,false,null]", "[true,false,null]" },
	{ "{\"b\":1,\"a\":{\"d\":[{}],\"c\":\"\"}}", "{\"a\":{\"c\":\"\",\"d\":[{}]},\"b\":1}" },
	{ "{\"\":0,\"a\":1,\"aa\":2,\"B\":3}", "{\"\":0,\"B\":3,\"a\":1,\"aa\":2}" },
	/* U+1F600 is D83D DE00 in UTF-16, before U+FB33 and U+E000, but behind U+D7FF */
	{ "{\"\xEF\xAC\xB3\":1,\"\xF0\x9F\x98\x80\":2,\"\xEE\x80\x80\":3,\"\xED\x9F\xBF\":4}",
		"{\"\xED\x9F\xBF\":4,\"\xF0\x9F\x98\x80\":2,\"\xEE\x80\x80\":3,"
		"\"\xEF\xAC\xB3\":1}" },
	{ "\"\\u0001\\b\\t\\n\\u000b\\f\\r\\u001F\\\"\\\\\\/\\u007f\\u0080\\u20ac\"",
		"\"\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\x7F\xC2\x80\xE2\x82\xAC\"" },
	{ "{\"\\n\":1,\"\\u0001\":2}", "{\"\\u0001\":2,\"\\n\":1}" },
	{ "[0,-0,-0.0,0.0,0e5,1.0,-1.50,100e-2]", "[0,0,0,0,0,1,-1.5,1]" },
	{ "[1e20,1e21,123456789012345678901,1E+2,0.00001,0.000001,0.0000001]", NULL },
	{ "[1e20,1e21,1E+2,0.00001,0.000001,0.0000001,0.000000123]",
		"[100000000000000000000,1e+21,100,0.00001,0.000001,1e-7,1.23e-7]" },
	{ "[9007199254740991,9007199254740992,9007199254740993,-9007199254740993]",
		"[9007199254740991,9007199254740992,9007199254740992,-9007199254740992]" },
	{ "[9223372036854775807,18446744073709551615,-18446744073709551616]",
		"[9223372036854776000,18446744073709552000,-18446744073709552000]" },
	{ "[0.1,0.30000000000000004,333333333.33333329,4.5,2e-3,1.7976931348623157e308]",
		"[0.1,0.30000000000000004,333333333.3333333,4.5,0.002,1.7976931348623157e+308]" },
	{ "[123456789012.345,1234567890123.4567,12345678901234.56789,0.5,-0.05]",
		"[123456789012.345,1234567890123.4568,12345678901234.568,0.5,-0.05]" },
	{ "[1e400]", NULL },
	{ "{\"a\":1,\"a\":1}", NULL },
	{ "\"\\ud800\"", NULL },
	{ "\"\\u0000\"", NULL },
	{ "[1,]", NULL },
	{ "", NULL },
};

/* ECMAScript writes integers of up to 21 digits without an exponent; the reader takes none beyond 64 bits. */
static bool
beyond_64_bits(const char *in)
{
	return strstr(in, "1e20") || strstr(in, "-18446744073709551616");
}

static void
texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span out = SPAN_LIT("untouched"), twice;
		struct aid_work w;

		aid_begin(&w);
		assert_int_equal(jcs_of_text(&w.work, span_of(rows[i].in), "json", &out), 0);
		assert_int_equal(out.ptr == NULL, report_failed(&w.report));
		if (!rows[i].out) {
			assert_null(out.ptr);
		} else {
			assert_non_null(out.ptr);
			assert_int_equal(out.len, strlen(rows[i].out));
			assert_memory_equal(out.ptr, rows[i].out, out.len);
			assert_int_equal(jcs_of_text(&w.work, out, "json", &twice), 0);
			assert_true(span_eq(out, twice) || beyond_64_bits(rows[i].in));
		}
		aid_end(&w);
	}
}

/* Doubles where shortest is hard: below a power of two the gap is half of that above. */
static const struct {
	double v;
	const char *text;
} numbers[] = {
	{ 0x1p-44, "5.684341886080802e-14" },
	{ 0x1p-1074, "5e-324" },
	{ 0x1p-1022, "2.2250738585072014e-308" },
	{ 0x1.fffffffffffffp1023, "1.7976931348623157e+308" },
	{ 9.5367431640625e-07, "9.5367431640625e-7" },
	{ 999999999999999900000.0, "999999999999999900000" },
	{ 1e21, "1e+21" },
	{ 0x1p976, "6.386688990511104e+293" },
	{ 9.999999999999999e22, "1e+23" },
	{ 5e-7, "5e-7" },
	{ -1e-6, "-0.000001" },
	{ 295147905179352830000.0, "295147905179352830000" },
};

static void
doubles(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct aid_work w;

		aid_begin(&w);
		struct buf b = buf_in(w.arena, 64);
		assert_true(jcs_number(&b, numbers[i].v));
		assert_int_equal(b.len, strlen(numbers[i].text));
		assert_memory_equal(b.ptr, numbers[i].text, b.len);
		aid_end(&w);
	}
}

/* Every power of two reads back as itself, and with one digit less (rounded either way) does not. */
static void
powers(void **state)
{
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	for (int e = -1074; e < 1024; e++) {
		struct buf b = buf_in(w.arena, 64);
		double v = ldexp(1, e);
		char text[64];

		assert_true(jcs_number(&b, v));
		snprintf(text, sizeof(text), "%.*s", (int)b.len, (const char *)b.ptr);
		assert_true(strtod(text, NULL) == v);
	}
	aid_end(&w);
}

static void
no_numbers(void **state)
{
	const double bad[] = { HUGE_VAL, -HUGE_VAL, (double)NAN };
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	for (size_t i = 0; i < 3; i++) {
		struct node n = { .kind = NODE_REAL, .as.real = bad[i] };
		struct buf b = buf_in(w.arena, 64);

		assert_false(jcs_number(&b, bad[i]));
		assert_int_equal(b.len, 0);
		assert_false(jcs_write(&b, &n));
	}
	aid_end(&w);
}

static void
no_json(void **state)
{
	struct node bytes = { .kind = NODE_BYTES, .as.bytes = SPAN_LIT("x") };
	struct node simple = { .kind = NODE_SIMPLE };
	struct node child = { .kind = NODE_NULL, .key_kind = KEY_INT, .key = SPAN_LIT("1") };
	struct node map = { .kind = NODE_MAP, .size = 1, .child = &child };
	const struct node *const bad[] = { &bytes, &simple, &map };
	struct aid_work w;

	(void)state;
	aid_begin(&w);
	for (size_t i = 0; i < 3; i++) {
		struct buf b = buf_in(w.arena, 64);

		assert_false(jcs_write(&b, bad[i]));
	}
	child.key_kind = KEY_TEXT;
	struct buf b = buf_in(w.arena, 64);
	assert_true(jcs_write(&b, &map));
	assert_true(span_is(buf_span(&b), "{\"1\":null}"));
	aid_end(&w);
}

/* Nesting far beyond what readers give is refused, not followed. */
static void
depth(void **state)
{
	static const struct {
		size_t depth;
		bool ok;
	} deep[] = { { 256, true }, { 299, true }, { 300, true }, { 301, false }, { 3000, false } };
	struct node *nodes = calloc(3001, sizeof(*nodes));
	struct aid_work w;

	(void)state;
	assert_non_null(nodes);
	aid_begin(&w);
	for (size_t i = 0; i < sizeof(deep) / sizeof(deep[0]); i++) {
		struct buf b = buf_in(w.arena, 10000);
		size_t last = deep[i].depth - 1;

		for (size_t d = 0; d <= last; d++)
			nodes[d] = (struct node){ .kind = NODE_LIST,
				.size = d < last,
				.child = d < last ? &nodes[d + 1] : NULL };
		assert_int_equal(jcs_write(&b, nodes), deep[i].ok);
	}
	aid_end(&w);
	free(nodes);
}

/* Names k000 to k999, as many as asked for, in steps of 7: sorted by insertion and by qsort. */
static void
widths(void **state)
{
	static const unsigned width[] = { 1, 31, 32, 33, 1000 };

	(void)state;
	for (size_t i = 0; i < sizeof(width) / sizeof(width[0]); i++) {
		struct span out = SPAN_NONE;
		char want[16], piece[24];
		struct aid_work w;

		aid_begin(&w);
		struct buf in = buf_in(w.arena, 100000);
		for (unsigned k = 0; k < width[i]; k++) {
			snprintf(piece, sizeof(piece), "%c\"k%03u\":1", k ? ',' : '{',
				k * 7 % width[i]);
			buf_str(&in, piece);
		}
		buf_str(&in, "}");
		assert_int_equal(jcs_of_text(&w.work, buf_span(&in), "json", &out), 0);
		assert_int_equal(out.len, 1 + 9 * width[i]);
		for (unsigned k = 0; k < width[i]; k++) {
			snprintf(want, sizeof(want), "\"k%03u\":1", k);
			assert_memory_equal(&out.ptr[1 + 9 * k], want, 8);
		}
		aid_end(&w);
	}
}

/* With too little memory it says so, and gives nothing. */
static void
spent_arena(void **state)
{
	struct buf in;
	struct aid_work w;
	size_t failures = 0, least = 0;

	(void)state;
	aid_begin(&w);
	in = buf_in(w.arena, 10000);
	buf_str(&in, "{\"z\":[");
	for (int i = 0; i < 40; i++)
		buf_str(&in, "{\"b\":1,\"a\":\"xxxxxxxxxxxxxxxx\"},");
	buf_str(&in, "0]}");
	for (size_t budget = 0; budget < 60000; budget += 64) {
		struct arena *small = arena_new(budget);
		struct span out = SPAN_NONE;
		struct work work = w.work;

		work.arena = small;
		if (jcs_of_text(&work, buf_span(&in), "json", &out) == 0) {
			assert_non_null(out.ptr);
			least = least ? least : budget;
		} else {
			assert_null(out.ptr);
			failures++;
		}
		arena_free(small);
	}
	assert_int_equal(failures, least / 64);
	assert_in_range(least, 64, 59000);
	aid_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(doubles),
		cmocka_unit_test(powers),
		cmocka_unit_test(no_numbers),
		cmocka_unit_test(no_json),
		cmocka_unit_test(depth),
		cmocka_unit_test(widths),
		cmocka_unit_test(spent_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
