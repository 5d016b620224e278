/* node.c - walking, comparing and naming the nodes of a tree.
 *
 * Walks are loops over child, next and parent; only comparing recurses, and its depth is that of the trees,
 * which the readers bound.
 */
#include "codecs/tree/node.h"

#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/base/work.h"
#include "codecs/tree/number.h"

#include <string.h>

enum { DEPTH_MAX = 300, POINTER_MAX = 4096 }; /* the depth is above every ceiling in limits.def */

/* Names are short: ends first, and a call to compare only what lies between. */
static inline bool
is_name(struct span a, struct span key)
{
	if (a.len != key.len)
		return false;
	if (key.len == 0)
		return true;
	if (a.ptr[0] != key.ptr[0] || a.ptr[key.len - 1] != key.ptr[key.len - 1])
		return false;
	return key.len <= 2 || memcmp(a.ptr, key.ptr, key.len) == 0;
}

const struct node *
node_find(const struct node *n, struct span key)
{
	if (!n || n->kind != NODE_MAP)
		return NULL;
	for (const struct node *c = n->child; c; c = c->next)
		if (c->key_kind == KEY_TEXT && is_name(c->key, key))
			return c;
	return NULL;
}

const struct node *
node_get_int(const struct node *n, int64_t key)
{
	if (!n || n->kind != NODE_MAP)
		return NULL;
	for (const struct node *c = n->child; c; c = c->next)
		if (c->key_kind == KEY_INT && c->key_int == key)
			return c;
	return NULL;
}

const struct node *
node_at(const struct node *n, size_t index)
{
	const struct node *c;

	if (!n || index >= n->size)
		return NULL;
	for (c = n->child; c && index > 0; index--)
		c = c->next;
	return c;
}

bool
node_has_tag(const struct node *n, uint64_t tag)
{
	for (size_t i = 0; n && i < n->tag_count; i++)
		if (n->tags[i] == tag)
			return true;
	return false;
}

struct span
node_text(const struct node *n)
{
	return n && n->kind == NODE_TEXT ? n->as.bytes : SPAN_NONE;
}

static bool
same_key(const struct node *a, const struct node *b)
{
	return a->key_kind == b->key_kind && span_eq(a->key, b->key);
}

/* The how-manieth (from 0) child of that key n is: XML repeats names. */
static size_t
key_rank(const struct node *n)
{
	size_t rank = 0;

	for (const struct node *c = n->parent->child; c != n; c = c->next)
		rank += same_key(c, n);
	return rank;
}

/* The child of map that stands where `like` stands in its own. */
static const struct node *
counterpart(const struct node *map, const struct node *like)
{
	size_t rank = key_rank(like);

	for (const struct node *c = map->child; c; c = c->next)
		if (same_key(c, like) && rank-- == 0)
			return c;
	return NULL;
}

static bool equal(const struct node *a, const struct node *b, unsigned depth);

/* Children go in step while their keys agree; maps whose order differs are searched from there on. */
static bool
equal_children(const struct node *a, const struct node *b, unsigned depth)
{
	const struct node *step = b->child;

	if (a->size != b->size || depth == 0)
		return false;
	for (const struct node *c = a->child; c; c = c->next) {
		const struct node *other = step;

		if (a->kind == NODE_MAP && (!step || !same_key(step, c))) {
			other = counterpart(b, c);
			step = NULL;
		}
		if (!other || !equal(c, other, depth - 1))
			return false;
		step = step ? step->next : NULL;
	}
	return true;
}

static bool
equal(const struct node *a, const struct node *b, unsigned depth)
{
	if (number_is(a) && number_is(b))
		return number_equal(a, b);
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case NODE_BOOL:
		return a->as.boolean == b->as.boolean;
	case NODE_SIMPLE:
		return a->as.simple == b->as.simple;
	case NODE_TEXT:
	case NODE_BYTES:
		return span_eq(a->as.bytes, b->as.bytes);
	case NODE_LIST:
	case NODE_MAP:
		return equal_children(a, b, depth);
	default:
		return true; /* null */
	}
}

bool
node_equal(const struct node *a, const struct node *b)
{
	return a && b ? equal(a, b, DEPTH_MAX) : a == b;
}

static void
pointer_step(struct buf *b, const struct node *n)
{
	size_t index = 0;

	buf_char(b, '/');
	if (n->key_kind == KEY_NONE) {
		for (const struct node *c = n->parent->child; c && c != n; c = c->next)
			index++;
		buf_uint(b, index);
		return;
	}
	for (size_t i = 0; i < n->key.len; i++) {
		uint8_t c = n->key.ptr[i];

		if (c == '~' || c == '/')
			buf_str(b, c == '~' ? "~0" : "~1");
		else
			buf_char(b, (char)c);
	}
}

int
node_pointer(struct work *w, const struct node *n, struct span *out)
{
	const struct node *path[DEPTH_MAX];
	struct buf b = buf_in(w->arena, POINTER_MAX);
	size_t depth = 0;

	for (; n && n->parent && depth < DEPTH_MAX; n = n->parent)
		path[depth++] = n;
	while (depth > 0)
		pointer_step(&b, path[--depth]);
	if (b.error)
		return b.error;
	*out = b.len ? buf_span(&b) : SPAN_LIT("");
	return 0;
}

struct place
node_place(struct work *w, const struct node *n, const char *layer)
{
	struct place at = PLACE_AT(layer, n ? n->offset : PLACE_NO_OFFSET);

	if (n && node_pointer(w, n, &at.pointer) < 0)
		at.pointer = SPAN_NONE;
	return at;
}

struct place
node_place_under(struct work *w, const struct node *map, const char *key, const char *layer)
{
	struct place at = node_place(w, map, layer);
	struct buf b = buf_in(w->arena, POINTER_MAX);

	buf_add(&b, at.pointer);
	buf_char(&b, '/');
	buf_str(&b, key);
	if (at.pointer.ptr && !b.error)
		at.pointer = buf_span(&b);
	return at;
}
