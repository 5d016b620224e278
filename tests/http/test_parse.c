/* test_parse.c - request heads: what is read from good ones, the fault of bad ones, the same wherever they are cut. */
#include "gateway/http/parse/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct config_http limits = { .line = 64, .head = 256, .field = 100, .fields = 6 };

#define H    "Host: a\r\n"
#define GET  "GET / HTTP/1.1\r\n"
#define POST "POST / HTTP/1.1\r\n" H

static const struct {
	const char *text;
	size_t len; /* 0: up to the NUL */
	enum problem problem;
} bad[] = {
	{ GET "\r\n", 0, PROBLEM_HTTP_HOST },
	{ GET H "host: a\r\n\r\n", 0, PROBLEM_HTTP_HOST },
	{ GET "Host: \r\n\r\n", 0, PROBLEM_HTTP_HOST },
	{ GET "Host: a b\r\n\r\n", 0, PROBLEM_HTTP_HOST },
	{ GET "Host: a@b\r\n\r\n", 0, PROBLEM_HTTP_HOST },
	{ GET "Host: a:8o\r\n\r\n", 0, PROBLEM_HTTP_HOST },
	{ GET "Host: [::1\r\n\r\n", 0, PROBLEM_HTTP_HOST },
	{ GET "Host: []\r\n\r\n", 0, PROBLEM_HTTP_HOST },
	{ GET "Host: \xff\r\n\r\n", 0, PROBLEM_HTTP_HOST },
	{ "GET http://b/ HTTP/1.1\r\n" H "\r\n", 0, PROBLEM_HTTP_HOST },
	{ "GET http://u@a/ HTTP/1.1\r\n" H "\r\n", 0, PROBLEM_HTTP_HOST },
	{ "GET http:///x HTTP/1.1\r\n" H "\r\n", 0, PROBLEM_HTTP_HOST },
	{ "GET ftp://a/ HTTP/1.1\r\n" H "\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "GET a HTTP/1.1\r\n" H "\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "GET * HTTP/1.1\r\n" H "\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "GET /%4 HTTP/1.1\r\n" H "\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "GET /%zz HTTP/1.1\r\n" H "\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "GET /#x HTTP/1.1\r\n" H "\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "GET /\xce\xb4 HTTP/1.1\r\n" H "\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "GET /\r\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "GET  / HTTP/1.1\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "GET /  HTTP/1.1\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "GET\t/ HTTP/1.1\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ " GET / HTTP/1.1\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "G(T / HTTP/1.1\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "GET / http/1.1\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "GET / HTTP/1.1 \r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "GET / HTTP/1.1\n" H "\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "GET / HTTP/1.1\r" H, 0, PROBLEM_HTTP_MALFORMED },
	{ "GET / HTTP/1,1\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "GET / HTTP/x.1\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "\r\n\r\nGET / HTTP/1.1\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "\nGET / HTTP/1.1\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ "GET / HTTP/2.0\r\n", 0, PROBLEM_HTTP_VERSION },
	{ "GET / HTTP/1.2\r\n", 0, PROBLEM_HTTP_VERSION },
	{ "GET / HTTP/0.9\r\n", 0, PROBLEM_HTTP_VERSION },
	{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0, PROBLEM_HTTP_VERSION },
	{ GET H " x: y\r\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ GET H "x: y\r\n z\r\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ GET H "x : y\r\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ GET H ": y\r\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ GET H "x\r\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ GET H "x: y\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ GET H "x: y\rz\r\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ GET H "x: \x7f\r\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ GET H "x: a\0b\r\n\r\n", sizeof(GET H "x: a\0b\r\n\r\n") - 1, PROBLEM_HTTP_MALFORMED },
	{ GET H "x\0: b\r\n\r\n", sizeof(GET H "x\0: b\r\n\r\n") - 1, PROBLEM_HTTP_MALFORMED },
	{ GET H "\rx", 0, PROBLEM_HTTP_MALFORMED },
	{ POST "Content-Length: \r\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ POST "Content-Length: +1\r\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ POST "Content-Length: 1_0\r\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ POST "Content-Length: 010\r\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ POST "Content-Length: 0x1\r\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ POST "Content-Length: 1, 1\r\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ POST "Content-Length: 1234567890123456789\r\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ POST "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ POST "Content-Length : 1\r\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ POST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 0,
		PROBLEM_HTTP_MALFORMED },
	{ POST "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 0,
		PROBLEM_HTTP_MALFORMED },
	{ POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 0,
		PROBLEM_HTTP_MALFORMED },
	{ POST "Transfer-Encoding: gzip, chunked\r\n\r\n", 0, PROBLEM_HTTP_CODING },
	{ POST "Transfer-Encoding: ,chunked\r\n\r\n", 0, PROBLEM_HTTP_CODING },
	{ POST "Transfer-Encoding: identity\r\n\r\n", 0, PROBLEM_HTTP_CODING },
	{ POST "Transfer-Encoding: \xa0"
	       "chunked\r\n\r\n",
		0, PROBLEM_HTTP_CODING },
	{ POST "Transfer-Encoding:\r\n\r\n", 0, PROBLEM_HTTP_CODING },
	{ "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ POST "Content-Type: a/b\r\nContent-Type: a/b\r\n", 0, PROBLEM_HTTP_MALFORMED },
	{ POST "Expect: 200-ok\r\nContent-Length: 1\r\n\r\n", 0, PROBLEM_HTTP_EXPECTATION },
	{ POST "\r\n", 0, PROBLEM_HTTP_LENGTH },
	{ GET H "Content-Length: 1\r\n\r\n", 0, PROBLEM_HTTP_BODY },
	{ GET H "Transfer-Encoding: chunked\r\n\r\n", 0, PROBLEM_HTTP_BODY },
};

static enum parse_result
parse_whole(struct head *h, struct span all)
{
	*h = (struct head){ 0 };
	return head_parse(h, &limits, all);
}

/* Byte by byte, each time from another address; and cut in two at `cut`. */
static enum parse_result
parse_cut(struct head *h, struct span all, size_t cut)
{
	enum parse_result r = PARSE_MORE;

	*h = (struct head){ 0 };
	for (size_t n = cut ? cut : 1; n <= all.len && r == PARSE_MORE;) {
		uint8_t *copy = malloc(n);
		assert_non_null(copy);
		memcpy(copy, all.ptr, n);
		r = head_parse(h, &limits, (struct span){ copy, n });
		free(copy);
		n = cut && n < all.len ? all.len : n + 1;
	}
	return r;
}

static void
assert_same_everywhere(struct span all)
{
	struct head whole, part;
	enum parse_result r = parse_whole(&whole, all);

	for (size_t cut = 0; cut <= all.len; cut++) {
		assert_int_equal(parse_cut(&part, all, cut), r);
		assert_int_equal(part.fault.problem, whole.fault.problem);
		assert_ptr_equal(part.fault.limit, whole.fault.limit);
		if (r == PARSE_DONE)
			assert_memory_equal(&part, &whole, sizeof(part));
	}
}

static void
test_bad_heads(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct span all = { (const uint8_t *)bad[i].text,
			bad[i].len ? bad[i].len : strlen(bad[i].text) };
		struct head h;
		if (parse_whole(&h, all) != PARSE_BAD || h.fault.problem != bad[i].problem)
			fail_msg("row %zu: fault %d, not %d: %s", i, (int)h.fault.problem,
				(int)bad[i].problem, bad[i].text);
		assert_int_equal(head_parse(&h, &limits, all), PARSE_BAD);
		assert_same_everywhere(all);
	}
}

static const struct good {
	const char *text;
	enum method method;
	enum body_kind body;
	uint64_t length;
	const char *path, *query, *host, *type;
	bool close, expect;
} good[] = {
	{ GET H "\r\n", METHOD_GET, BODY_NONE, 0, "/", "", "a", "", false, false },
	{ "\r\nHEAD /x?a=b HTTP/1.1\r\nHOST:\t[::1]:8080 \r\n\r\n", METHOD_HEAD, BODY_NONE, 0, "/x",
		"a=b", "[::1]:8080", "", false, false },
	{ "GET http://A:1?q HTTP/1.1\r\nHost: a:1\r\n\r\n", METHOD_GET, BODY_NONE, 0, "", "q",
		"a:1", "", false, false },
	{ "GET https://a/v%201 HTTP/1.1\r\n" H "\r\n", METHOD_GET, BODY_NONE, 0, "/v%201", "", "a",
		"", false, false },
	{ "OPTIONS * HTTP/1.1\r\n" H "\r\n", METHOD_OPTIONS, BODY_NONE, 0, "*", "", "a", "", false,
		false },
	{ "M-SEARCH / HTTP/1.1\r\n" H "\r\n", METHOD_OTHER, BODY_NONE, 0, "/", "", "a", "", false,
		false },
	{ POST "content-LENGTH: 7\r\nContent-Type: text/plain; a=b\r\n\r\n", METHOD_POST,
		BODY_LENGTH, 7, "/", "", "a", "text/plain; a=b", false, false },
	{ POST "Transfer-Encoding: Chunked\r\nExpect: 100-Continue\r\n\r\n", METHOD_POST,
		BODY_CHUNKED, 0, "/", "", "a", "", false, true },
	{ GET H "Connection: x\r\nConnection: keep-alive, Close\r\n\r\n", METHOD_GET, BODY_NONE, 0,
		"/", "", "a", "", true, false },
	{ GET H "Connection: closed\r\nx: \xff\r\ny:\r\n\r\n", METHOD_GET, BODY_NONE, 0, "/", "",
		"a", "", false, false },
	{ "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", METHOD_GET, BODY_NONE, 0, "/", "", "",
		"", true, false },
	{ GET H "Content-Length: 0\r\n\r\n", METHOD_GET, BODY_LENGTH, 0, "/", "", "a", "", false,
		false },
};

static void
assert_text(struct span got, const char *want)
{
	assert_int_equal(got.len, strlen(want));
	if (got.len > 0)
		assert_memory_equal(got.ptr, want, got.len);
}

static void
test_good_heads(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const struct good *g = &good[i];
		struct span all = span_of(g->text);
		struct head h;
		assert_int_equal(parse_whole(&h, all), PARSE_DONE);
		assert_int_equal(h.size, all.len);
		assert_int_equal(h.method, g->method);
		assert_int_equal(h.body, g->body);
		assert_int_equal(h.length, g->length);
		assert_int_equal(h.close, g->close);
		assert_int_equal(h.expect, g->expect);
		assert_text(head_slice(all, h.path), g->path);
		assert_text(head_slice(all, h.query), g->query);
		assert_text(head_field(&h, all, FIELD_HOST), g->host);
		assert_text(head_field(&h, all, FIELD_CONTENT_TYPE), g->type);
		assert_same_everywhere(all);
	}
}

