/* DDCC documents of our own: what is written is verified by our own reader, as JSON and as XML, and nothing else is. */
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/fhir/fhir.h"
#include "codecs/fhir/signed.h"
#include "gateway/attest/attest.h"
#include "tests/aid/mint.h"
#include "tests/aid/oom.h"
#include "tests/aid/roundtrip.h"
#include "tests/fhir/aid_fhir.h"
#include "tests/hcert/aid_who.h"
#include "tests/vdsnc/aid_vds.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FULL_TEST                                                                     \
	"{\"ver\":\"1.3.0\"," MINT_NAME                                               \
	",\"dob\":\"1998-02\",\"t\":[{\"tg\":\"840539006\",\"tt\":"                   \
	"\"LP217198-3\",\"ma\":\"1232\",\"sc\":\"2026-11-20T10:11:12+02:00\",\"tr\":" \
	"\"260415000\","                                                              \
	"\"tc\":\"Hut 7\",\"co\":\"DE\",\"is\":\"Ministry\",\"ci\":\"URN:UVCI:01:AQ:7F3KX2#7\"}]}"

static void
a_vaccination_becomes_a_document(void **state)
{
	static const char *const targets[] = { "fhir-json", "fhir-xml" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct papers *x = papers_open(targets[i]);
		assert_int_equal(papers_plan(x, MINT_GOOD), REFUSAL_MISSING);
		assert_int_equal(papers_row(x, 0, ELEMENT_CENTRE)->fate, LOSS_MISSING);
		assert_int_equal(x->attest.loss.count[LOSS_MISSING], 1);
		papers_supply(x, ELEMENT_CENTRE, "Hut 7");
		assert_int_equal(papers_again(x), REFUSAL_NONE);
		assert_int_equal(papers_row(x, 0, ELEMENT_VACCINE)->fate, LOSS_KEPT);
		assert_int_equal(papers_row(x, 0, ELEMENT_BRAND)->fate, LOSS_KEPT);
		assert_true(span_is(papers_row(x, 0, ELEMENT_COUNTRY)->to, "ATA"));
		papers_write(x);
		assert_true(span_is(x->again.record.certificate.issuer, "Gateway"));
		assert_true(span_is(x->again.record.certificate.identifier,
			"01020300000000000000000000000000"));
		assert_int_equal(x->again.credential.not_before, x->attest.from);
		assert_int_equal(x->again.credential.not_after, x->attest.until);
		assert_true(span_is(x->again.record.name.family, "Pinguin"));
		assert_true(span_is(x->again.record.name.text, "Otto Pinguin"));
		papers_close(x);
	}
}

static void
a_test_becomes_a_document(void **state)
{
	struct papers *x = papers_open("fhir-json");

	(void)state;
	assert_int_equal(papers_plan(x, FULL_TEST), REFUSAL_NONE);
	assert_true(span_is(papers_row(x, 0, ELEMENT_DISEASE)->to, "XN109"));
	assert_int_equal(papers_row(x, 0, ELEMENT_DISEASE)->map, MAP_INEXACT);
	papers_write(x);
	assert_true(span_is(x->again.record.birth_date, "1998-02"));
	assert_true(span_is(x->again.record.events[0].result.code, "260415000"));
	papers_close(x);
}

