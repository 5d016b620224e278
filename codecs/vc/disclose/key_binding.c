/* key_binding.c - see key_binding.h. */
#include "codecs/vc/disclose/key_binding.h"

#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/base/text.h"
#include "codecs/seal/digest.h"
#include "codecs/seal/jws.h"
#include "codecs/seal/key.h"

#define LAYER "kb-jwt"

enum { HASH = 32, HASH_TEXT = 43 };

/* What a holder may sign with: any algorithm that its key is of. */
#define HOLDER_ALGORITHMS                                                                    \
	(SIG_BIT(SIG_ES256) | SIG_BIT(SIG_ES384) | SIG_BIT(SIG_ES512) | SIG_BIT(SIG_PS256) | \
		SIG_BIT(SIG_PS384) | SIG_BIT(SIG_PS512) | SIG_BIT(SIG_EDDSA))

static void
drop(void *key)
{
	key_free(key);
}

/* RFC 7800, 3.2. */
static int
named_key(struct work *w, const struct node *claims, const struct key **out)
{
	const struct node *jwk = node_get(node_get(claims, "cnf"), "jwk");
	struct key *key = NULL;
	enum key_fault why;

	*out = NULL;
	if (!jwk)
		return 0;
	int r = key_from_jwk(jwk, &key_policy_default, &key, &why);
	if (r == 0 && key)
		r = arena_defer(w->arena, drop, key);
	if (r == 0)
		*out = key;
	return r;
}

static int
is_hash_of(struct work *w, struct span shown, struct span text, bool *is)
{
	struct buf b = buf_in(w->arena, HASH_TEXT);
	uint8_t hash[HASH];
	int r = digest_of(w->kit, DIGEST_SHA256, shown, hash);

	if (r != 0)
		return r;
	base64url_encode(&b, (struct span){ hash, sizeof(hash) });
	*is = span_eq(buf_span(&b), text);
	return b.error;
}

static bool
claims_good(const struct node *claims)
{
	const struct node *iat = node_get(claims, "iat");

	return iat && iat->kind == NODE_INT && iat->as.integer >= 0 &&
	       node_text(node_get(claims, "nonce")).len > 0 &&
	       node_text(node_get(claims, "aud")).len > 0;
}

static int
check(struct work *w, const struct sd_jwt *sd, const struct jws *j, const struct key_binding *k)
{
	bool typed = span_is(node_text(node_get(j->header, "typ")), "kb+jwt"), is = false;
	int r = is_hash_of(w, sd->shown, node_text(node_get(k->claims, "sd_hash")), &is);

	if (r == 0 && (!typed || !is || !k->key || !claims_good(k->claims)))
		report_fail(w->report, REASON_VC_KEY_BINDING, PLACE_AT("sd-jwt", sd->shown.len));
	return r;
}

int
key_binding_read(struct work *w, const struct sd_jwt *sd, const struct node *issuer_claims,
	struct key_binding *out, bool *ok)
{
	struct key_binding k = { 0 };
	struct jws j;
	bool read = false;
	int r = jws_read(w, sd->binding, &j, &read);

	*ok = false;
	if (r == 0 && read)
		r = node_from_json(w, j.payload, LAYER, &k.claims);
	if (r != 0 || !read || !k.claims)
		return r;
	if ((r = named_key(w, issuer_claims, &k.key)) != 0 || (r = check(w, sd, &j, &k)) != 0 ||
		report_failed(w->report))
		return r;
	k.issued = node_get(k.claims, "iat")->as.integer;
	k.proof = (struct proof){ .alg = j.alg,
		.accept = HOLDER_ALGORITHMS,
		.signed_bytes = j.signing_input,
		.signature = j.signature };
	*out = k;
	*ok = true;
	return 0;
}
