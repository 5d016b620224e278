/* bench_store.c - durable records a second: `bench_store PATH|URL [CLIENTS] [SECONDS]`, each client waits. */
#include "gateway/store/store.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

struct client {
	struct store *s;
	const atomic_bool *over;
	pthread_t thread;
	size_t done, refused;
};

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool
place(struct store *s, struct issued *i)
{
	struct store_place p;
	struct store_wait w;

	while (store_index(s, SPAN_LIT("bench"), &p) == -EAGAIN) {
		store_wait_begin(&w);
		if (store_wait_end(&w,
			    store_lease(s, SPAN_LIT("bench"), 0, NULL, store_wait_done, &w)) != 0)
			return false;
	}
	i->status_list = p.list;
	i->status_index = p.index;
	return true;
}

static void *
ask(void *arg)
{
	struct client *c = arg;
	struct issued i = { .source_scheme = "eu-dcc",
		.scheme = "shc",
		.kid = SPAN_LIT("a key identifier of 43 characters, as JWK's"),
		.at = 1,
		.until = 2 };

	while (!atomic_load(c->over)) {
		struct store_wait w;
		if (getrandom(i.id, sizeof(i.id), 0) != sizeof(i.id) || !place(c->s, &i))
			break;
		store_wait_begin(&w);
		if (store_wait_end(&w, store_append(c->s, &i, store_wait_done, &w)) == 0)
			c->done++;
		else
			c->refused++;
	}
	return NULL;
}

static void
measure(struct store *s, size_t clients, double span)
{
	struct client *c = calloc(clients, sizeof(*c));
	atomic_bool over = false;
	size_t done = 0, refused = 0;
	double began = seconds();

	if (!c)
		return;
	for (size_t i = 0; i < clients; i++) {
		c[i] = (struct client){ .s = s, .over = &over };
		pthread_create(&c[i].thread, NULL, ask, &c[i]);
	}
	while (seconds() - began < span)
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	atomic_store(&over, true);
	for (size_t i = 0; i < clients; i++) {
		pthread_join(c[i].thread, NULL);
		done += c[i].done;
		refused += c[i].refused;
	}
	double took = seconds() - began;
	printf("%3zu clients: %8.0f durable records a second, %zu refused\n", clients,
		(double)done / took, refused);
	free(c);
}

int
main(int argc, char **argv)
{
	bool url = argc > 1 && strncmp(argv[1], "postgres", 8) == 0;
	struct store_setup setup = { .secret = "/tmp/bench-store.key" };
	struct store *s;
	const char *why;

	if (argc < 2)
		return 64;
	if (url)
		setup.url = argv[1];
	else
		setup = (struct store_setup){ .path = argv[1] };
	if (store_open(&setup, &why, &s) != 0 || store_state(s) != 0) {
		fprintf(stderr, "bench_store: %s\n", url ? "the database can't be reached" : why);
		return 1;
	}
	measure(s, argc > 2 ? (size_t)atol(argv[2]) : 64, argc > 3 ? atof(argv[3]) : 3);
	store_close(s);
	return 0;
}
