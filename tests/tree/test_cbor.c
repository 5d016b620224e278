/* test_cbor.c - CBOR into a tree: what is read, what is refused and where, limits, truncation, hostile headers. */
#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/tree/node_json.h"
#include "tests/tree/aid_tree.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */
static const struct {
	const char *hex, *json;
} good[] = {
	{ "00", "0" }, { "17", "23" }, { "1818", "24" }, { "1800", "0" }, { "1b0000000000000001", "1" },
	{ "1b7fffffffffffffff", "9223372036854775807" }, { "1b8000000000000000", "9223372036854775808" },
	{ "1bffffffffffffffff", "18446744073709551615" }, { "20", "-1" }, { "30", "-17" }, { "3863", "-100" },
	{ "3b7fffffffffffffff", "-9223372036854775808" }, { "3b8000000000000000", "-9223372036854775809" },
	{ "3bffffffffffffffff", "-18446744073709551616" },
	{ "f4", "false" }, { "f5", "true" }, { "f6", "null" }, { "f7", "null" }, { "e0", "null" },
	{ "f8ff", "null" },
	{ "f90000", "0" }, { "f98000", "-0" }, { "f93e00", "1.5" }, { "fa47c35000", "100000" },
	{ "fb3ff199999999999a", "1.1" },
	{ "f97c00", "null" }, { "f97e00", "null" }, { "fbfff0000000000000", "null" },
	{ "60", "\"\"" }, { "6161", "\"a\"" }, { "780161", "\"a\"" }, { "63e6b0b4", "\"\xe6\xb0\xb4\"" },
	{ "7fff", "\"\"" },
	{ "7f657374726561646d696e67ff", "\"streaming\"" }, { "7f6161ff", "\"a\"" }, { "7f60606161ff", "\"a\"" },
	{ "40", "\"\"" }, { "4401020304", "\"AQIDBA\"" }, { "5f42010243030405ff", "\"AQIDBAU\"" },
	{ "5fff", "\"\"" },
	{ "80", "[]" }, { "9fff", "[]" }, { "a0", "{}" }, { "bfff", "{}" },
	{ "8301820203820405", "[1,[2,3],[4,5]]" },
	{ "9f01820203 9f0405ffff", "[1,[2,3],[4,5]]" }, { "9a0000000101", "[1]" },
	{ "9b000000000000000101", "[1]" },
	{ "a26161016162820203", "{\"a\":1,\"b\":[2,3]}" }, { "bf61610161629f0203ffff", "{\"a\":1,\"b\":[2,3]}" },
	{ "a301020a0320f5", "{\"1\":2,\"10\":3,\"-1\":true}" }, { "a1390103f6", "{\"-260\":null}" },
	{ "a21b7fffffffffffffff013b7fffffffffffffff02", "{\"9223372036854775807\":1,\"-9223372036854775808\":2}" },
	{ "a17f61616162ff01", "{\"ab\":1}" },
	{ "c11a514b67b0", "1363896240" }, { "d2840102f603", "[1,2,null,3]" }, { "d83dd28101", "[1]" },
	{ "c6c9ccd401", "1" },
	{ "a1410102", "{\"cbor:4101\":2}" }, { "a1f602", "{\"cbor:f6\":2}" },
	{ "a1c0616102", "{\"cbor:c06161\":2}" },
	{ "a18101820203", "{\"cbor:8101\":[2,3]}" }, { "a18000", "{\"cbor:80\":0}" },
	{ "a1a1f6f500", "{\"cbor:a1f6f5\":0}" },
	{ "a19f1801ff00", "{\"cbor:8101\":0}" }, { "a1fb3ff000000000000000", "{\"cbor:f93c00\":0}" },
	{ "a201f93c0003f6", NULL }, { "a21b8000000000000000003b800000000000000001", NULL },
	{ "a201 00 f93c00 00", NULL }, { "a2 6131 00 01 00", NULL }, { "a2 4161 00 6161 00", NULL },
	 /* 1 and 1.0, "1" and 1, h'61' and "a" */
};

