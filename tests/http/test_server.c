/* test_server.c - requests over real sockets: cut anywhere, pipelined, slow, broken, over each limit. */
#include "tests/http/net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define HOST  "Host: a\r\n"
#define PLAIN "Content-Type: text/plain\r\n"

static struct client client;
static struct answer answer;

static int
start(void **state)
{
	static struct net n;

	n = net_defaults();
	net_start(&n);
	*state = &n;
	return 0;
}

static int
stop(void **state)
{
	net_stop(*state);
	return 0;
}

static void
assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no %s in %s", part, text);
}

/* Every answer says the same about itself, and never repeats what was sent. */
static void
assert_answer(int status, const char *code)
{
	assert_int_equal(answer.status, status);
	assert_has(answer.head, "X-Content-Type-Options: nosniff\r\n");
	assert_has(answer.head, "Content-Security-Policy: default-src 'none'");
	assert_has(answer.head, "Cache-Control: no-");
	assert_null(strstr((char *)answer.body, "CANARY"));
	assert_null(strstr(answer.head, "CANARY"));
	if (!code)
		return;
	char type[128];
	snprintf(type, sizeof(type), "\"type\":\"urn:vidimus:problem:%s\"", code);
	assert_has(answer.head, "Content-Type: application/problem+json\r\n");
	assert_has((char *)answer.body, type);
}

