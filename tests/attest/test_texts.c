/* Texts that a genuine source may have, and that other formats could take for their own marks: written
 * in every form and read again, each says what it said, or is told as dropped or missing. */
#include "codecs/base/arena.h"
#include "codecs/base/report.h"
#include "codecs/record/products.h"
#include "conformance/translate/translation.h"
#include "tests/aid/mint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TEXT(s)                                     \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

static const struct span texts[] = {
	TEXT("\",\"x\":\"y"), TEXT("\\\""), TEXT("\\u0022}"), TEXT("a\nb\rc\td"), TEXT("a\0b"),
	TEXT("\x01\x1f\x7f"), TEXT("\xe2\x80\xa8\xe2\x80\xa9"), /* U+2028, U+2029 */
	TEXT("\xef\xbb\xbf"
	     "a"),
	TEXT("\xef\xbf\xbe\xef\xbf\xbf"), /* U+FFFE, U+FFFF */
	TEXT("\xc2\x85\xc2\x9b"), /* C1 */
	TEXT("\xf0\x9f\x92\x89"),

	TEXT("__proto__"), TEXT("@id"), TEXT("@none"), TEXT("_:b0"), TEXT("vaccination:x"),
	TEXT("https://w3id.org/vaccination#x"), TEXT("name"), TEXT("recipient"),
	TEXT("<b>&amp;\"'"), TEXT("2026-02-30"), TEXT("2026-05-29T24:00:00Z"),
	TEXT("2026-05-29T10:00:00+0200"), TEXT("0000"), TEXT("1e400"),
	TEXT("e\xcc\x81"), /* not composed */
};

#define AT(member) offsetof(struct record, member)
static const size_t of_record[] = { AT(name.text), AT(name.family), AT(name.given),
	AT(name.family_icao), AT(name.given_icao), AT(birth_date), AT(sex), AT(nationality),
	AT(guardian) };
#undef AT
#define AT(member) offsetof(struct event, member)
static const size_t of_event[] = { AT(disease.code), AT(disease.system), AT(disease.display),
	AT(vaccine.code), AT(vaccine.system), AT(vaccine.display), AT(brand.code), AT(brand.system),
	AT(brand.display), AT(manufacturer.code), AT(manufacturer.display), AT(ma_holder.code),
	AT(lot), AT(valid_from), AT(valid_until), AT(next_dose), AT(moment), AT(date), AT(country),
	AT(centre), AT(practitioner), AT(issuer), AT(identifier), AT(contact_phone),
	AT(contact_mail), AT(contact_address), AT(certified_from) };

#define FEVER_PRODUCT "YellowFeverProduct01a3b83cf13e87948437db11cf5c34eb"

enum {
	RECORD = sizeof(of_record) / sizeof(of_record[0]),
	EVENT = sizeof(of_event) / sizeof(of_event[0]),
	TEXTS = sizeof(texts) / sizeof(texts[0]),
	WITH_NUL = 4
};

static void
put(struct verify *v, size_t element, struct span text)
{
	uint8_t *base = element < RECORD ? (uint8_t *)&v->record : (uint8_t *)&v->record.events[0];
	size_t at = element < RECORD ? of_record[element] : of_event[element - RECORD];

	*(struct span *)(void *)&base[at] = text;
}

/* What every form has a place for, so that as many as can be are written. */
static void
fill(struct verify *v, bool fever)
{
	struct record *r = &v->record;
	struct event *e = &r->events[0];

	r->sex = SPAN_LIT("male");
	e->lot = SPAN_LIT("L-1");
	e->centre = SPAN_LIT("Ward 7");
	e->practitioner = SPAN_LIT("Dr. Skua");
	if (!fever)
		return;
	event_init(e, EVENT_VACCINATION);
	e->disease = (struct coded){ .to_code = SPAN_LIT("16541001"),
		.to_system = SPAN_LIT("http://snomed.info/sct"),
		.to_display = SPAN_LIT("Yellow fever"),
		.map = MAP_EQUAL };
	e->brand = (struct coded){ .code = SPAN_LIT(FEVER_PRODUCT),
		.system = SPAN_LIT(PRODUCT_SYSTEM),
		.display = SPAN_LIT("STAMARIL") };
	e->lot = SPAN_LIT("L-1");
	e->date = SPAN_LIT("2026-05-29");
	e->country = SPAN_LIT("AQ");
	e->centre = SPAN_LIT("Ward 7");
}