static const struct {
	const char *hex;
	enum reason reason;
	size_t      offset;
} bad[] = {
	{ "", REASON_CBOR_MALFORMED, 0 }, { "18", REASON_CBOR_MALFORMED, 0 }, { "1c", REASON_CBOR_MALFORMED, 0 },
	{ "1f", REASON_CBOR_MALFORMED, 0 }, { "3f", REASON_CBOR_MALFORMED, 0 },
	{ "df00", REASON_CBOR_MALFORMED, 0 },
	{ "ff", REASON_CBOR_MALFORMED, 0 }, { "8101ff", REASON_CBOR_TRAILING, 2 },
	{ "81ff", REASON_CBOR_MALFORMED, 1 },
	{ "f800", REASON_CBOR_MALFORMED, 0 }, { "f814", REASON_CBOR_MALFORMED, 0 },
	{ "f81f", REASON_CBOR_MALFORMED, 0 },
	{ "fc", REASON_CBOR_MALFORMED, 0 }, { "fd00", REASON_CBOR_MALFORMED, 0 },
	{ "c1", REASON_CBOR_MALFORMED, 1 },
	{ "9fc1ff", REASON_CBOR_MALFORMED, 2 }, { "6261", REASON_CBOR_MALFORMED, 0 },
	{ "5b7fffffffffffffff00", REASON_CBOR_MALFORMED, 0 },
	{ "7bffffffffffffffff61", REASON_CBOR_MALFORMED, 0 }, { "9affffffff", REASON_CBOR_MALFORMED, 0 },
	{ "9bffffffffffffffff00", REASON_CBOR_MALFORMED, 0 }, { "ba0affffffffffba", REASON_CBOR_MALFORMED, 0 },
	{ "bb8000000000000000", REASON_CBOR_MALFORMED, 0 }, { "bb80000000000000010000", REASON_CBOR_MALFORMED, 0 },
	{ "a2010203", REASON_CBOR_MALFORMED, 0 }, { "bf01ff", REASON_CBOR_MALFORMED, 2 },
	{ "bf0102", REASON_CBOR_MALFORMED, 3 },
	{ "7f4161ff", REASON_CBOR_MALFORMED, 1 }, { "5f6161ff", REASON_CBOR_MALFORMED, 1 },
	{ "7f7f6161ffff", REASON_CBOR_MALFORMED, 1 },
	{ "7f6161", REASON_CBOR_MALFORMED, 3 }, { "5f00ff", REASON_CBOR_MALFORMED, 1 },
	{ "5fc04100ff", REASON_CBOR_MALFORMED, 1 },
	{ "0000", REASON_CBOR_TRAILING, 1 }, { "80ff", REASON_CBOR_TRAILING, 1 },
	{ "61ff", REASON_CBOR_UTF8, 1 }, { "8263c3a9c30a", REASON_CBOR_UTF8, 4 },
	{ "7f61c361a9ff", REASON_CBOR_UTF8, 2 },
	{ "a161c300", REASON_CBOR_UTF8, 2 }, { "63eda080", REASON_CBOR_UTF8, 1 }, { "62c080", REASON_CBOR_UTF8, 1 },
	{ "a201000101", REASON_CBOR_DUPLICATE, 4 }, { "a20100180101", REASON_CBOR_DUPLICATE, 5 },
	{ "a26161007f6161ff01", REASON_CBOR_DUPLICATE, 8 }, { "a261610078016101", REASON_CBOR_DUPLICATE, 7 },
	{ "a220003bffffffffffffffff00", REASON_NONE, 0 }, { "bf6161006161 00ff", REASON_CBOR_DUPLICATE, 6 },
	{ "a2f93c0000fb3ff000000000000001", REASON_CBOR_DUPLICATE, 14 },
	{ "a2f97e0000fa7fc0000101", REASON_CBOR_DUPLICATE, 10 },
	{ "a2810100811801f6", REASON_CBOR_DUPLICATE, 7 }, { "a1 01 a2 6161 00 6161 01", REASON_CBOR_DUPLICATE, 8 },
	{ "a2c0616100d800616101", REASON_CBOR_DUPLICATE, 9 },
};
/* clang-format on */

static struct span
hex_of(struct reading *r, const char *hex)
{
	char packed[256];
	size_t n = 0;

	for (; *hex; hex++)
		if (*hex != ' ' && n + 1 < sizeof(packed))
			packed[n++] = *hex;
	packed[n] = 0;
	return reading_hex(r, packed);
}

static void
reads_what_is_well_formed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct reading r;
		struct buf b;

		reading_begin(&r);
		if (!reading_of(&r, node_from_cbor, hex_of(&r, good[i].hex)))
			fail_msg("%s: %s", good[i].hex, reason_code(reading_reason(&r)));
		b = buf_in(r.arena, 4096);
		node_to_json(&b, r.root);
		buf_char(&b, 0);
		if (good[i].json)
			assert_string_equal((const char *)buf_span(&b).ptr, good[i].json);
		reading_end(&r);
	}
}

