/* key_load.c - public keys from SubjectPublicKeyInfo and from bare numbers. */
#include "codecs/seal/key_impl.h"

#include <errno.h>
#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <string.h>

static int
refuse(struct key **out, enum key_fault *why, enum key_fault fault)
{
	ERR_clear_error();
	*out = NULL;
	*why = fault;
	return 0;
}

/* Compressed and uncompressed points are fine, the hybrid form is nobody's. */
static bool
point_form_good(const X509_PUBKEY *pub, EVP_PKEY *pkey)
{
	const unsigned char *bytes;
	int len;

	if (EVP_PKEY_get_base_id(pkey) != EVP_PKEY_EC)
		return true;
	X509_PUBKEY_get0_param(NULL, &bytes, &len, NULL, pub);
	return len > 1 && bytes[0] >= 2 && bytes[0] <= 4;
}

int
key_from_spki(struct span der, const struct key_policy *p, struct key **out, enum key_fault *why)
{
	const unsigned char *at = der.ptr;

	if (der.len == 0 || der.len > LONG_MAX)
		return refuse(out, why, KEY_MALFORMED);
	X509_PUBKEY *pub = d2i_X509_PUBKEY(NULL, &at, (long)der.len);
	EVP_PKEY *pkey = pub && at == der.ptr + der.len ? X509_PUBKEY_get(pub) : NULL;
	bool good = pkey && point_form_good(pub, pkey);
	X509_PUBKEY_free(pub);
	if (!good) {
		EVP_PKEY_free(pkey);
		return refuse(out, why, KEY_MALFORMED);
	}
	return key_finish(pkey, p, out, why);
}

/* Takes nothing over; *pkey stays NULL when OpenSSL can't make a key of the numbers. */
static int
from_params(const char *type, OSSL_PARAM_BLD *bld, EVP_PKEY **pkey)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	int r = params && ctx ? 0 : -ENOMEM;

	*pkey = NULL;
	if (r == 0 && EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, pkey, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return r;
}

int
key_from_rsa(struct span n, struct span e, const struct key_policy *p, struct key **out,
	enum key_fault *why)
{
	EVP_PKEY *pkey = NULL;

	if (n.len == 0 || n.len > 2048 || e.len == 0 || e.len > 8)
		return refuse(out, why, KEY_MALFORMED);
	BIGNUM *bn = BN_bin2bn(n.ptr, (int)n.len, NULL), *be = BN_bin2bn(e.ptr, (int)e.len, NULL);
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	int r = -ENOMEM;
	if (bn && be && bld && OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, bn) == 1 &&
		OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, be) == 1)
		r = from_params("RSA", bld, &pkey);
	OSSL_PARAM_BLD_free(bld);
	BN_free(bn);
	BN_free(be);
	if (r != 0)
		return r;
	return pkey ? key_finish(pkey, p, out, why) : refuse(out, why, KEY_MALFORMED);
}

static const struct key_type *
curve_named(const char *crv)
{
	for (size_t i = 0; i < KEY_CURVES; i++)
		if (strcmp(crv, key_types_ec[i].curve) == 0)
			return &key_types_ec[i];
	return NULL;
}

static int
from_octets(const struct key_type *type, struct span point, const struct key_policy *p,
	struct key **out, enum key_fault *why)
{
	EVP_PKEY *pkey = NULL;
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	int r = -ENOMEM;

	if (bld &&
		OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, type->group, 0) ==
			1 &&
		OSSL_PARAM_BLD_push_octet_string(
			bld, OSSL_PKEY_PARAM_PUB_KEY, point.ptr, point.len) == 1)
		r = from_params("EC", bld, &pkey);
	OSSL_PARAM_BLD_free(bld);
	if (r != 0)
		return r;
	return pkey ? key_finish(pkey, p, out, why) : refuse(out, why, KEY_NOT_ON_CURVE);
}

int
key_from_ec(const char *crv, struct span x, struct span y, const struct key_policy *p,
	struct key **out, enum key_fault *why)
{
	const struct key_type *type = curve_named(crv);
	uint8_t point[1 + 2 * 66] = { 4 };

	if (!type)
		return refuse(out, why, KEY_UNSUPPORTED);
	if (x.len != type->coordinate || y.len != type->coordinate)
		return refuse(out, why, KEY_MALFORMED);
	memcpy(point + 1, x.ptr, x.len);
	memcpy(point + 1 + x.len, y.ptr, y.len);
	return from_octets(type, (struct span){ point, 1 + 2 * x.len }, p, out, why);
}

int
key_from_point(const char *crv, struct span point, const struct key_policy *p, struct key **out,
	enum key_fault *why)
{
	const struct key_type *type = curve_named(crv);

	if (!type)
		return refuse(out, why, KEY_UNSUPPORTED);
	if (point.len != type->coordinate + 1 || (point.ptr[0] & 0xfe) != 2)
		return refuse(out, why, KEY_MALFORMED);
	return from_octets(type, point, p, out, why);
}

int
key_from_ed25519(struct span raw, const struct key_policy *p, struct key **out, enum key_fault *why)
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, raw.ptr, raw.len);

	return pkey ? key_finish(pkey, p, out, why) : refuse(out, why, KEY_MALFORMED);
}

int
key_from_pkcs1(struct span der, const struct key_policy *p, struct key **out, enum key_fault *why)
{
	const unsigned char *at = der.ptr;

	if (der.len == 0 || der.len > 4096)
		return refuse(out, why, KEY_MALFORMED);
	EVP_PKEY *pkey = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)der.len);
	if (pkey && at == der.ptr + der.len)
		return key_finish(pkey, p, out, why);
	EVP_PKEY_free(pkey);
	return refuse(out, why, KEY_MALFORMED);
}
