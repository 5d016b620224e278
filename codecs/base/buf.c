/* buf.c - bytes appended to a buffer that doubles within its arena, up to its ceiling.
 *
 * Old halves stay in the arena until it is reset: cheaper than it sounds, since a
 * doubling buffer wastes no more than it holds.
 */
#include "codecs/base/buf.h"

#include "codecs/base/text.h"

#include <errno.h>
#include <string.h>

enum { FIRST = 256 };

struct buf
buf_in(struct arena *a, size_t max)
{
	return (struct buf){ .arena = a, .max = max };
}

static bool
grow(struct buf *b, size_t len)
{
	if (b->error)
		return false;
	if (len > b->max - b->len) {
		b->error = -ENOBUFS;
		return false;
	}
	size_t need = b->len + len, cap = b->cap > SIZE_MAX / 2 ? SIZE_MAX : b->cap * 2;
	if (cap < FIRST)
		cap = FIRST;
	if (cap < need)
		cap = need;
	if (cap > b->max)
		cap = b->max;
	uint8_t *p = arena_bytes(b->arena, cap);
	if (!p) {
		b->error = arena_error(b->arena);
		return false;
	}
	if (b->len > 0)
		memcpy(p, b->ptr, b->len);
	b->ptr = p;
	b->cap = cap;
	return true;
}

uint8_t *
buf_room(struct buf *b, size_t len)
{
	if (b->error || ((!b->ptr || len > b->cap - b->len) && !grow(b, len)))
		return NULL;
	return b->ptr + b->len;
}

void
buf_took(struct buf *b, size_t len)
{
	if (!b->error)
		b->len += len;
}

void
buf_uint(struct buf *b, uint64_t v)
{
	uint8_t digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (uint8_t)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	buf_add(b, (struct span){ digits + at, sizeof(digits) - at });
}

void
buf_int(struct buf *b, int64_t v)
{
	if (v < 0)
		buf_char(b, '-');
	buf_uint(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void
buf_be(struct buf *b, uint64_t v, unsigned bytes)
{
	while (bytes-- > 0)
		buf_char(b, (char)(uint8_t)(v >> (bytes * 8)));
}

static const char hex_digits[] = "0123456789abcdef";

void
buf_hex(struct buf *b, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		buf_char(b, hex_digits[s.ptr[i] >> 4]);
		buf_char(b, hex_digits[s.ptr[i] & 15]);
	}
}

/* The short escapes of RFC 8259, \u for other controls. */
static void
escape(struct buf *b, uint8_t c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = memchr(from, c, sizeof(from) - 1);

	buf_char(b, '\\');
	if (at) {
		buf_char(b, to[at - from]);
		return;
	}
	buf_str(b, "u00");
	buf_char(b, hex_digits[c >> 4]);
	buf_char(b, hex_digits[c & 15]);
}

static bool
is_plain(uint8_t c)
{
	return c >= ' ' && c != '"' && c != '\\' && c != 0x7f;
}

/* Valid UTF-8 only. */
static void
json_text(struct buf *b, struct span s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (is_plain(s.ptr[i]))
			continue;
		buf_add(b, span_slice(s, from, i - from));
		escape(b, s.ptr[i]);
		from = i + 1;
	}
	buf_add(b, span_from(s, from));
}

/* Whether any of eight bytes is below 0x20, above 0x7e, a quote or a backslash (the zero-byte test of a word). */
static bool
word_needs_care(uint64_t w)
{
	const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
	uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\', del = w ^ ones * 0x7f;
	uint64_t found = (w - ones * ' ') | (quote - ones) | (slash - ones) | (del - ones) | w;

	return (found & tops) != 0;
}

/* Almost every text is ASCII without anything to escape.  A false alarm only costs the slower way. */
static bool
is_simple(struct span s)
{
	size_t i = 0;
	uint64_t word;

	for (; s.len - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, s.ptr + i, sizeof(word));
		if (word_needs_care(word))
			return false;
	}
	for (; i < s.len; i++)
		if (!is_plain(s.ptr[i]) || s.ptr[i] >= 0x80)
			return false;
	return true;
}

void
buf_json(struct buf *b, struct span s)
{
	buf_char(b, '"');
	if (is_simple(s)) {
		buf_add(b, s);
		s = SPAN_NONE;
	}
	while (s.len > 0) {
		size_t good = utf8_check(s);
		json_text(b, span_slice(s, 0, good));
		if (good == s.len)
			break;
		buf_str(b, "\xef\xbf\xbd");
		s = span_from(s, good + 1);
	}
	buf_char(b, '"');
}

struct span
buf_span(const struct buf *b)
{
	if (b->error)
		return SPAN_NONE;
	return b->ptr ? (struct span){ b->ptr, b->len } : SPAN_LIT("");
}
