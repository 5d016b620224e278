/* vcapi.c - the interface of the W3C Credentials Community Group for verifiers (VC-API): credentials, presentations.
 *
 * What is asked and what is told differ from /v1/verify, what is checked does not: all nine checks, whatever `checks`
 * the question names, and nothing is verified for which a list is lacking.  As the W3C's suites expect, what is not
 * verified is answered with 400.
 */
#include "codecs/base/arena.h"
#include "codecs/tree/node.h"
#include "gateway/engine/presentation.h"
#include "gateway/engine/render.h"
#include "gateway/http/exchange.h"
#include "gateway/http/metrics.h"

#include <string.h>

struct asking {
	struct span subject; /* the credential or presentation */
	struct vc_asked asked;
	const struct policy *policy;
};

/* What is known of one of several, beside its own result. */
struct told {
	struct buf all, errors; /* results; problems of all of them */
	bool verified;
	enum reason reason; /* of the first that is not verified */
};

/* --- the question --- */

static bool
refuse(struct exchange *x, const struct node *n, const char *detail)
{
	exchange_fail(x, PROBLEM_REQUEST_MEMBER, detail);
	x->offset = n ? n->offset : PLACE_NO_OFFSET;
	return false;
}

static bool
read_asked(struct exchange *x, const struct node *n, struct span *out)
{
	if (n && n->kind != NODE_TEXT)
		return refuse(x, n, "\"challenge\" and \"domain\" are strings");
	*out = node_text(n);
	return true;
}

static bool
read_checks(struct exchange *x, const struct node *n)
{
	if (n && n->kind != NODE_LIST)
		return refuse(x, n, "\"checks\" is a list of strings");
	for (const struct node *c = n ? n->child : NULL; c; c = c->next)
		if (c->kind != NODE_TEXT)
			return refuse(x, c, "\"checks\" is a list of strings");
	return true;
}

/* Options that ask for more in the answer are passed over; those that ask for a check never are. */
static bool
read_options(struct exchange *x, const struct node *n, struct asking *a)
{
	if (n && n->kind != NODE_MAP)
		return refuse(x, n, "\"options\" is an object");
	return read_checks(x, node_get(n, "checks")) &&
	       read_asked(x, node_get(n, "challenge"), &a->asked.challenge) &&
	       read_asked(x, node_get(n, "domain"), &a->asked.domain);
}

static struct work
work_in(struct exchange *x, struct arena *arena, struct report *report)
{
	report_begin(report, arena);
	return (struct work){ arena, report, &x->tools->app->config->limits, x->tools->kit,
		x->now };
}

static bool
read_body(struct exchange *x, const struct node **out)
{
	struct report report;
	struct work w = work_in(x, x->tools->arena, &report);
	int r = node_from_json(&w, x->body, "request", out);

	if (r != 0) {
		exchange_error(x, r);
		return false;
	}
	if (*out && (*out)->kind == NODE_MAP)
		return true;
	exchange_fail(x, PROBLEM_REQUEST_JSON,
		*out ? NULL : reason_text(report.checks[report.running].reason));
	x->offset = *out ? 0 : report.checks[report.running].at.offset;
	return false;
}

static bool
read_asking(struct exchange *x, const char *member, struct asking *a)
{
	const struct config *c = x->tools->app->config;
	const struct node *root = NULL, *n;

	*a = (struct asking){ .policy = c->policy_count > 0 ? &c->policies[0] : &policy_default };
	if (!read_body(x, &root) || !read_options(x, node_get(root, "options"), a))
		return false;
	n = node_get(root, member);
	if (n && n->kind == NODE_MAP)
		a->subject = n->raw;
	else if (n && n->kind == NODE_TEXT && span_find(n->as.bytes, '{') == n->as.bytes.len)
		a->subject = n->as.bytes;
	else
		return refuse(x, n,
			"what is to be verified is an object, or a JWT or SD-JWT as a string");
	return true;
}

/* --- the answer --- */

#define MODEL    "https://www.w3.org/TR/vc-data-model#"
#define SECURITY "https://w3id.org/security#"
#define STATUS   "https://www.w3.org/ns/credentials/status-list#"

