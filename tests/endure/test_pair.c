/* test_pair.c - two gateways on one PostgreSQL behind HAProxy, one of them killed -9 again and again: clients that ask
 * again get what they want, no place in a status list is used twice, what one revokes the other shows.
 */
#include "tests/endure/crowd.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { CLIENTS = 16, USUAL = 3, REFRESH = 1 };

struct pair {
	struct world w;
	struct gateway of[2];
	int port;
	pid_t balancer;
};

static const char balancer_conf[] =
	"defaults\n  mode http\n  timeout connect 1s\n  timeout client 30s\n  timeout server 30s\n"
	"  option redispatch 1\n  retries 3\n"
	"frontend all\n  bind 127.0.0.1:%d\n  default_backend gateways\n"
	"backend gateways\n  balance roundrobin\n  option httpchk GET /readyz\n"
	"  default-server check inter 200ms fall 1 rise 1 on-marked-down shutdown-sessions\n"
	"  server one 127.0.0.1:%d\n  server two 127.0.0.1:%d\n";

static bool
balancer_is_here(void)
{
	return access("/usr/sbin/haproxy", X_OK) == 0;
}

static void
balancer_start(struct pair *p)
{
	char text[1024], path[400];
	static char answer[ANSWER_MAX];

	p->port = free_port();
	snprintf(text, sizeof(text), balancer_conf, p->port, p->of[0].port, p->of[1].port);
	aid_write_text(&p->w.depot.folder, "world/haproxy.cfg", text);
	snprintf(path, sizeof(path), "%s/haproxy.cfg", p->w.folder);
	const char *const words[] = { "/usr/sbin/haproxy", "-db", "-f", path, NULL };
	p->balancer = world_spawn(&p->w, "haproxy.log", words);
	for (int tries = 0; ask(p->port, "GET", "/healthz", "", "", answer) != 200; tries++) {
		if (tries > 500)
			fail_msg("HAProxy does not start: %s/haproxy.log", p->w.folder);
		usleep(10000);
	}
}

static int
make(void **state)
{
	static struct pair p;

	*state = NULL;
	if (!balancer_is_here() || !world_make(&p.w, DEPOT_POSTGRES, NULL)) {
		print_message("skipped: haproxy or postgresql is not installed\n");
		return 0;
	}
	for (int i = 0; i < 2; i++) {
		gateway_make(&p.of[i], &p.w);
		gateway_start(&p.of[i]);
		gateway_ready(&p.of[i]);
	}
	balancer_start(&p);
	*state = &p;
	return 0;
}

static int
drop(void **state)
{
	struct pair *p = *state;

	if (!p)
		return 0;
	kill(p->balancer, SIGTERM);
	waitpid(p->balancer, NULL, 0);
	gateway_stop(&p->of[0]);
	gateway_stop(&p->of[1]);
	world_drop(&p->w);
	return 0;
}

static void
clients_see_no_error(void **state)
{
	struct pair *p = *state;
	int kills = world_rounds(USUAL);
	static struct crowd c;

	if (!p)
		skip();
	crowd_start(&c, &p->w, p->port, CLIENTS);
	for (int i = 0; i < kills; i++) {
		size_t since = crowd_count(&c);
		while (crowd_count(&c) < since + 10)
			usleep(1000);
		usleep((useconds_t)(random() % 600000));
		gateway_kill(&p->of[i % 2]);
		usleep((useconds_t)(random() % 300000));
		gateway_start(&p->of[i % 2]);
		gateway_ready(&p->of[i % 2]);
	}
	crowd_pause(&c);
	crowd_end(&c);
	crowd_check(&c, 0);
	long twice = places_used_twice(&p->w);
	print_message(
		"two gateways on one PostgreSQL behind HAProxy, one killed -9 %d times under %d "
		"clients: %zu acknowledged, 0 lost, %zu askings again, %zu clients without an "
		"answer, %.3f s for the slowest, %ld places used twice\n",
		kills, CLIENTS, c.count, c.tries, c.gave_up, c.slowest, twice);
	assert_int_equal(c.gave_up, 0);
	assert_int_equal(twice, 0);
	assert_true(c.slowest < 10);
	crowd_free(&c);
}

/* The list as a gateway publishes it, up to its proof's date: that is made anew, the bits are not. */
static bool
list_of(const struct gateway *g, int64_t list, char *out, size_t room)
{
	static char answer[ANSWER_MAX];
	char target[64];

	snprintf(target, sizeof(target), "/status/%lld", (long long)list);
	if (ask(g->port, "GET", target, "", "", answer) != 200)
		return false;
	const char *bits = strstr(answer, "\"encodedList\":\"");
	if (!bits)
		return false;
	snprintf(out, room, "%.*s", (int)strcspn(bits + 15, "\""), bits + 15);
	return true;
}

/* By the log, as whoever holds the certificate's identifier asks for it. */
static void
take_back(struct pair *p, const struct told *t)
{
	char id[2 * STORE_ID + 1];

	for (size_t i = 0; i < STORE_ID; i++)
		snprintf(&id[2 * i], 3, "%02x", t->id[i]);
	const char *const words[] = { p->w.program, "store", "revoke", id, "--config", p->w.conf,
		NULL };
	assert_int_equal(world_run(&p->w, "revoke.log", words), 0);
}

static void
what_is_revoked_shows_on_both(void **state)
{
	static char answer[ANSWER_MAX], before[2][32768], after[2][32768];
	struct pair *p = *state;
	struct told t;
	double slowest = 0;

	if (!p)
		skip();
	for (int round = 0; round < USUAL; round++) {
		const struct gateway *g = &p->of[round % 2];
		assert_int_equal(ask(g->port, "POST", "/v1/translate?to=vc", p->w.token,
					 p->w.sample, answer),
			200);
		assert_true(told_read(answer, &t));
		for (int i = 0; i < 2; i++)
			for (int tries = 0;
				!list_of(&p->of[i], t.list, before[i], sizeof(before[i]));
				tries++) {
				assert_true(tries < 300);
				usleep(10000);
			}
		take_back(p, &t);
		double began = seconds();
		for (int i = 0; i < 2; i++)
			do {
				assert_true(list_of(&p->of[i], t.list, after[i], sizeof(after[i])));
				if (seconds() - began > 10)
					fail_msg("a revocation does not show after 10 s");
			} while (strcmp(before[i], after[i]) == 0);
		double took = seconds() - began;
		slowest = took > slowest ? took : slowest;
		assert_string_equal(after[0], after[1]);
	}
	print_message("revoked beside both gateways %d times: shown by both after %.3f s at most "
		      "(refresh %d s)\n",
		USUAL, slowest, REFRESH);
	if (world_is_long())
		assert_true(slowest <= REFRESH + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clients_see_no_error),
		cmocka_unit_test(what_is_revoked_shows_on_both),
	};

	srandom((unsigned)getpid());
	int failed = cmocka_run_group_tests(tests, make, drop);
	depot_end(NULL);
	return failed;
}
