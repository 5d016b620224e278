/* base64.c - RFC 4648: base64url without padding for certificates, base64 with padding for lists; and hex.
 *
 * Both are canonical: unused low bits are zero, so that one sequence of bytes has one text.
 */
#include "codecs/base/ascii.h"
#include "codecs/base/text.h"

#include <endian.h>
#include <string.h>

/* A symbol's six bits as the first or the second of a pair, and a mark: two marks add up to BOTH; 0: no symbol. */
#define MARK      (1u << 14)
#define BOTH      (1u << 15)
#define FIRST(n)  (MARK | (n) << 6)
#define SECOND(n) (MARK | (n))
/* clang-format off */
#define LETTERS(V) \
	['A'] = V(0), ['B'] = V(1), ['C'] = V(2), ['D'] = V(3), ['E'] = V(4), ['F'] = V(5), ['G'] = V(6), \
	['H'] = V(7), ['I'] = V(8), ['J'] = V(9), ['K'] = V(10), ['L'] = V(11), ['M'] = V(12), ['N'] = V(13), \
	['O'] = V(14), ['P'] = V(15), ['Q'] = V(16), ['R'] = V(17), ['S'] = V(18), ['T'] = V(19), \
	['U'] = V(20), ['V'] = V(21), ['W'] = V(22), ['X'] = V(23), ['Y'] = V(24), ['Z'] = V(25), \
	['a'] = V(26), ['b'] = V(27), ['c'] = V(28), ['d'] = V(29), ['e'] = V(30), ['f'] = V(31), \
	['g'] = V(32), ['h'] = V(33), ['i'] = V(34), ['j'] = V(35), ['k'] = V(36), ['l'] = V(37), \
	['m'] = V(38), ['n'] = V(39), ['o'] = V(40), ['p'] = V(41), ['q'] = V(42), ['r'] = V(43), \
	['s'] = V(44), ['t'] = V(45), ['u'] = V(46), ['v'] = V(47), ['w'] = V(48), ['x'] = V(49), \
	['y'] = V(50), ['z'] = V(51), ['0'] = V(52), ['1'] = V(53), ['2'] = V(54), ['3'] = V(55), \
	['4'] = V(56), ['5'] = V(57), ['6'] = V(58), ['7'] = V(59), ['8'] = V(60), ['9'] = V(61)
/* clang-format on */
struct symbols {
	uint16_t first[256], second[256];
};
static const struct symbols url_symbols = {
	{ LETTERS(FIRST), ['-'] = FIRST(62), ['_'] = FIRST(63) },
	{ LETTERS(SECOND), ['-'] = SECOND(62), ['_'] = SECOND(63) },
};
static const struct symbols std_symbols = {
	{ LETTERS(FIRST), ['+'] = FIRST(62), ['/'] = FIRST(63) },
	{ LETTERS(SECOND), ['+'] = SECOND(62), ['/'] = SECOND(63) },
};

static const char url_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char std_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The first character outside the alphabet; else the last, which is one too many or has bits too many. */
static size_t
fault_in(struct span in, const struct symbols *symbols)
{
	size_t i = 0;

	while (i < in.len && symbols->first[in.ptr[i]] != 0)
		i++;
	return i < in.len ? i : in.len - 1;
}

static inline uint32_t
pair(const struct symbols *symbols, uint8_t a, uint8_t b)
{
	return (uint32_t)symbols->first[a] + symbols->second[b];
}

/* The last two or three characters; false when they are no symbols or bits are left over. */
static bool
decode_tail(struct span tail, const struct symbols *symbols, uint8_t *p)
{
	if (tail.len < 2)
		return tail.len == 0;
	uint32_t v = pair(symbols, tail.ptr[0], tail.ptr[1]);

	p[0] = (uint8_t)(v >> 4);
	if (tail.len == 2)
		return (v & BOTH) && (v & 15) == 0;
	uint32_t w = symbols->first[tail.ptr[2]];
	p[1] = (uint8_t)(v << 4 | (w >> 8 & 15));
	return (v & BOTH) && (w & MARK) && (w & 0xff) == 0;
}

