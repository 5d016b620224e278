/* Records written as VDS-NC: what is kept, mapped and refused, and what our own reader says then. */
#include "codecs/base/report.h"
#include "gateway/attest/attest.h"
#include "tests/aid/mint.h"
#include "tests/aid/oom.h"
#include "tests/aid/roundtrip.h"
#include "tests/hcert/aid_who.h"
#include "tests/vdsnc/aid_vds.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TWO                                                                                   \
	"{\"uvci\":\"U1\",\"pid\":{\"n\":\"PINGUIN  OTTO\",\"dob\":\"1998-02-26\",\"sex\":"   \
	"\"X\",\"i\":\"P0001\",\"ai\":\"A7\"},\"ve\":[{\"des\":\"XM68M6\",\"nam\":\"V\","     \
	"\"vd\":[" SEALS_DOSE ",{\"dvc\":\"2026-02-01\",\"seq\":1,\"ctr\":\"D<<\",\"adm\":"   \
	"\"c\",\"lot\":\"d\"}]},{\"des\":\"XM0GQ8\",\"nam\":\"W\",\"dis\":\"RA01.0\",\"vd\":" \
	"[" SEALS_DOSE "]}]}"
#define NO_DATE \
	"{\"uvci\":\"U1\",\"pid\":{\"n\":\"Smith Bill\",\"i\":\"P0001\"}," SEALS_VE(SEALS_DOSE) "}"

struct world {
	struct seals source, ours;
	struct mint mint;
	struct work *work;
	struct verify verify, again;
	struct attest attest;
	struct emit_issuer issuer;
	struct emit_supply supplies[6];
	const char *types; /* of documents, that our certificate lists */
};

static struct world *
world_open(void)
{
	struct world *x = calloc(1, sizeof(*x));

	assert_non_null(x);
	seals_open(&x->source);
	seals_open(&x->ours);
	mint_open(&x->mint, PRIVATE_P256, SIG_ES256);
	x->issuer = (struct emit_issuer){ .url = SPAN_LIT("https://gateway.example.test"),
		.country = SPAN_LIT("AQ"),
		.name = SPAN_LIT("Gateway"),
		.cert = x->ours.signer_key.der };
	x->attest = (struct attest){ .target = target_named(SPAN_LIT("vds-nc")),
		.issuer = &x->issuer,
		.supplies = x->supplies,
		.term = 30 * SEALS_DAY,
		.key_until = TIME_NONE,
		.signer = &x->ours.signer,
		.id = { 0xff, 0x00, 0x10, 4, 5, 6, 7, 8 } };
	assert_non_null(x->attest.target);
	x->types = "NVNT";
	return x;
}

static void
world_close(struct world *x)
{
	mint_close(&x->mint);
	seals_close(&x->ours);
	seals_close(&x->source);
	free(x);
}

static void
supply(struct world *x, enum element e, const char *value)
{
	assert_true(x->attest.supply_count < sizeof(x->supplies) / sizeof(x->supplies[0]));
	x->supplies[x->attest.supply_count++] = (struct emit_supply){ e, span_of(value) };
}

static enum refusal
plan(struct world *x)
{
	assert_int_equal(attest_plan(x->work, &x->verify, &x->attest), 0);
	return x->attest.refusal;
}

static enum refusal
plan_seal(struct world *x, const char *type, const char *message)
{
	struct span text = seals_seal(
		&x->source, (struct vds_recipe){ .type = type, .message = message });

	assert_int_equal(seals_verify(&x->source, text, &x->verify), VERDICT_VERIFIED);
	x->work = &x->source.work;
	return plan(x);
}

static enum refusal
plan_dcc(struct world *x, const char *json)
{
	struct span text = mint_text(&x->mint, json, (struct hcert_recipe){ 0 });

	assert_int_equal(mint_verify(&x->mint, text, &x->verify), VERDICT_VERIFIED);
	x->work = &x->mint.work;
	return plan(x);
}

