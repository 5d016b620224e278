/* verify.c - a request becomes a question to the engine, and its answer becomes JSON.
 *
 * The body is the certificate itself, or a JSON object that carries it with a
 * time and a policy.  Nothing here knows a scheme.
 */
#include "codecs/base/date.h"
#include "codecs/tree/node.h"
#include "gateway/engine/link.h"
#include "gateway/engine/render.h"
#include "gateway/http/exchange.h"
#include "gateway/http/fetch/keeper.h"
#include "gateway/http/metrics.h"

#include <errno.h>

/* What is asked. */
struct question {
	struct span input;
	int64_t now;
	const struct policy *policy;
	struct span passcode, recipient; /* of a health link */
};

struct answer {
	enum verdict verdict;
	enum reason reason;
};

static const struct policy *
policy_named(const struct config *c, struct span name)
{
	for (size_t i = 0; i < c->policy_count; i++)
		if (span_eq(c->policies[i].name, name))
			return &c->policies[i];
	return c->policy_count == 0 && span_is(name, "default") ? &policy_default : NULL;
}

static struct work
work_in(struct tools *t, struct arena *a, struct report *report, int64_t now)
{
	report_begin(report, a);
	return (struct work){ a, report, &t->app->config->limits, t->kit, now };
}

/* --- the question --- */

static bool
read_credential(struct exchange *x, const struct node *n, struct question *q)
{
	if (n->kind != NODE_TEXT && n->kind != NODE_MAP && n->kind != NODE_LIST) {
		exchange_fail(x, PROBLEM_REQUEST_MEMBER,
			"\"credential\" is a string, or the document itself where it is JSON");
		x->offset = n->offset;
		return false;
	}
	q->input = n->kind == NODE_TEXT ? n->as.bytes : n->raw;
	return true;
}

static bool
read_time(struct exchange *x, const struct node *n, struct question *q)
{
	const int64_t end = 253402300800; /* the year 10000 */
	unsigned oddities;
	int64_t t = -1;

	if (n->kind == NODE_TEXT && !time_parse(n->as.bytes, &t, &oddities))
		t = -1;
	else if (n->kind == NODE_INT)
		t = n->as.integer;
	else if (n->kind == NODE_REAL && n->as.real >= 0 && n->as.real < (double)end)
		t = (int64_t)n->as.real;
	if (t >= 0 && t < end) {
		q->now = t;
		return true;
	}
	exchange_fail(x, PROBLEM_REQUEST_TIME, NULL);
	x->offset = n->offset;
	return false;
}

static bool
read_policy(struct exchange *x, const struct node *n, struct question *q)
{
	q->policy = n->kind == NODE_TEXT ? policy_named(x->tools->app->config, n->as.bytes) : NULL;
	if (q->policy)
		return true;
	exchange_fail(x, PROBLEM_REQUEST_POLICY, NULL);
	x->offset = n->offset;
	return false;
}

/* Of a health link, whose holder sees the recipient. */
static bool
read_text(struct exchange *x, const struct node *n, struct span *out)
{
	if (n->kind == NODE_TEXT) {
		*out = n->as.bytes;
		return true;
	}
	exchange_fail(x, PROBLEM_REQUEST_MEMBER, "\"passcode\" and \"recipient\" are strings");
	return false;
}

static bool
read_members(struct exchange *x, const struct node *n, struct question *q)
{
	bool found = false;

	for (const struct node *m = n->child; m; m = m->next) {
		bool ok = false;
		if (span_is(m->key, "credential"))
			ok = found = read_credential(x, m, q);
		else if (span_is(m->key, "at"))
			ok = read_time(x, m, q);
		else if (span_is(m->key, "policy"))
			ok = read_policy(x, m, q);
		else if (span_is(m->key, "passcode"))
			ok = read_text(x, m, &q->passcode);
		else if (span_is(m->key, "recipient"))
			ok = read_text(x, m, &q->recipient);
		else
			exchange_fail(x, PROBLEM_REQUEST_MEMBER,
				"the members are \"credential\", \"at\", \"policy\", and of "
				"health links \"passcode\" and \"recipient\"");
		if (!ok) {
			x->offset = m->offset;
			return false;
		}
	}
	if (!found)
		exchange_fail(x, PROBLEM_REQUEST_MEMBER, "\"credential\" is missing");
	return found;
}