/* The types of problems that the specifications name; the first beginning that fits counts. */
static const struct {
	const char *code, *type;
} types[] = {
	{ "vc.challenge", SECURITY "INVALID_CHALLENGE_ERROR" },
	{ "vc.domain", SECURITY "INVALID_DOMAIN_ERROR" },
	{ "vc.proof_", SECURITY "PROOF_VERIFICATION_ERROR" },
	{ "vc.holder", SECURITY "PROOF_VERIFICATION_ERROR" },
	{ "signature.", SECURITY "PROOF_VERIFICATION_ERROR" },
	{ "jsonld.", SECURITY "PROOF_TRANSFORMATION_ERROR" },
	{ "rdf.", SECURITY "PROOF_TRANSFORMATION_ERROR" },
	{ "issuer.", MODEL "CRYPTOGRAPHIC_SECURITY_ERROR" },
	{ "revocation.no_answer", STATUS "STATUS_RETRIEVAL_ERROR" },
	{ "revocation.", STATUS "STATUS_VERIFICATION_ERROR" },
	{ "validity.", MODEL "RANGE_ERROR" },
	{ "vc.", MODEL "MALFORMED_VALUE_ERROR" },
	{ "profile.", MODEL "MALFORMED_VALUE_ERROR" },
	{ "policy.", "urn:vidimus:reason:policy" },
	{ "note.", "urn:vidimus:reason:note" },
	{ "", MODEL "PARSING_ERROR" },
};

static const char *
type_of(const char *code)
{
	size_t i = 0;

	while (strncmp(code, types[i].code, strlen(types[i].code)) != 0)
		i++;
	return types[i].type;
}

/* RFC 9457, with our own code beside it. */
static void
write_problem(struct buf *b, enum reason reason)
{
	const char *code = reason_code(reason), *type = type_of(code);
	const char *title = strrchr(type, '#');

	if (b->len > 0 && b->ptr[b->len - 1] == '}')
		buf_char(b, ',');
	buf_str(b, "{\"type\":\"");
	buf_str(b, type);
	buf_str(b, "\",\"title\":\"");
	buf_str(b, title ? title + 1 : code);
	buf_str(b, "\",\"detail\":");
	buf_json(b, span_of(reason_text(reason)));
	buf_str(b, ",\"code\":\"");
	buf_str(b, code);
	buf_str(b, "\"}");
}

/* The checks that were made, the signature's under the name that the interface has for it. */
static void
write_checks(struct buf *b, const struct report *r)
{
	bool first = true;

	for (enum check_id i = 0; i < CHECK_COUNT; i++) {
		if (r->checks[i].status == STATUS_SILENT || r->checks[i].status == STATUS_SKIPPED)
			continue;
		buf_str(b, first ? "\"" : ",\"");
		buf_str(b, i == CHECK_SIGNATURE ? "proof" : check_name(i));
		buf_char(b, '"');
		first = false;
	}
}

static void
write_errors(struct buf *b, const struct report *r)
{
	for (enum check_id i = 0; i < CHECK_COUNT; i++)
		if (r->checks[i].status == STATUS_FAIL || r->checks[i].status == STATUS_UNKNOWN)
			write_problem(b, r->checks[i].reason);
}

static void
write_warnings(struct buf *b, const struct report *r)
{
	for (const struct finding *f = r->findings; f; f = f->next)
		write_problem(b, f->reason);
}

/* One result, without its closing brace; its errors go to t as well. */
static void
write_result(struct exchange *x, struct told *t, const struct report *r)
{
	struct buf errors = buf_in(x->tools->arena, t->all.max);
	bool verified = report_verdict(r) == VERDICT_VERIFIED;

	write_errors(&errors, r);
	if (errors.len > 0 && t->errors.len > 0)
		buf_char(&t->errors, ',');
	buf_add(&t->errors, buf_span(&errors));
	buf_str(&t->all,
		verified ? "{\"verified\":true,\"checks\":[" : "{\"verified\":false,\"checks\":[");
	write_checks(&t->all, r);
	buf_str(&t->all, "],\"warnings\":[");
	write_warnings(&t->all, r);
	buf_str(&t->all, "],\"errors\":[");
	buf_add(&t->all, buf_span(&errors));
	buf_char(&t->all, ']');
	if (errors.error)
		t->all.error = errors.error;
	if (t->verified && !verified)
		t->reason = report_reason(r);
	t->verified = t->verified && verified;
}

static struct told
telling(struct exchange *x)
{
	size_t max = x->tools->app->config->limits.memory;

	return (struct told){ buf_in(x->tools->arena, max), buf_in(x->tools->arena, max), true,
		REASON_NONE };
}

static void
answer(struct exchange *x, struct buf *b, const struct told *t)
{
	if (b->error != 0) {
		exchange_error(x, b->error);
		return;
	}
	x->content = buf_span(b);
	x->status = t->verified ? 200 : 400;
	x->reason = t->reason;
}

/* --- credentials --- */

/* Other schemes have other interfaces; a challenge is met by the credential's own proof, or not at all. */
static void
check_asked(struct work *w, const struct verify *v, const struct vc_asked *asked)
{
	w->report->running = CHECK_FORMAT;
	if (v->codec && !span_is(span_of(v->codec->name), "vc"))
		report_fail(w->report, REASON_FORMAT_UNKNOWN, PLACE_NONE);
	w->report->running = CHECK_PROFILE;
	if (asked && w->report->checks[CHECK_PROFILE].status == STATUS_PASS)
		vc_asked_met(w, v->credential.payload, v->credential.dates.layer, asked);
}

