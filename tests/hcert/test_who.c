/* test_who.c - the WHO's certificates in a container: each model's fields, its record, and how the field writes it. */
#include "codecs/base/text.h"
#include "tests/hcert/aid_who.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct mint m;
static struct verify v;

#define RUN(rows) who_rows(&m, rows, sizeof(rows) / sizeof((rows)[0]))

static int
open_mint(void **state)
{
	(void)state;
	mint_open(&m, PRIVATE_P256, SIG_ES256);
	return 0;
}

static int
close_mint(void **state)
{
	(void)state;
	mint_close(&m);
	return 0;
}

static void
test_icvp(void **state)
{
	static const struct who_row rows[] = {
		{ -6, ICVP, REASON_NONE, REASON_NONE },
		{ -6, "{" PERSON ",\"v\":[" SHOT "," SHOT "]}", REASON_NONE, REASON_NONE },
		{ -6, "{" PERSON ",\"v\":" SHOT "}", REASON_NONE, REASON_NOTE_ICVP_OBJECT },
		{ -6, "{" PERSON ",\"v\":[]}", REASON_PROFILE_MISSING, REASON_NONE },
		{ -6, "{" PERSON ",\"v\":null}", REASON_PROFILE_MISSING, REASON_NONE },
		{ -6, "{" PERSON "}", REASON_PROFILE_MISSING, REASON_NONE },
		{ -6, "{" PERSON ",\"v\":[7]}", REASON_PROFILE_TYPE, REASON_NONE },
		{ -6, "{" PERSON ",\"v\":7}", REASON_PROFILE_TYPE, REASON_NONE },
		{ -6, "{\"dob\":\"1998\",\"v\":[" SHOT "]}", REASON_PROFILE_MISSING, REASON_NONE },
		{ -6, "{\"n\":\"O\",\"v\":[" SHOT "]}", REASON_PROFILE_MISSING, REASON_NONE },
		{ -6, "{\"n\":\"O\",\"dob\":\"26.2.1998\",\"v\":[" SHOT "]}", REASON_PROFILE_VALUE,
			REASON_NONE },
		{ -6, "{\"n\":\"G\xef\xbf\xbdlez\",\"dob\":\"1998\",\"v\":[" SHOT "]}", REASON_NONE,
			REASON_NOTE_MANGLED },
		{ -6, "{\"n\":7,\"dob\":\"1998\",\"v\":[" SHOT "]}", REASON_PROFILE_TYPE,
			REASON_NONE },
		{ -6, "{" PERSON ",\"s\":\"M\",\"v\":[" SHOT "]}", REASON_NONE, REASON_NONE },
		{ -6, "{" PERSON ",\"s\":\"X\",\"v\":[" SHOT "]}", REASON_NONE,
			REASON_NOTE_CODE_UNKNOWN },
		{ -6, "{" PERSON ",\"v\":[{\"vp\":\"" YF "\",\"dt\":\"2026-10-01\",\"cn\":\"D\"}]}",
			REASON_PROFILE_MISSING, REASON_NONE },
		{ -6, "{" PERSON ",\"v\":[{\"vp\":\"" YF "\",\"dt\":\"2026-10-01\",\"bo\":\"A\"}]}",
			REASON_NONE, REASON_NOTE_ICVP_NOBODY },
		{ -6, ICVP_OF("a3K3X0000", "2026-10-01"), REASON_NONE, REASON_NOTE_ICVP_PRODUCT },
		{ -6, ICVP_WITH("\"tg\":\"1D47\""), REASON_NONE, REASON_NOTE_ICVP_DRAFT },
		{ -6, "[" SHOT "]", REASON_CWT_CLAIM_TYPE, REASON_NONE },
	};

	(void)state;
	RUN(rows);
}

