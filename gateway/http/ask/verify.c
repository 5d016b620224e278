/* verify.c - a request becomes a question to the engine, and its answer becomes JSON.
 *
 * The body is the certificate itself, or a JSON object that carries it with a
 * time and a policy.  Nothing here knows a scheme.
 */
#include "gateway/engine/link.h"
#include "gateway/engine/render.h"
#include "gateway/http/ask/question.h"
#include "gateway/http/fetch/keeper.h"
#include "gateway/http/metrics.h"

#include <errno.h>

struct answer {
	enum verdict verdict;
	enum reason reason;
};

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
	struct work w = question_work(x->tools, x->tools->scratch, &report, q->now);
	struct verify v = { .input = input,
		.trust = x->trust,
		.policy = q->policy,
		.web = x->web,
		.at_hand = &x->tools->app->at_hand,
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

	if (!question_read(x, &q))
		return;
	if (is_link(&q)) {
		if (judge_link(x, &q, q.input, &b, &a))
			question_answer(x, &b);
		return;
	}
	struct work w = question_work(x->tools, x->tools->arena, &report, q.now);
	int r = engine_split(&w, q.input, &entries, &count);
	if (r != 0) {
		exchange_error(x, r);
	} else if (count > limits->bundle_entries) {
		x->fault = (struct fault){ PROBLEM_HTTP_TOO_LARGE, "bundle.entries",
			limits->bundle_entries };
	} else if (count > 1) {
		if (judge_bundle(x, &q, entries, count, &b))
			question_answer(x, &b);
	} else if (judge(x, &q, q.input, &b, &a) && question_recognised(x, a.reason)) {
		x->reason = a.reason;
		question_answer(x, &b);
	}
}

void
inspect_handler(struct exchange *x)
{
	struct buf b = buf_in(x->tools->arena, x->tools->app->config->limits.memory);
	struct report report;
	struct question q;

	if (!question_read(x, &q))
		return;
	if (is_link(&q)) {
		if (link_show(x, q.input, &b))
			question_answer(x, &b);
		return;
	}
	struct work w = question_work(x->tools, x->tools->arena, &report, q.now);
	struct verify v = {
		.input = q.input, .trust = x->trust, .policy = q.policy, .core = x->core
	};
	int r = engine_inspect(&w, &v);
	if (r != 0) {
		exchange_error(x, r);
		return;
	}
	if (!question_recognised(x, report.checks[CHECK_FORMAT].reason))
		return;
	render_inspect(&b, &w, &v);
	question_answer(x, &b);
}

void
verify_line(struct exchange *x, struct buf *b)
{
	bool json = x->body.len > 0 && (x->body.ptr[0] == '{' || x->body.ptr[0] == '"');
	struct question q;
	struct answer a;

	x->type = json ? SPAN_LIT("application/json") : SPAN_NONE;
	x->offset = PLACE_NO_OFFSET;
	bool good = question_read(x, &q);
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
