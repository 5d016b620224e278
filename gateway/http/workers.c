/* workers.c - a bounded queue with one lock, threads that empty it, and boxes that carry results home.
 *
 * Workers run at a lower priority than the loops: what is quick never waits for
 * what is slow.  The one that fell idle last is woken first: what it needs is still
 * in its core's cache.
 */
#include "gateway/http/workers.h"

#include "gateway/http/app.h"
#include "gateway/http/metrics.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NICE = 5 };

struct workers {
	struct app *app;
	pthread_mutex_t lock;
	struct worker *idle; /* the last one first */
	struct job *first, *last;
	size_t waiting, max;
	bool closing;
	unsigned count;
	struct worker {
		struct workers *all;
		struct worker *next_idle;
		pthread_cond_t wake;
		bool waits; /* in the list of the idle */
		struct tools tools;
		pthread_t thread;
	} worker[];
};

int
mailbox_open(struct mailbox *m)
{
	atomic_store(&m->head, NULL);
	m->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return m->fd < 0 ? -errno : 0;
}

void
mailbox_close(struct mailbox *m)
{
	if (m->fd >= 0)
		close(m->fd);
	m->fd = -1;
}

void
mailbox_ring(struct mailbox *m)
{
	const uint64_t one = 1;

	while (write(m->fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

void
mailbox_post(struct mailbox *m, struct job *j)
{
	struct job *head = atomic_load_explicit(&m->head, memory_order_relaxed);

	do
		j->next = head;
	while (!atomic_compare_exchange_weak_explicit(
		&m->head, &head, j, memory_order_release, memory_order_relaxed));
	if (!head)
		mailbox_ring(m);
}

struct job *
mailbox_take(struct mailbox *m)
{
	uint64_t rings;
	struct job *j, *oldest = NULL;

	while (read(m->fd, &rings, sizeof(rings)) < 0 && errno == EINTR)
		;
	j = atomic_exchange_explicit(&m->head, NULL, memory_order_acquire);
	while (j) {
		struct job *next = j->next;
		j->next = oldest;
		oldest = j;
		j = next;
	}
	return oldest;
}

static void
wake_one(struct workers *w)
{
	struct worker *idle = w->idle;

	if (!idle)
		return;
	w->idle = idle->next_idle;
	idle->waits = false;
	pthread_cond_signal(&idle->wake);
}

static void
wait_for_job(struct worker *me)
{
	me->next_idle = me->all->idle;
	me->all->idle = me;
	me->waits = true;
	while (me->waits)
		pthread_cond_wait(&me->wake, &me->all->lock);
}

/* The next job; NULL when the queue is closed and empty. */
static struct job *
take(struct worker *me)
{
	struct workers *w = me->all;
	struct job *j;

	pthread_mutex_lock(&w->lock);
	while (!w->first && !w->closing)
		wait_for_job(me);
	j = w->first;
	if (j) {
		w->first = j->next;
		w->waiting--;
	}
	pthread_mutex_unlock(&w->lock);
	return j;
}

static void *
work(void *arg)
{
	struct worker *me = arg;
	struct job *j;

	(void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), NICE);
	while ((j = take(me))) {
		struct mailbox *home = j->home;
		arena_reset(me->tools.arena);
		arena_reset(me->tools.scratch);
		if (j->run(j, &me->tools) && home)
			mailbox_post(home, j);
	}
	return NULL;
}

static int
worker_start(struct workers *w)
{
	struct worker *me = &w->worker[w->count];
	int r = tools_open(&me->tools, w->app);

	if (r != 0)
		return r;
	me->all = w;
	pthread_cond_init(&me->wake, NULL);
	me->tools.counters = metrics_counters(w->app->metrics);
	r = me->tools.counters ? -pthread_create(&me->thread, NULL, work, me) : -ENOMEM;
	if (r == 0) {
		w->count++;
		return 0;
	}
	pthread_cond_destroy(&me->wake);
	tools_close(&me->tools);
	return r;
}

int
workers_new(struct app *app, unsigned threads, size_t queue_max, struct workers **out)
{
	struct workers *w = calloc(1, sizeof(*w) + threads * sizeof(w->worker[0]));
	int r = 0;

	if (!w)
		return -ENOMEM;
	w->app = app;
	w->max = queue_max;
	pthread_mutex_init(&w->lock, NULL);
	for (unsigned i = 0; i < threads && r == 0; i++)
		r = worker_start(w);
	if (r != 0)
		workers_free(w);
	else
		*out = w;
	return r;
}

int
workers_submit(struct workers *w, struct job *j)
{
	int r = 0;

	j->next = NULL;
	pthread_mutex_lock(&w->lock);
	if (w->waiting >= w->max || w->closing) {
		r = -EAGAIN;
	} else {
		if (w->first)
			w->last->next = j;
		else
			w->first = j;
		w->last = j;
		w->waiting++;
		wake_one(w);
	}
	pthread_mutex_unlock(&w->lock);
	return r;
}

size_t
workers_waiting(struct workers *w)
{
	size_t n;

	pthread_mutex_lock(&w->lock);
	n = w->waiting;
	pthread_mutex_unlock(&w->lock);
	return n;
}

void
workers_free(struct workers *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->closing = true;
	while (w->idle)
		wake_one(w);
	pthread_mutex_unlock(&w->lock);
	for (unsigned i = 0; i < w->count; i++) {
		pthread_join(w->worker[i].thread, NULL);
		pthread_cond_destroy(&w->worker[i].wake);
		tools_close(&w->worker[i].tools);
	}
	pthread_mutex_destroy(&w->lock);
	free(w);
}
