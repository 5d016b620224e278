/* test_tls_cuts.c - handshakes that are cut, garbled, slow, too many, or none at all. */
#include "tests/http/net.h"
#include "tests/http/tls_net.h"

#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HOST     "Host: localhost\r\n"
#define HEALTH   "GET /healthz HTTP/1.1\r\n" HOST "\r\n"

static struct client client;

static void
settles(const struct net *n, int descriptors)
{
	for (int i = 0; i < 300 && net_metric(n, "vidimus_connections") > 1; i++)
		usleep(10000);
	assert_int_equal(net_metric(n, "vidimus_connections"), 1);
	for (int i = 0; i < 100 && open_descriptors() > descriptors; i++)
		usleep(10000);
	assert_int_equal(open_descriptors(), descriptors);
}

/* What a client says in a handshake and in its first request, as bytes. */
static size_t
record(const struct net *n, uint8_t *to, size_t room)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)server_tls_port(n->server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
	SSL *ssl = SSL_new(believer);
	static uint8_t bytes[8192];
	size_t len = 0;

	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	SSL_set_bio(ssl, in, out);
	SSL_set_connect_state(ssl);
	while (SSL_do_handshake(ssl) != 1) {
		int k = BIO_read(out, bytes, sizeof(bytes));
		if (k > 0) {
			assert_true(len + (size_t)k <= room);
			memcpy(to + len, bytes, (size_t)k);
			len += (size_t)k;
			assert_int_equal(send(fd, bytes, (size_t)k, 0), k);
		}
		ssize_t got = recv(fd, bytes, sizeof(bytes), 0);
		assert_true(got > 0);
		BIO_write(in, bytes, (int)got);
	}
	SSL_write(ssl, HEALTH, sizeof(HEALTH) - 1);
	int k = BIO_read(out, to + len, (int)(room - len));
	assert_true(k > 0);
	SSL_free(ssl);
	ERR_clear_error();
	close(fd);
	return len + (size_t)k;
}

static void
survives_cuts(void **state)
{
	struct net n = net_tls();
	static uint8_t bytes[8192];

	(void)state;
	net_start(&n);
	int before = open_descriptors();
	size_t len = record(&n, bytes, sizeof(bytes));
	assert_true(len > 200);
	for (size_t cut = 0; cut < len;
		cut++) { /* replayed, so that what follows the first flight is garbage */
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		struct sockaddr_in at = { .sin_family = AF_INET,
			.sin_port = htons((uint16_t)server_tls_port(n.server)),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
		assert_int_equal(send(fd, bytes, cut, MSG_NOSIGNAL), (ssize_t)cut);
		if (cut % 3 == 0)
			shutdown(fd, SHUT_WR);
		if (cut % 7 == 0)
			usleep(500);
		close(fd);
	}
	settles(&n, before);
	/* bytes changed, one at a time */
	for (size_t i = 0; i < len; i += 3) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		struct sockaddr_in at = { .sin_family = AF_INET,
			.sin_port = htons((uint16_t)server_tls_port(n.server)),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
		bytes[i] ^= 0x41;
		send(fd, bytes, len, MSG_NOSIGNAL);
		bytes[i] ^= 0x41;
		close(fd);
	}
	settles(&n, before);
	tls_ask(&n, believer, HEALTH, 200);
	net_stop(&n);
}

static void
ends_what_is_no_tls(void **state)
{
	struct net n = net_tls();
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char back[256];

	(void)state;
	net_start(&n);
	at.sin_port = htons((uint16_t)server_tls_port(n.server));
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_true(send(fd, HEALTH, sizeof(HEALTH) - 1, 0) > 0);
	ssize_t got = recv(fd, back, sizeof(back), 0);
	assert_true(got <= 0 || memcmp(back, "HTTP", 4) != 0);
	close(fd);
	/* a client gone without leave, in the middle of its request, and behind it */
	for (size_t cut = 1; cut < sizeof(HEALTH); cut += 5) {
		assert_true(client_open_tls(&client, &n, believer));
		assert_true(client_send(&client, HEALTH, cut));
		client_close(&client);
	}
	assert_true(client_open_tls(&client, &n, believer));
	client_text(&client,
		"POST /v1/verify HTTP/1.1\r\n" HOST
		"Content-Type: application/x-ndjson\r\nContent-Length: 9000\r\n\r\nHC1:%%\n");
	client_close(&client);
	for (int i = 0; i < 300 && net_metric(&n, "vidimus_connections") > 1; i++)
		usleep(10000);
	assert_int_equal(net_metric(&n, "vidimus_connections"), 1);
	net_stop(&n);
}

/* One deadline for all of the handshake, however a client spreads it. */
static void
cuts_slow_handshakes(void **state)
{
	struct net n = net_tls();
	static uint8_t bytes[8192];

	(void)state;
	n.config.http.head_timeout = 1;
	net_start(&n);
	record(&n, bytes, sizeof(bytes));
	int fd[2];
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)server_tls_port(n.server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	for (int i = 0; i < 2; i++) {
		fd[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_int_equal(connect(fd[i], (struct sockaddr *)&at, sizeof(at)), 0);
	}
	for (int i = 0; i < 30; i++) { /* three seconds */
		send(fd[0], bytes + i, 1, MSG_NOSIGNAL);
		usleep(100000);
	}
	assert_int_equal(net_metric(&n, "vidimus_connections"), 1);
	assert_int_equal(net_metric(&n, "vidimus_connections_timed_out_total"), 2);
	close(fd[0]);
	close(fd[1]);
	net_stop(&n);
}

/* A handshake costs a request of the address' rate. */
static void
counts_handshakes(void **state)
{
	struct net n = net_tls();

	(void)state;
	n.config.http.rate = 1;
	n.config.http.burst = 4;
	net_start(&n);
	tls_ask(&n, believer, HEALTH, 200);
	tls_ask(&n, believer, HEALTH, 200);
	assert_false(client_open_tls(&client, &n, believer));
	net_stop(&n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(survives_cuts),
		cmocka_unit_test(ends_what_is_no_tls),
		cmocka_unit_test(cuts_slow_handshakes),
		cmocka_unit_test(counts_handshakes),
	};
	return cmocka_run_group_tests(tests, tls_begin, tls_end);
}
