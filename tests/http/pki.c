/* pki.c - see pki.h. */
#include "tests/http/pki.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct span
text_of(BIO *b)
{
	char *at;
	long n = BIO_get_mem_data(b, &at);
	uint8_t *copy = malloc((size_t)n);

	assert_non_null(copy);
	memcpy(copy, at, (size_t)n);
	BIO_free(b);
	return (struct span){ copy, (size_t)n };
}

static struct span
cert_pem(X509 *c)
{
	BIO *b = BIO_new(BIO_s_mem());

	assert_int_equal(PEM_write_bio_X509(b, c), 1);
	return text_of(b);
}

static void
extend(X509 *c, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, c, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(e);
	assert_int_equal(X509_add_ext(c, e, -1), 1);
	X509_EXTENSION_free(e);
}

static X509_NAME *
name_of(const char *subject)
{
	X509_NAME *name = X509_NAME_new();
	char all[256], *rest = all, *part;

	snprintf(all, sizeof(all), "%s", subject);
	while ((part = strsep(&rest, ",")) != NULL) {
		char *value = strchr(part, '=');
		*value++ = '\0';
		assert_int_equal(X509_NAME_add_entry_by_txt(name, part, MBSTRING_UTF8,
					 (const unsigned char *)value, -1, -1, 0),
			1);
	}
	return name;
}

static X509 *
certify(const struct pki *p, const char *subject, EVP_PKEY *key, long from, long until)
{
	static long serial;
	const bool ca = !p->cert;
	X509 *c = X509_new();
	X509_NAME *name = name_of(subject);

	X509_set_version(c, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(c), ++serial);
	X509_gmtime_adj(X509_getm_notBefore(c), from * 86400);
	X509_gmtime_adj(X509_getm_notAfter(c), until * 86400);
	X509_set_subject_name(c, name);
	X509_set_issuer_name(c, ca ? name : X509_get_subject_name(p->cert));
	X509_set_pubkey(c, key);
	extend(c, ca ? c : p->cert, NID_basic_constraints, ca ? "critical,CA:TRUE" : "CA:FALSE");
	if (!ca) {
		extend(c, p->cert, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
		extend(c, p->cert, NID_ext_key_usage, "serverAuth,clientAuth");
	}
	assert_true(X509_sign(c, ca ? key : p->key, EVP_sha256()) > 0);
	X509_NAME_free(name);
	return c;
}

void
pki_open(struct pki *p, const char *name)
{
	char subject[64];

	snprintf(subject, sizeof(subject), "CN=%s", name);
	*p = (struct pki){ 0 };
	EVP_PKEY *key = EVP_EC_gen("P-256");
	assert_non_null(key);
	p->cert = certify(p, subject, key, -400, 3650);
	p->key = key;
	p->pem = cert_pem(p->cert);
}

void
pki_close(struct pki *p)
{
	EVP_PKEY_free(p->key);
	X509_free(p->cert);
	free((void *)(uintptr_t)p->pem.ptr);
}

void
pki_leaf(const struct pki *p, const char *subject, long from, long until, struct pki_leaf *out)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	BIO *b = BIO_new(BIO_s_mem());
	X509 *c = certify(p, subject, key, from, until);

	assert_int_equal(PEM_write_bio_PrivateKey(b, key, NULL, NULL, 0, NULL, NULL), 1);
	*out = (struct pki_leaf){ cert_pem(c), text_of(b) };
	X509_free(c);
	EVP_PKEY_free(key);
}

void
pki_leaf_free(struct pki_leaf *l)
{
	free((void *)(uintptr_t)l->cert.ptr);
	free((void *)(uintptr_t)l->key.ptr);
}

SSL_CTX *
pki_client(const struct pki *p, const struct pki_leaf *shows)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	assert_non_null(ctx);
	assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), p->cert), 1);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_mode(ctx, SSL_MODE_AUTO_RETRY);
	if (!shows)
		return ctx;
	BIO *b = BIO_new_mem_buf(shows->cert.ptr, (int)shows->cert.len);
	X509 *c = PEM_read_bio_X509(b, NULL, NULL, NULL);
	BIO_free(b);
	b = BIO_new_mem_buf(shows->key.ptr, (int)shows->key.len);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(b, NULL, NULL, NULL);
	BIO_free(b);
	assert_int_equal(SSL_CTX_use_certificate(ctx, c), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(ctx, key), 1);
	X509_free(c);
	EVP_PKEY_free(key);
	return ctx;
}
