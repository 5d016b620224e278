/* test_document.c - which texts are FHIR resources, that none is ever verified, and DDCC documents as records. */
#include "codecs/codec.h"
#include "codecs/fhir/ddcc.h"
#include "codecs/fhir/kind.h"
#include "gateway/engine/engine.h"
#include "tests/aid/aid.h"
#include "tests/aid/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_kinds(void **state)
{
	static const struct {
		const char *text;
		enum fhir_kind kind;
	} rows[] = {
		{ "{\"resourceType\":\"Patient\"", FHIR_KIND_JSON },
		{ "{\"id\":\"1\",\"resourceType\" : \"Observation\"}", FHIR_KIND_JSON },
		{ "{\"resourceType\":\"Bundle\",\"type\":\"document\"}", FHIR_KIND_JSON },
		{ "{\"type\":\"document\",\"resourceType\":\"Bundle\"}", FHIR_KIND_JSON },
		/* cards' forms, and credentials */
		{ "{\"resourceType\":\"Bundle\",\"type\":\"collection\"}", FHIR_KIND_NONE },
		{ "{\"resourceType\":\"Parameters\"}", FHIR_KIND_NONE },
		{ "{\"resourceType\":\"Patient\",\"@context\":[]}", FHIR_KIND_NONE },
		{ "{\"a\":{\"resourceType\":\"Patient\"}}", FHIR_KIND_NONE },
		{ "{\"a\":\"resourceType\"}", FHIR_KIND_NONE },
		{ "[{\"resourceType\":\"Patient\"}]", FHIR_KIND_NONE },
		{ "{\"resourceType\\", FHIR_KIND_NONE },
		{ "<Patient xmlns=\"http://hl7.org/fhir\"/>", FHIR_KIND_XML },
		{ "\xef\xbb\xbf<?xml version='1.0'?><f:Patient xmlns:f='http://hl7.org/fhir'",
			FHIR_KIND_XML },
		{ "<Patient/>", FHIR_KIND_NONE },
		{ "<html>http://hl7.org/fhir</html>", FHIR_KIND_NONE },
		{ "", FHIR_KIND_NONE },
		{ "\xef\xbb\xbf", FHIR_KIND_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (fhir_kind_of(span_of(rows[i].text)) != rows[i].kind)
			fail_msg("row %zu", i);
}

#define R(type, more) "{\"resource\":{\"resourceType\":\"" type "\"" more "}}"
#define CODING(s, c)  "{\"coding\":[{\"system\":\"" s "\",\"code\":\"" c "\"}]}"
#define EXT(name, value) \
	"{\"url\":\"http://smart.who.int/ddcc/StructureDefinition/" name "\"," value "}"
#define MMS            "http://id.who.int/icd11/mms"
#define DOCUMENT(rest) "{\"resourceType\":\"Bundle\",\"type\":\"document\"," rest "}"

static const char vaccinated[] = DOCUMENT(
	"\"link\":[{\"relation\":\"publication\",\"url\":\"urn:HCID:H1\"}],\"entry\":"
	"[" R("Composition", ",\"author\":[{\"reference\":\"Organization/"
			     "o\"}],\"event\":[{\"period\":{"
			     "\"start\":\"2021-01-01T00:00:00Z\",\"end\":\"soon\"}}]") "," R("Pati"
											     "ent",
		",\"name\":[{\"use\":\"old\",\"text\":\"X\"},{\"use\":\"official\","
		"\"text\":\"P\"}],"
		"\"birthDate\":\"1998\",\"gender\":\"male\",\"identifier\":[{"
		"\"value\":\"1\"}]") "," R("Organization",
		",\"id\":\"o\",\"name\":\"Ministry\"") "," R("Immunization",
		",\"extension\":[" EXT("DDCCVaccineBrand",
			"\"valueCoding\":{"
			"\"code\":\"B\"}") "," EXT("DDCCCountryOfEvent",
			"\"valueCode\":\"CHE\"") "," EXT("DDCCVaccineMarketAuthorizat"
							 "ion",
			"\"valueCoding\":{\"code\":\"M\"}") "," EXT("DDCCVaccineValid"
								    "From",
			"\"valueDate\":\"2021-02-01\"") "],\"vaccineCode\":" CODING(MMS,
			"XM0GQ8") ",\"occurrenceDateTime\":\"2021-01-02\","
				  "\"location\":{\"display\":\"C\"},"
				  "\"manufacturer\":{\"display\":\"F\","
				  "\"identifier\":{\"value\":\"MF\"}},\"lotNumber\":"
				  "\"L\","
				  "\"performer\":[{\"actor\":{\"identifier\":{"
				  "\"value\":\"D\"}}}],\"protocolApplied\":[{"
				  "\"authority\":{\"reference\":\"Organization/"
				  "o\"},\"targetDisease\":[" CODING(
					  MMS, "RA01") "],\"doseNumberPositiveInt\":"
						       "1,\"seriesDosesPositiveInt\":"
						       "2}]") "," R("ImmunizationReco"
								    "mmendation",
		",\"recommendation\":[{\"dateCriterion\":[{\"code\":" CODING(
			"http://loinc.org", "30980-7") ",\"value\":\"2021-03-01\"}]}]") "]");

static const char tested[] = DOCUMENT("\"entry\":[" R(
	"Patient", ",\"name\":[{\"family\":\"P\",\"given\":[\"O\"]}]") "," R("Observation",
	",\"code\":" CODING("http://loinc.org", "94558-4") ",\"valueCodeableConcept\":" CODING(
		"http://snomed.info/sct",
		"260373001") ",\"effectiveDateTime\":\"2021-02-17T10:00:00Z\"") "," R("Device",
	",\"manufacturer\":\"F\",\"deviceName\":[{\"name\":\"Kit\"}],\"property\":[{\"valueCode\":"
	"[" CODING(MMS, "XN109") "]}]") "," R("Specimen",
	",\"type\":" CODING(MMS, "JAM.AH.XF")) "," R("Procedure",
	",\"location\":{\"display\":\"Lab\"},\"extension\":[" EXT(
		"DDCCCountryOfEvent", "\"valueCode\":\"CHE\"") "]") "]");

static const struct {
	const char *document, *record;
} documents[] = {
	{ vaccinated,
		"{\"name\":{\"text\":\"P\"},\"birthDate\":\"1998\",\"sex\":\"male\","
		"\"identifiers\":[{\"value\":\"1\"}],"
		"\"certificate\":{\"issuer\":\"Ministry\",\"hcid\":\"H1\",\"period\":{\"start\":"
		"\"2021-01-01T00:00:00Z\"}},"
		"\"events\":[{\"type\":\"vaccination\",\"disease\":{\"code\":\"RA01\",\"system\":"
		"\"" MMS "\"},"
		"\"vaccine\":{\"code\":\"XM0GQ8\",\"system\":\"" MMS
		"\"},\"brand\":{\"code\":\"B\"},"
		"\"manufacturer\":{\"code\":\"MF\",\"display\":\"F\"},\"maHolder\":{\"code\":\"M\"}"
		",\"lot\":\"L\","
		"\"date\":\"2021-01-02\",\"dose\":1,\"totalDoses\":2,\"validFrom\":\"2021-02-01\","
		"\"nextDose\":\"2021-03-01\",\"country\":\"CHE\",\"centre\":\"C\",\"practitioner\":"
		"\"D\","
		"\"issuer\":\"Ministry\"}]}" },
	{ tested, "{\"name\":{\"family\":\"P\",\"given\":\"O\"},\"certificate\":{},\"events\":[{"
		  "\"type\":\"test\","
		  "\"disease\":{\"code\":\"XN109\",\"system\":\"" MMS
		  "\"},\"date\":\"2021-02-17\",\"testType\":{\"code\":"
		  "\"94558-4\",\"system\":\"http://"
		  "loinc.org\",\"normalised\":{\"code\":\"LP217198-3\",\"system\":"
		  "\"http://loinc.org\",\"display\":\"Rapid "
		  "immunoassay\",\"equivalence\":\"wider\"}},\"testName\":\"Kit\","
		  "\"testDevice\":{\"display\":\"F\"},\"specimen\":{\"code\":\"JAM.AH.XF\","
		  "\"system\":\"" MMS "\"},"
		  "\"sampleTime\":\"2021-02-17T10:00:00Z\",\"result\":{\"code\":\"260373001\","
		  "\"system\":"
		  "\"http://snomed.info/"
		  "sct\",\"normalised\":{\"code\":\"260373001\",\"system\":\"http://snomed.info/"
		  "sct\","
		  "\"display\":\"Detected\",\"equivalence\":\"equal\"}},\"country\":\"CHE\","
		  "\"centre\":\"Lab\"}]}" },
	{ "{\"resourceType\":\"Immunization\",\"lotNumber\":\"L\"}",
		"{\"certificate\":{},\"events\":[{\"type\":\"vaccination\",\"lot\":\"L\"}]}" },
	{ "{\"resourceType\":\"Bundle\",\"type\":\"document\"}",
		"{\"certificate\":{},\"events\":[]}" },
	/* wrong in every way: nothing is read, and nothing breaks */
	{ DOCUMENT("\"entry\":[1,{},{\"resource\":[]},{\"resource\":{\"resourceType\":"
		   "\"Immunization\","
		   "\"extension\":7,\"protocolApplied\":[[]],\"vaccineCode\":\"x\",\"performer\":["
		   "1]}}]"),
		"{\"certificate\":{},\"events\":[{\"type\":\"vaccination\"}]}" },
};

static int
read_record(struct work *w, const char *text, struct buf *b)
{
	const struct node *n;
	struct record r;
	int error = node_from_json(w, span_of(text), "json", &n);

	record_init(&r);
	if (error == 0)
		error = ddcc_record(w, n, &r);
	record_json(b, &r);
	buf_char(b, 0);
	return error != 0 ? error : b->error;
}

static void
test_records(void **state)
{
	struct aid_work a;

	(void)state;
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		aid_begin(&a);
		struct buf b = buf_in(a.arena, SIZE_MAX);
		assert_int_equal(read_record(&a.work, documents[i].document, &b), 0);
		assert_string_equal((const char *)b.ptr, documents[i].record);
		aid_end(&a);
	}
}

static void
test_limit(void **state)
{
	struct aid_work a;

	(void)state;
	aid_begin(&a);
	struct buf b = buf_in(a.arena, SIZE_MAX);
	a.limits.record_events = 0;
	assert_int_equal(read_record(&a.work, vaccinated, &b), 0);
	assert_string_equal(a.report.checks[CHECK_FORMAT].limit, "record.events");
	aid_end(&a);
}

static int
read_once(void *arg)
{
	struct arena *a = arena_new(1 << 20);
	struct kit *kit = kit_new();
	struct report report;
	struct work w = { a, &report, &limits_default, kit, 0 };
	struct buf b = buf_in(a, SIZE_MAX);
	int r = -ENOMEM;

	(void)arg;
	if (a && kit) {
		report_begin(&report, a);
		r = read_record(&w, vaccinated, &b);
	}
	kit_free(kit);
	arena_free(a);
	return r;
}

static void
test_memory(void **state)
{
	(void)state;
	assert_true(oom_each(read_once, NULL) > 0);
}

/* Well-formed or not, whole or cut: never verified, no record, and the reason says which. */
static void
test_never_verified(void **state)
{
	const struct trust *t = NULL;
	struct policy policy = policy_default;
	struct verify v;
	struct aid_work a;

	(void)state;
	for (size_t n = 0; n <= sizeof(tested) - 1; n++) {
		aid_begin(&a);
		v = (struct verify){
			.input = { (const uint8_t *)tested, n }, .trust = t, .policy = &policy
		};
		assert_int_equal(engine_verify(&a.work, &v), 0);
		assert_int_equal(report_verdict(&a.report), VERDICT_REJECTED);
		assert_false(v.verified || v.has_record);
		if (n == sizeof(tested) - 1)
			assert_int_equal(report_reason(&a.report), REASON_SIGNATURE_MISSING);
		aid_end(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_never_verified),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
