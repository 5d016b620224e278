/* test_content.c - what a genuine card holds: refusals, the issuer's rules as notes, and the record. */
#include "tests/shc/aid_shc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct cards c;

static int
open_all(void **state)
{
	(void)state;
	cards_open(&c);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	cards_close(&c);
	return 0;
}

#define PATIENT(more)                                                                  \
	"{\"fullUrl\":\"resource:0\",\"resource\":{\"resourceType\":\"Patient\"," more \
	"\"birthDate\":\"1998\"}}"
#define NAME        "\"name\":[{\"family\":\"A\",\"given\":[\"B\"]}],"
#define SHOT(more)  CARDS_SHOT("1", CARDS_DONE more, "208", "2026-05-29")
#define WITH(entry) CARDS_BUNDLE(CARDS_PATIENT "," entry)
#define RESULT(more)                                                                       \
	"{\"fullUrl\":\"resource:1\",\"resource\":{\"resourceType\":\"Observation\"," more \
	"\"subject\":{\"reference\":\"resource:0\"}}}"
#define FINAL "\"status\":\"final\","
#define LOINC "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"94558-4\"}]},"
#define TIMED "\"effectiveDateTime\":\"2026-05-29T10:00:00+01:00\","
#define NEGATIVE                                                                        \
	"\"valueCodeableConcept\":{\"coding\":[{\"system\":\"http://snomed.info/sct\"," \
	"\"code\":\"260385009\"}]},"

