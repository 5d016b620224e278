/* tls_stub.h - an HTTPS server on loopback that misbehaves as told: what our fetcher is tried against.
 *
 * It has a certificate authority of its own, made when it opens.  Each connection has a thread and answers one request.
 */
#ifndef ADAPTERS_TLS_STUB_H
#define ADAPTERS_TLS_STUB_H

#include "codecs/base/span.h"

struct tls_stub;

enum stub_manner {
	STUB_GOOD,
	STUB_STRANGER, /* its certificate is signed by itself */
	STUB_EXPIRED,
	STUB_MISNAMED, /* the certificate is another host's */
	STUB_VAST,     /* the certificate says in 33 places where its CRLs are */
	STUB_OLD,      /* TLS 1.0 and 1.1 only */
	STUB_RUDE      /* closes in the middle of the handshake */
};

struct stub_answer {
	const char *head; /* lines with CRLF, without the empty one; NULL: closes without an answer */
	struct span body;
	bool        endless;  /* the body again and again */
	int         delay_ms; /* before the head */
	int         drip_ms;  /* between the bytes of the body; 0: all at once */
};

/* On the connection's thread; request: its head and its body.  What answer points to outlives the stub. */
typedef void stub_answers(void *arg, struct span request, struct stub_answer *answer);

/* For example.org and every name directly below it.  0, -ENOMEM or -errno. */
int         stub_open(enum stub_manner manner, stub_answers *answers, void *arg, struct tls_stub **out);
void        stub_close(struct tls_stub *s); /* cuts what is under way; NULL is allowed */
unsigned    stub_port(const struct tls_stub *s);
struct span stub_ca(const struct tls_stub *s);      /* PEM */
unsigned    stub_accepted(const struct tls_stub *s); /* connections so far */
unsigned    stub_asked(const struct tls_stub *s);    /* requests so far */

#endif
