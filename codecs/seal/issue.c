/* issue.c - certificates and CMS of our own making: the demo world's authorities, and tests.
 *
 * The X.509 profile is that of the EU's DSC and CSCA: key usage critical, subject and
 * authority key identifiers, the type of certificate as extended key usage.
 */
#include "codecs/base/arena.h"
#include "codecs/seal/cert_impl.h"
#include "codecs/seal/own/endorse_impl.h"
#include "codecs/seal/private_impl.h"
#include "codecs/seal/signer_file.h"

#include <errno.h>
#include <limits.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

static bool
set_name(X509 *x, const struct cert_request *r)
{
	X509_NAME *n = X509_NAME_new();
	const struct {
		const char *field, *value;
	} parts[] = { { "C", r->country }, { "O", r->organisation }, { "CN", r->common_name } };
	bool ok = n != NULL;

	for (size_t i = 0; i < 3 && ok; i++)
		if (parts[i].value)
			ok = X509_NAME_add_entry_by_txt(n, parts[i].field, MBSTRING_UTF8,
				     (const unsigned char *)parts[i].value, -1, -1, 0) == 1;
	ok = ok && X509_set_subject_name(x, n) == 1 &&
	     X509_set_issuer_name(x, r->ca ? X509_get_subject_name(r->ca->x509) : n) == 1;
	X509_NAME_free(n);
	return ok;
}

static bool
set_serial(X509 *x)
{
	uint8_t bytes[16];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return false;
	bytes[0] = (bytes[0] & 0x3f) | 0x40; /* positive, and of one length */
	BIGNUM *bn = BN_bin2bn(bytes, sizeof(bytes), NULL);
	bool ok = bn && BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(x)) != NULL;
	BN_free(bn);
	return ok;
}

static bool
add_extension(X509 *x, X509V3_CTX *ctx, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, ctx, nid, value);
	bool ok = e && X509_add_ext(x, e, -1) == 1;

	X509_EXTENSION_free(e);
	return ok;
}

static bool
add_eku(X509 *x, const char *const *oids, bool critical)
{
	EXTENDED_KEY_USAGE *eku = sk_ASN1_OBJECT_new_null();
	bool ok = eku != NULL;

	for (; ok && *oids; oids++) {
		ASN1_OBJECT *o = OBJ_txt2obj(*oids, 1);
		ok = o && sk_ASN1_OBJECT_push(eku, o) > 0;
		if (!ok)
			ASN1_OBJECT_free(o);
	}
	ok = ok && X509_add1_ext_i2d(x, NID_ext_key_usage, eku, critical, 0) == 1;
	sk_ASN1_OBJECT_pop_free(eku, ASN1_OBJECT_free);
	return ok;
}

/* ICAO Doc 9303-12, 7.1.1: SEQUENCE { version 0, SET OF PrintableString }; an odd letter stands behind it by itself. */
static bool
add_document_types(X509 *x, struct span types)
{
	uint8_t der[64] = { 0x30, 0, 0x02, 0x01, 0x00, 0x31, 0 };
	size_t len = 7, count = types.len / 2;
	ASN1_OBJECT *oid = OBJ_txt2obj("2.23.136.1.1.6.2", 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *e = NULL;

	for (size_t i = 0; i < count && len + 4 <= sizeof(der); i++, len += 4)
		memcpy(&der[len], (uint8_t[]){ 0x13, 2, types.ptr[2 * i], types.ptr[2 * i + 1] },
			4);
	der[6] = (uint8_t)(len - 7);
	if (types.len % 2 != 0 && len < sizeof(der))
		der[len++] = types.ptr[types.len - 1];
	der[1] = (uint8_t)(len - 2);
	if (oid && value && ASN1_OCTET_STRING_set(value, der, (int)len) == 1)
		e = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, value);
	bool ok = e && X509_add_ext(x, e, -1) == 1;
	X509_EXTENSION_free(e);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(oid);
	return ok;
}

static bool
add_usage_period(X509 *x, int64_t from, int64_t until)
{
	PKEY_USAGE_PERIOD *p = PKEY_USAGE_PERIOD_new();
	bool ok = p != NULL;

	if (ok) {
		p->notBefore = ASN1_GENERALIZEDTIME_set(NULL, (time_t)from);
		p->notAfter = ASN1_GENERALIZEDTIME_set(NULL, (time_t)until);
		ok = p->notBefore && p->notAfter &&
		     X509_add1_ext_i2d(x, NID_private_key_usage_period, p, 0, 0) == 1;
	}
	PKEY_USAGE_PERIOD_free(p);
	return ok;
}

