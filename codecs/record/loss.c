/* loss.c - rows as they come, a walk over everything that a record can have, and both as JSON. */
#include "codecs/record/loss.h"

#include "codecs/credential.h"

static const struct {
	const char *path;
	bool of_event;
} elements[ELEMENT_COUNT] = {
#define PERSON(name, path) [ELEMENT_##name] = { path, false },
#define EVENT(name, path)  [ELEMENT_##name] = { path, true },
#include "codecs/record/elements.def"
#undef PERSON
#undef EVENT
	[ELEMENT_EVENT] = { "", true },
};

static const char *const fates[LOSS_FATES] = { "kept", "mapped", "supplied", "dropped", "missing" };

static const struct {
	const char *code, *text;
} whys[WHY_COUNT] = {
	[WHY_NONE] = { "", "" },
	[WHY_NO_PLACE] = { "no_place", "the form has no place for it" },
	[WHY_NO_CODE] = { "no_code", "the form's codes have none that means the same" },
	[WHY_FORMAT] = { "format", "it can't be written as the form asks" },
	[WHY_ONE_EVENT] = { "one_event", "the form carries one event, and a newer one was taken" },
	[WHY_KIND] = { "kind", "the form carries no events of this kind" },
	[WHY_DERIVED] = { "derived", "the certificate does not say it: it was only counted here" },
	[WHY_REPLACED] = { "replaced", "the attestation has its own in its place" },
};

static const char *const equivalences[] = { "", "equal", "wider", "narrower", "inexact" };

void
loss_begin(struct loss *l, struct arena *a, const struct record *r)
{
	*l = (struct loss){ .record = r, .arena = a };
	l->rows = ARENA_ARRAY(a, (r->event_count + 1) * ELEMENT_COUNT, struct loss_row *);
	if (!l->rows)
		l->error = arena_error(a);
}

/* The certificate's rows stand in front of those of its events. */
static struct loss_row **
place_of(const struct loss *l, int event, enum element e)
{
	return &l->rows[(size_t)(event + 1) * ELEMENT_COUNT + e];
}

/* That no event fits says nothing of the certificate's other elements. */
static bool
is_told(const struct loss *l, int event, enum element e)
{
	return *place_of(l, event, e) ||
	       (event != LOSS_NO_EVENT && *place_of(l, event, ELEMENT_EVENT));
}

static bool holds_nul(const struct record *r, int event, enum element e);

/* A text with U+0000 in it ends there for some readers and is refused by others: no form carries it. */
static void
add(struct loss *l, struct loss_row row)
{
	struct loss_row *own;

	if (l->error || is_told(l, row.event, row.element))
		return;
	if ((row.fate == LOSS_KEPT || row.fate == LOSS_MAPPED) &&
		holds_nul(l->record, row.event, row.element))
		row = (struct loss_row){ .element = row.element,
			.event = row.event,
			.fate = LOSS_MISSING,
			.why = WHY_FORMAT };
	own = ARENA_NEW(l->arena, struct loss_row);
	if (!own) {
		l->error = arena_error(l->arena);
		return;
	}
	*own = row;
	*place_of(l, row.event, row.element) = own;
	l->count[row.fate]++;
}

void
loss_keep(struct loss *l, int event, enum element e)
{
	add(l, (struct loss_row){ .element = e, .event = event, .fate = LOSS_KEPT });
}

void
loss_map(struct loss *l, int event, enum element e, enum equivalence map, struct span from,
	struct span to)
{
	add(l, (struct loss_row){ .element = e,
		       .event = event,
		       .fate = LOSS_MAPPED,
		       .map = map,
		       .from = from,
		       .to = to });
}

void
loss_drop(struct loss *l, int event, enum element e, enum loss_why why)
{
	add(l, (struct loss_row){ .element = e, .event = event, .fate = LOSS_DROPPED, .why = why });
}

void
loss_supply(struct loss *l, int event, enum element e)
{
	add(l, (struct loss_row){ .element = e, .event = event, .fate = LOSS_SUPPLIED });
}

void
loss_miss(struct loss *l, int event, enum element e, enum loss_why why)
{
	add(l, (struct loss_row){ .element = e, .event = event, .fate = LOSS_MISSING, .why = why });
}

/* --- what a record has --- */

static bool
has_code(const struct coded *c)
{
	return c->code.len + c->display.len + c->to_code.len + c->to_display.len > 0;
}

