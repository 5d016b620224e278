/* test_record.c - seals as records: one event a dose, and nothing that the seal does not say. */
#include "tests/vdsnc/aid_vds.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct seals s;

static int
open_all(void **state)
{
	(void)state;
	seals_open(&s);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	seals_close(&s);
	return 0;
}

#define COVID                                                                     \
	"\"normalised\":{\"code\":\"840539006\",\"system\":\"http://snomed.info/" \
	"sct\",\"display\":\"COVID-19\","
#define MMS "\"system\":\"http://id.who.int/icd/release/11/mms\""

static const struct {
	const char *type, *message, *record;
} rows[] = {
	{ "icao.vacc", SEALS_SHOT,
		"{\"name\":{\"text\":\"PINGUIN "
		"OTTO\"},\"birthDate\":\"1998-02-26\",\"sex\":\"male\","
		"\"identifiers\":[{\"value\":\"P0001\"}],\"certificate\":{\"issuer\":\"ATA\","
		"\"hcid\":\"U1\","
		"\"version\":\"1\"},\"events\":[{\"type\":\"vaccination\",\"disease\":{\"code\":"
		"\"RA01\"," MMS "," COVID
		"\"equivalence\":\"equal\"}},\"vaccine\":{\"code\":\"XM0GQ8\"," MMS
		"},\"brand\":{\"display\":\"Comirnaty\"},\"lot\":\"L1\",\"date\":\"2026-05-29\","
		"\"dose\":2,"
		"\"nextDose\":\"2027-01-01\",\"country\":\"ATA\",\"centre\":\"Station "
		"7\",\"issuer\":\"ATA\","
		"\"identifier\":\"U1\"}]}" },
	{ "icao.test", SEALS_TEST,
		"{\"name\":{\"text\":\"PINGUIN OTTO\"},\"birthDate\":\"1998-02-26\","
		"\"identifiers\":[{\"value\":\"P0001\",\"type\":\"PPN\"}],\"certificate\":{"
		"\"issuer\":\"ATA\","
		"\"hcid\":\"T1\",\"version\":\"1\"},\"events\":[{\"type\":\"test\",\"date\":\"2026-"
		"11-20\","
		"\"testType\":{\"code\":\"antigen\",\"normalised\":{\"code\":\"LP217198-3\","
		"\"system\":\"http://loinc.org\",\"display\":\"Rapid "
		"immunoassay\",\"equivalence\":\"inexact\"}},"
		"\"specimen\":{\"code\":\"saliva\",\"normalised\":{\"code\":\"KAZ.AH.XD\","
		"\"system\":\"http://id.who.int/icd/release/11/mms\",\"equivalence\":\"equal\"}},"
		"\"sampleTime\":\"2026-11-20T12:00:00+08:00\","
		"\"resultTime\":\"2026-11-20T14:00:00+08:00\","
		"\"result\":{\"code\":\"negative\",\"normalised\":{\"code\":\"260415000\","
		"\"system\":\"http://snomed.info/sct\",\"display\":\"Not detected\","
		"\"equivalence\":\"equal\"}},"
		"\"country\":\"ATA\",\"centre\":\"Station "
		"7\",\"contact\":{\"phone\":\"0\",\"email\":\"a@b\",\"address\":\"Ice\"},"
		"\"issuer\":\"ATA\",\"identifier\":\"T1\"}]}" },
	/* several entries and doses; blanks inside a name stay; what is left out stays out */
	{ "icao.vacc",
		"{\"uvci\":\"U2\",\"pid\":{\"n\":\"PINGUIN  OTTO "
		"\",\"dob\":\"1998-02-XX\",\"sex\":\"X\",\"ai\":\"A1\"},"
		"\"ve\":[{\"des\":\"XM68M6\",\"nam\":\"V\",\"vd\":[{\"dvc\":\"2026-01-01\",\"seq\":"
		"\"1\","
		"\"ctr\":\"ATA\",\"adm\":\"a\",\"lot\":\"b\"},{\"dvc\":\"2026-02-01\",\"seq\":2.0,"
		"\"ctr\":\"BVT\",\"adm\":\"c\",\"lot\":\"d\"}]},{\"des\":\"unheard "
		"of\",\"nam\":\"W\",\"dis\":\"RA01.0\","
		"\"vd\":[{\"dvc\":\"2026-03-01\",\"seq\":3,\"ctr\":\"ATA\",\"adm\":\"e\",\"lot\":"
		"\"f\"}]}]}",
		"{\"name\":{\"text\":\"PINGUIN  "
		"OTTO\"},\"birthDate\":\"1998-02\",\"sex\":\"unknown\","
		"\"identifiers\":[{\"value\":\"A1\"}],\"certificate\":{\"issuer\":\"ATA\",\"hcid\":"
		"\"U2\","
		"\"version\":\"1\"},\"events\":[{\"type\":\"vaccination\",\"disease\":{" COVID
		"\"equivalence\":\"equal\"}},\"vaccine\":{\"code\":\"XM68M6\"," MMS
		"},\"brand\":{\"display\":\"V\"},\"lot\":\"b\",\"date\":\"2026-01-01\",\"dose\":1,"
		"\"country\":\"ATA\","
		"\"centre\":\"a\",\"issuer\":\"ATA\",\"identifier\":\"U2\"},{\"type\":"
		"\"vaccination\",\"disease\":{" COVID
		"\"equivalence\":\"equal\"}},\"vaccine\":{\"code\":\"XM68M6\"," MMS
		"},\"brand\":{\"display\":\"V\"},\"lot\":\"d\",\"date\":\"2026-02-01\",\"dose\":2,"
		"\"country\":\"BVT\","
		"\"centre\":\"c\",\"issuer\":\"ATA\",\"identifier\":\"U2\"},{\"type\":"
		"\"vaccination\",\"disease\":"
		"{\"code\":\"RA01.0\"," MMS "," COVID
		"\"equivalence\":\"wider\"}},\"vaccine\":{\"code\":\"unheard of\"," MMS
		"},\"brand\":{\"display\":\"W\"},\"lot\":\"f\",\"date\":\"2026-03-01\",\"dose\":3,"
		"\"country\":\"ATA\","
		"\"centre\":\"e\",\"issuer\":\"ATA\",\"identifier\":\"U2\"}]}" },
};

