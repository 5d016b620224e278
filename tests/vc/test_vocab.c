/* test_vocab.c - the vaccination vocabulary, read by what its words stand for. */
#include "codecs/vc/emit/subject.h"
#include "codecs/vc/health/health.h"
#include "tests/aid/aid.h"
#include "tests/aid/oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define S        "\"http://schema.org/"
#define V        "\"https://w3id.org/vaccination#"

static const char published[] =
	"{\"@context\":[\"https://www.w3.org/2018/credentials/v1\","
	"\"https://w3id.org/vaccination/v1\"],\"id\":\"urn:uvci:01:AQ:1\","
	"\"type\":[\"VerifiableCredential\",\"VaccinationCertificate\"],"
	"\"issuer\":\"did:example:ice\",\"issuanceDate\":\"2022-01-05T17:43:33Z\","
	"\"credentialSubject\":{\"type\":\"VaccinationEvent\",\"order\":\"2\","
	"\"dateOfVaccination\":\"2021-12-20T00:00:00Z\",\"batchNumber\":\"B1\","
	"\"nextVaccinationDate\":\"2022-12-20\",\"administeringCentre\":\"Ice\","
	"\"healthProfessional\":\"Dr Emperor\",\"countryOfVaccination\":\"AQ\","
	"\"recipient\":{\"type\":\"VaccineRecipient\",\"givenName\":\"Ada\","
	"\"familyName\":\"Pinguin\",\"gender\":\"Female\",\"birthDate\":\"1987-04-21\"},"
	"\"vaccine\":{\"type\":\"Vaccine\",\"disease\":\"COVID-19\",\"atcCode\":\"J07BN02\","
	"\"medicinalProductName\":\"Vaxzevria\","
	"\"marketingAuthorizationHolder\":\"AstraZeneca AB\"}}}";

/* Its words defined in the document. */
static const char inlined[] = "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\",{"
			      "\"VaccinationEvent\":" V "VaccinationEvent\","
			      "\"recipient\":" V "recipient\",\"order\":" V "order\","
			      "\"givenName\":" S "givenName\",\"familyName\":" S "familyName\"}],"
			      "\"type\":[\"VerifiableCredential\"],\"issuer\":\"did:example:ice\","
			      "\"credentialSubject\":{\"type\":\"VaccinationEvent\",\"order\":3,"
			      "\"recipient\":{\"givenName\":\"Ada\",\"familyName\":\"Pinguin\"}}}";

static struct aid_work a;

static int
begin(void **state)
{
	(void)state;
	aid_begin(&a);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	aid_end(&a);
	return 0;
}

/* text with the first `from` made `to`; it must be there. */
static struct span
with(const char *text, const char *from, const char *to)
{
	const char *at = from ? strstr(text, from) : text;
	struct buf b = buf_in(a.arena, 1 << 16);

	if (!at)
		fail_msg("%s is not there", from);
	buf_add(&b, (struct span){ (const uint8_t *)text, (size_t)(at - text) });
	buf_str(&b, from ? to : "");
	buf_str(&b, at + (from ? strlen(from) : 0));
	return buf_span(&b);
}

static enum reason
read_it(struct span json, struct record *out)
{
	const struct node *doc = NULL;

	report_begin(&a.report, a.arena);
	record_init(out);
	assert_int_equal(node_from_json(&a.work, json, "json", &doc), 0);
	assert_non_null(doc);
	assert_int_equal(health_normalise(&a.work, doc, "json", out), 0);
	return a.report.checks[CHECK_FORMAT].reason;
}