static void
refuses_what_is_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct reading r;
		size_t offset;
		enum reason reason;

		reading_begin(&r);
		reason = reason_of(node_from_cbor, hex_of(&r, bad[i].hex), &offset);
		if (reason != bad[i].reason || (reason && offset != bad[i].offset))
			fail_msg("%s: %s at %zu", bad[i].hex, reason_code(reason), offset);
		reading_end(&r);
	}
}

static void
refuses_every_truncation(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct reading r;

		reading_begin(&r);
		assert_truncation_refused(node_from_cbor, hex_of(&r, good[i].hex));
		reading_end(&r);
	}
}

static void
keeps_kinds_values_and_places(void **state)
{
	struct reading r;
	const struct node *n, *v;

	(void)state;
	reading_begin(&r);
	n = reading_of(&r, node_from_cbor,
		reading_hex(&r,
			"a501c11a514b67b038187f6161ff6178d83dd24161f6fb7ff80000000000006179f8fe"));
	assert_non_null(n);
	assert_int_equal(n->size, 5);
	v = node_get_int(n, 1);
	assert_int_equal(v->kind, NODE_INT);
	assert_int_equal(v->as.integer, 1363896240);
	assert_int_equal(v->offset, 2);
	assert_int_equal(v->raw.len, 6);
	assert_true(node_has_tag(v, 1));
	assert_false(node_has_tag(v, 2));
	v = node_get_int(n, -25);
	assert_true(span_is(node_text(v), "a"));
	assert_int_equal(v->raw.len, 4);
	v = node_get(n, "x");
	assert_int_equal(v->kind, NODE_BYTES);
	assert_int_equal(v->tag_count, 2);
	assert_int_equal(v->tags[0], 61);
	assert_int_equal(v->tags[1], 18);
	assert_int_equal(v->raw.len, 5);
	v = node_at(n, 3);
	assert_int_equal(v->key_kind, KEY_OTHER);
	assert_true(isnan(v->as.real));
	v = node_get(n, "y");
	assert_int_equal(v->kind, NODE_SIMPLE);
	assert_int_equal(v->as.simple, 0xfe);
	assert_ptr_equal(v->parent, n);
	assert_null(v->next);
	assert_int_equal(n->raw.len, 35);
	reading_end(&r);
}

static void
reports_the_place_with_a_pointer(void **state)
{
	struct reading r;
	struct place at;

	(void)state;
	reading_begin(&r);
	assert_null(reading_of(&r, node_from_cbor, reading_hex(&r, "a139010381a161768161ff")));
	at = r.report.checks[CHECK_FORMAT].at;
	assert_string_equal(at.layer, "test");
	assert_int_equal(at.offset, 10);
	assert_true(span_is(at.pointer, "/-260/0/v"));
	reading_end(&r);
}

/* `head`, then n times `item`, then `tail`. */
static struct span
repeat(struct reading *r, const char *head, const char *item, size_t n, const char *tail)
{
	struct buf b = buf_in(r->arena, SIZE_MAX);
	struct span s = reading_hex(r, item);

	buf_add(&b, reading_hex(r, head));
	while (n-- > 0)
		buf_add(&b, s);
	buf_add(&b, reading_hex(r, tail));
	return buf_span(&b);
}

/* clang-format off */
static const struct {
	const char *limit, *head, *item, *tail;
	size_t      at; /* the number of items that is allowed with the limits below */
} limits[] = {
	{ "cbor.depth", "", "81", "00", 5 },
	{ "cbor.depth", "", "a100", "00", 5 },
	{ "cbor.nodes", "9f", "f6", "ff", 19 },
	{ "cbor.tags", "", "c1", "00", 3 },
	{ "cbor.tags", "a1", "c1", "0000", 3 },
};
/* clang-format on */

static void
keeps_limits(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(limits); i++) {
		for (size_t n = limits[i].at - 1; n <= limits[i].at + 1; n++) {
			struct reading r;
			struct span in;

			reading_begin(&r);
			r.limits.cbor_depth = 5;
			r.limits.cbor_nodes = 20;
			r.limits.cbor_tags = 3;
			in = repeat(&r, limits[i].head, limits[i].item, n, limits[i].tail);
			reading_of(&r, node_from_cbor, in);
			assert_int_equal(r.root != NULL, n <= limits[i].at);
			if (!r.root)
				assert_string_equal(reading_limit(&r), limits[i].limit);
			reading_end(&r);
		}
	}
}

