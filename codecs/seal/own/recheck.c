/* recheck.c - a group whose generator is our public key, with its table; and the textbook check over both groups.
 *
 * Public data alone passes through here, so nothing needs constant time.  Low-level calls of OpenSSL that are out of
 * fashion, and that nothing has taken the place of.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "codecs/seal/own/recheck.h"

#include <errno.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>

enum { HALF = 32 };

struct recheck {
	EC_GROUP *base, *own; /* the curve's generator; ours */
};

void
recheck_free(struct recheck *r)
{
	if (!r)
		return;
	EC_GROUP_free(r->base);
	EC_GROUP_free(r->own);
	free(r);
}

static EC_KEY *
read_key(struct span spki)
{
	const unsigned char *at = spki.ptr;
	EC_KEY *k = spki.len > 0 && spki.len < 4096 ? d2i_EC_PUBKEY(NULL, &at, (long)spki.len)
						    : NULL;

	if (k && EC_GROUP_get_curve_name(EC_KEY_get0_group(k)) != NID_X9_62_prime256v1) {
		EC_KEY_free(k);
		k = NULL;
	}
	return k;
}

static bool
make_table(struct recheck *r, const EC_POINT *key)
{
	const BIGNUM *order = r->base ? EC_GROUP_get0_order(r->base) : NULL;

	r->own = r->base ? EC_GROUP_dup(r->base) : NULL;
	return r->own && EC_GROUP_set_generator(r->own, key, order, BN_value_one()) == 1 &&
	       EC_GROUP_precompute_mult(r->own, NULL) == 1;
}

int
recheck_new(struct span spki, struct recheck **out)
{
	EC_KEY *key = read_key(spki);
	struct recheck *r;

	*out = NULL;
	if (!key)
		return 0;
	r = calloc(1, sizeof(*r));
	if (r)
		r->base = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	if (r && make_table(r, EC_KEY_get0_public_key(key))) {
		*out = r;
	} else {
		recheck_free(r);
	}
	EC_KEY_free(key);
	return r ? 0 : -ENOMEM;
}

struct numbers {
	BN_CTX *ctx;
	BIGNUM *r, *s, *e, *w, *u1, *u2, *x;
	EC_POINT *a, *b;
};

static bool
in_range(const BIGNUM *v, const BIGNUM *order)
{
	return !BN_is_zero(v) && BN_ucmp(v, order) < 0;
}

/* u1 G + u2 Q; its first coordinate modulo the order into x.  -1: no memory, 0: the point at infinity. */
static int
compute(const struct recheck *c, struct numbers *n, const BIGNUM *order)
{
	if (!BN_mod_inverse(n->w, n->s, order, n->ctx) ||
		!BN_mod_mul(n->u1, n->e, n->w, order, n->ctx) ||
		!BN_mod_mul(n->u2, n->r, n->w, order, n->ctx) ||
		!EC_POINT_mul(c->base, n->a, n->u1, NULL, NULL, n->ctx) ||
		!EC_POINT_mul(c->own, n->b, n->u2, NULL, NULL, n->ctx) ||
		!EC_POINT_add(c->base, n->a, n->a, n->b, n->ctx))
		return -1;
	if (EC_POINT_is_at_infinity(c->base, n->a))
		return 0;
	return EC_POINT_get_affine_coordinates(c->base, n->a, n->x, NULL, n->ctx) &&
			       BN_nnmod(n->x, n->x, order, n->ctx)
		       ? 1
		       : -1;
}

static int
check(const struct recheck *c, struct numbers *n, const uint8_t *digest, struct span signature,
	bool *valid)
{
	const BIGNUM *order = EC_GROUP_get0_order(c->base);

	if (!BN_bin2bn(signature.ptr, HALF, n->r) || !BN_bin2bn(signature.ptr + HALF, HALF, n->s) ||
		!BN_bin2bn(digest, HALF, n->e))
		return -ENOMEM;
	*valid = false;
	if (!in_range(n->r, order) || !in_range(n->s, order))
		return 0;
	int found = compute(c, n, order);
	if (found > 0)
		*valid = BN_cmp(n->x, n->r) == 0;
	return found < 0 ? -ENOMEM : 0;
}

int
recheck_valid(const struct recheck *c, const uint8_t *digest, struct span signature, bool *valid)
{
	struct numbers n = { .ctx = BN_CTX_new() };
	int r = -ENOMEM;

	*valid = false;
	if (signature.len != (size_t)2 * HALF) {
		BN_CTX_free(n.ctx);
		return 0;
	}
	if (!n.ctx)
		return -ENOMEM;
	BN_CTX_start(n.ctx);
	n.r = BN_CTX_get(n.ctx);
	n.s = BN_CTX_get(n.ctx);
	n.e = BN_CTX_get(n.ctx);
	n.w = BN_CTX_get(n.ctx);
	n.u1 = BN_CTX_get(n.ctx);
	n.u2 = BN_CTX_get(n.ctx);
	n.x = BN_CTX_get(n.ctx);
	n.a = EC_POINT_new(c->base);
	n.b = EC_POINT_new(c->base);
	if (n.x && n.a && n.b)
		r = check(c, &n, digest, signature, valid);
	EC_POINT_free(n.a);
	EC_POINT_free(n.b);
	BN_CTX_end(n.ctx);
	BN_CTX_free(n.ctx);
	return r;
}