/* One bundle a row: the reason of the profile check, a finding, and where that stands in the bundle. */
static const struct {
	const char *bundle;
	enum reason reason, note;
	const char *at;
} rows[] = {
	{ CARDS_GOOD, REASON_NONE, 0, NULL },
	{ WITH(RESULT(FINAL LOINC TIMED NEGATIVE)), REASON_NONE, 0, NULL },
	/* refusals */
	{ WITH(CARDS_SHOT("1", "\"status\":\"not-done\",", "208", "2026-05-29")),
		REASON_PROFILE_STATUS, 0, NULL },
	{ WITH(CARDS_SHOT("1", "\"status\":\"entered-in-error\",", "208", "2026-05-29")),
		REASON_PROFILE_STATUS, 0, NULL },
	{ WITH(CARDS_SHOT("1", "\"status\":\"Partial\",", "208", "2026-05-29")),
		REASON_PROFILE_STATUS, 0, NULL },
	{ WITH(CARDS_SHOT("1", "\"status\":\"complete\",", "208", "2026-05-29")),
		REASON_PROFILE_STATUS, 0, NULL },
	{ WITH(CARDS_SHOT("1", "\"status\":\"Completed\",", "208", "2026-05-29")), REASON_NONE,
		REASON_NOTE_SHC_STATUS, "/entry/1/resource/status" },
	{ WITH(CARDS_SHOT("1", "", "208", "2026-05-29")), REASON_PROFILE_MISSING, 0, NULL },
	{ WITH(CARDS_SHOT("1", "\"status\":1,", "208", "2026-05-29")), REASON_PROFILE_TYPE, 0,
		NULL },
	{ WITH(RESULT("\"status\":\"preliminary\"," LOINC TIMED NEGATIVE)), REASON_PROFILE_STATUS,
		0, NULL },
	{ WITH(RESULT("\"status\":\"amended\"," LOINC TIMED NEGATIVE)), REASON_NONE, 0, NULL },
	{ WITH(RESULT("\"status\":\"preliminary\",\"category\":[{\"coding\":[{\"code\":\"vital-"
		      "signs\"}]}],")),
		REASON_NONE, 0, NULL },
	{ CARDS_BUNDLE(CARDS_PATIENT
		  ",{\"fullUrl\":\"resource:1\",\"resource\":{\"resourceType\":\"Patient\"," NAME
		  "\"birthDate\":\"1998\"}}"
		  ",{\"fullUrl\":\"resource:2\",\"resource\":{\"resourceType\":"
		  "\"Immunization\"," CARDS_DONE "\"vaccineCode\":{\"coding\":[{\"system\":\"http:/"
		  "/hl7.org/fhir/sid/cvx\",\"code\":\"208\"}]},"
		  "\"patient\":{\"reference\":\"resource:1\"},\"occurrenceDateTime\":\"2026-05-"
		  "29\"}}"),
		REASON_PROFILE_PERSON, REASON_NOTE_SHC_ENTRIES, "/entry" },
	/* what cards leave out */
	{ WITH(SHOT("\"id\":\"x\",")), REASON_NONE, REASON_NOTE_SHC_ID, "/entry/1/resource/id" },
	{ WITH(SHOT("\"meta\":{\"versionId\":\"1\"},")), REASON_NONE, REASON_NOTE_SHC_META,
		"/entry/1/resource/meta" },
	{ WITH(SHOT("\"meta\":{\"security\":[],\"x\":1},")), REASON_NONE, REASON_NOTE_SHC_META,
		"/entry/1/resource/meta" },
	{ WITH(SHOT("\"text\":{\"status\":\"empty\"},")), REASON_NONE, REASON_NOTE_SHC_NARRATIVE,
		"/entry/1/resource/text" },
	{ WITH(SHOT("\"route\":{\"text\":\"arm\"},")), REASON_NONE, REASON_NOTE_SHC_CONCEPT_TEXT,
		"/entry/1/resource/route/text" },
	{ WITH(SHOT("\"reasonCode\":[{\"coding\":[{\"display\":\"x\"}]}],")), REASON_NONE,
		REASON_NOTE_SHC_DISPLAY, "/entry/1/resource/reasonCode/0/coding/0/display" },
	{ WITH(SHOT("\"extension\":[{\"url\":\"u\",\"valueCoding\":{\"display\":\"x\"}}],")),
		REASON_NONE, REASON_NOTE_SHC_DISPLAY,
		"/entry/1/resource/extension/0/valueCoding/display" },
	{ WITH(SHOT("\"lotNumber\":\"\",")), REASON_NONE, REASON_NOTE_SHC_EMPTY,
		"/entry/1/resource/lotNumber" },
	{ WITH(SHOT("\"note\":[],")), REASON_NONE, REASON_NOTE_SHC_EMPTY,
		"/entry/1/resource/note" },
	{ WITH(SHOT("\"note\":[{}],")), REASON_NONE, REASON_NOTE_SHC_EMPTY,
		"/entry/1/resource/note/0" },
	{ WITH(CARDS_SHOT("0", CARDS_DONE, "208", "2026-05-29")), REASON_NONE,
		REASON_NOTE_SHC_FULL_URL, "/entry/1/fullUrl" },
	{ WITH(CARDS_SHOT("x", CARDS_DONE, "208", "2026-05-29")), REASON_NONE,
		REASON_NOTE_SHC_FULL_URL, "/entry/1/fullUrl" },
	{ WITH(SHOT("\"location\":{\"reference\":\"Patient/resource:0\"},")), REASON_NONE,
		REASON_NOTE_SHC_REFERENCE, "/entry/1/resource/location/reference" },
	{ WITH(SHOT("\"location\":{\"reference\":\"resource:7\"},")), REASON_NONE,
		REASON_NOTE_SHC_DANGLING, "/entry/1/resource/location/reference" },
	{ CARDS_BUNDLE(
		  "{\"fullUrl\":\"resource:9\",\"resource\":{\"resourceType\":\"Patient\"," NAME
		  "\"birthDate\":\"1998\"}},{\"fullUrl\":\"resource:1\",\"resource\":{"
		  "\"resourceType\":"
		  "\"Immunization\"," CARDS_DONE "\"vaccineCode\":{\"coding\":[{\"system\":"
		  "\"http://snomed.info/"
		  "sct\",\"code\":\"1119349007\"}]},\"patient\":{\"reference\":"
		  "\"resource:9\"},\"occurrenceDateTime\":\"2026-05-29\"}}"),
		REASON_NONE, 0, NULL },
	/* the guide's profiles */
	{ "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[" CARDS_PATIENT
	  "," SHOT("") "]}",
		REASON_NONE, REASON_NOTE_SHC_BUNDLE_TYPE, "/type" },
	{ CARDS_BUNDLE(SHOT("")), REASON_NONE, REASON_NOTE_SHC_ENTRIES, "/entry" },
	{ CARDS_BUNDLE(PATIENT("") "," SHOT("")), REASON_NONE, REASON_NOTE_SHC_NAME,
		"/entry/0/resource/name" },
	{ CARDS_BUNDLE(PATIENT("\"name\":[{\"text\":\"A B\"}],") "," SHOT("")), REASON_NONE, 0,
		NULL },
	{ CARDS_BUNDLE(PATIENT("\"name\":[{\"text\":\"A B\",\"family\":\"B\"}],") "," SHOT("")),
		REASON_NONE, REASON_NOTE_SHC_NAME, "/entry/0/resource/name/0" },
	{ CARDS_BUNDLE(PATIENT("\"name\":[{\"family\":\"B\"}],") "," SHOT("")), REASON_NONE,
		REASON_NOTE_SHC_NAME, "/entry/0/resource/name/0" },
	{ CARDS_BUNDLE(PATIENT(NAME "\"photo\":[{\"url\":\"x\"}],") "," SHOT("")), REASON_NONE,
		REASON_NOTE_SHC_ELEMENT, "/entry/0/resource/photo" },
	{ WITH(SHOT("\"site\":{},")), REASON_NONE, REASON_NOTE_SHC_ELEMENT,
		"/entry/1/resource/site" },
	{ WITH(SHOT("\"isSubpotent\":true,")), REASON_NONE, REASON_NOTE_SHC_SUBPOTENT,
		"/entry/1/resource/isSubpotent" },
	{ WITH(SHOT("\"isSubpotent\":false,")), REASON_NONE, REASON_NOTE_SHC_ELEMENT,
		"/entry/1/resource/isSubpotent" },
	{ WITH(SHOT("\"lotNumber\":\"1234567890123456789\",")), REASON_NONE, 0, NULL },
	{ WITH(SHOT("\"lotNumber\":\"12345678901234567890\",")), REASON_NONE, REASON_NOTE_SHC_LOT,
		"/entry/1/resource/lotNumber" },
	{ WITH(SHOT("\"lotNumber\":\"Lot 5\",")), REASON_NONE, REASON_NOTE_SHC_LOT,
		"/entry/1/resource/lotNumber" },
	{ WITH(SHOT(
		  "\"performer\":[{\"actor\":{\"display\":\"123456789012345678901234567890\"}}],")),
		REASON_NONE, REASON_NOTE_SHC_PERFORMER,
		"/entry/1/resource/performer/0/actor/display" },
	{ WITH(SHOT("\"meta\":{\"security\":[{\"system\":\"https://smarthealth.cards/"
		    "ial\",\"code\":\"IAL1.4\"}]},")),
		REASON_NONE, 0, NULL },
	{ WITH(SHOT("\"meta\":{\"security\":[{\"system\":\"https://smarthealth.cards/"
		    "ial\",\"code\":\"IAL1\"}]},")),
		REASON_NONE, REASON_NOTE_SHC_IAL, "/entry/1/resource/meta/security/0" },
	{ WITH(CARDS_SHOT("1", CARDS_DONE, "208", "2026-05")), REASON_NONE, REASON_NOTE_SHC_DATE,
		"/entry/1/resource/occurrenceDateTime" },
	{ WITH(CARDS_SHOT("1", CARDS_DONE, "208", "2026-05-29T10:00:00Z")), REASON_NONE,
		REASON_NOTE_SHC_DATE, "/entry/1/resource/occurrenceDateTime" },
	{ WITH("{\"fullUrl\":\"resource:1\",\"resource\":{\"resourceType\":"
	       "\"Immunization\"," CARDS_DONE "\"vaccineCode\":{\"coding\":[{\"system\":\"http://"
	       "www.whocc.no/atc\",\"code\":\"J07BX03\"}]}}}"),
		REASON_NONE, REASON_NOTE_SHC_VACCINE_CODE,
		"/entry/1/resource/vaccineCode/coding/0" },
	{ WITH("{\"fullUrl\":\"resource:1\",\"resource\":{\"resourceType\":\"Immunization\","
	       "\"status\":\"completed\"}}"),
		REASON_NONE, REASON_NOTE_SHC_DATE, "/entry/1/resource/occurrenceDateTime" },
	{ WITH(RESULT(FINAL TIMED NEGATIVE)), REASON_NONE, REASON_NOTE_SHC_TEST_CODE,
		"/entry/1/resource/code" },
	{ WITH(RESULT(FINAL LOINC NEGATIVE "\"effectiveDateTime\":\"2026-05-29\",")), REASON_NONE,
		REASON_NOTE_SHC_TEST_TIME, "/entry/1/resource/effectiveDateTime" },
	{ WITH(RESULT(FINAL LOINC NEGATIVE)), REASON_NONE, REASON_NOTE_SHC_TEST_TIME,
		"/entry/1/resource/effectiveDateTime" },
	{ WITH(RESULT(FINAL LOINC TIMED)), REASON_NONE, REASON_NOTE_SHC_RESULT,
		"/entry/1/resource" },
	{ WITH(RESULT(FINAL LOINC TIMED "\"valueString\":\"ok\",")), REASON_NONE,
		REASON_NOTE_SHC_RESULT, "/entry/1/resource/valueString" },
	{ WITH(RESULT(FINAL LOINC TIMED "\"valueQuantity\":{\"value\":1},")), REASON_NONE,
		REASON_NOTE_SHC_RANGE, "/entry/1/resource/valueQuantity" },
	{ WITH(RESULT(FINAL LOINC TIMED NEGATIVE "\"referenceRange\":[{\"text\":\"x\"}],")),
		REASON_NONE, REASON_NOTE_SHC_RANGE, "/entry/1/resource/referenceRange" },
};

