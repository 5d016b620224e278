/* ddcc.c - a record as the WHO's core data set in a container: a vaccination (claim 3) or a test (claim 4).
 *
 * The model binds no code by force: codes go to ICD-11 and ICHI where the WHO's maps take them there, and stay as they
 * are where not.  certificate.kid is the key that the source was verified with.
 */
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/hcert/emit/eu_codes.h"
#include "codecs/hcert/emit/hc1.h"
#include "codecs/hcert/emit/who.h"
#include "codecs/record/core.h"
#include "codecs/record/crosswalk.h"
#include "codecs/seal/cert.h"

enum { CLAIM_VACCINATION = 3, CLAIM_TEST = 4 };

/* Our codes and those of ICHI and ICD-11 that the model prefers; "not detected" is QA02 in its value set. */
static const struct meaning {
	const char *from, *to;
	enum equivalence map;
} pathogens[] = { { "840539006", "XN109", MAP_INEXACT }, { "840533007", "XN109", MAP_EQUAL },
	{ 0 } },
  types[] = { { "LP6464-4", "1334426561", MAP_EQUAL }, { "LP217198-3", "2056159157", MAP_EQUAL },
	  { 0 } },
  results[] = { { "260373001", "RA01.0", MAP_EQUAL }, { "260415000", "QA02", MAP_EQUAL }, { 0 } };

struct form {
	struct arena *arena;
	const struct emission *e;
	struct loss *loss;
	int event; /* its place in the record */
	const struct event *v;
	struct members m; /* of the event */
	int error;
};

static void
took(struct form *f, const struct buf *b)
{
	f->error = f->error ? f->error : b->error;
}

static void
put_map(struct form *f, struct members *to, const char *key, struct members *from)
{
	struct buf b = buf_in(f->arena, SIZE_MAX);

	if (from->count == 0)
		return;
	members_write(from, &b);
	members_cbor(to, key, buf_span(&b));
	took(f, &b);
}

/* --- codes --- */

static void
put_coding(
	struct form *f, const char *key, struct span code, struct span system, struct span display)
{
	struct members m = { 0 };

	members_text(&m, "code", code);
	members_text(&m, "system", system);
	members_text(&m, "display", display);
	put_map(f, &f->m, key, &m);
}

/* As the source has it, or what the record made of it. */
static bool
put_own(struct form *f, const char *key, enum element el, const struct coded *c)
{
	bool own = c->code.len + c->display.len > 0;
	struct span words = own ? c->display : c->to_display;

	if (c->code.len + c->to_code.len + words.len == 0)
		return false;
	loss_keep(f->loss, f->event, el);
	put_coding(f, key, own ? c->code : c->to_code, own ? c->system : c->to_system,
		c->code.len > 0 ? SPAN_NONE : words);
	return true;
}

static void
put_mapped(struct form *f, const char *key, enum element el, struct coded to, struct span from)
{
	if (span_eq(to.code, from))
		loss_keep(f->loss, f->event, el);
	else
		loss_map(f->loss, f->event, el, to.map, from, to.code);
	put_coding(f, key, to.code, to.system, SPAN_NONE);
}

static void
put_required(struct form *f, const char *key, enum element el)
{
	put_coding(
		f, key, emit_require(f->e, f->loss, f->event, el, SPAN_NONE), SPAN_NONE, SPAN_NONE);
}

/* The equivalence of a way in two steps. */
static enum equivalence
joined(enum equivalence first, enum equivalence second)
{
	if (first == MAP_NONE || first == MAP_EQUAL)
		return second;
	return second == MAP_EQUAL || first == second ? first : MAP_INEXACT;
}

static bool
is_no_more(enum equivalence map)
{
	return map == MAP_NONE || map == MAP_EQUAL || map == MAP_WIDER;
}

/* By the table, through the source's code or what that was mapped to; else as it is. */
static bool
put_meaning(struct form *f, const char *key, enum element el, const struct meaning *table,
	const struct coded *c)
{
	for (; table->from; table++) {
		bool own = span_is(c->code, table->from);
		if (!own && (!span_is(c->to_code, table->from) || !is_no_more(c->map)))
			continue;
		struct coded to = { .code = span_of(table->to), .system = SPAN_LIT(CORE_ICD11) };
		to.map = own ? table->map : joined(c->map, table->map);
		/* one that is written as the model has it already */
		if (!own && span_eq(c->code, to.code))
			to.map = MAP_EQUAL;
		put_mapped(f, key, el, to, c->code);
		return true;
	}
	return put_own(f, key, el, c);
}

