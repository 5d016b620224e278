/* What is attested, what is refused, and what the loss report says: an EU DCC as SMART Health Card. */
#include "codecs/base/report.h"
#include "gateway/attest/attest.h"
#include "tests/aid/mint.h"
#include "tests/aid/roundtrip.h"
#include "tests/shc/aid_shc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct both {
	struct mint source;
	struct cards cards;
	struct verify verify;
	struct attest attest;
	struct emit_issuer issuer;
};

static void
both_open(struct both *b)
{
	*b = (struct both){ 0 };
	mint_open(&b->source, PRIVATE_P256, SIG_ES256);
	cards_open(&b->cards);
	b->issuer = (struct emit_issuer){ .url = SPAN_LIT(CARDS_ISSUER),
		.country = SPAN_LIT("AQ"),
		.name = SPAN_LIT("Gateway") };
	b->attest = (struct attest){ .target = target_named(SPAN_LIT("shc")),
		.issuer = &b->issuer,
		.term = 30 * MINT_DAY,
		.key_until = TIME_NONE,
		.signer = &b->cards.signer,
		.id = { 1, 2, 3 } };
}

static void
both_close(struct both *b)
{
	cards_close(&b->cards);
	mint_close(&b->source);
}

static enum refusal
plan(struct both *b, const char *json, struct hcert_recipe recipe)
{
	b->verify = (struct verify){ 0 };
	mint_verify(&b->source, mint_text(&b->source, json, recipe), &b->verify);
	assert_int_equal(attest_plan(&b->source.work, &b->verify, &b->attest), 0);
	return b->attest.refusal;
}

static const struct loss_row *
row(const struct both *b, int event, enum element e)
{
	const struct loss_row *r;
	size_t at = 0;

	while ((r = loss_next(&b->attest.loss, &at)) != NULL)
		if (r->event == event && r->element == e)
			return r;
	return NULL;
}

static void
a_vaccination_becomes_a_card(void **state)
{
	struct both b;
	struct verify v = { 0 };

	(void)state;
	both_open(&b);
	assert_int_equal(plan(&b, MINT_GOOD, (struct hcert_recipe){ 0 }), REFUSAL_NONE);
	assert_null(b.attest.emitted.text.ptr);
	assert_int_equal(attest_write(&b.source.work, &b.verify, &b.attest), 0);
	assert_true(span_starts(b.attest.emitted.text, SPAN_LIT("shc:/")));
	assert_int_equal(b.attest.emitted.code, EMIT_CODE_NUMERIC);
	assert_int_equal(cards_verify(&b.cards, b.attest.emitted.text, &v), VERDICT_VERIFIED);
	assert_int_equal(b.cards.report.finding_count, 0);
	assert_true(span_is(v.record.name.family, "Pinguin"));
	assert_true(span_is(v.record.birth_date, "1998-02-26"));
	assert_int_equal(v.record.event_count, 1);
	assert_true(span_is(v.record.events[0].vaccine.code, "XM8NQ0"));
	assert_true(span_is(v.record.events[0].date, "2026-05-29"));
	assert_true(v.credential.not_after <= b.verify.credential.not_after);
	assert_true(v.credential.not_after == b.attest.until);
	roundtrip_check(&b.verify.record, &b.attest.loss, &v.record);
	both_close(&b);
}

static void
each_element_has_its_row(void **state)
{
	struct both b;

	(void)state;
	both_open(&b);
	plan(&b, MINT_GOOD, (struct hcert_recipe){ 0 });
	assert_int_equal(row(&b, LOSS_NO_EVENT, ELEMENT_NAME_FAMILY)->fate, LOSS_KEPT);
	assert_int_equal(row(&b, LOSS_NO_EVENT, ELEMENT_NAME_FAMILY_ICAO)->why, WHY_NO_PLACE);
	assert_int_equal(row(&b, 0, ELEMENT_BRAND)->fate, LOSS_MAPPED);
	assert_true(span_is(row(&b, 0, ELEMENT_BRAND)->from, "EU/1/20/1528"));
	assert_int_equal(row(&b, 0, ELEMENT_DOSE)->fate, LOSS_DROPPED);
	for (enum element e = 0; e < ELEMENT_EVENT; e++) {
		int event = element_of_event(e) ? 0 : LOSS_NO_EVENT;
		if (record_has(&b.verify.record, event, e))
			assert_non_null(row(&b, event, e));
		else if (row(&b, event, e))
			assert_int_equal(row(&b, event, e)->fate, LOSS_MISSING);
	}
	both_close(&b);
}

static void
nothing_is_attested_that_was_not_verified(void **state)
{
	struct both b;
	struct hcert_recipe expired = { .issued = MINT_NOW - 9 * MINT_DAY,
		.expires = MINT_NOW - MINT_DAY };

	(void)state;
	both_open(&b);
	assert_int_equal(plan(&b, MINT_GOOD, expired), REFUSAL_SOURCE);
	assert_true(attest_write(&b.source.work, &b.verify, &b.attest) < 0);
	assert_null(b.attest.emitted.text.ptr);
	both_close(&b);
}

static void
what_is_required_is_never_made_up(void **state)
{
	struct both b;
	struct work *w = &b.source.work;

	(void)state;
	both_open(&b);
	assert_int_equal(plan(&b, MINT_GOOD, (struct hcert_recipe){ 0 }), REFUSAL_NONE);
	b.verify.record.events[0].date = SPAN_LIT("2026-05");
	assert_int_equal(attest_plan(w, &b.verify, &b.attest), 0);
	assert_int_equal(b.attest.refusal, REFUSAL_MISSING);
	assert_int_equal(row(&b, 0, ELEMENT_DATE)->fate, LOSS_MISSING);
	assert_int_equal(row(&b, 0, ELEMENT_DATE)->why, WHY_FORMAT);
	assert_true(attest_write(w, &b.verify, &b.attest) < 0);
	assert_null(b.attest.emitted.text.ptr);
	both_close(&b);
}

