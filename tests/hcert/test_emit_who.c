/* Records written as ICVP and as DDCC: what is kept, mapped and refused; our own reader finds nothing to say. */
#include "codecs/base/report.h"
#include "codecs/record/products.h"
#include "codecs/record/valueset.h"
#include "tests/aid/roundtrip.h"
#include "tests/hcert/aid_emit.h"
#include "tests/hcert/aid_who.h"
#include "tests/shc/aid_shc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define MORE "\"s\":\"female\",\"ntl\":\"ATA\",\"nid\":\"7\",\"ndt\":\"PPN\",\"gn\":\"Aptenodytes\""

static void
an_icvp_keeps_everything(void **state)
{
	static const char *const all[] = { ICVP, "{" PERSON "," MORE ",\"v\":[" SHOT "," SHOT "]}",
		ICVP_OF(POLIO_2026, "2026-10-01"),
		ICVP_WITH("\"vls\":\"2026-10-11\",\"vle\":\"2027-10-11\"") };
	struct emits *x = emits_open("icvp");

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const struct loss_row *r;
		size_t at = 0;
		assert_int_equal(emits_plan(x, -6, all[i]), REFUSAL_NONE);
		while ((r = loss_next(&x->attest.loss, &at)) != NULL)
			assert_true(r->fate == LOSS_KEPT || r->why == WHY_REPLACED);
		emits_write(x, "icvp");
	}
	emits_close(x);
}

/* Changes of a good record, and the one element that is refused then. */
static void
spoil(struct record *r, unsigned which)
{
	struct event *v = &r->events[0];

	switch (which) {
	case 0:
		v->lot = SPAN_NONE;
		break;
	case 1:
		v->practitioner = v->issuer = SPAN_NONE;
		break;
	case 2:
		v->brand = (struct coded){ .code = SPAN_LIT("XM0N24") };
		break;
	case 3:
		v->date = SPAN_LIT("2026-10");
		break;
	case 4:
		r->birth_date = SPAN_NONE;
		break;
	case 5:
		r->name.text = SPAN_NONE;
		break;
	case 6:
		v->subpotent = true;
		break;
	default:
		v->brand = valueset_coded(VALUES_PRODUCT, SPAN_LIT("EU/1/20/1528"));
		v->disease = valueset_coded(VALUES_DISEASE, SPAN_LIT("840539006"));
	}
}

static void
an_icvp_is_refused_by_name(void **state)
{
	static const struct {
		int event;
		enum element element;
		enum loss_why why;
	} expected[] = {
		{ 0, ELEMENT_LOT, WHY_NONE },
		{ 0, ELEMENT_PRACTITIONER, WHY_NONE },
		{ 0, ELEMENT_BRAND, WHY_NO_CODE },
		{ 0, ELEMENT_DATE, WHY_FORMAT },
		{ LOSS_NO_EVENT, ELEMENT_BIRTH_DATE, WHY_NONE },
		{ LOSS_NO_EVENT, ELEMENT_NAME_TEXT, WHY_NONE },
		{ LOSS_NO_EVENT, ELEMENT_EVENT, WHY_KIND },
		{ LOSS_NO_EVENT, ELEMENT_EVENT, WHY_KIND },
	};
	struct emits *x = emits_open("icvp");

	(void)state;
	for (unsigned i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		emits_plan(x, -6, ICVP);
		spoil(&x->verify.record, i);
		assert_int_equal(emits_again(x), REFUSAL_MISSING);
		const struct loss_row *r = emits_row(x, expected[i].event, expected[i].element);
		assert_int_equal(r->fate, LOSS_MISSING);
		assert_int_equal(r->why, expected[i].why);
		assert_int_equal(x->attest.loss.count[LOSS_MISSING], 1);
	}
	emits_close(x);
}

/* How long a vaccine works is no bound of a certificate; an issuer is no centre. */
static void
an_icvp_says_no_more_than_its_source(void **state)
{
	struct emits *x = emits_open("icvp");
	struct event *v;

	(void)state;
	emits_plan(x, -6, ICVP);
	x->verify.credential.scheme = "divoc";
	v = &x->verify.record.events[0];
	v->valid_from = SPAN_LIT("2026-10-11");
	v->valid_until = SPAN_LIT("2036-10-11");
	v->country = SPAN_LIT("AQ");
	assert_int_equal(emits_again(x), REFUSAL_NONE);
	assert_int_equal(emits_row(x, 0, ELEMENT_VALID_FROM)->fate, LOSS_DROPPED);
	assert_int_equal(emits_row(x, 0, ELEMENT_EVENT_ISSUER)->fate, LOSS_DROPPED);
	emits_write(x, "icvp");
	assert_int_equal(x->again.record.events[0].certified_from.len, 0);
	assert_int_equal(x->again.record.events[0].issuer.len, 0);
	v->centre = SPAN_LIT("Hut 7");
	assert_int_equal(emits_again(x), REFUSAL_NONE);
	assert_int_equal(emits_row(x, 0, ELEMENT_CENTRE)->map, MAP_INEXACT);
	emits_write(x, "icvp");
	assert_true(span_is(x->again.record.events[0].issuer, "Hut 7"));
	emits_close(x);
}

