/* chain.c - the path from an authority's certificate to one that it vouches for.
 *
 * OpenSSL builds and checks the path; chain_rules.c then refuses what RFC 5280 or
 * our own policy refuses and OpenSSL lets pass.
 */
#include "trust/chain.h"

#include "trust/chain_rules.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

/* All that OpenSSL needs for one verification; freed as a whole. */
struct path {
	X509_STORE *store;
	X509_STORE_CTX *ctx;
	X509 *leaf;
	STACK_OF(X509) * between;
	STACK_OF(X509_CRL) * crls;
	size_t anchors;
};

/* Certificates pass between layers as DER: no foreign type in seal's headers. */
static X509 *
parse(const struct cert *c)
{
	struct span der = cert_der(c);
	const unsigned char *at = der.ptr;

	return der.len <= LONG_MAX ? d2i_X509(NULL, &at, (long)der.len) : NULL;
}

static bool
counts(const struct chain_path *p, const struct cert *anchor)
{
	if (!cert_is_ca(anchor))
		return false;
	return !(p->flags & CHAIN_COUNTRY) ||
	       (cert_country(anchor).len > 0 &&
		       span_eq(cert_country(anchor), cert_country(p->leaf)));
}

/* Constraints on policies where there are no policies: such a certificate is passed over, because nothing fulfils
 * them, and OpenSSL 3.0 loses the memory of what it has read of them.
 */
static bool
is_odd(const X509 *x)
{
	return x && X509_get_ext_by_NID(x, NID_policy_constraints, -1) >= 0 &&
	       X509_get_ext_by_NID(x, NID_certificate_policies, -1) < 0;
}

static bool
add_anchors(struct path *path, const struct chain_path *p)
{
	for (size_t i = 0; i < p->anchor_count; i++) {
		if (!counts(p, p->anchors[i]))
			continue;
		X509 *x = parse(p->anchors[i]);
		bool odd = is_odd(x), ok = x && (odd || X509_STORE_add_cert(path->store, x) == 1);
		X509_free(x);
		if (!ok)
			return false;
		path->anchors += !odd;
	}
	return true;
}

static bool
add_between(struct path *path, const struct chain_path *p)
{
	for (size_t i = 0; i < p->between_count; i++) {
		X509 *x = parse(p->between[i]);
		bool odd = is_odd(x), kept = x && !odd && sk_X509_push(path->between, x) > 0;
		if (!kept)
			X509_free(x);
		if (!kept && !odd)
			return false;
	}
	return true;
}

/* A CRL that can't be read is left out: the certificate that needs it then fails. */
static bool
add_crls(struct path *path, const struct chain_path *p)
{
	for (size_t i = 0; i < p->crl_count; i++) {
		const unsigned char *at = p->crls[i].ptr;
		X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)p->crls[i].len);
		if (crl && sk_X509_CRL_push(path->crls, crl) <= 0) {
			X509_CRL_free(crl);
			return false;
		}
	}
	return true;
}

static unsigned long
openssl_flags(const struct chain_path *p)
{
	unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_POLICY_CHECK;
	const struct chain_policies *pol = p->policies;

	if (!(p->flags & (CHAIN_HISTORIC | CHAIN_LAX)))
		flags |= X509_V_FLAG_X509_STRICT;
	if (p->crl_count > 0)
		flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL |
			 X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_USE_DELTAS;
	if (pol && pol->explicit_required)
		flags |= X509_V_FLAG_EXPLICIT_POLICY;
	if (pol && pol->no_mapping)
		flags |= X509_V_FLAG_INHIBIT_MAP;
	if (pol && pol->no_any)
		flags |= X509_V_FLAG_INHIBIT_ANY;
	return flags;
}

static bool
add_policies(X509_VERIFY_PARAM *param, const struct chain_policies *pol)
{
	static const char *const any[] = { "2.5.29.32.0", NULL };
	const char *const *oid = pol && pol->accepted ? pol->accepted : any;

	for (; *oid; oid++) {
		ASN1_OBJECT *o = OBJ_txt2obj(*oid, 1);
		if (!o || X509_VERIFY_PARAM_add0_policy(param, o) != 1) {
			ASN1_OBJECT_free(o);
			return false;
		}
	}
	return true;
}

/* The two faults that may be passed over: hcert_spec asks for equal key identifiers only where both are there, and
 * ICAO Doc 9303-12 for curves that are spelled out.  OpenSSL knows such a curve again only if all of its numbers are
 * those of the named one; chain_rules.c asks for the name. */
