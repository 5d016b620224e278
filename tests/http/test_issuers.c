/* test_issuers.c - a gateway whose list names issuers without their keys: they are asked, once, and only they. */
#include "tests/aid/aid.h"
#include "tests/http/bed.h"
#include "tests/http/net.h"
#include "tests/shc/aid_shc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

/* What the list says, and the path that answers for it. */
#define GOOD        "https://example.org/good"
#define OTHER       "https://other.example.org/good"
#define REVOKED     "https://example.org/revoked"
#define SILENT      "https://example.org/silent"
#define ODD         "https://example.org/odd"
#define INSIDE      "https://loop.example.org/good"
#define LISTED(iss) "{\"iss\":\"" iss "\",\"name\":\"N\"}"
#define LIST                                                                      \
	"{\"participating_issuers\":[" LISTED(GOOD) "," LISTED(OTHER) "," LISTED( \
		REVOKED) "," LISTED(SILENT) "," LISTED(ODD) "," LISTED(INSIDE) "]}"

static struct cards cards;
static struct bed bed;
static struct net net;
static struct policy policy;
static struct fetch_setup test;
static struct trust *trust;
static struct span keys, announcing, list;
static struct answer answer;

/* --- the issuers --- */

static void
issuer_answers(void *arg, struct span request, struct stub_answer *a)
{
	struct span rest = request, path;

	(void)arg;
	span_split(&rest, ' ', &path);
	span_split(&rest, ' ', &path);
	*a = (struct stub_answer){ .head = "HTTP/1.1 200 OK\r\nConnection: close\r\n",
		.delay_ms = 100 };
	if (span_is(path, "/good/.well-known/jwks.json"))
		a->body = keys;
	else if (span_is(path, "/revoked/.well-known/jwks.json"))
		a->body = announcing;
	else if (span_starts(path, SPAN_LIT("/revoked/.well-known/crl/")))
		a->body = list;
	else if (span_is(path, "/odd/.well-known/jwks.json"))
		a->body = SPAN_LIT("<html>");
	else
		a->head = "HTTP/1.1 500 x\r\nConnection: close\r\n";
}

static void
make_answers(void)
{
	static const char kty[] = "\"kty\":\"EC\",";
	struct buf b = buf_in(cards.arena, SIZE_MAX), l = b;

	keys = cards_jwks(&cards);
	const char *at = memmem(keys.ptr, keys.len, kty, sizeof(kty) - 1);
	size_t front = (size_t)(at - (const char *)keys.ptr);
	buf_add(&b, span_slice(keys, 0, front));
	buf_str(&b, "\"crlVersion\":1,");
	buf_add(&b, span_from(keys, front));
	announcing = buf_span(&b);
	buf_str(&l, "{\"kid\":");
	buf_json(&l, cards.signer.kid);
	buf_str(&l, ",\"method\":\"rid\",\"ctr\":1,\"rids\":[\"revoked1\"]}");
	list = buf_span(&l);
}

static void
make_trust(void)
{
	struct trust_file file = { SPAN_LIT("directory.json"), SPAN_LIT(LIST) };
	struct trust_input in = { .name = SPAN_LIT("directory"),
		.env = ENV_DEMO,
		.domain = TRUST_SHC,
		.files = &file,
		.file_count = 1,
		.read_at = TIME_NONE };
	struct work w = { cards.arena, &cards.report, &cards.limits, cards.kit, CARDS_NOW };

	assert_int_equal(trust_build(&w, &in, 1, &trust), 0);
	assert_null(trust_source_at(trust, 0)->fault);
}

static int
open_world(void **state)
{
	(void)state;
	cards_open(&cards);
	make_answers();
	make_trust();
	bed_open_with(&bed, STUB_GOOD, issuer_answers);
	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	bed_close(&bed);
	trust_unref(trust);
	cards_close(&cards);
	return 0;
}

/* --- the gateway --- */

