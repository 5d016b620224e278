/* status.c - see status.h. */
#include "gateway/engine/status.h"

#include "codecs/base/arena.h"
#include "codecs/tree/node.h"
#include "codecs/vc/status.h"
#include "gateway/engine/listed.h"
#include "gateway/engine/steps.h"

static struct place
entry_place(struct work *w, const struct verify *v, const struct vc_status *s)
{
	return node_place(w, s->node, v->credential.dates.layer);
}

static struct span
issuer_of(const struct verify *v)
{
	return v->credential.proof_count > 0 ? v->credential.proofs[0].hint.issuer : SPAN_NONE;
}

/* The list's document, once it is known to be what was asked for, by the same issuer, and valid now; else *why. */
static int
read_list(struct work *w, struct verify *v, const struct vc_status *s, struct span bytes,
	const struct node **out, enum reason *why)
{
	struct verify *list = ARENA_NEW(w->arena, struct verify);
	struct report *report = ARENA_NEW(w->arena, struct report);
	struct work own = *w;

	*out = NULL;
	if (!list || !report)
		return arena_error(w->arena);
	*list = (struct verify){
		.input = bytes, .trust = v->trust, .policy = v->policy, .web = v->web
	};
	own.report = report;
	bool genuine = false;
	int r = engine_genuine(&own, list, &genuine);
	for (size_t i = 0; i < list->need_count; i++)
		listed_need(v, &list->needs[i]);
	if (r != 0)
		return r;
	bool dated = report->checks[CHECK_VALIDITY].status == STATUS_FAIL;
	*why = dated ? REASON_STATUS_EXPIRED : REASON_STATUS_UNTRUSTED;
	if (!genuine)
		return 0;
	const struct node *doc = list->credential.payload;
	*why = REASON_STATUS_ISSUER;
	if (step_scope(list).domain != step_scope(v).domain ||
		!span_eq(issuer_of(list), issuer_of(v)))
		return 0;
	*why = REASON_STATUS_KIND;
	if (span_eq(node_text(node_get(doc, "id")), s->list))
		*out = doc;
	return 0;
}

static void
report_bit(struct work *w, const struct verify *v, const struct vc_status *s,
	struct vc_status_answer answer)
{
	bool suspended = span_is(s->purpose, "suspension");

	if (answer.bit == VC_BIT_SET)
		report_fail(w->report,
			suspended ? REASON_REVOCATION_SUSPENDED : REASON_REVOCATION_REVOKED,
			entry_place(w, v, s));
	else if (answer.bit == VC_BIT_UNKNOWN)
		report_unknown(w->report, answer.why, entry_place(w, v, s));
}

/* The list's bytes, from here or from the web; false: there are none, and the need is told. */
static bool
find_list(struct work *w, struct verify *v, const struct vc_status *s, struct span *bytes)
{
	struct need need = {
		.kind = NEED_STATUS, .scope = step_scope(v), .issuer = issuer_of(v), .url = s->list
	};
	const struct web_entry *e;

	if (v->at_hand && v->at_hand->get(v->at_hand->arg, s->list, w->arena, bytes))
		return true;
	e = web_find(v->web, &need, w->now);
	listed_again(w, v, &need, e);
	if (!e || e->item.state != WEB_GOOD)
		return false;
	*bytes = e->item.bytes;
	return true;
}

static int
check_entry(struct work *w, struct verify *v, const struct vc_status *s)
{
	struct vc_status_answer answer = { VC_BIT_UNKNOWN, REASON_REVOCATION_NO_ANSWER };
	const struct node *list = NULL;
	struct span bytes;
	bool found = find_list(w, v, s, &bytes);
	int r = 0;

	if (found && v->brief)
		v->dear = true; /* and the answer unknown, should nobody look */
	else if (found)
		r = read_list(w, v, s, bytes, &list, &answer.why);
	if (r == 0 && list)
		r = vc_status_look_up(w, s, list, &answer);
	if (r == 0)
		report_bit(w, v, s, answer);
	return r;
}

int
status_revocation(struct work *w, struct verify *v)
{
	struct vc_status entries[VC_STATUS_MAX];
	const struct node *strange;
	size_t count;
	int r = 0;

	vc_status_read(v->credential.status.node, entries, &count, &strange);
	for (size_t i = 0; i < count && r == 0; i++)
		if (vc_status_withdraws(&entries[i]))
			r = check_entry(w, v, &entries[i]);
	if (r == 0 && strange)
		report_unknown(w->report, REASON_STATUS_ENTRY,
			node_place(w, strange, v->credential.dates.layer));
	return r;
}
