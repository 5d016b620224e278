/* fhir.c - the entries of a bundle, and the types of elements from the sorted table of fhir_types.def. */
#include "codecs/shc/fhir.h"

#include "codecs/base/arena.h"

#include <stdlib.h>

#define TEXT(s)                                     \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}

static const struct span names[FHIR_TYPES] = {
#define TYPE(name) [FHIR_##name] = TEXT(#name),
#include "codecs/shc/fhir_types.def"
#undef TYPE
};

static const struct row {
	enum fhir_type parent;
	struct span element;
	enum fhir_type type;
} rows[] = {
#define ELEMENT(parent, element, type) { FHIR_##parent, TEXT(element), FHIR_##type },
#include "codecs/shc/fhir_types.def"
#undef ELEMENT
};

static int
compare(const struct row *r, enum fhir_type parent, struct span element)
{
	if (r->parent != parent)
		return r->parent < parent ? -1 : 1;
	if (r->element.len != element.len)
		return r->element.len < element.len ? -1 : 1;
	if (element.len > 0 && r->element.ptr[0] != element.ptr[0])
		return r->element.ptr[0] < element.ptr[0] ? -1 : 1;
	return element.len ? memcmp(r->element.ptr, element.ptr, element.len) : 0;
}

enum fhir_type
fhir_type_of(enum fhir_type parent, struct span element)
{
	size_t low = 0, high = sizeof(rows) / sizeof(rows[0]);

	if (span_is(element, "extension") || span_is(element, "modifierExtension"))
		return FHIR_Extension;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(&rows[middle], parent, element);
		if (order == 0)
			return rows[middle].type;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return FHIR_UNKNOWN;
}

enum fhir_type
fhir_type_named(struct span name)
{
	for (enum fhir_type t = FHIR_UNKNOWN + 1; t < FHIR_TYPES; t++)
		if (span_eq(name, names[t]))
			return t;
	return FHIR_UNKNOWN;
}

const struct node *
fhir_entries(const struct node *bundle)
{
	const struct node *list = node_get(bundle, "entry");

	return list && list->kind == NODE_LIST ? list->child : NULL;
}

struct span
fhir_resource_type(const struct node *resource)
{
	return node_text(node_get(resource, "resourceType"));
}

const struct node *
fhir_first(const struct node *bundle, const char *type)
{
	for (const struct node *e = fhir_entries(bundle); e; e = e->next) {
		const struct node *r = node_get(e, "resource");
		if (span_is(fhir_resource_type(r), type))
			return r;
	}
	return NULL;
}

static int
by_url(const void *left, const void *right)
{
	const struct fhir_url *a = left, *b = right;
	int order = span_cmp(a->url, b->url);

	return order ? order : a->at < b->at ? -1 : a->at > b->at;
}

int
fhir_urls_of(struct work *w, const struct node *bundle, struct fhir_urls *out)
{
	const struct node *list = node_get(bundle, "entry");
	struct fhir_urls u = { .row = ARENA_ARRAY(
				       w->arena, list ? list->size + 1 : 1, struct fhir_url) };

	if (!u.row)
		return arena_error(w->arena);
	for (const struct node *e = fhir_entries(bundle); e; e = e->next) {
		struct span url = node_text(node_get(e, "fullUrl"));
		if (url.len == 0)
			continue;
		u.row[u.count] = (struct fhir_url){ url, u.count, node_get(e, "resource") };
		u.count++;
	}
	qsort(u.row, u.count, sizeof(*u.row), by_url);
	*out = u;
	return 0;
}

const struct node *
fhir_resolve(const struct fhir_urls *urls, struct span url)
{
	size_t low = 0, high = urls->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (span_cmp(urls->row[middle].url, url) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == urls->count || !span_eq(urls->row[low].url, url))
		return NULL;
	return urls->row[low].resource;
}

bool
fhir_is_short(struct span url, size_t *number)
{
	const size_t prefix = sizeof("resource:") - 1;
	uint64_t n = 0;

	if (url.len <= prefix || !span_starts(url, SPAN_LIT("resource:")))
		return false;
	for (size_t i = prefix; i < url.len; i++) {
		if (url.ptr[i] < '0' || url.ptr[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(url.ptr[i] - '0');
		n = n < UINT32_MAX ? n : UINT32_MAX;
	}
	*number = (size_t)n;
	return true;
}

/* An Observation without a category is taken for a result: the guide has none. */
static bool
is_laboratory(const struct node *observation)
{
	const struct node *list = node_get(observation, "category");

	if (!list || list->kind != NODE_LIST)
		return true;
	for (const struct node *c = list->child; c; c = c->next) {
		const struct node *codings = node_get(c, "coding");
		const struct node *code = codings ? node_get(codings->child, "code") : NULL;
		if (span_is(node_text(code), "laboratory"))
			return true;
	}
	return false;
}

enum fhir_event
fhir_event_of(const struct node *resource)
{
	struct span type = fhir_resource_type(resource);

	if (span_is(type, "Immunization"))
		return FHIR_VACCINATION;
	if (span_is(type, "Observation") && is_laboratory(resource))
		return FHIR_RESULT;
	return FHIR_NO_EVENT;
}
