/* near.h - which of several names was probably meant: for messages about keys, options and commands. */
#ifndef CONFIG_NEAR_H
#define CONFIG_NEAR_H

#include "codecs/base/span.h"

struct near {
	struct span wanted;
	const char *best; /* NULL: none is near enough */
	size_t      distance;
};

struct near near_to(struct span wanted);
void        near_try(struct near *n, const char *candidate); /* keeps the nearest, of equal ones the first */

#endif
