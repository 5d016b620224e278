/* core.c - elements of the core data set in the order of its models, from what the record has. */
#include "codecs/record/core.h"

#include "codecs/base/date.h"
#include "codecs/credential.h"
#include "codecs/record/countries.h"
#include "codecs/record/crosswalk.h"

/* Codes of the EU and what the core data set has for them; "not detected" is QA02 in its value set. */
static const struct {
	const char *from, *to;
} tests[] = { { "LP6464-4", "1334426561" }, { "LP217198-3", "2056159157" } },
  results[] = { { "260373001", "RA01.0" }, { "260415000", "QA02" } },
  diseases[] = { { "840539006", "RA01" } },
  pathogens[] = { { "840539006", "XN109" }, { "840533007", "XN109" } };

#define LOOK_UP(table, code) look_up(&(table)[0].from, sizeof(table) / sizeof((table)[0]), code)

static struct span
look_up(const char *const *pairs, size_t count, struct span code)
{
	for (size_t i = 0; i < count; i++)
		if (span_is(code, pairs[2 * i]))
			return span_of(pairs[2 * i + 1]);
	return SPAN_NONE;
}

struct object {
	struct buf *b;
	bool any;
};

static void
name(struct object *o, const char *key)
{
	if (o->any)
		buf_char(o->b, ',');
	o->any = true;
	buf_json(o->b, span_of(key));
	buf_char(o->b, ':');
}

static struct object
open_member(struct object *o, const char *key)
{
	name(o, key);
	buf_char(o->b, '{');
	return (struct object){ o->b, false };
}

static void
close_object(struct object *o)
{
	buf_char(o->b, '}');
}

static void
text(struct object *o, const char *key, struct span value)
{
	if (value.len == 0)
		return;
	name(o, key);
	buf_json(o->b, value);
}

static void
number(struct object *o, const char *key, int64_t value)
{
	if (value == RECORD_NO_NUMBER)
		return;
	name(o, key);
	buf_int(o->b, value);
}

static void
when(struct object *o, const char *key, int64_t t)
{
	if (t == TIME_NONE)
		return;
	name(o, key);
	buf_char(o->b, '"');
	time_format(o->b, t);
	buf_char(o->b, '"');
}

static void
coding(struct object *o, const char *key, struct span system, struct span code, struct span display)
{
	if (code.len + display.len == 0)
		return;
	struct object in = open_member(o, key);
	text(&in, "system", system);
	text(&in, "code", code.len ? code : display);
	close_object(&in);
}

static void
source(struct object *o, const char *key, const struct coded *c)
{
	coding(o, key, c->system, c->code, c->display);
}

/* ICD-11 where the record knows what the code means in it, else the source's own code. */
static void
mapped(struct object *o, const char *key, struct span code, const struct coded *c)
{
	if (code.len > 0)
		coding(o, key, SPAN_LIT(CORE_ICD11), code, SPAN_NONE);
	else
		source(o, key, c);
}

static struct span
icd11_of(const struct coded *c)
{
	return crosswalk_system(c->to_system) == CODES_ICD11 ? c->to_code : SPAN_NONE;
}

/* The code that a table speaks of: the normalised one where there is one. */
static struct span
meaning(const struct coded *c)
{
	return c->to_code.len ? c->to_code : c->code;
}

static void
person(struct object *o, const struct person_name *n)
{
	if (n->text.len > 0) {
		text(o, "name", n->text);
		return;
	}
	if (n->given.len + n->family.len == 0)
		return;
	struct buf whole = buf_in(o->b->arena, SIZE_MAX);
	buf_add(&whole, n->given);
	if (n->given.len > 0 && n->family.len > 0)
		buf_char(&whole, ' ');
	buf_add(&whole, n->family);
	text(o, "name", buf_span(&whole));
	if (whole.error)
		o->b->error = whole.error;
}

static void
identifier(struct object *o, const struct record *r)
{
	if (r->identifier_count == 0)
		return;
	struct object in = open_member(o, "identifier");
	text(&in, "system", r->identifiers[0].system);
	text(&in, "type", r->identifiers[0].type);
	text(&in, "value", r->identifiers[0].value);
	close_object(&in);
}

static void
valued(struct object *o, const char *key, const char *member, struct span value)
{
	if (value.len == 0)
		return;
	struct object in = open_member(o, key);
	text(&in, member, value);
	close_object(&in);
}

/* What the certificate says of the event alone goes before what holds for all of it. */
static void
period(struct object *o, const struct record *r, const struct event *e)
{
	const struct record_certificate *c = &r->certificate;
	bool effect = e->valid_from.len > 0 && e->valid_until.len > 0;
	struct span from = effect ? e->valid_from : e->certified_from;
	struct span until = effect ? e->valid_until : e->certified_until;
	bool own = from.len + until.len > 0;

	if (!own && c->from == TIME_NONE && c->until == TIME_NONE)
		return;
	struct object in = open_member(o, "period");
	text(&in, "start", from);
	text(&in, "end", until);
	when(&in, "start", own ? TIME_NONE : c->from);
	when(&in, "end", own ? TIME_NONE : c->until);
	close_object(&in);
}

