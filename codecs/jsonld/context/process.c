/* process.c - local contexts on top of an active one (JSON-LD 1.1 API, 4.1.2). */
#include "codecs/jsonld/context/define.h"
#include "codecs/jsonld/context/kept.h"
#include "codecs/jsonld/context/memo.h"
#include "codecs/jsonld/iri.h"

enum { FROM_ELSEWHERE = 8 }; /* in a memo's key: @base has no effect in remote contexts */

/* What all steps of one call have in common. */
struct process {
	struct ld_run *x;
	struct span base;
	const struct ld_remote *remotes;
	unsigned how;
	bool locally;
};

static struct ld_context *
clone(struct ld_run *x, const struct ld_context *c)
{
	struct ld_context *copy = ld_need(x, ARENA_NEW(x->arena, struct ld_context));

	if (copy) {
		*copy = *c;
		copy->durable = x->keeping;
	}
	return copy;
}

static bool
fault(const struct process *p, enum jsonld_code code, const struct node *at)
{
	ld_fault(p->x, code, at);
	return false;
}

/* 5.1: back to the beginning, which protected terms forbid. */
static const struct ld_context *
nullify(const struct process *p, const struct ld_context *c, const struct node *item)
{
	struct ld_context *fresh;

	if (!(p->how & PROCESS_OVERRIDE) && layers_protect(c->terms)) {
		fault(p, JSONLD_INVALID_CONTEXT_NULLIFICATION, item);
		return NULL;
	}
	fresh = ld_need(p->x, ARENA_NEW(p->x->arena, struct ld_context));
	if (!fresh)
		return NULL;
	fresh->base = fresh->first_base = c->first_base;
	fresh->durable = p->x->keeping;
	if (p->locally)
		fresh->previous = c;
	return fresh;
}

static bool
leads_here(const struct ld_remote *r, struct span url)
{
	for (; r; r = r->up)
		if (span_eq(r->url, url))
			return true;
	return false;
}

static bool
resolve(const struct process *p, const struct node *item, struct span *out)
{
	struct span s = item->as.bytes;

	if (!iri_absolute(s, false)) {
		if (!p->base.ptr)
			return fault(p, JSONLD_LOADING_REMOTE_CONTEXT_FAILED, item);
		s = iri_resolve(p->x->arena, p->base, s);
		if (!s.ptr) {
			ld_memory(p->x);
			return false;
		}
	}
	*out = s;
	return true;
}

/* The document's @context. */
static const struct node *
load(const struct process *p, struct span url, const struct node *item)
{
	const struct jsonld_loader *loader = p->x->options->loader;
	const struct node *document = loader ? loader->load(loader, p->x->work, url) : NULL;
	const struct node *context = node_get(document, "@context");

	if (arena_error(p->x->arena))
		ld_memory(p->x);
	else if (!document)
		fault(p, JSONLD_LOADING_REMOTE_CONTEXT_FAILED, item);
	else if (!context)
		fault(p, JSONLD_INVALID_REMOTE_CONTEXT, item);
	return p->x->stop ? NULL : context;
}

/* 5.2 */
static const struct ld_context *
follow(const struct process *p, const struct ld_context *c, const struct node *item)
{
	struct ld_run *x = p->x;
	size_t max = x->work->limits->jsonld_contexts;
	struct ld_remote here = { .up = p->remotes };
	const struct node *loaded;
	unsigned how;

	if (!resolve(p, item, &here.url))
		return NULL;
	if ((p->how & PROCESS_TRY) && leads_here(p->remotes, here.url))
		return c;
	here.count = p->remotes ? p->remotes->count + 1 : 1;
	if (here.count > max || (!p->remotes && ++x->contexts > max)) {
		ld_limit(x, "jsonld.contexts", max, item);
		return NULL;
	}
	loaded = load(p, here.url, item);
	how = p->how & ~(unsigned)PROCESS_LOCALLY;
	if (x->options->loader && x->options->loader->initial)
		how |= PROCESS_KEEP;
	return loaded ? context_process(x, c, loaded, here.url, &here, how) : NULL;
}

