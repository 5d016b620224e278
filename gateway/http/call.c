/* call.c - a request that a worker has, or that waits for what is fetched, and its way back to its connection. */
#include "gateway/http/fetch/keeper.h"
#include "gateway/http/loop.h"
#include "gateway/http/metrics.h"
#include "gateway/http/routes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct call {
	struct job job;
	struct conn *conn;
	struct exchange x;
	struct trust *trust;
	struct web *web;
	uint8_t *copy; /* of the content, out of the worker's arena */
	size_t copy_len;
	unsigned rounds;
	struct app *app;
	int filed; /* what became of the entry in the log */
};

static void call_told(struct job *job);
static void call_filed(void *arg, int result);

static void
call_work(struct call *call, struct tools *tools)
{
	struct exchange *x = &call->x;

	x->tools = tools;
	x->web = call->web;
	x->waits = false;
	x->route->run(x);
	if (x->waits || x->content.len == 0)
		return;
	call->copy = malloc(x->content.len);
	call->copy_len = call->copy ? x->content.len : 0;
	if (call->copy)
		memcpy(call->copy, x->content.ptr, x->content.len);
	else
		exchange_error(x, -ENOMEM);
	x->content.ptr = call->copy;
}

/* On a worker: what is to be filed goes to the log from here, and comes home from there. */
static bool
call_run(struct job *job, struct tools *tools)
{
	struct call *call = (struct call *)(void *)job;
	struct exchange *x = &call->x;

	call_work(call, tools);
	if (x->waits || !(x->files || x->revokes) || x->fault.problem != PROBLEM_NONE)
		return true;
	job->done = call_told;
	call->app = tools->app;
	atomic_fetch_add(&call->app->filing, 1);
	int r = x->revokes ? app_revoke(call->app, &x->entry, x->revoke_reason, call_filed, call)
			   : app_file(call->app, &x->entry, call_filed, call);
	if (r == 0)
		return false;
	atomic_fetch_sub(&call->app->filing, 1);
	call->filed = r;
	return true;
}

static void
call_free(struct call *call)
{
	trust_unref(call->trust);
	web_unref(call->web);
	wish_free(call->x.wish);
	if (call->copy)
		explicit_bzero(call->copy, call->copy_len);
	free(call->copy);
	free(call);
}

static void
call_answer(struct call *call)
{
	struct conn *c = call->conn;

	c->call = NULL;
	c->phase = PHASE_HEAD;
	c->loop->now = clock_us();
	arena_reset(c->loop->tools.arena);
	reply(c, &call->x);
	call_free(call);
	request_finish(c);
	conn_advance(c);
	conn_settle(c);
}

/* The connection has gone; the loop frees it when the turn is over. */
static bool
call_is_dead(struct call *call)
{
	struct conn *c = call->conn;

	if (c->phase != PHASE_DEAD)
		return false;
	c->call = NULL;
	call_free(call);
	return true;
}

/* --- what must be in the log before it leaves --- */

static void
call_fail(struct call *call, int error)
{
	exchange_fail(&call->x,
		error == -ENOSPC                      ? PROBLEM_STORE_FULL
		: error == -EAGAIN                    ? PROBLEM_OVERLOADED
		: error == -ENOENT && call->x.revokes ? PROBLEM_REVOKE_UNKNOWN
						      : PROBLEM_STORE_DOWN,
		call->x.revokes && error != -ENOENT
			? "whether it was revoked is not known: ask again"
			: NULL);
	call->x.status = 0;
	call->x.content = SPAN_NONE;
}

static void
call_told(struct job *job)
{
	struct call *call = (struct call *)(void *)job;

	if (call_is_dead(call))
		return;
	if (call->filed != 0)
		call_fail(call, call->filed);
	else if (call->x.revokes)
		app_revoked(call->app);
	call_answer(call);
}

/* On the log's own thread. */
static void
call_filed(void *arg, int result)
{
	struct call *call = arg;

	struct app *app = call->app; /* once it is posted, the call is the loop's again */

	call->filed = result;
	mailbox_post(call->job.home, &call->job);
	atomic_fetch_sub(&app->filing, 1);
}

static void call_wait(struct call *call);

