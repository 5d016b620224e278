/* mangle.c - what happens to certificates on their way: bits flip, ends are lost, attackers try. */
#include "codecs/base/inflate.h"
#include "codecs/base/text.h"
#include "gateway/cli/demo/demo.h"

#include <errno.h>
#include <string.h>

enum { PREFIX = 4, ROOM = 1 << 20, BOMB = 2 << 20 };

static int
wrap(struct demo *d, struct span zlib, struct span *out)
{
	struct buf b = buf_in(d->arena, SIZE_MAX);

	buf_str(&b, "HC1:");
	base45_encode(&b, zlib);
	*out = buf_span(&b);
	return b.error;
}

static int
pack(struct demo *d, struct span cose, struct span *out)
{
	struct span zlib;
	int r = deflate_zlib(&d->work, cose, &zlib);

	return r != 0 ? r : wrap(d, zlib, out);
}

static int
zlib_of(struct demo *d, struct span text, struct span *zlib)
{
	size_t bad;
	int r = base45_decode(d->arena, span_from(text, PREFIX), zlib, &bad);

	return r == 0 && !zlib->ptr ? -EINVAL : r;
}

/* A copy of the COSE bytes that may be changed. */
static int
cose_of(struct demo *d, struct span text, struct span *cose, uint8_t **bytes)
{
	struct span zlib;
	enum inflate_result result;
	int r = zlib_of(d, text, &zlib);

	if (r == 0)
		r = inflate_zlib(&d->work, zlib, ROOM, cose, &result);
	if (r != 0)
		return r;
	*bytes = arena_bytes(d->arena, cose->len + 1);
	if (!*bytes || !cose->ptr)
		return -ENOMEM;
	memcpy(*bytes, cose->ptr, cose->len);
	*cose = (struct span){ *bytes, cose->len };
	return 0;
}

/* Changes one byte of the first place where `what` stands. */
static int
change(struct demo *d, struct span text, const char *what, uint8_t to, struct span *out)
{
	struct span cose;
	uint8_t *bytes;
	int r = cose_of(d, text, &cose, &bytes);
	uint8_t *at = r == 0 ? memmem(bytes, cose.len, what, strlen(what)) : NULL;

	if (r != 0)
		return r;
	if (!at)
		return -EINVAL;
	*at = to;
	return pack(d, cose, out);
}

int
mangle_tamper(struct demo *d, struct span text, struct span *out)
{
	return change(d, text, "998-02-26", '8', out); /* 1998 becomes 1898 */
}

int
mangle_utf8(struct demo *d, struct span text, struct span *out)
{
	return change(d, text, "PINGUIN", 0xff, out);
}

int
mangle_symbol(struct demo *d, struct span text, struct span *out)
{
	struct span copy = arena_copy(d->arena, text);

	if (!copy.ptr)
		return -ENOMEM;
	((uint8_t *)(uintptr_t)copy.ptr)[text.len / 2] = '=';
	*out = copy;
	return 0;
}

int
mangle_cut_zlib(struct demo *d, struct span text, struct span *out)
{
	struct span zlib;
	int r = zlib_of(d, text, &zlib);

	return r != 0 ? r : wrap(d, span_slice(zlib, 0, zlib.len * 2 / 3), out);
}

int
mangle_cut_cose(struct demo *d, struct span text, struct span *out)
{
	struct span cose;
	uint8_t *bytes;
	int r = cose_of(d, text, &cose, &bytes);

	return r != 0 ? r : pack(d, span_slice(cose, 0, cose.len - 5), out);
}

/* Three bytes where the signature of 64 stood. */
int
mangle_short_signature(struct demo *d, struct span text, struct span *out)
{
	struct span cose;
	uint8_t *bytes;
	struct buf b = buf_in(d->arena, ROOM);
	int r = cose_of(d, text, &cose, &bytes);

	if (r != 0)
		return r;
	buf_add(&b, span_slice(cose, 0, cose.len - 66));
	buf_add(&b, SPAN_LIT("\x43\x01\x02\x03"));
	return b.error ? b.error : pack(d, buf_span(&b), out);
}

int
mangle_bomb(struct demo *d, struct span text, struct span *out)
{
	void *zeros = arena_alloc(d->arena, BOMB, 1);

	(void)text;
	return zeros ? pack(d, (struct span){ zeros, BOMB }, out) : -ENOMEM;
}

int
mangle_long(struct demo *d, struct span text, struct span *out)
{
	struct buf b = buf_in(d->arena, ROOM);

	for (int i = 0; i < 20; i++)
		buf_add(&b, i == 0 ? text : span_from(text, PREFIX));
	*out = buf_span(&b);
	return b.error;
}

/* [h'a10126', {}, h''] : one part is missing */
int
mangle_three_parts(struct demo *d, struct span text, struct span *out)
{
	(void)text;
	return pack(d, SPAN_LIT("\xd2\x83\x43\xa1\x01\x26\xa0\x40"), out);
}

/* The protected header's alg is a byte string. */
int
mangle_header(struct demo *d, struct span text, struct span *out)
{
	(void)text;
	return pack(d, SPAN_LIT("\xd2\x84\x43\xa1\x01\x40\xa0\x41\xa0\x41\x00"), out);
}

/* The payload is an array where a map of claims is due. */
int
mangle_claims(struct demo *d, struct span text, struct span *out)
{
	(void)text;
	return pack(
		d, SPAN_LIT("\xd2\x84\x43\xa1\x01\x26\xa1\x04\x42\x31\x32\x41\x80\x41\x00"), out);
}
