/* emit.c - a record as SMART Health Card (framework 1.4.0; Vaccination & Testing IG, data minimisation profiles).
 *
 * The profiles have no place for doses: a card's reader counts its entries.  So a dose is told as dropped, and
 * an event that the source does not count is marked as it marks it (isSubpotent).
 */
#include "codecs/emit.h"
#include "codecs/base/ascii.h"
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/credential.h"
#include "codecs/record/crosswalk.h"
#include "codecs/shc/seal.h"

enum { CODE_MAX = 1195, LOT_MAX = 20, CENTRE_MAX = 30 };

struct card {
	struct work *w;
	const struct emission *e;
	struct loss *loss;
	struct buf b; /* the bundle */
	unsigned entries; /* written so far, the patient being the first */
};

static void
member(struct buf *b, const char *before, struct span value)
{
	buf_str(b, before);
	buf_json(b, value);
}

/* --- the patient --- */

/* family and given, or the whole: never both (IG: name). */
static void
write_name(struct card *c)
{
	const struct person_name *n = &c->e->record->name;

	buf_str(&c->b, "\"name\":[{");
	if (n->family.len > 0) {
		loss_keep(c->loss, LOSS_NO_EVENT, ELEMENT_NAME_FAMILY);
		member(&c->b, "\"family\":", n->family);
	}
	if (n->given.len > 0) {
		loss_keep(c->loss, LOSS_NO_EVENT, ELEMENT_NAME_GIVEN);
		member(&c->b, n->family.len > 0 ? ",\"given\":[" : "\"given\":[", n->given);
		buf_char(&c->b, ']');
	}
	if (n->family.len + n->given.len == 0) {
		struct span text = n->text;
		if (text.len == 0)
			text = n->family_icao;
		if (n->text.len > 0)
			loss_keep(c->loss, LOSS_NO_EVENT, ELEMENT_NAME_TEXT);
		else if (text.len > 0)
			loss_map(c->loss, LOSS_NO_EVENT, ELEMENT_NAME_FAMILY_ICAO, MAP_INEXACT,
				SPAN_NONE, SPAN_NONE);
		else
			loss_miss(c->loss, LOSS_NO_EVENT, ELEMENT_NAME_TEXT, WHY_NONE);
		member(&c->b, "\"text\":", text);
	}
	buf_str(&c->b, "}]");
}

static void
write_patient(struct card *c)
{
	struct span birth = c->e->record->birth_date;

	buf_str(&c->b, "{\"fullUrl\":\"resource:0\",\"resource\":{\"resourceType\":\"Patient\",");
	write_name(c);
	if (birth.len > 0)
		member(&c->b, ",\"birthDate\":",
			emit_carry(c->loss, LOSS_NO_EVENT, ELEMENT_BIRTH_DATE, birth));
	buf_str(&c->b, "}}");
}

/* --- codes --- */

static void
write_coding(struct card *c, const char *before, const struct coded *code)
{
	buf_str(&c->b, before);
	member(&c->b, "{\"coding\":[{\"system\":", code->system);
	member(&c->b, ",\"code\":", code->code);
	buf_str(&c->b, "}]}");
}

static void
tell_code(struct card *c, int event, enum element el, const struct coded *from,
	const struct coded *to)
{
	if (span_eq(to->code, from->code))
		loss_keep(c->loss, event, el);
	else
		loss_map(c->loss, event, el, to->map, from->code, to->code);
}

/* The first of these systems that has a code for it; told as kept where it is the source's own. */
static bool
choose(struct card *c, int event, enum element el, const struct coded *from,
	const enum code_system *wanted, struct coded *out)
{
	for (; *wanted != CODES_OTHER; wanted++) {
		/* a maker's name is no product */
		if (!crosswalk_to(*wanted, from, out) ||
			(el == ELEMENT_BRAND && out->map == MAP_INEXACT))
			continue;
		tell_code(c, event, el, from, out);
		return true;
	}
	return false;
}

