/* base45.c - RFC 9285: three characters for two bytes, a pair for the last odd one.
 *
 * With the checks on overflow the mapping is one to one: nothing can be hidden in
 * a second spelling.
 */
#include "codecs/base/text.h"

#include <endian.h>
#include <string.h>

/* What a symbol is worth in each of the three places of a group, and a mark; 0: no symbol. */
#define MARK      (1u << 20)
#define FIRST(n)  (MARK | (n))
#define SECOND(n) (MARK | (n)*45)
#define THIRD(n)  (MARK | (n)*2025)
/* clang-format off */
#define SYMBOLS(V) \
	['0'] = V(0), ['1'] = V(1), ['2'] = V(2), ['3'] = V(3), ['4'] = V(4), ['5'] = V(5), ['6'] = V(6), \
	['7'] = V(7), ['8'] = V(8), ['9'] = V(9), ['A'] = V(10), ['B'] = V(11), ['C'] = V(12), ['D'] = V(13), \
	['E'] = V(14), ['F'] = V(15), ['G'] = V(16), ['H'] = V(17), ['I'] = V(18), ['J'] = V(19), \
	['K'] = V(20), ['L'] = V(21), ['M'] = V(22), ['N'] = V(23), ['O'] = V(24), ['P'] = V(25), \
	['Q'] = V(26), ['R'] = V(27), ['S'] = V(28), ['T'] = V(29), ['U'] = V(30), ['V'] = V(31), \
	['W'] = V(32), ['X'] = V(33), ['Y'] = V(34), ['Z'] = V(35), [' '] = V(36), ['$'] = V(37), \
	['%'] = V(38), ['*'] = V(39), ['+'] = V(40), ['-'] = V(41), ['.'] = V(42), ['/'] = V(43), \
	[':'] = V(44)
/* clang-format on */
static const uint32_t first[256] = { SYMBOLS(FIRST) };
static const uint32_t second[256] = { SYMBOLS(SECOND) };
static const uint32_t third[256] = { SYMBOLS(THIRD) };

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/* The value of a group of three or two; above 65535 when it overflows or one of them is no symbol. */
static inline uint32_t
triplet(const uint8_t *in)
{
	return (first[in[0]] + second[in[1]] + third[in[2]]) ^ 3 * MARK;
}

static inline uint32_t
pair(const uint8_t *in)
{
	uint32_t v = (first[in[0]] + second[in[1]]) ^ 2 * MARK;

	return v > 255 ? MARK : v;
}

/* The first character outside the alphabet, or the start of the group that overflows or is cut short. */
static size_t
fault_in(struct span in)
{
	size_t i = 0;

	while (in.len - i >= 3 && triplet(in.ptr + i) <= 65535)
		i += 3;
	for (size_t at = i; at < in.len && at < i + 3; at++)
		if (first[in.ptr[at]] == 0)
			return at;
	return i;
}

int
base45_decode(struct arena *a, struct span in, struct span *out, size_t *bad)
{
	size_t tail = in.len % 3, whole = in.len - tail, at = 0;
	uint32_t over = tail == 1 ? MARK : 0; /* any bit from 16 up: a fault somewhere */
	uint8_t *p = arena_bytes(a, whole / 3 * 2 + 1);

	if (!p)
		return arena_error(a);
	for (size_t i = 0; i < whole; i += 3) {
		uint32_t v = triplet(in.ptr + i);
		uint16_t two = htobe16((uint16_t)v);
		over |= v;
		memcpy(p + at, &two, sizeof(two));
		at += sizeof(two);
	}
	if (tail == 2) {
		uint32_t v = pair(in.ptr + whole);
		over |= v;
		p[at++] = (uint8_t)v;
	}
	*out = over >> 16 ? SPAN_NONE : (struct span){ p, at };
	if (over >> 16)
		*bad = fault_in(in);
	return 0;
}

void
base45_encode(struct buf *b, struct span in)
{
	size_t at = 0, i = 0;
	uint8_t *p = buf_room(b, in.len / 2 * 3 + in.len % 2 * 2);

	if (!p)
		return;
	for (; in.len - i >= 2; i += 2) {
		unsigned v = (unsigned)in.ptr[i] << 8 | in.ptr[i + 1];
		p[at++] = (uint8_t)alphabet[v % 45];
		p[at++] = (uint8_t)alphabet[v / 45 % 45];
		p[at++] = (uint8_t)alphabet[v / 2025];
	}
	if (i < in.len) {
		p[at++] = (uint8_t)alphabet[in.ptr[i] % 45];
		p[at++] = (uint8_t)alphabet[in.ptr[i] / 45];
	}
	buf_took(b, at);
}
