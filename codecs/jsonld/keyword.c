/* keyword.c - looked for only where the first byte is an @, so a short walk will do. */
#include "codecs/jsonld/keyword.h"

static const struct span texts[KW_COUNT] = {
	[KW_NONE] = { NULL, 0 },
#define KEYWORD(name, text) [KW_##name] = { (const uint8_t *)(text), sizeof(text) - 1 },
#include "codecs/jsonld/keywords.def"
#undef KEYWORD
};

enum keyword
keyword_of(struct span s)
{
	if (s.len < 3 || s.ptr[0] != '@')
		return KW_NONE;
	for (enum keyword k = KW_NONE + 1; k < KW_COUNT; k++)
		if (span_eq(texts[k], s))
			return k;
	return KW_NONE;
}

struct span
keyword_text(enum keyword k)
{
	return texts[k];
}

bool
keyword_like(struct span s)
{
	if (s.len < 2 || s.ptr[0] != '@')
		return false;
	for (size_t i = 1; i < s.len; i++) {
		uint8_t c = s.ptr[i] | 0x20;

		if (c < 'a' || c > 'z')
			return false;
	}
	return true;
}
