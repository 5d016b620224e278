/* arena.c - blocks that grow, a pointer that moves on, a budget that ends it.
 *
 * What was used is wiped when the arena is reset or freed: it held people's data.
 * The first block is kept over a reset, so that a loop that serves one request
 * after the other stops asking malloc.
 */
#include "codecs/base/arena.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 16384, ALIGN = _Alignof(max_align_t) };

struct block {
	struct block *older;
	size_t size, used;
	max_align_t bytes[];
};

struct deferred {
	struct deferred *older;
	void (*fn)(void *);
	void *arg;
};

struct arena {
	struct block *newest;
	struct deferred *deferred;
	size_t budget, used; /* used: bytes handed out, rounded up */
	int error;
};

struct arena *
arena_new(size_t budget)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (a)
		a->budget = budget;
	return a;
}

static void
run_deferred(struct arena *a)
{
	struct deferred *d = a->deferred;

	a->deferred = NULL;
	while (d) {
		struct deferred *older =
			d->older; /* lives in the arena that stays until all have run */
		d->fn(d->arg);
		d = older;
	}
}

static void
drop_blocks(struct arena *a, bool keep_first)
{
	struct block *b = a->newest;

	while (b && (b->older || !keep_first)) {
		struct block *older = b->older;
		explicit_bzero(b->bytes, b->used);
		free(b);
		b = older;
	}
	if (b) {
		explicit_bzero(b->bytes, b->used);
		b->used = 0;
	}
	a->newest = b;
}

void
arena_free(struct arena *a)
{
	if (!a)
		return;
	run_deferred(a);
	drop_blocks(a, false);
	free(a);
}

void
arena_reset(struct arena *a)
{
	run_deferred(a);
	drop_blocks(a, true);
	a->used = 0;
	a->error = 0;
}

static void *
failed(struct arena *a, int error)
{
	a->error = error;
	return NULL;
}

/* Blocks double, so that a large document costs few of them. */
static struct block *
add_block(struct arena *a, size_t need)
{
	size_t size = a->newest ? a->newest->size * 2 : FIRST_BLOCK;

	if (size < need)
		size = need;
	struct block *b = malloc(sizeof(*b) + size);
	if (!b)
		return failed(a, -ENOMEM);
	b->older = a->newest;
	b->size = size;
	b->used = 0;
	a->newest = b;
	return b;
}

uint8_t *
arena_bytes(struct arena *a, size_t len)
{
	if (len > a->budget || len > SIZE_MAX - ALIGN)
		return failed(a, -ENOBUFS);
	size_t need = (len + ALIGN - 1) / ALIGN * ALIGN;
	if (need == 0)
		need = ALIGN;
	if (need > a->budget - a->used)
		return failed(a, -ENOBUFS);
	struct block *b = a->newest;
	if (!b || need > b->size - b->used)
		b = add_block(a, need);
	if (!b)
		return NULL;
	uint8_t *p = (uint8_t *)b->bytes + b->used;
	b->used += need;
	a->used += need;
	return p;
}

void *
arena_alloc(struct arena *a, size_t count, size_t size)
{
	size_t len;

	if (__builtin_mul_overflow(count, size, &len))
		return failed(a, -ENOBUFS);
	void *p = arena_bytes(a, len);
	if (p)
		memset(p, 0, len);
	return p;
}

int
arena_error(const struct arena *a)
{
	return a->error;
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}

int
arena_defer(struct arena *a, void (*fn)(void *), void *arg)
{
	struct deferred *d = ARENA_NEW(a, struct deferred);

	if (!d) {
		fn(arg);
		return arena_error(a);
	}
	*d = (struct deferred){ a->deferred, fn, arg };
	a->deferred = d;
	return 0;
}

struct span
arena_copy(struct arena *a, struct span s)
{
	uint8_t *p = s.len < SIZE_MAX ? arena_bytes(a, s.len + 1) : NULL;

	if (!p)
		return SPAN_NONE;
	if (s.len > 0)
		memcpy(p, s.ptr, s.len);
	p[s.len] = 0;
	return (struct span){ p, s.len };
}
