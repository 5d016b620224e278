/* oom.h - makes an allocation of one's choice fail (glibc), in any build and without linker flags.
 *
 * oom.c is linked into every test program and stands in front of malloc, calloc
 * and realloc, for our code as well as for the libraries that we call; under
 * AddressSanitizer too, though it keeps strdup and its like to itself there.
 * Only the thread that arms it is counted.  While armed, assert nothing: cmocka
 * allocates as well.
 *
 *     static int
 *     read_once(void *arg)
 *     {
 *         struct arena *a = arena_new(65536);
 *         int r = a ? parse(a, arg) : -ENOMEM;
 *         arena_free(a);
 *         return r;
 *     }
 *     assert_true(oom_each(read_once, &input) > 0);
 */
#ifndef TESTS_AID_OOM_H
#define TESTS_AID_OOM_H

#include <stdbool.h>
#include <stddef.h>

/* The n-th allocation from now on fails (1 is the next); with `onwards` all that follow it, too.
 * 0: only counts. */
void oom_arm(size_t n, bool onwards);
/* Back to normal.  How many allocations were asked for since oom_arm. */
size_t oom_disarm(void);
/* Has an allocation failed since oom_arm? */
bool oom_hit(void);

/* Runs fn(arg) with its first allocation failing, then its second, and so on until a run asks for
 * no more than have failed; each time once with that single failure and once with all that follow.
 * Asserts that each run gives 0 or -ENOMEM, and 0 when nothing failed.  How many runs gave -ENOMEM. */
size_t oom_each(int (*fn)(void *arg), void *arg);

#endif
