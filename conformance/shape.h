/* shape.h - does a JSON object have the members that it must have, and no others?
 *
 * Cases are written by people.  A misspelt member must never make a case pass, so
 * each object of a case is held against a table.
 */
#ifndef CONFORMANCE_SHAPE_H
#define CONFORMANCE_SHAPE_H

#include "codecs/base/arena.h"

#include <jansson.h>

enum shape_kind {
	SHAPE_TEXT = 1u << 0,
	SHAPE_INTEGER = 1u << 1,
	SHAPE_BOOLEAN = 1u << 2,
	SHAPE_OBJECT = 1u << 3,
	SHAPE_ARRAY = 1u << 4
};

struct shape {
	const char *name; /* NULL ends the table */
	unsigned    kinds; /* SHAPE_ bits: what its value may be */
	bool        required;
};

/* NULL, or one sentence that names the first member at fault; `what` names the object in it. */
const char *shape_fault(struct arena *a, json_t *value, const char *what, const struct shape *table);
/* A formatted sentence in the arena; a general one when the arena is spent. */
const char *fault_text(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
