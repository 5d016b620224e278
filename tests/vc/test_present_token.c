/* test_present_token.c - presentations by their holder: as JSON, as tokens, and as SD-JWT with a key binding. */
#include "tests/vc/aid_vc.h"

#include "codecs/base/text.h"
#include "codecs/seal/digest.h"
#include "gateway/engine/presentation.h"
#include "tests/aid/oom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define V1        "\"https://www.w3.org/2018/credentials/v1\""
#define V2        "\"https://www.w3.org/ns/credentials/v2\""
#define JWT       "{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"$M\"}"
#define VP_JWT    "{\"alg\":\"EdDSA\",\"typ\":\"vp+jwt\",\"cty\":\"vp\",\"kid\":\"$M\"}"
#define VP_SD     "{\"alg\":\"EdDSA\",\"typ\":\"vp+sd-jwt\",\"kid\":\"$M\"}"
#define VC_SD     "{\"alg\":\"EdDSA\",\"typ\":\"vc+sd-jwt\",\"kid\":\"$M\"}"
#define KB        "{\"alg\":\"EdDSA\",\"typ\":\"kb+jwt\"}"
#define VP(more)  "\"@context\":[" V2 "],\"type\":\"VerifiablePresentation\"" more
#define VP1(more) "\"vp\":{\"@context\":[" V1 "],\"type\":\"VerifiablePresentation\"" more "}"
#define ASKED     ",\"nonce\":\"n\",\"aud\":\"https://v.example\""

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

/* The first reason of a row that did not pass. */
static enum reason
judged(struct span input, const char *challenge, const char *domain)
{
	struct presentation p = { .input = input,
		.asked = { span_of(challenge), span_of(domain) },
		.trust = w.trust,
		.policy = &w.policy };

	w.work.arena = w.arena;
	assert_int_equal(engine_presentation(&w.work, &p), 0);
	return report_reason(&w.report);
}

/* --- tokens --- */

static const struct token_row {
	const char *header, *payload, *challenge, *domain;
	enum reason reason;
} rows[] = {
	{ VP_JWT, "{" VP(",\"holder\":\"$I\"") ASKED "}", NULL, NULL, REASON_NONE },
	{ VP_JWT, "{" VP(",\"holder\":\"$I\"") ASKED "}", "n", "https://v.example", REASON_NONE },
	{ VP_JWT, "{" VP(",\"holder\":\"$I\"") ASKED "}", "m", NULL, REASON_VC_CHALLENGE },
	{ VP_JWT, "{" VP(",\"holder\":\"$I\"") ASKED "}", "n", "https://u.example",
		REASON_VC_DOMAIN },
	{ VP_JWT, "{" VP(",\"holder\":\"$I\"") ",\"aud\":[\"a\",\"b\"]}", NULL, "b", REASON_NONE },
	{ VP_JWT, "{" VP(",\"holder\":\"$I\"") "}", "n", NULL, REASON_VC_CHALLENGE },
	{ VP_JWT, "{" VP(",\"holder\":\"$I\"") "}", NULL, "d", REASON_VC_DOMAIN },
	/* who */
	{ VP_JWT, "{" VP("") "}", NULL, NULL, REASON_NONE },
	{ VP_JWT, "{" VP(",\"iss\":\"$I\"") "}", NULL, NULL, REASON_NONE },
	{ VP_JWT, "{" VP(",\"holder\":\"did:example:x\",\"iss\":\"$I\"") "}", NULL, NULL,
		REASON_VC_CONFLICT },
	{ VP_JWT, "{" VP(",\"holder\":\"did:example:x\"") "}", NULL, NULL, REASON_VC_HOLDER_KEY },
	{ "{\"alg\":\"EdDSA\",\"typ\":\"vp+jwt\"}", "{" VP("") "}", NULL, NULL,
		REASON_ISSUER_NO_KID },
	/* when */
	{ VP_JWT, "{" VP(",\"holder\":\"$I\",\"exp\":1700000000") "}", NULL, NULL,
		REASON_VALIDITY_EXPIRED },
	{ VP_JWT, "{" VP(",\"holder\":\"$I\",\"iat\":1900000000") "}", NULL, NULL,
		REASON_VALIDITY_NOT_YET },
	/* what */
	{ "{\"alg\":\"EdDSA\",\"typ\":\"vc+jwt\",\"kid\":\"$M\"}", "{" VP("") "}", NULL, NULL,
		REASON_VC_MEDIA_TYPE },
	{ VP_JWT,
		"{\"@context\":[" V2 "],\"type\":\"VerifiableCredential\",\"issuer\":\"$I\","
		"\"credentialSubject\":{\"a\":1}}",
		NULL, NULL, REASON_VC_MEDIA_TYPE },
	{ VP_JWT, "{" VP(",\"verifiableCredential\":[\"x\"]") "}", NULL, NULL,
		REASON_PROFILE_TYPE },
	/* of the 1.1 model */
	{ JWT, "{\"iss\":\"$I\"," VP1("") ASKED "}", "n", "https://v.example", REASON_NONE },
	{ JWT, "{\"iss\":\"$I\"," VP1("") "}", "n", NULL, REASON_VC_CHALLENGE },
	{ JWT, "{\"iss\":\"$I\"," VP1(",\"holder\":\"did:example:x\"") "}", NULL, NULL,
		REASON_VC_CONFLICT },
	{ JWT,
		"{\"iss\":\"$I\",\"vc\":{\"@context\":[" V1 "],\"type\":[\"VerifiableCredential\"],"
		"\"credentialSubject\":{\"a\":1}}}",
		NULL, NULL, REASON_VC_TYPE },
};

