/* vaccination.c - msg.ve: doses under the vaccine, product and disease that they share. */
#include "codecs/record/crosswalk.h"
#include "codecs/record/products.h"
#include "codecs/vdsnc/emit/form.h"

enum { CODE_MAX = 6, CENTRE_MAX = 20, LOT_MAX = 20, SEQUENCE_MAX = 99 };

/* What doses are put together by. */
struct shot {
	struct span vaccine, product, disease;
};

static bool
is_supplied_code(struct form *f, enum element el, struct span *code)
{
	*code = emit_supplied(f->e, el);
	return form_fits(*code, CODE_MAX);
}

/* The class of a type of prequalified product; of vaccines against several diseases there is none. */
static bool
class_of_type(const struct coded *c, struct coded *out)
{
	static const struct {
		const char *type, *icd11;
		enum equivalence map;
	} rows[] = { { "YF", "XM0N24", MAP_EQUAL }, { "IPV", "XM0N50", MAP_WIDER },
		{ "sIPV", "XM0N50", MAP_WIDER }, { "bOPV", "XM0N50", MAP_WIDER },
		{ "mOPV1", "XM0N50", MAP_WIDER }, { "mOPV2", "XM0N50", MAP_WIDER },
		{ "mOPV3", "XM0N50", MAP_WIDER }, { "nOPV2", "XM0N50", MAP_WIDER },
		{ "tOPV", "XM0N50", MAP_WIDER } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (span_is(c->to_system, PRODUCT_TYPE_SYSTEM) &&
			span_is(c->to_code, rows[i].type)) {
			*out = (struct coded){ .code = span_of(rows[i].icd11), .map = rows[i].map };
			return true;
		}
	return false;
}

/* The class in ICD-11; where only the product is known, its own code. */
static struct span
vaccine_of(struct form *f)
{
	struct coded c;
	struct span code;

	if ((crosswalk_to(CODES_ICD11, &f->v->vaccine, &c) || class_of_type(&f->v->vaccine, &c)) &&
		form_fits(c.code, CODE_MAX)) {
		if (span_eq(c.code, f->v->vaccine.code))
			loss_keep(f->loss, f->event, ELEMENT_VACCINE);
		else
			loss_map(f->loss, f->event, ELEMENT_VACCINE, c.map, f->v->vaccine.code,
				c.code);
		return c.code;
	}
	if (crosswalk_to(CODES_ICD11, &f->v->brand, &c) && c.map != MAP_INEXACT &&
		form_fits(c.code, CODE_MAX)) {
		if (record_has(f->e->record, f->event, ELEMENT_VACCINE))
			loss_drop(f->loss, f->event, ELEMENT_VACCINE, WHY_NO_CODE);
		return c.code;
	}
	if (is_supplied_code(f, ELEMENT_VACCINE, &code)) {
		loss_supply(f->loss, f->event, ELEMENT_VACCINE);
		return code;
	}
	loss_miss(f->loss, f->event, ELEMENT_VACCINE,
		record_has(f->e->record, f->event, ELEMENT_VACCINE) ? WHY_NO_CODE : WHY_NONE);
	return SPAN_NONE;
}

/* The product's name in words: the source's, those of its code, or its code where that is words itself. */
static struct span
product_of(struct form *f)
{
	const struct coded *c = &f->v->brand;
	struct span supplied = emit_supplied(f->e, ELEMENT_BRAND), name = c->display;

	if (name.len == 0)
		name = c->to_display.len > 0 ? c->to_display : SPAN_NONE;
	if (name.len == 0 && c->system.len == 0)
		name = c->code;
	if (name.len > 0 && c->code.len + c->to_code.len == 0) {
		loss_keep(f->loss, f->event, ELEMENT_BRAND);
		return name;
	}
	if (name.len > 0) {
		loss_map(f->loss, f->event, ELEMENT_BRAND,
			c->display.len == 0 && c->to_display.len > 0 ? c->map : MAP_EQUAL, c->code,
			name);
		return name;
	}
	if (supplied.len > 0)
		loss_supply(f->loss, f->event, ELEMENT_BRAND);
	else
		loss_miss(
			f->loss, f->event, ELEMENT_BRAND, c->code.len > 0 ? WHY_NO_CODE : WHY_NONE);
	return supplied;
}

/* ICD-11's own name of a disease that is known by SNOMED CT. */
static struct span
icd11_disease(struct span snomed)
{
	static const char *const rows[][2] = { { "840539006", "RA01" }, { "16541001", "1D47" },
		{ "398102009", "1C81" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (span_is(snomed, rows[i][0]))
			return span_of(rows[i][1]);
	return SPAN_NONE;
}

/* What the source says of it.  One that is only known by the vaccine is known by it here, too. */
static struct span
disease_of(struct form *f, struct span vaccine)
{
	const struct coded *c = &f->v->disease;
	bool icd = crosswalk_system(c->system) == CODES_ICD11;
	struct span code = icd ? c->code : icd11_disease(c->code.len > 0 ? c->code : c->to_code);
	struct coded known = { 0 };

	if (c->code.len + c->display.len == 0) {
		if (c->to_code.len > 0 && crosswalk_disease(CODES_ICD11, vaccine, &known) &&
			span_eq(known.to_code, c->to_code))
			loss_keep(f->loss, f->event, ELEMENT_DISEASE);
		return SPAN_NONE;
	}
	if (!form_fits(code, CODE_MAX)) {
		loss_drop(f->loss, f->event, ELEMENT_DISEASE, WHY_NO_CODE);
		return SPAN_NONE;
	}
	if (icd)
		loss_keep(f->loss, f->event, ELEMENT_DISEASE);
	else
		loss_map(f->loss, f->event, ELEMENT_DISEASE,
			c->code.len > 0 && icd11_disease(c->code).len > 0 ? MAP_EQUAL : c->map,
			c->code, code);
	return code;
}

/* --- doses --- */

static int64_t
number_of(struct span s)
{
	int64_t v = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9' || i == 2)
			return 0;
		v = 10 * v + (s.ptr[i] - '0');
	}
	return v;
}

static bool
is_sequence(int64_t n)
{
	return n >= 1 && n <= SEQUENCE_MAX;
}

static void
put_sequence(struct form *f)
{
	int64_t dose = f->v->dose, supplied = number_of(emit_supplied(f->e, ELEMENT_DOSE));

	if (is_sequence(dose) && !f->v->dose_derived) {
		loss_keep(f->loss, f->event, ELEMENT_DOSE);
		form_number(f, "seq", dose);
	} else if (is_sequence(supplied)) {
		loss_supply(f->loss, f->event, ELEMENT_DOSE);
		form_number(f, "seq", supplied);
	} else {
		loss_miss(f->loss, f->event, ELEMENT_DOSE,
			dose == RECORD_NO_NUMBER ? WHY_NONE
			: f->v->dose_derived     ? WHY_DERIVED
						 : WHY_FORMAT);
	}
}

static void
put_dose(struct form *f)
{
	form_open(f, "", '{');
	form_day(f, "dvc", ELEMENT_DATE, f->v->date);
	put_sequence(f);
	form_country(f, "ctr");
	form_required(f, "adm", ELEMENT_CENTRE, f->v->centre, CENTRE_MAX);
	form_required(f, "lot", ELEMENT_LOT, f->v->lot, LOT_MAX);
	if (form_is_day(f->v->next_dose))
		form_optional(f, "dvn", ELEMENT_NEXT_DOSE, f->v->next_dose, 0);
	else if (f->v->next_dose.len > 0)
		loss_drop(f->loss, f->event, ELEMENT_NEXT_DOSE, WHY_FORMAT);
	form_close(f, '}');
}

static void
turn_to(struct form *f, size_t event)
{
	f->event = (int)event;
	f->v = &f->e->record->events[event];
}

static bool
is_same(const struct shot *a, const struct shot *b)
{
	return span_eq(a->vaccine, b->vaccine) && span_eq(a->product, b->product) &&
	       span_eq(a->disease, b->disease);
}

/* The doses of one vaccine, from the first on; each is marked as written. */
static void
put_entry(struct form *f, const struct shot *shots, uint8_t *left, size_t first)
{
	form_open(f, "", '{');
	form_text(f, "des", shots[first].vaccine);
	form_text(f, "nam", shots[first].product);
	if (shots[first].disease.len > 0)
		form_text(f, "dis", shots[first].disease);
	form_open(f, "vd", '[');
	for (size_t i = first; i < f->e->record->event_count; i++)
		if (left[i] && is_same(&shots[first], &shots[i])) {
			turn_to(f, i);
			put_dose(f);
			left[i] = 0;
		}
	form_close(f, ']');
	form_close(f, '}');
}

void
form_vaccinations(struct form *f, const uint8_t *mine)
{
	size_t count = f->e->record->event_count;
	struct shot *shots = ARENA_ARRAY(f->w->arena, count, struct shot);
	uint8_t *left = arena_bytes(f->w->arena, count);

	if (!shots || !left) {
		f->b.error = arena_error(f->w->arena);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		left[i] = mine[i];
		if (!mine[i])
			continue;
		turn_to(f, i);
		shots[i].vaccine = vaccine_of(f);
		shots[i].product = product_of(f);
		shots[i].disease = disease_of(f, shots[i].vaccine);
	}
	form_open(f, "ve", '[');
	for (size_t i = 0; i < count; i++)
		if (left[i])
			put_entry(f, shots, left, i);
	form_close(f, ']');
}
