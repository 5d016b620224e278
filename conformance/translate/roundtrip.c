/* roundtrip.c - two records, element by element, against the rows of a loss report. */
#include "conformance/translate/roundtrip.h"

#include "codecs/credential.h"
#include "conformance/shape.h"

/* An element of a record, whatever its type. */
struct value {
	enum { VALUE_ABSENT, VALUE_TEXT, VALUE_NUMBER, VALUE_CODED, VALUE_LIST } kind;
	struct span text;
	int64_t number;
	const struct coded *coded;
};

static struct value
text(struct span s)
{
	return (struct value){ .kind = s.len > 0 ? VALUE_TEXT : VALUE_ABSENT, .text = s };
}

static struct value
number(int64_t n, int64_t absent)
{
	return (struct value){ .kind = n != absent ? VALUE_NUMBER : VALUE_ABSENT, .number = n };
}

static struct value
coded(const struct coded *c)
{
	size_t len = c->code.len + c->display.len + c->to_code.len + c->to_display.len;

	return (struct value){ .kind = len > 0 ? VALUE_CODED : VALUE_ABSENT, .coded = c };
}

static struct value
list(size_t count, struct span first)
{
	return (struct value){ .kind = count > 0 ? VALUE_LIST : VALUE_ABSENT,
		.number = (int64_t)count,
		.text = first };
}

static struct value
of_certificate(const struct record *r, enum element e)
{
	switch (e) {
	case ELEMENT_NAME_TEXT:
		return text(r->name.text);
	case ELEMENT_NAME_FAMILY:
		return text(r->name.family);
	case ELEMENT_NAME_GIVEN:
		return text(r->name.given);
	case ELEMENT_NAME_FAMILY_ICAO:
		return text(r->name.family_icao);
	case ELEMENT_NAME_GIVEN_ICAO:
		return text(r->name.given_icao);
	case ELEMENT_BIRTH_DATE:
		return text(r->birth_date);
	case ELEMENT_SEX:
		return text(r->sex);
	case ELEMENT_NATIONALITY:
		return text(r->nationality);
	case ELEMENT_GUARDIAN:
		return text(r->guardian);
	case ELEMENT_IDENTIFIERS:
		return list(r->identifier_count,
			r->identifier_count > 0 ? r->identifiers[0].value : SPAN_NONE);
	case ELEMENT_ISSUER:
		return text(r->certificate.issuer);
	case ELEMENT_HCID:
		return text(r->certificate.identifier);
	case ELEMENT_VERSION:
		return text(r->certificate.version);
	case ELEMENT_PERIOD_START:
		return number(r->certificate.from, TIME_NONE);
	case ELEMENT_PERIOD_END:
		return number(r->certificate.until, TIME_NONE);
	case ELEMENT_MEDICATIONS:
		return list(r->medication_count, SPAN_NONE);
	default:
		return (struct value){ 0 };
	}
}

static struct value
of_codes(const struct event *v, enum element e)
{
	switch (e) {
	case ELEMENT_DISEASE:
		return coded(&v->disease);
	case ELEMENT_VACCINE:
		return coded(&v->vaccine);
	case ELEMENT_BRAND:
		return coded(&v->brand);
	case ELEMENT_MANUFACTURER:
		return coded(&v->manufacturer);
	case ELEMENT_MA_HOLDER:
		return coded(&v->ma_holder);
	case ELEMENT_TEST_TYPE:
		return coded(&v->test_type);
	case ELEMENT_TEST_DEVICE:
		return coded(&v->test_device);
	case ELEMENT_SPECIMEN:
		return coded(&v->specimen);
	case ELEMENT_RESULT:
		return coded(&v->result);
	default:
		return (struct value){ 0 };
	}
}

