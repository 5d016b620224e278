/* ssrf_net.c - see ssrf_net.h.  A server of each manner is made when it is first needed. */
#include "conformance/adapters/ssrf_net.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { MANNERS = STUB_RUDE + 1, PATIENCE_MS = 1200, LATE_MS = 1600 };

struct ssrf_net {
	struct config config;
	struct tls_stub *stubs[MANNERS];
	struct ssrf_names names;
	struct stub_answer answer;
	struct tls_stub *now;
	atomic_uint sockets, lookups;
	struct address last;
	int ends[2]; /* a pipe: a fetch is done */
};

static int
resolve(void *arg, const char *host, struct address *out, size_t max, size_t *count)
{
	struct ssrf_net *n = arg;
	const struct ssrf_names names = n->names;
	size_t turn = atomic_fetch_add(&n->lookups, 1);

	(void)host;
	if (names.silent)
		poll(NULL, 0, LATE_MS);
	if (names.error != 0)
		return names.error;
	*count = names.in_turn ? 1 : names.count;
	for (size_t i = 0; i < *count && i < max; i++)
		out[i] = names.addresses[names.in_turn && turn < names.count ? turn : i];
	return 0;
}

static unsigned
divert(void *arg, const struct address *judged)
{
	struct ssrf_net *n = arg;

	atomic_fetch_add(&n->sockets, 1);
	n->last = *judged;
	return stub_port(n->now);
}

static void
answers(void *arg, struct span request, struct stub_answer *a)
{
	const struct ssrf_net *n = arg;

	(void)request;
	*a = n->answer;
}

int
ssrf_net_open(struct ssrf_net **out)
{
	struct ssrf_net *n = calloc(1, sizeof(*n));

	if (!n)
		return -ENOMEM;
	config_init(&n->config);
	n->config.fetch.connect_timeout = 1;
	if (pipe(n->ends) != 0) {
		free(n);
		return -errno;
	}
	*out = n;
	return 0;
}

void
ssrf_net_close(struct ssrf_net *n)
{
	if (!n)
		return;
	for (size_t i = 0; i < MANNERS; i++)
		stub_close(n->stubs[i]);
	close(n->ends[0]);
	close(n->ends[1]);
	free(n);
}

struct waiting {
	struct fetch fetch; /* first: what done is given */
	int end;
};

static void
done(struct fetch *f)
{
	const struct waiting *w = (const struct waiting *)(const void *)f;

	while (write(w->end, "", 1) < 0 && errno == EINTR)
		;
}

/* A fetcher for each: it knows the authority of its server alone, and has no past. */
static int
fetch(struct ssrf_net *n, struct waiting *w)
{
	const struct fetch_setup setup = { .config = &n->config.fetch,
		.ca = stub_ca(n->now),
		.resolve = resolve,
		.divert = divert,
		.arg = n,
		.patience_ms = PATIENCE_MS };
	struct fetcher *f;
	char byte;
	int r = fetcher_new(&setup, &f);

	if (r != 0)
		return r;
	fetcher_start(f, &w->fetch);
	while (read(n->ends[0], &byte, 1) < 0 && errno == EINTR)
		;
	fetcher_free(f);
	return 0;
}

int
ssrf_net_fetch(struct ssrf_net *n, struct span url, enum stub_manner manner,
	const struct ssrf_names *names, const struct stub_answer *answer, struct ssrf_heard *out)
{
	struct waiting w = { { .url = url, .max = SSRF_BODY, .done = done }, n->ends[1] };
	int r = n->stubs[manner] ? 0 : stub_open(manner, answers, n, &n->stubs[manner]);

	if (r != 0)
		return r;
	n->now = n->stubs[manner];
	n->names = *names;
	n->answer = *answer;
	n->last = (struct address){ { 0 }, 0 };
	atomic_store(&n->sockets, 0);
	atomic_store(&n->lookups, 0);
	unsigned accepted = stub_accepted(n->now), asked = stub_asked(n->now);
	r = fetch(n, &w);
	*out = (struct ssrf_heard){ .outcome = w.fetch.outcome,
		.status = w.fetch.status,
		.sockets = atomic_load(&n->sockets),
		.accepted = stub_accepted(n->now) - accepted,
		.asked = stub_asked(n->now) - asked,
		.last = n->last };
	fetch_forget(&w.fetch);
	return r;
}
