/* test_fetching.c - a gateway that fetches what documents need: links, their files and passcodes, batches in order. */
#include "codecs/base/text.h"
#include "codecs/seal/jwe.h"
#include "tests/aid/aid.h"
#include "tests/aid/mint.h"
#include "tests/http/bed.h"
#include "tests/http/net.h"
#include "tests/shc/aid_shc.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define KEY    "0123456789abcdefghijklmnopqrstuv"
#define HEADER "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"cty\":\"application/smart-health-card\"}"
#define CANARY "4711-CANARY"

/* One world for all tests: an issuer whose key is listed, a host that links lead to, a gateway. */
static struct cards cards;
static struct bed bed;
static struct net net;
static struct policy policy;
static struct fetch_setup test;
static struct span card, manifest, jwe;
static struct answer answer;

/* --- the host of links --- */

static void
host_answers(void *arg, struct span request, struct stub_answer *a)
{
	static const char ok[] = "HTTP/1.1 200 OK\r\nConnection: close\r\n";
	struct span rest = request, method, path;

	(void)arg;
	span_split(&rest, ' ', &method);
	span_split(&rest, ' ', &path);
	path = span_slice(path, 0, span_find(path, '?'));
	*a = (struct stub_answer){ .head = ok };
	if (span_is(path, "/manifest") && span_is(method, "POST"))
		a->body = manifest;
	else if (span_is(path, "/secret") &&
		 memmem(request.ptr, request.len, CANARY, strlen(CANARY)))
		a->body = manifest;
	else if (span_is(path, "/secret"))
		*a = (struct stub_answer){ .head = "HTTP/1.1 401 x\r\nConnection: close\r\n",
			.body = SPAN_LIT("{\"remainingAttempts\":4}") };
	else if (span_is(path, "/file"))
		a->body = jwe;
	else if (span_is(path, "/slow"))
		*a = (struct stub_answer){ .head = "HTTP/1.1 503 x\r\nConnection: close\r\n",
			.delay_ms = 1000 };
	else
		a->head = "HTTP/1.1 404 x\r\nConnection: close\r\n";
}

static void
make_answers(void)
{
	struct buf b = buf_in(cards.arena, SIZE_MAX);

	card = cards_seal(
		&cards, (struct shc_recipe){ .form = SHC_JWS, .not_before = "1790000000" });
	buf_str(&b, "{\"verifiableCredential\":[");
	buf_json(&b, card);
	buf_str(&b, "]}");
	struct work w = { cards.arena, &cards.report, &cards.limits, cards.kit, CARDS_NOW };
	assert_int_equal(jwe_write(&w, SPAN_LIT(HEADER), SPAN_LIT(KEY), SPAN_LIT("twelve bytes"),
				 buf_span(&b), &jwe),
		0);
	manifest = SPAN_LIT("{\"files\":[{\"contentType\":\"application/smart-health-card\","
			    "\"location\":\"https://example.org/file\"}]}");
}

/* "shlink:/..." to that URL; more: further members of its payload, each with a comma in front. */
static const char *
link_to(const char *url, const char *more)
{
	struct buf json = buf_in(cards.arena, SIZE_MAX), b = json;

	buf_str(&json, "{\"url\":\"");
	buf_str(&json, url);
	buf_str(&json, "\",\"key\":\"");
	base64url_encode(&json, SPAN_LIT(KEY));
	buf_str(&json, "\"");
	buf_str(&json, more);
	buf_str(&json, "}");
	buf_str(&b, "shlink:/");
	base64url_encode(&b, buf_span(&json));
	buf_char(&b, '\0');
	return (const char *)buf_span(&b).ptr;
}

/* --- the gateway --- */

static void
start(bool enabled, enum policy_links links)
{
	static const struct span hosts[] = { { (const uint8_t *)"example.org", 11 } };

	policy = policy_default;
	policy.name = SPAN_LIT("default");
	policy.env = ENV_DEMO;
	policy.links = links;
	policy.link_hosts = hosts;
	policy.link_host_count = 1;
	test = (struct fetch_setup){
		.resolve = bed_resolve, .divert = bed_divert, .arg = &bed, .patience_ms = 3000
	};
	net = net_defaults();
	net.config.policies = &policy;
	net.config.policy_count = 1;
	net.config.fetch = bed.config;
	net.config.fetch.enabled = enabled;
	net.config.log = LOG_DEBUG;
	net.trust = cards.trust;
	net.fetch_ca = stub_ca(bed.stub);
	net.fetch_test = &test;
	net_start(&net);
}

