/* arena.h - one request's memory: born with a budget, freed in one call. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "codecs/base/span.h"

#include <stddef.h>

struct arena;

/* NULL when malloc fails.  Costs one small allocation until it is used. */
struct arena *arena_new(size_t budget);
/* Runs the deferred calls, newest first; frees all.  NULL is allowed. */
void arena_free(struct arena *a);
/* As free and new, but keeps the first block (unless it is a large one): for a loop that serves one
 * request after the other.  Both wipe what was used. */
void arena_reset(struct arena *a);

/* Zeroed, aligned for any type, valid until free or reset; NULL: see arena_error. */
void *arena_alloc(struct arena *a, size_t count, size_t size);
/* The same for bytes: for buffers. */
uint8_t *arena_bytes(struct arena *a, size_t len);
/* Gives back the end of the newest allocation, p, of which len bytes stay (0: none). */
void arena_trim(struct arena *a, uint8_t *p, size_t len);
/* After a NULL: -ENOBUFS when the budget is spent (the document's fault: the
 * engine reports input.too_large), -ENOMEM when malloc failed (ours). */
int    arena_error(const struct arena *a);
size_t arena_used(const struct arena *a);
/* Calls fn(arg) at arena_free or reset.  On failure (-ENOMEM, -ENOBUFS) fn(arg) was called already. */
int arena_defer(struct arena *a, void (*fn)(void *), void *arg);
/* A copy in the arena, with a NUL behind it; ptr NULL on failure. */
struct span arena_copy(struct arena *a, struct span s);

#define ARENA_NEW(a, type)      ((type *)arena_alloc((a), 1, sizeof(type)))
#define ARENA_ARRAY(a, n, type) ((type *)arena_alloc((a), (n), sizeof(type)))

#endif