static struct span
enveloped_by(const char *context, const char *media, struct span text)
{
	struct buf b = buf_in(w.arena, SIZE_MAX);

	buf_str(&b, "{\"@context\":");
	buf_str(&b, context);
	buf_str(&b, ",\"type\":\"EnvelopedVerifiablePresentation\","
		    "\"id\":\"data:application/");
	buf_str(&b, media);
	buf_add(&b, text);
	buf_str(&b, "\"}");
	return buf_span(&b);
}

static struct span
enveloped(const char *media, struct span text)
{
	return enveloped_by(V2, media, text);
}

/* An envelope holds one presentation, and of which kind it says. */
static void
envelopes(void **state)
{
	static const char *const others[] = { "vc+jwt,", "vp+jwt;base64,", "vp+cose;base64,",
		"vp+jwt", "json,", "vp+," };
	struct span good = wallet_jwt(&w, rows[0].header, rows[0].payload);

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(
			judged(enveloped(others[i], good), NULL, NULL), REASON_VC_MEDIA_TYPE);
	assert_int_equal(judged(enveloped("vp+jwt,", SPAN_NONE), NULL, NULL), REASON_VC_MEDIA_TYPE);
	assert_int_equal(
		judged(SPAN_LIT("{\"type\":\"EnvelopedVerifiablePresentation\"}"), NULL, NULL),
		REASON_VC_MEDIA_TYPE);
	assert_int_equal(judged(enveloped_by(V2, "vp+jwt,", good), NULL, NULL), REASON_NONE);
	assert_int_equal(judged(enveloped_by(V1, "vp+jwt,", good), NULL, NULL), REASON_VC_CONTEXT);
	assert_int_equal(
		judged(enveloped_by("[]", "vp+jwt,", good), NULL, NULL), REASON_VC_CONTEXT);
}

static void
tokens(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct token_row *row = &rows[i];
		struct span text = wallet_jwt(&w, row->header, row->payload);
		enum reason is = judged(text, row->challenge, row->domain);

		if (is != row->reason)
			fail_msg("row %zu: %s", i, reason_code(is));
		text = enveloped("vp+jwt,", text);
		if (judged(text, row->challenge, row->domain) != is)
			fail_msg("row %zu, enveloped", i);
		/* it never is a credential */
		assert_false(wallet_genuine(&w, text));
		assert_false(wallet_genuine(&w, wallet_jwt(&w, row->header, row->payload)));
	}
}

