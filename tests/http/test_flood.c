/* test_flood.c - more than there is room for: connections, requests, descriptors, work; and what idleness costs. */
#include "tests/http/net.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define HEALTH "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
#define VERIFY                                                                                \
	"POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: " \
	"6\r\n\r\n"

static struct client client;
static struct answer answer;

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
assert_between(double from, double took, double to)
{
	if (took < from || took > to)
		fail_msg("took %.2f s, not %.2f to %.2f", took, from, to);
}

static void
test_requests_per_connection(void **state)
{
	struct net n = net_defaults();

	(void)state;
	n.config.http.requests = 3;
	net_start(&n);
	client_open(&client, &n);
	for (int i = 1; i <= 3; i++) {
		client_text(&client, HEALTH);
		client_read(&client, &answer);
		assert_int_equal(answer.status, 200);
		assert_true(!strstr(answer.head, "Connection: close\r\n") == (i < 3));
	}
	assert_true(client_ended(&client));
	client_close(&client);
	net_stop(&n);
}

static void
test_rate(void **state)
{
	struct net n = net_defaults();
	int refused = 0;

	(void)state;
	n.config.http.rate = 5;
	n.config.http.burst = 10;
	net_start(&n);
	for (int i = 0; i < 20; i++) {
		net_ask(&n, HEALTH, &answer);
		if (answer.status == 200)
			continue;
		refused++;
		assert_int_equal(answer.status, 429);
		assert_non_null(strstr(answer.head, "Retry-After: 1\r\n"));
		assert_non_null(strstr((char *)answer.body, "\"limit\":\"http.rate\",\"value\":5"));
	}
	assert_in_range(refused, 5, 10);
	net_stop(&n);
}

static void
open_many(struct client *c, size_t count, const struct net *n)
{
	for (size_t i = 0; i < count; i++)
		client_open(&c[i], n);
}

/* Over the limit a connection is taken and closed; one that leaves makes room. */
static void
check_full(struct net *n, const char *metric)
{
	static struct client four[4];

	net_start(n);
	open_many(four, 3, n);
	for (size_t i = 0; i < 3; i++) {
		client_text(&four[i], HEALTH);
		client_read(&four[i], &answer);
		assert_int_equal(answer.status, 200);
	}
	client_open(&four[3], n);
	assert_true(client_ended(&four[3]));
	client_close(&four[3]);
	client_close(&four[0]);
	usleep(100000);
	assert_int_equal(net_metric(n, metric), 1);
	client_close(&four[1]);
	client_close(&four[2]);
	net_stop(n);
}

static void
test_full(void **state)
{
	struct net n = net_defaults();

	(void)state;
	n.config.http.connections = 3;
	check_full(&n, "vidimus_connections_refused_all_total");
	n = net_defaults();
	n.config.http.connections_per_address = 3;
	check_full(&n, "vidimus_connections_refused_address_total");
}

/* A thousand that only hold the line: little memory each, and no harm to the one who asks. */
static void
test_thousand_idle(void **state)
{
	enum { MANY = 1000 };
	struct net n = net_defaults();
	struct client *c = calloc(MANY, sizeof(*c));
	double since;

	(void)state;
	assert_non_null(c);
	n.config.http.idle_timeout = 60;
	n.config.http.loops = 2;
	net_start(&n);
	net_ask(&n, HEALTH, &answer);
	size_t before = mallinfo2().uordblks;
	open_many(c, MANY, &n);
	for (size_t i = 0; i < MANY; i++) {
		client_text(&c[i], HEALTH);
		client_read(&c[i], &answer);
		assert_int_equal(answer.status, 200);
	}
	size_t each = (mallinfo2().uordblks - before) / MANY;
	print_message("an idle connection: %zu bytes\n", each);
	assert_in_range(each, 0, 3072);
	since = seconds();
	for (int i = 0; i < 100; i++) {
		net_ask(&n, HEALTH, &answer);
		assert_int_equal(answer.status, 200);
	}
	assert_between(0, seconds() - since, 5);
	for (size_t i = 0; i < MANY; i++)
		client_close(&c[i]);
	free(c);
	net_stop(&n);
}

/* No descriptor is left: the server neither spins nor falls, and serves again when there are some. */
static void
test_no_descriptors(void **state)
{
	struct net n = net_defaults();
	struct rlimit old, few;
	static struct client held[64];
	size_t count = 0;

	(void)state;
	net_start(&n);
	client_open(&client, &n);
	client_text(&client, HEALTH);
	client_read(&client, &answer);
	getrlimit(RLIMIT_NOFILE, &old);
	few = old;
	few.rlim_cur = (rlim_t)open_descriptors() + 20;
	setrlimit(RLIMIT_NOFILE, &few);
	/* the client's own descriptors run out first; then the server has fewer than connections waiting */
	while (count < 64 && (held[count].fd = dup(0)) >= 0)
		count++;
	close(held[--count].fd);
	client_open(&held[count], &n);
	assert_true(client_ended(&held[count]));
	client_text(&client, HEALTH);
	client_read(&client, &answer);
	assert_int_equal(answer.status, 200);
	setrlimit(RLIMIT_NOFILE, &old);
	for (size_t i = 0; i <= count; i++)
		close(held[i].fd);
	usleep(200000);
	assert_in_range(net_metric(&n, "vidimus_connections_refused_descriptors_total"), 1, 100);
	client_close(&client);
	net_stop(&n);
}

static struct trust *
hold_the_worker(void *arg)
{
	atomic_int *stage = arg;

	atomic_store(stage, 1);
	while (atomic_load(stage) != 2)
		usleep(1000);
	return NULL;
}

/* The only worker is busy and the queue full: what is slow is refused at once, what is quick is answered. */
static void
test_overload(void **state)
{
	static struct client waiting[2];
	struct net n = net_defaults();
	atomic_int stage = 0;

	(void)state;
	n.config.http.queue = 2;
	n.reload = hold_the_worker;
	n.reload_arg = &stage;
	net_start(&n);
	server_reload(n.server);
	while (atomic_load(&stage) != 1)
		usleep(1000);
	for (int i = 0; i < 2; i++) {
		client_open(&waiting[i], &n);
		client_text(&waiting[i], "GET /v1/trust HTTP/1.1\r\nHost: a\r\n\r\n");
	}
	while (net_metric(&n, "vidimus_queue") < 2)
		usleep(1000);
	net_ask(&n, "GET /v1/trust HTTP/1.1\r\nHost: a\r\n\r\n", &answer);
	assert_int_equal(answer.status, 503);
	assert_non_null(strstr(answer.head, "Retry-After: 1\r\n"));
	assert_non_null(strstr((char *)answer.body, "server.overloaded"));
	net_ask(&n,
		"POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Type: "
		"application/x-ndjson\r\nContent-Length: 5\r\n\r\nHC1:%",
		&answer);
	assert_int_equal(answer.status, 503);
	net_ask(&n, VERIFY "HC1:%%", &answer);
	assert_int_equal(answer.status, 200);
	assert_int_equal(net_metric(&n, "vidimus_requests_shed_total"), 2);
	atomic_store(&stage, 2);
	for (int i = 0; i < 2; i++) {
		client_read(&waiting[i], &answer);
		assert_int_equal(answer.status, 200);
		client_close(&waiting[i]);
	}
	net_stop(&n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests_per_connection),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_thousand_idle),
		cmocka_unit_test(test_no_descriptors),
		cmocka_unit_test(test_overload),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
