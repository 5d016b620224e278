/* icvp.c - a record as digital International Certificate of Vaccination or Prophylaxis (claim -6; ICVPMin 0.3.0).
 *
 * Vaccinations against yellow fever and polio with products of the WHO's lists, of either generation; the product
 * says disease, type and maker.  vls and vle bound the certificate for an event, and are never filled from how long
 * a vaccine works.  The claim has no place for whom we verified.
 */
#include "codecs/base/date.h"
#include "codecs/hcert/emit/hc1.h"
#include "codecs/hcert/emit/who.h"
#include "codecs/record/products.h"
#include "codecs/seal/cert.h"
#include "codecs/tree/cbor_write.h"

enum { CLAIM = -6 };

struct form {
	struct arena *arena;
	const struct emission *e;
	struct loss *loss;
	bool own; /* the source is an ICVP itself: its `is` is the centre's, and no issuer's */
	struct buf list; /* the vaccinations */
	size_t count;
	int error;
};

/* --- the person --- */

static void
put_birth_date(struct form *f, struct members *m)
{
	struct span s = f->e->record->birth_date;
	struct date d;

	if (date_parse(s, &d) && d.exists) {
		members_text(m, "dob", emit_carry(f->loss, LOSS_NO_EVENT, ELEMENT_BIRTH_DATE, s));
		return;
	}
	loss_miss(f->loss, LOSS_NO_EVENT, ELEMENT_BIRTH_DATE, s.len > 0 ? WHY_FORMAT : WHY_NONE);
}

/* Alpha-3, as passports have it. */
static void
put_nationality(struct form *f, struct members *m)
{
	struct span own = f->e->record->nationality, three = hc1_alpha3(own);

	if (own.len == 0)
		return;
	if (three.len == 0)
		loss_drop(f->loss, LOSS_NO_EVENT, ELEMENT_NATIONALITY, WHY_NO_CODE);
	else if (span_eq(own, three))
		loss_keep(f->loss, LOSS_NO_EVENT, ELEMENT_NATIONALITY);
	else
		loss_map(f->loss, LOSS_NO_EVENT, ELEMENT_NATIONALITY, MAP_EQUAL, own, three);
	members_text(m, "ntl", three);
}

/* The first, and its type; whose numbers they are has no place. */
static void
put_identifier(struct form *f, struct members *m)
{
	const struct record *r = f->e->record;

	if (r->identifier_count == 0)
		return;
	if (r->identifier_count == 1 && r->identifiers[0].system.len == 0)
		loss_keep(f->loss, LOSS_NO_EVENT, ELEMENT_IDENTIFIERS);
	else
		loss_map(f->loss, LOSS_NO_EVENT, ELEMENT_IDENTIFIERS, MAP_INEXACT, SPAN_NONE,
			SPAN_NONE);
	members_text(m, "nid", r->identifiers[0].value);
	members_text(m, "ndt", r->identifiers[0].type);
}

static void
put_person(struct form *f, struct members *m)
{
	struct span name;

	f->error = hc1_name(f->arena, f->e, f->loss, &name);
	members_text(m, "n", name);
	put_birth_date(f, m);
	members_text(m, "s", emit_sex(f->e, f->loss));
	put_nationality(f, m);
	put_identifier(f, m);
	members_text(m, "gn",
		emit_carry(f->loss, LOSS_NO_EVENT, ELEMENT_GUARDIAN, f->e->record->guardian));
}

/* --- vaccinations --- */

static const struct product *
listed(struct span code, struct span system)
{
	const struct product *p = system.len == 0 || span_is(system, PRODUCT_SYSTEM)
					  ? product_named(code)
					  : NULL;

	return p && p->disease != PRODUCT_OTHER ? p : NULL;
}

static const struct product *
product_of(const struct event *v)
{
	const struct product *p = listed(v->brand.code, v->brand.system);

	return p ? p : listed(v->brand.to_code, v->brand.to_system);
}

static bool
is_disease(const struct coded *c, enum product_disease which)
{
	struct coded d;

	return product_disease(which, &d) &&
	       (span_eq(c->code, d.to_code) || span_eq(c->to_code, d.to_code));
}

/* A dose of what the certificate is for. */
static bool
is_ours(const struct event *v)
{
	bool disease = is_disease(&v->disease, PRODUCT_YELLOW_FEVER) ||
		       is_disease(&v->disease, PRODUCT_POLIO);

	return v->kind == EVENT_VACCINATION && !v->subpotent && (disease || product_of(v));
}

