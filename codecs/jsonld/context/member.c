/* member.c - what a term's definition says besides its IRI (JSON-LD 1.1 API, 4.2.2, 19 to 26). */
#include "codecs/jsonld/context/define.h"
#include "codecs/jsonld/iri.h"

static bool
fault(struct define *d, enum jsonld_code code, const struct node *at)
{
	ld_fault(d->x, code, at);
	return false;
}

static unsigned
container_bit(const struct node *n)
{
	switch (keyword_of(node_text(n))) {
	case KW_GRAPH:
		return CONTAINER_GRAPH;
	case KW_ID:
		return CONTAINER_ID;
	case KW_INDEX:
		return CONTAINER_INDEX;
	case KW_LANGUAGE:
		return CONTAINER_LANGUAGE;
	case KW_LIST:
		return CONTAINER_LIST;
	case KW_SET:
		return CONTAINER_SET;
	case KW_TYPE:
		return CONTAINER_TYPE;
	default:
		return 0;
	}
}

/* One alone; a graph by id or index, with or without a set; a set of one of the others but lists. */
static bool
fits_together(unsigned c)
{
	unsigned rest = c & ~(unsigned)CONTAINER_SET;

	if ((rest & (rest - 1)) == 0)
		return c != (CONTAINER_SET | CONTAINER_LIST);
	return rest == (CONTAINER_GRAPH | CONTAINER_ID) ||
	       rest == (CONTAINER_GRAPH | CONTAINER_INDEX);
}

static unsigned
container_bits(const struct node *container)
{
	unsigned all = 0;

	if (container->kind == NODE_TEXT)
		return container_bit(container);
	if (container->kind != NODE_LIST)
		return 0;
	for (const struct node *c = container->child; c; c = c->next) {
		unsigned bit = container_bit(c);

		if (bit == 0 || (all & bit))
			return 0;
		all |= bit;
	}
	return fits_together(all) ? all : 0;
}

/* A container by type holds nodes, named by their own type. */
static bool
check_type_container(struct define *d, const struct node *container, struct ld_term *t)
{
	if (!(t->container & CONTAINER_TYPE))
		return true;
	if (!t->type.text.ptr)
		t->type = (struct ld_iri){ KW_ID, keyword_text(KW_ID) };
	return t->type.keyword == KW_ID || t->type.keyword == KW_VOCAB ||
	       fault(d, JSONLD_INVALID_TYPE_MAPPING, container);
}

static bool
take_container(struct define *d, const struct node *value, struct ld_term *t)
{
	const struct node *container = node_get(value, "@container");
	const unsigned late = CONTAINER_GRAPH | CONTAINER_ID | CONTAINER_TYPE;

	if (!container || (t->reverse && container->kind == NODE_NULL))
		return true;
	t->container = container_bits(container);
	if (t->container == 0)
		return fault(d, JSONLD_INVALID_CONTAINER_MAPPING, container);
	if (d->x->mode_10 && (container->kind != NODE_TEXT || (t->container & late)))
		return fault(d, JSONLD_INVALID_CONTAINER_MAPPING, container);
	return check_type_container(d, container, t);
}

static bool
take_index(struct define *d, const struct node *value, struct ld_term *t)
{
	const struct node *index = node_get(value, "@index");
	struct ld_iri i;

	if (!index)
		return true;
	if (d->x->mode_10 || !(t->container & CONTAINER_INDEX) || index->kind != NODE_TEXT)
		return fault(d, JSONLD_INVALID_TERM_DEFINITION, index);
	i = define_iri(d, index->as.bytes, IRI_VOCAB);
	if (!d->x->stop &&
		(i.keyword != KW_NONE || !i.text.ptr || !iri_absolute(i.text, d->x->loose)))
		return fault(d, JSONLD_INVALID_TERM_DEFINITION, index);
	t->index = index->as.bytes;
	return !d->x->stop;
}

