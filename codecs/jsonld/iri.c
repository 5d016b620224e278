/* iri.c - a reference is taken apart at its delimiters, merged with the base's parts and put together again. */
#include "codecs/jsonld/iri.h"

#include "codecs/base/ascii.h"
#include "codecs/base/buf.h"

/* RFC 3986, 3; ptr NULL: the part and its delimiter are absent. */
struct parts {
	struct span scheme, authority, path, query, fragment;
};

/* Length of the scheme in front of a colon; 0: there is none. */
static size_t
scheme_length(struct span s)
{
	if (s.len == 0 || !ascii_letter(s.ptr[0]))
		return 0;
	for (size_t i = 1; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (c == ':')
			return i;
		if (!ascii_letter(c) && !ascii_digit(c) && c != '+' && c != '-' && c != '.')
			return 0;
	}
	return 0;
}

/* What stands before the first of the delimiters, which is cut off *rest. */
static struct span
until(struct span *rest, const char *delimiters)
{
	size_t at = 0;
	struct span part;

	while (at < rest->len && !(rest->ptr[at] && strchr(delimiters, rest->ptr[at])))
		at++;
	part = span_slice(*rest, 0, at);
	*rest = span_from(*rest, at);
	return part;
}

static struct parts
take_apart(struct span s)
{
	struct parts p = { 0 };
	size_t scheme = scheme_length(s);

	if (scheme > 0) {
		p.scheme = span_slice(s, 0, scheme);
		s = span_from(s, scheme + 1);
	}
	if (span_starts(s, SPAN_LIT("//"))) {
		s = span_from(s, 2);
		p.authority = until(&s, "/?#");
	}
	p.path = until(&s, "?#");
	if (s.len > 0 && s.ptr[0] == '?') {
		s = span_from(s, 1);
		p.query = until(&s, "#");
	}
	if (s.len > 0)
		p.fragment = span_from(s, 1);
	return p;
}

/* Drops the last segment of the path written since `from`, and the slash in front of it. */
static void
drop_segment(struct buf *b, size_t from)
{
	while (b->len > from && b->ptr[b->len - 1] != '/')
		b->len--;
	if (b->len > from)
		b->len--;
}

/* RFC 3986, 5.2.4, written to b; segments keep the slash in front of them. */
static void
put_path(struct buf *b, struct span path)
{
	size_t from = b->len;

	while (path.len > 0 && !b->error) {
		size_t end = 1 + span_find(span_from(path, 1), '/');
		struct span segment = span_slice(path, 0, end);
		bool last = end >= path.len;

		path = span_from(path, end);
		if (span_is(segment, "/..") || span_is(segment, "/.")) {
			if (segment.len == 3)
				drop_segment(b, from);
			if (last)
				buf_char(b, '/');
		} else if (!span_is(segment, "..") && !span_is(segment, ".")) {
			buf_add(b, segment);
		}
	}
}

/* RFC 3986, 5.2.3, then the dots are taken out. */
static void
put_merged(struct arena *a, struct buf *b, const struct parts *base, struct span path)
{
	struct buf merged = buf_in(a, base->path.len + path.len + 1);
	size_t keep = base->path.len;

	if (base->authority.ptr && base->path.len == 0) {
		buf_char(&merged, '/');
	} else {
		while (keep > 0 && base->path.ptr[keep - 1] != '/')
			keep--;
		buf_add(&merged, span_slice(base->path, 0, keep));
	}
	buf_add(&merged, path);
	if (merged.error)
		b->error = merged.error;
	put_path(b, (struct span){ merged.ptr, merged.len });
}

static void
put_query(struct buf *b, struct span query)
{
	if (!query.ptr)
		return;
	buf_char(b, '?');
	buf_add(b, query);
}

/* A reference without a scheme of its own. */
static void
put_relative(struct arena *a, struct buf *b, const struct parts *base, const struct parts *r)
{
	struct span authority = r->authority.ptr ? r->authority : base->authority;

	if (authority.ptr) {
		buf_str(b, "//");
		buf_add(b, authority);
	}
	if (r->authority.ptr || (r->path.len > 0 && r->path.ptr[0] == '/'))
		put_path(b, r->path);
	else if (r->path.len == 0)
		buf_add(b, base->path);
	else
		put_merged(a, b, base, r->path);
	if (r->path.len == 0 && !r->authority.ptr && !r->query.ptr)
		put_query(b, base->query);
	else
		put_query(b, r->query);
}

struct span
iri_resolve(struct arena *a, struct span base, struct span reference)
{
	struct parts from = take_apart(base), r = take_apart(reference);
	struct buf b = buf_in(a, base.len + reference.len + 8);

	buf_add(&b, r.scheme.ptr ? r.scheme : from.scheme);
	if (r.scheme.ptr || from.scheme.ptr)
		buf_char(&b, ':');
	if (r.scheme.ptr)
		put_relative(a, &b, &(struct parts){ 0 }, &r);
	else
		put_relative(a, &b, &from, &r);
	if (r.fragment.ptr) {
		buf_char(&b, '#');
		buf_add(&b, r.fragment);
	}
	return b.len > 0 || b.error ? buf_span(&b) : SPAN_LIT("");
}

