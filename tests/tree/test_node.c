/* test_node.c - looking up, comparing and pointing at nodes, whichever format they came from. */
#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/tree/node_json.h"
#include "tests/tree/aid_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
looks_up(void **state)
{
	struct reading r;
	const struct node *n;

	(void)state;
	reading_begin(&r);
	n = reading_of(&r, node_from_json, SPAN_LIT("{\"a\":[10,11,12],\"ab\":\"x\",\"1\":null}"));
	assert_int_equal(node_at(node_get(n, "a"), 2)->as.integer, 12);
	assert_null(node_at(node_get(n, "a"), 3));
	assert_null(node_at(node_get(n, "a"), SIZE_MAX));
	assert_ptr_equal(node_at(n, 1), node_get(n, "ab"));
	assert_null(node_get(n, "b"));
	assert_null(node_get(n, ""));
	assert_null(node_get(NULL, "a"));
	assert_null(node_get(node_get(n, "a"), "a"));
	assert_null(node_get_int(n, 1));
	assert_null(node_get_int(NULL, 1));
	assert_null(node_at(NULL, 0));
	assert_true(span_is(node_text(node_get(n, "ab")), "x"));
	assert_null(node_text(n).ptr);
	assert_null(node_text(NULL).ptr);
	assert_false(node_has_tag(n, 0));
	assert_false(node_has_tag(NULL, 0));
	reading_end(&r);
}

/* clang-format off */
/* Each in JSON ('{', '[', '"', digit) or, behind a colon, CBOR in hex. */
static const struct {
	const char *a, *b;
	bool equal;
} pairs[] = {
	{ "1", "1.0", true }, { "1", "1", true }, { "1", "2", false }, { "1", "true", false },
	{ "0", "-0.0", true }, { "0", "null", false },
	{ "1", ":f93c00", true }, { "1", ":01", true }, { "[1,2]", ":9f0102ff", true },
	{ "[1,2]", "[2,1]", false }, { "[1]", "[1,1]", false },
	{ "\"a\"", ":6161", true }, { "\"a\"", ":4161", false }, { ":4161", ":5f4161ff", true },
	{ ":c101", ":01", true }, { ":f6", ":f7", true },
	{ "null", ":f6", true }, { "true", ":f5", true }, { "true", "false", false }, { ":e0", ":e1", false },
	{ ":f8ff", ":f8ff", true },
	{ "9223372036854775807", "9223372036854775807.0", false },
	{ "9223372036854775808", "9223372036854775808.0", true },
	{ "9223372036854775808", "9.223372036854775808e18", true },
	{ "9223372036854775808", ":1b8000000000000000", true },
	{ "9223372036854775808", "9223372036854775807", false },
	{ "-9223372036854775808", "-9.223372036854775808e18", true },
	{ "18446744073709551615", ":1bffffffffffffffff", true },
	{ "18446744073709551615", "18446744073709551615.0", false },
	{ "-18446744073709551616", ":3bffffffffffffffff", true },
	{ "-18446744073709551616", "-1.8446744073709551616e19", true },
	{ "-9223372036854775809", ":3b8000000000000000", true }, { "9223372036854775808", "1e300", false },
	{ "9223372036854775808", ":c11b8000000000000000", true },
	{ "9007199254740993", "9007199254740993.0", false }, { "9007199254740992", "9007199254740993.0", true },
	{ ":f97e00", ":fa7fc00001", true },
	{ ":f97c00", ":f9fc00", false }, { ":f97c00", "9223372036854775808", false }, { "1e300", "1", false },
	{ "0.5", "0", false },
	{ "{\"a\":1,\"b\":[2]}", "{\"b\":[2],\"a\":1}", true }, { "{\"a\":1}", "{\"a\":2}", false },
	{ "{\"a\":1}", "{\"b\":1}", false },
	{ "{\"a\":1}", "{\"a\":1,\"b\":2}", false }, { "{}", "[]", false }, { "{}", ":bfff", true },
	{ "{\"a\":1}", ":a1616101", true }, { "{\"1\":1}", ":a10101", false },
	{ ":a201020304", ":a203040102", true }, { ":a1f601", ":a1f701", false },
	{ ":a1810101", ":a19f01ff01", true },
	{ "<a>1<b/>2</a>", "<a>1<b/>2</a>", true }, { "<a>1<b/>2</a>", "<a>2<b/>1</a>", false },
	{ "<a><b>1</b><b>2</b></a>", "<a><b>2</b><b>1</b></a>", false },
	{ "<a><b>1</b><c/><b>2</b></a>", "<a><c/><b>1</b><b>2</b></a>", true },
	{ "<a x='1' y='2'/>", "<a y='2' x='1'/>", true }, { "<a x='1'/>", "<a><x>1</x></a>", false },
};
/* clang-format on */

static const struct node *
any(struct reading *r, const char *text)
{
	if (text[0] == ':')
		return reading_of(r, node_from_cbor, reading_hex(r, &text[1]));
	return reading_of(r, text[0] == '<' ? node_from_xml : node_from_json, span_of(text));
}