static int
judge(int ok, X509_STORE_CTX *ctx)
{
	const struct chain_path *p = X509_STORE_CTX_get_app_data(ctx);
	int fault = X509_STORE_CTX_get_error(ctx), depth = X509_STORE_CTX_get_error_depth(ctx);

	if (ok != 0 || !p) /* the path of a CRL's own signer is judged without it */
		return ok;
	if (fault == X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER && depth == 0)
		return (p->flags & CHAIN_LEAF_UNLINKED) != 0;
	if (fault == X509_V_ERR_EC_KEY_EXPLICIT_PARAMS && depth > 0 &&
		depth == sk_X509_num(X509_STORE_CTX_get0_chain(ctx)) - 1)
		return (p->flags & CHAIN_EXPLICIT) != 0;
	return 0;
}

static bool
set_up(struct path *path, const struct chain_path *p)
{
	if (X509_STORE_CTX_init(path->ctx, path->store, path->leaf, path->between) != 1)
		return false;
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(path->ctx);
	X509_VERIFY_PARAM_set_time(param, (time_t)p->at);
	X509_VERIFY_PARAM_set_depth(
		param, (int)(p->depth < CHAIN_DEPTH_MAX ? p->depth : CHAIN_DEPTH_MAX));
	X509_VERIFY_PARAM_set_auth_level(param, p->flags & CHAIN_HISTORIC ? 0 : 2);
	X509_STORE_CTX_set0_crls(path->ctx, path->crls);
	X509_STORE_CTX_set_verify_cb(path->ctx, judge);
	return X509_STORE_CTX_set_app_data(path->ctx, (void *)(uintptr_t)p) == 1 &&
	       X509_VERIFY_PARAM_set_flags(param, openssl_flags(p)) == 1 &&
	       add_policies(param, p->policies);
}

static bool
prepare(struct path *path, const struct chain_path *p)
{
	path->store = X509_STORE_new();
	path->ctx = X509_STORE_CTX_new();
	path->leaf = parse(p->leaf);
	path->between = sk_X509_new_null();
	path->crls = sk_X509_CRL_new_null();
	return path->store && path->ctx && path->leaf && path->between && path->crls &&
	       add_anchors(path, p) && add_between(path, p) && add_crls(path, p);
}

static void
drop(struct path *path)
{
	X509_STORE_CTX_free(path->ctx);
	X509_STORE_free(path->store);
	X509_free(path->leaf);
	sk_X509_pop_free(path->between, X509_free);
	sk_X509_CRL_pop_free(path->crls, X509_CRL_free);
}

/* OpenSSL tells a failed malloc as a failed check; its error queue knows better. */
static bool
out_of_memory(void)
{
	bool found = false;

	for (unsigned long e = ERR_get_error(); e != 0; e = ERR_get_error())
		found = found || ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE;
	return found;
}

static bool
is_good(struct path *path, const struct chain_path *p)
{
	return !is_odd(path->leaf) && X509_verify_cert(path->ctx) == 1 &&
	       chain_rules(p, X509_STORE_CTX_get0_chain(path->ctx), path->crls);
}

int
chain_verify(const struct chain_path *p, enum chain_result *out)
{
	struct path path = { 0 };
	enum chain_result result = CHAIN_NO_ANCHOR;
	int r = 0;

	ERR_clear_error();
	if (!prepare(&path, p))
		r = -ENOMEM;
	else if (path.anchors > 0 && !set_up(&path, p))
		r = -ENOMEM;
	else if (path.anchors > 0)
		result = is_good(&path, p) ? CHAIN_GOOD : CHAIN_BAD;
	if (result == CHAIN_BAD && out_of_memory())
		r = -ENOMEM;
	drop(&path);
	ERR_clear_error();
	if (r == 0)
		*out = result;
	return r;
}

int
chain_check(const struct cert *leaf, struct cert *const *anchors, size_t count, int64_t at,
	enum chain_result *out)
{
	struct chain_path p = { .leaf = leaf,
		.anchors = anchors,
		.anchor_count = count,
		.at = at,
		.flags = CHAIN_COUNTRY | CHAIN_SIGNER | CHAIN_LEAF_UNLINKED | CHAIN_BRAINPOOL };

	return chain_verify(&p, out);
}
