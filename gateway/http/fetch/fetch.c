/* fetch.c - a thread that owns all fetches under way: names first, then transfers, in turn and within their caps.
 *
 * Others hand fetches over through one locked list and wake the thread; everything
 * else belongs to it alone.  No call in here waits but the poll.
 */
#include "gateway/http/fetch/fetch.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/http/fetch/lookup.h"
#include "gateway/http/fetch/transfer.h"

enum { POLL_MS = 1000, MINUTE_MS = 60000, THREADS_PER_FLIGHT = 2 };

/* One fetch that has begun. */
struct flight {
	struct flight *next;
	struct fetch *fetch;
	struct url url;
	struct lookup *lookup;
	struct transfer transfer;
	bool flying; /* its transfer is in the multi handle */
};

struct fetcher {
	struct fetch_setup setup;
	pthread_t thread;
	pthread_mutex_t lock;
	struct fetch *arrived; /* the newest first */
	bool closing;
	/* the thread's own */
	CURLM *multi;
	struct lookups *lookups;
	struct fetch *queue, **queue_end;
	size_t queued, count; /* flights */
	struct flight *flights;
	uint64_t tokens, filled_at; /* thousandths of a fetch that may begin; milliseconds */
};

static uint64_t
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000u + (uint64_t)t.tv_nsec / 1000000u;
}

static uint64_t
patience(const struct fetcher *f)
{
	return f->setup.patience_ms ? f->setup.patience_ms
				    : (uint64_t)f->setup.config->timeout * 1000u;
}

static void
end(struct fetch *one, enum fetch_outcome outcome)
{
	one->outcome = outcome;
	one->done(one);
}

/* --- flights --- */

static void
flight_end(struct fetcher *f, struct flight *fl)
{
	struct flight **at = &f->flights;

	while (*at != fl)
		at = &(*at)->next;
	*at = fl->next;
	f->count--;
	if (fl->flying)
		curl_multi_remove_handle(f->multi, fl->transfer.easy);
	transfer_close(&fl->transfer);
	lookup_drop(fl->lookup);
	free(fl);
}

static void
flight_fail(struct fetcher *f, struct flight *fl, enum fetch_outcome outcome)
{
	struct fetch *one = fl->fetch;

	flight_end(f, fl);
	end(one, outcome);
}

/* A whole minute's worth may begin at once; then one by one. */
static bool
may_begin(struct fetcher *f, uint64_t now)
{
	const uint64_t rate = f->setup.config->per_minute, full = rate * MINUTE_MS;

	if (rate == 0)
		return true;
	f->tokens += (now - f->filled_at) * rate;
	f->filled_at = now;
	if (f->tokens > full)
		f->tokens = full;
	if (f->tokens < MINUTE_MS)
		return false;
	f->tokens -= MINUTE_MS;
	return true;
}

static void
begin(struct fetcher *f, struct fetch *one, const struct url *u, uint64_t now)
{
	struct flight *fl = may_begin(f, now) ? calloc(1, sizeof(*fl)) : NULL;

	if (!fl) {
		end(one, FETCH_BUSY);
		return;
	}
	*fl = (struct flight){ .next = f->flights, .fetch = one, .url = *u };
	fl->transfer = (struct transfer){ .setup = &f->setup, .fetch = one };
	f->flights = fl;
	f->count++;
	one->begun = now;
	int r = lookup_start(f->lookups, fl->url.host, &fl->lookup);
	if (r != 0)
		flight_fail(f, fl, r == -ENOMEM ? FETCH_MEMORY : FETCH_BUSY);
}

/* --- names --- */

/* Good only if every address is public: a name that leads inside as well is nobody's we talk to. */
static enum fetch_outcome
judge(const struct lookup *l, const struct address **a, size_t *count)
{
	int r = lookup_result(l, a, count);

	if (r != 0)
		return r == -ENOENT ? FETCH_NAME : r == -E2BIG ? FETCH_ADDRESS : FETCH_LOOKUP;
	for (size_t i = 0; i < *count; i++)
		if (address_special(&(*a)[i]))
			return FETCH_ADDRESS;
	return FETCH_GOOD;
}

