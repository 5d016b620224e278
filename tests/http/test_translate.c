/* test_translate.c - what is attested and revoked over HTTP: nothing that this very request did not verify,
 * nothing that the log does not have. */
#include "tests/http/desk.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

/* --- translate --- */

static void
what_is_verified_is_attested(void **state)
{
	int64_t before = desk_logged();

	(void)state;
	struct span text = desk_attested("shc");
	assert_true(span_starts(text, SPAN_LIT("shc:/")));
	assert_int_equal(desk_logged(), before + 1); /* before the answer, as it is here */
	desk_expect(200, "\"verdict\":\"verified\"");
	desk_expect(200, "\"loss\":");
	desk_ask("/v1/translate?to=shc", TEXT "Accept: image/svg+xml\r\n", desk_good());
	desk_expect(200, "<svg");
	assert_non_null(strstr(dw.answer.head, "Content-Type: image/svg+xml\r\n"));
	desk_ask("/v1/translate?to=shc", TEXT "Accept: image/png\r\n", desk_good());
	assert_int_equal(dw.answer.status, 200);
	assert_memory_equal(dw.answer.body, "\x89PNG", 4);
	assert_int_equal(desk_logged(), before + 3);
	/* a request that nobody may cache, unlike what is published */
	assert_non_null(strstr(dw.answer.head, "Cache-Control: no-store\r\n"));
}

static void
nothing_else_is(void **state)
{
	int64_t before = desk_logged();
	struct buf two = buf_in(dw.mint.arena, SIZE_MAX);

	(void)state;
	desk_ask("/v1/translate?to=shc", TEXT,
		desk_source(dw.now - 2 * MINT_DAY, dw.now - MINT_DAY));
	desk_expect(422, "attest.source");
	desk_expect(422, "validity.expired");
	desk_ask("/v1/translate?to=nothing", TEXT, desk_good());
	desk_expect(400, "attest.target");
	desk_ask("/v1/translate", TEXT, desk_good());
	desk_expect(400, "attest.target");
	desk_ask("/v1/translate?to=icvp", TEXT, desk_good());
	desk_expect(422, "\"loss\":");
	buf_add(&two, desk_good());
	buf_char(&two, '\n');
	buf_add(&two, desk_good());
	desk_ask("/v1/translate?to=shc", TEXT, buf_span(&two));
	desk_expect(422, "attest.several");
	desk_ask("/v1/translate?to=shc", TEXT, SPAN_LIT("shlink:/eyJ1cmwiOiJodHRwczovL2EuYi8ifQ"));
	desk_expect(422, "attest.empty");
	desk_ask("/v1/translate?to=shc", TEXT, SPAN_LIT("nonsense"));
	desk_expect(422, "format.unknown");
	desk_ask("/v1/translate?to=shc", JSON, desk_question(",\"at\":\"2030-01-01T00:00:00Z\""));
	desk_expect(400, "request.time");
	desk_ask_as(NULL, "/v1/translate?to=shc", TEXT, desk_good());
	desk_expect(401, "access.required");
	desk_ask_as("another-token-of-22-characters", "/v1/translate?to=shc", TEXT, desk_good());
	desk_expect(401, "access.token");
	assert_int_equal(desk_logged(), before);
}

/* Whose keys anybody may have, since they are for trials, vouches for nothing that we attest. */
static void
another_environment_is_not_attested(void **state)
{
	int64_t before = desk_logged();

	(void)state;
	desk_ask("/v1/verify", JSON, desk_question(",\"policy\":\"trial\""));
	desk_expect(200, "\"verdict\":\"verified\"");
	desk_ask("/v1/translate?to=shc", JSON, desk_question(",\"policy\":\"trial\""));
	desk_expect(400, "request.policy");
	assert_int_equal(desk_logged(), before);
	desk_ask("/v1/translate?to=shc", JSON, desk_question(",\"policy\":\"other\""));
	desk_expect(200, "\"attestation\":");
}

static void
counted(int64_t count)
{
	char line[96];

	snprintf(line, sizeof(line), "vidimus_access_attestations{client=\"desk\"} %d\n",
		(int)count);
	desk_get("/metrics", "");
	desk_expect(200, line);
}

/* A place in a status list is spent for ever: whoever asks for it and takes nothing has had it. */
static void
what_was_spent_is_counted(void **state)
{
	const char *at;

	(void)state;
	desk_get("/metrics", "");
	at = strstr((const char *)dw.answer.body, "vidimus_access_attestations{client=\"desk\"} ");
	assert_non_null(at);
	int64_t before = strtol(strchr(at, '}') + 1, NULL, 10);
	desk_ask("/v1/translate?to=nothing", TEXT, desk_good());
	desk_expect(400, "attest.target");
	desk_ask("/v1/translate?to=icvp", TEXT, desk_good());
	desk_expect(422, "attest.missing");
	counted(before);
	desk_ask("/v1/translate?to=vc", TEXT "Accept: image/png\r\n", desk_good());
	desk_expect(422, "attest.size");
	counted(before + 1);
}

/* --- VC-API and revocation --- */

