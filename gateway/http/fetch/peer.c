/* peer.c - see peer.h.
 *
 * Anybody's link can name anybody's host, and the certificates of a host are read
 * before they are trusted.
 */
#include "gateway/http/fetch/peer.h"

#include "codecs/seal/cert_bounds.h"

#include <openssl/ssl.h>

enum { SHOWN_MAX = 16 };

static bool
all_in_bounds(X509_STORE_CTX *ctx)
{
	const X509 *leaf = X509_STORE_CTX_get0_cert(ctx);
	STACK_OF(X509) *shown = X509_STORE_CTX_get0_untrusted(ctx);

	if (!leaf || !cert_in_bounds(leaf) || sk_X509_num(shown) > SHOWN_MAX)
		return false;
	for (int i = 0; i < sk_X509_num(shown); i++)
		if (!cert_in_bounds(sk_X509_value(shown, i)))
			return false;
	return true;
}

/* In the place of OpenSSL's judgement, and in front of it. */
static int
judge(X509_STORE_CTX *ctx, void *unused)
{
	(void)unused;
	if (all_in_bounds(ctx))
		return X509_verify_cert(ctx);
	X509_STORE_CTX_set_error(ctx, X509_V_ERR_CERT_REJECTED);
	return 0;
}

static CURLcode
set_judge(CURL *easy, void *context, void *unused)
{
	(void)easy;
	(void)unused;
	SSL_CTX_set_cert_verify_callback(context, judge, NULL);
	return CURLE_OK;
}

CURLcode
peer_guard(CURL *easy)
{
	return curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, set_judge);
}
