/* record.c - a card in the common record: the patient, and an event for each vaccination and each result.
 *
 * Cards number no doses.  Where a card does not say, doses against one disease are
 * counted by date and marked as derived; a subpotent one counts for none.
 */
#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/record/crosswalk.h"
#include "codecs/shc/fhir.h"
#include "codecs/shc/shc.h"

static struct span
text(const struct node *map, const char *key)
{
	return node_text(node_get(map, key));
}

static const struct node *
first(const struct node *map, const char *key)
{
	const struct node *list = node_get(map, key);

	return list && list->kind == NODE_LIST ? list->child : NULL;
}

/* --- the patient --- */

static int
join_given(struct work *w, const struct node *name, struct span *out)
{
	const struct node *given = first(name, "given");
	struct buf b = buf_in(w->arena, SIZE_MAX);

	*out = node_text(given);
	if (!given || !given->next)
		return 0;
	for (const struct node *n = given; n; n = n->next) {
		if (n != given)
			buf_char(&b, ' ');
		buf_add(&b, node_text(n));
	}
	*out = buf_span(&b);
	return b.error;
}

static const struct node *
best_name(const struct node *patient)
{
	for (const struct node *n = first(patient, "name"); n; n = n->next)
		if (span_is(text(n, "use"), "official"))
			return n;
	return first(patient, "name");
}

static int
read_identifiers(struct work *w, const struct node *patient, struct record *out)
{
	const struct node *list = node_get(patient, "identifier");
	size_t n = 0;

	if (!list || list->kind != NODE_LIST || list->size == 0)
		return 0;
	struct identifier *all = ARENA_ARRAY(w->arena, list->size, struct identifier);
	if (!all)
		return arena_error(w->arena);
	for (const struct node *i = list->child; i; i = i->next)
		all[n++] = (struct identifier){ .value = text(i, "value"),
			.system = text(i, "system"),
			.type = text(first(node_get(i, "type"), "coding"), "code") };
	out->identifiers = all;
	out->identifier_count = n;
	return 0;
}

static void
note_absent(struct work *w, struct span value, const struct node *patient, const char *key)
{
	if (value.len == 0)
		report_find(w->report, REASON_NOTE_RECORD_MISSING,
			node_place_under(w, patient, key, SHC_LAYER_PAYLOAD));
}

static int
read_patient(struct work *w, const struct node *bundle, struct record *out)
{
	const struct node *patient = fhir_first(bundle, "Patient"), *name = best_name(patient);
	int r = join_given(w, name, &out->name.given);

	if (r != 0)
		return r;
	out->name.family = text(name, "family");
	out->name.text = text(name, "text");
	out->birth_date = text(patient, "birthDate");
	out->sex = text(patient, "gender");
	note_absent(w, out->birth_date, patient ? patient : bundle, "birthDate");
	return read_identifiers(w, patient, out);
}

/* --- codes --- */

static struct coded
coded_from(const struct node *coding)
{
	return (struct coded){ .code = text(coding, "code"),
		.system = text(coding, "system"),
		.display = text(coding, "display") };
}

/* Of several codings the first whose system is one of these, in that order; else the first. */
static const struct node *
choose(const struct node *concept, enum code_system from, enum code_system to)
{
	const struct node *best = NULL;
	enum code_system lowest = to + 1;

	for (const struct node *c = first(concept, "coding"); c; c = c->next) {
		enum code_system s = crosswalk_system(text(c, "system"));
		if (s >= from && s < lowest) {
			lowest = s;
			best = c;
		}
	}
	return best ? best : first(concept, "coding");
}

static struct coded
concept_from(const struct node *concept, const struct node *coding)
{
	struct coded c = coded_from(coding);

	if (c.display.len == 0)
		c.display = text(concept, "text");
	return c;
}

/* --- who did it --- */

/* A reference's own words, or the name of what it points to. */
static struct span
name_of(const struct fhir_urls *urls, const struct node *reference)
{
	struct span display = text(reference, "display");

	if (display.len > 0 || !reference)
		return display;
	const struct node *r = fhir_resolve(urls, text(reference, "reference"));
	const struct node *name = node_get(r, "name");
	return name && name->kind == NODE_LIST ? text(name->child, "text") : node_text(name);
}

