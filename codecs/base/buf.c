/* buf.c - bytes appended to a buffer that doubles within its arena, up to its ceiling.
 *
 * Old halves stay in the arena until it is reset: cheaper than it sounds, since a
 * doubling buffer wastes no more than it holds.
 */
#include "codecs/base/buf.h"

#include "codecs/base/text.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

enum { FIRST = 256, RUN = 16 };

struct buf
buf_in(struct arena *a, size_t max)
{
	return (struct buf){ .arena = a, .max = max };
}

struct buf
buf_over(struct arena *a, size_t max, uint8_t *ptr, size_t cap)
{
	return (struct buf){ .arena = a, .max = max, .ptr = ptr, .cap = cap < max ? cap : max };
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
buf_grow(struct buf *b, size_t len)
{
	return grow(b, len) ? b->ptr + b->len : NULL;
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
	uint8_t *p = buf_room(b, s.len * 2);

	if (!p)
		return;
	for (size_t i = 0; i < s.len; i++) {
		p[2 * i] = (uint8_t)hex_digits[s.ptr[i] >> 4];
		p[2 * i + 1] = (uint8_t)hex_digits[s.ptr[i] & 15];
	}
	buf_took(b, s.len * 2);
}

/* The short escapes of RFC 8259, \u for other controls. */
static void
escape(struct buf *b, uint8_t c)
{
	static const char controls[] = "uuuuuuuubtnufruuuuuuuuuuuuuuuuuu";
	char form = c < ' ' ? controls[c] : c >= 0x7f ? 'u' : (char)c;
	char text[] = { '\\', form, '0', '0', hex_digits[c >> 4], hex_digits[c & 15] };

	buf_add(b, (struct span){ (const uint8_t *)text, form == 'u' ? 6 : 2 });
}

/* Eight bytes alike; and the top bit of each byte of a word that is zero, right up to the lowest such. */
#define ALL(byte)   (0x0101010101010101u * (byte))
#define ZEROS(word) (((word)-ALL(1)) & ~(word))

/* The top bit of each byte that a JSON string does not hold as it is, right up to the lowest such: controls, '"',
 * '\', DEL and all that is not ASCII. */
static inline uint64_t
stops(uint64_t w)
{
	uint64_t found = w | (w - ALL(' ')) | ZEROS(w ^ ALL('"')) | ZEROS(w ^ ALL('\\')) |
			 ZEROS(w ^ ALL(0x7f));

	return found & ALL(0x80);
}

/* Two words side by side, looked at in one go; which of their bytes are to blame is not told. */
typedef int8_t bytes16 __attribute__((vector_size(16)));
typedef uint64_t words2 __attribute__((vector_size(16)));
#define ALL2(byte)                                           \
	{                                                    \
		ALL((uint64_t)(byte)), ALL((uint64_t)(byte)) \
	}

static inline bool
any_stop(words2 w)
{
	static const words2 blank = ALL2(' '), quote = ALL2('"'), slash = ALL2('\\'),
			    del = ALL2(0x7f);
	bytes16 v = (bytes16)w; /* of signed bytes: what is not ASCII is below the blank, too */
	words2 found = (words2)((v < (bytes16)blank) | (v == (bytes16)quote) |
				(v == (bytes16)slash) | (v == (bytes16)del));

	return (found[0] | found[1]) != 0;
}

/* Two words of s, the second one up to its end, copied and looked at. */
static inline bool
ends_stop(uint8_t *to, const uint8_t *from, size_t len)
{
	uint64_t low, high;

	memcpy(&low, from, sizeof(low));
	memcpy(&high, from + len - sizeof(high), sizeof(high));
	memcpy(to, &low, sizeof(low));
	memcpy(to + len - sizeof(high), &high, sizeof(high));
	return any_stop((words2){ low, high });
}

/* The same for 4 to 7 bytes. */
static inline bool
short_stop(uint8_t *to, const uint8_t *from, size_t len)
{
	uint32_t low, high;

	memcpy(&low, from, sizeof(low));
	memcpy(&high, from + len - sizeof(high), sizeof(high));
	memcpy(to, &low, sizeof(low));
	memcpy(to + len - sizeof(high), &high, sizeof(high));
	return stops(low | (uint64_t)high << 32) != 0;
}

/* Copies all of s; true when none of it needed care. */
static inline bool
copy_all_plain(uint8_t *to, struct span s)
{
	uint64_t seen = ALL(' ');
	size_t n = 0;

	if (s.len >= 8) {
		for (; s.len - n > 16; n += 16)
			if (ends_stop(to + n, s.ptr + n, 16))
				return false;
		return s.len < 16 ? !ends_stop(to, s.ptr, s.len)
				  : !ends_stop(to + s.len - 16, s.ptr + s.len - 16, 16);
	}
	if (s.len >= 4)
		return !short_stop(to, s.ptr, s.len);
	for (; n < s.len; n++) {
		to[n] = s.ptr[n];
		seen = seen << 8 | s.ptr[n];
	}
	return stops(seen) == 0;
}

/* Copies s as far as it needs no care, for which there is room for all of it; how far that is.  The last eight
 * bytes may overlap those before, which are plain. */
static size_t
copy_plain(uint8_t *to, struct span s)
{
	uint64_t w;
	size_t n = 0, good;

	if (s.len < sizeof(w)) {
		for (; n < s.len && stops(ALL(' ') << 8 | s.ptr[n]) == 0; n++)
			to[n] = s.ptr[n];
		return n;
	}
	for (;;) {
		memcpy(&w, s.ptr + n, sizeof(w));
		memcpy(to + n, &w, sizeof(w));
		uint64_t found = stops(le64toh(w));
		good = found ? (size_t)__builtin_ctzll(found) / 8 : sizeof(w);
		if (good < sizeof(w) || n == s.len - sizeof(w))
			return n + good;
		n = n + sizeof(w) < s.len - sizeof(w) ? n + sizeof(w) : s.len - sizeof(w);
	}
}

/* The controls of C1 (U+0080 to U+009F): terminals obey them like those of C0. */
static bool
is_c1(struct span s, size_t at)
{
	return s.len - at > 1 && s.ptr[at] == 0xc2 && s.ptr[at + 1] >= 0x80 &&
	       s.ptr[at + 1] <= 0x9f;
}

/* Past the plain start: one escape, some UTF-8 or one bad byte.  How many bytes were read. */
static size_t
special(struct buf *b, struct span s)
{
	size_t n = 0;

	if (s.ptr[0] < 0x80) {
		escape(b, s.ptr[0]);
		return 1;
	}
	if (is_c1(s, 0)) {
		escape(b, s.ptr[1]);
		return 2;
	}
	while (n < s.len && n < RUN && s.ptr[n] >= 0x80 && !is_c1(s, n))
		n++;
	size_t good = utf8_check(span_slice(s, 0, n));
	buf_add(b, good > 0 ? span_slice(s, 0, good) : SPAN_LIT("\xef\xbf\xbd"));
	return good > 0 ? good : 1;
}

void
buf_json(struct buf *b, struct span s)
{
	uint8_t *p = buf_room(b, s.len + 2); /* at once; more only for escapes */
	size_t at = 0;

	if (!p)
		return;
	*p = '"';
	if (copy_all_plain(p + 1, s)) {
		p[s.len + 1] = '"';
		b->len += s.len + 2;
		return;
	}
	b->len++;
	for (;;) {
		size_t n = copy_plain(p + 1, span_from(s, at));
		b->len += n;
		at += n;
		if (at == s.len)
			break;
		at += special(b, span_from(s, at));
		p = buf_room(b, s.len - at + 1);
		if (!p)
			return;
		p--;
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
