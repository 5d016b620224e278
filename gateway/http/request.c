/* request.c - the life of one request: its head, its body, the handler that answers, here or on a worker.
 *
 * One request at a time: the next one's bytes wait in the input until this one is
 * answered, so pipelined answers are in order by construction.
 */
#include "gateway/http/fetch/wish.h"
#include "gateway/http/loop.h"
#include "gateway/http/metrics.h"
#include "gateway/http/routes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void
begin_request(struct conn *c)
{
	c->phase = PHASE_HEAD;
	c->head = (struct head){ 0 };
	c->body = c->raw = 0;
	c->route = NULL;
	c->client = NULL;
	c->spent = false;
	c->fault = (struct fault){ PROBLEM_NONE, NULL, 0 };
	c->began = 0;
	conn_deadline(c, conn_limits(c)->head_timeout);
}

void
request_finish(struct conn *c)
{
	if (c->phase == PHASE_DEAD)
		return;
	c->in.from += c->raw;
	c->phase = c->last ? PHASE_CLOSING : PHASE_IDLE;
	if (!c->last)
		conn_deadline(c, conn_limits(c)->idle_timeout);
	else
		c->deadline = 0;
}

/* An answer after which the connection ends: what follows in the input has no certain meaning. */
void
request_refuse(struct conn *c, struct fault f)
{
	c->last = true;
	reply_fault(c, f);
	c->raw = c->in.to - c->in.from;
	request_finish(c);
}

/* Here, at once; true: it waits now. */
static bool
run_here(struct conn *c, struct exchange *x)
{
	arena_reset(c->loop->tools.arena);
	x->here = true;
	c->route->run(x);
	if (x->waits)
		return call_park(c, x);
	wish_free(x->wish);
	return false;
}

/* The whole request is here: c->body bytes behind the head. */
static void
dispatch(struct conn *c)
{
	struct loop *l = c->loop;
	struct span all = conn_input(c), type = head_field(&c->head, all, FIELD_CONTENT_TYPE);
	struct exchange x = {
		.route = c->route,
		.method = c->head.method,
		.path = head_slice(all, c->head.path),
		.type = span_trim(span_slice(type, 0, span_find(type, ';'))),
		.query = head_slice(all, c->head.query),
		.accept = head_field(&c->head, all, FIELD_ACCEPT),
		.match = head_field(&c->head, all, FIELD_IF_NONE_MATCH),
		.body = span_slice(all, c->head.size, c->body),
		.core = c->core,
		.tools = &l->tools,
		.trust = loop_trust(l),
		.web = loop_web(l),
		.now = clock_wall(),
		.client = c->client,
		.may_wait = l->app->keeper != NULL,
		.fault = c->fault,
		.offset = PLACE_NO_OFFSET,
	};

	c->began = clock_us();
	if (x.path.len == 0)
		x.path = SPAN_LIT("/");
	if (x.fault.problem == PROBLEM_NONE && gate_spend(c, &x)) {
		count_one(l->tools.counters, COUNT_HANDLED);
		if (c->route->slow || c->body > INLINE_BODY) {
			if (call_hand_over(c, &x, &x.fault) || c->phase == PHASE_DEAD)
				return;
		} else if (run_here(c, &x) || c->phase == PHASE_DEAD) {
			return;
		}
	}
	reply(c, &x);
	request_finish(c);
}

/* What the head alone decides; the answer waits for the body, so that its framing is checked too. */
static void
route_request(struct conn *c)
{
	struct span all = conn_input(c), type = head_field(&c->head, all, FIELD_CONTENT_TYPE);

	type = span_trim(span_slice(type, 0, span_find(type, ';')));
	c->route = route_find(c->head.method, head_slice(all, c->head.path), &c->fault);
	if (c->fault.problem != PROBLEM_NONE)
		return;
	c->fault.problem = gate_admit(c);
	if (c->fault.problem != PROBLEM_NONE)
		return;
	c->fault.problem = route_refusal(c->route, type, head_field(&c->head, all, FIELD_ACCEPT),
		head_slice(all, c->head.query), &c->core);
	if (c->fault.problem == PROBLEM_NONE && c->route->streams &&
		span_is_nocase(type, "application/x-ndjson"))
		c->phase = PHASE_STREAM;
}

static struct fault
body_limit(const struct conn *c)
{
	const struct config_http *h = conn_limits(c);
	struct span type = head_field(&c->head, conn_input(c), FIELD_CONTENT_TYPE);

	if (c->phase == PHASE_STREAM)
		return (struct fault){ PROBLEM_HTTP_TOO_LARGE, "http.body_batch", h->body_batch };
	if (c->fault.problem == PROBLEM_NONE &&
		(span_is_nocase(span_slice(type, 0, 16), "application/json") ||
			span_is_nocase(span_slice(type, 0, 19), "application/ld+json")))
		return (struct fault){ PROBLEM_HTTP_TOO_LARGE, "http.body_document",
			h->body_document };
	return (struct fault){ PROBLEM_HTTP_TOO_LARGE, "http.body", h->body };
}

