/* vocab.c - see vocab.h. */
#include "codecs/vc/health/vocab.h"

#include "codecs/base/arena.h"
#include "codecs/jsonld/contexts.h"
#include "codecs/record/crosswalk.h"
#include "codecs/record/loss.h"
#include "codecs/vc/health/divoc_words.h"
#include "codecs/vc/health/values.h"
#include "codecs/vc/model.h"
#include "codecs/vc/proof.h"

#include <errno.h>

#define CREDENTIALS "https://www.w3.org/2018/credentials#"

#define V(word) ((struct term){ VOCAB_VACCINATION word, word })
#define O(word) ((struct term){ VOCAB_OWN word, word })

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

static int
read_identifiers(struct reading *r, const struct ld *person, struct record *out)
{
	const struct ld *all = person ? ld_find(person, SPAN_LIT(VOCAB_OWN "identifiers")) : NULL;
	size_t n = all ? all->size : 0;

	if (n == 0)
		return 0;
	out->identifiers = ARENA_ARRAY(r->w->arena, n, struct identifier);
	if (!out->identifiers)
		return arena_error(r->w->arena);
	for (const struct ld *i = all->child; i && !r->bad; i = i->next) {
		if (ld_get(i, KW_VALUE))
			fail(r, REASON_PROFILE_TYPE, i);
		else
			out->identifiers[out->identifier_count++] =
				(struct identifier){ .value = text(r, i, O("value")),
					.system = text(r, i, O("system")),
					.type = text(r, i, O("kind")) };
	}
	return 0;
}

static int
read_person(struct reading *r, const struct ld *event, struct record *out)
{
	const struct ld *person = object(r, event, V("recipient"));

#define PERSON(element, field, vocabulary, word) \
	out->field = text(r, person, (struct term){ vocabulary word, word });
#define PERSON_DAY(element, field, vocabulary, word) \
	out->field = health_day(text(r, person, (struct term){ vocabulary word, word }));
#include "codecs/vc/health/words.def"
	if (out->birth_date.len == 0)
		report_find(r->w->report, REASON_NOTE_RECORD_MISSING,
			node_place(r->w, person && person->source ? person->source : r->doc,
				r->layer));
	return read_identifiers(r, person, out);
}

static bool
same_identifiers(const struct record *a, const struct record *b)
{
	if (a->identifier_count != b->identifier_count)
		return false;
	for (size_t i = 0; i < a->identifier_count; i++)
		if (!span_eq(a->identifiers[i].value, b->identifiers[i].value) ||
			!span_eq(a->identifiers[i].system, b->identifiers[i].system) ||
			!span_eq(a->identifiers[i].type, b->identifiers[i].type))
			return false;
	return true;
}

static bool
same_person(const struct record *a, const struct record *b)
{
#define PERSON(element, field, vocabulary, word) \
	if (!span_eq(a->field, b->field))        \
		return false;
#define PERSON_DAY PERSON
#include "codecs/vc/health/words.def"
	return same_identifiers(a, b);
}

/* --- events --- */

/* What the words or the code mean, where that is known. */
static void
interpret(enum element el, struct coded *c)
{
	enum code_system system = crosswalk_system(c->system);

	if (c->code.len == 0 && c->display.len > 0) {
		if (el == ELEMENT_MANUFACTURER || el == ELEMENT_MA_HOLDER)
			*c = divoc_maker(c->display);
		else if (el == ELEMENT_TEST_TYPE)
			*c = divoc_test(c->display);
		else if (el == ELEMENT_RESULT)
			*c = divoc_result(c->display);
		else if (el == ELEMENT_SPECIMEN)
			*c = divoc_origin(c->display);
		return;
	}
	if (el == ELEMENT_RESULT && system == CODES_SNOMED)
		system = CODES_RESULT;
	if (el == ELEMENT_SPECIMEN)
		system = CODES_SPECIMEN;
	if (system != CODES_OTHER)
		crosswalk_map(system, c);
}

static void
read_code(struct reading *r, const struct ld *event, struct term t, enum element el,
	struct coded *out)
{
	const struct ld *o = object(r, event, t);

	if (!o)
		return;
	*out = (struct coded){ .code = text(r, o, O("code")),
		.system = text(r, o, O("system")),
		.display = text(r, o, O("display")) };
	interpret(el, out);
}

static bool
flag(struct reading *r, const struct ld *event, struct term t)
{
	const struct ld *value = only(r, event, t), *v = value ? ld_get(value, KW_VALUE) : NULL;

	if (!value)
		return false;
	if (v && v->kind == LD_BOOL)
		return v->boolean;
	fail(r, REASON_PROFILE_TYPE, value);
	return false;
}

