/* test_tls.c - TLS over real sockets: what is agreed upon and what is refused, answers, reloads. */
#include "tests/http/net.h"
#include "tests/http/tls_net.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HOST     "Host: localhost\r\n"
#define HEALTH   "GET /healthz HTTP/1.1\r\n" HOST "\r\n"

static struct client client;
/* --- what is agreed upon --- */

static void
speaks_new_versions(void **state)
{
	static const struct {
		int least, most;
		const char *ciphers, *suites; /* NULL: the client's own choice */
		bool good;
	} rows[] = {
		{ 0, 0, NULL, NULL, true },
		{ TLS1_2_VERSION, TLS1_2_VERSION, NULL, NULL, true },
		{ TLS1_3_VERSION, TLS1_3_VERSION, NULL, NULL, true },
		{ TLS1_VERSION, TLS1_1_VERSION, NULL, NULL, false },
		{ TLS1_1_VERSION, TLS1_1_VERSION, NULL, NULL, false },
		{ TLS1_2_VERSION, TLS1_2_VERSION, "ECDHE-ECDSA-AES256-GCM-SHA384", NULL, true },
		{ TLS1_2_VERSION, TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305", NULL, true },
		{ TLS1_2_VERSION, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", NULL, false },
		{ TLS1_2_VERSION, TLS1_2_VERSION, "ECDHE-ECDSA-AES256-SHA", NULL, false },
		{ TLS1_2_VERSION, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-CCM8", NULL, false },
		{ TLS1_2_VERSION, TLS1_2_VERSION, "DHE-RSA-AES128-GCM-SHA256", NULL, false },
		{ TLS1_2_VERSION, TLS1_2_VERSION, "AES128-GCM-SHA256", NULL, false },
		{ TLS1_2_VERSION, TLS1_2_VERSION, "AES256-SHA", NULL, false },
		{ TLS1_2_VERSION, TLS1_2_VERSION, "PSK-AES128-GCM-SHA256", NULL, false },
		{ TLS1_2_VERSION, TLS1_2_VERSION, "ECDHE-ECDSA-NULL-SHA:AECDH-NULL-SHA", NULL,
			false },
		{ TLS1_2_VERSION, TLS1_2_VERSION, "AECDH-AES128-SHA:ADH-AES128-GCM-SHA256", NULL,
			false },
		{ TLS1_3_VERSION, TLS1_3_VERSION, NULL, "TLS_CHACHA20_POLY1305_SHA256", true },
		{ TLS1_3_VERSION, TLS1_3_VERSION, NULL, "TLS_AES_128_CCM_8_SHA256", false },
	};
	struct net n = net_tls();

	(void)state;
	net_start(&n);
	for (size_t i = 0; i < COUNT(rows); i++) {
		SSL_CTX *ctx = pki_client(&ours, NULL);
		SSL_CTX_set_security_level(ctx, 0);
		SSL_CTX_set_min_proto_version(ctx, rows[i].least);
		SSL_CTX_set_max_proto_version(ctx, rows[i].most);
		if (rows[i].ciphers)
			assert_int_equal(SSL_CTX_set_cipher_list(ctx, rows[i].ciphers), 1);
		if (rows[i].suites)
			assert_int_equal(SSL_CTX_set_ciphersuites(ctx, rows[i].suites), 1);
		bool good = client_open_tls(&client, &n, ctx);
		if (good != rows[i].good)
			fail_msg("row %zu", i);
		if (good) {
			assert_true(client_text(&client, HEALTH));
			client_read(&client, &answer);
			assert_int_equal(answer.status, 200);
			client_close(&client);
		}
		SSL_CTX_free(ctx);
	}
	assert_true(net_metric(&n, "vidimus_tls_handshakes_failed_total") >= 10);
	assert_true(net_metric(&n, "vidimus_tls_handshakes_total") >= 6);
	net_stop(&n);
}

/* Every handshake is a whole one: nothing to resume, to renegotiate, to compress or to replay. */
static void
keeps_no_session(void **state)
{
	struct net n = net_tls();

	(void)state;
	net_start(&n);
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
		SSL_CTX *ctx = pki_client(&ours, NULL);
		SSL_CTX_set_min_proto_version(ctx, version);
		SSL_CTX_set_max_proto_version(ctx, version);
		assert_true(client_open_tls(&client, &n, ctx));
		assert_true(client_text(&client, HEALTH));
		client_read(&client, &answer);
		SSL_SESSION *s = SSL_get1_session(client.ssl);
		assert_false(SSL_SESSION_has_ticket(s));
		assert_int_equal(SSL_SESSION_get_max_early_data(s), 0);
		assert_null(SSL_get_current_compression(client.ssl));
		client_close(&client);
		/* and if the client insists */
		client_open(&client, &n);
		client_close(&client);
		assert_true(client_open_tls(&client, &n, ctx));
		assert_false(SSL_session_reused(client.ssl));
		if (version == TLS1_2_VERSION) {
			SSL_set_options(client.ssl, SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION);
			SSL_renegotiate(client.ssl);
			assert_int_not_equal(SSL_do_handshake(client.ssl), 1);
			ERR_clear_error();
		}
		client_close(&client);
		SSL_SESSION_free(s);
		SSL_CTX_free(ctx);
	}
	net_stop(&n);
}

static void
chooses_a_protocol(void **state)
{
	static const struct {
		const char *offered;
		unsigned len;
		bool good;
	} rows[] = {
		{ "\x08http/1.1", 9, true },
		{ "\x02h2\x08http/1.1", 12, true },
		{ "\x02h2", 3, false },
		{ "\x08http/1.0", 9, false },
	};
	struct net n = net_tls();

	(void)state;
	net_start(&n);
	for (size_t i = 0; i < COUNT(rows); i++) {
		SSL_CTX *ctx = pki_client(&ours, NULL);
		const unsigned char *chosen;
		unsigned len;
		SSL_CTX_set_alpn_protos(ctx, (const unsigned char *)rows[i].offered, rows[i].len);
		assert_int_equal(client_open_tls(&client, &n, ctx), rows[i].good);
		if (rows[i].good) {
			SSL_get0_alpn_selected(client.ssl, &chosen, &len);
			assert_int_equal(len, 8);
			assert_memory_equal(chosen, "http/1.1", 8);
			client_close(&client);
		}
		SSL_CTX_free(ctx);
	}
	net_stop(&n);
}

/* --- answers --- */

static void
answers(void **state)
{
	struct net n = net_tls();
	const char *three = HEALTH "POST /v1/verify HTTP/1.1\r\n" HOST
				   "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
				   "3\r\nHC1\r\n2\r\n:%\r\n0\r\n\r\nGET /v1/trust HTTP/1.1\r\n" HOST
				   "\r\n";

	(void)state;
	net_start(&n);
	for (int bytewise = 0; bytewise < 2; bytewise++) {
		assert_true(client_open_tls(&client, &n, believer));
		for (const char *p = three; bytewise && *p; p++)
			assert_true(client_send(&client, p, 1)); /* a record each */
		if (!bytewise)
			assert_true(client_text(&client, three));
		client_read(&client, &answer);
		assert_string_equal((char *)answer.body, "{\"status\":\"ok\"}");
		client_read(&client, &answer);
		assert_non_null(strstr((char *)answer.body, "encoding.base45"));
		client_read(&client, &answer);
		assert_int_equal(answer.status, 200);
		client_close(&client);
	}
	/* the end is said, not only made */
	assert_true(client_open_tls(&client, &n, believer));
	client_text(&client, "GET /healthz HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
	client_read(&client, &answer);
	assert_true(client_ended(&client));
	assert_true(SSL_get_shutdown(client.ssl) & SSL_RECEIVED_SHUTDOWN);
	client_close(&client);
	/* the plain listener stands beside it, and neither speaks the other's language */
	net_ask(&n, HEALTH, &answer);
	assert_int_equal(answer.status, 200);
	net_stop(&n);
}

/* Requests in one record, several records in one read, more than a reading buffer holds, while a worker is busy. */
static void
keeps_what_was_decrypted(void **state)
{
	static char text[32768];
	struct net n = net_tls();
	size_t len = 0;

	(void)state;
	n.config.http.body_document = 16384;
	net_start(&n);
	for (int i = 0; i < 3; i++) /* longer than what a loop does itself: each goes to a worker */
		len += (size_t)snprintf(text + len, sizeof(text) - len,
			"POST /v1/verify HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
			"Content-Length: 9022\r\n\r\n{\"credential\":\"HC1:%%%9000s\"}",
			"");
	len += (size_t)snprintf(text + len, sizeof(text) - len, "%s", HEALTH);
	for (int round = 0; round < 20; round++) {
		assert_true(client_open_tls(&client, &n, believer));
		assert_true(client_send(&client, text, len));
		for (int i = 0; i < 3; i++) {
			client_read(&client, &answer);
			assert_int_equal(answer.status, 200);
		}
		client_read(&client, &answer);
		assert_string_equal((char *)answer.body, "{\"status\":\"ok\"}");
		client_close(&client);
	}
	net_stop(&n);
}

/* A client that asks on and on without reading: what could not be sent is sent when it reads, whole and in order. */
static void
waits_for_readers(void **state)
{
	const char *page = "GET /openapi.json HTTP/1.1\r\n" HOST "\r\n";
	struct net n = net_tls();
	size_t len = 0;

	(void)state;
	n.config.http.write_timeout = 2;
	net_start(&n);
	tls_ask(&n, believer, page, 200);
	len = answer.len;
	static uint8_t first[sizeof(answer.body)];
	memcpy(first, answer.body, len);
	assert_true(client_open_tls(&client, &n, believer));
	for (int i = 0; i < 300; i++)
		assert_true(client_text(&client, page));
	usleep(300000);
	for (int i = 0; i < 300; i++) {
		client_read(&client, &answer);
		assert_int_equal(answer.status, 200);
		assert_int_equal(answer.len, len);
		assert_memory_equal(answer.body, first, len);
	}
	client_close(&client);
	/* one that never reads is cut */
	assert_true(client_open_tls(&client, &n, believer));
	for (int i = 0; i < 300; i++)
		client_text(&client, page);
	for (int i = 0; i < 400 && net_metric(&n, "vidimus_connections") > 1; i++)
		usleep(10000);
	assert_int_equal(net_metric(&n, "vidimus_connections"), 1);
	client_close(&client);
	net_stop(&n);
}

static void
streams_batches(void **state)
{
	enum { LINES = 5000 };
	struct net n = net_tls();
	size_t count = 0;
	char line[128];

	(void)state;
	net_start(&n);
	assert_true(client_open_tls(&client, &n, believer));
	client_text(&client,
		"POST /v1/verify HTTP/1.1\r\n" HOST
		"Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < LINES; i++) { /* some in many records, some in one */
		int k = snprintf(line, sizeof(line), "7\r\nHC1:%%%%\n\r\n");
		for (int j = 0; i % 500 == 0 && j < k; j++)
			assert_true(client_send(&client, line + j, 1));
		if (i % 500 != 0)
			assert_true(client_send(&client, line, (size_t)k));
	}
	client_text(&client, "0\r\n\r\n");
	/* more than fits into an answer: read as it comes */
	char *all = calloc(1, 16u << 20);
	size_t got = 0;
	int r;
	assert_non_null(all);
	while (!strstr(all + (got > 64 ? got - 64 : 0), "\r\n0\r\n\r\n") &&
		(r = SSL_read(client.ssl, all + got, 65536)) > 0)
		got += (size_t)r;
	for (const char *p = all; (p = strstr(p, "encoding.base45")) != NULL; p++)
		count++;
	assert_true(count >= LINES);
	free(all);
	client_close(&client);
	net_stop(&n);
}

/* --- reload and stop --- */

static bool
shows(const struct pki_leaf *leaf)
{
	X509 *got = SSL_get0_peer_certificate(client.ssl);
	BIO *b = BIO_new(BIO_s_mem());
	char *text;

	assert_int_equal(PEM_write_bio_X509(b, got), 1);
	long len = BIO_get_mem_data(b, &text);
	bool same = span_eq(leaf->cert, (struct span){ (uint8_t *)text, (size_t)len });
	BIO_free(b);
	return same;
}

static void
reload(struct net *n, const char *counter)
{
	long long before = net_metric(n, counter);

	server_reload(n->server);
	for (int i = 0; i < 300 && net_metric(n, counter) == before; i++)
		usleep(10000);
	assert_int_equal(net_metric(n, counter), before + 1);
}

static void
renews_certificates(void **state)
{
	static struct client old;
	struct net n = net_tls();

	(void)state;
	net_start(&n);
	assert_true(client_open_tls(&old, &n, believer));
	files.certificate = second_leaf.cert;
	files.key = second_leaf.key;
	reload(&n, "vidimus_reloads_total");
	assert_true(client_open_tls(&client, &n, believer));
	assert_true(shows(&second_leaf));
	client_close(&client);
	/* a key of another certificate, and no certificate: that of before stays */
	files.key = server_leaf.key;
	reload(&n, "vidimus_reloads_refused_total");
	files.certificate = SPAN_LIT(
		"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	reload(&n, "vidimus_reloads_refused_total");
	assert_true(client_open_tls(&client, &n, believer));
	assert_true(shows(&second_leaf));
	client_close(&client);
	/* who was there before goes on */
	assert_true(client_text(&old, HEALTH));
	client_read(&old, &answer);
	assert_int_equal(answer.status, 200);
	client_close(&old);
	net_stop(&n);
}

static void
refuses_bad_files(void **state)
{
	const struct {
		struct tls_files files;
		const char *why;
	} rows[] = {
		{ { SPAN_NONE, server_leaf.key, SPAN_NONE }, "tls_certificate" },
		{ { SPAN_LIT("x"), server_leaf.key, SPAN_NONE }, "tls_certificate" },
		{ { server_leaf.key, server_leaf.key, SPAN_NONE }, "tls_certificate" },
		{ { server_leaf.cert, SPAN_NONE, SPAN_NONE }, "tls_key" },
		{ { server_leaf.cert, server_leaf.cert, SPAN_NONE }, "tls_key" },
		{ { server_leaf.cert, second_leaf.key, SPAN_NONE }, "another certificate" },
		{ { server_leaf.cert, server_leaf.key, SPAN_LIT("x") }, "client_ca" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		SSL_CTX *ctx = NULL;
		const char *why = NULL;
		assert_int_equal(tls_context_new(&rows[i].files, &ctx, &why), -EINVAL);
		assert_null(ctx);
		if (!strstr(why, rows[i].why))
			fail_msg("row %zu: %s", i, why);
	}
}

static void
stops_in_good_order(void **state)
{
	static struct client hello;
	struct net n = net_tls();

	(void)state;
	net_start(&n);
	assert_true(client_open_tls(&client, &n, believer));
	client_text(&client, HEALTH);
	client_read(&client, &answer);
	client_open(&hello, &n);
	server_stop(n.server);
	assert_true(client_ended(&client));
	assert_true(SSL_get_shutdown(client.ssl) & SSL_RECEIVED_SHUTDOWN);
	client_close(&client);
	client_close(&hello);
	net_stop(&n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(speaks_new_versions),
		cmocka_unit_test(keeps_no_session),
		cmocka_unit_test(chooses_a_protocol),
		cmocka_unit_test(answers),
		cmocka_unit_test(keeps_what_was_decrypted),
		cmocka_unit_test(waits_for_readers),
		cmocka_unit_test(streams_batches),
		cmocka_unit_test(renews_certificates),
		cmocka_unit_test(refuses_bad_files),
		cmocka_unit_test(stops_in_good_order),
	};
	return cmocka_run_group_tests(tests, tls_begin, tls_end);
}
