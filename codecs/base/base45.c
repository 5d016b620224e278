/* base45.c - RFC 9285: three characters for two bytes, a pair for the last odd one.
 *
 * With the checks on overflow the mapping is one to one: nothing can be hidden in
 * a second spelling.
 */
#include "codecs/base/text.h"

/* A symbol's value and one; 0: no symbol. */
/* clang-format off */
static const uint8_t values[256] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
	['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16, ['G'] = 17, ['H'] = 18, ['I'] = 19,
	['J'] = 20, ['K'] = 21, ['L'] = 22, ['M'] = 23, ['N'] = 24, ['O'] = 25, ['P'] = 26, ['Q'] = 27, ['R'] = 28,
	['S'] = 29, ['T'] = 30, ['U'] = 31, ['V'] = 32, ['W'] = 33, ['X'] = 34, ['Y'] = 35, ['Z'] = 36,
	[' '] = 37, ['$'] = 38, ['%'] = 39, ['*'] = 40, ['+'] = 41, ['-'] = 42, ['.'] = 43, ['/'] = 44, [':'] = 45,
};
/* clang-format on */
static uint32_t
value(uint8_t c)
{
	return values[c] - 1u;
}

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/* The first character outside the alphabet, else where the group that overflows starts. */
static size_t
fault_in(struct span in, size_t group)
{
	for (size_t i = group; i < in.len && i < group + 3; i++)
		if (values[in.ptr[i]] == 0)
			return i;
	return group;
}

int
base45_decode(struct arena *a, struct span in, struct span *out, size_t *bad)
{
	size_t whole = in.len / 3 * 3, at = 0;
	uint8_t *p = arena_bytes(a, in.len / 3 * 2 + 2);

	if (!p)
		return arena_error(a);
	*out = SPAN_NONE;
	for (size_t i = 0; i < whole; i += 3) {
		uint32_t c = value(in.ptr[i]), d = value(in.ptr[i + 1]), e = value(in.ptr[i + 2]);
		uint32_t v = c + 45 * d + 2025 * e;
		if (c > 44 || d > 44 || e > 44 || v > 65535) {
			*bad = fault_in(in, i);
			return 0;
		}
		p[at++] = (uint8_t)(v >> 8);
		p[at++] = (uint8_t)v;
	}
	if (in.len - whole == 1) {
		*bad = whole;
		return 0;
	}
	if (in.len - whole == 2) {
		uint32_t c = value(in.ptr[whole]), d = value(in.ptr[whole + 1]);
		if (c > 44 || d > 44 || c + 45 * d > 255) {
			*bad = fault_in(in, whole);
			return 0;
		}
		p[at++] = (uint8_t)(c + 45 * d);
	}
	*out = (struct span){ p, at };
	return 0;
}

void
base45_encode(struct buf *b, struct span in)
{
	for (size_t i = 0; i + 1 < in.len; i += 2) {
		unsigned v = (unsigned)in.ptr[i] << 8 | in.ptr[i + 1];
		buf_char(b, alphabet[v % 45]);
		buf_char(b, alphabet[v / 45 % 45]);
		buf_char(b, alphabet[v / 2025]);
	}
	if (in.len % 2 != 0) {
		buf_char(b, alphabet[in.ptr[in.len - 1] % 45]);
		buf_char(b, alphabet[in.ptr[in.len - 1] / 45]);
	}
}
