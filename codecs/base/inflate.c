/* inflate.c - whole buffers through libdeflate, bounded.
 *
 * libdeflate writes into one buffer and says when it is too small, so a stream that
 * unpacks to more than expected is tried again with a buffer eight times as large,
 * up to the bound.  A buffer that was too small is given back first, and so is
 * what a stream leaves unused: no bomb costs more memory than the bound, or more
 * than 1.6 times the work.
 */
#include "codecs/base/inflate.h"

#include "codecs/base/arena.h"
#include "codecs/base/kit.h"

#include <errno.h>
#include <libdeflate.h>

/* Most certificates unpack to less than four times their size, all seen to less than 14 times. */
enum { FIRST_GUESS = 4, GROWTH = 8, SMALLEST = 2048 };

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
bound_of(const struct work *w, struct span in, size_t max)
{
	size_t dense;

	if (__builtin_mul_overflow(in.len, w->limits->inflate_ratio, &dense) || dense > max)
		return max;
	return dense;
}

/* size times factor; the bound itself at once when that is more than half of it. */
static size_t
grown(size_t size, size_t factor, size_t bound)
{
	return size > bound / 2 / factor ? bound : size * factor;
}

static enum inflate_result
result_of(enum libdeflate_result r, bool all_read, bool by_ratio)
{
	if (r == LIBDEFLATE_INSUFFICIENT_SPACE)
		return by_ratio ? INFLATE_TOO_DENSE : INFLATE_TOO_LONG;
	if (r != LIBDEFLATE_SUCCESS)
		return INFLATE_DAMAGED;
	return all_read ? INFLATE_OK : INFLATE_TRAILED;
}

/* An empty output keeps a byte, so that it has a place of its own. */
static struct span
kept(struct arena *a, uint8_t *p, size_t len)
{
	arena_trim(a, p, len > 0 ? len : 1);
	return (struct span){ p, len };
}

static int
unpack(struct work *w, struct span in, size_t max, size_t bound, inflate_fn fn, struct span *out,
	enum inflate_result *result)
{
	struct libdeflate_decompressor *d = kit_get(
		w->kit, KIT_INFLATE, make_decompressor, drop_decompressor);
	size_t used = 0, made = 0;
	size_t size = in.len * FIRST_GUESS < SMALLEST ? grown(SMALLEST, 1, bound)
						      : grown(in.len, FIRST_GUESS, bound);
	enum libdeflate_result r;
	uint8_t *p;

	if (!d)
		return -ENOMEM;
	for (;; size = grown(size, GROWTH, bound)) {
		p = arena_bytes(w->arena, size);
		if (!p)
			return arena_error(w->arena);
		r = fn(d, in.ptr, in.len, p, size, &used, &made);
		if (r != LIBDEFLATE_INSUFFICIENT_SPACE || size == bound)
			break;
		arena_trim(w->arena, p, 0);
	}
	*result = result_of(r, used == in.len, bound < max);
	*out = *result == INFLATE_OK ? kept(w->arena, p, made) : SPAN_NONE;
	if (*result != INFLATE_OK)
		arena_trim(w->arena, p, 0);
	return 0;
}

int
inflate_zlib(
	struct work *w, struct span in, size_t max, struct span *out, enum inflate_result *result)
{
	return unpack(w, in, max, bound_of(w, in, max), libdeflate_zlib_decompress_ex, out, result);
}

int
inflate_raw(
	struct work *w, struct span in, size_t max, struct span *out, enum inflate_result *result)
{
	return unpack(
		w, in, max, bound_of(w, in, max), libdeflate_deflate_decompress_ex, out, result);
}

int
inflate_gzip(
	struct work *w, struct span in, size_t max, struct span *out, enum inflate_result *result)
{
	return unpack(w, in, max, max, libdeflate_gzip_decompress_ex, out, result);
}

uint32_t
crc32_of(struct span s)
{
	return libdeflate_crc32(0, s.ptr, s.len);
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
	*out = kept(w->arena, p, fn(c, in.ptr, in.len, p, size));
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

int
deflate_gzip(struct work *w, struct span in, struct span *out)
{
	return pack(w, in, libdeflate_gzip_compress, libdeflate_gzip_compress_bound, out);
}
