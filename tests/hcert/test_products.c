/* test_products.c - the WHO's two lists of prequalified vaccines. */
#include "codecs/record/products.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Both lists in one table, in order, every bridge from both sides. */
static void
test_products(void **state)
{
	const struct product *p = product_named(
		SPAN_LIT("YellowFeverProductd2c75a15ed309658b3968519ddb31690"));

	(void)state;
	assert_non_null(p);
	assert_int_equal(p->disease, PRODUCT_YELLOW_FEVER);
	assert_true(span_is(p->maker, "Chumakov Federal Scientific Center"));
	assert_int_equal(p->doses, 2);
	p = product_named(SPAN_LIT("a3K3X000006Mii6UAC"));
	assert_non_null(p);
	assert_true(span_eq(product_named(p->twin)->twin, p->code));
	assert_null(product_named(SPAN_LIT("")));
	assert_null(product_named(SPAN_LIT("zzz")));
	assert_null(product_named(SPAN_LIT("YellowFeverProduct")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_products) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
