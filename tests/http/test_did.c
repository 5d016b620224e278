/* test_did.c - a gateway whose list names DIDs without their documents: those are asked for, once, and no others. */
#include "tests/http/bed.h"
#include "tests/http/net.h"
#include "tests/vc/aid_vc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define GOOD     "did:web:example.org:good"
#define OTHERS   "did:web:example.org:others"
#define SILENT   "did:web:example.org:silent"
#define INSIDE   "did:web:loop.example.org:good"
#define ION      "did:ion:a"
#define RESOLVER "https://resolver.example.org/1.0/identifiers/"

enum { ROOM = 4096 };

static struct wallet w;
static struct bed bed;
static struct net net;
static struct policy policy;
static struct fetch_setup test;
static struct trust *trust;
static struct span good, result, list;
static struct answer answer;

/* --- the hosts --- */

static void
host_answers(void *arg, struct span request, struct stub_answer *a)
{
	struct span rest = request, path;

	(void)arg;
	span_split(&rest, ' ', &path);
	span_split(&rest, ' ', &path);
	*a = (struct stub_answer){ .head = "HTTP/1.1 200 OK\r\nConnection: close\r\n"
					   "Content-Type: application/did+json\r\n" };
	if (span_is(path, "/good/did.json") || span_is(path, "/others/did.json"))
		a->body = good;
	else if (span_is(path, "/good/status"))
		a->body = list;
	else if (span_is(path, "/1.0/identifiers/did:ion:a"))
		a->body = result;
	else
		a->head = "HTTP/1.1 404 x\r\nConnection: close\r\n";
}

static struct span
document(const char *did, const char *before, const char *after)
{
	struct buf b = buf_in(w.arena, ROOM);
	char text[1024];

	snprintf(text, sizeof(text),
		"%s{\"id\":\"%s\",\"assertionMethod\":[{\"id\":\"#k\",\"type\":\"Multikey\","
		"\"controller\":\"%s\",\"publicKeyMultibase\":\"",
		before, did, did);
	buf_str(&b, text);
	buf_add(&b, span_from(w.did, sizeof("did:key:") - 1));
	buf_str(&b, "\"}]}");
	buf_str(&b, after);
	return buf_span(&b);
}

#define STATUS "https://example.org/good/status"

/* 16,384 bytes, of which bit 29 is set. */
#define BITS "H4sIAAAAAAACA-3BMQEAAAzDoBzzr3ky-gDVBQAAAAAAAAAAAAAAAAAAAEw9KrEGLABAAAA"