static const struct {
	const char *request;
	int status;
	const char *code, *head;
} rows[] = {
	{ "GET /healthz HTTP/1.1\r\n" HOST "\r\n", 200, NULL, NULL },
	{ "GET /healthz?CANARY HTTP/1.1\r\n" HOST "\r\n", 200, NULL, NULL },
	{ "GET http://a/healthz HTTP/1.1\r\n" HOST "\r\n", 200, NULL, NULL },
	{ "GET /healthz HTTP/1.0\r\n\r\n", 200, NULL, "Connection: close\r\n" },
	{ "GET /healthz HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", 200, NULL,
		"Connection: close\r\n" },
	{ "GET /v1/schemes HTTP/1.1\r\n" HOST "\r\n", 200, NULL,
		"Content-Type: application/json\r\n" },
	{ "GET /v1/reasons HTTP/1.1\r\n" HOST "\r\n", 200, NULL, NULL },
	{ "GET /v1/trust HTTP/1.1\r\n" HOST "\r\n", 200, NULL, NULL },
	{ "GET /v1/trust/CANARY HTTP/1.1\r\n" HOST "\r\n", 404, "trust.authority", NULL },
	{ "GET /openapi.json HTTP/1.1\r\n" HOST "\r\n", 200, NULL, NULL },
	{ "GET /metrics HTTP/1.1\r\n" HOST "\r\n", 200, NULL,
		"Content-Type: text/plain; version=0.0.4" },
	{ "GET / HTTP/1.1\r\n" HOST "\r\n", 200, NULL, "script-src 'self'" },
	{ "GET /readyz HTTP/1.1\r\n" HOST "\r\n", 503, "server.not_ready", NULL },
	{ "GET /CANARY HTTP/1.1\r\n" HOST "\r\n", 404, "route.unknown", NULL },
	{ "PUT /healthz HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 405, "route.method",
		"Allow: GET, HEAD\r\n" },
	{ "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 405, "route.method", "Allow: GET, HEAD, POST\r\n" },
	{ "GET /v1/verify HTTP/1.1\r\n" HOST "\r\n", 405, "route.method", "Allow: POST\r\n" },
	{ "GET /v1/reasons HTTP/1.1\r\n" HOST "Accept: text/html\r\n\r\n", 406, "route.accept",
		NULL },
	{ "POST /v1/verify HTTP/1.1\r\n" HOST
	  "Content-Type: image/CANARY\r\nContent-Length: 1\r\n\r\nx",
		415, "route.type", NULL },
	{ "POST /v1/verify HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx", 415, "route.type",
		NULL },
	{ "POST /v1/verify HTTP/1.1\r\n" HOST PLAIN "\r\n", 411, "http.length",
		"Connection: close\r\n" },
	{ "POST /v1/verify HTTP/1.1\r\n" HOST PLAIN "Content-Length: 4097\r\n\r\n", 413,
		"http.too_large", "Connection: close\r\n" },
	{ "POST /v1/verify HTTP/1.1\r\n" HOST PLAIN "Transfer-Encoding: chunked\r\n\r\n1001\r\n",
		413, "http.too_large", "Connection: close\r\n" },
	{ "POST /v1/verify HTTP/1.1\r\n" HOST PLAIN "Content-Length: 6\r\n\r\nCANARY", 422,
		"format.unknown", NULL },
	{ "POST /v1/verify HTTP/1.1\r\n" HOST PLAIN "Content-Length: 0\r\n\r\n", 422, "input.empty",
		NULL },
	{ "POST /v1/verify HTTP/1.1\r\n" HOST PLAIN "Content-Length: 7\r\n\r\nHC1:%%%", 200, NULL,
		NULL },
	{ "POST /v1/verify HTTP/1.1\r\n" HOST PLAIN
	  "Transfer-Encoding: chunked\r\n\r\n3\r\nHC1\r\n4\r\n:%%%\r\n0\r\nx: y\r\n\r\n",
		200, NULL, NULL },
	{ "POST /v1/verify HTTP/1.1\r\n" HOST PLAIN
	  "Transfer-Encoding: chunked\r\n\r\n1;x=y\r\nH\r\n0\r\n\r\n",
		400, "http.malformed", "Connection: close\r\n" },
	{ "POST /v1/verify?record=CANARY HTTP/1.1\r\n" HOST PLAIN
	  "Content-Length: 7\r\n\r\nHC1:%%%",
		400, "request.record", NULL },
	{ "POST /v1/verify?record=core HTTP/1.1\r\n" HOST PLAIN "Content-Length: 7\r\n\r\nHC1:%%%",
		200, NULL, NULL },
	{ "GET /v1/reasons?record=CANARY HTTP/1.1\r\n" HOST "\r\n", 200, NULL, NULL },
	{ "POST /v1/inspect HTTP/1.1\r\n" HOST PLAIN "Content-Length: 6\r\n\r\nCANARY", 422,
		"format.unknown", NULL },
	{ "POST /v1/verify HTTP/1.1\r\n" HOST
	  "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
		400, "request.member", NULL },
	{ "POST /v1/verify HTTP/1.1\r\n" HOST
	  "Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"CANARY\":1}",
		400, "request.member", NULL },
	{ "POST /v1/verify HTTP/1.1\r\n" HOST
	  "Content-Type: application/json\r\nContent-Length: 7\r\n\r\nCANARY!",
		400, "request.json", NULL },
	{ "GET /healthz HTTP/1.1\r\n\r\n", 400, "http.host", "Connection: close\r\n" },
	{ "GET /healthz HTTP/1.1\r\n" HOST "Expect: CANARY\r\n\r\n", 417, "http.expectation",
		"Connection: close\r\n" },
	{ "GET /healthz HTTP/2.0\r\n", 505, "http.version", "Connection: close\r\n" },
	{ "POST /v1/verify HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\n\r\n", 501,
		"http.transfer_coding", "Connection: close\r\n" },
	{ "CANARY", 0, NULL, NULL },
};

static void
check_row(size_t i)
{
	if (rows[i].status == 0)
		return;
	client_read(&client, &answer);
	if (answer.status != rows[i].status)
		fail_msg("status %d, not %d: %s", answer.status, rows[i].status, rows[i].request);
	assert_answer(rows[i].status, rows[i].code);
	if (rows[i].head)
		assert_has(answer.head, rows[i].head);
	if (strstr(answer.head, "Connection: close"))
		assert_true(client_ended(&client));
}

static void
test_rows(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		client_open(&client, *state);
		assert_true(client_text(&client, rows[i].request));
		check_row(i);
		client_close(&client);
	}
}