/* Tried here, to know of its faults in time; processed where it is used. */
static bool
take_context(struct define *d, const struct node *value, struct ld_term *t)
{
	const struct node *context = node_get(value, "@context");

	if (!context)
		return true;
	if (d->x->mode_10)
		return fault(d, JSONLD_INVALID_TERM_DEFINITION, context);
	d->x->scoped++;
	context_process(
		d->x, d->result, context, d->base, d->remotes, PROCESS_OVERRIDE | PROCESS_TRY);
	d->x->scoped--;
	t->context = context;
	t->base = d->base;
	return !d->x->stop;
}

static bool
take_language(struct define *d, const struct node *value, struct ld_term *t)
{
	const struct node *language = node_get(value, "@language");

	if (!language || node_get(value, "@type"))
		return true;
	if (language->kind != NODE_TEXT && language->kind != NODE_NULL)
		return fault(d, JSONLD_INVALID_LANGUAGE_MAPPING, language);
	t->has_language = language->kind == NODE_NULL ? LD_IS_NULL : LD_PRESENT;
	t->language = node_text(language);
	return true;
}

static bool
take_direction(struct define *d, const struct node *value, struct ld_term *t)
{
	const struct node *direction = node_get(value, "@direction");
	struct span text = node_text(direction);

	if (!direction || node_get(value, "@type"))
		return true;
	if (direction->kind != NODE_NULL && !span_is(text, "ltr") && !span_is(text, "rtl"))
		return fault(d, JSONLD_INVALID_BASE_DIRECTION, direction);
	t->has_direction = direction->kind == NODE_NULL ? LD_IS_NULL : LD_PRESENT;
	if (t->has_direction == LD_PRESENT)
		t->direction = span_is(text, "ltr") ? LD_LTR : LD_RTL;
	return true;
}

static bool
take_nest(struct define *d, const struct node *value, struct ld_term *t)
{
	const struct node *nest = node_get(value, "@nest");
	enum keyword k = keyword_of(node_text(nest));

	if (!nest)
		return true;
	if (d->x->mode_10)
		return fault(d, JSONLD_INVALID_TERM_DEFINITION, nest);
	if (nest->kind != NODE_TEXT || (k != KW_NONE && k != KW_NEST))
		return fault(d, JSONLD_INVALID_NEST_VALUE, nest);
	t->nest = nest->as.bytes;
	return true;
}

static bool
take_prefix(struct define *d, const struct node *value, struct ld_term *t)
{
	const struct node *prefix = node_get(value, "@prefix");

	if (!prefix)
		return true;
	if (d->x->mode_10 || span_find(t->name, ':') < t->name.len ||
		span_find(t->name, '/') < t->name.len)
		return fault(d, JSONLD_INVALID_TERM_DEFINITION, prefix);
	if (prefix->kind != NODE_BOOL)
		return fault(d, JSONLD_INVALID_PREFIX_VALUE, prefix);
	t->prefix = prefix->as.boolean;
	if (t->prefix && t->iri.keyword != KW_NONE)
		return fault(d, JSONLD_INVALID_TERM_DEFINITION, prefix);
	return true;
}

static bool
only_known_members(struct define *d, const struct node *value)
{
	const unsigned known = 1u << KW_ID | 1u << KW_REVERSE | 1u << KW_CONTAINER |
			       1u << KW_CONTEXT | 1u << KW_DIRECTION | 1u << KW_INDEX |
			       1u << KW_LANGUAGE | 1u << KW_NEST | 1u << KW_PREFIX |
			       1u << KW_PROTECTED | 1u << KW_TYPE;

	for (const struct node *c = value->child; c; c = c->next)
		if (!(known & 1u << keyword_of(c->key)))
			return fault(d, JSONLD_INVALID_TERM_DEFINITION, c);
	return true;
}

bool
define_members(struct define *d, const struct node *value, struct ld_term *t)
{
	if (value->kind != NODE_MAP)
		return true;
	return take_container(d, value, t) && take_index(d, value, t) &&
	       take_context(d, value, t) && take_language(d, value, t) &&
	       take_direction(d, value, t) && take_nest(d, value, t) && take_prefix(d, value, t) &&
	       only_known_members(d, value);
}
