/* test_inflate.c - streams with one bit wrong, cut, followed by more, with a dictionary, or far too large:
 * each has its own result, and none takes more memory than its bound.
 */
#include "codecs/base/inflate.h"
#include "codecs/base/kit.h"
#include "tests/aid/oom.h"
#include "tests/base/aid_base.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

typedef int (*inflater)(
	struct work *w, struct span in, size_t max, struct span *out, enum inflate_result *result);

#define BYTES(...)                                                                         \
	{                                                                                  \
		(const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) \
	}

static const struct {
	const char *what;
	struct span in;
	inflater inflate;
	enum inflate_result result;
	const char *out;
} streams[] = {
	{ "nothing", { NULL, 0 }, inflate_zlib, INFLATE_DAMAGED, NULL },
	{ "no deflate", { NULL, 0 }, inflate_raw, INFLATE_DAMAGED, NULL },
	{ "an empty fixed block", BYTES(0x78, 0x9c, 3, 0, 0, 0, 0, 1), inflate_zlib, INFLATE_OK,
		"" },
	{ "the same, raw", BYTES(3, 0), inflate_raw, INFLATE_OK, "" },
	{ "a stored block", BYTES(0x78, 1, 1, 1, 0, 0xfe, 0xff, 'a', 0, 0x62, 0, 0x62),
		inflate_zlib, INFLATE_OK, "a" },
	{ "the same, raw", BYTES(1, 1, 0, 0xfe, 0xff, 'a'), inflate_raw, INFLATE_OK, "a" },
	{ "two stored blocks",
		BYTES(0x78, 0xda, 0, 1, 0, 0xfe, 0xff, 'a', 1, 0, 0, 0xff, 0xff, 0, 0x62, 0, 0x62),
		inflate_zlib, INFLATE_OK, "a" },
	{ "a small window", BYTES(0x08, 0x1d, 3, 0, 0, 0, 0, 1), inflate_zlib, INFLATE_OK, "" },
	{ "a window that is none", BYTES(0x88, 0x1c, 3, 0, 0, 0, 0, 1), inflate_zlib,
		INFLATE_DAMAGED, NULL },
	{ "another method", BYTES(0x77, 0x85, 3, 0, 0, 0, 0, 1), inflate_zlib, INFLATE_DAMAGED,
		NULL },
	{ "a wrong header check", BYTES(0x78, 0x9d, 3, 0, 0, 0, 0, 1), inflate_zlib,
		INFLATE_DAMAGED, NULL },
	{ "a dictionary", BYTES(0x78, 0xbb, 0, 0, 0, 1, 3, 0, 0, 0, 0, 1), inflate_zlib,
		INFLATE_DAMAGED, NULL },
	{ "a wrong Adler-32", BYTES(0x78, 0x9c, 3, 0, 0, 0, 0, 2), inflate_zlib, INFLATE_DAMAGED,
		NULL },
	{ "a reserved block type", BYTES(0x78, 0x9c, 7, 0, 0, 0, 0, 1), inflate_zlib,
		INFLATE_DAMAGED, NULL },
	{ "a wrong stored length", BYTES(0x78, 1, 1, 1, 0, 0xff, 0xff, 'a', 0, 0x62, 0, 0x62),
		inflate_zlib, INFLATE_DAMAGED, NULL },
	{ "a reference before the start", BYTES(3, 2, 0), inflate_raw, INFLATE_DAMAGED, NULL },
	{ "no last block", BYTES(0x78, 1, 0, 1, 0, 0xfe, 0xff, 'a', 0, 0x62, 0, 0x62), inflate_zlib,
		INFLATE_DAMAGED, NULL },
	{ "a byte behind", BYTES(0x78, 0x9c, 3, 0, 0, 0, 0, 1, 0), inflate_zlib, INFLATE_TRAILED,
		NULL },
	{ "a byte behind, raw", BYTES(3, 0, 0), inflate_raw, INFLATE_TRAILED, NULL },
	{ "a second stream", BYTES(0x78, 0x9c, 3, 0, 0, 0, 0, 1, 0x78, 0x9c, 3, 0, 0, 0, 0, 1),
		inflate_zlib, INFLATE_TRAILED, NULL },
	{ "gzip", BYTES(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0),
		inflate_zlib, INFLATE_DAMAGED, NULL },
	{ "the same, as such",
		BYTES(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0),
		inflate_gzip, INFLATE_OK, "" },
	{ "gzip of one letter",
		BYTES(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b, 4, 0, 0x43, 0xbe, 0xb7, 0xe8, 1, 0,
			0, 0),
		inflate_gzip, INFLATE_OK, "a" },
	{ "with a wrong CRC",
		BYTES(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b, 4, 0, 0x42, 0xbe, 0xb7, 0xe8, 1, 0,
			0, 0),
		inflate_gzip, INFLATE_DAMAGED, NULL },
	{ "with a wrong size",
		BYTES(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b, 4, 0, 0x43, 0xbe, 0xb7, 0xe8, 2, 0,
			0, 0),
		inflate_gzip, INFLATE_DAMAGED, NULL },
	{ "a second member",
		BYTES(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x1f, 0x8b,
			8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0),
		inflate_gzip, INFLATE_TRAILED, NULL },
	{ "zlib as gzip", BYTES(0x78, 0x9c, 3, 0, 0, 0, 0, 1), inflate_gzip, INFLATE_DAMAGED,
		NULL },
	{ "raw as zlib", BYTES(3, 0), inflate_zlib, INFLATE_DAMAGED, NULL },
	{ "zlib as raw", BYTES(0x78, 0x9c, 3, 0, 0, 0, 0, 1), inflate_raw, INFLATE_DAMAGED, NULL },
};