static struct span
certificate_text(const struct record *r, enum element e)
{
	switch (e) {
	case ELEMENT_NAME_TEXT:
		return r->name.text;
	case ELEMENT_NAME_FAMILY:
		return r->name.family;
	case ELEMENT_NAME_GIVEN:
		return r->name.given;
	case ELEMENT_NAME_FAMILY_ICAO:
		return r->name.family_icao;
	case ELEMENT_NAME_GIVEN_ICAO:
		return r->name.given_icao;
	case ELEMENT_BIRTH_DATE:
		return r->birth_date;
	case ELEMENT_SEX:
		return r->sex;
	case ELEMENT_NATIONALITY:
		return r->nationality;
	case ELEMENT_GUARDIAN:
		return r->guardian;
	case ELEMENT_ISSUER:
		return r->certificate.issuer;
	case ELEMENT_HCID:
		return r->certificate.identifier;
	case ELEMENT_VERSION:
		return r->certificate.version;
	default:
		return SPAN_NONE;
	}
}

static bool
certificate_has(const struct record *r, enum element e)
{
	switch (e) {
	case ELEMENT_IDENTIFIERS:
		return r->identifier_count > 0;
	case ELEMENT_PERIOD_START:
		return r->certificate.from != TIME_NONE;
	case ELEMENT_PERIOD_END:
		return r->certificate.until != TIME_NONE;
	case ELEMENT_MEDICATIONS:
		return r->medication_count > 0;
	default:
		return certificate_text(r, e).len > 0;
	}
}

static const struct coded *
coded_of(const struct event *v, enum element e)
{
	switch (e) {
	case ELEMENT_DISEASE:
		return &v->disease;
	case ELEMENT_VACCINE:
		return &v->vaccine;
	case ELEMENT_BRAND:
		return &v->brand;
	case ELEMENT_MANUFACTURER:
		return &v->manufacturer;
	case ELEMENT_MA_HOLDER:
		return &v->ma_holder;
	case ELEMENT_TEST_TYPE:
		return &v->test_type;
	case ELEMENT_TEST_DEVICE:
		return &v->test_device;
	case ELEMENT_SPECIMEN:
		return &v->specimen;
	case ELEMENT_RESULT:
		return &v->result;
	default:
		return NULL;
	}
}

static struct span
text_of(const struct event *v, enum element e)
{
	switch (e) {
	case ELEMENT_LOT:
		return v->lot;
	case ELEMENT_DATE:
		return v->date;
	case ELEMENT_MOMENT:
		return v->moment;
	case ELEMENT_VALID_FROM:
		return v->valid_from;
	case ELEMENT_VALID_UNTIL:
		return v->valid_until;
	case ELEMENT_NEXT_DOSE:
		return v->next_dose;
	case ELEMENT_TEST_NAME:
		return v->test_name;
	case ELEMENT_SAMPLE_TIME:
		return v->sample_time;
	case ELEMENT_RESULT_TIME:
		return v->result_time;
	case ELEMENT_FIRST_POSITIVE:
		return v->first_positive;
	case ELEMENT_COUNTRY:
		return v->country;
	case ELEMENT_CENTRE:
		return v->centre;
	case ELEMENT_CONTACT_PHONE:
		return v->contact_phone;
	case ELEMENT_CONTACT_MAIL:
		return v->contact_mail;
	case ELEMENT_CONTACT_ADDRESS:
		return v->contact_address;
	case ELEMENT_PRACTITIONER:
		return v->practitioner;
	case ELEMENT_EVENT_ISSUER:
		return v->issuer;
	case ELEMENT_IDENTIFIER:
		return v->identifier;
	case ELEMENT_CERTIFIED_FROM:
		return v->certified_from;
	case ELEMENT_CERTIFIED_UNTIL:
		return v->certified_until;
	default:
		return SPAN_NONE;
	}
}

static bool
event_has(const struct event *v, enum element e)
{
	const struct coded *c = coded_of(v, e);

	if (c)
		return has_code(c);
	if (e == ELEMENT_DOSE)
		return v->dose != RECORD_NO_NUMBER;
	if (e == ELEMENT_TOTAL_DOSES)
		return v->total_doses != RECORD_NO_NUMBER;
	if (e == ELEMENT_SUBPOTENT)
		return v->subpotent;
	return text_of(v, e).len > 0;
}

bool
record_has(const struct record *r, int event, enum element e)
{
	if (event == LOSS_NO_EVENT)
		return certificate_has(r, e);
	return (size_t)event < r->event_count &&
	       (e == ELEMENT_EVENT || event_has(&r->events[event], e));
}