/* No profile has a place for the disease: it is kept where the code that was written says the same. */
static void
tell_disease(struct card *c, int event, const struct coded *code)
{
	const struct coded *own = &c->e->record->events[event].disease;
	struct coded said;

	if (!crosswalk_disease(crosswalk_system(code->system), code->code, &said))
		return;
	if (span_eq(own->code, said.to_code) ||
		(span_eq(own->to_code, said.to_code) && own->map == MAP_EQUAL))
		loss_keep(c->loss, event, ELEMENT_DISEASE);
	else if (span_eq(own->to_code, said.to_code))
		loss_map(c->loss, event, ELEMENT_DISEASE, own->map, own->code, said.to_code);
}

/* CVX, SNOMED CT or ICD-11 and no other (IG: vaccine codes).  The brand says more than the class, where it has a code;
 * what of both was not written is dropped. */
static void
write_vaccine(struct card *c, int i)
{
	static const enum code_system systems[] = { CODES_CVX, CODES_ICD11, CODES_SNOMED,
		CODES_OTHER };
	const struct event *v = &c->e->record->events[i];
	struct coded code = { 0 };

	if (choose(c, i, ELEMENT_BRAND, &v->brand, systems, &code)) {
		if (span_eq(v->vaccine.code, code.code))
			loss_keep(c->loss, i, ELEMENT_VACCINE);
		else if (record_has(c->e->record, i, ELEMENT_VACCINE))
			loss_drop(c->loss, i, ELEMENT_VACCINE, WHY_NO_PLACE);
	} else if (choose(c, i, ELEMENT_VACCINE, &v->vaccine, systems, &code)) {
		if (record_has(c->e->record, i, ELEMENT_BRAND))
			loss_drop(c->loss, i, ELEMENT_BRAND, WHY_NO_CODE);
	} else {
		loss_miss(c->loss, i, ELEMENT_VACCINE, WHY_NO_CODE);
	}
	write_coding(c, ",\"vaccineCode\":", &code);
	tell_disease(c, i, &code);
}

/* --- events --- */

static void
open_entry(struct card *c, const char *type, const char *status)
{
	buf_str(&c->b, ",{\"fullUrl\":\"resource:");
	buf_uint(&c->b, ++c->entries);
	buf_str(&c->b, "\",\"resource\":{\"resourceType\":\"");
	buf_str(&c->b, type);
	buf_str(&c->b, "\",\"status\":\"");
	buf_str(&c->b, status);
	buf_char(&c->b, '"');
}

static bool
is_day(struct span s)
{
	struct date d;

	return date_parse(s, &d) && d.exists && d.day > 0;
}

static void
write_centre(struct card *c, int i)
{
	struct span centre = c->e->record->events[i].centre;

	if (centre.len == 0)
		return;
	if (utf8_count(centre) >= CENTRE_MAX) {
		loss_drop(c->loss, i, ELEMENT_CENTRE, WHY_FORMAT);
		return;
	}
	loss_keep(c->loss, i, ELEMENT_CENTRE);
	member(&c->b, ",\"performer\":[{\"actor\":{\"display\":", centre);
	buf_str(&c->b, "}}]");
}

static void
write_lot(struct card *c, int i)
{
	struct span lot = c->e->record->events[i].lot;

	if (lot.len == 0)
		return;
	if (utf8_count(lot) >= LOT_MAX) {
		loss_drop(c->loss, i, ELEMENT_LOT, WHY_FORMAT);
		return;
	}
	loss_keep(c->loss, i, ELEMENT_LOT);
	member(&c->b, ",\"lotNumber\":", lot);
}