static int
decode(struct arena *a, struct span in, const struct symbols *symbols, struct span *out,
	size_t *bad)
{
	size_t tail = in.len % 4, whole = in.len - tail, at = 0;
	uint32_t all = BOTH;
	uint8_t *p = arena_bytes(a, whole / 4 * 3 + 4); /* four bytes are written for three */

	if (!p)
		return arena_error(a);
	for (size_t i = 0; i < whole; i += 4, at += 3) {
		const uint8_t *four = in.ptr + i;
		uint32_t v = pair(symbols, four[0], four[1]), w = pair(symbols, four[2], four[3]);
		all &= v & w;
		v = htobe32((v << 20) + ((w - BOTH) << 8));
		memcpy(p + at, &v, sizeof(v));
	}
	if (!decode_tail(span_from(in, whole), symbols, p + at) || !all) {
		*out = SPAN_NONE;
		*bad = fault_in(in, symbols);
		return 0;
	}
	*out = (struct span){ p, at + (tail > 0 ? tail - 1 : 0) };
	return 0;
}

int
base64url_decode(struct arena *a, struct span in, struct span *out, size_t *bad)
{
	return decode(a, in, &url_symbols, out, bad);
}

static bool
is_line_end(uint8_t c)
{
	return c == '\n' || c == '\r';
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
		if (!is_line_end(in.ptr[i]))
			p[n++] = in.ptr[i];
	*out = (struct span){ p, n };
	return 0;
}

/* Where the n-th character that ends no line stands. */
static size_t
before_joining(struct span in, size_t n)
{
	size_t i = 0;

	for (; i < in.len; i++)
		if (!is_line_end(in.ptr[i]) && n-- == 0)
			break;
	return i;
}

/* How many '=' close a text of whole groups. */
static size_t
padding_of(struct span s)
{
	size_t n = 0;

	while (s.len % 4 == 0 && n < 2 && n < s.len && s.ptr[s.len - 1 - n] == '=')
		n++;
	return n;
}

int
base64_decode(struct arena *a, struct span in, bool lines, struct span *out, size_t *bad)
{
	struct span s = in, bytes;
	int r = lines ? join_lines(a, in, &s) : 0;
	size_t padding = padding_of(s), at = s.len;

	if (r == 0)
		r = decode(a, span_slice(s, 0, s.len - padding), &std_symbols, &bytes, &at);
	if (r != 0)
		return r;
	if (bytes.ptr && s.len % 4 != 0) /* padding is absent */
		bytes = SPAN_NONE;
	if (!bytes.ptr)
		*bad = lines ? before_joining(in, at) : at;
	*out = bytes;
	return 0;
}

static void
encode(struct buf *b, struct span in, const char *alphabet, bool pad)
{
	size_t tail = in.len % 3, whole = in.len - tail, at = 0;
	size_t len = whole / 3 * 4 + (tail == 0 ? 0 : pad ? 4 : tail + 1);
	uint8_t *p = buf_room(b, len);

	if (!p)
		return;
	for (size_t i = 0; i < whole; i += 3) {
		unsigned v = (unsigned)in.ptr[i] << 16 | (unsigned)in.ptr[i + 1] << 8 |
			     in.ptr[i + 2];
		p[at++] = (uint8_t)alphabet[v >> 18];
		p[at++] = (uint8_t)alphabet[v >> 12 & 63];
		p[at++] = (uint8_t)alphabet[v >> 6 & 63];
		p[at++] = (uint8_t)alphabet[v & 63];
	}
	if (tail > 0) {
		unsigned v = (unsigned)in.ptr[whole] << 16 |
			     (tail == 2 ? (unsigned)in.ptr[whole + 1] << 8 : 0);
		p[at++] = (uint8_t)alphabet[v >> 18];
		p[at++] = (uint8_t)alphabet[v >> 12 & 63];
		if (tail == 2)
			p[at++] = (uint8_t)alphabet[v >> 6 & 63];
	}
	while (at < len)
		p[at++] = '=';
	buf_took(b, len);
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

int
hex_decode(struct arena *a, struct span in, struct span *out, size_t *bad)
{
	uint8_t *p = arena_bytes(a, in.len / 2 + 1);

	if (!p)
		return arena_error(a);
	*out = SPAN_NONE;
	for (size_t i = 0; i + 1 < in.len; i += 2) {
		int hi = ascii_hex(in.ptr[i]), lo = ascii_hex(in.ptr[i + 1]);
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
