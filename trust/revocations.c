/* revocations.c - which cards their issuers have revoked (SMART Health Cards 1.4.0, "Revocation").
 *
 * A list belongs to a key, (iss, kid); of several the highest counter counts, and
 * all that bear it.  Entries are sorted, the latest time of one rid first: "any
 * matching entry revokes" is then one binary search, whoever wrote the list.
 */
#include "trust/trust_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ALWAYS INT64_MAX

static int
by_text(const struct trust_rid_entry *a, const struct trust_rid_entry *b)
{
	return span_cmp((struct span){ a->text, a->length }, (struct span){ b->text, b->length });
}

static int
by_time(const struct trust_rid_entry *a, const struct trust_rid_entry *b)
{
	if (a->seconds != b->seconds)
		return a->seconds < b->seconds ? -1 : 1;
	if (a->nanoseconds != b->nanoseconds)
		return a->nanoseconds < b->nanoseconds ? -1 : 1;
	return (int)a->more - (int)b->more;
}

static int
compare_entries(const void *left, const void *right)
{
	const struct trust_rid_entry *a = left, *b = right;
	int order = by_text(a, b);

	return order ? order : by_time(b, a);
}

static bool
entry_of(struct span rid, struct moment before, struct trust_rid_entry *out)
{
	if (rid.len == 0 || rid.len > TRUST_RID_LENGTH)
		return false;
	*out = (struct trust_rid_entry){ .seconds = before.seconds == TIME_NONE ? ALWAYS
										: before.seconds,
		.nanoseconds = before.nanoseconds,
		.more = before.more,
		.length = (uint8_t)rid.len };
	memcpy(out->text, rid.ptr, rid.len);
	return true;
}

static void
fill(struct trust_builder *b, const struct trust_rid_list *list, struct trust_revoked *r)
{
	for (size_t i = 0; i < list->count; i++) {
		if (entry_of(list->rids[i].rid, list->rids[i].before, &r->entries[r->count])) {
			r->count++;
		} else {
			r->malformed++;
			builder_skip(b);
		}
	}
	qsort(r->entries, r->count, sizeof(*r->entries), compare_entries);
}

static const char *
too_much(const struct trust_builder *b, const struct trust_rid_list *list)
{
	if (b->trust->revoked_count - b->first_revoked >= b->limit)
		return "the list has more revocation lists than trust.keys allows";
	if (list->count > b->rid_limit - b->rids)
		return "the list names more revoked cards than trust.rids allows";
	return NULL;
}

static int
put(struct trust_builder *b, const struct trust_rid_list *list)
{
	struct trust *t = b->trust;
	struct trust_revoked r = { .source = b->info,
		.iss = arena_copy(t->arena, list->iss),
		.kid = arena_copy(t->arena, list->kid),
		.ctr = list->ctr,
		.malformed = list->malformed,
		.seen_at = trust_seen(list->seen_at),
		.entries = ARENA_ARRAY(t->arena, list->count + 1, struct trust_rid_entry) };
	struct trust_revoked *room = trust_grow(
		t, t->revoked, t->revoked_count, &b->revoked_capacity, sizeof(*t->revoked));

	if (!r.iss.ptr || !r.kid.ptr || !r.entries || !room)
		return arena_error(t->arena);
	fill(b, list, &r);
	t->revoked = room;
	t->revoked[t->revoked_count++] = r;
	b->info->rid_lists++;
	b->rids += list->count;
	return 0;
}

int
builder_rids(struct trust_builder *b, const struct trust_rid_list *list)
{
	const char *fault;

	if (b->info->fault)
		return 0;
	if (list->iss.len == 0 || list->kid.len == 0) {
		builder_skip(b);
		return 0;
	}
	fault = too_much(b, list);
	int r = fault ? 0 : put(b, list);
	if (r == -ENOBUFS)
		fault = "the revocation lists take more memory than one snapshot may";
	if (fault)
		builder_fault(b, fault, SPAN_NONE, PLACE_NO_OFFSET);
	return r == -ENOBUFS ? 0 : r;
}

static int
by_key(const struct trust_revoked *a, const struct trust_revoked *b)
{
	int order = trust_scope_cmp(a->source, b->source);

	if (order == 0)
		order = span_cmp(a->iss, b->iss);
	return order ? order : span_cmp(a->kid, b->kid);
}

static int
compare_lists(const void *left, const void *right)
{
	const struct trust_revoked *a = *(const struct trust_revoked *const *)left,
				   *b = *(const struct trust_revoked *const *)right;
	int order = by_key(a, b);

	if (order == 0 && a->ctr != b->ctr)
		return a->ctr > b->ctr ? -1 : 1;
	return order ? order : a < b ? -1 : a > b;
}

int
trust_sort_revoked(struct trust *t)
{
	t->by_key = ARENA_ARRAY(t->arena, t->revoked_count + 1, const struct trust_revoked *);
	if (!t->by_key)
		return arena_error(t->arena);
	for (size_t i = 0; i < t->revoked_count; i++)
		t->by_key[i] = &t->revoked[i];
	qsort(t->by_key, t->revoked_count, sizeof(struct trust_revoked *), compare_lists);
	return 0;
}

static size_t
first_of(const struct trust *t, const struct trust_revoked *wanted)
{
	size_t low = 0, high = t->revoked_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (by_key(t->by_key[middle], wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Digits beyond the nanosecond are known to be there, not which: then the list's word counts. */
static bool
is_revoked(const struct trust_revoked *list, const struct trust_rid_entry *card)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (by_text(&list->entries[middle], card) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == list->count || by_text(&list->entries[low], card) != 0)
		return false;
	const struct trust_rid_entry *e = &list->entries[low];
	int order = by_time(card, e);
	return e->seconds == ALWAYS || order < 0 || (order == 0 && e->more);
}

bool
trust_revocation(const struct trust *t, struct trust_scope scope, struct span iss, struct span kid,
	struct span rid, struct moment issued, struct trust_revocation *out)
{
	struct trust_source_info where = { .env = scope.env, .domain = scope.domain };
	struct trust_revoked wanted = { .source = &where, .iss = iss, .kid = kid };
	size_t first = first_of(t, &wanted);
	struct trust_rid_entry card = { .length = 0 };
	bool listable = entry_of(rid, issued, &card);

	if (first == t->revoked_count || by_key(t->by_key[first], &wanted) != 0)
		return false;
	if (issued.seconds == TIME_NONE)
		card.seconds = INT64_MIN; /* entry_of reads an absent time as an entry's: always */
	struct trust_revocation found = { .ctr = t->by_key[first]->ctr };
	for (size_t i = first; i < t->revoked_count; i++) {
		const struct trust_revoked *l = t->by_key[i];
		if (l->ctr != found.ctr || by_key(l, &wanted) != 0)
			break;
		found.malformed += l->malformed;
		bool revoked = listable && is_revoked(l, &card);
		if (i > first && !(revoked && !found.revoked))
			continue;
		found.source = l->source;
		found.seen_at = l->seen_at;
		found.revoked = revoked;
	}
	*out = found;
	return true;
}
