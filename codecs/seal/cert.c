/* cert.c - what verification needs of a signer certificate, read once.
 *
 * Lenient where the field is (certificates without extensions, odd basic
 * constraints, signatures by algorithms that we would not use): a list vouches for
 * the certificate, its own signature is checked by trust/chain.c where that matters.
 */
#include "codecs/seal/cert.h"

#include "codecs/seal/cert_bounds.h"
#include "codecs/seal/cert_impl.h"
#include "codecs/seal/key_impl.h"

#include <errno.h>
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

static char *
name_line(const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text, *copy = NULL;

	if (bio && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
		long len = BIO_get_mem_data(bio, &text);
		copy = len > 0 ? strndup(text, (size_t)len) : strdup("");
	}
	BIO_free(bio);
	return copy;
}

/* Exactly one C of two letters, or nothing. */
static void
read_country(struct cert *c)
{
	X509_NAME *name = X509_get_subject_name(c->x509);
	int at = X509_NAME_get_index_by_NID(name, NID_countryName, -1);

	if (at < 0 || X509_NAME_get_index_by_NID(name, NID_countryName, at) >= 0)
		return;
	const ASN1_STRING *s = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
	if (ASN1_STRING_length(s) != 2)
		return;
	const unsigned char *text = ASN1_STRING_get0_data(s);
	for (int i = 0; i < 2; i++)
		c->country[i] = (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] - 32 : text[i]);
}

static int64_t
seconds(const ASN1_TIME *t)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days = 0, rest = 0;
	bool ok = epoch && ASN1_TIME_diff(&days, &rest, epoch, t) == 1;

	ASN1_TIME_free(epoch);
	return ok ? (int64_t)days * 86400 + rest : INT64_MIN;
}

static bool
usage_of(const char *oid, unsigned *bit)
{
	static const char *const arcs[] = { "1.3.6.1.4.1.1847.2021.1.",
		"1.3.6.1.4.1.0.1847.2021.1." };
	static const unsigned bits[] = { USAGE_TEST, USAGE_VACCINATION, USAGE_RECOVERY };

	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(arcs[i]);
		if (strncmp(oid, arcs[i], n) != 0 || oid[n] < '1' || oid[n] > '3' ||
			oid[n + 1] != '\0')
			continue;
		*bit = bits[oid[n] - '1'];
		return true;
	}
	return false;
}

static void
read_usage(struct cert *c)
{
	EXTENDED_KEY_USAGE *eku = X509_get_ext_d2i(c->x509, NID_ext_key_usage, NULL, NULL);
	int n = eku ? sk_ASN1_OBJECT_num(eku) : 0;
	unsigned usage = 0;

	for (int i = 0; i < n; i++) {
		char oid[80];
		unsigned bit;
		int len = OBJ_obj2txt(oid, sizeof(oid), sk_ASN1_OBJECT_value(eku, i), 1);
		if (len > 0 && (size_t)len < sizeof(oid) && usage_of(oid, &bit))
			usage |= bit;
	}
	c->usage = usage ? usage : USAGE_ANY;
	c->usage_foreign = n > 0 && usage == 0;
	sk_ASN1_OBJECT_pop_free(eku, ASN1_OBJECT_free);
}

static int
read_key(struct cert *c, const struct key_policy *p)
{
	EVP_PKEY *pkey = X509_get_pubkey(c->x509);

	if (pkey)
		return key_finish(pkey, p, &c->key, &c->key_fault);
	c->key_fault = KEY_MALFORMED;
	return 0;
}

static int
read_texts(struct cert *c)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(c->x509);
	BIGNUM *bn = ASN1_INTEGER_to_BN(serial, NULL);

	c->subject = name_line(X509_get_subject_name(c->x509));
	c->issuer = name_line(X509_get_issuer_name(c->x509));
	c->serial = bn ? BN_bn2hex(bn) : NULL;
	BN_free(bn);
	return c->subject && c->issuer && c->serial ? 0 : -ENOMEM;
}

static int
read_all(struct cert *c, struct span der, const struct key_policy *p)
{
	int r;

	c->der = malloc(der.len);
	if (!c->der)
		return -ENOMEM;
	memcpy(c->der, der.ptr, der.len);
	c->der_len = der.len;
	SHA256(der.ptr, der.len, c->sha256);
	c->not_before = seconds(X509_get0_notBefore(c->x509));
	c->not_after = seconds(X509_get0_notAfter(c->x509));
	c->is_ca = X509_check_ca(c->x509) == 1;
	read_country(c);
	read_usage(c);
	if ((r = read_key(c, p)) != 0)
		return r;
	return read_texts(c);
}

static bool
has_few_points(const X509 *x)
{
	CRL_DIST_POINTS *points = X509_get_ext_d2i(x, NID_crl_distribution_points, NULL, NULL);
	bool few = sk_DIST_POINT_num(points) <= CERT_POINTS_MAX; /* -1 for none */

	CRL_DIST_POINTS_free(points);
	return few;
}

bool
cert_in_bounds(const X509 *x)
{
	return X509_NAME_entry_count(X509_get_issuer_name(x)) <= CERT_NAME_MAX &&
	       X509_NAME_entry_count(X509_get_subject_name(x)) <= CERT_NAME_MAX &&
	       X509_get_ext_count(x) <= CERT_EXTENSIONS_MAX && has_few_points(x);
}

