/* test_emit.c - records as W3C credentials: in each form our own engine finds them genuine and reads the same. */
#include "codecs/emit.h"
#include "tests/aid/oom.h"
#include "tests/aid/roundtrip.h"
#include "tests/vc/aid_vc.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define S(text)  SPAN_LIT(text)
#define SNOMED   S("http://snomed.info/sct")

enum { DAY = 86400 };

static const char *const targets[] = { "vc", "vc-ecdsa", "vc-eddsa-jcs", "vc-ecdsa-jcs", "vc-jwt",
	"vc-jwt-1.1" };

struct desk {
	struct wallet wallet;
	struct identifier identifiers[2];
	struct event events[3];
	struct record record;
	struct emit_source source;
	struct emit_issuer issuer;
	struct emission emission;
	struct loss loss;
	struct emitted out;
	const struct target *target;
	struct verify again;
};

static void
fill_vaccination(struct event *v)
{
	event_init(v, EVENT_VACCINATION);
	v->disease = (struct coded){ S("840539006"), SNOMED, S("COVID-19"), .map = MAP_NONE };
	v->vaccine = (struct coded){ S("J07BX03"), S("http://www.whocc.no/atc"),
		S("covid-19 vaccines"), .map = MAP_NONE };
	v->brand = (struct coded){ S("EU/1/20/1528"),
		S("https://ec.europa.eu/health/documents/community-register/html/"),
		S("Comirnaty \"one\""), .map = MAP_NONE };
	v->manufacturer = (struct coded){ .display = S("A maker nobody knows") };
	v->ma_holder = (struct coded){ S("ORG-100030215"),
		S("https://spor.ema.europa.eu/v1/organisations"), S("Biontech"), .map = MAP_NONE };
	v->lot = S("B-\\7");
	v->date = S("2026-05");
	v->moment = S("2026-05-29T10:11:12Z");
	v->dose = 2;
	v->total_doses = 3;
	v->subpotent = true;
	v->valid_from = S("2026-06-12");
	v->valid_until = S("2027-06-12");
	v->next_dose = S("2026-11-29");
	v->country = S("AQ");
	v->centre = S("Hut 7");
	v->practitioner = S("Dr \303\206gir");
	v->issuer = S("Ministry of Ice");
	v->identifier = S("URN:UVCI:01:AQ:7F3KX2#7");
	v->certified_from = S("2026-06-01");
	v->certified_until = S("2028-06-01");
}

static void
fill_test(struct event *v)
{
	event_init(v, EVENT_TEST);
	v->disease = (struct coded){ S("840539006"), SNOMED, S("COVID-19"), .map = MAP_NONE };
	v->test_type = (struct coded){ S("LP217198-3"), S("http://loinc.org"), S("Rapid"),
		.map = MAP_NONE };
	v->test_device = (struct coded){ .code = S("1232"), .system = S("urn:devices") };
	v->specimen = (struct coded){ .code = S("258500001"), .system = SNOMED };
	v->result = (struct coded){ S("260415000"), SNOMED, S("Not detected"), .map = MAP_NONE };
	v->test_name = S("A test");
	v->sample_time = S("2026-11-20T10:11:12+02:00");
	v->result_time = S("2026-11-20T12:00:00+02:00");
	v->date = S("2026-11-20");
	v->country = S("DE");
	v->centre = S("Hut 8");
}

static void
fill_recovery(struct event *v)
{
	event_init(v, EVENT_RECOVERY);
	v->disease = (struct coded){ S("840539006"), SNOMED, S("COVID-19"), .map = MAP_NONE };
	v->first_positive = S("2026-08-01");
	v->date = S("2026-08-01");
	v->valid_from = S("2026-08-12");
	v->valid_until = S("2027-01-28");
	v->country = S("AQ");
}

static void
fill_record(struct desk *d)
{
	struct record *r = &d->record;

	record_init(r);
	r->name = (struct person_name){ S("Otto K. Pinguin"), S("Pinguin"), S("Otto K."),
		S("PINGUIN"), S("OTTO<K") };
	r->birth_date = S("1998-02");
	r->sex = S("male");
	r->nationality = S("AQ");
	r->guardian = S("Ada Pinguin");
	d->identifiers[0] = (struct identifier){ S("P123"), S("urn:passports"), S("PPN") };
	d->identifiers[1] = (struct identifier){ .value = S("9") };
	r->identifiers = d->identifiers;
	r->identifier_count = 2;
	r->certificate.issuer = S("Ministry of Ice");
	r->certificate.identifier = S("URN:UVCI:01:AQ:7F3KX2#7");
	r->certificate.version = S("1.3.0");
	r->certificate.from = WALLET_NOW - DAY;
	r->certificate.until = WALLET_NOW + 9 * DAY;
	fill_vaccination(&d->events[0]);
	fill_test(&d->events[1]);
	fill_recovery(&d->events[2]);
	r->events = d->events;
	r->event_count = 3;
}

