/* anchors.c - the operator's national certificates: authorities (CSCA) and upload certificates. */
#include "trust/source/anchors.h"

#include "codecs/base/arena.h"

#include <string.h>

enum { ANCHORS_MAX = 4096 };

int
anchors_add(struct work *w, struct cert_list *l, const struct cert *c)
{
	if (l->count == l->capacity) {
		size_t capacity = l->capacity ? l->capacity * 2 : 64;
		struct cert **certs = ARENA_ARRAY(w->arena, capacity, struct cert *);
		if (!certs)
			return arena_error(w->arena);
		if (l->count > 0)
			memcpy(certs, l->certs, l->count * sizeof(struct cert *));
		l->certs = certs;
		l->capacity = capacity;
	}
	l->certs[l->count++] = cert_ref(c);
	return 0;
}

/* An authority may upload as well, where it is the operator who names it. */
static int
add(struct work *w, struct anchors *a, const struct cert *c, bool with_cms)
{
	int r = anchors_add(w, &a->uploaders, c);

	if (r == 0 && cert_is_ca(c))
		r = anchors_add(w, &a->authorities, c);
	a->chain = a->chain || cert_is_ca(c);
	a->cms = a->cms || (with_cms && !cert_is_ca(c));
	return r;
}

int
anchors_read(struct work *w, const struct trust_input *in, bool with_cms, struct trust_builder *b,
	struct anchors *out)
{
	struct cert **certs;
	size_t count, bad;
	int r;

	*out = (struct anchors){ 0 };
	if (in->anchors.len == 0)
		return 0;
	certs = ARENA_ARRAY(w->arena, ANCHORS_MAX, struct cert *);
	if (!certs)
		return arena_error(w->arena);
	r = cert_from_file(in->anchors, &key_policy_default, certs, ANCHORS_MAX, &count, &bad);
	for (size_t i = 0; i < count; i++) {
		if (r == 0)
			r = add(w, out, certs[i], with_cms);
		cert_free(certs[i]);
	}
	if (r == 0 && bad > 0)
		builder_fault(b, "one of the anchors can't be read as a certificate", in->name,
			PLACE_NO_OFFSET);
	else if (r == 0 && !out->chain && !out->cms)
		builder_fault(b, "the anchors hold no certificate that can vouch for this list",
			in->name, PLACE_NO_OFFSET);
	builder_info(b)->items_checked = !builder_faulty(b);
	return r;
}

static void
drop(struct cert_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		cert_free(l->certs[i]);
	l->count = 0;
}

void
anchors_drop(struct anchors *a)
{
	drop(&a->authorities);
	drop(&a->uploaders);
}