static void
whole(void **state)
{
	struct buf b = buf_in(a.arena, 1 << 16);
	struct record r;

	(void)state;
	assert_int_equal(read_it(with(published, NULL, NULL), &r), REASON_NONE);
	assert_int_equal(a.report.finding_count, 0);
	record_json(&b, &r);
	buf_char(&b, '\0');
	assert_string_equal((const char *)buf_span(&b).ptr,
		"{\"name\":{\"family\":\"Pinguin\",\"given\":\"Ada\"},"
		"\"birthDate\":\"1987-04-21\",\"sex\":\"Female\","
		"\"certificate\":{\"issuer\":\"did:example:ice\",\"hcid\":\"urn:uvci:01:AQ:1\"},"
		"\"events\":[{\"type\":\"vaccination\",\"disease\":{\"display\":\"COVID-19\","
		"\"normalised\":{\"code\":\"840539006\",\"system\":\"http://snomed.info/sct\","
		"\"display\":\"COVID-19\",\"equivalence\":\"equal\"}},"
		"\"vaccine\":{\"code\":\"J07BN02\",\"system\":\"http://www.whocc.no/atc\","
		"\"normalised\":{\"code\":\"XM9QW8\","
		"\"system\":\"http://id.who.int/icd/release/11/mms\","
		"\"display\":\"COVID-19 vaccine, non-replicating viral vector\","
		"\"equivalence\":\"equal\"}},"
		"\"brand\":{\"display\":\"Vaxzevria\",\"normalised\":{\"code\":\"EU/1/21/1529\","
		"\"system\":\"https://ec.europa.eu/health/documents/community-register/html/\","
		"\"display\":\"Vaxzevria\",\"equivalence\":\"equal\"}},"
		"\"maHolder\":{\"display\":\"AstraZeneca AB\",\"normalised\":{"
		"\"code\":\"ORG-100001699\",\"system\":\"https://spor.ema.europa.eu/v1/"
		"organisations\",\"display\":\"AstraZeneca AB\",\"equivalence\":\"inexact\"}},"
		"\"lot\":\"B1\",\"date\":\"2021-12-20\",\"dose\":2,\"nextDose\":\"2022-12-20\","
		"\"country\":\"AQ\",\"centre\":\"Ice\",\"practitioner\":\"Dr Emperor\","
		"\"issuer\":\"did:example:ice\",\"identifier\":\"urn:uvci:01:AQ:1\"}]}");
}

static const struct change {
	const char *text, *from, *to;
	enum reason reason;
	size_t events;
} changes[] = {
	{ inlined, NULL, NULL, REASON_NONE, 1 },
	/* each stands for the other: people read the wrong one */
	{ inlined, "\"givenName\":" S "givenName\",\"familyName\":" S "familyName\"",
		"\"givenName\":" S "familyName\",\"familyName\":" S "givenName\"",
		REASON_VC_AMBIGUOUS, 0 },
	{ inlined, "\"order\":3",
		"\""
		"https://w3id.org/vaccination#order\":3",
		REASON_VC_AMBIGUOUS, 0 },
	{ inlined, "\"VaccinationEvent\":" V "VaccinationEvent\"",
		"\"VaccinationEvent\":\"urn:other\"", REASON_NONE, 0 },
	{ published, "\"credentialSubject\":{\"type\":\"VaccinationEvent\"",
		"\"credentialSubject\":{\"type\":\"VaccineRecipient\"", REASON_NONE, 0 },
	{ published, "\"batchNumber\":\"B1\"", "\"batchNumber\":[\"B1\",\"B2\"]",
		REASON_VC_AMBIGUOUS, 0 },
	{ published, "\"batchNumber\":\"B1\"", "\"batchNumber\":{\"id\":\"urn:x\"}",
		REASON_PROFILE_TYPE, 0 },
	{ published, "\"batchNumber\":\"B1\"", "\"batchNumber\":true", REASON_PROFILE_TYPE, 0 },
	{ published, "\"batchNumber\":", "\"batch\":", REASON_JSONLD_UNSAFE, 0 },
	{ published, "\"credentialSubject\":{", "\"credentialSubject\":{\"id\":\"relative\",",
		REASON_JSONLD_UNSAFE, 0 },
	{ published, "https://w3id.org/vaccination/v1", "https://w3id.org/vaccination/v9",
		REASON_JSONLD_CONTEXT_UNKNOWN, 0 },
	{ published, "\"1987-04-21\"", "\"1987-13-21\"", REASON_NONE, 1 },
	{ published, "\"order\":\"2\"", "\"order\":\"second\"", REASON_NONE, 1 },
};

static void
changed(void **state)
{
	struct record r;

	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		const struct change *c = &changes[i];
		enum reason is = read_it(with(c->text, c->from, c->to), &r);
		if (is != c->reason || r.event_count != c->events)
			fail_msg("change %zu: %s, %zu", i, reason_code(is), r.event_count);
	}
	assert_int_equal(r.events->dose, RECORD_NO_NUMBER);
}

/* Two people on one certificate are nobody's. */
static void
several(void **state)
{
	struct record r;
	struct span in = with(published, "\"credentialSubject\":{\"type\"",
		"\"credentialSubject\":[{\"type\":\"VaccinationEvent\",\"order\":\"1\"},{\"type\"");

	(void)state;
	struct buf b = buf_in(a.arena, 1 << 16);
	buf_add(&b, span_slice(in, 0, in.len - 1));
	buf_str(&b, "]}");
	assert_int_equal(read_it(buf_span(&b), &r), REASON_VC_AMBIGUOUS);
}

