/* test_eu_dcc.c - the EU DCC's rules: what is refused, what is tolerated and noted, what the record holds. */
#include "codecs/hcert/eu_dcc.h"
#include "codecs/record/valueset.h"
#include "tests/aid/mint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct mint m;

static int
open_all(void **state)
{
	(void)state;
	mint_open(&m, PRIVATE_P256, SIG_ES256);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	mint_close(&m);
	return 0;
}

#define DCC(ver, nam, dob, rest) "{\"ver\":\"" ver "\"," nam ",\"dob\":" dob "," rest "}"
#define SHOT(dn, sd, dt, ci)                                                     \
	"\"v\":[{\"tg\":\"840539006\",\"vp\":\"1119349007\",\"mp\":\"EU/1/20/"   \
	"1528\",\"ma\":\"ORG-100030215\",\"dn\":" dn ",\"sd\":" sd ",\"dt\":" dt \
	",\"co\":\"AQ\",\"is\":\"M\",\"ci\":" ci "}]"
#define SWAB(sc)                                                      \
	"\"t\":[{\"tg\":\"840539006\",\"tt\":\"LP6464-4\",\"sc\":" sc \
	",\"tr\":\"260415000\",\"tc\":\"S\",\"co\":\"AQ\","           \
	"\"is\":\"M\",\"ci\":\"URN:UVCI:01:AQ:7F3KX2#7\"}]"
#define CI   "\"URN:UVCI:01:AQ:7F3KX2#7\""
#define DT   "\"2026-05-29\""
#define DOB  "\"1998-02-26\""
#define GOOD SHOT("2", "2", DT, CI)

/* What is refused, and where. */
static const struct {
	const char *json;
	enum reason reason;
	const char *pointer;
} refused[] = {
	{ DCC("1.3.0", MINT_NAME, DOB, "\"x\":1"), REASON_PROFILE_GROUPS, "/-260/1" },
	{ DCC("1.3.0", MINT_NAME, DOB, "\"v\":[]"), REASON_PROFILE_GROUPS, "/-260/1" },
	{ DCC("1.3.0", MINT_NAME, DOB, "\"v\":[{},{}]"), REASON_PROFILE_GROUPS, "/-260/1" },
	{ DCC("1.3.0", MINT_NAME, DOB, "\"v\":[1]"), REASON_PROFILE_GROUPS, "/-260/1" },
	{ DCC("1.3.0", MINT_NAME, DOB, GOOD "," SWAB("\"2026-05-29T10:00:00Z\"")),
		REASON_PROFILE_GROUPS, "/-260/1" },
	{ DCC("1.3.0", "\"nam\":{}", DOB, GOOD), REASON_PROFILE_MISSING, "/-260/1/nam/fnt" },
	{ DCC("1.3.0", "\"nam\":1", DOB, GOOD), REASON_PROFILE_TYPE, "/-260/1/nam" },
	{ DCC("1.3.0", "\"nam\":{\"fnt\":1,\"gn\":\"a\"}", DOB, GOOD), REASON_PROFILE_TYPE,
		"/-260/1/nam/fnt" },
	{ DCC("1.3.0", MINT_NAME, "1998", GOOD), REASON_PROFILE_TYPE, "/-260/1/dob" },
	{ DCC("1.3.0", MINT_NAME, "\"26.02.1998\"", GOOD), REASON_PROFILE_VALUE, "/-260/1/dob" },
	{ DCC("1.3.0", MINT_NAME, DOB, SHOT("\"2\"", "2", DT, CI)), REASON_PROFILE_TYPE,
		"/-260/1/v/0/dn" },
	{ DCC("1.3.0", MINT_NAME, DOB, SHOT("-1", "2", DT, CI)), REASON_PROFILE_VALUE,
		"/-260/1/v/0/dn" },
	{ DCC("1.3.0", MINT_NAME, DOB, SHOT("1.5", "2", DT, CI)), REASON_PROFILE_VALUE,
		"/-260/1/v/0/dn" },
	{ DCC("1.3.0", MINT_NAME, DOB, SHOT("2", "2", "\"\"", CI)), REASON_PROFILE_VALUE,
		"/-260/1/v/0/dt" },
	{ DCC("1.3.0", MINT_NAME, DOB, SHOT("2", "2", "\"2026-5-29\"", CI)), REASON_PROFILE_VALUE,
		"/-260/1/v/0/dt" },
	{ DCC("1.3.0", MINT_NAME, DOB, SHOT("2", "2", "20260529", CI)), REASON_PROFILE_TYPE,
		"/-260/1/v/0/dt" },
	{ DCC("1.3.0", MINT_NAME, DOB, SHOT("2", "2", "\"2026-05-29x\"", CI)), REASON_PROFILE_VALUE,
		"/-260/1/v/0/dt" },
	{ DCC("1.3.0", MINT_NAME, DOB, SHOT("2", "2", DT, "null")), REASON_PROFILE_MISSING,
		"/-260/1/v/0/ci" },
	{ DCC("1.3.0", MINT_NAME, DOB, SWAB("\"2026-05-29\"")), REASON_PROFILE_VALUE,
		"/-260/1/t/0/sc" },
	{ DCC("1.3.0", MINT_NAME, DOB, SWAB("\"2026-05-29T25:00:00Z\"")), REASON_PROFILE_VALUE,
		"/-260/1/t/0/sc" },
	{ "{" MINT_NAME ",\"dob\":" DOB "," GOOD "}", REASON_PROFILE_MISSING, "/-260/1/ver" },
};

