/* keyword.c - members that are keywords, or stand for one (JSON-LD 1.1 API, 5.1.2, 13.4). */
#include "codecs/jsonld/expand/expand.h"

static void
fault(struct expansion *e, enum jsonld_code code, const struct node *at)
{
	ld_fault(e->x, code, at);
}

static void
put(struct expansion *e, enum keyword k, struct ld *value)
{
	if (ld_need(e->x, value))
		ld_put(e->result, k, value);
}

static struct ld *
iri_value(struct expansion *e, struct ld_iri i, const struct node *n)
{
	struct arena *a = e->x->arena;

	return ld_need(e->x, i.text.ptr ? ld_text(a, i.text, n) : ld_make(a, LD_NULL, n));
}

static void
on_id(struct expansion *e, const struct node *n)
{
	struct ld_iri i;

	if (n->kind != NODE_TEXT) {
		fault(e, JSONLD_INVALID_ID_VALUE, n);
		return;
	}
	i = context_iri(e->x, e->c, n->as.bytes, IRI_DOCUMENT);
	ld_check_iri(e->x, i.text, n);
	put(e, KW_ID, iri_value(e, i, n));
}

static struct ld *
one_type(struct expansion *e, const struct node *n)
{
	struct ld_iri i;

	if (n->kind != NODE_TEXT) {
		fault(e, JSONLD_INVALID_TYPE_VALUE, n);
		return NULL;
	}
	i = context_iri(e->x, e->of_types, n->as.bytes, IRI_VOCAB | IRI_DOCUMENT);
	if (i.keyword != KW_JSON)
		ld_check_iri(e->x, i.text, n);
	return e->x->stop ? NULL : iri_value(e, i, n);
}

static void
on_type(struct expansion *e, const struct node *n)
{
	struct ld *before = ld_get(e->result, KW_TYPE), *types;
	struct arena *a = e->x->arena;

	if (n->kind == NODE_LIST) {
		types = ld_need(e->x, ld_make(a, LD_LIST, n));
		for (const struct node *c = n->child; c && !e->x->stop; c = c->next)
			ld_append(types, one_type(e, c));
	} else {
		types = one_type(e, n);
	}
	if (before && types) {
		ld_drop(e->result, before);
		before = ld_as_list(a, before);
		if (types->kind == LD_LIST)
			ld_splice(before, types);
		else
			ld_append(before, types);
		types = before;
	}
	if (!e->x->stop)
		put(e, KW_TYPE, types);
}

static void
on_graph(struct expansion *e, const struct node *n)
{
	struct ld *graph = expand_element(e->x, e->c, keyword_text(KW_GRAPH), n, false);

	if (!e->x->stop)
		put(e, KW_GRAPH, ld_as_list(e->x->arena, graph));
}

static void
on_included(struct expansion *e, const struct node *n)
{
	struct ld *before = ld_get(e->result, KW_INCLUDED), *items;

	if (e->x->mode_10)
		return;
	items = expand_element(e->x, e->c, SPAN_NONE, n, false);
	if (e->x->stop)
		return;
	if (!items)
		fault(e, JSONLD_INVALID_INCLUDED_VALUE, n);
	items = ld_as_list(e->x->arena, items);
	for (const struct ld *i = items ? items->child : NULL; i; i = i->next)
		if (!expand_is_node(i))
			fault(e, JSONLD_INVALID_INCLUDED_VALUE, n);
	if (before)
		ld_splice(before, items);
	else
		put(e, KW_INCLUDED, items);
}

static bool
is_scalar(const struct node *n)
{
	return n->kind != NODE_LIST && n->kind != NODE_MAP;
}

static void
on_value(struct expansion *e, const struct node *n)
{
	struct ld *v;

	if (e->json && !e->x->mode_10) {
		v = ld_make(e->x->arena, LD_JSON, n);
		put(e, KW_VALUE, v);
	} else if (e->json || !is_scalar(n)) {
		fault(e, JSONLD_INVALID_VALUE_OBJECT_VALUE, n);
	} else {
		put(e, KW_VALUE, ld_scalar(e->x->arena, n));
	}
}

static void
on_text(struct expansion *e, const struct node *n, enum keyword k, enum jsonld_code code)
{
	if (n->kind == NODE_TEXT)
		put(e, k, ld_text(e->x->arena, n->as.bytes, n));
	else
		fault(e, code, n);
}

static void
on_direction(struct expansion *e, const struct node *n)
{
	struct span s = node_text(n);

	if (e->x->mode_10)
		return;
	if (span_is(s, "ltr") || span_is(s, "rtl"))
		put(e, KW_DIRECTION, ld_text(e->x->arena, s, n));
	else
		fault(e, JSONLD_INVALID_BASE_DIRECTION, n);
}

