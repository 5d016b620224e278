/* member.c - the members of a map, one after the other, and what is nested in it (JSON-LD 1.1 API, 5.1.2, 13, 14). */
#include "codecs/jsonld/expand/expand.h"

/* 13.6: as it stands. */
static struct ld *
json_value(struct expansion *e, const struct node *member)
{
	struct ld_run *x = e->x;
	struct ld *map = ld_need(x, ld_make(x->arena, LD_MAP, member));

	ld_put(map, KW_VALUE, ld_need(x, ld_make(x->arena, LD_JSON, member)));
	ld_put(map, KW_TYPE, ld_need(x, ld_text(x->arena, keyword_text(KW_JSON), member)));
	return map;
}

static struct ld *
as_list_object(struct ld_run *x, struct ld *value)
{
	struct ld *map;

	if (value->kind == LD_MAP && ld_get(value, KW_LIST))
		return value;
	map = ld_need(x, ld_make(x->arena, LD_MAP, value->source));
	ld_put(map, KW_LIST, ld_need(x, ld_as_list(x->arena, value)));
	return map;
}

/* 13.12: each value a graph of its own. */
static struct ld *
as_graphs(struct ld_run *x, struct ld *value)
{
	struct ld *all = ld_need(x, ld_make(x->arena, LD_LIST, value->source)), *next;
	struct ld *from = ld_as_list(x->arena, value);

	for (struct ld *v = from ? from->child : NULL; v && !x->stop; v = next) {
		struct ld *graph = ld_need(x, ld_make(x->arena, LD_MAP, v->source));

		next = v->next;
		ld_put(graph, KW_GRAPH, ld_need(x, ld_as_list(x->arena, v)));
		ld_append(all, graph);
	}
	return all;
}

static struct ld *
expand_by_container(struct expansion *e, const struct node *member, const struct ld_term *t)
{
	const unsigned maps = CONTAINER_INDEX | CONTAINER_ID | CONTAINER_TYPE;
	unsigned container = t ? t->container : 0;

	if (t && t->type.keyword == KW_JSON)
		return json_value(e, member);
	if ((container & CONTAINER_LANGUAGE) && member->kind == NODE_MAP)
		return expand_language_map(e, member, t);
	if ((container & maps) && member->kind == NODE_MAP)
		return expand_index_map(e, member, t);
	return expand_element(e->x, e->c, member->key, member, false);
}

static struct ld *
reverse_map(struct expansion *e)
{
	struct ld *map = ld_get(e->result, KW_REVERSE);

	if (!map) {
		map = ld_need(e->x, ld_make(e->x->arena, LD_MAP, e->element));
		ld_put(e->result, KW_REVERSE, map);
	}
	return map;
}

void
expand_property(struct expansion *e, const struct node *member, struct span iri)
{
	struct ld_run *x = e->x;
	const struct ld_term *t = context_term(e->c, member->key);
	unsigned container = t ? t->container : 0;
	size_t max = x->work->limits->rdf_quads;
	struct ld *value;

	if (++x->properties > max) {
		ld_limit(x, "rdf.quads", max, member);
		return;
	}
	value = expand_by_container(e, member, t);
	if (!value || x->stop)
		return;
	if (container & CONTAINER_LIST)
		value = as_list_object(x, value);
	if ((container & CONTAINER_GRAPH) && !(container & (CONTAINER_ID | CONTAINER_INDEX)))
		value = as_graphs(x, value);
	if (x->stop)
		return;
	if (t && t->reverse)
		expand_add_reverse(x, reverse_map(e), iri, value, member);
	else
		ld_add(x->arena, e->result, iri, value);
}

static void
expand_member(struct expansion *e, const struct node *member)
{
	struct ld_run *x = e->x;
	struct ld_iri i = context_iri(x, e->c, member->key, IRI_VOCAB);

	if (x->stop)
		return;
	if (i.keyword != KW_NONE) {
		expand_keyword(e, member, i.keyword);
		return;
	}
	if (!i.text.ptr || span_find(i.text, ':') == i.text.len) {
		ld_unsafe(x, member);
		return;
	}
	ld_check_property(x, i.text, member);
	expand_property(e, member, i.text);
}

static bool
has_value(struct expansion *e, const struct node *map)
{
	for (const struct node *n = map->child; n; n = n->next)
		if (context_is(e->x, e->c, n->key, KW_VALUE))
			return true;
	return false;
}

/* The members of a map that only groups them. */
static void
expand_nested(struct expansion *e, const struct node *nest, const struct node *map)
{
	const struct ld_term *t = context_term(e->c, nest->key);
	struct expansion within = *e;

	if (map->kind != NODE_MAP || has_value(e, map)) {
		ld_fault(e->x, JSONLD_INVALID_NEST_VALUE, map);
		return;
	}
	within.nests = NULL;
	within.nest_count = within.nest_cap = 0;
	within.property = nest->key;
	if (t && t->context)
		within.c = context_of_term(e->x, e->c, t, PROCESS_OVERRIDE);
	if (within.c && !e->x->stop)
		expand_members(&within, map);
}

void
expand_members(struct expansion *e, const struct node *map)
{
	for (const struct node *n = map->child; n && !e->x->stop; n = n->next)
		if (!span_is(n->key, "@context"))
			expand_member(e, n);
	for (size_t i = 0; i < e->nest_count && !e->x->stop; i++) {
		const struct node *nest = e->nests[i];

		if (nest->kind != NODE_LIST) {
			expand_nested(e, nest, nest);
			continue;
		}
		for (const struct node *n = nest->child; n && !e->x->stop; n = n->next)
			expand_nested(e, nest, n);
	}
}
