/* layer.c - terms found by their names, through all layers; and the entries of a definition under way.
 *
 * A tall stack of layers is made one again, so that a look-up stays short however many contexts a document has.
 */
#include "codecs/jsonld/context/define.h"

enum { SLOTS = 16, HEIGHT = 6 };

uint64_t
term_hash(struct span name)
{
	uint64_t h = name.len, word;
	size_t at = 0;

	for (; name.len - at >= sizeof(word); at += sizeof(word)) {
		memcpy(&word, &name.ptr[at], sizeof(word));
		h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	word = 0;
	for (; at < name.len; at++)
		word = word << 8 | name.ptr[at];
	h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 32;
}

static struct ld_term *
find_in(const struct ld_layer *layer, struct span name, uint64_t hash)
{
	struct ld_term *t = layer->slots[hash & (layer->slot_count - 1)];

	while (t && !span_eq(t->name, name))
		t = t->chain;
	return t;
}

static const struct ld_term *
find(const struct ld_layer *layer, struct span name)
{
	uint64_t hash = layer ? term_hash(name) : 0;
	const struct ld_term *t = NULL;

	for (; layer && !t; layer = layer->under)
		t = find_in(layer, name, hash);
	return t && !t->gone ? t : NULL;
}

const struct ld_term *
context_term(const struct ld_context *c, struct span name)
{
	return find(c->terms, name);
}

bool
layers_protect(const struct ld_layer *top)
{
	for (const struct ld_layer *l = top; l; l = l->under)
		for (size_t i = 0; i < l->slot_count; i++)
			for (const struct ld_term *t = l->slots[i]; t; t = t->chain)
				if (t->protects && find(top, t->name) == t)
					return true;
	return false;
}

static void
link_term(struct ld_layer *l, struct ld_term *t)
{
	struct ld_term **slot = &l->slots[term_hash(t->name) & (l->slot_count - 1)];

	t->chain = *slot;
	*slot = t;
	l->count++;
}

static bool
grow(struct ld_run *x, struct ld_layer *l)
{
	size_t old_count = l->slot_count;
	struct ld_term **old = l->slots, **slots;

	slots = ld_need(
		x, ARENA_ARRAY(x->arena, old_count ? old_count * 4 : SLOTS, struct ld_term *));
	if (!slots)
		return false;
	l->slots = slots;
	l->slot_count = old_count ? old_count * 4 : SLOTS;
	l->count = 0;
	for (size_t i = 0; i < old_count; i++)
		for (struct ld_term *t = old[i], *next; t; t = next) {
			next = t->chain;
			link_term(l, t);
		}
	return true;
}

/* Copies what is to be seen of the layers below into l, which then stands alone. */
static void
flatten(struct ld_run *x, struct ld_layer *l)
{
	const struct ld_layer *under = l->under;

	l->under = NULL;
	l->height = 0;
	for (const struct ld_layer *from = under; from && !x->stop; from = from->under)
		for (size_t i = 0; i < from->slot_count; i++)
			for (const struct ld_term *t = from->slots[i]; t && !x->stop;
				t = t->chain) {
				struct ld_term *copy;

				if (t->gone || find(under, t->name) != t)
					continue;
				copy = ld_need(x, ARENA_NEW(x->arena, struct ld_term));
				if (!copy || (l->count >= l->slot_count && !grow(x, l)))
					return;
				*copy = *t;
				link_term(l, copy);
			}
}

static bool
own_layer(struct define *d)
{
	struct ld_run *x = d->x;
	struct ld_layer *l;

	if (d->layer)
		return true;
	l = ld_need(x, ARENA_NEW(x->arena, struct ld_layer));
	if (!l || !grow(x, l))
		return false;
	l->under = d->result->terms;
	l->height = l->under ? l->under->height + 1 : 0;
	if (l->height > HEIGHT)
		flatten(x, l);
	d->layer = l;
	d->result->terms = l;
	return !x->stop;
}

void
layer_put(struct define *d, struct ld_term *t)
{
	struct ld_term **at;

	if (!t || !own_layer(d))
		return;
	at = &d->layer->slots[term_hash(t->name) & (d->layer->slot_count - 1)];
	while (*at && !span_eq((*at)->name, t->name))
		at = &(*at)->chain;
	if (*at) {
		t->chain = (*at)->chain;
		*at = t;
		return;
	}
	if (d->layer->count >= d->layer->slot_count && !grow(d->x, d->layer))
		return;
	link_term(d->layer, t);
}

bool
define_begin(struct define *d, size_t count)
{
	struct arena *a = d->x->arena;

	d->slot_count = SLOTS;
	while (d->slot_count < count)
		d->slot_count *= 2;
	d->entries = ld_need(d->x, ARENA_ARRAY(a, count ? count : 1, struct define_entry));
	d->slots = ld_need(d->x, ARENA_ARRAY(a, d->slot_count, struct define_entry *));
	return !d->x->stop;
}

struct define_entry *
define_entry_of(const struct define *d, struct span name)
{
	struct define_entry *e = d->slots[term_hash(name) & (d->slot_count - 1)];

	while (e && !span_eq(e->value->key, name))
		e = e->chain;
	return e;
}

void
define_entry_add(struct define *d, const struct node *value)
{
	struct define_entry *e = define_entry_of(d, value->key), **slot;

	if (e) {
		e->value = value;
		return;
	}
	slot = &d->slots[term_hash(value->key) & (d->slot_count - 1)];
	e = &d->entries[d->count++];
	*e = (struct define_entry){ .value = value, .chain = *slot };
	*slot = e;
}

const struct node *
define_value(const struct define *d, enum keyword k)
{
	const struct define_entry *e = define_entry_of(d, keyword_text(k));

	return e ? e->value : NULL;
}
