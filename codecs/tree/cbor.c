/* cbor.c - the heads of CBOR items by libcbor's streaming decoder, which allocates nothing.
 *
 * One call decodes one item: a callback notes what it is.  Simple values in two bytes are read here, because
 * libcbor 0.8 refuses them all.
 */
#include "codecs/tree/cbor_item.h"

#include <cbor.h>

static void
set_arg(void *to, enum cbor_item_kind kind, uint64_t arg)
{
	struct cbor_item *item = to;

	item->kind = kind;
	item->arg = arg;
}

static void
set_bytes(void *to, enum cbor_item_kind kind, const unsigned char *ptr, size_t len)
{
	struct cbor_item *item = to;

	item->kind = kind;
	item->bytes = (struct span){ ptr, len };
}

static void
set_endless(void *to, enum cbor_item_kind kind)
{
	struct cbor_item *item = to;

	item->kind = kind;
	item->endless = true;
}

static void
set_real(void *to, double v)
{
	struct cbor_item *item = to;

	item->kind = ITEM_REAL;
	item->real = v;
}

/* clang-format off */
static void on_uint8(void *to, uint8_t v)       { set_arg(to, ITEM_UINT, v); }
static void on_uint16(void *to, uint16_t v)     { set_arg(to, ITEM_UINT, v); }
static void on_uint32(void *to, uint32_t v)     { set_arg(to, ITEM_UINT, v); }
static void on_uint64(void *to, uint64_t v)     { set_arg(to, ITEM_UINT, v); }
static void on_negint8(void *to, uint8_t v)     { set_arg(to, ITEM_NEGATIVE, v); }
static void on_negint16(void *to, uint16_t v)   { set_arg(to, ITEM_NEGATIVE, v); }
static void on_negint32(void *to, uint32_t v)   { set_arg(to, ITEM_NEGATIVE, v); }
static void on_negint64(void *to, uint64_t v)   { set_arg(to, ITEM_NEGATIVE, v); }
static void on_list(void *to, size_t n)         { set_arg(to, ITEM_LIST, n); }
static void on_map(void *to, size_t n)          { set_arg(to, ITEM_MAP, n); }
static void on_tag(void *to, uint64_t v)        { set_arg(to, ITEM_TAG, v); }
static void on_bool(void *to, bool v)           { set_arg(to, ITEM_SIMPLE, v ? SIMPLE_TRUE : SIMPLE_FALSE); }
static void on_null(void *to)                   { set_arg(to, ITEM_SIMPLE, SIMPLE_NULL); }
static void on_undefined(void *to)              { set_arg(to, ITEM_SIMPLE, SIMPLE_UNDEFINED); }
static void on_break(void *to)                  { set_arg(to, ITEM_BREAK, 0); }
static void on_bytes(void *to, cbor_data p, size_t n) { set_bytes(to, ITEM_BYTES, p, n); }
static void on_text(void *to, cbor_data p, size_t n)  { set_bytes(to, ITEM_TEXT, p, n); }
static void on_endless_bytes(void *to)          { set_endless(to, ITEM_BYTES); }
static void on_endless_text(void *to)           { set_endless(to, ITEM_TEXT); }
static void on_endless_list(void *to)           { set_endless(to, ITEM_LIST); }
static void on_endless_map(void *to)            { set_endless(to, ITEM_MAP); }
static void on_float(void *to, float v)         { set_real(to, (double)v); }
static void on_double(void *to, double v)       { set_real(to, v); }
/* clang-format on */

static const struct cbor_callbacks callbacks = {
	.uint8 = on_uint8,
	.uint16 = on_uint16,
	.uint32 = on_uint32,
	.uint64 = on_uint64,
	.negint8 = on_negint8,
	.negint16 = on_negint16,
	.negint32 = on_negint32,
	.negint64 = on_negint64,
	.byte_string = on_bytes,
	.byte_string_start = on_endless_bytes,
	.string = on_text,
	.string_start = on_endless_text,
	.array_start = on_list,
	.indef_array_start = on_endless_list,
	.map_start = on_map,
	.indef_map_start = on_endless_map,
	.tag = on_tag,
	.float2 = on_float,
	.float4 = on_float,
	.float8 = on_double,
	.undefined = on_undefined,
	.null = on_null,
	.boolean = on_bool,
	.indef_break = on_break,
};

/* A simple value in two bytes; below 32 it is malformed (RFC 8949, 3.3). */
static bool
read_simple(struct span in, size_t *at, struct cbor_item *item)
{
	if (in.len - *at < 2 || in.ptr[*at + 1] < SIMPLE_LONG)
		return false;
	set_arg(item, ITEM_SIMPLE, in.ptr[*at + 1]);
	*at += 2;
	return true;
}

bool
cbor_item_long(struct span in, size_t *at, struct cbor_item *item)
{
	struct cbor_decoder_result result;

	if (*at >= in.len)
		return false;
	if (in.ptr[*at] == 0xf8)
		return read_simple(in, at, item);
	result = cbor_stream_decode(&in.ptr[*at], in.len - *at, &callbacks, item);
	if (result.status != CBOR_DECODER_FINISHED)
		return false;
	*at += result.read;
	return true;
}