static bool
has_nul(struct span s)
{
	return span_find(s, 0) < s.len;
}

static bool
identifiers_hold_nul(const struct record *r)
{
	for (size_t i = 0; i < r->identifier_count; i++)
		if (has_nul(r->identifiers[i].value) || has_nul(r->identifiers[i].system) ||
			has_nul(r->identifiers[i].type))
			return true;
	return false;
}

static bool
holds_nul(const struct record *r, int event, enum element e)
{
	const struct coded *c = NULL;

	if (e == ELEMENT_IDENTIFIERS && event == LOSS_NO_EVENT)
		return identifiers_hold_nul(r);
	if (event == LOSS_NO_EVENT)
		return has_nul(certificate_text(r, e));
	if ((size_t)event < r->event_count)
		c = coded_of(&r->events[event], e);
	if (c)
		return has_nul(c->code) || has_nul(c->system) || has_nul(c->display);
	return (size_t)event < r->event_count && has_nul(text_of(&r->events[event], e));
}

/* --- the rest --- */

static void
rest_of(struct loss *l, int event)
{
	for (enum element e = 0; e < ELEMENT_EVENT; e++)
		if (elements[e].of_event == (event != LOSS_NO_EVENT) &&
			record_has(l->record, event, e))
			loss_drop(l, event, e, WHY_NO_PLACE);
}

int
loss_rest(struct loss *l)
{
	rest_of(l, LOSS_NO_EVENT);
	for (size_t i = 0; i < l->record->event_count; i++)
		rest_of(l, (int)i);
	return l->error;
}

const struct loss_row *
loss_next(const struct loss *l, size_t *at)
{
	size_t end = l->error ? 0 : (l->record->event_count + 1) * ELEMENT_COUNT;

	while (*at < end) {
		const struct loss_row *r = l->rows[(*at)++];
		if (r)
			return r;
	}
	return NULL;
}

/* --- names --- */

const char *
element_path(enum element e)
{
	return elements[e].path;
}

bool
element_of_event(enum element e)
{
	return elements[e].of_event;
}

/* Of the certificate and of events alike: "issuer" is an event's, "certificate.issuer" the certificate's. */
enum element
element_named(struct span path)
{
	for (enum element e = 0; e < ELEMENT_EVENT; e++)
		if (span_is(path, elements[e].path))
			return e;
	return ELEMENT_COUNT;
}

const char *
loss_why_text(enum loss_why why)
{
	return whys[why].text;
}

const char *
loss_fate_name(enum loss_fate fate)
{
	return fates[fate];
}

/* --- JSON --- */

static void
member(struct buf *b, const char *key, struct span value)
{
	if (value.len == 0)
		return;
	buf_str(b, ",\"");
	buf_str(b, key);
	buf_str(b, "\":");
	buf_json(b, value);
}

static void
path_json(struct buf *b, const struct loss_row *r)
{
	buf_char(b, '"');
	if (r->event != LOSS_NO_EVENT) {
		buf_str(b, "events[");
		buf_int(b, r->event);
		buf_str(b, r->element == ELEMENT_EVENT ? "]" : "].");
	} else if (r->element == ELEMENT_EVENT) {
		buf_str(b, "events");
	}
	buf_str(b, elements[r->element].path);
	buf_char(b, '"');
}

void
loss_row_json(struct buf *b, const struct loss_row *r, bool text)
{
	buf_str(b, "{\"element\":");
	path_json(b, r);
	member(b, "fate", span_of(fates[r->fate]));
	if (r->fate == LOSS_MAPPED)
		member(b, "equivalence", span_of(equivalences[r->map]));
	member(b, "from", r->from);
	member(b, "to", r->to);
	member(b, "why", span_of(whys[r->why].code));
	if (text)
		member(b, "text", span_of(whys[r->why].text));
	buf_char(b, '}');
}

void
loss_json(struct buf *b, const struct loss *l)
{
	buf_char(b, '{');
	for (enum loss_fate f = 0; f < LOSS_FATES; f++) {
		buf_char(b, '"');
		buf_str(b, fates[f]);
		buf_str(b, "\":");
		buf_uint(b, l->count[f]);
		buf_char(b, ',');
	}
	buf_str(b, "\"elements\":[");
	size_t at = 0;
	const char *comma = "";
	for (const struct loss_row *r = loss_next(l, &at); r; r = loss_next(l, &at)) {
		buf_str(b, comma);
		loss_row_json(b, r, true);
		comma = ",";
	}
	buf_str(b, "]}");
}