static void
test_streams(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(streams); i++) {
		struct desk d;
		struct span out = SPAN_LIT("before");
		enum inflate_result result = (enum inflate_result)99;
		desk_begin(&d, 65536);
		assert_int_equal(
			streams[i].inflate(&d.work, streams[i].in, 1000, &out, &result), 0);
		if (result != streams[i].result)
			fail_msg("%s: %d", streams[i].what, (int)result);
		if (streams[i].out)
			assert_span_is(out, streams[i].out);
		else
			assert_null(out.ptr);
		assert_int_equal(d.report.checks[CHECK_FORMAT].status, STATUS_SILENT);
		desk_end(&d);
	}
}

/* Compressed noise of some redundancy: every fourth byte is new. */
static struct span
sample(struct desk *d, size_t len, bool raw)
{
	struct span noise = desk_noise(d, len), out;
	uint8_t *p = arena_bytes(d->arena, len);

	for (size_t i = 0; i < len; i++)
		p[i] = noise.ptr[i / 4] & 0x3f;
	noise = (struct span){ p, len };
	assert_int_equal(
		raw ? deflate_raw(&d->work, noise, &out) : deflate_zlib(&d->work, noise, &out), 0);
	return out;
}

static void
test_every_cut(void **unused)
{
	struct desk d;
	struct span out;
	enum inflate_result result;

	(void)unused;
	for (int raw = 0; raw < 2; raw++) {
		desk_begin(&d, 1 << 20);
		struct span in = sample(&d, 300, raw);
		inflater inflate = raw ? inflate_raw : inflate_zlib;
		for (size_t len = 0; len < in.len; len++) {
			inflate(&d.work, span_slice(in, 0, len), 65536, &out, &result);
			assert_int_equal(result, INFLATE_DAMAGED);
			assert_null(out.ptr);
		}
		inflate(&d.work, in, 65536, &out, &result);
		assert_int_equal(result, INFLATE_OK);
		desk_end(&d);
	}
}

