/* test_arena.c - alignment, zeroes, the budget to the byte, what is kept and what is wiped, deferred calls. */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "tests/aid/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STEP = _Alignof(max_align_t) };

static bool
is_zero(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static void
test_pieces_are_aligned_zero_and_apart(void **unused)
{
	static const size_t sizes[] = { 0, 1, 7, 8, 15, 16, 17, 100, 4096, 32768, 40000, 1, 300000,
		3 };
	enum { PIECES = sizeof(sizes) / sizeof(sizes[0]) };
	uint8_t *p[PIECES];
	struct arena *a = arena_new(1 << 20);

	(void)unused;
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < PIECES; i++) {
			p[i] = i % 2 ? arena_bytes(a, sizes[i]) : arena_alloc(a, 1, sizes[i]);
			assert_non_null(p[i]);
			assert_int_equal((uintptr_t)p[i] % STEP, 0);
			assert_true(is_zero(p[i], sizes[i]));
			memset(p[i], (int)i + 1, sizes[i]);
		}
		for (size_t i = 0; i < PIECES; i++)
			for (size_t k = 0; k < sizes[i]; k++)
				assert_int_equal(p[i][k], i + 1);
		arena_reset(a);
		assert_int_equal(arena_used(a), 0);
	}
	arena_free(a);
	arena_free(NULL);
}

static void
test_budget_to_the_byte(void **unused)
{
	static const struct {
		size_t budget, first, second;
		bool first_fits, second_fits;
	} cases[] = {
		{ 0, 0, 0, false, false }, /* even nothing has a place */
		{ 15, 1, 1, false, false },
		{ 16, 16, 0, true, false },
		{ 16, 17, 16, false, true }, /* one that does not fit spends nothing */
		{ 32, 16, 16, true, true },
		{ 32, 17, 1, true, false },
		{ 33, 33, 32, false, true }, /* rounded up it does not fit */
		{ 100000, 100000, 0, true, false },
		{ 100000, 99984, 16, true, true },
		{ 100000, 100001, 100000, false, true },
		{ SIZE_MAX, SIZE_MAX, 64, false, true },
		{ SIZE_MAX, SIZE_MAX - 15, 64, false, true },
		{ SIZE_MAX, SIZE_MAX / 2, 64, false, true },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *a = arena_new(cases[i].budget);
		assert_int_equal(arena_bytes(a, cases[i].first) != NULL, cases[i].first_fits);
		assert_int_equal(arena_error(a), cases[i].first_fits ? 0 : -ENOBUFS);
		assert_int_equal(arena_bytes(a, cases[i].second) != NULL, cases[i].second_fits);
		assert_true(arena_used(a) <= cases[i].budget);
		arena_free(a);
	}
}

static void
test_products_do_not_wrap(void **unused)
{
	struct arena *a = arena_new(1 << 20);

	(void)unused;
	assert_null(arena_alloc(a, SIZE_MAX, 2));
	assert_int_equal(arena_error(a), -ENOBUFS);
	assert_null(arena_alloc(a, SIZE_MAX / 8 + 2, 8));
	assert_null(arena_alloc(a, (size_t)1 << 63, 2));
	assert_non_null(arena_alloc(a, 0, SIZE_MAX));
	assert_int_equal(arena_used(a), STEP);
	arena_free(a);
}

static void
test_many_small_pieces_spend_the_budget(void **unused)
{
	struct arena *a = arena_new(1 << 20);
	size_t n = 0;

	(void)unused;
	while (arena_alloc(a, 3, 5))
		n++;
	assert_int_equal(n, (1 << 20) / STEP);
	assert_int_equal(arena_error(a), -ENOBUFS);
	assert_int_equal(arena_used(a), 1 << 20);
	arena_reset(a);
	assert_int_equal(arena_error(a), 0);
	assert_non_null(arena_bytes(a, 1 << 20));
	arena_free(a);
}

