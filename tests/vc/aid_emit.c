/* aid_emit.c - see aid_emit.h. */
#include "tests/vc/aid_emit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define S(text) SPAN_LIT(text)
#define SNOMED  S("http://snomed.info/sct")

enum { DAY = 86400 };

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
	v->practitioner = S("Dr Emperor");
	v->contact_phone = S("+672 1");
	v->contact_mail = S("hut@example.test");
	v->contact_address = S("On the ice");
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
fill_record(struct writing *d)
{
	struct record *r = &d->record;

	record_init(r);
	r->name = (struct person_name){ S("Otto K. Pinguin"), S("Pinguin"), S("Otto K."),
		S("PINGUIN"), S("OTTO<K") };
	r->birth_date = S("1998-02");
	r->sex = S("male");
	r->nationality = S("AQ");
	r->guardian = S("Ada Pinguin");
	d->identifiers[0] = (struct identifier){
		.value = S("P123"), .system = S("urn:passports"), .type = S("PPN")
	};
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

struct writing *
writing_open(const char *target)
{
	struct writing *d = calloc(1, sizeof(*d));
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

void
writing_close(struct writing *d)
{
	wallet_close(&d->wallet);
	free(d);
}

int
writing_emit(struct writing *d)
{
	d->wallet.work.arena = d->wallet.arena;
	report_begin(&d->wallet.report, d->wallet.arena);
	d->out = (struct emitted){ 0 };
	return d->target->emit(&d->wallet.work, d->target, &d->emission, &d->loss, &d->out);
}
