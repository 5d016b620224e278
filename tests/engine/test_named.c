/* test_named.c - issuers that a list names by their DID alone: whose documents are asked for, what counts of them. */
#include "tests/vc/aid_vc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { DAY = 86400, ROOM = 1 << 14 };

#define WEB      "did:web:issuer.example"
#define URL      "https://issuer.example/.well-known/did.json"
#define ION      "did:ion:E%3A1"
#define RESOLVER "https://resolver.example/1.0/identifiers/"
#define ASKED    RESOLVER "did:ion:E%253A1"
#define NAME     "https://issuer.example/"
#define V1       "\"https://www.w3.org/2018/credentials/v1\""

static struct wallet w;

static int
open_wallet(void **state)
{
	(void)state;
	wallet_open(&w);
	return 0;
}

static int
close_wallet(void **state)
{
	(void)state;
	wallet_close(&w);
	return 0;
}

/* $K: our public key in multibase. */
static struct span
fill(const char *text)
{
	struct buf b = buf_in(w.arena, ROOM);

	for (; *text; text++)
		if (text[0] == '$' && text[1] == 'K') {
			buf_add(&b, span_from(w.did, sizeof("did:key:") - 1));
			text++;
		} else {
			buf_char(&b, *text);
		}
	return b.len > 0 ? buf_span(&b) : SPAN_LIT("");
}

static struct span
credential(const char *issuer, const char *kid)
{
	char *header = (char *)arena_bytes(w.arena, ROOM),
	     *payload = (char *)arena_bytes(w.arena, ROOM);

	snprintf(header, ROOM, "{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"%s\"}", kid);
	snprintf(payload, ROOM,
		"{\"iss\":\"%s\",\"nbf\":1700000000,\"vc\":{\"@context\":[" V1 "],\"type\":"
		"[\"VerifiableCredential\",\"X\"],\"credentialSubject\":{\"id\":\"did:example:1\","
		"\"n\":1}}}",
		issuer);
	return wallet_jwt(&w, header, payload);
}

/* What was fetched on account of which issuer, for which DID; text NULL: nothing could be had. */
struct answer {
	const char *issuer, *did, *url, *text;
	int64_t age;
};

struct row {
	const char *list, *issuer, *kid, *resolver;
	struct answer answer; /* issuer NULL: nothing was asked for yet */
	enum reason reason;
	const char *need; /* the only one; NULL: none */
	int64_t max_age; /* of the list, which is a day old */
};

static struct trust *
trust_of(const struct row *r)
{
	struct trust_file file = { SPAN_LIT("issuers"), fill(r->list) };
	struct trust_input in = { .name = SPAN_LIT("issuers"),
		.kind = SPAN_LIT("did"),
		.env = ENV_DEMO,
		.domain = TRUST_VC,
		.files = &file,
		.file_count = 1,
		.max_age = r->max_age,
		.read_at = WALLET_NOW - DAY };
	struct trust *t;

	assert_int_equal(trust_build(&w.work, &in, 1, &t), 0);
	assert_null(trust_source_at(t, 0)->fault);
	return t;
}

static struct web *
web_of(const struct answer *a)
{
	struct web_item item = { .need = { .kind = NEED_DID_DOCUMENT,
					 .scope = { ENV_DEMO, TRUST_VC },
					 .issuer = span_of(a->issuer),
					 .kid = span_of(a->did),
					 .url = span_of(a->url) },
		.state = a->text ? WEB_GOOD : WEB_UNREACHABLE,
		.bytes = a->text ? fill(a->text) : SPAN_NONE,
		.at = WALLET_NOW - a->age,
		.until = WALLET_NOW + DAY };
	struct web *web = NULL;

	assert_int_equal(web_with(&w.work, NULL, &item, a->issuer ? 1 : 0, &web), 0);
	return web;
}

static enum reason
first_reason(void)
{
	for (int i = 0; i < CHECK_COUNT; i++)
		if (i != CHECK_RECORD && w.report.checks[i].status != STATUS_PASS)
			return w.report.checks[i].reason;
	return REASON_NONE;
}

