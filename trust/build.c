/* build.c - from lists to a snapshot.
 *
 * Each input is read by its kind's reader, in memory of its own, so that no list
 * can spend what another needs.  A list at fault gives nothing and says why; an
 * item at fault is skipped and counted.  Keys are gathered in one growing array,
 * then indexed by their identifiers in list order.
 */
#include "trust/source.h"
#include "trust/trust_impl.h"

#include <errno.h>
#include <string.h>

enum {
	SNAPSHOT_BUDGET = 512 << 20,
	SCRATCH_BUDGET = 64 << 20,
	SCRATCH_FACTOR = 8,
	KID_MAX = 64,
	KID_URL_MAX = 4096
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

bool
builder_faulty(const struct trust_builder *b)
{
	return b->info->fault != NULL;
}

void
builder_fault(struct trust_builder *b, const char *sentence, struct span file, size_t offset)
{
	struct trust_source_info *info = b->info;

	if (info->fault)
		return;
	trust_drop_keys(b->trust, b->first);
	b->trust->issuer_count = b->first_issuer;
	b->trust->revoked_count = b->first_revoked;
	b->trust->batch_count = b->first_batch;
	b->trust->hash_count = b->first_hash;
	info->keys = info->refused = info->skipped = info->unchecked = 0;
	info->issuers = info->rid_lists = 0;
	info->list_signed = info->items_checked = false;
	info->fault = sentence;
	info->fault_file = arena_copy(b->trust->arena, file);
	info->fault_offset = offset;
}

void *
trust_grow(struct trust *t, void *array, size_t count, size_t *capacity, size_t size)
{
	size_t wider = *capacity ? *capacity * 2 : 256;
	void *fresh = count < *capacity ? array : arena_alloc(t->arena, wider, size);

	if (!fresh || fresh == array)
		return fresh;
	if (count > 0)
		memcpy(fresh, array, count * size);
	*capacity = wider;
	return fresh;
}

int64_t
trust_seen(int64_t seen_at)
{
	return seen_at == 0 ? TIME_NONE : seen_at;
}

static int
grow(struct trust_builder *b)
{
	struct trust *t = b->trust;
	struct trust_key *keys = trust_grow(
		t, t->keys, t->key_count, &b->capacity, sizeof(*t->keys));

	if (!keys)
		return arena_error(t->arena);
	t->keys = keys;
	return 0;
}

static int
put_key(struct trust_builder *b, const struct trust_item *item, const struct key *key)
{
	struct trust *t = b->trust;
	struct trust_key k = { .source = b->info,
		.key = key ? key_ref(key) : NULL,
		.fault = item->cert ? cert_key_fault(item->cert) : item->fault,
		.cert = item->cert ? cert_ref(item->cert) : NULL,
		.kid = arena_copy(t->arena, item->kid),
		.authority = arena_copy(t->arena, item->authority),
		.name = arena_copy(t->arena, item->name),
		.usage = item->usage,
		.usage_foreign = item->usage_foreign,
		.seen_at = trust_seen(item->seen_at),
		.crl_version = item->crl_version,
		.domains = item->domains,
		.not_before = item->cert ? cert_not_before(item->cert) : TIME_NONE,
		.not_after = item->cert ? cert_not_after(item->cert) : trust_seen(item->until) };

	t->keys[t->key_count++] = k;
	if (!k.kid.ptr || !k.authority.ptr || !k.name.ptr)
		return arena_error(t->arena);
	return b->info->domain == TRUST_SHC ? trust_imply_issuer(b, item->authority, k.seen_at) : 0;
}

/* A verification method's identifier is a URL. */
static bool
kid_fits(const struct trust_builder *b, struct span kid)
{
	return kid.len > 0 && kid.len <= (b->info->domain == TRUST_VC ? KID_URL_MAX : KID_MAX);
}

int
builder_add(struct trust_builder *b, const struct trust_item *item)
{
	struct trust *t = b->trust;
	const struct key *key = item->cert ? cert_key(item->cert) : item->key;
	int r;

	if (b->info->fault)
		return 0;
	if (!kid_fits(b, item->kid)) {
		builder_skip(b);
		return 0;
	}
	if (t->key_count - b->first >= b->limit) {
		builder_fault(b, "the list has more keys than trust.keys allows", SPAN_NONE,
			PLACE_NO_OFFSET);
		return 0;
	}
	r = grow(b);
	if (r == 0)
		r = put_key(b, item, key);
	if (r != 0 || b->info->fault)
		return r;
	b->info->keys += key != NULL;
	b->info->refused += key == NULL;
	b->info->unchecked += key != NULL && item->unchecked;
	return 0;
}

static int
start_info(struct trust_builder *b, const struct trust_input *in)
{
	struct trust *t = b->trust;
	struct span name = arena_copy(t->arena, in->name);

	if (!name.ptr)
		return arena_error(t->arena);
	b->first = t->key_count;
	b->first_issuer = t->issuer_count;
	b->first_revoked = t->revoked_count;
	b->first_batch = t->batch_count;
	b->first_hash = t->hash_count;
	b->rids = 0;
	b->info = &t->sources[t->source_count++];
	*b->info = (struct trust_source_info){ .name = name,
		.env = in->env,
		.domain = in->domain,
		.read_at = in->read_at,
		.issued_at = TIME_NONE,
		.expires_at = TIME_NONE,
		.newest_at = TIME_NONE,
		.max_age = in->max_age,
		.fault_offset = PLACE_NO_OFFSET };
	return 0;
}

static size_t
total_bytes(const struct trust_input *in)
{
	size_t total = 0;

	for (size_t i = 0; i < in->file_count; i++)
		total += in->files[i].bytes.len;
	return total;
}

/* What the operator configured must have an effect: a pin that nothing is checked against is none. */
static const char *
misfit(const struct work *w, const struct trust_source *kind, const struct trust_input *in)
{
	if (!kind && in->kind.len > 0)
		return "the kind that is configured is none that is known here";
	if (!kind)
		return "this is none of the kinds of trust list that are known here";
	if (in->file_count > kind->files)
		return "this kind of list stands in fewer files than were given";
	if (in->pin.len > 0 && !kind->takes_pin)
		return "a pin is configured, but this kind of list carries no signature";
	if (in->anchors.len > 0 && !kind->takes_anchors)
		return "anchors are configured, but this kind of list carries no certificates";
	if (in->issuer.len > 0 && !kind->takes_issuer)
		return "an issuer is configured, but this kind of list names its own";
	if (in->allow_untyped_keys && !kind->takes_untyped)
		return "allow_untyped_keys is configured, but means nothing for this kind of list";
	if (kind->health_cards && in->domain != TRUST_SHC && in->domain != TRUST_DCC)
		return "this kind of list is of SMART Health Cards, not of the configured scheme";
	if (kind->health_cards && kind->takes_issuer && in->issuer.len == 0)
		return "this kind of list does not say whose it is: configure its issuer";
	if (total_bytes(in) > w->limits->trust_bytes)
		return "the list is larger than trust.bytes allows";
	return NULL;
}

static int
read_with(struct work *w, const struct trust_source *kind, const struct trust_input *in,
	struct trust_builder *b)
{
	size_t budget = SCRATCH_BUDGET + total_bytes(in) * SCRATCH_FACTOR;
	struct report report;
	struct work own = *w;
	int r;

