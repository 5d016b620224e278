/* memo.h - contexts that have been processed, by what they were made from. */
#ifndef JSONLD_CONTEXT_MEMO_H
#define JSONLD_CONTEXT_MEMO_H

#include "codecs/jsonld/context/context.h"

struct ld_memo_key {
	const struct ld_context *active;
	const struct node *local;
	unsigned how; /* PROCESS_*, and whether it came from elsewhere */
};

struct ld_memo;

const struct ld_context *memo_find(const struct ld_memo *m, const struct ld_memo_key *key);
/* In a memo that is made if need be, in x->arena. */
void memo_keep(struct ld_run *x, struct ld_memo **memo, const struct ld_memo_key *key,
	       const struct ld_context *result);

#endif
