/* test_emit.c - records as W3C credentials: in each form our own engine finds them genuine and reads the same. */
#include "tests/aid/oom.h"
#include "tests/aid/roundtrip.h"
#include "tests/vc/aid_emit.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define S(text)  SPAN_LIT(text)
#define SNOMED   S("http://snomed.info/sct")

static const char *const targets[] = { "vc", "vc-ecdsa", "vc-eddsa-jcs", "vc-ecdsa-jcs", "vc-jwt",
	"vc-jwt-1.1" };

static void
emit_and_compare(struct writing *d)
{
	assert_int_equal(writing_emit(d), 0);
	assert_true(d->out.text.len > 0);
	if (wallet_verify(&d->wallet, d->out.text, NULL, &d->again) != VERDICT_VERIFIED) {
		for (int i = 0; i < CHECK_COUNT; i++)
			if (d->wallet.report.checks[i].status != STATUS_PASS)
				fail_msg("%s: %s", d->target->name,
					reason_code(d->wallet.report.checks[i].reason));
	}
	assert_int_equal(d->wallet.report.finding_count, 0);
	assert_string_equal(d->again.credential.scheme, d->target->scheme);
	roundtrip_check(&d->record, &d->loss, &d->again.record);
}

static const struct loss_row *
row(const struct writing *d, int event, enum element e)
{
	static const struct loss_row none = { .fate = LOSS_FATES };
	const struct loss_row *r;
	size_t at = 0;

	while ((r = loss_next(&d->loss, &at)) != NULL)
		if (r->event == event && r->element == e)
			return r;
	return &none;
}

/* Nothing is lost but what the attestation has of its own. */
static void
each_form_gives_the_record_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(targets); i++) {
		struct writing *d = writing_open(targets[i]);
		const struct loss_row *r;
		size_t at = 0;
		emit_and_compare(d);
		while ((r = loss_next(&d->loss, &at)) != NULL)
			assert_true(r->fate == LOSS_KEPT || r->why == WHY_REPLACED);
		assert_int_equal(d->again.credential.not_before, d->emission.from);
		assert_int_equal(d->again.credential.not_after, d->emission.until);
		assert_true(span_eq(d->again.record.certificate.issuer, d->wallet.did));
		assert_true(span_is(d->again.record.certificate.identifier,
			"urn:uuid:ab010203-0405-0607-0809-000000000000"));
		assert_true(span_is(d->again.record.identifiers[0].type, "PPN"));
		writing_close(d);
	}
}

static bool
holds(const struct writing *d, const char *text)
{
	return span_holds(d->out.text, span_of(text));
}

static void
it_says_what_was_verified(void **state)
{
	struct writing *d = writing_open("vc");

	(void)state;
	assert_int_equal(writing_emit(d), 0);
	assert_true(holds(d, "\"evidence\":[{\"type\":[\"SourceVerification\"],"
			     "\"sourceScheme\":\"eu-dcc\",\"sourceIssuer\":\"AQ\","
			     "\"sourceKey\":\"a2V5\",\"sourceSha256\":\"MDEyMzQ1Njc4OWFiY2RlZj"
			     "AxMjM0NTY3ODlhYmNkZWY\",\"verifiedAt\":\"2026-12-01T12:00:00Z\","
			     "\"verdict\":\"verified\"}]"));
	assert_true(holds(d, "\"name\":\"Gateway\""));
	assert_true(holds(d, "\"created\":\"2026-12-01T12:00:00Z\""));
	assert_string_equal(d->out.media_type, "application/vc");
	assert_int_equal(d->out.code, EMIT_CODE_NONE);
	writing_close(d);
}

/* The document with a byte of that text changed, or the word true made null. */
static struct span
altered(struct writing *d, const char *text)
{
	uint8_t *copy = arena_bytes(d->wallet.arena, d->out.text.len);
	uint8_t *at;

	memcpy(copy, d->out.text.ptr, d->out.text.len);
	at = memmem(copy, d->out.text.len, text, strlen(text));
	assert_non_null(at);
	if (strcmp(text, "true") == 0)
		memcpy(at, "null", 4);
	else
		at[strlen(text) - 1] ^= 1;
	return (struct span){ copy, d->out.text.len };
}

/* Whatever is said of person, event and source is signed. */
static void
what_is_altered_is_refused(void **state)
{
	static const char *const texts[] = { "Otto K", "1998-02", "OTTO", "840539006", "Hut 7",
		"Hut 8", "260415000", "2026-08-12", "PPN", "\"order\":\"2", "eu-dcc", "true",
		"Comirnaty", "COVID-19" };

	(void)state;
	for (size_t t = 0; t < 4; t++) {
		struct writing *d = writing_open(targets[t]);
		assert_int_equal(writing_emit(d), 0);
		for (size_t i = 0; i < COUNT(texts); i++)
			if (wallet_reason(&d->wallet, altered(d, texts[i])) !=
				REASON_SIGNATURE_MISMATCH)
				fail_msg("%s: %s", targets[t], texts[i]);
		writing_close(d);
	}
}