/* How often malloc is asked by a request of so many bytes, after a first one like it. */
static size_t
blocks_of_second_request(size_t piece, size_t pieces)
{
	struct arena *a = arena_new(8 << 20);
	size_t asked = 0;

	for (int round = 0; round < 2; round++) {
		oom_arm(0, false);
		for (size_t i = 0; i < pieces; i++)
			arena_bytes(a, piece);
		asked = oom_disarm();
		arena_reset(a);
	}
	arena_free(a);
	return asked;
}

static void
test_the_first_block_is_kept(void **unused)
{
	(void)unused;
	assert_int_equal(blocks_of_second_request(100, 100), 0);
	assert_int_equal(blocks_of_second_request(20000, 1), 0);
	assert_int_equal(blocks_of_second_request(50000, 1), 0);
	assert_int_equal(blocks_of_second_request(1 << 20, 1), 1); /* too large to sit on */
	assert_true(blocks_of_second_request(1000, 5000) <= 9); /* blocks double */
}

static void
test_what_was_used_is_wiped(void **unused)
{
	struct arena *a = arena_new(1 << 20);
	uint8_t *p = arena_bytes(a, 1000), *again;

	(void)unused;
	memset(p, 'x', 1000);
	arena_reset(a);
	again = arena_bytes(a, 1000);
	assert_ptr_equal(again, p);
	assert_true(is_zero(again, 1000));
	memset(again, 'x', 1000);
	arena_trim(a, again, 100);
	assert_int_equal(arena_used(a), (100 + STEP - 1) / STEP * STEP);
	p = arena_bytes(a, 800);
	assert_true(is_zero(p, 800));
	assert_true(again[0] == 'x' && again[99] == 'x');
	arena_free(a);
}

static void
test_trim(void **unused)
{
	struct arena *a = arena_new(100000);
	uint8_t *first = arena_bytes(a, 100), *p, *q;

	(void)unused;
	memset(first, 1, 100);
	p = arena_bytes(a, 50000); /* a block of its own */
	assert_non_null(p);
	assert_null(arena_bytes(a, 50000));
	arena_trim(a, p, 0);
	assert_int_equal(arena_used(a), 112);
	q = arena_bytes(a, 99888);
	assert_non_null(q);
	arena_trim(a, q, 99888); /* all of it stays */
	assert_int_equal(arena_used(a), 100000);
	assert_null(arena_bytes(a, 1));
	arena_trim(a, q, 1);
	assert_int_equal(arena_used(a), 128);
	assert_non_null(arena_bytes(a, 90000));
	assert_true(first[0] == 1 && first[99] == 1);
	arena_reset(a);
	p = arena_bytes(a, 10);
	q = arena_bytes(a, 40000); /* in another block than p */
	arena_trim(a, p, 0); /* not the newest any more */
	arena_trim(a, q, 40001); /* more than it is */
	assert_int_equal(arena_used(a), 16 + 40000);
	arena_reset(a);
	p = arena_bytes(a, 10);
	arena_trim(a, p, 0); /* the only piece of the only block */
	assert_int_equal(arena_used(a), 0);
	assert_ptr_equal(arena_bytes(a, 20), p);
	arena_free(a);
}

static void
test_copies(void **unused)
{
	struct arena *a = arena_new(64);
	struct span s = arena_copy(a, SPAN_LIT("a\0b")), empty = arena_copy(a, SPAN_NONE);

	(void)unused;
	assert_int_equal(s.len, 3);
	assert_memory_equal(s.ptr, "a\0b", 4);
	assert_non_null(empty.ptr);
	assert_int_equal(empty.len, 0);
	assert_int_equal(empty.ptr[0], 0);
	assert_null(arena_copy(a, SPAN_LIT("thirty-two bytes, with a NUL: 33")).ptr);
	assert_int_equal(arena_error(a), -ENOBUFS);
	assert_non_null(arena_copy(a, SPAN_LIT("thirty-one bytes, and one more.")).ptr);
	arena_free(a);
}

struct log {
	char text[16];
	size_t len;
	struct arena *arena;
};

struct entry {
	struct log *log;
	char name;
};

static void
note(void *arg)
{
	struct entry *e = arg;

	e->log->text[e->log->len++] = e->name;
}

