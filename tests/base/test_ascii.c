/* test_ascii.c - each class against its members written out, for every byte. */
#include "codecs/base/ascii.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SMALL   "abcdefghijklmnopqrstuvwxyz"
#define CAPITAL "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT   "0123456789"

static bool
is_in(uint8_t c, struct span members)
{
	return span_find(members, c) < members.len;
}

static void
test_classes(void **unused)
{
	(void)unused;
	for (unsigned i = 0; i < 256; i++) {
		uint8_t c = (uint8_t)i;
		size_t capital = span_find(SPAN_LIT(CAPITAL), c);
		uint8_t lower = capital < 26 ? (uint8_t)SMALL[capital] : c;

		assert_int_equal(ascii_letter(c), is_in(c, SPAN_LIT(SMALL CAPITAL)));
		assert_int_equal(ascii_digit(c), is_in(c, SPAN_LIT(DIGIT)));
		assert_int_equal(ascii_base64url(c), is_in(c, SPAN_LIT(SMALL CAPITAL DIGIT "-_")));
		assert_int_equal(ascii_lower(c), lower);
	}
}

static void
test_hex(void **unused)
{
	struct span small = SPAN_LIT("0123456789abcdef"), capital = SPAN_LIT("0123456789ABCDEF");

	(void)unused;
	for (unsigned i = 0; i < 256; i++) {
		size_t a = span_find(small, (uint8_t)i), b = span_find(capital, (uint8_t)i);
		int value = a < 16 ? (int)a : b < 16 ? (int)b : -1;

		assert_int_equal(ascii_hex((uint8_t)i), value);
	}
}

static void
test_escapes(void **unused)
{
	static const struct {
		const char *text;
		int value;
	} rows[] = { { "%00", 0 }, { "%2f", 0x2f }, { "%2F", 0x2f }, { "%fFx", 0xff }, { "%", -1 },
		{ "%2", -1 }, { "%2g", -1 }, { "%g2", -1 }, { "%%41", -1 }, { "41", -1 },
		{ "x41", -1 }, { "", -1 } };

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(ascii_escaped(span_of(rows[i].text), 0), rows[i].value);
	assert_int_equal(ascii_escaped(SPAN_LIT("a%41"), 1), 0x41);
	assert_int_equal(ascii_escaped(SPAN_LIT("a%41"), 2), -1);
	assert_int_equal(ascii_escaped(SPAN_LIT("a%41"), 4), -1);
	/* what stands behind the span is none of it */
	assert_int_equal(ascii_escaped(span_slice(SPAN_LIT("%41"), 0, 2), 0), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