static bool
set_extensions(X509 *x, const struct cert_request *r)
{
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, r->ca ? r->ca->x509 : x, x, NULL, NULL, 0);
	bool ok = add_extension(x, &ctx, NID_basic_constraints,
			  r->is_ca ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE") &&
		  add_extension(x, &ctx, NID_key_usage,
			  r->is_ca ? "critical,keyCertSign,cRLSign"
				   : "critical,digitalSignature") &&
		  add_extension(x, &ctx, NID_subject_key_identifier, "hash");
	if (ok && r->ca)
		ok = add_extension(x, &ctx, NID_authority_key_identifier, "keyid:always");
	if (ok && r->names)
		ok = add_extension(x, &ctx, NID_subject_alt_name, r->names);
	struct span all = span_of(r->document_types), types;
	while (ok && r->document_types && span_split(&all, ',', &types))
		ok = add_document_types(x, types);
	if (ok && r->use_until != 0)
		ok = add_usage_period(x, r->use_from, r->use_until);
	return ok && (!r->eku || add_eku(x, r->eku, r->eku_critical));
}

/* EdDSA hashes by itself and takes no digest. */
static const EVP_MD *
digest_of_key(EVP_PKEY *pkey)
{
	return EVP_PKEY_get_base_id(pkey) == EVP_PKEY_ED25519 ? NULL : EVP_sha256();
}

static bool
set_key(X509 *x, const struct cert_request *r)
{
	const unsigned char *at = r->spki.ptr;
	EVP_PKEY *pkey = r->subject ? NULL : d2i_PUBKEY(NULL, &at, (long)r->spki.len);
	bool ok = X509_set_pubkey(x, r->subject ? r->subject->pkey : pkey) == 1;

	EVP_PKEY_free(pkey);
	return ok;
}

/* OpenSSL signs with keys that it holds; a signature from elsewhere is put in. */
static int
sign_by(X509 *x, const struct signer *by, struct arena *a)
{
	const X509_ALGOR *outer, *inner;
	const ASN1_BIT_STRING *place;
	struct span signature;
	unsigned char *tbs = NULL;

	X509_get0_signature(&place, &outer, x);
	inner = X509_get0_tbs_sigalg(x);
	if (!own_sign_algorithm((X509_ALGOR *)(uintptr_t)inner, by->alg) ||
		!own_sign_algorithm((X509_ALGOR *)(uintptr_t)outer, by->alg))
		return -ENOMEM;
	int len = i2d_re_X509_tbs(x, &tbs);
	int error = len > 0 ? own_sign(by, a, (struct span){ tbs, (size_t)len }, &signature)
			    : -ENOMEM;
	OPENSSL_free(tbs);
	ASN1_BIT_STRING *bits = (ASN1_BIT_STRING *)(uintptr_t)place;
	if (error == 0 && ASN1_STRING_set(bits, signature.ptr, (int)signature.len) != 1)
		error = -ENOMEM;
	if (error == 0) {
		bits->flags &= ~(long)(ASN1_STRING_FLAG_BITS_LEFT | 7);
		bits->flags |= ASN1_STRING_FLAG_BITS_LEFT;
	}
	return error;
}

static int
sign(X509 *x, const struct cert_request *r, struct arena *a)
{
	EVP_PKEY *ca = r->ca_key ? r->ca_key->pkey : r->subject ? r->subject->pkey : NULL;

	if (r->by)
		return sign_by(x, r->by, a);
	return ca && X509_sign(x, ca, digest_of_key(ca)) > 0 ? 0 : -ENOMEM;
}

static bool
fill(X509 *x, const struct cert_request *r)
{
	return X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) &&
	       ASN1_TIME_set(X509_getm_notBefore(x), (time_t)r->not_before) &&
	       ASN1_TIME_set(X509_getm_notAfter(x), (time_t)r->not_after) && set_key(x, r) &&
	       set_name(x, r) && set_extensions(x, r);
}

static int
copy_out(unsigned char *der, int len, struct arena *a, struct span *out)
{
	if (len <= 0)
		return -ENOMEM;
	struct span copy = arena_copy(a, (struct span){ der, (size_t)len });
	OPENSSL_free(der);
	if (!copy.ptr)
		return arena_error(a);
	*out = copy;
	return 0;
}

int
cert_issue(const struct cert_request *r, struct arena *a, struct span *der)
{
	X509 *x = X509_new();
	unsigned char *bytes = NULL;
	int error = x && fill(x, r) ? sign(x, r, a) : -ENOMEM;
	int len = error == 0 ? i2d_X509(x, &bytes) : 0;

	X509_free(x);
	ERR_clear_error();
	return error ? error : copy_out(bytes, len, a, der);
}

int
cms_sign(const struct private_key *k, const struct cert *c, struct span content, struct arena *a,
	struct span *out)
{
	BIO *data = content.len <= INT_MAX ? BIO_new_mem_buf(content.ptr, (int)content.len) : NULL;
	CMS_ContentInfo *info = data ? CMS_sign(c->x509, k->pkey, NULL, data,
					       CMS_BINARY | CMS_DETACHED | CMS_NOSMIMECAP)
				     : NULL;
	unsigned char *bytes = NULL;
	int len = info ? i2d_CMS_ContentInfo(info, &bytes) : 0;

	CMS_ContentInfo_free(info);
	BIO_free(data);
	ERR_clear_error();
	return copy_out(bytes, len, a, out);
}
