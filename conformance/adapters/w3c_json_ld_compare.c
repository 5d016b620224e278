/* w3c_json_ld_compare.c - JSON-LD documents that say the same in another order. */
#include "codecs/base/arena.h"
#include "conformance/adapters/w3c_json_ld.h"

static bool same(struct work *w, const struct node *a, const struct node *b, bool ordered);

static bool
same_list_ordered(struct work *w, const struct node *a, const struct node *b)
{
	const struct node *y = b->child;

	for (const struct node *x = a->child; x; x = x->next, y = y->next)
		if (!same(w, x, y, false))
			return false;
	return true;
}

/* Sameness is an equivalence: the first partner that is free will do. */
static bool
same_list(struct work *w, const struct node *a, const struct node *b)
{
	bool *taken = ARENA_ARRAY(w->arena, b->size + 1, bool);

	for (const struct node *x = a->child; x && taken; x = x->next) {
		const struct node *y = b->child;
		size_t at = 0;

		while (y && (taken[at] || !same(w, x, y, false))) {
			y = y->next;
			at++;
		}
		if (!y)
			return false;
		taken[at] = true;
	}
	return taken;
}

static bool
same_map(struct work *w, const struct node *a, const struct node *b)
{
	for (const struct node *x = a->child; x; x = x->next) {
		const struct node *y = node_find(b, x->key);

		if (!y || !same(w, x, y, span_is(x->key, "@list")))
			return false;
	}
	return true;
}

static bool
same(struct work *w, const struct node *a, const struct node *b, bool ordered)
{
	if (a->kind == NODE_LIST && b->kind == NODE_LIST)
		return a->size == b->size &&
		       (ordered ? same_list_ordered(w, a, b) : same_list(w, a, b));
	if (a->kind == NODE_MAP && b->kind == NODE_MAP)
		return a->size == b->size && same_map(w, a, b);
	return node_equal(a, b);
}

bool
w3c_same_json(struct work *w, const struct node *a, const struct node *b)
{
	return same(w, a, b, false);
}
