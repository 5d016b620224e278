/* flatten.c - nodes brought together by graph and identifier, and laid side by side (API, 7). */
#include "codecs/jsonld/iri.h"
#include "codecs/jsonld/nodes/nodes.h"

#include <stdlib.h>

struct flatten {
	struct ld_run *x;
	struct labels labels;
	struct graphs graphs;
};

/* Where an element belongs. */
struct spot {
	struct graph *graph;
	struct ld *subject; /* the node that it is a value of, or NULL */
	struct span reverse; /* the identifier of the node that is a value of it; ptr NULL: none */
	struct span property;
	struct ld *list; /* the items of a list under way, or NULL */
};

/* Behind the values of the property, unless it is there already. */
static void
add_once(struct flatten *f, struct ld *node, struct span property, struct ld *value)
{
	struct ld *list = ld_list_under(f->x->arena, node, property);

	for (const struct ld *v = list && value ? list->child : NULL; v; v = v->next)
		if (ld_equal(v, value))
			return;
	ld_append(list, value);
}

static void
place(struct flatten *f, const struct spot *at, struct ld *value)
{
	if (at->list)
		ld_append(at->list, value);
	else if (at->subject)
		add_once(f, at->subject, at->property, value);
}

static struct span
relabelled(struct flatten *f, struct span s)
{
	return s.ptr && iri_blank(s) ? label_of(f->x, &f->labels, s) : s;
}

static void element(struct flatten *f, struct ld *v, const struct spot *at);

static void
elements(struct flatten *f, struct ld *list, const struct spot *at)
{
	struct ld *next;

	for (struct ld *v = list->child; v && !f->x->stop; v = next) {
		next = v->next;
		element(f, v, at);
	}
}

static void
list_element(struct flatten *f, struct ld *items, const struct spot *at)
{
	struct ld *map = ld_need(f->x, ld_make(f->x->arena, LD_MAP, NULL));
	struct spot within = *at;

	within.list = ld_need(f->x, ld_make(f->x->arena, LD_LIST, NULL));
	ld_put(map, KW_LIST, within.list);
	elements(f, items, &within);
	if (at->list)
		ld_append(at->list, map);
	else if (at->subject) /* two lists are never one */
		ld_append(ld_list_under(f->x->arena, at->subject, at->property), map);
}

static struct ld *
reference(struct flatten *f, struct span id)
{
	struct ld *map = ld_need(f->x, ld_make(f->x->arena, LD_MAP, NULL));

	ld_put(map, KW_ID, ld_need(f->x, ld_text(f->x->arena, id, NULL)));
	return map;
}

static void
take_types(struct flatten *f, struct ld *node, struct ld *types)
{
	struct ld *next;

	for (struct ld *t = types ? types->child : NULL; t && !f->x->stop; t = next) {
		next = t->next;
		add_once(f, node, keyword_text(KW_TYPE), t);
	}
}

static void
take_index(struct flatten *f, struct ld *node, struct ld *index)
{
	const struct ld *before = ld_get(node, KW_INDEX);

	if (index && before && !ld_equal(index, before))
		ld_fault(f->x, JSONLD_CONFLICTING_INDEXES, index->source);
	else if (index && !before)
		ld_put(node, KW_INDEX, ld_copy(f->x->arena, index));
}

static int
compare_keys(const void *a, const void *b)
{
	const struct ld *const *m = a, *const *n = b;

	return span_cmp((*m)->key, (*n)->key);
}

/* In order of their names: the order in which blank nodes are named. */
static void
take_properties(struct flatten *f, struct ld *node, struct ld *from, struct graph *g)
{
	struct ld **members = ld_need(f->x, ARENA_ARRAY(f->x->arena, from->size + 1, struct ld *));
	size_t count = 0;

	if (!members)
		return;
	for (struct ld *m = from->child; m; m = m->next)
		if (m->keyword == KW_NONE)
			members[count++] = m;
	if (count > 1)
		qsort(members, count, sizeof(*members), compare_keys);
	for (size_t i = 0; i < count && !f->x->stop; i++) {
		struct spot at = { .graph = g, .subject = node };

		at.property = relabelled(f, members[i]->key);
		ld_list_under(f->x->arena, node, at.property);
		elements(f, members[i], &at);
	}
}