static struct value
of_event(const struct event *v, enum element e)
{
	switch (e) {
	case ELEMENT_LOT:
		return text(v->lot);
	case ELEMENT_DATE:
		return text(v->date);
	case ELEMENT_MOMENT:
		return text(v->moment);
	case ELEMENT_DOSE:
		return number(v->dose, RECORD_NO_NUMBER);
	case ELEMENT_TOTAL_DOSES:
		return number(v->total_doses, RECORD_NO_NUMBER);
	case ELEMENT_SUBPOTENT:
		return number(v->subpotent, 0);
	case ELEMENT_VALID_FROM:
		return text(v->valid_from);
	case ELEMENT_VALID_UNTIL:
		return text(v->valid_until);
	case ELEMENT_NEXT_DOSE:
		return text(v->next_dose);
	case ELEMENT_TEST_NAME:
		return text(v->test_name);
	case ELEMENT_SAMPLE_TIME:
		return text(v->sample_time);
	case ELEMENT_RESULT_TIME:
		return text(v->result_time);
	case ELEMENT_FIRST_POSITIVE:
		return text(v->first_positive);
	case ELEMENT_COUNTRY:
		return text(v->country);
	case ELEMENT_CENTRE:
		return text(v->centre);
	case ELEMENT_CONTACT_PHONE:
		return text(v->contact_phone);
	case ELEMENT_CONTACT_MAIL:
		return text(v->contact_mail);
	case ELEMENT_CONTACT_ADDRESS:
		return text(v->contact_address);
	case ELEMENT_PRACTITIONER:
		return text(v->practitioner);
	case ELEMENT_EVENT_ISSUER:
		return text(v->issuer);
	case ELEMENT_IDENTIFIER:
		return text(v->identifier);
	case ELEMENT_CERTIFIED_FROM:
		return text(v->certified_from);
	case ELEMENT_CERTIFIED_UNTIL:
		return text(v->certified_until);
	default:
		return of_codes(v, e);
	}
}

static struct value
value_of(const struct record *r, int event, enum element e)
{
	return event == LOSS_NO_EVENT ? of_certificate(r, e) : of_event(&r->events[event], e);
}

/* --- comparing --- */

static bool
is_code(const struct coded *c, struct span code)
{
	return code.len > 0 && (span_eq(c->code, code) || span_eq(c->to_code, code));
}

static struct span
words(const struct coded *c)
{
	return c->display.len > 0 ? c->display : c->to_display;
}

/* The same code, be it the source's own or what it was mapped to; of what has words alone the same words. */
static bool
same_coded(const struct coded *a, const struct coded *b)
{
	if (is_code(b, a->code) || is_code(b, a->to_code))
		return true;
	return a->code.len == 0 && words(a).len > 0 &&
	       (span_eq(words(a), words(b)) || span_eq(words(a), b->code));
}

static bool
same(struct value a, struct value b)
{
	if (a.kind == VALUE_ABSENT || a.kind != b.kind)
		return false;
	if (a.kind == VALUE_CODED)
		return same_coded(a.coded, b.coded);
	return a.number == b.number && span_eq(a.text, b.text);
}

static bool
stands(struct value v, struct span to)
{
	if (v.kind == VALUE_CODED)
		return is_code(v.coded, to) || span_eq(v.coded->display, to);
	return v.kind == VALUE_TEXT && span_eq(v.text, to);
}

/* What may stand in another's place: a brand and its class, a centre and an issuer, the parts of a name. */
static bool
is_kin(enum element a, enum element b)
{
	bool shot = a == ELEMENT_VACCINE || a == ELEMENT_BRAND;

	if (a == b)
		return true;
	if (shot)
		return b == ELEMENT_VACCINE || b == ELEMENT_BRAND;
	if (a == ELEMENT_CENTRE || a == ELEMENT_EVENT_ISSUER)
		return b == ELEMENT_CENTRE || b == ELEMENT_EVENT_ISSUER;
	return a <= ELEMENT_NAME_GIVEN_ICAO && b <= ELEMENT_NAME_GIVEN_ICAO;
}

/* --- rows --- */

struct trip {
	struct arena *arena;
	const struct record *before, *after;
	const struct loss *loss;
};

static const struct loss_row *
row_of(const struct trip *t, int event, enum element e)
{
	const struct loss_row *r;
	size_t at = 0;

	while ((r = loss_next(t->loss, &at)) != NULL)
		if (r->event == event && r->element == e)
			return r;
	return NULL;
}

static bool
is_carried(const struct trip *t, int event, enum element e)
{
	const struct loss_row *r = row_of(t, event, e);

	return r && (r->fate == LOSS_KEPT || r->fate == LOSS_MAPPED || r->fate == LOSS_SUPPLIED);
}

static bool
kin_is_carried(const struct trip *t, int event, enum element e)
{
	for (enum element k = 0; k < ELEMENT_EVENT; k++)
		if (is_kin(e, k) && is_carried(t, event, k))
			return true;
	return false;
}

