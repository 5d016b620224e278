/* refresh.c - the index read again while others use the keys: nothing that they hold is changed or dropped. */
#include "gateway/keys/keys_impl.h"
#include "gateway/keys/process/process.h"

#include <errno.h>
#include <stdlib.h>

static bool
place_of(const struct keys *k, struct span name, size_t *out)
{
	for (size_t i = 0; i < k->count; i++)
		if (span_eq(k->entries[i]->public.name, name)) {
			*out = i;
			return true;
		}
	return false;
}

/* A withdrawal is for ever, and nobody's key changes under its name. */
static bool
differs(const struct own_key *old, const struct own_key *new)
{
	return span_eq(old->spki, new->spki) && old->withdrawn == TIME_NONE &&
	       (old->until != new->until || new->withdrawn != TIME_NONE);
}

/* Whether anything of the fresh index is news. */
static bool
take_over(struct keys *k, struct keys *fresh)
{
	bool news = false;

	for (size_t i = 0; i < fresh->count; i++) {
		struct own_entry *e = fresh->entries[i];
		size_t at = k->count;
		bool known = place_of(k, e->public.name, &at);
		if (known ? !differs(&k->entries[at]->public, &e->public) : at == KEYS_MAX)
			continue;
		e->keys = k; /* before anybody can see it */
		k->entries[at] = e;
		if (!known)
			k->count++;
		news = true;
	}
	return news;
}

static bool
same_gateway(const struct keys_identity *a, const struct keys_identity *b)
{
	return span_eq(a->url, b->url) && span_eq(a->country, b->country);
}

int
keys_refresh(struct keys *k)
{
	struct keys *fresh;
	int r = keys_open((const char *)k->dir.ptr, SPAN_NONE, &fresh);

	if (r != 0)
		return r;
	if (!same_gateway(&k->who, &fresh->who))
		r = -EXDEV;
	/* the signer first: a key that is seen can sign */
	else if (k->process)
		r = signer_reload(k->process);
	if (r != 0) {
		keys_close(fresh);
		return r;
	}
	if (!take_over(k, fresh)) {
		keys_close(fresh);
		return 0;
	}
	fresh->newer = k->newer;
	k->newer = fresh;
	return 0;
}
