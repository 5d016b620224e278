/* test_json.c - JSON into a tree: values, escapes, numbers, what I-JSON refuses, limits, truncation. */
#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/tree/node_json.h"
#include "tests/tree/aid_tree.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */
/* out NULL: written again as it was read. */
static const struct {
	const char *in, *out;
} good[] = {
	{ "{}", NULL }, { "[]", NULL }, { "null", NULL }, { "true", NULL }, { "false", NULL }, { "\"\"", NULL },
	{ "\"a\"", NULL },
	{ " \t\r\n[ 1 , 2 ]\n", "[1,2]" }, { "{ \"a\" : { \"b\" : [ { } , [ ] ] } }", "{\"a\":{\"b\":[{},[]]}}" },
	{ "[0,-0,1,-1,10,1234567890123456789]", "[0,0,1,-1,10,1234567890123456789]" },
	{ "[9223372036854775807,9223372036854775808,18446744073709551615]", NULL },
	{ "[-9223372036854775808,-9223372036854775809,-18446744073709551616]", NULL },
	{ "[0.1,1.0,1e2,1E+2,1.50e-3,0e0,0E-5]", NULL },
	{ "{\"\":1,\"a\":2,\"A\":3}", NULL }, { "[[[[[[]]]]]]", NULL },
	{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
	{ "\"\\u0061\\u00e9\\u6C34\\ud83d\\uDE00\"", "\"a\xc3\xa9\xe6\xb0\xb4\xf0\x9f\x98\x80\"" },
	{ "\"\\u0001\\ud7ff\\ue000\\uffff\"", "\"\\u0001\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\"" },
	{ "\"\xc3\xa9\xe6\xb0\xb4\xf0\x9f\x98\x80\x7f\"", "\"\xc3\xa9\xe6\xb0\xb4\xf0\x9f\x98\x80\\u007f\"" },
	{ "\"plain text of more than sixteen bytes, / and '\"", NULL },
	{ "\"12345678\\n90123456789\\n\"", NULL }, { "{\"\\u0061\":1,\"b\":2}", "{\"a\":1,\"b\":2}" },
};

static const struct {
	const char *in;
	enum reason reason;
	size_t      offset;
} bad[] = {
	{ "", REASON_JSON_MALFORMED, 0 }, { "  ", REASON_JSON_MALFORMED, 2 },
	{ "\xef\xbb\xbf{}", REASON_JSON_MALFORMED, 0 },
	{ "[", REASON_JSON_MALFORMED, 1 }, { "]", REASON_JSON_MALFORMED, 0 },
	{ "[1", REASON_JSON_MALFORMED, 2 }, { "[1,", REASON_JSON_MALFORMED, 3 },
	{ "[1,]", REASON_JSON_MALFORMED, 3 }, { "[,1]", REASON_JSON_MALFORMED, 1 },
	{ "[1 2]", REASON_JSON_MALFORMED, 3 }, { "[1}", REASON_JSON_MALFORMED, 2 },
	{ "{\"a\"}", REASON_JSON_MALFORMED, 4 }, { "{\"a\":}", REASON_JSON_MALFORMED, 5 },
	{ "{\"a\":1,}", REASON_JSON_MALFORMED, 7 },
	{ "{a:1}", REASON_JSON_MALFORMED, 1 }, { "{1:1}", REASON_JSON_MALFORMED, 1 },
	{ "{\"a\":1]", REASON_JSON_MALFORMED, 6 }, { "{\"a\" 1}", REASON_JSON_MALFORMED, 5 },
	{ "nul", REASON_JSON_MALFORMED, 0 }, { "nulll", REASON_JSON_TRAILING, 4 },
	{ "True", REASON_JSON_MALFORMED, 0 }, { "NaN", REASON_JSON_MALFORMED, 0 },
	{ "[1]x", REASON_JSON_TRAILING, 3 }, { "1 2", REASON_JSON_TRAILING, 2 },
	{ "{} {}", REASON_JSON_TRAILING, 3 }, { "1//", REASON_JSON_TRAILING, 1 },
	{ "01", REASON_JSON_MALFORMED, 0 }, { "-", REASON_JSON_MALFORMED, 0 },
	{ "+1", REASON_JSON_MALFORMED, 0 }, { ".5", REASON_JSON_MALFORMED, 0 },
	{ "1.", REASON_JSON_MALFORMED, 0 }, { "1.e1", REASON_JSON_MALFORMED, 0 },
	{ "1e", REASON_JSON_MALFORMED, 0 }, { "1e+", REASON_JSON_MALFORMED, 0 },
	{ "1.5.5", REASON_JSON_MALFORMED, 0 }, { "-01", REASON_JSON_MALFORMED, 0 },
	{ "1-1", REASON_JSON_MALFORMED, 0 }, { "0x1", REASON_JSON_TRAILING, 1 },
	{ "18446744073709551616", REASON_JSON_NUMBER, 0 }, { "[-18446744073709551617]", REASON_JSON_NUMBER, 1 },
	{ "1e309", REASON_JSON_NUMBER, 0 },
	{ "-1e309", REASON_JSON_NUMBER, 0 }, { "1e99999999999999999999", REASON_JSON_NUMBER, 0 },
	{ "1.8e308", REASON_JSON_NUMBER, 0 },
	{ "\"", REASON_JSON_MALFORMED, 1 }, { "\"a", REASON_JSON_MALFORMED, 2 },
	{ "\"\\\"", REASON_JSON_MALFORMED, 3 }, { "\"\\", REASON_JSON_MALFORMED, 2 },
	{ "\"\n\"", REASON_JSON_MALFORMED, 1 }, { "\"\x1f\"", REASON_JSON_MALFORMED, 1 },
	{ "\"1234567\t\"", REASON_JSON_MALFORMED, 8 },
	{ "\"\\a\"", REASON_JSON_MALFORMED, 1 }, { "\"x\\u12\"", REASON_JSON_MALFORMED, 2 },
	{ "\"\\u12g4\"", REASON_JSON_MALFORMED, 1 }, { "\"\\\n\"", REASON_JSON_MALFORMED, 1 },
	{ "\"\\U0061\"", REASON_JSON_MALFORMED, 1 }, { "'a'", REASON_JSON_MALFORMED, 0 },
	{ "\"\\u0000\"", REASON_JSON_CHARACTER, 1 }, { "{\"a\\u0000\":1}", REASON_JSON_CHARACTER, 3 },
	{ "\"\\ud800\"", REASON_JSON_CHARACTER, 1 },
	{ "\"\\ud800x\"", REASON_JSON_CHARACTER, 1 }, { "\"\\udc00\"", REASON_JSON_CHARACTER, 1 },
	{ "\"\\ud800\\ud800\"", REASON_JSON_CHARACTER, 1 },
	{ "\"\\udc00\\ud800\"", REASON_JSON_CHARACTER, 1 }, { "\"\\ud800\\n\"", REASON_JSON_CHARACTER, 1 },
	{ "\"\xff\"", REASON_JSON_UTF8, 1 }, { "[\"a\xc3\"]", REASON_JSON_UTF8, 3 },
	{ "\"\xed\xa0\x80\"", REASON_JSON_UTF8, 1 },
	{ "\"\xc0\x80\"", REASON_JSON_UTF8, 1 }, { "\"\xf4\x90\x80\x80\"", REASON_JSON_UTF8, 1 },
	{ "{\"\xe9\":1}", REASON_JSON_UTF8, 2 },
	{ "{\"a\":1,\"a\":1}", REASON_JSON_DUPLICATE, 11 },
	{ "{\"a\":1,\"\\u0061\":2}", REASON_JSON_DUPLICATE, 16 },
	{ "[{\"a\":{\"b\":1,\"c\":2,\"b\":3}}]", REASON_JSON_DUPLICATE, 23 },
	{ "{\"\":1,\"\":1}", REASON_JSON_DUPLICATE, 9 },
};
/* clang-format on */

static void
reads_and_writes_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct reading r;
		struct buf b;

		reading_begin(&r);
		if (!reading_of(&r, node_from_json, span_of(good[i].in)))
			fail_msg("%s: %s", good[i].in, reason_code(reading_reason(&r)));
		b = buf_in(r.arena, 4096);
		node_to_json(&b, r.root);
		buf_char(&b, 0);
		assert_string_equal(
			(const char *)buf_span(&b).ptr, good[i].out ? good[i].out : good[i].in);
		reading_end(&r);
	}
}

