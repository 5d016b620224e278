/* cbor_write.c - CBOR items in their shortest form, heads by libcbor's encoders.
 *
 * Reals take the shortest width that gives the same value back; NaN is always f9 7e00.
 */
#include "codecs/tree/cbor_write.h"

#include "codecs/tree/node.h"

#include <cbor.h>
#include <math.h>

enum { HEAD_MAX = 9 };

static void
head(struct buf *b, size_t (*encode)(uint64_t, unsigned char *, size_t), uint64_t arg)
{
	uint8_t *room = buf_room(b, HEAD_MAX);

	if (room)
		buf_took(b, encode(arg, room, HEAD_MAX));
}

static size_t
encode_count(uint64_t n, unsigned char *to, size_t size)
{
	return cbor_encode_array_start(n, to, size);
}

static size_t
encode_pairs(uint64_t n, unsigned char *to, size_t size)
{
	return cbor_encode_map_start(n, to, size);
}

static size_t
encode_text(uint64_t n, unsigned char *to, size_t size)
{
	return cbor_encode_string_start(n, to, size);
}

static size_t
encode_bytes(uint64_t n, unsigned char *to, size_t size)
{
	return cbor_encode_bytestring_start(n, to, size);
}

void
cborw_int(struct buf *b, int64_t v)
{
	if (v >= 0)
		head(b, cbor_encode_uint, (uint64_t)v);
	else
		head(b, cbor_encode_negint, (uint64_t)(-1 - v));
}

void
cborw_text(struct buf *b, struct span s)
{
	head(b, encode_text, s.len);
	buf_add(b, s);
}

void
cborw_bytes(struct buf *b, struct span s)
{
	head(b, encode_bytes, s.len);
	buf_add(b, s);
}

void
cborw_list(struct buf *b, size_t count)
{
	head(b, encode_count, count);
}

void
cborw_map(struct buf *b, size_t pairs)
{
	head(b, encode_pairs, pairs);
}

void
cborw_tag(struct buf *b, uint64_t tag)
{
	head(b, cbor_encode_tag, tag);
}

void
cborw_bool(struct buf *b, bool v)
{
	buf_be(b, v ? 0xf5 : 0xf4, 1);
}

void
cborw_null(struct buf *b)
{
	buf_be(b, 0xf6, 1);
}

/* Whether a finite v is a whole multiple of 2^-24 within a half's 11 bits and range; *bits is then that half. */
static bool
half_of(double v, uint16_t *bits)
{
	double a = fabs(v);
	uint16_t sign = signbit(v) ? 0x8000 : 0;
	int exponent;

	if (a > 65504.0 || ldexp(a, 24) != floor(ldexp(a, 24)))
		return false;
	if (a < 0x1p-14) { /* subnormal, or zero */
		*bits = (uint16_t)(sign | (unsigned)ldexp(a, 24));
		return true;
	}
	frexp(a, &exponent); /* a = f * 2^exponent, f in [0.5, 1) */
	if (ldexp(a, 11 - exponent) != floor(ldexp(a, 11 - exponent)))
		return false;
	*bits = (uint16_t)(sign | (unsigned)(exponent + 14) << 10 |
			   ((unsigned)ldexp(a, 11 - exponent) & 0x3ff));
	return true;
}

void
cborw_real(struct buf *b, double v)
{
	uint16_t bits = 0;
	uint8_t *room;

	if (isnan(v) || isinf(v) || half_of(v, &bits)) {
		if (!isfinite(v))
			bits = isnan(v) ? 0x7e00 : signbit(v) ? 0xfc00 : 0x7c00;
		buf_be(b, 0xf9, 1);
		buf_be(b, bits, 2);
		return;
	}
	room = buf_room(b, HEAD_MAX);
	if (!room)
		return;
	if (fabs(v) <= 0x1.fffffep127 && (double)(float)v == v)
		buf_took(b, cbor_encode_single((float)v, room, HEAD_MAX));
	else
		buf_took(b, cbor_encode_double(v, room, HEAD_MAX));
}

static void
write_simple(struct buf *b, uint8_t v)
{
	if (v >= 24)
		buf_be(b, 0xf8, 1);
	buf_be(b, v >= 24 ? v : 0xe0u | v, 1);
}

/* A big integer is always written with eight bytes, so what was read is its shortest form already. */
static void
write_big(struct buf *b, const struct node *n)
{
	buf_add(b, span_from(n->raw, n->raw.len < HEAD_MAX ? 0 : n->raw.len - HEAD_MAX));
}

/* Null and undefined are both NODE_NULL: the last byte read says which. */
static void
write_null(struct buf *b, const struct node *n)
{
	buf_be(b, n->raw.len && n->raw.ptr[n->raw.len - 1] == 0xf7 ? 0xf7 : 0xf6, 1);
}

static void
write_item(struct buf *b, const struct node *n)
{
	for (size_t i = 0; i < n->tag_count; i++)
		cborw_tag(b, n->tags[i]);
	switch (n->kind) {
	case NODE_NULL:
		write_null(b, n);
		break;
	case NODE_BOOL:
		cborw_bool(b, n->as.boolean);
		break;
	case NODE_INT:
		cborw_int(b, n->as.integer);
		break;
	case NODE_BIG:
		write_big(b, n);
		break;
	case NODE_REAL:
		cborw_real(b, n->as.real);
		break;
	case NODE_TEXT:
		cborw_text(b, n->as.bytes);
		break;
	case NODE_BYTES:
		cborw_bytes(b, n->as.bytes);
		break;
	case NODE_SIMPLE:
		write_simple(b, n->as.simple);
		break;
	case NODE_LIST:
		cborw_list(b, n->size);
		break;
	case NODE_MAP:
		cborw_map(b, n->size);
		break;
	}
}

/* Any other key's name is "cbor:" and the hex of its bytes. */
static void
write_other_key(struct buf *b, struct span name)
{
	for (size_t i = 5; i + 1 < name.len; i += 2) {
		uint8_t high = name.ptr[i], low = name.ptr[i + 1];

		high = (uint8_t)(high <= '9' ? high - '0' : high - 'a' + 10);
		low = (uint8_t)(low <= '9' ? low - '0' : low - 'a' + 10);
		buf_be(b, (uint64_t)high << 4 | low, 1);
	}
}

static void
write_key(struct buf *b, const struct node *n)
{
	if (n->key_kind == KEY_TEXT)
		cborw_text(b, n->key);
	else if (n->key_kind == KEY_INT)
		cborw_int(b, n->key_int);
	else if (n->key_kind == KEY_OTHER)
		write_other_key(b, n->key);
}

void
cborw_node(struct buf *b, const struct node *root)
{
	const struct node *n = root;

	while (n) {
		if (n != root)
			write_key(b, n);
		write_item(b, n);
		if (n->child) {
			n = n->child;
			continue;
		}
		while (n != root && !n->next)
			n = n->parent;
		n = n == root ? NULL : n->next;
	}
}