/* Its last character but two, which holds whole bits of the signature. */
static struct span
altered(struct span text)
{
	struct span copy = arena_copy(w.arena, text);
	uint8_t *p = (uint8_t *)(uintptr_t)copy.ptr;

	p[copy.len - 5] = p[copy.len - 5] == 'A' ? 'B' : 'A';
	return copy;
}

static void
forged(void **state)
{
	struct span text = wallet_jwt(&w, VP_JWT, "{" VP(",\"holder\":\"$I\"") "}");

	(void)state;
	assert_int_equal(judged(text, NULL, NULL), REASON_NONE);
	assert_int_equal(judged(altered(text), NULL, NULL), REASON_SIGNATURE_MISMATCH);
	assert_int_equal(judged(SPAN_LIT("x"), NULL, NULL), REASON_JWS_STRUCTURE);
	assert_int_equal(judged(SPAN_LIT(""), NULL, NULL), REASON_JWS_STRUCTURE);
}

static struct span
joined(struct span a, const char *between, struct span b)
{
	struct buf out = buf_in(w.arena, 16384);

	buf_add(&out, a);
	buf_str(&out, between);
	buf_add(&out, b);
	return buf_span(&out);
}

static struct span
digest(struct span text)
{
	struct buf b = buf_in(w.arena, 64);
	uint8_t hash[32];

	assert_int_equal(digest_of(w.kit, DIGEST_SHA256, text, hash), 0);
	base64url_encode(&b, (struct span){ hash, sizeof(hash) });
	return buf_span(&b);
}

static const char *
text_of(struct span s)
{
	return (const char *)arena_copy(w.arena, s).ptr;
}

/* Credentials in tokens are told apart as those in JSON are; one may be disclosed as a whole. */
static void
splits(void **state)
{
	struct span *entries, disclosure;
	struct buf b = buf_in(w.arena, 512);
	size_t count = 0;
	char payload[512];

	(void)state;
	w.work.arena = w.arena;
	struct span text = wallet_jwt(
		&w, VP_JWT, "{" VP(",\"verifiableCredential\":[{\"id\":\"a\"},{\"b\":1}]") "}");
	assert_int_equal(engine_split(&w.work, text, &entries, &count), 0);
	assert_int_equal(count, 2);
	assert_true(span_is(entries[1], "{\"b\":1}"));
	text = wallet_jwt(
		&w, JWT, "{\"iss\":\"$I\"," VP1(",\"verifiableCredential\":\"a.b.c\"") "}");
	assert_int_equal(engine_split(&w.work, text, &entries, &count), 0);
	assert_int_equal(count, 1);
	assert_true(span_is(entries[0], "a.b.c"));
	base64url_encode(&b, SPAN_LIT("[\"salt\",{\"id\":\"a\"}]"));
	disclosure = buf_span(&b);
	(void)snprintf(payload, sizeof(payload),
		"{" VP(",\"verifiableCredential\":[{\"...\":\"%s\"},{\"b\":1}]") "}",
		text_of(digest(disclosure)));
	text = joined(joined(wallet_jwt(&w, VP_SD, payload), "~", disclosure), "~", SPAN_LIT(""));
	assert_int_equal(engine_split(&w.work, text, &entries, &count), 0);
	assert_int_equal(count, 2);
	assert_true(span_is(entries[0], "{\"id\":\"a\"}"));
	assert_int_equal(judged(text, NULL, NULL), REASON_VC_CONTEXT); /* of what is in it */
}

/* --- SD-JWT and key binding --- */

/* The wallet's key is the holder's, too. */
static struct span
bound_credential(const char *confirmed)
{
	struct buf b = buf_in(w.arena, 512);
	struct span spki;
	char payload[768];

	assert_int_equal(private_spki(w.key, w.arena, &spki), 0);
	base64url_encode(&b, span_from(spki, spki.len - 32));
	(void)snprintf(payload, sizeof(payload),
		"{\"@context\":[" V2 "],\"type\":\"VerifiableCredential\",\"issuer\":\"$I\","
		"\"credentialSubject\":{\"a\":1},\"cnf\":{\"%s\":{\"kty\":\"OKP\","
		"\"crv\":\"Ed25519\",\"x\":\"%s\"}}}",
		confirmed, text_of(buf_span(&b)));
	return joined(wallet_jwt(&w, VC_SD, payload), "~", SPAN_LIT(""));
}