/* Statements are a set: what is said twice must not count twice, whichever way it is signed. */
static void
an_event_is_not_counted_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct writing *d = writing_open(targets[i]);
		struct buf b = buf_in(d->wallet.arena, SIZE_MAX);
		assert_int_equal(writing_emit(d), 0);
		struct span text = d->out.text;
		const uint8_t *list = memmem(text.ptr, text.len, "Subject\":[", 10);
		const uint8_t *next = memmem(text.ptr, text.len, "{\"type\":\"TestEvent", 18);
		assert_true(list && next);
		size_t from = (size_t)(list - text.ptr) + 10, to = (size_t)(next - text.ptr);
		buf_add(&b, span_slice(text, 0, to));
		buf_add(&b, span_slice(text, from, to - from));
		buf_add(&b, span_from(text, to));
		assert_int_equal(
			wallet_reason(&d->wallet, buf_span(&b)), REASON_SIGNATURE_MISMATCH);
		writing_close(d);
	}
}

static void
nothing_is_claimed_that_the_source_does_not(void **state)
{
	struct writing *d = writing_open("vc");
	struct event *v = &d->events[0];

	(void)state;
	v->dose_derived = true;
	v->next_dose = S("soon");
	v->total_doses = 0;
	v->vaccine = (struct coded){ .to_code = S("XM8NQ0"),
		.to_system = S("http://id.who.int/icd/release/11/mms"),
		.map = MAP_WIDER };
	v->brand = (struct coded){ .display = S("Pfizer"),
		.to_code = S("EU/1/20/1528"),
		.to_system = S("https://ec.europa.eu/health/documents/community-register/html/"),
		.to_display = S("Comirnaty"),
		.map = MAP_INEXACT };
	v->disease = (struct coded){ .to_code = S("840539006"),
		.to_system = SNOMED,
		.to_display = S("COVID-19"),
		.map = MAP_EQUAL };
	emit_and_compare(d);
	assert_int_equal(row(d, 0, ELEMENT_DOSE)->why, WHY_DERIVED);
	assert_int_equal(row(d, 0, ELEMENT_NEXT_DOSE)->why, WHY_FORMAT);
	assert_int_equal(row(d, 0, ELEMENT_TOTAL_DOSES)->why, WHY_FORMAT);
	assert_int_equal(row(d, 0, ELEMENT_VACCINE)->why, WHY_NO_CODE);
	assert_int_equal(row(d, 0, ELEMENT_BRAND)->fate, LOSS_KEPT);
	assert_int_equal(row(d, 0, ELEMENT_DISEASE)->fate, LOSS_MAPPED);
	assert_false(holds(d, "EU/1/20/1528"));
	assert_false(holds(d, "\"order\":\"2\""));
	writing_close(d);
}

static void
somebody_must_be_named(void **state)
{
	struct writing *d = writing_open("vc");

	(void)state;
	d->record.name = (struct person_name){ 0 };
	assert_int_equal(writing_emit(d), 0);
	assert_int_equal(row(d, LOSS_NO_EVENT, ELEMENT_NAME_TEXT)->fate, LOSS_MISSING);
	assert_null(d->out.text.ptr);
	d->record.name.given = S("Otto");
	emit_and_compare(d);
	d->record.event_count = 0;
	assert_int_equal(writing_emit(d), 0);
	assert_int_equal(row(d, LOSS_NO_EVENT, ELEMENT_EVENT)->fate, LOSS_MISSING);
	assert_null(d->out.text.ptr);
	writing_close(d);
}

static void
without_a_key_there_is_only_the_report(void **state)
{
	struct writing *d = writing_open("vc");

	(void)state;
	d->emission.signer = NULL;
	assert_int_equal(writing_emit(d), 0);
	assert_null(d->out.text.ptr);
	assert_true(d->loss.count[LOSS_KEPT] > 40);
	writing_close(d);
}

/* One event is an object, and its context has no more words than it needs. */
static void
a_single_event(void **state)
{
	struct writing *d = writing_open("vc-jwt");

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		d->record.events = &d->events[i];
		d->record.event_count = 1;
		emit_and_compare(d);
		assert_int_equal(d->again.record.event_count, 1);
	}
	writing_close(d);
}

static int
emit_once(void *arg)
{
	struct writing *d = arg;
	struct arena *arena = arena_new(1 << 23);
	struct kit *kit = kit_new();
	struct report report;
	struct work w = { arena, &report, &limits_default, kit, WALLET_NOW };
	struct emitted out = { 0 };
	int r = arena && kit ? 0 : -ENOMEM;

	if (r == 0) {
		report_begin(&report, arena);
		r = d->target->emit(&w, d->target, &d->emission, &d->loss, &out);
	}
	kit_free(kit);
	arena_free(arena);
	return r;
}

static void
out_of_memory(void **state)
{
	static const char *const some[] = { "vc", "vc-ecdsa-jcs", "vc-jwt-1.1" };

	(void)state;
	for (size_t i = 0; i < COUNT(some); i++) {
		struct writing *d = writing_open(some[i]);
		assert_true(oom_each(emit_once, d) > 0);
		writing_close(d);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_gives_the_record_back),
		cmocka_unit_test(it_says_what_was_verified),
		cmocka_unit_test(what_is_altered_is_refused),
		cmocka_unit_test(an_event_is_not_counted_twice),
		cmocka_unit_test(nothing_is_claimed_that_the_source_does_not),
		cmocka_unit_test(somebody_must_be_named),
		cmocka_unit_test(without_a_key_there_is_only_the_report),
		cmocka_unit_test(a_single_event),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests_name("emit", tests, NULL, NULL);
}
