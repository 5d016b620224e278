/* test_life.c - what happens over time: deadlines, floods, a new snapshot under load, a stop; and nothing leaks. */
#include "tests/http/net.h"

#include "codecs/base/kit.h"
#include "codecs/base/report.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
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

/* A byte now and then renews nothing: the head's time is up one second after its first byte. */
static void
test_slow_head(void **state)
{
	struct net n = net_defaults();
	double since;
	const char *at = HEALTH;

	(void)state;
	n.config.http.head_timeout = 1;
	net_start(&n);
	client_open(&client, &n);
	since = seconds();
	while (seconds() - since < 4 && at[1] && client_send(&client, at++, 1))
		usleep(150000);
	client_read(&client, &answer);
	assert_int_equal(answer.status, 408);
	assert_true(client_ended(&client));
	assert_between(0.9, seconds() - since, 6);
	client_close(&client);
	net_stop(&n);
}

static void
test_slow_body(void **state)
{
	struct net n = net_defaults();
	double since;

	(void)state;
	n.config.http.body_timeout = 1;
	net_start(&n);
	client_open(&client, &n);
	client_text(&client, VERIFY "HC");
	since = seconds();
	client_read(&client, &answer);
	assert_int_equal(answer.status, 408);
	assert_non_null(strstr((char *)answer.body, "http.timeout"));
	assert_between(0.9, seconds() - since, 2.5);
	assert_true(client_ended(&client));
	client_close(&client);
	net_stop(&n);
}

static void
test_idle(void **state)
{
	struct net n = net_defaults();
	double since;

	(void)state;
	n.config.http.idle_timeout = 1;
	net_start(&n);
	client_open(&client, &n);
	since = seconds();
	assert_true(client_ended(&client));
	assert_between(0.9, seconds() - since, 2.5);
	client_close(&client);
	client_open(&client, &n);
	client_text(&client, HEALTH);
	client_read(&client, &answer);
	since = seconds();
	assert_true(client_ended(&client));
	assert_between(0.9, seconds() - since, 2.5);
	client_close(&client);
	net_stop(&n);
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

/* --- reload --- */

static struct trust *
new_snapshot(void *arg)
{
	atomic_int *count = arg;
	struct arena *arena = arena_new(1u << 20);
	struct kit *kit = kit_new();
	struct report report;
	struct trust *t = NULL;

	report_begin(&report, arena);
	struct work w = { arena, &report, &limits_default, kit, 0 };
	if (atomic_fetch_add(count, 1) % 2 == 0)
		trust_build(&w, NULL, 0,
			&t); /* every second reload finds a fault and keeps the old one */
	kit_free(kit);
	arena_free(arena);
	return t;
}

struct load {
	const struct net *net;
	atomic_bool stop;
	atomic_int answered, failed;
};

static void *
ask_on_and_on(void *arg)
{
	struct load *l = arg;
	struct client *c = calloc(1, sizeof(*c));
	struct answer *a = calloc(1, sizeof(*a));

	client_open(c, l->net);
	while (!atomic_load(&l->stop)) {
		client_text(c, VERIFY "HC1:%%");
		client_read(c, a);
		if (a->status == 200)
			atomic_fetch_add(&l->answered, 1);
		else
			atomic_fetch_add(&l->failed, 1);
		if (a->status == 0)
			break;
	}
	client_close(c);
	free(a);
	free(c);
	return NULL;
}

static void
test_reload_under_load(void **state)
{
	struct net n = net_defaults();
	atomic_int reloads = 0;
	struct load load = { &n, false, 0, 0 };
	pthread_t threads[3];

	(void)state;
	n.config.http.loops = 2;
	n.reload = new_snapshot;
	n.reload_arg = &reloads;
	n.signals = true;
	net_start(&n);
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask_on_and_on, &load), 0);
	for (int i = 0; i < 20; i++) {
		kill(getpid(), SIGHUP);
		usleep(20000);
	}
	for (int i = 0; i < 100 && atomic_load(&reloads) < 2; i++)
		usleep(20000);
	atomic_store(&load.stop, true);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	assert_in_range(atomic_load(&reloads), 2, 20); /* signals that come together are one */
	assert_int_equal(atomic_load(&load.failed), 0);
	assert_in_range(atomic_load(&load.answered), 100, 100000000);
	assert_in_range(net_metric(&n, "vidimus_reloads_total"), 1, 10);
	assert_in_range(net_metric(&n, "vidimus_reloads_refused_total"), 1, 10);
	net_stop(&n);
}