static void
test_ddcc(void **state)
{
	static const struct who_row rows[] = {
		{ 3, "{" HEAD ",\"vaccination\":{" VS "}}", REASON_NONE, REASON_NONE },
		{ 4, "{" HEAD ",\"test\":{" TR "}}", REASON_NONE, REASON_NONE },
		{ 3, "{" HEAD ",\"test\":{" TR "}}", REASON_DDCC_EVENT, REASON_NONE },
		{ 4, "{" HEAD ",\"vaccination\":{" VS "}}", REASON_DDCC_EVENT, REASON_NONE },
		{ 3, "{" HEAD ",\"vaccination\":[{" VS "}]}", REASON_PROFILE_TYPE, REASON_NONE },
		{ 3, "{" HEAD ",\"vaccination\":{\"lot\":\"L\"}}", REASON_PROFILE_MISSING,
			REASON_NONE },
		{ 3, "{\"vaccination\":{" VS "}}", REASON_PROFILE_MISSING, REASON_NONE },
		{ 3, "{" HEAD ",\"identifier\":7,\"vaccination\":{" VS "}}", REASON_PROFILE_TYPE,
			REASON_NONE },
		{ 3,
			"{" HEAD ",\"certificate\":{\"issuer\":{\"display\":\"M\"},\"hcid\":{"
			"\"value\":\"1\"},"
			"\"version\":\"RC2\",\"period\":{\"start\":\"2026-12-01\",\"end\":\"2026-"
			"12-01\"}},"
			"\"vaccination\":{" VS "}}",
			REASON_NONE, REASON_NONE },
		{ 3,
			"{" HEAD
			",\"certificate\":{\"issuer\":\"M\",\"hcid\":\"1\",\"version\":\"RC2\","
			"\"period\":{\"end\":\"2026-11-30\"}},\"vaccination\":{" VS "}}",
			REASON_DDCC_PERIOD, REASON_NONE },
		{ 3,
			"{" HEAD ",\"certificate\":{\"issuer\":\"M\",\"version\":\"RC2\"},"
			"\"vaccination\":{" VS "}}",
			REASON_PROFILE_MISSING, REASON_NONE },
		{ 3, "{" HEAD ",\"certificate\":7,\"vaccination\":{" VS "}}", REASON_PROFILE_TYPE,
			REASON_NONE },
		{ 3,
			"{" HEAD ",\"vaccination\":{\"vaccine\":\"A\",\"brand\":\"B\",\"lot\":"
			"\"L\",\"date\":"
			"\"2026-05-01\",\"dose\":1,\"country\":\"ATA\"}}",
			REASON_NONE, REASON_NOTE_DDCC_MAKER },
		{ 3,
			"{" HEAD ",\"vaccination\":{\"vaccine\":\"A\",\"brand\":\"B\",\"lot\":"
			"\"L\",\"date\":"
			"\"2026-05-01\",\"dose\":0,\"country\":\"ATA\"}}",
			REASON_PROFILE_VALUE, REASON_NONE },
		{ 3,
			"{" HEAD
			",\"vaccination\":{\"vaccine\":{},\"brand\":\"B\",\"lot\":\"L\",\"date\":"
			"\"2026-05-01\",\"dose\":1,\"country\":\"ATA\"}}",
			REASON_PROFILE_TYPE, REASON_NONE },
	};

	(void)state;
	RUN(rows);
}

#define MEDICINE "{\"m\":\"318956006\",\"s\":\"active\",\"es\":\"2026-01-01\",\"d\":\"1 a day\"}"

static void
test_medication(void **state)
{
	static const struct who_row rows[] = {
		{ -7, "{" PERSON ",\"s\":\"male\",\"m\":[" MEDICINE "]}", REASON_NONE,
			REASON_NONE },
		{ -7, "{" PERSON ",\"s\":\"male\"}", REASON_NONE, REASON_NOTE_RECORD_EMPTY },
		{ -7, "{" PERSON ",\"m\":[" MEDICINE "]}", REASON_PROFILE_MISSING, REASON_NONE },
		{ -7, "{" PERSON ",\"s\":\"male\",\"m\":[{\"m\":\"1\"}]}", REASON_NONE,
			REASON_NOTE_FIELD_MISSING },
		{ -7, "{" PERSON ",\"s\":\"male\",\"m\":[{\"s\":\"active\"}]}",
			REASON_PROFILE_MISSING, REASON_NONE },
		{ -7, "{" PERSON ",\"s\":\"male\",\"m\":" MEDICINE "}", REASON_PROFILE_TYPE,
			REASON_NONE },
		{ -7, "{" PERSON ",\"s\":\"male\",\"m\":[7]}", REASON_PROFILE_TYPE, REASON_NONE },
		{ -7,
			"{" PERSON ",\"s\":\"male\",\"m\":[" MEDICINE "," MEDICINE "," MEDICINE
			"," MEDICINE "]}",
			REASON_NONE, REASON_NOTE_MEDICATION_LINES },
	};

	(void)state;
	RUN(rows);
}

/* A link of these members in the place of the % of a form. */
static const char *
link_claim(const char *json, const char *form)
{
	struct buf b = buf_in(m.arena, SIZE_MAX);
	size_t at = span_find(span_of(form), '%');

	buf_add(&b, span_slice(span_of(form), 0, at));
	base64url_encode(&b, span_of(json));
	buf_str(&b, &form[at + 1]);
	buf_char(&b, '\0');
	assert_int_equal(b.error, 0);
	return (const char *)b.ptr;
}