static int
open_world(void **state)
{
	(void)state;
	cards_open(&cards);
	make_answers();
	bed_open_with(&bed, STUB_GOOD, host_answers);
	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	bed_close(&bed);
	cards_close(&cards);
	return 0;
}

static void
post_to(const char *target, const char *type, const char *body)
{
	char *request = malloc(65536);

	assert_non_null(request);
	snprintf(request, 65536,
		"POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: %s\r\n"
		"Content-Length: %zu\r\n\r\n%s",
		target, type, strlen(body), body);
	net_ask(&net, request, &answer);
	free(request);
}

static void
post(const char *type, const char *body)
{
	post_to("/v1/verify", type, body);
}

static void
has(const char *part)
{
	if (!strstr((const char *)answer.body, part))
		fail_msg("no %s in %s", part, (const char *)answer.body);
}

static void
begins(const char *part)
{
	if (strncmp((const char *)answer.body, part, strlen(part)) != 0)
		fail_msg("%s does not begin with %s", (const char *)answer.body, part);
}

/* --- tests --- */

static void
follows_a_link(void **state)
{
	(void)state;
	unsigned before = stub_asked(bed.stub);
	start(true, LINKS_LISTED);
	post("text/plain", link_to("https://example.org/manifest", ""));
	assert_int_equal(answer.status, 200);
	begins("{\"verdict\":\"verified\",");
	has("\"scheme\":\"");
	has("Pinguin");
	assert_int_equal(stub_asked(bed.stub) - before, 2);
	assert_int_equal(net_metric(&net, "vidimus_fetches_total{outcome=\"good\"}"), 2);
	assert_int_equal(net_metric(&net, "vidimus_fetch_waiting"), 0);
	/* it is nobody else's: the next one asks again */
	post("text/plain", link_to("https://example.org/file", ",\"flag\":\"U\""));
	begins("{\"verdict\":\"verified\",");
	post("text/plain", link_to("https://example.org/file", ",\"flag\":\"U\""));
	begins("{\"verdict\":\"verified\",");
	assert_int_equal(stub_asked(bed.stub) - before, 4);
	net_stop(&net);
}

/* A snapshot that knows the signer of containers, too. */
static struct trust *
both_trusted(struct mint *m)
{
	struct trust_file key = { SPAN_LIT("AQ.der"), cert_der(m->cert) },
			  set = { SPAN_LIT("keys"), cards_jwks(&cards) };
	const struct trust_input in[] = { { .name = SPAN_LIT("who"),
						  .env = ENV_DEMO,
						  .domain = TRUST_WHO,
						  .files = &key,
						  .file_count = 1,
						  .read_at = TIME_NONE },
		{ .name = SPAN_LIT("cards"),
			.env = ENV_DEMO,
			.domain = TRUST_SHC,
			.issuer = SPAN_LIT(CARDS_ISSUER),
			.files = &set,
			.file_count = 1,
			.read_at = TIME_NONE } };
	struct work w = { m->arena, &m->report, &cards.limits, m->kit, CARDS_NOW };
	struct trust *t;

	assert_int_equal(trust_build(&w, in, 2, &t), 0);
	return t;
}

/* The question about a container with that link in it, by this signer. */
static const char *
signed_link(struct mint *by, const char *url)
{
	struct buf claim = buf_in(cards.arena, SIZE_MAX), b = claim;

	buf_str(&claim, "\"vhlink:/");
	buf_str(&claim, &link_to(url, "")[8]); /* behind shlink:/ */
	buf_str(&claim, "\"");
	buf_char(&claim, '\0');
	buf_str(&b, "{\"at\":1796126400,\"credential\":");
	buf_json(&b, mint_text(by, (const char *)claim.ptr, (struct hcert_recipe){ .claim = 5 }));
	buf_str(&b, "}");
	buf_char(&b, '\0');
	assert_int_equal(b.error, 0);
	return (const char *)b.ptr;
}

