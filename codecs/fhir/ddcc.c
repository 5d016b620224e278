/* ddcc.c - see ddcc.h: the elements by the tables of the guide (core data set to FHIR), read the other way round. */
#include "codecs/fhir/ddcc.h"

#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "codecs/base/report.h"
#include "codecs/credential.h"
#include "codecs/record/crosswalk.h"

#define GUIDE "http://smart.who.int/ddcc/StructureDefinition/"

static struct span
text(const struct node *map, const char *key)
{
	return span_trim(node_text(node_get(map, key)));
}

static const struct node *
first(const struct node *map, const char *key)
{
	const struct node *list = node_get(map, key);

	return list && list->kind == NODE_LIST ? list->child : NULL;
}

/* --- resources --- */

/* The resource of an entry; a resource alone is its own only entry. */
static const struct node *
entries(const struct node *root)
{
	return span_is(text(root, "resourceType"), "Bundle") ? first(root, "entry") : root;
}

static const struct node *
resource_of(const struct node *entry)
{
	const struct node *inner = node_get(entry, "resource");

	return inner ? inner : entry;
}

static const struct node *
next_entry(const struct node *root, const struct node *entry)
{
	return entry == root ? NULL : entry->next;
}

static bool
is_type(const struct node *resource, const char *type)
{
	return span_is(text(resource, "resourceType"), type);
}

static const struct node *
first_of(const struct node *root, const char *type)
{
	for (const struct node *e = entries(root); e; e = next_entry(root, e))
		if (is_type(resource_of(e), type))
			return resource_of(e);
	return NULL;
}

/* "Patient/p1", or the entry's whole address. */
static bool
is_meant(const struct node *entry, struct span reference)
{
	const struct node *r = resource_of(entry);
	struct span type = text(r, "resourceType"), id = text(r, "id");

	if (reference.len == 0)
		return false;
	if (span_eq(text(entry, "fullUrl"), reference))
		return true;
	return id.len > 0 && reference.len == type.len + 1 + id.len &&
	       span_starts(reference, type) && reference.ptr[type.len] == '/' &&
	       span_eq(span_from(reference, type.len + 1), id);
}

static const struct node *
resolve(const struct node *root, const struct node *reference)
{
	for (const struct node *e = entries(root); e; e = next_entry(root, e))
		if (is_meant(e, text(reference, "reference")))
			return resource_of(e);
	return NULL;
}

/* What a reference is called: by itself, or by the name of what it leads to. */
static struct span
name_of(const struct node *root, const struct node *reference)
{
	struct span display = text(reference, "display");

	return display.len > 0 ? display : text(resolve(root, reference), "name");
}

/* --- values --- */

static struct coded
coding(const struct node *n)
{
	return (struct coded){
		.code = text(n, "code"), .system = text(n, "system"), .display = text(n, "display")
	};
}

static struct coded
concept(const struct node *n)
{
	struct coded c = coding(first(n, "coding"));

	if (c.code.len == 0)
		c.display = text(n, "text");
	return c;
}

static struct coded
mapped(struct coded c)
{
	crosswalk_map(crosswalk_system(c.system), &c);
	return c;
}

/* The value of an extension of the guide, whichever of its names was in use. */
static const struct node *
extension(const struct node *n, const char *url, const char *before, const char *value)
{
	for (const struct node *e = first(n, "extension"); e; e = e->next)
		if (span_is(text(e, "url"), url) || (before && span_is(text(e, "url"), before)))
			return node_get(e, value);
	return NULL;
}

static struct span
country(const struct node *resource)
{
	return span_trim(node_text(extension(resource, GUIDE "DDCCCountryOfEvent",
		GUIDE "DDCCCountryOfVaccination", "valueCode")));
}

static int64_t
number(const struct node *n)
{
	return n && n->kind == NODE_INT ? n->as.integer : RECORD_NO_NUMBER;
}

static bool
is_true(const struct node *n)
{
	return n && n->kind == NODE_BOOL && n->as.boolean;
}

/* --- the events --- */

/* LOINC 30980-7: when the next one is due. */
static struct span
next_dose(const struct node *root)
{
	const struct node *r = first_of(root, "ImmunizationRecommendation");
	const struct node *criterion = first(first(r, "recommendation"), "dateCriterion");

	for (; criterion; criterion = criterion->next)
		if (span_is(concept(node_get(criterion, "code")).code, "30980-7"))
			return text(criterion, "value");
	return SPAN_NONE;
}

/* What one of several refers to is its own; what none refers to belongs to the only one. */
static const struct node *
related(const struct node *root, const struct node *n, const char *member, const char *type,
	bool alone)
{
	const struct node *reference = node_get(n, member);

	if (reference)
		return resolve(root, reference);
	return alone ? first_of(root, type) : NULL;
}

