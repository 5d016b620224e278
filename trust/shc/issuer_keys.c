/* issuer_keys.c - what an issuer of SMART Health Cards publishes at /.well-known/jwks.json. */
#include "trust/shc/shc.h"

/* A JWK set says nothing of what it is for: the operator's scheme or issuer does. */
static bool
detect(const struct trust_input *in)
{
	bool meant = in->domain == TRUST_SHC || (in->domain == TRUST_DCC && in->issuer.len > 0);

	return meant && shc_looks_like(in->files[0].bytes, "\"keys\"");
}

static int
add_all(struct work *w, const struct trust_input *in, const struct node *keys,
	struct trust_builder *b)
{
	struct anchors a;
	struct shc_issuer who = { .iss = in->issuer,
		.seen_at = TIME_NONE,
		.anchors = &a,
		.allow_untyped = in->allow_untyped_keys };
	int r = anchors_read(w, in, false, b, &a);

	/* an issuer that has no key at the moment is one all the same */
	if (r == 0)
		r = builder_issuer(b, &(struct trust_issuer_item){ .iss = in->issuer });
	if (r == 0)
		r = shc_keys_add(w, keys, &who, b);
	anchors_drop(&a);
	return r;
}

static int
read(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	const struct node *keys = NULL;
	int r = list_keys(w, in, b, &keys);

	return r == 0 && keys ? add_all(w, in, keys, b) : r;
}

const struct trust_source issuer_keys_source = {
	.kind = "issuer-keys",
	.title = "the JWK set of one issuer of SMART Health Cards",
	.files = 1,
	.takes_anchors = true,
	.takes_issuer = true,
	.takes_untyped = true,
	.health_cards = true,
	.serves = SERVES_SHC,
	.detect = detect,
	.read = read,
};