/* A certificate of our signer's that ends with the attestation, as whoever attests has it. */
static void
end_it(struct world *x)
{
	struct seals_request r = { .ca = &x->ours.csca, .types = x->types };

	r.until = x->attest.until;
	r.key = x->ours.signer_key.key;
	x->issuer.cert = seals_mint(&x->ours, &r).der;
}

/* Written, read with our authority as trust, and compared with what was told. */
static void
write_and_compare(struct world *x)
{
	end_it(x);
	assert_int_equal(attest_write(x->work, &x->verify, &x->attest), 0);
	assert_int_equal(x->attest.emitted.code, EMIT_CODE_BYTES);
	assert_int_equal(
		seals_verify(&x->ours, x->attest.emitted.text, &x->again), VERDICT_VERIFIED);
	for (const struct finding *f = x->ours.report.findings; f; f = f->next)
		assert_int_equal(f->reason, REASON_NOTE_VDS_BLANKS);
	assert_string_equal(x->again.credential.scheme, "icao-vds-nc");
	assert_int_equal(x->again.signer->not_after, x->attest.until);
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
a_seal_keeps_everything(void **state)
{
	static const char *const all[][2] = { { "icao.vacc", SEALS_SHOT }, { "icao.vacc", TWO },
		{ "icao.vacc", NO_DATE }, { "icao.test", SEALS_TEST } };
	struct world *x = world_open();

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const struct loss_row *r;
		size_t at = 0;
		assert_int_equal(plan_seal(x, all[i][0], all[i][1]), REFUSAL_NONE);
		while ((r = loss_next(&x->attest.loss, &at)) != NULL)
			assert_true(r->fate == LOSS_KEPT || r->why == WHY_REPLACED);
		write_and_compare(x);
	}
	assert_true(span_is(x->again.record.events[0].contact_mail, "a@b"));
	world_close(x);
}

static void
it_is_ours_and_canonical(void **state)
{
	struct world *x = world_open();
	struct span text;

	(void)state;
	x->issuer.country = SPAN_LIT("AQ");
	assert_int_equal(plan_seal(x, "icao.vacc", TWO), REFUSAL_NONE);
	write_and_compare(x);
	text = x->attest.emitted.text;
	assert_true(span_starts(text,
		SPAN_LIT("{\"data\":{\"hdr\":{\"is\":\"ATA\",\"t\":\"icao.vacc\",\"v\":1},\"msg\":{"
			 "\"pid\":{\"ai\":\"A7\",\"dob\":\"1998-02-26\",\"i\":\"P0001\",")));
	/* what is shown is what was signed: 12 characters of the attestation's number in base32 */
	assert_true(span_holds(text, x->again.credential.proofs[0].signed_bytes));
	assert_true(span_is(x->again.record.certificate.identifier, "74ABABAFAYDQ"));
	assert_true(span_is(x->again.record.certificate.issuer, "ATA"));
	/* two entries of three doses, and no more */
	assert_int_equal(x->again.record.event_count, 3);
	world_close(x);
}

static void
a_dcc_lacks_centre_and_lot(void **state)
{
	struct world *x = world_open();

	(void)state;
	assert_int_equal(plan_dcc(x, MINT_GOOD), REFUSAL_MISSING);
	assert_int_equal(row(x, 0, ELEMENT_CENTRE)->fate, LOSS_MISSING);
	assert_int_equal(row(x, 0, ELEMENT_LOT)->fate, LOSS_MISSING);
	assert_int_equal(x->attest.loss.count[LOSS_MISSING], 2);
	supply(x, ELEMENT_CENTRE, "longer than 20 letters");
	supply(x, ELEMENT_LOT, "unknown");
	assert_int_equal(plan(x), REFUSAL_MISSING);
	x->supplies[0].value = SPAN_LIT("Ministry of Ice");
	assert_int_equal(plan(x), REFUSAL_NONE);
	assert_true(span_is(row(x, 0, ELEMENT_COUNTRY)->to, "ATA"));
	assert_true(span_is(row(x, 0, ELEMENT_VACCINE)->to, "XM0GQ8"));
	assert_true(span_is(row(x, 0, ELEMENT_BRAND)->to, "Comirnaty"));
	assert_true(span_is(row(x, 0, ELEMENT_DISEASE)->to, "RA01"));
	assert_int_equal(row(x, LOSS_NO_EVENT, ELEMENT_NAME_FAMILY_ICAO)->map, MAP_EQUAL);
	assert_int_equal(row(x, LOSS_NO_EVENT, ELEMENT_NAME_FAMILY)->fate, LOSS_DROPPED);
	assert_int_equal(row(x, LOSS_NO_EVENT, ELEMENT_PERIOD_END)->why, WHY_REPLACED);
	write_and_compare(x);
	assert_true(span_is(x->again.record.name.text, "PINGUIN  OTTO"));
	world_close(x);
}