static void
an_attestation_never_outlives_source_or_key(void **state)
{
	struct both b;
	struct hcert_recipe brief = { .issued = MINT_NOW - MINT_DAY, .expires = MINT_NOW + 5 };

	(void)state;
	both_open(&b);
	assert_int_equal(plan(&b, MINT_GOOD, brief), REFUSAL_NONE);
	assert_int_equal(b.attest.until, MINT_NOW + 5);
	b.attest.key_until = MINT_NOW + 2;
	assert_int_equal(plan(&b, MINT_GOOD, brief), REFUSAL_NONE);
	assert_int_equal(b.attest.until, MINT_NOW + 2);
	b.attest.key_until = MINT_NOW;
	b.attest.loss = (struct loss){ 0 };
	assert_int_equal(plan(&b, MINT_GOOD, brief), REFUSAL_TERM);
	/* nothing was looked at: there is no loss report, and nobody may ask for one */
	assert_true(REFUSAL_TERM < REFUSAL_MISSING);
	assert_null(b.attest.loss.record);
	/* what is refused when its key's certificate ends has ended then */
	struct hcert_recipe long_lived = { .issued = MINT_NOW - MINT_DAY,
		.expires = MINT_NOW + 900 * (int64_t)MINT_DAY };
	b.attest.key_until = TIME_NONE;
	b.attest.term = 800 * (int64_t)MINT_DAY;
	assert_int_equal(plan(&b, MINT_GOOD, long_lived), REFUSAL_NONE);
	assert_int_equal(b.attest.until, cert_not_after(b.source.cert));
	both_close(&b);
}

/* A certificate for an event may end sooner than its container. */
static void
every_bound_of_the_source_counts(void **state)
{
	static const struct {
		const char *day;
		int64_t until;
	} rows[] = {
		{ "2026-12-03", 1796342399 }, /* MINT_NOW is 2026-12-01T12:00Z */
		{ "2026-12", 1798761599 },
		{ "2026", 1798761599 },
		{ "2026-12-01", 1796169599 },
		{ "2026-12-03T00:00:00Z", 1796256000 },
		{ "2026-12-03T00:00:00.5+0100", 1796252400 },
	};
	static const char *const over[] = { "2026-11", "2026-12-01T12:00:00Z", "soon", "2026-13-01",
		"2027-02-30", "2027-12-00x" };
	struct hcert_recipe lasting = { .issued = MINT_NOW - MINT_DAY,
		.expires = MINT_NOW + 40 * MINT_DAY };
	struct both b;
	struct work *w = &b.source.work;

	(void)state;
	both_open(&b);
	b.attest.term = 40 * MINT_DAY;
	assert_int_equal(plan(&b, MINT_GOOD, lasting), REFUSAL_NONE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		b.verify.record.events[0].certified_until = span_of(rows[i].day);
		assert_int_equal(attest_plan(w, &b.verify, &b.attest), 0);
		assert_int_equal(b.attest.until, rows[i].until);
	}
	for (size_t i = 0; i < sizeof(over) / sizeof(over[0]); i++) {
		b.verify.record.events[0].certified_until = span_of(over[i]);
		assert_int_equal(attest_plan(w, &b.verify, &b.attest), 0);
		assert_int_equal(b.attest.refusal, REFUSAL_TERM);
	}
	b.verify.record.events[0].certified_until = SPAN_NONE;
	b.verify.record.certificate.until = MINT_NOW + 7;
	assert_int_equal(attest_plan(w, &b.verify, &b.attest), 0);
	assert_int_equal(b.attest.until, MINT_NOW + 7);
	both_close(&b);
}

/* One event that counts makes the source verified; of another that does not yet, nobody is told that it does. */
static void
nothing_counts_before_it_counts(void **state)
{
	static const char *const begun[] = { "", "2026", "2026-12", "2026-12-01",
		"2026-12-01T12:00:00Z" },
				 *const not_yet[] = { "2027", "2026-12-02", "2026-12-01T12:00:01Z",
					 "soon", "2026-02-30" };
	struct both b;

	(void)state;
	both_open(&b);
	assert_int_equal(plan(&b, MINT_GOOD, (struct hcert_recipe){ 0 }), REFUSAL_NONE);
	for (size_t i = 0; i < 5; i++) {
		b.verify.record.events[0].certified_from = span_of(begun[i]);
		assert_int_equal(attest_plan(&b.source.work, &b.verify, &b.attest), 0);
		assert_int_equal(b.attest.refusal, REFUSAL_NONE);
		b.verify.record.events[0].certified_from = span_of(not_yet[i]);
		assert_int_equal(attest_plan(&b.source.work, &b.verify, &b.attest), 0);
		assert_int_equal(b.attest.refusal, REFUSAL_TERM);
	}
	both_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vaccination_becomes_a_card),
		cmocka_unit_test(each_element_has_its_row),
		cmocka_unit_test(nothing_is_attested_that_was_not_verified),
		cmocka_unit_test(what_is_required_is_never_made_up),
		cmocka_unit_test(an_attestation_never_outlives_source_or_key),
		cmocka_unit_test(every_bound_of_the_source_counts),
		cmocka_unit_test(nothing_counts_before_it_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
