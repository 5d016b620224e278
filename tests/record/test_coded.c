/* test_coded.c - what a code is mapped to stands beside it. */
#include "codecs/record/record.h"
#include "codecs/record/valueset.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_map(void **unused)
{
	struct coded c = { .code = SPAN_LIT("RA01.0"),
		.system = SPAN_LIT("urn:a"),
		.display = SPAN_LIT("an illness") };
	struct coded to = valueset_coded(VALUES_DISEASE, SPAN_LIT("840539006"));

	(void)unused;
	assert_true(to.display.len > 0);
	coded_map(&c, to, MAP_WIDER);
	assert_true(span_is(c.code, "RA01.0"));
	assert_true(span_is(c.system, "urn:a"));
	assert_true(span_is(c.display, "an illness"));
	assert_true(span_is(c.to_code, "840539006"));
	assert_true(span_is(c.to_system, "http://snomed.info/sct"));
	assert_true(span_eq(c.to_display, to.display));
	assert_int_equal(c.map, MAP_WIDER);
	/* all of an older mapping is gone */
	coded_map(&c, (struct coded){ .code = SPAN_LIT("X") }, MAP_INEXACT);
	assert_true(span_is(c.to_code, "X"));
	assert_int_equal(c.to_system.len + c.to_display.len, 0);
	assert_int_equal(c.map, MAP_INEXACT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
