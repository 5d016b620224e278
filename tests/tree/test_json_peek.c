/* test_json_peek.c - the names in a JSON text with their depths, and nothing beyond its end, however it is damaged. */
#include "codecs/tree/json_peek.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

struct found {
	const char *name;
	unsigned depth;
	const char *value; /* begins so */
};

static const struct {
	const char *json;
	struct found found[4];
} rows[] = {
	{ "", { { 0 } } },
	{ "{}", { { 0 } } },
	{ "\"a\"", { { 0 } } },
	{ "[\"a\",\"b\"]", { { 0 } } },
	{ "{\"a\":1}", { { "a", 1, "1}" } } },
	{ " { \"a\" \t\r\n : \v\f \"b\" , \"c\":2}", { { "a", 1, "\"b\" ," }, { "c", 1, "2}" } } },
	{ "{\"a\":{\"b\":[{\"c\":1}]},\"d\":2}",
		{ { "a", 1, "{\"b\"" }, { "b", 2, "[{" }, { "c", 4, "1}" }, { "d", 1, "2}" } } },
	{ "[{\"a\":1},{\"b\":2}]", { { "a", 2, "1}" }, { "b", 2, "2}" } } },
	/* what stands in a string is no name and no bracket */
	{ "{\"a\":\"\\\"b\\\":{\",\"c\":\"}\",\"d\":0}",
		{ { "a", 1, "\"\\\"b" }, { "c", 1, "\"}\"" }, { "d", 1, "0}" } } },
	{ "{\"a\\\"\\\\\":1}", { { "a\\\"\\\\", 1, "1}" } } },
	{ "{\"\":1}", { { "", 1, "1}" } } },
	/* cut off */
	{ "{\"a\":", { { "a", 1, "" } } },
	{ "{\"a\": ", { { "a", 1, "" } } },
	{ "{\"a\" ", { { 0 } } },
	{ "{\"a\"", { { 0 } } },
	{ "{\"a", { { 0 } } },
	{ "{\"a\\", { { 0 } } },
	{ "{\"", { { 0 } } },
	/* one bracket too many: no depth is that of the outermost object again */
	{ "}{\"a\":1}", { { "a", 0, "1}" } } },
};

static void
test_names(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_peek p = { .c = cursor_over(span_of(rows[i].json)) };
		struct span name, value;

		for (const struct found *f = rows[i].found; f->name && f < &rows[i].found[4]; f++)
			if (!json_peek_next(&p, &name, &value) || !span_is(name, f->name) ||
				p.depth != f->depth || !span_starts(value, span_of(f->value)))
				fail_msg("row %zu: %s", i, f->name);
		if (json_peek_next(&p, &name, &value) || json_peek_next(&p, &name, &value))
			fail_msg("row %zu: more than there is", i);
	}
}

/* In memory of just that length, so that a sanitizer sees what is read beyond. */
static void
test_every_prefix(void **unused)
{
	static const char json[] = "[{\"a\" : \"\\\\\\\"\", \"b\":{\"c\\\"\":[\"x\"]} }]";

	(void)unused;
	for (size_t len = 0; len < sizeof(json); len++) {
		uint8_t *copy = malloc(len + !len);
		struct json_peek p = { .c = cursor_over((struct span){ copy, len }) };
		struct span name, value;
		size_t count = 0;

		assert_non_null(copy);
		memcpy(copy, json, len);
		for (; json_peek_next(&p, &name, &value); count++)
			assert_true(name.ptr > copy && value.ptr > name.ptr &&
				    value.ptr + value.len == copy + len);
		assert_int_equal(count, (len > 6) + (len > 19) + (len > 26));
		free(copy);
	}
}

static void
test_blanks(void **unused)
{
	struct span s = SPAN_LIT("a \t\v\r\nb ");

	(void)unused;
	assert_int_equal(json_peek_blanks(s, 0), 0);
	assert_int_equal(json_peek_blanks(s, 1), 6);
	assert_int_equal(json_peek_blanks(s, 6), 6);
	assert_int_equal(json_peek_blanks(s, 7), 8);
	assert_int_equal(json_peek_blanks(s, 8), 8);
	assert_int_equal(json_peek_blanks(s, 9), 9);
	assert_int_equal(json_peek_blanks(SPAN_NONE, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_blanks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
