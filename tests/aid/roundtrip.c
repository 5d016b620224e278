/* roundtrip.c - see roundtrip.h. */
#include "tests/aid/roundtrip.h"

#include "codecs/base/arena.h"
#include "conformance/translate/roundtrip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

void
roundtrip_check(const struct record *before, const struct loss *loss, const struct record *after)
{
	struct arena *a = arena_new(1 << 16);

	assert_non_null(a);
	const char *fault = roundtrip_fault(a, before, loss, after);
	if (fault)
		fail_msg("%s", fault);
	arena_free(a);
}