#define BUNDLE_AT "/vc/credentialSubject/fhirBundle"

static bool
stands_at(struct span place, const char *at)
{
	size_t prefix = sizeof(BUNDLE_AT) - 1;

	return span_starts(place, SPAN_LIT(BUNDLE_AT)) && span_is(span_from(place, prefix), at);
}

/* A card of no event at all is told as such, whatever else it is a row for. */
static bool
is_unremarkable(void)
{
	const struct finding *f = c.report.findings;

	return !f || (!f->next && f->reason == REASON_NOTE_RECORD_EMPTY);
}

static void
test_rows(void **state)
{
	struct verify v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum verdict verdict = cards_verify(&c, cards_of(&c, rows[i].bundle), &v);
		enum reason got = c.report.checks[CHECK_PROFILE].reason;
		bool noted = rows[i].note ? stands_at(cards_place(&c, rows[i].note), rows[i].at)
					  : rows[i].reason || is_unremarkable();
		bool decided = (verdict == VERDICT_VERIFIED) == !rows[i].reason;
		if (got != rows[i].reason || !noted || !decided)
			fail_msg("row %zu: %s, %zu findings, first %s", i, reason_code(got),
				c.report.finding_count,
				c.report.findings ? reason_code(c.report.findings->reason) : "");
	}
}

