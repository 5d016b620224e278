/* translate.c - POST /v1/translate?to=FORM: verified, and in the same request written anew under our own key.
 *
 * The handler signs; the answer waits until the log has the entry (call.c): nothing leaves that nobody knows of.
 */
#include "gateway/http/ask/translate.h"
#include "codecs/base/arena.h"
#include "gateway/desk/desk.h"
#include "gateway/engine/link.h"
#include "gateway/engine/render.h"
#include "gateway/http/metrics.h"
#include "gateway/qr/qr.h"

#include <errno.h>

enum answer_form { ANSWER_JSON, ANSWER_SVG, ANSWER_PNG };

static const char *const answer_types[] = { "application/json", "image/svg+xml", "image/png" };

static const enum problem problems[REFUSAL_COUNT] = {
	[REFUSAL_SOURCE] = PROBLEM_ATTEST_SOURCE,
	[REFUSAL_EMPTY] = PROBLEM_ATTEST_EMPTY,
	[REFUSAL_MISSING] = PROBLEM_ATTEST_MISSING,
	[REFUSAL_TERM] = PROBLEM_ATTEST_TERM,
	[REFUSAL_SIZE] = PROBLEM_ATTEST_SIZE,
	[REFUSAL_UNDATED] = PROBLEM_ATTEST_UNDATED,
};

/* --- the question --- */

#define WITH_CODE "&qr=svg" /* the QR code beside the text, of the same attestation */

/* ?to=FORM, or ?to=FORM&qr=svg, and nothing else. */
static const struct target *
read_target(struct exchange *x)
{
	const struct target *t = NULL;
	struct span name = span_from(x->query, 3);

	if (span_ends(name, SPAN_LIT(WITH_CODE)))
		name = span_slice(name, 0, name.len - (sizeof(WITH_CODE) - 1));
	if (span_starts(x->query, SPAN_LIT("to=")))
		t = target_named(name);
	if (!t)
		exchange_fail(x, PROBLEM_ATTEST_TARGET, "?to=FORM; /v1/schemes lists the forms");
	return t;
}

/* The first of the types that the client names; a picture only where it asks for one. */
static enum answer_form
read_form(struct span accept)
{
	struct span one;

	while (span_split(&accept, ',', &one)) {
		one = span_trim(span_slice(one, 0, span_find(one, ';')));
		for (size_t i = 0; i < sizeof(answer_types) / sizeof(answer_types[0]); i++)
			if (span_is_nocase(one, answer_types[i]))
				return (enum answer_form)i;
	}
	return ANSWER_JSON;
}

/* Our keys are of one environment, the default policy's: what counts in another alone, where anybody
 * may have the issuer's key, is not vouched for. */
static bool
is_ours(const struct exchange *x, const struct policy *p)
{
	const struct config *c = x->tools->app->config;

	return p->env == (c->policy_count > 0 ? &c->policies[0] : &policy_default)->env;
}

/* Attested is what is verified now, not at some other time, and one at a time. */
static bool
is_one(struct exchange *x, const struct question *q)
{
	struct report report;
	struct work w = question_work(x->tools, x->tools->arena, &report, q->now);
	struct span *entries;
	size_t count;

	if (q->now != x->now) {
		exchange_fail(x, PROBLEM_REQUEST_TIME, "an attestation is always of now");
		return false;
	}
	if (!is_ours(x, q->policy)) {
		exchange_fail(x, PROBLEM_REQUEST_POLICY,
			"nothing is attested under a policy of another environment than the "
			"default one's");
		return false;
	}
	if (link_looks_like(span_trim(q->input))) {
		exchange_fail(x, PROBLEM_ATTEST_EMPTY, refusal_text(REFUSAL_EMPTY));
		return false;
	}
	int r = engine_split(&w, q->input, &entries, &count);
	if (r != 0)
		exchange_error(x, r);
	else if (count > 1)
		exchange_fail(x, PROBLEM_ATTEST_SEVERAL, NULL);
	return r == 0 && count <= 1;
}

/* --- the answer --- */

/* A problem with everything that was found out: the report, and what would have been lost. */
static void
refuse(struct exchange *x, const struct work *w, const struct verify *v, const struct attest *a)
{
	struct buf b = buf_in(x->tools->arena, x->tools->app->config->limits.memory);
	const struct fault f = { problems[a->refusal], NULL, 0 };

	problem_json(&b, &f, refusal_text(a->refusal), PLACE_NO_OFFSET);
	if (b.len > 0)
		b.len--; /* its closing brace */
	buf_str(&b, ",\"report\":");
	render_report(&b, w, v);
	if (a->refusal >= REFUSAL_MISSING) {
		buf_str(&b, ",\"loss\":");
		loss_json(&b, &a->loss);
	}
	buf_char(&b, '}');
	x->status = problem_status(f.problem);
	x->content_type = "application/problem+json";
	question_answer(x, &b);
}

