/* subject.c - see subject.h.  A source's own codes are written as they are, beside what they were mapped to nothing:
 * readers map for themselves.  Only where the source has no code is one written: one that means the same as its
 * words, or that the WHO's list has for the product beside it. */
#include "codecs/vc/emit/subject.h"

#include "codecs/record/crosswalk.h"
#include "codecs/record/products.h"
#include "codecs/vc/health/values.h"
#include "codecs/vc/health/vocab.h"

enum { DOSE_MAX = 999 };

static const char *const event_types[] = {
	[EVENT_VACCINATION] = "VaccinationEvent",
	[EVENT_TEST] = "TestEvent",
	[EVENT_RECOVERY] = "RecoveryEvent",
};

unsigned
subject_kinds(const struct record *r)
{
	unsigned kinds = 0;

	for (size_t i = 0; i < r->event_count; i++)
		kinds |= 1u << r->events[i].kind;
	return kinds;
}

/* --- the context --- */

#define TERM(word, iri)                  \
	{                                \
		"\"" word "\"", iri "\"" \
	}

static const struct term {
	const char *word, *iri; /* both with a quote behind it, the word with one in front, too */
} terms[] = {
#define PERSON(element, field, vocabulary, word)        TERM(word, vocabulary word),
#define PERSON_DAY(element, field, vocabulary, word)    TERM(word, vocabulary word),
#define TEXT(kinds, element, field, vocabulary, word)   TERM(word, vocabulary word),
#define DAY(kinds, element, field, vocabulary, word)    TERM(word, vocabulary word),
#define NUMBER(kinds, element, field, vocabulary, word) TERM(word, vocabulary word),
#define FLAG(kinds, element, field, vocabulary, word)   TERM(word, vocabulary word),
#define CODE(kinds, element, field, vocabulary, word)   TERM(word, vocabulary word),
#define WORD(kinds, iri, word)                          TERM(word, iri),
#include "codecs/vc/health/words.def"
};

/* A value that reads like a word only makes the context longer. */
void
subject_context(struct buf *b, struct span members, enum vc_model model)
{
	const char *before = "{";

	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		struct span word = span_of(terms[i].word);
		if (!span_holds(members, word))
			continue;
		if (model == VC_MODEL_20 && span_is(word, "\"name\""))
			continue;
		buf_str(b, before);
		buf_add(b, word);
		buf_str(b, ":\"");
		buf_str(b, terms[i].iri);
		before = ",";
	}
	buf_char(b, '}');
}

/* --- members: each with a comma in front, since a type stands first --- */

struct writing {
	struct buf *b;
	const struct emission *e;
	struct loss *loss;
};

static void
member(struct buf *b, const char *word, struct span value)
{
	if (value.len == 0)
		return;
	buf_str(b, ",\"");
	buf_str(b, word);
	buf_str(b, "\":");
	buf_json(b, value);
}

static void
put_text(struct writing *x, int event, enum element el, const char *word, struct span value)
{
	member(x->b, word, emit_carry(x->loss, event, el, value));
}

static void
put_day(struct writing *x, int event, enum element el, const char *word, struct span value)
{
	if (value.len == 0)
		return;
	if (span_eq(health_day(value), value))
		put_text(x, event, el, word, value);
	else
		loss_drop(x->loss, event, el, WHY_FORMAT);
}

/* As text, as the vocabulary has it.  What was counted here is not the source's word. */
static void
put_number(struct writing *x, int event, enum element el, const char *word, int64_t value)
{
	if (value == RECORD_NO_NUMBER)
		return;
	if (el == ELEMENT_DOSE && x->e->record->events[event].dose_derived) {
		loss_drop(x->loss, event, el, WHY_DERIVED);
		return;
	}
	if (value < 1 || value > DOSE_MAX) {
		loss_drop(x->loss, event, el, WHY_FORMAT);
		return;
	}
	loss_keep(x->loss, event, el);
	buf_str(x->b, ",\"");
	buf_str(x->b, word);
	buf_str(x->b, "\":\"");
	buf_int(x->b, value);
	buf_char(x->b, '"');
}

static void
put_flag(struct writing *x, int event, enum element el, const char *word, bool value)
{
	if (!value)
		return;
	loss_keep(x->loss, event, el);
	buf_str(x->b, ",\"");
	buf_str(x->b, word);
	buf_str(x->b, "\":true");
}

/* An object of nothing but members. */
static void
put_object(struct buf *b, const char *word, const struct coded *c)
{
	struct buf in = buf_in(b->arena, SIZE_MAX);

	member(&in, "code", c->code);
	member(&in, "system", c->system);
	member(&in, "display", c->display);
	buf_str(b, ",\"");
	buf_str(b, word);
	buf_str(b, "\":{");
	buf_add(b, span_from(buf_span(&in), 1));
	buf_char(b, '}');
	if (in.error)
		b->error = in.error;
}

static bool
means_the_same(const struct coded *c)
{
	return c->to_code.len > 0 && c->map == MAP_EQUAL;
}

/* What stands in the place of a code that the source does not have: what means the same, or the type of a product. */
static bool
is_for_none(const struct coded *c)
{
	bool type = c->display.len == 0 && span_is(c->to_system, PRODUCT_TYPE_SYSTEM);

	if (c->code.len > 0)
		return false;
	return means_the_same(c) || (c->to_code.len > 0 && type && c->map == MAP_WIDER);
}