/* Yellow fever, by the WHO's product: the issuing body is no centre, and doses are not counted. */
static void
an_icvp_lacks_more(void **state)
{
	struct world *x = world_open();
	struct span text = mint_text(&x->mint, ICVP, (struct hcert_recipe){ .claim = -6 });

	(void)state;
	assert_int_equal(mint_verify(&x->mint, text, &x->verify), VERDICT_VERIFIED);
	x->work = &x->mint.work;
	assert_int_equal(plan(x), REFUSAL_MISSING);
	assert_int_equal(x->attest.loss.count[LOSS_MISSING], 4);
	assert_int_equal(row(x, 0, ELEMENT_BRAND)->fate, LOSS_MISSING);
	assert_true(span_is(row(x, 0, ELEMENT_VACCINE)->to, "XM0N24"));
	supply(x, ELEMENT_DOSE, "1");
	supply(x, ELEMENT_BRAND, "Stamaril");
	supply(x, ELEMENT_COUNTRY, "DE");
	supply(x, ELEMENT_CENTRE, "Hut 7");
	assert_int_equal(plan(x), REFUSAL_NONE);
	write_and_compare(x);
	assert_true(span_is(x->again.record.events[0].country, "D<<"));
	x->supplies[0].value = SPAN_LIT("1x");
	assert_int_equal(plan(x), REFUSAL_MISSING);
	world_close(x);
}

/* A name of any script, and the lengths. */
static void
names_are_as_passports_have_them(void **state)
{
	const struct {
		struct person_name name;
		const char *out; /* NULL: it can't be written */
	} rows[] = {
		{ { .family = SPAN_LIT("M\xc3\xbcller-L\xc3\xbc"),
			  .given = SPAN_LIT("\xc3\x86gir") },
			"MUELLER LUE  AEGIR" },
		{ { .text = SPAN_LIT("J\xc3\xbcrgen O'Neill") }, "JUERGEN ONEILL" },
		{ { .given = SPAN_LIT("Otto") }, "OTTO" },
		{ { .family = SPAN_LIT("x"), .family_icao = SPAN_LIT("PIN<GUIN") }, "PIN GUIN" },
		{ { .text = SPAN_LIT("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLM") },
			"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLM" },
		{ { .text = SPAN_LIT("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMN") }, NULL },
		{ { .text = SPAN_LIT("\xe5\xb1\xb1") }, NULL },
		{ { .text = SPAN_NONE }, NULL },
	};
	struct world *x = world_open();

	(void)state;
	supply(x, ELEMENT_CENTRE, "Hut");
	supply(x, ELEMENT_LOT, "unknown");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		plan_dcc(x, MINT_GOOD);
		x->verify.record.name = rows[i].name;
		if (!rows[i].out) {
			assert_int_equal(plan(x), REFUSAL_MISSING);
			assert_int_equal(
				row(x, LOSS_NO_EVENT, ELEMENT_NAME_TEXT)->fate, LOSS_MISSING);
			continue;
		}
		assert_int_equal(plan(x), REFUSAL_NONE);
		write_and_compare(x);
		assert_true(span_is(x->again.record.name.text, rows[i].out));
	}
	world_close(x);
}

