/* to_rdf.c - the statements of an expanded document (API, 8.1), straight from the tree: a dataset is a set, so nodes
 * need not be brought together first.
 */
#include "codecs/jsonld/iri.h"
#include "codecs/jsonld/nodes/nodes.h"

struct to_rdf {
	struct ld_run *x;
	struct rdf_dataset *d;
	struct labels labels;
};

static struct rdf_term node_to_rdf(
	struct to_rdf *r, const struct ld *node, const struct rdf_term *graph);

static void
add(struct to_rdf *r, const struct rdf_term *s, struct span p, const struct rdf_term *o,
	const struct rdf_term *graph)
{
	struct rdf_quad q = { *s, rdf_iri(p), *o, *graph };

	if (s->kind == RDF_NONE || o->kind == RDF_NONE || r->x->stop)
		return;
	if (iri_blank(p))
		q.p = rdf_blank(span_from(p, 2));
	rdf_add(r->d, &q);
	if (r->d->error || r->d->full) { /* the limit is reported already */
		r->x->stop = true;
		r->x->error = r->d->error;
	}
}

static struct rdf_term
blank(struct to_rdf *r, struct span identifier)
{
	return rdf_blank(span_from(label_of(r->x, &r->labels, identifier), 2));
}

/* RDF_NONE: no statement can be made with it. */
static struct rdf_term
resource(struct to_rdf *r, const struct ld *id)
{
	struct span s = ld_text_of(id);

	if (!id)
		return blank(r, SPAN_NONE);
	if (s.ptr && iri_blank(s))
		return blank(r, s);
	if (r->x->loose ? iri_absolute(s, true) : iri_well_formed(s))
		return rdf_iri(s);
	ld_unsafe(r->x, id->source);
	return (struct rdf_term){ .kind = RDF_NONE };
}

/* The property's name in statements; ptr NULL: it has none. */
static struct span
predicate(struct to_rdf *r, const struct ld *property)
{
	struct span s = property->key;

	if (iri_blank(s) && r->x->options->generalized)
		return label_of(r->x, &r->labels, s);
	if (!iri_blank(s) && (r->x->loose || iri_well_formed(s)))
		return s;
	ld_unsafe(r->x, property->child ? property->child->source : property->source);
	return SPAN_NONE;
}

/* A node that says value, language and direction one by one. */
static struct rdf_term
compound(struct to_rdf *r, const struct ld *value, const struct rdf_term *text,
	const struct rdf_term *graph)
{
	struct rdf_term node = blank(r, SPAN_NONE);
	struct rdf_term direction = rdf_literal(ld_text_of(ld_get(value, KW_DIRECTION)), SPAN_NONE);
	struct rdf_term plain = rdf_literal(text->value, SPAN_NONE);
	struct rdf_term language = rdf_literal(SPAN_NONE, SPAN_NONE);

	add(r, &node, SPAN_LIT(RDF "value"), &plain, graph);
	add(r, &node, SPAN_LIT(RDF "direction"), &direction, graph);
	if (text->language.ptr) {
		language.value = label_lower(r->x, text->language);
		add(r, &node, SPAN_LIT(RDF "language"), &language, graph);
	}
	return node;
}

static struct rdf_term
value_to_rdf(struct to_rdf *r, const struct ld *value, const struct rdf_term *graph)
{
	struct rdf_term t = literal_of(r->x, value);

	if (t.kind == RDF_LITERAL && ld_get(value, KW_DIRECTION) &&
		r->x->options->direction == JSONLD_DIRECTION_COMPOUND)
		return compound(r, value, &t, graph);
	return t;
}

static struct rdf_term object_to_rdf(
	struct to_rdf *r, const struct ld *value, const struct rdf_term *graph);

/* 8.3 */
static struct rdf_term
list_to_rdf(struct to_rdf *r, const struct ld *list, const struct rdf_term *graph)
{
	const struct rdf_term nil = rdf_iri(SPAN_LIT(RDF "nil"));
	struct rdf_term first = nil, here, rest;

	if (list->child)
		first = blank(r, SPAN_NONE);
	here = first;
	for (const struct ld *i = list->child; i && !r->x->stop; i = i->next) {
		struct rdf_term item = object_to_rdf(r, i, graph);

		rest = i->next ? blank(r, SPAN_NONE) : nil;
		add(r, &here, SPAN_LIT(RDF "first"), &item, graph);
		add(r, &here, SPAN_LIT(RDF "rest"), &rest, graph);
		here = rest;
	}
	return first;
}

static struct rdf_term
object_to_rdf(struct to_rdf *r, const struct ld *value, const struct rdf_term *graph)
{
	const struct ld *list = ld_get(value, KW_LIST);

	if (ld_get(value, KW_VALUE))
		return value_to_rdf(r, value, graph);
	return list ? list_to_rdf(r, list, graph) : node_to_rdf(r, value, graph);
}

static void
types_to_rdf(struct to_rdf *r, const struct rdf_term *subject, const struct ld *types,
	const struct rdf_term *graph)
{
	for (const struct ld *t = types->child; t && !r->x->stop; t = t->next) {
		struct rdf_term type = resource(r, t);

		add(r, subject, SPAN_LIT(RDF "type"), &type, graph);
	}
}

static void
property_to_rdf(struct to_rdf *r, const struct rdf_term *subject, const struct ld *property,
	const struct rdf_term *graph, bool reversed)
{
	struct span p = predicate(r, property);

	for (const struct ld *v = property->child; v && !r->x->stop; v = v->next) {
		struct rdf_term object = object_to_rdf(r, v, graph);

		if (p.ptr)
			add(r, reversed ? &object : subject, p, reversed ? subject : &object,
				graph);
	}
}

/* The last of them. */
static struct rdf_term
nodes_to_rdf(struct to_rdf *r, const struct ld *list, const struct rdf_term *graph)
{
	struct rdf_term last = { .kind = RDF_NONE };

	for (const struct ld *n = list->child; n && !r->x->stop; n = n->next)
		if (n->kind == LD_MAP)
			last = object_to_rdf(r, n, graph);
	return last;
}

static struct rdf_term
node_to_rdf(struct to_rdf *r, const struct ld *node, const struct rdf_term *graph)
{
	struct rdf_term subject = resource(r, ld_get(node, KW_ID));

	for (const struct ld *m = node->child; m && !r->x->stop; m = m->next) {
		if (m->keyword == KW_NONE)
			property_to_rdf(r, &subject, m, graph, false);
		else if (m->keyword == KW_TYPE)
			types_to_rdf(r, &subject, m, graph);
		else if (m->keyword == KW_GRAPH && subject.kind != RDF_NONE)
			(void)nodes_to_rdf(r, m, &subject);
		else if (m->keyword == KW_INCLUDED)
			(void)nodes_to_rdf(r, m, graph);
		else if (m->keyword == KW_REVERSE)
			for (const struct ld *p = m->child; p; p = p->next)
				property_to_rdf(r, &subject, p, graph, true);
	}
	return subject;
}

int
jsonld_to_rdf(struct work *w, const struct jsonld_options *o, const struct node *document,
	struct jsonld_outcome *outcome, struct rdf_dataset *d)
{
	struct ld_run x = ld_begin(w, o, document);
	struct to_rdf r = { .x = &x, .d = d };
	const struct ld *all = ld_expand(&x, document);
	const struct rdf_term graph = { .kind = RDF_NONE };

	if (all) {
		struct rdf_term last = nodes_to_rdf(&r, all, &graph);

		d->root = all->size == 1 ? last : graph;
	}
	return ld_end(&x, outcome);
}
