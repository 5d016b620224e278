/* test_gate.c - tokens over the wire: what they open, what stays open, what a reload changes. */
#include "gateway/http/routes.h"
#include "tests/http/known.h"
#include "tests/http/net.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define HOST "Host: a\r\n"

static struct answer answer;
static struct span served[CLIENTS];
static atomic_int secrets_fault;

static int
give_secrets(void *arg, struct arena *a, struct secrets *out)
{
	(void)arg;
	(void)a;
	out->where = "gate";
	out->why = "for this test";
	out->tokens = served;
	return secrets_fault;
}

static struct net
net_with(enum config_gate verify)
{
	struct net n = net_defaults();

	n.config.http.verify = verify;
	n.config.http.line = 4096;
	n.config.access = clients;
	n.config.access_count = CLIENTS;
	n.secrets = give_secrets;
	known_reset();
	memcpy(served, known, sizeof(served));
	return n;
}

static void
ask(const struct net *n, const char *method, const char *path, const char *fields, int status,
	const char *code)
{
	char text[1024];
	bool post = strcmp(method, "POST") == 0;

	snprintf(text, sizeof(text), "%s %s HTTP/1.1\r\n" HOST "%s%s\r\n%s", method, path, fields,
		post ? "Content-Type: text/plain\r\nContent-Length: 5\r\n" : "",
		post ? "HC1:%" : "");
	net_ask(n, text, &answer);
	if (answer.status != status)
		fail_msg("%s %s: %d, not %d", method, path, answer.status, status);
	if (code && !strstr((const char *)answer.body, code))
		fail_msg("%s %s: %s", method, path, (const char *)answer.body);
	assert_null(strstr((const char *)answer.body, "22-chars"));
	assert_null(strstr(answer.head, "22-chars"));
}

#define TOKEN(t) "Authorization: Bearer " t "\r\n"

static void
serves_by_token(void **state)
{
	struct net n = net_with(GATE_TOKEN);

	(void)state;
	net_start(&n);
	ask(&n, "POST", "/v1/verify", "", 401, "\"code\":\"access.required\"");
	assert_non_null(strstr(answer.head, "WWW-Authenticate: Bearer realm=\"vidimus\"\r\n"));
	ask(&n, "POST", "/v1/verify", TOKEN("wrong-token-of-22-chars"), 401, "access.token");
	assert_non_null(strstr(answer.head, "realm=\"vidimus\", error=\"invalid_token\"\r\n"));
	ask(&n, "POST", "/v1/verify", TOKEN(GOOD), 200, "encoding.base45");
	ask(&n, "POST", "/v1/verify", "authorization: bearer " SIGN "\r\n", 200, NULL);
	ask(&n, "POST", "/v1/verify", TOKEN(BOTH), 401, "access.token");
	ask(&n, "POST", "/v1/verify", TOKEN(GOOD) TOKEN(GOOD), 400, "http.malformed");
	ask(&n, "POST", "/v1/verify?access_token=" GOOD, "", 401, "access.required");
	/* what is not to be had without a token, and what is */
	ask(&n, "GET", "/v1/trust", "", 401, NULL);
	ask(&n, "GET", "/v1/trust/SE", "", 401, NULL);
	ask(&n, "GET", "/metrics", "", 401, NULL);
	ask(&n, "GET", "/metrics", TOKEN(GOOD), 200, "{client=\"gate\",answer=\"granted\"} 2");
	ask(&n, "GET", "/v1/schemes", "", 200, NULL);
	ask(&n, "GET", "/healthz", TOKEN("nonsense"), 200, NULL);
	ask(&n, "GET", "/nothing", "", 404, NULL);
	ask(&n, "GET", "/v1/verify", "", 405, NULL);
	/* a batch is refused before any line of it is read */
	net_ask(&n,
		"POST /v1/verify HTTP/1.1\r\n" HOST
		"Content-Type: application/x-ndjson\r\nContent-Length: 4\r\n\r\nHC1:",
		&answer);
	assert_int_equal(answer.status, 401);
	/* so is a body that the client has not sent yet */
	net_ask(&n,
		"POST /v1/verify HTTP/1.1\r\n" HOST
		"Content-Type: text/plain\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
		&answer);
	assert_int_equal(answer.status, 401);
	net_stop(&n);
}

