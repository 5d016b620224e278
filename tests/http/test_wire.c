/* test_wire.c - the chunked coding: bodies put together, faults told, the same wherever they are cut. */
#include "gateway/http/parse/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct config_http limits = { .line = 64, .head = 64, .field = 40, .fields = 2 };

enum { MAX = 20 };

struct outcome {
	enum parse_result result;
	struct fault fault;
	size_t used, len;
	uint8_t body[64];
};

/* Feeds pieces that end at `cut` and at the end; cut 0: byte by byte. */
static struct outcome
run(struct span all, size_t cut)
{
	struct chunks c = chunks_upto(MAX, "http.body");
	struct outcome o = { PARSE_MORE, { 0 }, 0, 0, { 0 } };
	size_t end = cut ? cut : 1;

	while (o.result == PARSE_MORE) {
		size_t used = 0;
		struct span data;
		o.result = chunks_parse(
			&c, &limits, span_slice(all, o.used, end - o.used), &used, &data);
		if (o.result == PARSE_BAD)
			break;
		o.used += used;
		assert_true(o.len + data.len <= sizeof(o.body));
		if (data.len > 0)
			memcpy(o.body + o.len, data.ptr, data.len);
		o.len += data.len;
		if (o.used == end && end == all.len)
			break;
		if (o.used == end)
			end = cut ? all.len : end + 1;
	}
	o.fault = c.fault;
	return o;
}

static const struct {
	const char *text;
	size_t len;
	const char *body; /* NULL: bad */
	enum problem problem;
	const char *limit;
} rows[] = {
	{ "0\r\n\r\n", 0, "", 0, NULL },
	{ "000\r\n\r\n", 0, "", 0, NULL },
	{ "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", 0, "hello world", 0, NULL },
	{ "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", 0, "01234567890123456789", 0, NULL },
	{ "0000000000000001\r\nx\r\n0\r\n\r\n", 0, "x", 0, NULL },
	{ "1\r\n\0\r\n0\r\n\r\n", 11, "", 0, NULL },
	{ "1\r\nx\r\n0\r\nVary: *\r\nContent-Length: 9\r\n\r\n", 0, "x", 0, NULL },
	{ "00000000000000001\r\n", 0, NULL, PROBLEM_HTTP_MALFORMED, NULL },
	{ "\r\n", 0, NULL, PROBLEM_HTTP_MALFORMED, NULL },
	{ "-1\r\n", 0, NULL, PROBLEM_HTTP_MALFORMED, NULL },
	{ "+1\r\n", 0, NULL, PROBLEM_HTTP_MALFORMED, NULL },
	{ "0x1\r\n", 0, NULL, PROBLEM_HTTP_MALFORMED, NULL },
	{ "1_0\r\n", 0, NULL, PROBLEM_HTTP_MALFORMED, NULL },
	{ " 1\r\n", 0, NULL, PROBLEM_HTTP_MALFORMED, NULL },
	{ "1 \r\n", 0, NULL, PROBLEM_HTTP_MALFORMED, NULL },
	{ "1;a=b\r\nx\r\n0\r\n\r\n", 0, NULL, PROBLEM_HTTP_MALFORMED, NULL },
	{ "1\nx\r\n", 0, NULL, PROBLEM_HTTP_MALFORMED, NULL },
	{ "1\r\r", 0, NULL, PROBLEM_HTTP_MALFORMED, NULL },
	{ "1\r\nxx", 0, NULL, PROBLEM_HTTP_MALFORMED, NULL },
	{ "1\r\nx\n", 0, NULL, PROBLEM_HTTP_MALFORMED, NULL },
	{ "1\r\nx\rz", 0, NULL, PROBLEM_HTTP_MALFORMED, NULL },
	{ "0\r\n x", 0, NULL, PROBLEM_HTTP_MALFORMED, NULL },
	{ "0\r\nx\r\n", 0, NULL, PROBLEM_HTTP_MALFORMED, NULL },
	{ "0\r\n\rx", 0, NULL, PROBLEM_HTTP_MALFORMED, NULL },
	{ "15\r\n", 0, NULL, PROBLEM_HTTP_TOO_LARGE, "http.body" },
	{ "ffffffffffffffff\r\n", 0, NULL, PROBLEM_HTTP_TOO_LARGE, "http.body" },
	{ "a\r\n0123456789\r\nb\r\n", 0, NULL, PROBLEM_HTTP_TOO_LARGE, "http.body" },
	{ "0\r\na:\r\nb:\r\nc:\r\n\r\n", 0, NULL, PROBLEM_HTTP_FIELDS, "http.fields" },
	{ "0\r\na:0123456789012345678901234567890123456789\r\n\r\n", 0, NULL, PROBLEM_HTTP_FIELDS,
		"http.field" },
	{ "0\r\na:01234567890123456789012345678\r\nb:01234567890123456789012345678\r\n", 0, NULL,
		PROBLEM_HTTP_FIELDS, "http.head" },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span all = { (const uint8_t *)rows[i].text,
			rows[i].len ? rows[i].len : strlen(rows[i].text) };
		for (size_t cut = 0; cut <= all.len; cut++) {
			struct outcome o = run(all, cut);
			if (o.result != (rows[i].body ? PARSE_DONE : PARSE_BAD) ||
				o.fault.problem != rows[i].problem)
				fail_msg("row %zu cut %zu: result %d, fault %d", i, cut, o.result,
					(int)o.fault.problem);
			if (rows[i].limit)
				assert_string_equal(o.fault.limit, rows[i].limit);
			if (!rows[i].body)
				continue;
			assert_int_equal(o.used, all.len);
			assert_int_equal(o.len, rows[i].len ? 1 : strlen(rows[i].body));
			assert_memory_equal(o.body, rows[i].body, o.len);
		}
	}
}

/* What follows the end is left for the next request; a body cut short never ends. */
static void
test_ends(void **state)
{
	struct span all = span_of("5\r\nhello\r\n0\r\nx: y\r\n\r\nGET / HTTP/1.1\r\n");
	size_t end = strlen("5\r\nhello\r\n0\r\nx: y\r\n\r\n");

	(void)state;
	assert_int_equal(run(all, all.len).used, end);
	for (size_t n = 1; n < end; n++)
		assert_int_equal(run(span_slice(all, 0, n), n).result, PARSE_MORE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows),
		cmocka_unit_test(test_ends) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
