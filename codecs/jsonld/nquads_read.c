/* nquads_read.c - N-Quads by the grammar of the W3C Recommendation of 2014, section 4, nothing else.
 *
 * One pass over bytes that were found to be UTF-8 beforehand.  The first fault stops it: then at stands where it was.
 */
#include "codecs/base/ascii.h"
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/base/work.h"
#include "codecs/jsonld/iri.h"
#include "codecs/jsonld/nquads.h"

struct reader {
	struct work *w;
	struct span in;
	size_t at;
	bool bad;
	int error;
};

static uint8_t
peek(const struct reader *r)
{
	return r->at < r->in.len ? r->in.ptr[r->at] : 0;
}

static bool
fail(struct reader *r)
{
	r->bad = true;
	return false;
}

static bool
expect(struct reader *r, char c)
{
	if (r->at == r->in.len || r->in.ptr[r->at] != (uint8_t)c)
		return fail(r);
	r->at++;
	return true;
}

static void
skip_blanks(struct reader *r)
{
	while (peek(r) == ' ' || peek(r) == '\t')
		r->at++;
}

static void
skip_comment(struct reader *r)
{
	if (peek(r) == '#')
		while (r->at < r->in.len && peek(r) != '\n' && peek(r) != '\r')
			r->at++;
}

/* The scalar value at r->at of text that is UTF-8; *len: its bytes. */
static uint32_t
scalar(const struct reader *r, size_t *len)
{
	uint8_t c = peek(r);
	uint32_t v = c < 0x80 ? c : c < 0xe0 ? c & 0x1fu : c < 0xf0 ? c & 0x0fu : c & 0x07u;

	*len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	for (size_t i = 1; i < *len; i++)
		v = v << 6 | (r->in.ptr[r->at + i] & 0x3fu);
	return v;
}

/* PN_CHARS without ASCII. */
static bool
is_name_char(uint32_t v)
{
	static const uint32_t ranges[][2] = { { 0xb7, 0xb7 }, { 0xc0, 0xd6 }, { 0xd8, 0xf6 },
		{ 0xf8, 0x37d }, { 0x37f, 0x1fff }, { 0x200c, 0x200d }, { 0x203f, 0x2040 },
		{ 0x2070, 0x218f }, { 0x2c00, 0x2fef }, { 0x3001, 0xd7ff }, { 0xf900, 0xfdcf },
		{ 0xfdf0, 0xfffd }, { 0x10000, 0xeffff } };

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (v >= ranges[i][0] && v <= ranges[i][1])
			return true;
	return false;
}

static bool
is_label_char(uint32_t v, bool first)
{
	if (v < 0x80) {
		uint8_t c = (uint8_t)v;

		return ascii_letter(c) || ascii_digit(c) || c == '_' || c == ':' ||
		       (!first && (c == '-' || c == '.'));
	}
	/* of these, three may not stand first */
	return is_name_char(v) &&
	       !(first && (v == 0xb7 || (v >= 0x300 && v <= 0x36f) || v == 0x203f || v == 0x2040));
}

/* _:label, which does not end with a dot. */
static bool
read_blank(struct reader *r, struct rdf_term *out)
{
	size_t len = 1;

	if (!expect(r, '_') || !expect(r, ':'))
		return false;
	size_t from = r->at;
	while (r->at < r->in.len && is_label_char(scalar(r, &len), r->at == from))
		r->at += len;
	while (r->at > from && r->in.ptr[r->at - 1] == '.')
		r->at--;
	*out = rdf_blank(span_slice(r->in, from, r->at - from));
	return r->at > from || fail(r);
}

static void
put_utf8(struct buf *b, uint32_t v)
{
	if (v < 0x80) {
		buf_char(b, (char)v);
		return;
	}
	unsigned more = v < 0x800 ? 1 : v < 0x10000 ? 2 : 3;
	static const uint8_t heads[] = { 0, 0xc0, 0xe0, 0xf0 };
	buf_char(b, (char)(heads[more] | v >> (6 * more)));
	while (more-- > 0)
		buf_char(b, (char)(0x80 | (v >> (6 * more) & 0x3f)));
}

/* \uXXXX or \UXXXXXXXX, of which the letter is next. */
static bool
read_number_escape(struct reader *r, uint32_t *out)
{
	int digits = peek(r) == 'u' ? 4 : 8;
	uint32_t v = 0;

	r->at++;
	for (int i = 0; i < digits; i++, r->at++) {
		int d = ascii_hex(peek(r));

		if (d < 0 || v > 0x10ffff)
			return fail(r);
		v = v << 4 | (uint32_t)d;
	}
	*out = v;
	return (v <= 0x10ffff && (v < 0xd800 || v > 0xdfff)) || fail(r);
}

static bool
read_escape(struct reader *r, bool iri, struct buf *b)
{
	static const char letters[] = "tbnrf\"'\\", values[] = "\t\b\n\r\f\"'\\";
	uint8_t c = peek(r);
	uint32_t v = 0;

	if (c == 'u' || c == 'U') {
		if (!read_number_escape(r, &v))
			return false;
		put_utf8(b, v);
		return true;
	}
	const char *at = c && !iri ? memchr(letters, c, sizeof(letters) - 1) : NULL;
	if (!at)
		return fail(r);
	r->at++;
	buf_char(b, values[at - letters]);
	return true;
}

