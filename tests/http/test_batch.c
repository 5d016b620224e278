/* test_batch.c - NDJSON batches: order, cuts, bad lines, bounded memory, readers that do not read. */
#include "tests/aid/mint.h"
#include "tests/http/net.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define BATCH "POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n"

static struct client client;
static struct answer answer;

static int
start(void **state)
{
	static struct net n;

	n = net_defaults();
	n.config.http.write_timeout = 1;
	n.config.http.workers = 2;
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

/* The n-th line of the answer holds that text. */
static void
assert_line(size_t n, const char *part)
{
	char *at = (char *)answer.body, *end;

	for (size_t i = 0; i < n; i++) {
		at = strchr(at, '\n');
		assert_non_null(at);
		at++;
	}
	end = strchr(at, '\n');
	assert_non_null(end);
	*end = '\0';
	if (!strstr(at, part))
		fail_msg("line %zu has no %s: %s", n, part, at);
	*end = '\n';
}

static size_t
count_lines(void)
{
	size_t n = 0;

	for (size_t i = 0; i < answer.len; i++)
		n += answer.body[i] == '\n';
	return n;
}

static const char mixed[] = "HC1:%%%\n"
			    "\n"
			    "nonsense\r\n"
			    "\"HC1:%\"\n"
			    "{\"credential\":\"HC1:%\",\"at\":\"2021-06-01T00:00:00Z\"}\n"
			    "{\"CANARY\":1}\n"
			    "  \n"
			    "{broken\n"
			    "HC1:%last";

static void
assert_mixed(void)
{
	assert_int_equal(answer.status, 200);
	assert_non_null(strstr(answer.head, "Content-Type: application/x-ndjson\r\n"));
	assert_int_equal(count_lines(), 7);
	assert_line(0, "\"reason\":\"encoding.base45\"");
	assert_line(1, "\"reason\":\"format.unknown\"");
	assert_line(2, "\"reason\":\"encoding.base45\"");
	assert_line(3, "\"at\":\"2021-06-01T00:00:00Z\"");
	assert_line(4, "{\"error\":{\"type\":\"urn:vidimus:problem:request.member\"");
	assert_line(5, "{\"error\":{\"type\":\"urn:vidimus:problem:request.json\"");
	assert_line(6, "\"reason\":\"encoding.base45\"");
	assert_null(strstr((char *)answer.body, "CANARY"));
}

static void
test_order(void **state)
{
	char head[256];

	snprintf(head, sizeof(head), BATCH "Content-Length: %zu\r\n\r\n", sizeof(mixed) - 1);
	client_open(&client, *state);
	for (int i = 0; i < 3; i++) {
		client_text(&client, head);
		client_text(&client, mixed);
		client_text(&client, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
		client_read(&client, &answer);
		assert_mixed();
		client_read(&client, &answer);
		assert_string_equal((char *)answer.body, "{\"status\":\"ok\"}");
	}
	client_close(&client);
}

/* In chunks of one byte and of each longer size, sent byte by byte or at once. */
static void
test_chunks(void **state)
{
	static char text[16384];

	for (size_t size = 1; size < sizeof(mixed); size += size < 8 ? 1 : 13) {
		size_t n = (size_t)snprintf(
			text, sizeof(text), BATCH "Transfer-Encoding: chunked\r\n\r\n");
		for (size_t at = 0; at < sizeof(mixed) - 1; at += size) {
			size_t len = sizeof(mixed) - 1 - at < size ? sizeof(mixed) - 1 - at : size;
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%zx\r\n%.*s\r\n", len,
				(int)len, mixed + at);
		}
		n += (size_t)snprintf(text + n, sizeof(text) - n, "0\r\n\r\n");
		client_open(&client, *state);
		for (size_t at = 0, part = size % 3 == 0 ? 1 : n; at < n; at += part)
			assert_true(client_send(&client, text + at, part < n - at ? part : n - at));
		client_read(&client, &answer);
		assert_mixed();
		client_close(&client);
	}
}

static void
test_empty(void **state)
{
	net_ask(*state, BATCH "Content-Length: 0\r\n\r\n", &answer);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.len, 0);
	net_ask(*state, BATCH "Content-Length: 3\r\n\r\n\n\n\n", &answer);
	assert_int_equal(answer.len, 0);
}

