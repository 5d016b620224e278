/* to_json.c - FHIR XML as JSON: which elements are lists, numbers and booleans, the table of types says.
 *
 * The writer descends as deep as the tree is nested, which its reader has bounded.
 */
#include "codecs/fhir/fhir.h"
#include "codecs/fhir/out.h"
#include "codecs/fhir/r4.h"

#include <string.h>

static bool
is_attribute(const struct node *n)
{
	return n->key.len > 0 && n->key.ptr[0] == '@';
}

/* --- what an element may have at all --- */

static bool
is_blank(struct span s)
{
	return span_trim(s).len == 0;
}

/* Attributes and texts are read by name elsewhere: here it is only seen that there are no others. */
static bool
is_allowed(const struct node *n, const struct r4_type *t, bool outermost)
{
	struct span name = span_from(n->key, 1);

	if (span_is(n->key, "#text"))
		return is_blank(n->as.bytes);
	if (span_is(n->key, "@xmlns"))
		return outermost; /* deeper, it is said where the namespace changes */
	if (span_is(n->key, "@value"))
		return t == r4_primitive();
	return r4_is_attribute(t, name) || (outermost && span_starts(name, SPAN_LIT("xsi:")));
}

static void
check_children(struct out *o, const struct r4_type *t, const struct node *n, bool outermost)
{
	struct r4_element e;

	for (const struct node *c = n->child; c; c = c->next) {
		bool element = c->kind == NODE_MAP;
		if (element ? !r4_find(t, c->key, &e) : !is_allowed(c, t, outermost)) {
			out_fail(o,
				span_is(c->key, "@xmlns") ? REASON_FHIR_NAMESPACE
							  : REASON_FHIR_ELEMENT,
				c);
			return;
		}
	}
}

/* --- values --- */

