/* vaccination.c - a vaccination as Immunization, and the next dose as ImmunizationRecommendation. */
#include "codecs/base/date.h"
#include "codecs/fhir/emit/doc.h"

/* An optional date, all of it. */
static struct span
day_of(struct doc *d, enum element el, struct span value)
{
	struct date day;

	if (date_parse(value, &day) && day.exists && day.day > 0)
		return emit_carry(d->loss, d->event, el, value);
	if (value.len > 0)
		loss_drop(d->loss, d->event, el, WHY_FORMAT);
	return SPAN_NONE;
}

static void
put_extension(struct doc *d, const char *url, const char *value, enum element el,
	const struct coded *c, bool required)
{
	struct coded out;

	if (!doc_choose(d, el, c, required, &out))
		return;
	doc_open(d, "", '{');
	doc_str(d, "url", url);
	doc_coding(d, value, &out);
	doc_close(d, '}');
}

static void
put_maker(struct doc *d)
{
	struct coded c;

	if (!doc_choose(d, ELEMENT_MANUFACTURER, &d->v->manufacturer, false, &c))
		return;
	doc_open(d, "manufacturer", '{');
	if (c.code.len > 0) {
		doc_open(d, "identifier", '{');
		doc_text(d, "system", c.system);
		doc_text(d, "value", c.code);
		doc_close(d, '}');
	}
	doc_text(d, "display", c.display);
	doc_close(d, '}');
}

static int64_t
number_of(struct span s)
{
	int64_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9' || i == 3)
			return 0;
		n = 10 * n + (s.ptr[i] - '0');
	}
	return n;
}

static void
put_dose(struct doc *d)
{
	int64_t dose = d->v->dose, supplied = number_of(emit_supplied(d->e, ELEMENT_DOSE));

	if (dose >= 1 && !d->v->dose_derived) {
		loss_keep(d->loss, d->event, ELEMENT_DOSE);
		doc_number(d, "doseNumberPositiveInt", dose);
	} else if (supplied >= 1) {
		loss_supply(d->loss, d->event, ELEMENT_DOSE);
		doc_number(d, "doseNumberPositiveInt", supplied);
	} else {
		loss_miss(d->loss, d->event, ELEMENT_DOSE,
			dose == RECORD_NO_NUMBER ? WHY_NONE
			: d->v->dose_derived     ? WHY_DERIVED
						 : WHY_FORMAT);
	}
	if (d->v->total_doses >= 1) {
		loss_keep(d->loss, d->event, ELEMENT_TOTAL_DOSES);
		doc_number(d, "seriesDosesPositiveInt", d->v->total_doses);
	} else if (d->v->total_doses != RECORD_NO_NUMBER) {
		loss_drop(d->loss, d->event, ELEMENT_TOTAL_DOSES, WHY_FORMAT);
	}
}

static void
put_protocol(struct doc *d)
{
	struct coded disease;

	doc_open(d, "protocolApplied", '[');
	doc_open(d, "", '{');
	doc_display(
		d, "authority", emit_carry(d->loss, d->event, ELEMENT_EVENT_ISSUER, d->v->issuer));
	if (doc_choose(d, ELEMENT_DISEASE, &d->v->disease, false, &disease)) {
		doc_open(d, "targetDisease", '[');
		doc_coded(d, "", &disease);
		doc_close(d, ']');
	}
	put_dose(d);
	doc_close(d, '}');
	doc_close(d, ']');
}

static void
put_performer(struct doc *d)
{
	struct span who = emit_carry(d->loss, d->event, ELEMENT_PRACTITIONER, d->v->practitioner);

	if (who.len == 0)
		return;
	doc_open(d, "performer", '[');
	doc_open(d, "", '{');
	doc_open(d, "actor", '{');
	doc_open(d, "identifier", '{');
	doc_text(d, "value", who);
	doc_close(d, '}');
	doc_close(d, '}');
	doc_close(d, '}');
	doc_close(d, ']');
}

static void
put_extensions(struct doc *d)
{
	struct span from = day_of(d, ELEMENT_VALID_FROM, d->v->valid_from);

	doc_open(d, "extension", '[');
	put_extension(d, DOC_EXTENSION("DDCCEventBrand"), "valueCoding", ELEMENT_BRAND,
		&d->v->brand, true);
	put_extension(d, DOC_EXTENSION("DDCCVaccineMarketAuthorization"), "valueCoding",
		ELEMENT_MA_HOLDER, &d->v->ma_holder, false);
	doc_country(d);
	if (from.len > 0) {
		doc_open(d, "", '{');
		doc_str(d, "url", DOC_EXTENSION("DDCCVaccineValidFrom"));
		doc_text(d, "valueDate", from);
		doc_close(d, '}');
	}
	doc_close(d, ']');
}

/* LOINC 30980-7: when the next one is due. */
static void
put_recommendation(struct doc *d, const struct coded *vaccine)
{
	struct span next = day_of(d, ELEMENT_NEXT_DOSE, d->v->next_dose);

	if (next.len == 0)
		return;
	doc_begin(d, DOC_RECOMMENDATION, "ImmunizationRecommendation");
	doc_reference(d, "patient", DOC_PATIENT);
	doc_time(d, "date", d->e->from);
	doc_open(d, "recommendation", '[');
	doc_open(d, "", '{');
	doc_open(d, "vaccineCode", '[');
	doc_coded(d, "", vaccine);
	doc_close(d, ']');
	doc_concept(d, "forecastStatus",
		"http://terminology.hl7.org/CodeSystem/immunization-recommendation-status", "due",
		false);
	doc_open(d, "dateCriterion", '[');
	doc_open(d, "", '{');
	doc_concept(d, "code", "http://loinc.org", "30980-7", false);
	doc_text(d, "value", next);
	doc_close(d, '}');
	doc_close(d, ']');
	doc_close(d, '}');
	doc_close(d, ']');
	doc_end(d);
}

void
doc_vaccination(struct doc *d)
{
	const struct event *v = d->v;
	struct coded vaccine;

	doc_begin(d, DOC_EVENT, "Immunization");
	put_extensions(d);
	doc_str(d, "status", "completed");
	doc_choose(d, ELEMENT_VACCINE, &v->vaccine, true, &vaccine);
	doc_coded(d, "vaccineCode", &vaccine);
	doc_reference(d, "patient", DOC_PATIENT);
	doc_when(d, "occurrenceDateTime", ELEMENT_DATE, v->date);
	doc_display(
		d, "location", emit_require(d->e, d->loss, d->event, ELEMENT_CENTRE, v->centre));
	put_maker(d);
	doc_text(d, "lotNumber", emit_carry(d->loss, d->event, ELEMENT_LOT, v->lot));
	put_performer(d);
	put_protocol(d);
	doc_end(d);
	put_recommendation(d, &vaccine);
}
