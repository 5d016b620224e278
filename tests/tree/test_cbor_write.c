/* test_cbor_write.c - the shortest form of each item, and what was written reads back equal. */
#include "codecs/base/arena.h"
#include "codecs/tree/cbor_write.h"
#include "tests/tree/aid_tree.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct buf
new_buf(struct reading *r)
{
	return buf_in(r->arena, 1 << 20);
}

static void
assert_hex(struct reading *r, const struct buf *b, const char *hex)
{
	struct buf text = buf_in(r->arena, 4096);

	buf_hex(&text, buf_span(b));
	buf_char(&text, 0);
	assert_string_equal((const char *)buf_span(&text).ptr, hex);
}

static void
writes_integers(void **state)
{
	/* clang-format off */
	static const struct { int64_t v; const char *hex; } rows[] = {
		{ 0, "00" }, { 23, "17" }, { 24, "1818" }, { 255, "18ff" }, { 256, "190100" }, { 65535, "19ffff" },
		{ 65536, "1a00010000" }, { 4294967295, "1affffffff" }, { 4294967296, "1b0000000100000000" },
		{ INT64_MAX, "1b7fffffffffffffff" }, { -1, "20" }, { -24, "37" }, { -25, "3818" }, { -256, "38ff" },
		{ -257, "390100" }, { INT64_MIN, "3b7fffffffffffffff" },
	};
	/* clang-format on */
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct reading r;
		struct buf b;

		reading_begin(&r);
		b = new_buf(&r);
		cborw_int(&b, rows[i].v);
		assert_hex(&r, &b, rows[i].hex);
		assert_non_null(reading_of(&r, node_from_cbor, buf_span(&b)));
		assert_int_equal(r.root->as.integer, rows[i].v);
		reading_end(&r);
	}
}

static void
writes_reals_in_the_shortest_width(void **state)
{
	/* clang-format off */
	static const struct { double v; const char *hex; } rows[] = {
		{ 0.0, "f90000" }, { -0.0, "f98000" }, { 1.0, "f93c00" }, { 1.5, "f93e00" }, { 65504.0, "f97bff" },
		{ 65505.0, "fa477fe100" }, { 65520.0, "fa477ff000" }, { 100000.0, "fa47c35000" },
		{ 0x1p-24, "f90001" },
		{ 0x1p-25, "fa33000000" }, { 0x1p-14, "f90400" }, { 0x1.ff8p-15, "f903ff" },
		{ 0x1.ffcp-15, "fa387fe000" },
		{ 2049.0, "fa45001000" }, { -4.0, "f9c400" }, { 1.1, "fb3ff199999999999a" },
		{ 1e300, "fb7e37e43c8800759c" },
		{ 0x1.fffffep127, "fa7f7fffff" }, { 0x1p128, "fb47f0000000000000" },
		{ 5e-324, "fb0000000000000001" },
		{ 0x1p-149, "fa00000001" }, { INFINITY, "f97c00" }, { -INFINITY, "f9fc00" }, { NAN, "f97e00" },
	};
	/* clang-format on */
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct reading r;
		struct buf b;

		reading_begin(&r);
		b = new_buf(&r);
		cborw_real(&b, rows[i].v);
		assert_hex(&r, &b, rows[i].hex);
		assert_non_null(reading_of(&r, node_from_cbor, buf_span(&b)));
		assert_int_equal(isnan(r.root->as.real), isnan(rows[i].v));
		if (!isnan(rows[i].v))
			assert_true(memcmp(&r.root->as.real, &rows[i].v, sizeof(double)) == 0);
		reading_end(&r);
	}
}

/* Every half-precision number is its own shortest form. */
static void
writes_every_half_as_itself(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits < 0x10000; bits += 1) {
		uint8_t in[3] = { 0xf9, (uint8_t)(bits >> 8), (uint8_t)bits };
		struct reading r;
		struct buf b;

		if ((bits & 0x7c00) == 0x7c00 && (bits & 0x3ff))
			continue; /* NaN */
		reading_begin(&r);
		b = new_buf(&r);
		assert_non_null(reading_of(&r, node_from_cbor, (struct span){ in, 3 }));
		cborw_real(&b, r.root->as.real);
		assert_true(span_eq(buf_span(&b), (struct span){ in, 3 }));
		reading_end(&r);
	}
}

static void
writes_the_rest(void **state)
{
	struct reading r;
	struct buf b;

	(void)state;
	reading_begin(&r);
	b = new_buf(&r);
	cborw_tag(&b, 18);
	cborw_list(&b, 6);
	cborw_bytes(&b, SPAN_LIT("\x01\x02"));
	cborw_map(&b, 1);
	cborw_text(&b, SPAN_LIT("a"));
	cborw_bool(&b, true);
	cborw_bool(&b, false);
	cborw_null(&b);
	cborw_tag(&b, 1363896240);
	cborw_text(&b, SPAN_NONE);
	cborw_bytes(&b, SPAN_LIT("012345678901234567890123"));
	assert_hex(&r, &b,
		"d286420102a16161f5f4f6da514b67b060"
		"5818303132333435363738393031323334353637383930313233");
	assert_non_null(reading_of(&r, node_from_cbor, buf_span(&b)));
	reading_end(&r);
}

/* The first becomes the second, and that stays as it is. */
static void
writes_trees_deterministically(void **state)
{
	/* clang-format off */
	static const struct { const char *in, *out; } rows[] = {
		{ "9f01820203bf6161fb3ff8000000000000ffff", "83018202 03a16161f93e00" },
		{ "7f61616162ff", "626162" }, { "5f4101ff", "4101" }, { "c61b0000000000000001", "c601" },
		{ "d80600", "c600" },
		{ "a3010203f7f8fff6", "a3010203f7f8fff6" }, { "f8ff", "f8ff" }, { "f3", "f3" }, { "f4", "f4" },
		{ "f5", "f5" },
		{ "1bffffffffffffffff", "1bffffffffffffffff" }, { "c13b8000000000000000", "c13b8000000000000000" },
		{ "a21818019f1801ff4100", "a21818018101 4100" }, { "a1d81241 0000", "a1d2410000" },
		{ "fb7ff8000000000001", "f97e00" },
	};
	/* clang-format on */
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct reading r;
		char in[64], out[64];
		const char *from[] = { rows[i].in, rows[i].out };
		char *to[] = { in, out };

		for (size_t k = 0; k < 2; k++) {
			size_t n = 0;

			for (const char *p = from[k]; *p; p++)
				if (*p != ' ')
					to[k][n++] = *p;
			to[k][n] = 0;
		}
		for (size_t k = 0; k < 2; k++) {
			struct buf b;

			reading_begin(&r);
			b = new_buf(&r);
			assert_non_null(reading_of(&r, node_from_cbor, reading_hex(&r, to[k])));
			cborw_node(&b, r.root);
			assert_hex(&r, &b, out);
			reading_end(&r);
		}
	}
}

static void
fails_once_and_stays_failed(void **state)
{
	struct reading r;
	struct buf b;

	(void)state;
	reading_begin(&r);
	b = buf_in(r.arena, 0);
	cborw_int(&b, 1);
	cborw_real(&b, 1.1);
	cborw_null(&b);
	assert_int_not_equal(b.error, 0);
	assert_null(buf_span(&b).ptr);
	reading_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_integers),
		cmocka_unit_test(writes_reals_in_the_shortest_width),
		cmocka_unit_test(writes_every_half_as_itself),
		cmocka_unit_test(writes_the_rest),
		cmocka_unit_test(writes_trees_deterministically),
		cmocka_unit_test(fails_once_and_stays_failed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
