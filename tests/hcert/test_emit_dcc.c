/* Records written as EU DCC: what is kept, mapped and refused; our own reader finds nothing to say about the result. */
#include "codecs/base/report.h"
#include "codecs/record/valueset.h"
#include "codecs/seal/digest.h"
#include "gateway/attest/attest.h"
#include "tests/aid/mint.h"
#include "tests/aid/oom.h"
#include "tests/aid/roundtrip.h"
#include "tests/shc/aid_shc.h"

#include <errno.h>
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

struct world {
	struct mint source, ours;
	struct cards cards;
	struct verify verify, again;
	struct attest attest;
	struct emit_issuer issuer;
	struct emit_supply supplies[4];
};

static struct world *
world_open(void)
{
	struct world *x = calloc(1, sizeof(*x));

	assert_non_null(x);
	mint_open(&x->source, PRIVATE_P256, SIG_ES256);
	mint_open(&x->ours, PRIVATE_P256, SIG_ES256);
	cards_open(&x->cards);
	x->issuer = (struct emit_issuer){ .url = SPAN_LIT("https://gateway.example.test"),
		.country = SPAN_LIT("AQ"),
		.name = SPAN_LIT("Gateway"),
		.cert = cert_der(x->ours.cert) };
	x->attest = (struct attest){ .target = target_named(SPAN_LIT("eu-dcc")),
		.issuer = &x->issuer,
		.supplies = x->supplies,
		.term = 30 * MINT_DAY,
		.key_until = TIME_NONE,
		.signer = &x->ours.signer,
		.id = { 1, 2, 3 } };
	return x;
}

static void
world_close(struct world *x)
{
	cards_close(&x->cards);
	mint_close(&x->ours);
	mint_close(&x->source);
	free(x);
}

static void
supply(struct world *x, enum element e, const char *value)
{
	x->supplies[x->attest.supply_count++] = (struct emit_supply){ e, span_of(value) };
}

static enum refusal
plan(struct world *x)
{
	assert_int_equal(attest_plan(&x->source.work, &x->verify, &x->attest), 0);
	return x->attest.refusal;
}

static enum refusal
plan_dcc(struct world *x, const char *json)
{
	mint_verify(
		&x->source, mint_text(&x->source, json, (struct hcert_recipe){ 0 }), &x->verify);
	return plan(x);
}

/* Writes, reads with our key as trust, compares with what was told. */
static void
write_and_compare(struct world *x)
{
	assert_int_equal(attest_write(&x->source.work, &x->verify, &x->attest), 0);
	assert_int_equal(x->attest.emitted.code, EMIT_CODE_ALPHANUMERIC);
	assert_true(span_starts(x->attest.emitted.text, SPAN_LIT("HC1:")));
	assert_int_equal(
		mint_verify(&x->ours, x->attest.emitted.text, &x->again), VERDICT_VERIFIED);
	assert_int_equal(x->ours.report.finding_count, 0);
	assert_string_equal(x->again.credential.scheme, "eu-dcc");
	roundtrip_check(&x->verify.record, &x->attest.loss, &x->again.record);
}

static const struct loss_row *
row(const struct world *x, int event, enum element e)
{
	static const struct loss_row none = { .fate = LOSS_FATES };
	const struct loss_row *r;
	size_t at = 0;

	while ((r = loss_next(&x->attest.loss, &at)) != NULL)
		if (r->event == event && r->element == e)
			return r;
	return &none;
}

static void
a_dcc_keeps_everything(void **state)
{
	static const char *const all[] = { MINT_GOOD, DCC(NAME, TEST), DCC(NAME, RECOVERY),
		DCC("\"nam\":{\"gn\":\"Otto\",\"gnt\":\"OTTO\"}", RECOVERY),
		DCC("\"nam\":{\"fnt\":\"PINGUIN\"}", TEST) };
	struct world *x = world_open();

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const struct loss_row *r;
		size_t at = 0;
		assert_int_equal(plan_dcc(x, all[i]), REFUSAL_NONE);
		while ((r = loss_next(&x->attest.loss, &at)) != NULL)
			assert_true(r->fate == LOSS_KEPT || r->why == WHY_REPLACED);
		write_and_compare(x);
	}
	world_close(x);
}

static void
it_is_ours(void **state)
{
	struct world *x = world_open();
	uint8_t digest[32];

	(void)state;
	x->ours.signer.kid = SPAN_LIT("another");
	assert_int_equal(plan_dcc(x, MINT_GOOD), REFUSAL_NONE);
	write_and_compare(x);
	assert_int_equal(digest_of(x->source.kit, DIGEST_SHA256, x->issuer.cert, digest), 0);
	assert_true(span_eq(x->again.credential.proofs[0].hint.kid, (struct span){ digest, 8 }));
	assert_true(span_is(x->again.record.certificate.issuer, "Gateway"));
	assert_true(span_is(x->again.record.certificate.identifier,
		"URN:UVCI:01:AQ:01020300000000000000000000000000#5"));
	assert_int_equal(x->again.credential.not_after, x->attest.until);
	assert_int_equal(x->again.credential.not_before, MINT_NOW);
	world_close(x);
}