/* --- our own words --- */

#define SHOT(person, more) "{\"type\":\"VaccinationEvent\",\"recipient\":{" person "}" more "}"
#define TEST(person, more) "{\"type\":\"TestEvent\",\"recipient\":{" person "}" more "}"
#define ADA                "\"givenName\":\"Ada\",\"birthDate\":\"1998\""
#define NAMED(value)       ADA ",\"identifiers\":" value
#define CODED(code)        ",\"brandCode\":{\"code\":\"" code "\",\"system\":\"urn:x\"}"

static const struct own {
	const char *subject;
	enum reason reason;
	size_t events;
} owns[] = {
	{ SHOT(ADA, ""), REASON_NONE, 1 },
	{ TEST(ADA, ""), REASON_NONE, 1 },
	{ "{\"type\":\"RecoveryEvent\",\"recipient\":{" ADA "},\"firstPositive\":\"2026\"}",
		REASON_NONE, 1 },
	{ "[" SHOT(ADA, "") "," TEST(ADA, "") "," SHOT(ADA, "") "]", REASON_NONE, 3 },
	/* of one person each, in all that is said of it */
	{ "[" SHOT(ADA, "") "," TEST(ADA ",\"gender\":\"F\"", "") "]", REASON_VC_AMBIGUOUS, 0 },
	{ "[" SHOT(ADA, "") "," TEST("\"givenName\":\"Eve\"", "") "]", REASON_VC_AMBIGUOUS, 0 },
	{ "[" SHOT(ADA, "") "," TEST(NAMED("{\"value\":\"1\"}"), "") "]", REASON_VC_AMBIGUOUS, 0 },
	{ "[" SHOT(NAMED("{\"value\":\"2\"}"), "") "," SHOT(NAMED("{\"value\":\"1\"}"), "") "]",
		REASON_VC_AMBIGUOUS, 0 },
	{ "[" SHOT(NAMED("{\"value\":\"1\"}"), "") "," SHOT(NAMED("{\"value\":\"1\"}"), "") "]",
		REASON_NONE, 2 },
	{ "[" SHOT(ADA, "") ",{\"type\":\"VaccineRecipient\"," ADA "}]", REASON_VC_AMBIGUOUS, 0 },
	{ "[" SHOT(ADA, "") ",{\"id\":\"urn:x\"}]", REASON_VC_AMBIGUOUS, 0 },
	/* one that people do not see as a subject */
	{ SHOT(ADA, "") ",\"https://www.w3.org/2018/credentials#credentialSubject\":" SHOT(ADA, ""),
		REASON_VC_AMBIGUOUS, 0 },
	/* what is no value, or more than one */
	{ SHOT(ADA, ",\"subpotent\":true"), REASON_NONE, 1 },
	{ SHOT(ADA, ",\"subpotent\":\"true\""), REASON_PROFILE_TYPE, 0 },
	{ SHOT(ADA, ",\"subpotent\":[true,false]"), REASON_VC_AMBIGUOUS, 0 },
	{ SHOT(ADA, CODED("1")), REASON_NONE, 1 },
	{ SHOT(ADA, ",\"brandCode\":\"1\""), REASON_PROFILE_TYPE, 0 },
	{ SHOT(ADA, ",\"brandCode\":[{\"code\":\"1\"},{\"code\":\"2\"}]"), REASON_VC_AMBIGUOUS, 0 },
	{ SHOT(ADA, ",\"brandCode\":{\"code\":[\"1\",\"2\"]}"), REASON_VC_AMBIGUOUS, 0 },
	{ SHOT(NAMED("[{\"value\":\"1\"},{\"value\":\"2\"}]"), ""), REASON_NONE, 1 },
	{ SHOT(NAMED("[\"1\"]"), ""), REASON_PROFILE_TYPE, 0 },
	{ SHOT(NAMED("{\"value\":{\"value\":\"1\"}}"), ""), REASON_PROFILE_TYPE, 0 },
	{ TEST(ADA, ",\"result\":{\"display\":[\"a\",\"b\"]}"), REASON_VC_AMBIGUOUS, 0 },
	{ TEST(ADA, ",\"sampleTime\":[\"2026-11-20\",\"2026-11-21\"]"), REASON_VC_AMBIGUOUS, 0 },
};

static struct span
own_document(const char *subject)
{
	struct buf b = buf_in(a.arena, 1 << 16);

	buf_str(&b, "{\"@context\":[\"" VC_CONTEXT_20 "\",");
	subject_context(&b, span_of(subject), VC_MODEL_20);
	buf_str(&b, "],\"type\":[\"VerifiableCredential\"],\"issuer\":\"did:example:ice\","
		    "\"credentialSubject\":");
	buf_str(&b, subject);
	buf_char(&b, '}');
	return buf_span(&b);
}

