/* Records written as EU DCC: what is kept, mapped and refused; our own reader finds nothing to say about the result. */
#include "codecs/base/report.h"
#include "codecs/record/valueset.h"
#include "codecs/seal/digest.h"
#include "tests/aid/roundtrip.h"
#include "tests/hcert/aid_emit.h"
#include "tests/shc/aid_shc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NAME             MINT_NAME
#define DCC(name, group) "{\"ver\":\"1.3.0\"," name ",\"dob\":\"1998-02-26\"," group "}"
#define TEST                                                                         \
	"\"t\":[{\"tg\":\"840539006\",\"tt\":\"LP217198-3\",\"ma\":\"1232\",\"sc\":" \
	"\"2026-11-20T10:11:12+02:00\",\"tr\":\"260415000\",\"tc\":\"Hut "           \
	"7\",\"co\":\"DE\",\"is\":"                                                  \
	"\"Ministry\",\"ci\":\"URN:UVCI:01:AQ:7F3KX2#7\"}]"
#define RECOVERY                                                                           \
	"\"r\":[{\"tg\":\"840539006\",\"fr\":\"2026-08-01\",\"df\":\"2026-08-12\",\"du\":" \
	"\"2027-01-28\",\"co\":\"AQ\",\"is\":\"Ministry\",\"ci\":\"URN:UVCI:01:AQ:7F3KX2#7\"}]"

static void
a_dcc_keeps_everything(void **state)
{
	static const char *const all[] = { MINT_GOOD, DCC(NAME, TEST), DCC(NAME, RECOVERY),
		DCC("\"nam\":{\"gn\":\"Otto\",\"gnt\":\"OTTO\"}", RECOVERY),
		DCC("\"nam\":{\"fnt\":\"PINGUIN\"}", TEST) };
	struct emits *x = emits_open("eu-dcc");

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const struct loss_row *r;
		size_t at = 0;
		assert_int_equal(emits_plan(x, 0, all[i]), REFUSAL_NONE);
		while ((r = loss_next(&x->attest.loss, &at)) != NULL)
			assert_true(r->fate == LOSS_KEPT || r->why == WHY_REPLACED);
		emits_write(x, "eu-dcc");
	}
	emits_close(x);
}

static void
it_is_ours(void **state)
{
	struct emits *x = emits_open("eu-dcc");
	uint8_t digest[32];

	(void)state;
	x->ours.signer.kid = SPAN_LIT("another");
	assert_int_equal(emits_plan(x, 0, MINT_GOOD), REFUSAL_NONE);
	emits_write(x, "eu-dcc");
	assert_int_equal(digest_of(x->source.kit, DIGEST_SHA256, x->issuer.cert, digest), 0);
	assert_true(span_eq(x->again.credential.proofs[0].hint.kid, (struct span){ digest, 8 }));
	assert_true(span_is(x->again.record.certificate.issuer, "Gateway"));
	assert_true(span_is(x->again.record.certificate.identifier,
		"URN:UVCI:01:AQ:01020300000000000000000000000000#5"));
	assert_int_equal(x->again.credential.not_after, x->attest.until);
	assert_int_equal(x->again.credential.not_before, MINT_NOW);
	emits_close(x);
}

static void
a_card_lacks_what_nobody_may_make_up(void **state)
{
	struct emits *x = emits_open("eu-dcc");
	struct cards *c = calloc(1, sizeof(*c));

	(void)state;
	assert_non_null(c);
	cards_open(c);
	x->work = &c->work;
	assert_int_equal(cards_verify(c, cards_of(c, CARDS_GOOD), &x->verify), VERDICT_VERIFIED);
	assert_int_equal(emits_again(x), REFUSAL_MISSING);
	assert_int_equal(emits_row(x, 0, ELEMENT_DOSE)->fate, LOSS_MISSING);
	assert_int_equal(emits_row(x, 0, ELEMENT_DOSE)->why, WHY_DERIVED);
	assert_int_equal(emits_row(x, 0, ELEMENT_TOTAL_DOSES)->fate, LOSS_MISSING);
	assert_int_equal(emits_row(x, 0, ELEMENT_COUNTRY)->fate, LOSS_MISSING);
	assert_int_equal(x->attest.loss.count[LOSS_MISSING], 3);
	emits_supply(x, ELEMENT_COUNTRY, "AQ");
	emits_supply(x, ELEMENT_DOSE, "1");
	emits_supply(x, ELEMENT_TOTAL_DOSES, "2");
	assert_int_equal(emits_again(x), REFUSAL_NONE);
	assert_true(span_is(emits_row(x, 0, ELEMENT_BRAND)->to, "EU/1/20/1528"));
	assert_true(span_is(emits_row(x, 0, ELEMENT_BRAND)->from, "208"));
	assert_true(span_is(emits_row(x, 0, ELEMENT_VACCINE)->to, "1119349007"));
	assert_int_equal(emits_row(x, 0, ELEMENT_VACCINE)->map, MAP_WIDER);
	assert_true(span_is(emits_row(x, 0, ELEMENT_MA_HOLDER)->to, "ORG-100030215"));
	emits_write(x, "eu-dcc");
	cards_close(c);
	free(c);
	emits_close(x);
}

