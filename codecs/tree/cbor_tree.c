/* cbor_tree.c - RFC 8949 into a tree, strictly: well-formed, unique keys, UTF-8, within the cbor.* limits.
 *
 * Heads that fit one byte are read here, since libcbor 0.8 refuses some of them (tags 6 to 20, simple values);
 * longer ones come from cbor.c.  A loop over items with a stack of open containers makes the tree; a
 * container's `left` counts the items due, and in a map its parity says whether a key or a value comes next.
 */
#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/base/text.h"
#include "codecs/tree/build.h"
#include "codecs/tree/cbor_item.h"
#include "codecs/tree/cbor_write.h"

#include <string.h>

enum { TAGS_MAX = 16 };

struct reader {
	struct build b;
	size_t at; /* of the next byte */
	size_t start; /* of the item being read, its tags included */
	struct cbor_item item;
	uint64_t tags[TAGS_MAX];
	size_t tag_count;
};

static size_t
left(const struct reader *r)
{
	return r->b.in.len - r->at;
}

static void
malformed(struct reader *r, size_t offset)
{
	build_fail(&r->b, REASON_CBOR_MALFORMED, offset);
}

/* One item without what a container holds; false once stopped. */
static inline bool
read_item(struct reader *r)
{
	struct cbor_item *item = &r->item;
	uint8_t head;

	if (left(r) == 0) {
		malformed(r, r->at);
		return false;
	}
	head = r->b.in.ptr[r->at];
	item->endless = false;
	if ((head & 31) < 24) {
		item->kind = (enum cbor_item_kind)(head >> 5);
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
	} else if (!cbor_item_long(r->b.in, &r->at, item)) {
		malformed(r, r->at);
	}
	return !r->b.stop;
}

static void
check_text(struct reader *r)
{
	size_t bad = utf8_check(r->item.bytes);

	if (bad < r->item.bytes.len)
		build_fail(&r->b, REASON_CBOR_UTF8, r->at - r->item.bytes.len + bad);
}

