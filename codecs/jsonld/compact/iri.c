/* iri.c - IRIs and keywords as terms, compact or relative IRIs (JSON-LD 1.1 API, 6.2). */
#include "codecs/jsonld/iri.h"

#include "codecs/jsonld/compact/compact.h"

enum { WISHES = 16, PREFERRED = 8 };

/* What a term is wished to be like, the best first. */
struct wish {
	unsigned containers[WISHES];
	size_t container_count;
	enum inverse_by by;
	struct span value;
	struct span preferred[PREFERRED];
	size_t preferred_count;
};

static void
in(struct wish *w, unsigned container)
{
	if (w->container_count < WISHES)
		w->containers[w->container_count++] = container;
}

static void
in_both(struct wish *w, unsigned container)
{
	in(w, container);
	in(w, container | CONTAINER_SET);
}

static void
prefer(struct wish *w, struct span value)
{
	if (w->preferred_count < PREFERRED)
		w->preferred[w->preferred_count++] = value;
}

bool
compact_is_graph(const struct ld *v)
{
	if (!v || v->kind != LD_MAP || !ld_get(v, KW_GRAPH))
		return false;
	for (const struct ld *m = v->child; m; m = m->next)
		if (m->keyword != KW_GRAPH && m->keyword != KW_ID && m->keyword != KW_INDEX)
			return false;
	return true;
}

static struct span
language_of(struct compaction *k, const struct ld *value)
{
	return inverse_language(
		k, ld_text_of(ld_get(value, KW_LANGUAGE)), ld_text_of(ld_get(value, KW_DIRECTION)));
}

/* What one item of a list has in common with the others so far. */
static void
weigh_item(struct compaction *k, const struct ld *item, struct span *language, struct span *type)
{
	struct span own_language = SPAN_LIT("@none"), own_type = SPAN_LIT("@none");
	const struct ld *value = ld_get(item, KW_VALUE);

	if (!value)
		own_type = SPAN_LIT("@id");
	else if (ld_get(item, KW_DIRECTION) || ld_get(item, KW_LANGUAGE))
		own_language = language_of(k, item);
	else if (ld_get(item, KW_TYPE))
		own_type = ld_text_of(ld_get(item, KW_TYPE));
	else
		own_language = SPAN_LIT("@null");
	if (!language->ptr)
		*language = own_language;
	else if (value && !span_eq(own_language, *language))
		*language = SPAN_LIT("@none");
	if (!type->ptr)
		*type = own_type;
	else if (!span_eq(own_type, *type))
		*type = SPAN_LIT("@none");
}

static struct span
default_language(struct compaction *k, const struct ld_context *c)
{
	struct span direction = c->direction == LD_LTR   ? SPAN_LIT("ltr")
				: c->direction == LD_RTL ? SPAN_LIT("rtl")
							 : SPAN_NONE;

	return c->language.ptr || direction.ptr ? inverse_language(k, c->language, direction)
						: SPAN_LIT("@none");
}

/* 4.7 */
static void
wish_for_list(
	struct compaction *k, const struct ld_context *c, const struct ld *value, struct wish *w)
{
	const struct ld *list = ld_get(value, KW_LIST);
	struct span language = SPAN_NONE, type = SPAN_NONE;

	if (!ld_get(value, KW_INDEX))
		in(w, CONTAINER_LIST);
	if (!list->child)
		language = default_language(k, c);
	for (const struct ld *i = list->child; i; i = i->next)
		weigh_item(k, i, &language, &type);
	if (type.ptr && !span_is(type, "@none")) {
		w->by = BY_TYPE;
		w->value = type;
	} else {
		w->value = language;
	}
}

/* 4.8 */
static void
wish_for_graph(const struct ld *value, struct wish *w)
{
	bool index = ld_get(value, KW_INDEX), id = ld_get(value, KW_ID);

	if (index)
		in_both(w, CONTAINER_GRAPH | CONTAINER_INDEX);
	if (id)
		in_both(w, CONTAINER_GRAPH | CONTAINER_ID);
	in_both(w, CONTAINER_GRAPH);
	in(w, CONTAINER_SET);
	if (!index)
		in_both(w, CONTAINER_GRAPH | CONTAINER_INDEX);
	if (!id)
		in_both(w, CONTAINER_GRAPH | CONTAINER_ID);
	in_both(w, CONTAINER_INDEX);
	w->by = BY_TYPE;
	w->value = SPAN_LIT("@id");
}

/* 4.9 */
static void
wish_for_other(struct compaction *k, const struct ld *value, struct wish *w)
{
	bool tagged = ld_get(value, KW_DIRECTION) || ld_get(value, KW_LANGUAGE);

	if (!ld_get(value, KW_VALUE)) {
		w->by = BY_TYPE;
		w->value = SPAN_LIT("@id");
		in_both(w, CONTAINER_ID);
		in_both(w, CONTAINER_TYPE);
	} else if (tagged && !ld_get(value, KW_INDEX)) {
		w->value = language_of(k, value);
		in_both(w, CONTAINER_LANGUAGE);
	} else if (ld_get(value, KW_TYPE)) {
		w->by = BY_TYPE;
		w->value = ld_text_of(ld_get(value, KW_TYPE));
	}
	in(w, CONTAINER_SET);
}

static void
wish_for_values(
	struct compaction *k, const struct ld_context *c, const struct ld *value, struct wish *w)
{
	struct span id = ld_text_of(ld_get(value, KW_ID));
	bool reverse = span_is(w->value, "@reverse");
	const struct ld *list = ld_get(value, KW_LIST);