/* Changes of a good record, and the one element that is refused then. */
static void
spoil(struct record *r, unsigned which)
{
	struct event *v = &r->events[0];

	switch (which) {
	case 0:
		v->dose = 100;
		break;
	case 1:
		v->dose_derived = true;
		break;
	case 2:
		v->date = SPAN_LIT("2026-05");
		break;
	case 3:
		v->country = SPAN_LIT("Atlantis");
		break;
	case 4:
		v->lot = SPAN_LIT("longer than 20 letters");
		break;
	case 5:
		v->vaccine = (struct coded){ .code = SPAN_LIT("unheard of") };
		break;
	case 6:
		v->brand = (struct coded){ .code = SPAN_LIT("7"), .system = SPAN_LIT("x:") };
		break;
	case 7:
		r->birth_date = SPAN_LIT("1998");
		r->identifiers[0].document = SPAN_NONE;
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
		{ 0, ELEMENT_DOSE, WHY_DERIVED },
		{ 0, ELEMENT_DATE, WHY_FORMAT },
		{ 0, ELEMENT_COUNTRY, WHY_FORMAT },
		{ 0, ELEMENT_LOT, WHY_FORMAT },
		{ 0, ELEMENT_VACCINE, WHY_NO_CODE },
		{ 0, ELEMENT_BRAND, WHY_NO_CODE },
		{ LOSS_NO_EVENT, ELEMENT_BIRTH_DATE, WHY_FORMAT },
		{ LOSS_NO_EVENT, ELEMENT_EVENT, WHY_KIND },
	};
	struct world *x = world_open();

	(void)state;
	for (unsigned i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		plan_seal(x, "icao.vacc", SEALS_SHOT);
		spoil(&x->verify.record, i);
		assert_int_equal(plan(x), REFUSAL_MISSING);
		const struct loss_row *r = row(x, expected[i].event, expected[i].element);
		assert_int_equal(r->fate, LOSS_MISSING);
		assert_int_equal(r->why, expected[i].why);
		assert_int_equal(x->attest.loss.count[LOSS_MISSING], 1);
		assert_true(attest_write(x->work, &x->verify, &x->attest) < 0);
	}
	x->issuer.country = SPAN_LIT("ZZ");
	assert_int_equal(plan_seal(x, "icao.vacc", SEALS_SHOT), REFUSAL_MISSING);
	assert_int_equal(row(x, LOSS_NO_EVENT, ELEMENT_ISSUER)->fate, LOSS_MISSING);
	world_close(x);
}

/* A test of nucleic acids need not be a PCR; a document without its kind is none of the annex. */
static void
a_test_says_no_more_than_its_source(void **state)
{
	struct world *x = world_open();
	struct record *r = &x->verify.record;

	(void)state;
	plan_seal(x, "icao.test", SEALS_TEST);
	r->events[0].test_type = (struct coded){ .code = SPAN_LIT("LP6464-4"),
		.system = SPAN_LIT("http://loinc.org") };
	assert_int_equal(plan(x), REFUSAL_MISSING);
	assert_int_equal(row(x, 0, ELEMENT_TEST_TYPE)->why, WHY_NO_CODE);
	supply(x, ELEMENT_TEST_TYPE, "molecular");
	assert_int_equal(plan(x), REFUSAL_MISSING);
	x->supplies[0].value = SPAN_LIT("molecular(other)");
	assert_int_equal(plan(x), REFUSAL_NONE);
	r->events[0].test_type.code = SPAN_LIT("LP217198-3");
	r->events[0].result = (struct coded){ .code = SPAN_LIT("260373001"),
		.system = SPAN_LIT("http://snomed.info/sct") };
	r->events[0].specimen = (struct coded){ .code = SPAN_LIT("472901003") };
	r->events[0].sample_time = SPAN_LIT("2026-11-20T12:00:00+08");
	assert_int_equal(plan(x), REFUSAL_NONE);
	assert_int_equal(row(x, 0, ELEMENT_TEST_TYPE)->map, MAP_WIDER);
	assert_true(span_is(row(x, 0, ELEMENT_RESULT)->to, "positive"));
	assert_int_equal(row(x, 0, ELEMENT_SPECIMEN)->why, WHY_NO_CODE);
	assert_int_equal(row(x, 0, ELEMENT_SAMPLE_TIME)->fate, LOSS_MAPPED);
	write_and_compare(x);
	assert_true(span_is(x->again.record.events[0].sample_time, "2026-11-20T04:00:00Z"));
	r->identifiers[0].document = r->identifiers[0].type = SPAN_NONE;
	r->events[0].contact_mail = SPAN_NONE;
	assert_int_equal(plan(x), REFUSAL_MISSING);
	assert_int_equal(row(x, LOSS_NO_EVENT, ELEMENT_IDENTIFIERS)->why, WHY_NO_CODE);
	assert_int_equal(row(x, 0, ELEMENT_CONTACT_MAIL)->why, WHY_NONE);
	world_close(x);
}