static bool
forbidden(uint8_t c, bool iri)
{
	if (!iri)
		return c == '\n' || c == '\r';
	return c <= ' ' || c == '<' || c == '"' || c == '{' || c == '}' || c == '|' || c == '^' ||
	       c == '`';
}

/* Up to `end`; the text is copied only where it holds escapes. */
static bool
read_quoted(struct reader *r, char end, struct span *out)
{
	bool iri = end == '>';
	struct buf b = buf_in(r->w->arena, r->in.len);
	size_t start = r->at, from = r->at;

	for (; r->at < r->in.len && peek(r) != (uint8_t)end; r->at++) {
		if (forbidden(peek(r), iri))
			return fail(r);
		if (peek(r) != '\\')
			continue;
		buf_add(&b, span_slice(r->in, from, r->at - from));
		r->at++;
		if (!read_escape(r, iri, &b))
			return false;
		from = r->at--;
	}
	*out = span_slice(r->in, start, r->at - start);
	if (from > start) {
		buf_add(&b, span_slice(r->in, from, r->at - from));
		*out = buf_span(&b);
		r->error = b.error;
	}
	return expect(r, end);
}

/* Absolute: a scheme (RFC 3987) and a colon; and an escape brings in nothing that may not stand there plainly. */
static bool
is_iri(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (forbidden(s.ptr[i], true) || s.ptr[i] == '>' || s.ptr[i] == '\\')
			return false;
	return iri_absolute(s, true);
}

static bool
read_iri(struct reader *r, struct span *out)
{
	size_t from = r->at;

	if (!expect(r, '<') || !read_quoted(r, '>', out) || r->error)
		return false;
	if (is_iri(*out))
		return true;
	r->at = from;
	return fail(r);
}

static bool
read_language(struct reader *r, struct span *out)
{
	size_t from = ++r->at, part = r->at;
	bool first = true;

	for (;; r->at++) {
		uint8_t c = peek(r);

		if (ascii_letter(c) || (!first && ascii_digit(c)))
			continue;
		if (r->at == part)
			return fail(r);
		if (c != '-')
			break;
		part = r->at + 1;
		first = false;
	}
	*out = span_slice(r->in, from, r->at - from);
	return true;
}

static bool
read_literal(struct reader *r, struct rdf_term *out)
{
	*out = (struct rdf_term){ .kind = RDF_LITERAL };
	if (!expect(r, '"') || !read_quoted(r, '"', &out->value))
		return false;
	if (peek(r) == '@')
		return read_language(r, &out->language);
	if (peek(r) != '^')
		return true;
	return expect(r, '^') && expect(r, '^') && read_iri(r, &out->datatype);
}

static bool
read_node(struct reader *r, struct rdf_term *out)
{
	if (peek(r) == '_')
		return read_blank(r, out);
	out->kind = RDF_IRI;
	return read_iri(r, &out->value);
}

static bool
read_line(struct reader *r, struct rdf_quad *q)
{
	*q = (struct rdf_quad){ .p.kind = RDF_IRI };
	if (!read_node(r, &q->s))
		return false;
	skip_blanks(r);
	if (!read_iri(r, &q->p.value))
		return false;
	skip_blanks(r);
	if (peek(r) == '"' ? !read_literal(r, &q->o) : !read_node(r, &q->o))
		return false;
	skip_blanks(r);
	if (peek(r) != '.' && !read_node(r, &q->g))
		return false;
	skip_blanks(r);
	return expect(r, '.');
}

static bool
at_end_of_line(const struct reader *r)
{
	return r->at == r->in.len || peek(r) == '\n' || peek(r) == '\r';
}

static void
read_lines(struct reader *r, struct rdf_dataset *out)
{
	struct rdf_quad q;

	while (r->at < r->in.len && !out->error && !out->full) {
		skip_blanks(r);
		if (!at_end_of_line(r) && peek(r) != '#') {
			if (!read_line(r, &q) || r->error)
				return;
			rdf_add(out, &q);
		}
		skip_blanks(r);
		skip_comment(r);
		if (!at_end_of_line(r)) {
			fail(r);
			return;
		}
		r->at += r->at < r->in.len;
	}
}

int
nquads_read(struct work *w, struct span in, const char *layer, struct rdf_dataset *out, bool *ok)
{
	struct reader r = { .w = w, .in = in, .at = utf8_check(in) };

	r.bad = r.at < in.len;
	if (!r.bad) {
		r.at = 0;
		read_lines(&r, out);
	}
	if (r.error || out->error)
		return r.error ? r.error : out->error;
	if (r.bad)
		report_fail(w->report, REASON_RDF_SYNTAX, PLACE_AT(layer, r.at));
	*ok = !r.bad && !out->full;
	return 0;
}