	if (reverse)
		prefer(w, w->value);
	if ((reverse || span_is(w->value, "@id")) && id.ptr) {
		const struct ld_term *t = context_term(
			c, compact_iri(k, c, id, NULL, COMPACT_VOCAB));
		bool known = t && span_eq(t->iri.text, id);

		prefer(w, known ? SPAN_LIT("@vocab") : SPAN_LIT("@id"));
		prefer(w, known ? SPAN_LIT("@id") : SPAN_LIT("@vocab"));
	} else {
		prefer(w, w->value);
		if (list && !list->child)
			w->by = BY_ANY;
	}
	prefer(w, SPAN_LIT("@none"));
	prefer(w, SPAN_LIT("@any"));
	for (size_t i = 0, count = w->preferred_count; i < count; i++) {
		size_t at = span_find(w->preferred[i], '_');

		if (at < w->preferred[i].len)
			prefer(w, span_from(w->preferred[i], at));
	}
}

static struct wish
wish_for(struct compaction *k, const struct ld_context *c, const struct ld *value, unsigned how)
{
	struct wish w = { .by = BY_LANGUAGE, .value = SPAN_LIT("@null") };
	bool indexed = ld_get(value, KW_INDEX) != NULL;

	if (indexed && !compact_is_graph(value))
		in_both(&w, CONTAINER_INDEX);
	if (how & COMPACT_REVERSE) {
		w.by = BY_TYPE;
		w.value = SPAN_LIT("@reverse");
		in(&w, CONTAINER_SET);
	} else if (ld_get(value, KW_LIST)) {
		wish_for_list(k, c, value, &w);
	} else if (compact_is_graph(value)) {
		wish_for_graph(value, &w);
	} else {
		wish_for_other(k, value, &w);
	}
	in(&w, 0);
	if (!k->x->mode_10 && !indexed)
		in_both(&w, CONTAINER_INDEX);
	if (!k->x->mode_10 && ld_get(value, KW_VALUE) && value->size == 1)
		in_both(&w, CONTAINER_LANGUAGE);
	wish_for_values(k, c, value, &w);
	return w;
}

/* 4.5 */
static struct span
choose(const struct inverse *v, struct span iri, const struct wish *w)
{
	for (size_t c = 0; c < w->container_count; c++)
		for (size_t p = 0; p < w->preferred_count; p++) {
			struct span term = inverse_term(
				v, iri, w->containers[c], w->by, w->preferred[p]);

			if (term.ptr)
				return term;
		}
	return SPAN_NONE;
}

/* 7: the shortest prefix:suffix that stands for nothing else. */
static struct span
with_prefix(struct compaction *k, const struct ld_context *c, const struct inverse *v,
	struct span iri, bool bare)
{
	struct span best = SPAN_NONE;

	for (size_t i = 0; i < v->prefix_count && !k->x->stop; i++) {
		const struct ld_term *p = v->prefixes[i], *t;
		struct span candidate;

		if (!span_starts(iri, p->iri.text) || p->iri.text.len == iri.len)
			continue;
		candidate = ld_join(k->x, p->name, SPAN_LIT(":"));
		candidate = ld_join(k->x, candidate, span_from(iri, p->iri.text.len));
		t = context_term(c, candidate);
		if (t && !(bare && span_eq(t->iri.text, iri)))
			continue;
		if (!best.ptr || candidate.len < best.len ||
			(candidate.len == best.len && span_cmp(candidate, best) < 0))
			best = candidate;
	}
	return best;
}

/* 8: as it is, but it would be read as something else. */
static bool
confusing(const struct ld_context *c, struct span iri)
{
	size_t colon = span_find(iri, ':');
	const struct ld_term *t = colon < iri.len ? context_term(c, span_slice(iri, 0, colon))
						  : NULL;

	return t && t->prefix && !span_starts(span_from(iri, colon + 1), SPAN_LIT("//"));
}

static struct span
as_reference(struct compaction *k, const struct ld_context *c, struct span iri)
{
	if (c->base.ptr && !iri_blank(iri))
		iri = iri_relative(k->a, c->base, iri);
	if (iri.ptr && keyword_like(iri) && keyword_of(iri) == KW_NONE)
		iri = ld_join(k->x, SPAN_LIT("./"), iri);
	if (!iri.ptr)
		ld_memory(k->x);
	return iri;
}

struct span
compact_iri(struct compaction *k, const struct ld_context *c, struct span iri,
	const struct ld *value, unsigned how)
{
	const struct inverse *v = iri.ptr && !k->x->stop ? inverse_of(k, c) : NULL;
	struct span s;

	if (!v)
		return SPAN_NONE;
	if ((how & COMPACT_VOCAB) && inverse_has(v, iri)) {
		struct wish w = wish_for(k, c, value, how);

		s = choose(v, iri, &w);
		if (s.ptr)
			return s;
	}
	if ((how & COMPACT_VOCAB) && c->vocab.ptr && iri.len > c->vocab.len &&
		span_starts(iri, c->vocab) && !context_term(c, span_from(iri, c->vocab.len)))
		return span_from(iri, c->vocab.len);
	s = with_prefix(k, c, v, iri, value == NULL);
	if (s.ptr)
		return s;
	if (confusing(c, iri))
		ld_fault(k->x, JSONLD_IRI_CONFUSED_WITH_PREFIX, NULL);
	return how & COMPACT_VOCAB ? iri : as_reference(k, c, iri);
}

struct span
compact_keyword(struct compaction *k, const struct ld_context *c, enum keyword w)
{
	return compact_iri(k, c, keyword_text(w), NULL, COMPACT_VOCAB);
}
