/* test_vcapi.c - the VC-API over a socket: what it verifies and refuses, with which status, and what it says. */
#include "codecs/vc/seal.h"
#include "tests/http/net.h"
#include "tests/vc/aid_vc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#define V2 "\"https://www.w3.org/ns/credentials/v2\""
#define DOC(name)                                                                       \
	"{\"@context\":[" V2 "],\"type\":[\"VerifiableCredential\"],\"issuer\":\"$I\"," \
	"\"credentialSubject\":{\"id\":\"urn:uuid:1\",\"name\":\"" name "\"}}"
#define TO_LOG_IN ",\"challenge\":\"c-1\",\"domain\":\"gate.example\""

static struct wallet w, holder;
static struct net n;
static struct client client;
static struct answer answer;

static int
start(void **state)
{
	static struct policy policy;

	(void)state;
	wallet_open(&w);
	wallet_open(&holder); /* on no list of the gateway */
	w.signer.kid = w.method;
	holder.signer.kid = holder.method;
	policy = w.policy;
	n = net_defaults();
	n.config.policies = &policy;
	n.config.policy_count = 1;
	n.config.http.body_document = 16384;
	n.trust = w.trust;
	net_start(&n);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	net_stop(&n);
	wallet_close(&holder);
	wallet_close(&w);
	return 0;
}

static struct span
seal(struct wallet *by, struct vc_recipe r, struct span document)
{
	struct span out = SPAN_NONE;

	r.document = document;
	by->work.arena = by->arena;
	assert_int_equal(vc_seal(&by->work, &r, &by->signer, &out), 0);
	return out;
}

static struct span
credential(const char *document)
{
	return seal(&w, (struct vc_recipe){ 0 }, wallet_fill(&w, document));
}

/* A presentation of these credentials (JSON, with commas) by the holder; named: as "holder", or NULL. */
static struct span
presentation(struct vc_recipe r, struct span credentials, const struct span *named)
{
	struct buf b = buf_in(holder.arena, SIZE_MAX);

	buf_str(&b, "{\"@context\":[" V2 "],\"type\":\"VerifiablePresentation\",");
	if (named) {
		buf_str(&b, "\"holder\":");
		buf_json(&b, *named);
		buf_char(&b, ',');
	}
	buf_str(&b, "\"verifiableCredential\":[");
	buf_add(&b, credentials);
	buf_str(&b, "]}");
	r.purpose = r.purpose ? r.purpose : "authentication";
	return seal(&holder, r, buf_span(&b));
}

/* The answer's JSON; its own reference. */
static json_t *
post(const char *path, const char *type, struct span body)
{
	struct buf b = buf_in(w.arena, SIZE_MAX);

	buf_str(&b, "POST ");
	buf_str(&b, path);
	buf_str(&b, " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: ");
	buf_str(&b, type);
	buf_str(&b, "\r\nContent-Length: ");
	buf_uint(&b, body.len);
	buf_str(&b, "\r\n\r\n");
	buf_add(&b, body);
	struct span request = buf_span(&b);
	client_open(&client, &n);
	assert_true(client_send(&client, request.ptr, request.len));
	client_read(&client, &answer);
	client_close(&client);
	json_t *json = json_loadb((const char *)answer.body, answer.len, 0, NULL);
	assert_non_null(json);
	return json;
}

static json_t *
ask(const char *path, const char *member, struct span subject, const char *options)
{
	struct buf b = buf_in(w.arena, SIZE_MAX);

	buf_str(&b, "{\"");
	buf_str(&b, member);
	buf_str(&b, "\":");
	if (subject.len > 0 && subject.ptr[0] == '{')
		buf_add(&b, subject);
	else
		buf_json(&b, subject);
	buf_str(&b, ",\"options\":");
	buf_str(&b, options);
	buf_char(&b, '}');
	return post(path, "application/json", buf_span(&b));
}

