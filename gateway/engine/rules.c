/* rules.c - the five checks behind the gates: dates, withdrawal, the scheme's rules, the record, the policy.
 *
 * All of them run, whatever one of them finds.
 */
#include "codecs/record/countries.h"
#include "codecs/tree/node.h"
#include "gateway/engine/dcc/hashed.h"
#include "gateway/engine/listed.h"
#include "gateway/engine/named.h"
#include "gateway/engine/status.h"
#include "gateway/engine/steps.h"

static struct place
date_place(struct work *w, const struct credential *c, const struct node *date)
{
	return date ? node_place(w, date, c->dates.layer) : PLACE_NONE;
}

static void
check_document_dates(struct work *w, const struct verify *v)
{
	const struct credential *c = &v->credential;
	int64_t from = c->not_before, until = c->not_after;

	if (until != TIME_NONE && w->now > until)
		report_fail(
			w->report, REASON_VALIDITY_EXPIRED, date_place(w, c, c->dates.not_after));
	if (from != TIME_NONE && until != TIME_NONE && from > until)
		report_fail(
			w->report, REASON_VALIDITY_INVERTED, date_place(w, c, c->dates.not_after));
	if (from != TIME_NONE && from > w->now && from - w->now > v->policy->skew)
		report_fail(
			w->report, REASON_VALIDITY_NOT_YET, date_place(w, c, c->dates.not_before));
}

/* hcert_spec 1.0.8: the dates of a certificate lie within its key's; issuers err by seconds, so these are notes. */
static void
check_key_dates(struct work *w, const struct verify *v)
{
	const struct credential *c = &v->credential;
	const struct trust_key *k = v->signer;

	if (k->not_after != TIME_NONE && w->now > k->not_after)
		report_fail(w->report, REASON_VALIDITY_KEY_EXPIRED, PLACE_NONE);
	if (k->not_before != TIME_NONE && w->now < k->not_before)
		report_fail(w->report, REASON_VALIDITY_KEY_NOT_YET, PLACE_NONE);
	if (k->not_before != TIME_NONE && c->not_before != TIME_NONE &&
		c->not_before < k->not_before)
		report_find(
			w->report, REASON_NOTE_BEFORE_KEY, date_place(w, c, c->dates.not_before));
	if (k->not_after != TIME_NONE && c->not_after != TIME_NONE && c->not_after > k->not_after)
		report_find(
			w->report, REASON_NOTE_OUTLIVES_KEY, date_place(w, c, c->dates.not_after));
}

int
step_validity(struct work *w, struct verify *v)
{
	check_document_dates(w, v);
	check_key_dates(w, v);
	report_pass(w->report);
	return 0;
}

/* A key is withdrawn by leaving its list, so a list too old to tell leaves the question open. */
int
step_revocation(struct work *w, struct verify *v)
{
	int r = 0;

	if (v->credential.status.kind == STATUS_CLAIM_UCI)
		r = hashed_revocation(w, v);
	if (r != 0)
		return r;
	if (v->signer->source->domain == TRUST_SHC)
		r = listed_revocation(w, v);
	else if (trust_key_stale(v->signer, w->now) || named_stale(w, v))
		report_unknown(w->report, REASON_TRUST_STALE, PLACE_NONE);
	if (r == 0 && v->credential.status.kind == STATUS_CLAIM_LISTS)
		r = status_revocation(w, v);
	if (r == 0)
		report_pass(w->report);
	return r;
}

static void
check_usage(struct work *w, const struct verify *v)
{
	const struct trust_key *k = v->signer;

	if (v->credential.usage & ~k->usage)
		report_fail(w->report, REASON_PROFILE_KEY_USAGE, PLACE_NONE);
	else if (k->usage_foreign && v->policy->strict_eku)
		report_fail(w->report, REASON_PROFILE_KEY_USAGE, PLACE_NONE);
	else if (k->usage_foreign)
		report_find(w->report, REASON_NOTE_EXTENDED_KEY_USAGE, PLACE_NONE);
}

int
step_profile(struct work *w, struct verify *v)
{
	int r = v->codec->check ? v->codec->check(w, &v->credential) : 0;
	if (r != 0)
		return r;
	check_usage(w, v);
	report_pass(w->report);
	return 0;
}

/* Of nobody's health: whoever looks for a vaccination must not take the row for one. */
static bool
is_empty(const struct record *r)
{
	return r->event_count == 0 && r->medication_count == 0 && !r->link;
}

int
step_record(struct work *w, struct verify *v)
{
	record_init(&v->record);
	int r = v->codec->normalise(w, &v->credential, &v->record);
	if (r != 0)
		return r;
	v->has_record = !report_failed(w->report);
	if (v->has_record && is_empty(&v->record))
		report_find(w->report, REASON_NOTE_RECORD_EMPTY, PLACE_NONE);
	report_pass(w->report);
	return 0;
}

static bool
listed(struct span what, const struct span *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_eq(what, list[i]))
			return true;
	return count == 0;
}

/* Only two real countries can contradict each other: issuers also write "CNAM", lists also say "EU". */
static void
check_country(struct work *w, const struct verify *v)
{
	struct span issuer = v->credential.proofs[0].hint.issuer;
	struct span authority = v->signer->authority;

	enum trust_domain domain = v->signer->source->domain;

	if ((domain != TRUST_DCC && domain != TRUST_WHO) || issuer.len == 0 ||
		participant_same(issuer, authority))
		return;
	if (v->policy->match_country && country_known(country_alpha2(issuer)) &&
		country_known(country_alpha2(authority)))
		report_fail(w->report, REASON_POLICY_COUNTRY, PLACE_NONE);
	else
		report_find(w->report, REASON_NOTE_COUNTRY, PLACE_NONE);
}

/* In the WHO's network a key is listed for some types of certificate. */
static void
check_domain(struct work *w, const struct verify *v)
{
	unsigned listed_for = v->signer->domains;

	if (listed_for == 0 || (listed_for & v->credential.domains))
		return;
	if (v->policy->match_domain)
		report_fail(w->report, REASON_POLICY_DOMAIN, PLACE_NONE);
	else
		report_find(w->report, REASON_NOTE_DOMAIN, PLACE_NONE);
}

/* When a vaccination counts is told by the scheme as a finding: the policy says what that means. */
static void
check_protection(struct work *w, const struct verify *v)
{
	for (const struct finding *f = w->report->findings; v->policy->protection && f; f = f->next)
		if (f->reason == REASON_NOTE_ICVP_TOO_RECENT ||
			f->reason == REASON_NOTE_ICVP_TOO_OLD)
			report_fail(w->report, REASON_POLICY_PROTECTION, f->at);
}

int
step_policy(struct work *w, struct verify *v)
{
	const struct policy *p = v->policy;

	if (!listed(span_of(v->credential.scheme), p->schemes, p->scheme_count))
		report_fail(w->report, REASON_POLICY_SCHEME, PLACE_NONE);
	if (!listed(v->signer->authority, p->authorities, p->authority_count))
		report_fail(w->report, REASON_POLICY_ISSUER, PLACE_NONE);
	check_country(w, v);
	check_domain(w, v);
	check_protection(w, v);
	report_pass(w->report);
	return 0;
}