/* Lines at the limit, one under, one over; what follows an overlong line is read on. */
static void
test_line_limit(void **state)
{
	enum { LIMIT = 4096 };

	for (size_t len = LIMIT - 1; len <= LIMIT + 1; len++) {
		char head[256], *line = malloc(len);
		assert_non_null(line);
		memset(line, 'x', len);
		snprintf(head, sizeof(head), BATCH "Content-Length: %zu\r\n\r\n", len + 18);
		client_open(&client, *state);
		client_text(&client, head);
		client_text(&client, "HC1:%\n");
		client_send(&client, line, len);
		client_text(&client, "\nHC1:%\nHC1:%");
		client_read(&client, &answer);
		assert_int_equal(count_lines(), 4);
		assert_line(0, "encoding.base45");
		assert_line(1,
			len > LIMIT ? "\"limit\":\"http.body\",\"value\":4096" : "format.unknown");
		assert_line(2, "encoding.base45");
		assert_line(3, "encoding.base45");
		client_close(&client);
		free(line);
	}
}

/* A line without an end costs no memory, and is told once. */
static void
test_endless_line(void **state)
{
	static char block[1u << 16];
	size_t before = mallinfo2().uordblks;

	memset(block, 'x', sizeof(block));
	client_open(&client, *state);
	client_text(&client, BATCH "Content-Length: 33554443\r\n\r\n");
	for (int i = 0; i < 512; i++)
		assert_true(client_send(&client, block, sizeof(block)));
	assert_in_range(mallinfo2().uordblks, 0, before + (1u << 20));
	client_text(&client, "\nHC1:%last\n");
	client_read(&client, &answer);
	assert_int_equal(count_lines(), 2);
	assert_line(0, "request.line");
	assert_line(1, "encoding.base45");
	client_close(&client);
}

/* A fault of the framing ends the batch with a last line, and the connection. */
static void
test_broken_framing(void **state)
{
	client_open(&client, *state);
	client_text(&client, BATCH "Transfer-Encoding: chunked\r\n\r\n6\r\nHC1:%\n\r\n+1\r\n");
	client_read(&client, &answer);
	assert_int_equal(count_lines(), 2);
	assert_line(0, "encoding.base45");
	assert_line(1, "{\"error\":{\"type\":\"urn:vidimus:problem:http.malformed\"");
	assert_true(client_ended(&client));
	client_close(&client);
	net_ask(*state, BATCH "Content-Length: 67108865\r\n\r\n", &answer);
	assert_int_equal(answer.status, 413);
	assert_non_null(
		strstr((char *)answer.body, "\"limit\":\"http.body_batch\",\"value\":67108864"));
}

/* HTTP/1.0 knows no chunks: the end of the connection ends the answer. */
static void
test_http10(void **state)
{
	char all[4096];
	size_t n = 0;
	ssize_t got;

	client_open(&client, *state);
	client_text(&client, "POST /v1/verify HTTP/1.0\r\nContent-Type: "
			     "application/x-ndjson\r\nContent-Length: 13\r\n\r\nHC1:%\nHC1:%%\n");
	while (n < sizeof(all) - 1 && (got = recv(client.fd, all + n, sizeof(all) - 1 - n, 0)) > 0)
		n += (size_t)got;
	all[n] = '\0';
	assert_null(strstr(all, "chunked"));
	const char *body = strstr(all, "\r\n\r\n");
	assert_non_null(body);
	assert_memory_equal(body + 4, "{\"verdict\"", 10);
	assert_string_equal(all + n - 2, "}\n");
	client_close(&client);
}

/* Sends lines without reading an answer until the server takes no more. */
static size_t
stuff(size_t most)
{
	static char lines[60000];
	size_t sent = 0;

	for (size_t i = 0; i < sizeof(lines); i += 6)
		memcpy(lines + i, "HC1:%\n", 6);
	while (sent < most) {
		ssize_t n = send(client.fd, lines, sizeof(lines), MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n > 0) {
			sent += (size_t)n;
			continue;
		}
		usleep(100000);
		n = send(client.fd, lines, sizeof(lines), MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n <= 0)
			break;
		sent += (size_t)n;
	}
	return sent;
}