static void
a_product_is_supplied_for_its_own_disease_alone(void **state)
{
	struct emits *x = emits_open("icvp");

	(void)state;
	emits_plan(x, -6, ICVP);
	x->verify.record.events[0].brand = (struct coded){ 0 };
	emits_supply(x, ELEMENT_BRAND, POLIO_2026);
	assert_int_equal(emits_again(x), REFUSAL_MISSING);
	x->attest.supply_count = 0;
	emits_supply(x, ELEMENT_BRAND, YF);
	assert_int_equal(emits_again(x), REFUSAL_NONE);
	assert_int_equal(emits_row(x, 0, ELEMENT_BRAND)->fate, LOSS_SUPPLIED);
	emits_write(x, "icvp");
	emits_close(x);
}

static void
a_text_fits_a_code_or_is_refused(void **state)
{
	struct emits *x = emits_open("icvp");
	struct event *many = ARENA_ARRAY(x->source.arena, 64, struct event);

	(void)state;
	assert_non_null(many);
	emits_plan(x, -6, ICVP);
	for (size_t i = 0; i < 64; i++) {
		struct buf lot = buf_in(x->source.work.arena, SIZE_MAX);
		many[i] = x->verify.record.events[0];
		for (size_t k = 0; k < 64; k++)
			buf_uint(&lot, i * i * i * 7919 + k * k * 104729);
		many[i].lot = buf_span(&lot);
	}
	x->verify.record.events = many;
	x->verify.record.event_count = 64;
	assert_int_equal(emits_again(x), REFUSAL_NONE);
	assert_int_equal(attest_write(&x->source.work, &x->verify, &x->attest), 0);
	assert_int_equal(x->attest.refusal, REFUSAL_SIZE);
	assert_null(x->attest.emitted.text.ptr);
	emits_close(x);
}

/* --- DDCC --- */

#define FULL                                                                                     \
	",\"totalDoses\":3,\"validFrom\":\"2026-05-15\",\"nextDose\":\"2026-11-01\",\"centre\":" \
	"\"Hut "                                                                                 \
	"7\",\"practitioner\":{\"value\":\"4711\"},\"disease\":{\"code\":\"RA01\"},"             \
	"\"manufacturer\":{"                                                                     \
	"\"code\":\"ORG-1\",\"system\":\"urn:x\"}"

static void
a_ddcc_keeps_everything(void **state)
{
	static const struct {
		int64_t claim;
		const char *json, *scheme;
	} all[] = {
		{ 3, "{" HEAD ",\"vaccination\":{" VS "}}", "ddcc-vs" },
		{ 3,
			"{" HEAD ",\"sex\":\"male\",\"identifier\":\"7\",\"vaccination\":{" VS FULL
			"}}",
			"ddcc-vs" },
		{ 4, "{" HEAD ",\"test\":{" TR "}}", "ddcc-tr" },
		{ 4,
			"{" HEAD ",\"test\":{" TR ",\"centre\":\"Hut 7\",\"brand\":\"Quick\","
			"\"origin\":{\"code\":\"JAM.AH.XF\"},\"manufacturer\":{\"code\":\"1232\"}}"
			"}",
			"ddcc-tr" },
	};
	struct emits *x = emits_open("ddcc");

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const struct loss_row *r;
		size_t at = 0;
		assert_int_equal(emits_plan(x, all[i].claim, all[i].json), REFUSAL_NONE);
		while ((r = loss_next(&x->attest.loss, &at)) != NULL)
			assert_true(r->fate == LOSS_KEPT || r->why == WHY_REPLACED);
		emits_write(x, all[i].scheme);
		assert_true(span_is(x->again.record.certificate.issuer, "Gateway"));
		assert_true(span_is(x->again.record.certificate.identifier,
			"01020300000000000000000000000000"));
	}
	emits_close(x);
}

