/* test_mtls.c - clients that show certificates: whose, how old, alone and beside tokens. */
#include "tests/http/known.h"
#include "tests/http/tls_net.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HOST     "Host: localhost\r\n"

static struct client client;
static struct pki_leaf port, desk, other, expired, early, stranger;
static char desk_digest[65];

static struct config_access entries[] = {
	{ .name = { (const uint8_t *)"port", 4 },
		.certificate = { (const uint8_t *)"CN=Port,O=H\xc3\xa4lsa\\; Norr,C=SE", 28 },
		.roles = ROLE_VERIFY,
		.rate = 10,
		.quota = 10 },
	{ .name = { (const uint8_t *)"desk", 4 },
		.certificate = { (const uint8_t *)desk_digest, 64 },
		.roles = ROLE_ATTEST,
		.rate = 10,
		.quota = 10 },
	{ .name = { (const uint8_t *)"both", 4 },
		.certificate = { (const uint8_t *)desk_digest, 64 },
		.token_path = { (const uint8_t *)"t", 1 },
		.roles = ROLE_VERIFY,
		.rate = 10,
		.quota = 10 },
};

static struct span tokens[COUNT(entries)];

static int
give(void *arg, struct arena *a, struct secrets *out)
{
	(void)arg;
	(void)a;
	out->tls = files;
	out->tokens = tokens;
	return 0;
}

static struct net
net_mtls(void)
{
	struct net n = net_tls();

	files.client_ca = ours.pem;
	tokens[2] = known_token(0, GOOD);
	n.secrets = give;
	n.config.http.verify = GATE_TOKEN;
	n.config.access = entries;
	n.config.access_count = COUNT(entries);
	return n;
}

/* The status of a request for what only a verifier may see; 0: the connection was refused. */
static int
status_with(const struct net *n, const struct pki_leaf *shows, const char *token, int version)
{
	SSL_CTX *ctx = pki_client(&ours, shows);
	char request[256];

	SSL_CTX_set_min_proto_version(ctx, version);
	SSL_CTX_set_max_proto_version(ctx, version);
	snprintf(request, sizeof(request), "GET /v1/trust HTTP/1.1\r\n" HOST "%s%s%s\r\n",
		token ? "Authorization: Bearer " : "", token ? token : "", token ? "\r\n" : "");
	answer.status = 0;
	if (client_open_tls(&client, n, ctx)) {
		client_text(&client,
			request); /* of TLS 1.3 the client learns only now that it was refused */
		client_read(&client, &answer);
		client_close(&client);
	}
	SSL_CTX_free(ctx);
	return answer.status;
}

static void
knows_whom_they_name(void **state)
{
	const struct {
		const char *what;
		const struct pki_leaf *shows;
		const char *token;
		int status;
	} rows[] = {
		{ "nothing", NULL, NULL, 401 },
		{ "the certificate that is named", &port, NULL, 200 },
		{ "one for another role", &desk, NULL, 403 },
		{ "one that is not named, of the right authority", &other, NULL, 401 },
		{ "the same subject by another authority", &stranger, NULL, 0 },
		{ "an expired one", &expired, NULL, 0 },
		{ "one that is not valid yet", &early, NULL, 0 },
		{ "certificate and token of one that shows both", &desk, GOOD, 200 },
		{ "the token of one that shows both", NULL, GOOD, 401 },
		{ "that token beside another's certificate", &other, GOOD, 401 },
		{ "a bad token beside a good certificate", &port, "nonsense", 401 },
	};
	struct net n = net_mtls();

	(void)state;
	net_start(&n);
	for (size_t i = 0; i < COUNT(rows); i++)
		for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
			int got = status_with(&n, rows[i].shows, rows[i].token, version);
			if (got != rows[i].status)
				fail_msg("%s, %x: %d", rows[i].what, (unsigned)version, got);
		}
	/* plain connections show none, and each connection its own */
	net_ask(&n, "GET /v1/trust HTTP/1.1\r\n" HOST "\r\n", &answer);
	assert_int_equal(answer.status, 401);
	net_stop(&n);
}

/* Without client_ca nobody is asked, and what is shown nevertheless is nothing. */
static void
asks_nobody_by_default(void **state)
{
	struct net n = net_mtls();

	(void)state;
	files.client_ca = SPAN_NONE;
	net_start(&n);
	assert_int_equal(status_with(&n, &port, NULL, TLS1_3_VERSION), 401);
	assert_int_equal(status_with(&n, &stranger, NULL, TLS1_2_VERSION), 401);
	net_stop(&n);
}

/* An authority that is withdrawn vouches for nobody new. */
static void
renews_authorities(void **state)
{
	struct net n = net_mtls();

	(void)state;
	net_start(&n);
	assert_int_equal(status_with(&n, &port, NULL, TLS1_3_VERSION), 200);
	files.client_ca = strangers.pem;
	server_reload(n.server);
	for (int i = 0; i < 200 && status_with(&n, &port, NULL, TLS1_3_VERSION) != 0; i++)
		;
	assert_int_equal(status_with(&n, &port, NULL, TLS1_3_VERSION), 0);
	assert_int_equal(status_with(&n, &stranger, NULL, TLS1_3_VERSION), 200);
	net_stop(&n);
}

static void
digest(const struct pki_leaf *l, char hex[65])
{
	BIO *b = BIO_new_mem_buf(l->cert.ptr, (int)l->cert.len);
	X509 *c = PEM_read_bio_X509(b, NULL, NULL, NULL);
	uint8_t out[32];

	assert_int_equal(X509_digest(c, EVP_sha256(), out, NULL), 1);
	for (size_t i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02X", out[i]); /* as people paste it */
	X509_free(c);
	BIO_free(b);
}

static int
begin(void **state)
{
	tls_begin(state);
	pki_leaf(&ours, "C=SE,O=H\xc3\xa4lsa; Norr,CN=Port", -1, 30, &port);
	pki_leaf(&ours, "CN=Desk", -1, 30, &desk);
	pki_leaf(&ours, "CN=Other", -1, 30, &other);
	pki_leaf(&ours, "C=SE,O=H\xc3\xa4lsa; Norr,CN=Port", -30, -1, &expired);
	pki_leaf(&ours, "C=SE,O=H\xc3\xa4lsa; Norr,CN=Port", 1, 30, &early);
	pki_leaf(&strangers, "C=SE,O=H\xc3\xa4lsa; Norr,CN=Port", -1, 30, &stranger);
	digest(&desk, desk_digest);
	return 0;
}

static int
end(void **state)
{
	struct pki_leaf *all[] = { &port, &desk, &other, &expired, &early, &stranger };

	for (size_t i = 0; i < COUNT(all); i++)
		pki_leaf_free(all[i]);
	return tls_end(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_whom_they_name),
		cmocka_unit_test(asks_nobody_by_default),
		cmocka_unit_test(renews_authorities),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
