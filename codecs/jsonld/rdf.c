/* rdf.c - quads in a growing array, with a hash table beside it where they are to be unique. */
#include "codecs/jsonld/rdf.h"

#include "codecs/base/arena.h"
#include "codecs/base/report.h"
#include "codecs/base/work.h"

enum { FIRST = 32 };

struct rdf_dataset
rdf_dataset_in(struct work *w, bool unique)
{
	struct rdf_dataset d = { .work = w };

	if (!unique)
		return d;
	d.slots = 2 * FIRST;
	d.index = ARENA_ARRAY(w->arena, d.slots, uint32_t);
	if (!d.index)
		d.error = arena_error(w->arena);
	return d;
}

bool
rdf_term_equal(const struct rdf_term *a, const struct rdf_term *b)
{
	return a->kind == b->kind && span_eq(a->value, b->value) &&
	       span_eq(a->datatype, b->datatype) && span_eq(a->language, b->language);
}

bool
rdf_quad_equal(const struct rdf_quad *a, const struct rdf_quad *b)
{
	return rdf_term_equal(&a->o, &b->o) && rdf_term_equal(&a->p, &b->p) &&
	       rdf_term_equal(&a->s, &b->s) && rdf_term_equal(&a->g, &b->g);
}

/* Eight bytes at a step: the table only has to spread well, equality is compared. */
static uint64_t
mix_span(uint64_t h, struct span s)
{
	uint64_t word;
	size_t at = 0;

	for (; s.len - at >= sizeof(word); at += sizeof(word)) {
		memcpy(&word, &s.ptr[at], sizeof(word));
		h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	word = s.len;
	for (; at < s.len; at++)
		word = word << 8 | s.ptr[at];
	h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

static uint64_t
hash_quad(const struct rdf_quad *q)
{
	uint64_t h = mix_span((uint64_t)q->o.kind, q->o.value);

	h = mix_span(h, q->o.datatype);
	h = mix_span(h, q->p.value);
	h = mix_span(h + (uint64_t)q->s.kind, q->s.value);
	return mix_span(h + (uint64_t)q->g.kind, q->g.value);
}

/* The slot that holds the quad, or the free one where it belongs. */
static uint32_t *
slot_of(const struct rdf_dataset *d, const struct rdf_quad *q)
{
	size_t at = (size_t)hash_quad(q) & (d->slots - 1);

	while (d->index[at] && !rdf_quad_equal(&d->quads[d->index[at] - 1], q))
		at = (at + 1) & (d->slots - 1);
	return &d->index[at];
}

static bool
failed(struct rdf_dataset *d)
{
	d->error = arena_error(d->work->arena);
	return false;
}

static bool
grow(struct rdf_dataset *d)
{
	size_t cap = d->cap ? d->cap * 2 : FIRST;
	struct rdf_quad *quads = ARENA_ARRAY(d->work->arena, cap, struct rdf_quad);

	if (!quads)
		return failed(d);
	if (d->count > 0)
		memcpy(quads, d->quads, d->count * sizeof(*quads));
	d->quads = quads;
	d->cap = cap;
	if (!d->index || cap == FIRST)
		return true;
	d->slots = 2 * cap;
	d->index = ARENA_ARRAY(d->work->arena, d->slots, uint32_t);
	if (!d->index)
		return failed(d);
	for (size_t i = 0; i < d->count; i++)
		*slot_of(d, &d->quads[i]) = (uint32_t)i + 1;
	return true;
}

static struct rdf_quad
normal(const struct rdf_quad *q)
{
	struct rdf_quad n = *q;

	if (n.o.language.len > 0 || span_is(n.o.datatype, XSD "string"))
		n.o.datatype = SPAN_NONE;
	return n;
}

void
rdf_add(struct rdf_dataset *d, const struct rdf_quad *q)
{
	struct rdf_quad n = normal(q);
	uint32_t *slot;

	if (d->error || d->full || (d->count == d->cap && !grow(d)))
		return;
	slot = d->index ? slot_of(d, &n) : NULL;
	if (slot && *slot)
		return;
	if (d->count == d->work->limits->rdf_quads) {
		d->full = true;
		report_limit(d->work->report, "rdf.quads", d->count, PLACE_NONE);
		return;
	}
	d->quads[d->count++] = n;
	if (slot)
		*slot = (uint32_t)d->count;
}
