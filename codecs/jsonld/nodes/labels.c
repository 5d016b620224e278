/* labels.c - b0, b1, ... in the order in which they are asked for. */
#include "codecs/base/buf.h"
#include "codecs/jsonld/nodes/nodes.h"

enum { SLOTS = 32, LABEL_MAX = 24 };

static struct span
fresh(struct ld_run *x, struct labels *l)
{
	struct buf b = buf_over(x->arena, LABEL_MAX, arena_bytes(x->arena, LABEL_MAX), LABEL_MAX);

	buf_str(&b, "_:b");
	buf_uint(&b, l->next++);
	if (b.error || !b.ptr) {
		ld_memory(x);
		return SPAN_NONE;
	}
	return buf_span(&b);
}

static bool
grow(struct ld_run *x, struct labels *l)
{
	size_t count = l->slot_count ? l->slot_count * 4 : SLOTS;
	struct label **slots = ld_need(x, ARENA_ARRAY(x->arena, count, struct label *));

	if (!slots)
		return false;
	for (size_t i = 0; i < l->slot_count; i++)
		for (struct label *e = l->slots[i], *next; e; e = next) {
			struct label **slot = &slots[name_hash(e->from) & (count - 1)];

			next = e->chain;
			e->chain = *slot;
			*slot = e;
		}
	l->slots = slots;
	l->slot_count = count;
	return true;
}

struct span
label_of(struct ld_run *x, struct labels *l, struct span identifier)
{
	struct label *e;

	if (!identifier.ptr)
		return fresh(x, l);
	if (l->count >= l->slot_count && !grow(x, l))
		return SPAN_NONE;
	struct label **slot = &l->slots[name_hash(identifier) & (l->slot_count - 1)];
	for (e = *slot; e; e = e->chain)
		if (span_eq(e->from, identifier))
			return e->to;
	e = ld_need(x, ARENA_NEW(x->arena, struct label));
	if (!e)
		return SPAN_NONE;
	*e = (struct label){ identifier, fresh(x, l), *slot };
	*slot = e;
	l->count++;
	return e->to;
}
