/* w3c_json_ld_compare.c - JSON-LD documents that say the same in another order, or of other blank nodes. */
#include "codecs/base/arena.h"
#include "conformance/adapters/w3c_json_ld.h"

struct compare {
	struct work *w;
	bool relabel;
};

static bool same(const struct compare *c, const struct node *a, const struct node *b, bool ordered);

static bool
same_list_ordered(const struct compare *c, const struct node *a, const struct node *b)
{
	const struct node *y = b->child;

	for (const struct node *x = a->child; x; x = x->next, y = y->next)
		if (!same(c, x, y, false))
			return false;
	return true;
}

/* Sameness is an equivalence: the first partner that is free will do. */
static bool
same_list(const struct compare *c, const struct node *a, const struct node *b)
{
	bool *taken = ARENA_ARRAY(c->w->arena, b->size + 1, bool);

	for (const struct node *x = a->child; x && taken; x = x->next) {
		const struct node *y = b->child;
		size_t at = 0;

		while (y && (taken[at] || !same(c, x, y, false))) {
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
same_map(const struct compare *c, const struct node *a, const struct node *b)
{
	for (const struct node *x = a->child; x; x = x->next) {
		const struct node *y = node_find(b, x->key);

		if (!y || !same(c, x, y, span_is(x->key, "@list")))
			return false;
	}
	return true;
}

static bool
same(const struct compare *c, const struct node *a, const struct node *b, bool ordered)
{
	if (a->kind == NODE_LIST && b->kind == NODE_LIST)
		return a->size == b->size &&
		       (ordered ? same_list_ordered(c, a, b) : same_list(c, a, b));
	if (a->kind == NODE_MAP && b->kind == NODE_MAP)
		return a->size == b->size && same_map(c, a, b);
	return node_equal(a, b);
}

bool
w3c_same_json(struct work *w, const struct node *a, const struct node *b, bool relabel)
{
	const struct compare c = { w, relabel };

	return same(&c, a, b, false);
}
