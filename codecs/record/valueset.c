/* valueset.c - look-ups in the sorted table of valuesets.def. */
#include "codecs/record/valueset.h"

#include <string.h>

#define TEXT(s)                                     \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

static const struct value {
	struct span code, display;
} values[] = {
#define VALUE(set, code, display) { TEXT(code), TEXT(display) },
#include "codecs/record/valuesets.def"
#undef VALUE
};

/* The systems as the WHO core data set names them. */
static const struct span systems[VALUES_COUNT] = {
	[VALUES_DISEASE] = TEXT("http://snomed.info/sct"),
	[VALUES_PROPHYLAXIS] = TEXT("http://snomed.info/sct"),
	[VALUES_PRODUCT] = TEXT("https://ec.europa.eu/health/documents/community-register/html/"),
	[VALUES_HOLDER] = TEXT("https://spor.ema.europa.eu/v1/organisations"),
	[VALUES_TEST_TYPE] = TEXT("http://loinc.org"),
	[VALUES_TEST_RESULT] = TEXT("http://snomed.info/sct"),
	[VALUES_TEST_DEVICE] = TEXT("https://covid-19-diagnostics.jrc.ec.europa.eu/devices"),
	[VALUES_COUNTRY] = TEXT("urn:iso:std:iso:3166"),
};

/* How many codes stand in front of each set, four sets of 16 bits in a word: a search looks into one set only. */
#define BEFORE(set, n) ((uint64_t)((set) < 4 * QUARTER + (n)) << (16 * (n)))
#define VALUE(set, code, display)                                                      \
	+BEFORE(VALUES_##set, 0) + BEFORE(VALUES_##set, 1) + BEFORE(VALUES_##set, 2) + \
		BEFORE(VALUES_##set, 3)
static const uint64_t starts[] = {
#define QUARTER 0
#include "codecs/record/valuesets.def"
	,
#undef QUARTER
#define QUARTER 1
#include "codecs/record/valuesets.def"
	,
#undef QUARTER
#define QUARTER 2
#include "codecs/record/valuesets.def"
#undef QUARTER
};
#undef VALUE
_Static_assert(VALUES_COUNT < 12, "three words hold twelve places");

static size_t
start_of(unsigned set)
{
	return starts[set / 4] >> (16 * (set % 4)) & 0xffff;
}

/* Lengths before bytes: most steps of a search then compare two numbers. */
static int
compare(const struct value *v, struct span code)
{
	if (v->code.len != code.len)
		return v->code.len < code.len ? -1 : 1;
	if (code.len > 0 && v->code.ptr[0] != code.ptr[0])
		return v->code.ptr[0] < code.ptr[0] ? -1 : 1;
	return code.len ? memcmp(v->code.ptr, code.ptr, code.len) : 0;
}

struct span
valueset_display(enum valueset set, struct span code)
{
	size_t low = start_of(set), high = start_of(set + 1);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(&values[middle], code);
		if (order == 0)
			return values[middle].display;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return SPAN_NONE;
}

/* Three sets mix two systems; the form of the code tells which. */
static struct span
system_of(enum valueset set, struct span code)
{
	if (set == VALUES_PROPHYLAXIS && span_starts(code, SPAN_LIT("J")))
		return SPAN_LIT("http://www.whocc.no/atc");
	if (set == VALUES_PRODUCT && !span_starts(code, SPAN_LIT("EU/")))
		return SPAN_LIT("http://ec.europa.eu/temp/vaccineproductname");
	if (set == VALUES_HOLDER && !span_starts(code, SPAN_LIT("ORG-")))
		return SPAN_LIT("http://ec.europa.eu/temp/vaccinemanufacturer");
	return systems[set];
}

struct coded
valueset_worded(enum valueset set, struct span code, struct span display)
{
	return (struct coded){ .code = code, .system = system_of(set, code), .display = display };
}

struct coded
valueset_coded(enum valueset set, struct span code)
{
	return valueset_worded(set, code, valueset_display(set, code));
}