/* The head is complete: c->head.size bytes. */
static void
head_done(struct conn *c)
{
	struct loop *l = c->loop;
	struct fault limit;

	c->last = c->head.close || ++c->requests >= conn_limits(c)->requests ||
		  atomic_load(&l->app->stopping);
	c->raw = c->head.size;
	if (!guard_request(l->app->guard, c->seat, l->now)) {
		count_one(l->tools.counters, COUNT_RATE);
		request_refuse(c,
			(struct fault){ PROBLEM_RATE_LIMITED, "http.rate", conn_limits(c)->rate });
		return;
	}
	route_request(c);
	limit = body_limit(c);
	if ((c->head.body == BODY_LENGTH && c->head.length > limit.value) ||
		(c->fault.problem != PROBLEM_NONE && c->head.expect)) {
		request_refuse(c, c->fault.problem != PROBLEM_NONE ? c->fault : limit);
		return;
	}
	c->chunks = chunks_upto(limit.value, limit.limit);
	c->window = l->now;
	c->window_bytes = 0;
	if (c->head.expect && c->in.to - c->in.from == c->head.size)
		reply_bytes(c, SPAN_LIT("HTTP/1.1 100 Continue\r\n\r\n"));
	if (c->phase == PHASE_STREAM) {
		stream_begin(c);
		return;
	}
	c->phase = PHASE_BODY;
	conn_deadline(c, conn_limits(c)->body_timeout);
}

/* What framing took away is given back, so that tiny chunks cost no memory. */
static void
close_gap(struct conn *c)
{
	size_t gap = c->raw - c->head.size - c->body;
	uint8_t *at = c->in.ptr + c->in.from;

	memmove(at + c->raw - gap, at + c->raw, c->in.to - c->in.from - c->raw);
	c->in.to -= gap;
	explicit_bzero(c->in.ptr + c->in.to, gap);
	c->raw -= gap;
}

/* Decodes in place: the body's bytes move up to stand behind the head in one piece. */
static enum parse_result
take_chunks(struct conn *c)
{
	enum parse_result r = PARSE_MORE;
	size_t used = 1;

	while (r == PARSE_MORE && used > 0) {
		struct span data, rest = span_from(conn_input(c), c->raw);
		used = 0;
		if (rest.len == 0)
			break;
		r = chunks_parse(&c->chunks, conn_limits(c), rest, &used, &data);
		if (r == PARSE_BAD)
			break;
		if (data.len > 0)
			memmove(c->in.ptr + c->in.from + c->head.size + c->body, data.ptr,
				data.len);
		c->body += data.len;
		c->raw += used;
	}
	if (r == PARSE_MORE)
		close_gap(c);
	return r;
}

static enum parse_result
take_body(struct conn *c)
{
	size_t here = c->in.to - c->in.from - c->head.size;

	if (c->head.body == BODY_CHUNKED)
		return take_chunks(c);
	if (here < c->head.length)
		return PARSE_MORE;
	c->body = (size_t)c->head.length;
	c->raw = c->head.size + c->body;
	return PARSE_DONE;
}

/* One step; false: nothing more can be done now. */
static bool
step(struct conn *c)
{
	enum parse_result r;

	switch (c->phase) {
	case PHASE_IDLE:
		if (c->in.from == c->in.to || c->out.to - c->out.from > OUT_HIGH || c->blocked)
			return false;
		begin_request(c);
		return true;
	case PHASE_HEAD:
		r = head_parse(&c->head, conn_limits(c), conn_input(c));
		if (r == PARSE_BAD)
			request_refuse(c, c->head.fault);
		if (r == PARSE_DONE)
			head_done(c);
		return r == PARSE_DONE;
	case PHASE_BODY:
		r = take_body(c);
		if (r == PARSE_BAD)
			request_refuse(c, c->chunks.fault);
		if (r == PARSE_DONE)
			dispatch(c);
		return r == PARSE_DONE;
	case PHASE_STREAM:
		stream_feed(c);
		return c->phase != PHASE_STREAM;
	default:
		return false;
	}
}

void
conn_advance(struct conn *c)
{
	while (step(c))
		;
}

void
request_timeout(struct conn *c)
{
	if (c->phase == PHASE_STREAM)
		stream_timeout(c);
	else
		request_refuse(c, (struct fault){ PROBLEM_HTTP_TIMEOUT, NULL, 0 });
}
