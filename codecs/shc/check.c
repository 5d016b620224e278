/* check.c - what a genuine card's content must be: done, final, and of one person; and its issuer's rules as notes. */
#include "codecs/shc/fhir.h"
#include "codecs/shc/rules.h"

static void
fail(struct work *w, enum reason reason, const struct node *at)
{
	report_fail(w->report, reason, node_place(w, at, SHC_LAYER_PAYLOAD));
}

static const char *const done[] = { "completed", NULL };
static const char *const final[] = { "final", "amended", "corrected", NULL };

/* FHIR's codes are written small; issuers have written them otherwise. */
static bool
same_letters(struct span s, const char *word)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != word[i] || !word[i])
			return false;
	}
	return !word[s.len];
}

/* A modifier: with another status the resource says that something did not happen, or not yet. */
static void
check_status(struct work *w, const struct node *resource, const char *const *good)
{
	const struct node *n = node_get(resource, "status");

	if (!n) {
		report_fail(w->report, REASON_PROFILE_MISSING,
			node_place_under(w, resource, "status", SHC_LAYER_PAYLOAD));
		return;
	}
	if (n->kind != NODE_TEXT) {
		fail(w, REASON_PROFILE_TYPE, n);
		return;
	}
	for (; *good; good++) {
		if (span_is(n->as.bytes, *good))
			return;
		if (same_letters(n->as.bytes, *good)) {
			report_find(w->report, REASON_NOTE_SHC_STATUS,
				node_place(w, n, SHC_LAYER_PAYLOAD));
			return;
		}
	}
	fail(w, REASON_PROFILE_STATUS, n);
}

/* A card speaks of one person: an entry that points to another one would be read as the first's.  Where nobody is
 * named (as in an example of the specification), there is nobody to mistake it for. */
static void
check_person(struct work *w, const struct fhir_urls *urls, const struct node *patient,
	const struct node *reference)
{
	const struct node *to = node_get(reference, "reference");
	const struct node *whose = fhir_resolve(urls, node_text(to));

	if (patient && whose && whose != patient)
		fail(w, REASON_PROFILE_PERSON, to);
}

static void
check_events(struct work *w, const struct node *bundle, const struct fhir_urls *urls)
{
	const struct node *patient = fhir_first(bundle, "Patient");
	size_t left =
		w->limits->record_events; /* more of them are refused when the record is read */

	for (const struct node *e = fhir_entries(bundle); e && left > 0; e = e->next) {
		const struct node *r = node_get(e, "resource");
		enum fhir_event event = fhir_event_of(r);
		if (event == FHIR_VACCINATION) {
			check_status(w, r, done);
			check_person(w, urls, patient, node_get(r, "patient"));
		} else if (event == FHIR_RESULT) {
			check_status(w, r, final);
			check_person(w, urls, patient, node_get(r, "subject"));
		}
		left -= event != FHIR_NO_EVENT;
	}
}

int
shc_check(struct work *w, const struct credential *c)
{
	const struct shc_card *card = c->scheme_data;
	const struct node *context = node_get(node_get(card->claims, "vc"), "@context");
	struct fhir_urls urls;
	int r = fhir_urls_of(w, card->bundle, &urls);

	if (r != 0)
		return r;
	check_events(w, card->bundle, &urls);
	if (context)
		report_find(w->report, REASON_NOTE_SHC_CONTEXT,
			node_place(w, context, SHC_LAYER_PAYLOAD));
	shc_note_blanks(w, card->text);
	/* the framework's own rules first: a report holds only so many notes */
	r = shc_note_bulk(w, card->bundle, &urls);
	if (r == 0)
		shc_note_profile(w, card->bundle);
	return r;
}