/* Nothing changes what comes out; only the bits that fill up the last byte before the checksum are free. */
static void
test_every_flipped_bit(void **unused)
{
	struct desk d;
	struct span out, expected;
	enum inflate_result result;

	(void)unused;
	desk_begin(&d, 1 << 20);
	struct span in = sample(&d, 300, false);
	uint8_t *p = (uint8_t *)(uintptr_t)arena_copy(d.arena, in).ptr;
	inflate_zlib(&d.work, in, 65536, &expected, &result);
	assert_int_equal(result, INFLATE_OK);
	for (size_t bit = 0; bit < in.len * 8; bit++) {
		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		inflate_zlib(&d.work, (struct span){ p, in.len }, 65536, &out, &result);
		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (result == INFLATE_OK && bit / 8 != in.len - 5)
			fail_msg("bit %zu", bit);
		if (result == INFLATE_OK)
			assert_true(span_eq(out, expected));
	}
	desk_end(&d);
}

static void
test_there_and_back(void **unused)
{
	static const size_t sizes[] = { 0, 1, 2, 100, 341, 342, 1023, 1024, 1025, 2047, 2048, 2049,
		4095, 4096, 4097, 30000, 65535, 65536 };

	(void)unused;
	for (size_t i = 0; i < 2 * COUNT(sizes); i++) {
		struct desk d;
		struct span out, packed;
		enum inflate_result result;
		size_t len = sizes[i / 2];
		desk_begin(&d, 1 << 20);
		struct span in = desk_noise(&d, len);
		if (i % 2)
			memset((uint8_t *)(uintptr_t)in.ptr, 'a', len);
		assert_int_equal(deflate_zlib(&d.work, in, &packed), 0);
		d.limits.inflate_ratio = 1032;
		assert_int_equal(inflate_zlib(&d.work, packed, 65536, &out, &result), 0);
		assert_int_equal(result, INFLATE_OK);
		assert_true(out.ptr && span_eq(in, out));
		assert_int_equal(deflate_raw(&d.work, in, &packed), 0);
		assert_int_equal(inflate_raw(&d.work, packed, 65536, &out, &result), 0);
		assert_int_equal(result, INFLATE_OK);
		assert_true(out.ptr && span_eq(in, out));
		assert_int_equal(deflate_gzip(&d.work, in, &packed), 0);
		assert_int_equal(inflate_gzip(&d.work, packed, 65536, &out, &result), 0);
		assert_int_equal(result, INFLATE_OK);
		assert_true(out.ptr && span_eq(in, out));
		desk_end(&d);
	}
}

static void
test_the_bound_to_the_byte(void **unused)
{
	static const size_t sizes[] = { 1, 2, 100, 1000, 1024, 5000, 40000 };

	(void)unused;
	for (size_t i = 0; i < COUNT(sizes); i++)
		for (size_t k = 0; k < 3; k++) {
			struct desk d;
			struct span out;
			enum inflate_result result;
			desk_begin(&d, 1 << 20);
			struct span in = sample(&d, sizes[i], i % 2);
			inflater inflate = i % 2 ? inflate_raw : inflate_zlib;
			assert_int_equal(inflate(&d.work, in, sizes[i] + k - 1, &out, &result), 0);
			assert_int_equal(result, k == 0 ? INFLATE_TOO_LONG : INFLATE_OK);
			assert_int_equal(out.len, k == 0 ? 0 : sizes[i]);
			desk_end(&d);
		}
}