/* A flood of notes hides no refusal. */
static void
test_full_report(void **state)
{
	struct buf b = buf_in(c.arena, SIZE_MAX);
	struct verify v;

	(void)state;
	buf_str(&b,
		"{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[" CARDS_PATIENT);
	for (int i = 0; i < 100; i++)
		buf_str(&b, "," CARDS_SHOT("1", "\"status\":\"Completed\",", "208", "2026-05-29"));
	buf_str(&b, "," CARDS_SHOT("1", "\"status\":\"not-done\",", "208", "2026-05-29") "]}");
	buf_char(&b, 0);
	cards_verify(&c, cards_of(&c, (const char *)buf_span(&b).ptr), &v);
	assert_int_equal(c.report.checks[CHECK_PROFILE].reason, REASON_PROFILE_STATUS);
}

static void
test_event_limit(void **state)
{
	struct verify v;
	struct span jws = cards_of(&c, CARDS_BUNDLE(CARDS_PATIENT "," SHOT("") "," SHOT("")));

	(void)state;
	c.limits.record_events = 2;
	assert_int_equal(cards_verify(&c, jws, &v), VERDICT_VERIFIED);
	c.limits.record_events = 1;
	assert_int_equal(cards_verify(&c, jws, &v), VERDICT_REJECTED);
	assert_string_equal(c.report.checks[CHECK_RECORD].limit, "record.events");
	c.limits.record_events = limits_default.record_events;
}