/* null: it does not fit into one. */
static int
add_code(struct exchange *x, const struct attest *a, struct buf *b)
{
	struct span picture;
	int r = qr_write(x->tools->arena, &a->emitted, QR_SVG, &picture);

	buf_str(b, ",\"qr\":");
	if (r == 0)
		buf_json(b, picture);
	else if (r == -EMSGSIZE)
		buf_str(b, "null");
	return r == -EMSGSIZE ? 0 : r;
}

static void
answer_json(
	struct exchange *x, const struct work *w, const struct verify *v, const struct attest *a)
{
	struct buf b = buf_in(x->tools->arena, x->tools->app->config->limits.memory);
	int r;

	buf_str(&b, "{\"report\":");
	render_report(&b, w, v);
	buf_str(&b, ",\"attestation\":");
	attest_json(&b, a);
	buf_str(&b, ",\"loss\":");
	loss_json(&b, &a->loss);
	if (span_ends(x->query, SPAN_LIT(WITH_CODE)) && (r = add_code(x, a, &b)) != 0)
		b.error = r;
	buf_char(&b, '}');
	question_answer(x, &b);
}

static void
answer_picture(struct exchange *x, const struct attest *a, enum answer_form form)
{
	struct span picture;
	int r = qr_write(
		x->tools->arena, &a->emitted, form == ANSWER_SVG ? QR_SVG : QR_PNG, &picture);

	if (r == -EMSGSIZE) {
		exchange_fail(x, PROBLEM_ATTEST_SIZE,
			"it does not fit into a QR code; as application/json it is given as text");
	} else if (r != 0) {
		exchange_error(x, r);
	} else {
		x->content = picture;
		x->content_type = answer_types[form];
	}
}

/* -EAGAIN, when no place in a status list is at hand, passes; a key that does not sign is ours to mend. */
static void
fail(struct exchange *x, int error)
{
	if (error == -ENOKEY)
		exchange_fail(x, PROBLEM_ATTEST_KEY, NULL);
	else if (error == -EAGAIN)
		exchange_fail(x, PROBLEM_OVERLOADED, NULL);
	else if (error == -ENOSPC)
		exchange_fail(x, PROBLEM_STORE_FULL, NULL);
	else if (error == -EHOSTUNREACH)
		exchange_fail(x, PROBLEM_STORE_DOWN, NULL);
	else if (error == -EIO)
		exchange_fail(x, PROBLEM_SIGN_FAULT, NULL);
	else
		exchange_error(x, error);
}

static void
answer_asked(
	struct exchange *x, const struct work *w, const struct verify *v, const struct attest *a)
{
	enum answer_form form = read_form(x->accept);

	if (form == ANSWER_JSON)
		answer_json(x, w, v, a);
	else
		answer_picture(x, a, form);
}

static void
attest(struct exchange *x, struct work *w, const struct verify *v, const struct target *t,
	attested *answer)
{
	struct attest a = { .target = t };
	int r = desk_attest(x->tools->app->desk, w, v, &a, &x->entry);

	x->taken = a.status_list.len > 0;
	if (r != 0) {
		fail(x, r);
		return;
	}
	if (a.refusal != REFUSAL_NONE) {
		refuse(x, w, v, &a);
		return;
	}
	answer(x, w, v, &a);
	x->files = x->fault.problem == PROBLEM_NONE;
}

void
translate(struct exchange *x, const struct question *q, const struct target *t, attested *answer)
{
	struct verify v = { .input = q->input,
		.trust = x->trust,
		.policy = q->policy,
		.web = x->web,
		.at_hand = &x->tools->app->at_hand };
	struct report report;

	if (!is_one(x, q))
		return;
	struct work w = question_work(x->tools, x->tools->scratch, &report, q->now);
	int r = engine_verify(&w, &v);
	if (r != 0) {
		exchange_error(x, r);
		return;
	}
	if (exchange_lacks(x, v.needs, v.need_count))
		return;
	x->reason = report_reason(&report);
	count_verdict(x->tools->counters, v.credential.scheme, report_verdict(&report), x->reason);
	if (question_recognised(x, report.checks[CHECK_FORMAT].reason))
		attest(x, &w, &v, t, answer);
}

void
translate_handler(struct exchange *x)
{
	const struct target *t;
	struct question q;

	if (!x->tools->app->desk)
		exchange_fail(x, PROBLEM_ATTEST_OFF, NULL);
	else if ((t = read_target(x)) && question_read(x, &q))
		translate(x, &q, t, answer_asked);
}