static void
test_the_ratio_to_the_byte(void **unused)
{
	static const uint8_t zeroes[20000];
	struct desk d;
	struct span in, out;
	enum inflate_result result;

	(void)unused;
	desk_begin(&d, 1 << 20);
	assert_int_equal(deflate_zlib(&d.work, (struct span){ zeroes, sizeof(zeroes) }, &in), 0);
	size_t ratio = sizeof(zeroes) / in.len;
	assert_true(ratio > 200); /* the default refuses it */
	inflate_zlib(&d.work, in, 65536, &out, &result);
	assert_int_equal(result, INFLATE_TOO_DENSE);
	for (size_t k = 0; k < 3; k++) {
		size_t len = in.len * (ratio / 2) + k - 1; /* one under, at, one over half of it */
		struct span packed;
		assert_int_equal(deflate_zlib(&d.work, (struct span){ zeroes, len }, &packed), 0);
		d.limits.inflate_ratio = 1;
		while (packed.len * d.limits.inflate_ratio < len)
			d.limits.inflate_ratio++;
		inflate_zlib(&d.work, packed, 65536, &out, &result);
		assert_int_equal(result, INFLATE_OK);
		d.limits.inflate_ratio--;
		inflate_zlib(&d.work, packed, 65536, &out, &result);
		assert_int_equal(result, INFLATE_TOO_DENSE);
		inflate_zlib(&d.work, packed, 100, &out,
			&result); /* max is less than the ratio allows */
		assert_int_equal(result, INFLATE_TOO_LONG);
	}
	desk_end(&d);
}

/* 12 MB of zeroes in 12 kB. */
static struct span
bomb(struct desk *d)
{
	static const uint8_t zeroes[12 << 20];
	struct span in;

	assert_int_equal(deflate_zlib(&d->work, (struct span){ zeroes, sizeof(zeroes) }, &in), 0);
	return in;
}

static void
test_a_bomb_takes_no_more_than_its_bound(void **unused)
{
	struct desk maker, d;
	struct span in, out;
	enum inflate_result result;

	(void)unused;
	desk_begin(&maker, 32 << 20);
	in = bomb(&maker);
	assert_true(in.len < 20000);
	desk_begin(&d, 65536); /* just what may come out */
	d.limits.inflate_ratio = 1032;
	for (size_t i = 0; i < 1000; i++) {
		assert_int_equal(inflate_zlib(&d.work, in, 65536, &out, &result), 0);
		assert_int_equal(result, INFLATE_TOO_LONG);
		assert_int_equal(arena_used(d.arena), 0);
	}
	desk_end(&d);
	desk_begin(&d, 65535);
	d.limits.inflate_ratio = 1032;
	assert_int_equal(inflate_zlib(&d.work, in, 65536, &out, &result), -ENOBUFS);
	desk_end(&d);
	desk_end(&maker);
}

static void
test_what_is_not_used_is_given_back(void **unused)
{
	struct desk d;
	struct span out;
	enum inflate_result result;

	(void)unused;
	desk_begin(&d, 1 << 20);
	struct span in = sample(&d, 20000, false);
	size_t before = arena_used(d.arena);
	assert_int_equal(inflate_zlib(&d.work, in, 65536, &out, &result), 0);
	assert_int_equal(result, INFLATE_OK);
	assert_int_equal(arena_used(d.arena) - before, 20000);
	desk_end(&d);
}

static int
pack_and_unpack(void *arg)
{
	struct arena *a = arena_new(1 << 20);
	struct kit *k = kit_new();
	struct report report;
	struct work w = { a, &report, &limits_default, k, 0 };
	struct span packed, out, in = *(struct span *)arg;
	enum inflate_result result = INFLATE_DAMAGED;
	int r = a && k ? 0 : -ENOMEM;

	if (r == 0)
		r = deflate_raw(&w, in, &packed);
	if (r == 0)
		r = inflate_raw(&w, packed, 1 << 20, &out, &result);
	if (r == 0 && result != INFLATE_OK)
		r = -EINVAL;
	arena_free(a);
	kit_free(k);
	return r;
}

static void
test_out_of_memory(void **unused)
{
	struct desk d;

	(void)unused;
	desk_begin(&d, 1 << 20);
	struct span in = desk_noise(&d, 50000);
	assert_true(
		oom_each(pack_and_unpack, &in) >= 2 * 6); /* arena, kit, two contexts, two blocks */
	desk_end(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_every_flipped_bit),
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_the_bound_to_the_byte),
		cmocka_unit_test(test_the_ratio_to_the_byte),
		cmocka_unit_test(test_a_bomb_takes_no_more_than_its_bound),
		cmocka_unit_test(test_what_is_not_used_is_given_back),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