static void
put_vaccine(struct form *f)
{
	const struct event *v = f->v;
	struct coded to;

	if (crosswalk_to(CODES_ICD11, &v->vaccine, &to) && is_no_more(to.map)) {
		put_mapped(f, "vaccine", ELEMENT_VACCINE, to, v->vaccine.code);
	} else if (put_own(f, "vaccine", ELEMENT_VACCINE, &v->vaccine)) {
		return;
	} else if (crosswalk_to(CODES_ICD11, &v->brand, &to) && is_no_more(to.map)) {
		to.map = joined(to.map, MAP_WIDER);
		put_mapped(f, "vaccine", ELEMENT_VACCINE, to, v->brand.code);
	} else {
		put_required(f, "vaccine", ELEMENT_VACCINE);
	}
}

/* The product by its own code or name, else the only one of its class.  One of maker and holder is required. */
static void
put_product(struct form *f)
{
	const struct event *v = f->v;
	struct eu_code product = { 0 }, holder;
	bool eu = eu_product(v, false, &product);

	if (!put_own(f, "brand", ELEMENT_BRAND, &v->brand)) {
		struct coded to = valueset_coded(VALUES_PRODUCT, product.code);
		to.map = product.map;
		if (eu)
			put_mapped(f, "brand", ELEMENT_BRAND, to, product.from);
		else
			put_required(f, "brand", ELEMENT_BRAND);
	}
	bool maker = put_own(f, "manufacturer", ELEMENT_MANUFACTURER, &v->manufacturer);
	if (put_own(f, "maholder", ELEMENT_MA_HOLDER, &v->ma_holder) || maker)
		return;
	if (eu && eu_holder(v, false, &product, &holder)) {
		struct coded to = valueset_coded(VALUES_HOLDER, holder.code);
		to.map = holder.map;
		put_mapped(f, "maholder", ELEMENT_MA_HOLDER, to, holder.from);
	} else {
		put_required(f, "maholder", ELEMENT_MA_HOLDER);
	}
}

/* --- other values --- */

/* A date as precise as it is, or a moment with its zone. */
static void
put_when(struct form *f, enum element el, struct span value)
{
	struct date d;
	int64_t t;
	unsigned odd = 0;
	bool good = (date_parse(value, &d) && d.exists) || (time_parse(value, &t, &odd) && !odd);

	if (good)
		members_text(&f->m, "date", emit_carry(f->loss, f->event, el, value));
	else
		loss_miss(f->loss, f->event, el, value.len > 0 ? WHY_FORMAT : WHY_NONE);
}

static void
put_day(struct form *f, const char *key, enum element el, struct span value)
{
	if (hc1_is_day(value))
		members_text(&f->m, key, emit_carry(f->loss, f->event, el, value));
	else if (value.len > 0)
		loss_drop(f->loss, f->event, el, WHY_FORMAT);
}

static void
put_text(struct form *f, const char *key, enum element el, struct span value)
{
	members_text(&f->m, key, emit_carry(f->loss, f->event, el, value));
}

static void
put_country(struct form *f)
{
	put_coding(f, "country", hc1_country3(f->e, f->loss, f->event, f->v->country),
		SPAN_LIT("urn:iso:std:iso:3166"), SPAN_NONE);
}

static void
put_doses(struct form *f)
{
	const struct event *v = f->v;
	int64_t n = hc1_count(f->e, f->loss, f->event, ELEMENT_DOSE, v->dose, v->dose_derived);

	if (n != RECORD_NO_NUMBER)
		members_int(&f->m, "dose", n);
	if (v->total_doses == RECORD_NO_NUMBER)
		return;
	if (v->total_doses < 1) {
		loss_drop(f->loss, f->event, ELEMENT_TOTAL_DOSES, WHY_FORMAT);
		return;
	}
	loss_keep(f->loss, f->event, ELEMENT_TOTAL_DOSES);
	members_int(&f->m, "totalDoses", v->total_doses);
}

/* --- events --- */

static void
put_vaccination(struct form *f)
{
	const struct event *v = f->v;
	struct members practitioner = { 0 };

	put_vaccine(f);
	put_product(f);
	members_text(&f->m, "lot", emit_require(f->e, f->loss, f->event, ELEMENT_LOT, v->lot));
	put_when(f, ELEMENT_DATE, v->date);
	put_day(f, "validFrom", ELEMENT_VALID_FROM, v->valid_from);
	put_day(f, "nextDose", ELEMENT_NEXT_DOSE, v->next_dose);
	put_doses(f);
	put_country(f);
	put_text(f, "centre", ELEMENT_CENTRE, v->centre);
	members_text(&practitioner, "value",
		emit_carry(f->loss, f->event, ELEMENT_PRACTITIONER, v->practitioner));
	put_map(f, &f->m, "practitioner", &practitioner);
	put_own(f, "disease", ELEMENT_DISEASE, &v->disease);
}

