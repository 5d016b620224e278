/* expand.c - the walk: lists item by item, maps with the contexts that apply within them. */
#include "codecs/jsonld/expand/expand.h"

#include <stdlib.h>

/* Free-floating: there is nothing that the value could be said of. */
static bool
floats(struct span property)
{
	return !property.ptr || span_is(property, "@graph");
}

static const struct ld_term *
term_of(const struct ld_context *c, struct span property)
{
	return property.ptr ? context_term(c, property) : NULL;
}

static struct ld *
expand_scalar(struct ld_run *x, const struct ld_context *c, struct span property,
	const struct node *element)
{
	const struct ld_term *t = term_of(c, property);

	if (floats(property)) {
		ld_unsafe(x, element);
		return NULL;
	}
	if (t && t->context)
		c = context_of_term(x, c, t, PROCESS_OVERRIDE);
	return c ? expand_value(x, c, property, element) : NULL;
}

static struct ld *
expand_list(struct ld_run *x, const struct ld_context *c, struct span property,
	const struct node *element, bool from_map)
{
	const struct ld_term *t = term_of(c, property);
	struct ld *result = ld_need(x, ld_make(x->arena, LD_LIST, element));

	for (const struct node *n = element->child; n && !x->stop; n = n->next) {
		struct ld *item = expand_element(x, c, property, n, from_map);

		if (item && item->kind == LD_LIST && t && (t->container & CONTAINER_LIST)) {
			struct ld *list = ld_need(x, ld_make(x->arena, LD_MAP, n));

			ld_put(list, KW_LIST, item);
			item = list;
		}
		if (item && item->kind == LD_LIST)
			ld_splice(result, item);
		else
			ld_append(result, item);
	}
	return x->stop ? NULL : result;
}

/* 7: a context that is not propagated ends where a new node begins. */
static bool
is_new_node(struct ld_run *x, const struct ld_context *c, const struct node *element)
{
	for (const struct node *n = element->child; n; n = n->next)
		if (context_is(x, c, n->key, KW_VALUE))
			return false;
	return element->size != 1 || !context_is(x, c, element->child->key, KW_ID);
}

static int
compare_keys(const void *a, const void *b)
{
	const struct node *const *m = a, *const *n = b;

	return span_cmp((*m)->key, (*n)->key);
}

static int
compare_texts(const void *a, const void *b)
{
	const struct node *const *m = a, *const *n = b;

	return span_cmp(node_text(*m), node_text(*n));
}

/* Nodes picked out of a list of siblings, to be put in order. */
struct picked {
	const struct node **at;
	size_t count;
	const struct node *few[8];
};

static bool
pick_room(struct ld_run *x, struct picked *p, size_t most)
{
	p->count = 0;
	p->at = p->few;
	if (most > sizeof(p->few) / sizeof(p->few[0]))
		p->at = ld_need(x, ARENA_ARRAY(x->arena, most, const struct node *));
	return p->at;
}

/* 11: the members that stand for @type, in order of their names. */
static bool
type_members(struct ld_run *x, const struct ld_context *c, const struct node *element,
	struct picked *out)
{
	size_t most = 0;

	for (const struct node *n = element->child; n; n = n->next)
		most += context_is(x, c, n->key, KW_TYPE);
	if (!pick_room(x, out, most))
		return false;
	for (const struct node *n = element->child; n; n = n->next)
		if (context_is(x, c, n->key, KW_TYPE))
			out->at[out->count++] = n;
	if (out->count > 1)
		qsort(out->at, out->count, sizeof(*out->at), compare_keys);
	return !x->stop;
}

static const struct ld_context *
apply_type(struct ld_run *x, const struct ld_context *c, const struct ld_context *of_types,
	struct span type)
{
	const struct ld_term *t = type.ptr ? context_term(of_types, type) : NULL;

	return t && t->context ? context_of_term(x, c, t, PROCESS_LOCALLY) : c;
}

