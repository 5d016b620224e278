/* listed.c - see listed.h: keys from the lists, else from the issuer itself, and its revocation lists.
 *
 * Whatever is not at hand becomes a need, and the row is unknown: nobody is
 * refused, or let pass, because a server was silent.
 */
#include "gateway/engine/listed.h"

#include "codecs/base/buf.h"
#include "codecs/tree/node.h"
#include "gateway/engine/named.h"
#include "gateway/engine/steps.h"

enum { CANDIDATES = sizeof(((struct verify *)0)->candidates) / sizeof(struct trust_key *) };

/* --- needs --- */

static bool
same_need(const struct need *a, const struct need *b)
{
	return a->kind == b->kind && span_eq(a->url, b->url) && span_eq(a->issuer, b->issuer);
}

void
listed_need(struct verify *v, const struct need *n)
{
	for (size_t i = 0; i < v->need_count; i++)
		if (same_need(&v->needs[i], n))
			return;
	if (v->need_count < VERIFY_NEEDS)
		v->needs[v->need_count++] = *n;
}

/* An answer that does not tell is worth another attempt after a while: issuers change their keys and lists. */
void
listed_again(
	const struct work *w, struct verify *v, const struct need *n, const struct web_entry *e)
{
	if (!e || (e->item.state != WEB_UNREACHABLE && w->now - e->tried > WEB_PATIENCE))
		listed_need(v, n);
}

static int
need_keys(struct work *w, const struct verify *v, struct span iss, struct need *out)
{
	struct buf b = buf_in(w->arena, w->limits->input_text);

	buf_add(&b, iss);
	buf_str(&b, "/.well-known/jwks.json");
	*out = (struct need){
		.kind = NEED_ISSUER_KEYS, .scope = step_scope(v), .issuer = iss, .url = buf_span(&b)
	};
	return b.error;
}

static int
need_list(struct work *w, const struct verify *v, const struct key_hint *hint, struct need *out)
{
	struct buf b = buf_in(w->arena, w->limits->input_text);

	buf_add(&b, hint->issuer);
	buf_str(&b, "/.well-known/crl/");
	buf_add(&b, hint->kid);
	buf_str(&b, ".json");
	*out = (struct need){ .kind = NEED_REVOCATIONS,
		.scope = step_scope(v),
		.issuer = hint->issuer,
		.kid = hint->kid,
		.url = buf_span(&b) };
	return b.error;
}

/* --- keys --- */

/* Nothing that the issuer publishes adds to such a list.  Where the operator's authorities must vouch for each key,
 * what is fetched can't be put to them. */
static bool
is_whole_set(const struct trust_issuer *issuer)
{
	return issuer->source->items_checked || span_is(issuer->source->kind, "issuer-keys") ||
	       span_is(issuer->source->kind, "jwks");
}

/* NULL: in another domain, named by no list, or its keys are all listed. */
static const struct trust_issuer *
who_publishes(const struct verify *v, const struct key_hint *hint)
{
	struct trust_scope scope = step_scope(v);
	const struct trust_issuer *issuer = scope.domain == TRUST_SHC
						    ? trust_issuer(v->trust, scope, hint->issuer)
						    : NULL;

	return issuer && !is_whole_set(issuer) ? issuer : NULL;
}

/* What the issuer answered; *need is what it was asked. */
static int
published(struct work *w, const struct verify *v, const struct key_hint *hint, struct need *need,
	const struct web_entry **out)
{
	int r = need_keys(w, v, hint->issuer, need);

	*out = r == 0 ? web_find(v->web, need, w->now) : NULL;
	return r;
}

int
listed_find(struct work *w, struct verify *v, const struct key_hint *hint)
{
	size_t max = w->limits->keys_tried < CANDIDATES ? w->limits->keys_tried : CANDIDATES;
	const struct web_entry *e;
	struct need need;

	v->candidate_count = trust_find(v->trust, step_scope(v), hint, v->candidates, max);
	if (v->candidate_count > 0 || !v->web)
		return 0;
	if (named_asks(v, hint))
		return named_find(w, v, hint, max);
	if (!who_publishes(v, hint))
		return 0;
	int r = published(w, v, hint, &need, &e);
	if (r == 0 && e && e->trust)
		v->candidate_count = trust_find(e->trust, step_scope(v), hint, v->candidates, max);
	return r;
}

