/* inverse.c - which term to choose for an IRI (JSON-LD 1.1 API, 4.3): one table, keyed by all that
 * the choice depends on.
 */
#include "codecs/base/buf.h"
#include "codecs/jsonld/compact/compact.h"

#include <stdlib.h>

enum { SLOTS = 64, EXISTS = 1 << 15 /* no container: the IRI is known at all */ };

struct inverse_entry {
	struct span iri, value, term;
	unsigned container;
	enum inverse_by by;
	struct inverse_entry *chain;
};

static size_t
slot_of(const struct inverse *v, const struct inverse_entry *e)
{
	uint64_t h = ld_hash(ld_hash(LD_HASH, e->iri), e->value);

	h += e->container * 31u + (unsigned)e->by;
	return (size_t)(h ^ h >> 32) & (v->slot_count - 1);
}

static const struct inverse_entry *
find(const struct inverse *v, const struct inverse_entry *like)
{
	const struct inverse_entry *e = v->slots[slot_of(v, like)];

	while (e && !(e->container == like->container && e->by == like->by &&
			    span_eq(e->iri, like->iri) && span_eq(e->value, like->value)))
		e = e->chain;
	return e;
}

/* Terms come in order of preference: the first one stays. */
static void
put(struct compaction *k, struct inverse *v, const struct inverse_entry *entry)
{
	struct inverse_entry *e;
	size_t slot;

	if (find(v, entry))
		return;
	e = ld_need(k->x, ARENA_NEW(k->a, struct inverse_entry));
	if (!e)
		return;
	slot = slot_of(v, entry);
	*e = *entry;
	e->chain = v->slots[slot];
	v->slots[slot] = e;
}

struct span
inverse_language(struct compaction *k, struct span language, struct span direction)
{
	struct buf b = buf_in(k->a, language.len + direction.len + 1);

	for (size_t i = 0; i < language.len; i++) {
		uint8_t c = language.ptr[i];

		buf_char(&b, (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c));
	}
	if (direction.ptr) {
		buf_char(&b, '_');
		buf_add(&b, direction);
	}
	if (b.error)
		ld_memory(k->x);
	return b.len ? buf_span(&b) : SPAN_LIT("");
}

static struct span
direction_text(enum ld_direction d)
{
	return d == LD_LTR ? SPAN_LIT("ltr") : d == LD_RTL ? SPAN_LIT("rtl") : SPAN_NONE;
}

/* What a term with a language or direction is found by. */
static struct span
language_key(struct compaction *k, const struct ld_term *t)
{
	struct span direction = direction_text(t->direction);

	if (t->language.ptr || direction.ptr)
		return inverse_language(k, t->language, direction);
	return t->has_language ? SPAN_LIT("@null") : SPAN_LIT("@none");
}

static struct span
default_key(struct compaction *k, const struct ld_context *c)
{
	struct span direction = direction_text(c->direction);

	return c->language.ptr || direction.ptr ? inverse_language(k, c->language, direction)
						: SPAN_LIT("@none");
}

static void
put_by(struct compaction *k, struct inverse *v, struct inverse_entry e, enum inverse_by by,
	struct span value)
{
	e.by = by;
	e.value = value;
	put(k, v, &e);
}

static void
put_term(struct compaction *k, struct inverse *v, const struct ld_term *t, struct span language)
{
	struct inverse_entry e = { .iri = t->iri.text, .term = t->name, .container = EXISTS };

	put(k, v, &e);
	e.container = t->container;
	put_by(k, v, e, BY_ANY, SPAN_LIT("@none"));
	if (t->reverse) {
		put_by(k, v, e, BY_TYPE, SPAN_LIT("@reverse"));
	} else if (t->type.keyword == KW_NO) {
		put_by(k, v, e, BY_LANGUAGE, SPAN_LIT("@any"));
		put_by(k, v, e, BY_TYPE, SPAN_LIT("@any"));
	} else if (t->type.text.ptr) {
		put_by(k, v, e, BY_TYPE, t->type.text);
	} else if (t->has_language || t->has_direction) {
		put_by(k, v, e, BY_LANGUAGE, language_key(k, t));
	} else {
		put_by(k, v, e, BY_LANGUAGE, language);
		put_by(k, v, e, BY_LANGUAGE, SPAN_LIT("@none"));
		put_by(k, v, e, BY_TYPE, SPAN_LIT("@none"));
	}
}

/* Shortest first, then by code points. */
static int
compare(const void *a, const void *b)
{
	const struct ld_term *const *x = a, *const *y = b;

	if ((*x)->name.len != (*y)->name.len)
		return (*x)->name.len < (*y)->name.len ? -1 : 1;
	return span_cmp((*x)->name, (*y)->name);
}

static size_t
count_terms(const struct ld_layer *l)
{
	size_t count = 0;

	for (; l; l = l->under)
		count += l->count;
	return count;
}

/* The terms that can be seen, in order of preference. */
static const struct ld_term **
terms_of(struct compaction *k, const struct ld_context *c, size_t *count)
{
	const struct ld_term **all = ld_need(
		k->x, ARENA_ARRAY(k->a, count_terms(c->terms) + 1, const struct ld_term *));

	*count = 0;
	for (const struct ld_layer *l = all ? c->terms : NULL; l; l = l->under)
		for (size_t i = 0; i < l->slot_count; i++)
			for (const struct ld_term *t = l->slots[i]; t; t = t->chain)
				if (context_term(c, t->name) == t)
					all[(*count)++] = t;
	if (*count > 1)
		qsort(all, *count, sizeof(const struct ld_term *), compare);
	return all;
}

static struct inverse *
make(struct compaction *k, const struct ld_context *c)
{
	struct inverse *v = ld_need(k->x, ARENA_NEW(k->a, struct inverse));
	struct span language = default_key(k, c);
	size_t count;
	const struct ld_term **terms = terms_of(k, c, &count);

	if (!v || !terms)
		return NULL;
	v->of = c;
	v->prefixes = terms;
	for (v->slot_count = SLOTS; v->slot_count < count * 4; v->slot_count *= 2)
		;
	v->slots = ld_need(k->x, ARENA_ARRAY(k->a, v->slot_count, struct inverse_entry *));
	for (size_t i = 0; i < count && !k->x->stop; i++) {
		if (terms[i]->iri.text.ptr)
			put_term(k, v, terms[i], language);
		if (terms[i]->prefix && terms[i]->iri.text.ptr)
			v->prefixes[v->prefix_count++] = terms[i];
	}
	return k->x->stop ? NULL : v;
}

const struct inverse *
inverse_of(struct compaction *k, const struct ld_context *c)
{
	struct inverse *v = k->inverses;

	while (v && v->of != c)
		v = v->next;
	if (v)
		return v;
	v = make(k, c);
	if (v) {
		v->next = k->inverses;
		k->inverses = v;
	}
	return v;
}

bool
inverse_has(const struct inverse *v, struct span iri)
{
	return find(v, &(const struct inverse_entry){ .iri = iri, .container = EXISTS });
}

struct span
inverse_term(const struct inverse *v, struct span iri, unsigned container, enum inverse_by by,
	struct span value)
{
	const struct inverse_entry *e = find(
		v, &(const struct inverse_entry){
			   .iri = iri, .value = value, .container = container, .by = by });

	return e ? e->term : SPAN_NONE;
}
