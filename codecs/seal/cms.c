/* cms.c - detached CMS signatures on items of trust lists.
 *
 * BER with indefinite lengths is what the field writes, and OpenSSL reads it.  The
 * chain of the signer is not built here: the caller says which certificate must
 * have signed, or judges the embedded one.
 */
#include "codecs/seal/cms.h"

#include "codecs/seal/cert_impl.h"

#include <errno.h>
#include <limits.h>
#include <openssl/cms.h>
#include <openssl/err.h>

enum { FLAGS = CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY };

static CMS_ContentInfo *
parse(struct span cms)
{
	BIO *bio = cms.len > 0 && cms.len <= INT_MAX ? BIO_new_mem_buf(cms.ptr, (int)cms.len)
						     : NULL;
	CMS_ContentInfo *info = bio ? d2i_CMS_bio(bio, NULL) : NULL;
	bool whole = info && BIO_pending(bio) == 0 && CMS_get0_type(info) &&
		     OBJ_obj2nid(CMS_get0_type(info)) == NID_pkcs7_signed;
	STACK_OF(CMS_SignerInfo) *signers = whole ? CMS_get0_SignerInfos(info) : NULL;

	BIO_free(bio);
	if (signers && sk_CMS_SignerInfo_num(signers) == 1)
		return info;
	CMS_ContentInfo_free(info);
	return NULL;
}

/* The certificate inside that the signer identifier names; NULL when none does. */
static X509 *
embedded_signer(CMS_ContentInfo *info)
{
	CMS_SignerInfo *si = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(info), 0);
	STACK_OF(X509) *certs = CMS_get1_certs(info);
	X509 *found = NULL;

	for (int i = 0; !found && i < sk_X509_num(certs); i++) {
		X509 *x = sk_X509_value(certs, i);
		if (CMS_SignerInfo_cert_cmp(si, x) == 0 && X509_up_ref(x) == 1)
			found = x;
	}
	sk_X509_pop_free(certs, X509_free);
	return found;
}

/* Behind a filter that does nothing: of a plain memory BIO CMS_verify makes a copy, and loses it where the message
 * names a digest that can't be had, or memory is short.
 */
static BIO *
reader_of(struct span content)
{
	BIO *data = content.len <= INT_MAX ? BIO_new_mem_buf(content.ptr, (int)content.len) : NULL;
	BIO *filter = data ? BIO_new(BIO_f_null()) : NULL;

	if (filter)
		return BIO_push(filter, data);
	BIO_free(data);
	return NULL;
}

static bool
check(CMS_ContentInfo *info, X509 *signer, struct span content)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	BIO *data = reader_of(content);
	bool ok = certs && data && sk_X509_push(certs, signer) > 0 &&
		  CMS_verify(info, certs, NULL, data, NULL, FLAGS | CMS_NOINTERN) == 1;

	BIO_free_all(data);
	sk_X509_free(certs);
	return ok;
}

static int
as_cert(X509 *x, struct cert **out)
{
	unsigned char *der = NULL;
	int len = i2d_X509(x, &der);

	if (len <= 0)
		return -ENOMEM;
	int r = cert_from_der((struct span){ der, (size_t)len }, &key_policy_default, out);
	OPENSSL_free(der);
	return r;
}

int
cms_verify(struct span cms, struct span content, const struct cert *signer, struct cert **embedded,
	enum cms_result *out)
{
	CMS_ContentInfo *info = parse(cms);
	int r = 0;

	if (embedded)
		*embedded = NULL;
	*out = CMS_BAD;
	if (!info) {
		ERR_clear_error();
		return 0;
	}
	X509 *x = signer ? signer->x509 : embedded_signer(info);
	if (!x)
		*out = CMS_NO_SIGNER;
	else if (check(info, x, content))
		*out = CMS_VALID;
	if (x && !signer && embedded && *out == CMS_VALID)
		r = as_cert(x, embedded);
	if (!signer)
		X509_free(x);
	CMS_ContentInfo_free(info);
	ERR_clear_error();
	return r;
}

int
cms_content(struct span cms, struct arena *a, struct span *out)
{
	CMS_ContentInfo *info = parse(cms);
	ASN1_OCTET_STRING **at = info ? CMS_get0_content(info) : NULL;
	struct span copy = SPAN_NONE;
	bool is = at && *at && ASN1_STRING_length(*at) > 0;

	if (is)
		copy = arena_copy(a, (struct span){ ASN1_STRING_get0_data(*at),
					     (size_t)ASN1_STRING_length(*at) });
	CMS_ContentInfo_free(info);
	ERR_clear_error();
	if (is && !copy.ptr)
		return arena_error(a);
	*out = copy;
	return 0;
}
