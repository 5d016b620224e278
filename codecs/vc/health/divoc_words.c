/* divoc_words.c - see divoc_words.h: tables, and texts compared by their letters and digits alone. */
#include "codecs/vc/health/divoc_words.h"

#include "codecs/record/crosswalk.h"
#include "codecs/record/valueset.h"

#define ICD11 SPAN_LIT("http://id.who.int/icd/release/11/mms")
#define TEXT(s)                                     \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

static const struct vaccine {
	struct span key, cvx, product, icd11;
	enum equivalence map;
} vaccines[] = {
#define VACCINE(key, cvx, product, icd11, map) \
	{ TEXT(key), TEXT(cvx), TEXT(product), TEXT(icd11), MAP_##map },
#define MAKER(key, holder)
#include "codecs/vc/health/divoc_words.def"
#undef VACCINE
#undef MAKER
};

static const struct maker {
	struct span key, holder;
} makers[] = {
#define VACCINE(key, cvx, product, icd11, map)
#define MAKER(key, holder) { TEXT(key), TEXT(holder) },
#include "codecs/vc/health/divoc_words.def"
#undef VACCINE
#undef MAKER
};

/* Whole texts, by WHO's maps from DIVOC. */
static const struct {
	struct span key;
	enum divoc_word word;
	struct span code; /* in the record's own system */
	enum equivalence map;
} terms[] = {
	{ TEXT("rtpcr"), DIVOC_TEST, TEXT("LP6464-4"), MAP_WIDER },
	{ TEXT("rapidantigentestrat"), DIVOC_TEST, TEXT("LP217198-3"), MAP_EQUAL },
	{ TEXT("rapidantigentest"), DIVOC_TEST, TEXT("LP217198-3"), MAP_EQUAL },
	{ TEXT("positive"), DIVOC_RESULT, TEXT("260373001"), MAP_EQUAL },
	{ TEXT("negative"), DIVOC_RESULT, TEXT("260415000"), MAP_EQUAL },
	{ TEXT("inconclusive"), DIVOC_RESULT, TEXT(""), MAP_NONE },
	{ TEXT("void"), DIVOC_RESULT, TEXT(""), MAP_NONE },
	{ TEXT("covid19"), DIVOC_DISEASE, TEXT(""), MAP_NONE },
	{ TEXT("nasopharyngealswab"), DIVOC_ORIGIN, TEXT("JAM.AH.XF"), MAP_EQUAL },
	{ TEXT("throatswab"), DIVOC_ORIGIN, TEXT("KAR.AH.XF"), MAP_WIDER },
	{ TEXT("nasalswab"), DIVOC_ORIGIN, TEXT("JAM.AH.XF"), MAP_WIDER },
};

#define EACH(i, list)                         \
	size_t i = 0;                         \
	i < sizeof(list) / sizeof((list)[0]); \
	i++

enum { LONGEST = 128 }; /* letters and digits of a text that are looked at */

struct bare {
	uint8_t ptr[LONGEST];
	size_t len;
};

static struct bare
bare(struct span s)
{
	struct bare b = { .len = 0 };

	for (size_t i = 0; i < s.len && b.len < LONGEST; i++) {
		uint8_t c = s.ptr[i];
		uint8_t small = c >= 'A' && c <= 'Z' ? c | 0x20 : c;
		if ((small >= 'a' && small <= 'z') || (c >= '0' && c <= '9'))
			b.ptr[b.len++] = small;
	}
	return b;
}

static bool
holds(const struct bare *b, struct span key)
{
	for (size_t i = 0; i + key.len <= b->len; i++)
		if (memcmp(&b->ptr[i], key.ptr, key.len) == 0)
			return true;
	return false;
}

static const struct vaccine *
vaccine_in(const struct bare *b)
{
	for (EACH(i, vaccines))
		if (holds(b, vaccines[i].key))
			return &vaccines[i];
	return NULL;
}

static const struct maker *
maker_in(const struct bare *b)
{
	for (EACH(i, makers))
		if (holds(b, makers[i].key))
			return &makers[i];
	return NULL;
}

/* SIZE_MAX: none. */
static size_t
term_in(const struct bare *b)
{
	for (EACH(i, terms))
		if (span_eq((struct span){ b->ptr, b->len }, terms[i].key))
			return i;
	return SIZE_MAX;
}

/* XM and four: the extension codes of ICD-11 for vaccines. */
static bool
is_icd11(struct span s)
{
	bool so = s.len == 6 && span_starts(s, SPAN_LIT("XM"));

	for (size_t i = 2; so && i < s.len; i++)
		so = (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z') || (s.ptr[i] >= '0' && s.ptr[i] <= '9');
	return so;
}

unsigned
divoc_words(struct span text)
{
	struct bare b = bare(text);
	size_t term = term_in(&b);
	unsigned is = is_icd11(text) ? DIVOC_ICD11 : 0;

	is |= vaccine_in(&b) ? DIVOC_VACCINE : 0;
	is |= maker_in(&b) ? DIVOC_MAKER : 0;
	return is | (term != SIZE_MAX ? terms[term].word : 0u);
}

void
divoc_vaccine(struct span text, struct coded *brand, struct coded *vaccine, struct coded *disease)
{
	struct bare b = bare(text);
	const struct vaccine *v = vaccine_in(&b);

	*brand = (struct coded){ .display = text };
	if (!v)
		return;
	crosswalk_disease(CODES_CVX, v->cvx, disease);
	if (v->product.len > 0)
		coded_map(brand, valueset_coded(VALUES_PRODUCT, v->product),
			v->map == MAP_INEXACT ? MAP_INEXACT : MAP_EQUAL);
	if (v->icd11.len == 0)
		return;
	*vaccine = (struct coded){ .display = text };
	coded_map(vaccine, (struct coded){ .code = v->icd11, .system = ICD11 }, v->map);
}

struct coded
divoc_maker(struct span text)
{
	struct bare b = bare(text);
	const struct maker *m = maker_in(&b);
	struct coded c = { .display = text };

	if (m && m->holder.len > 0)
		coded_map(&c, valueset_coded(VALUES_HOLDER, m->holder), MAP_INEXACT);
	return c;
}

struct coded
divoc_icd11(struct span code, struct span words, struct coded *disease)
{
	crosswalk_disease(CODES_ICD11, code, disease);
	return (struct coded){ .code = code, .system = ICD11, .display = words };
}

/* VALUES_NONE: the code is one of ICD-11. */
static struct coded
term(struct span text, enum divoc_word word, enum valueset set)
{
	struct bare b = bare(text);
	size_t i = term_in(&b);
	struct coded c = { .display = text };

	if (i == SIZE_MAX || terms[i].word != word || terms[i].map == MAP_NONE)
		return c;
	struct coded to = { .code = terms[i].code, .system = ICD11 };
	coded_map(&c, set == VALUES_NONE ? to : valueset_coded(set, to.code), terms[i].map);
	return c;
}

struct coded
divoc_origin(struct span text)
{
	return term(text, DIVOC_ORIGIN, VALUES_NONE);
}

struct coded
divoc_test(struct span text)
{
	return term(text, DIVOC_TEST, VALUES_TEST_TYPE);
}

struct coded
divoc_result(struct span text)
{
	return term(text, DIVOC_RESULT, VALUES_TEST_RESULT);
}

struct coded
divoc_disease(struct span text)
{
	struct coded c = { 0 };

	if (divoc_words(text) & DIVOC_DISEASE)
		crosswalk_disease(CODES_CVX, SPAN_LIT("213"), &c);
	c.display = text;
	return c;
}
