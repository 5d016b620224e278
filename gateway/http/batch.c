/* batch.c - a batch as a stream: one certificate a line in, one report a line out, in order, in bounded memory.
 *
 * While a worker verifies one block of lines the loop gathers the next.  Neither
 * block grows past a line and a reading buffer, a worker stops when its reports
 * fill a block, and nothing is read or verified while the client does not take
 * what is ready.
 */
#include "codecs/base/buf.h"
#include "gateway/http/batch_impl.h"
#include "gateway/http/fetch/keeper.h"
#include "gateway/http/metrics.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
stream_free(struct stream *s)
{
	/* a block that was emptied still holds what was in it */
	s->fill.to = s->fill.cap;
	s->work.to = s->work.cap;
	s->reports.to = s->reports.cap;
	block_wipe(&s->fill);
	block_wipe(&s->work);
	block_wipe(&s->reports);
	s->spare.to = s->spare.cap;
	block_wipe(&s->spare);
	trust_unref(s->trust);
	web_unref(s->web);
	wish_free(s->wish);
	free(s);
}

bool
stream_release(struct conn *c)
{
	if (c->stream->busy)
		return false;
	stream_free(c->stream);
	return true;
}

static size_t
stream_room(const struct stream *s)
{
	return s->line_max + LENT_SIZE - block_len(&s->fill);
}

bool
stream_hungry(const struct conn *c)
{
	return !c->stream->ended && stream_room(c->stream) > 0;
}

static bool
append(struct block *b, struct span data)
{
	block_pack(b);
	return stream_put(b, data);
}

/* --- on the loop --- */

static void
send_lines(struct conn *c, struct span lines)
{
	char head[24];
	int n = snprintf(head, sizeof(head), "%zx\r\n", lines.len);

	if (lines.len == 0)
		return;
	if (!c->head.http10)
		reply_bytes(c, (struct span){ (const uint8_t *)head, (size_t)n });
	reply_bytes(c, lines);
	if (!c->head.http10)
		reply_bytes(c, SPAN_LIT("\r\n"));
}

/* Makes a chunk of the worker's reports, in place, and sends it from there unless other bytes wait in front. */
static void
send_reports(struct conn *c)
{
	struct stream *s = c->stream;
	struct block *b = &s->reports;
	size_t len = block_len(b);
	char head[24];

	if (len == 0)
		return;
	if (c->out.from < c->out.to || CHUNK_TAIL > b->cap - b->to) {
		send_lines(c, (struct span){ b->ptr + b->from, len });
		b->from = b->to = 0;
		return;
	}
	if (!c->head.http10) {
		size_t n = (size_t)snprintf(head, sizeof(head), "%zx\r\n", len);
		b->from -= n;
		memcpy(b->ptr + b->from, head, n);
		memcpy(b->ptr + b->to, "\r\n", CHUNK_TAIL);
		b->to += CHUNK_TAIL;
	}
	block_drop(c->loop, &c->out);
	c->out = *b;
	*b = s->spare;
	s->spare = (struct block){ 0 };
	reply_ready(c);
}

void
stream_sent(struct conn *c)
{
	struct stream *s = c->stream;

	if (!s || s->spare.ptr || c->out.cap <= SPARE_SIZE)
		return;
	explicit_bzero(c->out.ptr, c->out.to); /* it may end up in a shorter one */
	s->spare = c->out;
	s->spare.from = s->spare.to = 0;
	c->out = (struct block){ 0 };
}

static void
stream_go_on(struct stream *s)
{
	struct conn *c = s->conn;

	stream_feed(c);
	conn_advance(c);
	conn_settle(c);
}

static bool
stream_is_dead(struct stream *s)
{
	struct conn *c = s->conn;

	if (c->phase != PHASE_DEAD)
		return false;
	c->stream = NULL;
	stream_free(s);
	return true;
}

/* On the keeper's thread, or on the loop. */
static void
stream_ready(void *arg)
{
	struct stream *s = arg;

	mailbox_post(s->job.home, &s->job);
}

static void
stream_woken(struct job *job)
{
	struct stream *s = (struct stream *)(void *)job;
	struct loop *l = s->conn->loop;

	s->busy = false;
	if (stream_is_dead(s))
		return;
	l->now = clock_us();
	loop_web_renew(l, &s->web);
	stream_go_on(s);
}

/* true: its line waits for what is fetched; it is woken then. */
static bool
stream_waits(struct stream *s)
{
	const struct app *app = s->conn->loop->app;
	const uint64_t wait = (uint64_t)app->config->fetch.wait * 1000000u;

	if (!s->lacks)
		return false;
	s->lacks = false;
	if (s->waits_since == 0)
		s->waits_since = s->conn->loop->now;
	s->job.done = stream_woken;
	s->busy = true;
	bool again = s->rounds++ < WISH_ROUNDS && s->conn->loop->now - s->waits_since < wait;
	if (again && keeper_begin(app->keeper, s->wish, stream_ready, s))
		return true;
	/* what it lacks may have come since for somebody else */
	s->patient = loop_web_renew(s->conn->loop, &s->web) && again;
	s->busy = false;
	return false;
}

static void
stream_done(struct job *job)
{
	struct stream *s = (struct stream *)(void *)job;
	struct conn *c = s->conn;

	s->busy = false;
	if (stream_is_dead(s))
		return;
	c->loop->now = clock_us();
	send_reports(c);
	if (s->failed)
		conn_kill(c);
	else if (c->phase == PHASE_STREAM)
		stream_waits(s);
	stream_go_on(s);
}

