/* build.c - nodes from a pool, a stack of open containers, and the check that keys are unique.
 *
 * Keys of a small map are compared as they come, behind a 64-bit filter that spares nearly all comparisons;
 * a large map is checked once, when it closes, by sorting the hashes of its keys: O(n log n) whatever the
 * sender chose, because keys with equal hashes are ordered by their bytes.
 */
#include "codecs/tree/build.h"

#include "codecs/base/arena.h"

enum { POOL_FIRST = 8, POOL_MAX = 256, SMALL_MAP = 16 };

void
build_begin(struct build *b, struct work *w, struct span in, const char *layer,
	const struct build_rules *rules)
{
	*b = (struct build){
		.w = w,
		.in = in,
		.layer = layer,
		.rules = *rules,
	};
}

int
build_end(struct build *b, const struct node **out)
{
	if (b->error)
		return b->error;
	*out = b->stop ? NULL : b->root;
	return 0;
}

/* The second of two equal members: its pointer names the key. */
static void
fail_duplicate(struct build *b, const struct node *n)
{
	if (!b->stop)
		report_fail(b->w->report, b->rules.duplicate, node_place(b->w, n, b->layer));
	b->stop = true;
}

static struct place
place_of(struct build *b, size_t offset)
{
	struct place at = node_place(b->w, b->top ? b->top->node : NULL, b->layer);

	at.offset = offset;
	return at;
}

void
build_fail(struct build *b, enum reason reason, size_t offset)
{
	if (!b->stop)
		report_fail(b->w->report, reason, place_of(b, offset));
	b->stop = true;
}

void
build_limit(struct build *b, const char *name, uint64_t value, size_t offset)
{
	if (!b->stop)
		report_limit(b->w->report, name, value, place_of(b, offset));
	b->stop = true;
}

void
build_error(struct build *b, int error)
{
	if (!b->stop)
		b->error = error;
	b->stop = true;
}

bool
build_count(struct build *b, size_t offset)
{
	if (b->nodes == b->rules.nodes)
		build_limit(b, b->rules.nodes_name, b->rules.nodes, offset);
	b->nodes++;
	return !b->stop;
}

/* Few at first, for what has few; then as the rest may hold: few documents have more than one in 16 bytes. */
static __attribute__((noinline)) bool
pool_fill(struct build *b, size_t offset)
{
	size_t count = b->pool ? (b->in.len - offset) / 16 : 0;

	if (b->nodes == b->rules.nodes) {
		build_count(b, offset);
		return false;
	}
	if (b->pool_left > 0)
		return true;
	if (count < POOL_FIRST)
		count = POOL_FIRST;
	if (count > POOL_MAX)
		count = POOL_MAX;
	b->pool = ARENA_ARRAY(b->w->arena, count, struct node);
	if (!b->pool) {
		build_error(b, arena_error(b->w->arena));
		return false;
	}
	b->pool_left = count;
	return true;
}

static inline struct node *
take(struct build *b, enum node_kind kind, size_t offset)
{
	struct node *n;

	if ((b->nodes == b->rules.nodes || b->pool_left == 0) && !pool_fill(b, offset))
		return NULL;
	b->nodes++;
	n = b->pool++;
	b->pool_left--;
	n->kind = kind;
	n->offset = offset;
	return n;
}

struct node *
build_loose(struct build *b, enum node_kind kind, size_t offset)
{
	struct node *n = take(b, kind, offset);

	if (n && b->top)
		n->parent = b->top->node;
	return n;
}

static bool
same_key(const struct node *a, const struct node *b)
{
	if (a->key_kind != b->key_kind)
		return false;
	if (a->key_kind == KEY_INT)
		return a->key_int == b->key_int;
	if (a->key.len != b->key.len)
		return false;
	/* most names that share a length differ where they begin or end */
	return a->key.len == 0 ||
	       (a->key.ptr[0] == b->key.ptr[0] &&
		       a->key.ptr[a->key.len - 1] == b->key.ptr[b->key.len - 1] &&
		       memcmp(a->key.ptr, b->key.ptr, a->key.len) == 0);
}

/* One of 64 bits by the key's length, first and last byte. */
static inline uint64_t
key_bit(const struct node *n)
{
	uint64_t x = n->key.len << 16 | (uint64_t)n->key_kind;

	if (n->key.len > 0)
		x ^= (uint64_t)n->key.ptr[0] << 8 | (uint64_t)n->key.ptr[n->key.len - 1] << 24;
	return UINT64_C(1) << (x * UINT64_C(0x9e3779b97f4a7c15) >> 58);
}

/* Called before n is linked, so that all children are its elder siblings. */
static __attribute__((noinline)) void
find_equal(struct build *b, const struct node *n)
{
	for (const struct node *c = n->parent->child; c; c = c->next)
		if (same_key(c, n)) {
			fail_duplicate(b, n);
			return;
		}
}

