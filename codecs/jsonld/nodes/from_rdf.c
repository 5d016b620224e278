/* from_rdf.c - a dataset as an expanded document (API, 8.4): nodes by graph, then lists and
 * compound literals put together.
 */
#include "codecs/jsonld/iri.h"
#include "codecs/jsonld/nodes/nodes.h"

struct from_rdf {
	struct ld_run *x;
	struct graphs graphs;
	struct graph once; /* blank nodes as objects, over all graphs */
};

static struct span
name_of(struct ld_run *x, const struct rdf_term *t)
{
	if (t->kind == RDF_NONE)
		return SPAN_NONE;
	return t->kind == RDF_BLANK ? ld_join(x, SPAN_LIT("_:"), t->value) : t->value;
}

static void
note_use(struct ld_run *x, struct entry *e, const struct use *use)
{
	struct use *u = e ? ld_need(x, ARENA_NEW(x->arena, struct use)) : NULL;

	if (!u)
		return;
	*u = *use;
	u->next = e->uses;
	e->often = e->uses != NULL;
	e->uses = u;
}

static struct ld *
reference(struct ld_run *x, struct span id)
{
	struct ld *map = ld_need(x, ld_make(x->arena, LD_MAP, NULL));

	ld_put(map, KW_ID, ld_need(x, ld_text(x->arena, id, NULL)));
	return map;
}

static void
add_type(struct from_rdf *f, struct ld *node, struct span type)
{
	struct ld *types = ld_list_under(f->x->arena, node, keyword_text(KW_TYPE));

	for (const struct ld *t = types ? types->child : NULL; t; t = t->next)
		if (span_eq(t->text, type))
			return;
	ld_append(types, ld_need(f->x, ld_text(f->x->arena, type, NULL)));
}

static void
add_value(struct from_rdf *f, struct graph *g, struct entry *subject, const struct rdf_quad *q)
{
	struct ld_run *x = f->x;
	bool literal = q->o.kind == RDF_LITERAL;
	struct span object = literal ? SPAN_NONE : name_of(x, &q->o);
	struct use use = { .node = subject, .property = q->p.value };

	use.value = literal ? value_of(x, &q->o) : reference(x, object);
	ld_append(ld_list_under(x->arena, subject->node, q->p.value), use.value);
	if (span_is(object, RDF "nil"))
		note_use(x, graphs_entry(x, g, object), &use);
	else if (q->o.kind == RDF_BLANK)
		note_use(x, graphs_entry(x, &f->once, object), &use);
}

/* 8.4.2, 5 */
static void
add_quad(struct from_rdf *f, const struct rdf_quad *q)
{
	struct ld_run *x = f->x;
	struct graph *g = graphs_named(x, &f->graphs, name_of(x, &q->g));
	struct entry *subject = g ? graphs_entry(x, g, name_of(x, &q->s)) : NULL;
	bool literal = q->o.kind == RDF_LITERAL;

	if (!subject)
		return;
	if (span_is(q->p.value, RDF "direction") &&
		x->options->direction == JSONLD_DIRECTION_COMPOUND)
		subject->compound = true;
	if (!literal)
		(void)graphs_entry(x, g, name_of(x, &q->o));
	if (!literal && !x->options->rdf_type && span_is(q->p.value, RDF "type"))
		add_type(f, subject->node, name_of(x, &q->o));
	else
		add_value(f, g, subject, q);
}

/* The only use of a node as an object; NULL: there is none, or more than one. */
static const struct use *
only_use(const struct from_rdf *f, struct span id)
{
	const struct entry *e = graphs_find(&f->once, id);

	return e && !e->often ? e->uses : NULL;
}

/* The only value of a property; NULL: there is none, or more than one. */
static struct ld *
only_value(const struct ld *node, struct span property)
{
	struct ld *list = ld_find(node, property);

	return list && list->kind == LD_LIST && list->size == 1 ? list->child : NULL;
}

static void
put_part(struct ld_run *x, struct ld *to, enum keyword k, const struct ld *node,
	struct span property)
{
	const struct ld *value = only_value(node, property);

	ld_put(to, k, ld_copy(x->arena, ld_get(value, KW_VALUE)));
}