/* How many bytes both paths have in common, up to and with a slash; all of them only where something follows. */
static size_t
common_path(struct span a, struct span b, bool more_follows)
{
	size_t common = 0;

	for (size_t i = 0; i < a.len && i < b.len && a.ptr[i] == b.ptr[i]; i++)
		if (a.ptr[i] == '/')
			common = i + 1;
	if (more_follows && span_eq(a, b))
		common = a.len;
	return common;
}

struct span
iri_relative(struct arena *a, struct span base, struct span iri)
{
	struct parts from = take_apart(base), to = take_apart(iri);
	struct buf b = buf_in(a, iri.len + base.len * 3 + 8);
	bool more = to.query.ptr || to.fragment.ptr;
	size_t common;

	if (!to.scheme.ptr || !span_eq(from.scheme, to.scheme) || !from.authority.ptr ||
		!to.authority.ptr || !span_eq(from.authority, to.authority))
		return iri;
	common = common_path(from.path, to.path, more);
	for (size_t i = common; i < from.path.len; i++)
		if (from.path.ptr[i] == '/')
			buf_str(&b, "../");
	buf_add(&b, span_from(to.path, common));
	put_query(&b, to.query);
	if (to.fragment.ptr) {
		buf_char(&b, '#');
		buf_add(&b, to.fragment);
	}
	if (b.len == 0)
		buf_str(&b, "./");
	return buf_span(&b);
}

bool
iri_absolute(struct span s, bool loose)
{
	if (scheme_length(s) == 0)
		return false;
	for (size_t i = 0; i < s.len && !loose; i++)
		if (s.ptr[i] <= ' ')
			return false;
	return true;
}

bool
iri_blank(struct span s)
{
	return s.len >= 2 && s.ptr[0] == '_' && s.ptr[1] == ':';
}

/* What a byte may stand for in an IRI; 0: anything, which includes all beyond ASCII (RFC 3987 leaves some of these out
 * as well, but no processor does). */
enum { BARRED = 1, PERCENT = 2, BRACKET = 4, HASH = 8, SLASH = 16, QUERY = 32 };

static const uint8_t classes[256] = { BARRED, BARRED, BARRED, BARRED, BARRED, BARRED, BARRED,
	BARRED, BARRED, BARRED, BARRED, BARRED, BARRED, BARRED, BARRED, BARRED, BARRED, BARRED,
	BARRED, BARRED, BARRED, BARRED, BARRED, BARRED, BARRED, BARRED, BARRED, BARRED, BARRED,
	BARRED, BARRED, BARRED, BARRED, ['"'] = BARRED, ['<'] = BARRED, ['>'] = BARRED,
	['\\'] = BARRED, ['^'] = BARRED, ['`'] = BARRED, ['{'] = BARRED, ['|'] = BARRED,
	['}'] = BARRED, [0x7f] = BARRED, ['%'] = PERCENT, ['['] = BRACKET, [']'] = BRACKET,
	['#'] = HASH, ['/'] = SLASH, ['?'] = QUERY };

/* Where the authority ends; `from` where there is none. */
static size_t
authority_end(struct span s, size_t from)
{
	if (s.len - from < 2 || s.ptr[from] != '/' || s.ptr[from + 1] != '/')
		return from;
	for (from += 2; from < s.len; from++)
		if (classes[s.ptr[from]] & (SLASH | QUERY | HASH))
			break;
	return from;
}

/* Brackets stand around an address in the authority and nowhere else; one # begins the fragment. */
bool
iri_well_formed(struct span s)
{
	size_t scheme = scheme_length(s), authority = scheme ? authority_end(s, scheme + 1) : 0;
	bool fragment = false;

	for (size_t i = scheme; i < s.len && scheme; i++) {
		uint8_t c = classes[s.ptr[i]];

		if (c == 0)
			continue;
		if (c == BARRED || (c == BRACKET && i >= authority) || (c == HASH && fragment))
			return false;
		if (c == PERCENT && ascii_escaped(s, i) < 0)
			return false;
		fragment |= c == HASH;
	}
	return scheme > 0;
}

bool
language_well_formed(struct span s)
{
	size_t run = 0;
	bool first = true;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (c == '-') {
			if (run == 0)
				return false;
			run = 0;
			first = false;
		} else if ((!ascii_letter(c) && (first || !ascii_digit(c))) || ++run > 8) {
			return false;
		}
	}
	return run > 0;
}

bool
iri_ends_as_prefix(struct span s)
{
	return s.len > 0 && s.ptr[s.len - 1] && strchr(":/?#[]@", s.ptr[s.len - 1]);
}