static struct desk *
desk_open(const char *target)
{
	struct desk *d = calloc(1, sizeof(*d));
	bool ec;

	assert_non_null(d);
	d->target = target_named(span_of(target));
	assert_non_null(d->target);
	ec = d->target->alg == SIG_ES256;
	wallet_open_with(&d->wallet, ec ? PRIVATE_P256 : PRIVATE_ED25519, d->target->alg);
	d->wallet.signer.kid = d->wallet.method;
	fill_record(d);
	d->source = (struct emit_source){ "eu-dcc", S("AQ"), S("a2V5"),
		S("0123456789abcdef0123456789abcdef"), WALLET_NOW };
	d->issuer = (struct emit_issuer){ .url = S("https://gateway.example.test"),
		.did = d->wallet.did,
		.country = S("AQ"),
		.name = S("Gateway") };
	d->emission = (struct emission){ .record = &d->record,
		.source = &d->source,
		.issuer = &d->issuer,
		.id = { 0xab, 1, 2, 3, 4, 5, 6, 7, 8, 9 },
		.from = WALLET_NOW,
		.until = WALLET_NOW + 5 * DAY,
		.signer = &d->wallet.signer };
	return d;
}

static void
desk_close(struct desk *d)
{
	wallet_close(&d->wallet);
	free(d);
}

static int
emit(struct desk *d)
{
	d->wallet.work.arena = d->wallet.arena;
	report_begin(&d->wallet.report, d->wallet.arena);
	d->out = (struct emitted){ 0 };
	return d->target->emit(&d->wallet.work, d->target, &d->emission, &d->loss, &d->out);
}

static void
emit_and_compare(struct desk *d)
{
	assert_int_equal(emit(d), 0);
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
row(const struct desk *d, int event, enum element e)
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
		struct desk *d = desk_open(targets[i]);
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
		desk_close(d);
	}
}

static bool
holds(const struct desk *d, const char *text)
{
	return span_holds(d->out.text, span_of(text));
}

static void
it_says_what_was_verified(void **state)
{
	struct desk *d = desk_open("vc");

	(void)state;
	assert_int_equal(emit(d), 0);
	assert_true(holds(d, "\"evidence\":[{\"type\":[\"SourceVerification\"],"
			     "\"sourceScheme\":\"eu-dcc\",\"sourceIssuer\":\"AQ\","
			     "\"sourceKey\":\"a2V5\",\"sourceSha256\":\"MDEyMzQ1Njc4OWFiY2RlZj"
			     "AxMjM0NTY3ODlhYmNkZWY\",\"verifiedAt\":\"2026-12-01T12:00:00Z\","
			     "\"verdict\":\"verified\"}]"));
	assert_true(holds(d, "\"name\":\"Gateway\""));
	assert_true(holds(d, "\"created\":\"2026-12-01T12:00:00Z\""));
	assert_string_equal(d->out.media_type, "application/vc");
	assert_int_equal(d->out.code, EMIT_CODE_NONE);
	desk_close(d);
}

/* The document with a byte of that text changed, or the word true made null. */
static struct span
altered(struct desk *d, const char *text)
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
		struct desk *d = desk_open(targets[t]);
		assert_int_equal(emit(d), 0);
		for (size_t i = 0; i < COUNT(texts); i++)
			if (wallet_reason(&d->wallet, altered(d, texts[i])) !=
				REASON_SIGNATURE_MISMATCH)
				fail_msg("%s: %s", targets[t], texts[i]);
		desk_close(d);
	}
}

static void
nothing_is_claimed_that_the_source_does_not(void **state)
{
	struct desk *d = desk_open("vc");
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
	desk_close(d);
}

static void
somebody_must_be_named(void **state)
{
	struct desk *d = desk_open("vc");

	(void)state;
	d->record.name = (struct person_name){ 0 };
	assert_int_equal(emit(d), 0);
	assert_int_equal(row(d, LOSS_NO_EVENT, ELEMENT_NAME_TEXT)->fate, LOSS_MISSING);
	assert_null(d->out.text.ptr);
	d->record.name.given = S("Otto");
	emit_and_compare(d);
	d->record.event_count = 0;
	assert_int_equal(emit(d), 0);
	assert_int_equal(row(d, LOSS_NO_EVENT, ELEMENT_EVENT)->fate, LOSS_MISSING);
	assert_null(d->out.text.ptr);
	desk_close(d);
}

static void
without_a_key_there_is_only_the_report(void **state)
{
	struct desk *d = desk_open("vc");

	(void)state;
	d->emission.signer = NULL;
	assert_int_equal(emit(d), 0);
	assert_null(d->out.text.ptr);
	assert_true(d->loss.count[LOSS_KEPT] > 40);
	desk_close(d);
}

/* One event is an object, and its context has no more words than it needs. */
static void
a_single_event(void **state)
{
	struct desk *d = desk_open("vc-jwt");

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		d->record.events = &d->events[i];
		d->record.event_count = 1;
		emit_and_compare(d);
		assert_int_equal(d->again.record.event_count, 1);
	}
	desk_close(d);
}

static int
emit_once(void *arg)
{
	struct desk *d = arg;
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
		struct desk *d = desk_open(some[i]);
		assert_true(oom_each(emit_once, d) > 0);
		desk_close(d);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_gives_the_record_back),
		cmocka_unit_test(it_says_what_was_verified),
		cmocka_unit_test(what_is_altered_is_refused),
		cmocka_unit_test(nothing_is_claimed_that_the_source_does_not),
		cmocka_unit_test(somebody_must_be_named),
		cmocka_unit_test(without_a_key_there_is_only_the_report),
		cmocka_unit_test(a_single_event),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests_name("emit", tests, NULL, NULL);
}