static void
ask(size_t index, const struct row *r)
{
	w.work.arena = w.arena;
	w.policy.resolver = span_of(r->resolver);
	struct trust *t = trust_of(r);
	struct web *web = web_of(&r->answer);
	struct verify v = {
		.input = credential(r->issuer, r->kid), .trust = t, .policy = &w.policy, .web = web
	};

	assert_int_equal(engine_verify(&w.work, &v), 0);
	if (first_reason() != r->reason)
		fail_msg("row %zu: %s", index, reason_code(first_reason()));
	if (v.need_count != (r->need != NULL))
		fail_msg("row %zu: %zu needs", index, v.need_count);
	if (r->need) {
		assert_int_equal(v.needs[0].kind, NEED_DID_DOCUMENT);
		assert_true(span_is(v.needs[0].url, r->need));
		assert_true(span_is(v.needs[0].issuer, r->issuer));
	}
	web_unref(web);
	trust_unref(t);
}

/* clang-format off */
#define METHOD(id, who, more) \
	"{\"id\":\"" id "\",\"type\":\"Multikey\",\"controller\":\"" who "\"," more "\"publicKeyMultibase\":\"$K\"}"
#define DOCUMENT(did, methods) \
	"{\"id\":\"" did "\",\"verificationMethod\":[" methods "],\"assertionMethod\":[\"#k\"]}"
#define GOOD(did) DOCUMENT(did, METHOD("#k", did, ""))
#define RESULT(doc, metadata) \
	"{\"didDocument\":" doc ",\"didResolutionMetadata\":{},\"didDocumentMetadata\":{" metadata "}}"
#define GOT(text) { WEB, WEB, URL, text, 0 }
#define OLD(text) { WEB, WEB, URL, text, WEB_PATIENCE + 1 }
#define FROM(text) { ION, ION, ASKED, text, 0 }
#define NOTHING { 0 }