static void
call_done(struct job *job)
{
	struct call *call = (struct call *)(void *)job;

	if (call_is_dead(call))
		return;
	if (call->x.waits)
		call_wait(call);
	else
		call_answer(call);
}

/* --- what is lacking --- */

/* On the keeper's thread, or on the loop: what was lacking is there, or will not come. */
static void
call_ready(void *arg)
{
	struct call *call = arg;

	mailbox_post(call->job.home, &call->job);
}

/* Short ones run here, as they would have at first; files of links may be large. */
static bool
is_quick(const struct call *call)
{
	const struct web_item *items;

	return !call->x.dear && !call->x.route->slow && call->x.body.len <= INLINE_BODY &&
	       wish_items(call->x.wish, &items) == 0;
}

static void
call_again(struct call *call)
{
	struct loop *l = call->conn->loop;

	call->job.done = call_done;
	call->x.here = is_quick(call);
	if (call->x.here) {
		arena_reset(l->tools.arena);
		if (call_run(&call->job, &l->tools))
			call->job.done(&call->job);
		return;
	}
	if (workers_submit(l->app->workers, &call->job) == 0)
		return;
	count_one(l->tools.counters, COUNT_QUEUE);
	call->x.fault.problem = PROBLEM_OVERLOADED;
	call_answer(call);
}

static void
call_woken(struct job *job)
{
	struct call *call = (struct call *)(void *)job;
	struct loop *l = call->conn->loop;

	if (call_is_dead(call))
		return;
	loop_web_renew(l, &call->web);
	call_again(call);
}

static void
call_wait(struct call *call)
{
	const struct app *app = call->conn->loop->app;
	const uint64_t wait = (uint64_t)app->config->fetch.wait * 1000000u;

	if (call->x.dear && call->x.here) {
		call_again(call); /* nothing is lacking but a worker */
		return;
	}
	call->job.done = call_woken;
	bool again = call->rounds++ < WISH_ROUNDS && clock_us() - call->conn->began < wait;
	if (again && keeper_begin(app->keeper, call->x.wish, call_ready, call))
		return;
	/* what it lacks may have come since for somebody else */
	call->x.may_wait = loop_web_renew(call->conn->loop, &call->web) && again;
	call_again(call);
}

/* --- to a worker --- */

/* NULL: refused, and *f says why. */
static struct call *
call_new(struct conn *c, const struct exchange *x, struct fault *f)
{
	struct call *call = calloc(1, sizeof(*call));
	size_t body = x->body.len;

	if (!call || !conn_own(c)) {
		free(call);
		f->problem = PROBLEM_MEMORY;
		return NULL;
	}
	call->conn = c;
	call->x = *x;
	call->x.body = span_slice(conn_input(c), c->head.size, body);
	call->x.path = head_slice(conn_input(c), c->head.path);
	call->x.type = head_field(&c->head, conn_input(c), FIELD_CONTENT_TYPE);
	call->x.type = span_trim(span_slice(call->x.type, 0, span_find(call->x.type, ';')));
	call->x.query = head_slice(conn_input(c), c->head.query);
	call->x.accept = head_field(&c->head, conn_input(c), FIELD_ACCEPT);
	call->trust = trust_ref(c->loop->trust);
	call->web = c->loop->web ? web_ref(c->loop->web) : NULL;
	call->job = (struct job){ call_run, call_done, &c->loop->mail, NULL };
	return call;
}

static void
call_is_under_way(struct conn *c, struct call *call)
{
	c->call = call;
	c->phase = PHASE_BUSY;
	c->deadline = 0;
}

bool
call_hand_over(struct conn *c, const struct exchange *x, struct fault *f)
{
	struct call *call = call_new(c, x, f);

	if (!call)
		return false;
	if (workers_submit(c->loop->app->workers, &call->job) == 0) {
		call_is_under_way(c, call);
		return true;
	}
	call_free(call);
	count_one(c->loop->tools.counters, COUNT_QUEUE);
	f->problem = PROBLEM_OVERLOADED;
	return false;
}

bool
call_park(struct conn *c, struct exchange *x)
{
	struct call *call = call_new(c, x, &x->fault);

	if (!call) {
		wish_free(x->wish);
		x->wish = NULL;
		return false;
	}
	call_is_under_way(c, call);
	call_wait(call);
	return true;
}
