/* test_divoc.c - what is read from a DIVOC credential, and each exchange that its signature would not notice. */
#include "codecs/jsonld/contexts.h"
#include "codecs/vc/health/health.h"
#include "codecs/vc/model.h"
#include "codecs/vc/proof.h"
#include "tests/aid/aid.h"
#include "tests/aid/oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char vaccination[] =
	"{\"@context\":[\"https://www.w3.org/2018/credentials/v1\","
	"\"https://cowin.gov.in/credentials/vaccination/v2\"],"
	"\"type\":[\"VerifiableCredential\",\"ProofOfVaccinationCredential\"],"
	"\"credentialSubject\":{\"type\":\"Person\",\"id\":\"did:india:12 34\",\"refId\":\"77\","
	"\"name\":\" Ada Pinguin \",\"gender\":\"Female\",\"age\":\"35\",\"nationality\":\"AQ\","
	"\"dob\":\"1987-04-21\",\"address\":{\"city\":\"\",\"postalCode\":100001}},"
	"\"issuer\":\"https://cowin.gov.in/\",\"issuanceDate\":\"2022-01-05T17:43:33.711Z\","
	"\"evidence\":[{\"id\":\"https://cowin.gov.in/vaccine/525\",\"certificateId\":\"525\","
	"\"infoUrl\":\"https://cowin.gov.in/?525\",\"type\":[\"Vaccination\"],"
	"\"batch\":\"4120Z025\",\"vaccine\":\"COVISHIELD\",\"manufacturer\":\"Serum Institute\","
	"\"icd11Code\":\"XM9QW8\",\"prophylaxis\":\"a viral vector\","
	"\"date\":\"2021-10-17T05:30:28.187Z\",\"effectiveStart\":\"2021-10-25\","
	"\"effectiveUntil\":\"2022-10-24\",\"dose\":1,\"totalDoses\":2,"
	"\"verifier\":{\"name\":\"Dr Emperor\"},"
	"\"facility\":{\"name\":\"Ice\",\"address\":{\"addressCountry\":\"AQ\"}}}],"
	"\"nonTransferable\":\"true\"}";

static const char test[] =
	"{\"@context\":[\"https://www.w3.org/2018/credentials/v1\","
	"\"https://cowin.gov.in/credentials/testCertificate/v1\"],"
	"\"type\":[\"VerifiableCredential\",\"ProofOfTestCertificateCredential\"],"
	"\"credentialSubject\":{\"type\":\"Person\",\"id\":\"did:india:1\",\"refId\":\"\","
	"\"name\":\"Ada Pinguin\"},"
	"\"issuer\":\"https://cowin.gov.in/\",\"issuanceDate\":\"2022-01-05T17:43:33.711Z\","
	"\"evidence\":[{\"id\":\"https://cowin.gov.in/test/9\",\"certificateId\":\"9\","
	"\"type\":[\"TestDetails\"],\"testType\":\"RT-PCR\",\"testName\":\"CoTest\","
	"\"manufacturer\":\"Igloo\",\"disease\":\"COVID-19\","
	"\"sampleOrigin\":\"Nasopharyngeal swab\",\"result\":\"Negative\","
	"\"sampleCollectionTimestamp\":\"2021-10-17T05:30:00Z\","
	"\"resultTimestamp\":\"2021-10-17T09:30:00Z\","
	"\"facility\":{\"name\":\"Ice\",\"address\":{\"addressCountry\":\"AQ\"}}}]}";

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

static const struct node *
tree(struct span json)
{
	const struct node *n = NULL;

	assert_int_equal(node_from_json(&a.work, json, "json", &n), 0);
	assert_non_null(n);
	return n;
}

static enum reason
read_it(struct span json, struct record *out)
{
	const struct node *doc = tree(json);

	report_begin(&a.report, a.arena);
	record_init(out);
	assert_true(divoc_is(doc));
	assert_int_equal(health_normalise(&a.work, doc, "json", out), 0);
	return a.report.checks[CHECK_FORMAT].reason;
}

static void
assert_record(const char *text, const char *expected)
{
	struct buf b = buf_in(a.arena, 1 << 16);
	struct record r;

	assert_int_equal(read_it(with(text, NULL, NULL), &r), REASON_NONE);
	record_json(&b, &r);
	buf_char(&b, '\0');
	assert_string_equal((const char *)buf_span(&b).ptr, expected);
}