struct tally {
	size_t written, missing;
};

/* The tellings that blanks, dates and unknown codes get are the readers' own; a text that is another one is not. */
static bool
is_only_told(const char *fault)
{
	return strstr(fault, "what was written is told note.") != NULL;
}

static void
write_all(struct mint *m, struct keyring *k, struct span source, size_t element, struct span text,
	bool fever, struct tally *tally)
{
	const struct target *t;

	for (size_t i = 0; (t = target_at(i)) != NULL; i++) {
		struct verify v = { 0 };
		struct attest a;

		assert_int_equal(mint_verify(m, source, &v), VERDICT_VERIFIED);
		fill(&v, fever);
		put(&v, element, text);
		const char *fault = translation_fault(k, &m->work, &v, t, &a);
		if (fault && !is_only_told(fault))
			fail_msg("element %zu, \"%.*s\" as %s: %s", element, (int)text.len,
				(const char *)text.ptr, t->name, fault);
		tally->written += a.refusal == REFUSAL_NONE;
		tally->missing += a.refusal == REFUSAL_MISSING;
	}
}

static void
every_text_stays_a_text(void **state)
{
	struct keyring *k = keyring_new();
	struct tally tally = { 0 };
	struct mint m;

	(void)state;
	assert_non_null(k);
	mint_open(&m, PRIVATE_P256, SIG_ES256);
	struct span source = mint_text(&m, MINT_GOOD, (struct hcert_recipe){ 0 });
	for (size_t e = 0; e < RECORD + EVENT; e++)
		for (size_t i = 0; i < TEXTS; i++)
			if (i == WITH_NUL || (e + i) % 4 == 0) /* a part of all: seconds */
				write_all(&m, k, source, e, texts[i], i % 2 > 0, &tally);
	assert_true(tally.written > 1000 && tally.missing > 500);
	mint_close(&m);
	keyring_free(k);
}

static void
many(struct mint *m, struct keyring *k, struct span source, size_t count, size_t *written,
	size_t *refused)
{
	const struct target *t;

	for (size_t i = 0; (t = target_at(i)) != NULL; i++) {
		struct keyring_key key;
		struct verify v = { 0 };

		assert_int_equal(mint_verify(m, source, &v), VERDICT_VERIFIED);
		fill(&v, false);
		struct event *all = ARENA_ARRAY(m->scratch, count, struct event);
		assert_non_null(all);
		for (size_t e = 0; e < count; e++)
			all[e] = v.record.events[0];
		v.record.events = all;
		v.record.event_count = count;
		assert_true(keyring_key(k, t, &key));
		struct attest a = { .target = t,
			.issuer = &key.issuer,
			.term = MINT_DAY,
			.key_until = TIME_NONE,
			.signer = key.signer };
		int r = attest_plan(&m->work, &v, &a);
		if (r == 0 && a.refusal == REFUSAL_NONE && !t->undated)
			r = attest_write(&m->work, &v, &a);
		if (r != 0)
			fail_msg("%zu events as %s: %d", count, t->name, r);
		*written += a.refusal == REFUSAL_NONE;
		*refused += a.refusal == REFUSAL_SIZE;
	}
}

/* As many events as a document may have: each form is written or says that it is too long, and none fails. */
static void
many_events_are_no_fault_of_ours(void **state)
{
	static const size_t counts[] = { 2, 40, 300, 1024 };
	struct keyring *k = keyring_new();
	size_t written = 0, refused = 0;
	struct mint m;

	(void)state;
	assert_non_null(k);
	mint_open(&m, PRIVATE_P256, SIG_ES256);
	struct span source = mint_text(&m, MINT_GOOD, (struct hcert_recipe){ 0 });
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		many(&m, k, source, counts[i], &written, &refused);
	assert_true(written > 12 && refused > 4);
	mint_close(&m);
	keyring_free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_text_stays_a_text),
		cmocka_unit_test(many_events_are_no_fault_of_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
