/* who_fhir.c - see who_fhir.h.
 *
 * Reads the resources below ig/ and fixtures/; files that are no FHIR resource (OpenAPI, certificates' payloads)
 * are passed over.  Same means equal as canonical JSON (RFC 8785), and that numbers keep their text.
 */
#include "conformance/adapters/who_fhir.h"
#include "codecs/base/arena.h"
#include "codecs/fhir/fhir.h"
#include "codecs/tree/jcs.h"

#include <string.h>

struct trip {
	struct span xml, json, before, after;
	const char *failed; /* the step that did not come to its end; NULL: none */
};

static int
travel(struct work *w, const struct node *resource, struct trip *t)
{
	const struct node *tree;
	int r = fhir_to_xml(w, resource, "json", &t->xml);

	t->failed = "to XML";
	if (r != 0 || !t->xml.ptr)
		return r;
	t->failed = "reading the XML";
	if ((r = node_from_xml(w, t->xml, "xml", &tree)) != 0 || !tree)
		return r;
	t->failed = "to JSON";
	if ((r = fhir_to_json(w, tree, "xml", &t->json)) != 0 || !t->json.ptr)
		return r;
	t->failed = "reading the JSON";
	if ((r = jcs_of_text(w, t->json, "json", &t->after)) == 0 && t->after.ptr)
		t->failed = NULL;
	return r;
}

static void
tell(struct suite *s, const char *path, struct span before, struct span after)
{
	size_t at = 0;

	while (at < before.len && at < after.len && before.ptr[at] == after.ptr[at])
		at++;
	before = span_slice(before, at, 40);
	after = span_slice(after, at, 40);
	if (before.len == 0 && after.len == 0)
		suite_tell(s, path, CASE_PASS, NULL);
	else
		suite_tell(s, path, CASE_FAIL, "at %zu: %.*s became %.*s", at, (int)before.len,
			(const char *)before.ptr, (int)after.len, (const char *)after.ptr);
}

static bool
is_resource(const struct node *n)
{
	return n && node_get(n, "resourceType");
}

static int
visit(struct suite *s, const char *path, void *arg)
{
	struct work *w = suite_work(s);
	const struct node *resource;
	struct trip t = { .failed = NULL };
	struct span text;
	long long *bytes = arg;
	int r = suite_read(s, path, &text);

	if (r != 0 || (r = node_from_json(w, text, "json", &resource)) != 0)
		return r;
	if (!is_resource(resource))
		return 0;
	if ((r = jcs_of_text(w, text, "json", &t.before)) == 0)
		r = travel(w, resource, &t);
	*bytes += (long long)t.xml.len;
	if (r != 0 || t.failed)
		suite_tell(s, path, CASE_FAIL, "%s: %s at %.*s",
			r != 0 ? "out of memory" : t.failed,
			reason_code(w->report->checks[CHECK_FORMAT].reason),
			(int)w->report->checks[CHECK_FORMAT].at.pointer.len,
			(const char *)w->report->checks[CHECK_FORMAT].at.pointer.ptr);
	else
		tell(s, path, t.before, t.after);
	return 0;
}

int
who_fhir(struct suite *s)
{
	long long bytes = 0;
	int r = suite_each(s, "", ".json", visit, &bytes);

	suite_figure(s, "bytes of XML", bytes);
	return r;
}
