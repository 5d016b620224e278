/* record.c - a seal's message into the common record: one event a dose, one a test.
 *
 * Nothing is filled in that the seal does not say: it names no disease of a test, and
 * no number of doses in a series.
 */
#include "codecs/base/arena.h"
#include "codecs/record/crosswalk.h"
#include "codecs/record/valueset.h"
#include "codecs/vdsnc/vdsnc.h"

#define ICD11 "http://id.who.int/icd/release/11/mms"

static struct span
text(const struct node *map, const char *key)
{
	return span_trim(node_text(node_get(map, key)));
}

/* --- the person --- */

struct pair {
	const char *code, *value;
};

static struct span
looked_up(const struct pair *table, struct span code)
{
	for (; table->code; table++)
		if (span_is(code, table->code))
			return span_of(table->value);
	return SPAN_NONE;
}

static const struct pair genders[] = {
	{ "M", "male" },
	{ "F", "female" },
	{ "X", "unknown" },
	{ 0 },
};

/* Of HL7's table 0203, as the WHO's map has them. */
static const struct pair document_kinds[] = {
	{ "P", "PPN" },
	{ "A", "DL" },
	{ "C", "DL" },
	{ "I", "DL" },
	{ "D", "DL" },
	{ "AC", "EN" },
	{ "V", "ACSN" },
	{ 0 },
};

static void
add_identifier(struct record *r, struct span value, struct span type, struct span document)
{
	if (value.len > 0)
		r->identifiers[r->identifier_count++] =
			(struct identifier){ .value = value, .type = type, .document = document };
}

static int
read_person(struct work *w, const struct node *pid, struct record *r)
{
	struct span birth = text(pid, "dob");

	while (birth.len > 4 && span_ends(birth, SPAN_LIT("-XX")))
		birth.len -= 3;
	r->name.text = text(pid, "n");
	r->birth_date = birth;
	r->sex = looked_up(genders, text(pid, "sex"));
	r->identifiers = ARENA_ARRAY(w->arena, 3, struct identifier);
	if (!r->identifiers)
		return arena_error(w->arena);
	add_identifier(
		r, text(pid, "dn"), looked_up(document_kinds, text(pid, "dt")), text(pid, "dt"));
	add_identifier(r, text(pid, "i"), SPAN_NONE, SPAN_LIT(RECORD_TRAVEL));
	add_identifier(r, text(pid, "ai"), SPAN_NONE, SPAN_NONE);
	return 0;
}

/* --- doses --- */

static struct coded
icd11(struct span code)
{
	return (struct coded){ .code = code, .system = code.len > 0 ? SPAN_LIT(ICD11) : SPAN_NONE };
}

/* The disease as it is named, else by the vaccine. */
static struct coded
disease_of(const struct node *entry)
{
	struct coded c = icd11(text(entry, "dis"));
	bool covid = span_is(span_slice(c.code, 0, 4), "RA01");

	if (c.code.len == 0) {
		crosswalk_disease(CODES_ICD11, text(entry, "des"), &c);
	} else if (covid && (c.code.len == 4 || c.code.ptr[4] == '.')) {
		coded_map(&c, valueset_coded(VALUES_DISEASE, SPAN_LIT("840539006")),
			c.code.len == 4 ? MAP_EQUAL : MAP_WIDER);
	}
	return c;
}

static void
read_dose(const struct vds *v, const struct node *entry, const struct node *dose, struct event *e)
{
	int64_t number;
	bool as_text;

	event_init(e, EVENT_VACCINATION);
	e->disease = disease_of(entry);
	e->vaccine = icd11(text(entry, "des"));
	e->brand.display = text(entry, "nam");
	e->date = text(dose, "dvc");
	if (vds_number(node_get(dose, "seq"), &number, &as_text))
		e->dose = number;
	e->country = text(dose, "ctr");
	e->centre = text(dose, "adm");
	e->lot = text(dose, "lot");
	e->next_dose = text(dose, "dvn");
	e->issuer = text(v->header, "is");
	e->identifier = text(v->message, "uvci");
}

