/* store.c - the store's thread: takes all that waits, does it as one group, tells each what came of it.
 *
 * Where the log can't be reached, what is asked meanwhile is refused at once, and the log is tried again after a
 * quarter of a second, then half, up to eight.
 */
#include "codecs/base/kit.h"
#include "gateway/store/store_impl.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
	QUEUE = 1024,
	GROUP = 512,
	REFRESH = 2,
	WAIT_FIRST = 250,
	WAIT_MOST = 8000,
	LINGER = 1500000 /* nanoseconds */,
	LINGER_FOR = 16,
	LINGER_OFF = 32
};

static int64_t
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
set_state(struct store *s, int state)
{
	pthread_mutex_lock(&s->lock);
	s->state = state;
	pthread_mutex_unlock(&s->lock);
}

/* Readers get it from now on.  What could not be read is tried again at the next look. */
static int
look(struct store *s, bool anew)
{
	struct store_status *next = NULL, *before = s->status;
	int r = status_next(s->log.db, before, anew, &next);

	if (r != 0)
		return r;
	pthread_mutex_lock(&s->lock);
	s->status = next;
	pthread_mutex_unlock(&s->lock);
	store_status_unref(before);
	s->log.listed = s->log.revoked = s->log.forgot = s->anew = false;
	s->look_at = milliseconds() + s->refresh * 1000;
	return 0;
}

static void
lost(struct store *s, int r)
{
	log_close(&s->log);
	s->wait = s->wait == 0 ? WAIT_FIRST : s->wait >= WAIT_MOST / 2 ? WAIT_MOST : 2 * s->wait;
	s->retry_at = milliseconds() + s->wait;
	set_state(s, r);
}

/* The end of the log is looked at again: nobody knows what the failure left. */
static int
reach(struct store *s, const char **why)
{
	int r = log_open(&s->log, s->kind, s->where, true, s->secret, why);

	if (r == 0)
		r = look(s, s->anew);
	if (r != 0) {
		lost(s, r);
		return r;
	}
	s->wait = 0;
	set_state(s, 0);
	return 0;
}

static void
finish(struct job *j)
{
	for (struct job *next; j; j = next) {
		next = j->next;
		if (j->done)
			j->done(j->arg, j->result);
		free(j->block);
		free(j);
	}
}

/* A lease that was refused is asked for again by the next who finds the hand empty. */
static void
refuse(struct store *s, struct job *first, int r)
{
	for (struct job *j = first; j; j = j->next) {
		j->result = r;
		if (j->kind == JOB_LEASE && !j->lease_out)
			hand_low(s->log.hand, (struct span){ j->family, j->family_len });
	}
	finish(first);
}

/* What was revoked or begun is in the snapshot before anybody is told. */
static void
work(struct store *s, struct job *first)
{
	struct log *l = &s->log;
	int r = log_group(l, first);

	set_state(s, r != 0                                                ? r
		     : first->result == -ENOSPC || first->result == -EBUSY ? first->result
									   : 0);
	s->anew = s->anew || l->forgot;
	if (r == 0 && (l->listed || l->revoked || l->forgot) && look(s, s->anew) != 0)
		s->look_at = 0;
	if (r != 0)
		lost(s, r);
	finish(first);
}

/* With the lock held.  A sync costs the same for one as for all who come within its time: where many ask, waiting a
 * moment for more of them is the cheapest thing to do; where it did not help, it is not tried again for a while. */
static void
linger(struct store *s)
{
	const struct timespec moment = { 0, LINGER };
	size_t before = s->waiting;

	if (s->closing || before == 0 || before >= LINGER_FOR || s->hurry-- > 0)
		return;
	pthread_mutex_unlock(&s->lock);
	nanosleep(&moment, NULL);
	pthread_mutex_lock(&s->lock);
	s->hurry = s->waiting >= 2 * before ? 0 : LINGER_OFF;
}

/* All that waits, at most a group of it; NULL at the end, or when it is time to look. */
static struct job *
take(struct store *s, bool *over)
{
	struct job *first, *j;
	int64_t due = s->log.db ? s->look_at : s->retry_at;
	struct timespec at = { .tv_sec = due / 1000, .tv_nsec = due % 1000 * 1000000 };

	pthread_mutex_lock(&s->lock);
	while (!s->first && !s->closing && pthread_cond_timedwait(&s->wake, &s->lock, &at) == 0)
		;
	linger(s);
	first = j = s->first;
	for (size_t n = 1; j && j->next && n < GROUP; n++)
		j = j->next;
	s->first = j ? j->next : NULL;
	if (j)
		j->next = NULL;
	if (!s->first)
		s->last = &s->first;
	for (j = first; j; j = j->next)
		s->waiting--;
	*over = s->closing && !first;
	pthread_mutex_unlock(&s->lock);
	return first;
}

