/* trust_impl.h - the inside of a snapshot, for the files that build it and read it. */
#ifndef TRUST_TRUST_IMPL_H
#define TRUST_TRUST_IMPL_H

#include "codecs/base/arena.h"
#include "trust/source.h"

#include <stdatomic.h>

#define TRUST_END UINT32_MAX

enum { TRUST_RID_LENGTH = 24 }; /* characters of a rid at most (SHC 1.4.0) */

/* One entry of a revocation list, packed: there may be millions. */
struct trust_rid_entry {
	int64_t seconds;      /* cards issued before are revoked; INT64_MAX: all */
	uint32_t nanoseconds;
	bool more;
	uint8_t length, text[TRUST_RID_LENGTH];
};

struct trust_revoked {
	const struct trust_source_info *source;
	struct span iss, kid;
	int64_t ctr, seen_at;
	struct trust_rid_entry *entries; /* by text; of one text the latest time comes first */
	size_t count, malformed;
};

/* One hash of a revocation batch, packed: there may be millions. */
struct trust_hash_entry {
	uint8_t hash[TRUST_HASH];
	uint32_t batch; /* its index */
};

struct trust_batch {
	const struct trust_source_info *source;
	struct span kid; /* empty: of any key */
	enum trust_hash_type type;
	int64_t expires;
};

struct trust {
	atomic_uint refs;
	struct arena *arena; /* holds everything, this struct included */
	struct trust_source_info *sources;
	size_t source_count;
	struct trust_key *keys;
	size_t key_count;
	uint32_t *slots, *next; /* by hash of scope and kid: first key, then a chain: usable ones, refused ones */
	size_t slot_count;      /* a power of two */
	struct trust_issuer *issuers;
	size_t issuer_count;
	const struct trust_issuer **by_iss; /* sorted by scope, iss and list order */
	struct trust_revoked *revoked;
	size_t revoked_count;
	struct trust_batch *batches;
	size_t batch_count;
	struct trust_hash_entry *hashes; /* of all batches, sorted */
	size_t hash_count;
	const struct trust_revoked **by_key; /* sorted by scope, iss, kid; the newest first */
};

struct trust_builder {
	struct trust *trust;
	struct trust_source_info *info; /* of the list being read */
	size_t first, first_issuer, first_revoked, first_batch, first_hash; /* its own */
	size_t capacity, issuer_capacity, revoked_capacity, batch_capacity, hash_capacity;
	size_t rids; /* of the list being read: revoked cards or certificates */
	size_t limit, rid_limit;
};

uint32_t trust_hash(struct trust_scope scope, struct span kid);
/* Gives back the keys from index `from` on. */
void trust_drop_keys(struct trust *t, size_t from);
/* By environment and domain. */
int trust_scope_cmp(const struct trust_source_info *a, const struct trust_source_info *b);
/* An array's room for one more; NULL: arena_error.  *capacity is doubled where it was full. */
void *trust_grow(struct trust *t, void *array, size_t count, size_t *capacity, size_t size);
/* An issuer because a list holds a key of it. */
int trust_imply_issuer(struct trust_builder *b, struct span iss, int64_t seen_at);
/* The orders in which issuers and revocation lists are looked up; counts each list's issuers. */
int trust_sort_issuers(struct trust *t);
/* Once the issuers are sorted. */
void trust_name_keys(struct trust *t);
int trust_sort_revoked(struct trust *t);
void trust_sort_batches(struct trust *t);
/* A time of which a list may say 0 or nothing. */
int64_t trust_seen(int64_t seen_at);

#endif
