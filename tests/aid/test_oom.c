/* test_oom.c - the aid that makes allocations fail does so, for us and for the libraries. */
#include "tests/aid/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libdeflate.h>
#include <pthread.h>

/* Hides from the compiler that the memory is not used. */
static void *volatile kept;

static bool
works(void *p)
{
	kept = p;
	free(kept);
	return p != NULL;
}

static void
test_each_kind_fails(void **unused)
{
	bool m, c, r, after;

	(void)unused;
	oom_arm(1, false);
	m = works(malloc(10));
	after = works(malloc(10));
	assert_int_equal(oom_disarm(), 2);
	assert_true(oom_hit());
	assert_false(m);
	assert_true(after);
	oom_arm(2, true);
	after = works(malloc(10));
	c = works(calloc(2, 10));
	r = works(realloc(NULL, 10));
	m = works(malloc(10));
	assert_int_equal(oom_disarm(), 4);
	assert_true(after);
	assert_false(c || r || m);
	oom_arm(0, false);
	m = works(malloc(10));
	assert_int_equal(oom_disarm(), 1);
	assert_true(m);
	assert_false(oom_hit());
}

static void
test_a_failed_realloc_leaves_the_old_block(void **unused)
{
	char *p = malloc(8);
	bool grown;

	(void)unused;
	assert_non_null(p);
	memcpy(p, "content", 8);
	kept = p;
	oom_arm(1, false);
	grown = realloc(kept, 1000) != NULL;
	oom_disarm();
	assert_false(grown);
	assert_string_equal(kept, "content");
	free(kept);
}

static void
test_libraries_are_reached(void **unused)
{
	struct libdeflate_decompressor *d;

	(void)unused;
	oom_arm(1, false);
	d = libdeflate_alloc_decompressor();
	oom_disarm();
	assert_null(d);
}

static void *
other_thread(void *arg)
{
	*(bool *)arg = works(malloc(100));
	return NULL;
}

static void
test_other_threads_are_left_alone(void **unused)
{
	bool worked = false, mine;
	pthread_t t;

	(void)unused;
	assert_int_equal(pthread_create(&t, NULL, other_thread, &worked), 0);
	oom_arm(1, true);
	pthread_join(t, NULL);
	mine = works(malloc(1));
	oom_disarm();
	assert_true(worked);
	assert_false(mine);
}

struct counted {
	int wanted, runs;
};

/* Three allocations; the second is optional. */
static int
three(void *arg)
{
	struct counted *c = arg;

	c->runs++;
	if (!works(malloc(1)))
		return -ENOMEM;
	works(malloc(2));
	return works(malloc(3)) ? 0 : -ENOMEM;
}

static void
test_each_allocation_in_turn(void **unused)
{
	struct counted c = { 0 };

	(void)unused;
	/* fails: 1, 1 onwards, 2 onwards, 3, 3 onwards; not: 2 alone, and the last run */
	assert_int_equal(oom_each(three, &c), 5);
	assert_int_equal(c.runs, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_kind_fails),
		cmocka_unit_test(test_a_failed_realloc_leaves_the_old_block),
		cmocka_unit_test(test_libraries_are_reached),
		cmocka_unit_test(test_other_threads_are_left_alone),
		cmocka_unit_test(test_each_allocation_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
