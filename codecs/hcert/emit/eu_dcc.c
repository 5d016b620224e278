/* eu_dcc.c - a record as EU Digital COVID Certificate: schema 1.3.0, one event.
 *
 * The form has no place for whom we verified; `is` and `ci` are ours.  Doses are required, so what was only counted
 * here, and what was less than a dose, is never written.
 */
#include "codecs/hcert/eu_dcc.h"

#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/hcert/emit/eu_codes.h"
#include "codecs/hcert/emit/hc1.h"
#include "codecs/hcert/emit/uvci.h"
#include "codecs/record/translit.h"
#include "codecs/seal/cert.h"
#include "codecs/tree/cbor_write.h"

/* Characters, since schema 1.3.0. */
enum { TEXT_MAX = 80 };

struct form {
	struct arena *arena;
	const struct emission *e;
	struct loss *loss;
	bool whole; /* the source is an EU DCC itself */
	int event; /* its place in the record */
	const struct event *v;
	struct members entry;
	bool given_only;
	int error;
};

/* --- the person --- */

static bool
fits(struct span s)
{
	return s.len > 0 && utf8_count(s) <= TEXT_MAX;
}

/* A part of the name as it is written; one that is too long cannot be cut: it would be another name. */
static void
put_part(struct form *f, struct members *to, const char *key, enum element el, struct span part)
{
	if (part.len == 0)
		return;
	if (!fits(part)) {
		loss_miss(f->loss, LOSS_NO_EVENT, el, WHY_FORMAT);
		return;
	}
	loss_keep(f->loss, LOSS_NO_EVENT, el);
	members_text(to, key, part);
}

/* The source's own transliteration, else ours: many names share one, so it is the wider of both. */
static void
put_transliterated(struct form *f, struct members *to, const char *key, enum element el,
	struct span own, struct span name, bool required)
{
	struct buf b = buf_in(f->arena, SIZE_MAX);

	if (fits(own) && translit_is(own)) {
		loss_keep(f->loss, LOSS_NO_EVENT, el);
		members_text(to, key, own);
		return;
	}
	bool good = name.len > 0 && translit_name(&b, name);
	f->error = f->error ? f->error : b.error;
	if (good && b.len <= TEXT_MAX) {
		loss_map(f->loss, LOSS_NO_EVENT, el, MAP_WIDER, SPAN_NONE, SPAN_NONE);
		members_text(to, key, buf_span(&b));
	} else if (required) {
		loss_miss(
			f->loss, LOSS_NO_EVENT, el, own.len + name.len > 0 ? WHY_FORMAT : WHY_NONE);
	} else if (own.len > 0) {
		loss_drop(f->loss, LOSS_NO_EVENT, el, WHY_FORMAT);
	}
}

/* A name in one text stands as the family name, since the family name is what the schema requires; nobody could say
 * where to part it. */
static void
put_whole(struct form *f, struct members *to, struct span text)
{
	if (!fits(text)) {
		loss_miss(f->loss, LOSS_NO_EVENT, ELEMENT_NAME_TEXT,
			text.len > 0 ? WHY_FORMAT : WHY_NONE);
		return;
	}
	loss_map(f->loss, LOSS_NO_EVENT, ELEMENT_NAME_TEXT, MAP_INEXACT, SPAN_NONE, SPAN_NONE);
	members_text(to, "fn", text);
	put_transliterated(f, to, "fnt", ELEMENT_NAME_FAMILY_ICAO, SPAN_NONE, text, true);
}

static void
put_name(struct form *f, struct members *root)
{
	const struct person_name *n = &f->e->record->name;
	struct members nam = { 0 };
	struct buf b = buf_in(f->arena, SIZE_MAX);
	bool family = n->family.len + n->family_icao.len > 0;
	bool given = n->given.len + n->given_icao.len > 0;

	put_part(f, &nam, "fn", ELEMENT_NAME_FAMILY, n->family);
	put_part(f, &nam, "gn", ELEMENT_NAME_GIVEN, n->given);
	if (family)
		put_transliterated(
			f, &nam, "fnt", ELEMENT_NAME_FAMILY_ICAO, n->family_icao, n->family, true);
	if (given)
		put_transliterated(
			f, &nam, "gnt", ELEMENT_NAME_GIVEN_ICAO, n->given_icao, n->given, !family);
	if (!family && !given)
		put_whole(f, &nam, n->text);
	f->given_only = given && !family;
	members_write(&nam, &b);
	members_cbor(root, "nam", buf_span(&b));
	f->error = f->error ? f->error : b.error;
}

/* From 1900 on, as precise as it is; without one the schema has an empty text stand in its place. */
static struct span
birth_date(struct form *f)
{
	struct span s = f->e->record->birth_date;
	struct date d;

	if (s.len == 0)
		return SPAN_NONE;
	if (date_parse(s, &d) && d.exists && d.year >= 1900 && d.year < 2100) {
		loss_keep(f->loss, LOSS_NO_EVENT, ELEMENT_BIRTH_DATE);
		return s;
	}
	loss_miss(f->loss, LOSS_NO_EVENT, ELEMENT_BIRTH_DATE, WHY_FORMAT);
	return SPAN_NONE;
}

