/* nquads.c - terms and quads as lines of text: what is hashed and compared. */
#include "codecs/jsonld/nquads.h"

#include <stdlib.h>

enum { FEW = 16 };

/* 0 for bytes that stand as they are, u for those that become \u00XX, else the letter behind the backslash. */
static char
escape_of(uint8_t c, enum nquads_style style)
{
	static const char controls[] = "uuuuuuuubtnufruuuuuuuuuuuuuuuuuu";

	if (c == '"' || c == '\\')
		return (char)c;
	if (style == NQUADS_LEGACY)
		return c == '\n' ? 'n' : c == '\r' ? 'r' : '\0';
	if (c < ' ')
		return controls[c];
	return c == 0x7f ? 'u' : '\0';
}

static void
write_lexical(struct buf *b, struct span s, enum nquads_style style)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t from = 0;

	for (size_t i = 0; i < s.len; i++) {
		char e = escape_of(s.ptr[i], style);

		if (!e)
			continue;
		buf_add(b, span_slice(s, from, i - from));
		buf_char(b, '\\');
		buf_char(b, e);
		if (e == 'u') {
			buf_str(b, "00");
			buf_char(b, hex[s.ptr[i] >> 4]);
			buf_char(b, hex[s.ptr[i] & 15]);
		}
		from = i + 1;
	}
	buf_add(b, span_from(s, from));
}

static void
write_iri(struct buf *b, struct span iri)
{
	buf_char(b, '<');
	buf_add(b, iri);
	buf_char(b, '>');
}

static void
write_literal(struct buf *b, const struct rdf_term *t, enum nquads_style style)
{
	buf_char(b, '"');
	write_lexical(b, t->value, style);
	buf_char(b, '"');
	if (t->language.len > 0) {
		buf_char(b, '@');
		buf_add(b, t->language);
	} else if (t->datatype.len > 0 && !span_is(t->datatype, XSD "string")) {
		buf_str(b, "^^");
		write_iri(b, t->datatype);
	}
}

void
nquads_term(struct buf *b, const struct rdf_term *t, enum nquads_style style)
{
	if (t->kind == RDF_IRI) {
		write_iri(b, t->value);
	} else if (t->kind == RDF_BLANK) {
		buf_str(b, "_:");
		buf_add(b, t->value);
	} else if (t->kind == RDF_LITERAL) {
		write_literal(b, t, style);
	}
}

void
nquads_quad(struct buf *b, const struct rdf_quad *q, enum nquads_style style)
{
	nquads_term(b, &q->s, style);
	buf_char(b, ' ');
	nquads_term(b, &q->p, style);
	buf_char(b, ' ');
	nquads_term(b, &q->o, style);
	if (q->g.kind != RDF_NONE) {
		buf_char(b, ' ');
		nquads_term(b, &q->g, style);
	}
	buf_str(b, " .\n");
}

static bool
iri_writable(struct span s, enum nquads_style style)
{
	uint8_t least = style == NQUADS_LEGACY ? ' ' : ' ' + 1;

	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < least || s.ptr[i] == '<' || s.ptr[i] == '>' || s.ptr[i] == '"')
			return false;
	return s.len > 0;
}

/* Neither labels nor tags hold anything that a line is divided by. */
static bool
word_writable(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] == '<' || s.ptr[i] == '>' || s.ptr[i] == '"')
			return false;
	return true;
}

bool
nquads_writable(const struct rdf_term *t, enum nquads_style style)
{
	switch (t->kind) {
	case RDF_IRI:
		return iri_writable(t->value, style);
	case RDF_BLANK:
		return t->value.len > 0 && word_writable(t->value);
	case RDF_LITERAL:
		return word_writable(t->language) &&
		       (t->datatype.len == 0 || iri_writable(t->datatype, style));
	default:
		return true;
	}
}

static int
compare(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return span_cmp(*x, *y);
}

void
nquads_sort(struct span *lines, size_t count)
{
	if (count > FEW) {
		qsort(lines, count, sizeof(*lines), compare);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		struct span line = lines[i];
		size_t at = i;

		for (; at > 0 && span_cmp(lines[at - 1], line) > 0; at--)
			lines[at] = lines[at - 1];
		lines[at] = line;
	}
}