static void
write_vaccination(struct card *c, int i)
{
	const struct event *v = &c->e->record->events[i];

	open_entry(c, "Immunization", "completed");
	write_vaccine(c, i);
	buf_str(&c->b, ",\"patient\":{\"reference\":\"resource:0\"}");
	if (is_day(v->date))
		loss_keep(c->loss, i, ELEMENT_DATE);
	else
		loss_miss(c->loss, i, ELEMENT_DATE, v->date.len > 0 ? WHY_FORMAT : WHY_NONE);
	member(&c->b, ",\"occurrenceDateTime\":", v->date);
	write_lot(c, i);
	write_centre(c, i);
	if (v->subpotent) {
		loss_keep(c->loss, i, ELEMENT_SUBPOTENT);
		buf_str(&c->b, ",\"isSubpotent\":true");
	}
	buf_str(&c->b, "}}");
}

static void
write_result(struct card *c, int i)
{
	static const enum code_system snomed[] = { CODES_SNOMED, CODES_OTHER };
	const struct event *v = &c->e->record->events[i];
	struct coded code = { 0 };

	if (v->result.code.len + v->result.to_code.len == 0 && v->result.display.len > 0) {
		loss_keep(c->loss, i, ELEMENT_RESULT);
		member(&c->b, ",\"valueString\":", v->result.display);
		return;
	}
	if (!choose(c, i, ELEMENT_RESULT, &v->result, snomed, &code))
		loss_miss(c->loss, i, ELEMENT_RESULT, WHY_NO_CODE);
	write_coding(c, ",\"valueCodeableConcept\":", &code);
}

/* As FHIR's dateTime, which has a colon in its zone. */
static void
write_sample_time(struct card *c, int i)
{
	struct span s = c->e->record->events[i].sample_time;
	unsigned odd = 0;
	int64_t when;

	buf_str(&c->b, ",\"effectiveDateTime\":");
	if (!time_parse(s, &when, &odd) || odd & TIME_NO_ZONE) {
		loss_miss(c->loss, i, ELEMENT_SAMPLE_TIME, s.len > 0 ? WHY_FORMAT : WHY_NONE);
	} else if (odd & TIME_ODD_ZONE) {
		loss_map(c->loss, i, ELEMENT_SAMPLE_TIME, MAP_EQUAL, SPAN_NONE, SPAN_NONE);
		buf_char(&c->b, '"');
		time_format(&c->b, when);
		buf_char(&c->b, '"');
	} else {
		loss_keep(c->loss, i, ELEMENT_SAMPLE_TIME);
		buf_json(&c->b, s);
	}
}

static bool
is_covid(const struct coded *disease)
{
	static const char *const known[] = { "840539006", "840533007", "XN109" };

	for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
		if (span_is(disease->code, known[k]) || span_is(disease->to_code, known[k]))
			return true;
	return false;
}

/* A term of LOINC.  The EU's types of test are parts of such terms, and no code of an observation.  Of amplified
 * nucleic acids and COVID-19 together a term says as much; those for rapid tests say more: which specimen. */
static bool
choose_test(struct card *c, int i, struct coded *out)
{
	const struct event *v = &c->e->record->events[i];
	struct coded found;

	if (!crosswalk_to(CODES_LOINC, &v->test_type, &found))
		return false;
	if (!ascii_digit(found.code.ptr[0])) {
		if (!span_is(found.code, "LP6464-4") || !is_covid(&v->disease))
			return false;
		found.code = SPAN_LIT("94309-2");
		found.map = MAP_INEXACT;
	}
	tell_code(c, i, ELEMENT_TEST_TYPE, &v->test_type, &found);
	*out = found;
	return true;
}

static void
write_test(struct card *c, int i)
{
	const struct event *v = &c->e->record->events[i];
	struct coded code = { 0 };

	open_entry(c, "Observation", "final");
	if (!choose_test(c, i, &code))
		loss_miss(c->loss, i, ELEMENT_TEST_TYPE, WHY_NO_CODE);
	write_coding(c, ",\"code\":", &code);
	tell_disease(c, i, &code);
	buf_str(&c->b, ",\"subject\":{\"reference\":\"resource:0\"}");
	if (record_has(c->e->record, i, ELEMENT_DATE))
		loss_keep(c->loss, i, ELEMENT_DATE);
	write_sample_time(c, i);
	write_result(c, i);
	if (v->centre.len > 0) {
		loss_keep(c->loss, i, ELEMENT_CENTRE);
		member(&c->b, ",\"performer\":[{\"display\":", v->centre);
		buf_str(&c->b, "}]");
	}
	buf_str(&c->b, "}}");
}