static struct span
with_binding(struct span credential, const char *header, const char *claims)
{
	char payload[512];

	(void)snprintf(payload, sizeof(payload), "{%s,\"sd_hash\":\"%s\"}", claims,
		text_of(digest(credential)));
	return joined(credential, "", wallet_jwt(&w, header, payload));
}

#define CLAIMS "\"iat\":1790000000,\"nonce\":\"n\",\"aud\":\"d\""

static void
bindings(void **state)
{
	static const struct {
		const char *header, *claims, *challenge;
		enum reason reason;
	} kinds[] = {
		{ KB, CLAIMS, "n", REASON_NONE },
		{ KB, CLAIMS, "m", REASON_VC_CHALLENGE },
		{ JWT, CLAIMS, "n", REASON_VC_KEY_BINDING },
		{ KB, "\"iat\":\"1790000000\",\"nonce\":\"n\",\"aud\":\"d\"", "n",
			REASON_VC_KEY_BINDING },
		{ KB, "\"iat\":1790000000,\"aud\":\"d\"", NULL, REASON_VC_KEY_BINDING },
		{ KB, "\"iat\":1790000000,\"nonce\":\"n\"", NULL, REASON_VC_KEY_BINDING },
		{ KB, "\"iat\":1990000000,\"nonce\":\"n\",\"aud\":\"d\"", "n",
			REASON_VALIDITY_NOT_YET },
		{ "{\"alg\":\"none\",\"typ\":\"kb+jwt\"}", CLAIMS, "n",
			REASON_SIGNATURE_ALGORITHM },
	};
	struct span credential = bound_credential("jwk");

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct span text = with_binding(credential, kinds[i].header, kinds[i].claims);
		enum reason is = judged(text, kinds[i].challenge, NULL);

		if (is != kinds[i].reason)
			fail_msg("row %zu: %s", i, reason_code(is));
		assert_true(wallet_genuine(&w, text)); /* as a credential it is one */
	}
	struct span good = with_binding(credential, KB, CLAIMS);
	assert_int_equal(judged(altered(good), "n", "d"), REASON_SIGNATURE_MISMATCH);
	assert_int_equal(judged(good, "n", "e"), REASON_VC_DOMAIN);
	assert_int_equal(judged(credential, "n", "d"), REASON_SIGNATURE_MISSING);
	/* of another credential; and where the issuer named no key */
	struct span binding = span_from(good, credential.len);
	struct span other = joined(
		wallet_jwt(&w, VC_SD, "{\"@context\":[" V2 "],\"issuer\":\"$I\"}"), "~",
		SPAN_LIT(""));
	assert_int_equal(judged(joined(other, "", binding), "n", "d"), REASON_VC_KEY_BINDING);
	other = bound_credential("jkt");
	assert_int_equal(judged(with_binding(other, KB, CLAIMS), "n", "d"), REASON_VC_KEY_BINDING);
}

/* With any allocation failing, it is told as ours, and never passes. */
static int
present_once(void *arg)
{
	struct arena *a = arena_new(1 << 22);
	struct report report;
	struct work own = { a, &report, &w.limits, w.kit, WALLET_NOW };
	struct presentation p = {
		.input = *(struct span *)arg, .trust = w.trust, .policy = &w.policy
	};
	int r = a ? engine_presentation(&own, &p) : -ENOMEM;

	arena_free(a);
	return r;
}

static void
out_of_memory(void **state)
{
	struct span bound = with_binding(bound_credential("jwk"), KB, CLAIMS);
	struct span token = wallet_jwt(&w, VP_JWT, "{" VP(",\"holder\":\"$I\"") "}");

	(void)state;
	assert_true(oom_each(present_once, &bound) > 0);
	assert_true(oom_each(present_once, &token) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens),
		cmocka_unit_test(envelopes),
		cmocka_unit_test(forged),
		cmocka_unit_test(splits),
		cmocka_unit_test(bindings),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests_name("present_token", tests, open_wallet, close_wallet);
}
