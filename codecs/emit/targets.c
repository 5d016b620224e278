/* targets.c - the list of forms; nothing registers itself at run time. */
#include "codecs/emit.h"

#define TARGETS(table) extern const struct target table[];
#include "codecs/emit/targets.def"
#undef TARGETS

static const struct target *const tables[] = {
#define TARGETS(table) table,
#include "codecs/emit/targets.def"
#undef TARGETS
};

const struct target *
target_at(size_t index)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct target *t = tables[i]; t->name; t++)
			if (index-- == 0)
				return t;
	return NULL;
}

const struct target *
target_named(struct span name)
{
	const struct target *t;

	for (size_t i = 0; (t = target_at(i)) != NULL; i++)
		if (span_is(name, t->name))
			return t;
	return NULL;
}
