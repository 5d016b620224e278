/* test_divoc_known.c - a credential of DIVOC where something else than its proof tells which value is which. */
#include "codecs/vc/health/health.h"
#include "tests/aid/aid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Dates, doses and names in arrangements that the signature would not keep apart. */
static const char odd[] =
	"{\"@context\":[\"https://www.w3.org/2018/credentials/v1\","
	"\"https://cowin.gov.in/credentials/vaccination/v1\"],"
	"\"type\":[\"VerifiableCredential\",\"ProofOfVaccinationCredential\"],"
	"\"credentialSubject\":{\"type\":\"Person\",\"id\":\"12\",\"refId\":\"77\",\"uhid\":\"78\","
	"\"name\":\"Ada Pinguin\",\"dob\":\"1987-04-21\"},"
	"\"issuer\":\"https://cowin.gov.in/\",\"issuanceDate\":\"2021-06-28T07:21:39Z\","
	"\"evidence\":[{\"type\":[\"Vaccination\"],\"id\":\"https://cowin.gov.in/vaccine/525\","
	"\"certificateId\":\"526\",\"batch\":\"525\",\"vaccine\":\"Serum\","
	"\"manufacturer\":\"Covaxin\",\"date\":\"2021-06-28T05:30:28.187Z\","
	"\"effectiveStart\":\"2021-04-21\",\"dose\":3,\"totalDoses\":2}]}";

static enum reason
read_it(struct aid_work *a, bool known, struct record *out)
{
	const struct node *doc = NULL;

	assert_int_equal(node_from_json(&a->work, SPAN_LIT(odd), "json", &doc), 0);
	assert_true(divoc_is(doc));
	report_begin(&a->report, a->arena);
	record_init(out);
	assert_int_equal(known ? divoc_read_known(&a->work, doc, "json", out)
			       : divoc_normalise(&a->work, doc, "json", out),
		0);
	return a->report.checks[CHECK_FORMAT].reason;
}

static void
known(void **state)
{
	struct aid_work a;
	struct record r;

	(void)state;
	aid_begin(&a);
	assert_int_equal(read_it(&a, false, &r), REASON_VC_AMBIGUOUS);
	assert_int_equal(r.event_count, 0);
	assert_int_equal(read_it(&a, true, &r), REASON_NONE);
	assert_int_equal(a.report.finding_count, 0);
	assert_int_equal(r.event_count, 1);
	assert_true(span_is(r.identifiers[2].type, "uhid"));
	assert_true(span_is(r.events->identifier, "526"));
	assert_true(span_is(r.events->lot, "525"));
	assert_true(span_is(r.events->brand.display, "Serum"));
	assert_true(span_is(r.events->manufacturer.display, "Covaxin"));
	assert_true(span_is(r.events->moment, "2021-06-28T05:30:28.187Z"));
	assert_true(span_is(r.events->valid_from, "2021-04-21"));
	assert_int_equal(r.events->valid_until.len, 0);
	assert_int_equal(r.events->dose, 3);
	assert_int_equal(r.events->total_doses, 2);
	aid_end(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