/* --- the record --- */

#define CERTIFICATE                                                                          \
	"\"certificate\":{\"issuer\":\"" CARDS_ISSUER "\",\"version\":\"4.0.1\",\"period\":" \
	"{\"start\":\"2026-11-30T00:53:20Z\"}}"
#define PERSON                                                \
	"{\"name\":{\"family\":\"Pinguin\",\"given\":\"Otto " \
	"K.\"},\"birthDate\":\"1998-02-26\"," CERTIFICATE ","
#define COVID                                                                                  \
	"\"disease\":{\"normalised\":{\"code\":\"840539006\",\"system\":\"http://snomed.info/" \
	"sct\","                                                                               \
	"\"display\":\"COVID-19\",\"equivalence\":\"equal\"}},"
#define CVX(code, to) \
	"\"vaccine\":{\"code\":\"" code "\",\"system\":\"http://hl7.org/fhir/sid/cvx\"," to "},"
#define TO_MMS(code, name, map)                                   \
	"\"normalised\":{\"code\":\"" code                        \
	"\",\"system\":\"http://id.who.int/icd/release/11/mms\"," \
	"\"display\":\"" name "\",\"equivalence\":\"" map "\"}"

static const struct {
	const char *bundle, *record;
} records[] = {
	{ CARDS_GOOD,
		PERSON "\"events\":[{\"type\":\"vaccination\"," COVID CVX("208",
			TO_MMS("XM8NQ0", "Comirnaty", "wider")) "\"date\":\"2026-05-29\",\"dose\":"
								"1,\"doseDerived\":true}]}" },
	/* counted by date, not by place; the subpotent one and an unknown vaccine for nothing */
	{ CARDS_BUNDLE(CARDS_PATIENT "," CARDS_SHOT("1", CARDS_DONE, "208",
		  "2026-05-29") "," CARDS_SHOT("2", CARDS_DONE "\"isSubpotent\":true,", "208",
		  "2026-01-01") "," CARDS_SHOT("3", CARDS_DONE, "207",
		  "2026-02-01") "," CARDS_SHOT("4", CARDS_DONE, "3", "2026-02-01")),
		PERSON "\"events\":[{\"type\":\"vaccination\"," COVID CVX("208",
			TO_MMS("XM8NQ0", "Comirnaty",
				"wider")) "\"date\":\"2026-05-29\",\"dose\":2,\"doseDerived\":true}"
					  ","
					  "{\"type\":\"vaccination\"," COVID CVX("208",
						  TO_MMS("XM8NQ0", "Comirnaty",
							  "wider")) "\"date\":\"2026-01-01\","
								    "\"subpotent\":true},"
								    "{\"type\":"
								    "\"vaccination\"," COVID CVX(
									    "207",
									    TO_MMS("XM3DT5",
										    "COVID-19 "
										    "Vaccine "
										    "Moderna",
										    "wider")) "\"da"
											      "te\""
											      ":\"2"
											      "026-"
											      "02-"
											      "01\""
											      ",\"d"
											      "ose"
											      "\":"
											      "1,"
											      "\"do"
											      "seDe"
											      "rive"
											      "d\":"
											      "true"
											      "},"
											      "{\"t"
											      "ype"
											      "\":"
											      "\"va"
											      "ccin"
											      "atio"
											      "n\","
											      "\"va"
											      "ccin"
											      "e\":"
											      "{\"c"
											      "ode"
											      "\":"
											      "\"3"
											      "\","
											      "\"sy"
											      "stem"
											      "\":"
											      "\"ht"
											      "tp:/"
											      "/hl7"
											      ".org"
											      "/fhi"
											      "r/"
											      "sid/"
											      "cvx"
											      "\"},"
											      "\"da"
											      "te\""
											      ":\"2"
											      "026-"
											      "02-"
											      "01\""
											      "}]"
											      "}" },
	{ WITH(SHOT("\"protocolApplied\":[{\"doseNumberPositiveInt\":2,\"seriesDosesPositiveInt\":"
		    "3}],"
		    "\"lotNumber\":\"L7\",\"performer\":[{\"actor\":{\"display\":\"Hall\"}}],"
		    "\"manufacturer\":{\"identifier\":{\"system\":\"http://hl7.org/fhir/sid/"
		    "mvx\",\"value\":\"PFR\"}},")),
		PERSON "\"events\":[{\"type\":\"vaccination\"," COVID CVX("208",
			TO_MMS("XM8NQ0", "Comirnaty",
				"wider")) "\"manufacturer\":{\"code\":\"PFR\",\"system\":\"http://"
					  "hl7.org/fhir/sid/mvx\",\"display\":\"Pfizer\"},"
					  "\"lot\":\"L7\",\"date\":\"2026-05-29\",\"dose\":2,"
					  "\"totalDoses\":3,\"centre\":\"Hall\"}]}" },
	{ WITH(RESULT(FINAL LOINC TIMED NEGATIVE "\"performer\":[{\"display\":\"Lab\"}],")), PERSON
		"\"events\":[{\"type\":\"test\"," COVID
		"\"date\":\"2026-05-29\",\"testType\":{\"code\":\"94558-4\",\"system\":\"http://"
		"loinc.org\",\"normalised\":{\"code\":"
		"\"LP217198-3\",\"system\":\"http://loinc.org\",\"display\":\"Rapid "
		"immunoassay\",\"equivalence\":\"wider\"}},"
		"\"sampleTime\":\"2026-05-29T10:00:00+01:00\",\"result\":{\"code\":\"260385009\","
		"\"system\":"
		"\"http://snomed.info/"
		"sct\",\"normalised\":{\"code\":\"260415000\",\"system\":\"http://snomed.info/"
		"sct\","
		"\"display\":\"Not detected\",\"equivalence\":\"equal\"}},\"centre\":\"Lab\"}]}" },
	{ WITH(RESULT(FINAL "\"effectivePeriod\":{\"start\":\"2026\"},\"valueQuantity\":{\"value\":"
			    "1.10,\"unit\":\"g\"},")),
		PERSON "\"events\":[{\"type\":\"test\",\"date\":\"2026\",\"sampleTime\":\"2026\","
		       "\"result\":{"
		       "\"display\":\"1.10 g\"}}]}" },
};

