/* chain.c - the path from a national authority's certificate to its document signer.
 *
 * OpenSSL builds and checks the path under strict rules; what it lets pass and the
 * signer profile does not is checked behind it.
 */
#include "trust/chain.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

/* Certificates pass between layers as DER: no foreign type in seal's headers. */
static X509 *
parse(const struct cert *c)
{
	struct span der = cert_der(c);
	const unsigned char *at = der.ptr;

	return d2i_X509(NULL, &at, (long)der.len);
}

static int
store_of(const struct cert *leaf, struct cert *const *anchors, size_t count, X509_STORE **out)
{
	X509_STORE *store = X509_STORE_new();
	bool any = false, ok = store != NULL;

	for (size_t i = 0; ok && i < count; i++) {
		if (!cert_is_ca(anchors[i]) ||
			!span_eq(cert_country(anchors[i]), cert_country(leaf)))
			continue;
		X509 *x = parse(anchors[i]);
		ok = x && X509_STORE_add_cert(store, x) == 1;
		X509_free(x);
		any = true;
	}
	if (ok && any) {
		*out = store;
		return 0;
	}
	X509_STORE_free(store);
	*out = NULL;
	return ok ? 0 : -ENOMEM;
}

/* A signer signs documents: it is no authority itself, and where it names key usages, signing is one. */
static bool
is_signer(X509 *leaf)
{
	uint32_t usage = X509_get_key_usage(leaf);

	return X509_check_ca(leaf) == 0 && (usage == UINT32_MAX || (usage & KU_DIGITAL_SIGNATURE));
}

static bool
verify(X509_STORE_CTX *ctx, int64_t at)
{
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);

	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
	X509_VERIFY_PARAM_set_time(param, (time_t)at);
	X509_VERIFY_PARAM_set_depth(param, 1);
	X509_VERIFY_PARAM_set_auth_level(param, 2);
	return X509_verify_cert(ctx) == 1;
}

int
chain_check(const struct cert *leaf, struct cert *const *anchors, size_t count, int64_t at,
	enum chain_result *out)
{
	X509_STORE *store;
	int r = store_of(leaf, anchors, count, &store);

	*out = CHAIN_NO_ANCHOR;
	if (r != 0 || !store)
		return r;
	X509 *x = parse(leaf);
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	if (!x || !ctx || X509_STORE_CTX_init(ctx, store, x, NULL) != 1)
		r = -ENOMEM;
	else if (verify(ctx, at) && is_signer(x))
		*out = CHAIN_GOOD;
	else
		*out = CHAIN_BAD;
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	X509_free(x);
	ERR_clear_error();
	return r;
}
