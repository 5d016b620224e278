/* aid_base.c - a work of its own for a test of base. */
#include "tests/base/aid_base.h"

#include "codecs/base/kit.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

void
desk_begin(struct desk *d, size_t budget)
{
	*d = (struct desk){ .arena = arena_new(budget), .limits = limits_default };
	assert_non_null(d->arena);
	report_begin(&d->report, d->arena);
	d->work = (struct work){ d->arena, &d->report, &d->limits, kit_new(), 0 };
	assert_non_null(d->work.kit);
}

void
desk_end(struct desk *d)
{
	kit_free(d->work.kit);
	arena_free(d->arena);
}

struct span
desk_noise(struct desk *d, size_t len)
{
	uint8_t *p = arena_bytes(d->arena, len);
	uint32_t state = 0x2545f491;

	assert_non_null(p);
	for (size_t i = 0; i < len; i++) {
		state ^= state << 13;
		state ^= state >> 17;
		state ^= state << 5;
		p[i] = (uint8_t)(state >> 11);
	}
	return (struct span){ p, len };
}

void
assert_span_is(struct span s, const char *expected)
{
	if (!s.ptr || !span_is(s, expected))
		fail_msg("\"%.*s\" is not \"%s\"", (int)s.len, s.ptr ? (const char *)s.ptr : "",
			expected);
}
