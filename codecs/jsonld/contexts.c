/* contexts.c - documents by URL, and what comes of processing them in the orders in which they are met. */
#include "codecs/jsonld/contexts.h"

#include "codecs/base/kit.h"
#include "codecs/jsonld/context/memo.h"
#include "codecs/jsonld/known/known.h"
#include "codecs/seal/digest.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { ARENA_MAX = 256 << 20, SLOTS = 64, SHA256 = 32 };

struct entry {
	struct jsonld_known known;
	enum known_kind kind;
	struct entry *chain, *next;
};

struct jsonld_contexts {
	struct jsonld_loader loader;
	struct arena *arena;
	struct entry *slots[SLOTS];
	struct entry *first, *last;
};

static size_t
slot_of(struct span url)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < url.len; i++)
		h = (h ^ url.ptr[i]) * 16777619u;
	return (h ^ h >> 16) % SLOTS;
}

static struct entry *
find(const struct jsonld_contexts *c, struct span url)
{
	struct entry *e = c->slots[slot_of(url)];

	while (e && !span_eq(e->known.url, url))
		e = e->chain;
	return e;
}

static int
put(struct jsonld_contexts *c, const struct jsonld_known *known, enum known_kind kind)
{
	struct entry *e = ARENA_NEW(c->arena, struct entry),
		     **slot = &c->slots[slot_of(known->url)];

	if (!e)
		return -ENOMEM;
	*e = (struct entry){ *known, kind, *slot, NULL };
	*slot = e;
	if (c->last)
		c->last->next = e;
	else
		c->first = e;
	c->last = e;
	return 0;
}

static const struct node *
load(const struct jsonld_loader *self, struct work *w, struct span url)
{
	const struct jsonld_contexts *c = (const struct jsonld_contexts *)(const void *)self;
	const struct entry *e = find(c, url);

	(void)w;
	return e ? e->known.document : NULL;
}

static int
put_known(struct jsonld_contexts *c, const struct known *k)
{
	struct jsonld_known known = { .url = span_of(k->url), .document = k->document };

	if (k->kind == KNOWN_ALIAS)
		return jsonld_contexts_alias(c, known.url, span_of(k->sha256));
	known.sha256 = span_of(k->sha256);
	return put(c, &known, k->kind);
}

int
jsonld_contexts_new(bool tests, struct jsonld_contexts **out)
{
	struct arena *a = arena_new(ARENA_MAX);
	struct jsonld_contexts *c = a ? ARENA_NEW(a, struct jsonld_contexts) : NULL;
	int rc = c ? 0 : -ENOMEM;
	struct known k;

	if (c) {
		c->arena = a;
		c->loader.load = load;
	}
	for (size_t at = 0; rc == 0 && known_next(a, &at, &k);)
		if (tests || k.kind != KNOWN_TEST)
			rc = put_known(c, &k);
	if (rc == 0 && arena_error(a) == 0) {
		*out = c;
		return 0;
	}
	arena_free(a);
	return -ENOMEM;
}

void
jsonld_contexts_free(struct jsonld_contexts *c)
{
	if (c)
		arena_free(c->arena); /* itself included */
}

/* The text's document, in c's arena; NULL: it is none. */
static const struct node *
read_document(struct jsonld_contexts *c, struct kit *kit, struct span text)
{
	struct report report;
	struct work w = { c->arena, &report, &limits_default, kit, 0 };
	const struct node *n = NULL;

	report_begin(&report, c->arena);
	if (!text.ptr || node_from_json(&w, text, "json", &n) < 0)
		return NULL;
	return node_get(n, "@context") ? n : NULL;
}

static struct span
hex(struct arena *a, struct span bytes)
{
	struct buf b = buf_in(a, bytes.len * 2);

	buf_hex(&b, bytes);
	return buf_span(&b);
}

