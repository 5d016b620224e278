/* tls_stub.c - see tls_stub.h.
 *
 * Threads of connections are counted; closing shuts their sockets down and waits for
 * the count to fall to none.
 */
#include "conformance/adapters/tls_stub.h"

#include <errno.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STUB_CONNECTIONS = 256, REQUEST_MAX = 65536, DAY = 86400, PEM_MAX = 4096 };

struct tls_stub {
	enum stub_manner manner;
	stub_answers *answers;
	void *arg;
	SSL_CTX *context;
	EVP_PKEY *ca_key, *key;
	X509 *ca, *leaf;
	uint8_t pem[PEM_MAX];
	size_t pem_len;
	int listener, port;
	pthread_t thread;
	bool running;
	atomic_bool closing;
	atomic_uint accepted, asked;
	pthread_mutex_t lock;
	pthread_cond_t none;
	int open[STUB_CONNECTIONS]; /* sockets, -1: a free place */
	unsigned live;
};

struct connection {
	struct tls_stub *stub;
	int place, fd;
};

/* --- certificates --- */

static bool
extend(X509 *c, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, c, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	bool ok = e && X509_add_ext(c, e, -1);
	X509_EXTENSION_free(e);
	return ok;
}

#define FOUR "URI:http://a/,URI:http://a/,URI:http://a/,URI:http://a/,"
#define VAST FOUR FOUR FOUR FOUR FOUR FOUR FOUR FOUR "URI:http://a/"

struct recipe {
	const char *name, *names, *constraints; /* names: of the subject's hosts, NULL: none */
	const char *crls; /* where they are; NULL: not said */
	long from, until;
	EVP_PKEY *key, *issuer_key;
	X509 *issuer; /* NULL: itself */
};

static X509 *
make(const struct recipe *r)
{
	X509 *c = X509_new();
	X509_NAME *name = X509_NAME_new();
	bool ok = c && name &&
		  X509_NAME_add_entry_by_txt(
			  name, "CN", MBSTRING_ASC, (const unsigned char *)r->name, -1, -1, 0) &&
		  X509_set_version(c, X509_VERSION_3) &&
		  ASN1_INTEGER_set(X509_get_serialNumber(c), r->issuer ? 2 : 1) &&
		  X509_gmtime_adj(X509_getm_notBefore(c), r->from) &&
		  X509_gmtime_adj(X509_getm_notAfter(c), r->until) &&
		  X509_set_subject_name(c, name) &&
		  X509_set_issuer_name(c, r->issuer ? X509_get_subject_name(r->issuer) : name) &&
		  X509_set_pubkey(c, r->key) &&
		  extend(c, r->issuer ? r->issuer : c, NID_basic_constraints, r->constraints) &&
		  (!r->names || extend(c, c, NID_subject_alt_name, r->names)) &&
		  (!r->crls || extend(c, c, NID_crl_distribution_points, r->crls)) &&
		  X509_sign(c, r->issuer_key, EVP_sha256());

	X509_NAME_free(name);
	if (ok)
		return c;
	X509_free(c);
	return NULL;
}

static bool
make_certificates(struct tls_stub *s)
{
	bool expired = s->manner == STUB_EXPIRED, stranger = s->manner == STUB_STRANGER;
	const struct recipe ca = { "Stub CA", NULL, "critical,CA:TRUE", NULL, -10L * DAY, 10L * DAY,
		s->ca_key, s->ca_key, NULL };

	s->ca = make(&ca);
	const struct recipe leaf = { "stub",
		s->manner == STUB_MISNAMED ? "DNS:example.net"
					   : "DNS:example.org,DNS:*.example.org",
		"critical,CA:FALSE", s->manner == STUB_VAST ? VAST : NULL, -5L * DAY,
		expired ? -DAY : DAY, s->key, stranger ? s->key : s->ca_key,
		stranger ? NULL : s->ca };
	s->leaf = s->ca ? make(&leaf) : NULL;
	return s->leaf != NULL;
}