/* --- vaccinations --- */

static void
read_maker(const struct fhir_urls *urls, const struct node *imm, struct event *e)
{
	const struct node *m = node_get(imm, "manufacturer"), *id = node_get(m, "identifier");

	e->manufacturer.code = text(id, "value");
	e->manufacturer.system = text(id, "system");
	e->manufacturer.display = name_of(urls, m);
	if (e->manufacturer.display.len == 0)
		e->manufacturer.display = crosswalk_maker(e->manufacturer.code);
}

static int64_t
positive(const struct node *map, const char *key)
{
	const struct node *n = node_get(map, key);

	return n && n->kind == NODE_INT && n->as.integer > 0 ? n->as.integer : RECORD_NO_NUMBER;
}

/* Cards older than the guide state doses and disease. */
static void
read_protocol(const struct node *imm, struct event *e)
{
	const struct node *p = first(imm, "protocolApplied");
	const struct node *disease = first(p, "targetDisease");

	e->dose = positive(p, "doseNumberPositiveInt");
	e->total_doses = positive(p, "seriesDosesPositiveInt");
	if (disease)
		e->disease = concept_from(disease, first(disease, "coding"));
}

static void
read_vaccine(const struct node *imm, struct event *e)
{
	const struct node *concept = node_get(imm, "vaccineCode");
	const struct node *coding = choose(concept, CODES_CVX, CODES_AIR);
	enum code_system system = crosswalk_system(text(coding, "system"));

	e->vaccine = concept_from(concept, coding);
	crosswalk_map(system, &e->vaccine);
	crosswalk_disease(system, e->vaccine.code, &e->disease);
	/* a trade item's number, beside the class or alone, names the product */
	for (const struct node *c = first(concept, "coding"); c; c = c->next)
		if (crosswalk_system(text(c, "system")) == CODES_GTIN)
			e->brand = coded_from(c);
}

static void
read_immunization(const struct fhir_urls *urls, const struct node *imm, struct event *e)
{
	const struct node *performer = first(imm, "performer"), *potency;

	event_init(e, EVENT_VACCINATION);
	read_vaccine(imm, e);
	read_protocol(imm, e);
	read_maker(urls, imm, e);
	e->date = text(imm, "occurrenceDateTime");
	e->lot = text(imm, "lotNumber");
	e->centre = name_of(urls, node_get(performer, "actor"));
	if (e->centre.len == 0)
		e->centre = name_of(urls, node_get(imm, "location"));
	potency = node_get(imm, "isSubpotent");
	e->subpotent = potency && potency->kind == NODE_BOOL && potency->as.boolean;
}

static struct span
disease_of(const struct event *e)
{
	return e->disease.code.len > 0 ? e->disease.code : e->disease.to_code;
}

/* Of two on the same day, or without a day, the earlier entry counts first. */
static bool
is_before(const struct event *a, const struct event *b)
{
	int order = span_cmp(a->date, b->date);

	return order < 0 || (order == 0 && a < b);
}

static void
count_dose(struct record *out, struct event *e)
{
	int64_t before = 0;

	if (e->kind != EVENT_VACCINATION || e->subpotent || e->dose != RECORD_NO_NUMBER ||
		disease_of(e).len == 0 || e->date.len == 0)
		return;
	for (size_t i = 0; i < out->event_count; i++) {
		const struct event *other = &out->events[i];
		before += other->kind == EVENT_VACCINATION && !other->subpotent &&
			  span_eq(disease_of(other), disease_of(e)) && is_before(other, e);
	}
	e->dose = before + 1;
	e->dose_derived = true;
}

/* --- results --- */

