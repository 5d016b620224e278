/* xml_guard.c - one linear pass over the markup of an XML document before the parser runs.
 *
 * It knows comments, CDATA, processing instructions and tags, and nothing of what they mean.  A DOCTYPE is refused
 * here, so that no declaration of any entity is ever read; attributes are counted here, because libxml2 compares
 * those of one element pairwise.
 */
#include "codecs/tree/xml_guard.h"

#include "codecs/base/arena.h"
#include "codecs/base/text.h"

#include <string.h>

static const struct span bom = { (const uint8_t *)"\xef\xbb\xbf", 3 };

static bool
fail(struct build *b, enum reason reason, size_t at)
{
	build_fail(b, reason, at);
	return false;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 0x20) : c;
}

/* Without regard to case; word is in small letters. */
static bool
starts_with(struct span s, size_t at, const char *word)
{
	struct span w = span_of(word);

	if (at > s.len || s.len - at < w.len)
		return false;
	for (size_t i = 0; i < w.len; i++)
		if (lower(s.ptr[at + i]) != w.ptr[i])
			return false;
	return true;
}

/* Offset behind the next occurrence of mark at or behind `at`; s.len + 1 when there is none. */
static size_t
behind(struct span s, size_t at, const char *mark)
{
	struct span m = span_of(mark);

	while (at + m.len <= s.len) {
		at += span_find(span_from(s, at), m.ptr[0]);
		if (span_starts(span_from(s, at), m))
			return at + m.len;
		at++;
	}
	return s.len + 1;
}

static size_t
skip_blanks(struct span s, size_t at)
{
	while (at < s.len && is_blank(s.ptr[at]))
		at++;
	return at;
}

/* One name = 'value' of the XML declaration, which ends at s.len; false: another form. */
static bool
declared(struct span s, size_t *at, struct span *name, struct span *value)
{
	size_t start = *at;
	size_t len;

	while (*at < s.len && s.ptr[*at] != '=' && !is_blank(s.ptr[*at]))
		++*at;
	*name = span_slice(s, start, *at - start);
	*at = skip_blanks(s, *at);
	if (*at >= s.len || s.ptr[*at] != '=')
		return false;
	*at = skip_blanks(s, *at + 1);
	if (*at >= s.len || (s.ptr[*at] != '"' && s.ptr[*at] != '\''))
		return false;
	len = span_find(span_from(s, *at + 1), s.ptr[*at]);
	*value = span_slice(s, *at + 1, len);
	*at += len + 2;
	return *at <= s.len;
}

/* The declaration at the very start, if there is one; `from` is behind the byte order mark. */
static bool
check_declaration(struct build *b, size_t from)
{
	struct span all = span_from(b->in, from), s, name, value;
	size_t at = 5;

	if (!span_starts(all, SPAN_LIT("<?xml")) || all.len <= at || !is_blank(all.ptr[at]))
		return true;
	s = span_slice(all, 0, behind(all, 0, "?>") - 2);
	if (s.len == all.len)
		return fail(b, REASON_XML_MALFORMED, b->in.len);
	for (at = skip_blanks(s, at); at < s.len; at = skip_blanks(s, at)) {
		size_t start = at;

		if (!declared(s, &at, &name, &value))
			return fail(b, REASON_XML_MALFORMED, from + start);
		if (span_is(name, "encoding") &&
			!(value.len == 5 && starts_with(value, 0, "utf-8")))
			return fail(b, REASON_XML_ENCODING, from + start);
	}
	return true;
}

/* UTF-16 and UTF-32 betray themselves by NUL among the first four bytes, or by not being UTF-8. */
static bool
check_encoding(struct build *b, size_t *from)
{
	size_t bad = utf8_check(b->in), nul = span_find(b->in, 0);

	if (nul < b->in.len && nul < 4)
		return fail(b, REASON_XML_ENCODING, nul);
	if (bad < b->in.len)
		return fail(b, REASON_XML_ENCODING, bad);
	if (nul < b->in.len)
		return fail(b, REASON_XML_MALFORMED, nul);
	*from = span_starts(b->in, bom) ? bom.len : 0;
	return check_declaration(b, *from);
}

static bool
fits_name(struct build *b, size_t start, size_t end)
{
	size_t max = b->w->limits->xml_name;

	if (end - start > max)
		build_limit(b, "xml.name", max, start);
	return !b->stop;
}

/* A start tag from its '<'; *at moves behind its '>'. */
static bool
check_tag(struct build *b, size_t *at)
{
	size_t max = b->w->limits->xml_attributes, attributes = 0, start = *at, name = *at + 1;

	for (size_t i = *at + 1; i < b->in.len; i++) {
		uint8_t c = b->in.ptr[i];

		if (c == '"' || c == '\'') {
			i += span_find(span_from(b->in, i + 1), c) + 1;
			name = i + 1;
			continue;
		}
		if (c != '=' && c != '>' && c != '/' && !is_blank(c))
			continue;
		if (!fits_name(b, name, i))
			return false;
		name = i + 1;
		if (c == '=' && ++attributes > max) {
			build_limit(b, "xml.attributes", max, start);
			return false;
		}
		if (c == '>') {
			*at = i + 1;
			return true;
		}
	}
	return fail(b, REASON_XML_MALFORMED, b->in.len);
}

/* One piece of markup from its '<'; *at moves behind it. */
static bool
check_markup(struct build *b, size_t *at)
{
	static const struct {
		const char *start, *end;
	} pieces[] = { { "<!--", "-->" }, { "<![cdata[", "]]>" }, { "<?", "?>" }, { "</", ">" } };

	if (starts_with(b->in, *at, "<!doctype"))
		return fail(b, REASON_XML_DOCTYPE, *at);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		if (!starts_with(b->in, *at, pieces[i].start))
			continue;
		*at = behind(b->in, *at + span_of(pieces[i].start).len, pieces[i].end);
		return *at <= b->in.len || fail(b, REASON_XML_MALFORMED, b->in.len);
	}
	if (starts_with(b->in, *at, "<!"))
		return fail(b, REASON_XML_MALFORMED, *at);
	return check_tag(b, at);
}

/* <?oasis-xml-catalog?> before the root makes libxml2 set up its process-wide catalogues, in a way that is not safe
 * among threads: one document could hang the process.  It says nothing about the content, so blanks replace it. */
static bool
blank_catalog(struct build *b, uint8_t **copy, size_t from, size_t to)
{
	if (!*copy) {
		*copy = arena_bytes(b->w->arena, b->in.len);
		if (!*copy) {
			build_error(b, arena_error(b->w->arena));
			return false;
		}
		memcpy(*copy, b->in.ptr, b->in.len);
	}
	memset(&(*copy)[from], ' ', to - from);
	return true;
}

bool
xml_guard(struct build *b, struct span *clean)
{
	bool prolog = true;
	size_t at = 0, start;
	uint8_t *copy = NULL;

	if (!check_encoding(b, &at))
		return false;
	for (;;) {
		at += span_find(span_from(b->in, at), '<');
		if (at >= b->in.len)
			break;
		start = at;
		if (!check_markup(b, &at))
			return false;
		prolog = prolog && (b->in.ptr[start + 1] == '?' || b->in.ptr[start + 1] == '!');
		if (prolog && starts_with(b->in, start, "<?oasis-xml-catalog") &&
			!blank_catalog(b, &copy, start, at))
			return false;
	}
	*clean = (struct span){ copy ? copy : b->in.ptr, b->in.len };
	return true;
}
