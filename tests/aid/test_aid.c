/* test_aid.c - files, folders and captured output of the aid itself. */
#include "tests/aid/aid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

static int
print_both(void *arg)
{
	fputs("to out\n", stdout);
	fputs("to err\n", stderr);
	return *(int *)arg;
}

static void
test_what_is_printed(void **unused)
{
	struct aid_work a;
	struct span out, err;
	int code = 7;

	(void)unused;
	aid_begin(&a);
	assert_int_equal(aid_capture(a.arena, print_both, &code, &out, &err), 7);
	assert_string_equal((const char *)out.ptr, "to out\n");
	assert_string_equal((const char *)err.ptr, "to err\n");
	aid_end(&a);
}

static void
test_a_folder_comes_and_goes(void **unused)
{
	struct aid_work a;
	struct aid_folder f;

	(void)unused;
	aid_begin(&a);
	aid_folder_make(&f);
	aid_write_text(&f, "x/y/z.txt", "deep");
	aid_write_text(&f, "x/y/empty", "");
	assert_true(span_is(aid_read(a.arena, aid_path(a.arena, &f, "x/y/z.txt")), "deep"));
	assert_int_equal(aid_read(a.arena, aid_path(a.arena, &f, "x/y/empty")).len, 0);
	aid_folder_drop(&f);
	assert_int_not_equal(access(f.path, F_OK), 0);
	aid_end(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_printed),
		cmocka_unit_test(test_a_folder_comes_and_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
