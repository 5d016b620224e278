/* test_core.c - records as the WHO's core data set. */
#include "codecs/credential.h"
#include "codecs/record/core.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TEXT(s) SPAN_LIT(s)
#define CERTIFICATE(how, period)                                                           \
	"{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":"         \
	"\"DDCCCoreDataSet\",\"certificate\":{\"issuer\":{" how ":\"https://a.example\"}," \
	"\"period\":{" period "}},"
#define SNOMED SPAN_LIT("http://snomed.info/sct")

static void
expect(const struct record *r, const char *want)
{
	struct arena *a = arena_new(1 << 16);
	struct buf b = buf_in(a, SIZE_MAX);

	core_bundle(&b, r);
	buf_char(&b, '\0');
	assert_int_equal(b.error, 0);
	assert_string_equal((const char *)b.ptr, want);
	arena_free(a);
}

static void
begin(struct record *r, struct event *e, enum event_kind kind)
{
	record_init(r);
	event_init(e, kind);
	r->events = e;
	r->event_count = 1;
}

static void
test_vaccination(void **state)
{
	struct identifier id = { .value = TEXT("7"), .system = TEXT("urn:x"), .type = TEXT("PPN") };
	struct record r;
	struct event e;

	(void)state;
	begin(&r, &e, EVENT_VACCINATION);
	r.name = (struct person_name){ .family = TEXT("Pinguin"), .given = TEXT("Otto") };
	r.birth_date = TEXT("1998");
	r.identifiers = &id;
	r.identifier_count = 1;
	r.certificate.until = 0;
	e.vaccine = (struct coded){ .code = TEXT("1119349007"), .system = SNOMED };
	e.brand = (struct coded){ .code = TEXT("EU/1/20/1528"),
		.system = TEXT("https://ec.europa.eu/health/documents/community-register/html/") };
	e.disease = (struct coded){ .to_code = TEXT("840539006"), .to_system = SNOMED };
	e.dose = 2;
	e.country = TEXT("UTO");
	e.issuer = TEXT("did:web:a");
	expect(&r, "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":"
		   "\"DDCCCoreDataSet\",\"name\":\"Otto "
		   "Pinguin\",\"birthDate\":\"1998\",\"identifier\":{"
		   "\"system\":\"urn:x\",\"type\":\"PPN\",\"value\":\"7\"},\"certificate\":{"
		   "\"issuer\":{"
		   "\"reference\":\"did:web:a\"},\"period\":{\"end\":\"1970-01-01T00:00:00Z\"}},"
		   "\"vaccination\":{\"vaccine\":{\"system\":\"http://snomed.info/sct\",\"code\":"
		   "\"1119349007\"},\"brand\":{\"system\":\"http://id.who.int/icd/release/11/"
		   "mms\",\"code\":"
		   "\"XM8NQ0\"},\"dose\":2,\"country\":{\"code\":\"UTO\"},\"disease\":{\"system\":"
		   "\"http://id.who.int/icd/release/11/mms\",\"code\":\"RA01\"}}}}]}");
	e.dose_derived = true; /* counted by us, said by nobody */
	e.brand = (struct coded){ .code = TEXT("Other"), .system = e.brand.system };
	e.disease = (struct coded){ .code = TEXT("1D47") };
	r = (struct record){ .events = &e,
		.event_count = 1,
		.certificate = { .from = TIME_NONE, .until = TIME_NONE } };
	expect(&r, "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":"
		   "\"DDCCCoreDataSet\",\"certificate\":{\"issuer\":{\"reference\":\"did:web:a\"}},"
		   "\"vaccination\":{\"vaccine\":{\"system\":\"http://snomed.info/sct\",\"code\":"
		   "\"1119349007\"},\"brand\":{\"system\":\"https://ec.europa.eu/health/documents/"
		   "community-register/html/\",\"code\":\"Other\"},\"country\":{\"code\":\"UTO\"},"
		   "\"disease\":{\"code\":\"1D47\"}}}}]}");
}

static void
test_test_and_recovery(void **state)
{
	struct record r;
	struct event e[2];

	(void)state;
	begin(&r, &e[0], EVENT_TEST);
	event_init(&e[1], EVENT_RECOVERY);
	r.event_count = 2;
	r.name.text = TEXT("Otto");
	e[0].test_type.code = TEXT("LP6464-4");
	e[0].result = (struct coded){ .code = TEXT("negative"), .to_code = TEXT("260415000") };
	e[0].specimen = (struct coded){
		.code = TEXT("saliva"), .to_code = TEXT("KAZ.AH.XD"), .to_system = TEXT(CORE_ICD11)
	};
	e[0].test_device.code = TEXT("1");
	e[0].manufacturer.display = TEXT("Ice");
	e[0].sample_time = TEXT("2026-11-30T08:00:00Z");
	e[0].centre = TEXT("S7");
	e[0].country = TEXT("ATA");
	e[0].issuer = TEXT("M");
	e[0].identifier = TEXT("U1");
	expect(&r, "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":"
		   "\"DDCCCoreDataSet\",\"name\":\"Otto\",\"certificate\":{\"issuer\":{\"display\":"
		   "\"M\"},"
		   "\"hcid\":{\"value\":\"U1\"}},\"test\":{\"type\":{\"system\":"
		   "\"http://id.who.int/icd/release/11/"
		   "mms\",\"code\":\"1334426561\"},\"manufacturer\":{\"code\":\"Ice\"},\"origin\":{"
		   "\"system\":"
		   "\"http://id.who.int/icd/release/11/mms\",\"code\":\"KAZ.AH.XD\"},\"date\":"
		   "\"2026-11-30T08:00:00Z\",\"result\":{\"system\":\"http://id.who.int/icd/"
		   "release/11/mms\","
		   "\"code\":\"QA02\"},\"centre\":{\"code\":\"S7\"},\"country\":{\"system\":"
		   "\"urn:iso:std:iso:3166\",\"code\":\"ATA\"}}}}]}");
	r.events = &e[1];
	r.event_count = 1;
	expect(&r, "{\"resourceType\":\"Bundle\",\"entry\":[]}");
}

/* Who is named by where its keys are is referred to; what an event says of its period goes first. */
static void
test_certificate(void **state)
{
	struct record r;
	struct event e;

	(void)state;
	begin(&r, &e, EVENT_VACCINATION);
	r.certificate.issuer = TEXT("https://a.example");
	r.certificate.from = 0;
	e.valid_from = TEXT("2026-01-01");
	expect(&r, CERTIFICATE("\"display\"",
			   "\"start\":\"1970-01-01T00:00:00Z\"") "\"vaccination\":{\"validFrom\":"
								 "\"2026-01-01\"}}}]}");
	r.certificate.issuer_resolves = true;
	e.valid_until = TEXT("2027-01-01");
	expect(&r,
		CERTIFICATE("\"reference\"",
			"\"start\":\"2026-01-01\",\"end\":\"2027-01-01\"") "\"vaccination\":{"
									   "\"validFrom\":\"2026-"
									   "01-01\"}}}]}");
	e.valid_from = e.valid_until = SPAN_NONE;
	e.certified_from = TEXT("2026-02-01");
	expect(&r,
		CERTIFICATE("\"reference\"", "\"start\":\"2026-02-01\"") "\"vaccination\":{}}}]}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vaccination),
		cmocka_unit_test(test_test_and_recovery),
		cmocka_unit_test(test_certificate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
