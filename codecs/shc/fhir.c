/* fhir.c - the entries of a bundle. */
#include "codecs/shc/fhir.h"

static const struct node *
entries(const struct node *bundle)
{
	const struct node *list = node_get(bundle, "entry");

	return list && list->kind == NODE_LIST ? list->child : NULL;
}

const struct node *
fhir_first(const struct node *bundle, const char *type)
{
	for (const struct node *e = entries(bundle); e; e = e->next) {
		const struct node *r = node_get(e, "resource");
		if (span_is(node_text(node_get(r, "resourceType")), type))
			return r;
	}
	return NULL;
}

const struct node *
fhir_resolve(const struct node *bundle, struct span url)
{
	if (url.len == 0)
		return NULL;
	for (const struct node *e = entries(bundle); e; e = e->next)
		if (span_eq(node_text(node_get(e, "fullUrl")), url))
			return node_get(e, "resource");
	return NULL;
}

bool
fhir_is_short(struct span url)
{
	static const char prefix[] = "resource:";
	enum { PREFIX = sizeof(prefix) - 1 };

	if (url.len <= PREFIX || !span_starts(url, SPAN_LIT("resource:")))
		return false;
	for (size_t i = PREFIX; i < url.len; i++)
		if (url.ptr[i] < '0' || url.ptr[i] > '9')
			return false;
	return true;
}
