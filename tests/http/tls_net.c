/* tls_net.c - see tls_net.h. */
#include "tests/http/tls_net.h"

#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct pki ours, strangers;
struct pki_leaf server_leaf, second_leaf;
struct tls_files files;
SSL_CTX *believer;
struct answer answer;

static int
give_secrets(void *arg, struct arena *a, struct secrets *out)
{
	(void)arg;
	(void)a;
	out->where = "tls";
	out->tls = files;
	return 0;
}

struct net
net_tls(void)
{
	struct net n = net_defaults();

	n.config.http.tls_listen = n.config.http.listen;
	n.config.http.line = 4096;
	n.config.http.head_timeout = 5;
	n.secrets = give_secrets;
	files = (struct tls_files){ server_leaf.cert, server_leaf.key, SPAN_NONE };
	return n;
}

void
tls_ask(const struct net *n, SSL_CTX *ctx, const char *request, int status)
{
	static struct client client;

	assert_true(client_open_tls(&client, n, ctx));
	assert_true(client_text(&client, request));
	client_read(&client, &answer);
	client_close(&client);
	assert_int_equal(answer.status, status);
}

int
tls_begin(void **state)
{
	(void)state;
	pki_open(&ours, "Ours");
	pki_open(&strangers, "Strangers");
	pki_leaf(&ours, "CN=localhost", -1, 30, &server_leaf);
	pki_leaf(&ours, "CN=localhost", -1, 60, &second_leaf);
	believer = pki_client(&ours, NULL);
	return 0;
}

int
tls_end(void **state)
{
	(void)state;
	SSL_CTX_free(believer);
	pki_leaf_free(&server_leaf);
	pki_leaf_free(&second_leaf);
	pki_close(&ours);
	pki_close(&strangers);
	return 0;
}
