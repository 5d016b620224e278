/* keyword.h - the words of JSON-LD 1.1 that begin with @ (JSON-LD 1.1, 1.7). */
#ifndef JSONLD_KEYWORD_H
#define JSONLD_KEYWORD_H

#include "codecs/base/span.h"

enum keyword {
	KW_NONE, /* no keyword; the word @none is KW_NO */
#define KEYWORD(name, text) KW_##name,
#include "codecs/jsonld/keywords.def"
#undef KEYWORD
	KW_COUNT
};

enum keyword keyword_of(struct span s); /* KW_NONE: it is none */
struct span  keyword_text(enum keyword k);
/* "@" and letters: reserved, whether or not it is a keyword today. */
bool         keyword_like(struct span s);

#endif
