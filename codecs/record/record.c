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
coded_map(struct coded *c, struct coded to, enum equivalence map)
{
	c->to_code = to.code;
	c->to_system = to.system;
	c->to_display = to.display;
	c->map = map;
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

/* A member's name as it is written, made when the program is compiled; the comma is left out in front of the first. */
#define KEY(name) BUF_PADDED(",\"" name "\":")

static inline void
name_member(struct object *o, struct span key)
{
	size_t skip = o->any ? 0 : 1;

	buf_padded(o->b, (struct span){ key.ptr + skip, key.len - skip });
	o->any = true;
}

static void
put_text(struct object *o, struct span key, struct span value)
{
	name_member(o, key);
	buf_json(o->b, value);
}

/* In line, as most elements are absent. */
static inline void
text(struct object *o, struct span key, struct span value)
{
	if (value.len > 0)
		put_text(o, key, value);
}

static void
number(struct object *o, struct span key, int64_t value)
{
	if (value == RECORD_NO_NUMBER)
		return;
	name_member(o, key);
	buf_int(o->b, value);
}

/* Only what is so is said. */
static void
flag(struct object *o, struct span key, bool value)
{
	if (!value)
		return;
	name_member(o, key);
	buf_str(o->b, "true");
}

static void
when(struct object *o, struct span key, int64_t t)
{
	if (t == TIME_NONE)
		return;
	name_member(o, key);
	buf_char(o->b, '"');
	time_format(o->b, t);
	buf_char(o->b, '"');
}

static const char *const equivalences[] = { "", "equal", "wider", "narrower", "inexact" };

static void
put_coded(struct object *o, struct span key, const struct coded *c)
{
	name_member(o, key);
	struct object in = open_object(o->b);
	text(&in, KEY("code"), c->code);
	text(&in, KEY("system"), c->system);
	text(&in, KEY("display"), c->display);
	if (c->map != MAP_NONE) {
		name_member(&in, KEY("normalised"));
		struct object to = open_object(o->b);
		text(&to, KEY("code"), c->to_code);
		text(&to, KEY("system"), c->to_system);
		text(&to, KEY("display"), c->to_display);
		text(&to, KEY("equivalence"), span_of(equivalences[c->map]));
		buf_char(o->b, '}');
	}
	buf_char(o->b, '}');
}

static inline void
coded(struct object *o, struct span key, const struct coded *c)
{
	if (c->code.len + c->display.len > 0 || c->map != MAP_NONE)
		put_coded(o, key, c);
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
	name_member(o, KEY("name"));
	struct object in = open_object(o->b);
	text(&in, KEY("text"), n->text);
	text(&in, KEY("family"), n->family);
	text(&in, KEY("given"), n->given);
	text(&in, KEY("familyTransliterated"), n->family_icao);
	text(&in, KEY("givenTransliterated"), n->given_icao);
	buf_char(o->b, '}');
}

static void
identifiers(struct object *o, const struct record *r)
{
	if (r->identifier_count == 0)
		return;
	name_member(o, KEY("identifiers"));
	buf_char(o->b, '[');
	for (size_t i = 0; i < r->identifier_count; i++) {
		if (i > 0)
			buf_char(o->b, ',');
		struct object in = open_object(o->b);
		text(&in, KEY("value"), r->identifiers[i].value);
		text(&in, KEY("system"), r->identifiers[i].system);
		text(&in, KEY("type"), r->identifiers[i].type);
		buf_char(o->b, '}');
	}
	buf_char(o->b, ']');
}

static void
certificate(struct object *o, const struct record_certificate *c)
{
	name_member(o, KEY("certificate"));
	struct object in = open_object(o->b);
	text(&in, KEY("issuer"), c->issuer);
	text(&in, KEY("hcid"), c->identifier);
	text(&in, KEY("version"), c->version);
	if (c->from != TIME_NONE || c->until != TIME_NONE) {
		name_member(&in, KEY("period"));
		struct object period = open_object(o->b);
		when(&period, KEY("start"), c->from);
		when(&period, KEY("end"), c->until);
		buf_char(o->b, '}');
	}
	buf_char(o->b, '}');
}

static void
contact(struct object *o, const struct event *e)
{
	if (e->contact_phone.len + e->contact_mail.len + e->contact_address.len == 0)
		return;
	name_member(o, KEY("contact"));
	struct object in = open_object(o->b);
	text(&in, KEY("phone"), e->contact_phone);
	text(&in, KEY("email"), e->contact_mail);
	text(&in, KEY("address"), e->contact_address);
	buf_char(o->b, '}');
}

static const char *const kinds[] = { "vaccination", "test", "recovery" };

static void
event(struct buf *b, const struct event *e)
{
	struct object o = open_object(b);

	text(&o, KEY("type"), span_of(kinds[e->kind]));
	coded(&o, KEY("disease"), &e->disease);
	coded(&o, KEY("vaccine"), &e->vaccine);
	coded(&o, KEY("brand"), &e->brand);
	coded(&o, KEY("manufacturer"), &e->manufacturer);
	coded(&o, KEY("maHolder"), &e->ma_holder);
	text(&o, KEY("lot"), e->lot);
	text(&o, KEY("date"), e->date);
	text(&o, KEY("dateTime"), e->moment);
	number(&o, KEY("dose"), e->dose);
	number(&o, KEY("totalDoses"), e->total_doses);
	flag(&o, KEY("doseDerived"), e->dose_derived);
	flag(&o, KEY("subpotent"), e->subpotent);
	coded(&o, KEY("testType"), &e->test_type);
	text(&o, KEY("testName"), e->test_name);
	coded(&o, KEY("testDevice"), &e->test_device);
	coded(&o, KEY("specimen"), &e->specimen);
	text(&o, KEY("sampleTime"), e->sample_time);
	text(&o, KEY("resultTime"), e->result_time);
	coded(&o, KEY("result"), &e->result);
	text(&o, KEY("firstPositive"), e->first_positive);
	text(&o, KEY("validFrom"), e->valid_from);
	text(&o, KEY("validUntil"), e->valid_until);
	text(&o, KEY("nextDose"), e->next_dose);
	text(&o, KEY("country"), e->country);
	text(&o, KEY("centre"), e->centre);
	contact(&o, e);
	text(&o, KEY("practitioner"), e->practitioner);
	text(&o, KEY("issuer"), e->issuer);
	text(&o, KEY("identifier"), e->identifier);
	text(&o, KEY("certifiedFrom"), e->certified_from);
	text(&o, KEY("certifiedUntil"), e->certified_until);
	buf_char(b, '}');
}

static void
medication(struct buf *b, const struct medication *m)
{
	struct object o = open_object(b);

	coded(&o, KEY("medication"), &m->code);
	text(&o, KEY("status"), m->status);
	text(&o, KEY("start"), m->from);
	text(&o, KEY("end"), m->until);
	text(&o, KEY("asserted"), m->asserted);
	text(&o, KEY("dosage"), m->dosage);
	text(&o, KEY("reason"), m->reason);
	text(&o, KEY("adherence"), m->adherence);
	buf_char(b, '}');
}

static void
medications(struct object *o, const struct record *r)
{
	if (r->medication_count == 0)
		return;
	name_member(o, KEY("medications"));
	buf_char(o->b, '[');
	for (size_t i = 0; i < r->medication_count; i++) {
		if (i > 0)
			buf_char(o->b, ',');
		medication(o->b, &r->medications[i]);
	}
	buf_char(o->b, ']');
}

static void
link_to(struct object *o, const struct record_link *l)
{
	if (!l)
		return;
	name_member(o, KEY("link"));
	struct object in = open_object(o->b);
	text(&in, KEY("host"), l->host);
	text(&in, KEY("label"), l->label);
	flag(&in, KEY("passcode"), l->passcode);
	when(&in, KEY("expires"), l->expires);
	buf_char(o->b, '}');
}

void
record_json(struct buf *b, const struct record *r)
{
	struct object o = open_object(b);

	person(&o, &r->name);
	text(&o, KEY("birthDate"), r->birth_date);
	text(&o, KEY("sex"), r->sex);
	text(&o, KEY("nationality"), r->nationality);
	text(&o, KEY("guardian"), r->guardian);
	identifiers(&o, r);
	certificate(&o, &r->certificate);
	link_to(&o, r->link);
	medications(&o, r);
	name_member(&o, KEY("events"));
	buf_char(b, '[');
	for (size_t i = 0; i < r->event_count; i++) {
		if (i > 0)
			buf_char(b, ',');
		event(b, &r->events[i]);
	}
	buf_str(b, "]}");
}
