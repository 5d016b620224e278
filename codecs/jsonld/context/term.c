/* term.c - one term's definition (JSON-LD 1.1 API, 4.2.2): its IRI, from what the definition says of it. */
#include "codecs/jsonld/context/define.h"
#include "codecs/jsonld/iri.h"

static bool
fault(struct define *d, enum jsonld_code code, const struct node *at)
{
	ld_fault(d->x, code, at);
	return false;
}

static bool
is_iri(const struct define *d, struct ld_iri i)
{
	return i.keyword == KW_NONE && i.text.ptr && iri_absolute(i.text, d->x->loose);
}

static bool
is_blank(struct ld_iri i)
{
	return i.keyword == KW_NONE && i.text.ptr && iri_blank(i.text);
}

static bool
has_colon_inside(struct span s)
{
	return s.len > 2 && span_find(span_slice(s, 1, s.len - 2), ':') < s.len - 2;
}

static bool
has_slash(struct span s)
{
	return span_find(s, '/') < s.len;
}

/* @type may only be made a set, or protected. */
static bool
may_redefine_type(const struct define *d, const struct node *value)
{
	const struct node *container = node_get(value, "@container");

	if (d->x->mode_10 || value->kind != NODE_MAP || value->size == 0)
		return false;
	for (const struct node *c = value->child; c; c = c->next)
		if (!span_is(c->key, "@container") && !span_is(c->key, "@protected"))
			return false;
	return !container || span_is(node_text(container), "@set");
}

static bool
take_type(struct define *d, const struct node *value, struct ld_term *t)
{
	const struct node *type = node_get(value, "@type");
	struct ld_iri i;

	if (!type)
		return true;
	if (type->kind != NODE_TEXT)
		return fault(d, JSONLD_INVALID_TYPE_MAPPING, type);
	i = define_iri(d, type->as.bytes, IRI_VOCAB);
	if (d->x->stop)
		return false;
	if ((i.keyword == KW_JSON || i.keyword == KW_NO) && d->x->mode_10)
		return fault(d, JSONLD_INVALID_TYPE_MAPPING, type);
	if (i.keyword != KW_ID && i.keyword != KW_JSON && i.keyword != KW_NO &&
		i.keyword != KW_VOCAB && !is_iri(d, i))
		return fault(d, JSONLD_INVALID_TYPE_MAPPING, type);
	t->type = i;
	return true;
}

/* What became of looking for the IRI. */
enum found { FOUND, FOUND_RESERVED /* a reserved word: no definition at all */, FOUND_FAULT };

static enum found
fail(struct define *d, enum jsonld_code code, const struct node *at)
{
	ld_fault(d->x, code, at);
	return FOUND_FAULT;
}

static enum found
take_reverse(
	struct define *d, const struct node *value, const struct node *reverse, struct ld_term *t)
{
	const struct node *container = node_get(value, "@container");
	struct span how = node_text(container);

	if (node_get(value, "@id") || node_get(value, "@nest"))
		return fail(d, JSONLD_INVALID_REVERSE_PROPERTY, value);
	if (reverse->kind != NODE_TEXT)
		return fail(d, JSONLD_INVALID_IRI_MAPPING, reverse);
	if (keyword_like(reverse->as.bytes))
		return FOUND_RESERVED;
	t->iri = define_iri(d, reverse->as.bytes, IRI_VOCAB);
	if (d->x->stop)
		return FOUND_FAULT;
	if (!is_iri(d, t->iri) && !is_blank(t->iri))
		return fail(d, JSONLD_INVALID_IRI_MAPPING, reverse);
	if (container && container->kind != NODE_NULL && !span_is(how, "@set") &&
		!span_is(how, "@index"))
		return fail(d, JSONLD_INVALID_REVERSE_PROPERTY, container);
	t->reverse = true;
	return FOUND;
}

