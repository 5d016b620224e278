/* issuers.c - the issuers that lists name, with or without keys of them: of SMART Health Cards and W3C credentials.
 *
 * An iss is compared byte for byte and never made nicer.  Look-up goes through an
 * order, not a hash: whoever writes a list can't make it slow.
 */
#include "trust/trust_impl.h"

#include <stdlib.h>

enum { ISS_MAX = 2048 };

static struct trust_issuer *
newest(struct trust_builder *b)
{
	struct trust *t = b->trust;

	return t->issuer_count > b->first_issuer ? &t->issuers[t->issuer_count - 1] : NULL;
}

int
builder_issuer(struct trust_builder *b, const struct trust_issuer_item *item)
{
	struct trust *t = b->trust;

	if (b->info->fault)
		return 0;
	if (item->iss.len == 0 || item->iss.len > ISS_MAX) {
		builder_skip(b);
		return 0;
	}
	if (t->issuer_count - b->first_issuer >= b->limit) {
		builder_fault(b, "the list has more issuers than trust.keys allows", SPAN_NONE,
			PLACE_NO_OFFSET);
		return 0;
	}
	struct trust_issuer i = { .source = b->info,
		.iss = arena_copy(t->arena, item->iss),
		.name = arena_copy(t->arena, item->name),
		.canonical = arena_copy(t->arena, item->canonical),
		.did = arena_copy(t->arena, item->did),
		.at_hand = item->at_hand,
		.seen_at = trust_seen(item->seen_at) };
	struct trust_issuer *room = trust_grow(
		t, t->issuers, t->issuer_count, &b->issuer_capacity, sizeof(*t->issuers));
	if (!i.iss.ptr || !i.name.ptr || !i.canonical.ptr || !i.did.ptr || !room)
		return arena_error(t->arena);
	t->issuers = room;
	t->issuers[t->issuer_count++] = i;
	b->info->issuers++;
	return 0;
}

/* Lists have an issuer's keys together: what was named last is nearly always the one. */
int
trust_imply_issuer(struct trust_builder *b, struct span iss, int64_t seen_at)
{
	struct trust_issuer *last = newest(b);

	if (iss.len == 0)
		return 0;
	if (!last || !span_eq(last->iss, iss))
		return builder_issuer(
			b, &(struct trust_issuer_item){ .iss = iss, .seen_at = seen_at });
	if (last->seen_at == TIME_NONE)
		last->seen_at = seen_at;
	return 0;
}

static int
by_scope(const struct trust_issuer *a, const struct trust_issuer *b)
{
	int order = trust_scope_cmp(a->source, b->source);

	return order ? order : span_cmp(a->iss, b->iss);
}

static int
compare(const void *left, const void *right)
{
	const struct trust_issuer *a = *(const struct trust_issuer *const *)left,
				  *b = *(const struct trust_issuer *const *)right;
	int order = by_scope(a, b);

	return order ? order : a < b ? -1 : a > b;
}

/* Named twice in one list, an issuer is one all the same. */
static void
count_once(struct trust *t)
{
	for (size_t i = 1; i < t->issuer_count; i++) {
		const struct trust_issuer *a = t->by_iss[i - 1], *b = t->by_iss[i];
		if (a->source == b->source && span_eq(a->iss, b->iss))
			t->sources[b->source - t->sources].issuers--;
	}
}

int
trust_sort_issuers(struct trust *t)
{
	t->by_iss = ARENA_ARRAY(t->arena, t->issuer_count + 1, const struct trust_issuer *);
	if (!t->by_iss)
		return arena_error(t->arena);
	for (size_t i = 0; i < t->issuer_count; i++)
		t->by_iss[i] = &t->issuers[i];
	qsort(t->by_iss, t->issuer_count, sizeof(struct trust_issuer *), compare);
	count_once(t);
	return 0;
}

size_t
trust_issuer_count(const struct trust *t)
{
	return t->issuer_count;
}

const struct trust_issuer *
trust_issuer_at(const struct trust *t, size_t index)
{
	return &t->issuers[index];
}

/* A bare key is shown under its issuer's name: the first that any list gives. */
void
trust_name_keys(struct trust *t)
{
	for (size_t i = 0; i < t->key_count; i++) {
		struct trust_key *k = &t->keys[i];
		struct trust_scope scope = { k->source->env, k->source->domain };
		const struct trust_issuer *issuer = k->name.len == 0
							    ? trust_issuer(t, scope, k->authority)
							    : NULL;
		if (issuer)
			k->name = issuer->name;
	}
}

/* Where the entries that are like this one begin. */
static size_t
first_like(const struct trust *t, const struct trust_issuer *wanted)
{
	size_t low = 0, high = t->issuer_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (by_scope(t->by_iss[middle], wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct trust_issuer *
trust_issuer(const struct trust *t, struct trust_scope scope, struct span iss)
{
	struct trust_source_info where = { .env = scope.env, .domain = scope.domain };
	struct trust_issuer wanted = { .source = &where, .iss = iss };
	size_t i = first_like(t, &wanted);

	return i < t->issuer_count && by_scope(t->by_iss[i], &wanted) == 0 ? t->by_iss[i] : NULL;
}

const struct trust_issuer *
trust_issuer_did(const struct trust *t, struct trust_scope scope, struct span iss, struct span did)
{
	struct trust_source_info where = { .env = scope.env, .domain = scope.domain };
	struct trust_issuer wanted = { .source = &where, .iss = iss };
	const struct trust_issuer *first = NULL;

	for (size_t i = first_like(t, &wanted); did.len > 0 && i < t->issuer_count; i++) {
		const struct trust_issuer *e = t->by_iss[i];
		if (by_scope(e, &wanted) != 0)
			break;
		if (!span_eq(e->did, did))
			continue;
		if (e->at_hand)
			return NULL;
		first = first ? first : e;
	}
	return first;
}
