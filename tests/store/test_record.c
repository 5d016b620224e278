/* test_record.c - records as bytes: each has one form, nothing else is read, and every field counts for the chain. */
#include "codecs/base/kit.h"
#include "gateway/store/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const uint8_t long_kid[STORE_KID] = { 1, 2, 3 };

/* clang-format off */
static const struct record records[] = {
	{ .kind = RECORD_ISSUED, .id = { 1, 2, 255 }, .at = 1700000000, .until = 1800000000, .list = 3,
		.index = 131071, .source = { 9, 8, 7 }, .source_scheme = { (const uint8_t *)"eu-dcc", 6 },
		.scheme = { (const uint8_t *)"shc", 3 },
		.kid = { (const uint8_t *)"kid", 3 } },
	{ .kind = RECORD_ISSUED, .at = INT64_MIN, .until = INT64_MAX, .list = -1, .index = -1,
		.source_scheme = { (const uint8_t *)"a name of thirty-two characters.", 32 },
		.scheme = { (const uint8_t *)"a name of thirty-two characters.", 32 }, .kid = { long_kid, STORE_KID } },
	{ .kind = RECORD_REVOKED, .id = { 1, 2, 255 }, .at = 1700000001, .until = 1800000000,
		.list = 3, .index = 131071,
		.reason = 255 },
	{ .kind = RECORD_FORGOT, .at = 0, .until = 1750000000, .list = -1, .index = -1 },
};
/* clang-format on */

enum { RECORDS = sizeof(records) / sizeof(records[0]) };

static void
assert_same(const struct record *a, const struct record *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_memory_equal(a->id, b->id, STORE_ID);
	assert_memory_equal(a->source, b->source, STORE_HASH);
	assert_int_equal(a->at, b->at);
	assert_int_equal(a->until, b->until);
	assert_int_equal(a->list, b->list);
	assert_int_equal(a->index, b->index);
	assert_int_equal(a->reason, b->reason);
	assert_true(span_eq(a->source_scheme, b->source_scheme));
	assert_true(span_eq(a->scheme, b->scheme));
	assert_true(span_eq(a->kid, b->kid));
}

static void
reads_what_it_wrote(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORDS; i++) {
		uint8_t bytes[RECORD_MAX], again[RECORD_MAX];
		struct record r;
		size_t n = record_write(&records[i], bytes);
		assert_true(n <= RECORD_MAX);
		assert_true(record_read((struct span){ bytes, n }, &r));
		assert_same(&r, &records[i]);
		assert_int_equal(record_write(&r, again), n);
		assert_memory_equal(bytes, again, n);
	}
}

static void
reads_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORDS; i++) {
		uint8_t bytes[RECORD_MAX + 1] = { 0 };
		struct record r;
		size_t n = record_write(&records[i], bytes);
		for (size_t len = 0; len <= n + 1; len++) {
			uint8_t *exact = malloc(len + 1); /* so that reading past the end is seen */
			assert_non_null(exact);
			uint8_t *from = len ? realloc(exact, len) : exact;
			memcpy(from, bytes, len);
			assert_int_equal(record_read((struct span){ from, len }, &r), len == n);
			free(from);
		}
		for (int kind = 0; kind < 256; kind++) {
			bytes[2] = (uint8_t)kind;
			bool read = record_read((struct span){ bytes, n }, &r);
			assert_int_equal(read, kind == (int)records[i].kind);
		}
	}
}

/* Whatever byte of a record changes, and whatever stands before it, changes the hash. */
static void
binds_every_byte(void **state)
{
	struct kit *kit = kit_new();
	struct head good = { .seq = 0 }, other;
	uint8_t bytes[RECORD_MAX], leaf[STORE_HASH];
	struct span s = { bytes, record_write(&records[0], bytes) };

	(void)state;
	assert_non_null(kit);
	assert_int_equal(record_leaf(kit, s, leaf), 0);
	assert_int_equal(record_link(kit, &good, 1, 5, leaf), 0);
	assert_int_equal(good.seq, 1);
	const struct head befores[] = { { .seq = 1 }, { .hash = { 1 } }, { .seq = 0 },
		{ .seq = 0 } };
	for (int i = 0; i < 4; i++) {
		other = befores[i];
		assert_int_equal(record_link(kit, &other, i == 2 ? 2 : 1, i == 3 ? 6 : 5, leaf), 0);
		assert_memory_not_equal(other.hash, good.hash, STORE_HASH);
	}
	for (size_t i = 0; i < s.len; i++) {
		other = (struct head){ .seq = 0 };
		bytes[i] ^= 1;
		assert_int_equal(record_leaf(kit, s, leaf), 0);
		assert_int_equal(record_link(kit, &other, 1, 5, leaf), 0);
		assert_memory_not_equal(other.hash, good.hash, STORE_HASH);
		bytes[i] ^= 1;
	}
	kit_free(kit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_it_wrote),
		cmocka_unit_test(reads_nothing_else),
		cmocka_unit_test(binds_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