int
cert_from_der(struct span der, const struct key_policy *p, struct cert **out)
{
	const unsigned char *at = der.ptr;

	*out = NULL;
	if (der.len == 0 || der.len > CERT_BYTES_MAX)
		return 0;
	X509 *x = d2i_X509(NULL, &at, (long)der.len);
	if (!x || at != der.ptr + der.len || !cert_in_bounds(x)) {
		X509_free(x);
		ERR_clear_error();
		return 0;
	}
	struct cert *c = calloc(1, sizeof(*c));
	if (!c) {
		X509_free(x);
		return -ENOMEM;
	}
	atomic_init(&c->refs, 1);
	c->x509 = x;
	int r = read_all(c, der, p);
	ERR_clear_error();
	/* a time that can't be read is no certificate for us */
	if (r != 0 || c->not_before == INT64_MIN || c->not_after == INT64_MIN) {
		cert_free(c);
		return r;
	}
	*out = c;
	return 0;
}

static int
pem_certs(struct span bytes, const struct key_policy *p, struct cert **out, size_t max,
	size_t *count, size_t *bad)
{
	BIO *bio = bytes.len <= INT_MAX ? BIO_new_mem_buf(bytes.ptr, (int)bytes.len) : NULL;
	char *name, *header;
	unsigned char *data;
	long len;
	int r = bio ? 0 : -ENOMEM;

	while (r == 0 && *count < max && PEM_read_bio(bio, &name, &header, &data, &len) == 1) {
		bool is_cert = strcmp(name, "CERTIFICATE") == 0;
		if (is_cert)
			r = cert_from_der((struct span){ data, (size_t)len }, p, &out[*count]);
		if (r == 0 && is_cert && out[*count])
			(*count)++;
		else if (is_cert)
			(*bad)++;
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_free(data);
	}
	BIO_free(bio);
	ERR_clear_error();
	return r;
}

int
cert_from_file(struct span bytes, const struct key_policy *p, struct cert **out, size_t max,
	size_t *count, size_t *bad)
{
	*count = *bad = 0;
	if (max == 0 || bytes.len == 0)
		return 0;
	if (bytes.ptr[0] != 0x30)
		return pem_certs(bytes, p, out, max, count, bad);
	int r = cert_from_der(bytes, p, &out[0]);
	*count = r == 0 && out[0];
	*bad = r == 0 && !out[0];
	return r;
}

struct cert *
cert_ref(const struct cert *c)
{
	struct cert *counted = (struct cert *)(uintptr_t)c;

	atomic_fetch_add_explicit(&counted->refs, 1, memory_order_relaxed);
	return counted;
}

void
cert_free(struct cert *c)
{
	if (!c || atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) != 1)
		return;
	key_free(c->key);
	X509_free(c->x509);
	free(c->der);
	free(c->subject);
	free(c->issuer);
	OPENSSL_free(c->serial);
	free(c);
}

const struct key *
cert_key(const struct cert *c)
{
	return c->key;
}

enum key_fault
cert_key_fault(const struct cert *c)
{
	return c->key_fault;
}

struct span
cert_der(const struct cert *c)
{
	return (struct span){ c->der, c->der_len };
}

struct span
cert_sha256(const struct cert *c)
{
	return (struct span){ c->sha256, sizeof(c->sha256) };
}

struct span
cert_subject(const struct cert *c)
{
	return span_of(c->subject);
}

struct span
cert_issuer(const struct cert *c)
{
	return span_of(c->issuer);
}

struct span
cert_country(const struct cert *c)
{
	return span_of(c->country);
}

struct span
cert_serial(const struct cert *c)
{
	return span_of(c->serial);
}

int64_t
cert_not_before(const struct cert *c)
{
	return c->not_before;
}

int64_t
cert_not_after(const struct cert *c)
{
	return c->not_after;
}

bool
cert_is_ca(const struct cert *c)
{
	return c->is_ca;
}

bool
cert_may_come_from(const struct cert *c, const struct cert *authority)
{
	return X509_check_issued(authority->x509, c->x509) == X509_V_OK;
}

unsigned
cert_usage(const struct cert *c, bool *foreign)
{
	*foreign = c->usage_foreign;
	return c->usage;
}

static bool
is_named(X509_EXTENSION *e, const char *oid)
{
	char name[80];
	int len = OBJ_obj2txt(name, sizeof(name), X509_EXTENSION_get_object(e), 1);

	return len > 0 && (size_t)len < sizeof(name) && strcmp(name, oid) == 0;
}

size_t
cert_extension_count(const struct cert *c, const char *oid)
{
	size_t count = 0;

	for (int i = 0; i < X509_get_ext_count(c->x509); i++)
		count += is_named(X509_get_ext(c->x509, i), oid);
	return count;
}

struct span
cert_extension(const struct cert *c, const char *oid)
{
	const ASN1_OCTET_STRING *found = NULL;

	for (int i = 0; i < X509_get_ext_count(c->x509); i++) {
		X509_EXTENSION *e = X509_get_ext(c->x509, i);
		if (!is_named(e, oid))
			continue;
		if (found)
			return SPAN_NONE;
		found = X509_EXTENSION_get_data(e);
	}
	if (!found)
		return SPAN_NONE;
	return (struct span){ ASN1_STRING_get0_data(found), (size_t)ASN1_STRING_length(found) };
}
