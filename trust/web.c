/* web.c - answers that were fetched, each read once and shared by every snapshot that still holds it.
 *
 * A snapshot is a sorted row of references to counted entries, so that one more
 * answer costs a row of pointers and not another reading of all of them.
 */
#include "trust/web.h"

#include "trust/trust_impl.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct held {
	atomic_uint refs;
	struct web_entry entry;
	struct trust *trust;
	size_t weight; /* bytes of memory, near enough */
	uint8_t bytes[]; /* of the need's texts */
};

struct web {
	atomic_uint refs;
	struct held **row; /* by need */
	size_t count, weight;
};

enum { KEY_WEIGHT = 4096 }; /* of a public key, which OpenSSL holds */

/* --- entries --- */

static void
held_unref(struct held *h)
{
	if (atomic_fetch_sub_explicit(&h->refs, 1, memory_order_acq_rel) != 1)
		return;
	trust_unref(h->trust);
	free(h);
}

static struct held *
held_ref(struct held *h)
{
	atomic_fetch_add_explicit(&h->refs, 1, memory_order_relaxed);
	return h;
}

/* A copy behind the entry; *at moves on. */
static struct span
keep(struct held *h, struct span s, size_t *at)
{
	uint8_t *to = &h->bytes[*at];

	if (!s.ptr)
		return SPAN_NONE;
	memcpy(to, s.ptr, s.len);
	*at += s.len;
	return (struct span){ to, s.len };
}

static struct held *
held_new(const struct web_item *item)
{
	const struct need *n = &item->need;
	struct span bytes = n->kind == NEED_STATUS && item->bytes.len <= WEB_LIST_MAX ? item->bytes
										      : SPAN_NONE;
	size_t len = n->issuer.len + n->kid.len + n->url.len + n->body.len + bytes.len, at = 0;
	struct held *h = len < SIZE_MAX / 2 ? calloc(1, sizeof(*h) + len + 1) : NULL;

	if (!h)
		return NULL;
	atomic_init(&h->refs, 1);
	h->weight = sizeof(*h) + len;
	h->entry.item = *item;
	h->entry.item.need.issuer = keep(h, n->issuer, &at);
	h->entry.item.need.kid = keep(h, n->kid, &at);
	h->entry.item.need.url = keep(h, n->url, &at);
	h->entry.item.need.body = keep(h, n->body, &at);
	h->entry.item.bytes = keep(h, bytes, &at);
	h->entry.tried = item->at;
	return h;
}

/* What was read turns out to be what was asked for, or the entry says why not. */
static const char *
fault_of(const struct trust *t, const struct need *n)
{
	struct trust_revocation unused;

	if (trust_source_at(t, 0)->fault)
		return trust_source_at(t, 0)->fault;
	if (n->kind == NEED_REVOCATIONS &&
		!trust_revocation(t, n->scope, n->issuer, n->kid, SPAN_NONE,
			(struct moment){ .seconds = TIME_NONE }, &unused))
		return "this is no revocation list of the key that was asked about";
	return NULL;
}

/* As which kind of list an answer is read, and how long it may be. */
static const struct form {
	const char *kind;
	size_t max;
} forms[] = {
	[NEED_ISSUER_KEYS] = { "issuer-keys", WEB_KEYS_MAX },
	[NEED_DID_DOCUMENT] = { "did", WEB_KEYS_MAX },
	[NEED_REVOCATIONS] = { "rid-list", WEB_LIST_MAX },
	[NEED_STATUS] = { "", WEB_LIST_MAX },
};

static int
read_answer(struct work *w, struct held *h, struct span bytes)
{
	struct web_item *item = &h->entry.item;
	const struct form *form = &forms[item->need.kind];
	struct trust_file file = { item->need.url, bytes };
	struct trust_input in = { .name = item->need.url,
		.kind = span_of(form->kind),
		.env = item->need.scope.env,
		.domain = item->need.scope.domain,
		.files = &file,
		.file_count = 1,
		.issuer = item->need.issuer,
		.did = item->need.kind == NEED_DID_DOCUMENT ? item->need.kid : SPAN_NONE,
		.read_at = item->at };

	if (item->state != WEB_GOOD)
		return 0;
	item->state = WEB_BAD;
	if (bytes.len > form->max) {
		h->entry.fault = "the answer is longer than one of this kind may be";
		return 0;
	}
	if (item->need.kind == NEED_STATUS) {
		item->state = WEB_GOOD;
		return 0;
	}
	if (trust_build(w, &in, 1, &h->trust) != 0)
		return -ENOMEM;
	h->entry.fault = fault_of(h->trust, &item->need);
	if (h->entry.fault) {
		trust_unref(h->trust);
		h->trust = NULL;
		return 0;
	}
	item->state = WEB_GOOD;
	h->entry.trust = h->trust;
	h->weight += arena_used(h->trust->arena) + h->trust->key_count * KEY_WEIGHT;
	return 0;
}

/* A good one that outlives a failed attempt, and remembers it. */
static struct held *
held_tried(struct held *old, int64_t tried)
{
	struct held *h = held_new(&old->entry.item);

	if (!h)
		return NULL;
	h->trust = old->trust ? trust_ref(old->trust) : NULL; /* a status list has none */
	h->entry.trust = h->trust;
	h->weight = old->weight;
	h->entry.tried = tried;
	return h;
}

