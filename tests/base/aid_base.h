/* aid_base.h - a work to call base with, and what its tests have in common. */
#ifndef TESTS_AID_BASE_H
#define TESTS_AID_BASE_H

#include "codecs/base/arena.h"
#include "codecs/base/report.h"
#include "codecs/base/work.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct desk {
	struct arena *arena;
	struct report report;
	struct limits limits; /* a copy of the defaults, to be changed */
	struct work   work;
};

void desk_begin(struct desk *d, size_t budget);
void desk_end(struct desk *d);
/* len bytes that look random and are always the same, in the arena. */
struct span desk_noise(struct desk *d, size_t len);
void        assert_span_is(struct span s, const char *expected);

#endif
