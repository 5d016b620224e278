/* question.c - a body that is the certificate itself, or a JSON object that carries it with a time and a policy. */
#include "gateway/http/ask/question.h"

#include "codecs/base/date.h"
#include "codecs/tree/node.h"
#include "config/config.h"

static const struct policy *
policy_named(const struct config *c, struct span name)
{
	for (size_t i = 0; i < c->policy_count; i++)
		if (span_eq(c->policies[i].name, name))
			return &c->policies[i];
	return c->policy_count == 0 && span_is(name, "default") ? &policy_default : NULL;
}

struct work
question_work(struct tools *t, struct arena *a, struct report *report, int64_t now)
{
	report_begin(report, a);
	return (struct work){ a, report, &t->app->config->limits, t->kit, now };
}

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

/* NULL in *out, where it is no JSON, with x->fault. */
static bool
parse(struct exchange *x, bool text_too, const struct node **out)
{
	struct report report;
	struct work w = question_work(x->tools, x->tools->arena, &report, x->now);
	const struct node *n = NULL;
	int r = node_from_json(&w, x->body, "request", &n);

	if (r != 0) {
		exchange_error(x, r);
		return false;
	}
	if (n && (n->kind == NODE_MAP || (text_too && n->kind == NODE_TEXT))) {
		*out = n;
		return true;
	}
	exchange_fail(x, PROBLEM_REQUEST_JSON,
		n ? NULL : reason_text(report.checks[report.running].reason));
	x->offset = n ? 0 : report.checks[report.running].at.offset;
	return false;
}

bool
question_object(struct exchange *x, const struct node **out)
{
	return parse(x, false, out);
}

static bool
read_json(struct exchange *x, struct question *q)
{
	const struct node *n;

	if (!parse(x, true, &n))
		return false;
	if (n->kind == NODE_MAP)
		return read_members(x, n, q);
	q->input = n->as.bytes;
	return true;
}

void
question_defaults(struct exchange *x, struct question *q)
{
	const struct config *c = x->tools->app->config;

	*q = (struct question){ .input = x->body,
		.now = x->now,
		.policy = c->policy_count > 0 ? &c->policies[0] : &policy_default };
}

bool
question_read(struct exchange *x, struct question *q)
{
	question_defaults(x, q);
	return !span_is_nocase(x->type, "application/json") || read_json(x, q);
}

bool
question_recognised(struct exchange *x, enum reason reason)
{
	if (reason != REASON_FORMAT_UNKNOWN && reason != REASON_INPUT_EMPTY)
		return true;
	exchange_fail(x,
		reason == REASON_INPUT_EMPTY ? PROBLEM_INPUT_EMPTY : PROBLEM_FORMAT_UNKNOWN, NULL);
	x->reason = reason;
	return false;
}

void
question_answer(struct exchange *x, struct buf *b)
{
	if (b->error != 0)
		exchange_error(x, b->error);
	else
		x->content = buf_span(b);
}