/* Changes of a good record, and the one element that is refused then. */
static void
spoil(struct record *r, unsigned which)
{
	struct event *v = &r->events[0];

	switch (which) {
	case 0:
		v->dose = 0;
		break;
	case 1:
		v->total_doses = RECORD_NO_NUMBER;
		break;
	case 2:
		v->date = SPAN_LIT("2026-05");
		break;
	case 3:
		v->country = SPAN_LIT("Atlantis");
		break;
	case 4:
		v->disease = (struct coded){ 0 };
		break;
	case 5:
		v->brand = (struct coded){ .code = SPAN_LIT("XX") };
		v->vaccine = valueset_coded(VALUES_PROPHYLAXIS, SPAN_LIT("1119349007"));
		break;
	case 6:
		r->name = (struct person_name){ 0 };
		break;
	case 7:
		r->name = (struct person_name){ .family = SPAN_LIT("\xe7\x8e\x8b") };
		break;
	case 8:
		r->birth_date = SPAN_LIT("1899-12-31");
		break;
	default:
		v->subpotent = true;
	}
}

static void
what_is_required_is_refused_by_name(void **state)
{
	static const struct {
		int event;
		enum element element;
		enum loss_why why;
	} expected[] = {
		{ 0, ELEMENT_DOSE, WHY_FORMAT },
		{ 0, ELEMENT_TOTAL_DOSES, WHY_NONE },
		{ 0, ELEMENT_DATE, WHY_FORMAT },
		{ 0, ELEMENT_COUNTRY, WHY_NO_CODE },
		{ 0, ELEMENT_DISEASE, WHY_NONE },
		{ 0, ELEMENT_BRAND, WHY_NO_CODE },
		{ LOSS_NO_EVENT, ELEMENT_NAME_TEXT, WHY_NONE },
		{ LOSS_NO_EVENT, ELEMENT_NAME_FAMILY_ICAO, WHY_FORMAT },
		{ LOSS_NO_EVENT, ELEMENT_BIRTH_DATE, WHY_FORMAT },
		{ LOSS_NO_EVENT, ELEMENT_EVENT, WHY_KIND },
	};
	struct emits *x = emits_open("eu-dcc");

	(void)state;
	for (unsigned i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		emits_plan(x, 0, MINT_GOOD);
		spoil(&x->verify.record, i);
		assert_int_equal(emits_again(x), REFUSAL_MISSING);
		const struct loss_row *r = emits_row(x, expected[i].event, expected[i].element);
		assert_int_equal(r->fate, LOSS_MISSING);
		assert_int_equal(r->why, expected[i].why);
		assert_int_equal(x->attest.loss.count[LOSS_MISSING], 1);
	}
	emits_close(x);
}

/* CVX 225 is a class that several products share, and one of them names; an antigen test is no rapid one. */
static void
no_code_says_more_than_the_source(void **state)
{
	struct emits *x = emits_open("eu-dcc");
	struct event *v;

	(void)state;
	emits_plan(x, 0, MINT_GOOD);
	v = &x->verify.record.events[0];
	v->brand = (struct coded){ 0 };
	v->vaccine = (struct coded){ .code = SPAN_LIT("225"),
		.system = SPAN_LIT("http://hl7.org/fhir/sid/cvx") };
	assert_int_equal(emits_again(x), REFUSAL_MISSING);
	assert_int_equal(emits_row(x, 0, ELEMENT_BRAND)->fate, LOSS_MISSING);
	v->vaccine.code = SPAN_LIT("211");
	assert_int_equal(emits_again(x), REFUSAL_MISSING);
	assert_int_equal(emits_row(x, 0, ELEMENT_BRAND)->fate, LOSS_MISSING);
	v->vaccine.code = SPAN_LIT("510");
	assert_int_equal(emits_again(x), REFUSAL_NONE);
	assert_true(span_is(emits_row(x, 0, ELEMENT_BRAND)->to, "BBIBP-CorV"));
	assert_int_equal(emits_row(x, 0, ELEMENT_BRAND)->map, MAP_EQUAL);
	assert_true(span_is(emits_row(x, 0, ELEMENT_VACCINE)->to, "1157024006"));
	emits_plan(x, 0, DCC(NAME, TEST));
	v = &x->verify.record.events[0];
	coded_map(&v->test_type, v->test_type, MAP_INEXACT);
	v->test_type.code = SPAN_LIT("antigen");
	v->test_type.system = SPAN_NONE;
	assert_int_equal(emits_again(x), REFUSAL_MISSING);
	assert_int_equal(emits_row(x, 0, ELEMENT_TEST_TYPE)->why, WHY_NO_CODE);
	v->test_type.map = MAP_WIDER;
	assert_int_equal(emits_again(x), REFUSAL_NONE);
	emits_write(x, "eu-dcc");
	emits_close(x);
}