static void
idle(struct store *s)
{
	int r = milliseconds() >= s->look_at ? look(s, s->anew) : 0;

	if (r == -ENOMEM || r == -EBUSY)
		s->look_at = milliseconds() + s->refresh * 1000;
	else if (r != 0)
		lost(s, r);
}

static void *
run(void *arg)
{
	struct store *s = arg;
	struct job *first;
	bool over = false;

	while ((first = take(s, &over)) || !over) {
		const char *why = NULL;
		int r = 0;
		if (!s->log.db)
			r = milliseconds() >= s->retry_at ? reach(s, &why) : s->state;
		if (r != 0)
			refuse(s, first, r);
		else if (first)
			work(s, first);
		if (s->log.db)
			idle(s);
	}
	return NULL;
}

static void
release(struct store *s)
{
	log_close(&s->log);
	kit_free(s->log.kit);
	hand_free(s->log.hand);
	store_status_unref(s->status);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	secret_wipe(s->secret, sizeof(s->secret));
	free(s);
}

int
store_submit(struct store *s, struct job *j)
{
	int r = 0;

	pthread_mutex_lock(&s->lock);
	if (s->waiting >= s->max || s->closing) {
		r = -EAGAIN;
	} else {
		*s->last = j;
		s->last = &j->next;
		s->waiting++;
		pthread_cond_signal(&s->wake);
	}
	pthread_mutex_unlock(&s->lock);
	return r;
}

int
store_state(struct store *s)
{
	pthread_mutex_lock(&s->lock);
	int state = s->state;
	pthread_mutex_unlock(&s->lock);
	return state;
}

struct store_status *
store_status(struct store *s)
{
	pthread_mutex_lock(&s->lock);
	struct store_status *t = status_ref(s->status);
	pthread_mutex_unlock(&s->lock);
	return t;
}

static struct store *
make(const struct store_setup *setup)
{
	struct store *s = calloc(1, sizeof(*s));
	pthread_condattr_t clock;

	if (!s)
		return NULL;
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&s->wake, &clock);
	pthread_condattr_destroy(&clock);
	pthread_mutex_init(&s->lock, NULL);
	s->last = &s->first;
	s->max = setup->queue > 0 ? setup->queue : QUEUE;
	s->refresh = setup->refresh > 0 ? setup->refresh : REFRESH;
	s->kind = setup->url ? &db_postgres : &db_sqlite;
	s->log.kit = kit_new();
	s->log.hand = hand_new();
	s->status = status_none();
	if (s->log.kit && s->log.hand && s->status)
		return s;
	release(s);
	return NULL;
}

/* Signals are the program's to take: one that came to this thread would end it all. */
static int
begin_thread(struct store *s)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	int r = -pthread_create(&s->thread, NULL, run, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

/* A server that is away comes back; a file that can't be opened won't by itself. */
static int
begin(struct store *s, const struct store_setup *setup, const char **why)
{
	const char *where = setup->url ? setup->url : setup->path;
	int n = snprintf(s->where, sizeof(s->where), "%s", where), r;

	if (n < 0 || (size_t)n >= sizeof(s->where))
		return -ENAMETOOLONG;
	r = store_secret_find(setup, true, s->secret);
	if (r == 0)
		r = reach(s, why);
	if (r == -EHOSTUNREACH)
		r = 0;
	return r == 0 ? begin_thread(s) : r;
}

int
store_open(const struct store_setup *setup, const char **why, struct store **out)
{
	struct store *s = setup->url || setup->path ? make(setup) : NULL;
	const char *sentence = NULL;
	int r = s ? begin(s, setup, &sentence) : -ENOMEM;

	if (r == 0) {
		*out = s;
		return 0;
	}
	if (s)
		release(s);
	if (why)
		*why = sentence ? sentence : store_because(r);
	return r;
}

void
store_close(struct store *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->closing = true;
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	release(s);
}
