/* test_killed.c - a running gateway, and PostgreSQL under it, killed -9 at random moments while clients are given
 * attestations: what was acknowledged is in the log, no place in a status list was used twice, the chain fits.
 *
 * A few rounds; `make endure` does 200 of each.
 */
#include "tests/endure/crowd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { CLIENTS = 16, USUAL = 2 };

struct times {
	double sum, most;
	int count;
};

static void
times_add(struct times *t, double s)
{
	t->sum += s;
	t->count++;
	if (s > t->most)
		t->most = s;
}

/* From now until somebody is given an attestation. */
static double
until_issued(struct gateway *g)
{
	static char answer[ANSWER_MAX];
	double began = seconds();

	while (ask(g->port, "POST", "/v1/translate?to=vc", g->world->token, g->world->sample,
		       answer) != 200) {
		if (seconds() - began > 30)
			fail_msg("nothing is issued after 30 s: %s", answer);
		usleep(1000);
	}
	return seconds() - began;
}

static void
kill_gateway(struct gateway *g, struct times *t)
{
	gateway_kill(g);
	gateway_start(g);
	times_add(t, until_issued(g));
	gateway_ready(g);
}

/* The gateway goes on meanwhile.  What counts is the time from the server's being back. */
static void
kill_server(struct gateway *g, struct times *t)
{
	depot_server_kill();
	depot_server_start();
	times_add(t, until_issued(g));
}

static void
one_round(struct gateway *g, struct crowd *c, void (*harm)(struct gateway *, struct times *),
	struct times *t)
{
	size_t since = crowd_count(c);

	crowd_go(c);
	while (crowd_count(c) == since)
		usleep(500);
	usleep((useconds_t)(random() % 200000));
	harm(g, t);
	crowd_pause(c);
	crowd_check(c, since);
}

static void
survive(enum depot_kind kind, void (*harm)(struct gateway *, struct times *), const char *what,
	double allowed)
{
	int rounds = world_rounds(USUAL);
	struct times t = { 0 };
	struct gateway g;
	struct crowd c;
	struct world w;

	if (!world_make(&w, kind, NULL)) {
		print_message("skipped: %s is not installed\n", depot_names[kind]);
		skip();
	}
	gateway_make(&g, &w);
	gateway_start(&g);
	gateway_ready(&g);
	crowd_start(&c, &w, g.port, CLIENTS);
	crowd_pause(&c);
	for (int i = 0; i < rounds; i++)
		one_round(&g, &c, harm, &t);
	crowd_end(&c);
	gateway_stop(&g);
	crowd_check(&c, 0);
	long twice = places_used_twice(&w);
	print_message(
		"%s, %s killed -9 %d times under %d clients: %zu acknowledged, 0 lost, %ld places "
		"used twice; issuing again after %.3f s (mean), %.3f s (at most)\n",
		depot_names[kind], what, rounds, CLIENTS, c.count, twice, t.sum / t.count, t.most);
	assert_int_equal(twice, 0);
	/* the longest is as much the machine's, where others work on it too */
	if (world_is_long() && t.sum / t.count > allowed)
		fail_msg("back after %.3f s, where %.1f s are allowed", t.sum / t.count, allowed);
	crowd_free(&c);
	world_drop(&w);
}

static void
sqlite_survives_the_gateway(void **state)
{
	(void)state;
	survive(DEPOT_SQLITE, kill_gateway, "gateway", 1);
}

static void
postgres_survives_the_gateway(void **state)
{
	(void)state;
	survive(DEPOT_POSTGRES, kill_gateway, "gateway", 1);
}

static void
postgres_survives_its_server(void **state)
{
	(void)state;
	survive(DEPOT_POSTGRES, kill_server, "server", 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sqlite_survives_the_gateway),
		cmocka_unit_test(postgres_survives_the_gateway),
		cmocka_unit_test(postgres_survives_its_server),
	};

	srandom((unsigned)getpid());
	return cmocka_run_group_tests(tests, NULL, depot_end);
}
