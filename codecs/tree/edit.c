/* edit.c - copies of one container, whose items are copied one level deep, since each knows its neighbour. */
#include "codecs/tree/edit.h"

#include "codecs/base/arena.h"

static bool
is_left_out(const struct edit *e, struct span key)
{
	for (size_t i = 0; i < EDIT_NAMES && e->without[i]; i++)
		if (span_is(key, e->without[i]))
			return true;
	return e->key && span_is(key, e->key);
}

/* The container and room for its items. */
static struct node *
begin(struct work *w, const struct node *like, size_t count)
{
	struct node *n = ARENA_ARRAY(w->arena, count + 1, struct node);

	if (n && like)
		n[0] = *like;
	return n;
}

static void
link_items(struct node *n, size_t count)
{
	n->size = count;
	n->child = count > 0 ? &n[1] : NULL;
	for (size_t i = 1; i <= count; i++)
		n[i].next = i < count ? &n[i + 1] : NULL;
}

int
edit_map(struct work *w, const struct node *map, const struct edit *e, const struct node **out)
{
	struct node *n = begin(w, map, map->size + 1);
	size_t count = 0;

	if (!n)
		return arena_error(w->arena);
	if (e->key) {
		n[++count] = *e->value;
		n[count].key_kind = KEY_TEXT;
		n[count].key = span_of(e->key);
	}
	for (const struct node *c = map->child; c; c = c->next)
		if (!is_left_out(e, c->key))
			n[++count] = *c;
	link_items(n, count);
	*out = n;
	return 0;
}

int
edit_list(struct work *w, const struct node *const *items, size_t count, const struct node **out)
{
	struct node *n = begin(w, NULL, count);

	if (!n)
		return arena_error(w->arena);
	n->kind = NODE_LIST;
	for (size_t i = 0; i < count; i++) {
		n[i + 1] = *items[i];
		n[i + 1].key_kind = KEY_NONE;
	}
	link_items(n, count);
	*out = n;
	return 0;
}
