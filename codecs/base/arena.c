/* arena.c - blocks that grow, a place that moves on, a budget that ends it.
 *
 * What is not handed out is zero: blocks come from calloc, and what was used is
 * wiped when it is given back (it held people's data).  So arena_alloc has nothing
 * to clear, and a loop that serves one request after the other, with its first
 * block kept, asks nothing of malloc.  AddressSanitizer is told which bytes are
 * handed out, with a gap behind each piece.
 */
#include "codecs/base/arena.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN
#endif

#ifdef WITH_ASAN
#include <sanitizer/asan_interface.h>
enum { GAP = 32 };
#define HIDE(p, len) __asan_poison_memory_region((p), (len))
#define SHOW(p, len) __asan_unpoison_memory_region((p), (len))
#else
enum { GAP = 0 };
#define HIDE(p, len) ((void)(p), (void)(len))
#define SHOW(p, len) ((void)(p), (void)(len))
#endif

/* Most certificates are served from the first block; one larger than KEPT is not kept over a reset. */
enum { FIRST = 32768, KEPT = 65536, ALIGN = _Alignof(max_align_t) };

#define BUDGET_MAX (SIZE_MAX / 4) /* so that no sum below overflows */

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
		a->budget = budget < BUDGET_MAX ? budget : BUDGET_MAX;
	return a;
}

/* What is deferred lives in the arena, which stays until all have run; they may defer, too. */
static void
run_deferred(struct arena *a)
{
	while (a->deferred) {
		struct deferred d = *a->deferred;
		a->deferred = d.older;
		d.fn(d.arg);
	}
}

static void
wipe(struct block *b, size_t from)
{
	uint8_t *p = (uint8_t *)b->bytes;

	SHOW(p + from, b->used - from);
	explicit_bzero(p + from, b->used - from);
	HIDE(p + from, b->used - from);
	b->used = from;
}

/* The newest block; its bytes are wiped already or never were used. */
static void
drop_newest(struct arena *a)
{
	struct block *b = a->newest;

	a->newest = b->older;
	SHOW(b->bytes, b->size);
	free(b);
}

static void
drop_blocks(struct arena *a, size_t kept)
{
	while (a->newest) {
		wipe(a->newest, 0);
		if (!a->newest->older && a->newest->size <= kept)
			return;
		drop_newest(a);
	}
}

void
arena_free(struct arena *a)
{
	if (!a)
		return;
	run_deferred(a);
	drop_blocks(a, 0);
	free(a);
}

void
arena_reset(struct arena *a)
{
	run_deferred(a);
	drop_blocks(a, KEPT);
	a->used = 0;
	a->error = 0;
}

static void *
failed(struct arena *a, int error)
{
	a->error = error;
	return NULL;
}

/* Blocks double, so that a large document costs few of them, but none exceeds what may still be asked for. */
static struct block *
add_block(struct arena *a, size_t need)
{
	size_t size = a->newest ? a->newest->size * 2 : FIRST, left = a->budget - a->used;

	if (size > left)
		size = left / ALIGN * ALIGN;
	if (size < need + GAP)
		size = need + GAP;
	struct block *b = calloc(1, sizeof(*b) + size);
	if (!b)
		return failed(a, -ENOMEM);
	*b = (struct block){ .older = a->newest, .size = size };
	HIDE(b->bytes, size);
	a->newest = b;
	return b;
}

/* Sizes in steps of the alignment, at least one. */
static inline size_t
rounded(size_t len)
{
	return len == 0 ? ALIGN : (len + ALIGN - 1) / ALIGN * ALIGN;
}

uint8_t *
arena_bytes(struct arena *a, size_t len)
{
	struct block *b = a->newest;

	size_t need = rounded(len), left = a->budget - a->used;

	if (len > left || need > left)
		return failed(a, -ENOBUFS);
	if (!b || need + GAP > b->size - b->used)
		b = add_block(a, need);
	if (!b)
		return NULL;
	uint8_t *p = (uint8_t *)b->bytes + b->used;
	b->used += need + GAP;
	a->used += need;
	SHOW(p, len);
	return p;
}

void *
arena_alloc(struct arena *a, size_t count, size_t size)
{
	size_t len;

	if (__builtin_mul_overflow(count, size, &len))
		return failed(a, -ENOBUFS);
	return arena_bytes(a, len);
}

void
arena_trim(struct arena *a, uint8_t *p, size_t len)
{
	struct block *b = a->newest;
	size_t from = (size_t)((uintptr_t)p - (uintptr_t)b->bytes);
	if (from >= b->used)
		return; /* not the newest: it stays */
	size_t old = b->used - from - GAP, kept = len > 0 ? rounded(len) : 0;
	if (kept > old)
		return;
	a->used -= old - kept;
	if (kept < old)
		wipe(b, kept > 0 ? from + kept + GAP : from);
	if (b->used == 0 && b->older)
		drop_newest(a);
	else if (kept > 0)
		HIDE(p + len, kept - len + GAP);
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
	uint8_t *p = arena_bytes(a, s.len < SIZE_MAX ? s.len + 1 : SIZE_MAX);

	if (!p)
		return SPAN_NONE;
	if (s.len > 0)
		memcpy(p, s.ptr, s.len);
	p[s.len] = 0;
	return (struct span){ p, s.len };
}