/* Where the row's element stands in the new record, or one of its kin. */
static bool
kin_stands(const struct trip *t, int now, const struct loss_row *r)
{
	for (enum element k = 0; k < ELEMENT_EVENT; k++) {
		struct value v;
		if (!is_kin(r->element, k) || element_of_event(k) != (now != LOSS_NO_EVENT))
			continue;
		v = value_of(t->after, now, k);
		if (r->to.len > 0 ? stands(v, r->to) : v.kind != VALUE_ABSENT)
			return true;
	}
	return false;
}

/* Said by a code or counted, and marked as such. */
static bool
is_read_from_others(const struct record *r, int event, enum element e, struct value v)
{
	if (v.kind == VALUE_CODED)
		return v.coded->code.len + v.coded->display.len == 0;
	return e == ELEMENT_DOSE && event != LOSS_NO_EVENT && r->events[event].dose_derived;
}

static bool
is_own(enum element e)
{
	return e == ELEMENT_ISSUER || e == ELEMENT_HCID || e == ELEMENT_VERSION ||
	       e == ELEMENT_PERIOD_START || e == ELEMENT_PERIOD_END || e == ELEMENT_EVENT_ISSUER ||
	       e == ELEMENT_IDENTIFIER;
}

static const char *
lies(const struct trip *t, const struct loss_row *r, int event, enum element e)
{
	const char *fate = r ? loss_fate_name(r->fate) : "no row";

	if (event == LOSS_NO_EVENT)
		return fault_text(t->arena, "%s: %s, which is not so", element_path(e), fate);
	return fault_text(
		t->arena, "%s of event %d: %s, which is not so", element_path(e), event, fate);
}

static bool
is_true(const struct trip *t, int was, int now, enum element e, const struct loss_row *r)
{
	struct value a = value_of(t->before, was, e), b = value_of(t->after, now, e);

	switch (r->fate) {
	case LOSS_KEPT:
		return same(a, b) ||
		       (is_kin(ELEMENT_BRAND, e) && a.kind == VALUE_CODED &&
			       kin_stands(t, now,
				       &(struct loss_row){
					       .element = e, .event = was, .to = a.coded->code }));
	case LOSS_MAPPED:
		return kin_stands(t, now, r);
	case LOSS_SUPPLIED:
		return b.kind != VALUE_ABSENT;
	case LOSS_DROPPED:
		if (r->why == WHY_REPLACED)
			return (e != ELEMENT_HCID && e != ELEMENT_IDENTIFIER) || !same(a, b);
		return b.kind == VALUE_ABSENT || kin_is_carried(t, was, e) ||
		       is_read_from_others(t->after, now, e, b);
	default:
		return false;
	}
}

/* What nobody wrote, and no reader finds by itself. */
static bool
is_made_up(const struct trip *t, int was, int now, enum element e)
{
	struct value v = value_of(t->after, now, e);

	return v.kind != VALUE_ABSENT && !is_own(e) && !kin_is_carried(t, was, e) &&
	       !is_read_from_others(t->after, now, e, v);
}

static const char *
elements_fault(const struct trip *t, int was, int now)
{
	for (enum element e = 0; e < ELEMENT_EVENT; e++) {
		if (element_of_event(e) != (was != LOSS_NO_EVENT))
			continue;
		const struct loss_row *r = row_of(t, was, e);
		if (r ? !is_true(t, was, now, e, r)
		      : record_has(t->before, was, e) || is_made_up(t, was, now, e))
			return lies(t, r, was, e);
	}
	return NULL;
}

const char *
roundtrip_fault(struct arena *a, const struct record *before, const struct loss *loss,
	const struct record *after)
{
	struct trip t = { a, before, after, loss };
	int now = 0;

	if (loss->count[LOSS_MISSING] > 0)
		return "it was written although something required is missing";
	const char *fault = elements_fault(&t, LOSS_NO_EVENT, LOSS_NO_EVENT);
	for (int was = 0; !fault && (size_t)was < before->event_count; was++) {
		const struct loss_row *whole = row_of(&t, was, ELEMENT_EVENT);
		if (whole && whole->fate == LOSS_DROPPED)
			continue;
		if ((size_t)now >= after->event_count)
			return fault_text(a, "event %d is not there", was);
		if (before->events[was].kind != after->events[now].kind)
			return fault_text(a, "event %d is of another kind", was);
		fault = elements_fault(&t, was, now++);
	}
	if (!fault && (size_t)now != after->event_count)
		return "there are more events than were written";
	return fault;
}