static void
refuses_with_reason_and_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		size_t offset;
		enum reason reason = reason_of(node_from_json, span_of(bad[i].in), &offset);

		if (reason != bad[i].reason || offset != bad[i].offset)
			fail_msg("%s: %s at %zu", bad[i].in, reason_code(reason), offset);
	}
}

static void
refuses_nul_anywhere(void **state)
{
	static const char text[] = "{\"a\":[1,\"b\",true]}";

	(void)state;
	for (size_t i = 0; i <= sizeof(text) - 1; i++) {
		char with[sizeof(text) + 1];

		memcpy(with, text, i);
		with[i] = 0;
		memcpy(&with[i + 1], &text[i], sizeof(text) - 1 - i);
		assert_int_not_equal(reason_of(node_from_json,
					     (struct span){ (uint8_t *)with, sizeof(text) }, NULL),
			0);
	}
}

static void
refuses_every_truncation(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (strchr("{[\"tfn", good[i].in[0])) /* a number cut short is a number */
			assert_truncation_refused(node_from_json, span_of(good[i].in));
}

static void
reads_numbers_exactly(void **state)
{
	/* clang-format off */
	static const struct { const char *text; double v; } rows[] = {
		{ "0.1", 0.1 }, { "-0.0", -0.0 }, { "1e22", 1e22 }, { "1e23", 1e23 },
		{ "123456789012345.678", 123456789012345.678 },
		{ "9007199254740993.0", 9007199254740992.0 }, { "9007199254740993.0000001", 9007199254740994.0 },
		{ "1.7976931348623157e308", 1.7976931348623157e308 }, { "5e-324", 5e-324 },
		{ "2.4703282292062327e-324", 0.0 },
		{ "1e-400", 0.0 }, { "1e-99999999999", 0.0 }, { "0e999999999999", 0.0 },
		{ "0.000000000000000000000000000001e30", 1.0 },
		{ "2.2250738585072011e-308", 2.2250738585072011e-308 }, { "4.35", 4.35 }, { "1.50e-3", 0.0015 },
	};
	/* clang-format on */
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct reading r;

		reading_begin(&r);
		assert_non_null(reading_of(&r, node_from_json, span_of(rows[i].text)));
		assert_int_equal(r.root->kind, NODE_REAL);
		if (memcmp(&r.root->as.real, &rows[i].v, sizeof(double)) != 0)
			fail_msg("%s: %.17g", rows[i].text, r.root->as.real);
		assert_true(span_is(r.root->raw, rows[i].text));
		reading_end(&r);
	}
}

