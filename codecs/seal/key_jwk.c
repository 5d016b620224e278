/* key_jwk.c - a public key from a JWK (RFC 7517, 7518 section 6, 8037).
 *
 * What restricts the key is honoured: "alg", "use", "key_ops".  A JWK with private
 * members was published by accident or on purpose; either way its key is burnt.
 */
#include "codecs/base/arena.h"
#include "codecs/base/text.h"
#include "codecs/seal/jws.h"
#include "codecs/seal/key_impl.h"
#include "codecs/tree/node.h"

#include <errno.h>
#include <string.h>

enum { SCRATCH = 16384 };

static bool
is_private(const struct node *jwk)
{
	static const char *const members[] = { "d", "p", "q", "dp", "dq", "qi", "oth", "k" };

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (node_get(jwk, members[i]))
			return true;
	return false;
}

/* false: the JWK says that it is not for checking signatures. */
static bool
is_for_verifying(const struct node *jwk)
{
	const struct node *use = node_get(jwk, "use"), *ops = node_get(jwk, "key_ops");

	if (use && !span_is(node_text(use), "sig"))
		return false;
	if (!ops)
		return true;
	for (const struct node *op = ops->child; op; op = op->next)
		if (span_is(node_text(op), "verify"))
			return true;
	return false;
}

/* The policy narrowed by "alg"; false when nothing is left. */
static bool
narrow(const struct node *jwk, struct key_policy *p)
{
	const struct node *alg = node_get(jwk, "alg");

	if (!alg)
		return true;
	enum sig_alg a = jws_alg(node_text(alg));
	unsigned allowed = p->algs ? p->algs : ~(SIG_BIT(SIG_RS256) | SIG_BIT(SIG_ES256K));
	p->algs = a == SIG_UNKNOWN ? 0 : allowed & SIG_BIT(a);
	return p->algs != 0;
}

static struct span
octets(struct arena *a, const struct node *jwk, const char *name)
{
	struct span out = SPAN_NONE;
	size_t bad;

	base64url_decode(a, node_text(node_get(jwk, name)), &out, &bad);
	return out.len ? out : SPAN_NONE;
}

static int
from_okp(struct span x, const struct node *jwk, const struct key_policy *p, struct key **out,
	enum key_fault *why)
{
	*why = KEY_UNSUPPORTED;
	if (!span_is(node_text(node_get(jwk, "crv")), "Ed25519"))
		return 0;
	return key_from_ed25519(x, p, out, why);
}

static int
from_members(struct arena *a, const struct node *jwk, const struct key_policy *p, struct key **out,
	enum key_fault *why)
{
	struct span kty = node_text(node_get(jwk, "kty"));

	if (span_is(kty, "RSA"))
		return key_from_rsa(octets(a, jwk, "n"), octets(a, jwk, "e"), p, out, why);
	if (span_is(kty, "OKP"))
		return from_okp(octets(a, jwk, "x"), jwk, p, out, why);
	if (!span_is(kty, "EC")) {
		*why = KEY_UNSUPPORTED;
		return 0;
	}
	char crv[16] = "";
	struct span name = node_text(node_get(jwk, "crv"));
	if (name.len < sizeof(crv) && name.len > 0)
		memcpy(crv, name.ptr, name.len);
	return key_from_ec(crv, octets(a, jwk, "x"), octets(a, jwk, "y"), p, out, why);
}

int
key_from_jwk(const struct node *jwk, const struct key_policy *policy, struct key **out,
	enum key_fault *why)
{
	struct key_policy p = *policy;

	*out = NULL;
	*why = KEY_MALFORMED;
	if (!jwk || jwk->kind != NODE_MAP || is_private(jwk))
		return 0;
	*why = KEY_ALG_CONFLICT;
	if (!is_for_verifying(jwk) || !narrow(jwk, &p))
		return 0;
	struct arena *a = arena_new(SCRATCH);
	if (!a)
		return -ENOMEM;
	int r = from_members(a, jwk, &p, out, why);
	arena_free(a);
	return r;
}
