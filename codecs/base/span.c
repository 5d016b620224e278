/* span.c - borrowed bytes and the cursor over them.
 *
 * Every length is checked here, once, so that no parser above does arithmetic on
 * pointers.
 */
#include "codecs/base/span.h"

#include <string.h>

bool
span_holds(struct span s, struct span part)
{
	return s.len > 0 && memmem(s.ptr, s.len, part.ptr, part.len) != NULL;
}

int
span_cmp(struct span a, struct span b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n ? memcmp(a.ptr, b.ptr, n) : 0;

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

bool
span_starts(struct span s, struct span prefix)
{
	return s.len >= prefix.len && span_eq(span_slice(s, 0, prefix.len), prefix);
}

bool
span_ends(struct span s, struct span suffix)
{
	return s.len >= suffix.len && span_eq(span_from(s, s.len - suffix.len), suffix);
}

struct span
span_slice(struct span s, size_t from, size_t len)
{
	if (!s.ptr)
		return SPAN_NONE;
	if (from > s.len)
		from = s.len;
	if (len > s.len - from)
		len = s.len - from;
	return (struct span){ s.ptr + from, len };
}

struct span
span_from(struct span s, size_t from)
{
	return span_slice(s, from, SIZE_MAX);
}

size_t
span_find(struct span s, uint8_t byte)
{
	const uint8_t *at = s.len ? memchr(s.ptr, byte, s.len) : NULL;

	return at ? (size_t)(at - s.ptr) : s.len;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span
span_trim_blanks(struct span s)
{
	size_t from = 0, end = s.len;

	while (from < end && is_blank(s.ptr[from]))
		from++;
	while (end > from && is_blank(s.ptr[end - 1]))
		end--;
	return span_slice(s, from, end - from);
}

bool
span_split(struct span *rest, uint8_t sep, struct span *part)
{
	if (!rest->ptr)
		return false;
	size_t at = span_find(*rest, sep);
	*part = span_slice(*rest, 0, at);
	*rest = at < rest->len ? span_from(*rest, at + 1) : SPAN_NONE;
	return true;
}

struct cursor
cursor_over(struct span s)
{
	return (struct cursor){ .all = s };
}

struct span
cursor_take(struct cursor *c, size_t len)
{
	if (c->failed || len > c->all.len - c->at) {
		c->failed = true;
		return SPAN_NONE;
	}
	struct span s = span_slice(c->all, c->at, len);
	c->at += len;
	return s;
}

uint64_t
cursor_be(struct cursor *c, unsigned bytes)
{
	struct span s = cursor_take(c, bytes <= 8 ? bytes : SIZE_MAX);
	uint64_t v = 0;

	for (size_t i = 0; i < s.len; i++)
		v = v << 8 | s.ptr[i];
	return v;
}

uint8_t
cursor_u8(struct cursor *c)
{
	return (uint8_t)cursor_be(c, 1);
}

size_t
cursor_left(const struct cursor *c)
{
	return c->failed ? 0 : c->all.len - c->at;
}

bool
cursor_done(const struct cursor *c)
{
	return !c->failed && c->at == c->all.len;
}