static void
put_test(struct form *f)
{
	const struct event *v = f->v;

	if (!put_meaning(f, "pathogen", ELEMENT_DISEASE, pathogens, &v->disease))
		put_required(f, "pathogen", ELEMENT_DISEASE);
	if (!put_meaning(f, "type", ELEMENT_TEST_TYPE, types, &v->test_type))
		put_required(f, "type", ELEMENT_TEST_TYPE);
	put_meaning(f, "result", ELEMENT_RESULT, results, &v->result);
	put_text(f, "brand", ELEMENT_TEST_NAME, v->test_name);
	put_own(f, "manufacturer", ELEMENT_TEST_DEVICE, &v->test_device);
	put_own(f, "origin", ELEMENT_SPECIMEN, &v->specimen);
	put_when(f, ELEMENT_SAMPLE_TIME, v->sample_time);
	/* the day of the sample */
	emit_carry(f->loss, f->event, ELEMENT_DATE, v->date);
	put_text(f, "centre", ELEMENT_CENTRE, v->centre);
	put_country(f);
}

/* --- the certificate --- */

static void
put_identifier(struct form *f, struct members *root)
{
	const struct record *r = f->e->record;
	struct members m = { 0 };

	if (r->identifier_count == 0)
		return;
	if (r->identifier_count == 1 && r->identifiers[0].type.len == 0)
		loss_keep(f->loss, LOSS_NO_EVENT, ELEMENT_IDENTIFIERS);
	else
		loss_map(f->loss, LOSS_NO_EVENT, ELEMENT_IDENTIFIERS, MAP_INEXACT, SPAN_NONE,
			SPAN_NONE);
	members_text(&m, "value", r->identifiers[0].value);
	members_text(&m, "system", r->identifiers[0].system);
	put_map(f, root, "identifier", &m);
}

static void
put_person(struct form *f, struct members *root)
{
	struct span name, birth = f->e->record->birth_date;
	struct date d;

	f->error = hc1_name(f->arena, f->e, f->loss, &name);
	members_text(root, "name", name);
	if (date_parse(birth, &d) && d.exists)
		members_text(root, "birthDate",
			emit_carry(f->loss, LOSS_NO_EVENT, ELEMENT_BIRTH_DATE, birth));
	else if (birth.len > 0)
		loss_drop(f->loss, LOSS_NO_EVENT, ELEMENT_BIRTH_DATE, WHY_FORMAT);
	members_text(root, "sex", emit_sex(f->e, f->loss));
	put_identifier(f, root);
}

static struct span
moment(struct form *f, int64_t t)
{
	struct buf b = buf_in(f->arena, SIZE_MAX);

	time_format(&b, t);
	took(f, &b);
	return buf_span(&b);
}

static void
put_certificate(struct form *f, struct members *root)
{
	const struct emission *e = f->e;
	struct members m = { 0 }, issuer = { 0 }, hcid = { 0 }, period = { 0 };

	members_text(&issuer, "display", e->issuer->name);
	members_text(&issuer, "reference", e->issuer->did);
	members_text(&hcid, "value", emit_id_text(f->arena, e->id));
	members_text(&period, "start", moment(f, e->from));
	members_text(&period, "end", moment(f, e->until));
	members_text(&m, "version", SPAN_LIT("RC2"));
	members_text(&m, "kid", e->source->key);
	put_map(f, &m, "issuer", &issuer);
	put_map(f, &m, "hcid", &hcid);
	put_map(f, &m, "period", &period);
	put_map(f, root, "certificate", &m);
}

/* What the key may sign for, and no less than a dose. */
static bool
is_ours(const struct event *v, const void *usage)
{
	unsigned needed = v->kind == EVENT_VACCINATION ? USAGE_VACCINATION
			  : v->kind == EVENT_TEST      ? USAGE_TEST
						       : 0;

	return *(const unsigned *)usage & needed && !v->subpotent;
}

static void
put_event(struct form *f, struct members *root, bool test)
{
	f->v = &f->e->record->events[f->event];
	if (test)
		put_test(f);
	else
		put_vaccination(f);
	put_map(f, root, test ? "test" : "vaccination", &f->m);
}

int
ddcc_emit(struct work *w, const struct target *t, const struct emission *e, struct loss *loss,
	struct emitted *out)
{
	struct form f = { .arena = w->arena, .e = e, .loss = loss };
	struct members root = { 0 };
	struct buf b = buf_in(w->arena, SIZE_MAX);
	unsigned usage;
	int r;

	(void)t;
	loss_begin(loss, w->arena, e->record);
	if ((r = loss->error) != 0 || (r = hc1_usage(e, &usage)) != 0)
		return r;
	f.event = emit_newest_that(e->record, is_ours, &usage, loss);
	bool test = f.event >= 0 && e->record->events[f.event].kind == EVENT_TEST;
	put_person(&f, &root);
	put_certificate(&f, &root);
	if (f.event >= 0)
		put_event(&f, &root, test);
	emit_replaced(e, loss);
	members_write(&root, &b);
	if ((r = loss_rest(loss)) != 0 || (r = f.error) != 0 || (r = b.error) != 0)
		return r;
	if (!e->signer || loss->count[LOSS_MISSING] > 0)
		return 0;
	return hc1_seal(w, e, test ? CLAIM_TEST : CLAIM_VACCINATION, &b, out);
}
