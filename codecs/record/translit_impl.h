/* translit_impl.h - a name as it is walked, and the letters that need more than a table; for this folder alone. */
#ifndef RECORD_TRANSLIT_IMPL_H
#define RECORD_TRANSLIT_IMPL_H

#include "codecs/record/translit.h"

struct walk {
	struct span s; /* valid UTF-8 */
	size_t      at;
};

/* The code point at w, which is then behind it; there is one. */
uint32_t walk_next(struct walk *w);
/* 0 at the end. */
uint32_t walk_peek(struct walk w);

/* What the Greek letter c, which w is just behind, is written as; w is then behind all that this speaks of.  `first`: it
 * begins a word.  NULL: ELOT 743 has no such letter. */
const char *greek_text(struct walk *w, uint32_t c, bool first);

#endif
