/* publisher.c - the thread that makes snapshots, and how readers get them. */
#include "gateway/publish/publisher.h"

#include "codecs/base/kit.h"
#include "gateway/publish/edition.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

enum { INTERVAL = 100 /* milliseconds */, MEMORY = 1 << 30, SCRATCH = 256 << 20 };

struct publisher {
	struct publisher_setup setup;
	pthread_t thread;
	pthread_mutex_t lock; /* of current, and of what the thread is told */
	pthread_cond_t told;
	bool started, stop, look;
	struct published *current;
	struct kit *kit; /* the thread's, once it runs */
};

/* --- snapshots --- */

void
published_unref(struct published *s)
{
	if (s && atomic_fetch_sub(&s->refs, 1) == 1)
		arena_free(s->arena);
}

struct published *
publisher_current(struct publisher *p)
{
	struct published *s;

	pthread_mutex_lock(&p->lock);
	s = p->current;
	atomic_fetch_add(&s->refs, 1);
	pthread_mutex_unlock(&p->lock);
	return s;
}

const struct published_item *
published_form(const struct published *s, struct span path, const struct published_item *after)
{
	const struct item *i = (const struct item *)(const void *)after;

	for (i = i ? i->next : s->first; i; i = i->next)
		if (span_eq(i->own.path, path))
			return &i->own;
	return NULL;
}

const struct published_item *
published_at(const struct published *s, size_t index)
{
	const struct item *i = s->first;

	for (; i && index > 0; index--)
		i = i->next;
	return i ? &i->own : NULL;
}

int64_t
published_when(const struct published *s)
{
	return s->when;
}

int
published_fault(const struct published *s)
{
	return atomic_load(&s->fault);
}

bool
publisher_get(struct publisher *p, struct span url, struct arena *a, struct span *out)
{
	struct span own = keys_identity(p->setup.keys)->url, copy = SPAN_NONE;
	struct published *s;

	if (own.len == 0 || !span_starts(url, own))
		return false;
	s = publisher_current(p);
	const struct published_item *i = published_form(s, span_from(url, own.len), NULL);
	if (i)
		copy = arena_copy(a, i->text);
	published_unref(s);
	if (copy.ptr)
		*out = copy;
	return copy.ptr != NULL;
}

/* --- the making of one --- */

/* Changes when any key begins, retires, is withdrawn or is published no more. */
static uint64_t
states_of(const struct keys *k, int64_t now)
{
	uint64_t states = 1469598103934665603u; /* FNV-1a */

	for (size_t i = 0; i < keys_count(k); i++) {
		states ^= (uint64_t)own_key_state(keys_at(k, i), now) + 1;
		states *= 1099511628211u;
	}
	return states;
}

static struct published *
snapshot(void)
{
	struct arena *a = arena_new(MEMORY);
	struct published *s = a ? ARENA_NEW(a, struct published) : NULL;

	if (!s) {
		arena_free(a);
		return NULL;
	}
	s->arena = a;
	atomic_store(&s->refs, 1);
	return s;
}

/* What was signed under a key that has changed since, or long ago, does not serve again. */
static bool
serves_again(const struct published *before, const struct published *now)
{
	return before && before->states == now->states && now->when >= before->whole &&
	       now->when - before->whole < PUBLISHED_LIFE / 2;
}

static int
fill(struct publisher *p, struct published *s, const struct published *before,
	const struct store_status *status)
{
	struct arena *scratch = arena_new(SCRATCH);
	struct report report;
	int r = -ENOMEM;

	if (!scratch)
		return r;
	report_begin(&report, scratch);
	struct work w = { scratch, &report, &limits_default, p->kit, s->when };
	struct edition e = { .w = &w, .keys = p->setup.keys, .status = status, .out = s };
	s->whole = s->when;
	if (serves_again(before, s)) {
		e.before = before;
		s->whole = before->whole;
	}
	r = edition_make(&e);
	arena_free(scratch);
	return r;
}

static int
make(struct publisher *p, const struct published *before, const struct store_status *status,
	struct published **out)
{
	struct published *s = snapshot();
	int r;

	if (!s)
		return -ENOMEM;
	s->when = p->setup.clock();
	s->states = states_of(p->setup.keys, s->when);
	s->version = store_status_version(status);
	r = fill(p, s, before, status);
	if (r != 0)
		published_unref(s);
	else
		*out = s;
	return r;
}

static bool
is_current(const struct publisher *p, const struct store_status *status)
{
	const struct published *s = p->current; /* only this thread changes it */
	int64_t now = p->setup.clock();

	return s->version == store_status_version(status) && now >= s->whole &&
	       now - s->whole < PUBLISHED_LIFE / 2 && s->states == states_of(p->setup.keys, now);
}

static void
exchange(struct publisher *p, struct published *s)
{
	struct published *old;

	pthread_mutex_lock(&p->lock);
	old = p->current;
	p->current = s;
	pthread_mutex_unlock(&p->lock);
	published_unref(old);
}

/* What can't be made now is tried again; the one before counts as long as it is not expired. */
static void
look(struct publisher *p)
{
	struct store_status *status = store_status(p->setup.store);
	struct published *s;

	if (!is_current(p, status)) {
		int r = make(p, p->current, status, &s);
		if (r == 0)
			exchange(p, s);
		else
			atomic_store(&p->current->fault, r);
	}
	store_status_unref(status);
}

/* --- the thread --- */

static struct timespec
deadline(unsigned ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

static void *
run(void *arg)
{
	struct publisher *p = arg;
	sigset_t all;

	sigfillset(&all); /* signals are others' */
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	pthread_mutex_lock(&p->lock);
	while (!p->stop) {
		const struct timespec until = deadline(p->setup.interval);
		while (!p->stop && !p->look &&
			pthread_cond_timedwait(&p->told, &p->lock, &until) == 0)
			;
		p->look = false;
		if (p->stop)
			break;
		pthread_mutex_unlock(&p->lock);
		look(p);
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

void
publisher_wake(struct publisher *p)
{
	pthread_mutex_lock(&p->lock);
	p->look = true;
	pthread_cond_signal(&p->told);
	pthread_mutex_unlock(&p->lock);
}

static int
first(struct publisher *p, const char **why)
{
	struct store_status *status = store_status(p->setup.store);
	int r = p->kit ? make(p, NULL, status, &p->current) : -ENOMEM;

	store_status_unref(status);
	*why = "what others need to verify us can't be made or signed";
	return r;
}

static void
prepare(struct publisher *p)
{
	pthread_condattr_t monotonic;

	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&p->told, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

int
publisher_open(const struct publisher_setup *setup, const char **why, struct publisher **out)
{
	struct publisher *p = calloc(1, sizeof(*p));
	int r;

	*why = "there is no memory";
	if (!p)
		return -ENOMEM;
	p->setup = *setup;
	if (p->setup.interval == 0)
		p->setup.interval = INTERVAL;
	prepare(p);
	p->kit = kit_new();
	r = first(p, why);
	if (r == 0) {
		r = -pthread_create(&p->thread, NULL, run, p);
		p->started = r == 0;
	}
	if (r != 0)
		publisher_close(p);
	else
		*out = p;
	return r;
}

void
publisher_close(struct publisher *p)
{
	if (!p)
		return;
	if (p->started) {
		pthread_mutex_lock(&p->lock);
		p->stop = true;
		pthread_cond_signal(&p->told);
		pthread_mutex_unlock(&p->lock);
		pthread_join(p->thread, NULL);
	}
	published_unref(p->current);
	kit_free(p->kit);
	pthread_cond_destroy(&p->told);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