static void
test_records(void **state)
{
	struct verify v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vds_recipe recipe = { .type = rows[i].type, .message = rows[i].message };
		struct buf b = buf_in(s.arena, SIZE_MAX);
		assert_int_equal(seals_verify(&s, seals_seal(&s, recipe), &v), VERDICT_VERIFIED);
		record_json(&b, &v.record);
		buf_char(&b, 0);
		assert_string_equal((const char *)b.ptr, rows[i].record);
	}
}

/* At the limit, and one under it. */
static void
test_limit(void **state)
{
	struct vds_recipe recipe = { .message = rows[2].message };
	struct span text = seals_seal(&s, recipe);
	struct verify v;

	(void)state;
	s.limits.record_events = 3;
	assert_int_equal(seals_verify(&s, text, &v), VERDICT_VERIFIED);
	s.limits.record_events = 2;
	assert_int_equal(seals_verify(&s, text, &v), VERDICT_REJECTED);
	assert_string_equal(s.report.checks[CHECK_RECORD].limit, "record.events");
	assert_false(v.has_record);
	s.limits.record_events = limits_default.record_events;
}

/* A record is there whatever its content, once the signature holds: a broken message gives what it has. */
static void
test_broken(void **state)
{
	static const char *const messages[] = {
		"{}",
		"{\"pid\":1,\"ve\":2}",
		"{\"pid\":[],\"ve\":[1,{\"vd\":3},{\"vd\":[4]}]}",
		("{\"uvci\":[],\"pid\":{\"n\":[]},\"ve\":[{\"des\":1,\"dis\":\"\",\"vd\":[{\"seq\":"
		 "\"x\"}]}]}"),
	};
	struct verify v;

	(void)state;
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		for (int test = 0; test < 2; test++) {
			struct vds_recipe recipe = { .message = messages[i],
				.type = test ? "icao.test" : "icao.vacc" };
			assert_int_equal(
				seals_verify(&s, seals_seal(&s, recipe), &v), VERDICT_REJECTED);
			assert_true(v.verified);
			assert_true(v.has_record);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