/* Who does not read is read no further, costs bounded memory, and is cut by the write timeout. */
static void
test_backpressure(void **state)
{
	const int small = 4096;
	size_t before = mallinfo2().uordblks;
	long long cut = net_metric(*state, "vidimus_connections_timed_out_total");

	client_open(&client, *state);
	setsockopt(client.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	client_text(&client, BATCH "Content-Length: 60000000\r\n\r\n");
	assert_in_range(stuff(60000000), 1, 30000000);
	assert_in_range(mallinfo2().uordblks, 0, before + (3u << 20));
	for (int i = 0; i < 50 && net_metric(*state, "vidimus_connections_timed_out_total") == cut;
		i++)
		usleep(100000);
	assert_int_equal(net_metric(*state, "vidimus_connections_timed_out_total"), cut + 1);
	client_close(&client);
}

/* The same with many plain requests whose answers nobody takes. */
static void
test_unread_answers(void **state)
{
	const int small = 4096;
	const char *ask = "GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n";
	size_t before = mallinfo2().uordblks;
	long long cut = net_metric(*state, "vidimus_connections_timed_out_total");

	client_open(&client, *state);
	setsockopt(client.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	for (int i = 0; i < 2000; i++)
		assert_true(client_text(&client, ask));
	usleep(100000);
	assert_in_range(mallinfo2().uordblks, 0, before + (1u << 20));
	for (int i = 0; i < 50 && net_metric(*state, "vidimus_connections_timed_out_total") == cut;
		i++)
		usleep(100000);
	assert_int_equal(net_metric(*state, "vidimus_connections_timed_out_total"), cut + 1);
	client_close(&client);
}

/* Slower than the server, but reading: everything arrives. */
static void
test_slow_reader(void **state)
{
	const size_t lines = 3000;
	char head[256];
	size_t seen = 0;

	snprintf(head, sizeof(head), BATCH "Content-Length: %zu\r\n\r\n", lines * 6);
	client_open(&client, *state);
	client_text(&client, head);
	for (size_t i = 0; i < lines; i++)
		assert_true(client_text(&client, "HC1:%\n"));
	for (bool end = false; !end;) {
		ssize_t n = recv(client.fd, client.bytes, 40000, 0);
		assert_true(n > 0);
		for (ssize_t i = 0; i < n; i++)
			seen += client.bytes[i] == '\n' && i > 0 && client.bytes[i - 1] == '}';
		end = n >= 5 && memcmp(client.bytes + n - 5, "0\r\n\r\n", 5) == 0;
		usleep(500);
	}
	assert_in_range(
		seen, lines - 100, lines); /* a few line ends may be cut between two reads */
	client_close(&client);
}

/* Gone in the middle: nothing is left behind. */
static void
test_cut_off(void **state)
{
	for (int i = 0; i < 50; i++) {
		client_open(&client, *state);
		client_text(&client, BATCH "Content-Length: 100000\r\n\r\nHC1:%\nHC1:%\nHC1");
		if (i % 2)
			usleep(2000);
		client_close(&client);
	}
	for (int i = 0; i < 50 && net_metric(*state, "vidimus_connections") > 1; i++)
		usleep(20000);
	assert_int_equal(net_metric(*state, "vidimus_connections"), 1);
}

/* A certificate with more findings than a report usually has room for. */
static struct span
talkative(struct mint *m)
{
	static char json[4096];
	int n = snprintf(json, sizeof(json),
		"{\"ver\":\"1.3.0\"," MINT_NAME ",\"dob\":\"1998-02-26\","
		"\"v\":[{\"tg\":\"840539006\",\"nm\":null");

	for (int i = 0; i < 60; i++)
		n += snprintf(json + n, sizeof(json) - (size_t)n, ",\"an extension %d\":null", i);
	snprintf(json + n, sizeof(json) - (size_t)n, "}]}");
	return mint_text(m, json, (struct hcert_recipe){ 0 });
}

/* Reports of all lengths beside each other come out whole and in order. */
static void
test_long_reports(void **state)
{
	static struct net n;
	struct mint m;
	char head[256];

	(void)state;
	mint_open(&m, PRIVATE_P256, SIG_ES256);
	n = net_defaults();
	n.trust = m.trust;
	n.config.policies = &m.policy;
	n.config.policy_count = 1;
	net_start(&n);
	struct span longer = talkative(&m);
	client_open(&client, &n);
	size_t one = 6 + 2 * (longer.len + 1), rounds = 2;
	snprintf(head, sizeof(head), BATCH "Content-Length: %zu\r\n\r\n", rounds * one);
	client_text(&client, head);
	for (size_t i = 0; i < rounds; i++) {
		client_text(&client, "HC1:%\n");
		for (int twice = 0; twice < 2; twice++) {
			client_send(&client, longer.ptr, longer.len);
			client_text(&client, "\n");
		}
	}
	client_read(&client, &answer);
	assert_int_equal(count_lines(), 3 * rounds);
	assert_true(answer.len > rounds * 2 * 4096);
	for (size_t i = 0; i < 3 * rounds; i++) {
		assert_line(i,
			i % 3 == 0 ? "\"reason\":\"encoding.base45\"" : "/v/0/an extension 59\"");
		assert_line(i, "{\"verdict\":\"rejected\"");
	}
	client_close(&client);
	net_stop(&n);
	mint_close(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_line_limit),
		cmocka_unit_test(test_endless_line),
		cmocka_unit_test(test_broken_framing),
		cmocka_unit_test(test_http10),
		cmocka_unit_test(test_backpressure),
		cmocka_unit_test(test_unread_answers),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_long_reports),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
