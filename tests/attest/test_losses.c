/* What the forms tell of one record, side by side. */
#include "codecs/record/valueset.h"
#include "tests/hcert/aid_emit.h"
#include "tests/hcert/aid_who.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define DCC_TEST(type)                                                                          \
	"{\"ver\":\"1.3.0\"," MINT_NAME ",\"dob\":\"1998-02-26\",\"t\":[{\"tg\":\"840539006\"," \
	"\"tt\":\"" type "\",\"sc\":\"2026-11-20T10:11:12Z\",\"tr\":\"260415000\",\"co\":"      \
	"\"DE\",\"is\":\"Ministry\",\"ci\":\"URN:UVCI:01:AQ:7F3KX2#7\"}]}"

#define EACH(i, list)                         \
	size_t i = 0;                         \
	i < sizeof(list) / sizeof((list)[0]); \
	i++

static void
a_sex_is_told_by_its_meaning(void **state)
{
	static const struct {
		const char *said;
		enum loss_fate fate;
	} rows[] = { { "male", LOSS_KEPT }, { "Male", LOSS_MAPPED }, { "FEMALE", LOSS_MAPPED },
		{ "M", LOSS_MAPPED }, { "f", LOSS_MAPPED }, { "unknown", LOSS_KEPT },
		{ "mal", LOSS_DROPPED }, { "males", LOSS_DROPPED }, { "Y", LOSS_DROPPED } };
	static const char *const forms[] = { "ddcc", "icvp", "vds-nc", "fhir-json" };

	(void)state;
	for (EACH(k, forms)) {
		struct emits *x = emits_open(forms[k]);
		emits_plan(x, -6, ICVP);
		for (EACH(i, rows)) {
			x->verify.record.sex = span_of(rows[i].said);
			emits_again(x);
			const struct loss_row *r = emits_row(x, LOSS_NO_EVENT, ELEMENT_SEX);
			assert_int_equal(r->fate, rows[i].fate);
			assert_int_equal(r->map, r->fate == LOSS_MAPPED ? MAP_EQUAL : MAP_NONE);
			assert_int_equal(r->why, r->fate == LOSS_DROPPED ? WHY_NO_CODE : WHY_NONE);
			assert_int_equal(r->from.len + r->to.len, 0);
		}
		emits_close(x);
	}
}

static void
a_sex_is_written_as_the_form_has_it(void **state)
{
	static const char *const said[] = { "Male", "m", "male" };
	struct emits *x = emits_open("icvp");

	(void)state;
	for (EACH(i, said)) {
		emits_plan(x, -6, ICVP);
		x->verify.record.sex = span_of(said[i]);
		assert_int_equal(emits_again(x), REFUSAL_NONE);
		emits_write(x, "icvp");
		assert_true(span_is(x->again.record.sex, "male"));
	}
	emits_close(x);
}

/* XN109 is SARS-CoV-2, 840539006 COVID-19. */
static void
an_agent_is_not_its_disease(void **state)
{
	static const struct {
		const char *form;
		enum loss_fate fate;
	} rows[] = { { "eu-dcc", LOSS_MAPPED }, { "shc", LOSS_MAPPED }, { "ddcc", LOSS_KEPT },
		{ "fhir-json", LOSS_KEPT } };

	(void)state;
	for (EACH(i, rows)) {
		struct emits *x = emits_open(rows[i].form);
		assert_int_equal(emits_plan(x, 4, "{" HEAD ",\"test\":{" TR "}}"), REFUSAL_NONE);
		const struct loss_row *r = emits_row(x, 0, ELEMENT_DISEASE);
		assert_int_equal(r->fate, rows[i].fate);
		assert_int_equal(r->map, r->fate == LOSS_MAPPED ? MAP_INEXACT : MAP_NONE);
		if (strcmp(rows[i].form, "eu-dcc") == 0)
			emits_write(x, "eu-dcc");
		/* what is mapped inexactly in another way is not written */
		x->verify.record.events[0].disease.map = MAP_NARROWER;
		assert_int_equal(emits_again(x),
			strcmp(rows[i].form, "eu-dcc") == 0 ? REFUSAL_MISSING : REFUSAL_NONE);
		emits_close(x);
	}
}

