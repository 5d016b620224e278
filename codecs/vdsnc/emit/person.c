/* person.c - whose it is: the name as Doc 9303-3 has it, and the numbers of documents. */
#include "codecs/record/translit.h"
#include "codecs/vdsnc/emit/form.h"
#include "codecs/vdsnc/vdsnc.h"

enum { NAME_MAX = 39, TRAVEL_MAX = 11, OTHER_MAX = 24 };

/* --- the name --- */

/* Behind what is in b, with blanks for fillers. */
static bool
add_letters(struct buf *b, struct span as)
{
	size_t from = b->len;
	bool good = translit_is(as);

	if (good)
		buf_add(b, as);
	else
		good = translit_name(b, as);
	for (size_t i = from; !b->error && i < b->len; i++)
		if (b->ptr[i] == '<')
			b->ptr[i] = ' ';
	return good;
}

/* The source's own transliteration, else ours; two blanks part the primary from the secondary identifier. */
static bool
add_part(struct buf *b, struct span name, struct span icao)
{
	if (name.len + icao.len == 0)
		return true;
	if (b->len > 0)
		buf_str(b, "  ");
	return add_letters(b, translit_is(icao) ? icao : name);
}

static bool
has_parts(const struct person_name *n)
{
	return n->family.len + n->given.len + n->family_icao.len + n->given_icao.len > 0;
}

static bool
is_verbatim(const struct form *f)
{
	return span_is(span_of(f->e->source->scheme), VDS_SCHEME);
}

static bool
add_name(const struct form *f, struct buf *b)
{
	const struct person_name *n = &f->e->record->name;

	if (has_parts(n))
		return add_part(b, n->family, n->family_icao) &&
		       add_part(b, n->given, n->given_icao);
	if (is_verbatim(f))
		buf_add(b, n->text);
	return is_verbatim(f) || add_letters(b, n->text);
}

/* Many names share one transliteration, so it is the wider of both. */
static void
tell_part(struct form *f, enum element el, struct span name, enum element own, struct span icao)
{
	if (translit_is(icao))
		loss_map(f->loss, LOSS_NO_EVENT, own, MAP_EQUAL, SPAN_NONE, SPAN_NONE);
	else if (name.len > 0)
		loss_map(f->loss, LOSS_NO_EVENT, el, MAP_WIDER, SPAN_NONE, SPAN_NONE);
}

static void
tell_name(struct form *f)
{
	const struct person_name *n = &f->e->record->name;

	tell_part(f, ELEMENT_NAME_FAMILY, n->family, ELEMENT_NAME_FAMILY_ICAO, n->family_icao);
	tell_part(f, ELEMENT_NAME_GIVEN, n->given, ELEMENT_NAME_GIVEN_ICAO, n->given_icao);
	if (!has_parts(n) && is_verbatim(f))
		loss_keep(f->loss, LOSS_NO_EVENT, ELEMENT_NAME_TEXT);
	else if (!has_parts(n))
		loss_map(
			f->loss, LOSS_NO_EVENT, ELEMENT_NAME_TEXT, MAP_WIDER, SPAN_NONE, SPAN_NONE);
}

/* One that is too long is not cut: it would be another name. */
static void
put_name(struct form *f)
{
	const struct person_name *n = &f->e->record->name;
	struct buf b = buf_in(f->w->arena, SIZE_MAX);

	if (add_name(f, &b) && form_fits(buf_span(&b), NAME_MAX)) {
		tell_name(f);
		form_text(f, "n", buf_span(&b));
	} else {
		loss_miss(f->loss, LOSS_NO_EVENT, ELEMENT_NAME_TEXT,
			has_parts(n) || n->text.len > 0 ? WHY_FORMAT : WHY_NONE);
	}
	f->b.error = f->b.error ? f->b.error : b.error;
}

/* --- birth and sex --- */

/* RFC 3339 wants all of the date; a proof of vaccination can do without, where it has a document's number. */
static void
put_birth(struct form *f, bool required)
{
	struct span birth = f->e->record->birth_date;
	enum loss_why why = birth.len > 0 ? WHY_FORMAT : WHY_NONE;

	if (form_is_day(birth))
		form_text(f, "dob", emit_carry(f->loss, LOSS_NO_EVENT, ELEMENT_BIRTH_DATE, birth));
	else if (required)
		loss_miss(f->loss, LOSS_NO_EVENT, ELEMENT_BIRTH_DATE, why);
	else if (birth.len > 0)
		loss_drop(f->loss, LOSS_NO_EVENT, ELEMENT_BIRTH_DATE, why);
}