/* A signer of tests alone, and one of nothing. */
static void
a_key_signs_what_its_certificate_allows(void **state)
{
	static const struct {
		const char *types, *type, *message;
		enum refusal refusal;
	} rows[] = {
		{ "NT", "icao.vacc", SEALS_SHOT, REFUSAL_MISSING },
		{ "NT", "icao.test", SEALS_TEST, REFUSAL_NONE },
		{ "NV", "icao.test", SEALS_TEST, REFUSAL_MISSING },
		{ "NV", "icao.vacc", SEALS_SHOT, REFUSAL_NONE },
		{ NULL, "icao.vacc", SEALS_SHOT, REFUSAL_NONE },
	};
	struct world *x = world_open();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		x->types = rows[i].types;
		x->attest.until = 0;
		end_it(x);
		assert_int_equal(plan_seal(x, rows[i].type, rows[i].message), rows[i].refusal);
		if (rows[i].refusal == REFUSAL_NONE)
			write_and_compare(x);
	}
	x->issuer.cert = SPAN_NONE;
	assert_int_equal(plan_seal(x, "icao.vacc", SEALS_SHOT), REFUSAL_MISSING);
	world_close(x);
}

static int
write_once(void *arg)
{
	struct world *x = arg;
	struct arena *a = arena_new(limits_default.memory);
	struct report report;
	struct work w = { a, &report, &limits_default, x->source.kit, SEALS_NOW };
	struct emission e = { .record = &x->verify.record,
		.source = &x->attest.source,
		.issuer = &x->issuer,
		.from = x->attest.from,
		.until = x->attest.until,
		.signer = &x->ours.signer };
	struct loss loss;
	struct emitted out;
	int r = -ENOMEM;

	if (a) {
		report_begin(&report, a);
		r = x->attest.target->emit(&w, x->attest.target, &e, &loss, &out);
	}
	arena_free(a);
	return r;
}

static void
every_allocation_may_fail(void **state)
{
	struct world *x = world_open();

	(void)state;
	assert_int_equal(plan_seal(x, "icao.vacc", TWO), REFUSAL_NONE);
	end_it(x);
	assert_true(oom_each(write_once, x) > 0);
	assert_int_equal(plan_seal(x, "icao.test", SEALS_TEST), REFUSAL_NONE);
	assert_true(oom_each(write_once, x) > 0);
	world_close(x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_seal_keeps_everything),
		cmocka_unit_test(it_is_ours_and_canonical),
		cmocka_unit_test(a_dcc_lacks_centre_and_lot),
		cmocka_unit_test(an_icvp_lacks_more),
		cmocka_unit_test(names_are_as_passports_have_them),
		cmocka_unit_test(what_is_required_is_refused_by_name),
		cmocka_unit_test(a_test_says_no_more_than_its_source),
		cmocka_unit_test(a_key_signs_what_its_certificate_allows),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