static void
a_whole_name_stands_for_both_and_says_so(void **state)
{
	struct emits *x = emits_open("eu-dcc");

	(void)state;
	emits_plan(x, 0, MINT_GOOD);
	x->verify.record.name =
		(struct person_name){ .text = SPAN_LIT("J\xc3\xbcrgen O'Neill-Stra\xc3\x9f") };
	assert_int_equal(emits_again(x), REFUSAL_NONE);
	assert_int_equal(emits_row(x, LOSS_NO_EVENT, ELEMENT_NAME_TEXT)->map, MAP_INEXACT);
	emits_write(x, "eu-dcc");
	assert_true(span_is(x->again.record.name.family_icao, "JUERGEN<ONEILL<STRASS"));
	assert_int_equal(x->again.record.name.given.len, 0);
	emits_close(x);
}

static void
the_newest_dose_of_the_disease_is_written(void **state)
{
	struct emits *x = emits_open("eu-dcc");

	(void)state;
	struct event two[2];
	emits_plan(x, 0, MINT_GOOD);
	two[0] = two[1] = x->verify.record.events[0];
	two[0].dose = 1;
	two[0].date = SPAN_LIT("2026-01-02");
	x->verify.record.events = two;
	x->verify.record.event_count = 2;
	assert_int_equal(emits_again(x), REFUSAL_NONE);
	assert_int_equal(emits_row(x, 0, ELEMENT_EVENT)->why, WHY_ONE_EVENT);
	emits_write(x, "eu-dcc");
	assert_int_equal(x->again.record.events[0].dose, 2);
	two[1].disease = (struct coded){ .to_code = SPAN_LIT("16541001"),
		.to_system = SPAN_LIT("http://snomed.info/sct") };
	assert_int_equal(emits_again(x), REFUSAL_NONE);
	assert_int_equal(emits_row(x, 1, ELEMENT_EVENT)->why, WHY_KIND);
	emits_write(x, "eu-dcc");
	assert_int_equal(x->again.record.events[0].dose, 1);
	emits_close(x);
}

static void
a_key_signs_what_its_certificate_allows(void **state)
{
	static const char *const tests_alone[] = { "1.3.6.1.4.1.1847.2021.1.1", NULL };
	struct emits *x = emits_open("eu-dcc");
	struct cert_request r = { .country = "AQ",
		.common_name = "Tests",
		.not_before = MINT_NOW - MINT_DAY,
		.not_after = MINT_NOW + MINT_DAY,
		.eku = tests_alone,
		.subject = x->ours.key };

	(void)state;
	assert_int_equal(cert_issue(&r, x->ours.arena, &x->issuer.cert), 0);
	assert_int_equal(emits_plan(x, 0, MINT_GOOD), REFUSAL_MISSING);
	assert_int_equal(emits_row(x, 0, ELEMENT_EVENT)->why, WHY_KIND);
	assert_int_equal(emits_row(x, LOSS_NO_EVENT, ELEMENT_EVENT)->fate, LOSS_MISSING);
	assert_int_equal(emits_plan(x, 0, DCC(NAME, TEST)), REFUSAL_NONE);
	emits_close(x);
}

static void
every_allocation_may_fail(void **state)
{
	struct emits *x = emits_open("eu-dcc");

	(void)state;
	assert_int_equal(emits_plan(x, 0, MINT_GOOD), REFUSAL_NONE);
	x->verify.record.name.family_icao = SPAN_NONE;
	emits_starve(x);
	emits_close(x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dcc_keeps_everything),
		cmocka_unit_test(it_is_ours),
		cmocka_unit_test(a_card_lacks_what_nobody_may_make_up),
		cmocka_unit_test(what_is_required_is_refused_by_name),
		cmocka_unit_test(no_code_says_more_than_the_source),
		cmocka_unit_test(a_whole_name_stands_for_both_and_says_so),
		cmocka_unit_test(the_newest_dose_of_the_disease_is_written),
		cmocka_unit_test(a_key_signs_what_its_certificate_allows),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