/* A seal brings nearly everything, and a card's mapped words. */
static void
a_seal_becomes_a_document(void **state)
{
	static const char *const all[][2] = { { "icao.vacc", SEALS_SHOT },
		{ "icao.test", SEALS_TEST } };
	struct papers *x = papers_open("fhir-xml");
	struct seals *s = calloc(1, sizeof(*s));

	(void)state;
	assert_non_null(s);
	seals_open(s);
	x->work = &s->work;
	for (size_t i = 0; i < 2; i++) {
		struct vds_recipe recipe = { .type = all[i][0], .message = all[i][1] };
		assert_int_equal(
			seals_verify(s, seals_seal(s, recipe), &x->verify), VERDICT_VERIFIED);
		x->attest.supply_count = 0;
		if (i == 1) {
			assert_int_equal(papers_again(x), REFUSAL_MISSING);
			assert_int_equal(papers_row(x, 0, ELEMENT_DISEASE)->fate, LOSS_MISSING);
			papers_supply(x, ELEMENT_DISEASE, "XN109");
		}
		assert_int_equal(papers_again(x), REFUSAL_NONE);
		papers_write(x);
	}
	assert_true(span_is(x->again.record.events[0].result_time, "2026-11-20T14:00:00+08:00"));
	seals_close(s);
	free(s);
	papers_close(x);
}

/* Yellow fever, by the WHO's product: what the source lacks is the operator's. */
static void
an_icvp_becomes_a_document(void **state)
{
	struct papers *x = papers_open("fhir-json");
	struct span text = mint_text(&x->source, ICVP, (struct hcert_recipe){ .claim = -6 });

	(void)state;
	assert_int_equal(mint_verify(&x->source, text, &x->verify), VERDICT_VERIFIED);
	assert_int_equal(papers_again(x), REFUSAL_MISSING);
	assert_int_equal(papers_row(x, 0, ELEMENT_DOSE)->fate, LOSS_MISSING);
	assert_int_equal(papers_row(x, 0, ELEMENT_COUNTRY)->fate, LOSS_MISSING);
	papers_supply(x, ELEMENT_DOSE, "1");
	papers_supply(x, ELEMENT_COUNTRY, "AQ");
	papers_supply(x, ELEMENT_CENTRE, "Hut 7");
	assert_int_equal(papers_again(x), REFUSAL_NONE);
	papers_write(x);
	assert_int_equal(x->again.record.events[0].dose, 1);
	papers_close(x);
}

static void
whom_we_verified_is_under_the_signature(void **state)
{
	struct papers *x = papers_open("fhir-json");
	struct span text;

	(void)state;
	papers_supply(x, ELEMENT_CENTRE, "Hut 7");
	assert_int_equal(papers_plan(x, MINT_GOOD), REFUSAL_NONE);
	papers_write(x);
	text = x->attest.emitted.text;
	assert_true(span_holds(text, SPAN_LIT("\"resourceType\":\"Provenance\"")));
	assert_true(span_holds(text, SPAN_LIT("\"value\":\"ni:///sha-256;")));
	assert_true(span_holds(text, x->attest.source.key));
	assert_true(span_holds(text, SPAN_LIT("\"display\":\"eu-dcc\"")));
	papers_close(x);
}

/* The one form made of the other: the same bytes are covered. */
static void
json_and_xml_are_one(void **state)
{
	struct papers *x = papers_open("fhir-json");
	struct work *w = &x->ours.work;
	const struct node *tree;
	struct span xml, json;

	(void)state;
	papers_supply(x, ELEMENT_CENTRE, "Hut 7");
	assert_int_equal(papers_plan(x, MINT_GOOD), REFUSAL_NONE);
	papers_write(x);
	assert_int_equal(node_from_json(w, x->attest.emitted.text, "json", &tree), 0);
	assert_int_equal(fhir_to_xml(w, tree, "json", &xml), 0);
	struct span kept = papers_copy(x, xml);
	assert_int_equal(papers_verify(x, kept), VERDICT_VERIFIED);
	assert_int_equal(node_from_xml(w, kept, "xml", &tree), 0);
	assert_int_equal(fhir_to_json(w, tree, "xml", &json), 0);
	kept = papers_copy(x, json);
	assert_int_equal(papers_verify(x, kept), VERDICT_VERIFIED);
	papers_close(x);
}

