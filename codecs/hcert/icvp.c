/* icvp.c - the digital International Certificate of Vaccination or Prophylaxis (sub-claim -6; ICVP 0.3.0).
 *
 * vls and vle bound the certificate for an event and say nothing of the vaccine's effect.
 * What a vaccination counts for is a rule of the verifier's (International Health
 * Regulations, annex 7; recommendations on polio): here only findings tell of it.
 */
#include "codecs/base/arena.h"
#include "codecs/hcert/who.h"
#include "codecs/record/crosswalk.h"
#include "codecs/record/products.h"

#include <stddef.h>

enum { DAY = 86400, YELLOW_FEVER_DAYS = 10, POLIO_DAYS = 28, POLIO_MONTHS = 12 };

/* One vaccination, as the claim has it; dn, tg, mp, ma and mid are those of the draft of 2024. */
struct vaccination {
	struct span product, date, lot, clinician, issuer, from, until;
	struct span dose, target, brand, maker, maker_id;
};

#define TO(member) offsetof(struct who_person, member)
static const struct who_field person_fields[] = {
	{ "n", NULL, WHO_TEXT, WHO_REQUIRED, TO(name) },
	{ "dob", NULL, WHO_DATE, WHO_REQUIRED, TO(birth) },
	{ "s", NULL, WHO_SEX, WHO_OPTIONAL, TO(sex) },
	{ "ntl", NULL, WHO_TEXT, WHO_OPTIONAL, TO(nationality) },
	{ "nid", NULL, WHO_TEXT, WHO_OPTIONAL, TO(id) },
	{ "ndt", NULL, WHO_TEXT, WHO_OPTIONAL, TO(id_type) },
	{ "gn", NULL, WHO_TEXT, WHO_OPTIONAL, TO(guardian) },
	{ 0 },
};
#undef TO

#define TO(member) offsetof(struct vaccination, member)
static const struct who_field fields[] = {
	{ "vp", NULL, WHO_TEXT, WHO_REQUIRED, TO(product) },
	{ "dt", NULL, WHO_DAY, WHO_REQUIRED, TO(date) },
	{ "bo", NULL, WHO_TEXT, WHO_REQUIRED, TO(lot) },
	{ "cn", NULL, WHO_TEXT, WHO_OPTIONAL, TO(clinician) },
	{ "is", NULL, WHO_TEXT, WHO_OPTIONAL, TO(issuer) },
	{ "vls", NULL, WHO_DAY, WHO_OPTIONAL, TO(from) },
	{ "vle", NULL, WHO_DAY, WHO_OPTIONAL, TO(until) },
	{ "dn", NULL, WHO_TEXT, WHO_OPTIONAL, TO(dose) },
	{ "tg", NULL, WHO_TEXT, WHO_OPTIONAL, TO(target) },
	{ "mp", NULL, WHO_TEXT, WHO_OPTIONAL, TO(brand) },
	{ "ma", NULL, WHO_TEXT, WHO_OPTIONAL, TO(maker) },
	{ "mid", NULL, WHO_TEXT, WHO_OPTIONAL, TO(maker_id) },
	{ 0 },
};
#undef TO

/* The vaccinations: a list, or the one that stands where the list should. */
static const struct node *
first_of(const struct node *claim)
{
	const struct node *v = node_get(claim, "v");

	return v && v->kind == NODE_LIST ? v->child : v;
}

static const struct node *
next_of(const struct node *n)
{
	return n->parent && n->parent->kind == NODE_LIST ? n->next : NULL;
}

/* ICD-11 for stems like XM0N24, else SNOMED CT: the two that the draft of 2024 allowed. */
static enum code_system
system_of(struct span code)
{
	return code.len > 0 && code.ptr[0] >= '0' && code.ptr[0] <= '9' ? CODES_SNOMED
									: CODES_ICD11;
}

/* What a vaccination protects from: its product says, in the draft of 2024 also the claim. */
static enum product_disease
disease_of(const struct vaccination *v)
{
	const struct product *p = product_named(v->product);

	if (p)
		return p->disease;
	if (span_is(v->target, "1D47") || span_is(v->target, "16541001"))
		return PRODUCT_YELLOW_FEVER;
	return span_is(v->target, "1C81") || span_is(v->target, "398102009") ? PRODUCT_POLIO
									     : PRODUCT_OTHER;
}

