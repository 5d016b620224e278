/* test_kill.c - a gateway killed at random moments under load: what it was told is there, no place was used twice.
 *
 * KILL_ROUNDS=200 (make test-kill) does it more often.
 */
#include "tests/store/depot.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { CLIENTS = 8, LISTS = 8 };

/* What a client was told: written to the parent at once, whole. */
struct told {
	uint64_t number;
	struct store_place place;
};

struct client {
	struct store *s;
	uint64_t first;
	int to;
};

static void *
load(void *arg)
{
	struct client *c = arg;

	for (uint64_t n = c->first;; n++) {
		struct told t = { .number = n };
		struct issued i = depot_issued(n);
		if (depot_place(c->s, "vc", &t.place) != 0) {
			usleep(10000);
			continue;
		}
		i.status_list = t.place.list;
		i.status_index = t.place.index;
		if (depot_append(c->s, &i) == 0 && write(c->to, &t, sizeof(t)) != sizeof(t))
			return NULL;
	}
}

static void
live_until_killed(struct depot *d, uint64_t round, int to)
{
	static struct client clients[CLIENTS];
	pthread_t threads[CLIENTS];
	struct store *s = NULL;

	if (store_open(&d->setup, NULL, &s) != 0)
		_exit(1);
	for (uint64_t i = 0; i < CLIENTS; i++) {
		clients[i] = (struct client){ s, round << 40 | i << 32 | 1, to };
		if (pthread_create(&threads[i], NULL, load, &clients[i]) != 0)
			_exit(2);
	}
	for (;;)
		pause();
}

struct history {
	struct told *told;
	size_t count, room;
	uint8_t *used;
	double slowest_open;
};

static void
remember(struct history *h, const struct told *t)
{
	if (h->count == h->room) {
		h->room = h->room ? 2 * h->room : 4096;
		h->told = realloc(h->told, h->room * sizeof(*h->told));
		assert_non_null(h->told);
	}
	assert_in_range(t->place.list, 1, LISTS);
	assert_in_range(t->place.index, 0, STORE_LIST_BITS - 1);
	uint8_t *used = &h->used[(t->place.list - 1) * STORE_LIST_BITS + t->place.index];
	assert_int_equal(*used, 0);
	*used = 1;
	h->told[h->count++] = *t;
}

/* harm is done a random while after the first answer. */
static size_t
one_life(struct depot *d, struct history *h, uint64_t round, void (*harm)(pid_t child))
{
	int ends[2], status;
	struct told t;
	size_t before = h->count;

	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		live_until_killed(d, round, ends[1]);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &t, sizeof(t)), sizeof(t));
	remember(h, &t);
	usleep((useconds_t)(random() % 60000));
	harm(child);
	while (read(ends[0], &t, sizeof(t)) == sizeof(t))
		remember(h, &t);
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	return h->count - before;
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
look_at_what_is_left(struct depot *d, struct history *h, size_t since)
{
	struct store_checked c;
	struct store_found f;
	double began = seconds();
	struct store *s = depot_store(d);

	if (seconds() - began > h->slowest_open)
		h->slowest_open = seconds() - began;
	assert_int_equal(store_check(&d->setup, &c), 0);
	assert_true(c.issued >= (int64_t)h->count);
	for (size_t i = since; i < h->count; i++) {
		const struct told *t = &h->told[i];
		if (depot_find(s, depot_issued(t->number).id, &f) != 0 ||
			f.status_list != t->place.list || f.status_index != t->place.index)
			fail_msg("%llx was acknowledged and is not there",
				(unsigned long long)t->number);
	}
	store_close(s);
}

static void
survive(enum depot_kind kind, void (*harm)(pid_t child), const char *what, int usual)
{
	const char *rounds = getenv("KILL_ROUNDS");
	int n = rounds ? atoi(rounds) : usual;
	struct history h = { .used = calloc(LISTS, STORE_LIST_BITS) };
	struct depot d;

	assert_non_null(h.used);
	if (!depot_make(&d, kind)) {
		print_message("skipped: %s is not installed\n", depot_names[kind]);
		free(h.used);
		skip();
	}
	for (int i = 0; i < n; i++) {
		size_t since = h.count;
		assert_true(one_life(&d, &h, (uint64_t)i + 1, harm) > 0);
		look_at_what_is_left(&d, &h, since);
	}
	print_message("%s, %s %d times: %zu acknowledged, none lost, no place twice; opened again "
		      "in %.2f s at most\n",
		depot_names[kind], what, n, h.count, h.slowest_open);
	depot_drop(&d);
	free(h.told);
	free(h.used);
}

static void
kill_gateway(pid_t child)
{
	assert_int_equal(kill(child, SIGKILL), 0);
}

static void
sqlite_survives_the_gateway(void **state)
{
	(void)state;
	survive(DEPOT_SQLITE, kill_gateway, "gateway killed", 20);
}

/* The gateway goes on meanwhile, and is killed once the server is back. */
static void
kill_server(pid_t child)
{
	depot_server_stop(SIGQUIT);
	depot_server_start();
	usleep((useconds_t)(random() % 400000)); /* about as long as it takes to come back to it */
	kill_gateway(child);
}

static void
postgres_survives_the_gateway(void **state)
{
	(void)state;
	survive(DEPOT_POSTGRES, kill_gateway, "gateway killed", 20);
}

static void
postgres_survives_its_server(void **state)
{
	(void)state;
	survive(DEPOT_POSTGRES, kill_server, "server killed", 8);
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
