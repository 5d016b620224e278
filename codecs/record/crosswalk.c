/* crosswalk.c - look-ups in the sorted table of crosswalk.def. */
#include "codecs/record/crosswalk.h"

#include "codecs/record/products.h"
#include "codecs/record/valueset.h"

#define TEXT(s)                                     \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

enum disease { DISEASE_NONE, DISEASE_COVID, DISEASE_YELLOW_FEVER, DISEASE_POLIO };

static const struct {
	struct span code, display;
} diseases[] = {
	[DISEASE_COVID] = { TEXT("840539006"), TEXT("COVID-19") },
	[DISEASE_YELLOW_FEVER] = { TEXT("16541001"), TEXT("Yellow fever") },
	[DISEASE_POLIO] = { TEXT("398102009"), TEXT("Poliomyelitis") },
};

static const struct row {
	enum code_system system;
	struct span code;
	enum disease disease;
	struct span to;
	enum equivalence map;
} rows[] = {
#define CODE(system, code, disease, to, map) \
	{ CODES_##system, TEXT(code), DISEASE_##disease, TEXT(to), MAP_##map },
#include "codecs/record/crosswalk.def"
#undef CODE
};

static const struct {
	struct span url;
	enum code_system system;
} systems[] = {
	{ TEXT("http://hl7.org/fhir/sid/cvx"), CODES_CVX },
	{ TEXT("http://snomed.info/sct"), CODES_SNOMED },
	{ TEXT("http://id.who.int/icd/release/11/mms"), CODES_ICD11 },
	{ TEXT("http://id.who.int/icd11/mms"), CODES_ICD11 },
	{ TEXT("http://id.who.ind/icd11/mms"), CODES_ICD11 },
	{ TEXT("http://hl7.org/fhir/sid/icd-11"), CODES_ICD11 },
	{ TEXT("http://id.who.int/icd/entity"), CODES_ICD11 },
	{ TEXT("http://www.whocc.no/atc"), CODES_ATC },
	{ TEXT("https://www.gs1.org/gtin"), CODES_GTIN },
	{ TEXT("http://hl7.org/fhir/sid/gtin"), CODES_GTIN },
	{ TEXT("https://www.humanservices.gov.au/organisations/health-professionals/enablers/"
	       "air-vaccine-code-formats"),
		CODES_AIR },
	{ TEXT("http://loinc.org"), CODES_LOINC },
	{ TEXT("https://ec.europa.eu/health/documents/community-register/html/"), CODES_PRODUCT },
	{ TEXT("http://ec.europa.eu/temp/vaccineproductname"), CODES_PRODUCT },
	{ TEXT(PRODUCT_TYPE_SYSTEM), CODES_TYPE },
};

static const struct {
	struct span code, display;
} icd11[] = {
#define NAME(code, display) { TEXT(code), TEXT(display) },
#include "codecs/record/icd11.def"
#undef NAME
};

static const struct {
	struct span code, name;
} makers[] = {
	{ TEXT("ASZ"), TEXT("AstraZeneca") },
	{ TEXT("JSN"), TEXT("Janssen") },
	{ TEXT("MOD"), TEXT("Moderna") },
	{ TEXT("NVX"), TEXT("Novavax") },
	{ TEXT("PFR"), TEXT("Pfizer") },
};

#define EACH(i, list)                         \
	size_t i = 0;                         \
	i < sizeof(list) / sizeof((list)[0]); \
	i++

enum code_system
crosswalk_system(struct span url)
{
	for (EACH(i, systems))
		if (span_eq(url, systems[i].url))
			return systems[i].system;
	return CODES_OTHER;
}

/* Lengths before bytes, as the table is sorted. */
static int
compare(const struct row *r, enum code_system system, struct span code)
{
	if (r->system != system)
		return r->system < system ? -1 : 1;
	if (r->code.len != code.len)
		return r->code.len < code.len ? -1 : 1;
	return code.len ? memcmp(r->code.ptr, code.ptr, code.len) : 0;
}

static const struct row *
find(enum code_system system, struct span code)
{
	size_t low = 0, high = sizeof(rows) / sizeof(rows[0]);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(&rows[middle], system, code);
		if (order == 0)
			return &rows[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

struct span
crosswalk_icd11(struct span code)
{
	size_t low = 0, high = sizeof(icd11) / sizeof(icd11[0]);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = span_cmp(icd11[middle].code, code);
		if (order == 0)
			return icd11[middle].display;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return SPAN_NONE;
}

bool
crosswalk_map(enum code_system system, struct coded *c)
{
	const struct row *r = find(system, c->code);

	if (!r || r->map == MAP_NONE)
		return false;
	struct coded to = { .to_code = r->to };
	if (system == CODES_LOINC || system == CODES_RESULT) {
		to = valueset_coded(
			system == CODES_LOINC ? VALUES_TEST_TYPE : VALUES_TEST_RESULT, r->to);
		c->to_system = to.system;
		c->to_display = to.display;
	} else {
		c->to_system = systems[2].url;
		c->to_display = crosswalk_icd11(r->to);
	}
	c->to_code = r->to;
	c->map = r->map;
	return true;
}

/* The way to a class and from there: as exact as its less exact half. */
static enum equivalence
joined(enum equivalence first, enum equivalence second)
{
	if (first == MAP_NONE || first == MAP_EQUAL)
		return second;
	return second == MAP_EQUAL || first == second ? first : MAP_INEXACT;
}

/* The row of what the source says, else of what that was mapped to, and the way there. */
static const struct row *
row_of(const struct coded *c, enum equivalence *way)
{
	const struct row *r = find(crosswalk_system(c->system), c->code);

	*way = MAP_EQUAL;
	if (r && r->map != MAP_NONE)
		return r;
	*way = c->map;
	r = find(crosswalk_system(c->to_system), c->to_code);
	return r && r->map != MAP_NONE ? r : NULL;
}

/* The class in ICD-11, and how exactly it is that of c. */
static struct span
class_of(const struct coded *c, enum equivalence *map)
{
	const struct row *r;

	*map = MAP_EQUAL;
	if (crosswalk_system(c->system) == CODES_ICD11)
		return c->code;
	if (crosswalk_system(c->to_system) == CODES_ICD11) {
		*map = c->map;
		return c->to_code;
	}
	if (!(r = row_of(c, map)))
		return SPAN_NONE;
	*map = joined(*map, r->map);
	return r->to;
}

static struct coded
in_system(enum code_system system, struct span code, enum equivalence map)
{
	for (EACH(i, systems))
		if (systems[i].system == system)
			return (struct coded){ .code = code, .system = systems[i].url, .map = map };
	return (struct coded){ .code = code, .map = map };
}

static bool
from_class(enum code_system want, struct span to, enum equivalence map, struct coded *out)
{
	const struct row *only = NULL;

	for (EACH(i, rows)) {
		if (rows[i].system != want || rows[i].map != MAP_EQUAL || !span_eq(rows[i].to, to))
			continue;
		if (only)
			return false;
		only = &rows[i];
	}
	if (only)
		*out = in_system(want, only->code, joined(map, MAP_EQUAL));
	return only != NULL;
}

bool
crosswalk_to(enum code_system want, const struct coded *c, struct coded *out)
{
	enum equivalence map;
	struct span to;

	if (c->code.len > 0 && crosswalk_system(c->system) == want) {
		*out = in_system(want, c->code, MAP_EQUAL);
		return true;
	}
	if (c->to_code.len > 0 && crosswalk_system(c->to_system) == want) {
		*out = in_system(want, c->to_code, c->map);
		return true;
	}
	to = class_of(c, &map);
	if (to.len == 0)
		return false;
	if (want != CODES_ICD11)
		return from_class(want, to, map, out);
	*out = in_system(want, to, map);
	return true;
}

bool
crosswalk_disease(enum code_system system, struct span code, struct coded *disease)
{
	const struct row *r = find(system, code);

	if (!r || r->disease == DISEASE_NONE)
		return false;
	*disease = (struct coded){ .to_code = diseases[r->disease].code,
		.to_system = SPAN_LIT("http://snomed.info/sct"),
		.to_display = diseases[r->disease].display,
		.map = MAP_EQUAL };
	return true;
}

struct span
crosswalk_maker(struct span mvx)
{
	for (EACH(i, makers))
		if (span_eq(mvx, makers[i].code))
			return makers[i].name;
	return SPAN_NONE;
}