static void
test_records(void **state)
{
	struct verify v;

	(void)state;
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		struct span jws = cards_of(&c, records[i].bundle);
		assert_int_equal(cards_verify(&c, jws, &v), VERDICT_VERIFIED);
		assert_string_equal(cards_record(&c, &v), records[i].record);
	}
}

/* References are looked up, not searched for: as many as a card can hold, in a bundle whose first entry is as long as
 * it can be. */
static void
test_effort(void **state)
{
	struct buf b = buf_in(c.arena, SIZE_MAX);
	struct verify v;

	(void)state;
	buf_str(&b, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{");
	for (unsigned i = 0; i < 15000; i++) {
		buf_str(&b, "\"");
		buf_uint(&b, i);
		buf_str(&b, "\":1,");
	}
	buf_str(&b, "\"resource\":{\"resourceType\":\"Basic\"}},{\"fullUrl\":\"resource:77777\","
		    "\"resource\":{\"resourceType\":\"Observation\",\"status\":\"final\","
		    "\"performer\":[{}");
	for (unsigned i = 0; i < 15000; i++)
		buf_str(&b, ",{\"reference\":\"resource:77777\"}");
	buf_str(&b, "]}}]}");
	buf_char(&b, 0);
	assert_int_equal(b.error, 0);
	struct span card = cards_of(&c, (const char *)b.ptr);
	clock_t start = clock();
	assert_int_equal(cards_verify(&c, card, &v), VERDICT_VERIFIED);
	assert_true(clock() - start < CLOCKS_PER_SEC / 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_full_report),
		cmocka_unit_test(test_event_limit),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_effort),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