	own.arena = arena_new(budget);
	own.report = &report;
	if (!own.arena)
		return -ENOMEM;
	report_begin(&report, own.arena);
	r = kind->read(&own, in, b);
	arena_free(own.arena);
	if (r != -ENOBUFS)
		return r;
	builder_fault(b, "the list takes more memory than any of its size should",
		in->files[0].name, PLACE_NO_OFFSET);
	return 0;
}

static int
read_list(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	const struct trust_source *kind;
	const char *fault;
	int r;

	kind = trust_source_kind(in->kind);
	b->info->kind = kind ? span_of(kind->kind) : SPAN_NONE;
	if (in->fault || in->file_count == 0) {
		builder_fault(b, in->fault ? in->fault : "there is no file to read",
			in->fault ? in->fault_file : in->name, PLACE_NO_OFFSET);
		return 0;
	}
	kind = in->kind.len > 0 ? trust_source_kind(in->kind) : trust_source_detect(in);
	fault = misfit(w, kind, in);
	b->info->kind = kind ? span_of(kind->kind) : SPAN_NONE;
	if (fault) {
		builder_fault(b, fault, in->files[0].name, PLACE_NO_OFFSET);
		return 0;
	}
	/* the default scheme is another's; the form itself says whose keys these are */
	if (kind->health_cards)
		b->info->domain = TRUST_SHC;
	r = read_with(w, kind, in, b);
	if (r == 0 && b->info->keys + b->info->refused + b->info->issuers + b->info->rid_lists == 0)
		builder_fault(
			b, "the list holds no signer at all", in->files[0].name, PLACE_NO_OFFSET);
	return r;
}

/* Chains are filled from the end, refused keys first: so they run in list order, usable keys first. */
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
	for (int usable = 0; usable < 2; usable++)
		for (size_t i = t->key_count; i-- > 0;) {
			const struct trust_key *k = &t->keys[i];
			struct trust_scope scope = { k->source->env, k->source->domain };
			uint32_t *slot = &t->slots[trust_hash(scope, k->kid) & (slots - 1)];
			if ((k->key != NULL) != (usable == 1))
				continue;
			t->next[i] = *slot;
			*slot = (uint32_t)i;
		}
	return 0;
}

static int
read_all(struct work *w, const struct trust_input *in, size_t count, struct trust *t)
{
	struct trust_builder b = {
		.trust = t, .limit = w->limits->trust_keys, .rid_limit = w->limits->trust_rids
	};
	int r = 0;

	t->sources = ARENA_ARRAY(t->arena, count + 1, struct trust_source_info);
	if (!t->sources)
		return arena_error(t->arena);
	for (size_t i = 0; i < count && r == 0; i++) {
		r = start_info(&b, &in[i]);
		if (r == 0)
			r = read_list(w, &in[i], &b);
	}
	if (r == 0)
		r = index_keys(t);
	if (r == 0)
		r = trust_sort_issuers(t);
	if (r == 0)
		trust_name_keys(t);
	if (r == 0)
		trust_sort_batches(t);
	return r == 0 ? trust_sort_revoked(t) : r;
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
	if (read_all(w, in, count, t) != 0) {
		trust_unref(t);
		return -ENOMEM;
	}
	*out = t;
	return 0;
}