/* A code tells more than a name, a name more than the disease in words. */
static void
read_vaccine(struct reading *r, const struct ld *event, struct event *e)
{
	const struct term vaccine = { VOCAB_VACCINATION "VaccineEventVaccine", "vaccine" };
	const struct term atc = { VOCAB_VACCINATION "atc-code", "atcCode" };
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

/* Words for people stand beside codes for older readers; where there are codes, they count. */
static void
read_shot(struct reading *r, const struct ld *event, struct event *e)
{
	struct coded none = { 0 };

	if (!ld_find(event, SPAN_LIT(VOCAB_OWN "brandCode")) &&
		!ld_find(event, SPAN_LIT(VOCAB_OWN "vaccineCode"))) {
		read_vaccine(r, event, e);
		return;
	}
	read_code(r, event, O("brandCode"), ELEMENT_BRAND, &e->brand);
	if (e->brand.code.len == 0 && e->brand.display.len > 0)
		divoc_vaccine(e->brand.display, &e->brand, &e->vaccine, &none);
}

static void
read_event(struct reading *r, const struct ld *event, enum event_kind kind, struct event *e)
{
	unsigned bit = 1u << kind;

	event_init(e, kind);
	if (kind == EVENT_VACCINATION)
		read_shot(r, event, e);
#define TERM(vocabulary, word) ((struct term){ vocabulary word, word })
#define TEXT(kinds, element, field, vocabulary, word) \
	if ((kinds)&bit)                              \
		e->field = text(r, event, TERM(vocabulary, word));
#define DAY(kinds, element, field, vocabulary, word) \
	if ((kinds)&bit)                             \
		e->field = health_day(text(r, event, TERM(vocabulary, word)));
#define NUMBER(kinds, element, field, vocabulary, word) \
	if ((kinds)&bit)                                \
		e->field = health_number(text(r, event, TERM(vocabulary, word)));
#define FLAG(kinds, element, field, vocabulary, word) \
	if ((kinds)&bit)                              \
		e->field = flag(r, event, TERM(vocabulary, word));
#define CODE(kinds, element, field, vocabulary, word)          \
	if ((kinds)&bit && ELEMENT_##element != ELEMENT_BRAND) \
		read_code(r, event, TERM(vocabulary, word), ELEMENT_##element, &e->field);
#include "codecs/vc/health/words.def"
#undef TERM
}

/* -1: something else. */
static int
kind_of(const struct ld *subject)
{
	if (has_type(subject, VOCAB_VACCINATION "VaccinationEvent"))
		return EVENT_VACCINATION;
	if (has_type(subject, VOCAB_OWN "TestEvent"))
		return EVENT_TEST;
	return has_type(subject, VOCAB_OWN "RecoveryEvent") ? EVENT_RECOVERY : -1;
}

/* One subject may be anything; of several each must be an event, and all of the same person. */
static int
read_subject(struct reading *r, const struct ld *subject, struct record *out)
{
	struct record own = *out;
	int kind = kind_of(subject);

	if (kind < 0 || !is_called(subject, "credentialSubject")) {
		fail(r, REASON_VC_AMBIGUOUS, subject);
		return 0;
	}
	own.identifiers = NULL;
	own.identifier_count = 0;
	int error = read_person(r, subject, &own);
	if (error != 0 || r->bad)
		return error;
	if (out->event_count > 0 && !same_person(out, &own)) {
		fail(r, REASON_VC_AMBIGUOUS, subject);
		return 0;
	}
	*out = own;
	read_event(r, subject, (enum event_kind)kind, &out->events[out->event_count]);
	out->events[out->event_count].issuer = out->certificate.issuer;
	out->events[out->event_count++].identifier = out->certificate.identifier;
	return 0;
}

static int
read_credential(struct reading *r, const struct ld *credential, struct record *out)
{
	const struct ld *subjects = ld_find(credential, span_of(CREDENTIALS "credentialSubject"));
	const struct ld *id = ld_get(credential, KW_ID);
	size_t count = subjects ? subjects->size : 0, max = r->w->limits->record_events;
	struct record read = *out;
	int error = 0;

	if (count == 0 || (count == 1 && kind_of(subjects->child) < 0))
		return 0;
	if (count > max) {
		report_limit(
			r->w->report, "record.events", max, node_place(r->w, r->doc, r->layer));
		return 0;
	}
	read.events = ARENA_ARRAY(r->w->arena, count, struct event);
	if (!read.events)
		return arena_error(r->w->arena);
	read.certificate.issuer = vc_identity(r->doc, "issuer");
	read.certificate.identifier = id ? ld_text_of(id) : SPAN_NONE;
	for (const struct ld *s = subjects->child; s && !r->bad && error == 0; s = s->next)
		error = read_subject(r, s, &read);
	if (error == 0 && !r->bad)
		*out = read;
	return error;
}

/* --- the whole --- */

bool
vocab_is(const struct node *doc)
{
	const struct node *subject = node_get(doc, "credentialSubject");

	if (subject && subject->kind == NODE_LIST)
		subject = subject->child;
	return subject &&
	       (vc_has_type(subject, "VaccinationEvent") || vc_has_type(subject, "TestEvent") ||
		       vc_has_type(subject, "RecoveryEvent"));
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