/* A term that looks like an IRI, or a part of one, must stand for what it looks like. */
static bool
stands_for_itself(struct define *d, struct define_entry *e, const struct ld_term *t)
{
	struct ld_iri i;

	if (!has_colon_inside(t->name) && !has_slash(t->name))
		return true;
	e->state = DEFINE_DONE;
	i = define_iri(d, t->name, IRI_VOCAB);
	return d->x->stop || (i.keyword == t->iri.keyword && span_eq(i.text, t->iri.text)) ||
	       fault(d, JSONLD_INVALID_IRI_MAPPING, e->value);
}

static enum found
take_id(struct define *d, struct define_entry *e, const struct node *id, struct ld_term *t)
{
	bool simple = e->value == id;

	if (id->kind == NODE_NULL)
		return FOUND;
	if (id->kind != NODE_TEXT)
		return fail(d, JSONLD_INVALID_IRI_MAPPING, id);
	if (keyword_of(id->as.bytes) == KW_NONE && keyword_like(id->as.bytes))
		return FOUND_RESERVED;
	t->iri = define_iri(d, id->as.bytes, IRI_VOCAB);
	if (d->x->stop)
		return FOUND_FAULT;
	if (t->iri.keyword == KW_CONTEXT)
		return fail(d, JSONLD_INVALID_KEYWORD_ALIAS, id);
	if (t->iri.keyword == KW_NONE && !is_iri(d, t->iri) && !is_blank(t->iri))
		return fail(d, JSONLD_INVALID_IRI_MAPPING, id);
	if (!stands_for_itself(d, e, t))
		return FOUND_FAULT;
	if (span_find(t->name, ':') == t->name.len && !has_slash(t->name) && simple)
		t->prefix = d->x->mode_10 || iri_ends_as_prefix(t->iri.text) || is_blank(t->iri);
	return FOUND;
}

/* A term without an @id of its own that has a colon in it. */
static enum found
take_compact(struct define *d, struct ld_term *t)
{
	size_t colon = 1 + span_find(span_from(t->name, 1), ':');
	struct span prefix = span_slice(t->name, 0, colon);
	struct define_entry *e = define_entry_of(d, prefix);
	const struct ld_term *p;

	if (e && keyword_of(prefix) == KW_NONE)
		define_term(d, e);
	p = d->x->stop ? NULL : context_term(d->result, prefix);
	if (p && p->iri.text.ptr)
		t->iri.text = ld_join(d->x, p->iri.text, span_from(t->name, colon + 1));
	else
		t->iri.text = t->name;
	return d->x->stop ? FOUND_FAULT : FOUND;
}

/* A term whose definition does not say what it stands for. */
static enum found
take_name(struct define *d, struct define_entry *e, struct ld_term *t)
{
	struct span name = t->name;

	if (name.len > 1 && span_find(span_from(name, 1), ':') < name.len - 1)
		return take_compact(d, t);
	if (has_slash(name)) {
		e->state = DEFINE_DONE;
		t->iri = define_iri(d, name, IRI_VOCAB);
		if (!d->x->stop && !is_iri(d, t->iri))
			return fail(d, JSONLD_INVALID_IRI_MAPPING, e->value);
	} else if (keyword_of(name) == KW_TYPE) {
		t->iri = (struct ld_iri){ KW_TYPE, keyword_text(KW_TYPE) };
	} else if (d->result->vocab.ptr) {
		t->iri.text = ld_join(d->x, d->result->vocab, name);
	} else {
		return fail(d, JSONLD_INVALID_IRI_MAPPING, e->value);
	}
	return d->x->stop ? FOUND_FAULT : FOUND;
}

static bool
take_protected(struct define *d, const struct node *value, struct ld_term *t)
{
	const struct node *p = node_get(value, "@protected");

	t->protects = d->protects;
	if (!p)
		return true;
	if (d->x->mode_10)
		return fault(d, JSONLD_INVALID_TERM_DEFINITION, p);
	if (p->kind != NODE_BOOL)
		return fault(d, JSONLD_INVALID_PROTECTED_VALUE, p);
	t->protects = p->as.boolean;
	return true;
}