/* In a container: that is judged first, and nobody is asked for the sake of a forged one. */
static void
follows_a_signed_link(void **state)
{
	struct mint m, stranger;
	unsigned before = stub_asked(bed.stub);

	(void)state;
	mint_open(&m, PRIVATE_P256, SIG_ES256);
	mint_open(&stranger, PRIVATE_P256, SIG_ES256);
	struct trust *kept = cards.trust, *both = both_trusted(&m);
	cards.trust = both;
	start(true, LINKS_LISTED);
	post("application/json", signed_link(&m, "https://example.org/manifest"));
	begins("{\"verdict\":\"verified\",\"at\":\"2026-12-01T12:00:00Z\",\"certificate\":{"
	       "\"verdict\":\"verified\",\"scheme\":\"vhl\",");
	has("Pinguin");
	assert_int_equal(stub_asked(bed.stub) - before, 2);
	post("application/json", signed_link(&stranger, "https://example.org/manifest"));
	begins("{\"verdict\":\"rejected\",\"reason\":\"issuer.unknown\"");
	stranger.signer.kid = m.signer.kid;
	post("application/json", signed_link(&stranger, "https://example.org/manifest"));
	begins("{\"verdict\":\"rejected\",\"reason\":\"signature.mismatch\"");
	post("application/json", signed_link(&m, "https://other.example.org/manifest"));
	begins("{\"verdict\":\"indeterminate\",\"reason\":\"link.not_allowed\"");
	post("application/x-ndjson", signed_link(&m, "https://example.org/none"));
	begins("{\"verdict\":\"rejected\",\"reason\":\"link.inactive\"");
	assert_int_equal(stub_asked(bed.stub) - before, 3);
	assert_null(strstr((char *)answer.body, "DDCCCoreDataSet"));
	post_to("/v1/verify?record=core", "application/x-ndjson",
		signed_link(&m, "https://example.org/manifest"));
	has("\"record\":{\"resourceType\":\"Bundle\",\"entry\":[]}");
	has("{\"resourceType\":\"DDCCCoreDataSet\",\"name\":\"Otto K. Pinguin\"");
	net_stop(&net);
	cards.trust = kept;
	trust_unref(both);
	mint_close(&stranger);
	mint_close(&m);
}

static const char *
card_text(void)
{
	struct buf b = buf_in(cards.arena, SIZE_MAX);

	buf_add(&b, card);
	buf_char(&b, '\0');
	assert_int_equal(b.error, 0);
	return (const char *)b.ptr;
}

static void
gives_the_core_data_set(void **state)
{
	(void)state;
	start(false, LINKS_NO);
	post_to("/v1/verify?record=core", "text/plain", card_text());
	begins("{\"verdict\":\"verified\",");
	has("\"record\":{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":"
	    "\"DDCCCoreDataSet\",");
	post_to("/v1/inspect?record=core", "application/fhir+xml",
		"<Patient xmlns=\"http://hl7.org/fhir\"><birthDate value=\"1998\"/></Patient>");
	has("\"record\":{\"resourceType\":\"Bundle\",\"entry\":[]}");
	post("text/plain", card_text());
	assert_null(strstr((char *)answer.body, "DDCCCoreDataSet"));
	net_stop(&net);
}

static void
asks_for_a_passcode(void **state)
{
	char body[1024];
	const char *link = link_to("https://example.org/secret", ",\"flag\":\"P\"");

	(void)state;
	start(true, LINKS_LISTED);
	post("text/plain", link);
	begins("{\"verdict\":\"indeterminate\",\"reason\":\"link.passcode_missing\"");
	snprintf(body, sizeof(body), "{\"credential\":\"%s\",\"passcode\":\"wrong\"}", link);
	post("application/json", body);
	begins("{\"verdict\":\"indeterminate\",\"reason\":\"link.passcode_wrong\"");
	has("\"remainingAttempts\":4");
	snprintf(body, sizeof(body),
		"{\"credential\":\"%s\",\"passcode\":\"" CANARY "\",\"recipient\":\"Border\"}",
		link);
	post("application/json", body);
	begins("{\"verdict\":\"verified\",");
	assert_null(strstr((const char *)answer.body, CANARY));
	snprintf(body, sizeof(body), "{\"credential\":\"%s\",\"passcode\":1}", link);
	post("application/json", body);
	assert_int_equal(answer.status, 400);
	net_stop(&net);
}

/* Nothing leaves the gateway unless both the section and the policy say so. */
static void
is_silent_unless_allowed(void **state)
{
	static const struct {
		bool enabled;
		enum policy_links links;
		const char *url, *reason;
	} rows[] = {
		{ false, LINKS_ANY, "https://example.org/manifest", "link.not_fetched" },
		{ true, LINKS_NO, "https://example.org/manifest", "link.not_allowed" },
		{ true, LINKS_LISTED, "https://other.example.org/manifest", "link.not_allowed" },
		{ true, LINKS_ANY, "https://loop.example.org/manifest", "link.unreachable" },
		{ true, LINKS_ANY, "https://mixed.example.org/manifest", "link.unreachable" },
		{ true, LINKS_ANY, "https://127.0.0.1/manifest", "link." },
	};

	(void)state;
	unsigned before = atomic_load(&bed.sockets);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start(rows[i].enabled, rows[i].links);
		post("text/plain", link_to(rows[i].url, ""));
		assert_int_equal(answer.status, 200);
		has(rows[i].reason);
		assert_null(strstr((const char *)answer.body, "\"verdict\":\"verified\""));
		net_stop(&net);
	}
	assert_int_equal(atomic_load(&bed.sockets), before);
}