static bool
read_json(struct exchange *x, struct question *q)
{
	struct report report;
	struct work w = work_in(x->tools, x->tools->arena, &report, x->now);
	const struct node *n = NULL;
	int r = node_from_json(&w, x->body, "request", &n);

	if (r != 0) {
		exchange_error(x, r);
		return false;
	}
	if (n && n->kind == NODE_TEXT) {
		q->input = n->as.bytes;
		return true;
	}
	if (n && n->kind == NODE_MAP)
		return read_members(x, n, q);
	exchange_fail(x, PROBLEM_REQUEST_JSON,
		n ? NULL : reason_text(report.checks[report.running].reason));
	x->offset = n ? 0 : report.checks[report.running].at.offset;
	return false;
}

static bool
read_question(struct exchange *x, struct question *q)
{
	const struct config *c = x->tools->app->config;

	*q = (struct question){ .input = x->body,
		.now = x->now,
		.policy = c->policy_count > 0 ? &c->policies[0] : &policy_default };
	return !span_is_nocase(x->type, "application/json") || read_json(x, q);
}

/* --- the answer --- */

bool
exchange_lacks(struct exchange *x, const struct need *needs, size_t count)
{
	if (!x->may_wait || count == 0)
		return false;
	if (!x->wish && wish_new(&x->wish) != 0)
		return false; /* then it stays lacking */
	for (size_t i = 0; i < count; i++)
		if (wish_add(x->wish, &needs[i]) != 0)
			return false;
	x->waits = true;
	return true;
}

/* A health link, or a certificate with one in it; false: it failed, or waits. */
static bool
judge_link(struct exchange *x, const struct question *q, struct span input, struct buf *b,
	struct answer *out)
{
	struct link_verify v = { .input = input,
		.passcode = q->passcode,
		.recipient = q->recipient,
		.trust = x->trust,
		.policy = q->policy,
		.web = x->web,
		.core = x->core };

	bool told = link_judge(x, &v, q->now, b);
	*out = (struct answer){ v.verdict, v.reason };
	return told;
}

/* Likewise of any certificate. */
static bool
judge(struct exchange *x, const struct question *q, struct span input, struct buf *b,
	struct answer *out)
{
	struct report report;
	arena_reset(x->tools->scratch);
	struct work w = work_in(x->tools, x->tools->scratch, &report, q->now);
	struct verify v = { .input = input,
		.trust = x->trust,
		.policy = q->policy,
		.web = x->web,
		.core = x->core,
		.brief = x->here };
	int r = engine_verify(&w, &v);

	if (r == 0 && v.dear) {
		x->dear = x->waits = true;
		return false;
	}
	if (r == 0 && (exchange_lacks(x, v.needs, v.need_count) || x->ahead))
		return false;
	if (r == 0 && engine_leads(&v))
		return judge_link(x, q, input, b, out);
	if (r == 0)
		render_report(b, &w, &v);
	if (r != 0 || b->error != 0) {
		exchange_error(x, r != 0 ? r : b->error);
		return false;
	}
	*out = (struct answer){ report_verdict(&report), report_reason(&report) };
	count_verdict(x->tools->counters, v.credential.scheme, out->verdict, out->reason);
	return true;
}

/* What no scheme recognises is no certificate: a problem, not a report. */
static bool
recognised(struct exchange *x, enum reason reason)
{
	if (reason != REASON_FORMAT_UNKNOWN && reason != REASON_INPUT_EMPTY)
		return true;
	exchange_fail(x,
		reason == REASON_INPUT_EMPTY ? PROBLEM_INPUT_EMPTY : PROBLEM_FORMAT_UNKNOWN, NULL);
	x->reason = reason;
	return false;
}

