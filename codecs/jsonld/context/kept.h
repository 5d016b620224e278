/* kept.h - what a thread has processed for earlier documents, of contexts that are the same for all of them.
 *
 * Only what comes of known documents alone is kept: an active context that is kept itself, and a local one that the
 * loader gave.  So nothing of a request's memory is ever pointed at.
 */
#ifndef JSONLD_CONTEXT_KEPT_H
#define JSONLD_CONTEXT_KEPT_H

#include "codecs/jsonld/run.h"

struct ld_kept {
	struct arena *arena;
	struct ld_memo *memo;
	uint64_t serial; /* of the loader */
	bool full;       /* nothing is added any more; emptied before the next document */
};

/* The thread's, for this loader; NULL: nothing is kept (a loader of no fixed documents, no kit, no memory). */
struct ld_kept *kept_of(const struct work *w, const struct jsonld_loader *loader);

#endif
