/* ddcc.c - the WHO's core data set in a container: vaccination (sub-claim 3), test (4), and the flat form of 2021.
 *
 * No table of short names was ever published, so the members have the names of the
 * model.  Nobody is known to issue 3 and 4; the flat form has no claim -260 and other
 * names for some members, and is never taken for one of them.
 */
#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "codecs/hcert/who.h"
#include "codecs/record/crosswalk.h"
#include "codecs/record/valueset.h"

#include <stddef.h>

struct head {
	struct span name, birth, sex;
};

#define TO(member) offsetof(struct head, member)
static const struct who_field head_fields[] = {
	{ "name", NULL, WHO_TEXT, WHO_REQUIRED, TO(name) },
	{ "birthDate", NULL, WHO_DATE, WHO_OPTIONAL, TO(birth) },
	{ "sex", NULL, WHO_SEX, WHO_OPTIONAL, TO(sex) },
	{ 0 },
};
#undef TO

struct certificate {
	struct span issuer, hcid, version, from, until;
};

#define TO(member) offsetof(struct certificate, member)
static const struct who_field certificate_fields[] = {
	{ "issuer", "pha", WHO_LABEL, WHO_REQUIRED, TO(issuer) },
	{ "hcid", NULL, WHO_LABEL, WHO_REQUIRED, TO(hcid) },
	{ "version", NULL, WHO_TEXT, WHO_REQUIRED, TO(version) },
	{ 0 },
}, period_fields[] = {
	{ "start", "valid_from", WHO_MOMENT, WHO_OPTIONAL, TO(from) },
	{ "end", "valid_until", WHO_MOMENT, WHO_OPTIONAL, TO(until) },
	{ 0 },
}, flat_period_fields[] = {
	{ "valid_from", NULL, WHO_MOMENT, WHO_OPTIONAL, TO(from) },
	{ "valid_until", NULL, WHO_MOMENT, WHO_OPTIONAL, TO(until) },
	{ 0 },
}, flat_certificate_fields[] = {
	{ "pha", NULL, WHO_LABEL, WHO_OPTIONAL, TO(issuer) },
	{ "hcid", NULL, WHO_LABEL, WHO_EXPECTED, TO(hcid) },
	{ 0 },
};
#undef TO

/* Rows that are asked for by themselves. */
enum { MANUFACTURER = 2, MA_HOLDER = 3, SHOT_DATE = 5, TYPE = 1, RESULT = 6 };
enum { DAY = 86400 };

#define TO(member) offsetof(struct event, member)
static const struct who_field vaccination_fields[] = {
	{ "vaccine", NULL, WHO_CODED, WHO_REQUIRED, TO(vaccine) },
	{ "brand", NULL, WHO_CODED, WHO_REQUIRED, TO(brand) },
	{ "manufacturer", NULL, WHO_CODED, WHO_OPTIONAL, TO(manufacturer) },
	{ "maholder", "ma_holder", WHO_CODED, WHO_OPTIONAL, TO(ma_holder) },
	{ "lot", NULL, WHO_TEXT, WHO_REQUIRED, TO(lot) },
	{ "date", NULL, WHO_MOMENT, WHO_REQUIRED, TO(date) },
	{ "validFrom", "vaccine_valid", WHO_DATE, WHO_OPTIONAL, TO(valid_from) },
	{ "dose", NULL, WHO_COUNT, WHO_REQUIRED, TO(dose) },
	{ "totalDoses", "total_doses", WHO_COUNT, WHO_OPTIONAL, TO(total_doses) },
	{ "country", NULL, WHO_LABEL, WHO_REQUIRED, TO(country) },
	{ "centre", NULL, WHO_LABEL, WHO_OPTIONAL, TO(centre) },
	{ "practitioner", "hw", WHO_LABEL, WHO_OPTIONAL, TO(practitioner) },
	{ "disease", NULL, WHO_CODED, WHO_OPTIONAL, TO(disease) },
	{ "nextDose", "due_date", WHO_DATE, WHO_OPTIONAL, TO(next_dose) },
	{ 0 },
}, test_fields[] = {
	{ "pathogen", NULL, WHO_CODED, WHO_REQUIRED, TO(disease) },
	{ "type", "test_type", WHO_CODED, WHO_REQUIRED, TO(test_type) },
	{ "brand", NULL, WHO_LABEL, WHO_OPTIONAL, TO(test_name) },
	{ "manufacturer", NULL, WHO_CODED, WHO_OPTIONAL, TO(test_device) },
	{ "origin", "sample_origin", WHO_CODED, WHO_OPTIONAL, TO(specimen) },
	{ "date", "test_date", WHO_TIME, WHO_REQUIRED, TO(sample_time) },
	{ "result", "test_result", WHO_CODED, WHO_OPTIONAL, TO(result) },
	{ "centre", NULL, WHO_LABEL, WHO_OPTIONAL, TO(centre) },
	{ "country", NULL, WHO_LABEL, WHO_REQUIRED, TO(country) },
	{ 0 },
};
#undef TO