static void
start(bool enabled)
{
	policy = policy_default;
	policy.name = SPAN_LIT("default");
	policy.env = ENV_DEMO;
	test = (struct fetch_setup){
		.resolve = bed_resolve, .divert = bed_divert, .arg = &bed, .patience_ms = 3000
	};
	net = net_defaults();
	net.config.policies = &policy;
	net.config.policy_count = 1;
	net.config.fetch = bed.config;
	net.config.fetch.enabled = enabled;
	net.trust = trust;
	net.fetch_ca = stub_ca(bed.stub);
	net.fetch_test = &test;
	net_start(&net);
}

/* Of that issuer, though always by the same key. */
static struct span
card_of(const char *issuer, const char *rid)
{
	cards.signer.issuer = span_of(issuer);
	return cards_seal(&cards,
		(struct shc_recipe){ .form = SHC_JWS, .not_before = "1790000000", .rid = rid });
}

static void
request_for(char *to, size_t room, const char *type, struct span body)
{
	snprintf(to, room,
		"POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nContent-Length: "
		"%zu\r\n\r\n%.*s",
		type, body.len, (int)body.len, (const char *)body.ptr);
}

static void
ask(struct span card)
{
	char request[6000];

	request_for(request, sizeof(request), "text/plain", card);
	net_ask(&net, request, &answer);
	assert_int_equal(answer.status, 200);
}

static void
begins(const char *part)
{
	if (strncmp((const char *)answer.body, part, strlen(part)) != 0)
		fail_msg("%s does not begin with %s", (const char *)answer.body, part);
}

/* --- tests --- */

static const struct {
	const char *issuer, *rid, *verdict;
	unsigned asked, again; /* requests to issuers: at first, and for the same card at once */
} rows[] = {
	{ GOOD, NULL, "{\"verdict\":\"verified\"", 1, 0 },
	{ REVOKED, "revoked1", "{\"verdict\":\"rejected\",\"reason\":\"revocation.revoked\"", 2,
		0 },
	{ REVOKED, "innocent", "{\"verdict\":\"verified\"", 2, 0 },
	{ SILENT, NULL, "{\"verdict\":\"indeterminate\",\"reason\":\"issuer.keys_unavailable\"", 1,
		0 },
	{ ODD, NULL, "{\"verdict\":\"rejected\",\"reason\":\"issuer.key_unknown\"", 1, 0 },
	{ INSIDE, NULL, "{\"verdict\":\"indeterminate\",\"reason\":\"issuer.keys_unavailable\"", 0,
		0 },
	/* no list names them: whoever they are, they are not asked */
	{ "https://stranger.example.org/good", NULL,
		"{\"verdict\":\"rejected\",\"reason\":\"issuer.unknown\"", 0, 0 },
	{ GOOD "/", NULL, "{\"verdict\":\"rejected\"", 0, 0 },
	{ "https://EXAMPLE.org/good", NULL, "{\"verdict\":\"rejected\"", 0, 0 },
	{ "https://169.254.169.254/latest", NULL, "{\"verdict\":\"rejected\"", 0, 0 },
};

static void
asks_those_that_are_listed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span card = card_of(rows[i].issuer, rows[i].rid);
		unsigned before = stub_asked(bed.stub), sockets = atomic_load(&bed.sockets);
		start(true);
		ask(card);
		begins(rows[i].verdict);
		if (stub_asked(bed.stub) - before != rows[i].asked ||
			atomic_load(&bed.sockets) - sockets != rows[i].asked)
			fail_msg("%s: %u requests", rows[i].issuer, stub_asked(bed.stub) - before);
		ask(card);
		begins(rows[i].verdict);
		if (stub_asked(bed.stub) - before != rows[i].asked + rows[i].again)
			fail_msg("%s: asked again", rows[i].issuer);
		net_stop(&net);
	}
}

