/* buf.h - a growing byte buffer in an arena, with a ceiling; and JSON text written through it.
 *
 * Like a cursor it fails once and stays failed: write freely, test at the end.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "codecs/base/arena.h"

struct buf {
	struct arena *arena;
	uint8_t      *ptr;
	size_t        len, cap, max;
	int           error; /* 0, -ENOBUFS over max or over the arena's budget, -ENOMEM */
};

struct buf  buf_in(struct arena *a, size_t max);
/* The same, but written to the caller's cap bytes at ptr as long as they suffice (b.ptr == ptr then). */
struct buf  buf_over(struct arena *a, size_t max, uint8_t *ptr, size_t cap);
void        buf_took(struct buf *b, size_t len);
/* Makes the room that buf_room asks for; NULL on failure. */
uint8_t    *buf_grow(struct buf *b, size_t len);

/* Those that answers are written with are in line: most calls only copy a few bytes. */

/* Room for len more bytes to be filled by the caller, who then calls buf_took; NULL on failure. */
static inline uint8_t *
buf_room(struct buf *b, size_t len)
{
	return !b->error && b->ptr && len <= b->cap - b->len ? b->ptr + b->len : buf_grow(b, len);
}

static inline void
buf_add(struct buf *b, struct span s)
{
	uint8_t *p;

	if (s.len == 0)
		return;
	p = buf_room(b, s.len);
	if (!p)
		return;
	memcpy(p, s.ptr, s.len);
	b->len += s.len;
}

/* A literal of up to BUF_PAD bytes, kept with as many behind it; so is what is left of it without its first byte. */
enum { BUF_PAD = 32 };
#define BUF_ZEROS "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define BUF_PADDED(s) \
	((struct span){ (const uint8_t *)(s BUF_ZEROS), sizeof(s) - 1 + 0 * sizeof(char[sizeof(s) > BUF_PAD ? -1 : 1]) })

/* As buf_add for such a literal: a copy of fixed length instead of a call. */
static inline void
buf_padded(struct buf *b, struct span s)
{
	if (!b->error && b->ptr && b->cap - b->len >= BUF_PAD) {
		memcpy(b->ptr + b->len, s.ptr, BUF_PAD);
		b->len += s.len;
	} else {
		buf_add(b, s);
	}
}

static inline void
buf_str(struct buf *b, const char *s)
{
	buf_add(b, span_of(s));
}

static inline void
buf_char(struct buf *b, char c)
{
	uint8_t *p = buf_room(b, 1);

	if (!p)
		return;
	*p = (uint8_t)c;
	b->len++;
}

void        buf_int(struct buf *b, int64_t v);
void        buf_uint(struct buf *b, uint64_t v);
void        buf_be(struct buf *b, uint64_t v, unsigned bytes);
void        buf_hex(struct buf *b, struct span s);
/* A JSON string with its quotes; DEL and C1 are escaped, too.  Bytes that are not UTF-8 become U+FFFD. */
void        buf_json(struct buf *b, struct span s);
/* What was written; SPAN_NONE once failed. */
struct span buf_span(const struct buf *b);

#endif