/* Whether lists of that scope name issuers, not keys alone. */
static bool
names_issuers(struct trust_scope scope)
{
	return scope.domain == TRUST_SHC || scope.domain == TRUST_VC;
}

/* The issuer counts, and its keys are known: this one is none of them. */
static void
fail_absent(struct work *w, const struct verify *v, const struct key_hint *hint)
{
	bool elsewhere = trust_kid_elsewhere(v->trust, step_scope(v), hint);

	report_fail(w->report, elsewhere ? REASON_ISSUER_KID_MISMATCH : REASON_ISSUER_KEY_UNKNOWN,
		PLACE_NONE);
}

static void
fail_unlisted(struct work *w, const struct verify *v, const struct key_hint *hint)
{
	struct trust_scope scope = step_scope(v);
	enum reason reason = REASON_ISSUER_UNKNOWN;

	if (trust_elsewhere(v->trust, scope, hint))
		reason = REASON_ISSUER_ENVIRONMENT;
	else if (names_issuers(scope) && trust_kid_elsewhere(v->trust, scope, hint))
		reason = REASON_ISSUER_KID_MISMATCH;
	report_fail(w->report, reason, PLACE_NONE);
}

/* Keys are added: an older answer does not tell that this one is not the issuer's. */
static bool
is_recent(const struct work *w, const struct web_entry *e)
{
	return e && e->item.state != WEB_UNREACHABLE && w->now - e->item.at <= WEB_PATIENCE;
}

void
listed_unsure(struct work *w, struct verify *v, const struct key_hint *hint, const struct need *n,
	const struct web_entry *e)
{
	if (n->url.ptr)
		listed_again(w, v, n, e);
	if (is_recent(w, e))
		fail_absent(w, v, hint);
	else
		report_unknown(w->report, REASON_ISSUER_KEYS_UNAVAILABLE, PLACE_NONE);
}

int
listed_missing(struct work *w, struct verify *v, const struct key_hint *hint)
{
	struct trust_scope scope = step_scope(v);
	const struct web_entry *e;
	struct need need;

	if (named_asks(v, hint))
		return named_missing(w, v, hint);
	if (!names_issuers(scope) || !trust_issuer(v->trust, scope, hint->issuer)) {
		fail_unlisted(w, v, hint);
		return 0;
	}
	if (!who_publishes(v, hint)) {
		fail_absent(w, v, hint);
		return 0;
	}
	int r = published(w, v, hint, &need, &e);
	if (r != 0)
		return r;
	listed_unsure(w, v, hint, &need, e);
	return 0;
}

/* --- ages --- */

/* What was fetched ages by itself; but then it is the list that names the issuer which must not be too old. */
static bool
list_is_stale(const struct work *w, const struct verify *v, const struct trust_issuer *publisher,
	bool fetched)
{
	const struct trust_source_info *s = fetched ? publisher->source : v->signer->source;

	return trust_stale(s, w->now);
}

/* An issuer that its list's maker could not reach for long is asked itself: the key is good if it is still there. */
static int
check_age(struct work *w, struct verify *v, const struct key_hint *hint,
	const struct trust_key *own, const struct web_entry *e, const struct need *need)
{
	const struct trust_issuer *publisher = who_publishes(v, hint);
	bool fetched = publisher && own == v->signer;

	if (list_is_stale(w, v, publisher, fetched)) {
		report_unknown(w->report, REASON_TRUST_STALE, PLACE_NONE);
	} else if (!fetched && trust_key_stale(v->signer, w->now) && !(own && own->key)) {
		if (publisher)
			listed_again(w, v, need, e);
		report_unknown(w->report, REASON_TRUST_STALE, PLACE_NONE);
	}
	return 0;
}

/* --- revocation --- */

struct answer {
	bool known, revoked, stale, malformed;
	int64_t ctr;
};

static bool
answer_is_stale(const struct trust_revocation *r, int64_t now)
{
	if (r->seen_at == TIME_NONE || r->source->max_age <= 0)
		return trust_stale(r->source, now);
	return now > r->seen_at && now - r->seen_at > r->source->max_age;
}

