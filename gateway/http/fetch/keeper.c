/* keeper.c - see keeper.h: errands that are shared, and the snapshot that they end in.
 *
 * The snapshot is built on the fetcher's thread alone, outside the lock; the lock
 * guards who waits for what.
 */
#include "gateway/http/fetch/keeper.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "gateway/http/app.h"
#include "gateway/http/fetch/wish.h"

enum { READ_MEMORY = 64 << 20, JOINED_MAX = 16 };

/* One thing that is being fetched for all who wait for it. */
struct errand {
	struct fetch fetch; /* first: what done is given */
	struct keeper *keeper;
	struct errand *next;
	struct wished *tickets;
	uint8_t text[]; /* of url and body */
};

struct keeper {
	struct keeper_setup setup;
	struct fetcher *fetcher;
	struct arena *arena; /* the fetcher thread's, as the kit */
	struct kit *kit;
	pthread_mutex_t lock;
	struct web *web; /* written by the fetcher's thread alone, under the lock */
	struct errand *errands;
	atomic_uint generation;
	atomic_size_t waiting, held; /* wishes; bytes of files */
	_Atomic uint64_t ended[FETCH_OUTCOMES];
};

/* --- wishes that are fulfilled --- */

static void
wish_release(struct wish *w)
{
	if (atomic_fetch_sub(&w->pending, 1) != 1)
		return;
	atomic_fetch_sub(&w->keeper->waiting, 1);
	w->done(w->arg);
}

static struct web_item
item_of(const struct keeper *k, const struct need *n, const struct fetch *f)
{
	const struct config_fetch *c = k->setup.fetch.config;
	const int64_t now = clock_wall();
	bool good = f->outcome == FETCH_GOOD;

	return (struct web_item){ .need = *n,
		.state = good ? WEB_GOOD : WEB_UNREACHABLE,
		.status = f->status,
		.bytes = f->bytes,
		.at = now,
		.until = now + (good ? c->keep : c->keep_failed) };
}

/* Files stay until their request is answered, so there is a bound for one and for all. */
static bool
hold(struct keeper *k, struct wish *w, size_t bytes)
{
	const size_t most = k->setup.limits->link_memory;

	if (atomic_fetch_add(&k->held, bytes) + bytes <= KEEPER_HELD * most &&
		atomic_load(&w->held) + bytes <= most) {
		atomic_fetch_add(&w->held, bytes);
		return true;
	}
	atomic_fetch_sub(&k->held, bytes);
	return false;
}

void
keeper_give_back(struct keeper *k, size_t bytes)
{
	atomic_fetch_sub(&k->held, bytes);
}

static void
file_done(struct fetch *f)
{
	struct wished *one = wished_of(f);
	struct wish *w = one->wish;
	struct keeper *k = w->keeper;

	if (!hold(k, w, f->bytes.len)) {
		fetch_forget(f);
		f->outcome = FETCH_SIZE;
	}
	atomic_fetch_add(&k->ended[f->outcome], 1);
	one->item = item_of(k, &one->need, f);
	one->fulfilled = true;
	wish_release(w);
}

/* --- the snapshot --- */

static struct web *
fuller(struct keeper *k, const struct web_item *items, size_t count)
{
	struct report report;
	struct web *out = NULL;
	struct work w = { k->arena, &report, k->setup.limits, k->kit, clock_wall() };

	report_begin(&report, k->arena);
	if (web_with(&w, k->web, items, count, &out) != 0)
		out = NULL;
	arena_reset(k->arena);
	return out;
}

/* On whose account it is asked: one address may be several issuers', or of several scopes.  They
 * live until released. */
static size_t
accounts(struct keeper *k, const struct errand *e, struct web_item *items)
{
	size_t n = 0;

	pthread_mutex_lock(&k->lock);
	for (const struct wished *t = e->tickets; t && n < JOINED_MAX; t = t->next) {
		size_t i = 0;
		while (i < n && !need_same(&items[i].need, &t->need))
			i++;
		if (i == n)
			items[n++] = item_of(k, &t->need, &e->fetch);
	}
	pthread_mutex_unlock(&k->lock);
	return n;
}

/* Takes the errand off the list; whoever comes from now on finds the snapshot. */
static struct wished *
close_errand(struct keeper *k, struct errand *e, struct web *web)
{
	struct errand **at = &k->errands;
	struct web *old = NULL;

	pthread_mutex_lock(&k->lock);
	if (web) {
		old = k->web;
		k->web = web;
		atomic_fetch_add_explicit(&k->generation, 1, memory_order_release);
	}
	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	pthread_mutex_unlock(&k->lock);
	web_unref(old);
	return e->tickets;
}

static void
errand_free(struct errand *e)
{
	fetch_forget(&e->fetch);
	free(e);
}

static void
errand_done(struct fetch *f)
{
	struct errand *e = (struct errand *)(void *)f;
	struct keeper *k = e->keeper;
	struct web_item items[JOINED_MAX];
	struct web *web = NULL;

	atomic_fetch_add(&k->ended[f->outcome], 1);
	if (!fetch_unasked(f->outcome))
		web = fuller(k, items, accounts(k, e, items));
	for (struct wished *t = close_errand(k, e, web), *next; t; t = next) {
		next = t->next; /* with the last of its tickets a wish is its owner's again */
		wish_release(t->wish);
	}
	errand_free(e);
}

/* --- errands --- */