/* "12 mg/dL": the number as it was written. */
static int
read_quantity(struct work *w, const struct node *quantity, struct span *out)
{
	const struct node *value = node_get(quantity, "value");
	struct span unit = text(quantity, "unit");
	struct buf b = buf_in(w->arena, SIZE_MAX);

	if (!value || (value->kind != NODE_INT && value->kind != NODE_REAL))
		return 0;
	buf_add(&b, value->raw);
	if (unit.len == 0)
		unit = text(quantity, "code");
	if (unit.len > 0) {
		buf_char(&b, ' ');
		buf_add(&b, unit);
	}
	*out = buf_span(&b);
	return b.error;
}

static int
read_result(struct work *w, const struct node *obs, struct event *e)
{
	const struct node *concept = node_get(obs, "valueCodeableConcept");
	const struct node *quantity = node_get(obs, "valueQuantity");
	const struct node *coding = choose(concept, CODES_SNOMED, CODES_SNOMED);

	if (quantity)
		return read_quantity(w, quantity, &e->result.display);
	if (!concept) {
		e->result.display = text(obs, "valueString");
		return 0;
	}
	e->result = concept_from(concept, coding);
	if (crosswalk_system(e->result.system) == CODES_SNOMED)
		crosswalk_map(CODES_RESULT, &e->result);
	return 0;
}

static int
read_observation(
	struct work *w, const struct fhir_urls *urls, const struct node *obs, struct event *e)
{
	const struct node *concept = node_get(obs, "code"), *period;
	const struct node *coding = choose(concept, CODES_LOINC, CODES_LOINC);
	enum code_system system = crosswalk_system(text(coding, "system"));

	event_init(e, EVENT_TEST);
	e->test_type = concept_from(concept, coding);
	crosswalk_map(system, &e->test_type);
	crosswalk_disease(system, e->test_type.code, &e->disease);
	period = node_get(obs, "effectivePeriod");
	e->sample_time = text(obs, "effectiveDateTime");
	if (e->sample_time.len == 0)
		e->sample_time = text(period, "start");
	e->date = span_slice(e->sample_time, 0, 10);
	e->result_time = text(obs, "issued");
	e->centre = name_of(urls, first(obs, "performer"));
	return read_result(w, obs, e);
}

static size_t
count_events(const struct node *bundle)
{
	size_t n = 0;

	for (const struct node *e = fhir_entries(bundle); e; e = e->next)
		n += fhir_event_of(node_get(e, "resource")) != FHIR_NO_EVENT;
	return n;
}

static int
read_events(struct work *w, const struct node *bundle, struct record *out)
{
	size_t n = count_events(bundle), max = w->limits->record_events;
	struct fhir_urls urls;
	int r = 0;

	if (n > max) {
		report_limit(
			w->report, "record.events", max, node_place(w, bundle, SHC_LAYER_PAYLOAD));
		return 0;
	}
	out->events = n > 0 ? ARENA_ARRAY(w->arena, n, struct event) : NULL;
	if (n > 0 && !out->events)
		return arena_error(w->arena);
	if ((r = fhir_urls_of(w, bundle, &urls)) != 0)
		return r;
	for (const struct node *e = fhir_entries(bundle); e && r == 0; e = e->next) {
		const struct node *resource = node_get(e, "resource");
		enum fhir_event kind = fhir_event_of(resource);
		if (kind == FHIR_NO_EVENT)
			continue;
		struct event *to = &out->events[out->event_count++];
		if (kind == FHIR_VACCINATION)
			read_immunization(&urls, resource, to);
		else
			r = read_observation(w, &urls, resource, to);
	}
	for (size_t i = 0; i < out->event_count; i++)
		count_dose(out, &out->events[i]);
	return r;
}

int
shc_normalise(struct work *w, const struct credential *c, struct record *out)
{
	const struct shc_card *card = c->scheme_data;
	struct record r = *out;
	int error;

	r.certificate.issuer = c->proofs[0].hint.issuer;
	r.certificate.issuer_resolves = true;
	r.certificate.version = card->version;
	r.certificate.from =
		c->status.issued.seconds; /* as it is written; what counts is rounded up */
	r.certificate.until = c->not_after;
	if ((error = read_patient(w, card->bundle, &r)) != 0)
		return error;
	if ((error = read_events(w, card->bundle, &r)) != 0)
		return error;
	*out = r;
	return 0;
}