/* A map of n small integers, with a count or without. */
static struct span
map_of(struct reading *r, size_t n, bool endless, size_t twin)
{
	struct buf b = buf_in(r->arena, SIZE_MAX);

	buf_be(&b, endless ? 0xbf : 0xb9, 1);
	if (!endless)
		buf_be(&b, n, 2);
	for (size_t i = 0; i < n; i++) {
		buf_be(&b, 0x19, 1);
		buf_be(&b, twin && i == n - 1 ? twin : 1000 + i, 2);
		buf_be(&b, 0xf6, 1);
	}
	if (endless)
		buf_be(&b, 0xff, 1);
	return buf_span(&b);
}

static void
keeps_the_limit_of_entries(void **state)
{
	(void)state;
	for (size_t n = 99; n <= 101; n++)
		for (int endless = 0; endless < 2; endless++) {
			struct reading r;

			reading_begin(&r);
			r.limits.cbor_entries = 100;
			reading_of(&r, node_from_cbor, map_of(&r, n, endless, 0));
			assert_int_equal(r.root != NULL, n <= 100);
			if (!r.root) {
				assert_string_equal(reading_limit(&r), "cbor.entries");
				assert_int_equal(r.report.checks[CHECK_FORMAT].limit_value, 100);
			}
			reading_end(&r);
		}
}

/* Around the size at which duplicates are found another way. */
static void
finds_duplicates_in_maps_of_any_size(void **state)
{
	(void)state;
	for (size_t n = 2; n < 200; n++) {
		struct reading r;

		for (size_t twin = 0; twin < 2; twin++) {
			reading_begin(&r);
			reading_of(&r, node_from_cbor,
				map_of(&r, n, false, twin ? 1000 + n / 2 - (n == 2) : 0));
			assert_int_equal(reading_reason(&r), twin ? REASON_CBOR_DUPLICATE : 0);
			if (twin)
				assert_int_equal(reading_offset(&r), 3 + 4 * n - 1);
			reading_end(&r);
		}
	}
}

static void
survives_deep_nesting(void **state)
{
	struct reading r;

	(void)state;
	reading_begin(&r);
	assert_null(reading_of(&r, node_from_cbor, repeat(&r, "", "81", 1000000, "00")));
	assert_string_equal(reading_limit(&r), "cbor.depth");
	assert_int_equal(reading_offset(&r), 32);
	reading_end(&r);

	/* keys inside keys: names must not grow with the depth */
	reading_begin(&r);
	assert_non_null(reading_of(&r, node_from_cbor,
		repeat(&r, "", "a1", 32,
			"00000000000000"
			"0000000000000000000000000000000000000000000000000000")));
	assert_true(arena_used(r.arena) < 200000);
	reading_end(&r);
}

/* A header that claims much costs nothing. */
static void
allocates_by_what_is_there(void **state)
{
	static const char *const hostile[] = { "9affffffff", "ba0affffffffffba",
		"bf9b00000fffffffffff00", "5b00000fffffffffff00", "9b7fffffffffffffff" };

	(void)state;
	for (size_t i = 0; i < COUNT(hostile); i++) {
		struct reading r;

		reading_begin(&r);
		assert_null(reading_of(&r, node_from_cbor, reading_hex(&r, hostile[i])));
		assert_true(arena_used(r.arena) < 8192);
		reading_end(&r);
	}
}

static void
survives_every_budget(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct reading r;

		reading_begin(&r);
		assert_budgets_survived(node_from_cbor, hex_of(&r, good[i].hex));
		reading_end(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_is_well_formed),
		cmocka_unit_test(refuses_what_is_not),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(keeps_kinds_values_and_places),
		cmocka_unit_test(reports_the_place_with_a_pointer),
		cmocka_unit_test(keeps_limits),
		cmocka_unit_test(keeps_the_limit_of_entries),
		cmocka_unit_test(finds_duplicates_in_maps_of_any_size),
		cmocka_unit_test(survives_deep_nesting),
		cmocka_unit_test(allocates_by_what_is_there),
		cmocka_unit_test(survives_every_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