/* 5.5 */
static bool
take_version(const struct process *p, const struct node *definition)
{
	const struct node *version = node_get(definition, "@version");

	if (!version)
		return true;
	if (version->kind != NODE_REAL || version->as.real < 1.1 || version->as.real > 1.1)
		return fault(p, JSONLD_INVALID_VERSION_VALUE, version);
	return !p->x->mode_10 || fault(p, JSONLD_PROCESSING_MODE_CONFLICT, version);
}

/* 5.6: *out is what is imported, or NULL. */
static bool
take_import(const struct process *p, const struct node *definition, const struct node **out)
{
	const struct node *import = node_get(definition, "@import");
	struct span url;

	*out = NULL;
	if (!import)
		return true;
	if (p->x->mode_10)
		return fault(p, JSONLD_INVALID_CONTEXT_ENTRY, import);
	if (import->kind != NODE_TEXT)
		return fault(p, JSONLD_INVALID_IMPORT_VALUE, import);
	if (!resolve(p, import, &url))
		return false;
	*out = load(p, url, import);
	if (*out && (*out)->kind != NODE_MAP)
		return fault(p, JSONLD_INVALID_REMOTE_CONTEXT, import);
	if (node_get(*out, "@import"))
		return fault(p, JSONLD_INVALID_CONTEXT_ENTRY, import);
	return !p->x->stop;
}

/* 5.7 */
static bool
take_base(const struct process *p, const struct define *d)
{
	const struct node *base = define_value(d, KW_BASE);
	struct ld_context *c = d->result;

	if (!base || p->remotes)
		return true;
	if (base->kind == NODE_NULL) {
		c->base = SPAN_NONE;
		return true;
	}
	if (base->kind != NODE_TEXT)
		return fault(p, JSONLD_INVALID_BASE_IRI, base);
	if (iri_absolute(base->as.bytes, p->x->loose)) {
		c->base = base->as.bytes;
		return true;
	}
	if (!c->base.ptr)
		return fault(p, JSONLD_INVALID_BASE_IRI, base);
	c->base = iri_resolve(p->x->arena, c->base, base->as.bytes);
	if (!c->base.ptr)
		ld_memory(p->x);
	return !p->x->stop;
}

/* 5.8 */
static bool
take_vocab(const struct process *p, const struct define *d)
{
	const struct node *vocab = define_value(d, KW_VOCAB);
	struct ld_iri i;

	if (!vocab)
		return true;
	if (vocab->kind == NODE_NULL) {
		d->result->vocab = SPAN_NONE;
		return true;
	}
	if (vocab->kind != NODE_TEXT)
		return fault(p, JSONLD_INVALID_VOCAB_MAPPING, vocab);
	if (p->x->mode_10 && !iri_absolute(vocab->as.bytes, p->x->loose) &&
		!iri_blank(vocab->as.bytes))
		return fault(p, JSONLD_INVALID_VOCAB_MAPPING, vocab);
	i = context_iri(p->x, d->result, vocab->as.bytes, IRI_VOCAB | IRI_DOCUMENT);
	if (!p->x->stop && (i.keyword != KW_NONE || !i.text.ptr))
		return fault(p, JSONLD_INVALID_VOCAB_MAPPING, vocab);
	d->result->vocab = i.text;
	return !p->x->stop;
}

