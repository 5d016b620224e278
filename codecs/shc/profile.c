/* profile.c - the profiles of the Vaccination & Testing guide: what issuers of such cards put in and leave out.
 *
 * Each resource has a table of the elements that the profile keeps, with a rule for
 * those that have one.  All of it is told as notes: a verifier reads what it can.
 */
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/record/crosswalk.h"
#include "codecs/shc/fhir.h"
#include "codecs/shc/rules.h"

enum { LOT_MAX = 19, PERFORMER_MAX = 29 };

static void
note(struct work *w, enum reason reason, const struct node *at)
{
	report_find(w->report, reason, node_place(w, at, SHC_LAYER_PAYLOAD));
}

static const struct node *
items(const struct node *list)
{
	return list && list->kind == NODE_LIST ? list->child : NULL;
}

static enum code_system
system_of(const struct node *coding)
{
	return crosswalk_system(node_text(node_get(coding, "system")));
}

/* --- rules of elements that are there --- */

/* The given and the family name, or the whole as text. */
static void
check_names(struct work *w, const struct node *list)
{
	const struct node *name = items(list);
	bool text = node_get(name, "text"), family = node_get(name, "family"),
	     given = node_get(name, "given");

	if (!name || text == (family || given) || family != given)
		note(w, REASON_NOTE_SHC_NAME, name ? name : list);
}

static void
check_vaccine(struct work *w, const struct node *concept)
{
	const struct node *codings = node_get(concept, "coding");

	if (!items(codings))
		note(w, REASON_NOTE_SHC_VACCINE_CODE, concept);
	for (const struct node *c = items(codings); c; c = c->next)
		if (system_of(c) > CODES_ICD11)
			note(w, REASON_NOTE_SHC_VACCINE_CODE, c);
}

static void
check_day(struct work *w, const struct node *n)
{
	struct date d;

	if (!date_parse(node_text(n), &d) || !d.exists || d.day == 0)
		note(w, REASON_NOTE_SHC_DATE, n);
}

static bool
mentions_lot(struct span s)
{
	for (size_t i = 0; i + 3 <= s.len; i++)
		if ((s.ptr[i] | 32) == 'l' && (s.ptr[i + 1] | 32) == 'o' &&
			(s.ptr[i + 2] | 32) == 't')
			return true;
	return false;
}

static void
check_lot(struct work *w, const struct node *n)
{
	struct span lot = node_text(n);

	if (utf8_count(lot) > LOT_MAX || mentions_lot(lot))
		note(w, REASON_NOTE_SHC_LOT, n);
}

/* A vaccination's performers have an actor, a result's are the reference itself. */
static void
check_performer(struct work *w, const struct node *list)
{
	for (const struct node *p = items(list); p; p = p->next) {
		const struct node *actor = node_get(p, "actor");
		const struct node *display = node_get(actor ? actor : p, "display");
		if (utf8_count(node_text(display)) > PERFORMER_MAX)
			note(w, REASON_NOTE_SHC_PERFORMER, display);
	}
}

static void
check_potency(struct work *w, const struct node *n)
{
	bool yes = n->kind == NODE_BOOL && n->as.boolean;

	note(w, yes ? REASON_NOTE_SHC_SUBPOTENT : REASON_NOTE_SHC_ELEMENT, n);
}

/* Named by a code (MVX, GLN) where the vaccine's own code does not tell the maker; a name in words has no place. */
static void
check_maker(struct work *w, const struct node *n)
{
	if (!node_get(n, "identifier"))
		note(w, REASON_NOTE_SHC_ELEMENT, n);
}

static bool
is_assurance(const struct node *coding)
{
	static const char *const levels[] = { "IAL1.2", "IAL1.4", "IAL2", "IAL3" };
	struct span code = node_text(node_get(coding, "code"));

	if (!span_is(node_text(node_get(coding, "system")), "https://smarthealth.cards/ial"))
		return false;
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (span_is(code, levels[i]))
			return true;
	return false;
}

static void
check_meta(struct work *w, const struct node *meta)
{
	for (const struct node *c = items(node_get(meta, "security")); c; c = c->next)
		if (!is_assurance(c))
			note(w, REASON_NOTE_SHC_IAL, c);
}

static void
check_test(struct work *w, const struct node *concept)
{
	const struct node *codings = node_get(concept, "coding");

	if (!items(codings))
		note(w, REASON_NOTE_SHC_TEST_CODE, concept);
	for (const struct node *c = items(codings); c; c = c->next)
		if (system_of(c) != CODES_LOINC)
			note(w, REASON_NOTE_SHC_TEST_CODE, c);
}

static void
check_time(struct work *w, const struct node *n)
{
	int64_t t;
	unsigned odd = 0;

	if (!time_parse(node_text(n), &t, &odd) || (odd & (TIME_ODD_ZONE | TIME_NO_ZONE)))
		note(w, REASON_NOTE_SHC_TEST_TIME, n);
}

/* Words are the last resort of a result that has no code and no number. */
static void
check_words(struct work *w, const struct node *n)
{
	note(w, REASON_NOTE_SHC_RESULT, n);
}

/* --- the tables --- */

struct element {
	struct span name;
	void (*rule)(struct work *w, const struct node *n); /* NULL: none */
};

#define TEXT(s)                                     \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

static const struct element bundle_elements[] = {
	{ TEXT("resourceType"), NULL },
	{ TEXT("type"), NULL },
	{ TEXT("entry"), NULL },
	{ .rule = NULL },
};

static const struct element patient_elements[] = {
	{ TEXT("resourceType"), NULL },
	{ TEXT("name"), check_names },
	{ TEXT("birthDate"), NULL },
	{ TEXT("identifier"), NULL },
	{ TEXT("gender"), NULL },
	{ .rule = NULL },
};