static void
the_virus_by_its_snomed_code_is_the_same(void **state)
{
	struct emits *x = emits_open("fhir-json");

	(void)state;
	emits_plan(x, 4, "{" HEAD ",\"test\":{" TR "}}");
	x->verify.record.events[0].disease = (struct coded){ .code = SPAN_LIT("840533007"),
		.system = SPAN_LIT("http://snomed.info/sct") };
	assert_int_equal(emits_again(x), REFUSAL_NONE);
	assert_int_equal(emits_row(x, 0, ELEMENT_DISEASE)->map, MAP_EQUAL);
	emits_close(x);
}

static void
a_card_names_the_brand_where_it_has_a_code(void **state)
{
	struct emits *x = emits_open("shc");
	const struct loss_row *r;
	struct event *v;

	(void)state;
	assert_int_equal(emits_plan(x, 0, MINT_GOOD), REFUSAL_NONE);
	v = &x->verify.record.events[0];
	assert_true(span_is(emits_row(x, 0, ELEMENT_BRAND)->to, "XM8NQ0"));
	/* the same product, by its name alone */
	v->brand = (struct coded){ .display = SPAN_LIT("Comirnaty") };
	emits_again(x);
	assert_int_equal(emits_row(x, 0, ELEMENT_BRAND)->why, WHY_NO_CODE);
	coded_map(&v->brand, valueset_coded(VALUES_PRODUCT, SPAN_LIT("EU/1/20/1528")), MAP_EQUAL);
	assert_int_equal(emits_again(x), REFUSAL_NONE);
	r = emits_row(x, 0, ELEMENT_BRAND);
	assert_true(r->fate == LOSS_MAPPED && r->map == MAP_EQUAL && span_is(r->to, "XM8NQ0"));
	assert_int_equal(emits_row(x, 0, ELEMENT_VACCINE)->why, WHY_NO_PLACE);
	/* a class that is written is not told as dropped */
	v->vaccine = (struct coded){ .code = SPAN_LIT("XM8NQ0"),
		.system = SPAN_LIT("http://id.who.int/icd/release/11/mms") };
	emits_again(x);
	assert_int_equal(emits_row(x, 0, ELEMENT_VACCINE)->fate, LOSS_KEPT);
	/* a maker's name, which was taken for its best known product */
	v->brand.map = MAP_INEXACT;
	emits_again(x);
	assert_int_equal(emits_row(x, 0, ELEMENT_BRAND)->why, WHY_NO_CODE);
	emits_close(x);
}

/* LP6464-4 and LP217198-3 are parts of terms. */
static void
a_card_names_tests_by_terms_of_loinc(void **state)
{
	struct emits *x = emits_open("shc");
	const struct loss_row *r;

	(void)state;
	assert_int_equal(emits_plan(x, 0, DCC_TEST("LP6464-4")), REFUSAL_NONE);
	r = emits_row(x, 0, ELEMENT_TEST_TYPE);
	assert_true(r->map == MAP_INEXACT && span_is(r->to, "94309-2"));
	assert_int_equal(emits_row(x, 0, ELEMENT_DISEASE)->fate, LOSS_KEPT);
	x->verify.record.events[0].disease = (struct coded){ 0 };
	assert_int_equal(emits_again(x), REFUSAL_MISSING);
	assert_int_equal(emits_row(x, 0, ELEMENT_TEST_TYPE)->why, WHY_NO_CODE);
	assert_int_equal(emits_plan(x, 0, DCC_TEST("LP217198-3")), REFUSAL_MISSING);
	assert_int_equal(emits_row(x, 0, ELEMENT_TEST_TYPE)->why, WHY_NO_CODE);
	x->verify.record.events[0].test_type.code = SPAN_LIT("94558-4");
	assert_int_equal(emits_again(x), REFUSAL_NONE);
	assert_int_equal(emits_row(x, 0, ELEMENT_TEST_TYPE)->fate, LOSS_KEPT);
	emits_close(x);
}

