/* test_life.c - what happens over time: deadlines, a new snapshot under load, a stop; and nothing leaks. */
#include "tests/http/net.h"

#include "codecs/base/kit.h"
#include "codecs/base/report.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

struct slow {
	atomic_int inside, overlaps, ended;
	atomic_bool go_on;
};

static struct trust *
slow_reload(void *arg)
{
	struct slow *s = arg;

	if (atomic_fetch_add(&s->inside, 1) > 0)
		atomic_fetch_add(&s->overlaps, 1);
	for (int i = 0; i < 200 && !atomic_load(&s->go_on); i++)
		usleep(10000);
	atomic_fetch_sub(&s->inside, 1);
	atomic_fetch_add(&s->ended, 1);
	return NULL;
}

/* The lists belong to one reload at a time; what is asked for meanwhile is done once, behind it. */
static void
test_reloads_do_not_overlap(void **state)
{
	struct net n = net_defaults();
	struct slow slow = { 0 };

	(void)state;
	n.config.http.workers = 4;
	n.reload = slow_reload;
	n.reload_arg = &slow;
	n.signals = true;
	net_start(&n);
	kill(getpid(), SIGHUP);
	for (int i = 0; i < 200 && atomic_load(&slow.inside) == 0; i++)
		usleep(10000);
	for (int i = 0; i < 3; i++) {
		kill(getpid(), SIGHUP);
		usleep(20000);
	}
	atomic_store(&slow.go_on, true);
	for (int i = 0; i < 200 && atomic_load(&slow.ended) < 2; i++)
		usleep(10000);
	assert_int_equal(atomic_load(&slow.overlaps), 0);
	assert_in_range(atomic_load(&slow.ended), 2, 4);
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
	const struct server_setup setup = {
		.config = &second, .trust = n.trust, .no_signals = true
	};
	assert_int_equal(server_new(&setup, &s), -EADDRINUSE);
	assert_null(s);
	second.http.listen.host = SPAN_LIT("no address");
	assert_int_equal(server_new(&setup, &s), -EINVAL);
	net_stop(&n);
}

static void
count_kit(void *arg, struct kit *kit)
{
	assert_non_null(kit);
	(*(unsigned *)arg)++;
}

/* The kit of every thread that verifies is handed out once, before anything is served. */
static void
test_kits_are_equipped(void **state)
{
	struct config config;
	struct net n = net_defaults();
	struct server *s = NULL;
	unsigned kits = 0;

	(void)state;
	net_start(&n);
	config = n.config;
	config.http.listen.port = 0;
	config.http.loops = 3;
	config.http.workers = 2;
	const struct server_setup setup = { .config = &config,
		.trust = n.trust,
		.no_signals = true,
		.equip = count_kit,
		.equip_arg = &kits };
	assert_int_equal(server_new(&setup, &s), 0);
	assert_int_equal(kits, 5);
	server_free(s);
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
		cmocka_unit_test(test_reload_under_load),
		cmocka_unit_test(test_reloads_do_not_overlap),
		cmocka_unit_test(test_graceful_stop),
		cmocka_unit_test(test_stop_deadline),
		cmocka_unit_test(test_second_signal),
		cmocka_unit_test(test_port_taken),
		cmocka_unit_test(test_kits_are_equipped),
		cmocka_unit_test(test_descriptors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