/* Makes complete lines the worker's; behind the end of the body the last one needs no line end. */
static bool
cut(struct stream *s)
{
	struct block tail = s->work;
	size_t end;

	if (block_len(&s->fill) == 0)
		return true;
	struct span all = { s->fill.ptr + s->fill.from, block_len(&s->fill) };
	end = s->ended ? all.len : 0;
	for (size_t n = all.len; end == 0 && n > 0; n--)
		if (all.ptr[n - 1] == '\n')
			end = n;
	if (end == 0 && all.len > s->line_max) {
		s->overlong = s->skipping = true;
		s->fill.from = s->fill.to = 0;
		return true;
	}
	if (end == 0)
		return true;
	tail.from = tail.to = 0;
	if (!append(&tail, span_from(all, end))) {
		s->work = tail;
		return false;
	}
	s->work = s->fill;
	s->work.to = s->work.from + end;
	s->fill = tail;
	return true;
}

static void
stream_end(struct conn *c)
{
	struct stream *s = c->stream;

	if (s->fault.problem != PROBLEM_NONE) {
		arena_reset(c->loop->tools.arena);
		struct buf b = buf_in(c->loop->tools.arena, SPARE_SIZE);
		buf_str(&b, "{\"error\":");
		problem_json(&b, &s->fault, NULL, PLACE_NO_OFFSET);
		buf_str(&b, "}\n");
		send_lines(c, buf_span(&b));
	}
	if (!c->head.http10)
		reply_bytes(c, SPAN_LIT("0\r\n\r\n"));
	reply_log(c, 200, REASON_NONE, s->lines);
	stream_free(s);
	c->stream = NULL;
	request_finish(c);
}

void
stream_pump(struct conn *c)
{
	struct stream *s = c->stream;

	if (s->busy || c->blocked || block_len(&c->out) > OUT_HIGH)
		return;
	if (block_len(&s->work) == 0 && !s->overlong && !cut(s)) {
		conn_kill(c);
		return;
	}
	if (block_len(&s->work) > 0 || s->overlong) {
		s->now = clock_wall();
		s->job.done = stream_done;
		s->busy = workers_submit(c->loop->app->workers, &s->job) ==
			  0; /* full: the next tick tries again */
	} else if (s->ended) {
		stream_end(c);
	}
}

/* Takes a run of the body; false: out of memory. */
static bool
take(struct stream *s, struct span data)
{
	if (s->skipping) {
		size_t end = span_find(data, '\n');
		s->skipping = end == data.len;
		data = span_from(data, end);
	}
	return append(&s->fill, data);
}

static void
stop_reading(struct conn *c, struct fault f)
{
	c->stream->fault = f;
	c->stream->ended = true;
	c->last = true;
	c->in.from = c->in.to;
}

/* One run of the body out of c->in; false: nothing could be taken. */
static bool
take_input(struct conn *c)
{
	struct stream *s = c->stream;
	struct span in = span_slice(conn_input(c), 0, stream_room(s)), data = in;
	size_t used = 0;

	if (s->ended || in.len == 0)
		return false;
	if (c->head.body == BODY_CHUNKED) {
		enum parse_result r = chunks_parse(&c->chunks, conn_limits(c), in, &used, &data);
		if (r == PARSE_BAD) {
			stop_reading(c, c->chunks.fault);
			return true;
		}
		s->ended = r == PARSE_DONE;
	} else {
		data = span_slice(in, 0, s->left < in.len ? (size_t)s->left : in.len);
		used = data.len;
		s->left -= used;
		s->ended = s->left == 0;
	}
	if (!take(s, data)) {
		conn_kill(c);
		return false;
	}
	c->in.from += used;
	return used > 0;
}

void
stream_feed(struct conn *c)
{
	bool moved = true;

	while (moved && c->phase == PHASE_STREAM) {
		moved = take_input(c);
		if (c->phase == PHASE_STREAM)
			stream_pump(c);
	}
}

void
stream_timeout(struct conn *c)
{
	stop_reading(c, (struct fault){ PROBLEM_HTTP_TIMEOUT, NULL, 0 });
	stream_pump(c);
}

void
stream_begin(struct conn *c)
{
	const struct config_http *limits = conn_limits(c);
	struct stream *s;

	if (workers_waiting(c->loop->app->workers) >= limits->queue) {
		count_one(c->loop->tools.counters, COUNT_QUEUE);
		request_refuse(
			c, (struct fault){ PROBLEM_OVERLOADED, "http.queue", limits->queue });
		return;
	}
	s = calloc(1, sizeof(*s));
	if (!s) {
		request_refuse(c, (struct fault){ PROBLEM_MEMORY, NULL, 0 });
		return;
	}
	loop_trust(c->loop);
	s->conn = c;
	s->trust = trust_ref(c->loop->trust);
	s->web = loop_web(c->loop) ? web_ref(c->loop->web) : NULL;
	s->patient = c->loop->app->keeper != NULL;
	s->job = (struct job){ stream_run, stream_done, &c->loop->mail, NULL };
	s->line_max = limits->body;
	s->left = c->head.length;
	s->ended = c->head.body == BODY_LENGTH && s->left == 0;
	c->stream = s;
	c->began = clock_us();
	c->deadline = 0;
	count_one(c->loop->tools.counters, COUNT_HANDLED);
	reply_stream_head(c);
	if (c->phase == PHASE_DEAD)
		return;
	c->in.from += c->head.size; /* the head is gone from here on */
	c->head.present = 0;
	c->raw = 0;
}