/* Codes of ICHI and ICD-11 for what the record says with those of the EU. */
static const struct {
	const char *code;
	enum valueset set;
	const char *to;
	enum equivalence map;
} known[] = {
	{ "1334426561", VALUES_TEST_TYPE, "LP6464-4", MAP_EQUAL },
	{ "2056159157", VALUES_TEST_TYPE, "LP217198-3", MAP_EQUAL },
	{ "RA01.0", VALUES_TEST_RESULT, "260373001", MAP_EQUAL },
	{ "RA01.1", VALUES_TEST_RESULT, "260415000", MAP_EQUAL },
	{ "QA02", VALUES_TEST_RESULT, "260415000", MAP_EQUAL },
	{ "RA01", VALUES_DISEASE, "840539006", MAP_EQUAL },
	/* the agent, which is not its disease */
	{ "XN109", VALUES_DISEASE, "840539006", MAP_INEXACT },
};

static void
map_code(enum valueset set, struct coded *c)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].set != set || !span_is(c->code, known[i].code))
			continue;
		coded_map(c, valueset_coded(set, span_of(known[i].to)), known[i].map);
	}
}

/* What of a content is looked at: where its event stands and how strictly. */
struct shape {
	enum event_kind kind;
	const char *group; /* NULL: flat */
	const struct who_field *fields;
};

static const struct shape vs = { EVENT_VACCINATION, "vaccination", vaccination_fields },
			  tr = { EVENT_TEST, "test", test_fields },
			  flat_vs = { EVENT_VACCINATION, NULL, vaccination_fields },
			  flat_tr = { EVENT_TEST, NULL, test_fields };

/* What open finds. */
struct ddcc {
	const struct shape *shape;
	const struct node *content;
};

/* Nothing that an event of the flat form lacks is demanded: its issuers left out whatever they did not have. */
static void
check_flat(struct work *w, const struct node *content, const struct who_field *rows)
{
	for (const struct who_field *f = rows; f->key; f++) {
		struct who_field one[2] = { *f, { 0 } };
		if (one[0].need == WHO_REQUIRED)
			one[0].need = WHO_EXPECTED;
		who_check(w, content, one);
	}
}

static void
check_identifier(struct work *w, const struct node *content)
{
	const struct node *n = node_get(content, "identifier");

	if (n && n->kind != NODE_NULL && n->kind != NODE_TEXT && n->kind != NODE_MAP)
		who_fail(w, REASON_PROFILE_TYPE, n);
}

/* A time, or that of a date as the function says. */
static int64_t
moment(struct span s, int64_t (*of_date)(struct span))
{
	unsigned odd;
	int64_t t;

	return s.len > 10 && time_parse(s, &t, &odd) ? t : of_date(s);
}