static void
assert_result(json_t *json, int status, const char *code, const char *title)
{
	json_t *errors = json_object_get(json, "errors");
	json_t *first = json_array_get(errors, 0);

	if (answer.status != status)
		fail_msg("%d: %s", answer.status, (const char *)answer.body);
	assert_int_equal(json_is_true(json_object_get(json, "verified")), status == 200);
	assert_true(json_is_boolean(json_object_get(json, "verified")));
	assert_true(json_is_array(json_object_get(json, "checks")));
	assert_true(json_is_array(json_object_get(json, "warnings")));
	assert_int_equal(json_array_size(errors) > 0, status != 200);
	if (code) {
		assert_string_equal(json_string_value(json_object_get(first, "code")), code);
		assert_string_equal(json_string_value(json_object_get(first, "title")), title);
	}
	json_decref(json);
}

static json_t *
verify(struct span subject, const char *options)
{
	return ask("/credentials/verify", "verifiableCredential", subject, options);
}

static json_t *
present(struct span subject, const char *options)
{
	return ask("/presentations/verify", "verifiablePresentation", subject, options);
}

/* --- credentials --- */

static void
test_credentials(void **state)
{
	struct vc_recipe jose = { .form = VC_JOSE }, tampered = { 0 }, old = { 0 };

	(void)state;
	assert_result(verify(credential(DOC("Ada")), "{}"), 200, NULL, NULL);
	assert_result(verify(credential(DOC("Ada")), "{\"checks\":[\"proof\"],\"x\":1}"), 200, NULL,
		NULL);
	assert_result(verify(seal(&w, jose, wallet_fill(&w, DOC("Ada"))), "{}"), 200, NULL, NULL);
	tampered.signed_as = wallet_fill(&w, DOC("Eve"));
	assert_result(verify(seal(&w, tampered, wallet_fill(&w, DOC("Ada"))), "{}"), 400,
		"signature.mismatch", "PROOF_VERIFICATION_ERROR");
	old.more = ",\"expires\":\"2020-01-01T00:00:00Z\"";
	/* asking for the proof alone does not make it valid */
	assert_result(
		verify(seal(&w, old, wallet_fill(&w, DOC("Ada"))), "{\"checks\":[\"proof\"]}"), 400,
		"validity.expired", "RANGE_ERROR");
	assert_result(verify(seal(&holder, (struct vc_recipe){ 0 }, wallet_fill(&holder, DOC("A"))),
			      "{}"),
		400, "issuer.unknown", "CRYPTOGRAPHIC_SECURITY_ERROR");
	assert_result(verify(wallet_fill(&w, DOC("Ada")), "{}"), 400, "signature.missing",
		"PROOF_VERIFICATION_ERROR");
	assert_result(verify(SPAN_LIT("{\"a\":1}"), "{}"), 400, "format.unknown", "PARSING_ERROR");
	assert_result(verify(SPAN_LIT("HC1:6BF"), "{}"), 400, "format.unknown", "PARSING_ERROR");
}

static void
test_challenge_of_a_credential(void **state)
{
	struct vc_recipe made = { .more = TO_LOG_IN };
	struct span good = seal(&w, made, wallet_fill(&w, DOC("Ada")));

	(void)state;
	assert_result(verify(good, "{\"challenge\":\"c-1\",\"domain\":\"gate.example\"}"), 200,
		NULL, NULL);
	assert_result(verify(good, "{\"challenge\":\"c-2\"}"), 400, "vc.challenge",
		"INVALID_CHALLENGE_ERROR");
	assert_result(verify(credential(DOC("Ada")), "{\"domain\":\"gate.example\"}"), 400,
		"vc.domain", "INVALID_DOMAIN_ERROR");
}

/* JSON is an object, not a text that holds one, however good its proof. */
static void
test_json_as_text(void **state)
{
	struct span good = credential(DOC("Ada"));
	struct buf b = buf_in(w.arena, SIZE_MAX);

	(void)state;
	buf_str(&b, "{\"verifiableCredential\":");
	buf_json(&b, good);
	buf_char(&b, '}');
	json_t *json = post("/credentials/verify", "application/json", buf_span(&b));
	assert_int_equal(answer.status, 400);
	assert_string_equal(json_string_value(json_object_get(json, "code")), "request.member");
	json_decref(json);
	assert_result(verify(good, "{}"), 200, NULL, NULL);
}