/* Whoever's keys are found under its name is referred to; of others the name is only that. */
static void
certificate(struct object *o, const struct record *r, const struct event *e)
{
	const struct record_certificate *c = &r->certificate;
	struct span issuer = c->issuer.len ? c->issuer : e->issuer;
	struct object in = open_member(o, "certificate");
	bool refers = c->issuer_resolves || span_starts(issuer, SPAN_LIT("did:"));

	valued(&in, "issuer", refers ? "reference" : "display", issuer);
	valued(&in, "hcid", "value", e->identifier.len ? e->identifier : c->identifier);
	text(&in, "version", c->version);
	period(&in, r, e);
	close_object(&in);
}

/* ICAO's codes for what is no state belong to no system. */
static void
country(struct object *o, struct span code)
{
	bool known = country_known(country_alpha2(code));

	coding(o, "country", known ? SPAN_LIT("urn:iso:std:iso:3166") : SPAN_NONE, code, SPAN_NONE);
}

/* Where a scheme's one code names the product itself, that is the brand; of EU certificates by its class. */
static void
brand(struct object *o, const struct event *e)
{
	struct coded c = e->brand.code.len + e->brand.display.len ? e->brand : e->vaccine;
	bool product = crosswalk_system(c.system) == CODES_PRODUCT;

	mapped(o, "brand", product && crosswalk_map(CODES_PRODUCT, &c) ? c.to_code : SPAN_NONE, &c);
}

static void
vaccination(struct object *o, const struct event *e)
{
	struct object in = open_member(o, "vaccination");

	mapped(&in, "vaccine", icd11_of(&e->vaccine), &e->vaccine);
	brand(&in, e);
	source(&in, "manufacturer", &e->manufacturer);
	source(&in, "maholder", &e->ma_holder);
	text(&in, "lot", e->lot);
	text(&in, "date", e->moment.len ? e->moment : e->date);
	text(&in, "validFrom", e->valid_from);
	number(&in, "dose", e->dose_derived ? RECORD_NO_NUMBER : e->dose);
	number(&in, "totalDoses", e->total_doses);
	country(&in, e->country);
	text(&in, "centre", e->centre);
	valued(&in, "practitioner", "value", e->practitioner);
	if (e->disease.code.len > 0)
		source(&in, "disease", &e->disease);
	else
		mapped(&in, "disease", LOOK_UP(diseases, e->disease.to_code), &e->disease);
	text(&in, "nextDose", e->next_dose);
	close_object(&in);
}

static void
test(struct object *o, const struct event *e)
{
	struct object in = open_member(o, "test");

	mapped(&in, "pathogen", LOOK_UP(pathogens, meaning(&e->disease)), &e->disease);
	mapped(&in, "type", LOOK_UP(tests, meaning(&e->test_type)), &e->test_type);
	valued(&in, "brand", "code", e->test_name);
	source(&in, "manufacturer",
		e->manufacturer.code.len + e->manufacturer.display.len ? &e->manufacturer
								       : &e->test_device);
	mapped(&in, "origin", icd11_of(&e->specimen), &e->specimen);
	text(&in, "date", e->sample_time);
	mapped(&in, "result", LOOK_UP(results, meaning(&e->result)), &e->result);
	valued(&in, "centre", "code", e->centre);
	country(&in, e->country);
	close_object(&in);
}

bool
core_event(struct buf *b, const struct record *r, const struct event *e)
{
	struct object o = { b, false };

	if (e->kind == EVENT_RECOVERY)
		return false;
	buf_char(b, '{');
	text(&o, "resourceType", SPAN_LIT("DDCCCoreDataSet"));
	person(&o, &r->name);
	text(&o, "birthDate", r->birth_date);
	text(&o, "sex", r->sex);
	identifier(&o, r);
	certificate(&o, r, e);
	if (e->kind == EVENT_VACCINATION)
		vaccination(&o, e);
	else
		test(&o, e);
	buf_char(b, '}');
	return true;
}

void
core_bundle(struct buf *b, const struct record *r)
{
	bool any = false;

	buf_str(b, "{\"resourceType\":\"Bundle\",\"entry\":[");
	for (size_t i = 0; i < r->event_count; i++) {
		if (r->events[i].kind == EVENT_RECOVERY)
			continue;
		buf_str(b, any ? ",{\"resource\":" : "{\"resource\":");
		any = core_event(b, r, &r->events[i]);
		buf_char(b, '}');
	}
	buf_str(b, "]}");
}