/* --- the row --- */

bool
need_same(const struct need *a, const struct need *b)
{
	return a->kind == b->kind && a->scope.env == b->scope.env &&
	       a->scope.domain == b->scope.domain && span_eq(a->issuer, b->issuer) &&
	       span_eq(a->kid, b->kid) && span_eq(a->url, b->url) &&
	       (a->body.ptr != NULL) == (b->body.ptr != NULL) && span_eq(a->body, b->body);
}

static int
compare(const struct need *a, const struct need *b)
{
	const int numbers[] = { (int)a->kind - (int)b->kind, (int)a->scope.env - (int)b->scope.env,
		(int)a->scope.domain - (int)b->scope.domain };
	int c = span_cmp(a->url, b->url);

	for (size_t i = 0; c == 0 && i < sizeof(numbers) / sizeof(numbers[0]); i++)
		c = numbers[i];
	if (c == 0)
		c = span_cmp(a->issuer, b->issuer);
	if (c == 0)
		c = span_cmp(a->kid, b->kid);
	return c != 0 ? c : span_cmp(a->body, b->body);
}

/* Where it stands or would stand; *found tells which. */
static size_t
position(const struct web *w, const struct need *n, bool *found)
{
	size_t low = 0, high = w->count;

	*found = false;
	while (low < high && !*found) {
		size_t mid = low + (high - low) / 2;
		int c = compare(&w->row[mid]->entry.item.need, n);
		*found = c == 0;
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return high;
}

static void
take_out(struct web *w, size_t i)
{
	w->weight -= w->row[i]->weight;
	held_unref(w->row[i]);
	w->count--;
	memmove(&w->row[i], &w->row[i + 1], (w->count - i) * sizeof(struct held *));
}

static void
drop_oldest(struct web *w)
{
	size_t oldest = 0;

	for (size_t i = 1; i < w->count; i++)
		if (w->row[i]->entry.item.at < w->row[oldest]->entry.item.at)
			oldest = i;
	take_out(w, oldest);
}

/* Takes h over. */
static int
put(struct web *w, struct held *h)
{
	bool found;
	size_t i = position(w, &h->entry.item.need, &found);
	struct held *old = found ? w->row[i] : NULL;

	if (old && old->entry.item.state == WEB_GOOD && h->entry.item.state != WEB_GOOD) {
		struct held *kept = held_tried(old, h->entry.tried);
		held_unref(h);
		if (!kept)
			return -ENOMEM;
		h = kept;
	}
	w->weight += h->weight;
	if (old) {
		w->weight -= old->weight;
		held_unref(old);
	} else {
		memmove(&w->row[i + 1], &w->row[i], (w->count - i) * sizeof(struct held *));
		w->count++;
	}
	w->row[i] = h;
	while (w->count > WEB_ENTRIES_MAX || (w->weight > WEB_WEIGHT_MAX && w->count > 1))
		drop_oldest(w);
	return 0;
}

static int
put_item(struct work *w, struct web *to, const struct web_item *item)
{
	if (item->need.kind == NEED_FILE || item->until < w->now)
		return 0;
	struct held *h = held_new(item);
	if (!h)
		return -ENOMEM;
	int r = read_answer(w, h, item->bytes);
	if (r == 0)
		return put(to, h);
	held_unref(h);
	return r;
}

static bool
is_fresh(const struct held *h, int64_t now)
{
	return h->entry.item.until >= now;
}

int
web_with(struct work *w, const struct web *old, const struct web_item *items, size_t count,
	struct web **out)
{
	size_t most = old ? old->count : 0;
	struct web *web = calloc(1, sizeof(*web));
	int r = 0;

	/* one more than may stay: it is put in before the oldest goes */
	most = most + count < WEB_ENTRIES_MAX ? most + count : WEB_ENTRIES_MAX;
	if (web)
		web->row = calloc(most + 1, sizeof(struct held *));
	if (!web || !web->row) {
		free(web);
		return -ENOMEM;
	}
	atomic_init(&web->refs, 1);
	for (size_t i = 0; old && i < old->count; i++)
		if (is_fresh(old->row[i], w->now)) {
			web->weight += old->row[i]->weight;
			web->row[web->count++] = held_ref(old->row[i]);
		}
	for (size_t i = 0; i < count && r == 0; i++)
		r = put_item(w, web, &items[i]);
	if (r != 0)
		web_unref(web);
	else
		*out = web;
	return r;
}

struct web *
web_ref(struct web *w)
{
	atomic_fetch_add_explicit(&w->refs, 1, memory_order_relaxed);
	return w;
}

void
web_unref(struct web *w)
{
	if (!w || atomic_fetch_sub_explicit(&w->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < w->count; i++)
		held_unref(w->row[i]);
	free(w->row);
	free(w);
}

const struct web_entry *
web_find(const struct web *w, const struct need *n, int64_t now)
{
	bool found = false;
	size_t i = w ? position(w, n, &found) : 0;

	return found && is_fresh(w->row[i], now) ? &w->row[i]->entry : NULL;
}