static void
asks_nobody_unless_allowed(void **state)
{
	unsigned before = stub_accepted(bed.stub);

	(void)state;
	start(false);
	ask(card_of(GOOD, NULL));
	begins("{\"verdict\":\"indeterminate\",\"reason\":\"issuer.keys_unavailable\"");
	assert_int_equal(stub_accepted(bed.stub), before);
	net_stop(&net);
}

enum { CROWD = 100 };

static void
a_crowd_asks_once(void **state)
{
	static struct client c[CROWD];
	char request[6000];
	unsigned before = stub_asked(bed.stub);

	(void)state;
	start(true);
	request_for(request, sizeof(request), "text/plain", card_of(GOOD, NULL));
	for (int i = 0; i < CROWD; i++) {
		client_open(&c[i], &net);
		assert_true(client_text(&c[i], request));
	}
	for (int i = 0; i < CROWD; i++) {
		client_read(&c[i], &answer);
		begins("{\"verdict\":\"verified\"");
		client_close(&c[i]);
	}
	assert_int_equal(stub_asked(bed.stub) - before, 1);
	net_stop(&net);
}

/* Of 40 lines by 4 issuers each is asked once, and all at the same time. */
static void
a_batch_asks_once(void **state)
{
	static const char *const issuers[] = { GOOD, OTHER, SILENT, "https://no.example.org" };
	static char body[65536], request[70000];
	unsigned before = stub_asked(bed.stub);
	struct span rest, line;
	int n = 0;

	(void)state;
	start(true);
	for (int i = 0; i < 40; i++) {
		struct span card = card_of(issuers[i % 4], NULL);
		n += snprintf(body + n, sizeof(body) - (size_t)n, "%.*s\n", (int)card.len,
			(const char *)card.ptr);
	}
	request_for(request, sizeof(request), "application/x-ndjson",
		(struct span){ (const uint8_t *)body, (size_t)n });
	uint64_t began = bed_clock();
	net_ask(&net, request, &answer);
	assert_int_equal(answer.status, 200);
	assert_true(bed_clock() - began < 1500);
	rest = (struct span){ answer.body, answer.len };
	for (int i = 0; i < 40; i++) {
		static const char *const verdicts[] = { "verified", "verified", "indeterminate",
			"rejected" };
		char verdict[64];
		snprintf(verdict, sizeof(verdict), "{\"verdict\":\"%s\"", verdicts[i % 4]);
		assert_true(span_split(&rest, '\n', &line));
		assert_true(span_starts(line, span_of(verdict)));
	}
	assert_int_equal(rest.len, 0);
	assert_int_equal(stub_asked(bed.stub) - before, 3);
	net_stop(&net);
}

/* The batch began when nothing was fetched; what its line lacks then came for somebody else. */
static void
a_long_batch_sees_what_others_fetched(void **state)
{
	static struct client c;
	struct span card = card_of(GOOD, NULL);
	unsigned before = stub_asked(bed.stub);
	char head[256], begun;

	(void)state;
	start(true);
	client_open(&c, &net);
	snprintf(head, sizeof(head),
		"POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n"
		"Content-Length: %zu\r\n\r\n",
		card.len + 1);
	assert_true(client_text(&c, head));
	assert_int_equal(recv(c.fd, &begun, 1, MSG_PEEK), 1); /* its answer's head */
	ask(card);
	begins("{\"verdict\":\"verified\"");
	assert_true(client_send(&c, card.ptr, card.len));
	assert_true(client_text(&c, "\n"));
	client_read(&c, &answer);
	begins("{\"verdict\":\"verified\"");
	assert_int_equal(stub_asked(bed.stub) - before, 1);
	client_close(&c);
	net_stop(&net);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_those_that_are_listed),
		cmocka_unit_test(asks_nobody_unless_allowed),
		cmocka_unit_test(a_crowd_asks_once),
		cmocka_unit_test(a_batch_asks_once),
		cmocka_unit_test(a_long_batch_sees_what_others_fetched),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