/* Nothing answers that is not in the table, and of the table nothing without its role. */
static void
scans_every_path(void **state)
{
	static const char *const others[] = { "/admin", "/debug", "/debug/pprof", "/status",
		"/config", "/token", "/v1", "/v1/", "/v1/issue", "/v1/sign", "/v1/preview",
		"/credentials", "/credentials/preview", "/test", "/test/issue", "/demo", "/keys",
		"/.env", "/.git/config", "/.well-known/", "/server-status", "/index.html",
		"/page.js.map", "//v1/verify", "/./v1/verify", "/v1/verify/../metrics", "/METRICS",
		"/metrics/", "/healthz/", "/v1/trust/", "/v1/trust/a/b", "/openapi.yaml",
		"/favicon.ico" };
	struct net n = net_with(GATE_TOKEN);
	char path[64];

	(void)state;
	net_start(&n);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		ask(&n, "GET", others[i], "", 404, "route.unknown");
		ask(&n, "POST", others[i], TOKEN(SIGN), 404, "route.unknown");
	}
	for (size_t i = 0; i < route_count(); i++) {
		const struct route *r = route_at(i);
		bool post = r->methods & MAY_POST,
		     tail = strlen(r->path) > 1 && r->path[strlen(r->path) - 1] == '/';
		snprintf(path, sizeof(path), "%s%s", r->path, tail ? "x" : "");
		char request[256];
		snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\n" HOST "%s\r\n",
			post ? "POST" : "GET", path, post ? "Content-Length: 0\r\n" : "");
		net_ask(&n, request, &answer);
		if ((answer.status == 401) != (r->role != ROLE_NONE))
			fail_msg("%s: %d", path, answer.status);
		/* what changes something, or signs, is nobody's */
		assert_false(post && r->role == ROLE_NONE);
	}
	net_stop(&n);
}

static void
serves_openly(void **state)
{
	struct net n = net_with(GATE_OPEN);

	(void)state;
	net_start(&n);
	ask(&n, "POST", "/v1/verify", "", 200, NULL);
	ask(&n, "POST", "/v1/verify", TOKEN("nonsense"), 200, NULL);
	ask(&n, "GET", "/metrics", "", 200, NULL);
	net_stop(&n);
}

static long
reloads(const struct net *n, const char *name)
{
	char line[64];

	ask(n, "GET", "/metrics", TOKEN(SIGN), 200, NULL);
	snprintf(line, sizeof(line), "\n%s ", name);
	const char *at = strstr((const char *)answer.body, line);
	assert_non_null(at);
	return strtol(at + strlen(line), NULL, 10);
}

static void
reload(struct net *n, const char *counter)
{
	long before = reloads(n, counter);

	server_reload(n->server);
	for (int i = 0; i < 200 && reloads(n, counter) == before; i++)
		usleep(10000);
	assert_int_equal(reloads(n, counter), before + 1);
}

static void
reloads_tokens(void **state)
{
	struct net n = net_with(GATE_TOKEN);

	(void)state;
	net_start(&n);
	ask(&n, "POST", "/v1/verify", TOKEN(GOOD), 200, NULL);
	served[0] = known_token(2, "a-new-token-of-22-chars");
	reload(&n, "vidimus_reloads_total");
	ask(&n, "POST", "/v1/verify", TOKEN(GOOD), 401, NULL);
	ask(&n, "POST", "/v1/verify", TOKEN("a-new-token-of-22-chars"), 200, NULL);
	/* what cannot be read leaves those in use */
	secrets_fault = -EPERM;
	served[0] = SPAN_NONE;
	reload(&n, "vidimus_reloads_refused_total");
	ask(&n, "POST", "/v1/verify", TOKEN("a-new-token-of-22-chars"), 200, NULL);
	secrets_fault = 0;
	net_stop(&n);
}

static void
stays_shut_on_faults(void **state)
{
	struct net n = net_with(GATE_TOKEN);
	struct server *server = NULL;

	(void)state;
	net_start(&n);
	const struct server_setup setup = {
		.config = &n.config, .trust = n.trust, .secrets = give_secrets, .no_signals = true
	};
	secrets_fault = -EPERM;
	assert_int_equal(server_new(&setup, &server), -EPERM);
	assert_null(server);
	secrets_fault = 0;
	net_stop(&n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(serves_by_token),
		cmocka_unit_test(scans_every_path),
		cmocka_unit_test(serves_openly),
		cmocka_unit_test(reloads_tokens),
		cmocka_unit_test(stays_shut_on_faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
