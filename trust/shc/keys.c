/* keys.c - the keys of one issuer, by the rules that the framework has for them.
 *
 * EC, P-256, use sig, alg ES256, named by its own thumbprint.  A set also holds keys
 * for other purposes; those are passed over.
 */
#include "codecs/seal/thumbprint.h"
#include "trust/shc/shc.h"

enum { DIGITS_MAX = 15 };

bool
shc_count(const struct node *n, int64_t *out)
{
	struct span text = node_text(n);
	int64_t v = 0;

	if (n && n->kind == NODE_INT && n->as.integer >= 0) {
		*out = n->as.integer;
		return true;
	}
	if (text.len == 0 || text.len > DIGITS_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		v = v * 10 + (text.ptr[i] - '0');
	}
	*out = v;
	return true;
}

bool
shc_looks_like(struct span list, const char *text)
{
	const struct trust_file f = { SPAN_NONE, span_trim(list) };
	const struct trust_input in = { .files = &f, .file_count = 1 };

	return f.bytes.len > 0 && f.bytes.ptr[0] == '{' && list_mentions(&in, text);
}

static bool
is_candidate(const struct node *jwk)
{
	return jwk->kind == NODE_MAP && span_is(node_text(node_get(jwk, "kty")), "EC") &&
	       span_is(node_text(node_get(jwk, "crv")), "P-256") &&
	       node_text(node_get(jwk, "kid")).len > 0;
}

static int
name_fits(struct work *w, const struct node *jwk, bool *fits)
{
	struct span own;
	int r = thumbprint_of_jwk(w, jwk, &own);

	if (r == 0)
		*fits = own.len > 0 && span_eq(own, node_text(node_get(jwk, "kid")));
	return r;
}

/* key_from_jwk minds private members, coordinates, the curve, and any other use or algorithm. */
static int
read_key(struct work *w, const struct node *jwk, const struct shc_issuer *who, struct key **key,
	enum key_fault *why)
{
	bool typed = node_get(jwk, "use") && node_get(jwk, "alg"), fits = false;
	int r = key_from_jwk(jwk, &key_policy_default, key, why);

	if (r == 0 && *key)
		r = name_fits(w, jwk, &fits);
	if (r == 0 && *key && !fits)
		*why = KEY_MISNAMED;
	else if (r == 0 && *key && !typed && !who->allow_untyped)
		*why = KEY_UNTYPED;
	else
		return r;
	key_free(*key);
	*key = NULL;
	return r;
}

/* A version that is there but can't be read still announces a list. */
static int64_t
crl_version(const struct node *jwk)
{
	const struct node *n = node_get(jwk, "crlVersion");
	int64_t version;

	if (!n || n->kind == NODE_NULL)
		return 0;
	return shc_count(n, &version) ? version : 1;
}

static int
add_key(struct work *w, const struct node *jwk, const struct shc_issuer *who,
	struct trust_builder *b)
{
	struct trust_item item = { .kid = node_text(node_get(jwk, "kid")),
		.authority = who->iss,
		.usage = USAGE_ANY,
		.seen_at = who->seen_at,
		.crl_version = crl_version(jwk) };
	struct key *key = NULL;
	struct cert *leaf = NULL;
	bool ask = who->anchors->chain || who->anchors->cms;
	int r = read_key(w, jwk, who, &key, &item.fault);

	if (r == 0 && key && ask)
		r = shc_x5c(w, jwk, key, who, &leaf);
	item.key = key;
	item.name = leaf ? cert_subject(leaf) : SPAN_NONE;
	if (r == 0 && key && ask && !leaf)
		builder_skip(b);
	else if (r == 0)
		r = builder_add(b, &item);
	cert_free(leaf);
	key_free(key);
	return r;
}

int
shc_keys_add(struct work *w, const struct node *keys, const struct shc_issuer *who,
	struct trust_builder *b)
{
	int r = 0;

	for (const struct node *k = keys->child; k && r == 0 && !builder_faulty(b); k = k->next) {
		if (is_candidate(k))
			r = add_key(w, k, who, b);
		else
			builder_skip(b);
	}
	return r;
}