/* Byte by byte the answers are the same. */
static void
test_byte_by_byte(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		client_open(&client, *state);
		for (const char *p = rows[i].request; *p && client_send(&client, p, 1); p++)
			;
		check_row(i);
		client_close(&client);
	}
}

static void
test_cut_anywhere(void **state)
{
	const char *text =
		"\r\nPOST /v1/verify HTTP/1.1\r\n" HOST PLAIN
		"Transfer-Encoding: chunked\r\n\r\n3\r\nHC1\r\n4\r\n:%%%\r\n0\r\n\r\nGET /healthz "
		"HTTP/1.1\r\n" HOST "\r\n";
	size_t len = strlen(text);

	for (size_t cut = 1; cut < len; cut++) {
		client_open(&client, *state);
		assert_true(client_send(&client, text, cut));
		usleep(200);
		assert_true(client_send(&client, text + cut, len - cut));
		client_read(&client, &answer);
		assert_answer(200, NULL);
		assert_has((char *)answer.body, "\"reason\":\"encoding.base45\"");
		client_read(&client, &answer);
		assert_answer(200, NULL);
		client_close(&client);
	}
}

/* Many at once, quick and slow ones mixed: answers come in the order of the questions. */
static void
test_pipelined(void **state)
{
	const char *three = "GET /healthz HTTP/1.1\r\n" HOST "\r\nGET /v1/trust HTTP/1.1\r\n" HOST
			    "\r\nPOST /v1/verify HTTP/1.1\r\n" HOST PLAIN
			    "Content-Length: 3\r\n\r\nabc";

	client_open(&client, *state);
	for (int i = 0; i < 50; i++)
		assert_true(client_text(&client, three));
	for (int i = 0; i < 50; i++) {
		client_read(&client, &answer);
		assert_string_equal((char *)answer.body, "{\"status\":\"ok\"}");
		client_read(&client, &answer);
		assert_has((char *)answer.body, "{\"sources\":[]");
		client_read(&client, &answer);
		assert_answer(422, "format.unknown");
	}
	client_close(&client);
}

/* Behind a refused request nothing is answered, whatever stands there. */
static void
test_nothing_after_refusal(void **state)
{
	long long before = net_metric(*state, "vidimus_requests_handled_total");

	client_open(&client, *state);
	client_text(&client, "GET /healthz HTTP/1.1\r\n" HOST
			     "Content-Length : 34\r\n\r\nGET /healthz HTTP/1.1\r\n" HOST "\r\n");
	client_read(&client, &answer);
	assert_answer(400, "http.malformed");
	assert_true(client_ended(&client));
	client_close(&client);
	assert_int_equal(net_metric(*state, "vidimus_requests_handled_total"),
		before + 1); /* of /metrics itself */
}

