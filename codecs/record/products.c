/* products.c - look-ups in the sorted table of products.def. */
#include "codecs/record/products.h"

#define TEXT(s)                                     \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

static const struct product products[] = {
#define PRODUCT(code, type, disease, brand, maker, doses, since, twin)                             \
	{ TEXT(code), TEXT(type), PRODUCT_##disease, TEXT(brand), TEXT(maker), doses, TEXT(since), \
		TEXT(twin) },
#include "codecs/record/products.def"
#undef PRODUCT
};

const struct product *
product_named(struct span code)
{
	size_t low = 0, high = sizeof(products) / sizeof(products[0]);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = span_cmp(products[middle].code, code);
		if (order == 0)
			return &products[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool
product_disease(enum product_disease disease, struct coded *out)
{
	if (disease == PRODUCT_OTHER)
		return false;
	bool yellow = disease == PRODUCT_YELLOW_FEVER;
	*out = (struct coded){ .to_code = yellow ? SPAN_LIT("16541001") : SPAN_LIT("398102009"),
		.to_system = SPAN_LIT("http://snomed.info/sct"),
		.to_display = yellow ? SPAN_LIT("Yellow fever") : SPAN_LIT("Poliomyelitis"),
		.map = MAP_EQUAL };
	return true;
}