static void
vaccinated(void **state)
{
	(void)state;
	assert_record(vaccination,
		"{\"name\":{\"text\":\"Ada Pinguin\"},\"birthDate\":\"1987-04-21\","
		"\"sex\":\"Female\",\"nationality\":\"AQ\",\"identifiers\":[{\"value\":\"did:india:"
		"12 34\"},{\"value\":\"77\",\"type\":\"refId\"}],"
		"\"certificate\":{\"issuer\":\"https://cowin.gov.in/\",\"hcid\":\"525\","
		"\"version\":\"https://cowin.gov.in/credentials/vaccination/"
		"v2\"},\"events\":[{\"type\":\"vaccination\","
		"\"disease\":{\"normalised\":{\"code\":\"840539006\","
		"\"system\":\"http://snomed.info/sct\",\"display\":\"COVID-19\","
		"\"equivalence\":\"equal\"}},"
		"\"vaccine\":{\"code\":\"XM9QW8\","
		"\"system\":\"http://id.who.int/icd/release/11/mms\","
		"\"display\":\"a viral vector\"},"
		"\"brand\":{\"display\":\"COVISHIELD\",\"normalised\":{\"code\":\"Covishield\","
		"\"system\":\"http://ec.europa.eu/temp/vaccineproductname\","
		"\"display\":\"Covishield\",\"equivalence\":\"equal\"}},"
		"\"manufacturer\":{\"display\":\"Serum Institute\",\"normalised\":{"
		"\"code\":\"ORG-100001981\",\"system\":\"https://spor.ema.europa.eu/v1/"
		"organisations\",\"display\":\"Serum Institute Of India Private Limited\","
		"\"equivalence\":\"inexact\"}},\"lot\":\"4120Z025\","
		"\"date\":\"2021-10-17\",\"dateTime\":\"2021-10-17T05:30:28.187Z\","
		"\"dose\":1,\"totalDoses\":2,\"validFrom\":\"2021-10-25\","
		"\"validUntil\":\"2022-10-24\",\"country\":\"AQ\",\"centre\":\"Ice\","
		"\"practitioner\":\"Dr Emperor\",\"issuer\":\"https://cowin.gov.in/\","
		"\"identifier\":\"525\"}]}");
}

static void
tested(void **state)
{
	struct record r;

	(void)state;
	assert_int_equal(read_it(with(test, NULL, NULL), &r), REASON_NONE);
	assert_int_equal(r.event_count, 1);
	assert_int_equal(r.events->kind, EVENT_TEST);
	assert_true(span_is(r.events->result.to_code, "260415000"));
	assert_true(span_is(r.events->test_type.to_code, "LP6464-4"));
	assert_true(span_is(r.events->disease.to_code, "840539006"));
	assert_true(span_is(r.events->date, "2021-10-17"));
	assert_int_equal(a.report.finding_count, 2); /* no birth date, an unknown maker */
}