static inline void
name(struct build *b, struct build_frame *f, struct node *n)
{
	n->key_kind = f->key.kind;
	n->key.ptr = f->key.text.ptr;
	n->key.len = f->key.text.len;
	n->key_int = f->key.number;
	if (!b->rules.duplicate || f->node->size >= SMALL_MAP)
		return;
	uint64_t bit = key_bit(n);
	if (f->seen & bit)
		find_equal(b, n);
	f->seen |= bit;
}

/* The first node of all. */
static __attribute__((noinline)) struct node *
add_root(struct build *b, enum node_kind kind, size_t offset)
{
	return b->root = take(b, kind, offset);
}

struct node *
build_add(struct build *b, enum node_kind kind, size_t offset)
{
	struct build_frame *f = b->top;

	if (!f)
		return add_root(b, kind, offset);
	struct node *n = take(b, kind, offset);
	if (!n)
		return NULL;
	n->parent = f->node;
	if (f->node->kind == NODE_MAP)
		name(b, f, n);
	if (f->last)
		f->last->next = n;
	else
		f->node->child = n;
	f->last = n;
	f->node->size++;
	return b->stop ? NULL : n;
}

static struct build_frame *
frame_new(struct build *b)
{
	struct build_frame *f = b->top ? b->top->down : b->bottom;

	if (f)
		return f;
	f = ARENA_NEW(b->w->arena, struct build_frame);
	if (!f) {
		build_error(b, arena_error(b->w->arena));
		return NULL;
	}
	f->up = b->top;
	if (b->top)
		b->top->down = f;
	else
		b->bottom = f;
	return f;
}

struct build_frame *
build_open(struct build *b, struct node *n)
{
	struct build_frame *f;

	if (b->depth >= b->rules.depth) {
		build_limit(b, b->rules.depth_name, b->rules.depth, n->offset);
		return NULL;
	}
	f = frame_new(b);
	if (!f)
		return NULL;
	f->node = n;
	f->last = NULL;
	f->seen = 0;
	f->key = (struct build_key){ KEY_NONE, SPAN_NONE, 0 };
	b->top = f;
	b->depth++;
	return f;
}

struct hashed {
	uint64_t hash;
	const struct node *node;
};

static uint64_t
key_hash(const struct node *n)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ (uint64_t)n->key_kind;

	for (size_t i = 0; i < n->key.len; i++)
		h = (h ^ n->key.ptr[i]) * UINT64_C(1099511628211);
	return h;
}

static int
hashed_cmp(const struct hashed *a, const struct hashed *b)
{
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->node->key_kind != b->node->key_kind)
		return a->node->key_kind < b->node->key_kind ? -1 : 1;
	return span_cmp(a->node->key, b->node->key);
}

static void
sift(struct hashed *v, size_t i, size_t n)
{
	struct hashed x = v[i];

	for (size_t c; (c = 2 * i + 1) < n; i = c) {
		if (c + 1 < n && hashed_cmp(&v[c], &v[c + 1]) < 0)
			c++;
		if (hashed_cmp(&x, &v[c]) >= 0)
			break;
		v[i] = v[c];
	}
	v[i] = x;
}

/* Heap sort: in place, and n log n for every input. */
static void
sort(struct hashed *v, size_t n)
{
	for (size_t i = n / 2; i-- > 0;)
		sift(v, i, n);
	while (n > 1) {
		struct hashed x = v[0];

		v[0] = v[--n];
		v[n] = x;
		sift(v, 0, n);
	}
}

static void
check_large(struct build *b, const struct node *map)
{
	struct hashed *v = ARENA_ARRAY(b->w->arena, map->size, struct hashed);
	const struct node *first = NULL;
	size_t n = 0;

	if (!v) {
		build_error(b, arena_error(b->w->arena));
		return;
	}
	for (const struct node *c = map->child; c; c = c->next)
		v[n++] = (struct hashed){ key_hash(c), c };
	sort(v, n);
	for (size_t i = 1; i < n; i++) {
		if (hashed_cmp(&v[i - 1], &v[i]) != 0)
			continue;
		const struct node *c = v[i].node->offset > v[i - 1].node->offset ? v[i].node
										 : v[i - 1].node;
		if (!first || c->offset < first->offset)
			first = c;
	}
	if (first)
		fail_duplicate(b, first);
}

void
build_close(struct build *b, size_t end)
{
	struct build_frame *f = b->top;

	f->node->raw = (struct span){ &b->in.ptr[f->node->offset], end - f->node->offset };
	if (f->node->kind == NODE_MAP && b->rules.duplicate && f->node->size > SMALL_MAP)
		check_large(b, f->node);
	b->top = f->up;
	b->depth--;
}
