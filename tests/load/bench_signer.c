/* bench_signer.c - a signature here and in the signer: `bench_signer FOLDER [CLIENTS]`; makes keys there. */
#include "codecs/base/arena.h"
#include "gateway/keys/make.h"
#include "gateway/keys/process/process.h"
#include "tests/load/timing.h"

#include <pthread.h>
#include <stdio.h>

enum { ROUNDS = 4000, CLIENTS_MAX = 32 };

#define PASSPHRASE SPAN_LIT("bench")
#define JWS                                                                                        \
	SPAN_LIT(                                                                                  \
		"eyJ6aXAiOiJERUYiLCJhbGciOiJFUzI1NiIsImtpZCI6IjNLZmRnLVh3UC03Z1h5eXd0VWZVQUR3QnVt" \
		"RE9QS01ReC1pRUxMMTFXOXMifQ.3ZJLb9swEIT_"                                          \
		"SrC9ynrZiVvdWvTQBwoUqNNLkQNNrS0WfAgk5cQI9N-7")

static int64_t
now(void)
{
	return (int64_t)time(NULL);
}

static double
wall_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
open_keys(void *arg, struct keys **out)
{
	return keys_open(arg, PASSPHRASE, out);
}

struct client {
	struct signer signer;
	pthread_t thread;
	double median_us;
	int failed;
};

static void *
sign_often(void *arg)
{
	struct client *c = arg;
	struct arena *a = arena_new(1 << 20);
	double *took = calloc(ROUNDS, sizeof(*took));
	struct span out;

	for (size_t i = 0; a && took && i < ROUNDS; i++) {
		double began = wall_us();
		c->failed += c->signer.sign(&c->signer, a, JWS, &out) != 0;
		took[i] = wall_us() - began;
		arena_reset(a);
	}
	if (took)
		c->median_us = median(took, ROUNDS);
	free(took);
	arena_free(a);
	return NULL;
}

static int
measure(struct keys *k, const char *what, size_t clients)
{
	struct client c[CLIENTS_MAX] = { 0 };
	double began = wall_us();
	int failed = 0;

	for (size_t i = 0; i < clients; i++) {
		const struct own_key *key = keys_active(k, PURPOSE_SHC, now());
		if (!key || keys_signer(k, key, &c[i].signer) != 0 ||
			pthread_create(&c[i].thread, NULL, sign_often, &c[i]) != 0)
			return 1;
	}
	for (size_t i = 0; i < clients; i++) {
		pthread_join(c[i].thread, NULL);
		failed += c[i].failed;
	}
	double all = (wall_us() - began) / (double)(clients * ROUNDS);
	printf("%-44s %8.1f us each, %8.1f us a signature, %d failed\n", what, c[0].median_us, all,
		failed);
	return failed;
}

int
main(int argc, char **argv)
{
	static const struct keys_identity who = { { (const uint8_t *)"https://a.example", 17 },
		{ (const uint8_t *)"AQ", 2 }, { (const uint8_t *)"Bench", 5 } };
	struct signer_setup setup = {
		.open = open_keys, .arg = argc > 1 ? argv[1] : NULL, .clock = now, .channels = 8
	};
	size_t clients = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 4;
	struct signer_process *p = NULL;
	struct keys *k, *shown;

	if (argc < 2 || clients < 1 || clients > CLIENTS_MAX ||
		keys_create(argv[1], PASSPHRASE, &who, &k) != 0 ||
		keys_new_all(k, now(), NULL) != 0)
		return 1;
	if (signer_start(&setup, &p) != 0 || keys_open(argv[1], SPAN_NONE, &shown) != 0)
		return 1;
	keys_attach(shown, p);
	int r = measure(k, "in this process, checked, one client", 1);
	r += measure(shown, "in the signer's, checked, one client", 1);
	r += measure(shown, "in the signer's, checked, all clients", clients);
	keys_close(shown);
	keys_close(k);
	signer_stop(p);
	return r ? 1 : 0;
}