static const struct change {
	const char *text, *from, *to;
	enum reason reason;
} changes[] = {
	/* the set of schema:id */
	{ vaccination, "\"certificateId\":\"525\"", "\"certificateId\":\"526\"",
		REASON_VC_AMBIGUOUS },
	{ vaccination, "\"4120Z025\"", "\"525\"", REASON_VC_AMBIGUOUS },
	{ vaccination, "\"4120Z025\"", "\"XM9QW8\"", REASON_VC_AMBIGUOUS },
	{ vaccination, "\"4120Z025\"", "\"Covishield\"", REASON_VC_AMBIGUOUS },
	{ vaccination, "\"4120Z025\"", "\"Pfizer 12 B\"", REASON_NONE },
	{ vaccination, "\"COVISHIELD\"", "\"XM9QW8\"", REASON_VC_AMBIGUOUS },
	{ vaccination, "\"COVISHIELD\"", "\"525\"", REASON_VC_AMBIGUOUS },
	{ vaccination, "\"COVISHIELD\"", "\"Serum\"", REASON_NONE },
	{ vaccination, "\"COVISHIELD\"", "\"unheard of\"", REASON_NONE },
	{ vaccination, "\"Serum Institute\"", "\"Covaxin\"", REASON_VC_AMBIGUOUS },
	{ vaccination, "\"Serum Institute\"", "\"AstraZeneca\"", REASON_NONE },
	{ vaccination, "\"XM9QW8\"", "\"Covishield\"", REASON_VC_AMBIGUOUS },
	{ vaccination, "\"XM9QW8\"", "\"\"", REASON_NONE },
	/* of schema:date */
	{ vaccination, "\"date\":\"2021-10-17T05:30:28.187Z\"", "\"date\":\"2022-10-24\"",
		REASON_VC_AMBIGUOUS },
	{ vaccination, "\"2021-10-25\"", "\"2023-10-25\"", REASON_VC_AMBIGUOUS },
	{ vaccination, "\"2021-10-25\"", "\"2021-10-16\"", REASON_NONE }, /* a zone's difference */
	{ vaccination, "\"2021-10-25\"", "\"2021-10-15\"", REASON_VC_AMBIGUOUS },
	{ vaccination, "2021-10-17T", "2022-01-08T", REASON_VC_AMBIGUOUS }, /* after issuance */
	{ vaccination, "\"2021-10-25\"", "\"2021-10-18T05:30:28Z\"", REASON_NONE },
	{ vaccination, "\"date\":\"2021-10-17T05:30:28.187Z\",\"effectiveStart\":\"2021-10-25\"",
		"\"date\":\"2021-10-17\",\"effectiveStart\":\"2021-10-25T05:30:28Z\"",
		REASON_VC_AMBIGUOUS },
	{ vaccination, "\"2021-10-25\"", "\"soon\"", REASON_PROFILE_VALUE },
	{ vaccination, "\"2021-10-25\"", "\"\"", REASON_NONE },
	/* of schema:doseValue */
	{ vaccination, "\"dose\":1,\"totalDoses\":2", "\"dose\":2,\"totalDoses\":1",
		REASON_VC_AMBIGUOUS },
	{ vaccination, "\"totalDoses\":2", "\"totalDoses\":[2,1]", REASON_PROFILE_TYPE },
	{ vaccination, "\"totalDoses\":2", "\"totalDoses\":\"\"", REASON_NONE },
	{ vaccination, "\"dose\":1", "\"dose\":true", REASON_PROFILE_TYPE },
	/* other names for the same, other contexts, other objects */
	{ vaccination, "\"age\":", "\"schema:name\":", REASON_VC_MEMBER },
	{ vaccination, "\"nonTransferable\":", "\"name\":", REASON_JSONLD_UNSAFE },
	{ vaccination, "\"prophylaxis\":", "\"@context\":[],\"prophylaxis\":", REASON_VC_MEMBER },
	{ vaccination, "\"Ice\",\"address\"", "\"Ice\",\"@id\":\"urn:x\",\"address\"",
		REASON_VC_MEMBER },
	{ vaccination, "{\"type\":\"Person\"", "{\"type\":[\"Person\",\"schema:Thing\"]",
		REASON_PROFILE_TYPE },
	{ vaccination, "\"id\":\"https://cowin.gov.in/vaccine/525\"", "\"id\":\"did:india:12 34\"",
		REASON_VC_AMBIGUOUS },
	{ vaccination, "did:india:12 34", "12 34", REASON_JSONLD_UNSAFE },
	/* tests */
	{ test, "\"Igloo\"", "\"Positive\"", REASON_VC_AMBIGUOUS },
	{ test, "\"Negative\"", "\"Igloo\"", REASON_NONE },
	{ test, "\"Negative\"", "\"RT-PCR\"", REASON_VC_AMBIGUOUS },
	{ test, "T05:30:00Z", "T23:30:00Z", REASON_VC_AMBIGUOUS },
};

static void
exchanged(void **state)
{
	struct record r;

	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		const struct change *c = &changes[i];
		enum reason is = read_it(with(c->text, c->from, c->to), &r);
		if (is != c->reason)
			fail_msg("change %zu: %s", i, reason_code(is));
		assert_true((is == REASON_NONE) == (r.event_count == 1));
	}
}

/* What can't be told is noted, and where it is a number or a date, left out. */
static void
noted(void **state)
{
	static const struct change rows[] = {
		{ vaccination, "\"COVISHIELD\"", "\"unheard of\"", REASON_NONE },
		{ vaccination, "\"Serum Institute\"", "\"india\"", REASON_NONE },
		{ vaccination, "\"effectiveStart\":\"2021-10-25\",", "", REASON_NONE },
		{ vaccination, "\"totalDoses\":2", "\"totalDoses\":\"\"", REASON_NONE },
		{ vaccination, "\"refId\":\"77\"", "\"refId\":\"77\",\"uhid\":\"78\"",
			REASON_NONE },
	};
	struct record r;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(
			read_it(with(rows[i].text, rows[i].from, rows[i].to), &r), REASON_NONE);
		assert_int_equal(a.report.finding_count, i < 2 ? 2 : 1); /* and the batch */
		assert_int_equal(a.report.findings->reason, REASON_NOTE_VC_AMBIGUOUS);
		assert_true((r.events->dose == RECORD_NO_NUMBER) == (i == 3));
		assert_true((r.events->valid_until.len == 0) == (i == 2));
		assert_true((r.identifiers[1].type.len == 0) == (i == 4));
	}
	assert_int_equal(
		read_it(with(vaccination, "\"dob\":\"1987-04-21\",", ""), &r), REASON_NONE);
	assert_int_equal(a.report.findings->reason, REASON_NOTE_RECORD_MISSING);
}

