/* test.c - a test as Observation with its device, sample, procedure and report. */
#include "codecs/base/date.h"
#include "codecs/fhir/emit/doc.h"
#include "codecs/record/core.h"

/* What the guide's value sets have for the types of test of the record. */
static struct span
guide_code(const struct coded *c)
{
	static const char *const rows[][2] = { { "LP6464-4", "1334426561" },
		{ "LP217198-3", "2056159157" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (span_is(c->code, rows[i][0]) || span_is(c->to_code, rows[i][0]))
			return span_of(rows[i][1]);
	return SPAN_NONE;
}

/* SARS-CoV-2: by itself, or of COVID-19 its agent, another thing, which the guide's maps take for the same. */
static bool
is_virus(struct doc *d, struct coded *out)
{
	const struct coded *own = &d->v->disease;

	*out = (struct coded){ .code = SPAN_LIT("XN109"), .system = SPAN_LIT(CORE_ICD11) };
	if (span_eq(own->code, out->code))
		loss_keep(d->loss, d->event, ELEMENT_DISEASE);
	else if (span_is(own->code, "840533007"))
		loss_map(d->loss, d->event, ELEMENT_DISEASE, MAP_EQUAL, own->code, out->code);
	else if (span_is(own->code, "840539006") || span_is(own->to_code, "840539006"))
		loss_map(d->loss, d->event, ELEMENT_DISEASE, MAP_INEXACT, own->code, out->code);
	else
		return false;
	return true;
}

static void
put_pathogen(struct doc *d)
{
	struct coded c;

	if (!is_virus(d, &c) && !doc_choose(d, ELEMENT_DISEASE, &d->v->disease, true, &c))
		return;
	doc_open(d, "property", '[');
	doc_open(d, "", '{');
	doc_concept(
		d, "type", DOC_GUIDE "CodeSystem/DDCCDevicePropertyCodeSystem", "pathogen", false);
	doc_open(d, "valueCode", '[');
	doc_coded(d, "", &c);
	doc_close(d, ']');
	doc_close(d, '}');
	doc_close(d, ']');
}

static void
put_device(struct doc *d, const struct coded *type)
{
	const struct coded *maker = &d->v->test_device;
	struct span name = emit_carry(d->loss, d->event, ELEMENT_TEST_NAME, d->v->test_name);
	struct coded guide = { .code = guide_code(type), .system = SPAN_LIT(CORE_ICD11) };

	if (maker->code.len > 0 && maker->display.len > 0)
		loss_map(d->loss, d->event, ELEMENT_TEST_DEVICE, MAP_WIDER, maker->code,
			maker->display);
	else
		emit_carry(d->loss, d->event, ELEMENT_TEST_DEVICE, maker->display);
	doc_begin(d, DOC_DEVICE, "Device");
	doc_text(d, "manufacturer", maker->display);
	if (name.len > 0) {
		doc_open(d, "deviceName", '[');
		doc_open(d, "", '{');
		doc_text(d, "name", name);
		doc_str(d, "type", "user-friendly-name");
		doc_close(d, '}');
		doc_close(d, ']');
	}
	doc_coded(d, "type", guide.code.len > 0 ? &guide : type);
	put_pathogen(d);
	doc_end(d);
}

static bool
put_specimen(struct doc *d)
{
	struct coded c;

	if (!doc_choose(d, ELEMENT_SPECIMEN, &d->v->specimen, false, &c))
		return false;
	doc_begin(d, DOC_SPECIMEN, "Specimen");
	doc_coded(d, "type", &c);
	doc_reference(d, "subject", DOC_PATIENT);
	doc_open(d, "collection", '{');
	doc_text(d, "collectedDateTime", d->v->sample_time);
	doc_close(d, '}');
	doc_end(d);
	return true;
}

static void
put_procedure(struct doc *d)
{
	doc_begin(d, DOC_PROCEDURE, "Procedure");
	doc_open(d, "extension", '[');
	doc_country(d);
	doc_close(d, ']');
	doc_str(d, "status", "completed");
	doc_reference(d, "subject", DOC_PATIENT);
	doc_display(d, "location", emit_carry(d->loss, d->event, ELEMENT_CENTRE, d->v->centre));
	doc_open(d, "report", '[');
	doc_reference(d, "", DOC_REPORT);
	doc_close(d, ']');
	doc_open(d, "usedReference", '[');
	doc_reference(d, "", DOC_DEVICE);
	doc_close(d, ']');
	doc_end(d);
}

static void
put_report(struct doc *d, const struct coded *type, bool specimen)
{
	struct coded guide = { .code = guide_code(type), .system = SPAN_LIT(CORE_ICD11) };

	doc_begin(d, DOC_REPORT, "DiagnosticReport");
	doc_str(d, "status", "final");
	doc_coded(d, "code", guide.code.len > 0 ? &guide : type);
	doc_reference(d, "subject", DOC_PATIENT);
	doc_text(d, "effectiveDateTime", d->v->sample_time);
	if (specimen) {
		doc_open(d, "specimen", '[');
		doc_reference(d, "", DOC_SPECIMEN);
		doc_close(d, ']');
	}
	doc_open(d, "result", '[');
	doc_reference(d, "", DOC_EVENT);
	doc_close(d, ']');
	doc_end(d);
}

static void
put_observation(struct doc *d, const struct coded *type, bool specimen)
{
	struct coded result;
	struct date day;
	struct span issued = d->v->result_time;

	doc_begin(d, DOC_EVENT, "Observation");
	doc_str(d, "status", "final");
	doc_concept(d, "category", "http://terminology.hl7.org/CodeSystem/observation-category",
		"laboratory", true);
	doc_coded(d, "code", type);
	doc_reference(d, "subject", DOC_PATIENT);
	doc_when(d, "effectiveDateTime", ELEMENT_SAMPLE_TIME, d->v->sample_time);
	emit_carry(d->loss, d->event, ELEMENT_DATE, d->v->date); /* the day of the sample */
	if (doc_is_when(issued) && !date_parse(issued, &day))
		doc_text(d, "issued", emit_carry(d->loss, d->event, ELEMENT_RESULT_TIME, issued));
	if (doc_choose(d, ELEMENT_RESULT, &d->v->result, true, &result))
		doc_coded(d, "valueCodeableConcept", &result);
	if (specimen)
		doc_reference(d, "specimen", DOC_SPECIMEN);
	doc_reference(d, "device", DOC_DEVICE);
	doc_end(d);
}

void
doc_test(struct doc *d)
{
	struct coded type;

	doc_choose(d, ELEMENT_TEST_TYPE, &d->v->test_type, true, &type);
	bool specimen = put_specimen(d);
	put_observation(d, &type, specimen);
	put_device(d, &type);
	put_procedure(d);
	put_report(d, &type, specimen);
}