static void
take_reverse(struct flatten *f, struct span id, struct ld *reverse, struct graph *g)
{
	for (struct ld *p = reverse ? reverse->child : NULL; p && !f->x->stop; p = p->next) {
		struct spot at = { .graph = g, .reverse = id, .property = p->key };

		elements(f, p, &at);
	}
}

static void
graph_elements(struct flatten *f, struct ld *list, struct graph *g)
{
	if (g)
		elements(f, list, &(const struct spot){ .graph = g });
}

static void
node_element(struct flatten *f, struct ld *v, const struct spot *at)
{
	struct ld *own = ld_get(v, KW_ID), *graph = ld_get(v, KW_GRAPH);
	struct ld *included = ld_get(v, KW_INCLUDED);
	struct span id = own ? relabelled(f, ld_text_of(own))
			     : label_of(f->x, &f->labels, SPAN_NONE);
	struct ld *node;

	if (!id.ptr) /* "@id": null */
		id = SPAN_LIT("");
	node = graphs_node(f->x, at->graph, id);
	if (!node)
		return;
	if (at->reverse.ptr)
		add_once(f, node, at->property, reference(f, at->reverse));
	else if (at->property.ptr)
		place(f, at, reference(f, id));
	take_types(f, node, ld_get(v, KW_TYPE));
	take_index(f, node, ld_get(v, KW_INDEX));
	take_reverse(f, id, ld_get(v, KW_REVERSE), at->graph);
	if (graph)
		graph_elements(f, graph, graphs_named(f->x, &f->graphs, id));
	if (included)
		graph_elements(f, included, at->graph);
	take_properties(f, node, v, at->graph);
}

/* 7.2.1 */
static void
element(struct flatten *f, struct ld *v, const struct spot *at)
{
	struct ld *types = ld_get(v, KW_TYPE), *items = ld_get(v, KW_LIST);

	if (f->x->stop || v->kind != LD_MAP)
		return;
	if (types && types->kind == LD_TEXT)
		types->text = relabelled(f, types->text);
	for (struct ld *t = types ? types->child : NULL; t; t = t->next)
		t->text = relabelled(f, t->text);
	if (ld_get(v, KW_VALUE))
		place(f, at, v);
	else if (items)
		list_element(f, items, at);
	else
		node_element(f, v, at);
}

/* The graph's nodes, without those that are nothing but a name. */
static void
lay_out(const struct graph *g, struct ld *to)
{
	for (const struct entry *e = g->first; e; e = e->next)
		if (e->node && e->node->size > 1)
			ld_append(to, e->node);
}

static struct ld *
flattened(struct flatten *f, struct ld *all)
{
	struct arena *a = f->x->arena;
	struct graph *first = graphs_named(f->x, &f->graphs, SPAN_NONE);
	struct ld *out = ld_need(f->x, ld_make(a, LD_LIST, NULL));

	graph_elements(f, all, first);
	for (struct graph *g = first ? first->next : NULL; g && !f->x->stop; g = g->next) {
		struct ld *list = ld_need(f->x, ld_make(a, LD_LIST, NULL));

		ld_put(graphs_node(f->x, first, g->name), KW_GRAPH, list);
		lay_out(g, list);
	}
	if (!f->x->stop)
		lay_out(first, out);
	return f->x->stop ? NULL : out;
}

struct ld *
ld_flatten(struct ld_run *x, struct ld *all)
{
	struct flatten f = { .x = x };

	return x->stop ? NULL : flattened(&f, all);
}

int
jsonld_flatten(struct work *w, const struct jsonld_options *o, const struct node *document,
	struct jsonld_outcome *outcome, struct ld **out)
{
	struct ld_run x = ld_begin(w, o, document);
	struct ld *all = ld_flatten(&x, ld_expand(&x, document));
	int rc = ld_end(&x, outcome);

	if (rc == 0)
		*out = x.stop ? NULL : all;
	return rc;
}
