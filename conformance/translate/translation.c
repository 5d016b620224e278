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

/* The sentence is the source's work's; all else is dropped with the arena. */
static const char *
read_again(const struct keyring *k, struct work *w, const struct verify *source,
	const struct attest *a, struct arena *scratch)
{
	struct report report;
	struct work own = { scratch, &report, w->limits, w->kit, a->from };
	struct policy policy = policy_default;
	struct verify v = {
		.input = a->emitted.text, .trust = keyring_trust(k), .policy = &policy
	};

	policy.env = ENV_DEMO;
	if (engine_verify(&own, &v) != 0)
		return "there is no memory to read what was written";
	if (report_verdict(&report) != VERDICT_VERIFIED)
		return fault_text(w->arena, "what was written is not verified: %s",
			reason_code(report_reason(&report)));
	if (v.credential.not_after != TIME_NONE && v.credential.not_after > a->until)
		return "what was written outlives its source";
	const char *fault = findings_fault(w->arena, &report, w->report, &source->record);
	return fault ? fault : roundtrip_fault(w->arena, &source->record, &a->loss, &v.record);
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