static int64_t
last_day(struct span s)
{
	int64_t end = who_end(s);

	return end == TIME_NONE ? TIME_NONE : end - DAY;
}

/* The certificate's own period, beside the dates of the container. */
static void
check_period(struct work *w, const struct node *period, const struct who_field *rows)
{
	struct certificate c = { 0 };

	who_check(w, period, rows);
	who_fill(period, rows, &c);
	int64_t from = moment(c.from, who_begin), until = moment(c.until, who_end);
	if ((from != TIME_NONE && w->now < from) || (until != TIME_NONE && w->now >= until))
		who_fail(w, REASON_DDCC_PERIOD, period);
}

static void
check_certificate(struct work *w, const struct node *content)
{
	const struct node *n = node_get(content, "certificate"), *period = node_get(n, "period");

	if (!n || n->kind == NODE_NULL)
		return;
	if (n->kind != NODE_MAP) {
		who_fail(w, REASON_PROFILE_TYPE, n);
		return;
	}
	who_check(w, n, certificate_fields);
	if (period && period->kind == NODE_MAP)
		check_period(w, period, period_fields);
	else if (period && period->kind != NODE_NULL)
		who_fail(w, REASON_PROFILE_TYPE, period);
}

/* One of manufacturer and market authorization holder is required. */
static void
check_maker(struct work *w, const struct node *event)
{
	if (!who_find(event, &vaccination_fields[MANUFACTURER]) &&
		!who_find(event, &vaccination_fields[MA_HOLDER]))
		who_note(w, REASON_NOTE_DDCC_MAKER, event);
}

static void
check_future(struct work *w, const struct node *event)
{
	const struct node *n = who_find(event, &vaccination_fields[SHOT_DATE]);
	int64_t t = moment(span_trim(node_text(n)), who_begin);

	if (t != TIME_NONE && t > w->now + DAY)
		who_fail(w, REASON_ICVP_FUTURE, n);
}

static void
check_event(struct work *w, const struct node *content, const struct shape *s)
{
	const struct node *event = node_get(content, s->group);

	if (!event || event->kind != NODE_MAP) {
		report_fail(w->report,
			event && event->kind != NODE_NULL ? REASON_PROFILE_TYPE : REASON_DDCC_EVENT,
			node_place_under(w, content, s->group, HCERT_LAYER));
		return;
	}
	who_check(w, event, s->fields);
	if (s->kind != EVENT_VACCINATION)
		return;
	check_maker(w, event);
	check_future(w, event);
}

static int
check(struct work *w, const void *found)
{
	const struct ddcc *d = found;

	who_check(w, d->content, head_fields);
	check_identifier(w, d->content);
	if (d->shape->group) {
		check_certificate(w, d->content);
		check_event(w, d->content, d->shape);
		return 0;
	}
	who_check(w, d->content, flat_certificate_fields);
	check_period(w, d->content, flat_period_fields);
	check_flat(w, d->content, d->shape->fields);
	if (d->shape->kind == EVENT_VACCINATION)
		check_future(w, d->content);
	return 0;
}

/* --- into the record --- */

static void
read_event(const struct node *n, const struct shape *s, struct event *e)
{
	event_init(e, s->kind);
	who_fill(n, s->fields, e);
	map_code(VALUES_DISEASE, &e->disease);
	if (s->kind == EVENT_TEST) {
		e->date = span_slice(e->sample_time, 0, 10);
		map_code(VALUES_TEST_TYPE, &e->test_type);
		map_code(VALUES_TEST_RESULT, &e->result);
		if (crosswalk_system(e->specimen.system) == CODES_SNOMED)
			crosswalk_map(CODES_SPECIMEN, &e->specimen);
		return;
	}
	enum code_system system = crosswalk_system(e->vaccine.system);
	crosswalk_map(system, &e->vaccine);
	if (e->disease.code.len == 0)
		crosswalk_disease(system, e->vaccine.code, &e->disease);
}