static size_t
digits(struct span s, size_t at)
{
	while (at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9')
		at++;
	return at;
}

static bool
is_at(struct span s, size_t at, const char *any)
{
	return at < s.len && strchr(any, s.ptr[at]) && s.ptr[at] != 0;
}

/* As JSON writes one, so that not even its text changes. */
static bool
is_number(struct span s)
{
	size_t at = is_at(s, 0, "-"), end = digits(s, at);

	if (end == at || (end > at + 1 && s.ptr[at] == '0'))
		return false;
	if (is_at(s, end, ".")) {
		at = end + 1;
		end = digits(s, at);
		if (end == at)
			return false;
	}
	if (is_at(s, end, "eE")) {
		at = end + 1;
		at += is_at(s, at, "+-");
		end = digits(s, at);
		if (end == at)
			return false;
	}
	return end == s.len;
}

static void
write_value(struct out *o, const struct node *n, enum r4_form form)
{
	struct span s = n->as.bytes;

	if (form == R4_TEXT)
		buf_json(&o->b, s);
	else if (form == R4_NUMBER ? is_number(s) : span_is(s, "true") || span_is(s, "false"))
		buf_add(&o->b, s);
	else
		out_fail(o, REASON_FHIR_ELEMENT, n);
}

/* Its own bytes, which must stand for themselves: the namespace is declared in the tag. */
static void
write_narrative(struct out *o, const struct node *n)
{
	struct span tag = span_slice(n->raw, 0, span_find(n->raw, '>'));
	bool good = span_is(node_text(node_get(n, "@xmlns")), XHTML_SPACE) &&
		    span_starts(tag, SPAN_LIT("<div")) && span_holds(tag, SPAN_LIT(XHTML_SPACE));

	if (good)
		buf_json(&o->b, n->raw);
	else
		out_fail(o, REASON_FHIR_NAMESPACE, n);
}

/* --- members --- */

static void write_object(
	struct out *o, const struct r4_type *t, const struct node *n, bool outermost);

/* Whether a primitive has more than its value. */
static bool
has_extra(const struct node *n)
{
	for (const struct node *c = n->child; c; c = c->next)
		if (c->kind == NODE_MAP || span_is(c->key, "@id"))
			return true;
	return false;
}

/* The one resource inside. */
static void
write_resource(struct out *o, const struct node *n, bool outermost)
{
	const struct r4_type *t = r4_named(n->key);

	if (t && r4_is_resource(t))
		write_object(o, t, n, outermost);
	else
		out_fail(o, REASON_FHIR_RESOURCE, n);
}

static void
write_inner_resource(struct out *o, const struct node *n)
{
	const struct node *only = NULL;

	for (const struct node *c = n->child; c; c = c->next) {
		bool blank = c->kind == NODE_TEXT && !is_attribute(c) && is_blank(c->as.bytes);
		if (blank)
			continue;
		if (only || c->kind != NODE_MAP) {
			out_fail(o, REASON_FHIR_ELEMENT, c);
			return;
		}
		only = c;
	}
	if (only)
		write_resource(o, only, false);
	else
		out_fail(o, REASON_FHIR_ELEMENT, n);
}

static void
write_one(struct out *o, const struct r4_element *e, const struct node *n)
{
	enum r4_form form = r4_form(e);
	const struct r4_type *t = form == R4_COMPLEX ? r4_type_of(e) : NULL;
	const struct node *value = node_get(n, "@value");

	if (form == R4_RESOURCE)
		write_inner_resource(o, n);
	else if (form == R4_XHTML)
		write_narrative(o, n);
	else if (t)
		write_object(o, t, n, false);
	else if (form == R4_COMPLEX)
		out_fail(o, REASON_FHIR_ELEMENT, n);
	else if (value)
		write_value(o, value, form);
	else
		buf_str(&o->b, "null");
}

/* What primitives have besides their values: id and extensions. */
static void
write_extra(struct out *o, const struct r4_element *e, const struct node *n)
{
	(void)e;
	if (has_extra(n))
		write_object(o, r4_primitive(), n, false);
	else
		buf_str(&o->b, "null");
}

static const struct node *
next_of(const struct node *n, struct span name)
{
	while (n && (n->kind != NODE_MAP || !span_eq(n->key, name)))
		n = n->next;
	return n;
}

static void
write_all(struct out *o, const struct r4_element *e, const struct node *first,
	void (*write)(struct out *, const struct r4_element *, const struct node *))
{
	if (e->many)
		buf_char(&o->b, '[');
	for (const struct node *n = first; n && !out_stopped(o); n = next_of(n->next, e->name)) {
		if (n != first)
			buf_char(&o->b, ',');
		write(o, e, n);
	}
	if (e->many)
		buf_char(&o->b, ']');
}

static void
name_member(struct out *o, const char *mark, struct span name, bool *any)
{
	buf_str(&o->b, *any ? ",\"" : "\"");
	buf_str(&o->b, mark);
	buf_add(&o->b, name);
	buf_str(&o->b, "\":");
	*any = true;
}

static void
write_element(struct out *o, const struct r4_element *e, const struct node *parent, bool *any)
{
	const struct node *first = next_of(parent->child, e->name);
	bool values = false, extras = false, primitive = r4_form(e) < R4_XHTML;

	for (const struct node *n = first; n; n = next_of(n->next, e->name)) {
		bool value = !primitive || node_get(n, "@value"), extra = primitive && has_extra(n);
		if ((n != first && !e->many) || (!value && !extra)) {
			out_fail(o, REASON_FHIR_ELEMENT, n);
			return;
		}
		if (primitive)
			check_children(o, r4_primitive(), n, false);
		values = values || value;
		extras = extras || extra;
	}
	if (values) {
		name_member(o, "", e->name, any);
		write_all(o, e, first, write_one);
	}
	if (extras) {
		name_member(o, "_", e->name, any);
		write_all(o, e, first, write_extra);
	}
}

/* An element that may be of any type: each name that is met, once. */
static void
write_open(struct out *o, const struct r4_element *open, const struct node *n, bool *any)
{
	struct r4_element e;

	for (const struct node *c = n->child; c && !out_stopped(o); c = c->next)
		if (c->kind == NODE_MAP && r4_is(open, c->key, &e) &&
			next_of(n->child, c->key) == c)
			write_element(o, &e, n, any);
}

static void
write_attributes(struct out *o, const struct r4_type *t, const struct node *n, bool *any)
{
	for (const struct node *c = n->child; c; c = c->next)
		if (is_attribute(c) && r4_is_attribute(t, span_from(c->key, 1))) {
			name_member(o, "", span_from(c->key, 1), any);
			buf_json(&o->b, c->as.bytes);
		}
}

static void
write_object(struct out *o, const struct r4_type *t, const struct node *n, bool outermost)
{
	struct r4_walk walk = r4_elements(t);
	struct r4_element e;
	bool any = false;

	if (out_stopped(o))
		return;
	check_children(o, t, n, outermost);
	buf_char(&o->b, '{');
	if (r4_is_resource(t)) {
		name_member(o, "", SPAN_LIT("resourceType"), &any);
		buf_json(&o->b, r4_name(t));
	}
	write_attributes(o, t, n, &any);
	while (!out_stopped(o) && r4_next(&walk, &e))
		if (e.open)
			write_open(o, &e, n, &any);
		else
			write_element(o, &e, n, &any);
	if (!any)
		out_fail(o, REASON_FHIR_ELEMENT, n); /* an element has something in it */
	buf_char(&o->b, '}');
}

int
fhir_to_json(struct work *w, const struct node *resource, const char *layer, struct span *json)
{
	struct out o = { .w = w, .b = buf_in(w->arena, SIZE_MAX), .layer = layer };

	if (span_is(node_text(node_get(resource, "@xmlns")), FHIR_SPACE))
		write_resource(&o, resource, true);
	else
		out_fail(&o, REASON_FHIR_NAMESPACE, resource);
	if (o.b.error)
		return o.b.error;
	*json = report_failed(w->report) ? SPAN_NONE : buf_span(&o.b);
	return 0;
}