static void
compares_by_content(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct reading r;
		const struct node *a, *b;

		reading_begin(&r);
		a = any(&r, pairs[i].a);
		b = any(&r, pairs[i].b);
		assert_non_null(a);
		assert_non_null(b);
		assert_true(node_equal(a, a));
		if (node_equal(a, b) != pairs[i].equal || node_equal(b, a) != pairs[i].equal)
			fail_msg("%s and %s", pairs[i].a, pairs[i].b);
		assert_false(node_equal(a, NULL));
		reading_end(&r);
	}
	assert_true(node_equal(NULL, NULL));
}

static void
points(void **state)
{
	struct reading r;
	const struct node *n;
	struct span pointer;
	struct place at;

	(void)state;
	reading_begin(&r);
	n = reading_of(&r, node_from_json, SPAN_LIT("{\"a/b\":[0,{\"m~n\":{\"\":1}}]}"));
	assert_int_equal(node_pointer(&r.work, n, &pointer), 0);
	assert_true(span_is(pointer, ""));
	assert_non_null(pointer.ptr);
	n = node_get(node_get(node_at(node_get(n, "a/b"), 1), "m~n"), "");
	assert_int_equal(node_pointer(&r.work, n, &pointer), 0);
	assert_true(span_is(pointer, "/a~1b/1/m~0n/"));
	at = node_place(&r.work, n, "cwt");
	assert_string_equal(at.layer, "cwt");
	assert_int_equal(at.offset, 21);
	assert_true(span_is(at.pointer, "/a~1b/1/m~0n/"));
	at = node_place(&r.work, NULL, "cwt");
	assert_int_equal(at.offset, PLACE_NO_OFFSET);
	assert_null(at.pointer.ptr);
	reading_end(&r);

	reading_begin(&r);
	n = any(&r, ":a1390103a141618101");
	n = node_at(node_at(node_get_int(n, -260), 0), 0);
	assert_int_equal(node_pointer(&r.work, n, &pointer), 0);
	assert_true(span_is(pointer, "/-260/cbor:4161/0"));
	reading_end(&r);
}

/* A pointer needs little; without memory a place still has its layer and offset. */
static void
points_without_memory(void **state)
{
	struct reading r;
	const struct node *n;
	struct span pointer = SPAN_LIT("untouched");
	struct place at;

	(void)state;
	reading_begin(&r);
	n = reading_of(&r, node_from_json, SPAN_LIT("[[1]]"));
	r.work.arena = arena_new(16);
	n = n->child->child;
	assert_true(node_pointer(&r.work, n, &pointer) < 0);
	assert_true(span_is(pointer, "untouched"));
	at = node_place(&r.work, n, "x");
	assert_int_equal(at.offset, 2);
	assert_null(at.pointer.ptr);
	arena_free(r.work.arena);
	reading_end(&r);
}

static void
writes_json(void **state)
{
	/* clang-format off */
	static const struct { const char *in, *json; } rows[] = {
		{ ":a3390103f7206162f5f93e00", "{\"-260\":null,\"-1\":\"b\",\"cbor:f5\":1.5}" },
		{ ":fb3fb999999999999a", "0.1" }, { ":fb44b52d02c7e14af7", "1.0000000000000001e+23" },
		{ ":fa00000001", "1.401298464324817e-45" }, { ":fb0000000000000001", "4.94065645841247e-324" },
		{ ":c1fb41d452d9ec200000", "1363896240.5" }, { ":6122", "\"\\\"\"" },
		{ "[1.50,1e2]", "[1.50,1e2]" },
		{ "<a x='1'><b/>t</a>", "{\"@x\":\"1\",\"b\":{},\"#text\":\"t\"}" },
	};
	/* clang-format on */
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct reading r;
		struct buf b;

		reading_begin(&r);
		assert_non_null(any(&r, rows[i].in));
		b = buf_in(r.arena, 4096);
		node_to_json(&b, r.root);
		buf_char(&b, 0);
		assert_string_equal((const char *)buf_span(&b).ptr, rows[i].json);
		reading_end(&r);
	}
}

/* Writing starts at any node: neither its own key nor its siblings belong to it. */
static void
writes_json_of_a_part(void **state)
{
	struct reading r;
	struct buf b;

	(void)state;
	reading_begin(&r);
	assert_non_null(any(&r, "{\"a\":{\"b\":[1]},\"c\":2}"));
	b = buf_in(r.arena, 4096);
	node_to_json(&b, node_get(r.root, "a"));
	assert_true(span_is(buf_span(&b), "{\"b\":[1]}"));
	reading_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_up),
		cmocka_unit_test(compares_by_content),
		cmocka_unit_test(points),
		cmocka_unit_test(points_without_memory),
		cmocka_unit_test(writes_json),
		cmocka_unit_test(writes_json_of_a_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