static bool
is_draft(const struct vaccination *v)
{
	return v->dose.len + v->target.len + v->brand.len + v->maker.len + v->maker_id.len > 0;
}

static void
check_product(struct work *w, const struct node *n, const struct vaccination *v)
{
	const struct product *p = product_named(v->product);

	if (is_draft(v))
		who_note(w, REASON_NOTE_ICVP_DRAFT, n);
	else if (!p && v->product.len > 0)
		who_note(w, REASON_NOTE_ICVP_PRODUCT, node_get(n, "vp"));
	if (p && v->date.len == p->since.len && span_cmp(v->date, p->since) < 0)
		who_note(w, REASON_NOTE_ICVP_NOT_QUALIFIED, node_get(n, "dt"));
}

/* When a vaccination counts, as travellers are asked for it: a matter of the verifier's, so nothing fails here.  Where
 * only its month or year is known, all of its days must count. */
static void
note_protection(struct work *w, const struct node *n, const struct vaccination *v)
{
	enum product_disease disease = disease_of(v);
	int64_t first = who_begin(v->date), end = who_end(v->date),
		waiting = disease == PRODUCT_POLIO ? POLIO_DAYS : YELLOW_FEVER_DAYS;
	const struct node *at = node_get(n, "dt");

	if (disease == PRODUCT_OTHER || first == TIME_NONE)
		return;
	if (w->now < end + (waiting - 1) * DAY)
		who_note(w, REASON_NOTE_ICVP_TOO_RECENT, at);
	else if (disease == PRODUCT_POLIO && w->now > first + (int64_t)POLIO_MONTHS * 31 * DAY)
		who_note(w, REASON_NOTE_ICVP_TOO_OLD, at);
}

enum phase { PHASE_IN, PHASE_BEFORE, PHASE_AFTER };

/* Whole days, months or years: the last one counts to its end. */
static enum phase
phase_of(const struct work *w, const struct vaccination *v)
{
	int64_t from = who_begin(v->from), until = who_end(v->until);

	if (from != TIME_NONE && w->now < from)
		return PHASE_BEFORE;
	return until != TIME_NONE && w->now >= until ? PHASE_AFTER : PHASE_IN;
}

static void
check_vaccination(struct work *w, const struct node *n, const struct who_person *who)
{
	struct vaccination v = { 0 };

	who_check(w, n, fields);
	who_fill(n, fields, &v);
	if (v.clinician.len == 0 && v.issuer.len == 0)
		who_note(w, REASON_NOTE_ICVP_NOBODY, n);
	check_product(w, n, &v);
	if (who_begin(v.date) != TIME_NONE && who_begin(v.date) > w->now + DAY)
		who_fail(w, REASON_ICVP_FUTURE, node_get(n, "dt"));
	if (v.date.len == who->birth.len && span_cmp(v.date, who->birth) < 0)
		who_note(w, REASON_NOTE_ICVP_BEFORE_BIRTH, node_get(n, "dt"));
	note_protection(w, n, &v);
}

/* With any vaccination whose certificate counts now, the others are told of only. */
static void
check_phases(struct work *w, const struct node *claim)
{
	bool any = false;

	for (int pass = 0; pass < 2; pass++)
		for (const struct node *n = first_of(claim); n; n = next_of(n)) {
			struct vaccination v = { 0 };
			who_fill(n, fields, &v);
			enum phase phase = phase_of(w, &v);
			enum reason reason = phase == PHASE_BEFORE ? REASON_ICVP_NOT_YET
								   : REASON_ICVP_EXPIRED;
			const struct node *at = node_get(n, phase == PHASE_BEFORE ? "vls" : "vle");
			any = any || (pass == 0 && phase == PHASE_IN);
			if (pass == 1 && phase != PHASE_IN && any)
				who_note(w, reason, at);
			else if (pass == 1 && phase != PHASE_IN)
				who_fail(w, reason, at);
		}
}

static bool
check_list(struct work *w, const struct node *claim)
{
	const struct node *v = node_get(claim, "v");

	if (!v || v->kind == NODE_NULL || (v->kind == NODE_LIST && v->size == 0)) {
		report_fail(w->report, REASON_PROFILE_MISSING,
			node_place_under(w, claim, "v", HCERT_LAYER));
		return false;
	}
	if (v->kind == NODE_MAP)
		who_note(w, REASON_NOTE_ICVP_OBJECT, v);
	for (const struct node *n = first_of(claim); n; n = next_of(n))
		if (n->kind != NODE_MAP) {
			who_fail(w, REASON_PROFILE_TYPE, n);
			return false;
		}
	return true;
}

