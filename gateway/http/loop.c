/* loop.c - one thread that accepts, reads, answers what is quick, and sends once per turn.
 *
 * Each loop has a listener of its own on the shared port, so the kernel spreads
 * connections and no lock stands between loops.
 */
#include "gateway/http/loop.h"

#include "gateway/http/fetch/keeper.h"
#include "gateway/http/metrics.h"
#include "gateway/http/tls/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ACCEPTS_A_TURN = 64, TICK_US = 250000, PAUSE_US = 100000, FRESH_US = 500000, DOORS = 2 };

const struct trust *
loop_trust(struct loop *l)
{
	unsigned now = atomic_load_explicit(&l->app->generation, memory_order_acquire);

	if (now != l->generation || !l->trust) {
		trust_unref(l->trust);
		l->trust = app_trust(l->app, &l->generation);
	}
	return l->trust;
}

const struct web *
loop_web(struct loop *l)
{
	struct keeper *k = l->app->keeper;

	if (k && keeper_generation(k) != l->web_generation) {
		web_unref(l->web);
		l->web = keeper_web(k, &l->web_generation);
	}
	return l->web;
}

bool
loop_web_renew(struct loop *l, struct web **held)
{
	if (loop_web(l) == *held)
		return false;
	web_unref(*held);
	*held = l->web ? web_ref(l->web) : NULL;
	return true;
}

/* --- connections --- */

/* A handshake costs as much as a request, and is counted as one. */
static enum count
admit(struct door *d, int fd, const struct sockaddr *peer)
{
	struct loop *l = d->loop;
	struct app *app = l->app;
	struct seat *seat;

	if (atomic_fetch_add(&app->connections, 1) >= app->config->http.connections)
		return COUNT_FULL;
	seat = guard_enter(app->guard, peer_of(peer), l->now);
	if (!seat)
		return COUNT_ADDRESS_FULL;
	if (d->tls && !guard_request(app->guard, seat, l->now)) {
		guard_leave(app->guard, seat);
		return COUNT_RATE;
	}
	struct ssl_ctx_st *ctx = d->tls ? app_tls(app) : NULL;
	conn_new(l, fd, seat, ctx);
	tls_context_free(ctx);
	return COUNT_ACCEPTED;
}

static void
take_in(struct door *d, int fd, const struct sockaddr *peer)
{
	enum count what = admit(d, fd, peer);

	count_one(d->loop->tools.counters, what);
	if (what == COUNT_ACCEPTED)
		return;
	atomic_fetch_sub(&d->loop->app->connections, 1);
	close(fd);
}

static void
open_doors(struct loop *l, bool open)
{
	for (size_t i = 0; i < DOORS; i++) {
		if (l->doors[i].fd < 0)
			continue;
		if (open)
			event_add(&l->doors[i].accept, NULL);
		else
			event_del(&l->doors[i].accept);
	}
}

/* No descriptor left: one kept in reserve lets us take the connection and close it, instead of spinning on it. */
static void
no_descriptor(struct door *d)
{
	const struct timeval pause = { 0, PAUSE_US };
	struct loop *l = d->loop;

	count_one(l->tools.counters, COUNT_NO_DESCRIPTOR);
	if (l->reserve >= 0) {
		close(l->reserve);
		int fd = accept4(d->fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			close(fd);
		l->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
	}
	open_doors(l, false);
	event_add(&l->pause, &pause);
}

/* false: nobody is waiting. */
static bool
accept_one(struct door *d)
{
	struct sockaddr_storage peer = { 0 };
	socklen_t len = sizeof(peer);
	int fd = accept4(d->fd, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		take_in(d, fd, (const struct sockaddr *)&peer);
		return true;
	}
	if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
		no_descriptor(d);
		return false;
	}
	return errno == EINTR || errno == ECONNABORTED;
}

static void
on_accept(evutil_socket_t fd, short what, void *arg)
{
	struct door *d = arg;

	(void)fd;
	(void)what;
	d->loop->now = clock_us();
	for (int i = 0; i < ACCEPTS_A_TURN && accept_one(d); i++)
		;
}

static void
on_pause(evutil_socket_t fd, short what, void *arg)
{
	struct loop *l = arg;

	(void)fd;
	(void)what;
	if (l->reading)
		open_doors(l, true);
}

static void
on_box(evutil_socket_t fd, short what, void *arg)
{
	struct loop *l = arg;
	struct job *j = mailbox_take(&l->mail);

	(void)fd;
	(void)what;
	while (j) {
		struct job *next = j->next; /* done may free it */
		j->done(j);
		j = next;
	}
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct loop *l = arg;

	(void)fd;
	(void)what;
	l->now = clock_us();
	for (struct conn *c = l->conns, *next; c; c = next) {
		next = c->next;
		conn_tick(c);
	}
	loop_trust(l); /* an idle loop does not keep an old snapshot alive */
	loop_web(l);
}

/* --- turns --- */

static void
flush_all(struct loop *l)
{
	while (l->dirty) {
		struct conn *c = l->dirty;
		l->dirty = c->next_dirty;
		c->dirty = false;
		conn_flush(c);
	}
	if (l->log_len > 0 && write(STDERR_FILENO, l->log, l->log_len) < 0) {
		/* nobody is left to tell */
	}
	l->log_len = 0;
}