static void
keeps_kinds_and_places(void **state)
{
	struct reading r;
	const struct node *n;

	(void)state;
	reading_begin(&r);
	n = reading_of(&r, node_from_json,
		SPAN_LIT(" {\"a\": [1, \"x\\ny\", null], \"b\":18446744073709551615}"));
	assert_int_equal(n->kind, NODE_MAP);
	assert_int_equal(n->offset, 1);
	assert_int_equal(n->raw.len, 50);
	assert_int_equal(node_get(n, "a")->size, 3);
	assert_int_equal(node_get(n, "a")->offset, 7);
	assert_true(span_is(node_get(n, "a")->raw, "[1, \"x\\ny\", null]"));
	assert_true(span_is(node_text(node_at(node_get(n, "a"), 1)), "x\ny"));
	assert_int_equal(node_at(node_get(n, "a"), 1)->offset, 11);
	assert_int_equal(node_at(node_get(n, "a"), 2)->kind, NODE_NULL);
	assert_int_equal(node_get(n, "b")->kind, NODE_BIG);
	assert_int_equal(node_get(n, "b")->key_kind, KEY_TEXT);
	reading_end(&r);
}

/* n letters between head and tail. */
static struct span
padded(struct reading *r, const char *head, char with, size_t n, const char *tail)
{
	struct buf b = buf_in(r->arena, SIZE_MAX);

	buf_str(&b, head);
	while (n-- > 0)
		buf_char(&b, with);
	buf_str(&b, tail);
	return buf_span(&b);
}