/* Changes of a good record, and the one element that is refused then. */
static void
spoil(struct record *r, unsigned which)
{
	struct event *v = &r->events[0];

	switch (which) {
	case 0:
		v->dose_derived = true;
		break;
	case 1:
		v->date = SPAN_LIT("soon");
		break;
	case 2:
		v->country = SPAN_LIT("Atlantis");
		break;
	case 3:
		v->vaccine = (struct coded){ 0 };
		break;
	case 4:
		v->brand = (struct coded){ 0 };
		break;
	case 5:
		r->name = (struct person_name){ 0 };
		break;
	case 6:
		v->kind = EVENT_RECOVERY;
		break;
	default:
		v->lot = SPAN_LIT("a\x01");
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
		{ 0, ELEMENT_DOSE, WHY_DERIVED },
		{ 0, ELEMENT_DATE, WHY_FORMAT },
		{ 0, ELEMENT_COUNTRY, WHY_NO_CODE },
		{ 0, ELEMENT_VACCINE, WHY_NONE },
		{ 0, ELEMENT_BRAND, WHY_NONE },
		{ LOSS_NO_EVENT, ELEMENT_NAME_TEXT, WHY_NONE },
		{ LOSS_NO_EVENT, ELEMENT_EVENT, WHY_KIND },
		{ 0, ELEMENT_EVENT, WHY_FORMAT },
	};
	struct papers *x = papers_open("fhir-xml");

	(void)state;
	papers_supply(x, ELEMENT_CENTRE, "Hut 7");
	for (unsigned i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		papers_plan(x, MINT_GOOD);
		spoil(&x->verify.record, i);
		assert_int_equal(papers_again(x), REFUSAL_MISSING);
		const struct loss_row *r = papers_row(x, expected[i].event, expected[i].element);
		assert_int_equal(r->fate, LOSS_MISSING);
		assert_int_equal(r->why, expected[i].why);
		assert_int_equal(x->attest.loss.count[LOSS_MISSING], 1);
		assert_int_equal(report_verdict(x->work->report), VERDICT_VERIFIED);
	}
	papers_close(x);
}

static int
write_once(void *arg)
{
	struct papers *x = arg;
	struct arena *a = arena_new(limits_default.memory);
	struct report report;
	struct work w = { a, &report, &limits_default, x->source.kit, MINT_NOW };
	struct emission e = { .record = &x->verify.record,
		.source = &x->attest.source,
		.issuer = &x->issuer,
		.supplies = x->supplies,
		.supply_count = x->attest.supply_count,
		.from = x->attest.from,
		.until = x->attest.until,
		.signer = &x->ours.signer };
	struct loss loss;
	struct emitted out;
	int r = a ? x->attest.target->emit(&w, x->attest.target, &e, &loss, &out) : -ENOMEM;

	arena_free(a);
	return r;
}

static int
read_once(void *arg)
{
	struct papers *x = arg;
	struct arena *a = arena_new(limits_default.memory);
	struct report report;
	struct work w = { a, &report, &limits_default, x->source.kit, MINT_NOW };
	struct verify v = {
		.input = x->attest.emitted.text, .trust = x->trust, .policy = &x->ours.policy
	};
	int r = a ? engine_verify(&w, &v) : -ENOMEM;

	arena_free(a);
	return r;
}

static void
every_allocation_may_fail(void **state)
{
	struct papers *x = papers_open("fhir-xml");

	(void)state;
	papers_supply(x, ELEMENT_CENTRE, "Hut 7");
	assert_int_equal(papers_plan(x, MINT_GOOD), REFUSAL_NONE);
	papers_write(x);
	assert_true(oom_each(write_once, x) > 0);
	assert_true(oom_each(read_once, x) > 0);
	papers_close(x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vaccination_becomes_a_document),
		cmocka_unit_test(a_test_becomes_a_document),
		cmocka_unit_test(a_seal_becomes_a_document),
		cmocka_unit_test(an_icvp_becomes_a_document),
		cmocka_unit_test(whom_we_verified_is_under_the_signature),
		cmocka_unit_test(json_and_xml_are_one),
		cmocka_unit_test(what_is_required_is_refused_by_name),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
