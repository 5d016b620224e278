/* net.c - see net.h; whatever goes wrong on the client's side fails the test. */
#include "tests/http/net.h"

#include "codecs/base/kit.h"
#include "codecs/base/report.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

struct net
net_defaults(void)
{
	struct net n = { .config = {
				 .http = {
					 .listen = { SPAN_LIT("127.0.0.1"), 0 },
					 .loops = 1,
					 .workers = 1,
					 .queue = 16,
					 .line = 256,
					 .head = 1024,
					 .field = 512,
					 .fields = 20,
					 .body = 4096,
					 .body_document = 8192,
					 .body_batch = 64u << 20,
					 .head_timeout = 5,
					 .body_timeout = 5,
					 .write_timeout = 5,
					 .idle_timeout = 5,
					 .stop_timeout = 5,
					 .body_rate = 1,
					 .requests = 1000000,
					 .connections = 4000,
					 .connections_per_address = 4000,
				 },
				 .limits = limits_default,
				 .log = LOG_ERROR,
			 } };

	return n;
}

static struct trust *
empty_snapshot(void)
{
	struct arena *arena = arena_new(1u << 20);
	struct kit *kit = kit_new();
	struct report report;
	struct trust *t = NULL;

	assert_non_null(arena);
	assert_non_null(kit);
	report_begin(&report, arena);
	struct work w = { arena, &report, &limits_default, kit, 0 };
	assert_int_equal(trust_build(&w, NULL, 0, &t), 0);
	kit_free(kit);
	arena_free(arena);
	return t;
}

void
net_start(struct net *n)
{
	n->trust = n->trust ? trust_ref(n->trust) : empty_snapshot();
	const struct server_setup setup = { .config = &n->config,
		.trust = n->trust,
		.desk = n->desk,
		.reload = n->reload,
		.refused = n->refused,
		.reload_arg = n->reload_arg,
		.no_signals = !n->signals,
		.secrets = n->secrets,
		.secrets_arg = n->secrets_arg,
		.fetch_ca = n->fetch_ca,
		.fetch_test = n->fetch_test };
	assert_int_equal(server_new(&setup, &n->server), 0);
	assert_int_equal(server_start(n->server), 0);
}

void
net_stop(struct net *n)
{
	server_free(n->server);
	trust_unref(n->trust);
}

static void
connect_to(struct client *c, unsigned port)
{
	const struct timeval wait = { 20, 0 };
	const int one = 1;
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	c->from = c->to = 0;
	c->ssl = NULL;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(c->fd >= 0);
	assert_int_equal(connect(c->fd, (struct sockaddr *)&to, sizeof(to)), 0);
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

void
client_open(struct client *c, const struct net *n)
{
	connect_to(c, server_port(n->server));
}

bool
client_open_tls(struct client *c, const struct net *n, struct ssl_ctx_st *ctx)
{
	connect_to(c, server_tls_port(n->server));
	c->ssl = SSL_new(ctx);
	assert_non_null(c->ssl);
	assert_int_equal(SSL_set_fd(c->ssl, c->fd), 1);
	int r = SSL_connect(c->ssl);
	ERR_clear_error();
	if (r == 1)
		return true;
	client_close(c);
	return false;
}

void
client_close(struct client *c)
{
	SSL_free(c->ssl);
	c->ssl = NULL;
	close(c->fd);
	c->fd = -1;
}

bool
client_send(struct client *c, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = c->ssl ? SSL_write(c->ssl, at, (int)len)
				   : send(c->fd, at, len, MSG_NOSIGNAL);
		if (n < 0 || (n == 0 && c->ssl))
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

bool
client_text(struct client *c, const char *text)
{
	return client_send(c, text, strlen(text));
}

/* More bytes; false: the end.  A test never waits for longer than the receive timeout. */
static bool
more(struct client *c)
{
	if (c->from > 0) {
		memmove(c->bytes, c->bytes + c->from, c->to - c->from);
		c->to -= c->from;
		c->from = 0;
	}
	assert_true(c->to < sizeof(c->bytes));
	ssize_t n = c->ssl ? SSL_read(c->ssl, c->bytes + c->to, (int)(sizeof(c->bytes) - c->to))
			   : recv(c->fd, c->bytes + c->to, sizeof(c->bytes) - c->to, 0);
	if (c->ssl)
		ERR_clear_error();
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		fail_msg("no byte came in time");
	if (n <= 0)
		return false;
	c->to += (size_t)n;
	return true;
}

/* The bytes up to and with `end` are taken off, into out where it is given; false: the connection ended. */
static bool
take_until(struct client *c, const char *end, char *out, size_t room)
{
	for (;;) {
		uint8_t *from = c->bytes + c->from;
		uint8_t *at = memmem(from, c->to - c->from, end, strlen(end));
		if (at) {
			size_t len = (size_t)(at - from) + strlen(end);
			assert_true(len < room);
			memcpy(out, from, len);
			out[len] = '\0';
			c->from += len;
			return true;
		}
		if (!more(c))
			return false;
	}
}

static void
take_bytes(struct client *c, struct answer *a, size_t len)
{
	assert_true(a->len + len <= sizeof(a->body));
	while (len > 0) {
		size_t n = c->to - c->from;
		if (n == 0) {
			assert_true(more(c));
			continue;
		}
		n = n < len ? n : len;
		memcpy(a->body + a->len, c->bytes + c->from, n);
		a->len += n;
		c->from += n;
		len -= n;
	}
}

static void
take_chunks(struct client *c, struct answer *a)
{
	char line[64];

	for (;;) {
		assert_true(take_until(c, "\r\n", line, sizeof(line)));
		size_t len = strtoul(line, NULL, 16);
		take_bytes(c, a, len);
		assert_true(take_until(c, "\r\n", line, sizeof(line)));
		assert_string_equal(line, "\r\n");
		if (len == 0)
			return;
	}
}

void
client_read(struct client *c, struct answer *a)
{
	const char *at;

	a->status = 0;
	a->len = 0;
	a->head[0] = '\0';
	if (!take_until(c, "\r\n\r\n", a->head, sizeof(a->head)))
		return;
	assert_int_equal(sscanf(a->head, "HTTP/1.1 %d ", &a->status), 1);
	if ((at = strstr(a->head, "Content-Length: ")))
		take_bytes(c, a, strtoul(at + 16, NULL, 10));
	else if (strstr(a->head, "Transfer-Encoding: chunked"))
		take_chunks(c, a);
	if (a->len < sizeof(a->body))
		a->body[a->len] = '\0';
}

bool
client_ended(struct client *c)
{
	return c->from == c->to && !more(c);
}

void
net_ask(const struct net *n, const char *request, struct answer *a)
{
	struct client *c = malloc(sizeof(*c));

	assert_non_null(c);
	client_open(c, n);
	assert_true(client_text(c, request));
	client_read(c, a);
	client_close(c);
	free(c);
}

long long
net_metric(const struct net *n, const char *name)
{
	struct answer *a = malloc(sizeof(*a));
	char line[128];
	long long value = 0;

	assert_non_null(a);
	net_ask(n, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", a);
	assert_int_equal(a->status, 200);
	snprintf(line, sizeof(line), "\n%s ", name);
	const char *at = strstr((const char *)a->body, line);
	if (at)
		value = strtoll(at + strlen(line), NULL, 10);
	free(a);
	return value;
}

int
open_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}