static void
test_refused(void **state)
{
	struct verify v;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		mint_verify(&m, mint_text(&m, refused[i].json, (struct hcert_recipe){ 0 }), &v);
		const struct check *c = &m.report.checks[CHECK_PROFILE];
		if (c->reason != refused[i].reason || !span_is(c->at.pointer, refused[i].pointer))
			fail_msg("row %zu: %s at %.*s", i, reason_code(c->reason),
				(int)c->at.pointer.len, (const char *)c->at.pointer.ptr);
	}
}

/* What is tolerated: the verdict stands, and one note says what was seen. */
static const struct {
	const char *json;
	enum reason note; /* REASON_NONE: nothing at all is noted */
} tolerated[] = {
	{ DCC("1.3.0", MINT_NAME, DOB, GOOD), REASON_NONE },
	{ DCC("1.3.2", "\"nam\":{\"gnt\":\"OTTO\"}", DOB, GOOD), REASON_NONE },
	{ DCC("1.3.0", "\"nam\":{\"gnt\":\"OTTO\"}", DOB, GOOD), REASON_NOTE_SCHEMA_VERSION },
	{ DCC("1.3.0", MINT_NAME, "\"1998\"", GOOD), REASON_NONE },
	{ DCC("1.3.0", MINT_NAME, "\"1998-02\"", GOOD), REASON_NONE },
	{ DCC("1.0.0", MINT_NAME, "\"1998-02\"", GOOD), REASON_NOTE_SCHEMA_VERSION },
	{ DCC("1.3.0", MINT_NAME, "\"1998-00-00\"", GOOD), REASON_NOTE_SCHEMA_VERSION },
	{ DCC("1.3.0", MINT_NAME, "\"1989-00-20\"", GOOD), REASON_NOTE_DATE_IMPOSSIBLE },
	{ DCC("1.3.0", MINT_NAME, "\"1998-02-26T00:00:00\"", GOOD), REASON_NOTE_DATE_TIME },
	{ DCC("1.3.0", MINT_NAME, "\"\"", GOOD), REASON_NOTE_RECORD_MISSING },
	{ DCC("1.2.0", MINT_NAME, "\"\"", GOOD), REASON_NOTE_SCHEMA_VERSION },
	{ DCC("1.3.0", MINT_NAME, DOB, SHOT("2.0", "2.0", DT, CI)), REASON_NOTE_NUMBER_FLOAT },
	{ DCC("1.3.0", MINT_NAME, DOB, SHOT("3", "2", DT, CI)), REASON_NOTE_DOSES },
	{ DCC("1.3.0", MINT_NAME, DOB, SHOT("12", "12", DT, CI)), REASON_NONE },
	{ DCC("1.2.1", MINT_NAME, DOB, SHOT("12", "12", DT, CI)), REASON_NOTE_SCHEMA_VERSION },
	{ DCC("1.3.0", MINT_NAME, DOB, SHOT("2", "2", "\"2026-02-30\"", CI)),
		REASON_NOTE_DATE_IMPOSSIBLE },
	{ DCC("1.3.0", MINT_NAME, DOB, SHOT("2", "2", "\"2026-05-29T00:00:00Z\"", CI)),
		REASON_NOTE_DATE_TIME },
	{ DCC("1.3.0", MINT_NAME, DOB, SHOT("2", "2", DT, "\"01AQ1\"")), REASON_NOTE_UVCI_FORM },
	{ DCC("1.3.0", MINT_NAME, DOB, SHOT("2", "2", DT, "\"URN:UVCI:01:AQ:7F3KX2#8\"")),
		REASON_NOTE_UVCI_CHECKSUM },
	{ DCC("1.3.0", MINT_NAME, DOB, SHOT("2", "2", DT, "\"URN:UVCI:01:AQ:7F3KX2\"")),
		REASON_NONE },
	{ DCC("1.3.0", MINT_NAME, DOB, "\"t\":null," GOOD), REASON_NOTE_NULL },
	{ DCC("1.3.0", MINT_NAME, DOB, SWAB("\"2026-05-29T10:00:00.123Z\"")), REASON_NONE },
	{ DCC("1.3.0", MINT_NAME, DOB, SWAB("\"2026-05-29T10:00:00\"")), REASON_NOTE_TIME_ZONE },
	{ DCC("1.3.0", MINT_NAME, DOB, SWAB("\"2026-05-29T10:00:00+0200\"")),
		REASON_NOTE_TIME_ZONE },
	{ DCC("7.7.7", MINT_NAME, DOB, GOOD), REASON_NOTE_VERSION_UNKNOWN },
	{ DCC("1.3.0", MINT_NAME, DOB, "\"meta\":{\"a\":1}," GOOD), REASON_NONE },
};