/* The newest list counts; of two that are as new, one that revokes. */
static void
look_up(const struct work *w, const struct verify *v, const struct trust *t,
	const struct key_hint *hint, struct answer *best)
{
	const struct status_claim *claim = &v->credential.status;
	struct trust_revocation r;

	if (!t || !trust_revocation(
			  t, step_scope(v), hint->issuer, hint->kid, claim->id, claim->issued, &r))
		return;
	bool stale = answer_is_stale(&r, w->now);
	if (!best->known || r.ctr > best->ctr) {
		*best = (struct answer){ true, r.revoked, stale, r.malformed > 0, r.ctr };
	} else if (r.ctr == best->ctr) {
		best->revoked = best->revoked || r.revoked;
		best->stale = best->stale && stale;
	}
}

/* Of the list itself, whichever card is asked about. */
static void
note_list(struct work *w, const struct answer *best, int64_t announced)
{
	if (best->known && best->malformed)
		report_find(w->report, REASON_NOTE_SHC_LIST_ENTRIES, PLACE_NONE);
	if (best->known && announced > 0 && best->ctr > announced)
		report_find(w->report, REASON_NOTE_SHC_LIST_NEWER, PLACE_NONE);
}

/* A card without a rid can't be on the list. */
static int
check_list(struct work *w, struct verify *v, const struct key_hint *hint, int64_t announced)
{
	struct answer best = { 0 };
	struct need need;
	int r = need_list(w, v, hint, &need);

	if (r != 0)
		return r;
	const struct web_entry *e = web_find(v->web, &need, w->now);
	look_up(w, v, v->trust, hint, &best);
	look_up(w, v, e ? e->trust : NULL, hint, &best);
	note_list(w, &best, announced);
	if (v->credential.status.kind != STATUS_CLAIM_RID)
		return 0;
	bool late = announced > 0 && (!best.known || best.ctr < announced);
	if (best.known && best.revoked)
		report_fail(w->report, REASON_REVOCATION_REVOKED,
			node_place(w, v->credential.status.node, v->credential.dates.layer));
	else if (late)
		report_unknown(w->report, REASON_REVOCATION_NO_ANSWER, PLACE_NONE);
	else if (best.known && best.stale)
		report_unknown(w->report, REASON_TRUST_STALE, PLACE_NONE);
	if (late || best.stale)
		listed_again(w, v, &need, e);
	return 0;
}

/* The issuer's own entry of the signer's key, where it was fetched; NULL: no answer, or no such key in it. */
static const struct trust_key *
own_entry(const struct verify *v, const struct key_hint *hint, const struct web_entry *e)
{
	const struct trust_key *k;

	if (!e || !e->trust || trust_find(e->trust, step_scope(v), hint, &k, 1) == 0)
		return NULL;
	return k;
}

/* The highest that any entry of the key announces: several lists may have it, and one set more than once. */
static int64_t
announced_by(const struct verify *v, const struct trust *t, const struct key_hint *hint)
{
	const struct trust_key *k[CANDIDATES];
	size_t n = t ? trust_find(t, step_scope(v), hint, k, CANDIDATES) : 0;
	int64_t highest = 0;

	for (size_t i = 0; i < n; i++)
		if (k[i]->crl_version > highest)
			highest = k[i]->crl_version;
	return highest;
}

int
listed_revocation(struct work *w, struct verify *v)
{
	const struct key_hint *hint = &v->credential.proofs[0].hint;
	const struct web_entry *e;
	struct need need;
	int r = published(w, v, hint, &need, &e);

	if (r != 0)
		return r;
	const struct trust_key *own = who_publishes(v, hint) ? own_entry(v, hint, e) : NULL;
	int64_t announced = announced_by(v, v->trust, hint);
	int64_t of_late = own ? announced_by(v, e->trust, hint) : 0;
	if (of_late > announced)
		announced = of_late;
	r = check_age(w, v, hint, own, e, &need);
	if (r == 0 && (announced > 0 || v->credential.status.kind == STATUS_CLAIM_RID))
		r = check_list(w, v, hint, announced);
	return r;
}
