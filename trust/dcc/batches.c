/* batches.c - which EU Digital COVID Certificates are revoked, by the hashes of the EU's revocation batches.
 *
 * All hashes of all batches are one sorted array: one binary search, however many batches there are.  A batch's key,
 * kind of hash, environment and end are asked for afterwards, of the few entries that bear the hash.
 */
#include "trust/trust_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int
compare(const void *left, const void *right)
{
	const struct trust_hash_entry *a = left, *b = right;
	int order = memcmp(a->hash, b->hash, TRUST_HASH);

	return order ? order : a->batch < b->batch ? -1 : a->batch > b->batch;
}

static int
put_hashes(struct trust_builder *b, const struct trust_batch_item *item)
{
	struct trust *t = b->trust;

	for (size_t i = 0; i < item->count; i++) {
		struct trust_hash_entry *room = trust_grow(
			t, t->hashes, t->hash_count, &b->hash_capacity, sizeof(*t->hashes));
		if (!room)
			return arena_error(t->arena);
		t->hashes = room;
		memcpy(room[t->hash_count].hash, &item->hashes[i * TRUST_HASH], TRUST_HASH);
		room[t->hash_count++].batch = (uint32_t)t->batch_count;
	}
	b->rids += item->count;
	return 0;
}

static int
put(struct trust_builder *b, const struct trust_batch_item *item)
{
	struct trust *t = b->trust;
	struct trust_batch batch = { .source = b->info,
		.kid = arena_copy(t->arena, item->kid),
		.type = item->type,
		.expires = item->expires };
	struct trust_batch *room = trust_grow(
		t, t->batches, t->batch_count, &b->batch_capacity, sizeof(*t->batches));
	int r;

	if (!batch.kid.ptr || !room)
		return arena_error(t->arena);
	t->batches = room;
	if ((r = put_hashes(b, item)) != 0)
		return r;
	t->batches[t->batch_count++] = batch;
	b->info->rid_lists++;
	return 0;
}

int
builder_batch(struct trust_builder *b, const struct trust_batch_item *item)
{
	const char *fault = NULL;
	int r = 0;

	if (b->info->fault)
		return 0;
	if (item->count > b->rid_limit - b->rids)
		fault = "the batches name more revoked certificates than trust.rids allows";
	else
		r = put(b, item);
	if (r == -ENOBUFS)
		fault = "the revocation batches take more memory than one snapshot may";
	if (fault)
		builder_fault(b, fault, SPAN_NONE, PLACE_NO_OFFSET);
	return r == -ENOBUFS ? 0 : r;
}

void
trust_sort_batches(struct trust *t)
{
	if (t->hash_count > 0)
		qsort(t->hashes, t->hash_count, sizeof(*t->hashes), compare);
}

static size_t
first_of(const struct trust *t, const uint8_t *hash)
{
	size_t low = 0, high = t->hash_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (memcmp(t->hashes[middle].hash, hash, TRUST_HASH) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A batch that names no key is about every one. */
static bool
is_about(const struct trust_batch *l, const struct trust_hash *h, struct trust_scope scope)
{
	return l->type == h->type && l->source->env == scope.env &&
	       l->source->domain == scope.domain && (l->kid.len == 0 || span_eq(l->kid, h->kid));
}

bool
trust_hash_listed(
	const struct trust *t, struct trust_scope scope, const struct trust_hash *h, int64_t now)
{
	for (size_t i = first_of(t, h->hash); i < t->hash_count; i++) {
		if (memcmp(t->hashes[i].hash, h->hash, TRUST_HASH) != 0)
			break;
		const struct trust_batch *l = &t->batches[t->hashes[i].batch];
		if (is_about(l, h, scope) && now < l->expires)
			return true;
	}
	return false;
}

enum trust_batches
trust_batches(const struct trust *t, struct trust_scope scope, int64_t now)
{
	enum trust_batches worst = BATCHES_NONE;

	for (size_t i = 0; i < t->source_count; i++) {
		const struct trust_source_info *s = &t->sources[i];
		enum trust_batches one = s->fault              ? BATCHES_LOST
					 : trust_stale(s, now) ? BATCHES_STALE
							       : BATCHES_GOOD;
		if (s->env == scope.env && s->domain == scope.domain &&
			span_is(s->kind, TRUST_BATCHES_KIND) && one > worst)
			worst = one;
	}
	return worst;
}