static bool
write_pem(struct tls_stub *s)
{
	BIO *b = BIO_new(BIO_s_mem());
	char *text;
	long n = b && PEM_write_bio_X509(b, s->ca) ? BIO_get_mem_data(b, &text) : 0;
	bool ok = n > 0 && n <= PEM_MAX;

	if (ok) {
		memcpy(s->pem, text, (size_t)n);
		s->pem_len = (size_t)n;
	}
	BIO_free(b);
	return ok;
}

static int
make_context(struct tls_stub *s)
{
	bool old = s->manner == STUB_OLD;

	s->ca_key = EVP_EC_gen("P-256");
	s->key = EVP_EC_gen("P-256");
	s->context = SSL_CTX_new(TLS_server_method());
	if (!s->ca_key || !s->key || !s->context || !make_certificates(s) || !write_pem(s))
		return -ENOMEM;
	if (old)
		SSL_CTX_set_security_level(s->context, 0);
	return SSL_CTX_set_min_proto_version(s->context, old ? TLS1_VERSION : TLS1_2_VERSION) &&
			       SSL_CTX_set_max_proto_version(
				       s->context, old ? TLS1_1_VERSION : 0) &&
			       SSL_CTX_use_certificate(s->context, s->leaf) &&
			       SSL_CTX_use_PrivateKey(s->context, s->key)
		       ? 0
		       : -ENOMEM;
}

/* --- one connection --- */

/* Until the end of the head and of the body that it states. */
static size_t
read_request(SSL *ssl, char *to, size_t max)
{
	size_t n = 0;

	while (n + 1 < max) {
		int got = SSL_read(ssl, to + n, (int)(max - 1 - n));
		if (got <= 0)
			return 0;
		n += (size_t)got;
		to[n] = '\0';
		const char *end = strstr(to, "\r\n\r\n"), *length = strstr(to, "Content-Length: ");
		size_t body = length ? (size_t)strtoul(length + 16, NULL, 10) : 0;
		if (end && n >= (size_t)(end + 4 - to) + body)
			return n;
	}
	return n;
}

static bool
nap(const struct tls_stub *s, int ms)
{
	for (; ms > 0 && !atomic_load(&s->closing); ms -= 10)
		poll(NULL, 0, ms < 10 ? ms : 10);
	return !atomic_load(&s->closing);
}

static bool
put(SSL *ssl, struct span s)
{
	return s.len == 0 || SSL_write(ssl, s.ptr, (int)s.len) > 0;
}

static void
send_body(const struct tls_stub *s, SSL *ssl, const struct stub_answer *a)
{
	bool more = true;

	while (more) {
		size_t step = a->drip_ms > 0 ? 1 : a->body.len;
		for (size_t i = 0; more && i < a->body.len; i += step)
			more = put(ssl, span_slice(a->body, i, step)) && nap(s, a->drip_ms);
		more = more && a->endless;
	}
}

static void
serve(struct tls_stub *s, SSL *ssl)
{
	char *request = malloc(REQUEST_MAX);
	struct stub_answer a = { 0 };
	size_t n = request ? read_request(ssl, request, REQUEST_MAX) : 0;

	if (n > 0) {
		atomic_fetch_add(&s->asked, 1);
		s->answers(s->arg, (struct span){ (uint8_t *)request, n }, &a);
	}
	free(request);
	if (!a.head || !nap(s, a.delay_ms + 1))
		return;
	if (put(ssl, span_of(a.head)) && put(ssl, SPAN_LIT("\r\n")))
		send_body(s, ssl, &a);
	SSL_shutdown(ssl);
}

static void *
connection_run(void *arg)
{
	struct connection *c = arg;
	struct tls_stub *s = c->stub;
	SSL *ssl = SSL_new(s->context);
	char hello[64];
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	if (s->manner == STUB_RUDE)
		(void)!read(c->fd, hello, sizeof(hello));
	else if (ssl && SSL_set_fd(ssl, c->fd) && SSL_accept(ssl) == 1)
		serve(s, ssl);
	SSL_free(ssl);
	pthread_mutex_lock(&s->lock);
	s->open[c->place] = -1;
	close(c->fd);
	if (--s->live == 0)
		pthread_cond_signal(&s->none);
	pthread_mutex_unlock(&s->lock);
	free(c);
	return NULL;
}