static struct span
signed_by(const char *did, const char *members)
{
	char payload[ROOM];

	snprintf(payload, sizeof(payload),
		"{\"iss\":\"%s\",\"nbf\":1700000000,\"vc\":{\"@context\":["
		"\"https://www.w3.org/2018/credentials/v1\"],%s}}",
		did, members);
	return wallet_jwt(&w, "{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"#k\"}", payload);
}

static int
open_world(void **state)
{
	struct trust_file file = { SPAN_LIT("issuers"),
		SPAN_LIT(GOOD "\n" OTHERS "\n" SILENT "\n" INSIDE "\n" ION "\n") };
	struct trust_input in = { .name = SPAN_LIT("issuers"),
		.env = ENV_DEMO,
		.domain = TRUST_VC,
		.files = &file,
		.file_count = 1,
		.read_at = TIME_NONE };

	(void)state;
	wallet_open(&w);
	good = document(GOOD, "", "");
	list = signed_by(GOOD,
		"\"id\":\"" STATUS "\",\"type\":[\"VerifiableCredential\","
		"\"BitstringStatusListCredential\"],\"credentialSubject\":{\"type\":"
		"\"BitstringStatusList\",\"statusPurpose\":\"revocation\",\"encodedList\":\"u" BITS
		"\"}");
	result = document(ION, "{\"didDocument\":", ",\"didDocumentMetadata\":{}}");
	assert_int_equal(trust_build(&w.work, &in, 1, &trust), 0);
	assert_int_equal(trust_issuer_count(trust), 5);
	bed_open_with(&bed, STUB_GOOD, host_answers);
	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	bed_close(&bed);
	trust_unref(trust);
	wallet_close(&w);
	return 0;
}

/* --- the gateway --- */

static void
start(bool enabled, size_t queue)
{
	policy = policy_default;
	policy.name = SPAN_LIT("default");
	policy.env = ENV_DEMO;
	policy.resolver = SPAN_LIT(RESOLVER);
	test = (struct fetch_setup){
		.resolve = bed_resolve, .divert = bed_divert, .arg = &bed, .patience_ms = 3000
	};
	net = net_defaults();
	net.config.http.queue = queue;
	net.config.policies = &policy;
	net.config.policy_count = 1;
	net.config.fetch = bed.config;
	net.config.fetch.enabled = enabled;
	net.trust = trust;
	net.fetch_ca = stub_ca(bed.stub);
	net.fetch_test = &test;
	net_start(&net);
}

#define CONTENT                                \
	"\"type\":[\"VerifiableCredential\"]," \
	"\"credentialSubject\":{\"id\":\"did:example:1\",\"n\":1}"
#define LISTED(index)                                                                        \
	CONTENT ",\"credentialStatus\":{\"id\":\"" STATUS "#" index                          \
		"\",\"type\":\"BitstringStatusListEntry\",\"statusPurpose\":\"revocation\"," \
		"\"statusListIndex\":\"" index "\",\"statusListCredential\":\"" STATUS "\"}"

static bool
says(const char *words)
{
	return strstr((const char *)answer.body, words) != NULL;
}

static void
post(struct span card)
{
	char request[ROOM];

	snprintf(request, sizeof(request),
		"POST /v1/verify HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"
		"Content-Length: %zu\r\n\r\n%.*s",
		card.len, (int)card.len, (const char *)card.ptr);
	net_ask(&net, request, &answer);
}

static void
ask(const char *did)
{
	post(signed_by(did, CONTENT));
	assert_int_equal(answer.status, 200);
}

#define GENUINE "{\"verdict\":\"verified\""
#define UNKNOWN "\"reason\":\"issuer.unknown\""
#define LACKS   "{\"verdict\":\"indeterminate\",\"reason\":\"issuer.keys_unavailable\""

static const struct {
	const char *did, *words;
	unsigned asked;
} rows[] = {
	{ GOOD, GENUINE, 1 },
	{ OTHERS, "{\"verdict\":\"rejected\",\"reason\":\"issuer.key_unknown\"", 1 },
	{ SILENT, LACKS, 1 },
	{ INSIDE, LACKS, 0 },
	{ ION, GENUINE, 1 },
	{ "did:web:stranger.example.org", UNKNOWN, 0 },
	{ "did:web:example.org:Good", UNKNOWN, 0 },
	{ "did:ion:b", UNKNOWN, 0 },
};

static void
asks_for_those_that_are_listed(void **state)
{
	(void)state;
	start(true, 16);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned before = stub_asked(bed.stub);
		for (int again = 0; again < 2; again++) {
			ask(rows[i].did);
			if (!says(rows[i].words))
				fail_msg("%s: %s", rows[i].did, (const char *)answer.body);
			if (stub_asked(bed.stub) - before != rows[i].asked)
				fail_msg("%s: %u requests", rows[i].did,
					stub_asked(bed.stub) - before);
		}
	}
	net_stop(&net);
}

static void
asks_nobody_unless_allowed(void **state)
{
	unsigned before = stub_accepted(bed.stub);

	(void)state;
	start(false, 16);
	ask(GOOD);
	assert_true(says(LACKS));
	ask(ION);
	assert_true(says(LACKS));
	assert_int_equal(stub_accepted(bed.stub), before);
	net_stop(&net);
}

/* Whoever has one genuine credential could have its list verified over and over: workers do that, no loop waits. */
static void
lists_are_for_workers(void **state)
{
	unsigned before = stub_asked(bed.stub);

	(void)state;
	start(true, 16);
	for (int again = 0; again < 2; again++) {
		post(signed_by(GOOD, LISTED("28")));
		assert_true(says(GENUINE));
		post(signed_by(GOOD, LISTED("29")));
		assert_true(says("{\"verdict\":\"rejected\",\"reason\":\"revocation.revoked\""));
	}
	assert_int_equal(stub_asked(bed.stub) - before, 2);
	net_stop(&net);
	start(true, 0);
	ask(GOOD);
	assert_true(says(GENUINE));
	post(signed_by(GOOD, LISTED("28")));
	assert_int_equal(answer.status, 503);
	net_ask(&net,
		"POST /credentials/verify HTTP/1.1\r\nHost: a\r\nContent-Type: "
		"application/json\r\nContent-Length: 2\r\n\r\n{}",
		&answer);
	assert_int_equal(answer.status, 503);
	ask(GOOD);
	assert_true(says(GENUINE));
	net_stop(&net);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_for_those_that_are_listed),
		cmocka_unit_test(asks_nobody_unless_allowed),
		cmocka_unit_test(lists_are_for_workers),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