/* One topic a card: vaccinations where there are any, else tests (framework, "one card per topic"). */
static void
write_events(struct card *c)
{
	const struct record *r = c->e->record;
	enum event_kind topic = EVENT_TEST;

	for (size_t i = 0; i < r->event_count; i++)
		if (r->events[i].kind == EVENT_VACCINATION)
			topic = EVENT_VACCINATION;
	for (int i = 0; (size_t)i < r->event_count; i++) {
		if (r->events[i].kind != topic)
			loss_drop(c->loss, i, ELEMENT_EVENT, WHY_KIND);
		else if (topic == EVENT_VACCINATION)
			write_vaccination(c, i);
		else
			write_test(c, i);
	}
	if (c->entries == 0)
		loss_miss(c->loss, LOSS_NO_EVENT, ELEMENT_EVENT, WHY_KIND);
}

static void
write_bundle(struct card *c)
{
	buf_str(&c->b, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[");
	write_patient(c);
	write_events(c);
	buf_str(&c->b, "]}");
	emit_replaced(c->e, c->loss);
}

static const char *
number(struct arena *a, int64_t v)
{
	struct buf b = buf_in(a, SIZE_MAX);

	buf_int(&b, v);
	buf_char(&b, '\0');
	return (const char *)buf_span(&b).ptr;
}

static const char *
revocation_id(struct arena *a, const uint8_t *id)
{
	struct buf b = buf_in(a, SIZE_MAX);

	base64url_encode(&b, (struct span){ id, EMIT_ID });
	buf_char(&b, '\0');
	return (const char *)buf_span(&b).ptr;
}

static int
seal(struct card *c, struct emitted *out)
{
	struct arena *a = c->w->arena;
	struct buf provenance = buf_in(a, SIZE_MAX);
	struct signer s = *c->e->signer;
	struct shc_recipe r = { .bundle = buf_span(&c->b),
		.not_before = number(a, c->e->from),
		.expires = number(a, c->e->until),
		.rid = revocation_id(a, c->e->id),
		.form = SHC_JWS };
	struct span jws;
	int error;

	emit_provenance(&provenance, c->e);
	r.evidence = buf_span(&provenance);
	if (!r.not_before || !r.expires || !r.rid || provenance.error)
		return arena_error(a);
	s.issuer = c->e->issuer->url;
	if ((error = shc_seal(c->w, &r, &s, &jws)) != 0)
		return error;
	bool fits = jws.len <= CODE_MAX;
	struct buf text = buf_in(a, SIZE_MAX);
	buf_str(&text, fits ? "shc:/" : "{\"verifiableCredential\":[\"");
	if (fits)
		shc_digits(&text, jws);
	else
		buf_add(&text, jws);
	buf_str(&text, fits ? "" : "\"]}");
	*out = (struct emitted){ buf_span(&text), fits ? EMIT_CODE_NUMERIC : EMIT_CODE_NONE,
		fits ? "text/plain" : "application/smart-health-card",
		fits ? "txt" : "smart-health-card" };
	return text.error;
}

static int
emit(struct work *w, const struct target *t, const struct emission *e, struct loss *loss,
	struct emitted *out)
{
	struct card c = { w, e, loss, buf_in(w->arena, SIZE_MAX), 0 };
	int r;

	(void)t;
	loss_begin(loss, w->arena, e->record);
	write_bundle(&c);
	r = loss_rest(loss);
	if (r == 0)
		r = c.b.error;
	if (r != 0 || !e->signer || loss->count[LOSS_MISSING] > 0)
		return r;
	return seal(&c, out);
}

const struct target shc_targets[] = {
	{ "shc", "SMART Health Card", "shc", "shc", SIG_ES256, false, false, 0, emit },
	{ 0 },
};