/* A head cut short is never done and, up to there, never bad. */
static void
test_truncated(void **state)
{
	struct span all = span_of(POST "Content-Length: 5\r\nAccept: */*\r\n\r\nhello");

	(void)state;
	for (size_t n = 0; n <= all.len; n++) {
		struct head h;
		enum parse_result want = n < all.len - 5 ? PARSE_MORE : PARSE_DONE;
		assert_int_equal(parse_whole(&h, span_slice(all, 0, n)), want);
		assert_true(h.size <= all.len - 5);
	}
}

static char *
repeated(const char *before, char c, size_t n, const char *after)
{
	size_t a = strlen(before), z = strlen(after);
	char *s = malloc(a + n + z + 1);

	assert_non_null(s);
	memcpy(s, before, a);
	memset(s + a, c, n);
	memcpy(s + a + n, after, z + 1);
	return s;
}

static void
assert_limit(char *text, const char *limit, uint64_t value)
{
	struct head h;
	enum parse_result r = parse_whole(&h, span_of(text));

	assert_int_equal(r, limit ? PARSE_BAD : PARSE_DONE);
	if (limit) {
		assert_string_equal(h.fault.limit, limit);
		assert_int_equal(h.fault.value, value);
	}
	assert_same_everywhere(span_of(text));
	free(text);
}

