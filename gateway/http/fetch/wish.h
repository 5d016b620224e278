/* wish.h - a wish from within: known to wish.c and keeper.c only. */
#ifndef FETCH_WISH_H
#define FETCH_WISH_H

#include "gateway/http/fetch/keeper.h"

#include <stdatomic.h>

/* One need of a wish. */
struct wished {
	struct fetch    fetch; /* of a file; first: what done is given */
	struct wish    *wish;
	struct wished  *next;  /* of those who wait for the same errand */
	struct need     need;  /* its texts stand behind */
	struct web_item item;  /* of a file, once fulfilled */
	bool            begun, fulfilled;
	size_t          size;
	uint8_t         text[];
};

struct wish {
	struct keeper   *keeper;
	void           (*done)(void *arg);
	void            *arg;
	atomic_size_t    pending;
	struct web_item *items; /* gathered anew when asked for */
	atomic_size_t    held; /* bytes of files */
	size_t           count;
	struct wished   *wished[WISH_NEEDS];
};

/* keeper.c: bytes of files are nobody's any more. */
void keeper_give_back(struct keeper *k, size_t bytes);

static inline struct wished *
wished_of(struct fetch *f)
{
	return (struct wished *)(void *)f;
}

#endif
