/* canon_paths.c - RDFC-1.0, 4.8: blank nodes alike are told apart by the least of all paths through their neighbours.
 *
 * The recursion is as deep as there are blank nodes; each level keeps its memory for the next time.  Calls and orders
 * are counted, and a group of which all orders would be too many is not begun.
 */
#include "codecs/base/arena.h"
#include "codecs/jsonld/canon_impl.h"

#include <errno.h>
#include <stdlib.h>

struct related {
	struct hash hash;
	uint32_t blank;
};

struct level {
	struct level *down;
	struct issuer issuer, copy, best; /* given; of the order under way; of the best one */
	struct related *related;
	uint32_t *order,
		*deeper; /* of one group: an order of its members; those that are looked into */
	size_t related_cap;
	struct buf data, path, best_path;
	bool has_best;
	struct hash hash; /* the result, beside issuer */
};

static void n_degree(struct canon_run *c, struct level *l, uint32_t n);

static void *
room(struct canon_run *c, size_t count, size_t size)
{
	void *p = arena_alloc(c->w->arena, count, size);

	if (!p)
		c->error = arena_error(c->w->arena);
	return p;
}

/* --- issuers --- */

static void
issuer_make(struct canon_run *c, struct issuer *i)
{
	i->order = room(c, c->blank_count, sizeof(*i->order));
	i->id = room(c, c->blank_count, sizeof(*i->id));
	for (uint32_t k = 0; i->id && k < c->blank_count; k++)
		i->id[k] = NO_BLANK;
}

static uint32_t
issue(struct issuer *i, uint32_t blank)
{
	if (i->id[blank] == NO_BLANK) {
		i->order[i->count] = blank;
		i->id[blank] = i->count++;
	}
	return i->id[blank];
}

static void
issuer_copy(struct issuer *to, const struct issuer *from)
{
	for (uint32_t k = 0; k < to->count; k++)
		to->id[to->order[k]] = NO_BLANK;
	to->count = from->count;
	for (uint32_t k = 0; k < from->count; k++) {
		to->order[k] = from->order[k];
		to->id[from->order[k]] = k;
	}
}

/* --- levels --- */

static struct level *
level_make(struct canon_run *c)
{
	struct level *l = room(c, 1, sizeof(*l));

	if (!l)
		return NULL;
	issuer_make(c, &l->issuer);
	issuer_make(c, &l->copy);
	issuer_make(c, &l->best);
	l->data = buf_in(c->w->arena, SIZE_MAX / 2);
	l->path = buf_in(c->w->arena, SIZE_MAX / 2);
	l->best_path = buf_in(c->w->arena, SIZE_MAX / 2);
	return c->error ? NULL : l;
}

static struct level *
level_below(struct canon_run *c, struct level *l)
{
	if (!l->down)
		l->down = level_make(c);
	return l->down;
}

static bool
level_holds(struct canon_run *c, struct level *l, size_t count)
{
	if (count <= l->related_cap)
		return true;
	l->related_cap = count;
	l->related = room(c, count, sizeof(*l->related));
	l->order = room(c, count, sizeof(*l->order));
	l->deeper = room(c, count, sizeof(*l->deeper));
	return !c->error;
}

/* --- related blank nodes --- */

/* Hash Related Blank Node, 4.7. */
static void
hash_related(struct canon_run *c, const struct issuer *i, const struct pieces *q, int position,
	struct related *out)
{
	uint32_t blank = q->blank[position];
	struct buf *b = &c->scratch;

	b->len = 0;
	buf_char(b, "sxog"[position]);
	if (position != 3)
		buf_add(b, q->text[1]);
	if (c->blanks[blank].name != NO_BLANK)
		canon_label(b, "_:c14n", c->blanks[blank].name);
	else if (i->id[blank] != NO_BLANK)
		canon_label(b, "_:b", i->id[blank]);
	else
		buf_add(b, (struct span){ c->blanks[blank].first.hex, c->hash_len });
	c->error = c->error ? c->error : b->error;
	out->blank = blank;
	if (!c->error)
		canon_hash(c, buf_span(b), &out->hash);
}

static int
by_hash(const void *a, const void *b)
{
	const struct related *x = a, *y = b;
	int order = memcmp(x->hash.hex, y->hash.hex, HASH_MAX);

	return order != 0 ? order : (x->blank > y->blank) - (x->blank < y->blank);
}

static size_t
find_related(struct canon_run *c, struct level *l, uint32_t n)
{
	const struct blank *me = &c->blanks[n];
	size_t count = 0;

	if (!level_holds(c, l, (size_t)me->quad_count * 3))
		return 0;
	for (uint32_t i = 0; i < me->quad_count && !c->error; i++) {
		const struct pieces *q = &c->quads[me->quads[i]];

		for (int k = 0; k < 4; k++)
			if (q->blank[k] != NO_BLANK && q->blank[k] != n)
				hash_related(c, &l->issuer, q, k, &l->related[count++]);
	}
	qsort(l->related, count, sizeof(*l->related), by_hash);
	return count;
}

/* --- paths --- */

/* Nothing that follows can make this path the least. */
static bool
is_worse(const struct level *l)
{
	return l->has_best && l->path.len >= l->best_path.len &&
	       span_cmp(buf_span(&l->path), buf_span(&l->best_path)) > 0;
}