static void
read_immunization(const struct node *root, const struct node *n, bool alone, struct event *e)
{
	const struct node *applied = first(n, "protocolApplied"),
			  *maker = node_get(n, "manufacturer");
	const struct node *id = node_get(maker, "identifier"), *performer = first(n, "performer");

	event_init(e, EVENT_VACCINATION);
	e->vaccine = mapped(concept(node_get(n, "vaccineCode")));
	e->brand = coding(
		extension(n, GUIDE "DDCCEventBrand", GUIDE "DDCCVaccineBrand", "valueCoding"));
	e->ma_holder = coding(
		extension(n, GUIDE "DDCCVaccineMarketAuthorization", NULL, "valueCoding"));
	e->manufacturer = (struct coded){ .code = text(id, "value"),
		.system = text(id, "system"),
		.display = name_of(root, maker) };
	e->lot = text(n, "lotNumber");
	e->date = text(n, "occurrenceDateTime");
	e->valid_from = span_trim(
		node_text(extension(n, GUIDE "DDCCVaccineValidFrom", NULL, "valueDate")));
	e->subpotent = is_true(node_get(n, "isSubpotent"));
	e->dose = number(node_get(applied, "doseNumberPositiveInt"));
	e->total_doses = number(node_get(applied, "seriesDosesPositiveInt"));
	e->disease = concept(first(applied, "targetDisease"));
	e->issuer = name_of(root, node_get(applied, "authority"));
	e->country = country(n);
	e->centre = text(node_get(n, "location"), "display");
	e->practitioner = text(node_get(node_get(performer, "actor"), "identifier"), "value");
	e->next_dose = alone ? next_dose(root) : SPAN_NONE;
}

static void
read_observation(const struct node *root, const struct node *n, bool alone, struct event *e)
{
	const struct node *device = related(root, n, "device", "Device", alone);
	const struct node *specimen = related(root, n, "specimen", "Specimen", alone);
	const struct node *done = alone ? first_of(root, "Procedure") : NULL;
	struct coded result = concept(node_get(n, "valueCodeableConcept"));

	event_init(e, EVENT_TEST);
	e->test_type = mapped(concept(node_get(n, "code")));
	if (crosswalk_system(result.system) == CODES_SNOMED)
		crosswalk_map(CODES_RESULT, &result);
	e->result = result;
	e->disease = concept(first(first(device, "property"), "valueCode"));
	e->test_name = text(first(device, "deviceName"), "name");
	e->test_device.display = text(device, "manufacturer");
	e->specimen = concept(node_get(specimen, "type"));
	e->sample_time = text(n, "effectiveDateTime");
	e->result_time = text(n, "issued");
	e->date = span_slice(e->sample_time, 0, 10);
	e->centre = name_of(root, node_get(done, "location"));
	e->country = country(done ? done : n);
}

static size_t
count_of(const struct node *root, const char *type)
{
	size_t n = 0;

	for (const struct node *e = entries(root); e; e = next_entry(root, e))
		n += is_type(resource_of(e), type);
	return n;
}

static int
read_events(struct work *w, const struct node *root, struct record *r)
{
	size_t shots = count_of(root, "Immunization"), tests = count_of(root, "Observation");
	size_t max = w->limits->record_events;

	if (shots + tests > max) {
		report_limit(w->report, "record.events", max, node_place(w, root, "json"));
		return 0;
	}
	r->events = ARENA_ARRAY(w->arena, shots + tests + 1, struct event);
	if (!r->events)
		return arena_error(w->arena);
	for (const struct node *e = entries(root); e; e = next_entry(root, e)) {
		const struct node *n = resource_of(e);
		if (is_type(n, "Immunization"))
			read_immunization(root, n, shots == 1, &r->events[r->event_count++]);
		else if (is_type(n, "Observation"))
			read_observation(root, n, tests == 1, &r->events[r->event_count++]);
	}
	return 0;
}

/* --- the rest --- */

static const struct node *
best_name(const struct node *patient)
{
	for (const struct node *n = first(patient, "name"); n; n = n->next)
		if (span_is(text(n, "use"), "official"))
			return n;
	return first(patient, "name");
}

static int
read_person(struct work *w, const struct node *patient, struct record *r)
{
	const struct node *name = best_name(patient), *id = first(patient, "identifier");
	const struct node *list = node_get(patient, "identifier");

	r->name.text = text(name, "text");
	r->name.family = text(name, "family");
	r->name.given = span_trim(node_text(first(name, "given")));
	r->birth_date = text(patient, "birthDate");
	r->sex = text(patient, "gender");
	if (!id)
		return 0;
	r->identifiers = ARENA_ARRAY(w->arena, list->size, struct identifier);
	if (!r->identifiers)
		return arena_error(w->arena);
	for (; id; id = id->next)
		r->identifiers[r->identifier_count++] = (struct identifier){ .value = text(
										     id, "value"),
			.system = text(id, "system"),
			.type = concept(node_get(id, "type")).code };
	return 0;
}

static int64_t
moment(const struct node *period, const char *key)
{
	int64_t t;
	unsigned oddities;

	return time_parse(text(period, key), &t, &oddities) ? t : TIME_NONE;
}

/* urn:HCID: in front of the identifier of a published document. */
static struct span
hcid(const struct node *root)
{
	for (const struct node *l = first(root, "link"); l; l = l->next) {
		struct span url = text(l, "url"), mark = SPAN_LIT("urn:HCID:");
		if (span_is(text(l, "relation"), "publication") && span_starts(url, mark))
			return span_from(url, mark.len);
	}
	return SPAN_NONE;
}

int
ddcc_record(struct work *w, const struct node *resource, struct record *out)
{
	const struct node *composition = first_of(resource, "Composition");
	const struct node *period = node_get(first(composition, "event"), "period");
	struct record r = *out;
	int error = read_person(w, first_of(resource, "Patient"), &r);

	if (error == 0)
		error = read_events(w, resource, &r);
	if (error != 0)
		return error;
	r.certificate.issuer = name_of(resource, first(composition, "author"));
	r.certificate.identifier = hcid(resource);
	r.certificate.from = moment(period, "start");
	r.certificate.until = moment(period, "end");
	*out = r;
	return 0;
}