static void
batches_stay_in_order(void **state)
{
	static char body[16384];
	int n = 0;

	(void)state;
	start(true, LINKS_LISTED);
	for (int i = 0; i < 4; i++)
		n += snprintf(body + n, sizeof(body) - (size_t)n, "%.*s\n%s\n%s\n", (int)card.len,
			(const char *)card.ptr,
			i == 2 ? link_to("https://example.org/none", "")
			       : link_to("https://example.org/manifest", ""),
			i == 1 ? "{\"credential\":1}" : "nothing");
	post("application/x-ndjson", body);
	assert_int_equal(answer.status, 200);
	struct span rest = { answer.body, answer.len }, line;
	for (int i = 0; i < 12; i++) {
		assert_true(span_split(&rest, '\n', &line));
		bool link = memmem(line.ptr, line.len, "\"files\":", 8) != NULL;
		bool good = memmem(line.ptr, line.len, "\"verdict\":\"verified\"", 20) != NULL;
		assert_int_equal(link, i % 3 == 1);
		assert_int_equal(good, i % 3 == 0 || (i % 3 == 1 && i != 7));
	}
	assert_int_equal(net_metric(&net, "vidimus_batch_lines_total"), 12);
	net_stop(&net);
}

static void
others_are_served_meanwhile(void **state)
{
	static struct client waiting[20];
	static struct client gone;
	char request[1024];
	const char *link = link_to("https://example.org/slow", "");

	(void)state;
	start(true, LINKS_LISTED);
	snprintf(request, sizeof(request),
		"POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"
		"Content-Length: %zu\r\n\r\n%s",
		strlen(link), link);
	for (int i = 0; i < 20; i++) {
		client_open(&waiting[i], &net);
		assert_true(client_text(&waiting[i], request));
	}
	client_open(&gone, &net);
	assert_true(client_text(&gone, request));
	poll(NULL, 0, 100);
	client_close(&gone);
	uint64_t began = bed_clock();
	for (int i = 0; i < 20; i++) {
		snprintf(request, sizeof(request), "%.*s", (int)card.len, (const char *)card.ptr);
		post("text/plain", request);
		begins("{\"verdict\":\"verified\"");
	}
	assert_true(bed_clock() - began < 1000);
	/* the stop finishes what is under way: those who wait are answered */
	net_stop(&net);
	for (int i = 0; i < 20; i++) {
		client_read(&waiting[i], &answer);
		assert_int_equal(answer.status, 200);
		has("\"verdict\":\"indeterminate\"");
		client_close(&waiting[i]);
	}
}

/* Addresses of links, passcodes and names stand in no log line and in no metric. */
static int
ask_secrets(void *arg)
{
	char body[1024];

	(void)arg;
	start(true, LINKS_ANY);
	snprintf(body, sizeof(body), "{\"credential\":\"%s\",\"passcode\":\"" CANARY "\"}",
		link_to("https://canary.example.org/secret", ",\"flag\":\"P\""));
	post("application/json", body);
	snprintf(body, sizeof(body), "{\"credential\":\"%s\",\"passcode\":\"" CANARY "\"}",
		link_to("https://loop.example.org/" CANARY, ",\"flag\":\"P\""));
	post("application/json", body);
	net_ask(&net, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", &answer);
	net_stop(&net);
	return 0;
}

static void
logs_nothing_of_it(void **state)
{
	struct aid_work a;
	struct span out, err;

	(void)state;
	aid_begin(&a);
	aid_capture(a.arena, ask_secrets, NULL, &out, &err);
	has("vidimus_fetches_total{outcome=\"address\"} 1\n");
	assert_null(strstr((const char *)answer.body, "example"));
	assert_null(strstr((const char *)answer.body, "CANARY"));
	assert_non_null(strstr((const char *)err.ptr, "/v1/verify"));
	assert_null(strstr((const char *)err.ptr, "example"));
	assert_null(strstr((const char *)err.ptr, "CANARY"));
	aid_end(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_a_link),
		cmocka_unit_test(follows_a_signed_link),
		cmocka_unit_test(gives_the_core_data_set),
		cmocka_unit_test(asks_for_a_passcode),
		cmocka_unit_test(is_silent_unless_allowed),
		cmocka_unit_test(batches_stay_in_order),
		cmocka_unit_test(others_are_served_meanwhile),
		cmocka_unit_test(logs_nothing_of_it),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