static void
put_code(struct writing *x, int event, enum element el, const char *word, const struct coded *c)
{
	struct coded own = *c;
	bool words = c->code.len + c->display.len + c->to_code.len == 0 && c->map == MAP_EQUAL;

	if (is_for_none(c)) {
		own = (struct coded){ c->to_code, c->to_system, c->display, .map = MAP_EQUAL };
		if (own.display.len == 0)
			own.display = c->to_display;
		loss_map(x->loss, event, el, c->map, c->display, c->to_code);
	} else if (words && c->to_display.len > 0) {
		own.display = c->to_display;
		loss_map(x->loss, event, el, MAP_EQUAL, SPAN_NONE, c->to_display);
	} else if (c->code.len + c->display.len > 0) {
		loss_keep(x->loss, event, el);
	} else {
		if (c->to_code.len > 0)
			loss_drop(x->loss, event, el, WHY_NO_CODE);
		return;
	}
	put_object(x->b, word, &own);
}

/* --- the person --- */

static void
put_identifiers(struct writing *x)
{
	const struct record *r = x->e->record;

	if (r->identifier_count == 0)
		return;
	loss_keep(x->loss, LOSS_NO_EVENT, ELEMENT_IDENTIFIERS);
	buf_str(x->b, ",\"identifiers\":[");
	for (size_t i = 0; i < r->identifier_count; i++) {
		buf_str(x->b, i > 0 ? ",{\"value\":" : "{\"value\":");
		buf_json(x->b, r->identifiers[i].value);
		member(x->b, "system", r->identifiers[i].system);
		member(x->b, "kind", r->identifiers[i].type);
		buf_char(x->b, '}');
	}
	buf_char(x->b, ']');
}

static void
put_person(struct writing *x)
{
	const struct record *r = x->e->record;
	const struct person_name *n = &r->name;

	if (n->text.len + n->family.len + n->given.len + n->family_icao.len + n->given_icao.len ==
		0)
		loss_miss(x->loss, LOSS_NO_EVENT, ELEMENT_NAME_TEXT, WHY_NONE);
	buf_str(x->b, ",\"recipient\":{\"type\":\"VaccineRecipient\"");
#define PERSON(element, field, vocabulary, word) \
	put_text(x, LOSS_NO_EVENT, ELEMENT_##element, word, r->field);
#define PERSON_DAY(element, field, vocabulary, word) \
	put_day(x, LOSS_NO_EVENT, ELEMENT_##element, word, r->field);
#include "codecs/vc/health/words.def"
	put_identifiers(x);
	buf_char(x->b, '}');
}

/* --- events --- */

/* In words, for readers of the vocabulary alone; a class or a guess is not named as if it were the thing. */
static struct span
in_words(const struct coded *c)
{
	if (c->display.len > 0)
		return c->display;
	return means_the_same(c) ? c->to_display : SPAN_NONE;
}

static void
put_vaccine(struct writing *x, const struct event *v)
{
	bool atc = crosswalk_system(v->vaccine.system) == CODES_ATC;

	buf_str(x->b, ",\"vaccine\":{\"type\":\"Vaccine\"");
	member(x->b, "disease", in_words(&v->disease));
	member(x->b, "atcCode", atc ? v->vaccine.code : SPAN_NONE);
	member(x->b, "medicinalProductName", in_words(&v->brand));
	member(x->b, "marketingAuthorizationHolder", in_words(&v->ma_holder));
	buf_char(x->b, '}');
}

static void
put_elements(struct writing *x, int i)
{
	const struct event *v = &x->e->record->events[i];
	unsigned bit = 1u << v->kind;

#define PUT(how, kinds, element, word, value) \
	if ((kinds)&bit)                      \
		how(x, i, ELEMENT_##element, word, value);
#define TEXT(kinds, element, field, vocabulary, word) PUT(put_text, kinds, element, word, v->field)
#define DAY(kinds, element, field, vocabulary, word)  PUT(put_day, kinds, element, word, v->field)
#define NUMBER(kinds, element, field, vocabulary, word) \
	PUT(put_number, kinds, element, word, v->field)
#define FLAG(kinds, element, field, vocabulary, word) PUT(put_flag, kinds, element, word, v->field)
#define CODE(kinds, element, field, vocabulary, word) PUT(put_code, kinds, element, word, &v->field)
#include "codecs/vc/health/words.def"
#undef PUT
}

static void
put_event(struct writing *x, int i)
{
	static const enum element own[] = { ELEMENT_EVENT_ISSUER, ELEMENT_IDENTIFIER };
	const struct event *v = &x->e->record->events[i];

	buf_str(x->b, "{\"type\":\"");
	buf_str(x->b, event_types[v->kind]);
	buf_char(x->b, '"');
	put_person(x);
	if (v->kind == EVENT_VACCINATION)
		put_vaccine(x, v);
	put_elements(x, i);
	buf_char(x->b, '}');
	for (size_t k = 0; k < sizeof(own) / sizeof(own[0]); k++)
		if (record_has(x->e->record, i, own[k]))
			loss_drop(x->loss, i, own[k], WHY_REPLACED);
}

void
subject_write(struct buf *b, const struct emission *e, struct loss *loss)
{
	struct writing x = { b, e, loss };
	size_t n = e->record->event_count;

	if (n == 0)
		loss_miss(loss, LOSS_NO_EVENT, ELEMENT_EVENT, WHY_KIND);
	if (n != 1)
		buf_char(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_char(b, ',');
		put_event(&x, (int)i);
	}
	if (n != 1)
		buf_char(b, ']');
	emit_replaced(e, loss);
}