#define KEY43 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define URL   "https://vhl.example/0123456789012345678901234567890123456789012"
#define LINK                                    \
	"{\"url\":\"" URL "\",\"key\":\"" KEY43 \
	"\",\"flag\":\"P\",\"label\":\"Otto\",\"exp\":1796126401}"
#define VHL "\"vhlink:/%\""

static void
test_link(void **state)
{
	static const struct {
		const char *json, *form;
		enum reason reason, note;
	} rows[] = {
		{ LINK, VHL, REASON_NONE, REASON_NONE },
		{ LINK, "[{\"u\":\"shlink:/%\"}]", REASON_NONE, REASON_NOTE_LINK_OLD_FORM },
		{ LINK, "[{\"u\":\"shlink://%\"}]", REASON_NONE, REASON_NOTE_LINK_OLD_FORM },
		{ LINK, "[{\"u\":\"vhlink:/%\"}]", REASON_NONE, REASON_NOTE_LINK_OLD_FORM },
		{ LINK, "[{\"u\":\"shlink:/%=\"}]", REASON_NONE, REASON_NOTE_LINK_PADDED },
		{ LINK, "\"vhlink:/%=\"", REASON_ENCODING_BASE64URL, REASON_NONE },
		{ LINK, "[{\"u\":\"vhlink:/%\"},{}]", REASON_LINK_FORM, REASON_NONE },
		{ LINK, "\"https://viewer.example/#%\"", REASON_LINK_FORM, REASON_NONE },
		{ LINK, "\"vhlink:/!%\"", REASON_ENCODING_BASE64URL, REASON_NONE },
		{ LINK, "{\"u\":\"vhlink:/%\"}", REASON_CWT_CLAIM_TYPE, REASON_NONE },
		{ "{\"url\":\"" URL "\",\"key\":\"" KEY43 "\",\"exp\":1796126399}", VHL,
			REASON_LINK_EXPIRED, REASON_NONE },
		{ "{\"url\":\"http://vhl.example/\",\"key\":\"" KEY43 "\"}", VHL, REASON_LINK_URL,
			REASON_NONE },
		{ "{\"url\":\"" URL "\",\"key\":\"" KEY43 "=\"}", VHL, REASON_LINK_KEY,
			REASON_NONE },
		{ "{\"url\":\"" URL "\",\"key\":\"" KEY43 "\",\"exp\":1796126401000}", VHL,
			REASON_NONE, REASON_NOTE_LINK_MILLISECONDS },
		{ "[]", VHL, REASON_LINK_MEMBER, REASON_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct who_row one = { 5, link_claim(rows[i].json, rows[i].form),
			rows[i].reason, rows[i].note };
		who_rows(&m, &one, 1);
	}
}

static void
expect_record(const char *want)
{
	struct buf b = buf_in(m.scratch, SIZE_MAX);

	assert_true(v.has_record);
	record_json(&b, &v.record);
	buf_char(&b, '\0');
	assert_int_equal(b.error, 0);
	assert_string_equal((const char *)b.ptr, want);
}

static void
verify(int64_t claim, const char *json)
{
	struct hcert_recipe r = { .claim = claim, .issuer = SPAN_LIT("ATA") };

	mint_verify(&m, mint_text(&m, json, r), &v);
	if (report_reason(&m.report) != REASON_NONE)
		fail_msg("%s", reason_code(report_reason(&m.report)));
}

#define CERTIFICATE                                                                           \
	"\"certificate\":{\"issuer\":\"ATA\",\"period\":{\"start\":\"2026-11-30T12:00:00Z\"," \
	"\"end\":"                                                                            \
	"\"2026-12-02T12:00:00Z\"}}"

static void
test_records(void **state)
{
	(void)state;
	verify(-6, "{\"n\":\"Otto "
		   "Pinguin\",\"dob\":\"1998-02-26\",\"s\":\"M\",\"ntl\":\"ATA\",\"nid\":\"7\","
		   "\"ndt\":\"PPN\",\"gn\":\"Aptenodytes\",\"v\":[{\"vp\":"
		   "\"YellowFeverProductf82b015dfb3b1fe"
		   "eacd4c44d95b3b3ec\",\"dt\":\"2026-10-01\",\"bo\":\"A1\",\"is\":\"S7\",\"vls\":"
		   "\"2026-10-11\"}]}");
	expect_record(
		"{\"name\":{\"text\":\"Otto "
		"Pinguin\"},\"birthDate\":\"1998-02-26\",\"sex\":\"male\","
		"\"nationality\":\"ATA\",\"guardian\":\"Aptenodytes\",\"identifiers\":[{\"value\":"
		"\"7\","
		"\"type\":\"PPN\"}]," CERTIFICATE
		",\"events\":[{\"type\":\"vaccination\",\"disease\":{\"normalised\":{\"code\":"
		"\"16541001\","
		"\"system\":\"http://snomed.info/sct\",\"display\":\"Yellow "
		"fever\",\"equivalence\":"
		"\"equal\"}},\"vaccine\":{\"normalised\":{\"code\":\"YF\",\"system\":"
		"\"http://smart.who.int/pcmt-vaxprequal/CodeSystem/"
		"PreQualVaccineType\",\"equivalence\":"
		"\"wider\"}},\"brand\":{\"code\":"
		"\"YellowFeverProductf82b015dfb3b1feeacd4c44d95b3b3ec\","
		"\"system\":\"http://smart.who.int/pcmt-vaxprequal/CodeSystem/PreQualProductIds\","
		"\"display\":\"Stabilized Yellow Fever Vaccine\",\"normalised\":{\"code\":"
		"\"a3K3X000006MihuUAC\",\"system\":"
		"\"http://smart.who.int/pcmt-vaxprequal/CodeSystem/"
		"PreQualProductIds\",\"equivalence\":"
		"\"equal\"}},\"manufacturer\":{\"normalised\":{\"display\":\"Institut Pasteur de "
		"Dakar\","
		"\"equivalence\":\"equal\"}},\"lot\":\"A1\",\"date\":\"2026-10-01\",\"issuer\":"
		"\"S7\","
		"\"certifiedFrom\":\"2026-10-11\"}]}");
}

static void
test_other_records(void **state)
{
	(void)state;
	verify(-7, "{\"n\":\"Otto\",\"dob\":\"1998\",\"s\":\"f\",\"nt\":\"ATA\",\"id\":"
		   "\"7\",\"dt\":\"PPN\",\"gn\":\"nobody's\",\"m\":[" MEDICINE "]}");
	expect_record(
		"{\"name\":{\"text\":\"Otto\"},\"birthDate\":\"1998\",\"sex\":"
		"\"female\",\"nationality\":\"ATA\",\"identifiers\":[{\"value\":\"7\",\"type\":"
		"\"PPN\"}]," CERTIFICATE
		",\"medications\":[{\"medication\":{\"code\":\"318956006\"},\"status\":\"active\","
		"\"start\":\"2026-01-01\",\"dosage\":\"1 a day\"}],\"events\":[]}");
	verify(5, link_claim(LINK, VHL));
	expect_record("{" CERTIFICATE
		      ",\"link\":{\"host\":\"vhl.example\",\"label\":\"Otto\",\"passcode\":"
		      "true,\"expires\":\"2026-12-01T12:00:01Z\"},\"events\":[]}");
	verify(4, "{" HEAD ",\"identifier\":{\"value\":\"7\",\"system\":\"urn:x\"},\"test\":{" TR
		  ",\"origin\":{\"code\":\"JAM.AH.XF\"}}}");
	expect_record(
		"{\"name\":{\"text\":\"Otto "
		"Pinguin\"},\"birthDate\":\"1998-02-26\",\"identifiers\":[{"
		"\"value\":\"7\",\"system\":\"urn:x\"}],\"certificate\":{\"period\":{\"start\":"
		"\"2026-11-30T12:00:00Z\",\"end\":\"2026-12-02T12:00:00Z\"}},\"events\":[{\"type\":"
		"\"test\","
		"\"disease\":{\"code\":\"XN109\",\"normalised\":{\"code\":\"840539006\",\"system\":"
		"\"http://snomed.info/"
		"sct\",\"display\":\"COVID-19\",\"equivalence\":\"inexact\"}},\"date\":"
		"\"2026-11-30\",\"testType\":{\"code\":\"1334426561\",\"normalised\":{\"code\":"
		"\"LP6464-4\","
		"\"system\":\"http://loinc.org\",\"display\":\"Nucleic acid amplification with "
		"probe "
		"detection\",\"equivalence\":\"equal\"}},\"specimen\":{\"code\":\"JAM.AH.XF\"},"
		"\"sampleTime\":\"2026-11-30T08:00:00Z\",\"result\":{\"code\":\"QA02\","
		"\"normalised\":{"
		"\"code\":\"260415000\",\"system\":\"http://snomed.info/sct\",\"display\":\"Not "
		"detected\","
		"\"equivalence\":\"equal\"}},\"country\":\"ATA\"}]}");
}

/* Forms that the specification has not and the WHO's issuers write: read for them, and for nobody else. */
static void
test_field_forms(void **state)
{
	static const struct {
		struct hcert_recipe recipe;
		enum reason dcc, note;
	} rows[] = {
		{ { .text_keys = true }, REASON_HCERT_UNKNOWN, REASON_NOTE_TEXT_KEYS },
		{ { .text_kid = true }, REASON_COSE_HEADER, REASON_NOTE_KID_TEXT },
		{ { .text_kid = true, .kid = HCERT_KID_UNPROTECTED }, REASON_COSE_HEADER,
			REASON_NOTE_KID_TEXT },
		{ { .milliseconds = true }, REASON_CWT_CLAIM_TYPE, REASON_NOTE_DATE_MILLISECONDS },
		{ { .expires = TIME_NONE }, REASON_CWT_CLAIM_MISSING, REASON_NOTE_DATE_MISSING },
		{ { .issued = TIME_NONE }, REASON_CWT_CLAIM_MISSING, REASON_NOTE_DATE_MISSING },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hcert_recipe r = rows[i].recipe;
		mint_verify(&m, mint_text(&m, MINT_GOOD, r), &v);
		enum reason got = report_reason(&m.report);
		r.claim = -6;
		mint_verify(&m, mint_text(&m, ICVP, r), &v);
		if (got != rows[i].dcc || report_reason(&m.report) != REASON_NONE ||
			!mint_found(&m, rows[i].note))
			fail_msg("row %zu: %s, %s", i, reason_code(got),
				reason_code(report_reason(&m.report)));
	}
}

static void
test_flat(void **state)
{
	static const struct {
		const char *json;
		enum reason reason;
	} rows[] = {
		{ "{" HEAD ",\"vaccine\":{\"code\":\"1119349007\",\"system\":\"http://snomed.info/"
		  "sct\"},\"dose\":1,"
		  "\"hcid\":\"US1\",\"hw\":\"Dr. "
		  "X\",\"valid_from\":\"2026-07-08\",\"valid_until\":\"2026-12-01\"}",
			REASON_NONE },
		{ "{" HEAD ",\"hcid\":\"US1\",\"valid_until\":\"2026-11-30\"}",
			REASON_DDCC_PERIOD },
		{ "{" HEAD ",\"hcid\":\"US1\",\"dose\":\"1\"}", REASON_PROFILE_TYPE },
		{ "{\"name\":\"Otto\"}", REASON_CWT_CLAIM_MISSING },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		mint_verify(
			&m, mint_text(&m, rows[i].json, (struct hcert_recipe){ .flat = true }), &v);
		if (report_reason(&m.report) != rows[i].reason)
			fail_msg("row %zu: %s", i, reason_code(report_reason(&m.report)));
		if (rows[i].reason == REASON_NONE) {
			assert_string_equal(v.credential.scheme, "ddcc-legacy");
			assert_true(span_is(v.record.events[0].practitioner, "Dr. X"));
			assert_true(span_is(v.record.certificate.identifier, "US1"));
		}
	}
}

/* What a key is listed for, and the policies that decide. */
static void
test_policies(void **state)
{
	static const struct {
		unsigned domains;
		bool match, protection;
		const char *json;
		enum reason reason, note;
	} rows[] = {
		{ 0, true, false, ICVP, REASON_NONE, REASON_NONE },
		{ GDHCN_ICVP | GDHCN_DCC, true, false, ICVP, REASON_NONE, REASON_NONE },
		{ GDHCN_DCC, true, false, ICVP, REASON_POLICY_DOMAIN, REASON_NONE },
		{ GDHCN_DCC, false, false, ICVP, REASON_NONE, REASON_NOTE_DOMAIN },
		{ 0, true, true, ICVP, REASON_NONE, REASON_NONE },
		{ 0, true, true, ICVP_OF(YF, "2026-11-25"), REASON_POLICY_PROTECTION,
			REASON_NOTE_ICVP_TOO_RECENT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t k = 0; k < trust_key_count(m.trust); k++)
			((struct trust_key *)(uintptr_t)trust_key_at(m.trust, k))->domains =
				rows[i].domains;
		m.policy.match_domain = rows[i].match;
		m.policy.protection = rows[i].protection;
		const struct who_row one = { -6, rows[i].json, rows[i].reason, rows[i].note };
		who_rows(&m, &one, 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_icvp),
		cmocka_unit_test(test_ddcc),
		cmocka_unit_test(test_medication),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_other_records),
		cmocka_unit_test(test_field_forms),
		cmocka_unit_test(test_flat),
		cmocka_unit_test(test_policies),
	};

	return cmocka_run_group_tests(tests, open_mint, close_mint);
}