static struct errand *
errand_new(struct keeper *k, const struct need *n)
{
	const struct limits *l = k->setup.limits;
	size_t size = n->url.len + n->body.len;
	bool keys = n->kind == NEED_ISSUER_KEYS || n->kind == NEED_DID_DOCUMENT;
	struct errand *e = calloc(1, sizeof(*e) + size + 1);

	if (!e)
		return NULL;
	memcpy(e->text, n->url.ptr, n->url.len);
	if (n->body.len > 0)
		memcpy(&e->text[n->url.len], n->body.ptr, n->body.len);
	e->fetch = (struct fetch){ .url = { e->text, n->url.len },
		.body = { n->body.ptr ? &e->text[n->url.len] : NULL, n->body.len },
		.max = keys ? l->fetch_keys : l->fetch_revocations,
		.done = errand_done };
	e->keeper = k;
	return e;
}

/* An answer is asked for again once it is worth it; that there was none is believed while it is remembered. */
static bool
is_known(const struct keeper *k, const struct need *n)
{
	const int64_t now = clock_wall();
	const struct web_entry *e = web_find(k->web, n, now);

	return e && (e->item.state == WEB_UNREACHABLE || now - e->tried <= WEB_PATIENCE);
}

static bool
is_for(const struct errand *e, const struct need *n)
{
	return span_eq(e->fetch.url, n->url) &&
	       (e->fetch.body.ptr != NULL) == (n->body.ptr != NULL) &&
	       span_eq(e->fetch.body, n->body);
}

/* Joins an errand, or makes one; *fresh: it is to be started.  false: there is nothing to wait for. */
static bool
join(struct keeper *k, struct wished *one, struct errand **fresh)
{
	struct errand *e = k->errands;

	if (is_known(k, &one->need))
		return false;
	while (e && !is_for(e, &one->need))
		e = e->next;
	if (!e) {
		*fresh = e = errand_new(k, &one->need);
		if (!e)
			return false;
		e->next = k->errands;
		k->errands = e;
	}
	one->next = e->tickets;
	e->tickets = one;
	return true;
}

static bool
begin_one(struct keeper *k, struct wished *one)
{
	struct errand *fresh = NULL;
	bool joined;

	one->begun = true;
	atomic_fetch_add(&one->wish->pending, 1);
	if (one->need.kind == NEED_FILE) {
		one->fetch = (struct fetch){ .url = one->need.url,
			.body = one->need.body,
			.max = k->setup.limits->link_bytes,
			.any_status = true,
			.done = file_done };
		fetcher_start(k->fetcher, &one->fetch);
		return true;
	}
	pthread_mutex_lock(&k->lock);
	joined = join(k, one, &fresh);
	pthread_mutex_unlock(&k->lock);
	if (fresh)
		fetcher_start(k->fetcher, &fresh->fetch);
	if (!joined)
		atomic_fetch_sub(&one->wish->pending, 1);
	return joined;
}

bool
keeper_begin(struct keeper *k, struct wish *w, void (*done)(void *), void *arg)
{
	bool any = false;

	w->keeper = k;
	w->done = done;
	w->arg = arg;
	atomic_fetch_add(&k->waiting, 1);
	atomic_store(&w->pending, 1); /* ours, until all have begun */
	for (size_t i = 0; i < w->count; i++)
		if (!w->wished[i]->begun && begin_one(k, w->wished[i]))
			any = true;
	if (any)
		wish_release(w);
	else
		atomic_fetch_sub(&k->waiting, 1);
	return any;
}

struct pause {
	pthread_mutex_t lock;
	pthread_cond_t over;
	bool done;
};

static void
end_pause(void *arg)
{
	struct pause *p = arg;

	pthread_mutex_lock(&p->lock);
	p->done = true;
	pthread_cond_signal(&p->over);
	pthread_mutex_unlock(&p->lock);
}

bool
keeper_wait(struct keeper *k, struct wish *w)
{
	struct pause p = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false };
	bool any = keeper_begin(k, w, end_pause, &p);

	pthread_mutex_lock(&p.lock);
	while (any && !p.done)
		pthread_cond_wait(&p.over, &p.lock);
	pthread_mutex_unlock(&p.lock);
	return any;
}

/* --- the keeper --- */

struct web *
keeper_web(struct keeper *k, unsigned *generation)
{
	struct web *web;

	pthread_mutex_lock(&k->lock);
	web = k->web ? web_ref(k->web) : NULL;
	*generation = atomic_load_explicit(&k->generation, memory_order_relaxed);
	pthread_mutex_unlock(&k->lock);
	return web;
}

unsigned
keeper_generation(const struct keeper *k)
{
	return atomic_load_explicit(&k->generation, memory_order_acquire);
}

uint64_t
keeper_count(const struct keeper *k, enum fetch_outcome o)
{
	return atomic_load_explicit(&k->ended[o], memory_order_relaxed);
}

size_t
keeper_waiting(const struct keeper *k)
{
	return atomic_load_explicit(&k->waiting, memory_order_relaxed);
}

int
keeper_new(const struct keeper_setup *setup, struct keeper **out)
{
	struct keeper *k = calloc(1, sizeof(*k));
	int r = -ENOMEM;

	if (!k)
		return r;
	k->setup = *setup;
	pthread_mutex_init(&k->lock, NULL);
	k->arena = arena_new(READ_MEMORY);
	k->kit = kit_new();
	if (k->arena && k->kit)
		r = fetcher_new(&setup->fetch, &k->fetcher);
	if (r != 0)
		keeper_free(k);
	else
		*out = k;
	return r;
}

void
keeper_stop(struct keeper *k)
{
	if (!k)
		return;
	fetcher_free(k->fetcher);
	k->fetcher = NULL;
}

void
keeper_free(struct keeper *k)
{
	if (!k)
		return;
	keeper_stop(k);
	web_unref(k->web);
	if (k->kit)
		kit_free(k->kit);
	arena_free(k->arena);
	pthread_mutex_destroy(&k->lock);
	free(k);
}