/* The chunks of a string without length, each definite, of the same type, and UTF-8 by itself. */
static void
join_chunks(struct reader *r)
{
	enum cbor_item_kind kind = r->item.kind;
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
static bool
read_tagged(struct reader *r)
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

static void
set_simple(struct node *n, uint64_t v)
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

static void
set_tags(struct reader *r, struct node *n)
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
static void
open_container(struct reader *r, struct node *n, bool is_key)
{
	const struct cbor_item *item = &r->item;
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
static void
set_node(struct reader *r, struct node *n, bool is_key)
{
	const struct cbor_item *item = &r->item;

	if (r->tag_count > 0)
		set_tags(r, n);
	n->raw = (struct span){ &r->b.in.ptr[r->start], r->at - r->start };
	switch (item->kind) {
	case ITEM_UINT:
	case ITEM_NEGATIVE:
		n->kind = item->arg > INT64_MAX ? NODE_BIG : NODE_INT;
		if (n->kind == NODE_INT)
			n->as.integer = item->kind == ITEM_UINT ? (int64_t)item->arg
								: -1 - (int64_t)item->arg;
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
static struct span
int_text(struct reader *r, int64_t v)
{
	static const char digits[] = "0123456789";
	char text[20];
	size_t at = sizeof(text);
	uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	struct span s = { (const uint8_t *)&digits[v >= 0 && v <= 9 ? v : 0], 1 };

	if (v >= 0 && v <= 9)
		return s;
	for (; rest > 0; rest /= 10)
		text[--at] = digits[rest % 10];
	if (v < 0)
		text[--at] = '-';
	s = (struct span){ (const uint8_t *)&text[at], sizeof(text) - at };
	s = arena_copy(r->b.w->arena, s);
	if (!s.ptr)
		build_error(&r->b, arena_error(r->b.w->arena));
	return s;
}

/* Any other key stands as "cbor:" and the hex of its deterministic form: equal content, equal text. */
static void
set_other_key(struct reader *r, struct build_key *key, const struct node *n)
{
	struct buf form = buf_in(r->b.w->arena, SIZE_MAX), text = form;

	cborw_node(&form, n);
	buf_str(&text, "cbor:");
	buf_hex(&text, buf_span(&form));
	if (form.error || text.error)
		build_error(&r->b, form.error ? form.error : text.error);
	*key = (struct build_key){ KEY_OTHER, buf_span(&text), 0 };
}

/* A map without a count is held to the limit entry by entry. */
static bool
entry_allowed(struct reader *r, const struct build_frame *f)
{
	size_t max = r->b.w->limits->cbor_entries;

	if (f->endless && f->node->size >= max)
		build_limit(&r->b, "cbor.entries", max, r->start);
	return !r->b.stop;
}

static void
read_key(struct reader *r, struct build_frame *f)
{
	const struct cbor_item *item = &r->item;
	bool plain = r->tag_count == 0 && item->arg <= INT64_MAX;
	struct node *n;

	if (!entry_allowed(r, f))
		return;
	if (r->tag_count == 0 && item->kind == ITEM_TEXT) {
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

static void
close_container(struct reader *r)
{
	struct build_frame *f = r->b.top;

	build_close(&r->b, r->at);
	if (f->is_key && !r->b.stop)
		set_other_key(r, &f->up->key, f->node);
}

static void
read_break(struct reader *r)
{
	const struct build_frame *f = r->b.top;

	/* never behind tags, nor between a key and its value: an odd number is left then */
	if (!f || !f->endless || r->tag_count > 0 || (f->node->kind == NODE_MAP && f->left % 2))
		malformed(r, r->at - 1);
	else
		close_container(r);
}

/* For less than 24 bytes: a few loads that overlap, and no loop over bytes but for the shortest. */
static inline bool
is_ascii(const uint8_t *p, size_t len)
{
	uint64_t w = 0, v = 0;
	uint32_t low, high;

	if (len >= sizeof(w)) {
		memcpy(&w, p, sizeof(w));
		memcpy(&v, p + len - sizeof(v), sizeof(v));
		w |= v;
		memcpy(&v, p + (len - sizeof(v)) / 2, sizeof(v));
	} else if (len >= sizeof(low)) {
		memcpy(&low, p, sizeof(low));
		memcpy(&high, p + len - sizeof(high), sizeof(high));
		w = low | high;
	} else {
		w = len > 0 ? (uint64_t)p[0] | p[len / 2] | p[len - 1] : 0;
	}
	return ((w | v) & UINT64_C(0x8080808080808080)) == 0;
}

/* The short way for most of a certificate: ASCII and unsigned integers without tags whose head is one byte.
 * False: nothing was done. */
static bool
read_short(struct reader *r, struct build_frame *f)
{
	const uint8_t *p = &r->b.in.ptr[r->at];
	size_t room = left(r), arg = room > 0 ? *p & 31 : 31;
	bool text = arg < room && arg < 24 && *p >> 5 == ITEM_TEXT && is_ascii(p + 1, arg);

	if (arg >= 24 || (!text && *p >> 5 != ITEM_UINT))
		return false;
	struct span bytes = { p + 1, text ? arg : 0 };
	r->start = r->at;
	r->at += 1 + bytes.len;
	if (f->left-- % 2 == 0 && f->node->kind == NODE_MAP) {
		if (entry_allowed(r, f) && build_count(&r->b, r->start))
			f->key = text ? (struct build_key){ KEY_TEXT, bytes, 0 }
				      : (struct build_key){ KEY_INT, int_text(r, (int64_t)arg),
						(int64_t)arg };
		return true;
	}
	struct node *n = build_add(&r->b, text ? NODE_TEXT : NODE_INT, r->start);
	if (!n)
		return true;
	n->raw = (struct span){ p, 1 + bytes.len };
	if (text)
		n->as.bytes = bytes;
	else
		n->as.integer = (int64_t)arg;
	return true;
}

static void
read_one(struct reader *r)
{
	struct build_frame *f = r->b.top;
	struct node *n;

	if (f && read_short(r, f))
		return;
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

int
node_from_cbor(struct work *w, struct span in, const char *layer, const struct node **out)
{
	struct build_rules rules = { "cbor.nodes", "cbor.depth", w->limits->cbor_nodes,
		w->limits->cbor_depth, REASON_CBOR_DUPLICATE };
	struct reader r; /* tags stay unset: tag_count says how many are */

	build_begin(&r.b, w, in, layer, &rules);
	r.at = 0;
	r.item = (struct cbor_item){ .arg = 0 };

	do {
		read_one(&r);
		while (!r.b.stop && r.b.top && r.b.top->left == 0)
			close_container(&r);
	} while (!r.b.stop && r.b.top);
	if (!r.b.stop && r.at < in.len)
		build_fail(&r.b, REASON_CBOR_TRAILING, r.at);
	return build_end(&r.b, out);
}