/* --- the listener --- */

static int
place_for(struct tls_stub *s, int fd)
{
	int place = 0;

	while (place < STUB_CONNECTIONS && s->open[place] >= 0)
		place++;
	if (place == STUB_CONNECTIONS || atomic_load(&s->closing))
		return -1;
	s->open[place] = fd;
	s->live++;
	return place;
}

static void
take(struct tls_stub *s, int fd)
{
	struct connection *c = calloc(1, sizeof(*c));
	pthread_attr_t attr;
	pthread_t thread;

	pthread_mutex_lock(&s->lock);
	int place = c ? place_for(s, fd) : -1;
	pthread_mutex_unlock(&s->lock);
	if (place < 0) {
		close(fd);
		free(c);
		return;
	}
	*c = (struct connection){ s, place, fd };
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &attr, connection_run, c) != 0) {
		pthread_mutex_lock(&s->lock);
		s->open[place] = -1;
		s->live--;
		pthread_mutex_unlock(&s->lock);
		close(fd);
		free(c);
	}
	pthread_attr_destroy(&attr);
}

static void *
listen_run(void *arg)
{
	struct tls_stub *s = arg;
	int fd;

	while ((fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0 || errno == EINTR) {
		if (fd < 0)
			continue;
		atomic_fetch_add(&s->accepted, 1);
		take(s, fd);
	}
	return NULL;
}

static int
start(struct tls_stub *s)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);

	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->listener < 0 || bind(s->listener, (const struct sockaddr *)&at, len) != 0 ||
		listen(s->listener, STUB_CONNECTIONS) != 0 ||
		getsockname(s->listener, (struct sockaddr *)&at, &len) != 0)
		return -errno;
	s->port = ntohs(at.sin_port);
	int r = -pthread_create(&s->thread, NULL, listen_run, s);
	s->running = r == 0;
	return r;
}

int
stub_open(enum stub_manner manner, stub_answers *answers, void *arg, struct tls_stub **out)
{
	struct tls_stub *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->manner = manner;
	s->answers = answers;
	s->arg = arg;
	s->listener = -1;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->none, NULL);
	for (int i = 0; i < STUB_CONNECTIONS; i++)
		s->open[i] = -1;
	r = make_context(s);
	if (r == 0)
		r = start(s);
	if (r != 0)
		stub_close(s);
	else
		*out = s;
	return r;
}

void
stub_close(struct tls_stub *s)
{
	if (!s)
		return;
	atomic_store(&s->closing, true);
	if (s->running) {
		shutdown(s->listener, SHUT_RDWR);
		pthread_join(s->thread, NULL);
	}
	pthread_mutex_lock(&s->lock);
	for (int i = 0; i < STUB_CONNECTIONS; i++)
		if (s->open[i] >= 0)
			shutdown(s->open[i], SHUT_RDWR);
	while (s->live > 0)
		pthread_cond_wait(&s->none, &s->lock);
	pthread_mutex_unlock(&s->lock);
	if (s->listener >= 0)
		close(s->listener);
	SSL_CTX_free(s->context);
	X509_free(s->ca);
	X509_free(s->leaf);
	EVP_PKEY_free(s->ca_key);
	EVP_PKEY_free(s->key);
	pthread_cond_destroy(&s->none);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

unsigned
stub_port(const struct tls_stub *s)
{
	return (unsigned)s->port;
}

struct span
stub_ca(const struct tls_stub *s)
{
	return (struct span){ s->pem, s->pem_len };
}

unsigned
stub_accepted(const struct tls_stub *s)
{
	return atomic_load(&s->accepted);
}

unsigned
stub_asked(const struct tls_stub *s)
{
	return atomic_load(&s->asked);
}
