/* container.c - graphs, and values gathered by language, index, id or type (JSON-LD 1.1 API, 6.1.2, 12.8.9 and 10). */
#include "codecs/jsonld/compact/compact.h"

void
compact_add(struct compaction *k, struct ld *map, struct span key, struct ld *value, bool as_array)
{
	struct ld *at, *next, *list;

	if (!map || !value || !key.ptr || k->x->stop)
		return;
	at = ld_find(map, key);
	if (as_array && (!at || at->kind != LD_LIST)) {
		list = ld_need(k->x, ld_make(k->a, LD_LIST, NULL));
		ld_drop(map, at);
		ld_append(list, at);
		ld_put_key(map, key, list);
		at = list;
	}
	if (as_array && value->kind == LD_JSON && value->source->kind == NODE_LIST) {
		for (const struct node *n = value->source->child; n; n = n->next)
			ld_append(at, ld_need(k->x, ld_make(k->a, LD_JSON, n)));
	} else if (value->kind == LD_LIST) {
		for (struct ld *v = value->child; v && !k->x->stop; v = next) {
			next = v->next;
			compact_add(k, map, key, v, as_array);
		}
	} else if (!at) {
		ld_put_key(map, key, value);
	} else if (at->kind == LD_LIST) {
		ld_append(at, value);
	} else {
		compact_add(k, map, key, ld_make(k->a, LD_LIST, NULL), true);
		ld_append(ld_find(map, key), value);
	}
}

/* The map under the item's property. */
static struct ld *
map_object(struct compaction *k, const struct compact_item *i)
{
	struct ld *map = ld_find(i->to, i->property);

	if (!map) {
		map = ld_need(k->x, ld_make(k->a, LD_MAP, NULL));
		ld_put_key(i->to, i->property, map);
	}
	return map;
}

static struct span
none(struct compaction *k, const struct compact_item *i)
{
	return compact_keyword(k, i->c, KW_NO);
}

/* {"@graph": ..., "@id": ..., "@index": ...} */
static struct ld *
wrapped_graph(struct compaction *k, const struct compact_item *i)
{
	struct ld *map = ld_need(k->x, ld_make(k->a, LD_MAP, i->expanded->source));
	const struct ld *id = ld_get(i->expanded, KW_ID), *index = ld_get(i->expanded, KW_INDEX);

	ld_put_key(map, compact_keyword(k, i->c, KW_GRAPH), i->compacted);
	if (id)
		ld_put_key(map, compact_keyword(k, i->c, KW_ID),
			ld_text(k->a, compact_iri(k, i->c, ld_text_of(id), NULL, 0), id->source));
	if (index)
		ld_put_key(map, compact_keyword(k, i->c, KW_INDEX), ld_copy(k->a, index));
	return map;
}

/* Several nodes would be read as several graphs. */
static struct ld *
one_graph(struct compaction *k, const struct compact_item *i)
{
	struct ld *map;

	if (i->compacted->kind != LD_LIST || i->compacted->size < 2)
		return i->compacted;
	map = ld_need(k->x, ld_make(k->a, LD_MAP, i->expanded->source));
	ld_put_key(map, compact_keyword(k, i->c, KW_INCLUDED), i->compacted);
	return map;
}

void
compact_put_graph(struct compaction *k, struct compact_item *i)
{
	const struct ld *id = ld_get(i->expanded, KW_ID), *index = ld_get(i->expanded, KW_INDEX);
	struct span key;

	if ((i->container & CONTAINER_GRAPH) && (i->container & CONTAINER_ID)) {
		key = id ? compact_iri(k, i->c, ld_text_of(id), NULL, 0) : none(k, i);
		compact_add(k, map_object(k, i), key, i->compacted, i->as_array);
	} else if ((i->container & CONTAINER_GRAPH) && (i->container & CONTAINER_INDEX) && !id) {
		key = index ? ld_text_of(index) : none(k, i);
		compact_add(k, map_object(k, i), key, i->compacted, i->as_array);
	} else if ((i->container & CONTAINER_GRAPH) && !id) {
		compact_add(k, i->to, i->property, one_graph(k, i), i->as_array);
	} else {
		compact_add(k, i->to, i->property, wrapped_graph(k, i), i->as_array);
	}
}

/* Takes the first of the texts under that name out of the item. */
static struct span
take_first(struct compaction *k, struct ld *item, struct span name)
{
	struct ld *values = ld_find(item, name), *first;
	struct span key;

	if (!values)
		return SPAN_NONE;
	first = values->kind == LD_LIST ? values->child : values;
	key = ld_text_of(first);
	if (!key.ptr)
		return SPAN_NONE;
	if (values->kind == LD_LIST)
		ld_drop(values, first);
	if (values->kind != LD_LIST || values->size == 0)
		ld_drop(item, values);
	else if (values->size == 1 && !k->arrays)
		ld_put_key(item, name, values->child);
	return key;
}

static struct span
by_property(struct compaction *k, struct compact_item *i)
{
	struct ld_iri iri = context_iri(k->x, i->c, i->t->index, IRI_VOCAB);
	struct span name = compact_iri(k, i->c, iri.text, NULL, COMPACT_VOCAB);

	/* of several words for that IRI, the one in the definition may have fitted the value better */
	return take_first(k, i->compacted, ld_find(i->compacted, name) ? name : i->t->index);
}

/* A node of which only its id is left is a reference. */
static struct span
by_type(struct compaction *k, struct compact_item *i)
{
	struct span key = take_first(k, i->compacted, compact_keyword(k, i->c, KW_TYPE));
	struct ld *id = ld_get(i->expanded, KW_ID), *alone;

	if (!id || i->compacted->kind != LD_MAP || i->compacted->size != 1 ||
		!context_is(k->x, i->c, i->compacted->child->key, KW_ID))
		return key;
	alone = ld_need(k->x, ld_make(k->a, LD_MAP, i->expanded->source));
	ld_put(alone, KW_ID, ld_copy(k->a, id));
	if (alone)
		i->compacted = compact_element(k, i->c, i->property, alone);
	return key;
}

static struct span
by_id(struct compaction *k, struct compact_item *i)
{
	struct ld *id = ld_find(i->compacted, compact_keyword(k, i->c, KW_ID));

	ld_drop(i->compacted, id);
	return ld_text_of(id);
}

void
compact_put_in_map(struct compaction *k, struct compact_item *i)
{
	bool own_index = i->t && i->t->index.ptr && !span_is(i->t->index, "@index");
	struct ld *content = ld_get(i->expanded, KW_VALUE);
	struct span key = SPAN_NONE;

	if (i->container & CONTAINER_LANGUAGE) {
		if (content)
			i->compacted = ld_need(k->x, ld_deep_copy(k->a, content));
		key = ld_text_of(ld_get(i->expanded, KW_LANGUAGE));
	} else if ((i->container & CONTAINER_INDEX) && !own_index) {
		key = ld_text_of(ld_get(i->expanded, KW_INDEX));
	} else if (i->container & CONTAINER_INDEX) {
		key = by_property(k, i);
	} else if (i->container & CONTAINER_ID) {
		key = by_id(k, i);
	} else {
		key = by_type(k, i);
	}
	compact_add(k, map_object(k, i), key.ptr ? key : none(k, i), i->compacted, i->as_array);
}