/* Defers once more while the arena is emptied. */
static void
note_and_defer(void *arg)
{
	struct entry *e = arg, *next = ARENA_NEW(e->log->arena, struct entry);

	note(e);
	*next = (struct entry){ e->log, 'z' };
	assert_int_equal(arena_defer(e->log->arena, note, next), 0);
}

static void
test_deferred_calls_run_newest_first(void **unused)
{
	struct arena *a = arena_new(1000);
	struct log log = { .arena = a };
	struct entry e[] = { { &log, 'a' }, { &log, 'b' }, { &log, 'c' } };

	(void)unused;
	arena_defer(a, note, &e[0]);
	arena_defer(a, note_and_defer, &e[1]);
	arena_defer(a, note, &e[2]);
	assert_string_equal(log.text, "");
	arena_reset(a);
	assert_string_equal(log.text, "cbza");
	arena_reset(a); /* once only */
	assert_string_equal(log.text, "cbza");
	arena_defer(a, note, &e[1]);
	arena_free(a);
	assert_string_equal(log.text, "cbzab");
}

static void
test_a_call_that_cannot_be_deferred_is_made(void **unused)
{
	struct arena *a = arena_new(16);
	struct log log = { .arena = a };
	struct entry e = { &log, 'x' };

	(void)unused;
	assert_int_equal(arena_defer(a, note, &e), -ENOBUFS);
	assert_string_equal(log.text, "x");
	arena_free(a);
	assert_string_equal(log.text, "x");
}

/* Everything that allocates, with the deferred call counted: it must run exactly once. */
static int
all_calls(void *arg)
{
	struct log log = { .arena = NULL };
	struct entry e = { &log, 'x' };
	struct arena *a = arena_new(1 << 20);
	int r = a ? 0 : -ENOMEM;

	(void)arg;
	if (r == 0)
		r = arena_defer(a, note, &e);
	if (r == 0 && !arena_alloc(a, 1000, 100))
		r = arena_error(a);
	if (r == 0 && !arena_copy(a, (struct span){ (const uint8_t *)"", 0 }).ptr)
		r = arena_error(a);
	arena_free(a);
	return a && log.len != 1 ? -EINVAL : r;
}

static void
test_out_of_memory(void **unused)
{
	(void)unused;
	assert_int_equal(oom_each(all_calls, NULL), 2 * 4); /* the arena and three blocks */
}

static int made, dropped;
static char object;

static void *
make_nothing(void)
{
	made++;
	return NULL;
}

static void *
make_object(void)
{
	made++;
	return &object;
}

static void
drop_object(void *p)
{
	assert_ptr_equal(p, &object);
	dropped++;
}

static void
test_kit_makes_once(void **unused)
{
	struct kit *k;
	bool none;

	(void)unused;
	oom_arm(1, false);
	none = kit_new() == NULL;
	oom_disarm();
	assert_true(none);
	k = kit_new();
	assert_null(kit_get(k, KIT_INFLATE, make_nothing, drop_object));
	assert_int_equal(made, 1);
	assert_ptr_equal(kit_get(k, KIT_INFLATE, make_object, drop_object), &object);
	assert_ptr_equal(kit_get(k, KIT_INFLATE, make_nothing, drop_object), &object);
	assert_ptr_equal(kit_get(k, KIT_DIGEST, make_object, drop_object), &object);
	assert_int_equal(made, 3);
	assert_int_equal(dropped, 0);
	kit_free(k);
	assert_int_equal(dropped, 2);
	kit_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces_are_aligned_zero_and_apart),
		cmocka_unit_test(test_budget_to_the_byte),
		cmocka_unit_test(test_products_do_not_wrap),
		cmocka_unit_test(test_many_small_pieces_spend_the_budget),
		cmocka_unit_test(test_the_first_block_is_kept),
		cmocka_unit_test(test_what_was_used_is_wiped),
		cmocka_unit_test(test_trim),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_deferred_calls_run_newest_first),
		cmocka_unit_test(test_a_call_that_cannot_be_deferred_is_made),
		cmocka_unit_test(test_out_of_memory),
		cmocka_unit_test(test_kit_makes_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