static void
only_what_is_secured_is_issued(void **state)
{
	int64_t before = desk_logged();

	(void)state;
	desk_ask("/credentials/issue", JSON,
		SPAN_LIT("{\"credential\":{\"@context\":[\"https://www.w3.org/ns/credentials/"
			 "v2\"],\"type\":[\"VerifiableCredential\"],\"issuer\":\"did:key:z6M\","
			 "\"credentialSubject\":{\"id\":\"did:a:b\"}}}"));
	desk_expect(400, "attest.unsigned");
	desk_ask("/credentials/issue", JSON, SPAN_LIT("{\"credential\":5}"));
	desk_expect(400, "request.member");
	desk_ask("/credentials/issue", JSON, SPAN_LIT("[]"));
	desk_expect(400, "request.json");
	desk_ask("/credentials/issue", JSON, desk_question(",\"options\":{\"form\":\"shc\"}"));
	desk_expect(400, "attest.target");
	desk_ask("/credentials/issue", JSON, SPAN_LIT("{\"credential\":\"HC1:nonsense\"}"));
	desk_expect(422, "attest.source");
	desk_ask_as(NULL, "/credentials/issue", JSON, desk_question(""));
	desk_expect(401, "access.required");
	assert_int_equal(desk_logged(), before);
	desk_ask("/credentials/issue", JSON, desk_question(""));
	desk_expect(201, "{\"verifiableCredential\":{\"@context\"");
	desk_ask("/credentials/issue", JSON, desk_question(",\"options\":{\"form\":\"vc-jwt\"}"));
	desk_expect(201, "EnvelopedVerifiableCredential");
	desk_ask("/credentials/issue", JSON,
		desk_question(",\"options\":{\"form\":\"vc-jwt-1.1\"}"));
	desk_expect(201, "{\"verifiableCredential\":\"eyJ");
	assert_int_equal(desk_logged(), before + 3);
}

static void
bad_revocations_are_refused(void **state)
{
	(void)state;
	assert_true(desk_attested("vc").len > 0);
	desk_take_back("/v1/revoke", dw.id, ",\"reason\":7");
	desk_expect(400, "request.member");
	desk_take_back("/v1/revoke", "abc", "");
	desk_expect(400, "request.member");
	desk_ask("/v1/revoke", JSON, SPAN_LIT("{\"id\":null}"));
	desk_expect(400, "request.member");
	desk_take_back("/v1/revoke", "00000000-0000-0000-0000-000000000000", "");
	desk_expect(404, "revoke.unknown");
	desk_take_back("/credentials/status", dw.id, ",\"status\":false");
	desk_expect(400, "request.member");
	desk_take_back(
		"/credentials/status", dw.id, ",\"statusPurpose\":\"suspension\",\"status\":true");
	desk_expect(400, "request.member");
	desk_take_back("/credentials/status", dw.id, ",\"credentialStatus\":[{},{}]");
	desk_expect(400, "request.member");
}

/* --- a log that fails --- */

/* The disk is full, as far as this process goes: nothing leaves, verifying goes on, and afterwards all is well. */
static void
a_full_disk_lets_nothing_out(void **state)
{
	const struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY }, small = { 0, RLIM_INFINITY };
	int64_t before = desk_logged();

	(void)state;
	assert_true(desk_attested("vc").len > 0);
	before++;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	desk_ask("/v1/translate?to=shc", TEXT, desk_good());
	static struct answer refused, kept, verified;
	refused = dw.answer;
	desk_take_back("/v1/revoke", dw.id, "");
	kept = dw.answer;
	desk_ask("/v1/verify", TEXT, desk_good());
	verified = dw.answer;
	setrlimit(RLIMIT_FSIZE, &none);
	assert_int_equal(verified.status, 200);
	assert_true(refused.status == 507 || refused.status == 503);
	assert_null(strstr((const char *)refused.body, "shc:/"));
	assert_true(kept.status == 507 || kept.status == 503);
	assert_null(strstr((const char *)kept.body, REVOKED));
	assert_int_equal(desk_logged(), before);
	struct span text = SPAN_NONE;
	for (int tries = 0; !text.ptr && tries < 500; tries++, poll(NULL, 0, 20))
		text = desk_attested("shc");
	assert_true(text.len > 0);
	assert_int_equal(desk_logged(), before + 1);
}

static void
without_a_desk_there_is_nothing(void **state)
{
	static const char *const paths[] = { "/trustlist", "/status/1", "/.well-known/did.json" };
	struct net own = net_defaults();

	(void)state;
	net_start(&own);
	for (size_t i = 0; i < 3; i++) {
		char text[128];
		snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", paths[i]);
		net_ask(&own, text, &dw.answer);
		desk_expect(404, "attest.off");
	}
	net_stop(&own);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_verified_is_attested),
		cmocka_unit_test(nothing_else_is),
		cmocka_unit_test(another_environment_is_not_attested),
		cmocka_unit_test(what_was_spent_is_counted),
		cmocka_unit_test(only_what_is_secured_is_issued),
		cmocka_unit_test(bad_revocations_are_refused),
		cmocka_unit_test(a_full_disk_lets_nothing_out),
		cmocka_unit_test(without_a_desk_there_is_nothing),
	};

	return cmocka_run_group_tests(tests, desk_world_open, desk_world_close);
}
