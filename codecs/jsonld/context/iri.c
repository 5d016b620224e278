/* iri.c - IRI expansion (JSON-LD 1.1 API, 5.2), within a finished context or one being defined. */
#include "codecs/jsonld/iri.h"

#include "codecs/jsonld/context/define.h"

/* Where to look: a context, and the definition that is making it, if one is. */
struct lookup {
	struct ld_run *x;
	const struct ld_context *c;
	struct define *d;
};

static struct ld_iri
as_text(struct span s)
{
	return (struct ld_iri){ KW_NONE, s };
}

static struct ld_iri
as_keyword(enum keyword k)
{
	return (struct ld_iri){ k, keyword_text(k) };
}

/* Sees to it that a term of the definition under way is defined before it is used. */
static void
define_first(const struct lookup *l, struct span name)
{
	struct define_entry *e = l->d ? define_entry_of(l->d, name) : NULL;

	if (e && e->state != DEFINE_DONE && keyword_of(name) == KW_NONE)
		define_term(l->d, e);
}

/* Offset of the first colon behind the first character; 0: there is none. */
static size_t
colon_in(struct span s)
{
	size_t at = s.len > 1 ? 1 + span_find(span_from(s, 1), ':') : 0;

	return at < s.len ? at : 0;
}

/* True: *out is what it stands for. */
static bool
by_colon(const struct lookup *l, struct span value, struct ld_iri *out)
{
	size_t colon = colon_in(value);
	struct span prefix = span_slice(value, 0, colon), suffix = span_from(value, colon + 1);
	const struct ld_term *t;

	if (colon == 0)
		return false;
	if (span_is(prefix, "_") || span_starts(suffix, SPAN_LIT("//"))) {
		*out = as_text(value);
		return true;
	}
	define_first(l, prefix);
	t = context_term(l->c, prefix);
	if (t && t->prefix && t->iri.text.ptr)
		*out = as_text(ld_join(l->x, t->iri.text, suffix));
	else if (iri_absolute(value, l->x->loose))
		*out = as_text(value);
	else
		return false;
	return true;
}

static struct span
resolved(const struct lookup *l, struct span value)
{
	struct span s = iri_resolve(l->x->arena, l->c->base, value);

	if (!s.ptr)
		ld_memory(l->x);
	return s;
}

static struct ld_iri
relative(const struct lookup *l, struct span value, unsigned how)
{
	if ((how & IRI_VOCAB) && l->c->vocab.ptr)
		return as_text(ld_join(l->x, l->c->vocab, value));
	if ((how & IRI_DOCUMENT) && l->c->base.ptr)
		return as_text(resolved(l, value));
	return as_text(value);
}

static struct ld_iri
look_up(const struct lookup *l, struct span value, unsigned how)
{
	enum keyword k = keyword_of(value);
	const struct ld_term *t;
	struct ld_iri out;

	if (k != KW_NONE)
		return as_keyword(k);
	if (keyword_like(value))
		return as_text(SPAN_NONE);
	define_first(l, value);
	if (l->x->stop)
		return as_text(SPAN_NONE);
	t = context_term(l->c, value);
	if (t && (t->iri.keyword != KW_NONE || (how & IRI_VOCAB)))
		return t->iri;
	if (by_colon(l, value, &out))
		return out;
	return relative(l, value, how);
}

struct ld_iri
context_iri(struct ld_run *x, const struct ld_context *c, struct span value, unsigned how)
{
	return look_up(&(const struct lookup){ x, c, NULL }, value, how);
}

struct ld_iri
define_iri(struct define *d, struct span value, unsigned how)
{
	return look_up(&(const struct lookup){ d->x, d->result, d }, value, how);
}