static void
put_product(struct form *f, struct members *m, int i, const struct product *p)
{
	const struct event *v = &f->e->record->events[i];
	struct span supplied = emit_supplied(f->e, ELEMENT_BRAND);

	if (p && span_eq(p->code, v->brand.code)) {
		loss_keep(f->loss, i, ELEMENT_BRAND);
	} else if (p) {
		loss_map(f->loss, i, ELEMENT_BRAND, v->brand.map, v->brand.code, p->code);
	} else if ((p = listed(supplied, SPAN_NONE)) != NULL &&
		   is_disease(&v->disease, p->disease)) {
		loss_supply(f->loss, i, ELEMENT_BRAND);
	} else {
		p = NULL;
		loss_miss(f->loss, i, ELEMENT_BRAND,
			record_has(f->e->record, i, ELEMENT_BRAND) ? WHY_NO_CODE : WHY_NONE);
	}
	if (!p)
		return;
	members_text(m, "vp", p->code);
	/* what the product says is kept, as far as the source says the same */
	if (is_disease(&v->disease, p->disease))
		loss_keep(f->loss, i, ELEMENT_DISEASE);
	if (v->vaccine.code.len == 0 && span_eq(v->vaccine.to_code, p->type))
		loss_keep(f->loss, i, ELEMENT_VACCINE);
	if (v->manufacturer.code.len == 0 && p->maker.len > 0 &&
		(span_eq(v->manufacturer.to_display, p->maker) ||
			span_eq(v->manufacturer.display, p->maker)))
		loss_keep(f->loss, i, ELEMENT_MANUFACTURER);
}

/* The centre that vouches for the dose: in other schemes the issuer is that of the certificate. */
static struct span
centre_of(struct form *f, int i)
{
	const struct event *v = &f->e->record->events[i];

	if (f->own)
		return emit_carry(f->loss, i, ELEMENT_EVENT_ISSUER, v->issuer);
	if (v->centre.len > 0)
		loss_map(f->loss, i, ELEMENT_CENTRE, MAP_INEXACT, SPAN_NONE, SPAN_NONE);
	return v->centre;
}

/* One of clinician and centre has to stand there. */
static void
put_people(struct form *f, struct members *m, int i)
{
	const struct event *v = &f->e->record->events[i];
	struct span centre = centre_of(f, i), clinician = v->practitioner;

	if (clinician.len + centre.len == 0)
		clinician = emit_require(f->e, f->loss, i, ELEMENT_PRACTITIONER, SPAN_NONE);
	else
		emit_carry(f->loss, i, ELEMENT_PRACTITIONER, clinician);
	members_text(m, "cn", clinician);
	members_text(m, "is", centre);
}

static void
put_bound(
	struct form *f, struct members *m, const char *key, int i, enum element el, struct span day)
{
	if (hc1_is_day(day))
		members_text(m, key, emit_carry(f->loss, i, el, day));
	else if (day.len > 0)
		loss_drop(f->loss, i, el, WHY_FORMAT);
}

static void
put_vaccination(struct form *f, int i)
{
	const struct event *v = &f->e->record->events[i];
	struct members m = { 0 };

	put_product(f, &m, i, product_of(v));
	members_text(&m, "dt", hc1_day(f->e, f->loss, i, ELEMENT_DATE, v->date));
	members_text(&m, "bo", emit_require(f->e, f->loss, i, ELEMENT_LOT, v->lot));
	put_people(f, &m, i);
	put_bound(f, &m, "vls", i, ELEMENT_CERTIFIED_FROM, v->certified_from);
	put_bound(f, &m, "vle", i, ELEMENT_CERTIFIED_UNTIL, v->certified_until);
	members_write(&m, &f->list);
	f->count++;
}

static void
put_vaccinations(struct form *f, struct members *claim)
{
	const struct record *r = f->e->record;
	struct buf v = buf_in(f->arena, SIZE_MAX);
	unsigned usage;

	f->error = f->error ? f->error : hc1_usage(f->e, &usage);
	if (f->error)
		return;
	for (int i = 0; (size_t)i < r->event_count; i++)
		if (usage & USAGE_VACCINATION && is_ours(&r->events[i]))
			put_vaccination(f, i);
		else
			loss_drop(f->loss, i, ELEMENT_EVENT, WHY_KIND);
	if (f->count == 0)
		loss_miss(f->loss, LOSS_NO_EVENT, ELEMENT_EVENT, WHY_KIND);
	cborw_list(&v, f->count);
	buf_add(&v, buf_span(&f->list));
	members_cbor(claim, "v", buf_span(&v));
	f->error = f->list.error ? f->list.error : v.error;
}

int
icvp_emit(struct work *w, const struct target *t, const struct emission *e, struct loss *loss,
	struct emitted *out)
{
	struct form f = { .arena = w->arena,
		.e = e,
		.loss = loss,
		.own = span_is(span_of(e->source->scheme), "icvp"),
		.list = buf_in(w->arena, SIZE_MAX) };
	struct members claim = { 0 };
	struct buf b = buf_in(w->arena, SIZE_MAX);
	int r;

	(void)t;
	loss_begin(loss, w->arena, e->record);
	put_person(&f, &claim);
	put_vaccinations(&f, &claim);
	emit_replaced(e, loss);
	members_write(&claim, &b);
	if ((r = loss_rest(loss)) != 0 || (r = f.error) != 0 || (r = b.error) != 0)
		return r;
	if (!e->signer || loss->count[LOSS_MISSING] > 0)
		return 0;
	return hc1_seal(w, e, CLAIM, &b, out);
}
