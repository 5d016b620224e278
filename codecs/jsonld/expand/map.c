/* map.c - values by language, and by index, id or type (JSON-LD 1.1 API, 5.1.2, 13.7 and 13.8). */
#include "codecs/jsonld/expand/expand.h"
#include "codecs/jsonld/iri.h"

/* The value itself, or the items of a list. */
static const struct node *
first_of(const struct node *n)
{
	return n->kind == NODE_LIST ? n->child : n;
}

static const struct node *
next_of(const struct node *n, const struct node *item)
{
	return n == item ? NULL : item->next;
}

static void
add_tagged(struct expansion *e, struct ld *all, const struct node *item, struct span language,
	enum ld_direction direction)
{
	struct ld_run *x = e->x;
	struct ld *v = ld_need(x, ld_make(x->arena, LD_MAP, item));
	struct span way = direction == LD_LTR ? SPAN_LIT("ltr") : SPAN_LIT("rtl");

	ld_put(v, KW_VALUE, ld_need(x, ld_scalar(x->arena, item)));
	if (language.ptr && !language_well_formed(language))
		ld_unsafe(x, item);
	if (language.ptr)
		ld_put(v, KW_LANGUAGE, ld_need(x, ld_text(x->arena, language, item)));
	if (direction != LD_NO_DIRECTION)
		ld_put(v, KW_DIRECTION, ld_need(x, ld_text(x->arena, way, item)));
	ld_append(all, v);
}

struct ld *
expand_language_map(struct expansion *e, const struct node *member, const struct ld_term *t)
{
	enum ld_direction direction = t->has_direction ? t->direction : e->c->direction;
	struct ld *all = ld_need(e->x, ld_make(e->x->arena, LD_LIST, member));

	for (const struct node *l = member->child; l && !e->x->stop; l = l->next) {
		bool none = context_is(e->x, e->c, l->key, KW_NO);

		for (const struct node *i = first_of(l); i && !e->x->stop; i = next_of(l, i)) {
			if (i->kind == NODE_TEXT)
				add_tagged(e, all, i, none ? SPAN_NONE : l->key, direction);
			else if (i->kind != NODE_NULL)
				ld_fault(e->x, JSONLD_INVALID_LANGUAGE_MAP_VALUE, i);
		}
	}
	return all;
}

/* A map under way. */
struct by_index {
	struct expansion *e;
	const struct ld_term *t;
	const struct node *entry;
	struct ld_iri index; /* what its name stands for */
};

static bool
is_graph(const struct ld *v)
{
	if (v->kind != LD_MAP || !ld_get(v, KW_GRAPH))
		return false;
	for (const struct ld *m = v->child; m; m = m->next)
		if (m->keyword != KW_GRAPH && m->keyword != KW_ID && m->keyword != KW_INDEX)
			return false;
	return true;
}

/* The index is a property of its own. */
static void
put_property(const struct by_index *b, struct ld *item)
{
	struct ld_run *x = b->e->x;
	struct node name = { .kind = NODE_TEXT, .as = { .bytes = b->entry->key } };
	struct node *text = ld_need(x, ARENA_NEW(x->arena, struct node));
	struct ld_iri key = context_iri(x, b->e->c, b->t->index, IRI_VOCAB);
	struct ld *value, *list;

	if (x->stop)
		return;
	name.parent = b->entry->parent;
	*text = name;
	value = expand_value(x, b->e->c, b->t->index, text);
	if (x->stop)
		return;
	if (ld_get(item, KW_VALUE)) {
		ld_fault(x, JSONLD_INVALID_VALUE_OBJECT, b->entry);
		return;
	}
	list = ld_list_under(x->arena, item, key.text);
	ld_prepend(list, value);
}

/* The index is a word beside the item, of which no statement comes. */
static void
put_index(const struct by_index *b, struct ld *item)
{
	struct ld_run *x = b->e->x;

	ld_unsafe(x, b->entry);
	ld_put(item, KW_INDEX, ld_need(x, ld_text(x->arena, b->entry->key, b->entry)));
}

static void
put_id(const struct by_index *b, struct ld *item)
{
	struct ld_run *x = b->e->x;
	struct ld_iri id = context_iri(x, b->e->c, b->entry->key, IRI_DOCUMENT);

	ld_check_iri(x, id.text, b->entry);
	ld_put(item, KW_ID, ld_need(x, ld_text(x->arena, id.text, b->entry)));
}

static void
put_type(const struct by_index *b, struct ld *item)
{
	struct ld_run *x = b->e->x;
	struct ld *types = ld_list_under(x->arena, item, keyword_text(KW_TYPE));

	ld_check_iri(x, b->index.text, b->entry);
	ld_prepend(types, ld_need(x, ld_text(x->arena, b->index.text, b->entry)));
}

/* 13.8.3.7: what the name of the entry says of an item in it. */
static void
name_item(const struct by_index *b, struct ld *item)
{
	unsigned container = b->t->container;
	bool by_property = b->t->index.ptr && !span_is(b->t->index, "@index");

	if (b->index.keyword == KW_NO || item->kind != LD_MAP)
		return;
	if ((container & CONTAINER_INDEX) && by_property)
		put_property(b, item);
	else if ((container & CONTAINER_INDEX) && !ld_get(item, KW_INDEX))
		put_index(b, item);
	else if ((container & CONTAINER_ID) && !ld_get(item, KW_ID))
		put_id(b, item);
	else if (container & CONTAINER_TYPE)
		put_type(b, item);
}

/* 13.8.3.1 to 3 */
static const struct ld_context *
map_context(const struct by_index *b)
{
	const struct ld_context *c = b->e->c;
	const struct ld_term *t;

	if ((b->t->container & (CONTAINER_ID | CONTAINER_TYPE)) && c->previous)
		c = c->previous;
	t = b->t->container & CONTAINER_TYPE ? context_term(c, b->entry->key) : NULL;
	if (t && t->context)
		c = context_of_term(b->e->x, c, t, 0);
	return c;
}

/* The entry's items, expanded and named, behind those of the entries before. */
static void
expand_entry(const struct by_index *b, struct ld *all)
{
	struct ld_run *x = b->e->x;
	const struct ld_context *c = map_context(b);
	struct ld *items, *next;

	items = c ? expand_element(x, c, b->e->property, b->entry, true) : NULL;
	items = items && !x->stop ? ld_as_list(x->arena, items) : NULL;
	for (struct ld *i = items ? items->child : NULL; i && !x->stop; i = next) {
		struct ld *item = i;

		next = i->next;
		if ((b->t->container & CONTAINER_GRAPH) && !is_graph(i)) {
			item = ld_need(x, ld_make(x->arena, LD_MAP, i->source));
			i->next = NULL;
			ld_put(item, KW_GRAPH, ld_as_list(x->arena, i));
		}
		if (!x->stop)
			name_item(b, item);
		ld_append(all, item);
	}
}

struct ld *
expand_index_map(struct expansion *e, const struct node *member, const struct ld_term *t)
{
	struct ld *all = ld_need(e->x, ld_make(e->x->arena, LD_LIST, member));
	struct expansion within = *e;

	within.property = member->key;
	for (const struct node *n = member->child; n && !e->x->stop; n = n->next) {
		struct by_index b = { &within, t, n, context_iri(e->x, e->c, n->key, IRI_VOCAB) };

		expand_entry(&b, all);
	}
	return all;
}