static void
test_other_types(void **state)
{
	struct buf b = buf_in(w.arena, SIZE_MAX);

	(void)state;
	buf_str(&b, "{\"verifiableCredential\":");
	buf_add(&b, credential(DOC("Ada")));
	buf_char(&b, '}');
	assert_result(
		post("/credentials/verify", "application/ld+json", buf_span(&b)), 200, NULL, NULL);
	json_decref(post("/credentials/verify", "text/plain", buf_span(&b)));
	assert_int_equal(answer.status, 415);
}

/* What is no question is a problem, not a result. */
static void
test_no_questions(void **state)
{
	static const struct {
		const char *path, *body, *code;
	} rows[] = {
		{ "/credentials/verify", "{", "request.json" },
		{ "/credentials/verify", "[]", "request.json" },
		{ "/credentials/verify", "{}", "request.member" },
		{ "/credentials/verify", "{\"verifiableCredential\":5}", "request.member" },
		{ "/presentations/verify", "{\"verifiablePresentation\":\" {}\"}",
			"request.member" },
		{ "/credentials/verify", "{\"verifiableCredential\":{},\"options\":[]}",
			"request.member" },
		{ "/credentials/verify",
			"{\"verifiableCredential\":{},\"options\":{\"checks\":\"proof\"}}",
			"request.member" },
		{ "/credentials/verify",
			"{\"verifiableCredential\":{},\"options\":{\"checks\":[1]}}",
			"request.member" },
		{ "/credentials/verify",
			"{\"verifiableCredential\":{},\"options\":{\"challenge\":1}}",
			"request.member" },
		{ "/credentials/verify",
			"{\"verifiableCredential\":{},\"verifiableCredential\":{}}",
			"request.json" },
		{ "/presentations/verify", "{}", "request.member" },
		{ "/presentations/verify", "{\"verifiablePresentation\":[\"e30.e30.e30\"]}",
			"request.member" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *json = post(rows[i].path, "application/json", span_of(rows[i].body));
		assert_int_equal(answer.status, 400);
		assert_string_equal(json_string_value(json_object_get(json, "code")), rows[i].code);
		json_decref(json);
	}
}

/* --- presentations --- */

static void
test_presentations(void **state)
{
	const char *asked = "{\"challenge\":\"c-1\",\"domain\":\"gate.example\"}";
	struct vc_recipe made = { .more = TO_LOG_IN }, claims = { .purpose = "assertionMethod" };
	struct span one = credential(DOC("Ada")), stranger;
	struct buf two = buf_in(w.arena, SIZE_MAX), bad = buf_in(w.arena, SIZE_MAX);

	(void)state;
	assert_result(present(presentation(made, one, &holder.did), asked), 200, NULL, NULL);
	assert_result(present(presentation(made, one, NULL), asked), 200, NULL, NULL);
	assert_result(present(presentation(made, SPAN_LIT(""), NULL), asked), 400,
		"profile.missing", "MALFORMED_VALUE_ERROR");
	assert_result(present(presentation(made, one, NULL), "{\"challenge\":\"c-2\"}"), 400,
		"vc.challenge", "INVALID_CHALLENGE_ERROR");
	assert_result(present(presentation((struct vc_recipe){ 0 }, one, NULL), asked), 400,
		"vc.challenge", "INVALID_CHALLENGE_ERROR");
	assert_result(present(presentation(made, one, NULL), "{\"domain\":\"other.example\"}"), 400,
		"vc.domain", "INVALID_DOMAIN_ERROR");
	assert_result(present(presentation(made, one, &w.did), asked), 400, "vc.holder",
		"PROOF_VERIFICATION_ERROR");
	assert_result(present(presentation(claims, one, NULL), "{}"), 400, "vc.proof_purpose",
		"PROOF_VERIFICATION_ERROR");

	/* each credential counts for itself */
	stranger = seal(&holder, (struct vc_recipe){ 0 }, wallet_fill(&holder, DOC("Eve")));
	buf_add(&two, one);
	buf_char(&two, ',');
	buf_add(&bad, buf_span(&two));
	buf_add(&two, one);
	buf_add(&bad, stranger);
	assert_result(present(presentation(made, buf_span(&two), NULL), asked), 200, NULL, NULL);
	json_t *json = present(presentation(made, buf_span(&bad), NULL), asked);
	json_t *all = json_object_get(json, "credentialResults");
	assert_int_equal(json_array_size(all), 2);
	assert_true(json_is_true(json_object_get(json_array_get(all, 0), "verified")));
	assert_true(json_is_false(json_object_get(json_array_get(all, 1), "verified")));
	assert_true(json_is_true(
		json_object_get(json_object_get(json, "presentationResult"), "verified")));
	assert_result(json, 400, "issuer.unknown", "CRYPTOGRAPHIC_SECURITY_ERROR");
}

static struct span
token(const char *type, struct span credentials)
{
	struct buf b = buf_in(w.arena, SIZE_MAX);

	buf_str(&b, "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\"],\"type\":\"");
	buf_str(&b, type);
	buf_str(&b, "\",\"holder\":\"$I\",\"nonce\":\"c-1\",\"aud\":\"gate.example\","
		    "\"verifiableCredential\":[");
	buf_add(&b, credentials);
	buf_str(&b, "]}");
	buf_char(&b, '\0');
	return wallet_jwt(&holder, "{\"alg\":\"EdDSA\",\"typ\":\"vp+jwt\",\"kid\":\"$M\"}",
		(const char *)buf_span(&b).ptr);
}

static struct span
enveloped(const char *media, struct span text)
{
	struct buf b = buf_in(w.arena, SIZE_MAX);

	buf_str(&b, "{\"@context\":\"https://www.w3.org/ns/credentials/v2\",\"type\":"
		    "\"EnvelopedVerifiablePresentation\",\"id\":\"data:application/");
	buf_str(&b, media);
	buf_char(&b, ',');
	buf_add(&b, text);
	buf_str(&b, "\"}");
	return buf_span(&b);
}

/* As a token its credentials count as well, whether or not one sees from outside what it is. */
static void
test_tokens(void **state)
{
	const char *asked = "{\"challenge\":\"c-1\",\"domain\":\"gate.example\"}";
	const char *type = "VerifiablePresentation", *disguise = "Verifiable\\u0050resentation";
	struct span one = credential(DOC("Ada"));
	struct span stranger = seal(
		&holder, (struct vc_recipe){ 0 }, wallet_fill(&holder, DOC("Eve")));

	(void)state;
	assert_result(present(token(type, one), asked), 200, NULL, NULL);
	assert_result(present(token(disguise, one), asked), 200, NULL, NULL);
	assert_result(present(token(type, one), "{\"challenge\":\"c-2\"}"), 400, "vc.challenge",
		"INVALID_CHALLENGE_ERROR");
	assert_result(present(token(type, stranger), asked), 400, "issuer.unknown",
		"CRYPTOGRAPHIC_SECURITY_ERROR");
	assert_result(present(token(disguise, stranger), asked), 400, "issuer.unknown",
		"CRYPTOGRAPHIC_SECURITY_ERROR");
	assert_result(present(SPAN_LIT("e30.e30.e30"), asked), 400, NULL, NULL);
	assert_result(present(enveloped("vp+jwt", token(type, one)), asked), 200, NULL, NULL);
	assert_result(present(enveloped("vp+jwt", token(type, stranger)), asked), 400,
		"issuer.unknown", "CRYPTOGRAPHIC_SECURITY_ERROR");
	assert_result(present(enveloped("vc+jwt", token(type, one)), asked), 400, NULL, NULL);
}

/* A presentation may be written so that one who looks at its bytes does not know it for one. */
static void
test_disguises(void **state)
{
	static const char *const types[] = { "\"Verifiable\\u0050resentation\"",
		"[\"Verifiable\\u0050resentation\"]" };
	struct span stranger = seal(
		&holder, (struct vc_recipe){ 0 }, wallet_fill(&holder, DOC("Eve")));

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct vc_recipe made = { .purpose = "authentication" };
		struct buf b = buf_in(holder.arena, SIZE_MAX);

		buf_str(&b, "{\"@context\":[\"https://www.w3.org/ns\\u002fcredentials/v2\"],"
			    "\"type\":");
		buf_str(&b, types[i]);
		buf_str(&b, ",\n\"verifiableCredential\":");
		buf_add(&b, stranger);
		buf_str(&b, "}");
		json_t *json = present(seal(&holder, made, buf_span(&b)), "{}");
		assert_int_equal(json_array_size(json_object_get(json, "credentialResults")), 1);
		assert_result(json, 400, "issuer.unknown", "CRYPTOGRAPHIC_SECURITY_ERROR");
	}
}