/* 6.1: value, language and direction, each said of a node of its own, are one value. */
static void
join_compound(struct from_rdf *f, struct entry *e)
{
	struct ld_run *x = f->x;
	const struct use *use = only_use(f, e->id);
	struct ld *to = use ? use->value : NULL;
	struct span language, direction;

	if (!to)
		return;
	ld_drop(to, ld_get(to, KW_ID));
	put_part(x, to, KW_VALUE, e->node, SPAN_LIT(RDF "value"));
	put_part(x, to, KW_LANGUAGE, e->node, SPAN_LIT(RDF "language"));
	put_part(x, to, KW_DIRECTION, e->node, SPAN_LIT(RDF "direction"));
	language = ld_text_of(ld_get(to, KW_LANGUAGE));
	direction = ld_text_of(ld_get(to, KW_DIRECTION));
	if (language.ptr && !language_well_formed(language))
		ld_fault(x, JSONLD_INVALID_LANGUAGE_TAGGED_STRING, NULL);
	if (!span_is(direction, "ltr") && !span_is(direction, "rtl"))
		ld_fault(x, JSONLD_INVALID_BASE_DIRECTION, NULL);
	e->gone = true;
}

/* A node that is nothing but a place in a list. */
static bool
is_list_node(const struct ld *node)
{
	const struct ld *type = ld_get(node, KW_TYPE);

	if (!only_value(node, SPAN_LIT(RDF "first")) || !only_value(node, SPAN_LIT(RDF "rest")))
		return false;
	if (type && (type->size != 1 || !span_is(type->child->text, RDF "List")))
		return false;
	return node->size == 3 + (size_t)(type != NULL);
}

/* 6.4: from the end of a list back to its head. */
static void
join_list(struct from_rdf *f, const struct use *use)
{
	struct ld_run *x = f->x;
	struct ld *list = ld_need(x, ld_make(x->arena, LD_LIST, NULL));
	const struct use *at = use;

	while (span_is(at->property, RDF "rest") && iri_blank(at->node->id) && !at->node->gone &&
		only_use(f, at->node->id) && is_list_node(at->node->node)) {
		struct ld *first = ld_find(at->node->node, SPAN_LIT(RDF "first"));
		struct ld *item = first->child;

		ld_drop(first, item);
		ld_prepend(list, item);
		at->node->gone = true;
		at = only_use(f, at->node->id);
	}
	ld_drop(at->value, ld_get(at->value, KW_ID));
	ld_put(at->value, KW_LIST, list);
}

static void
join(struct from_rdf *f, struct graph *g)
{
	struct entry *nil;

	for (struct entry *e = g->first; e && !f->x->stop; e = e->next)
		if (e->compound)
			join_compound(f, e);
	nil = graphs_find(g, SPAN_LIT(RDF "nil"));
	for (const struct use *u = nil ? nil->uses : NULL; u && !f->x->stop; u = u->next)
		join_list(f, u);
}

static void
lay_out(const struct graph *g, struct ld *to)
{
	for (const struct entry *e = g->first; e; e = e->next)
		if (!e->gone && e->node && e->node->size > 1)
			ld_append(to, e->node);
}

static struct ld *
document_of(struct from_rdf *f)
{
	struct ld_run *x = f->x;
	struct ld *out = ld_need(x, ld_make(x->arena, LD_LIST, NULL));

	for (struct graph *g = f->graphs.first; g && !x->stop; g = g->next)
		join(f, g);
	for (struct graph *g = f->graphs.first; g && !x->stop; g = g->next) {
		struct ld *list = g->name.ptr ? ld_need(x, ld_make(x->arena, LD_LIST, NULL)) : NULL;

		if (!list)
			continue;
		lay_out(g, list);
		ld_put(graphs_node(x, f->graphs.first, g->name), KW_GRAPH, list);
	}
	if (!x->stop && f->graphs.first)
		lay_out(f->graphs.first, out);
	return x->stop ? NULL : out;
}

int
jsonld_from_rdf(struct work *w, const struct jsonld_options *o, const struct rdf_dataset *d,
	struct jsonld_outcome *outcome, struct ld **out)
{
	struct ld_run x = ld_begin(w, o, NULL);
	struct from_rdf f = { .x = &x };
	struct ld *all;
	int rc;

	for (size_t i = 0; i < d->count && !x.stop; i++)
		add_quad(&f, &d->quads[i]);
	all = x.stop ? NULL : document_of(&f);
	rc = ld_end(&x, outcome);
	if (rc == 0)
		*out = x.stop ? NULL : all;
	return rc;
}
