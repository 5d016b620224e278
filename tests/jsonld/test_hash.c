/* test_hash.c - FNV-1a by its published vectors, of one text and of the same in parts. */
#include "codecs/jsonld/run.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
vectors(void **state)
{
	static const struct {
		const char *text;
		uint64_t hash;
	} rows[] = { { "", UINT64_C(0xcbf29ce484222325) }, { "a", UINT64_C(0xaf63dc4c8601ec8c) },
		{ "foobar", UINT64_C(0x85944171f73967e8) } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(ld_hash(LD_HASH, span_of(rows[i].text)) == rows[i].hash);
	assert_true(ld_hash(ld_hash(LD_HASH, SPAN_LIT("foo")), SPAN_LIT("bar")) == rows[2].hash);
	assert_true(ld_hash(LD_HASH, SPAN_NONE) == LD_HASH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
	};

	return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