/* Two objects of one identifier are one object to the signature. */
static void
twice(void **state)
{
	struct record r;

	(void)state;
	struct span in = with(vaccination, "\"evidence\":[",
		"\"evidence\":[{\"id\":\"https://cowin.gov.in/vaccine/525\","
		"\"type\":[\"Vaccination\"],\"dose\":2,\"totalDoses\":2},");
	assert_int_equal(read_it(in, &r), REASON_VC_AMBIGUOUS);
	in = with(vaccination, "\"evidence\":[",
		"\"evidence\":[{\"id\":\"https://cowin.gov.in/vaccine/526\","
		"\"type\":[\"Vaccination\"],\"dose\":2,\"totalDoses\":2},");
	assert_int_equal(read_it(in, &r), REASON_NONE);
	assert_int_equal(r.event_count, 2);
	a.limits.record_events = 1;
	assert_int_equal(read_it(in, &r), REASON_INPUT_TOO_LARGE);
}

/* --- every exchange at once --- */

/* The i-th order of `count` things. */
static void
arrange(size_t i, size_t count, size_t *out)
{
	bool used[8] = { false };

	for (size_t k = count; k > 0; k--) {
		size_t skip = i % k, at = 0;
		for (i /= k; used[at] || skip > 0; at++)
			skip -= !used[at];
		used[at] = true;
		out[count - k] = at;
	}
}

static struct span
arranged(const size_t *ids, const size_t *dates, bool doses)
{
	static const char *const id[] = { "525", "4120Z025", "COVISHIELD", "Serum Institute",
		"XM9QW8" };
	static const char *const date[] = { "2021-10-17T05:30:28.187Z", "2021-10-25",
		"2022-10-24" };
	struct buf b = buf_in(a.arena, 4096);
	const char *head = strstr(vaccination, "\"evidence\"");

	buf_add(&b, (struct span){ (const uint8_t *)vaccination, (size_t)(head - vaccination) });
	buf_str(&b, "\"evidence\":[{\"id\":\"https://cowin.gov.in/vaccine/525\","
		    "\"type\":[\"Vaccination\"]");
	static const char *const members[] = { "certificateId", "batch", "vaccine", "manufacturer",
		"icd11Code", "date", "effectiveStart", "effectiveUntil" };
	for (size_t i = 0; i < 8; i++) {
		buf_str(&b, ",\"");
		buf_str(&b, members[i]);
		buf_str(&b, "\":\"");
		buf_str(&b, i < 5 ? id[ids[i]] : date[dates[i - 5]]);
		buf_char(&b, '"');
	}
	buf_str(&b, doses ? ",\"dose\":2,\"totalDoses\":1}]}" : ",\"dose\":1,\"totalDoses\":2}]}");
	return buf_span(&b);
}

/* 1,440 documents that are one to the signature: only the true one is read. */
static void
every_arrangement(void **state)
{
	size_t ids[5], dates[3], read = 0;
	struct record r;

	(void)state;
	for (size_t i = 0; i < 120 * 6 * 2; i++) {
		arena_reset(a.arena);
		arrange(i / 12, 5, ids);
		arrange(i / 2 % 6, 3, dates);
		if (read_it(arranged(ids, dates, i % 2), &r) == REASON_NONE) {
			read++;
			assert_true(span_is(r.events->lot, "4120Z025"));
			assert_true(span_is(r.events->date, "2021-10-17"));
		}
	}
	assert_int_equal(read, 1);
}

