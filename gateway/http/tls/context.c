/* context.c - certificate, key and rules of a TLS listener, from PEM. */
#include "gateway/http/tls/tls.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

enum { CERTIFICATES_MAX = 32768, DEPTH = 4, AUTHORITIES = 256 };

static BIO *
bio_over(struct span s)
{
	return s.len > 0 && s.len <= INT_MAX ? BIO_new_mem_buf(s.ptr, (int)s.len) : NULL;
}

/* Nobody is asked for a passphrase. */
static int
no_passphrase(char *to, int room, int writing, void *arg)
{
	(void)to;
	(void)room;
	(void)writing;
	(void)arg;
	return -1;
}

static bool
add_certificates(SSL_CTX *ctx, struct span pem)
{
	BIO *b = bio_over(pem);
	X509 *one = b ? PEM_read_bio_X509_AUX(b, NULL, no_passphrase, NULL) : NULL;
	bool good = one && SSL_CTX_use_certificate(ctx, one) == 1;

	X509_free(one);
	while (good && (one = PEM_read_bio_X509(b, NULL, no_passphrase, NULL))) {
		good = SSL_CTX_add0_chain_cert(ctx, one) == 1;
		if (!good)
			X509_free(one);
	}
	BIO_free(b);
	return good;
}

static bool
add_key(SSL_CTX *ctx, struct span pem)
{
	BIO *b = bio_over(pem);
	EVP_PKEY *key = b ? PEM_read_bio_PrivateKey(b, NULL, no_passphrase, NULL) : NULL;
	bool good = key && SSL_CTX_use_PrivateKey(ctx, key) == 1;

	EVP_PKEY_free(key);
	BIO_free(b);
	return good;
}

/* An authority need not be a root: the operator names whom he trusts. */
static bool
add_authorities(SSL_CTX *ctx, struct span pem)
{
	BIO *b = bio_over(pem);
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);
	X509 *one;
	size_t count = 0;
	bool good = b != NULL;

	while (good && (one = PEM_read_bio_X509(b, NULL, no_passphrase, NULL))) {
		good = ++count <= AUTHORITIES && X509_STORE_add_cert(store, one) == 1 &&
		       SSL_CTX_add_client_CA(ctx, one) == 1;
		X509_free(one);
	}
	BIO_free(b);
	X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_verify_depth(ctx, DEPTH);
	return good && count > 0;
}

/* RFC 7301: HTTP/1.1 alone is spoken; who offers others and not that is told so. */
static int
choose(SSL *ssl, const unsigned char **out, unsigned char *len, const unsigned char *offered,
	unsigned offered_len, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *found;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&found, len, ours, sizeof(ours) - 1, offered, offered_len) !=
		OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = found;
	return SSL_TLSEXT_ERR_OK;
}

static bool
set_rules(SSL_CTX *ctx)
{
	static const unsigned char id[] = "vidimus";
	char groups[] = "X25519:P-256:P-384"; /* the macro takes no const */

	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
					 SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE |
					 SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
				      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_max_cert_list(ctx, CERTIFICATES_MAX);
	SSL_CTX_set_alpn_select_cb(ctx, choose, NULL);
	return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
	       SSL_CTX_set_num_tickets(ctx, 0) == 1 && SSL_CTX_set_max_early_data(ctx, 0) == 1 &&
	       SSL_CTX_set_session_id_context(ctx, id, sizeof(id) - 1) == 1 &&
	       SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 &&
	       SSL_CTX_set1_groups_list(ctx, groups) == 1;
}

static const char *
fill(SSL_CTX *ctx, const struct tls_files *f)
{
	if (!set_rules(ctx))
		return "TLS can't be set up";
	if (!add_certificates(ctx, f->certificate))
		return "tls_certificate holds no certificate (PEM), or one that is too weak";
	if (!add_key(ctx, f->key))
		return "tls_key holds no key (PEM, without a passphrase), or that of another "
		       "certificate";
	if (SSL_CTX_check_private_key(ctx) != 1)
		return "tls_key is the key of another certificate";
	if (f->client_ca.ptr && !add_authorities(ctx, f->client_ca))
		return "client_ca holds no certificate (PEM), or more than 256";
	return NULL;
}

int
tls_context_new(const struct tls_files *f, SSL_CTX **out, const char **why)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	const char *fault = ctx ? fill(ctx, f) : NULL;

	ERR_clear_error();
	if (ctx && !fault) {
		*out = ctx;
		return 0;
	}
	SSL_CTX_free(ctx);
	*why = fault;
	return fault ? -EINVAL : -ENOMEM;
}

SSL_CTX *
tls_context_ref(SSL_CTX *ctx)
{
	return SSL_CTX_up_ref(ctx) == 1 ? ctx : NULL;
}

void
tls_context_free(SSL_CTX *ctx)
{
	SSL_CTX_free(ctx);
}
