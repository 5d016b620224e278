/* sources.c - the kinds of trust list that are known. */
#include "trust/source.h"

#define SOURCE(kind) extern const struct trust_source kind##_source;
#include "trust/sources.def"
#undef SOURCE

static const struct trust_source *const all[] = {
#define SOURCE(kind) &kind##_source,
#include "trust/sources.def"
#undef SOURCE
};

enum { ALL = sizeof(all) / sizeof(all[0]) };

const struct trust_source *
trust_source_detect(const struct trust_input *in)
{
	for (size_t i = 0; in->file_count > 0 && i < ALL; i++)
		if (all[i]->detect(in))
			return all[i];
	return NULL;
}

unsigned
trust_source_serves(const struct trust_input *in)
{
	unsigned serves = 0;

	for (enum trust_domain d = 0; d < TRUST_DOMAINS; d++) {
		struct trust_input as = *in;
		as.domain = d;
		const struct trust_source *kind = trust_source_detect(&as);
		serves |= kind ? kind->serves & 1u << d : 0;
	}
	return serves;
}

const struct trust_source *
trust_source_kind(struct span kind)
{
	for (size_t i = 0; i < ALL; i++)
		if (span_is(kind, all[i]->kind))
			return all[i];
	return NULL;
}

const struct trust_source *
trust_source_kind_at(size_t index)
{
	return index < ALL ? all[index] : NULL;
}
