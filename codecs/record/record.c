/* record.c - an empty record, and a record as JSON.
 *
 * Absent elements are left out; what is present comes in one fixed order, so that
 * equal records give equal bytes.
 */
#include "codecs/record/record.h"

#include "codecs/base/date.h"
#include "codecs/credential.h"

void
record_init(struct record *r)
{
	*r = (struct record){ .certificate = { .from = TIME_NONE, .until = TIME_NONE } };
}

void
event_init(struct event *e, enum event_kind kind)
{
	*e = (struct event){
		.kind = kind, .dose = RECORD_NO_NUMBER, .total_doses = RECORD_NO_NUMBER
	};
}

/* An object under construction: the comma is owed once something stands in it. */
struct object {
	struct buf *b;
	bool any;
};

static struct object
open_object(struct buf *b)
{
	buf_char(b, '{');
	return (struct object){ b, false };
}

static void
name_member(struct object *o, const char *name)
{
	buf_str(o->b, o->any ? ",\"" : "\"");
	buf_str(o->b, name);
	buf_str(o->b, "\":");
	o->any = true;
}

static void
text(struct object *o, const char *name, struct span value)
{
	if (value.len == 0)
		return;
	name_member(o, name);
	buf_json(o->b, value);
}

static void
number(struct object *o, const char *name, int64_t value)
{
	if (value == RECORD_NO_NUMBER)
		return;
	name_member(o, name);
	buf_int(o->b, value);
}

static void
when(struct object *o, const char *name, int64_t t)
{
	if (t == TIME_NONE)
		return;
	name_member(o, name);
	buf_char(o->b, '"');
	time_format(o->b, t);
	buf_char(o->b, '"');
}

static const char *const equivalences[] = { "", "equal", "wider", "narrower", "inexact" };

static void
coded(struct object *o, const char *name, const struct coded *c)
{
	if (c->code.len == 0 && c->display.len == 0)
		return;
	name_member(o, name);
	struct object in = open_object(o->b);
	text(&in, "code", c->code);
	text(&in, "system", c->system);
	text(&in, "display", c->display);
	if (c->map != MAP_NONE) {
		name_member(&in, "normalised");
		struct object to = open_object(o->b);
		text(&to, "code", c->to_code);
		text(&to, "system", c->to_system);
		text(&to, "display", c->to_display);
		text(&to, "equivalence", span_of(equivalences[c->map]));
		buf_char(o->b, '}');
	}
	buf_char(o->b, '}');
}

static bool
is_named(const struct person_name *n)
{
	return n->text.len + n->family.len + n->given.len + n->family_icao.len + n->given_icao.len >
	       0;
}

static void
person(struct object *o, const struct person_name *n)
{
	if (!is_named(n))
		return;
	name_member(o, "name");
	struct object in = open_object(o->b);
	text(&in, "text", n->text);
	text(&in, "family", n->family);
	text(&in, "given", n->given);
	text(&in, "familyTransliterated", n->family_icao);
	text(&in, "givenTransliterated", n->given_icao);
	buf_char(o->b, '}');
}

static void
identifiers(struct object *o, const struct record *r)
{
	if (r->identifier_count == 0)
		return;
	name_member(o, "identifiers");
	buf_char(o->b, '[');
	for (size_t i = 0; i < r->identifier_count; i++) {
		if (i > 0)
			buf_char(o->b, ',');
		struct object in = open_object(o->b);
		text(&in, "value", r->identifiers[i].value);
		text(&in, "system", r->identifiers[i].system);
		text(&in, "type", r->identifiers[i].type);
		buf_char(o->b, '}');
	}
	buf_char(o->b, ']');
}

static void
certificate(struct object *o, const struct record_certificate *c)
{
	name_member(o, "certificate");
	struct object in = open_object(o->b);
	text(&in, "issuer", c->issuer);
	text(&in, "hcid", c->identifier);
	text(&in, "version", c->version);
	if (c->from != TIME_NONE || c->until != TIME_NONE) {
		name_member(&in, "period");
		struct object period = open_object(o->b);
		when(&period, "start", c->from);
		when(&period, "end", c->until);
		buf_char(o->b, '}');
	}
	buf_char(o->b, '}');
}

static const char *const kinds[] = { "vaccination", "test", "recovery" };

static void
event(struct buf *b, const struct event *e)
{
	struct object o = open_object(b);

	text(&o, "type", span_of(kinds[e->kind]));
	coded(&o, "disease", &e->disease);
	coded(&o, "vaccine", &e->vaccine);
	coded(&o, "brand", &e->brand);
	coded(&o, "manufacturer", &e->manufacturer);
	coded(&o, "maHolder", &e->ma_holder);
	text(&o, "lot", e->lot);
	text(&o, "date", e->date);
	number(&o, "dose", e->dose);
	number(&o, "totalDoses", e->total_doses);
	coded(&o, "testType", &e->test_type);
	text(&o, "testName", e->test_name);
	coded(&o, "testDevice", &e->test_device);
	text(&o, "sampleTime", e->sample_time);
	text(&o, "resultTime", e->result_time);
	coded(&o, "result", &e->result);
	text(&o, "firstPositive", e->first_positive);
	text(&o, "validFrom", e->valid_from);
	text(&o, "validUntil", e->valid_until);
	text(&o, "nextDose", e->next_dose);
	text(&o, "country", e->country);
	text(&o, "centre", e->centre);
	text(&o, "practitioner", e->practitioner);
	text(&o, "issuer", e->issuer);
	text(&o, "identifier", e->identifier);
	buf_char(b, '}');
}

void
record_json(struct buf *b, const struct record *r)
{
	struct object o = open_object(b);

	person(&o, &r->name);
	text(&o, "birthDate", r->birth_date);
	text(&o, "sex", r->sex);
	identifiers(&o, r);
	certificate(&o, &r->certificate);
	name_member(&o, "events");
	buf_char(b, '[');
	for (size_t i = 0; i < r->event_count; i++) {
		if (i > 0)
			buf_char(b, ',');
		event(b, &r->events[i]);
	}
	buf_str(b, "]}");
}