static void
test_json(void **state)
{
	static const struct {
		const char *body;
		int status;
		const char *found;
	} json[] = {
		{ "{\"credential\":\"HC1:%\"}", 200, "\"reason\":\"encoding.base45\"" },
		{ " {\"at\":1600000000,\"credential\":\"HC1:%\",\"policy\":\"default\"}\n", 200,
			"\"at\":\"2020-09-13T12:26:40Z\"" },
		{ "{\"credential\":\"HC1:%\",\"at\":\"2021-06-01T02:00:00+02:00\"}", 200,
			"\"at\":\"2021-06-01T00:00:00Z\"" },
		{ "{\"credential\":\"HC1:%\",\"at\":1600000000.5}", 200,
			"\"at\":\"2020-09-13T12:26:40Z\"" },
		{ "\"HC1:%\"", 200, "\"reason\":\"encoding.base45\"" },
		{ "{\"credential\":{\"CANARY\":1}}", 422, "format.unknown" },
		{ "{\"credential\":\"\"}", 422, "input.empty" },
		{ "{}", 400, "request.member" },
		{ "{\"CANARY\":1}", 400, "request.member" },
		{ "{\"credential\":7}", 400, "request.member" },
		{ "{\"credential\":\"HC1:%\",\"CANARY\":1}", 400, "\"offset\":" },
		{ "{\"credential\":\"HC1:%\",\"credential\":\"HC1:%\"}", 400, "request.json" },
		{ "{\"credential\":\"HC1:%\"}x", 400, "request.json" },
		{ "{\"credential\":\"HC1:%\",\"at\":\"CANARY\"}", 400, "request.time" },
		{ "{\"credential\":\"HC1:%\",\"at\":-1}", 400, "request.time" },
		{ "{\"credential\":\"HC1:%\",\"at\":1e300}", 400, "request.time" },
		{ "{\"credential\":\"HC1:%\",\"at\":null}", 400, "request.time" },
		{ "{\"credential\":\"HC1:%\",\"policy\":\"CANARY\"}", 400, "request.policy" },
		{ "{\"credential\":\"HC1:%\",\"policy\":[]}", 400, "request.policy" },
		{ "[]", 400, "request.json" },
		{ "CANARY", 400, "request.json" },
		{ "", 400, "request.json" },
	};

	client_open(&client, *state);
	for (size_t i = 0; i < sizeof(json) / sizeof(json[0]); i++) {
		char text[512];
		snprintf(text, sizeof(text),
			"POST /v1/verify HTTP/1.1\r\n" HOST
			"Content-Type: application/json; charset=utf-8\r\nContent-Length: "
			"%zu\r\n\r\n%s",
			strlen(json[i].body), json[i].body);
		client_text(&client, text);
		client_read(&client, &answer);
		if (answer.status != json[i].status)
			fail_msg("status %d for %s", answer.status, json[i].body);
		assert_answer(json[i].status, NULL);
		assert_has((char *)answer.body, json[i].found);
	}
	client_close(&client);
}

static void
test_head(void **state)
{
	client_open(&client, *state);
	client_text(&client, "HEAD /healthz HTTP/1.1\r\n" HOST "\r\nGET /healthz HTTP/1.1\r\n" HOST
			     "Connection: close\r\n\r\n");
	shutdown(client.fd, SHUT_WR); /* a client that has no more to ask still gets its answers */
	char all[2048];
	size_t n = 0;
	ssize_t got;
	while (n < sizeof(all) - 1 && (got = recv(client.fd, all + n, sizeof(all) - 1 - n, 0)) > 0)
		n += (size_t)got;
	all[n] = '\0';
	const char *second = strstr(all, "\r\n\r\n");
	assert_non_null(second);
	assert_has(all, "Content-Length: 15\r\n");
	assert_true(strncmp(second + 4, "HTTP/1.1 200 OK\r\n", 17) == 0);
	client_close(&client);
}