static void
a_dcc_becomes_a_ddcc_with_the_lot_supplied(void **state)
{
	struct emits *x = emits_open("ddcc");

	(void)state;
	assert_int_equal(emits_plan(x, 0, MINT_GOOD), REFUSAL_MISSING);
	assert_int_equal(emits_row(x, 0, ELEMENT_LOT)->fate, LOSS_MISSING);
	assert_int_equal(x->attest.loss.count[LOSS_MISSING], 1);
	emits_supply(x, ELEMENT_LOT, "unknown to the source");
	assert_int_equal(emits_again(x), REFUSAL_NONE);
	assert_int_equal(emits_row(x, LOSS_NO_EVENT, ELEMENT_NAME_FAMILY)->map, MAP_INEXACT);
	assert_true(span_is(emits_row(x, 0, ELEMENT_VACCINE)->to, "XM0GQ8"));
	assert_int_equal(emits_row(x, 0, ELEMENT_VACCINE)->map, MAP_EQUAL);
	assert_int_equal(emits_row(x, 0, ELEMENT_BRAND)->fate, LOSS_KEPT);
	assert_true(span_is(emits_row(x, 0, ELEMENT_COUNTRY)->to, "ATA"));
	emits_write(x, "ddcc-vs");
	assert_true(span_is(x->again.record.name.text, "Otto Pinguin"));
	emits_close(x);
}

static void
a_test_becomes_a_ddcc(void **state)
{
	struct emits *x = emits_open("ddcc");
	const char *json =
		"{\"ver\":\"1.3.0\"," MINT_NAME ",\"dob\":\"1998\",\"t\":[{\"tg\":"
		"\"840539006\",\"tt\":\"LP217198-3\",\"ma\":\"1232\",\"sc\":"
		"\"2026-11-20T10:11:12+02:00\",\"tr\":\"260415000\",\"tc\":\"Hut 7\","
		"\"co\":\"DE\",\"is\":\"Ministry\",\"ci\":\"URN:UVCI:01:AQ:7F3KX2#7\"}]}";

	(void)state;
	assert_int_equal(emits_plan(x, 0, json), REFUSAL_NONE);
	assert_true(span_is(emits_row(x, 0, ELEMENT_TEST_TYPE)->to, "2056159157"));
	assert_true(span_is(emits_row(x, 0, ELEMENT_RESULT)->to, "QA02"));
	assert_int_equal(emits_row(x, 0, ELEMENT_DISEASE)->map, MAP_INEXACT);
	emits_write(x, "ddcc-tr");
	emits_close(x);
}

static void
what_a_ddcc_requires_is_never_made_up(void **state)
{
	struct emits *x = emits_open("ddcc");
	struct event *v;

	(void)state;
	emits_plan(x, 3, "{" HEAD ",\"vaccination\":{" VS "}}");
	v = &x->verify.record.events[0];
	v->dose_derived = true;
	v->brand = v->ma_holder = (struct coded){ 0 };
	v->country = SPAN_NONE;
	assert_int_equal(emits_again(x), REFUSAL_MISSING);
	assert_int_equal(emits_row(x, 0, ELEMENT_DOSE)->why, WHY_DERIVED);
	assert_int_equal(emits_row(x, 0, ELEMENT_BRAND)->fate, LOSS_MISSING);
	assert_int_equal(emits_row(x, 0, ELEMENT_MA_HOLDER)->fate, LOSS_MISSING);
	assert_int_equal(emits_row(x, 0, ELEMENT_COUNTRY)->fate, LOSS_MISSING);
	assert_int_equal(x->attest.loss.count[LOSS_MISSING], 4);
	v->kind = EVENT_RECOVERY;
	assert_int_equal(emits_again(x), REFUSAL_MISSING);
	assert_int_equal(emits_row(x, LOSS_NO_EVENT, ELEMENT_EVENT)->fate, LOSS_MISSING);
	emits_close(x);
}

static void
every_allocation_may_fail(void **state)
{
	struct emits *icvp = emits_open("icvp"), *ddcc = emits_open("ddcc");

	(void)state;
	emits_plan(icvp, -6, "{" PERSON "," MORE ",\"v\":[" SHOT "]}");
	emits_starve(icvp);
	emits_plan(ddcc, 3, "{" HEAD ",\"vaccination\":{" VS FULL "}}");
	ddcc->verify.record.name = (struct person_name){ .family = SPAN_LIT("P") };
	emits_again(ddcc);
	emits_starve(ddcc);
	emits_close(ddcc);
	emits_close(icvp);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_icvp_keeps_everything),
		cmocka_unit_test(an_icvp_is_refused_by_name),
		cmocka_unit_test(an_icvp_says_no_more_than_its_source),
		cmocka_unit_test(a_product_is_supplied_for_its_own_disease_alone),
		cmocka_unit_test(a_text_fits_a_code_or_is_refused),
		cmocka_unit_test(a_ddcc_keeps_everything),
		cmocka_unit_test(a_dcc_becomes_a_ddcc_with_the_lot_supplied),
		cmocka_unit_test(a_test_becomes_a_ddcc),
		cmocka_unit_test(what_a_ddcc_requires_is_never_made_up),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
