/* Signed documents: what is verified, and each way in which one is not. */
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/fhir/signed.h"
#include "codecs/seal/cert.h"
#include "codecs/seal/digest.h"
#include "tests/aid/oom.h"
#include "tests/fhir/aid_fhir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define R(type, more) \
	"{\"fullUrl\":\"urn:" type "\",\"resource\":{\"resourceType\":\"" type "\"" more "}}"
#define PERIOD(p)       R("Composition", ",\"status\":\"final\",\"event\":[{\"period\":{" p "}}]")
#define ALWAYS          R("Composition", ",\"status\":\"final\"")
#define PATIENT         R("Patient", ",\"id\":\"p\",\"name\":[{\"text\":\"Otto\"}]")
#define SHOT(more)      R("Immunization", ",\"vaccineCode\":{\"text\":\"V\"}" more)
#define GIVEN           SHOT(",\"status\":\"completed\",\"patient\":{\"reference\":\"urn:Patient\"}")
#define BUNDLE(entries) "{\"resourceType\":\"Bundle\",\"type\":\"document\",\"entry\":[" entries "]"
#define GOOD            BUNDLE(ALWAYS "," PATIENT "," GIVEN)

static struct papers *x;
static char header[128];

static int
open_all(void **state)
{
	uint8_t digest[32];
	struct buf b;

	(void)state;
	x = papers_open("fhir-json");
	b = buf_in(x->ours.arena, SIZE_MAX);
	assert_int_equal(digest_of(x->ours.kit, DIGEST_SHA256, cert_der(x->ours.cert), digest), 0);
	base64_encode(&b, (struct span){ digest, 8 });
	snprintf(header, sizeof(header), "{\"alg\":\"ES256\",\"kid\":\"%.*s\"}", (int)b.len,
		(const char *)b.ptr);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	papers_close(x);
	return 0;
}

/* Content that is genuine, and what is said of it. */
static const struct {
	const char *open;
	enum reason reason; /* 0: verified */
} contents[] = {
	{ GOOD, 0 },
	{ BUNDLE(ALWAYS "," PATIENT "," SHOT(",\"status\":\"completed\",\"patient\":{\"reference\":"
					     "\"Patient/p\"}")),
		0 },
	{ BUNDLE(ALWAYS "," PATIENT "," R("Observation", ",\"status\":\"final\"")), 0 },
	/* periods; now is 2026-12-01T12:00:00Z */
	{ BUNDLE(PERIOD("\"start\":\"2026-12-01\",\"end\":\"2026-12-01\"") "," PATIENT "," GIVEN),
		0 },
	{ BUNDLE(PERIOD("\"start\":\"2026\",\"end\":\"2026-12\"") "," PATIENT "," GIVEN), 0 },
	{ BUNDLE(PERIOD("\"end\":\"2026-11\"") "," PATIENT "," GIVEN), REASON_VALIDITY_EXPIRED },
	{ BUNDLE(PERIOD("\"end\":\"2025\"") "," PATIENT "," GIVEN), REASON_VALIDITY_EXPIRED },
	{ BUNDLE(PERIOD("\"start\":\"2026-12-02\"") "," PATIENT "," GIVEN),
		REASON_VALIDITY_NOT_YET },
	{ BUNDLE(PERIOD("\"end\":\"2026-12-01T11:00:00Z\"") "," PATIENT "," GIVEN),
		REASON_VALIDITY_EXPIRED },
	{ BUNDLE(PERIOD("\"end\":\"for ever\"") "," PATIENT "," GIVEN), REASON_FHIR_ELEMENT },
	{ BUNDLE(PERIOD("\"end\":\"2026-13\"") "," PATIENT "," GIVEN), REASON_FHIR_ELEMENT },
	/* what was not done, or is of nobody in particular */
	{ BUNDLE(ALWAYS "," PATIENT "," SHOT(",\"status\":\"not-done\"")), REASON_PROFILE_STATUS },
	{ BUNDLE(ALWAYS "," PATIENT "," SHOT("")), REASON_PROFILE_MISSING },
	{ BUNDLE(ALWAYS "," PATIENT "," R("Observation", ",\"status\":\"preliminary\"")),
		REASON_PROFILE_STATUS },
	{ BUNDLE(ALWAYS "," PATIENT "," SHOT(",\"status\":\"completed\",\"patient\":{\"reference\":"
					     "\"Patient/q\"}")),
		REASON_PROFILE_PERSON },
	{ BUNDLE(ALWAYS "," PATIENT "," PATIENT "," GIVEN), REASON_PROFILE_VALUE },
	{ BUNDLE(ALWAYS "," GIVEN), REASON_PROFILE_MISSING },
	{ BUNDLE(PATIENT "," GIVEN), REASON_PROFILE_MISSING },
	{ BUNDLE(R("Composition", "") "," PATIENT "," GIVEN), REASON_PROFILE_MISSING },
	{ BUNDLE(R("Composition", ",\"status\":\"entered-in-error\"") "," PATIENT "," GIVEN),
		REASON_PROFILE_STATUS },
	{ BUNDLE(R("Composition",
		  ",\"status\":\"final\",\"subject\":{\"reference\":\"urn:other\"}") "," PATIENT
										     "," GIVEN),
		REASON_PROFILE_PERSON },
	{ BUNDLE(ALWAYS "," PATIENT "," SHOT(",\"status\":\"completed\",\"modifierExtension\":[{"
					     "\"url\":\"urn:not\"}]")),
		REASON_PROFILE_VALUE },
	{ BUNDLE(ALWAYS "," PATIENT "," GIVEN) ",\"implicitRules\":\"urn:x\"",
		REASON_PROFILE_VALUE },
};