static void
own_words(void **state)
{
	struct record r;

	(void)state;
	for (size_t i = 0; i < COUNT(owns); i++) {
		enum reason is = read_it(own_document(owns[i].subject), &r);
		if (is != owns[i].reason || r.event_count != owns[i].events)
			fail_msg("own %zu: %s, %zu", i, reason_code(is), r.event_count);
		assert_int_equal(r.name.given.len > 0, owns[i].events > 0);
	}
}

static void
own_values(void **state)
{
	struct record r;

	(void)state;
	read_it(own_document(
			TEST(NAMED("[{\"value\":\"P1\",\"system\":\"urn:p\",\"kind\":\"PPN\"}]"),
				",\"result\":{\"code\":\"260415000\",\"system\":"
				"\"http://snomed.info/sct\"},\"date\":\"2026-11-20T10:00:00Z\"")),
		&r);
	assert_int_equal(r.events[0].kind, EVENT_TEST);
	assert_true(span_is(r.events[0].date, "2026-11-20"));
	assert_true(span_is(r.events[0].result.code, "260415000"));
	assert_true(span_is(r.birth_date, "1998"));
	assert_true(span_is(r.identifiers[0].value, "P1"));
	assert_true(span_is(r.identifiers[0].system, "urn:p"));
	assert_true(span_is(r.identifiers[0].type, "PPN"));
	/* codes count, words beside them do not */
	read_it(own_document(SHOT(ADA, CODED("7") ",\"order\":\"2\",\"totalDoses\":3,\"vaccine\":{"
						  "\"medicinalProductName\":\"Comirnaty\"}")),
		&r);
	assert_true(span_is(r.events[0].brand.code, "7"));
	assert_int_equal(r.events[0].vaccine.to_code.len, 0);
	assert_int_equal(r.events[0].dose, 2);
	assert_int_equal(r.events[0].total_doses, 3);
	/* what is named in words alone is read as before */
	read_it(own_document(SHOT(ADA, ",\"brandCode\":{\"display\":\"Comirnaty\"}")), &r);
	assert_true(span_is(r.events[0].brand.display, "Comirnaty"));
	assert_true(span_is(r.events[0].brand.to_code, "EU/1/20/1528"));
}

static void
many(void **state)
{
	struct limits few = limits_default;
	struct record r;

	(void)state;
	few.record_events = 2;
	a.work.limits = &few;
	assert_int_equal(
		read_it(own_document("[" SHOT(ADA, "") "," SHOT(ADA, "") "]"), &r), REASON_NONE);
	assert_int_equal(r.event_count, 2);
	assert_int_not_equal(
		read_it(own_document("[" SHOT(ADA, "") "," SHOT(ADA, "") "," SHOT(ADA, "") "]"),
			&r),
		REASON_NONE);
	assert_int_equal(r.event_count, 0);
}

static int
read_once(void *arg)
{
	struct arena *arena = arena_new(1 << 20);
	struct kit *kit = kit_new();
	struct report report;
	struct work w = { arena, &report, &limits_default, kit, 0 };
	const struct node *doc = NULL;
	struct record out;
	int r = arena && kit ? 0 : -ENOMEM;

	record_init(&out);
	if (r == 0) {
		report_begin(&report, arena);
		r = node_from_json(&w, *(struct span *)arg, "json", &doc);
	}
	if (r == 0)
		r = health_normalise(&w, doc, "json", &out);
	kit_free(kit);
	arena_free(arena);
	return r;
}

static void
out_of_memory(void **state)
{
	struct span in = with(inlined, NULL, NULL);
	struct span own = own_document("[" SHOT(NAMED("{\"value\":\"1\"}"), CODED("1")) "," TEST(
		NAMED("{\"value\":\"1\"}"), "") "]");

	(void)state;
	assert_true(oom_each(read_once, &in) > 0);
	assert_true(oom_each(read_once, &own) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whole, begin, end),
		cmocka_unit_test_setup_teardown(changed, begin, end),
		cmocka_unit_test_setup_teardown(several, begin, end),
		cmocka_unit_test_setup_teardown(own_words, begin, end),
		cmocka_unit_test_setup_teardown(own_values, begin, end),
		cmocka_unit_test_setup_teardown(many, begin, end),
		cmocka_unit_test_setup_teardown(out_of_memory, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