static void
recognised(void **state)
{
	static const struct change rows[] = {
		{ vaccination, "cowin.gov.in/cred", "divoc.lgcc.gov.lk/cred", REASON_NONE },
		{ vaccination, "/vaccination/v2\"]", "/vaccination/v2\",{}]", REASON_VC_CONTEXT },
		{ vaccination, "ProofOfVacc", "ProofOfNoVacc", REASON_VC_CONTEXT },
		{ vaccination, "cowin.gov.in/credentials/vacc", "cowin.gov.in/vacc",
			REASON_VC_CONTEXT },
		{ vaccination, "https://www.w3.org/2018/credentials/v1", "urn:x",
			REASON_VC_CONTEXT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_true(divoc_is(tree(with(rows[i].text, rows[i].from, rows[i].to))) ==
			    (rows[i].reason == REASON_NONE));
	assert_false(divoc_is(NULL));
}

/* Blanks in a person's identifier are in the field; a text that has no scheme is none. */
static void
modelled(void **state)
{
	(void)state;
	report_begin(&a.report, a.arena);
	assert_int_equal(vc_model_check(&a.work, tree(with(vaccination, NULL, NULL)), "json"), 0);
	assert_false(report_failed(&a.report));
	vc_model_check(&a.work, tree(with(vaccination, "did:india:12 34", "12 34:5")), "json");
	assert_int_equal(a.report.checks[CHECK_FORMAT].reason, REASON_PROFILE_VALUE);
}

/* --- what is signed --- */

static void
named(void **state)
{
	static const struct {
		const char *from, *to;
		bool good;
	} rows[] = {
		{ "did:india:12 34", "did:india:12 34", true },
		{ "did:india:12 34", "1234V", false },
		{ "did:india:12 34", "", false },
		{ "did:india:12 34", "1:2", false },
		{ "did:india:12 34", "_:b7", true },
		{ "did:india:12 34", "a+b-c.d:", true },
		{ "https://cowin.gov.in/vaccine/525", "vaccine/525", false },
		{ "\"city\":\"\"", "\"id\":\"here\"", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct node *doc = tree(with(vaccination, rows[i].from, rows[i].to));
		report_begin(&a.report, a.arena);
		if (vc_subject_named(&a.work, doc, "json") != rows[i].good)
			fail_msg("row %zu", i);
		assert_true(report_failed(&a.report) == !rows[i].good);
	}
}

static void
states(const struct node *doc, struct rdf_dataset *d)
{
	struct jsonld_options o = {
		.loader = vc_contexts(a.kit), .safe = true, .loose = true, .layer = "json"
	};
	struct jsonld_outcome outcome = { JSONLD_FINE };

	report_begin(&a.report, a.arena);
	assert_int_equal(jsonld_to_rdf(&a.work, &o, doc, &outcome, d), 0);
	assert_int_equal(outcome.code, JSONLD_FINE);
}

/* Without any one statement of the person or the event, or with another document, something is missing. */
static void
stated(void **state)
{
	const struct node *doc = tree(with(vaccination, NULL, NULL));
	const struct node *other = tree(with(vaccination, "Ada", "Eve"));
	struct rdf_dataset d = rdf_dataset_in(&a.work, true), less;
	size_t missed = 0;

	(void)state;
	states(doc, &d);
	assert_true(vc_subject_stated(&a.work, doc, "json", &d));
	assert_false(vc_subject_stated(&a.work, other, "json", &d));
	assert_int_equal(a.report.checks[CHECK_FORMAT].reason, REASON_VC_SUBJECT_UNSIGNED);
	assert_true(span_is(a.report.checks[CHECK_FORMAT].at.pointer, "/credentialSubject/name"));
	less = d;
	less.count--;
	for (size_t i = 0; i < d.count; i++) {
		struct rdf_quad last = d.quads[d.count - 1], here = d.quads[i];
		d.quads[i] = last;
		missed += !vc_subject_stated(&a.work, doc, "json", &less);
		d.quads[i] = here;
	}
	/* all but three further types, issuer, date and nonTransferable */
	assert_int_equal(missed, d.count - 6);
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
	struct span in = with(vaccination, NULL, NULL);

	(void)state;
	assert_true(oom_each(read_once, &in) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(vaccinated, begin, end),
		cmocka_unit_test_setup_teardown(tested, begin, end),
		cmocka_unit_test_setup_teardown(exchanged, begin, end),
		cmocka_unit_test_setup_teardown(noted, begin, end),
		cmocka_unit_test_setup_teardown(twice, begin, end),
		cmocka_unit_test_setup_teardown(every_arrangement, begin, end),
		cmocka_unit_test_setup_teardown(recognised, begin, end),
		cmocka_unit_test_setup_teardown(modelled, begin, end),
		cmocka_unit_test_setup_teardown(named, begin, end),
		cmocka_unit_test_setup_teardown(stated, begin, end),
		cmocka_unit_test_setup_teardown(out_of_memory, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