static void
fly(struct fetcher *f, struct flight *fl, uint64_t now)
{
	const struct address *addresses;
	size_t count;
	enum fetch_outcome outcome = judge(fl->lookup, &addresses, &count);
	uint64_t left = fl->fetch->begun + patience(f);

	left = left > now ? left - now : 0;
	if (outcome == FETCH_GOOD && left == 0)
		outcome = FETCH_TIME;
	if (outcome == FETCH_GOOD &&
		(!transfer_open(&fl->transfer, &fl->url, addresses, count, (long)left) ||
			curl_multi_add_handle(f->multi, fl->transfer.easy) != CURLM_OK))
		outcome = FETCH_MEMORY;
	if (outcome != FETCH_GOOD) {
		flight_fail(f, fl, outcome);
		return;
	}
	fl->flying = true;
	lookup_drop(fl->lookup);
	fl->lookup = NULL;
}

static void
look_at_names(struct fetcher *f, uint64_t now)
{
	const uint64_t most = (uint64_t)f->setup.config->connect_timeout * 1000u;
	const uint64_t wait = most < patience(f) ? most : patience(f);

	for (struct flight *fl = f->flights, *next; fl; fl = next) {
		next = fl->next;
		if (!fl->lookup)
			continue;
		if (lookup_done(fl->lookup))
			fly(f, fl, now);
		else if (now >= fl->fetch->begun + wait)
			flight_fail(f, fl, FETCH_LOOKUP);
	}
}

/* --- transfers --- */

static struct flight *
flight_of(const struct fetcher *f, const CURL *easy)
{
	struct flight *fl = f->flights;

	while (fl && fl->transfer.easy != easy)
		fl = fl->next;
	return fl;
}

static void
look_at_transfers(struct fetcher *f)
{
	const CURLMsg *m;
	int left;

	curl_multi_perform(f->multi, &left);
	while ((m = curl_multi_info_read(f->multi, &left))) {
		struct flight *fl = m->msg == CURLMSG_DONE ? flight_of(f, m->easy_handle) : NULL;
		if (!fl)
			continue;
		struct fetch *one = fl->fetch;
		transfer_end(&fl->transfer, m->data.result);
		flight_end(f, fl);
		one->done(one);
	}
}

/* --- the queue --- */

static size_t
flights_to(const struct fetcher *f, const struct url *u)
{
	size_t n = 0;

	for (const struct flight *fl = f->flights; fl; fl = fl->next)
		n += strcmp(fl->url.host, u->host) == 0;
	return n;
}

/* What arrived goes behind what waits, in the order in which it came; false: it is time to end. */
static bool
take_arrived(struct fetcher *f, uint64_t now)
{
	struct fetch *list, *oldest = NULL;
	bool closing;

	pthread_mutex_lock(&f->lock);
	list = f->arrived;
	f->arrived = NULL;
	closing = f->closing;
	pthread_mutex_unlock(&f->lock);
	while (list) {
		struct fetch *next = list->next;
		list->next = oldest;
		oldest = list;
		list = next;
	}
	while (oldest) {
		struct fetch *one = oldest;
		oldest = one->next;
		one->next = NULL;
		one->begun = now;
		*f->queue_end = one;
		f->queue_end = &one->next;
		f->queued++;
	}
	return !closing;
}

static struct fetch *
unqueue(struct fetcher *f, struct fetch **at)
{
	struct fetch *one = *at;

	*at = one->next;
	if (!one->next)
		f->queue_end = at;
	one->next = NULL;
	f->queued--;
	return one;
}

/* Begins what may begin; past the cap the newest are sent away, and those that have waited long enough. */
static void
look_at_queue(struct fetcher *f, uint64_t now)
{
	const struct config_fetch *c = f->setup.config;
	struct fetch **at = &f->queue;
	size_t kept = 0;

	while (*at) {
		struct fetch *one = *at;
		struct url u;
		if (url_read(one->url, &u) != URL_GOOD) {
			end(unqueue(f, at), FETCH_URL);
		} else if (f->count < c->flights && flights_to(f, &u) < c->flights_per_host) {
			begin(f, unqueue(f, at), &u, now);
		} else if (kept >= c->waiting || now - one->begun > patience(f)) {
			end(unqueue(f, at), FETCH_BUSY);
		} else {
			at = &one->next;
			kept++;
		}
	}
}

