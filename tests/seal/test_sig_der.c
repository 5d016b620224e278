/* test_sig_der.c - r and s as DER: no needless zeros, none missing, and long lengths. */
#include "codecs/seal/jws.h"
#include "codecs/seal/key.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
test_forms(void **unused)
{
	const struct {
		struct span raw, der;
	} rows[] = {
		{ SPAN_LIT("\1\2"), SPAN_LIT("\x30\6\2\1\1\2\1\2") },
		{ SPAN_LIT("\x7f\x80"), SPAN_LIT("\x30\7\2\1\x7f\2\2\0\x80") },
		{ SPAN_LIT("\0\1\0\0"), SPAN_LIT("\x30\6\2\1\1\2\1\0") },
		{ SPAN_LIT("\0\x80\xff\0"), SPAN_LIT("\x30\x9\2\2\0\x80\2\3\0\xff\0") },
	};
	uint8_t out[SIG_DER_MAX];

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span der = { out, sig_der(rows[i].raw, out) };

		if (!span_eq(der, rows[i].der))
			fail_msg("row %zu: %zu octets", i, der.len);
	}
}

/* Of every curve, at its longest and its shortest. */
static void
test_lengths(void **unused)
{
	static const struct {
		size_t half, longest;
	} curves[] = { { 32, 72 }, { 48, 104 }, { SIG_HALF_MAX, 141 } };
	uint8_t raw[2 * SIG_HALF_MAX], out[SIG_DER_MAX];

	(void)unused;
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		struct span s = { raw, 2 * curves[i].half };

		memset(raw, 0xff, sizeof(raw));
		assert_int_equal(sig_der(s, out), curves[i].longest);
		assert_int_equal(out[0], 0x30);
		assert_int_equal(out[1] == 0x81, curves[i].longest > 129);
		memset(raw, 0, sizeof(raw));
		assert_int_equal(sig_der(s, out), 8);
	}
	memset(raw, 0x55, sizeof(raw));
	assert_true(
		jws_signature_is_der((struct span){ out, sig_der((struct span){ raw, 64 }, out) }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