int
jsonld_contexts_add(struct jsonld_contexts *c, struct kit *kit, struct span url, struct span text,
	struct span sha256)
{
	uint8_t is[SHA256];
	struct jsonld_known known = { .url = arena_copy(c->arena, url) };
	const struct entry *before = find(c, url);
	int rc = digest_of(kit, DIGEST_SHA256, text, is);

	known.sha256 = hex(c->arena, sha256);
	if (rc < 0)
		return rc;
	if (!span_eq(sha256, (struct span){ is, sizeof(is) }))
		return -EBADMSG;
	if (before)
		return span_eq(before->known.sha256, known.sha256) ? 0 : -EEXIST;
	known.document = read_document(c, kit, arena_copy(c->arena, text));
	if (arena_error(c->arena))
		return -ENOMEM;
	return known.document ? put(c, &known, KNOWN_OTHER) : -EINVAL;
}

int
jsonld_contexts_alias(struct jsonld_contexts *c, struct span url, struct span of)
{
	const struct entry *e = find(c, of);
	struct jsonld_known known;

	if (!e)
		return -ENOENT;
	if (find(c, url))
		return -EEXIST;
	known = e->known;
	known.url = arena_copy(c->arena, url);
	known.of = e->known.url;
	return known.url.ptr ? put(c, &known, KNOWN_ALIAS) : -ENOMEM;
}

/* What follows on a context that documents begin with. */
struct filling {
	struct jsonld_contexts *c;
	struct work *w;
	const struct jsonld_options *options;
	struct ld_memo *memo; /* handed from run to run */
	bool failed;
};

/* A fault only means that no document may combine these: it is found again where one does. */
static const struct ld_context *
fill(struct filling *f, const struct ld_context *on, const struct entry *e)
{
	struct ld_run x = ld_begin(f->w, f->options, e->known.document);
	const struct ld_remote here = { .url = e->known.url, .count = 1 };
	const struct ld_context *c;

	if (e->kind == KNOWN_ALIAS || f->failed)
		return NULL;
	x.memo = f->memo;
	x.keeping = true;
	c = context_process(&x, on, node_get(e->known.document, "@context"), here.url, &here, 0);
	f->memo = x.memo;
	f->failed = x.error != 0;
	return c;
}

/* Each alone; and each on top of one that documents begin with.  More is kept by the threads that meet it. */
static void
fill_from(struct filling *f, const struct ld_context *initial, const struct entry *first)
{
	const struct ld_context *one = fill(f, initial, first);

	for (const struct entry *e = f->c->first; e && one && first->kind == KNOWN_FIRST;
		e = e->next)
		if (e != first)
			(void)fill(f, one, e);
}

int
jsonld_contexts_finish(struct jsonld_contexts *c)
{
	const struct jsonld_options o = { .loader = &c->loader, .safe = true, .layer = "json" };
	struct report report;
	struct work w = { c->arena, &report, &limits_default, NULL, 0 };
	struct ld_context *initial = ARENA_NEW(c->arena, struct ld_context);
	struct filling f = { .c = c, .w = &w, .options = &o };

	report_begin(&report, c->arena);
	if (!initial || getentropy(&c->loader.serial, sizeof(c->loader.serial)) != 0)
		return -ENOMEM;
	initial->durable = true;
	for (const struct entry *e = c->first; e; e = e->next)
		fill_from(&f, initial, e);
	if (f.failed || arena_error(c->arena))
		return -ENOMEM;
	c->loader.initial = initial;
	c->loader.memo = f.memo;
	return 0;
}

const struct jsonld_loader *
jsonld_contexts_loader(const struct jsonld_contexts *c)
{
	return &c->loader;
}

bool
jsonld_contexts_at(const struct jsonld_contexts *c, size_t index, struct jsonld_known *out)
{
	const struct entry *e = c->first;

	for (; e && index > 0; index--)
		e = e->next;
	if (e)
		*out = e->known;
	return e;
}
