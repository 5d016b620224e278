/* test_buf.c - ceilings to the byte, failures that stay, numbers, JSON strings of any bytes; and UTF-8. */
#include "codecs/base/buf.h"
#include "codecs/base/text.h"
#include "tests/aid/oom.h"
#include "tests/base/aid_base.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void
test_the_ceiling_holds_to_the_byte(void **unused)
{
	static const uint8_t bytes[40] = { 1 };
	static const size_t ceilings[] = { 0, 1, 2, 10, 255, 256, 257, 511, 512, 513, 1000, 5000 };

	(void)unused;
	for (size_t i = 0; i < COUNT(ceilings); i++) {
		struct desk d;
		desk_begin(&d, 65536);
		for (size_t step = 1; step < 40; step += 19) {
			struct buf b = buf_in(d.arena, ceilings[i]);
			size_t n = 0;
			for (; n + step <= ceilings[i]; n += step)
				buf_add(&b, (struct span){ bytes, step });
			assert_int_equal(b.error, 0);
			assert_int_equal(buf_span(&b).len, n);
			assert_true(b.cap <= ceilings[i]);
			buf_add(&b, (struct span){ bytes, step });
			assert_int_equal(b.error, -ENOBUFS);
			assert_null(buf_span(&b).ptr);
			arena_reset(d.arena);
		}
		desk_end(&d);
	}
}

static void
test_a_failure_stays(void **unused)
{
	struct desk d;

	(void)unused;
	desk_begin(&d, 65536);
	struct buf b = buf_in(d.arena, 4);
	buf_str(&b, "1234");
	assert_span_is(buf_span(&b), "1234");
	buf_char(&b, '5');
	assert_int_equal(b.error, -ENOBUFS);
	assert_null(buf_room(&b, 0));
	buf_took(&b, 1);
	buf_char(&b, '5');
	buf_json(&b, SPAN_LIT("x"));
	assert_int_equal(b.len, 4);
	b = buf_in(d.arena, SIZE_MAX); /* the arena's budget ends it */
	buf_str(&b, "1");
	assert_null(buf_room(&b, SIZE_MAX));
	assert_int_equal(b.error, -ENOBUFS);
	b = buf_in(d.arena, SIZE_MAX);
	while (!b.error)
		buf_str(&b, "a text that is written again and again");
	assert_int_equal(b.error, -ENOBUFS);
	desk_end(&d);
}

/* Written to the caller's bytes while they suffice, then moved; never past the ceiling. */
static void
test_over(void **unused)
{
	uint8_t bytes[8];
	struct desk d;

	(void)unused;
	desk_begin(&d, 65536);
	for (size_t len = 0; len <= 10; len++) {
		memset(bytes, '#', sizeof(bytes));
		struct buf b = buf_over(d.arena, 9, bytes, 7);
		for (size_t i = 0; i < len; i++)
			buf_char(&b, (char)('0' + i));
		assert_int_equal(b.error, len > 9 ? -ENOBUFS : 0);
		assert_int_equal(b.ptr == bytes, len <= 7);
		assert_int_equal(bytes[7], '#');
		if (len <= 9)
			assert_true(
				span_eq(buf_span(&b), span_slice(SPAN_LIT("0123456789"), 0, len)));
	}
	struct buf small = buf_over(d.arena, 3, bytes, 7); /* the ceiling is lower than the room */
	buf_str(&small, "1234");
	assert_int_equal(small.error, -ENOBUFS);
	desk_end(&d);
}

static void
test_nothing_and_room(void **unused)
{
	struct desk d;
	uint8_t *p;

	(void)unused;
	desk_begin(&d, 65536);
	struct buf b = buf_in(d.arena, 10);
	assert_non_null(buf_span(&b).ptr);
	assert_int_equal(buf_span(&b).len, 0);
	buf_add(&b, SPAN_NONE);
	buf_str(&b, "");
	buf_str(&b, NULL);
	assert_int_equal(buf_span(&b).len, 0);
	b = buf_in(d.arena, 0);
	assert_non_null(buf_room(&b, 0));
	assert_int_equal(b.error, 0);
	b = buf_in(d.arena, 10);
	p = buf_room(&b, 10);
	assert_non_null(p);
	memcpy(p, "0123456789", 10);
	buf_took(&b, 4);
	assert_span_is(buf_span(&b), "0123");
	assert_null(buf_room(&b, 7));
	assert_null(buf_span(&b).ptr);
	desk_end(&d);
}

