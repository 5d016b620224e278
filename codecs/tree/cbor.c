/* cbor.c - RFC 8949 into a tree, strictly: well-formed, unique keys, UTF-8, within the cbor.* limits.
 *
 * Heads that fit one byte are read here, since libcbor 0.8 refuses some of them (tags 6 to 20, simple values);
 * all longer ones by libcbor's streaming decoder, which allocates nothing.  A loop over items with a stack of
 * open containers makes the tree; a container's `left` counts the items due, and in a map its parity says
 * whether a key or a value comes next.
 */
#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/base/text.h"
#include "codecs/tree/build.h"
#include "codecs/tree/cbor_write.h"

#include <cbor.h>
#include <string.h>

/* The first eight are the major types. */
enum item_kind { ITEM_UINT, ITEM_NEGATIVE, ITEM_BYTES, ITEM_TEXT, ITEM_LIST, ITEM_MAP, ITEM_TAG, ITEM_SIMPLE,
	ITEM_REAL, ITEM_BREAK };

enum { SIMPLE_FALSE = 20, SIMPLE_TRUE, SIMPLE_NULL, SIMPLE_UNDEFINED, SIMPLE_LONG = 32, TAGS_MAX = 16 };

struct item {
	enum item_kind kind;
	bool           endless;
	uint64_t       arg; /* value, count, tag number or simple value */
	struct span    bytes;
	double         real;
};

struct reader {
	struct build b;
	size_t       at;    /* of the next byte */
	size_t       start; /* of the item being read, its tags included */
	struct item  item;
	uint64_t     tags[TAGS_MAX];
	size_t       tag_count;
};

static void set_arg(void *to, enum item_kind kind, uint64_t arg)
{
	struct item *item = to;

	item->kind = kind;
	item->arg = arg;
}

static void set_bytes(void *to, enum item_kind kind, const unsigned char *ptr, size_t len)
{
	struct item *item = to;

	item->kind = kind;
	item->bytes = (struct span){ ptr, len };
}

static void set_endless(void *to, enum item_kind kind)
{
	struct item *item = to;

	item->kind = kind;
	item->endless = true;
}

