/* tls.c - one connection's TLS.
 *
 * OpenSSL reads a record's head and then the record, never ahead: what it has taken
 * from the descriptor and not given out is tls_pending, and nothing else.
 */
#include "gateway/http/tls/tls.h"

#include <errno.h>
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

struct tls *
tls_new(SSL_CTX *ctx, int fd)
{
	struct tls *t = calloc(1, sizeof(*t));

	if (t)
		t->ssl = SSL_new(ctx);
	if (t && t->ssl && SSL_set_fd(t->ssl, fd) == 1) {
		SSL_set_accept_state(t->ssl);
		return t;
	}
	if (t)
		SSL_free(t->ssl);
	free(t);
	ERR_clear_error();
	return NULL;
}

/* -1 with errno, or 0 where the peer has taken leave. */
static int
failed(struct tls *t, int result)
{
	int os = errno, error = SSL_get_error(t->ssl, result);

	ERR_clear_error();
	t->wants_write = error == SSL_ERROR_WANT_WRITE;
	switch (error) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		errno = EAGAIN;
		return -1;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	default:
		t->broken = true;
		errno = error == SSL_ERROR_SYSCALL && os != 0 && os != EAGAIN ? os : EPROTO;
		return -1;
	}
}

int
tls_handshake(struct tls *t)
{
	ERR_clear_error();
	errno = 0;
	int r = SSL_do_handshake(t->ssl);

	t->wants_write = false;
	if (r == 1) {
		t->ready = true;
		return 0;
	}
	return failed(t, r) < 0 && errno == EAGAIN ? -EAGAIN : -EPROTO;
}

/* Full records are taken as long as there is room: whoever sends much is asked less often. */
ssize_t
tls_recv(struct tls *t, void *to, size_t room)
{
	uint8_t *at = to;
	size_t len = 0, n = SSL3_RT_MAX_PLAIN_LENGTH;

	t->wants_write = false;
	while (n == SSL3_RT_MAX_PLAIN_LENGTH && len < room) {
		ERR_clear_error();
		errno = 0;
		int r = SSL_read_ex(t->ssl, at + len, room - len, &n);
		if (r != 1 && len > 0) {
			failed(t, r); /* it will say so again */
			break;
		}
		if (r != 1)
			return failed(t, r);
		len += n;
	}
	return (ssize_t)len;
}

ssize_t
tls_send(struct tls *t, const void *from, size_t len)
{
	const uint8_t *at = from;
	size_t sent = 0, n;

	while (sent < len) {
		ERR_clear_error();
		errno = 0;
		int r = SSL_write_ex(t->ssl, at + sent, len - sent, &n);
		if (r != 1) {
			r = failed(t, r);
			bool full = r < 0 && errno == EAGAIN && t->wants_write;
			t->wants_write = false; /* the connection knows that it has more to send */
			if (full && sent > 0)
				break;
			if (!full) {
				t->broken = true;
				errno = EPROTO;
			}
			return -1;
		}
		sent += n;
	}
	return (ssize_t)sent;
}

bool
tls_pending(const struct tls *t)
{
	return t->ready && !t->broken && SSL_pending(t->ssl) > 0;
}

void
tls_leave(struct tls *t)
{
	if (!t->ready || t->broken)
		return;
	ERR_clear_error();
	SSL_shutdown(t->ssl);
	ERR_clear_error();
	t->broken = true;
	t->wants_write = false;
}

void
tls_free(struct tls *t)
{
	if (!t)
		return;
	tls_leave(t);
	SSL_free(t->ssl);
	free(t);
}

static bool
subject_of(const X509 *cert, char *subject, size_t room, size_t *len)
{
	const unsigned long form = (XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) |
				   ASN1_STRFLGS_UTF8_CONVERT;
	BIO *b = BIO_new(BIO_s_mem());
	char *text = NULL;
	long n = 0;

	if (b && X509_NAME_print_ex(b, X509_get_subject_name(cert), 0, form) >= 0)
		n = BIO_get_mem_data(b, &text);
	bool fits = n >= 0 && (size_t)n <= room;
	*len = fits ? (size_t)n : 0;
	if (fits && n > 0)
		memcpy(subject, text, (size_t)n);
	BIO_free(b);
	return fits;
}

bool
tls_peer(struct tls *t, char hex[65], char *subject, size_t room, size_t *len)
{
	X509 *cert = SSL_get_verify_mode(t->ssl) & SSL_VERIFY_PEER
			     ? SSL_get0_peer_certificate(t->ssl)
			     : NULL;
	uint8_t digest[EVP_MAX_MD_SIZE];

	if (!cert || SSL_get_verify_result(t->ssl) != X509_V_OK ||
		X509_digest(cert, EVP_sha256(), digest, NULL) != 1 ||
		!subject_of(cert, subject, room, len)) {
		ERR_clear_error();
		return false;
	}
	for (size_t i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	return true;
}