static void
test_numbers(void **unused)
{
	static const struct {
		int64_t value;
		const char *text;
	} cases[] = {
		{ 0, "0" },
		{ 7, "7" },
		{ -1, "-1" },
		{ 10, "10" },
		{ -1000, "-1000" },
		{ INT64_MAX, "9223372036854775807" },
		{ INT64_MIN, "-9223372036854775808" },
	};
	struct desk d;

	(void)unused;
	desk_begin(&d, 65536);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf b = buf_in(d.arena, 20);
		buf_int(&b, cases[i].value);
		assert_span_is(buf_span(&b), cases[i].text);
	}
	struct buf b = buf_in(d.arena, 100);
	buf_uint(&b, UINT64_MAX);
	buf_char(&b, ' ');
	buf_uint(&b, 0);
	assert_span_is(buf_span(&b), "18446744073709551615 0");
	b = buf_in(d.arena, 100);
	buf_be(&b, 0x0102030405060708, 8);
	buf_be(&b, 0xff1234, 2);
	buf_be(&b, 5, 0);
	buf_hex(&b, (struct span){ (const uint8_t *)"\x00\x9f", 2 });
	assert_int_equal(b.len, 14);
	assert_memory_equal(b.ptr,
		"\1\2\3\4\5\6\7\10\x12\x34"
		"009f",
		14);
	desk_end(&d);
}