static bool
name_members(struct canon_run *c, struct level *l, const struct related *group, size_t count,
	size_t *deeper)
{
	*deeper = 0;
	for (size_t i = 0; i < count; i++) {
		uint32_t blank = group[l->order[i]].blank;

		if (c->blanks[blank].name != NO_BLANK) {
			canon_label(&l->path, "_:c14n", c->blanks[blank].name);
		} else {
			if (l->copy.id[blank] == NO_BLANK)
				l->deeper[(*deeper)++] = blank;
			canon_label(&l->path, "_:b", issue(&l->copy, blank));
		}
		if (is_worse(l))
			return false;
	}
	return true;
}

static bool
look_deeper(struct canon_run *c, struct level *l, size_t count)
{
	struct level *below = count > 0 ? level_below(c, l) : NULL;

	for (size_t i = 0; i < count && below; i++) {
		uint32_t blank = l->deeper[i];

		issuer_copy(&below->issuer, &l->copy);
		n_degree(c, below, blank);
		if (c->error || c->stop)
			return false;
		canon_label(&l->path, "_:b", issue(&l->copy, blank));
		buf_char(&l->path, '<');
		buf_add(&l->path, (struct span){ below->hash.hex, c->hash_len });
		buf_char(&l->path, '>');
		issuer_copy(&l->copy, &below->issuer);
		if (is_worse(l))
			return false;
	}
	return !c->error;
}

/* One order of a group's members. */
static void
try_order(struct canon_run *c, struct level *l, const struct related *group, size_t count)
{
	size_t deeper;

	c->paths++;
	l->path.len = 0;
	issuer_copy(&l->copy, &l->issuer);
	if (!name_members(c, l, group, count, &deeper) || !look_deeper(c, l, deeper))
		return;
	c->error = l->path.error;
	if (l->has_best && span_cmp(buf_span(&l->path), buf_span(&l->best_path)) >= 0)
		return;
	struct buf path = l->path;
	l->path = l->best_path;
	l->best_path = path;
	issuer_copy(&l->best, &l->copy);
	l->has_best = true;
}

/* The next order by the dictionary; false after the last. */
static bool
next_order(uint32_t *order, size_t count)
{
	size_t i = count - 1, k = count - 1;

	while (i > 0 && order[i - 1] > order[i])
		i--;
	if (i == 0)
		return false;
	while (order[k] < order[i - 1])
		k--;
	uint32_t kept = order[k];
	order[k] = order[i - 1];
	order[i - 1] = kept;
	for (k = count - 1; i < k; i++, k--) {
		kept = order[i];
		order[i] = order[k];
		order[k] = kept;
	}
	return true;
}

static bool
too_many_orders(const struct canon_run *c, size_t count)
{
	size_t orders = 1, left = c->w->limits->rdf_paths - c->paths;

	for (size_t i = 2; i <= count && orders <= left; i++)
		orders *= i;
	return c->paths > c->w->limits->rdf_paths || orders > left;
}

static void
explore(struct canon_run *c, struct level *l, const struct related *group, size_t count)
{
	if (too_many_orders(c, count)) {
		canon_limit(c, "rdf.paths", c->w->limits->rdf_paths);
		return;
	}
	for (size_t i = 0; i < count; i++)
		l->order[i] = (uint32_t)i;
	l->has_best = false;
	do
		try_order(c, l, group, count);
	while (!c->error && !c->stop && next_order(l->order, count));
}

static size_t
group_at(const struct related *all, size_t from, size_t count)
{
	size_t to = from + 1;

	while (to < count && memcmp(all[to].hash.hex, all[from].hash.hex, HASH_MAX) == 0)
		to++;
	return to - from;
}

/* l->issuer and l->hash become the result. */
static void
n_degree(struct canon_run *c, struct level *l, uint32_t n)
{
	if (++c->calls > c->w->limits->rdf_calls) {
		canon_limit(c, "rdf.calls", c->w->limits->rdf_calls);
		return;
	}
	size_t count = find_related(c, l, n), group;
	l->data.len = 0;
	for (size_t i = 0; i < count && !c->error && !c->stop; i += group) {
		group = group_at(l->related, i, count);
		buf_add(&l->data, (struct span){ l->related[i].hash.hex, c->hash_len });
		explore(c, l, &l->related[i], group);
		if (c->error || c->stop)
			return;
		buf_add(&l->data, buf_span(&l->best_path));
		issuer_copy(&l->issuer, &l->best);
	}
	c->error = c->error ? c->error : l->data.error;
	if (!c->error)
		canon_hash(c, buf_span(&l->data), &l->hash);
}

void
canon_n_degree(struct canon_run *c, uint32_t n, struct hash *out, uint32_t **order, uint32_t *count)
{
	static const struct issuer none = { 0 };

	if (!c->levels)
		c->levels = level_make(c);
	if (!c->levels)
		return;
	struct level *l = c->levels;
	issuer_copy(&l->issuer, &none);
	issue(&l->issuer, n);
	n_degree(c, l, n);
	if (c->error || c->stop)
		return;
	*out = l->hash;
	*count = l->issuer.count;
	*order = room(c, *count, sizeof(**order));
	if (*order)
		memcpy(*order, l->issuer.order, *count * sizeof(**order));
}