static void
test_tolerated(void **state)
{
	struct verify v;

	(void)state;
	for (size_t i = 0; i < sizeof(tolerated) / sizeof(tolerated[0]); i++) {
		enum verdict verdict = mint_verify(
			&m, mint_text(&m, tolerated[i].json, (struct hcert_recipe){ 0 }), &v);
		bool right = tolerated[i].note == REASON_NONE ? m.report.finding_count == 0
							      : mint_found(&m, tolerated[i].note);
		if (verdict != VERDICT_VERIFIED || !right)
			fail_msg("row %zu: %s, %s, %zu notes, first %s", i, verdict_name(verdict),
				reason_code(report_reason(&m.report)), m.report.finding_count,
				m.report.findings ? reason_code(m.report.findings->reason) : "");
	}
}

static void
test_record(void **state)
{
	struct verify v;

	(void)state;
	mint_verify(&m,
		mint_text(&m, DCC("1.3.0", MINT_NAME, "\"1998-02-00\"", GOOD),
			(struct hcert_recipe){ 0 }),
		&v);
	const struct record *r = &v.record;
	const struct event *e = &r->events[0];
	assert_true(v.has_record);
	assert_true(span_is(r->name.family_icao, "PINGUIN") && span_is(r->name.given, "Otto"));
	assert_true(span_is(r->birth_date, "1998-02"));
	assert_true(span_is(r->certificate.identifier, "URN:UVCI:01:AQ:7F3KX2#7"));
	assert_true(span_is(r->certificate.version, "1.3.0"));
	assert_int_equal(r->certificate.until, MINT_NOW + MINT_DAY);
	assert_int_equal(e->kind, EVENT_VACCINATION);
	assert_int_equal(e->dose, 2);
	assert_true(span_is(e->brand.display, "Comirnaty") &&
		    span_is(e->disease.system, "http://snomed.info/sct"));
	assert_true(span_is(e->date, "2026-05-29"));
	assert_int_equal(e->lot.len, 0);
	mint_verify(&m,
		mint_text(&m, DCC("1.3.0", MINT_NAME, DOB, SWAB("\"2026-05-29T10:00:00Z\"")),
			(struct hcert_recipe){ 0 }),
		&v);
	assert_int_equal(v.record.events[0].kind, EVENT_TEST);
	assert_int_equal(v.record.events[0].dose, RECORD_NO_NUMBER);
	assert_true(span_is(v.record.events[0].sample_time, "2026-05-29T10:00:00Z"));
	assert_true(span_is(v.record.events[0].date, "2026-05-29"));
}

static void
test_valuesets(void **state)
{
	(void)state;
	/* every code is found in its set, and in no set without codes */
#define VALUE(set, code, display)                                                      \
	assert_true(span_is(valueset_display(VALUES_##set, SPAN_LIT(code)), display)); \
	assert_null(valueset_display(VALUES_NONE, SPAN_LIT(code)).ptr);
#include "codecs/record/valuesets.def"
#undef VALUE
	assert_true(span_is(valueset_display(VALUES_DISEASE, SPAN_LIT("840539006")), "COVID-19"));
	assert_true(span_is(valueset_display(VALUES_COUNTRY, SPAN_LIT("ZW")), "Zimbabwe"));
	assert_null(valueset_display(VALUES_COUNTRY, SPAN_LIT("840539006")).ptr);
	assert_null(valueset_display(VALUES_PRODUCT, SPAN_LIT("")).ptr);
	assert_true(span_is(valueset_coded(VALUES_PROPHYLAXIS, SPAN_LIT("J07BX03")).system,
		"http://www.whocc.no/atc"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_tolerated),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_valuesets),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