static const struct {
	const char *bytes, *json;
} strings[] = {
	{ "", "\"\"" },
	{ "plain text, longer than a word", "\"plain text, longer than a word\"" },
	{ "\"", "\"\\\"\"" },
	{ "\\", "\"\\\\\"" },
	{ "/", "\"/\"" },
	{ "\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"" },
	{ "\x01\x0b\x1f\x7f", "\"\\u0001\\u000b\\u001f\\u007f\"" },
	{ "12345678\n", "\"12345678\\n\"" },
	{ "1234567\n9", "\"1234567\\n9\"" },
	{ "\n2345678", "\"\\n2345678\"" },
	{ "a\"b\"c", "\"a\\\"b\\\"c\"" },
	{ "M\xc3\xbcller", "\"M\xc3\xbcller\"" },
	{ "\xe2\x82\xac\xf0\x9f\x92\x89", "\"\xe2\x82\xac\xf0\x9f\x92\x89\"" },
	{ "\xff", "\"\xef\xbf\xbd\"" },
	{ "a\xc3", "\"a\xef\xbf\xbd\"" },
	{ "\xc3\xc3\xbc", "\"\xef\xbf\xbd\xc3\xbc\"" },
	{ "\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\xc0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\xf4\x90\x80\x80x", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdx\"" },
	{ "\xd0\x90\xd0\x91\xd0\x92\xd0\x93\xd0\x94\xd0\x95\xd0\x96\xd0\x97\xd0\x98",
		"\"\xd0\x90\xd0\x91\xd0\x92\xd0\x93\xd0\x94\xd0\x95\xd0\x96\xd0\x97\xd0\x98\"" },
	/* C1: from U+0080 to U+009F, and its neighbours */
	{ "\xc2\x80|\xc2\x9b|\xc2\x9f|\xc2\xa0", "\"\\u0080|\\u009b|\\u009f|\xc2\xa0\"" },
	{ "\xc3\xa9\xc2\x85\xc3\xa9\xc2\x85", "\"\xc3\xa9\\u0085\xc3\xa9\\u0085\"" },
	{ "\xc2", "\"\xef\xbf\xbd\"" },
	{ "\xc2\x7f", "\"\xef\xbf\xbd\\u007f\"" },
	{ "\xc2\xc2\x80", "\"\xef\xbf\xbd\\u0080\"" },
	{ "\xc3\x80\xc3\x80\xc3\x80\xc3\x80\xc3\x80\xc3\x80\xc3\x80\xc2\xc2\x80",
		"\"\xc3\x80\xc3\x80\xc3\x80\xc3\x80\xc3\x80\xc3\x80\xc3\x80\xef\xbf\xbd\\u0080\"" },
	/* three bytes each, so that a run of sixteen ends within one */
	{ "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac",
		"\"\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\"" },
};

static void
test_json_strings(void **unused)
{
	struct desk d;

	(void)unused;
	desk_begin(&d, 65536);
	for (size_t i = 0; i < COUNT(strings); i++) {
		size_t len = strlen(strings[i].json);
		struct buf b = buf_in(d.arena, len);
		buf_json(&b, span_of(strings[i].bytes));
		assert_span_is(buf_span(&b), strings[i].json);
		b = buf_in(d.arena, len - 1);
		buf_json(&b, span_of(strings[i].bytes));
		assert_int_equal(b.error, -ENOBUFS);
	}
	struct buf b = buf_in(d.arena, 100);
	buf_json(&b, (struct span){ (const uint8_t *)"a\0b", 3 });
	buf_json(&b, SPAN_NONE);
	assert_span_is(buf_span(&b), "\"a\\u0000b\"\"\"");
	desk_end(&d);
}

/* What a byte becomes in a JSON string. */
static void
escaped(char c, char out[8])
{
	const char *shorter = c ? strchr("\"\\\bb\ff\nn\rr\tt", c) : NULL;

	snprintf(out, 8, "\\u%04x", (uint8_t)c);
	if ((uint8_t)c >= 0x80)
		memcpy(out, "\xef\xbf\xbd", 4);
	else if ((uint8_t)c < 0x20 && shorter)
		snprintf(out, 8, "\\%c", shorter[1]);
	else if (c == '"' || c == '\\')
		snprintf(out, 8, "\\%c", c);
	else if ((uint8_t)c >= 0x20 && c != 0x7f)
		snprintf(out, 8, "%c", c);
}

static void
json_of_each_byte(struct desk *d, size_t len)
{
	for (size_t i = 0; i < len * 256; i++) {
		char text[] = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", expected[64],
		     middle[8];
		size_t at = i / 256;
		text[len] = 0;
		text[at] = (char)(i % 256);
		escaped(text[at], middle);
		int n = snprintf(expected, sizeof(expected), "\"%.*s%s%s\"", (int)at, text, middle,
			&text[at + 1]);
		assert_in_range(n, len + 2, sizeof(expected) - 1);
		struct buf b = buf_in(d->arena, 100);
		buf_json(&b, (struct span){ (const uint8_t *)text, len });
		assert_span_is(buf_span(&b), expected);
		arena_reset(d->arena);
	}
}

/* Each byte at each place of a text of each length up to some words, against a plain statement of the rule. */
static void
test_json_of_each_byte_at_each_place(void **unused)
{
	struct desk d;

	(void)unused;
	desk_begin(&d, 65536);
	for (size_t len = 1; len <= 35; len++)
		json_of_each_byte(&d, len);
	desk_end(&d);
}

/* Padded literals where there is room for the padding, where there is not, and at the ceiling. */
static void
test_padded(void **unused)
{
	struct desk d;

	(void)unused;
	desk_begin(&d, 65536);
	for (size_t max = 0; max < 80; max++) {
		struct buf b = buf_in(d.arena, max);
		for (int i = 0; i < 4; i++)
			buf_padded(&b, BUF_PADDED("\"name\":"));
		assert_int_equal(b.error, max < 28 ? -ENOBUFS : 0);
		if (max >= 28)
			assert_span_is(buf_span(&b), "\"name\":\"name\":\"name\":\"name\":");
		arena_reset(d.arena);
	}
	desk_end(&d);
}

static const struct {
	const char *s;
	size_t good, count;
} sequences[] = {
	{ "", 0, 0 },
	{ "ASCII of more than eight bytes", 30, 30 },
	{ "\xc2\x80", 2, 1 },
	{ "\xdf\xbf", 2, 1 },
	{ "\xe0\xa0\x80", 3, 1 },
	{ "\xed\x9f\xbf", 3, 1 },
	{ "\xee\x80\x80", 3, 1 },
	{ "\xef\xbf\xbf", 3, 1 },
	{ "\xf0\x90\x80\x80", 4, 1 },
	{ "\xf4\x8f\xbf\xbf", 4, 1 },
	{ "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\x89z", 11, 5 },
	{ "\x80", 0, 0 },
	{ "\xbf", 0, 0 },
	{ "\xc0\xaf", 0, 0 },
	{ "\xc1\xbf", 0, 0 },
	{ "\xc2", 0, 0 },
	{ "\xc2\x7f", 0, 0 },
	{ "\xc2\xc0", 0, 0 },
	{ "\xe0\x9f\xbf", 0, 0 },
	{ "\xe0\xa0", 0, 0 },
	{ "\xe1\x80\x7f", 0, 0 },
	{ "\xed\xa0\x80", 0, 0 },
	{ "\xed\xbf\xbf", 0, 0 },
	{ "\xf0\x8f\xbf\xbf", 0, 0 },
	{ "\xf0\x90\x80", 0, 0 },
	{ "\xf0\x90\x80\xc0", 0, 0 },
	{ "\xf4\x90\x80\x80", 0, 0 },
	{ "\xf5\x80\x80\x80", 0, 0 },
	{ "\xfe", 0, 0 },
	{ "\xff", 0, 0 },
	{ "12345678\x80", 8, 0 },
	{ "1234567\xc3", 7, 0 },
	{ "\xc3\xa9\xc3", 2, 0 },
	{ "\xc3\xa9z\xe2\x82z", 3, 0 },
};

static void
test_utf8(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(sequences); i++) {
		struct span s = span_of(sequences[i].s);
		if (utf8_check(s) != sequences[i].good)
			fail_msg("row %zu: %zu", i, utf8_check(s));
		if (sequences[i].good == s.len)
			assert_int_equal(utf8_count(s), sequences[i].count);
	}
	assert_int_equal(utf8_check(SPAN_NONE), 0);
}

