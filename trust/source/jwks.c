/* jwks.c - a JWK set (RFC 7517): bare keys, each with the identifier that it states.
 *
 * For EU certificates identifiers are bytes in base64 or base64url; for every other
 * scheme they are the text itself.  Keys that are not usable are kept with their
 * fault, so that a report can say why.
 */
#include "codecs/base/arena.h"
#include "codecs/base/text.h"
#include "trust/source/list.h"

static bool
detect(const struct trust_input *in)
{
	struct span text = span_trim(in->files[0].bytes);

	return text.len > 0 && text.ptr[0] == '{' && list_mentions(in, "\"keys\"") &&
	       list_mentions(in, "\"kty\"");
}

static int
kid_bytes(struct work *w, enum trust_domain domain, struct span text, struct span *out)
{
	size_t bad;
	int r;

	*out = text;
	if ((domain != TRUST_DCC && domain != TRUST_WHO) || !text.ptr)
		return 0;
	r = base64url_decode(w->arena, text, out, &bad);
	return r == 0 && !out->ptr ? list_base64(w, text, out) : r;
}

static int
add_key(struct work *w, const struct trust_input *in, const struct node *jwk,
	struct trust_builder *b)
{
	struct trust_item item = { .authority = in->issuer.ptr ? in->issuer : in->country,
		.usage = USAGE_ANY };
	struct key *key = NULL;
	int r = kid_bytes(w, in->domain, node_text(node_get(jwk, "kid")), &item.kid);

	if (r == 0)
		r = key_from_jwk(jwk, &key_policy_default, &key, &item.fault);
	item.key = key;
	if (r == 0)
		r = builder_add(b, &item);
	key_free(key);
	return r;
}

static int
read(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	const struct node *keys = NULL;
	int r = list_keys(w, in, b, &keys);

	for (const struct node *k = keys ? keys->child : NULL; k && r == 0; k = k->next)
		r = add_key(w, in, k, b);
	return r;
}

const struct trust_source jwks_source = {
	.kind = "jwks",
	.title = "a JWK set",
	.files = 1,
	.takes_issuer = true,
	.serves = SERVES_DCC | SERVES_WHO,
	.detect = detect,
	.read = read,
};