static void
a_card_lacks_what_nobody_may_make_up(void **state)
{
	struct world *x = world_open();
	struct verify v;

	(void)state;
	assert_int_equal(
		cards_verify(&x->cards, cards_of(&x->cards, CARDS_GOOD), &v), VERDICT_VERIFIED);
	x->verify = v;
	assert_int_equal(attest_plan(&x->cards.work, &x->verify, &x->attest), 0);
	assert_int_equal(x->attest.refusal, REFUSAL_MISSING);
	assert_int_equal(row(x, 0, ELEMENT_DOSE)->fate, LOSS_MISSING);
	assert_int_equal(row(x, 0, ELEMENT_DOSE)->why, WHY_DERIVED);
	assert_int_equal(row(x, 0, ELEMENT_TOTAL_DOSES)->fate, LOSS_MISSING);
	assert_int_equal(row(x, 0, ELEMENT_COUNTRY)->fate, LOSS_MISSING);
	assert_int_equal(x->attest.loss.count[LOSS_MISSING], 3);
	supply(x, ELEMENT_COUNTRY, "AQ");
	supply(x, ELEMENT_DOSE, "1");
	supply(x, ELEMENT_TOTAL_DOSES, "2");
	assert_int_equal(attest_plan(&x->cards.work, &x->verify, &x->attest), 0);
	assert_int_equal(x->attest.refusal, REFUSAL_NONE);
	assert_true(span_is(row(x, 0, ELEMENT_BRAND)->to, "EU/1/20/1528"));
	assert_true(span_is(row(x, 0, ELEMENT_BRAND)->from, "208"));
	assert_true(span_is(row(x, 0, ELEMENT_VACCINE)->to, "1119349007"));
	assert_int_equal(row(x, 0, ELEMENT_VACCINE)->map, MAP_WIDER);
	assert_true(span_is(row(x, 0, ELEMENT_MA_HOLDER)->to, "ORG-100030215"));
	assert_int_equal(attest_write(&x->cards.work, &x->verify, &x->attest), 0);
	assert_int_equal(
		mint_verify(&x->ours, x->attest.emitted.text, &x->again), VERDICT_VERIFIED);
	assert_int_equal(x->ours.report.finding_count, 0);
	roundtrip_check(&x->verify.record, &x->attest.loss, &x->again.record);
	world_close(x);
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
	struct world *x = world_open();

	(void)state;
	for (unsigned i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		plan_dcc(x, MINT_GOOD);
		spoil(&x->verify.record, i);
		assert_int_equal(plan(x), REFUSAL_MISSING);
		const struct loss_row *r = row(x, expected[i].event, expected[i].element);
		assert_int_equal(r->fate, LOSS_MISSING);
		assert_int_equal(r->why, expected[i].why);
		assert_int_equal(x->attest.loss.count[LOSS_MISSING], 1);
	}
	world_close(x);
}

static void
a_whole_name_stands_for_both_and_says_so(void **state)
{
	struct world *x = world_open();

	(void)state;
	plan_dcc(x, MINT_GOOD);
	x->verify.record.name =
		(struct person_name){ .text = SPAN_LIT("J\xc3\xbcrgen O'Neill-Stra\xc3\x9f") };
	assert_int_equal(plan(x), REFUSAL_NONE);
	assert_int_equal(row(x, LOSS_NO_EVENT, ELEMENT_NAME_TEXT)->map, MAP_INEXACT);
	write_and_compare(x);
	assert_true(span_is(x->again.record.name.family_icao, "JUERGEN<ONEILL<STRASS"));
	assert_int_equal(x->again.record.name.given.len, 0);
	world_close(x);
}

static void
a_key_signs_what_its_certificate_allows(void **state)
{
	struct world *x = world_open();

	(void)state;
	struct event two[2];
	plan_dcc(x, MINT_GOOD);
	two[0] = two[1] = x->verify.record.events[0];
	two[0].dose = 1;
	two[0].date = SPAN_LIT("2026-01-02");
	x->verify.record.events = two;
	x->verify.record.event_count = 2;
	assert_int_equal(plan(x), REFUSAL_NONE);
	assert_int_equal(row(x, 0, ELEMENT_EVENT)->why, WHY_ONE_EVENT);
	write_and_compare(x);
	assert_int_equal(x->again.record.events[0].dose, 2);
	two[1].disease = (struct coded){ .to_code = SPAN_LIT("16541001"),
		.to_system = SPAN_LIT("http://snomed.info/sct") };
	assert_int_equal(plan(x), REFUSAL_NONE);
	assert_int_equal(row(x, 1, ELEMENT_EVENT)->why, WHY_KIND);
	world_close(x);
}

/* Each allocation of the writer fails once. */
static int
write_once(void *arg)
{
	struct world *x = arg;
	struct arena *a = arena_new(limits_default.memory);
	struct report report;
	struct work w = { a, &report, &limits_default, x->source.kit, MINT_NOW };
	struct emission e = { .record = &x->verify.record,
		.source = &x->attest.source,
		.issuer = &x->issuer,
		.from = x->attest.from,
		.until = x->attest.until,
		.signer = &x->ours.signer };
	struct loss loss;
	struct emitted out;
	int r = a ? x->attest.target->emit(&w, x->attest.target, &e, &loss, &out) : -ENOMEM;

	arena_free(a);
	return r;
}

static void
every_allocation_may_fail(void **state)
{
	struct world *x = world_open();

	(void)state;
	assert_int_equal(plan_dcc(x, MINT_GOOD), REFUSAL_NONE);
	x->verify.record.name.family_icao = SPAN_NONE;
	assert_int_equal(write_once(x), 0);
	assert_true(oom_each(write_once, x) > 0);
	world_close(x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dcc_keeps_everything),
		cmocka_unit_test(it_is_ours),
		cmocka_unit_test(a_card_lacks_what_nobody_may_make_up),
		cmocka_unit_test(what_is_required_is_refused_by_name),
		cmocka_unit_test(a_whole_name_stands_for_both_and_says_so),
		cmocka_unit_test(a_key_signs_what_its_certificate_allows),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