static enum found
take_iri(struct define *d, struct define_entry *e, struct ld_term *t)
{
	const struct node *value = e->value;
	bool simple = value->kind != NODE_MAP;
	const struct node *reverse = node_get(value, "@reverse");
	const struct node *id = simple ? value : node_get(value, "@id");

	if (!take_protected(d, value, t) || !take_type(d, value, t))
		return FOUND_FAULT;
	if (reverse)
		return take_reverse(d, value, reverse, t);
	if (id && !span_eq(node_text(id), t->name))
		return take_id(d, e, id, t);
	return take_name(d, e, t);
}

static bool
same_iri(struct ld_iri a, struct ld_iri b)
{
	return a.keyword == b.keyword && span_eq(a.text, b.text) && !a.text.ptr == !b.text.ptr;
}

static bool
same(const struct ld_term *a, const struct ld_term *b)
{
	return same_iri(a->iri, b->iri) && same_iri(a->type, b->type) &&
	       span_eq(a->index, b->index) && span_eq(a->nest, b->nest) &&
	       a->has_language == b->has_language && span_eq(a->language, b->language) &&
	       a->has_direction == b->has_direction && a->direction == b->direction &&
	       a->container == b->container && a->prefix == b->prefix && a->reverse == b->reverse &&
	       (a->context == b->context ||
		       (a->context && b->context && node_equal(a->context, b->context)));
}

/* The term's name and value may be used for a definition at all. */
static bool
may_define(struct define *d, const struct define_entry *e)
{
	enum keyword k = keyword_of(e->value->key);
	enum node_kind kind = e->value->kind;

	if (e->value->key.len == 0)
		return fault(d, JSONLD_INVALID_TERM_DEFINITION, e->value);
	if (k == KW_TYPE ? !may_redefine_type(d, e->value) : k != KW_NONE)
		return fault(d, JSONLD_KEYWORD_REDEFINITION, e->value);
	if (kind != NODE_NULL && kind != NODE_TEXT && kind != NODE_MAP)
		return fault(d, JSONLD_INVALID_TERM_DEFINITION, e->value);
	return true;
}

static void
put_gone(struct define *d, struct span name)
{
	struct ld_term *t = ld_need(d->x, ARENA_NEW(d->x->arena, struct ld_term));

	if (!t)
		return;
	t->name = name;
	t->gone = true;
	layer_put(d, t);
}

static void
define_new(struct define *d, struct define_entry *e)
{
	struct span name = e->value->key;
	const struct ld_term *before = context_term(d->result, name);
	struct ld_term *t = ld_need(d->x, ARENA_NEW(d->x->arena, struct ld_term));
	enum found found;

	if (!t)
		return;
	t->name = name;
	t->durable = d->x->keeping;
	if (before)
		put_gone(d, name);
	found = take_iri(d, e, t);
	if (found == FOUND_RESERVED)
		ld_unsafe(d->x, e->value);
	if (found != FOUND || !define_members(d, e->value, t) || d->x->stop)
		return;
	if (before && before->protects && !(d->how & PROCESS_OVERRIDE)) {
		if (!same(t, before)) {
			fault(d, JSONLD_PROTECTED_TERM_REDEFINITION, e->value);
			return;
		}
		*t = *before;
	}
	layer_put(d, t);
	e->state = DEFINE_DONE;
}

void
define_term(struct define *d, struct define_entry *e)
{
	struct ld_run *x = d->x;
	size_t max = x->work->limits->jsonld_terms;

	if (e->state == DEFINE_DONE || x->stop)
		return;
	if (e->state == DEFINE_UNDER_WAY) {
		fault(d, JSONLD_CYCLIC_IRI_MAPPING, e->value);
		return;
	}
	if (!x->known && ++x->terms > max) {
		ld_limit(x, "jsonld.terms", max, e->value);
		return;
	}
	if (!may_define(d, e))
		return;
	e->state = DEFINE_UNDER_WAY;
	if (keyword_of(e->value->key) == KW_NONE && keyword_like(e->value->key)) {
		ld_unsafe(x, e->value);
		return;
	}
	if (ld_enter(x, e->value)) {
		define_new(d, e);
		ld_leave(x);
	}
}