static const struct element vaccination_elements[] = {
	{ TEXT("resourceType"), NULL },
	{ TEXT("status"), NULL },
	{ TEXT("vaccineCode"), check_vaccine },
	{ TEXT("patient"), NULL },
	{ TEXT("occurrenceDateTime"), check_day },
	{ TEXT("lotNumber"), check_lot },
	{ TEXT("manufacturer"), check_maker },
	{ TEXT("performer"), check_performer },
	{ TEXT("isSubpotent"), check_potency },
	{ TEXT("meta"), check_meta },
	{ .rule = NULL },
};

static const struct element result_elements[] = {
	{ TEXT("resourceType"), NULL },
	{ TEXT("status"), NULL },
	{ TEXT("code"), check_test },
	{ TEXT("subject"), NULL },
	{ TEXT("effectiveDateTime"), check_time },
	{ TEXT("effectivePeriod"), NULL },
	{ TEXT("valueCodeableConcept"), NULL },
	{ TEXT("valueQuantity"), NULL },
	{ TEXT("valueString"), check_words },
	{ TEXT("referenceRange"), NULL },
	{ TEXT("performer"), check_performer },
	{ TEXT("component"), NULL },
	{ TEXT("meta"), check_meta },
	{ .rule = NULL },
};

static const struct element *
element_named(const struct element *table, struct span name)
{
	for (; table->name.ptr; table++)
		if (span_eq(name, table->name))
			return table;
	return NULL;
}

static void
check_elements(struct work *w, const struct node *resource, const struct element *table)
{
	for (const struct node *n = resource->child; n; n = n->next) {
		const struct element *e = element_named(table, n->key);
		if (!e)
			note(w, REASON_NOTE_SHC_ELEMENT, n);
		else if (e->rule)
			e->rule(w, n);
	}
}

/* --- elements that are lacking, and those that go together --- */

static void
check_absent(struct work *w, const struct node *resource, const char *name, enum reason reason)
{
	if (!node_get(resource, name))
		report_find(
			w->report, reason, node_place_under(w, resource, name, SHC_LAYER_PAYLOAD));
}

static void
check_patient(struct work *w, const struct node *patient)
{
	check_elements(w, patient, patient_elements);
	check_absent(w, patient, "name", REASON_NOTE_SHC_NAME);
}

static void
check_vaccination(struct work *w, const struct node *immunization)
{
	check_elements(w, immunization, vaccination_elements);
	check_absent(w, immunization, "vaccineCode", REASON_NOTE_SHC_VACCINE_CODE);
	check_absent(w, immunization, "occurrenceDateTime", REASON_NOTE_SHC_DATE);
}

/* A number is judged by its range; a coded result has none. */
static void
check_result(struct work *w, const struct node *observation)
{
	const struct node *range = node_get(observation, "referenceRange");
	const struct node *number = node_get(observation, "valueQuantity");
	const struct node *concept = node_get(observation, "valueCodeableConcept");

	check_elements(w, observation, result_elements);
	check_absent(w, observation, "code", REASON_NOTE_SHC_TEST_CODE);
	if (number ? !range : concept && range)
		note(w, REASON_NOTE_SHC_RANGE, number ? number : range);
	if (!number && !concept && !node_get(observation, "valueString"))
		note(w, REASON_NOTE_SHC_RESULT, observation);
	if (!node_get(observation, "effectivePeriod"))
		check_absent(w, observation, "effectiveDateTime", REASON_NOTE_SHC_TEST_TIME);
}

/* --- the bundle --- */

/* What a bundle holds, by number. */
struct census {
	size_t patients, vaccinations, results, others;
	bool document;
};

static struct census
count(const struct node *bundle)
{
	struct census n = { 0 };

	for (const struct node *e = fhir_entries(bundle); e; e = e->next) {
		const struct node *r = node_get(e, "resource");
		enum fhir_event event = fhir_event_of(r);
		struct span type = fhir_resource_type(r);
		bool patient = span_is(type, "Patient");
		n.patients += patient;
		n.vaccinations += event == FHIR_VACCINATION;
		n.results += event == FHIR_RESULT;
		n.others += !patient && event == FHIR_NO_EVENT;
		n.document = n.document || span_is(type, "Composition");
	}
	return n;
}

static void
check_bundle(struct work *w, const struct node *bundle, struct census n)
{
	const struct node *type = node_get(bundle, "type");
	bool mixed = n.vaccinations > 0 && n.results > 0;

	check_elements(w, bundle, bundle_elements);
	if (!span_is(node_text(type), "collection"))
		note(w, REASON_NOTE_SHC_BUNDLE_TYPE, type ? type : bundle);
	if (n.patients != 1 || n.others > 0 || mixed)
		note(w, REASON_NOTE_SHC_ENTRIES, node_get(bundle, "entry"));
}

/* A patient summary and other documents have profiles of their own. */
void
shc_note_profile(struct work *w, const struct node *bundle)
{
	struct census n = count(bundle);

	if (n.document || n.vaccinations + n.results == 0)
		return;
	check_bundle(w, bundle, n);
	for (const struct node *e = fhir_entries(bundle); e; e = e->next) {
		const struct node *r = node_get(e, "resource");
		enum fhir_event event = fhir_event_of(r);
		if (w->report->finding_count >= REPORT_FINDINGS)
			return;
		if (span_is(fhir_resource_type(r), "Patient"))
			check_patient(w, r);
		else if (event == FHIR_VACCINATION)
			check_vaccination(w, r);
		else if (event == FHIR_RESULT)
			check_result(w, r);
	}
}
