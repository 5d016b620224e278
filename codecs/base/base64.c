/* base64.c - RFC 4648: base64url without padding for certificates, base64 with padding for lists; and hex.
 *
 * Both are canonical: unused low bits are zero, so that one sequence of bytes has one text.
 */
#include "codecs/base/text.h"

/* A symbol's value and one; 0: no symbol. */
/* clang-format off */
#define LETTERS \
	['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6, ['G'] = 7, ['H'] = 8, ['I'] = 9, ['J'] = 10, \
	['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18, ['S'] = 19, \
	['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, \
	['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, \
	['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, \
	['u'] = 47, ['v'] = 48, ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, \
	['3'] = 56, ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62
static const uint8_t url_values[256] = { LETTERS, ['-'] = 63, ['_'] = 64 };
static const uint8_t std_values[256] = { LETTERS, ['+'] = 63, ['/'] = 64 };
/* clang-format on */

static const char url_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char std_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static uint32_t
value(const uint8_t *values, uint8_t c)
{
	return values[c] - 1u;
}

static size_t
first_bad(struct span in, const uint8_t *values, size_t from)
{
	size_t i = from;

	while (i < in.len && values[in.ptr[i]] != 0)
		i++;
	return i;
}

/* The last two or three characters; false when bits are left over. */
static bool
decode_tail(struct span tail, const uint8_t *values, uint8_t *p, size_t *at)
{
	if (tail.len == 0)
		return true;
	if (tail.len == 1)
		return false;
	uint32_t c = value(values, tail.ptr[0]), d = value(values, tail.ptr[1]);
	uint32_t e = tail.len == 3 ? value(values, tail.ptr[2]) : 0;
	if ((c | d | e) > 63)
		return false;
	p[(*at)++] = (uint8_t)(c << 2 | d >> 4);
	if (tail.len == 2)
		return (d & 15) == 0;
	p[(*at)++] = (uint8_t)(d << 4 | e >> 2);
	return (e & 3) == 0;
}

static int
decode(struct arena *a, struct span in, const uint8_t *values, struct span *out, size_t *bad)
{
	size_t whole = in.len / 4 * 4, at = 0;
	uint8_t *p = arena_bytes(a, in.len / 4 * 3 + 3);

	if (!p)
		return arena_error(a);
	*out = SPAN_NONE;
	for (size_t i = 0; i < whole; i += 4) {
		uint32_t c = value(values, in.ptr[i]), d = value(values, in.ptr[i + 1]);
		uint32_t e = value(values, in.ptr[i + 2]), f = value(values, in.ptr[i + 3]);
		if ((c | d | e | f) > 63) {
			*bad = first_bad(in, values, i);
			return 0;
		}
		uint32_t v = c << 18 | d << 12 | e << 6 | f;
		p[at++] = (uint8_t)(v >> 16);
		p[at++] = (uint8_t)(v >> 8);
		p[at++] = (uint8_t)v;
	}
	if (!decode_tail(span_from(in, whole), values, p, &at)) {
		size_t i = first_bad(in, values, whole);
		*bad = i < in.len ? i : in.len - 1;
		return 0;
	}
	*out = (struct span){ p, at };
	return 0;
}

int
base64url_decode(struct arena *a, struct span in, struct span *out, size_t *bad)
{
	return decode(a, in, url_values, out, bad);
}

/* Without CR and LF, which PEM and some lists have inside. */
static int
join_lines(struct arena *a, struct span in, struct span *out)
{
	size_t n = 0;
	uint8_t *p = arena_bytes(a, in.len);

	if (!p)
		return arena_error(a);
	for (size_t i = 0; i < in.len; i++)
		if (in.ptr[i] != '\n' && in.ptr[i] != '\r')
			p[n++] = in.ptr[i];
	*out = (struct span){ p, n };
	return 0;
}

int
base64_decode(struct arena *a, struct span in, bool lines, struct span *out, size_t *bad)
{
	struct span s = in;
	int r = lines ? join_lines(a, in, &s) : 0;

	if (r != 0)
		return r;
	if (s.len % 4 != 0) {
		*out = SPAN_NONE;
		*bad = s.len;
		return 0;
	}
	size_t padding = 0;
	while (padding < 2 && padding < s.len && s.ptr[s.len - 1 - padding] == '=')
		padding++;
	return decode(a, span_slice(s, 0, s.len - padding), std_values, out, bad);
}

static void
encode(struct buf *b, struct span in, const char *alphabet, bool pad)
{
	size_t i = 0;

	for (; i + 2 < in.len; i += 3) {
		unsigned v = (unsigned)in.ptr[i] << 16 | (unsigned)in.ptr[i + 1] << 8 |
			     in.ptr[i + 2];
		buf_char(b, alphabet[v >> 18]);
		buf_char(b, alphabet[v >> 12 & 63]);
		buf_char(b, alphabet[v >> 6 & 63]);
		buf_char(b, alphabet[v & 63]);
	}
	size_t left = in.len - i;
	if (left == 0)
		return;
	unsigned v = (unsigned)in.ptr[i] << 16 | (left == 2 ? (unsigned)in.ptr[i + 1] << 8 : 0);
	buf_char(b, alphabet[v >> 18]);
	buf_char(b, alphabet[v >> 12 & 63]);
	if (left == 2)
		buf_char(b, alphabet[v >> 6 & 63]);
	if (pad)
		buf_str(b, left == 2 ? "=" : "==");
}

void
base64url_encode(struct buf *b, struct span in)
{
	encode(b, in, url_alphabet, false);
}

void
base64_encode(struct buf *b, struct span in)
{
	encode(b, in, std_alphabet, true);
}

static int
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int
hex_decode(struct arena *a, struct span in, struct span *out, size_t *bad)
{
	uint8_t *p = arena_bytes(a, in.len / 2 + 1);

	if (!p)
		return arena_error(a);
	*out = SPAN_NONE;
	for (size_t i = 0; i + 1 < in.len; i += 2) {
		int hi = hex_value(in.ptr[i]), lo = hex_value(in.ptr[i + 1]);
		if (hi < 0 || lo < 0) {
			*bad = hi < 0 ? i : i + 1;
			return 0;
		}
		p[i / 2] = (uint8_t)(hi * 16 + lo);
	}
	if (in.len % 2 != 0) {
		*bad = in.len - 1;
		return 0;
	}
	*out = (struct span){ p, in.len / 2 };
	return 0;
}
