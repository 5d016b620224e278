/* compact.c - the walk through an expanded document (JSON-LD 1.1 API, 6.1.2). */
#include "codecs/jsonld/compact/compact.h"

#include <stdlib.h>

static const struct ld_term *
term_of(const struct ld_context *c, struct span property)
{
	return property.ptr ? context_term(c, property) : NULL;
}

static struct ld *
compact_list(struct compaction *k, const struct ld_context *c, struct span property,
	const struct ld *element)
{
	const struct ld_term *t = term_of(c, property);
	struct ld *out = ld_need(k->x, ld_make(k->a, LD_LIST, element->source));

	for (const struct ld *i = element->child; i && !k->x->stop; i = i->next)
		ld_append(out, compact_element(k, c, property, i));
	if (!out || out->size != 1 || k->arrays || span_is(property, "@graph") ||
		span_is(property, "@set") ||
		(t && (t->container & (CONTAINER_LIST | CONTAINER_SET))))
		return out;
	return out->child;
}

static int
compare(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

/* 11: the contexts of the element's types, in order of their names. */
static const struct ld_context *
within_types(struct compaction *k, const struct ld_context *c, const struct ld_context *of_types,
	const struct ld *element)
{
	const struct ld *types = ld_get(element, KW_TYPE);
	struct span *names;
	size_t count = 0;

	if (!types || types->kind != LD_LIST || types->size == 0)
		return c;
	names = ld_need(k->x, ARENA_ARRAY(k->a, types->size, struct span));
	for (const struct ld *t = names ? types->child : NULL; t; t = t->next)
		names[count++] = compact_iri(k, c, ld_text_of(t), NULL, COMPACT_VOCAB);
	if (count > 1)
		qsort(names, count, sizeof(*names), compare);
	for (size_t i = 0; i < count && c && !k->x->stop; i++) {
		const struct ld_term *t = context_term(of_types, names[i]);

		if (t && t->context)
			c = context_of_term(k->x, c, t, PROCESS_LOCALLY);
	}
	return k->x->stop ? NULL : c;
}

/* A map under way. */
struct under_way {
	struct compaction *k;
	const struct ld_context *c, *of_types;
	struct span property;
	const struct ld *element;
	struct ld *out;
	bool reverse; /* within @reverse */
};

static void
put_id(struct under_way *u, const struct ld *m)
{
	struct compaction *k = u->k;
	struct span id = compact_iri(k, u->c, ld_text_of(m), NULL, 0);

	ld_put_key(u->out, compact_keyword(k, u->c, KW_ID),
		ld_need(k->x,
			id.ptr ? ld_text(k->a, id, m->source) : ld_make(k->a, LD_NULL, m->source)));
}

static void
put_types(struct under_way *u, const struct ld *m)
{
	struct compaction *k = u->k;
	struct span alias = compact_keyword(k, u->c, KW_TYPE);
	const struct ld_term *t = term_of(u->c, alias);
	bool set = !k->x->mode_10 && t && (t->container & CONTAINER_SET);
	struct ld *types = ld_need(k->x, ld_make(k->a, LD_LIST, m->source));

	for (const struct ld *i = m->kind == LD_LIST ? m->child : m; i && !k->x->stop;
		i = i->next) {
		struct span type = compact_iri(k, u->of_types, ld_text_of(i), NULL, COMPACT_VOCAB);

		ld_append(types, ld_need(k->x, ld_text(k->a, type, i->source)));
		if (m->kind != LD_LIST)
			break;
	}
	compact_add(k, u->out, alias, types, set || k->arrays || (types && types->size == 0));
}

/* Terms that stand for reversed properties go beside the others. */
static void
put_reverse(struct under_way *u, const struct ld *m)
{
	struct compaction *k = u->k;
	struct ld *map = compact_element(k, u->c, keyword_text(KW_REVERSE), m), *next;

	for (struct ld *p = map && map->kind == LD_MAP ? map->child : NULL; p && !k->x->stop;
		p = next) {
		const struct ld_term *t = context_term(u->c, p->key);

		next = p->next;
		if (!t || !t->reverse)
			continue;
		ld_drop(map, p);
		p->next = NULL;
		compact_add(k, u->out, p->key, p, (t->container & CONTAINER_SET) || k->arrays);
	}
	if (map && map->kind == LD_MAP && map->size > 0)
		ld_put_key(u->out, compact_keyword(k, u->c, KW_REVERSE), map);
}

/* Where the property's values go: the map itself, or one nested in it. */
static struct ld *
nest_of(struct under_way *u, const struct ld_term *t)
{
	struct compaction *k = u->k;
	struct ld *nest;

	if (!t || !t->nest.ptr)
		return u->out;
	if (!context_is(k->x, u->c, t->nest, KW_NEST)) {
		ld_fault(k->x, JSONLD_INVALID_NEST_VALUE, NULL);
		return NULL;
	}
	nest = ld_find(u->out, t->nest);
	if (!nest) {
		nest = ld_need(k->x, ld_make(k->a, LD_MAP, NULL));
		ld_put_key(u->out, t->nest, nest);
	}
	return nest;
}

/* 12.8.8 */
static void
put_list(struct under_way *u, struct compact_item *i)
{
	struct compaction *k = u->k;
	const struct ld *index = ld_get(i->expanded, KW_INDEX);
	struct ld *map;

	i->compacted = ld_as_list(k->a, i->compacted);
	if (i->container & CONTAINER_LIST) {
		ld_put_key(i->to, i->property, i->compacted);
		return;
	}
	map = ld_need(k->x, ld_make(k->a, LD_MAP, i->expanded->source));
	ld_put_key(map, compact_keyword(k, u->c, KW_LIST), i->compacted);
	if (index)
		ld_put_key(map, compact_keyword(k, u->c, KW_INDEX), ld_copy(k->a, index));
	compact_add(k, i->to, i->property, map, i->as_array);
}

static void
put_item(struct under_way *u, const struct ld *m, const struct ld *expanded)
{
	const unsigned maps = CONTAINER_LANGUAGE | CONTAINER_INDEX | CONTAINER_ID | CONTAINER_TYPE;
	struct compaction *k = u->k;
	const struct ld *list = ld_get(expanded, KW_LIST);
	const struct ld *graph = compact_is_graph(expanded) ? ld_get(expanded, KW_GRAPH) : NULL;
	struct compact_item i = { .c = u->c, .expanded = expanded };

	i.property = compact_iri(
		k, u->c, m->key, expanded, COMPACT_VOCAB | (u->reverse ? COMPACT_REVERSE : 0));
	i.t = term_of(u->c, i.property);
	i.to = nest_of(u, i.t);
	i.container = i.t ? i.t->container : 0;
	i.as_array = (i.container & CONTAINER_SET) || span_is(i.property, "@graph") ||
		     span_is(i.property, "@list") || k->arrays;
	if (!i.to || k->x->stop)
		return;
	i.compacted = compact_element(k, u->c, i.property, list ? list : graph ? graph : expanded);
	if (!i.compacted || k->x->stop)
		return;
	if (list)
		put_list(u, &i);
	else if (graph)
		compact_put_graph(k, &i);
	else if ((i.container & maps) && !(i.container & CONTAINER_GRAPH))
		compact_put_in_map(k, &i);
	else
		compact_add(k, i.to, i.property, i.compacted, i.as_array);
}

/* A property without values. */
static void
put_empty(struct under_way *u, const struct ld *m)
{
	struct compaction *k = u->k;
	struct span p = compact_iri(
		k, u->c, m->key, m, COMPACT_VOCAB | (u->reverse ? COMPACT_REVERSE : 0));

	compact_add(k, nest_of(u, term_of(u->c, p)), p, ld_make(k->a, LD_LIST, m->source), true);
}

static void
put_member(struct under_way *u, const struct ld *m)
{
	struct compaction *k = u->k;
	const struct ld_term *t = term_of(u->c, u->property);

	switch (m->keyword) {
	case KW_ID:
		put_id(u, m);
		return;
	case KW_TYPE:
		put_types(u, m);
		return;
	case KW_REVERSE:
		put_reverse(u, m);
		return;
	case KW_INDEX:
		if (t && (t->container & CONTAINER_INDEX))
			return;
		break;
	case KW_DIRECTION:
	case KW_LANGUAGE:
	case KW_VALUE:
		break;
	default:
		if (m->kind == LD_LIST && !m->child)
			put_empty(u, m);
		for (const struct ld *i = m->kind == LD_LIST ? m->child : NULL; i && !k->x->stop;
			i = i->next)
			put_item(u, m, i);
		return;
	}
	ld_put_key(u->out, compact_iri(k, u->c, m->key, NULL, COMPACT_VOCAB),
		ld_need(k->x, ld_deep_copy(k->a, m)));
}

/* 8 and 9: a value, reference or list in its short form; NULL: it has none. */
static struct ld *
in_short(struct compaction *k, const struct ld_context *c, struct span property,
	const struct ld *element)
{
	const struct ld_term *t = term_of(c, property);
	const struct ld *list = ld_get(element, KW_LIST);

	if (ld_get(element, KW_VALUE) || ld_get(element, KW_ID)) {
		struct ld *v = compact_value(k, c, property, element);

		if (v && (v->kind != LD_MAP || (t && t->type.keyword == KW_JSON)))
			return v;
	}
	if (list && t && (t->container & CONTAINER_LIST))
		return compact_element(k, c, property, list);
	return NULL;
}

static struct ld *
compact_map(struct compaction *k, const struct ld_context *c, struct span property,
	const struct ld *element)
{
	const struct ld_term *t = term_of(c, property);
	struct under_way u = { .k = k, .property = property, .element = element };
	struct ld *v;

	u.of_types = c; /* 1: as it is here, even if it ends here */
	if (c->previous && !ld_get(element, KW_VALUE) &&
		!(element->size == 1 && ld_get(element, KW_ID)))
		c = c->previous;
	if (t && t->context)
		c = context_of_term(k->x, c, t, PROCESS_OVERRIDE);
	v = c ? in_short(k, c, property, element) : NULL;
	if (v || k->x->stop)
		return v;
	u.reverse = span_is(property, "@reverse");
	u.c = within_types(k, c, u.of_types, element);
	u.out = ld_need(k->x, ld_make(k->a, LD_MAP, element->source));
	for (const struct ld *m = u.c && u.out ? element->child : NULL; m && !k->x->stop;
		m = m->next)
		put_member(&u, m);
	return k->x->stop ? NULL : u.out;
}

struct ld *
compact_element(struct compaction *k, const struct ld_context *c, struct span property,
	const struct ld *element)
{
	if (k->x->stop)
		return NULL;
	if (element->kind == LD_LIST)
		return compact_list(k, c, property, element);
	if (element->kind == LD_MAP)
		return compact_map(k, c, property, element);
	return ld_need(k->x, ld_copy(k->a, element));
}

/* compact(), 7 to 14: the context on top, several nodes as a graph. */
static struct ld *
compact_document(struct compaction *k, struct ld *all, const struct node *context)
{
	struct ld_run *x = k->x;
	const struct node *inner = node_get(context, "@context");
	const struct ld_context *c = context_bare(x);
	struct ld *out, *graph;

	context = inner ? inner : context;
	if (c)
		c = context_process(x, c, context, x->options->url, NULL, 0);
	out = c ? compact_element(k, c, SPAN_NONE, all) : NULL;
	if (out && out->kind == LD_LIST) {
		graph = out;
		out = ld_need(x, ld_make(k->a, LD_MAP, NULL));
		if (graph->size > 0)
			ld_put_key(out, compact_keyword(k, c, KW_GRAPH), graph);
	}
	if (!out || x->stop)
		return NULL;
	if (context->size > 0 || context->kind == NODE_TEXT) {
		struct ld *own = ld_need(x, ld_make(k->a, LD_JSON, context));

		ld_put_first(out, KW_CONTEXT, own);
	}
	return out;
}

int
jsonld_compact(struct work *w, const struct jsonld_options *o, const struct node *document,
	const struct node *context, struct jsonld_outcome *outcome, struct ld **out)
{
	struct ld_run x = ld_begin(w, o, document);
	struct compaction k = { .x = &x, .a = w->arena, .arrays = o->keep_lists };
	struct ld *all = ld_expand(&x, document);
	int rc;

	if (all && o->flattened)
		all = ld_flatten(&x, all);
	all = all && !x.stop ? compact_document(&k, all, context) : NULL;
	rc = ld_end(&x, outcome);
	if (rc == 0)
		*out = x.stop ? NULL : all;
	return rc;
}
