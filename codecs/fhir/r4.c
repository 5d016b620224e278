/* r4.c - look-ups in the table of types.
 *
 * Each type's elements are one text, read from left to right: a type has some tens of
 * them at most, and what is looked for mostly stands near its front.
 */
#include "codecs/fhir/r4.h"

#include <string.h>

enum base { ELEMENT, BACKBONE, RESOURCE, DOMAIN };

#define TEXT(s)                                     \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

struct r4_type {
	struct span name, elements;
	enum base base;
};

static const struct r4_type types[] = {
#define TYPE(name, base, elements) { TEXT(name), TEXT(elements), base },
#include "codecs/fhir/types.def"
#undef TYPE
};

enum { TYPES = sizeof(types) / sizeof(types[0]), NAME = 96 };

static const struct span bases[] = {
	[ELEMENT] = TEXT("extension:Extension*"),
	[BACKBONE] = TEXT("extension:Extension* modifierExtension:Extension*"),
	[RESOURCE] = TEXT("id:id meta:Meta implicitRules:uri language:code"),
	[DOMAIN] = TEXT("id:id meta:Meta implicitRules:uri language:code text:Narrative "
			"contained:Resource* "
			"extension:Extension* modifierExtension:Extension*"),
};

static const struct {
	const char *type;
	enum r4_form form;
} primitives[] = {
	{ "string", R4_TEXT },
	{ "code", R4_TEXT },
	{ "uri", R4_TEXT },
	{ "canonical", R4_TEXT },
	{ "date", R4_TEXT },
	{ "dateTime", R4_TEXT },
	{ "instant", R4_TEXT },
	{ "time", R4_TEXT },
	{ "id", R4_TEXT },
	{ "oid", R4_TEXT },
	{ "uuid", R4_TEXT },
	{ "url", R4_TEXT },
	{ "markdown", R4_TEXT },
	{ "base64Binary", R4_TEXT },
	{ "boolean", R4_BOOLEAN },
	{ "decimal", R4_NUMBER },
	{ "integer", R4_NUMBER },
	{ "positiveInt", R4_NUMBER },
	{ "unsignedInt", R4_NUMBER },
	{ "xhtml", R4_XHTML },
	{ "Resource", R4_RESOURCE },
};

const struct r4_type *
r4_named(struct span name)
{
	size_t low = 0, high = TYPES;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = span_cmp(types[middle].name, name);
		if (order == 0)
			return &types[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct r4_type *
r4_primitive(void)
{
	return r4_named(SPAN_LIT("Element"));
}

struct span
r4_name(const struct r4_type *t)
{
	return t->name;
}

bool
r4_is_resource(const struct r4_type *t)
{
	return t->base == RESOURCE || t->base == DOMAIN;
}

bool
r4_is_attribute(const struct r4_type *t, struct span name)
{
	if (span_is(name, "id"))
		return !r4_is_resource(t);
	return span_is(name, "url") && span_is(t->name, "Extension");
}

struct r4_walk
r4_elements(const struct r4_type *t)
{
	return (struct r4_walk){ t, t->elements, bases[t->base] };
}

static struct r4_element
element(const struct r4_type *parent, struct span text)
{
	size_t colon = span_find(text, ':');
	struct r4_element e = { .parent = parent,
		.name = span_slice(text, 0, colon),
		.type = span_from(text, colon + 1) };

	if (span_ends(e.type, SPAN_LIT("*"))) {
		e.type.len--;
		e.many = true;
	}
	e.open = span_is(e.type, "?");
	return e;
}

bool
r4_next(struct r4_walk *w, struct r4_element *out)
{
	struct span part;

	do {
		struct span *rest = w->base.len > 0 ? &w->base : &w->own;
		if (rest->len == 0 || !span_split(rest, ' ', &part))
			return false;
		*out = element(w->type, part);
	} while (r4_is_attribute(w->type, out->name));
	return true;
}

/* "valueString" of "value": the type is a primitive with its first letter small, or another. */
static bool
chosen(struct span suffix, struct span *type)
{
	for (size_t i = 0; i < sizeof(primitives) / sizeof(primitives[0]); i++) {
		struct span p = span_of(primitives[i].type);
		if (p.len == suffix.len && primitives[i].form <= R4_BOOLEAN &&
			p.ptr[0] - 'a' + 'A' == suffix.ptr[0] &&
			span_eq(span_from(p, 1), span_from(suffix, 1))) {
			*type = p;
			return true;
		}
	}
	const struct r4_type *t = suffix.len > 0 ? r4_named(suffix) : NULL;
	if (!t || t->base != ELEMENT || span_find(suffix, '.') < suffix.len)
		return false;
	*type = t->name;
	return true;
}

bool
r4_is(const struct r4_element *e, struct span name, struct r4_element *out)
{
	struct r4_element found = *e;

	if (!e->open) {
		*out = *e;
		return span_eq(e->name, name);
	}
	if (!span_starts(name, e->name) || !chosen(span_from(name, e->name.len), &found.type))
		return false;
	found.name = name;
	found.open = false;
	*out = found;
	return true;
}

bool
r4_find(const struct r4_type *t, struct span name, struct r4_element *out)
{
	struct r4_walk w = r4_elements(t);
	struct r4_element e;

	while (r4_next(&w, &e))
		if (r4_is(&e, name, out))
			return true;
	return false;
}

enum r4_form
r4_form(const struct r4_element *e)
{
	for (size_t i = 0; i < sizeof(primitives) / sizeof(primitives[0]); i++)
		if (span_is(e->type, primitives[i].type))
			return primitives[i].form;
	return R4_COMPLEX;
}

const struct r4_type *
r4_type_of(const struct r4_element *e)
{
	uint8_t path[NAME];
	size_t len = e->parent->name.len;

	if (span_starts(e->type, SPAN_LIT("#")))
		return r4_named(span_from(e->type, 1));
	if (!span_is(e->type, "@"))
		return r4_named(e->type);
	if (len + 1 + e->name.len > sizeof(path))
		return NULL;
	memcpy(path, e->parent->name.ptr, len);
	path[len] = '.';
	memcpy(&path[len + 1], e->name.ptr, e->name.len);
	return r4_named((struct span){ path, len + 1 + e->name.len });
}