static void
on_list(struct expansion *e, const struct node *n)
{
	struct ld *items;

	if (!e->property.ptr || span_is(e->property, "@graph")) {
		ld_unsafe(e->x, n);
		return;
	}
	items = expand_element(e->x, e->c, e->property, n, false);
	if (!e->x->stop)
		put(e, KW_LIST, ld_as_list(e->x->arena, items));
}

static void
on_set(struct expansion *e, const struct node *n)
{
	struct ld *items = expand_element(e->x, e->c, e->property, n, false);

	if (!e->x->stop)
		put(e, KW_SET, items ? items : ld_make(e->x->arena, LD_NULL, n));
}

bool
expand_add_reverse(
	struct ld_run *x, struct ld *map, struct span iri, struct ld *items, const struct node *at)
{
	struct ld *list = ld_as_list(x->arena, items);

	for (const struct ld *i = list ? list->child : NULL; i; i = i->next)
		if (!expand_is_node(i))
			ld_fault(x, JSONLD_INVALID_REVERSE_PROPERTY_VALUE, at);
	if (!x->stop)
		ld_add(x->arena, map, iri, list);
	return !x->stop;
}

static struct ld *
reverse_of(struct expansion *e)
{
	struct ld *map = ld_get(e->result, KW_REVERSE);

	if (!map) {
		map = ld_make(e->x->arena, LD_MAP, e->element);
		put(e, KW_REVERSE, map);
	}
	return map;
}

/* What is reversed twice goes the way it was; the rest is reversed. */
static void
on_reverse(struct expansion *e, const struct node *n)
{
	struct ld *map, *twice, *next;

	if (n->kind != NODE_MAP) {
		fault(e, JSONLD_INVALID_REVERSE_VALUE, n);
		return;
	}
	map = expand_element(e->x, e->c, keyword_text(KW_REVERSE), n, false);
	if (e->x->stop || !map || map->kind != LD_MAP)
		return;
	twice = ld_get(map, KW_REVERSE);
	for (struct ld *m = twice ? twice->child : NULL; m && !e->x->stop; m = next) {
		next = m->next;
		ld_add(e->x->arena, e->result, m->key, m);
	}
	for (struct ld *m = map->child; m && !e->x->stop; m = next) {
		next = m->next;
		if (m != twice)
			expand_add_reverse(e->x, reverse_of(e), m->key, m, n);
	}
}

static void
on_nest(struct expansion *e, const struct node *member)
{
	if (e->nest_count == e->nest_cap) {
		size_t cap = e->nest_cap ? e->nest_cap * 2 : 4;
		const struct node **nests = ld_need(
			e->x, ARENA_ARRAY(e->x->arena, cap, const struct node *));

		if (!nests)
			return;
		if (e->nest_count > 0)
			memcpy(nests, e->nests, e->nest_count * sizeof(*nests));
		e->nests = nests;
		e->nest_cap = cap;
	}
	e->nests[e->nest_count++] = member;
}

static void
dispatch(struct expansion *e, const struct node *n, enum keyword k)
{
	switch (k) {
	case KW_ID:
		on_id(e, n);
		return;
	case KW_TYPE:
		on_type(e, n);
		return;
	case KW_GRAPH:
		on_graph(e, n);
		return;
	case KW_INCLUDED:
		on_included(e, n);
		return;
	case KW_VALUE:
		on_value(e, n);
		return;
	case KW_LANGUAGE:
		on_text(e, n, k, JSONLD_INVALID_LANGUAGE_TAGGED_STRING);
		return;
	case KW_DIRECTION:
		on_direction(e, n);
		return;
	case KW_INDEX: /* names an item for programs; no statement comes of it */
		ld_unsafe(e->x, n);
		on_text(e, n, k, JSONLD_INVALID_INDEX_VALUE);
		return;
	case KW_LIST:
		on_list(e, n);
		return;
	case KW_SET:
		on_set(e, n);
		return;
	case KW_REVERSE:
		on_reverse(e, n);
		return;
	case KW_NEST:
		on_nest(e, n);
		return;
	default: /* @base, @vocab and their like mean nothing here */
		ld_unsafe(e->x, n);
	}
}

void
expand_keyword(struct expansion *e, const struct node *member, enum keyword k)
{
	bool repeats = k == KW_INCLUDED || k == KW_TYPE;

	if (span_is(e->property, "@reverse"))
		fault(e, JSONLD_INVALID_REVERSE_PROPERTY_MAP, member);
	else if (ld_get(e->result, k) && (!repeats || e->x->mode_10))
		fault(e, JSONLD_COLLIDING_KEYWORDS, member);
	else
		dispatch(e, member, k);
}