/* --- values of an entry --- */

/* Tells where the code comes from and writes it.  Of a required one that is not found the operator's is taken. */
static void
put_code(struct form *f, const char *key, enum element el, enum valueset set,
	const struct eu_code *found)
{
	struct span supplied = emit_supplied(f->e, el);

	if (found && found->map == MAP_NONE) {
		loss_keep(f->loss, f->event, el);
		members_text(&f->entry, key, found->code);
	} else if (found) {
		loss_map(f->loss, f->event, el, found->map, found->from, found->code);
		members_text(&f->entry, key, found->code);
	} else if (valueset_display(set, supplied).ptr) {
		loss_supply(f->loss, f->event, el);
		members_text(&f->entry, key, supplied);
	} else {
		loss_miss(f->loss, f->event, el,
			record_has(f->e->record, f->event, el) ? WHY_NO_CODE : WHY_NONE);
	}
}

static void
put_coded(
	struct form *f, const char *key, enum element el, enum valueset set, const struct coded *c)
{
	struct eu_code found;

	put_code(f, key, el, set, eu_code_of(set, c, f->whole, &found) ? &found : NULL);
}

/* An optional text. */
static void
put_text(struct form *f, const char *key, enum element el, struct span value)
{
	if (fits(value))
		members_text(&f->entry, key, emit_carry(f->loss, f->event, el, value));
	else if (value.len > 0)
		loss_drop(f->loss, f->event, el, WHY_FORMAT);
}

static void
put_count(struct form *f, const char *key, enum element el, int64_t value)
{
	int64_t n = hc1_count(f->e, f->loss, f->event, el, value, f->v->dose_derived);

	if (n != RECORD_NO_NUMBER)
		members_int(&f->entry, key, n);
}

static void
put_day(struct form *f, const char *key, enum element el, struct span value)
{
	members_text(&f->entry, key, hc1_day(f->e, f->loss, f->event, el, value));
}

/* RFC 3339 to the letter; another way to write the same moment is written anew. */
static void
put_moment(struct form *f, const char *key, enum element el, struct span value)
{
	struct buf b = buf_in(f->arena, SIZE_MAX);
	unsigned odd = 0;
	int64_t t;

	if (!time_parse(value, &t, &odd) || odd & TIME_NO_ZONE) {
		loss_miss(f->loss, f->event, el, value.len > 0 ? WHY_FORMAT : WHY_NONE);
		return;
	}
	if (!(odd & TIME_ODD_ZONE) && value.ptr[10] == 'T') {
		members_text(&f->entry, key, emit_carry(f->loss, f->event, el, value));
		return;
	}
	time_format(&b, t);
	loss_map(f->loss, f->event, el, MAP_EQUAL, SPAN_NONE, SPAN_NONE);
	members_text(&f->entry, key, buf_span(&b));
	f->error = f->error ? f->error : b.error;
}

/* --- entries --- */

static void
put_vaccination(struct form *f)
{
	const struct event *v = f->v;
	struct eu_code product = { 0 }, found;
	bool known = eu_product(v, f->whole, &product);

	if (!known)
		product.code = emit_supplied(f->e, ELEMENT_BRAND);
	put_code(f, "vp", ELEMENT_VACCINE, VALUES_PROPHYLAXIS,
		eu_prophylaxis(v, f->whole, &product, &found) ? &found : NULL);
	put_code(f, "mp", ELEMENT_BRAND, VALUES_PRODUCT, known ? &product : NULL);
	put_code(f, "ma", ELEMENT_MA_HOLDER, VALUES_HOLDER,
		eu_holder(v, f->whole, &product, &found) ? &found : NULL);
	put_count(f, "dn", ELEMENT_DOSE, v->dose);
	put_count(f, "sd", ELEMENT_TOTAL_DOSES, v->total_doses);
	put_day(f, "dt", ELEMENT_DATE, v->date);
}

static void
put_test(struct form *f)
{
	const struct event *v = f->v;
	struct eu_code device;

	put_coded(f, "tt", ELEMENT_TEST_TYPE, VALUES_TEST_TYPE, &v->test_type);
	put_coded(f, "tr", ELEMENT_RESULT, VALUES_TEST_RESULT, &v->result);
	put_moment(f, "sc", ELEMENT_SAMPLE_TIME, v->sample_time);
	put_text(f, "nm", ELEMENT_TEST_NAME, v->test_name);
	put_text(f, "tc", ELEMENT_CENTRE, v->centre);
	if (eu_code_of(VALUES_TEST_DEVICE, &v->test_device, f->whole, &device))
		put_code(f, "ma", ELEMENT_TEST_DEVICE, VALUES_TEST_DEVICE, &device);
	else if (record_has(f->e->record, f->event, ELEMENT_TEST_DEVICE))
		loss_drop(f->loss, f->event, ELEMENT_TEST_DEVICE, WHY_NO_CODE);
	/* the day of the sample */
	emit_carry(f->loss, f->event, ELEMENT_DATE, v->date);
}

