/* guard.c - a bounded table of addresses: sets of eight entries, the entry that is longest idle gives way.
 *
 * Buckets count in thousandths of a request.  A set whose entries all have open
 * connections takes no further address: those share the last entry of the table.
 */
#include "gateway/http/guard.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SETS = 1024, WAYS = 8, LOCKS = 64 };

struct seat {
	uint64_t bits; /* 0: free */
	uint64_t filled; /* microseconds: when tokens was true */
	uint64_t tokens; /* thousandths */
	size_t connections;
	size_t set;
};

struct guard {
	const struct config_http *limits;
	pthread_mutex_t locks[LOCKS];
	struct seat entries[SETS][WAYS];
	struct seat shared[SETS];
};

struct peer
peer_of(const struct sockaddr *sa)
{
	struct peer a = { 1 };

	if (sa->sa_family == AF_INET) {
		a.bits = (uint64_t)ntohl(
				 ((const struct sockaddr_in *)(const void *)sa)->sin_addr.s_addr) |
			 1ull << 40;
	} else if (sa->sa_family == AF_INET6) {
		const uint8_t *ip =
			((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr.s6_addr;
		uint64_t high = 0;
		static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
		size_t from = memcmp(ip, mapped, sizeof(mapped)) == 0 ? 12 : 0;
		for (size_t i = 0; i < (from ? 4u : 8u); i++)
			high = high << 8 | ip[from + i];
		a.bits = from ? high | 1ull << 40 : high | 1;
	}
	return a;
}

int
guard_new(const struct config_http *limits, struct guard **out)
{
	struct guard *g = calloc(1, sizeof(*g));

	if (!g)
		return -ENOMEM;
	g->limits = limits;
	for (size_t i = 0; i < SETS; i++)
		g->shared[i] = (struct seat){ .set = i, .tokens = limits->burst * 1000u };
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_init(&g->locks[i], NULL);
	*out = g;
	return 0;
}

void
guard_free(struct guard *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&g->locks[i]);
	free(g);
}

static size_t
set_of(struct peer a)
{
	return (size_t)(a.bits * 0x9e3779b97f4a7c15u >> 54) % SETS;
}

/* The entry of a, made where it has none yet; never NULL. */
static struct seat *
place(struct guard *g, size_t set, struct peer a, uint64_t now)
{
	struct seat *idle = NULL;

	for (size_t i = 0; i < WAYS; i++) {
		struct seat *e = &g->entries[set][i];
		if (e->bits == a.bits)
			return e;
		if (e->connections == 0 && (!idle || e->filled < idle->filled))
			idle = e;
	}
	if (!idle)
		return &g->shared[set];
	*idle = (struct seat){ a.bits, now, g->limits->burst * 1000u, 0, set };
	return idle;
}

static pthread_mutex_t *
lock_of(struct guard *g, size_t set)
{
	return &g->locks[set % LOCKS];
}

struct seat *
guard_enter(struct guard *g, struct peer a, uint64_t now_us)
{
	size_t set = set_of(a);

	pthread_mutex_lock(lock_of(g, set));
	struct seat *e = place(g, set, a, now_us);
	if (e->connections < g->limits->connections_per_address)
		e->connections++;
	else
		e = NULL;
	pthread_mutex_unlock(lock_of(g, set));
	return e;
}

void
guard_leave(struct guard *g, struct seat *e)
{
	pthread_mutex_lock(lock_of(g, e->set));
	e->connections--;
	pthread_mutex_unlock(lock_of(g, e->set));
}

static bool
spend(struct seat *e, const struct config_http *limits, uint64_t now)
{
	const uint64_t full = limits->burst * 1000u;
	uint64_t passed = now > e->filled ? now - e->filled : 0;

	/* a thousand seconds fill any bucket; what is less than a thousandth stays to be counted next time */
	if (passed > 1000000000u) {
		e->tokens = full;
		e->filled = now;
	} else {
		uint64_t more = passed * limits->rate / 1000u;
		e->tokens = e->tokens + more < full ? e->tokens + more : full;
		e->filled += more * 1000u / limits->rate;
	}
	if (e->tokens < 1000)
		return false;
	e->tokens -= 1000;
	return true;
}

bool
guard_request(struct guard *g, struct seat *e, uint64_t now_us)
{
	bool ok;

	if (g->limits->rate == 0)
		return true;
	pthread_mutex_lock(lock_of(g, e->set));
	ok = spend(e, g->limits, now_us);
	pthread_mutex_unlock(lock_of(g, e->set));
	return ok;
}
