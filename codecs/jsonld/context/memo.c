/* memo.c - a hash table over three pointers' worth of key; entries stay in the order in which they came. */
#include "codecs/jsonld/context/memo.h"

enum { FIRST = 16 };

struct memo_entry {
	struct ld_memo_key key;
	const struct ld_context *result;
};

struct ld_memo {
	struct memo_entry *entries;
	uint32_t *slots; /* positions + 1; twice as many as there is room for entries */
	size_t count, cap;
};

static uint64_t
hash_key(const struct ld_memo_key *k)
{
	uint64_t h = (uint64_t)(uintptr_t)k->active * UINT64_C(0x9e3779b97f4a7c15);

	h = (h ^ h >> 32 ^ (uint64_t)(uintptr_t)k->local) * UINT64_C(0x9e3779b97f4a7c15);
	return (h ^ h >> 32) + k->how;
}

static bool
same_key(const struct ld_memo_key *a, const struct ld_memo_key *b)
{
	return a->active == b->active && a->local == b->local && a->how == b->how;
}

static uint32_t *
slot_of(const struct ld_memo *m, const struct ld_memo_key *key)
{
	size_t mask = 2 * m->cap - 1, at = (size_t)hash_key(key) & mask;

	while (m->slots[at] && !same_key(&m->entries[m->slots[at] - 1].key, key))
		at = (at + 1) & mask;
	return &m->slots[at];
}

const struct ld_context *
memo_find(const struct ld_memo *m, const struct ld_memo_key *key)
{
	uint32_t at = m ? *slot_of(m, key) : 0;

	return at ? m->entries[at - 1].result : NULL;
}

static bool
grow(struct ld_run *x, struct ld_memo *m)
{
	size_t cap = m->cap ? m->cap * 2 : FIRST;
	struct memo_entry *entries = ld_need(x, ARENA_ARRAY(x->arena, cap, struct memo_entry));
	uint32_t *slots = ld_need(x, ARENA_ARRAY(x->arena, 2 * cap, uint32_t));

	if (!entries || !slots)
		return false;
	if (m->count > 0)
		memcpy(entries, m->entries, m->count * sizeof(*entries));
	m->entries = entries;
	m->slots = slots;
	m->cap = cap;
	for (size_t i = 0; i < m->count; i++)
		*slot_of(m, &entries[i].key) = (uint32_t)i + 1;
	return true;
}

void
memo_keep(struct ld_run *x, struct ld_memo **memo, const struct ld_memo_key *key,
	const struct ld_context *result)
{
	struct ld_memo *m = *memo;
	uint32_t *slot;

	if (!m) {
		m = ld_need(x, ARENA_NEW(x->arena, struct ld_memo));
		if (!m || !grow(x, m))
			return;
		*memo = m;
	}
	if (m->count == m->cap && !grow(x, m))
		return;
	slot = slot_of(m, key);
	if (*slot)
		return;
	m->entries[m->count] = (struct memo_entry){ *key, result };
	*slot = (uint32_t)++m->count;
}
