/* bulk.c - the minimisation rules: a walk through the bundle that knows the type of each element.
 *
 * CodeableConcept.text and the like are rules about types, not names, so every element
 * is looked up in FHIR's own tables; below one that is not there only resources are seen.
 */
#include "codecs/base/arena.h"
#include "codecs/shc/fhir.h"
#include "codecs/shc/rules.h"

enum { DEPTH_MAX = 300 };

struct walk {
	struct work *w;
	const struct fhir_urls *urls;
	uint8_t *seen; /* a bit for each resource:N that an entry has */
	size_t count; /* of entries, and of these bits */
};

static void
note(struct work *w, enum reason reason, const struct node *at)
{
	report_find(w->report, reason, node_place(w, at, SHC_LAYER_PAYLOAD));
}

static void
note_member(struct work *w, enum reason reason, const struct node *map, const char *name)
{
	const struct node *n = node_get(map, name);

	if (n)
		note(w, reason, n);
}

/* --- entries --- */

static bool
is_seen(const struct walk *k, size_t number)
{
	return number < k->count && (k->seen[number / 8] >> number % 8 & 1) != 0;
}

static void
check_entry(struct walk *k, const struct node *entry)
{
	const struct node *url = node_get(entry, "fullUrl");
	size_t number = 0;
	bool good = fhir_is_short(node_text(url), &number) && !is_seen(k, number);

	if (!good)
		note(k->w, REASON_NOTE_SHC_FULL_URL, url ? url : entry);
	else if (number < k->count)
		k->seen[number / 8] |= (uint8_t)(1U << number % 8);
}

static void
check_reference(struct walk *k, const struct node *n)
{
	const struct node *to = node_get(n, "reference");
	size_t number = 0;

	if (!to)
		return;
	bool is_short = fhir_is_short(node_text(to), &number);
	if (!is_short)
		note(k->w, REASON_NOTE_SHC_REFERENCE, to);
	/* numbers beyond the count of entries are odd, but may be there */
	if (!(is_short && is_seen(k, number)) && !fhir_resolve(k->urls, node_text(to)))
		note(k->w, REASON_NOTE_SHC_DANGLING, to);
}

/* --- the walk --- */

static void
check_resource(struct walk *k, const struct node *n)
{
	const struct node *meta = node_get(n, "meta");

	note_member(k->w, REASON_NOTE_SHC_ID, n, "id");
	note_member(k->w, REASON_NOTE_SHC_NARRATIVE, n, "text");
	if (meta && (meta->size != 1 || !node_get(meta, "security")))
		note(k->w, REASON_NOTE_SHC_META, meta);
}

static void
check_type(struct walk *k, const struct node *n, enum fhir_type type)
{
	if (type == FHIR_CodeableConcept)
		note_member(k->w, REASON_NOTE_SHC_CONCEPT_TEXT, n, "text");
	else if (type == FHIR_Coding)
		note_member(k->w, REASON_NOTE_SHC_DISPLAY, n, "display");
	else if (type == FHIR_Reference)
		check_reference(k, n);
}

static bool
is_empty(const struct node *n)
{
	bool container = n->kind == NODE_LIST || n->kind == NODE_MAP;

	return (container && n->size == 0) || (n->kind == NODE_TEXT && n->as.bytes.len == 0);
}

static void visit(struct walk *k, const struct node *map, enum fhir_type type, unsigned depth);

/* The items of a list are of its element's type. */
static void
visit_items(struct walk *k, const struct node *n, enum fhir_type type, unsigned depth)
{
	if (n->kind == NODE_MAP)
		visit(k, n, type, depth - 1);
	for (const struct node *i = n->child; i && n->kind == NODE_LIST; i = i->next) {
		if (is_empty(i))
			note(k->w, REASON_NOTE_SHC_EMPTY, i);
		else if (i->kind == NODE_MAP)
			visit(k, i, type, depth - 1);
	}
}

/* Once the report is full there is nothing left to say. */
static void
visit(struct walk *k, const struct node *map, enum fhir_type type, unsigned depth)
{
	struct span name = fhir_resource_type(map);

	if (depth == 0 || k->w->report->finding_count >= REPORT_FINDINGS)
		return;
	if (name.ptr) {
		type = fhir_type_named(name);
		check_resource(k, map);
	} else {
		check_type(k, map, type);
	}
	for (const struct node *n = map->child; n; n = n->next) {
		if (is_empty(n))
			note(k->w, REASON_NOTE_SHC_EMPTY, n);
		else if (n->kind == NODE_MAP || n->kind == NODE_LIST)
			visit_items(k, n, type ? fhir_type_of(type, n->key) : FHIR_UNKNOWN, depth);
	}
}

int
shc_note_bulk(struct work *w, const struct node *bundle, const struct fhir_urls *urls)
{
	const struct node *list = node_get(bundle, "entry");
	struct walk k = { .w = w, .urls = urls, .count = list ? list->size : 0 };

	k.seen = arena_bytes(w->arena, k.count / 8 + 1);
	if (!k.seen)
		return arena_error(w->arena);
	for (const struct node *e = fhir_entries(bundle); e; e = e->next)
		if (w->report->finding_count < REPORT_FINDINGS)
			check_entry(&k, e);
	visit(&k, bundle, FHIR_Bundle, DEPTH_MAX);
	return 0;
}

/* --- blanks --- */

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* From an opening quote to its closing one: the next in front of which an even number of backslashes stands. */
static size_t
string_end(struct span json, size_t at)
{
	for (at++; at < json.len; at++) {
		size_t slashes = 0;
		at += span_find(span_from(json, at), '"');
		while (json.ptr[at - 1 - slashes] == '\\')
			slashes++; /* the opening quote ends it */
		if (slashes % 2 == 0)
			break;
	}
	return at;
}

void
shc_note_blanks(struct work *w, struct span json)
{
	for (size_t at = 0; at < json.len; at++) {
		if (json.ptr[at] == '"') {
			at = string_end(json, at);
		} else if (is_blank(json.ptr[at])) {
			report_find(w->report, REASON_NOTE_SHC_MINIFIED,
				PLACE_AT(SHC_LAYER_PAYLOAD, at));
			return;
		}
	}
}