static const struct row rows[] = {
	/* only on account of a list */
	{ "did:web:other.example", WEB, WEB "#k", NULL, NOTHING, REASON_ISSUER_UNKNOWN, NULL, 0 },
	{ "did:web:other.example", WEB, WEB "#k", NULL, GOT(GOOD(WEB)), REASON_ISSUER_UNKNOWN, NULL, 0 },
	{ "did:web:other.example", ION, ION "#k", RESOLVER, NOTHING, REASON_ISSUER_UNKNOWN, NULL, 0 },
	{ WEB, WEB, "did:web:other.example#k", NULL, NOTHING, REASON_ISSUER_KEY_UNKNOWN, NULL, 0 },
	{ WEB, "did:web:other.example", WEB "#k", NULL, GOT(GOOD(WEB)), REASON_ISSUER_UNKNOWN, NULL, 0 },
	{ WEB, WEB ":a", WEB ":a#k", NULL, NOTHING, REASON_ISSUER_UNKNOWN, NULL, 0 },
	/* asked for, and not had */
	{ WEB, WEB, WEB "#k", NULL, NOTHING, REASON_ISSUER_KEYS_UNAVAILABLE, URL, 0 },
	{ WEB, WEB, "#k", NULL, NOTHING, REASON_ISSUER_KEYS_UNAVAILABLE, URL, 0 },
	{ WEB, WEB, WEB "#k", NULL, GOT(NULL), REASON_ISSUER_KEYS_UNAVAILABLE, NULL, 0 },
	/* had */
	{ WEB, WEB, WEB "#k", NULL, GOT(GOOD(WEB)), REASON_NONE, NULL, 0 },
	{ WEB, WEB, "#k", NULL, OLD(GOOD(WEB)), REASON_NONE, NULL, 0 },
	{ WEB, WEB, WEB "#l", NULL, GOT(GOOD(WEB)), REASON_ISSUER_KEY_UNKNOWN, NULL, 0 },
	{ WEB, WEB, WEB "#l", NULL, OLD(GOOD(WEB)), REASON_ISSUER_KEYS_UNAVAILABLE, URL, 0 },
	/* which keys count: named for assertions, by whom they are of, in time */
	{ WEB, WEB, WEB "#j", NULL, GOT(DOCUMENT(WEB, METHOD("#j", WEB, ""))), REASON_ISSUER_KEY_UNKNOWN, NULL, 0 },
	{ WEB, WEB, WEB "#k", NULL, GOT(DOCUMENT(WEB, METHOD("#k", "did:web:other.example", ""))),
		REASON_ISSUER_KEY_UNKNOWN, NULL, 0 },
	{ WEB, WEB, WEB "#k", NULL, GOT(DOCUMENT(WEB, METHOD("#k", WEB, "\"revoked\":\"2026-01-01T00:00:00Z\","))),
		REASON_VALIDITY_KEY_EXPIRED, NULL, 0 },
	{ WEB, WEB, WEB "#k", NULL, GOT("{\"deactivated\":true,\"id\":\"" WEB "\",\"assertionMethod\":["
		METHOD("#k", WEB, "") "]}"), REASON_ISSUER_KEY_UNKNOWN, NULL, 0 },
	/* what is no document of that DID has none */
	{ WEB, WEB, WEB "#k", NULL, GOT(GOOD("did:web:other.example")), REASON_ISSUER_KEY_UNKNOWN, NULL, 0 },
	{ WEB, WEB, WEB "#k", NULL, GOT("<html>"), REASON_ISSUER_KEY_UNKNOWN, NULL, 0 },
	{ WEB, WEB, WEB "#k", NULL, GOT("did:key:$K\n"), REASON_ISSUER_KEY_UNKNOWN, NULL, 0 },
	{ WEB, WEB, "$M", NULL, GOT("did:key:$K\n"), REASON_ISSUER_KEY_UNKNOWN, NULL, 0 },
	/* a document at hand is all there is */
	{ GOOD(WEB), WEB, WEB "#k", NULL, NOTHING, REASON_NONE, NULL, 0 },
	{ GOOD(WEB), WEB, WEB "#l", NULL, NOTHING, REASON_ISSUER_KEY_UNKNOWN, NULL, 0 },
	/* an issuer of another name */
	{ NAME " " WEB, NAME, WEB "#k", NULL, NOTHING, REASON_ISSUER_KEYS_UNAVAILABLE, URL, 0 },
	{ NAME " " WEB, NAME, WEB "#k", NULL, { NAME, WEB, URL, GOOD(WEB), 0 }, REASON_NONE, NULL, 0 },
	{ NAME " " WEB, NAME, WEB "#k", NULL, GOT(GOOD(WEB)), REASON_ISSUER_KEYS_UNAVAILABLE, URL, 0 },
	{ NAME " " WEB, WEB, WEB "#k", NULL, GOT(GOOD(WEB)), REASON_ISSUER_UNKNOWN, NULL, 0 },
	/* no URL can be made of it */
	{ "did:web:issuer.example:", "did:web:issuer.example:", "#k", RESOLVER, NOTHING,
		REASON_ISSUER_KEYS_UNAVAILABLE, NULL, 0 },
	/* other methods, where there is a resolver */
	{ ION, ION, ION "#k", NULL, NOTHING, REASON_ISSUER_KEYS_UNAVAILABLE, NULL, 0 },
	{ ION, ION, ION "#k", RESOLVER, NOTHING, REASON_ISSUER_KEYS_UNAVAILABLE, ASKED, 0 },
	{ WEB, WEB, WEB "#k", RESOLVER, NOTHING, REASON_ISSUER_KEYS_UNAVAILABLE, URL, 0 },
	{ ION, ION, ION "#k", RESOLVER, FROM(GOOD(ION)), REASON_NONE, NULL, 0 },
	{ ION, ION, ION "#k", RESOLVER, FROM(RESULT(GOOD(ION), "")), REASON_NONE, NULL, 0 },
	{ ION, ION, ION "#k", RESOLVER, FROM(RESULT(GOOD(ION), "\"deactivated\":true")),
		REASON_ISSUER_KEY_UNKNOWN, NULL, 0 },
	{ ION, ION, ION "#k", RESOLVER, FROM(RESULT(GOOD(WEB), "")), REASON_ISSUER_KEY_UNKNOWN, NULL, 0 },
	{ ION, ION, ION "#k", RESOLVER, FROM(RESULT("null", "")), REASON_ISSUER_KEY_UNKNOWN, NULL, 0 },
	{ ION, ION, ION "#k", NULL, FROM(GOOD(ION)), REASON_ISSUER_KEYS_UNAVAILABLE, NULL, 0 },
	/* a list too old to say who counts */
	{ WEB, WEB, WEB "#k", NULL, GOT(GOOD(WEB)), REASON_TRUST_STALE, NULL, DAY - 1 },
	{ WEB, WEB, WEB "#k", NULL, GOT(GOOD(WEB)), REASON_NONE, NULL, DAY },
};
/* clang-format on */

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ask(i, &rows[i]);
}

