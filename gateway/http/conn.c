/* conn.c - one connection: bytes arrive, requests are answered one after the other, deadlines are absolute.
 *
 * An idle connection owns no buffer: it is lent the loop's while it is read, and
 * takes a copy only of what is left of an unfinished request.  Answers gather in
 * c->out and leave once per turn of the loop.
 */
#include "gateway/http/access/access.h"
#include "gateway/http/loop.h"
#include "gateway/http/metrics.h"
#include "gateway/http/tls/tls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINGER_US = 1000000, RATE_WINDOW_US = 5000000, SUBJECT_MAX = 1024 };

struct span
conn_input(const struct conn *c)
{
	return (struct span){ c->in.ptr ? c->in.ptr + c->in.from : NULL, c->in.to - c->in.from };
}

const struct config_http *
conn_limits(const struct conn *c)
{
	return &c->loop->app->config->http;
}

void
conn_deadline(struct conn *c, int seconds)
{
	c->deadline = c->loop->now + (uint64_t)seconds * 1000000u;
}

static void on_event(evutil_socket_t fd, short what, void *arg);

static void
wait_for(struct conn *c, short what)
{
	if (what == c->wanted)
		return;
	if (c->wanted)
		event_del(&c->event);
	c->wanted = what;
	if (!what)
		return;
	event_assign(&c->event, c->loop->base, c->fd, (short)(what | EV_PERSIST), on_event, c);
	if (event_add(&c->event, NULL) != 0) {
		c->wanted = 0;
		conn_kill(c);
	}
}

void
conn_new(struct loop *l, int fd, struct seat *seat, struct ssl_ctx_st *ctx)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (c && ctx && !(c->tls = tls_new(ctx, fd))) {
		free(c);
		c = NULL;
	}
	if (!c) {
		guard_leave(l->app->guard, seat);
		atomic_fetch_sub(&l->app->connections, 1);
		close(fd);
		return;
	}
	c->loop = l;
	c->fd = fd;
	c->seat = seat;
	c->next = l->conns;
	if (l->conns)
		l->conns->prev = c;
	l->conns = c;
	l->count++;
	c->phase = ctx ? PHASE_HELLO : PHASE_IDLE;
	conn_deadline(c, ctx ? conn_limits(c)->head_timeout : conn_limits(c)->idle_timeout);
	wait_for(c, EV_READ);
}

static void
drop_input(struct conn *c)
{
	if (c->lent) {
		explicit_bzero(c->in.ptr, c->in.to);
		c->in = (struct block){ 0 };
	} else if (c->in.ptr) {
		block_drop(c->loop, &c->in);
	}
	c->lent = false;
}

void
conn_kill(struct conn *c)
{
	struct loop *l = c->loop;

	if (c->phase == PHASE_DEAD)
		return;
	wait_for(c, 0);
	c->phase = PHASE_DEAD;
	tls_free(c->tls);
	c->tls = NULL;
	close(c->fd);
	guard_leave(l->app->guard, c->seat);
	atomic_fetch_sub(&l->app->connections, 1);
	if (c->prev)
		c->prev->next = c->next;
	else
		l->conns = c->next;
	if (c->next)
		c->next->prev = c->prev;
	l->count--;
	block_drop(l, &c->out);
	if (c->stream && stream_release(c))
		c->stream = NULL;
	if (!c->call)
		drop_input(c); /* a worker may be reading its own copy */
	c->next = l->dead;
	l->dead = c;
}

void
conn_free(struct conn *c)
{
	drop_input(c);
	free(c);
}

bool
conn_own(struct conn *c)
{
	struct span rest = conn_input(c);
	struct block own = { 0 };

	if (!c->lent)
		return true;
	if (rest.len > 0 && !block_room(c->loop, &own, rest.len)) {
		conn_kill(c);
		return false;
	}
	if (rest.len > 0)
		memcpy(own.ptr, rest.ptr, rest.len);
	own.to = rest.len;
	drop_input(c);
	c->in = own;
	return true;
}

void
conn_settle(struct conn *c)
{
	short want = EV_READ;

	if (c->phase == PHASE_DEAD)
		return;
	if (c->in.from == c->in.to)
		drop_input(c);
	if (!conn_own(c))
		return;
	if (c->blocked || (c->tls && c->tls->wants_write))
		want = EV_WRITE;
	else if (c->phase == PHASE_BUSY || c->phase == PHASE_CLOSING)
		want = 0;
	else if (c->phase == PHASE_STREAM && !stream_hungry(c))
		want = 0;
	else if (c->out.to - c->out.from > OUT_HIGH)
		want = 0;
	if (!(want & EV_READ) || c->wanted != want) {
		c->window = c->loop->now; /* a pause of ours is not the peer's */
		c->window_bytes = 0;
	}
	wait_for(c, want);
	if (c->tls && want == EV_READ && c->phase != PHASE_LINGER && tls_pending(c->tls))
		event_active(&c->event, EV_READ, 0); /* the descriptor won't tell */
}

/* --- in --- */

/* Where the next bytes go: the loop's buffer, or the connection's own where a request is unfinished. */
static size_t
make_room(struct conn *c)
{
	if (!c->in.ptr) {
		c->in = (struct block){ c->loop->lent, 0, 0, LENT_SIZE };
		c->lent = true;
	} else if (!block_room(c->loop, &c->in, 4096)) {
		conn_kill(c);
		return 0;
	}
	return c->in.cap - c->in.to;
}

