/* inflate.c - whole buffers through libdeflate, bounded.
 *
 * libdeflate writes into one buffer and says when it is too small, so a stream that
 * unpacks to more than expected is tried again with a buffer eight times as large,
 * up to the bound: no bomb costs more memory than the bound or more work than an
 * eighth above it.
 */
#include "codecs/base/inflate.h"

#include "codecs/base/arena.h"
#include "codecs/base/kit.h"

#include <errno.h>
#include <libdeflate.h>

enum { FIRST_GUESS = 3, GROWTH = 8, SMALLEST = 1024 };

typedef enum libdeflate_result (*inflate_fn)(
	struct libdeflate_decompressor *, const void *, size_t, void *, size_t, size_t *, size_t *);

static void *
make_decompressor(void)
{
	return libdeflate_alloc_decompressor();
}

static void
drop_decompressor(void *d)
{
	libdeflate_free_decompressor(d);
}

static void *
make_compressor(void)
{
	return libdeflate_alloc_compressor(9);
}

static void
drop_compressor(void *c)
{
	libdeflate_free_compressor(c);
}

/* The bound that applies: max, or what the ratio allows if that is less. */
static size_t
ceiling(const struct work *w, struct span in, size_t max)
{
	size_t dense;

	if (__builtin_mul_overflow(in.len, w->limits->inflate_ratio, &dense) || dense > max)
		return max;
	return dense;
}

static enum inflate_result
too_much(const struct work *w, struct span in, size_t max)
{
	return ceiling(w, in, max) < max ? INFLATE_TOO_DENSE : INFLATE_TOO_LONG;
}

static int
unpack(struct work *w, struct span in, size_t max, inflate_fn fn, struct span *out,
	enum inflate_result *result)
{
	struct libdeflate_decompressor *d = kit_get(
		w->kit, KIT_INFLATE, make_decompressor, drop_decompressor);
	size_t top = ceiling(w, in, max), size = in.len * FIRST_GUESS, used, made;

	if (!d)
		return -ENOMEM;
	*out = SPAN_NONE;
	if (size < SMALLEST)
		size = SMALLEST;
	for (;; size *= GROWTH) {
		if (size > top)
			size = top;
		uint8_t *p = arena_bytes(w->arena, size);
		if (!p)
			return arena_error(w->arena);
		enum libdeflate_result r = fn(d, in.ptr, in.len, p, size, &used, &made);
		if (r == LIBDEFLATE_INSUFFICIENT_SPACE && size < top)
			continue;
		if (r == LIBDEFLATE_INSUFFICIENT_SPACE)
			*result = too_much(w, in, max);
		else if (r != LIBDEFLATE_SUCCESS)
			*result = INFLATE_DAMAGED;
		else
			*result = used == in.len ? INFLATE_OK : INFLATE_TRAILED;
		if (*result == INFLATE_OK)
			*out = (struct span){ p, made };
		return 0;
	}
}

int
inflate_zlib(
	struct work *w, struct span in, size_t max, struct span *out, enum inflate_result *result)
{
	return unpack(w, in, max, libdeflate_zlib_decompress_ex, out, result);
}

int
inflate_raw(
	struct work *w, struct span in, size_t max, struct span *out, enum inflate_result *result)
{
	return unpack(w, in, max, libdeflate_deflate_decompress_ex, out, result);
}

typedef size_t (*deflate_fn)(struct libdeflate_compressor *, const void *, size_t, void *, size_t);
typedef size_t (*bound_fn)(struct libdeflate_compressor *, size_t);

static int
pack(struct work *w, struct span in, deflate_fn fn, bound_fn bound, struct span *out)
{
	struct libdeflate_compressor *c = kit_get(
		w->kit, KIT_DEFLATE, make_compressor, drop_compressor);
	if (!c)
		return -ENOMEM;
	size_t size = bound(c, in.len);
	uint8_t *p = arena_bytes(w->arena, size);

	if (!p)
		return arena_error(w->arena);
	*out = (struct span){ p, fn(c, in.ptr, in.len, p, size) };
	return 0;
}

int
deflate_zlib(struct work *w, struct span in, struct span *out)
{
	return pack(w, in, libdeflate_zlib_compress, libdeflate_zlib_compress_bound, out);
}

int
deflate_raw(struct work *w, struct span in, struct span *out)
{
	return pack(w, in, libdeflate_deflate_compress, libdeflate_deflate_compress_bound, out);
}