static bool
judge_bundle(struct exchange *x, const struct question *q, const struct span *entries, size_t count,
	struct buf *b)
{
	struct answer worst = { VERDICT_VERIFIED, REASON_NONE }, one;

	/* The verdict comes first and is known last: room for the longest is kept in front. */
	struct buf list = buf_in(x->tools->arena, b->max);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_char(&list, ',');
		bool told = judge(x, q, entries[i], &list, &one);
		if (!told && !x->waits)
			return false;
		if (told && one.verdict > worst.verdict)
			worst = one;
	}
	if (x->waits)
		return false; /* for whatever any of them lacks */
	buf_str(b, "{\"verdict\":\"");
	buf_str(b, verdict_name(worst.verdict));
	buf_str(b, "\",\"entries\":[");
	buf_add(b, buf_span(&list));
	buf_str(b, "]}");
	x->reason = worst.reason;
	return true;
}

static void
answer_with(struct exchange *x, struct buf *b)
{
	if (b->error != 0)
		exchange_error(x, b->error);
	else
		x->content = buf_span(b);
}

static bool
is_link(const struct question *q)
{
	return link_looks_like(span_trim(q->input));
}

void
verify_handler(struct exchange *x)
{
	const struct limits *limits = &x->tools->app->config->limits;
	struct buf b = buf_in(x->tools->arena, limits->memory);
	struct report report;
	struct question q;
	struct answer a;
	struct span *entries = NULL;
	size_t count = 0;

	if (!read_question(x, &q))
		return;
	if (is_link(&q)) {
		if (judge_link(x, &q, q.input, &b, &a))
			answer_with(x, &b);
		return;
	}
	struct work w = work_in(x->tools, x->tools->arena, &report, q.now);
	int r = engine_split(&w, q.input, &entries, &count);
	if (r != 0) {
		exchange_error(x, r);
	} else if (count > limits->bundle_entries) {
		x->fault = (struct fault){ PROBLEM_HTTP_TOO_LARGE, "bundle.entries",
			limits->bundle_entries };
	} else if (count > 1) {
		if (judge_bundle(x, &q, entries, count, &b))
			answer_with(x, &b);
	} else if (judge(x, &q, q.input, &b, &a) && recognised(x, a.reason)) {
		x->reason = a.reason;
		answer_with(x, &b);
	}
}

void
inspect_handler(struct exchange *x)
{
	struct buf b = buf_in(x->tools->arena, x->tools->app->config->limits.memory);
	struct report report;
	struct question q;

	if (!read_question(x, &q))
		return;
	if (is_link(&q)) {
		if (link_show(x, q.input, &b))
			answer_with(x, &b);
		return;
	}
	struct work w = work_in(x->tools, x->tools->arena, &report, q.now);
	struct verify v = {
		.input = q.input, .trust = x->trust, .policy = q.policy, .core = x->core
	};
	int r = engine_inspect(&w, &v);
	if (r != 0) {
		exchange_error(x, r);
		return;
	}
	if (!recognised(x, report.checks[CHECK_FORMAT].reason))
		return;
	render_inspect(&b, &w, &v);
	answer_with(x, &b);
}

void
verify_line(struct exchange *x, struct buf *b)
{
	bool json = x->body.len > 0 && (x->body.ptr[0] == '{' || x->body.ptr[0] == '"');
	struct question q;
	struct answer a;

	x->type = json ? SPAN_LIT("application/json") : SPAN_NONE;
	x->offset = PLACE_NO_OFFSET;
	bool good = read_question(x, &q);
	if (good && x->ahead && is_link(&q))
		return; /* each is another host's */
	if (good && (is_link(&q) ? judge_link : judge)(x, &q, q.input, b, &a))
		return;
	if (x->waits || x->ahead)
		return;
	*b = buf_in(x->tools->arena, b->max);
	buf_str(b, "{\"error\":");
	problem_json(b, &x->fault, x->detail, x->offset);
	buf_char(b, '}');
}
