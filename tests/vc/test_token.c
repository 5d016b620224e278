/* test_token.c - credentials as tokens: what claims must say, what must agree, and which texts are credentials. */
#include "tests/vc/aid_vc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define V1     "\"https://www.w3.org/2018/credentials/v1\""
#define V2     "\"https://www.w3.org/ns/credentials/v2\""
#define JWT    "{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"$M\"}"
#define VC_JWT "{\"alg\":\"EdDSA\",\"typ\":\"vc+jwt\",\"cty\":\"vc\",\"kid\":\"$M\"}"
#define BODY   "\"credentialSubject\":{\"id\":\"did:example:1\",\"n\":1}}"
#define VC1(more) \
	"\"vc\":{\"@context\":[" V1 "],\"type\":[\"VerifiableCredential\",\"X\"]," more BODY
#define VC2(more) \
	"{\"@context\":[" V2 "],\"type\":[\"VerifiableCredential\"],\"issuer\":\"$I\"," more BODY

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

static void
tokens(void **state)
{
	static const struct {
		const char *header, *payload;
		enum reason reason;
	} rows[] = {
		{ JWT, "{\"iss\":\"$I\",\"nbf\":1700000000," VC1("") "}", REASON_NONE },
		{ JWT, "{\"iss\":\"$I\",\"iat\":1700000000," VC1("") "}", REASON_NONE },
		{ JWT,
			"{\"iss\":\"$I\",\"nbf\":1700000000,\"jti\":\"urn:x\"," VC1(
				"\"id\":\"urn:x\",") "}",
			REASON_NONE },
		{ JWT,
			"{\"iss\":\"$I\",\"nbf\":1700000000,\"jti\":\"urn:y\"," VC1(
				"\"id\":\"urn:x\",") "}",
			REASON_VC_CONFLICT },
		{ JWT, "{\"iss\":\"$I\",\"nbf\":1700000000," VC1("\"issuer\":\"did:web:b\",") "}",
			REASON_VC_CONFLICT },
		{ JWT, "{\"iss\":\"$I\",\"nbf\":1700000000,\"sub\":\"did:example:2\"," VC1("") "}",
			REASON_VC_CONFLICT },
		{ JWT,
			"{\"iss\":\"$I\",\"nbf\":1700000000," VC1(
				"\"issuanceDate\":\"2023-11-14T22:13:20Z\",") "}",
			REASON_NONE },
		{ JWT,
			"{\"iss\":\"$I\",\"nbf\":1700000000," VC1(
				"\"issuanceDate\":\"2023-11-14T22:13:21Z\",") "}",
			REASON_VC_CONFLICT },
		{ JWT, "{\"iss\":\"$I\",\"nbf\":1700000000,\"exp\":1700000001," VC1("") "}",
			REASON_VALIDITY_EXPIRED },
		{ JWT, "{\"iss\":\"$I\",\"nbf\":\"1700000000\"," VC1("") "}", REASON_VC_CLAIM },
		{ JWT, "{\"iss\":\"$I\"," VC1("") "}", REASON_PROFILE_MISSING },
		{ JWT, "{\"nbf\":1700000000," VC1("") "}", REASON_VC_CLAIM },
		{ JWT, "{\"iss\":\"$I\",\"nbf\":1700000000}", REASON_VC_CLAIM },
		{ JWT, "{\"iss\":\"did:web:b\",\"nbf\":1700000000," VC1("") "}",
			REASON_ISSUER_KID_MISMATCH },
		{ "{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"did:key:other#x\"}",
			"{\"iss\":\"$I\",\"nbf\":1700000000," VC1("") "}",
			REASON_ISSUER_KEY_UNKNOWN },
		{ "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"$M\"}",
			"{\"iss\":\"$I\",\"nbf\":1700000000," VC1("") "}",
			REASON_SIGNATURE_ALGORITHM },
		{ "{\"alg\":\"none\",\"typ\":\"JWT\",\"kid\":\"$M\"}",
			"{\"iss\":\"$I\",\"nbf\":1700000000," VC1("") "}",
			REASON_SIGNATURE_ALGORITHM },
		{ VC_JWT, VC2(""), REASON_NONE },
		{ VC_JWT, VC2("\"iss\":\"did:web:b\","), REASON_VC_CONFLICT },
		{ VC_JWT, VC2("\"iss\":\"$I\",\"exp\":1700000001,"), REASON_VALIDITY_EXPIRED },
		{ VC_JWT, VC2("\"vc\":{},"), REASON_VC_CLAIM_FORBIDDEN },
		{ JWT, VC2(""), REASON_VC_MEDIA_TYPE },
		{ "{\"alg\":\"EdDSA\",\"typ\":\"vc+jwt\",\"cty\":\"vp\",\"kid\":\"$M\"}", VC2(""),
			REASON_VC_MEDIA_TYPE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum reason is = wallet_reason(&w, wallet_jwt(&w, rows[i].header, rows[i].payload));
		if (is != rows[i].reason)
			fail_msg("row %zu: %s", i, reason_code(is));
	}
}

static struct span
wrapped(const char *before, struct span inner, const char *after)
{
	struct buf b = buf_in(w.arena, 8192);

	buf_str(&b, before);
	buf_add(&b, inner);
	buf_str(&b, after);
	return buf_span(&b);
}

#define SEALED   "\"type\":\"EnvelopedVerifiableCredential\",\"id\":\""
#define ENVELOPE "{\"@context\":" V2 ",\"type\":\"EnvelopedVerifiableCredential\",\"id\":\""

static void
envelopes(void **state)
{
	struct span jwt = wallet_jwt(&w, VC_JWT, VC2(""));
	static const struct {
		const char *media;
		enum reason reason;
	} rows[] = {
		{ "data:application/vc+jwt,", REASON_NONE },
		{ "data:application/vc+sd-jwt,", REASON_VC_MEDIA_TYPE },
		{ "data:application/vc+cose;base64,", REASON_VC_MEDIA_TYPE },
		{ "data:application/vc+jwt;base64,", REASON_VC_MEDIA_TYPE },
		{ "", REASON_VC_MEDIA_TYPE },
	};
	/* the envelope's own context must define what it is */
	static const char *const contexts[] = {
		"{\"@context\":[" V2 "]," SEALED,
		"{\"@context\":\"https://www.w3.org/ns/credentials/examples/v2\"," SEALED,
		"{\"@context\":[" V1 "]," SEALED,
		"{\"@context\":{\"a\":" V2 "}," SEALED,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span url = wrapped(rows[i].media, jwt, "");
		enum reason is = wallet_reason(&w, wrapped(ENVELOPE, url, "\"}"));

		if (is != rows[i].reason)
			fail_msg("row %zu: %s", i, reason_code(is));
	}
	assert_int_equal(wallet_reason(&w, SPAN_LIT("{\"@context\":" V2 ",\"type\":"
						    "\"EnvelopedVerifiableCredential\"}")),
		REASON_VC_MEDIA_TYPE);
	for (size_t i = 0; i < sizeof(contexts) / sizeof(contexts[0]); i++) {
		struct span url = wrapped("data:application/vc+jwt,", jwt, "\"}");

		assert_int_equal(wallet_reason(&w, wrapped(contexts[i], url, "")),
			i == 0 ? REASON_NONE : REASON_VC_CONTEXT);
	}
}

/* A presentation is taken apart; what is in it is judged on its own. */
static void
presentations(void **state)
{
	struct span jwt = wallet_jwt(&w, VC_JWT, VC2(""));
	struct span envelope = wrapped(ENVELOPE "data:application/vc+jwt,", jwt, "\"}");
	struct span both = wrapped("[", envelope, ",{\"@context\":" V2 "},7]");
	struct span text = wrapped("{\"@context\":[" V2 "],\"type\":\"VerifiablePresentation\","
				   "\"verifiableCredential\":",
		both, "}");
	struct span *entries;
	size_t count;

	(void)state;
	w.work.arena = w.arena;
	assert_int_equal(engine_split(&w.work, text, &entries, &count), 0);
	assert_int_equal(count, 3);
	assert_true(span_eq(entries[0], envelope));
	assert_int_equal(wallet_reason(&w, entries[0]), REASON_NONE);
	assert_int_equal(wallet_reason(&w, entries[1]), REASON_SIGNATURE_MISSING);
	assert_int_equal(wallet_reason(&w, entries[2]), REASON_INPUT_EMPTY);
	assert_int_equal(wallet_reason(&w, text), REASON_VC_PRESENTATION);
}

/* Other schemes keep their inputs. */
static void
recognised(void **state)
{
	static const struct {
		const char *text;
		const char *codec; /* NULL: nobody's */
	} rows[] = {
		{ "{\"@context\":[" V1 "]}", "vc" },
		{ "{\"@context\":\"x\",\"type\":\"VerifiableCredential\"}", "vc" },
		{ "{\"@context\":\"x\"}", NULL },
		{ "{\"type\":\"VerifiableCredential\"}", NULL },
		/* {"alg":"ES256","zip":"DEF","typ":"JWT"} */
		{ "eyJhbGciOiJFUzI1NiIsInppcCI6IkRFRiIsInR5cCI6IkpXVCJ9.e30.AA", "shc" },
		/* {"alg":"ES256","typ":"JWT"} */
		{ "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.e30.AA", "vc" },
		{ "e30.e30.AA", NULL },
		{ "HC1:NCF", "hcert" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct codec *c = codec_detect(span_of(rows[i].text));

		if (!c != !rows[i].codec || (c && strcmp(c->name, rows[i].codec) != 0))
			fail_msg("row %zu: %s", i, c ? c->name : "none");
	}
}

/* A genuine credential of something else is no record of health, and the report says so. */
static void
says_nothing(void **state)
{
	const struct span text = wallet_jwt(
		&w, JWT, "{\"iss\":\"$I\",\"nbf\":1700000000," VC1("") "}");
	const struct finding *f;

	(void)state;
	assert_true(wallet_genuine(&w, text));
	assert_int_equal(w.report.checks[CHECK_RECORD].status, STATUS_PASS);
	for (f = w.report.findings; f && f->reason != REASON_NOTE_RECORD_EMPTY;)
		f = f->next;
	assert_non_null(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens),
		cmocka_unit_test(envelopes),
		cmocka_unit_test(presentations),
		cmocka_unit_test(recognised),
		cmocka_unit_test(says_nothing),
	};

	return cmocka_run_group_tests_name("token", tests, open_wallet, close_wallet);
}