/* --- lists of withdrawn credentials --- */

#define STATUS "https://issuer.example/status"
#define LISTED                                                                           \
	"\"credentialStatus\":{\"type\":\"BitstringStatusListEntry\",\"statusPurpose\":" \
	"\"revocation\",\"statusListIndex\":\"1\",\"statusListCredential\":\"" STATUS "\"},"
#define LIST                                                                                 \
	"{\"@context\":[\"https://www.w3.org/ns/credentials/v2\"],\"type\":["                \
	"\"VerifiableCredential\",\"BitstringStatusListCredential\"],\"id\":\"" STATUS "\"," \
	"\"issuer\":\"" NAME "\",\"credentialSubject\":{\"type\":\"BitstringStatusList\","   \
	"\"statusPurpose\":\"revocation\",\"encodedList\":\"u\"}}"
#define CREDENTIAL                                                            \
	"{\"@context\":[\"https://www.w3.org/ns/credentials/v2\"],\"type\":[" \
	"\"VerifiableCredential\"],\"issuer\":\"" NAME "\"," LISTED           \
	"\"credentialSubject\":{\"id\":\"did:example:1\"}}"
#define OPTIONS                                                                \
	"{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-jcs-2022\"," \
	"\"verificationMethod\":\"%s\",\"proofPurpose\":\"assertionMethod\"}"

static struct span
proved(const char *document, const char *method)
{
	char *options = (char *)arena_bytes(w.arena, ROOM);

	snprintf(options, ROOM, OPTIONS, method);
	return wallet_jcs(&w, document, options);
}

static struct web_item
item(enum need_kind kind, const char *did, const char *url, struct span bytes)
{
	return (struct web_item){ .need = { .kind = kind,
					  .scope = { ENV_DEMO, TRUST_VC },
					  .issuer = SPAN_LIT(NAME),
					  .kid = span_of(did),
					  .url = span_of(url) },
		.bytes = bytes,
		.at = WALLET_NOW,
		.until = WALLET_NOW + DAY };
}

/* The list is under another of the issuer's DIDs: that one's document is asked for, too, and then the list is read. */
static void
test_status(void **state)
{
	static const struct row lines = { .list = NAME " " WEB "\n" NAME
						       " did:web:status.example" };
	struct web_item items[] = {
		item(NEED_DID_DOCUMENT, WEB, URL, fill(GOOD(WEB))),
		item(NEED_STATUS, NULL, STATUS, proved(LIST, "did:web:status.example#k")),
		item(NEED_DID_DOCUMENT, "did:web:status.example",
			"https://status.example/.well-known/did.json",
			fill(GOOD("did:web:status.example"))),
	};
	static const enum reason reasons[] = { REASON_ISSUER_KEYS_UNAVAILABLE,
		REASON_REVOCATION_NO_ANSWER, REASON_STATUS_UNTRUSTED, REASON_STATUS_DAMAGED };
	struct trust *t = trust_of(&lines);

	(void)state;
	for (size_t n = 0; n <= 3; n++) {
		struct verify v = {
			.input = proved(CREDENTIAL, WEB "#k"), .trust = t, .policy = &w.policy
		};
		struct web *web = NULL;
		assert_int_equal(web_with(&w.work, NULL, items, n, &web), 0);
		v.web = web;
		assert_int_equal(engine_verify(&w.work, &v), 0);
		if (first_reason() != reasons[n])
			fail_msg("%zu answers: %s", n, reason_code(first_reason()));
		assert_int_equal(v.need_count, n < 3);
		if (n < 3)
			assert_true(span_eq(v.needs[0].url, items[n].need.url));
		web_unref(web);
	}
	trust_unref(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_status),
	};

	return cmocka_run_group_tests(tests, open_wallet, close_wallet);
}
