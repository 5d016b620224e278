/* to_xml.c - FHIR JSON as XML: for each type its elements in order, primitives as attributes `value`.
 *
 * The writer descends as deep as the tree is nested, which its reader has bounded.
 */
#include "codecs/fhir/fhir.h"
#include "codecs/fhir/out.h"
#include "codecs/fhir/r4.h"

#include <string.h>

enum { NAME = 96 };

/* --- texts --- */

/* What XML 1.0 has no way to write: most controls, U+FFFE and U+FFFF. */
static bool
fits_xml(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		if (c < ' ' && c != '\t' && c != '\n' && c != '\r')
			return false;
		if (c == 0xef && i + 2 < s.len && s.ptr[i + 1] == 0xbf && s.ptr[i + 2] >= 0xbe)
			return false;
	}
	return true;
}

/* Blanks other than the plain one would be read as that. */
static const char *
escape(uint8_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	default:
		return NULL;
	}
}

static void
write_attribute(struct out *o, const char *name, struct span value)
{
	size_t from = 0;

	buf_char(&o->b, ' ');
	buf_str(&o->b, name);
	buf_str(&o->b, "=\"");
	for (size_t i = 0; i < value.len; i++) {
		const char *as = escape(value.ptr[i]);
		if (!as)
			continue;
		buf_add(&o->b, span_slice(value, from, i - from));
		buf_str(&o->b, as);
		from = i + 1;
	}
	buf_add(&o->b, span_from(value, from));
	buf_char(&o->b, '"');
}

static bool
is_of_form(const struct node *n, enum r4_form form)
{
	if (form == R4_BOOLEAN)
		return n->kind == NODE_BOOL;
	if (form == R4_NUMBER)
		return n->kind == NODE_INT || n->kind == NODE_BIG || n->kind == NODE_REAL;
	return n->kind == NODE_TEXT;
}

static void
write_value(struct out *o, const char *name, const struct node *n, enum r4_form form)
{
	struct span text = n->kind == NODE_TEXT ? n->as.bytes : n->raw;

	if (!is_of_form(n, form))
		out_fail(o, REASON_FHIR_ELEMENT, n);
	else if (!fits_xml(text))
		out_fail(o, REASON_FHIR_CHARACTER, n);
	else
		write_attribute(o, name, text);
}

/* --- elements --- */

static void write_content(struct out *o, const struct r4_type *t, const struct node *map);
static void write_resource(struct out *o, const struct node *map, bool outermost);

/* "id" of what is no resource, and "url" of an extension. */
static void
write_attributes(struct out *o, const struct r4_type *t, const struct node *map)
{
	static const char *const names[] = { "id", "url" };

	for (size_t i = 0; i < 2; i++) {
		const struct node *n = node_get(map, names[i]);
		if (n && r4_is_attribute(t, span_of(names[i])))
			write_value(o, names[i], n, R4_TEXT);
	}
}

static void
end_element(struct out *o, struct span name, bool empty)
{
	if (empty) {
		buf_str(&o->b, "/>");
		return;
	}
	buf_str(&o->b, "</");
	buf_add(&o->b, name);
	buf_char(&o->b, '>');
}

static bool
has_elements(const struct r4_type *t, const struct node *map)
{
	for (const struct node *n = map ? map->child : NULL; n; n = n->next)
		if (!r4_is_attribute(t, n->key))
			return true;
	return false;
}

/* From behind the element's name to its end. */
static void
write_inside(struct out *o, struct span name, const struct r4_type *t, const struct node *map)
{
	bool empty = !has_elements(t, map);

	if (map)
		write_attributes(o, t, map);
	if (!empty) {
		buf_char(&o->b, '>');
		write_content(o, t, map);
	}
	end_element(o, name, empty);
}

/* The text is XML itself and is carried as it is: one element div, and nothing around it. */
static void
write_narrative(struct out *o, const struct node *n)
{
	const struct node *root;
	struct span text = node_text(n);
	int r;

	if (n->kind != NODE_TEXT || !span_starts(text, SPAN_LIT("<div")) ||
		span_ends(text, SPAN_LIT("-->")) || span_ends(text, SPAN_LIT("?>"))) {
		out_fail(o, REASON_FHIR_ELEMENT, n);
		return;
	}
	r = node_from_xml(o->w, text, "div", &root);
	if (r != 0)
		o->b.error = r;
	else if (root && (!span_is(root->key, "div") || root->raw.len != text.len ||
				 !span_is(node_text(node_get(root, "@xmlns")), XHTML_SPACE)))
		out_fail(o, REASON_FHIR_ELEMENT, n);
	else
		buf_add(&o->b, text);
}

/* value and extra: one of them may be NULL, or null in a list. */
static void
write_primitive(struct out *o, const struct r4_element *e, enum r4_form form,
	const struct node *value, const struct node *extra)
{
	bool has_value = value && value->kind != NODE_NULL;
	bool has_extra = extra && extra->kind != NODE_NULL;

	if ((!has_value && !has_extra) ||
		(has_extra && (extra->kind != NODE_MAP || extra->size == 0))) {
		out_fail(o, REASON_FHIR_ELEMENT, has_extra ? extra : value ? value : extra);
		return;
	}
	if (form == R4_XHTML && has_extra) { /* a div has no room for either */
		out_fail(o, REASON_FHIR_ELEMENT, extra);
		return;
	}
	if (form == R4_XHTML) {
		write_narrative(o, value);
		return;
	}
	buf_char(&o->b, '<');
	buf_add(&o->b, e->name);
	if (has_value)
		write_value(o, "value", value, form);
	write_inside(o, e->name, r4_primitive(), has_extra ? extra : NULL);
}