static void
test_contents(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
		enum verdict v = papers_verify(x, papers_sign(x, contents[i].open, header));
		enum reason got = v == VERDICT_VERIFIED ? 0 : report_reason(&x->ours.report);
		if (got != contents[i].reason)
			fail_msg("row %zu: %s", i, reason_code(got));
	}
}

/* Two tests: each has the device that it refers to, and none what belongs to nobody in particular. */
static void
test_several(void **state)
{
#define OBSERVED(more) R("Observation", ",\"status\":\"final\"" more)
#define KIT(n, agent)                                                                          \
	"{\"fullUrl\":\"urn:kit" n "\",\"resource\":{\"resourceType\":\"Device\",\"property\"" \
	":[{\"valueCode\":[{\"coding\":[{\"code\":\"" agent "\"}]}]}]}}"
	static const char open[] = BUNDLE(ALWAYS
		"," PATIENT "," OBSERVED(",\"device\":{\"reference\":\"urn:kit2\"}") "," OBSERVED(
			"") "," KIT("1", "FLU") "," KIT("2", "XN109") "," R("Procedure",
			",\"location\":{\"display\":\"Hut\"}"));

	(void)state;
	assert_int_equal(papers_verify(x, papers_sign(x, open, header)), VERDICT_VERIFIED);
	assert_int_equal(x->again.record.event_count, 2);
	assert_true(span_is(x->again.record.events[0].disease.code, "XN109"));
	assert_int_equal(x->again.record.events[1].disease.code.len, 0);
	assert_int_equal(x->again.record.events[0].centre.len, 0);
}

/* Headers that are signed with the rest. */
static void
test_headers(void **state)
{
	static const struct {
		const char *header;
		enum reason reason;
	} rows[] = {
		{ "{\"alg\":\"ES256\",\"kid\":\"AAAAAAAAAAA=\"}", REASON_ISSUER_UNKNOWN },
		{ "{\"alg\":\"ES256\",\"kid\":\"another\"}", REASON_ISSUER_UNKNOWN },
		{ "{\"alg\":\"ES256\"}", REASON_ISSUER_NO_KID },
		{ "{\"alg\":\"none\",\"kid\":\"a\"}", REASON_SIGNATURE_ALGORITHM },
		{ "{\"alg\":\"HS256\",\"kid\":\"a\"}", REASON_SIGNATURE_ALGORITHM },
		{ "{\"alg\":\"RS256\",\"kid\":\"a\"}", REASON_SIGNATURE_ALGORITHM },
		{ "{\"alg\":\"ES256\",\"kid\":\"a\",\"crit\":[\"b64\"],\"b64\":false}",
			REASON_JWS_CRIT },
		{ "{\"kid\":\"a\"}", REASON_JWS_HEADER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(
			papers_verify(x, papers_sign(x, GOOD, rows[i].header)), VERDICT_REJECTED);
		if (report_reason(&x->ours.report) != rows[i].reason)
			fail_msg("row %zu: %s", i, reason_code(report_reason(&x->ours.report)));
	}
}

/* The text with one part of it in another's place. */
static struct span
replaced(struct span text, const char *from, const char *to)
{
	struct buf b = buf_in(x->ours.arena, SIZE_MAX);
	size_t n = strlen(from);

	for (size_t i = 0; i + n <= text.len; i++)
		if (memcmp(&text.ptr[i], from, n) == 0) {
			buf_add(&b, span_slice(text, 0, i));
			buf_str(&b, to);
			buf_add(&b, span_from(text, i + n));
			return buf_span(&b);
		}
	fail_msg("%s is not there", from);
	return SPAN_NONE;
}

static void
test_changes(void **state)
{
	static const struct {
		const char *from, *to;
		enum reason reason;
	} rows[] = {
		{ "Otto", "Anna", REASON_SIGNATURE_MISMATCH },
		{ "\"completed\"", "\"not-done\"", REASON_SIGNATURE_MISMATCH },
		{ "\"type\":\"document\"", "\"type\":\"document\",\"id\":\"other\"",
			REASON_SIGNATURE_MISMATCH },
		{ "\"doseNumberPositiveInt\":2", "\"doseNumberPositiveInt\":3",
			REASON_SIGNATURE_MISMATCH },
		/* the same number, which no reader would take for a count */
		{ "\"doseNumberPositiveInt\":2", "\"doseNumberPositiveInt\":2.0",
			REASON_FHIR_SIGNATURE },
		{ "application/jose", "image/png", REASON_FHIR_SIGNATURE },
		{ "\"sigFormat\":\"application/jose\",", "", REASON_FHIR_SIGNATURE },
		{ "\"data\":\"", "\"data\":\"*", REASON_FHIR_SIGNATURE },
		{ "\"signature\"", "\"signature\":{\"sigFormat\":\"a\"},\"signature\"",
			REASON_JSON_DUPLICATE },
		/* blanks and order are no content; when and by whom is not covered, and not read */
		{ "\"entry\":", " \"entry\" : ", 0 },
		{ "\"signature\":{", "\"signature\":{\"when\":\"1999-01-01T00:00:00Z\",", 0 },
	};
	static const char open[] = BUNDLE(ALWAYS "," PATIENT "," SHOT(
		",\"status\":\"completed\",\"protocolApplied\":[{\"doseNumberPositiveInt\":2}]"));
	struct span good = papers_sign(x, open, header);

	(void)state;
	assert_int_equal(papers_verify(x, good), VERDICT_VERIFIED);
	assert_int_equal(x->again.record.events[0].dose, 2);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum verdict v = papers_verify(x, replaced(good, rows[i].from, rows[i].to));
		enum reason got = v == VERDICT_VERIFIED ? 0 : report_reason(&x->ours.report);
		if (got != rows[i].reason)
			fail_msg("row %zu: %s", i, reason_code(got));
		assert_true(v == VERDICT_VERIFIED || !x->again.has_record);
	}
}

