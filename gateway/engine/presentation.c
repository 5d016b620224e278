/* presentation.c - see presentation.h.
 *
 * Whoever holds the key that the holder's identifier is, or names, is the holder: no list needs to know it.  So
 * nothing but the key's possession is proved, and nothing of it is said to be trusted.
 */
#include "gateway/engine/presentation.h"

#include "codecs/seal/key.h"
#include "codecs/vc/model.h"
#include "gateway/engine/steps.h"
#include "trust/did/did.h"

#include <errno.h>

/* The method of a DID that holds its key; NULL: it is none, or has no such method. */
static int
own_key(struct work *w, const struct proof *p, const struct key **out)
{
	enum did_fault fault = DID_METHOD;
	struct did_document doc;
	int r = did_resolve(w, p->hint.issuer, &did_key_policy, &doc, &fault);

	*out = NULL;
	for (size_t i = 0; r == 0 && fault == DID_OK && i < doc.count; i++)
		if (span_eq(doc.methods[i].id, p->hint.kid) &&
			(doc.methods[i].purposes & DID_AUTHENTICATION))
			*out = doc.methods[i].key;
	return r;
}

static int
check_issuer(struct work *w, struct presentation *p, const struct key **out)
{
	struct trust_scope scope = { p->policy->env, TRUST_VC };
	const struct trust_key *listed = NULL;
	int r = 0;

	*out = p->present.key;
	if (!*out)
		r = own_key(w, &p->present.proof, out);

	if (r == 0 && !*out && p->trust &&
		trust_find(p->trust, scope, &p->present.proof.hint, &listed, 1) > 0 &&
		(listed->not_after == TIME_NONE || w->now <= listed->not_after))
		*out = listed->key;
	if (r == 0 && !*out)
		report_unknown(w->report, REASON_VC_HOLDER_KEY, PLACE_NONE);
	return r;
}

static int
check_signature(struct work *w, const struct presentation *p, const struct key *k)
{
	enum key_result result = KEY_MISMATCH;
	int r = step_try_key(w, k, &p->present.proof, &result);

	if (r == 0 && result != KEY_VALID)
		report_fail(w->report, step_signature_reason[result], PLACE_NONE);
	return r;
}

static void
check_validity(struct work *w, const struct presentation *p)
{
	int64_t skew = p->policy->skew;

	if (p->present.created != TIME_NONE && w->now < p->present.created - skew)
		report_fail(w->report, REASON_VALIDITY_NOT_YET, PLACE_NONE);
	if (p->present.expires != TIME_NONE && w->now > p->present.expires)
		report_fail(w->report, REASON_VALIDITY_EXPIRED, PLACE_NONE);
}

/* Everything behind the check that did not pass is skipped. */
static void
skip_rest(struct work *w)
{
	for (enum check_id i = w->report->running + 1; i < CHECK_COUNT; i++) {
		w->report->running = i;
		report_skip(w->report);
	}
}

static bool
passed(struct work *w)
{
	report_pass(w->report);
	if (w->report->checks[w->report->running].status != STATUS_PASS)
		return false;
	w->report->running++;
	return true;
}

static int
run(struct work *w, struct presentation *p)
{
	const struct key *key = NULL;
	bool ok = false;

	passed(w); /* format: the caller knows what it is */
	int r = vc_present_read(w, p->input, &p->asked, &p->present, &ok);
	if (r != 0 || !passed(w))
		return r;
	if ((r = check_issuer(w, p, &key)) != 0 || !passed(w))
		return r;
	if ((r = check_signature(w, p, key)) != 0 || !passed(w))
		return r;
	check_validity(w, p);
	report_pass(w->report);
	for (enum check_id i = CHECK_REVOCATION; i < CHECK_COUNT; i++) {
		w->report->running = i;
		if (i == CHECK_PROFILE)
			r = vc_model_check(w, p->present.doc, p->present.layer);
		report_pass(w->report);
	}
	return r;
}

int
engine_presentation(struct work *w, struct presentation *p)
{
	report_begin(w->report, w->arena);
	w->report->running = CHECK_FORMAT;
	int r = run(w, p);
	if (r == -ENOBUFS) {
		report_limit(w->report, "memory.request", w->limits->memory, PLACE_NONE);
		r = 0;
	}
	if (r == 0)
		skip_rest(w);
	return r;
}
