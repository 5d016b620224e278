/* registry.c - the list of containers and their schemes.  Nothing registers itself at run time. */
#include "codecs/codec.h"

#define CODEC(container) extern const struct codec container##_codec;
#include "codecs/codecs.def"
#undef CODEC

static const struct codec *const all[] = {
#define CODEC(container) &container##_codec,
#include "codecs/codecs.def"
#undef CODEC
};

enum { ALL = sizeof(all) / sizeof(all[0]) };

const struct codec *
codec_detect(struct span in)
{
	for (size_t i = 0; i < ALL; i++)
		if (all[i]->detect(in))
			return all[i];
	return NULL;
}

const struct codec *
codec_at(size_t index)
{
	return index < ALL ? all[index] : NULL;
}

const struct scheme *
scheme_named(struct span name)
{
	for (size_t i = 0; i < ALL; i++)
		for (const struct scheme *s = all[i]->schemes; s->name; s++)
			if (span_is(name, s->name))
				return s;
	return NULL;
}