/* Two of them, several signers, a payload of its own. */
static void
test_forms(void **state)
{
	static const struct {
		const char *data;
		enum reason reason;
	} rows[] = {
		{ "{\"payload\":\"\",\"signatures\":[]}", REASON_JWS_STRUCTURE },
		{ "e30.e30.AA", REASON_JWS_HEADER },
		{ "eyJhbGciOiJFUzI1NiJ9.e30.AA", REASON_FHIR_SIGNATURE },
		{ "eyJhbGciOiJFUzI1NiJ9..AA.AA", REASON_JWS_STRUCTURE },
		{ "", REASON_FHIR_SIGNATURE },
	};
	struct span two = SPAN_LIT(
		"<Bundle xmlns=\"http://hl7.org/fhir\"><type value=\"document\"/>"
		"<signature><sigFormat value=\"a\"/></signature>"
		"<signature><sigFormat value=\"a\"/></signature></Bundle>");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b = buf_in(x->ours.arena, SIZE_MAX);
		buf_str(&b, GOOD ",\"signature\":{\"sigFormat\":\"application/jose\"");
		buf_str(&b, rows[i].data[0] ? ",\"data\":\"" : ",\"id\":\"");
		base64_encode(&b, rows[i].data[0] ? span_of(rows[i].data) : SPAN_LIT("s"));
		buf_str(&b, "\"}}");
		assert_int_equal(papers_verify(x, buf_span(&b)), VERDICT_REJECTED);
		if (report_reason(&x->ours.report) != rows[i].reason)
			fail_msg("row %zu: %s", i, reason_code(report_reason(&x->ours.report)));
	}
	assert_int_equal(papers_verify(x, two), VERDICT_REJECTED);
	assert_int_equal(report_reason(&x->ours.report), REASON_FHIR_ELEMENT);
	assert_int_equal(papers_verify(x, span_of(GOOD "}")), VERDICT_REJECTED);
	assert_int_equal(report_reason(&x->ours.report), REASON_SIGNATURE_MISSING);
}

/* A key that is trusted for EU certificates alone, and somebody else's under our name. */
static void
test_keys(void **state)
{
	struct span good = papers_sign(x, GOOD, header);
	struct trust *own = x->trust;
	struct signer ours = x->ours.signer;

	(void)state;
	x->trust = papers_trust(&x->ours, TRUST_DCC);
	assert_int_equal(papers_verify(x, good), VERDICT_REJECTED);
	assert_int_equal(report_reason(&x->ours.report), REASON_ISSUER_UNKNOWN);
	trust_unref(x->trust);
	x->trust = own;
	x->ours.signer = x->source.signer;
	good = papers_sign(x, GOOD, header);
	x->ours.signer = ours;
	assert_int_equal(papers_verify(x, good), VERDICT_REJECTED);
	assert_int_equal(report_reason(&x->ours.report), REASON_SIGNATURE_MISMATCH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contents),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
