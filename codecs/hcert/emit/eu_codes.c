/* eu_codes.c - vaccines, holders, tests and results as the EU writes them; what has no such code gets none. */
#include "codecs/hcert/emit/eu_codes.h"

#include "codecs/record/crosswalk.h"

#define TEXT(s)                                     \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

static const struct product_row {
	struct span code, holder, prophylaxis;
} products[] = {
#define PRODUCT(code, holder, prophylaxis) { TEXT(code), TEXT(holder), TEXT(prophylaxis) },
#include "codecs/hcert/emit/eu_products.def"
#undef PRODUCT
};

static const struct {
	struct span icd11, code;
	enum equivalence map;
} classes[] = {
#define CLASS(icd11, code, map) { TEXT(icd11), TEXT(code), MAP_##map },
#include "codecs/hcert/emit/eu_classes.def"
#undef CLASS
};

#define EACH(i, list)                         \
	size_t i = 0;                         \
	i < sizeof(list) / sizeof((list)[0]); \
	i++

/* Lists that grow, with systems of their own: the system alone tells that a code is one of them. */
static bool
is_open(enum valueset set)
{
	return set == VALUES_PRODUCT || set == VALUES_HOLDER || set == VALUES_TEST_DEVICE;
}

static bool
is_in(enum valueset set, struct span code, struct span system, bool whole)
{
	struct coded own = valueset_coded(set, code);

	return code.len > 0 && span_eq(system, own.system) &&
	       (whole || is_open(set) || own.display.ptr);
}

/* A product or a holder that is named in the words of the value set. */
static bool
by_words(enum valueset set, const struct coded *c, struct eu_code *out)
{
	struct span words = c->display.len > 0 ? c->display : c->code;

	for (EACH(i, products)) {
		struct span code = set == VALUES_PRODUCT ? products[i].code : products[i].holder;
		if (words.len == 0 || !span_eq(valueset_display(set, code), words))
			continue;
		*out = (struct eu_code){ code, MAP_EQUAL, words };
		return true;
	}
	return false;
}

/* One that says more than the source does, or something else, is not written for it. */
static bool
is_no_more(enum equivalence map)
{
	return map == MAP_NONE || map == MAP_EQUAL || map == MAP_WIDER;
}

bool
eu_code_of(enum valueset set, const struct coded *c, bool whole, struct eu_code *out)
{
	if (is_in(set, c->code, c->system, whole)) {
		*out = (struct eu_code){ .code = c->code };
		return true;
	}
	if (is_in(set, c->to_code, c->to_system, false) && is_no_more(c->map)) {
		*out = (struct eu_code){ c->to_code, c->map, c->code };
		return true;
	}
	return (set == VALUES_PRODUCT || set == VALUES_HOLDER) && by_words(set, c, out);
}

bool
eu_disease(const struct event *v, bool whole, struct eu_code *out)
{
	const struct coded *c = &v->disease;

	if (eu_code_of(VALUES_DISEASE, c, whole, out))
		return true;
	if (v->kind != EVENT_TEST || c->map != MAP_INEXACT ||
		!is_in(VALUES_DISEASE, c->to_code, c->to_system, false))
		return false;
	*out = (struct eu_code){ c->to_code, c->map, c->code };
	return true;
}

/* Products that share the class with others, whose rows say wider: the class does not tell which it was. */
static const char *const one_of_several[] = { "NVX-CoV2373", "Covid-19-recombinant" };

static bool
by_only_product(const struct coded *c, struct eu_code *out)
{
	struct coded found;

	if (!crosswalk_to(CODES_PRODUCT, c, &found) || !is_no_more(found.map) ||
		!valueset_display(VALUES_PRODUCT, found.code).ptr)
		return false;
	for (EACH(i, one_of_several))
		if (span_is(found.code, one_of_several[i]))
			return false;
	*out = (struct eu_code){ found.code, found.map, c->code.len > 0 ? c->code : c->to_code };
	return true;
}

bool
eu_product(const struct event *v, bool whole, struct eu_code *out)
{
	return eu_code_of(VALUES_PRODUCT, &v->brand, whole, out) ||
	       by_only_product(&v->brand, out) || by_only_product(&v->vaccine, out);
}

static const struct product_row *
row_of(struct span product)
{
	for (EACH(i, products))
		if (span_eq(product, products[i].code))
			return &products[i];
	return NULL;
}

/* Both halves of a way in one: exact where the second is, else wider where neither is anything else. */
static enum equivalence
joined(enum equivalence first, enum equivalence second)
{
	if (first == MAP_NONE || first == MAP_EQUAL)
		return second;
	return second == MAP_EQUAL || first == second ? first : MAP_INEXACT;
}

static bool
by_class(const struct coded *vaccine, struct eu_code *out)
{
	struct coded class, disease;
	struct eu_code found = { .map = MAP_WIDER };

	if (!crosswalk_to(CODES_ICD11, vaccine, &class) ||
		!crosswalk_disease(CODES_ICD11, class.code, &disease) ||
		!valueset_display(VALUES_DISEASE, disease.to_code).ptr)
		return false;
	found.code = SPAN_LIT("28531000087107");
	for (EACH(i, classes))
		if (span_eq(class.code, classes[i].icd11)) {
			found.code = classes[i].code;
			found.map = classes[i].map;
		}
	found.map = joined(class.map, found.map);
	if (!is_no_more(found.map))
		return false;
	found.from = vaccine->code.len > 0 ? vaccine->code : vaccine->to_code;
	*out = found;
	return true;
}

bool
eu_prophylaxis(
	const struct event *v, bool whole, const struct eu_code *product, struct eu_code *out)
{
	const struct product_row *row = row_of(product->code);

	if (eu_code_of(VALUES_PROPHYLAXIS, &v->vaccine, whole, out) || by_class(&v->vaccine, out))
		return true;
	if (row)
		*out = (struct eu_code){ row->prophylaxis, MAP_WIDER, product->code };
	return row != NULL;
}

bool
eu_holder(const struct event *v, bool whole, const struct eu_code *product, struct eu_code *out)
{
	const struct product_row *row = row_of(product->code);

	if (eu_code_of(VALUES_HOLDER, &v->ma_holder, whole, out))
		return true;
	/* whom the register names as holder for the product: of the product only that much is said */
	if (row)
		*out = (struct eu_code){ row->holder, MAP_WIDER, product->code };
	return row != NULL;
}