/* Each limit: one under, at it, one over. */
static void
test_limits(void **state)
{
	const size_t line = limits.line - strlen("GET / HTTP/1.1"),
		     field = limits.field - strlen("x: ");
	const char *const tail = " HTTP/1.1\r\n" H "\r\n";

	(void)state;
	for (int d = -1; d <= 1; d++) {
		size_t by = (size_t)(d + 1);
		const char *over = d > 0 ? "http.line" : NULL;
		assert_limit(repeated("GET /", 'x', line - 1 + by, tail), over, limits.line);
		over = d > 0 ? "http.field" : NULL;
		assert_limit(
			repeated(GET H "x: ", 'y', field - 1 + by, "\r\n\r\n"), over, limits.field);
		over = d > 0 ? "http.fields" : NULL;
		const char *more = "1:\r\n2:\r\n3:\r\n4:\r\n5:\r\n6:\r\n";
		struct head h;
		char text[128];
		snprintf(text, sizeof(text), GET H "%.*s\r\n", (int)(4 * (4 + by)), more);
		assert_int_equal(parse_whole(&h, span_of(text)), over ? PARSE_BAD : PARSE_DONE);
		if (over)
			assert_string_equal(h.fault.limit, over);
	}
}

/* The section as a whole: three lines that fit one by one. */
static void
test_limit_of_head(void **state)
{
	(void)state;
	for (int d = -1; d <= 1; d++) {
		char *a = repeated(GET H "x: ", 'y', 90, "\r\nz: ");
		/* 9 + 95 + 5 + n + 2: n at the limit 145 is over a field's 97, so two more lines share it */
		char *b = repeated(a, 'w', 90, "\r\nv: ");
		size_t used = strlen("Host: a\r\n") + 95 + 95 + strlen("v: \r\n\r\n");
		char *c = repeated(b, 'u', limits.head - used + (size_t)(d + 1) - 1, "\r\n\r\n");
		free(a);
		free(b);
		assert_limit(c, d > 0 ? "http.head" : NULL, limits.head);
	}
}

static void
test_lists(void **state)
{
	(void)state;
	assert_true(list_has(SPAN_LIT("a, B;q=1 ,c"), "b"));
	assert_true(list_has(SPAN_LIT("close"), "close"));
	assert_false(list_has(SPAN_LIT("closed, xclose"), "close"));
	assert_false(list_has(SPAN_NONE, "close"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_heads),
		cmocka_unit_test(test_good_heads),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_limit_of_head),
		cmocka_unit_test(test_lists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
