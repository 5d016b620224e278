/* literal.c - values as literals: numbers in XML Schema's canonical forms, JSON in that of RFC 8785 (API, 8.2.2). */
#include "codecs/jsonld/iri.h"
#include "codecs/jsonld/nodes/nodes.h"
#include "codecs/tree/jcs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { NUMBER_MAX = 64 };

static struct rdf_term
left_out(struct ld_run *x, const struct ld *value)
{
	ld_unsafe(x, value->source);
	return (struct rdf_term){ .kind = RDF_NONE };
}

static struct span
finished(struct ld_run *x, struct buf *b)
{
	if (b->error)
		ld_memory(x);
	return buf_span(b);
}

static double
number_of(const struct node *n)
{
	char text[NUMBER_MAX] = "";

	if (n->kind == NODE_REAL)
		return n->as.real;
	if (n->kind == NODE_INT)
		return (double)n->as.integer;
	if (n->raw.len < sizeof(text)) /* NODE_BIG: digits only */
		memcpy(text, n->raw.ptr, n->raw.len);
	return strtod(text, NULL);
}

/* One digit, a point and at least one more, E and the exponent. */
static struct span
double_text(struct ld_run *x, double v)
{
	struct buf b = buf_in(x->arena, NUMBER_MAX);
	char text[NUMBER_MAX], digits[20] = "";
	size_t count = 0;
	int len = snprintf(text, sizeof(text), "%.15E", fabs(v)), i;

	for (i = 0; i < len && text[i] != 'E'; i++) /* the point may be the locale's */
		if (text[i] >= '0' && text[i] <= '9' && count < sizeof(digits) - 1)
			digits[count++] = text[i];
	while (count > 2 && digits[count - 1] == '0')
		count--;
	if (signbit(v))
		buf_char(&b, '-');
	buf_char(&b, digits[0]);
	buf_char(&b, '.');
	buf_add(&b, span_slice(span_of(digits), 1, count - 1));
	buf_char(&b, 'E');
	buf_int(&b, strtol(&text[i + 1], NULL, 10));
	return finished(x, &b);
}

static struct span
integer_text(struct ld_run *x, double v)
{
	struct buf b = buf_in(x->arena, NUMBER_MAX);
	char text[NUMBER_MAX];

	snprintf(text, sizeof(text), "%.0f", v == 0 ? 0.0 : v);
	buf_str(&b, text);
	return finished(x, &b);
}

static struct rdf_term
number(struct ld_run *x, const struct node *n, struct span datatype)
{
	double v = number_of(n);
	bool whole = fabs(v) < 1e21 && v == floor(v) && !span_is(datatype, XSD "double");

	if (!datatype.ptr)
		datatype = whole ? SPAN_LIT(XSD "integer") : SPAN_LIT(XSD "double");
	return rdf_literal(whole ? integer_text(x, v) : double_text(x, v), datatype);
}

static struct rdf_term
json(struct ld_run *x, const struct ld *content)
{
	struct buf b = buf_in(x->arena, SIZE_MAX / 2);
	bool ok = true;

	if (content->kind == LD_TEXT)
		jcs_string(&b, content->text);
	else if (content->kind == LD_BOOL)
		buf_str(&b, content->boolean ? "true" : "false");
	else if (content->kind == LD_NULL)
		buf_str(&b, "null");
	else
		ok = jcs_write(&b, content->source);
	return ok ? rdf_literal(finished(x, &b), SPAN_LIT(RDF "JSON")) : left_out(x, content);
}

struct span
label_lower(struct ld_run *x, struct span s)
{
	uint8_t *p = s.len ? ld_need(x, arena_bytes(x->arena, s.len)) : NULL;

	for (size_t i = 0; p && i < s.len; i++)
		p[i] = s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] | 0x20 : s.ptr[i];
	return p ? (struct span){ p, s.len } : SPAN_NONE;
}

/* A direction is part of the data type, of a node of its own (to_rdf.c), or lost. */
static struct span
direction_type(struct ld_run *x, const struct ld *value, struct span datatype)
{
	struct span direction = ld_text_of(ld_get(value, KW_DIRECTION)), all;

	if (!direction.ptr || x->options->direction == JSONLD_DIRECTION_COMPOUND)
		return datatype;
	if (x->options->direction == JSONLD_DIRECTION_NONE) {
		ld_unsafe(x, value->source);
		return datatype;
	}
	all = ld_join(x, label_lower(x, ld_text_of(ld_get(value, KW_LANGUAGE))), SPAN_LIT("_"));
	all = ld_join(x, SPAN_LIT("https://www.w3.org/ns/i18n#"), all);
	return ld_join(x, all, direction);
}

struct rdf_term
literal_of(struct ld_run *x, const struct ld *value)
{
	const struct ld *content = ld_get(value, KW_VALUE);
	struct span datatype = ld_text_of(ld_get(value, KW_TYPE));
	struct span language = ld_text_of(ld_get(value, KW_LANGUAGE));
	struct rdf_term t;

	if (span_is(datatype, "@json"))
		return json(x, content);
	if ((datatype.ptr && !x->loose && !iri_well_formed(datatype)) ||
		(language.ptr && !language_well_formed(language)))
		return left_out(x, value);
	if (content->kind == LD_BOOL)
		return rdf_literal(content->boolean ? SPAN_LIT("true") : SPAN_LIT("false"),
			datatype.ptr ? datatype : SPAN_LIT(XSD "boolean"));
	if (content->kind == LD_JSON)
		return number(x, content->source, datatype);
	t = rdf_literal(content->text, direction_type(x, value, datatype));
	t.language = t.datatype.ptr ? SPAN_NONE : language;
	return t;
}