static void set_real(void *to, double v)
{
	struct item *item = to;

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

static size_t left(const struct reader *r)
{
	return r->b.in.len - r->at;
}

static void malformed(struct reader *r, size_t offset)
{
	build_fail(&r->b, REASON_CBOR_MALFORMED, offset);
}

/* A simple value in two bytes; below 32 it is malformed (RFC 8949, 3.3). */
static void read_long_simple(struct reader *r)
{
	uint8_t v = left(r) > 1 ? r->b.in.ptr[r->at + 1] : 0;

	if (v < SIMPLE_LONG) {
		malformed(r, r->at);
		return;
	}
	set_arg(&r->item, ITEM_SIMPLE, v);
	r->at += 2;
}

static void read_long(struct reader *r)
{
	struct cbor_decoder_result result =
		cbor_stream_decode(&r->b.in.ptr[r->at], left(r), &callbacks, &r->item);

	if (result.status != CBOR_DECODER_FINISHED)
		malformed(r, r->at);
	else
		r->at += result.read;
}

/* One item without what a container holds; false once stopped. */
static bool read_item(struct reader *r)
{
	struct item *item = &r->item;
	uint8_t head;

	if (left(r) == 0) {
		malformed(r, r->at);
		return false;
	}
	head = r->b.in.ptr[r->at];
	item->endless = false;
	if ((head & 31) < 24) {
		item->kind = (enum item_kind)(head >> 5);
		item->arg = head & 31;
		if (item->kind == ITEM_BYTES || item->kind == ITEM_TEXT) {
			if (item->arg >= left(r)) {
				malformed(r, r->at);
				return false;
			}
			item->bytes = (struct span){ &r->b.in.ptr[r->at + 1], (size_t)item->arg };
			r->at += (size_t)item->arg;
		}
		r->at++;
	} else if (head == 0xf8) {
		read_long_simple(r);
	} else {
		read_long(r);
	}
	return !r->b.stop;
}

static void check_text(struct reader *r)
{
	size_t bad = utf8_check(r->item.bytes);

	if (bad < r->item.bytes.len)
		build_fail(&r->b, REASON_CBOR_UTF8, r->at - r->item.bytes.len + bad);
}

/* The chunks of a string without length, each definite, of the same type, and UTF-8 by itself. */
static void join_chunks(struct reader *r)
{
	enum item_kind kind = r->item.kind;
	struct buf b = buf_in(r->b.w->arena, r->b.in.len);
	struct span whole = { &r->b.in.ptr[r->at], 0 };
	size_t chunks = 0;

	for (;;) {
		size_t at = r->at;

		if (!read_item(r))
			return;
		if (r->item.kind == ITEM_BREAK)
			break;
		if (r->item.kind != kind || r->item.endless) {
			malformed(r, at);
			return;
		}
		if (kind == ITEM_TEXT)
			check_text(r);
		if (++chunks == 1) {
			whole = r->item.bytes;
			continue;
		}
		if (chunks == 2)
			buf_add(&b, whole);
		buf_add(&b, r->item.bytes);
	}
	if (b.error)
		build_error(&r->b, b.error);
	r->item.kind = kind;
	r->item.bytes = chunks > 1 && b.len ? buf_span(&b) : whole;
}

/* Tags, then an item with its string whole; the item's kind is never ITEM_TAG after it. */
static bool read_tagged(struct reader *r)
{
	size_t max = r->b.w->limits->cbor_tags;

	r->start = r->at;
	r->tag_count = 0;
	while (read_item(r) && r->item.kind == ITEM_TAG) {
		if (r->tag_count >= max || r->tag_count >= TAGS_MAX) {
			build_limit(&r->b, "cbor.tags", max, r->start);
			return false;
		}
		r->tags[r->tag_count++] = r->item.arg;
	}
	if (r->b.stop)
		return false;
	if (r->item.kind == ITEM_BYTES || r->item.kind == ITEM_TEXT) {
		if (r->item.endless)
			join_chunks(r);
		else if (r->item.kind == ITEM_TEXT)
			check_text(r);
	}
	return !r->b.stop;
}

static void set_simple(struct node *n, uint64_t v)
{
	switch (v) {
	case SIMPLE_FALSE:
	case SIMPLE_TRUE:
		n->kind = NODE_BOOL;
		n->as.boolean = v == SIMPLE_TRUE;
		break;
	case SIMPLE_NULL:
	case SIMPLE_UNDEFINED:
		n->kind = NODE_NULL;
		break;
	default:
		n->kind = NODE_SIMPLE;
		n->as.simple = (uint8_t)v;
		break;
	}
}

static void set_tags(struct reader *r, struct node *n)
{
	uint64_t *tags = ARENA_ARRAY(r->b.w->arena, r->tag_count, uint64_t);

	if (!tags) {
		build_error(&r->b, arena_error(r->b.w->arena));
		return;
	}
	memcpy(tags, r->tags, r->tag_count * sizeof(*tags));
	n->tags = tags;
	n->tag_count = r->tag_count;
}

/* A container's count is believed only as far as the bytes reach that are there. */
static void open_container(struct reader *r, struct node *n, bool is_key)
{
	const struct item *item = &r->item;
	unsigned each = item->kind == ITEM_MAP ? 2 : 1;
	struct build_frame *f;

	if (!item->endless && item->arg > left(r) / each) {
		malformed(r, r->start);
		return;
	}
	if (!item->endless && each == 2 && item->arg > r->b.w->limits->cbor_entries) {
		build_limit(&r->b, "cbor.entries", r->b.w->limits->cbor_entries, r->start);
		return;
	}
	f = build_open(&r->b, n);
	if (!f)
		return;
	f->endless = item->endless;
	f->is_key = is_key;
	f->left = item->endless ? UINT64_MAX - 1 : item->arg * each;
}

/* What was read becomes n; a container is opened. */
static void set_node(struct reader *r, struct node *n, bool is_key)
{
	const struct item *item = &r->item;

	if (r->tag_count > 0)
		set_tags(r, n);
	n->raw = span_slice(r->b.in, r->start, r->at - r->start);
	switch (item->kind) {
	case ITEM_UINT:
	case ITEM_NEGATIVE:
		n->kind = item->arg > INT64_MAX ? NODE_BIG : NODE_INT;
		if (n->kind == NODE_INT)
			n->as.integer = item->kind == ITEM_UINT ? (int64_t)item->arg : -1 - (int64_t)item->arg;
		break;
	case ITEM_BYTES:
	case ITEM_TEXT:
		n->kind = item->kind == ITEM_TEXT ? NODE_TEXT : NODE_BYTES;
		n->as.bytes = item->bytes;
		break;
	case ITEM_LIST:
	case ITEM_MAP:
		n->kind = item->kind == ITEM_MAP ? NODE_MAP : NODE_LIST;
		open_container(r, n, is_key);
		break;
	case ITEM_REAL:
		n->kind = NODE_REAL;
		n->as.real = item->real;
		break;
	default:
		set_simple(n, item->arg);
		break;
	}
}

/* An integer in decimal. */
static struct span int_text(struct reader *r, int64_t v)
{
	static const char digits[] = "0123456789";
	struct buf b;

	if (v >= 0 && v <= 9)
		return (struct span){ (const uint8_t *)&digits[v], 1 };
	b = buf_in(r->b.w->arena, 20);
	buf_int(&b, v);
	if (b.error)
		build_error(&r->b, b.error);
	return buf_span(&b);
}

/* Any other key stands as "cbor:" and the hex of its deterministic form: equal content, equal text. */
static void set_other_key(struct reader *r, struct build_key *key, const struct node *n)
{
	struct buf form = buf_in(r->b.w->arena, SIZE_MAX), text = form;

	cborw_node(&form, n);
	buf_str(&text, "cbor:");
	buf_hex(&text, buf_span(&form));
	if (form.error || text.error)
		build_error(&r->b, form.error ? form.error : text.error);
	*key = (struct build_key){ KEY_OTHER, buf_span(&text), 0 };
}

static void read_key(struct reader *r, struct build_frame *f)
{
	const struct item *item = &r->item;
	bool plain = r->tag_count == 0 && item->arg <= INT64_MAX;
	struct node *n;

	if (f->endless && f->node->size >= r->b.w->limits->cbor_entries) {
		build_limit(&r->b, "cbor.entries", r->b.w->limits->cbor_entries, r->start);
	} else if (r->tag_count == 0 && item->kind == ITEM_TEXT) {
		build_count(&r->b, r->start);
		f->key = (struct build_key){ KEY_TEXT, item->bytes, 0 };
	} else if (plain && (item->kind == ITEM_UINT || item->kind == ITEM_NEGATIVE)) {
		int64_t v = item->kind == ITEM_UINT ? (int64_t)item->arg : -1 - (int64_t)item->arg;

		build_count(&r->b, r->start);
		f->key = (struct build_key){ KEY_INT, int_text(r, v), v };
	} else {
		n = build_loose(&r->b, NODE_NULL, r->start);
		if (!n)
			return;
		set_node(r, n, true);
		if (!r->b.stop && r->b.top == f)
			set_other_key(r, &f->key, n);
	}
}

static void close_container(struct reader *r)
{
	struct build_frame *f = r->b.top;

	build_close(&r->b, r->at);
	if (f->is_key && !r->b.stop)
		set_other_key(r, &f->up->key, f->node);
}

static void read_break(struct reader *r)
{
	const struct build_frame *f = r->b.top;

	/* never behind tags, nor between a key and its value: an odd number is left then */
	if (!f || !f->endless || r->tag_count > 0 || (f->node->kind == NODE_MAP && f->left % 2))
		malformed(r, r->at - 1);
	else
		close_container(r);
}

static void read_one(struct reader *r)
{
	struct build_frame *f = r->b.top;
	struct node *n;

	if (!read_tagged(r))
		return;
	if (r->item.kind == ITEM_BREAK) {
		read_break(r);
		return;
	}
	if (f && f->node->kind == NODE_MAP && f->left-- % 2 == 0) {
		read_key(r, f);
		return;
	}
	if (f && f->node->kind == NODE_LIST)
		f->left--;
	n = build_add(&r->b, NODE_NULL, r->start);
	if (n)
		set_node(r, n, false);
}

int node_from_cbor(struct work *w, struct span in, const char *layer, const struct node **out)
{
	struct build_rules rules = { "cbor.nodes", "cbor.depth", w->limits->cbor_nodes, w->limits->cbor_depth,
		REASON_CBOR_DUPLICATE };
	struct reader r = { .b = build_begin(w, in, layer, rules) };

	do {
		read_one(&r);
		while (!r.b.stop && r.b.top && r.b.top->left == 0)
			close_container(&r);
	} while (!r.b.stop && r.b.top);
	if (!r.b.stop && r.at < in.len)
		build_fail(&r.b, REASON_CBOR_TRAILING, r.at);
	return build_end(&r.b, out);
}
