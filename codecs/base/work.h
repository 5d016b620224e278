/* work.h - what every pure step is handed: memory, a report, limits, the time. */
#ifndef BASE_WORK_H
#define BASE_WORK_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct kit;
struct report;

/* Every figure has a default in limits_default and a name that answers quote
 * ("cbor.depth"): docs/limits.md, made from limits.def. */
struct limits {
#define LIMIT(field, name, value, ceiling, text) size_t field;
#include "codecs/base/limits.def"
#undef LIMIT
};

extern const struct limits limits_default;

struct work {
	struct arena        *arena;
	struct report       *report;
	const struct limits *limits;
	struct kit          *kit; /* the calling thread's kept objects; never NULL */
	int64_t              now; /* seconds since 1970 UTC, sampled once, when the request arrived */
};

#endif