static void
keeps_limits(void **state)
{
	/* clang-format off */
	static const struct { const char *limit, *head; char with; const char *tail; size_t at; } rows[] = {
		{ "json.string", "[\"", 'x', "\"]", 50 }, { "json.string", "{\"", 'x', "\":1}", 50 },
		{ "json.string", "\"\xc3\xa9", 'x', "\"", 48 },
		{ "json.number", "[1", '0', ".5e-99]", 13 }, { "json.number", "0.", '1', "", 18 },
	};
	/* clang-format on */
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t n = rows[i].at - 1; n <= rows[i].at + 1; n++) {
			struct reading r;

			reading_begin(&r);
			r.limits.json_string = 50;
			r.limits.json_number = 20;
			reading_of(&r, node_from_json,
				padded(&r, rows[i].head, rows[i].with, n, rows[i].tail));
			assert_int_equal(r.root != NULL, n <= rows[i].at);
			if (!r.root)
				assert_string_equal(reading_limit(&r), rows[i].limit);
			reading_end(&r);
		}
}

/* Lists of lists, objects of objects and flat lists, by count. */
static void
keeps_limits_of_counts(void **state)
{
	static const char *const units[] = { "[", "{\"a\":", "1," };

	(void)state;
	for (size_t unit = 0; unit < COUNT(units); unit++)
		for (size_t n = 9; n <= 11; n++) {
			struct reading r;
			struct buf b;

			reading_begin(&r);
			r.limits.json_depth = unit < 2 ? 10 : 64;
			r.limits.json_nodes = unit < 2 ? 64 : 11; /* the list itself counts */
			b = buf_in(r.arena, 4096);
			if (unit == 2)
				buf_char(&b, '[');
			for (size_t i = 0; i + (unit == 2) < n; i++)
				buf_str(&b, units[unit]);
			buf_str(&b, "1");
			for (size_t i = 0; i < (unit == 2 ? 1 : n); i++)
				buf_char(&b, unit == 1 ? '}' : ']');
			reading_of(&r, node_from_json, buf_span(&b));
			assert_int_equal(r.root != NULL, n <= 10);
			if (!r.root)
				assert_string_equal(
					reading_limit(&r), unit < 2 ? "json.depth" : "json.nodes");
			reading_end(&r);
		}
}

/* n members with names that share a long start; the last is a twin when asked for. */
static struct span
object_of(struct reading *r, size_t n, bool twin)
{
	struct buf b = buf_in(r->arena, SIZE_MAX);

	buf_char(&b, '{');
	for (size_t i = 0; i < n; i++) {
		buf_str(&b, i ? ",\"name" : "\"name");
		buf_uint(&b, twin && i == n - 1 ? n / 2 : i + (i >= n / 2 && twin && n < 3));
		buf_str(&b, "\":0");
	}
	buf_char(&b, '}');
	return buf_span(&b);
}

static void
finds_duplicates_in_objects_of_any_size(void **state)
{
	static const size_t sizes[] = { 4, 15, 16, 17, 18, 33, 100, 1000, 40000 };

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++)
		for (int twin = 0; twin < 2; twin++) {
			struct reading r;
			struct span in;

			reading_begin(&r);
			in = object_of(&r, sizes[i], twin);
			reading_of(&r, node_from_json, in);
			assert_int_equal(reading_reason(&r), twin ? REASON_JSON_DUPLICATE : 0);
			if (twin)
				assert_int_equal(reading_offset(&r), in.len - 2);
			reading_end(&r);
		}
}

static void
survives_every_budget(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_budgets_survived(node_from_json, span_of(good[i].in));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes_again),
		cmocka_unit_test(refuses_with_reason_and_place),
		cmocka_unit_test(refuses_nul_anywhere),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(reads_numbers_exactly),
		cmocka_unit_test(keeps_kinds_and_places),
		cmocka_unit_test(keeps_limits),
		cmocka_unit_test(keeps_limits_of_counts),
		cmocka_unit_test(finds_duplicates_in_objects_of_any_size),
		cmocka_unit_test(survives_every_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
