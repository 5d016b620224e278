/* finish.c - what a map of expanded members comes to: a value, a set, a node, or nothing. */
#include "codecs/jsonld/expand/expand.h"
#include "codecs/jsonld/iri.h"

static struct ld *
fault(struct expansion *e, enum jsonld_code code)
{
	ld_fault(e->x, code, e->element);
	return NULL;
}

bool
expand_is_node(const struct ld *v)
{
	return v && v->kind == LD_MAP && !ld_get(v, KW_VALUE) && !ld_get(v, KW_LIST) &&
	       !ld_get(v, KW_SET);
}

static struct ld *
dropped(struct expansion *e)
{
	ld_unsafe(e->x, e->element);
	return NULL;
}

static bool
only(const struct ld *map, unsigned keywords)
{
	for (const struct ld *m = map->child; m; m = m->next)
		if (!(keywords & 1u << m->keyword))
			return false;
	return true;
}

/* 15 */
static struct ld *
finish_value(struct expansion *e, struct ld *value)
{
	const unsigned known = 1u << KW_DIRECTION | 1u << KW_INDEX | 1u << KW_LANGUAGE |
			       1u << KW_TYPE | 1u << KW_VALUE;
	struct ld *r = e->result, *type = ld_get(r, KW_TYPE), *language = ld_get(r, KW_LANGUAGE);
	struct span t = ld_text_of(type);

	if (!only(r, known) || (type && (language || ld_get(r, KW_DIRECTION))))
		return fault(e, JSONLD_INVALID_VALUE_OBJECT);
	if (span_is(t, "@json"))
		return r;
	if (value->kind == LD_NULL || (value->kind == LD_LIST && value->size == 0))
		return dropped(e);
	if (value->kind != LD_TEXT && language)
		return fault(e, JSONLD_INVALID_LANGUAGE_TAGGED_VALUE);
	if (type && !iri_absolute(t, e->x->loose))
		return fault(e, JSONLD_INVALID_TYPED_VALUE);
	if (language && !language_well_formed(ld_text_of(language)))
		ld_unsafe(e->x, e->element);
	return r;
}

/* 19: what is said of nothing. */
static struct ld *
finish_floating(struct expansion *e, struct ld *r)
{
	bool empty = r->size == 0, alone = r->size == 1 && ld_get(r, KW_ID);

	if (e->property.ptr && !span_is(e->property, "@graph"))
		return r;
	if (empty || alone || ld_get(r, KW_VALUE) || ld_get(r, KW_LIST))
		return dropped(e);
	return r;
}

struct ld *
expand_finish(struct expansion *e)
{
	struct ld *r = e->result, *value = ld_get(r, KW_VALUE), *type = ld_get(r, KW_TYPE);
	struct ld *set = ld_get(r, KW_SET), *list = ld_get(r, KW_LIST);

	if (value) {
		r = finish_value(e, value);
	} else if (type && type->kind != LD_LIST) {
		ld_drop(r, type);
		ld_put(r, KW_TYPE, ld_as_list(e->x->arena, type));
	} else if (set || list) {
		if (r->size > 1 + (ld_get(r, KW_INDEX) != NULL))
			return fault(e, JSONLD_INVALID_SET_OR_LIST_OBJECT);
		r = set ? set : r;
		if (r->kind == LD_NULL)
			return NULL;
	}
	if (r && r->kind == LD_MAP && r->size == 1 && ld_get(r, KW_LANGUAGE))
		return dropped(e);
	return r && r->kind == LD_MAP ? finish_floating(e, r) : r;
}