/* --- stop --- */

static void *
terminate(void *arg)
{
	(void)arg;
	usleep(100000);
	kill(getpid(), SIGTERM);
	return NULL;
}

/* A request under way is finished; an idle connection and the listener are closed. */
static void
test_graceful_stop(void **state)
{
	static struct client idle;
	struct net n = net_defaults();
	pthread_t t;

	(void)state;
	n.signals = true;
	net_start(&n);
	client_open(&idle, &n);
	client_text(&idle, HEALTH);
	client_read(&idle, &answer);
	client_open(&client, &n);
	client_text(&client, VERIFY "HC1");
	assert_int_equal(pthread_create(&t, NULL, terminate, NULL), 0);
	assert_true(client_ended(&idle));
	client_text(&client, ":%%");
	client_read(&client, &answer);
	assert_int_equal(answer.status, 200);
	assert_non_null(strstr(answer.head, "Connection: close\r\n"));
	assert_true(client_ended(&client));
	pthread_join(t, NULL);
	client_close(&client);
	client_close(&idle);
	net_stop(&n);
}

/* One that never finishes is cut by the stop's own deadline. */
static void
test_stop_deadline(void **state)
{
	struct net n = net_defaults();
	double since;

	(void)state;
	n.config.http.stop_timeout = 1;
	n.config.http.body_timeout = 30;
	net_start(&n);
	client_open(&client, &n);
	client_text(&client, VERIFY "HC1");
	usleep(50000);
	since = seconds();
	net_stop(&n);
	assert_between(0.9, seconds() - since, 2.5);
	client_close(&client);
}

static void
test_second_signal(void **state)
{
	struct net n = net_defaults();
	double since;

	(void)state;
	n.config.http.stop_timeout = 30;
	n.config.http.body_timeout = 30;
	n.signals = true;
	net_start(&n);
	client_open(&client, &n);
	client_text(&client, VERIFY "HC1");
	usleep(50000);
	since = seconds();
	kill(getpid(), SIGTERM);
	usleep(100000);
	kill(getpid(), SIGINT);
	assert_true(client_ended(&client));
	net_stop(&n);
	assert_between(0, seconds() - since, 2);
	client_close(&client);
}

/* The port is taken: told at start, by a number. */
static void
test_port_taken(void **state)
{
	struct net n = net_defaults();
	struct config second;
	struct server *s = NULL;

	(void)state;
	net_start(&n);
	second = n.config;
	second.http.listen.port = server_port(n.server);
	const struct server_setup setup = { &second, n.trust, NULL, NULL, true };
	assert_int_equal(server_new(&setup, &s), -EADDRINUSE);
	assert_null(s);
	second.http.listen.host = SPAN_LIT("no address");
	assert_int_equal(server_new(&setup, &s), -EINVAL);
	net_stop(&n);
}

/* Everything above, and no descriptor was left open. */
static void
test_descriptors(void **state)
{
	int before = open_descriptors();

	(void)state;
	for (int i = 0; i < 5; i++) {
		struct net n = net_defaults();
		n.signals = true;
		net_start(&n);
		net_ask(&n, HEALTH, &answer);
		net_stop(&n);
	}
	assert_int_equal(open_descriptors(), before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slow_head),
		cmocka_unit_test(test_slow_body),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_requests_per_connection),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_thousand_idle),
		cmocka_unit_test(test_no_descriptors),
		cmocka_unit_test(test_reload_under_load),
		cmocka_unit_test(test_graceful_stop),
		cmocka_unit_test(test_stop_deadline),
		cmocka_unit_test(test_second_signal),
		cmocka_unit_test(test_port_taken),
		cmocka_unit_test(test_descriptors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