/* 5.9 and 5.10 */
static bool
take_language(const struct process *p, const struct define *d)
{
	const struct node *language = define_value(d, KW_LANGUAGE);
	const struct node *direction = define_value(d, KW_DIRECTION);
	struct span way = node_text(direction);

	if (language && language->kind != NODE_NULL && language->kind != NODE_TEXT)
		return fault(p, JSONLD_INVALID_DEFAULT_LANGUAGE, language);
	if (language)
		d->result->language = node_text(language);
	if (!direction)
		return true;
	if (p->x->mode_10)
		return fault(p, JSONLD_INVALID_CONTEXT_ENTRY, direction);
	if (direction->kind != NODE_NULL && !span_is(way, "ltr") && !span_is(way, "rtl"))
		return fault(p, JSONLD_INVALID_BASE_DIRECTION, direction);
	d->result->direction = span_is(way, "ltr")   ? LD_LTR
			       : span_is(way, "rtl") ? LD_RTL
						     : LD_NO_DIRECTION;
	return true;
}

/* 5.11, and what @protected says of all terms */
static bool
take_flags(const struct process *p, struct define *d)
{
	const struct node *propagate = define_value(d, KW_PROPAGATE);
	const struct node *protects = define_value(d, KW_PROTECTED);

	if (propagate && p->x->mode_10)
		return fault(p, JSONLD_INVALID_CONTEXT_ENTRY, propagate);
	if (propagate && propagate->kind != NODE_BOOL)
		return fault(p, JSONLD_INVALID_PROPAGATE_VALUE, propagate);
	if (protects && protects->kind != NODE_BOOL)
		return fault(p, JSONLD_INVALID_PROTECTED_VALUE, protects);
	d->protects = protects && protects->as.boolean;
	return true;
}

static bool
is_setting(enum keyword k)
{
	return k == KW_BASE || k == KW_DIRECTION || k == KW_IMPORT || k == KW_LANGUAGE ||
	       k == KW_PROPAGATE || k == KW_PROTECTED || k == KW_VERSION || k == KW_VOCAB;
}

static void
define_all(struct define *d)
{
	for (size_t i = 0; i < d->count && !d->x->stop; i++) {
		struct define_entry *e = &d->entries[i];

		/* reserved words are passed over when they are met, and then stay under way */
		if (!is_setting(keyword_of(e->value->key)) && e->state == DEFINE_TODO)
			define_term(d, e);
	}
}

/* 5.5 to 5.13 */
static const struct ld_context *
define(const struct process *p, const struct ld_context *c, const struct node *definition)
{
	struct define d = { .x = p->x, .base = p->base, .remotes = p->remotes, .how = p->how };
	const struct node *import;

	if (!take_version(p, definition) || !take_import(p, definition, &import))
		return NULL;
	if (!define_begin(&d, definition->size + (import ? import->size : 0)))
		return NULL;
	for (const struct node *e = import ? import->child : NULL; e; e = e->next)
		define_entry_add(&d, e);
	for (const struct node *e = definition->child; e; e = e->next)
		define_entry_add(&d, e);
	d.result = clone(p->x, c);
	if (!d.result || !take_base(p, &d) || !take_vocab(p, &d) || !take_language(p, &d) ||
		!take_flags(p, &d))
		return NULL;
	define_all(&d);
	return p->x->stop ? NULL : d.result;
}

static const struct ld_context *
apply(const struct process *p, const struct ld_context *c, const struct node *item)
{
	switch (item->kind) {
	case NODE_NULL:
		return nullify(p, c, item);
	case NODE_TEXT:
		return follow(p, c, item);
	case NODE_MAP:
		return define(p, c, item);
	default:
		fault(p, JSONLD_INVALID_LOCAL_CONTEXT, item);
		return NULL;
	}
}

static const struct ld_context *
apply_all(const struct process *p, const struct ld_context *active, const struct node *local)
{
	const struct ld_context *c = active;

	if (p->locally && !active->previous) {
		struct ld_context *own = clone(p->x, active);

		if (own)
			own->previous = active;
		c = own;
	}
	if (local->kind != NODE_LIST)
		return c ? apply(p, c, local) : NULL;
	for (const struct node *item = local->child; item && c && !p->x->stop; item = item->next)
		c = apply(p, c, item);
	return p->x->stop ? NULL : c;
}

/* Once for all documents of this thread: nothing of this one's memory may come into it, its spelling of the URL
 * included.  NULL without a stop: there was no room. */