static void
write_one(struct out *o, const struct r4_element *e, const struct node *value,
	const struct node *extra)
{
	enum r4_form form = r4_form(e);
	const struct r4_type *t = form == R4_COMPLEX ? r4_type_of(e) : NULL;

	if (out_stopped(o))
		return;
	if (form < R4_RESOURCE) {
		write_primitive(o, e, form, value, extra);
		return;
	}
	if (extra || value->kind != NODE_MAP || value->size == 0 || (form == R4_COMPLEX && !t)) {
		out_fail(o, REASON_FHIR_ELEMENT, extra ? extra : value);
		return;
	}
	buf_char(&o->b, '<');
	buf_add(&o->b, e->name);
	if (form == R4_COMPLEX) {
		write_inside(o, e->name, t, value);
		return;
	}
	buf_char(&o->b, '>');
	write_resource(o, value, false);
	end_element(o, e->name, false);
}

static void
write_many(struct out *o, const struct r4_element *e, const struct node *values,
	const struct node *extras)
{
	const struct node *v = values ? values->child : NULL, *x = extras ? extras->child : NULL;

	if ((values && (values->kind != NODE_LIST || values->size == 0)) ||
		(extras && (extras->kind != NODE_LIST || extras->size == 0)) ||
		(values && extras && values->size != extras->size)) {
		out_fail(o, REASON_FHIR_ELEMENT, values ? values : extras);
		return;
	}
	while ((v || x) && !out_stopped(o)) {
		write_one(o, e, v, x);
		v = v ? v->next : NULL;
		x = x ? x->next : NULL;
	}
}

/* The member with what a primitive has besides its value: "_birthDate" of "birthDate". */
static const struct node *
extra_of(const struct node *map, struct span name)
{
	uint8_t key[NAME] = { '_' };

	if (name.len >= sizeof(key))
		return NULL;
	memcpy(&key[1], name.ptr, name.len);
	return node_find(map, (struct span){ key, name.len + 1 });
}

static void
write_element(struct out *o, const struct r4_element *e, const struct node *map)
{
	const struct node *value = node_find(map, e->name), *extra = extra_of(map, e->name);

	if (!value && !extra)
		return;
	if (e->many)
		write_many(o, e, value, extra);
	else
		write_one(o, e, value, extra);
}

/* An element that may be of any type: its name is known only once it is seen. */
static void
write_open(struct out *o, const struct r4_element *open, const struct node *map)
{
	struct r4_element e;

	for (const struct node *n = map->child; n && !out_stopped(o); n = n->next) {
		bool is_extra = n->key.len > 0 && n->key.ptr[0] == '_';
		struct span name = span_from(n->key, is_extra);
		if (r4_is(open, name, &e) && !(is_extra && node_find(map, name)))
			write_element(o, &e, map);
	}
}

/* Every member must be written by somebody. */
static void
check_members(struct out *o, const struct r4_type *t, const struct node *map)
{
	struct r4_element e;

	for (const struct node *n = map->child; n; n = n->next) {
		struct span name = n->key;
		bool is_extra = name.len > 0 && name.ptr[0] == '_';
		if ((r4_is_resource(t) && span_is(name, "resourceType")) ||
			r4_is_attribute(t, name))
			continue;
		if (!r4_find(t, span_from(name, is_extra), &e) ||
			(is_extra && r4_form(&e) >= R4_RESOURCE)) {
			out_fail(o, REASON_FHIR_ELEMENT, n);
			return;
		}
	}
}

static void
write_content(struct out *o, const struct r4_type *t, const struct node *map)
{
	struct r4_walk walk = r4_elements(t);
	struct r4_element e;

	check_members(o, t, map);
	while (!out_stopped(o) && r4_next(&walk, &e))
		if (e.open)
			write_open(o, &e, map);
		else
			write_element(o, &e, map);
}

static void
write_resource(struct out *o, const struct node *map, bool outermost)
{
	const struct node *name = node_get(map, "resourceType");
	const struct r4_type *t = r4_named(node_text(name));

	if (!t || !r4_is_resource(t)) {
		out_fail(o, REASON_FHIR_RESOURCE, name ? name : map);
		return;
	}
	buf_char(&o->b, '<');
	buf_add(&o->b, r4_name(t));
	if (outermost)
		write_attribute(o, "xmlns", SPAN_LIT(FHIR_SPACE));
	buf_char(&o->b, '>');
	write_content(o, t, map);
	end_element(o, r4_name(t), false);
}

int
fhir_to_xml(struct work *w, const struct node *resource, const char *layer, struct span *xml)
{
	struct out o = { .w = w, .b = buf_in(w->arena, SIZE_MAX), .layer = layer };

	write_resource(&o, resource, true);
	if (o.b.error)
		return o.b.error;
	*xml = report_failed(w->report) ? SPAN_NONE : buf_span(&o.b);
	return 0;
}