static void
test_continue(void **state)
{
	client_open(&client, *state);
	client_text(&client, "POST /v1/verify HTTP/1.1\r\n" HOST PLAIN
			     "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
	client_read(&client, &answer);
	assert_int_equal(answer.status, 100);
	client_text(&client, "abc");
	client_read(&client, &answer);
	assert_answer(422, "format.unknown");
	/* what will be refused is refused before the body is sent */
	client_text(&client, "POST /v1/verify HTTP/1.1\r\n" HOST
			     "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
	client_read(&client, &answer);
	assert_answer(415, "route.type");
	assert_true(client_ended(&client));
	client_close(&client);
}

/* Cut in the middle of a head, a body, a chunk: nothing stays behind. */
static void
test_cut_off(void **state)
{
	const char *text = "POST /v1/verify HTTP/1.1\r\n" HOST PLAIN
			   "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

	for (size_t n = 1; text[n]; n++) {
		client_open(&client, *state);
		assert_true(client_send(&client, text, n));
		client_close(&client);
	}
	for (int i = 0; i < 50 && net_metric(*state, "vidimus_connections") > 1; i++)
		usleep(20000);
	assert_int_equal(net_metric(*state, "vidimus_connections"), 1);
}

static void
test_trace(void **state)
{
	client_open(&client, *state);
	client_text(&client,
		"GET /healthz HTTP/1.1\r\n" HOST
		"traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n");
	client_read(&client, &answer);
	assert_has(answer.head, "traceresponse: 00-0af7651916cd43dd8448eb211c80319c-");
	static const char *const bad[] = {
		"00-00000000000000000000000000000000-b7ad6b7169203331-01",
		"00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
		"ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
		"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
		"00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333", ""
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[256];
		snprintf(text, sizeof(text),
			"GET /healthz HTTP/1.1\r\n" HOST "traceparent: %s\r\n\r\n", bad[i]);
		client_text(&client, text);
		client_read(&client, &answer);
		assert_answer(200, NULL);
		assert_null(strstr(answer.head, "traceresponse"));
	}
	client_close(&client);
}

/* A body that exceeds what the loop answers itself goes to a worker; the answer is the same. */
static void
test_long_body(void **state)
{
	static char text[8192 + 512];
	int n = snprintf(text, sizeof(text),
		"POST /v1/verify HTTP/1.1\r\n" HOST
		"Content-Type: application/json\r\nContent-Length: "
		"8192\r\n\r\n{\"credential\":\"HC1:");

	memset(text + n, '%', 8192);
	memcpy(strstr(text, "\r\n\r\n") + 4 + 8190, "\"}", 3);
	client_open(&client, *state);
	for (int i = 0; i < 3; i++) {
		client_text(&client, text);
		client_read(&client, &answer);
		assert_answer(200, NULL);
		assert_has((char *)answer.body, "\"verdict\":\"rejected\"");
	}
	client_close(&client);
}

/* What a limit leaves through, and what it does not, over the wire as in the parser's own test. */
static void
test_limits(void **state)
{
	static const struct {
		const char *before;
		size_t at;
		const char *after;
		int ok, over;
		const char *limit;
	} limits[] = {
		{ "GET /", 256 - 14, " HTTP/1.1\r\n" HOST "\r\n", 404, 414, "http.line" },
		{ "GET /healthz HTTP/1.1\r\n" HOST "x:", 510, "\r\n\r\n", 200, 431, "http.field" },
		{ "POST /v1/verify HTTP/1.1\r\n" HOST PLAIN "Content-Length: ", 0, "", 422, 413,
			"http.body" },
	};

	for (size_t i = 0; i < 2; i++) {
		for (int d = -1; d <= 1; d++) {
			char text[1024];
			int n = snprintf(text, sizeof(text), "%s", limits[i].before);
			size_t fill = (size_t)((int)limits[i].at + d);
			memset(text + n, 'x', fill);
			strcpy(text + n + fill, limits[i].after);
			net_ask(*state, text, &answer);
			assert_int_equal(answer.status, d > 0 ? limits[i].over : limits[i].ok);
			if (d > 0)
				assert_has((char *)answer.body, limits[i].limit);
		}
	}
	for (size_t len = 4095; len <= 4097; len++) {
		static char text[8192];
		int n = snprintf(text, sizeof(text), "%s%zu\r\n\r\n", limits[2].before, len);
		memset(text + n, 'x', len);
		text[(size_t)n + len] = '\0';
		net_ask(*state, text, &answer);
		assert_int_equal(answer.status, len > 4096 ? 413 : 422);
		if (len > 4096)
			assert_has((char *)answer.body, "\"limit\":\"http.body\",\"value\":4096");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_byte_by_byte),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_pipelined),
		cmocka_unit_test(test_nothing_after_refusal),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_continue),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_trace),
		cmocka_unit_test(test_long_body),
		cmocka_unit_test(test_limits),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
