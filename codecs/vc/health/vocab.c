/* vocab.c - see vocab.h. */
#include "codecs/vc/health/vocab.h"

#include "codecs/base/arena.h"
#include "codecs/jsonld/contexts.h"
#include "codecs/record/crosswalk.h"
#include "codecs/vc/health/divoc_words.h"
#include "codecs/vc/health/values.h"
#include "codecs/vc/model.h"
#include "codecs/vc/proof.h"

#include <errno.h>

#define CREDENTIALS "https://www.w3.org/2018/credentials#"
#define VACCINATION "https://w3id.org/vaccination#"
#define PERSON      "http://schema.org/"

#define V(word) ((struct term){ VACCINATION word, word })
#define P(word) ((struct term){ PERSON word, word })
#define C(word) ((struct term){ CREDENTIALS word, word })

struct reading {
	struct work *w;
	const char *layer;
	const struct node *doc;
	bool bad; /* reported */
};

/* --- the expanded form --- */

static void
fail(struct reading *r, enum reason reason, const struct ld *at)
{
	const struct node *n = at && at->source ? at->source : r->doc;

	report_fail(r->w->report, reason, node_place(r->w, n, r->layer));
	r->bad = true;
}

/* A property, and the member that people see it under. */
struct term {
	const char *iri, *name;
};

/* Contexts in the document may call things by other names, or each by the other's: what a person reads in it would then
 * not be what was signed. */
static bool
is_called(const struct ld *value, const char *name)
{
	const struct node *n = value->source;

	while (n && n->key_kind == KEY_NONE)
		n = n->parent;
	return !n || span_is(n->key, name);
}

/* The only value of a property; NULL: absent, or reported. */
static const struct ld *
only(struct reading *r, const struct ld *object, struct term t)
{
	const struct ld *all = object ? ld_find(object, span_of(t.iri)) : NULL;

	if (!all || all->size == 0)
		return NULL;
	if (all->size == 1 && is_called(all->child, t.name))
		return all->child;
	fail(r, REASON_VC_AMBIGUOUS, all->child);
	return NULL;
}

static struct span
text(struct reading *r, const struct ld *object, struct term t)
{
	const struct ld *value = only(r, object, t), *v = value ? ld_get(value, KW_VALUE) : NULL;

	if (!value)
		return SPAN_NONE;
	if (v && v->kind == LD_TEXT)
		return span_trim(v->text);
	if (v && v->kind == LD_JSON && v->source && v->source->kind == NODE_INT)
		return v->source->raw;
	fail(r, REASON_PROFILE_TYPE, value);
	return SPAN_NONE;
}

static const struct ld *
object(struct reading *r, const struct ld *parent, struct term t)
{
	const struct ld *o = only(r, parent, t);

	if (!o || !ld_get(o, KW_VALUE))
		return o;
	fail(r, REASON_PROFILE_TYPE, o);
	return NULL;
}

static bool
has_type(const struct ld *o, const char *iri)
{
	const struct ld *types = o ? ld_get(o, KW_TYPE) : NULL;

	for (const struct ld *t = types ? types->child : NULL; t; t = t->next)
		if (span_is(ld_text_of(t), iri))
			return true;
	return false;
}

/* --- values --- */

static void
read_person(struct reading *r, const struct ld *event, struct record *out)
{
	const struct ld *person = object(r, event, V("recipient"));

	out->name.given = text(r, person, P("givenName"));
	out->name.family = text(r, person, P("familyName"));
	out->sex = text(r, person, P("gender"));
	out->birth_date = health_day(text(r, person, P("birthDate")));
	if (out->birth_date.len == 0)
		report_find(r->w->report, REASON_NOTE_RECORD_MISSING,
			node_place(r->w, person && person->source ? person->source : r->doc,
				r->layer));
}

/* A code tells more than a name, a name more than the disease in words. */
static void
read_vaccine(struct reading *r, const struct ld *event, struct event *e)
{
	const struct term vaccine = { VACCINATION "VaccineEventVaccine", "vaccine" };
	const struct term atc = { VACCINATION "atc-code", "atcCode" };
	const struct ld *v = object(r, event, vaccine);
	struct span code = text(r, v, atc);
	struct span product = text(r, v, V("medicinalProductName"));
	struct span holder = text(r, v, V("marketingAuthorizationHolder"));

	if (product.len > 0)
		divoc_vaccine(product, &e->brand, &e->vaccine, &e->disease);
	if (code.len > 0) {
		e->vaccine = (struct coded){ .code = code,
			.system = SPAN_LIT("http://www.whocc.no/atc") };
		crosswalk_map(CODES_ATC, &e->vaccine);
		crosswalk_disease(CODES_ATC, code, &e->disease);
	}
	if (holder.len > 0)
		e->ma_holder = divoc_maker(holder);
	e->disease.display = text(r, v, V("disease"));
}

static void
read_event(struct reading *r, const struct ld *event, struct event *e)
{
	event_init(e, EVENT_VACCINATION);
	read_vaccine(r, event, e);
	e->lot = text(r, event, V("batchNumber"));
	e->date = health_day(text(r, event, V("dateOfVaccination")));
	e->next_dose = health_day(text(r, event, V("nextVaccinationDate")));
	e->dose = health_number(text(r, event, V("order")));
	e->country = text(r, event, V("countryOfVaccination"));
	e->centre = text(r, event, V("administeringCentre"));
	e->practitioner = text(r, event, V("healthProfessional"));
}

static int
read_credential(struct reading *r, const struct ld *credential, struct record *out)
{
	const struct ld *subject = object(r, credential, C("credentialSubject"));
	const struct ld *id = ld_get(credential, KW_ID);
	struct record read = *out;

	if (r->bad || !has_type(subject, VACCINATION "VaccinationEvent"))
		return 0;
	read.events = ARENA_NEW(r->w->arena, struct event);
	if (!read.events)
		return arena_error(r->w->arena);
	read.event_count = 1;
	read_person(r, subject, &read);
	read_event(r, subject, read.events);
	read.certificate.issuer = vc_identity(r->doc, "issuer");
	read.certificate.identifier = id ? ld_text_of(id) : SPAN_NONE;
	read.events->issuer = read.certificate.issuer;
	read.events->identifier = read.certificate.identifier;
	if (!r->bad)
		*out = read;
	return 0;
}

/* --- the whole --- */

bool
vocab_is(const struct node *doc)
{
	const struct node *subject = node_get(doc, "credentialSubject");

	if (subject && subject->kind == NODE_LIST)
		subject = subject->child;
	return subject && vc_has_type(subject, "VaccinationEvent");
}

int
vocab_normalise(
	struct work *w, const struct node *credential, const char *layer, struct record *out)
{
	struct jsonld_options o = { .loader = vc_contexts(w->kit), .safe = true, .layer = layer };
	struct reading r = { .w = w, .layer = layer, .doc = credential };
	struct jsonld_outcome outcome = { JSONLD_FINE };
	struct ld *expanded = NULL;

	if (!o.loader)
		return -ENOMEM;
	int error = jsonld_expand(w, &o, credential, &outcome, &expanded);
	if (error != 0 || !expanded)
		return error;
	if (expanded->size != 1) {
		fail(&r, REASON_VC_AMBIGUOUS, NULL);
		return 0;
	}
	return read_credential(&r, expanded->child, out);
}
