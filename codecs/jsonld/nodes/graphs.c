/* graphs.c - the nodes of each graph, found by their identifiers, in the order in which they came. */
#include "codecs/jsonld/nodes/nodes.h"

enum { SLOTS = 16 };

static bool
grow(struct ld_run *x, struct graph *g)
{
	size_t count = g->slot_count ? g->slot_count * 4 : SLOTS;
	struct entry **slots = ld_need(x, ARENA_ARRAY(x->arena, count, struct entry *));

	if (!slots)
		return false;
	for (struct entry *e = g->first; e; e = e->next) {
		struct entry **slot = &slots[name_hash(e->id) & (count - 1)];

		e->chain = *slot;
		*slot = e;
	}
	g->slots = slots;
	g->slot_count = count;
	return true;
}

struct entry *
graphs_find(const struct graph *g, struct span id)
{
	struct entry *e = g->slot_count ? g->slots[name_hash(id) & (g->slot_count - 1)] : NULL;

	while (e && !span_eq(e->id, id))
		e = e->chain;
	return e;
}

struct entry *
graphs_entry(struct ld_run *x, struct graph *g, struct span id)
{
	struct entry *e = graphs_find(g, id), **slot;

	if (e)
		return e;
	if (g->count >= g->slot_count && !grow(x, g))
		return NULL;
	slot = &g->slots[name_hash(id) & (g->slot_count - 1)];
	e = ld_need(x, ARENA_NEW(x->arena, struct entry));
	if (!e)
		return NULL;
	*e = (struct entry){
		.id = id, .node = ld_need(x, ld_make(x->arena, LD_MAP, NULL)), .chain = *slot
	};
	ld_put(e->node, KW_ID, ld_need(x, ld_text(x->arena, id, NULL)));
	*slot = e;
	if (g->last)
		g->last->next = e;
	else
		g->first = e;
	g->last = e;
	g->count++;
	return e;
}

struct ld *
graphs_node(struct ld_run *x, struct graph *g, struct span id)
{
	struct entry *e = graphs_entry(x, g, id);

	return e ? e->node : NULL;
}

static struct graph *
add(struct ld_run *x, struct graphs *all, struct span name)
{
	struct graph *g = ld_need(x, ARENA_NEW(x->arena, struct graph));

	if (!g)
		return NULL;
	g->name = name;
	if (all->last)
		all->last->next = g;
	else
		all->first = g;
	all->last = g;
	return g;
}

struct graph *
graphs_named(struct ld_run *x, struct graphs *all, struct span name)
{
	struct entry *e;

	if (!all->first && !add(x, all, SPAN_NONE))
		return NULL;
	if (!name.ptr)
		return all->first;
	e = graphs_entry(x, all->first, name);
	if (e && !e->graph)
		e->graph = add(x, all, name);
	return e ? e->graph : NULL;
}