/* --- the thread --- */

static void
stop_all(struct fetcher *f)
{
	while (f->flights)
		flight_fail(f, f->flights, FETCH_STOPPED);
	while (f->queue)
		end(unqueue(f, &f->queue), FETCH_STOPPED);
}

/* Names and the queue have deadlines of their own, transfers libcurl's. */
static int
nap(const struct fetcher *f)
{
	bool waits = f->queue != NULL;

	for (const struct flight *fl = f->flights; fl && !waits; fl = fl->next)
		waits = fl->lookup != NULL;
	return waits ? POLL_MS / 20 : POLL_MS;
}

static void *
run(void *arg)
{
	struct fetcher *f = arg;
	bool goes_on = true;
	sigset_t all;

	sigfillset(&all); /* signals are others'; a peer that has gone is an error of write */
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	while (goes_on) {
		goes_on = take_arrived(f, clock_ms());
		look_at_names(f, clock_ms());
		look_at_transfers(f);
		look_at_queue(f, clock_ms());
		if (goes_on)
			curl_multi_poll(f->multi, NULL, 0, nap(f), NULL);
	}
	stop_all(f);
	/* what ended may have started more */
	while (take_arrived(f, clock_ms()), f->queue)
		stop_all(f);
	return NULL;
}

static void
wake(void *arg)
{
	struct fetcher *f = arg;

	curl_multi_wakeup(f->multi);
}

void
fetcher_start(struct fetcher *f, struct fetch *one)
{
	one->outcome = FETCH_GOOD;
	one->status = 0;
	one->bytes = SPAN_NONE;
	pthread_mutex_lock(&f->lock);
	one->next = f->arrived;
	f->arrived = one;
	pthread_mutex_unlock(&f->lock);
	wake(f);
}

static void
dispose(struct fetcher *f)
{
	lookups_close(f->lookups);
	if (f->multi)
		curl_multi_cleanup(f->multi);
	pthread_mutex_destroy(&f->lock);
	free(f);
	curl_global_cleanup();
}

int
fetcher_new(const struct fetch_setup *setup, struct fetcher **out)
{
	struct fetcher *f = calloc(1, sizeof(*f));
	int r;

	if (!f)
		return -ENOMEM;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(f);
		return -ENOMEM;
	}
	f->setup = *setup;
	f->queue_end = &f->queue;
	f->filled_at = clock_ms();
	f->tokens = (uint64_t)setup->config->per_minute * MINUTE_MS;
	pthread_mutex_init(&f->lock, NULL);
	f->multi = curl_multi_init();
	r = f->multi ? lookups_new(setup->config->flights * THREADS_PER_FLIGHT, setup->resolve,
			       setup->arg, wake, f, &f->lookups)
		     : -ENOMEM;
	if (r == 0)
		r = pthread_create(&f->thread, NULL, run, f) == 0 ? 0 : -ENOMEM;
	if (r != 0)
		dispose(f);
	else
		*out = f;
	return r;
}

void
fetcher_free(struct fetcher *f)
{
	if (!f)
		return;
	pthread_mutex_lock(&f->lock);
	f->closing = true;
	pthread_mutex_unlock(&f->lock);
	wake(f);
	pthread_join(f->thread, NULL);
	dispose(f);
}

void
fetch_forget(struct fetch *one)
{
	/* only transfer.c fills it, from malloc */
	uint8_t *bytes = (uint8_t *)(uintptr_t)one->bytes.ptr;

	if (bytes)
		explicit_bzero(bytes, one->bytes.len);
	free(bytes);
	one->bytes = SPAN_NONE;
}

const char *
fetch_outcome_name(enum fetch_outcome o)
{
	static const char *const names[FETCH_OUTCOMES] = { "good", "status", "url", "name",
		"lookup", "address", "connect", "tls", "time", "size", "redirect", "coding", "busy",
		"stopped", "memory" };

	return names[o];
}

bool
fetch_unasked(enum fetch_outcome o)
{
	return o == FETCH_BUSY || o == FETCH_STOPPED || o == FETCH_MEMORY;
}