static int
read_identifier(struct work *w, const struct node *n, struct record *out)
{
	if (!n || n->kind == NODE_NULL)
		return 0;
	if (n->kind == NODE_TEXT)
		return who_identifier(w, span_trim(n->as.bytes), SPAN_NONE, SPAN_NONE, out);
	return who_identifier(w, span_trim(node_text(node_get(n, "value"))),
		span_trim(node_text(node_get(n, "system"))), SPAN_NONE, out);
}

static void
read_certificate(const struct credential *c, const struct shape *s, struct record *out)
{
	const struct node *n = s->group ? node_get(c->payload, "certificate") : c->payload;
	const struct node *period = s->group ? node_get(n, "period") : c->payload;
	struct certificate own = { 0 };

	who_fill(n, s->group ? certificate_fields : flat_certificate_fields, &own);
	who_fill(period, s->group ? period_fields : flat_period_fields, &own);
	out->certificate.issuer = own.issuer;
	out->certificate.identifier = own.hcid;
	out->certificate.version = own.version;
	out->certificate.from = moment(own.from, who_begin);
	out->certificate.until = moment(own.until, last_day);
	if (out->certificate.from == TIME_NONE)
		out->certificate.from = c->not_before;
	if (out->certificate.until == TIME_NONE)
		out->certificate.until = c->not_after;
}

static int
normalise(struct work *w, const struct credential *c, const void *found, struct record *out)
{
	const struct shape *s = ((const struct ddcc *)found)->shape;
	const struct node *event = s->group ? node_get(c->payload, s->group) : c->payload;
	struct record r = *out;
	struct head head = { 0 };

	who_fill(c->payload, head_fields, &head);
	r.name.text = head.name;
	r.birth_date = head.birth;
	r.sex = head.sex;
	read_certificate(c, s, &r);
	r.events = ARENA_NEW(w->arena, struct event);
	if (!r.events)
		return arena_error(w->arena);
	if (event && event->kind == NODE_MAP)
		read_event(event, s, &r.events[r.event_count++]);
	int error = read_identifier(w, node_get(c->payload, "identifier"), &r);
	if (error == 0)
		*out = r;
	return error;
}

static int
open_as(struct work *w, const struct node *content, const struct shape *shape, const void **found)
{
	struct ddcc *d = ARENA_NEW(w->arena, struct ddcc);

	if (!d)
		return arena_error(w->arena);
	*d = (struct ddcc){ shape, content };
	*found = d;
	return 0;
}

static int
open_vs(struct work *w, const struct node *content, const void **found, unsigned *usage)
{
	*usage = USAGE_VACCINATION;
	return open_as(w, content, &vs, found);
}

static int
open_tr(struct work *w, const struct node *content, const void **found, unsigned *usage)
{
	*usage = USAGE_TEST;
	return open_as(w, content, &tr, found);
}

/* A test is what has its type or result. */
static int
open_flat(struct work *w, const struct node *content, const void **found, unsigned *usage)
{
	bool test = who_find(content, &test_fields[TYPE]) ||
		    who_find(content, &test_fields[RESULT]);

	*usage = test ? USAGE_TEST : USAGE_VACCINATION;
	return open_as(w, content, test ? &flat_tr : &flat_vs, found);
}

#define DDCC(id, key_, name_, scheme_, open_)     \
	const struct subclaim id = { .key = key_, \
		.name = name_,                    \
		.scheme = scheme_,                \
		.kinds = 1u << NODE_MAP,          \
		.domains = GDHCN_DDCC,            \
		.as_in_the_field = true,          \
		.open = open_,                    \
		.check = check,                   \
		.normalise = normalise }

DDCC(hcert_ddcc_vs, 3, "3", "ddcc-vs", open_vs);
DDCC(hcert_ddcc_tr, 4, "4", "ddcc-tr", open_tr);
DDCC(hcert_ddcc_flat, 0, "", "ddcc-legacy", open_flat);
