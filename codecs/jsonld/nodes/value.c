/* value.c - literals as value objects (API, 8.5). */
#include "codecs/base/report.h"
#include "codecs/jsonld/nodes/nodes.h"

#define I18N "https://www.w3.org/ns/i18n#"

/* JSON by itself: what is wrong with it is for the caller to tell. */
static const struct node *
read_json(struct ld_run *x, struct span text)
{
	struct report report;
	struct work w = *x->work;
	const struct node *n = NULL;

	report_begin(&report, x->arena);
	w.report = &report;
	if (node_from_json(&w, text, "json", &n) < 0)
		ld_memory(x);
	return n;
}

static size_t
digits(struct buf *b, struct span s, size_t at, bool *any)
{
	for (; at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9'; at++) {
		buf_char(b, (char)s.ptr[at]);
		*any = true;
	}
	return at;
}

static bool
is_at(struct span s, size_t at, char c)
{
	return at < s.len && s.ptr[at] == (uint8_t)c;
}

static size_t
sign(struct buf *b, struct span s, size_t at)
{
	if (is_at(s, at, '-'))
		buf_char(b, '-');
	return at + (is_at(s, at, '-') || is_at(s, at, '+'));
}

/* A number of XML Schema, integers without a point, as JSON has it; false: it is none. */
static bool
number_text(struct buf *b, struct span s, bool whole)
{
	bool any = false, after = false, exponent = true;
	size_t at = sign(b, s, 0), start = at, fraction;

	while (at + 1 < s.len && s.ptr[at] == '0' && s.ptr[at + 1] >= '0' && s.ptr[at + 1] <= '9')
		at++;
	fraction = digits(b, s, at, &any);
	if (!any && !is_at(s, start, '.'))
		return false;
	at = fraction;
	if (!whole && is_at(s, at, '.')) {
		buf_str(b, any ? "." : "0.");
		at = digits(b, s, at + 1, &after);
		if (!after)
			buf_char(b, '0');
	}
	if (!whole && (is_at(s, at, 'E') || is_at(s, at, 'e'))) {
		buf_char(b, 'e');
		exponent = false;
		at = digits(b, s, sign(b, s, at + 1), &exponent);
	}
	return at == s.len && (any || after) && exponent;
}

/* The value as JSON has it; NULL: as a text. */
static struct ld *
native(struct ld_run *x, const struct rdf_term *t)
{
	struct buf b = buf_in(x->arena, t->value.len + 8);
	bool whole = span_is(t->datatype, XSD "integer");
	const struct node *n;
	struct ld *v;

	if (span_is(t->datatype, XSD "boolean")) {
		bool yes = span_is(t->value, "true") || span_is(t->value, "1");

		if (!yes && !span_is(t->value, "false") && !span_is(t->value, "0"))
			return NULL;
		v = ld_need(x, ld_make(x->arena, LD_BOOL, NULL));
		if (v)
			v->boolean = yes;
		return v;
	}
	if ((!whole && !span_is(t->datatype, XSD "double")) || !number_text(&b, t->value, whole) ||
		b.error)
		return NULL;
	n = read_json(x, buf_span(&b));
	return n ? ld_need(x, ld_make(x->arena, LD_JSON, n)) : NULL;
}

static void
put_text(struct ld_run *x, struct ld *map, enum keyword k, struct span text)
{
	ld_put(map, k, ld_need(x, ld_text(x->arena, text, NULL)));
}

static struct ld *
json_value(struct ld_run *x, struct ld *map, const struct rdf_term *t)
{
	const struct node *n = read_json(x, t->value);

	if (!n) {
		ld_fault(x, JSONLD_INVALID_JSON_LITERAL, NULL);
		return NULL;
	}
	ld_put(map, KW_VALUE, ld_need(x, ld_make(x->arena, LD_JSON, n)));
	put_text(x, map, KW_TYPE, keyword_text(KW_JSON));
	return map;
}

/* "en_ltr" behind the address: language and direction. */
static void
put_direction(struct ld_run *x, struct ld *map, struct span tag)
{
	size_t at = span_find(tag, '_');

	if (at > 0)
		put_text(x, map, KW_LANGUAGE, span_slice(tag, 0, at));
	if (at < tag.len)
		put_text(x, map, KW_DIRECTION, span_from(tag, at + 1));
}

struct ld *
value_of(struct ld_run *x, const struct rdf_term *t)
{
	struct ld *map = ld_need(x, ld_make(x->arena, LD_MAP, NULL)), *v;

	if (!x->mode_10 && span_is(t->datatype, RDF "JSON"))
		return json_value(x, map, t);
	v = x->options->native ? native(x, t) : NULL;
	if (v) {
		ld_put(map, KW_VALUE, v);
		return map;
	}
	put_text(x, map, KW_VALUE, t->value);
	if (x->options->direction == JSONLD_DIRECTION_DATATYPE &&
		span_starts(t->datatype, SPAN_LIT(I18N)))
		put_direction(x, map, span_from(t->datatype, sizeof(I18N) - 1));
	else if (t->language.len > 0)
		put_text(x, map, KW_LANGUAGE, t->language);
	else if (t->datatype.len > 0)
		put_text(x, map, KW_TYPE, t->datatype);
	return map;
}