static void
put_recovery(struct form *f)
{
	put_day(f, "fr", ELEMENT_FIRST_POSITIVE, f->v->first_positive);
	put_day(f, "df", ELEMENT_VALID_FROM, f->v->valid_from);
	put_day(f, "du", ELEMENT_VALID_UNTIL, f->v->valid_until);
	emit_carry(f->loss, f->event, ELEMENT_DATE, f->v->date);
}

/* Ours; the source's own is another certificate's. */
static void
put_identifier(struct form *f)
{
	struct buf b = buf_in(f->arena, SIZE_MAX);

	uvci_write(&b, f->e->issuer->country, f->e->id);
	f->error = f->error ? f->error : b.error;
	members_text(&f->entry, "ci", buf_span(&b));
	if (f->v->identifier.len > 0)
		loss_drop(f->loss, f->event, ELEMENT_IDENTIFIER, WHY_REPLACED);
}

static void
put_issuer(struct form *f)
{
	if (fits(f->e->issuer->name))
		members_text(&f->entry, "is", f->e->issuer->name);
	else
		loss_miss(f->loss, LOSS_NO_EVENT, ELEMENT_ISSUER, WHY_FORMAT);
	if (f->v->issuer.len > 0)
		loss_drop(f->loss, f->event, ELEMENT_EVENT_ISSUER, WHY_REPLACED);
}

static void
put_entry(struct form *f, struct members *root)
{
	static void (*const puts[])(struct form *) = {
		[EVENT_VACCINATION] = put_vaccination,
		[EVENT_TEST] = put_test,
		[EVENT_RECOVERY] = put_recovery,
	};
	static const char *const keys[] = {
		[EVENT_VACCINATION] = "v", [EVENT_TEST] = "t", [EVENT_RECOVERY] = "r"
	};
	struct buf b = buf_in(f->arena, SIZE_MAX);
	struct eu_code found;

	put_code(f, "tg", ELEMENT_DISEASE, VALUES_DISEASE,
		eu_disease(f->v, f->whole, &found) ? &found : NULL);
	puts[f->v->kind](f);
	members_text(&f->entry, "co", hc1_country(f->e, f->loss, f->event, f->v->country));
	put_issuer(f);
	put_identifier(f);
	cborw_list(&b, 1);
	members_write(&f->entry, &b);
	members_cbor(root, keys[f->v->kind], buf_span(&b));
	f->error = f->error ? f->error : b.error;
}

/* --- the certificate --- */

/* The key may sign for it, it is no less than a dose, and of no other disease. */
static bool
is_ours(const struct event *v, const void *usage)
{
	static const unsigned uses[] = { [EVENT_VACCINATION] = USAGE_VACCINATION,
		[EVENT_TEST] = USAGE_TEST,
		[EVENT_RECOVERY] = USAGE_RECOVERY };
	struct eu_code disease;
	bool named = v->disease.code.len + v->disease.to_code.len > 0;

	return *(const unsigned *)usage & uses[v->kind] && !v->subpotent &&
	       (!named || eu_disease(v, false, &disease));
}

static void
put_all(struct form *f, unsigned usage, struct buf *b)
{
	struct members root = { 0 };
	struct buf dob = buf_in(f->arena, SIZE_MAX);

	f->event = emit_newest_that(f->e->record, is_ours, &usage, f->loss);
	put_name(f, &root);
	cborw_text(&dob, birth_date(f));
	members_cbor(&root, "dob", buf_span(&dob));
	/* a given name alone suffices since 1.3.2 */
	members_text(&root, "ver", f->given_only ? SPAN_LIT("1.3.2") : SPAN_LIT("1.3.0"));
	if (f->event >= 0) {
		f->v = &f->e->record->events[f->event];
		put_entry(f, &root);
	}
	emit_replaced(f->e, f->loss);
	members_write(&root, b);
	f->error = f->error ? f->error : dob.error ? dob.error : b->error;
}

static int
emit(struct work *w, const struct target *t, const struct emission *e, struct loss *loss,
	struct emitted *out)
{
	struct form f = { .arena = w->arena,
		.e = e,
		.loss = loss,
		.whole = span_is(span_of(e->source->scheme), "eu-dcc") };
	struct buf b = buf_in(w->arena, SIZE_MAX);
	unsigned usage;
	int r;

	(void)t;
	loss_begin(loss, w->arena, e->record);
	if ((r = loss->error) != 0 || (r = hc1_usage(e, &usage)) != 0)
		return r;
	put_all(&f, usage, &b);
	if ((r = loss_rest(loss)) != 0 || (r = f.error) != 0)
		return r;
	if (!e->signer || loss->count[LOSS_MISSING] > 0)
		return 0;
	return hc1_seal(w, e, 1, &b, out);
}

const struct target dcc_targets[] = {
	{ "eu-dcc", "EU Digital COVID Certificate", "eu-dcc", "dcc", SIG_ES256, false, false, 0,
		emit },
	{ 0 },
};