/* Frees the dead, except those that a worker still has. */
static void
reap(struct loop *l)
{
	struct conn **at = &l->dead;

	while (*at) {
		struct conn *c = *at;
		if (c->call || c->stream) {
			at = &c->next;
			continue;
		}
		*at = c->next;
		conn_free(c);
	}
}

static void
close_doors(struct loop *l)
{
	for (size_t i = 0; i < DOORS; i++) {
		if (l->doors[i].fd >= 0)
			close(l->doors[i].fd);
		l->doors[i].fd = -1;
	}
}

/* Those who wait in the kernel's queue were promised an answer: they are taken before the listener closes. */
static void
stop_listening(struct loop *l)
{
	l->now = clock_us();
	for (size_t i = 0; i < DOORS; i++)
		while (l->doors[i].fd >= 0 && accept_one(&l->doors[i]))
			;
	open_doors(l, false);
	event_del(&l->pause);
	close_doors(l);
	l->reading = false;
	l->stopped_at = l->now;
	l->drain_by = l->now + (uint64_t)l->app->config->http.stop_timeout * 1000000u;
}

/* Between two requests; a connection that has never asked anything is given a moment to do so. */
static bool
is_idle(const struct loop *l, const struct conn *c)
{
	if ((c->phase != PHASE_IDLE && c->phase != PHASE_HELLO) || c->blocked ||
		c->in.from < c->in.to || c->out.from < c->out.to)
		return false;
	return c->requests > 0 || clock_us() - l->stopped_at > FRESH_US;
}

/* true: all is done, or time is up. */
static bool
stopped(struct loop *l)
{
	bool late;

	if (l->reading)
		stop_listening(l);
	late = clock_us() >= l->drain_by || atomic_load(&l->app->hurry);
	for (struct conn *c = l->conns, *next; c; c = next) {
		next = c->next;
		if (late || is_idle(l, c))
			conn_kill(c);
	}
	return !l->conns;
}

void
loop_run(struct loop *l)
{
	for (;;) {
		event_base_loop(l->base, EVLOOP_ONCE);
		flush_all(l);
		if (atomic_load_explicit(&l->app->stopping, memory_order_relaxed) && stopped(l))
			break;
		reap(l);
	}
}

static int
open_events(struct loop *l)
{
	const struct timeval tick = { 0, TICK_US };
	struct event_config *cfg = event_config_new();

	if (cfg) {
		event_config_set_flag(cfg, EVENT_BASE_FLAG_NOLOCK);
		l->base = event_base_new_with_config(cfg);
		event_config_free(cfg);
	}
	if (!l->base)
		return -ENOMEM;
	for (size_t i = 0; i < DOORS; i++) {
		struct door *d = &l->doors[i];
		event_assign(&d->accept, l->base, d->fd, EV_READ | EV_PERSIST, on_accept, d);
		if (d->fd >= 0 && event_add(&d->accept, NULL) != 0)
			return -ENOMEM;
	}
	event_assign(&l->box, l->base, l->mail.fd, EV_READ | EV_PERSIST, on_box, l);
	event_assign(&l->tick, l->base, -1, EV_PERSIST, on_tick, l);
	event_assign(&l->pause, l->base, -1, 0, on_pause, l);
	l->reading = true;
	return event_add(&l->box, NULL) | event_add(&l->tick, &tick) ? -ENOMEM : 0;
}

int
loop_open(struct loop *l, struct app *app, int plain, int tls)
{
	int r = 0;

	*l = (struct loop){ .app = app, .now = clock_us(), .mail = { .fd = -1 } };
	l->doors[0] = (struct door){ .loop = l, .fd = plain };
	l->doors[1] = (struct door){ .loop = l, .fd = tls, .tls = true };
	l->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (getrandom(&l->span_ids, sizeof(l->span_ids), 0) < 0)
		l->span_ids = l->now;
	l->span_ids |= 1;
	l->lent = malloc(LENT_SIZE);
	l->tools.counters = NULL;
	if (!l->lent)
		r = -ENOMEM;
	if (r == 0)
		r = mailbox_open(&l->mail);
	if (r == 0)
		r = tools_open(&l->tools, app);
	if (r == 0)
		r = (l->tools.counters = metrics_counters(app->metrics)) ? 0 : -ENOMEM;
	if (r == 0)
		r = open_events(l);
	if (r != 0)
		loop_close(l);
	return r;
}

void
loop_close(struct loop *l)
{
	while (l->conns)
		conn_kill(l->conns);
	l->dirty = NULL;
	if (l->mail.fd >= 0)
		on_box(-1, 0, l); /* the workers are gone: what they finished is all there is */
	reap(l);
	if (l->base)
		event_base_free(l->base);
	close_doors(l);
	if (l->reserve >= 0)
		close(l->reserve);
	mailbox_close(&l->mail);
	trust_unref(l->trust);
	web_unref(l->web);
	tools_close(&l->tools);
	while (l->spare_count > 0)
		free(l->spares[--l->spare_count]);
	free(l->lent);
	*l = (struct loop){ .reserve = -1, .mail = { .fd = -1 } };
	l->doors[0].fd = l->doors[1].fd = -1;
}
