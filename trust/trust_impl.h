/* trust_impl.h - the inside of a snapshot, for the file that builds it and the file that reads it. */
#ifndef TRUST_TRUST_IMPL_H
#define TRUST_TRUST_IMPL_H

#include "codecs/base/arena.h"
#include "trust/trust.h"

#include <stdatomic.h>

#define TRUST_END UINT32_MAX

struct trust {
	atomic_uint refs;
	struct arena *arena; /* holds everything, this struct included */
	struct trust_source_info *sources;
	size_t source_count;
	struct trust_key *keys;
	size_t key_count;
	uint32_t *slots, *next; /* by hash of scope and kid: first key, then a chain: usable ones, refused ones */
	size_t slot_count;      /* a power of two */
};

uint32_t trust_hash(struct trust_scope scope, struct span kid);
/* Gives back the keys from index `from` on. */
void trust_drop_keys(struct trust *t, size_t from);

#endif