/* false: it failed, or waits. */
static bool
judge(struct exchange *x, const struct asking *a, struct span input, const struct vc_asked *asked,
	struct told *t)
{
	struct report report;
	struct work w = (arena_reset(x->tools->scratch), work_in(x, x->tools->scratch, &report));
	struct verify v = { .input = input,
		.trust = x->trust,
		.policy = a->policy,
		.web = x->web,
		.at_hand = &x->tools->app->at_hand };
	int r = engine_verify(&w, &v);

	if (r != 0) {
		exchange_error(x, r);
		return false;
	}
	if (exchange_lacks(x, v.needs, v.need_count) || x->ahead)
		return false;
	check_asked(&w, &v, asked);
	write_result(x, t, &report);
	buf_str(&t->all, ",\"report\":");
	render_report(&t->all, &w, &v);
	buf_char(&t->all, '}');
	count_verdict(x->tools->counters, v.credential.scheme, report_verdict(&report),
		report_reason(&report));
	return true;
}

void
credentials_verify_handler(struct exchange *x)
{
	struct told t = telling(x);
	struct asking a;

	if (read_asking(x, "verifiableCredential", &a) && judge(x, &a, a.subject, &a.asked, &t))
		answer(x, &t.all, &t);
}

/* --- presentations --- */

/* The presentation lives as long as the request, for its credentials are asked about next. */
static bool
judge_holder(struct exchange *x, struct presentation *p, struct told *t)
{
	struct report report;
	struct work w = work_in(x, x->tools->arena, &report);
	int r = engine_presentation(&w, p);

	if (r != 0) {
		exchange_error(x, r);
		return false;
	}
	write_result(x, t, &report);
	buf_char(&t->all, '}');
	return true;
}

/* Of JSON every one that the proof's reader saw, whatever it looks like; a token that holds none stands for itself. */
static int
credentials_of(struct exchange *x, const struct asking *a, const struct vc_present *p,
	struct span **out, size_t *count)
{
	struct report report;
	struct work w = work_in(x, x->tools->arena, &report);
	const struct node *given = node_get(p->doc, "verifiableCredential");
	bool list = given && given->kind == NODE_LIST;
	struct span *all;

	if (p->token)
		return engine_split(&w, a->subject, out, count);
	all = ARENA_ARRAY(w.arena, list ? given->size + 1 : 2, struct span);
	if (!all)
		return arena_error(w.arena);
	*count = 0;
	for (const struct node *n = list ? given->child : given; n; n = list ? n->next : NULL)
		all[(*count)++] = n->kind == NODE_TEXT ? n->as.bytes : n->raw;
	*out = all;
	return 0;
}

static bool
judge_all(struct exchange *x, const struct asking *a, const struct vc_present *p, struct told *t)
{
	size_t most = x->tools->app->config->limits.bundle_entries, count = 0;
	struct span *all = NULL;
	int r = credentials_of(x, a, p, &all, &count);

	if (r != 0) {
		exchange_error(x, r);
		return false;
	}
	if (count > most) {
		x->fault = (struct fault){ PROBLEM_HTTP_TOO_LARGE, "bundle.entries", most };
		return false;
	}
	buf_str(&t->all, ",\"credentialResults\":[");
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_char(&t->all, ',');
		if (!judge(x, a, all[i], NULL, t) && !x->waits)
			return false;
	}
	buf_char(&t->all, ']');
	return !x->waits; /* for whatever any of them lacks */
}

static void
answer_presentation(struct exchange *x, struct told *t)
{
	struct buf b = buf_in(x->tools->arena, t->all.max);

	buf_str(&b, t->verified ? "{\"verified\":true,\"checks\":[\"proof\"],\"warnings\":[],"
				: "{\"verified\":false,\"checks\":[\"proof\"],\"warnings\":[],");
	buf_str(&b, "\"errors\":[");
	buf_add(&b, buf_span(&t->errors));
	buf_str(&b, "],\"presentationResult\":");
	buf_add(&b, buf_span(&t->all));
	buf_char(&b, '}');
	if (t->all.error || t->errors.error)
		b.error = t->all.error ? t->all.error : t->errors.error;
	answer(x, &b, t);
}

void
presentations_verify_handler(struct exchange *x)
{
	struct told t = telling(x);
	struct asking a;

	if (!read_asking(x, "verifiablePresentation", &a))
		return;
	struct presentation p = {
		.input = a.subject, .asked = a.asked, .trust = x->trust, .policy = a.policy
	};
	if (judge_holder(x, &p, &t) && judge_all(x, &a, &p.present, &t))
		answer_presentation(x, &t);
}
