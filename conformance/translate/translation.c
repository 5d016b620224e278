/* translation.c - planned, written, read again, compared. */
#include "conformance/translate/translation.h"

#include "codecs/base/arena.h"
#include "codecs/base/report.h"
#include "conformance/shape.h"
#include "conformance/translate/roundtrip.h"
#include "gateway/engine/render.h"

enum { DAY = 86400 };

/* What is to be said about a source is said about what was made of it, too: it tells the same.  That a birth date is
 * absent is not said of every scheme; a range is read in words, which a card's profile has no place for; two blanks
 * part the name on a seal. */
static bool
is_said(const struct report *of_source, const struct record *r, enum reason reason)
{
	for (const struct finding *f = of_source->findings; f; f = f->next)
		if (f->reason == reason)
			return true;
	if (reason == REASON_NOTE_RECORD_MISSING)
		return r->birth_date.len == 0;
	if (reason == REASON_NOTE_SHC_RESULT)
		return r->events[0].result.code.len == 0;
	return reason == REASON_NOTE_VDS_BLANKS;
}

static const char *
findings_fault(struct arena *a, const struct report *own, const struct report *of_source,
	const struct record *r)
{
	for (const struct finding *f = own->findings; f; f = f->next)
		if (!is_said(of_source, r, f->reason))
			return fault_text(a, "what was written is told %s", reason_code(f->reason));
	return NULL;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	if (a == TIME_NONE || b == TIME_NONE)
		return a == TIME_NONE ? b : a;
	return a < b ? a : b;
}

/* What is written says itself when it ends: by its container, its content, or its signer's certificate. */
static const char *
end_fault(const struct attest *a, const struct verify *v)
{
	int64_t end = earlier(v->credential.not_after, v->record.certificate.until);

	if (a->target->undated)
		end = earlier(end, v->signer->not_after);
	if (end == TIME_NONE || end > a->until)
		return "what was written outlives its source";
	return end < a->until ? "what was written ends too soon" : NULL;
}

static int
read_at(const struct keyring *k, struct work *w, const struct attest *a, struct verify *v)
{
	struct policy *policy = ARENA_NEW(w->arena, struct policy);

	if (!policy)
		return arena_error(w->arena);
	*policy = policy_default;
	policy->env = ENV_DEMO;
	*v = (struct verify){
		.input = a->emitted.text, .trust = keyring_trust(k), .policy = policy
	};
	return engine_verify(w, v);
}

/* A second after its end nobody takes it. */
static const char *
over_fault(const struct keyring *k, struct work *w, const struct attest *a, struct arena *scratch)
{
	struct report report;
	struct work own = { scratch, &report, w->limits, w->kit, a->until + 1 };
	enum reason expected = a->target->undated ? REASON_VALIDITY_KEY_EXPIRED
						  : REASON_VALIDITY_EXPIRED;
	struct verify v;

	arena_reset(scratch);
	if (read_at(k, &own, a, &v) != 0)
		return "there is no memory to read what was written";
	if (report_verdict(&report) == VERDICT_REJECTED && report_reason(&report) == expected)
		return NULL;
	return fault_text(w->arena, "after its end what was written is %s",
		reason_code(report_reason(&report)));
}

/* The sentence is the source's work's; all else is dropped with the arena. */
static const char *
read_again(const struct keyring *k, struct work *w, const struct verify *source,
	const struct attest *a, struct arena *scratch)
{
	struct report report;
	struct work own = { scratch, &report, w->limits, w->kit, a->from };
	struct verify v;

	if (read_at(k, &own, a, &v) != 0)
		return "there is no memory to read what was written";
	if (report_verdict(&report) != VERDICT_VERIFIED)
		return fault_text(w->arena, "what was written is not verified: %s",
			reason_code(report_reason(&report)));
	const char *fault = end_fault(a, &v);
	if (!fault)
		fault = findings_fault(w->arena, &report, w->report, &source->record);
	if (!fault)
		fault = roundtrip_fault(w->arena, &source->record, &a->loss, &v.record);
	return fault ? fault : over_fault(k, w, a, scratch);
}

const char *
translation_fault(const struct keyring *k, struct work *w, const struct verify *v,
	const struct target *t, struct attest *a)
{
	struct keyring_key *key = ARENA_NEW(w->arena, struct keyring_key);
	struct arena *scratch;

	if (!key)
		return "there is no memory to write anything";
	if (!keyring_key(k, t, key))
		return "the runner has no key for this form";
	*a = (struct attest){ .target = t,
		.issuer = &key->issuer,
		.term = DAY,
		.key_until = TIME_NONE,
		.signer = key->signer,
		.id = { 1, 2, 3 } };
	if (attest_plan(w, v, a) != 0)
		return "it could not be planned";
	if (a->refusal != REFUSAL_NONE)
		return attest_write(w, v, a) == 0 ? "it was refused, and written all the same"
						  : NULL;
	if (t->undated && keyring_certify(k, a->until, w->arena, &key->issuer.cert) != 0)
		return "the runner could not certify its key";
	if (attest_write(w, v, a) != 0)
		return "it could not be written";
	if (a->refusal != REFUSAL_NONE)
		return NULL;
	if (!(scratch = arena_new(w->limits->memory)))
		return "there is no memory to read what was written";
	const char *fault = read_again(k, w, v, a, scratch);
	arena_free(scratch);
	return fault;
}

void
translation_json(
	struct buf *b, const struct work *w, const struct verify *v, const struct attest *a)
{
	buf_str(b, "{\"report\":");
	render_report(b, w, v);
	if (a->refusal != REFUSAL_NONE) {
		buf_str(b, ",\"code\":");
		buf_json(b, span_of(refusal_code(a->refusal)));
	}
	if (a->refusal == REFUSAL_NONE || a->refusal >= REFUSAL_MISSING) {
		buf_str(b, ",\"loss\":");
		loss_json(b, &a->loss);
	}
	buf_char(b, '}');
}
