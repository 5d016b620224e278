/* covered.c - see covered.h: the document's tree is looked for among the statements, object by object. */
#include "codecs/vc/health/covered.h"

#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/jsonld/iri.h"

#define RDF_TYPE SPAN_LIT(RDF "type")

static const char *const parts[] = { "credentialSubject", "evidence" };

enum { PARTS = sizeof(parts) / sizeof(parts[0]), STEPS = 1 << 20 };

static void
unsigned_at(struct work *w, const struct node *n, const char *layer)
{
	report_fail(w->report, REASON_VC_SUBJECT_UNSIGNED, node_place(w, n, layer));
}

/* --- identifiers --- */

static bool
is_absolute(struct span s)
{
	return iri_absolute(s, true) || iri_blank(s);
}

static bool
is_identifier(const struct node *n)
{
	return n->key_kind == KEY_TEXT && (span_is(n->key, "id") || span_is(n->key, "@id"));
}

/* The first identifier that is not absolute; NULL: all are. */
static const struct node *
relative_in(const struct node *n)
{
	if (n->kind == NODE_TEXT && is_identifier(n))
		return is_absolute(n->as.bytes) ? NULL : n;
	if (n->kind != NODE_MAP && n->kind != NODE_LIST)
		return NULL;
	for (const struct node *c = n->child; c; c = c->next) {
		const struct node *found = relative_in(c);
		if (found)
			return found;
	}
	return NULL;
}

bool
vc_subject_named(struct work *w, const struct node *credential, const char *layer)
{
	for (size_t i = 0; i < PARTS; i++) {
		const struct node *part = node_get(credential, parts[i]);
		const struct node *bad = part ? relative_in(part) : NULL;
		if (!bad)
			continue;
		unsigned_at(w, bad, layer);
		return false;
	}
	return true;
}

/* --- statements --- */

struct search {
	const struct rdf_dataset *d;
	size_t steps; /* left */
	const struct node *missing;
};

static bool
is_text_of(const struct node *n, const struct rdf_term *t)
{
	return n->kind == NODE_TEXT ? span_eq(n->as.bytes, t->value) : span_eq(n->raw, t->value);
}

/* Whole numbers are stated as they are written; others in another form, which is left to the signature. */
static bool
is_value(const struct node *n)
{
	return n->kind == NODE_TEXT || n->kind == NODE_INT;
}

/* Types become IRIs. */
static bool
is_type(const struct node *n)
{
	return span_is(n->key, "type") || span_is(n->key, "@type");
}

static bool object_at(struct search *s, const struct node *map, const struct rdf_term *at);

/* One value, or an object, that is said of `at`. */
static bool
said(struct search *s, const struct node *n, const struct rdf_term *at)
{
	for (size_t i = 0; i < s->d->count && s->steps > 0; i++, s->steps--) {
		const struct rdf_quad *q = &s->d->quads[i];
		if (!rdf_term_equal(&q->s, at) || span_eq(q->p.value, RDF_TYPE))
			continue;
		if (n->kind == NODE_MAP ? q->o.kind != RDF_LITERAL && object_at(s, n, &q->o)
					: is_text_of(n, &q->o))
			return true;
	}
	if (!s->missing)
		s->missing = n;
	return false;
}

static bool
all_said(struct search *s, const struct node *n, const struct rdf_term *at)
{
	if (n->kind == NODE_MAP || is_value(n))
		return said(s, n, at);
	if (n->kind != NODE_LIST)
		return true;
	for (const struct node *c = n->child; c; c = c->next)
		if (!all_said(s, c, at))
			return false;
	return true;
}

static bool
object_at(struct search *s, const struct node *map, const struct rdf_term *at)
{
	const struct node *named = node_get(map, "id");
	struct span id = node_text(named ? named : node_get(map, "@id"));

	if (id.ptr ? at->kind != RDF_IRI || !span_eq(at->value, id) : at->kind != RDF_BLANK)
		return false;
	for (const struct node *n = map->child; n; n = n->next)
		if (!is_type(n) && !is_identifier(n) && !all_said(s, n, at))
			return false;
	return true;
}

/* What is typed as a credential; NULL: nothing. */
static const struct rdf_term *
root_of(const struct rdf_dataset *d)
{
	const struct span type = SPAN_LIT(
		"https://www.w3.org/2018/credentials#VerifiableCredential");

	for (size_t i = 0; i < d->count; i++)
		if (span_eq(d->quads[i].p.value, RDF_TYPE) && span_eq(d->quads[i].o.value, type) &&
			d->quads[i].g.kind == RDF_NONE)
			return &d->quads[i].s;
	return NULL;
}

bool
vc_subject_stated(struct work *w, const struct node *credential, const char *layer,
	const struct rdf_dataset *d)
{
	const struct rdf_term *root = root_of(d);
	struct search s = { .d = d, .steps = STEPS };

	if (!root) {
		unsigned_at(w, credential, layer);
		return false;
	}
	for (size_t i = 0; i < PARTS; i++) {
		const struct node *part = node_get(credential, parts[i]);
		s.missing = NULL;
		if (!part || all_said(&s, part, root))
			continue;
		unsigned_at(w, s.missing ? s.missing : part, layer);
		return false;
	}
	return true;
}
