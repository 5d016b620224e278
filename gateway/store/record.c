/* record.c - records as bytes, big endian: kind by kind the same fields in the same order. */
#include "gateway/store/record.h"

#include "codecs/seal/digest.h"

#include <string.h>

enum { LEAF_PREFIX, LINK_PREFIX, VERSION = 1 };

struct writer {
	uint8_t *to;
	size_t len;
};

static void
add(struct writer *w, const void *p, size_t len)
{
	if (len > 0)
		memcpy(&w->to[w->len], p, len);
	w->len += len;
}

static void
add_be(struct writer *w, uint64_t v, unsigned bytes)
{
	while (bytes-- > 0)
		w->to[w->len++] = (uint8_t)(v >> 8 * bytes);
}

static void
add_span(struct writer *w, struct span s, unsigned bytes)
{
	add_be(w, s.len, bytes);
	add(w, s.ptr, s.len);
}

size_t
record_write(const struct record *r, uint8_t *out)
{
	struct writer w = { out, 0 };

	add_be(&w, LEAF_PREFIX, 1);
	add_be(&w, VERSION, 1);
	add_be(&w, r->kind, 1);
	add_be(&w, (uint64_t)r->at, 8);
	add_be(&w, (uint64_t)r->until, 8);
	if (r->kind == RECORD_FORGOT)
		return w.len;
	add(&w, r->id, STORE_ID);
	add_be(&w, (uint64_t)r->list, 8);
	add_be(&w, (uint64_t)r->index, 8);
	if (r->kind == RECORD_REVOKED) {
		add_be(&w, r->reason, 1);
		return w.len;
	}
	add(&w, r->source, STORE_HASH);
	add_span(&w, r->source_scheme, 1);
	add_span(&w, r->scheme, 1);
	add_span(&w, r->kid, 2);
	return w.len;
}

static void
take(struct cursor *c, uint8_t *out, size_t len)
{
	struct span s = cursor_take(c, len);

	if (s.len == len)
		memcpy(out, s.ptr, len);
}

static void
read_issued(struct cursor *c, struct record *r)
{
	take(c, r->source, STORE_HASH);
	r->source_scheme = cursor_take(c, cursor_u8(c));
	r->scheme = cursor_take(c, cursor_u8(c));
	r->kid = cursor_take(c, (size_t)cursor_be(c, 2));
	c->failed = c->failed || r->source_scheme.len > STORE_SCHEME ||
		    r->scheme.len > STORE_SCHEME || r->kid.len > STORE_KID;
}

bool
record_read(struct span s, struct record *out)
{
	struct cursor c = cursor_over(s);
	struct record r = { .list = -1, .index = -1 };

	c.failed = cursor_u8(&c) != LEAF_PREFIX || cursor_u8(&c) != VERSION;
	r.kind = (enum record_kind)cursor_u8(&c);
	r.at = (int64_t)cursor_be(&c, 8);
	r.until = (int64_t)cursor_be(&c, 8);
	if (r.kind == RECORD_ISSUED || r.kind == RECORD_REVOKED) {
		take(&c, r.id, STORE_ID);
		r.list = (int64_t)cursor_be(&c, 8);
		r.index = (int64_t)cursor_be(&c, 8);
	}
	if (r.kind == RECORD_ISSUED)
		read_issued(&c, &r);
	else if (r.kind == RECORD_REVOKED)
		r.reason = cursor_u8(&c);
	else if (r.kind != RECORD_FORGOT)
		return false;
	if (!cursor_done(&c))
		return false;
	*out = r;
	return true;
}

int
record_leaf(struct kit *kit, struct span record, uint8_t leaf[STORE_HASH])
{
	return digest_of(kit, DIGEST_SHA256, record, leaf);
}

int
record_link(struct kit *kit, struct head *head, int64_t kind, int64_t until,
	const uint8_t leaf[STORE_HASH])
{
	uint8_t bytes[1 + STORE_HASH + 8 + 1 + 8 + STORE_HASH];
	struct writer w = { bytes, 0 };

	add_be(&w, LINK_PREFIX, 1);
	add(&w, head->hash, STORE_HASH);
	add_be(&w, (uint64_t)head->seq + 1, 8);
	add_be(&w, (uint64_t)kind, 1);
	add_be(&w, (uint64_t)until, 8);
	add(&w, leaf, STORE_HASH);
	int r = digest_of(kit, DIGEST_SHA256, (struct span){ bytes, w.len }, head->hash);
	if (r == 0)
		head->seq++;
	return r;
}