/* The contexts of one member's types, in order of the types. */
static const struct ld_context *
apply_types(struct ld_run *x, const struct ld_context *c, const struct ld_context *of_types,
	const struct node *member)
{
	struct picked types;

	if (member->kind != NODE_LIST)
		return apply_type(x, c, of_types, node_text(member));
	if (!pick_room(x, &types, member->size))
		return NULL;
	for (const struct node *n = member->child; n; n = n->next)
		if (n->kind == NODE_TEXT)
			types.at[types.count++] = n;
	if (types.count > 1)
		qsort(types.at, types.count, sizeof(*types.at), compare_texts);
	for (size_t i = 0; i < types.count && c; i++)
		c = apply_type(x, c, of_types, node_text(types.at[i]));
	return c;
}

/* 12: does the last type of the first such member stand for @json? */
static bool
is_json(struct ld_run *x, const struct ld_context *c, const struct picked *members)
{
	const struct node *type = members->count ? members->at[0] : NULL;

	if (type && type->kind == NODE_LIST)
		type = type->size ? node_at(type, type->size - 1) : NULL;
	return type && type->kind == NODE_TEXT &&
	       context_iri(x, c, type->as.bytes, IRI_VOCAB).keyword == KW_JSON;
}

/* 7 to 9 */
static const struct ld_context *
context_within(struct ld_run *x, const struct ld_context *c, const struct ld_term *t,
	const struct node *element, bool from_map)
{
	const struct node *own = node_get(element, "@context");

	if (c->previous && !from_map && is_new_node(x, c, element))
		c = c->previous;
	if (t && t->context)
		c = context_of_term(x, c, t, PROCESS_OVERRIDE);
	if (c && own) {
		x->here = own;
		c = context_process(x, c, own, x->options->url, NULL, 0);
	}
	return c;
}

static struct ld *
expand_map(struct ld_run *x, const struct ld_context *c, struct span property,
	const struct node *element, bool from_map)
{
	struct expansion e = { .x = x, .property = property, .element = element };
	struct picked types;

	x->here = element;
	c = context_within(x, c, term_of(c, property), element, from_map);
	if (!c || !type_members(x, c, element, &types))
		return NULL;
	e.of_types = c;
	for (size_t i = 0; i < types.count && c; i++)
		c = apply_types(x, c, e.of_types, types.at[i]);
	e.result = ld_need(x, ld_make(x->arena, LD_MAP, element));
	if (!c || x->stop)
		return NULL;
	e.c = c;
	e.json = is_json(x, c, &types);
	expand_members(&e, element);
	return x->stop ? NULL : expand_finish(&e);
}

struct ld *
expand_element(struct ld_run *x, const struct ld_context *c, struct span property,
	const struct node *element, bool from_map)
{
	if (x->stop || element->kind == NODE_NULL)
		return NULL;
	if (element->kind == NODE_LIST)
		return expand_list(x, c, property, element, from_map);
	if (element->kind == NODE_MAP)
		return expand_map(x, c, property, element, from_map);
	return expand_scalar(x, c, property, element);
}

struct ld *
ld_expand(struct ld_run *x, const struct node *document)
{
	const struct ld_context *c = context_first(x);
	struct ld *all = c ? expand_element(x, c, SPAN_NONE, document, false) : NULL, *graph;

	if (all && all->kind == LD_MAP && all->size == 1) {
		graph = ld_get(all, KW_GRAPH);
		all = graph ? graph : all;
	}
	return x->stop ? NULL : ld_need(x, ld_as_list(x->arena, all));
}

int
jsonld_expand(struct work *w, const struct jsonld_options *o, const struct node *document,
	struct jsonld_outcome *outcome, struct ld **out)
{
	struct ld_run x = ld_begin(w, o, document);
	struct ld *all = ld_expand(&x, document);
	int rc = ld_end(&x, outcome);

	if (rc == 0)
		*out = x.stop ? NULL : all;
	return rc;
}