/* X: neither M nor F was specified (Doc 9303-4, 4.1.1.1). */
static void
put_sex(struct form *f)
{
	struct span gender = emit_gender(f->e->record->sex);

	if (span_is(gender, "other"))
		loss_map(f->loss, LOSS_NO_EVENT, ELEMENT_SEX, MAP_WIDER, SPAN_NONE, SPAN_NONE);
	else
		emit_sex(f->e, f->loss);
	if (span_is(gender, "male"))
		form_text(f, "sex", SPAN_LIT("M"));
	else if (span_is(gender, "female"))
		form_text(f, "sex", SPAN_LIT("F"));
	else if (gender.len > 0)
		form_text(f, "sex", SPAN_LIT("X"));
}

/* --- documents --- */

/* Which document a number is of, by Doc 9303's letters; RECORD_TRAVEL: one to travel with; empty: any other. */
static struct span
document(const struct identifier *id)
{
	if (id->document.len > 0)
		return id->document;
	if (span_is(id->type, "PPN"))
		return SPAN_LIT("P");
	return span_is(id->type, "DL") ? SPAN_LIT("D") : SPAN_NONE;
}

/* A driving licence is a document for proofs of testing alone. */
static bool
is_for_travel(const struct identifier *id, size_t max)
{
	struct span kind = document(id);

	return kind.len > 0 && !span_is(kind, "D") && form_fits(id->value, max);
}

static bool
is_other(const struct identifier *id, size_t max)
{
	return !is_for_travel(id, SIZE_MAX) && form_fits(id->value, max);
}

static bool
is_with_letter(const struct identifier *id, size_t max)
{
	struct span kind = document(id);

	return kind.len > 0 && !span_is(kind, RECORD_TRAVEL) && form_fits(id->value, max);
}

static const struct identifier *
find(const struct form *f, bool (*fit)(const struct identifier *id, size_t max), size_t max)
{
	const struct record *r = f->e->record;

	for (size_t i = 0; i < r->identifier_count; i++)
		if (fit(&r->identifiers[i], max))
			return &r->identifiers[i];
	return NULL;
}

/* Some of the source's are fewer than all. */
static void
tell_identifiers(struct form *f, size_t written)
{
	size_t count = f->e->record->identifier_count;

	if (written > 0 && written == count)
		loss_keep(f->loss, LOSS_NO_EVENT, ELEMENT_IDENTIFIERS);
	else if (written > 0)
		loss_map(f->loss, LOSS_NO_EVENT, ELEMENT_IDENTIFIERS, MAP_NARROWER, SPAN_NONE,
			SPAN_NONE);
	else if (count > 0)
		loss_drop(f->loss, LOSS_NO_EVENT, ELEMENT_IDENTIFIERS, WHY_FORMAT);
}

static void
put_tested(struct form *f)
{
	const struct identifier *id = find(f, is_with_letter, OTHER_MAX);

	put_birth(f, true);
	if (!id) {
		loss_miss(f->loss, LOSS_NO_EVENT, ELEMENT_IDENTIFIERS,
			f->e->record->identifier_count > 0 ? WHY_NO_CODE : WHY_NONE);
		return;
	}
	form_text(f, "dt", document(id));
	form_text(f, "dn", id->value);
	tell_identifiers(f, 1);
}

static void
put_vaccinated(struct form *f)
{
	const struct identifier *travel = find(f, is_for_travel, TRAVEL_MAX);
	const struct identifier *other = find(f, is_other, OTHER_MAX);

	put_birth(f, !travel);
	if (travel)
		form_text(f, "i", travel->value);
	if (other)
		form_text(f, "ai", other->value);
	tell_identifiers(f, (size_t)(travel != NULL) + (other != NULL));
}

void
form_person(struct form *f, bool tested)
{
	form_open(f, "pid", '{');
	put_name(f);
	put_sex(f);
	if (tested)
		put_tested(f);
	else
		put_vaccinated(f);
	form_close(f, '}');
}
