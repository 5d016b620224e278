/* tls.h - TLS 1.2 and 1.3 over a connection's own descriptor, as a server: what recv and send are without it.
 *
 * No renegotiation, no compression, no early data, and no session is kept: each
 * handshake is a whole one (docs/adr/0010).  Nothing here waits.
 */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include "codecs/base/span.h"

#include <sys/types.h>

struct ssl_ctx_st; /* OpenSSL's SSL_CTX: counts its references, and may be used by any thread */
struct ssl_st;

/* PEM. */
struct tls_files {
	struct span certificate; /* with those between it and the root behind it; ptr NULL: no TLS */
	struct span key;         /* without a passphrase */
	struct span client_ca;   /* whose certificates clients may show; ptr NULL: they are not asked */
};

/* 0, -EINVAL or -ENOMEM; *why: what is wrong with them. */
int                tls_context_new(const struct tls_files *f, struct ssl_ctx_st **out, const char **why);
struct ssl_ctx_st *tls_context_ref(struct ssl_ctx_st *ctx);
void               tls_context_free(struct ssl_ctx_st *ctx); /* NULL is allowed */

struct tls {
	struct ssl_st *ssl;
	uint64_t       certificates; /* the connection's, as of struct access_proof: set by who knows the entries */
	bool           ready;        /* the handshake is done */
	bool           broken;       /* nothing more can be said */
	bool           wants_write;  /* the last call waits until the descriptor takes more */
};

struct tls *tls_new(struct ssl_ctx_st *ctx, int fd); /* NULL: out of memory */
void        tls_free(struct tls *t); /* takes leave, where there still is somebody; the descriptor stays. NULL is allowed */

/* 0: done; -EAGAIN: when the descriptor can be read (or written: wants_write); -EPROTO: it failed. */
int     tls_handshake(struct tls *t);
/* As recv and send on a descriptor that does not block: -1 with errno, EAGAIN among others; tls_recv 0: the peer has
 * taken leave.  What was not sent is offered again, at the same place or another. */
ssize_t tls_recv(struct tls *t, void *to, size_t room);
ssize_t tls_send(struct tls *t, const void *from, size_t len);
/* Bytes that were decrypted already: the descriptor does not tell of them. */
bool    tls_pending(const struct tls *t);
void    tls_leave(struct tls *t); /* nothing more is sent */

/* The certificate that the client showed and that comes from client_ca: SHA-256 of its DER in hex, and its subject (RFC
 * 4514, without a NUL) in at most room bytes.  false: none. */
bool tls_peer(struct tls *t, char hex[65], char *subject, size_t room, size_t *len);

#endif