/* The peer will send nothing more.  What was asked completely has been answered already, or is with a worker. */
static void
on_end(struct conn *c)
{
	if (c->phase == PHASE_STREAM || c->out.from == c->out.to) {
		conn_kill(c);
		return;
	}
	c->last = true;
	c->phase = PHASE_CLOSING;
	c->deadline = 0;
}

static void
on_readable(struct conn *c)
{
	size_t room = make_room(c);
	ssize_t n;

	if (room == 0)
		return;
	n = c->tls ? tls_recv(c->tls, c->in.ptr + c->in.to, room)
		   : recv(c->fd, c->in.ptr + c->in.to, room, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		conn_kill(c);
	} else if (n == 0) {
		on_end(c);
	} else {
		c->in.to += (size_t)n;
		c->window_bytes += (size_t)n;
		conn_advance(c);
	}
}

/* Closing at once would throw away what we sent, where unread bytes are left: so they are read. */
static void
on_linger(struct conn *c)
{
	ssize_t n = recv(c->fd, c->loop->lent, LENT_SIZE, 0);

	if (n > 0)
		explicit_bzero(c->loop->lent, (size_t)n);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		conn_kill(c);
}

/* Entries that name the certificate which the client showed. */
static uint64_t
known_by(struct conn *c)
{
	char hex[65], subject[SUBJECT_MAX];
	size_t len;

	if (!tls_peer(c->tls, hex, subject, sizeof(subject), &len))
		return 0;
	return access_certificate(
		c->loop->app->access, span_of(hex), (struct span){ (const uint8_t *)subject, len });
}

/* One deadline stands for all of the handshake. */
static void
on_hello(struct conn *c)
{
	int r = tls_handshake(c->tls);

	if (r == -EAGAIN)
		return;
	count_one(c->loop->tools.counters, r == 0 ? COUNT_TLS : COUNT_TLS_FAILED);
	if (r != 0) {
		conn_kill(c);
		return;
	}
	c->tls->certificates = known_by(c);
	c->phase = PHASE_IDLE;
	conn_deadline(c, conn_limits(c)->idle_timeout);
}

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	c->loop->now = clock_us();
	if (c->phase == PHASE_HELLO)
		on_hello(c);
	else if (what & EV_WRITE && c->blocked)
		conn_flush(c);
	else if (c->phase == PHASE_LINGER)
		on_linger(c);
	else
		on_readable(c);
	conn_settle(c);
}

/* --- out --- */

static void
linger(struct conn *c)
{
	if (c->tls)
		tls_leave(c->tls);
	shutdown(c->fd, SHUT_WR);
	drop_input(c);
	c->phase = PHASE_LINGER;
	c->deadline = c->loop->now + LINGER_US;
}

/* All was taken: go on where we stopped. */
static void
drained(struct conn *c)
{
	bool blocked = c->blocked;

	if (c->phase == PHASE_STREAM)
		stream_sent(c);
	block_drop(c->loop, &c->out);
	c->blocked = false;
	c->write_by = 0;
	if (c->phase == PHASE_CLOSING) {
		linger(c);
		return;
	}
	if (blocked && c->phase == PHASE_IDLE)
		conn_deadline(c, conn_limits(c)->idle_timeout);
	if (c->phase == PHASE_STREAM)
		stream_pump(c);
	conn_advance(c);
}

/* The peer has write_timeout for all that was unsent when the wait began. */
static void
block(struct conn *c)
{
	if (c->blocked && c->sent < c->sent_mark)
		return;
	c->blocked = true;
	c->write_by = c->loop->now + (uint64_t)conn_limits(c)->write_timeout * 1000000u;
	c->sent_mark = c->sent + (c->out.to - c->out.from);
}

void
conn_flush(struct conn *c)
{
	if (c->phase == PHASE_DEAD)
		return;
	if (c->out.from < c->out.to) {
		const uint8_t *from = c->out.ptr + c->out.from;
		size_t len = c->out.to - c->out.from;
		ssize_t n = c->tls ? tls_send(c->tls, from, len)
				   : send(c->fd, from, len, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN && errno != EINTR) {
			conn_kill(c);
			return;
		}
		c->out.from += n > 0 ? (size_t)n : 0;
		c->sent += n > 0 ? (size_t)n : 0;
	}
	if (c->out.from < c->out.to)
		block(c);
	else
		drained(c);
	conn_settle(c);
}

/* --- deadlines --- */

static bool
too_slow(struct conn *c)
{
	uint64_t now = c->loop->now;

	if ((c->phase != PHASE_BODY && c->phase != PHASE_STREAM) || c->wanted != EV_READ)
		return false;
	if (now - c->window < RATE_WINDOW_US)
		return false;
	if (c->window_bytes < conn_limits(c)->body_rate * (RATE_WINDOW_US / 1000000))
		return true;
	c->window = now;
	c->window_bytes = 0;
	return false;
}

void
conn_tick(struct conn *c)
{
	const uint64_t now = c->loop->now;
	bool late = c->deadline && now > c->deadline && !c->blocked;

	if (c->phase == PHASE_DEAD)
		return;
	if ((c->write_by && now > c->write_by) || (late && c->phase == PHASE_HELLO)) {
		count_one(c->loop->tools.counters, COUNT_TIMEOUT);
		conn_kill(c);
	} else if (late && (c->phase == PHASE_IDLE || c->phase == PHASE_LINGER)) {
		conn_kill(c);
	} else if (late || too_slow(c)) {
		count_one(c->loop->tools.counters, COUNT_TIMEOUT);
		request_timeout(c);
	} else if (c->phase == PHASE_STREAM) {
		stream_pump(c); /* the queue may have been full */
	}
	conn_settle(c);
}