/* All of Unicode, and every sequence of two and three bytes against the definition. */
static void
test_utf8_whole(void **unused)
{
	size_t accepted = 0;

	(void)unused;
	for (unsigned v = 0; v < 1 << 24; v++) {
		uint8_t s[] = { (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };
		if (s[0] >= 0x80 && (s[0] < 0xe0 || s[0] > 0xef) && (v & 0xff))
			continue;
		accepted += s[0] >= 0xe0 && utf8_check((struct span){ s, 3 }) == 3;
	}
	assert_int_equal(accepted, 0x10000 - 0x800 - 0x800);
	accepted = 0;
	for (unsigned v = 0; v < 1 << 16; v++) {
		uint8_t s[] = { (uint8_t)(v >> 8), (uint8_t)v };
		accepted += s[0] >= 0x80 && utf8_check((struct span){ s, 2 }) == 2;
	}
	assert_int_equal(accepted, 0x800 - 0x80);
	accepted = 0;
	for (unsigned v = 0; v < 1 << 24; v++) { /* the last byte as good as it can be */
		uint8_t s[] = { 0xf0 | (v >> 20 & 15), (uint8_t)(v >> 12), (uint8_t)(v >> 4),
			0x80 };
		accepted += (v & 15) == 0 && utf8_check((struct span){ s, 4 }) == 4;
	}
	assert_int_equal(accepted * 64, 0x100000);
}

static int
write_all(void *arg)
{
	struct arena *a = arena_new(1 << 20);
	struct buf b = buf_in(a, 100000);

	(void)arg;
	if (!a)
		return -ENOMEM;
	while (b.len < 60000 && !b.error)
		buf_json(&b, SPAN_LIT("some text with \"quotes\" in it"));
	arena_free(a);
	return b.error;
}

static void
test_out_of_memory(void **unused)
{
	(void)unused;
	assert_true(oom_each(write_all, NULL) >= 2 * 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_ceiling_holds_to_the_byte),
		cmocka_unit_test(test_a_failure_stays),
		cmocka_unit_test(test_over),
		cmocka_unit_test(test_nothing_and_room),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_json_strings),
		cmocka_unit_test(test_json_of_each_byte_at_each_place),
		cmocka_unit_test(test_padded),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_utf8_whole),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