static const struct ld_context *
apply_kept(const struct process *p, const struct ld_memo_key *key)
{
	struct ld_run *x = p->x;
	struct ld_kept *kept = x->kept;
	struct process own = *p;
	struct arena *before = x->arena;
	const struct ld_context *c;
	bool was = x->keeping;

	x->arena = kept->arena;
	x->keeping = true;
	if (p->base.ptr)
		own.base = arena_copy(kept->arena, p->base);
	c = apply_all(&own, key->active, key->local);
	if (c)
		memo_keep(x, &kept->memo, key, c);
	x->arena = before;
	x->keeping = was;
	if (!arena_error(kept->arena))
		return c;
	kept->full = true;
	if (x->code == JSONLD_FINE && x->error) { /* stopped by this alone */
		x->stop = false;
		x->error = 0;
	}
	return NULL;
}

static const struct ld_context *
recall(struct ld_run *x, const struct ld_memo_key *key)
{
	const struct jsonld_loader *loader = x->options->loader;
	const struct ld_context *c = loader ? memo_find(loader->memo, key) : NULL;

	if (!c && x->kept && !x->kept->full)
		c = memo_find(x->kept->memo, key);
	return c ? c : memo_find(x->memo, key);
}

static bool
may_keep(const struct ld_run *x, const struct ld_context *active, unsigned how)
{
	return (how & PROCESS_KEEP) && !(how & PROCESS_TRY) && active->durable && x->kept &&
	       !x->kept->full;
}

const struct ld_context *
context_process(struct ld_run *x, const struct ld_context *active, const struct node *local,
	struct span base, const struct ld_remote *remotes, unsigned how)
{
	unsigned own = how & ~(unsigned)PROCESS_KEEP;
	struct process p = { x, base, remotes, own, how & PROCESS_LOCALLY };
	const struct node *propagate = node_get(local, "@propagate");
	struct ld_memo_key key = { active, local, own | (remotes ? FROM_ELSEWHERE : 0) };
	const struct ld_context *c = how & PROCESS_TRY ? NULL : recall(x, &key);
	bool known = x->known;

	if (propagate && propagate->kind == NODE_BOOL)
		p.locally = !propagate->as.boolean;
	if (c || !ld_enter(x, local))
		return c;
	x->known |= (how & PROCESS_KEEP) != 0;
	if (may_keep(x, active, how))
		c = apply_kept(&p, &key);
	if (!c && !x->stop) {
		c = apply_all(&p, active, local);
		if (c && !(how & PROCESS_TRY))
			memo_keep(x, &x->memo, &key, c);
	}
	x->known = known;
	ld_leave(x);
	return x->stop ? NULL : c;
}

const struct ld_context *
context_of_term(
	struct ld_run *x, const struct ld_context *active, const struct ld_term *term, unsigned how)
{
	return context_process(x, active, term->context, term->base, NULL,
		how | (term->durable ? PROCESS_KEEP : 0u));
}

const struct ld_context *
context_bare(struct ld_run *x)
{
	const struct jsonld_options *o = x->options;
	struct ld_context *c = ld_need(x, ARENA_NEW(x->arena, struct ld_context));

	if (c && !o->absolute)
		c->base = c->first_base = o->base;
	return c;
}

const struct ld_context *
context_first(struct ld_run *x)
{
	const struct jsonld_options *o = x->options;
	const struct node *inner = node_get(o->expand_context, "@context");
	struct ld_context *c;

	if (o->loader && o->loader->initial && !o->base.ptr && !o->expand_context && !x->mode_10)
		return o->loader->initial;
	c = ld_need(x, ARENA_NEW(x->arena, struct ld_context));
	if (!c)
		return NULL;
	c->base = c->first_base = o->base;
	if (!o->expand_context)
		return c;
	return context_process(x, c, inner ? inner : o->expand_context, o->url, NULL, 0);
}