static int
check(struct work *w, const void *found)
{
	const struct node *claim = found;
	struct who_person who = { 0 };

	who_check(w, claim, person_fields);
	who_fill(claim, person_fields, &who);
	if (!check_list(w, claim))
		return 0;
	for (const struct node *n = first_of(claim); n; n = next_of(n))
		check_vaccination(w, n, &who);
	check_phases(w, claim);
	return 0;
}

/* --- into the record --- */

static void
read_product(const struct vaccination *v, struct event *e)
{
	const struct product *p = product_named(v->product);

	if (!p) {
		e->vaccine.code = v->product;
		crosswalk_map(system_of(v->product), &e->vaccine);
		return;
	}
	e->brand = (struct coded){ .code = p->code,
		.system = SPAN_LIT(PRODUCT_SYSTEM),
		.display = p->brand,
		.to_code = p->twin,
		.to_system = p->twin.len ? SPAN_LIT(PRODUCT_SYSTEM) : SPAN_NONE,
		.map = p->twin.len ? MAP_EQUAL : MAP_NONE };
	e->vaccine = (struct coded){
		.to_code = p->type, .to_system = SPAN_LIT(PRODUCT_TYPE_SYSTEM), .map = MAP_WIDER
	};
	e->manufacturer = (struct coded){ .to_display = p->maker, .map = MAP_EQUAL };
}

/* The draft of 2024 names what the product says today. */
static void
read_draft(const struct vaccination *v, struct event *e)
{
	if (v->target.len > 0)
		e->disease.code = v->target;
	if (v->brand.len > 0)
		e->brand.code = v->brand;
	if (v->maker.len > 0)
		e->ma_holder.code = v->maker;
	if (v->maker_id.len > 0)
		e->manufacturer.code = v->maker_id;
}

static void
read_disease(const struct vaccination *v, struct event *e)
{
	struct coded to;

	if (!product_disease(disease_of(v), &to) &&
		!crosswalk_disease(system_of(v->product), v->product, &to))
		return;
	to.code = e->disease.code;
	e->disease = to;
}

static void
read_vaccination(const struct node *n, struct event *e)
{
	struct vaccination v = { 0 };

	who_fill(n, fields, &v);
	event_init(e, EVENT_VACCINATION);
	e->date = v.date;
	e->lot = v.lot;
	e->practitioner = v.clinician;
	e->issuer = v.issuer;
	e->certified_from = v.from;
	e->certified_until = v.until;
	read_product(&v, e);
	read_draft(&v, e);
	read_disease(&v, e);
}

static int
read_events(struct work *w, const struct node *claim, struct record *out)
{
	size_t count = 0;

	for (const struct node *n = first_of(claim); n; n = next_of(n))
		count += n->kind == NODE_MAP;
	if (count > w->limits->record_events) {
		report_limit(w->report, "record.events", w->limits->record_events, PLACE_NONE);
		return 0;
	}
	out->events = ARENA_ARRAY(w->arena, count + 1, struct event);
	if (!out->events)
		return arena_error(w->arena);
	for (const struct node *n = first_of(claim); n; n = next_of(n))
		if (n->kind == NODE_MAP)
			read_vaccination(n, &out->events[out->event_count++]);
	return 0;
}

static int
normalise(struct work *w, const struct credential *c, const void *found, struct record *out)
{
	struct record r = *out;
	int error = who_person(w, c, found, person_fields, &r);

	if (error == 0)
		error = read_events(w, found, &r);
	if (error == 0)
		*out = r;
	return error;
}

static int
open(struct work *w, const struct node *content, const void **found, unsigned *usage)
{
	(void)w;
	*found = content;
	*usage = USAGE_VACCINATION;
	return 0;
}

const struct subclaim hcert_icvp = {
	.key = -6,
	.name = "-6",
	.scheme = "icvp",
	.kinds = 1u << NODE_MAP,
	.domains = GDHCN_ICVP,
	.as_in_the_field = true,
	.open = open,
	.check = check,
	.normalise = normalise,
};
