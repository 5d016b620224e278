/* build.c - from lists to a snapshot.
 *
 * Each input is read by its kind's reader.  A list at fault gives nothing and says
 * why; an item at fault is skipped and counted.  Keys are gathered in one growing
 * array, then indexed by their identifiers in list order.
 */
#include "trust/source.h"
#include "trust/trust_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SNAPSHOT_BUDGET = 512 << 20, KID_MAX = 64 };

struct trust_builder {
	struct trust *trust;
	struct trust_source_info *info; /* of the list being read */
	size_t first; /* its first key */
	size_t capacity, limit;
};

struct trust_source_info *
builder_info(struct trust_builder *b)
{
	return b->info;
}

void
builder_skip(struct trust_builder *b)
{
	b->info->skipped++;
}

static void
drop_keys(struct trust *t, size_t from)
{
	for (size_t i = from; i < t->key_count; i++) {
		key_free((struct key *)(uintptr_t)t->keys[i].key);
		cert_free((struct cert *)(uintptr_t)t->keys[i].cert);
	}
	t->key_count = from;
}

void
builder_fault(struct trust_builder *b, const char *sentence, struct span file, size_t offset)
{
	struct trust_source_info *info = b->info;

	if (info->fault)
		return;
	drop_keys(b->trust, b->first);
	info->keys = info->refused = info->skipped = info->unchecked = 0;
	info->fault = sentence;
	info->fault_file = arena_copy(b->trust->arena, file);
	info->fault_offset = offset;
}

static int
grow(struct trust_builder *b)
{
	struct trust *t = b->trust;
	size_t capacity = b->capacity ? b->capacity * 2 : 256;
	struct trust_key *keys = ARENA_ARRAY(t->arena, capacity, struct trust_key);

	if (!keys)
		return arena_error(t->arena);
	if (t->key_count > 0)
		memcpy(keys, t->keys, t->key_count * sizeof(*keys));
	t->keys = keys;
	b->capacity = capacity;
	return 0;
}

static void
set_dates(struct trust_key *k)
{
	k->not_before = k->cert ? cert_not_before(k->cert) : TIME_NONE;
	k->not_after = k->cert ? cert_not_after(k->cert) : TIME_NONE;
}

int
builder_add(struct trust_builder *b, const struct trust_item *item)
{
	struct trust *t = b->trust;

	if (b->info->fault)
		return 0;
	if (item->kid.len == 0 || item->kid.len > KID_MAX) {
		builder_skip(b);
		return 0;
	}
	if (t->key_count - b->first >= b->limit) {
		builder_fault(b, "the list has more keys than trust.keys allows", SPAN_NONE,
			PLACE_NO_OFFSET);
		return 0;
	}
	if (t->key_count == b->capacity) {
		int r = grow(b);
		if (r != 0)
			return r;
	}
	const struct key *key = item->cert ? cert_key(item->cert) : item->key;
	struct trust_key k = { .source = b->info,
		.key = key ? key_ref(key) : NULL,
		.fault = item->cert ? cert_key_fault(item->cert) : item->fault,
		.cert = item->cert ? cert_ref(item->cert) : NULL,
		.kid = arena_copy(t->arena, item->kid),
		.authority = arena_copy(t->arena, item->authority),
		.name = arena_copy(t->arena, item->name),
		.usage = item->usage,
		.usage_foreign = item->usage_foreign };
	set_dates(&k);
	t->keys[t->key_count++] = k;
	if (!k.kid.ptr || !k.authority.ptr || !k.name.ptr)
		return arena_error(t->arena);
	b->info->keys += key != NULL;
	b->info->refused += key == NULL;
	b->info->unchecked += key != NULL && item->unchecked;
	return 0;
}

static void
start_info(struct trust_builder *b, const struct trust_input *in, struct trust_source_info *info)
{
	struct arena *a = b->trust->arena;

	*info = (struct trust_source_info){ .name = arena_copy(a, in->name),
		.env = in->env,
		.domain = in->domain,
		.read_at = in->read_at,
		.issued_at = TIME_NONE,
		.expires_at = TIME_NONE,
		.max_age = in->max_age,
		.fault_offset = PLACE_NO_OFFSET };
	b->info = info;
	b->first = b->trust->key_count;
}

static bool
too_large(struct work *w, const struct trust_input *in)
{
	size_t total = 0;

	for (size_t i = 0; i < in->file_count; i++) {
		if (in->files[i].bytes.len > w->limits->trust_bytes - total)
			return true;
		total += in->files[i].bytes.len;
	}
	return false;
}

static int
read_list(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	const struct trust_source *kind = in->kind.len > 0 ? trust_source_kind(in->kind)
							   : trust_source_detect(in);

	if (in->file_count == 0) {
		builder_fault(b, "there is no file to read", in->name, PLACE_NO_OFFSET);
		return 0;
	}
	if (!kind) {
		builder_fault(b, "this is none of the kinds of trust list that are known here",
			in->files[0].name, PLACE_NO_OFFSET);
		return 0;
	}
	b->info->kind = span_of(kind->kind);
	if (too_large(w, in)) {
		builder_fault(b, "the list is larger than trust.bytes allows", in->files[0].name,
			PLACE_NO_OFFSET);
		return 0;
	}
	int r = kind->read(w, in, b);
	if (r == 0 && b->info->keys + b->info->refused == 0)
		builder_fault(
			b, "the list holds no signer at all", in->files[0].name, PLACE_NO_OFFSET);
	return r;
}

/* Chains are filled from the end, so that they run in list order. */
static int
index_keys(struct trust *t)
{
	size_t slots = 16;

	while (slots < t->key_count * 2)
		slots *= 2;
	t->slots = ARENA_ARRAY(t->arena, slots, uint32_t);
	t->next = ARENA_ARRAY(t->arena, t->key_count + 1, uint32_t);
	if (!t->slots || !t->next)
		return arena_error(t->arena);
	t->slot_count = slots;
	memset(t->slots, 0xff, slots * sizeof(*t->slots));
	for (size_t i = t->key_count; i-- > 0;) {
		uint32_t *slot = &t->slots[trust_hash(t->keys[i].kid) & (slots - 1)];
		t->next[i] = *slot;
		*slot = (uint32_t)i;
	}
	return 0;
}

static int
read_all(struct work *w, const struct trust_input *in, size_t count, struct trust *t)
{
	struct trust_builder b = { .trust = t, .limit = w->limits->trust_keys };
	int r = 0;

	t->sources = ARENA_ARRAY(t->arena, count + 1, struct trust_source_info);
	if (!t->sources)
		return arena_error(t->arena);
	for (size_t i = 0; i < count && r == 0; i++) {
		start_info(&b, &in[i], &t->sources[i]);
		t->source_count++;
		r = read_list(w, &in[i], &b);
	}
	return r == 0 ? index_keys(t) : r;
}

int
trust_build(struct work *w, const struct trust_input *in, size_t count, struct trust **out)
{
	struct arena *a = arena_new(SNAPSHOT_BUDGET);
	struct trust *t = a ? ARENA_NEW(a, struct trust) : NULL;

	if (!t) {
		arena_free(a);
		return -ENOMEM;
	}
	t->arena = a;
	atomic_init(&t->refs, 1);
	int r = read_all(w, in, count, t);
	if (r != 0) {
		trust_unref(t);
		return -ENOMEM;
	}
	*out = t;
	return 0;
}
