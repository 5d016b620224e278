/* value.c - values in their short form, where their property says the rest (JSON-LD 1.1 API, 6.3). */
#include "codecs/jsonld/compact/compact.h"

static bool
same_language(struct span a, struct span b)
{
	if (!a.ptr || !b.ptr)
		return !a.ptr && !b.ptr;
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		uint8_t x = a.ptr[i], y = b.ptr[i];

		if (x != y && !((x ^ y) == 0x20 && (x | 0x20) >= 'a' && (x | 0x20) <= 'z'))
			return false;
	}
	return true;
}

static struct span
direction_text(enum ld_direction d)
{
	return d == LD_LTR ? SPAN_LIT("ltr") : d == LD_RTL ? SPAN_LIT("rtl") : SPAN_NONE;
}

static bool
as_tagged(const struct ld_context *c, const struct ld_term *t, const struct ld *value)
{
	struct span language = t && t->has_language ? t->language : c->language;
	enum ld_direction direction = t && t->has_direction ? t->direction : c->direction;

	return same_language(ld_text_of(ld_get(value, KW_LANGUAGE)), language) &&
	       same_language(ld_text_of(ld_get(value, KW_DIRECTION)), direction_text(direction));
}

/* Only the value is left of it. */
static bool
is_bare(const struct ld_context *c, const struct ld_term *t, const struct ld *value)
{
	const struct ld *type = ld_get(value, KW_TYPE), *content = ld_get(value, KW_VALUE);
	bool index_fits = !ld_get(value, KW_INDEX) || (t && (t->container & CONTAINER_INDEX));

	if (!content)
		return false;
	if (type && t && t->type.text.ptr && span_eq(ld_text_of(type), t->type.text))
		return index_fits;
	if (type || (t && t->type.keyword == KW_NO))
		return false;
	if (content->kind != LD_TEXT)
		return index_fits;
	return index_fits && as_tagged(c, t, value);
}

/* All members under their short names; a type's IRI is compacted, too. */
static struct ld *
renamed(struct compaction *k, const struct ld_context *c, const struct ld *value)
{
	struct ld *map = ld_need(k->x, ld_make(k->a, LD_MAP, value->source));

	for (const struct ld *m = value->child; m && !k->x->stop; m = m->next) {
		struct ld *copy = ld_need(k->x, ld_deep_copy(k->a, m));

		if (copy && m->keyword == KW_TYPE && copy->kind == LD_TEXT)
			copy->text = compact_iri(k, c, copy->text, NULL, COMPACT_VOCAB);
		ld_put_key(map, compact_iri(k, c, m->key, NULL, COMPACT_VOCAB), copy);
	}
	return map;
}

struct ld *
compact_value(struct compaction *k, const struct ld_context *c, struct span property,
	const struct ld *value)
{
	const struct ld_term *t = property.ptr ? context_term(c, property) : NULL;
	const struct ld *id = ld_get(value, KW_ID);
	enum keyword type = t ? t->type.keyword : KW_NONE;

	if (id && value->size == 1 + (ld_get(value, KW_INDEX) != NULL) &&
		(type == KW_ID || type == KW_VOCAB))
		return ld_need(k->x, ld_text(k->a,
					     compact_iri(k, c, ld_text_of(id), NULL,
						     type == KW_VOCAB ? COMPACT_VOCAB : 0),
					     id->source));
	if (is_bare(c, t, value))
		return ld_need(k->x, ld_deep_copy(k->a, ld_get(value, KW_VALUE)));
	return renamed(k, c, value);
}