/* Each element of the certificate has a row although no event of it fits. */
static void
a_refusal_has_its_whole_report(void **state)
{
	static const char *const forms[] = { "ddcc", "eu-dcc", "icvp", "shc", "vds-nc", "fhir-json",
		"fhir-xml" };

	(void)state;
	for (EACH(k, forms)) {
		struct emits *x = emits_open(forms[k]);
		emits_plan(x, 0, MINT_GOOD);
		struct record *r = &x->verify.record;
		r->sex = SPAN_LIT("male");
		r->events[0].kind = strcmp(forms[k], "eu-dcc") == 0 ? EVENT_VACCINATION
								    : EVENT_RECOVERY;
		r->events[0].subpotent = true;
		r->events[0].disease = (struct coded){ .code = SPAN_LIT("1") };
		assert_int_equal(emits_again(x), REFUSAL_MISSING);
		const struct loss_row *none = emits_row(x, LOSS_NO_EVENT, ELEMENT_EVENT);
		assert_int_equal(none->fate, LOSS_MISSING);
		assert_int_equal(emits_row(x, 0, ELEMENT_EVENT)->why, WHY_KIND);
		for (enum element e = 0; e < ELEMENT_EVENT; e++)
			if (record_has(r, LOSS_NO_EVENT, e))
				assert_int_not_equal(
					emits_row(x, LOSS_NO_EVENT, e)->fate, LOSS_FATES);
		assert_int_not_equal(
			emits_row(x, LOSS_NO_EVENT, ELEMENT_BIRTH_DATE)->fate, LOSS_DROPPED);
		assert_int_equal(emits_row(x, LOSS_NO_EVENT, ELEMENT_ISSUER)->fate,
			record_has(r, LOSS_NO_EVENT, ELEMENT_ISSUER) ? LOSS_DROPPED : LOSS_FATES);
		emits_close(x);
	}
}

/* Maker and type are those of the product in the WHO's list. */
static void
what_a_product_says_is_told(void **state)
{
	static const char *const forms[] = { "shc", "vds-nc", "ddcc", "fhir-json", "icvp", "vc" };

	(void)state;
	for (EACH(k, forms)) {
		struct emits *x = emits_open(forms[k]);
		emits_plan(x, -6, ICVP);
		assert_true(x->verify.record.events[0].manufacturer.to_display.len > 0);
		assert_int_not_equal(emits_row(x, 0, ELEMENT_MANUFACTURER)->fate, LOSS_FATES);
		if (strcmp(forms[k], "vc") == 0) {
			const struct loss_row *r = emits_row(x, 0, ELEMENT_VACCINE);
			assert_int_equal(r->map, MAP_WIDER);
			assert_true(span_is(r->to, "YF"));
			assert_int_equal(emits_row(x, 0, ELEMENT_MANUFACTURER)->map, MAP_EQUAL);
		}
		emits_close(x);
	}
}

/* A vaccination's stands apart from us; a test's has no place but ours. */
static void
a_document_names_the_issuer_apart_or_not(void **state)
{
	struct emits *x = emits_open("fhir-json");

	(void)state;
	emits_plan(x, 0, MINT_GOOD);
	assert_int_equal(emits_row(x, 0, ELEMENT_EVENT_ISSUER)->fate, LOSS_KEPT);
	emits_plan(x, 0, DCC_TEST("LP6464-4"));
	assert_int_equal(emits_row(x, 0, ELEMENT_EVENT_ISSUER)->why, WHY_REPLACED);
	emits_close(x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sex_is_told_by_its_meaning),
		cmocka_unit_test(a_sex_is_written_as_the_form_has_it),
		cmocka_unit_test(an_agent_is_not_its_disease),
		cmocka_unit_test(the_virus_by_its_snomed_code_is_the_same),
		cmocka_unit_test(a_card_names_the_brand_where_it_has_a_code),
		cmocka_unit_test(a_card_names_tests_by_terms_of_loinc),
		cmocka_unit_test(a_refusal_has_its_whole_report),
		cmocka_unit_test(what_a_product_says_is_told),
		cmocka_unit_test(a_document_names_the_issuer_apart_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