static size_t
count_doses(const struct node *list)
{
	size_t n = 0;

	for (const struct node *entry = list ? list->child : NULL; entry; entry = entry->next) {
		const struct node *doses = node_get(entry, "vd");
		n += doses && doses->kind == NODE_LIST ? doses->size : 0;
	}
	return n;
}

static int
read_doses(struct work *w, const struct vds *v, struct record *r)
{
	const struct node *list = node_get(v->message, "ve");
	size_t n = count_doses(list), max = w->limits->record_events;

	if (n > max) {
		report_limit(w->report, "record.events", max, node_place(w, list, VDS_LAYER));
		return 0;
	}
	r->events = ARENA_ARRAY(w->arena, n + 1, struct event);
	if (!r->events)
		return arena_error(w->arena);
	for (const struct node *entry = list ? list->child : NULL; entry; entry = entry->next) {
		const struct node *doses = node_get(entry, "vd");
		if (!doses || doses->kind != NODE_LIST)
			continue;
		for (const struct node *dose = doses->child; dose; dose = dose->next)
			read_dose(v, entry, dose, &r->events[r->event_count++]);
	}
	return 0;
}

/* --- tests --- */

struct meaning {
	const char *code, *to;
	enum equivalence map;
};

static const struct meaning kinds_of_test[] = {
	{ "molecular(PCR)", "LP6464-4", MAP_WIDER },
	{ "molecular(other)", "LP6464-4", MAP_WIDER },
	{ "antigen", "LP217198-3", MAP_INEXACT },
	{ 0 },
};

static const struct meaning kinds_of_result[] = {
	{ "positive", "260373001", MAP_EQUAL },
	{ "negative", "260415000", MAP_EQUAL },
	{ 0 },
};

/* The seal's own words are the code; they have no system. */
static struct coded
meaning_of(const struct meaning *table, enum valueset set, struct span code)
{
	struct coded c = { .code = code };

	for (; table->code && !span_is(code, table->code);)
		table++;
	if (!table->code)
		return c;
	coded_map(&c, valueset_coded(set, span_of(table->to)), table->map);
	return c;
}

static int
read_test(struct work *w, const struct vds *v, struct record *r)
{
	const struct node *provider = node_get(v->message, "sp"),
			  *contact = node_get(provider, "cd");
	const struct node *times = node_get(v->message, "dat"),
			  *result = node_get(v->message, "tr");
	struct event *e = ARENA_NEW(w->arena, struct event);

	if (!e)
		return arena_error(w->arena);
	event_init(e, EVENT_TEST);
	e->test_type = meaning_of(kinds_of_test, VALUES_TEST_TYPE, text(result, "tc"));
	e->result = meaning_of(kinds_of_result, VALUES_TEST_RESULT, text(result, "r"));
	e->specimen.code = text(result, "m");
	crosswalk_map(CODES_SPECIMEN, &e->specimen);
	e->sample_time = text(times, "sc");
	e->result_time = text(times, "ri");
	e->date = span_slice(e->sample_time, 0, 10);
	e->centre = text(provider, "spn");
	e->contact_phone = text(contact, "p");
	e->contact_mail = text(contact, "e");
	e->contact_address = text(contact, "a");
	e->country = text(provider, "ctr");
	e->issuer = text(v->header, "is");
	e->identifier = text(v->message, "utci");
	r->events = e;
	r->event_count = 1;
	return 0;
}

int
vds_normalise(struct work *w, const struct credential *c, struct record *out)
{
	const struct vds *v = c->scheme_data;
	struct record r = *out;
	int error = read_person(w, node_get(v->message, "pid"), &r);

	if (error == 0)
		error = v->type == VDS_TEST ? read_test(w, v, &r) : read_doses(w, v, &r);
	if (error != 0)
		return error;
	r.certificate.issuer = text(v->header, "is");
	r.certificate.identifier = text(v->message, v->type == VDS_TEST ? "utci" : "uvci");
	r.certificate.version = SPAN_LIT("1");
	*out = r;
	return 0;
}