static void
test_holders(void **state)
{
	struct vc_recipe made = { 0 };
	struct span one = credential(DOC("Ada")), text;
	struct buf b = buf_in(w.arena, SIZE_MAX);

	(void)state;
	/* a key that nobody can have, and one that signed something else */
	made.kid = SPAN_LIT("did:web:holder.example#key-1");
	assert_result(present(presentation(made, one, NULL), "{}"), 400, "vc.holder_key",
		"PROOF_VERIFICATION_ERROR");
	made.kid = w.method;
	assert_result(present(presentation(made, one, NULL), "{}"), 400, "signature.mismatch",
		"PROOF_VERIFICATION_ERROR");
	made = (struct vc_recipe){ .more = ",\"expires\":\"2020-01-01T00:00:00Z\"" };
	assert_result(present(presentation(made, one, NULL), "{}"), 400, "validity.expired",
		"RANGE_ERROR");
	made = (struct vc_recipe){ .suite = "bbs-2023", .value = ",\"proofValue\":\"u2V0C\"" };
	assert_result(present(presentation(made, one, NULL), "{}"), 400, "vc.proof_suite",
		"PROOF_VERIFICATION_ERROR");
	made = (struct vc_recipe){ .suite = "eddsa-rdfc-2022" };
	assert_result(present(presentation(made, one, NULL), "{}"), 200, NULL, NULL);

	/* without a proof nobody presents anything; a credential is no presentation */
	text = presentation((struct vc_recipe){ 0 }, one, NULL);
	const uint8_t *proof = NULL;
	for (size_t i = 0; i + 9 < text.len; i++)
		if (memcmp(&text.ptr[i], "],\"proof\":", 10) == 0)
			proof = &text.ptr[i];
	assert_non_null(proof);
	buf_add(&b, span_slice(text, 0, (size_t)(proof - text.ptr)));
	buf_str(&b, "]}");
	assert_result(
		present(buf_span(&b), "{}"), 400, "signature.missing", "PROOF_VERIFICATION_ERROR");
	assert_result(present(one, "{}"), 400, "vc.type", "MALFORMED_VALUE_ERROR");
	assert_result(
		present(SPAN_LIT("{\"a\":1}"), "{}"), 400, "vc.context", "MALFORMED_VALUE_ERROR");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_credentials, start, stop),
		cmocka_unit_test_setup_teardown(test_challenge_of_a_credential, start, stop),
		cmocka_unit_test_setup_teardown(test_json_as_text, start, stop),
		cmocka_unit_test_setup_teardown(test_other_types, start, stop),
		cmocka_unit_test_setup_teardown(test_no_questions, start, stop),
		cmocka_unit_test_setup_teardown(test_presentations, start, stop),
		cmocka_unit_test_setup_teardown(test_tokens, start, stop),
		cmocka_unit_test_setup_teardown(test_disguises, start, stop),
		cmocka_unit_test_setup_teardown(test_holders, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
