/* value.c - scalars by what their property says of them (JSON-LD 1.1 API, 5.3). */
#include "codecs/jsonld/expand/expand.h"
#include "codecs/jsonld/iri.h"

/* {"@id": ...} */
static struct ld *
reference(struct ld_run *x, const struct ld_context *c, const struct node *value, unsigned how)
{
	struct ld_iri i = context_iri(x, c, value->as.bytes, how);
	struct ld *map = ld_need(x, ld_make(x->arena, LD_MAP, value));

	if (x->stop)
		return NULL;
	ld_check_iri(x, i.text, value);
	ld_put(map, KW_ID,
		ld_need(x, i.text.ptr ? ld_text(x->arena, i.text, value)
				      : ld_make(x->arena, LD_NULL, value)));
	return map;
}

static struct span
direction_text(enum ld_direction d)
{
	return d == LD_LTR ? SPAN_LIT("ltr") : SPAN_LIT("rtl");
}

static void
tag(struct ld_run *x, const struct ld_context *c, const struct ld_term *t, const struct node *value,
	struct ld *map)
{
	struct span language = t && t->has_language ? t->language : c->language;
	enum ld_direction direction = t && t->has_direction ? t->direction : c->direction;

	if (language.ptr) {
		if (!language_well_formed(language))
			ld_unsafe(x, value);
		ld_put(map, KW_LANGUAGE, ld_need(x, ld_text(x->arena, language, value)));
	}
	if (direction != LD_NO_DIRECTION)
		ld_put(map, KW_DIRECTION,
			ld_need(x, ld_text(x->arena, direction_text(direction), value)));
}

struct ld *
expand_value(struct ld_run *x, const struct ld_context *c, struct span property,
	const struct node *value)
{
	const struct ld_term *t = context_term(c, property);
	enum keyword type = t ? t->type.keyword : KW_NONE;
	struct ld *map;

	if (value->kind == NODE_TEXT && type == KW_ID)
		return reference(x, c, value, IRI_DOCUMENT);
	if (value->kind == NODE_TEXT && type == KW_VOCAB)
		return reference(x, c, value, IRI_VOCAB | IRI_DOCUMENT);
	map = ld_need(x, ld_make(x->arena, LD_MAP, value));
	ld_put(map, KW_VALUE, ld_need(x, ld_scalar(x->arena, value)));
	if (t && t->type.text.ptr && type != KW_ID && type != KW_VOCAB && type != KW_NO)
		ld_put(map, KW_TYPE, ld_need(x, ld_text(x->arena, t->type.text, value)));
	else if (value->kind == NODE_TEXT)
		tag(x, c, t, value, map);
	return x->stop ? NULL : map;
}
