/* kept.c - a memory of bounded size in the thread's kit. */
#include "codecs/jsonld/context/kept.h"

#include "codecs/base/kit.h"

#include <stdlib.h>

enum { KEPT_MAX = 4 << 20 };

static void
drop(void *p)
{
	struct ld_kept *k = p;

	arena_free(k->arena);
	free(k);
}

static void *
make(void)
{
	struct ld_kept *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->arena = arena_new(KEPT_MAX);
	if (k->arena)
		return k;
	free(k);
	return NULL;
}

struct ld_kept *
kept_of(const struct work *w, const struct jsonld_loader *loader)
{
	struct ld_kept *k;

	if (!loader || !loader->initial || !w->kit)
		return NULL;
	k = kit_get(w->kit, KIT_PROCESSED, make, drop);
	if (k && (k->full || k->serial != loader->serial)) {
		arena_reset(k->arena);
		*k = (struct ld_kept){ .arena = k->arena, .serial = loader->serial };
	}
	return k;
}
