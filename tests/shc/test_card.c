/* test_card.c - one card: header, compression, claims and dates, each fault with its own reason. */
#include "tests/shc/aid_shc.h"

#include "codecs/base/text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct cards c;

static int
open_all(void **state)
{
	(void)state;
	cards_open(&c);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	cards_close(&c);
	return 0;
}

#define TYPED      "\"type\":[\"https://smarthealth.cards#health-card\"]"
#define SUBJECT    "\"credentialSubject\":{\"fhirVersion\":\"4.0.1\",\"fhirBundle\":" CARDS_GOOD "}"
#define ISS        "\"iss\":\"" CARDS_ISSUER "\""
#define NBF        "\"nbf\":1796000000"
#define VC         "\"vc\":{" TYPED "," SUBJECT "}"
#define SAID(text) .payload = { (const uint8_t *)(text), sizeof(text) - 1 }
#define IS(iss)    SAID("{\"iss\":\"" iss "\"," NBF "," VC "}")

/* One recipe a row: the first check that fails and its reason (none: verified), and a finding. */
static const struct {
	struct shc_recipe recipe;
	enum check_id check;
	enum reason reason, note;
} rows[] = {
	{ { .chunks = 0 }, 0, REASON_NONE, REASON_NONE },
	{ { .packing = SHC_PLAIN }, CHECK_DECODE, REASON_INFLATE_MALFORMED, 0 },
	{ { .packing = SHC_ZLIB }, CHECK_DECODE, REASON_SHC_WRAPPED, 0 },
	{ { .tail = { (const uint8_t *)"x", 1 } }, CHECK_DECODE, REASON_INFLATE_TRAILING, 0 },
	{ { .der_signature = true }, CHECK_DECODE, REASON_SIGNATURE_DER, 0 },
	{ { .alg = "" }, CHECK_DECODE, REASON_JWS_HEADER, 0 },
	{ { .alg = "none" }, CHECK_DECODE, REASON_SIGNATURE_ALGORITHM, 0 },
	{ { .alg = "HS256" }, CHECK_DECODE, REASON_SIGNATURE_ALGORITHM, 0 },
	{ { .alg = "ES384" }, CHECK_DECODE, REASON_SIGNATURE_ALGORITHM, 0 },
	{ { .alg = "es256" }, CHECK_DECODE, REASON_SIGNATURE_ALGORITHM, 0 },
	{ { .zip = "" }, CHECK_DECODE, REASON_SHC_ZIP, 0 },
	{ { .zip = "def" }, CHECK_DECODE, REASON_SHC_ZIP, 0 },
	{ { .header = "\"crit\":[\"b64\"]," }, CHECK_DECODE, REASON_JWS_CRIT, 0 },
	{ { .header = "\"alg\":\"ES256\"," }, CHECK_DECODE, REASON_JSON_DUPLICATE, 0 },
	{ { .header = "\"jwk\":{},\"jku\":\"x\",\"x5c\":1,\"x5u\":\"x\"," }, 0, REASON_NONE, 0 },
	{ { .kid = { (const uint8_t *)"other", 5 } }, CHECK_ISSUER, REASON_ISSUER_KEY_UNKNOWN, 0 },
	{ { .mark = { (const uint8_t *)"\xef\xbb\xbf", 3 } }, CHECK_DECODE, REASON_JSON_MALFORMED,
		0 },
	/* claims */
	{ { SAID("{" NBF "," VC "}") }, CHECK_DECODE, REASON_SHC_CLAIM_MISSING, 0 },
	{ { SAID("{" ISS "," VC "}") }, CHECK_DECODE, REASON_SHC_CLAIM_MISSING, 0 },
	{ { SAID("{" ISS ",\"iat\":1796000000," VC "}") }, CHECK_DECODE, REASON_SHC_CLAIM_MISSING,
		0 },
	{ { SAID("{" ISS "," NBF "}") }, CHECK_DECODE, REASON_SHC_CLAIM_MISSING, 0 },
	{ { SAID("{" ISS "," NBF ",\"vc\":{" SUBJECT "}}") }, CHECK_DECODE,
		REASON_SHC_CLAIM_MISSING, 0 },
	{ { SAID("{" ISS "," NBF ",\"vc\":{" TYPED "}}") }, CHECK_DECODE, REASON_SHC_CLAIM_MISSING,
		0 },
	{ { SAID("{" ISS "," NBF ",\"vc\":[]}") }, CHECK_DECODE, REASON_SHC_CLAIM_TYPE, 0 },
	{ { SAID("{\"iss\":[]," NBF "," VC "}") }, CHECK_DECODE, REASON_SHC_CLAIM_TYPE, 0 },
	{ { SAID("{" ISS "," NBF "," NBF "," VC "}") }, CHECK_DECODE, REASON_JSON_DUPLICATE, 0 },
	{ { SAID("\"{}\"") }, CHECK_DECODE, REASON_SHC_CLAIM_TYPE, 0 },
	{ { SAID("[]") }, CHECK_DECODE, REASON_SHC_CLAIM_TYPE, 0 },
	{ { SAID("{}x") }, CHECK_DECODE, REASON_JSON_TRAILING, 0 },
	{ { SAID("{" ISS "," NBF ",\"vc\":{" TYPED
		 ",\"credentialSubject\":{\"fhirVersion\":\"4.0.1\"}}}") },
		CHECK_DECODE, REASON_SHC_CLAIM_MISSING, 0 },
	{ { SAID("{" ISS "," NBF ",\"vc\":{" TYPED
		 ",\"credentialSubject\":{\"fhirBundle\":" CARDS_GOOD "}}}") },
		CHECK_DECODE, REASON_SHC_CLAIM_MISSING, 0 },
	{ { .bundle = { (const uint8_t *)"{\"resourceType\":\"Patient\"}", 26 } }, CHECK_DECODE,
		REASON_SHC_CLAIM_TYPE, 0 },
	{ { SAID("{" ISS "," NBF ",\"vc\":{\"@context\":[]," TYPED "," SUBJECT "}}") }, 0,
		REASON_NONE, REASON_NOTE_SHC_CONTEXT },
	{ { SAID("{" ISS ", " NBF "," VC "}") }, 0, REASON_NONE, REASON_NOTE_SHC_MINIFIED },
	{ { SAID("{" ISS "," NBF ",\"x\":\"\\\\\", \"y\":1," VC "}") }, 0, REASON_NONE,
		REASON_NOTE_SHC_MINIFIED },
	{ { SAID("{" ISS "," NBF ",\"x\":\"a\\\" \\\\\\\" \"," VC "}") }, 0, REASON_NONE, 0 },
	{ { .types = "[\"VerifiableCredential\"]" }, CHECK_DECODE, REASON_SHC_TYPE, 0 },
	{ { .types = "[\"https://smarthealth.cards#health-card\",1]" }, CHECK_DECODE,
		REASON_SHC_CLAIM_TYPE, 0 },
	{ { .types = "\"https://smarthealth.cards#health-card\"" }, CHECK_DECODE,
		REASON_SHC_CLAIM_TYPE, 0 },
	{ { .types = "[\"VerifiableCredential\",\"https://smarthealth.cards#health-card\",\"x\"]" },
		0, REASON_NONE, 0 },
	{ { .rid = "MKyCxh7p6uQ" }, 0, REASON_NONE, 0 },
	{ { .rid = "123456789012345678901234" }, 0, REASON_NONE, 0 },
	{ { .rid = "1234567890123456789012345" }, CHECK_DECODE, REASON_SHC_RID, 0 },
	{ { .rid = "" }, CHECK_DECODE, REASON_SHC_RID, 0 },
	{ { .rid = "a.b" }, CHECK_DECODE, REASON_SHC_RID, 0 },
	/* dates: the clock stands at 1796126400 */
	{ { .not_before = "1796126400" }, 0, REASON_NONE, 0 },
	{ { .not_before = "1.7961264e9" }, 0, REASON_NONE, 0 },
	{ { .not_before = "1796126460" }, 0, REASON_NONE, 0 },
	{ { .not_before = "1796126460.001" }, CHECK_VALIDITY, REASON_VALIDITY_NOT_YET, 0 },
	{ { .not_before = "1796126400000" }, CHECK_VALIDITY, REASON_VALIDITY_NOT_YET,
		REASON_NOTE_SHC_MILLISECONDS },
	{ { .not_before = "\"1796126400\"" }, CHECK_DECODE, REASON_SHC_CLAIM_TYPE, 0 },
	{ { .not_before = "1e15" }, CHECK_DECODE, REASON_SHC_CLAIM_TYPE, 0 },
	{ { .not_before = "-1.5" }, 0, REASON_NONE, 0 },
	{ { .expires = "1796126400" }, 0, REASON_NONE, 0 },
	{ { .expires = "1796126400.0" }, 0, REASON_NONE, 0 },
	{ { .expires = "1796126399.999" }, CHECK_VALIDITY, REASON_VALIDITY_EXPIRED, 0 },
	{ { .expires = "0" }, CHECK_VALIDITY, REASON_VALIDITY_EXPIRED, 0 },
	{ { .expires = "null" }, CHECK_DECODE, REASON_SHC_CLAIM_TYPE, 0 },
	{ { .expires = "true" }, CHECK_DECODE, REASON_SHC_CLAIM_TYPE, 0 },
	/* issuers: a good form that nobody trusts, and bad ones */
	{ { IS("https://a.example") }, CHECK_ISSUER, REASON_ISSUER_KID_MISMATCH, 0 },
	{ { IS("https://A.example:8443/b/c") }, CHECK_ISSUER, REASON_ISSUER_KID_MISMATCH, 0 },
	{ { IS(CARDS_ISSUER "/") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("http://cards.example.test/shc") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("HTTPS://cards.example.test/shc") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("https://") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("https:///shc") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("https://cards.example.test//shc") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("https://cards.example.test/../shc") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("https://cards.example.test/./shc") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("https://u@cards.example.test") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("https://cards.example.test?q") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("https://cards.example.test#f") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("https://cards.example.test/%2e") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("https://cards.example.test:/x") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("https://cards.example.test:99999999") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("https://cards..example") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("https://cards.example.") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("https://127.0.0.1") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("https://[::1]/x") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("https://0x7f.1") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
	{ { IS("https://cards.example.test/a b") }, CHECK_DECODE, REASON_SHC_ISSUER, 0 },
};

static void
test_recipes(void **state)
{
	struct verify v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct shc_recipe recipe = rows[i].recipe;
		recipe.form = SHC_JWS;
		enum verdict verdict = cards_verify(&c, cards_seal(&c, recipe), &v);
		enum reason got = report_reason(&c.report);
		bool placed = got ? c.report.checks[rows[i].check].reason == got
				  : verdict == VERDICT_VERIFIED;
		bool noted = rows[i].note ? cards_found(&c, rows[i].note)
					  : !cards_found(&c, REASON_NOTE_SHC_MINIFIED);
		if (got != rows[i].reason || !placed || !noted)
			fail_msg("row %zu: %s", i, reason_code(got));
	}
}

/* The signature covers what was received; another half of it fails. */
static void
test_signature(void **state)
{
	struct verify v;
	struct span jws = cards_of(&c, CARDS_GOOD);
	struct span other = cards_of(&c, CARDS_BUNDLE(CARDS_PATIENT));
	struct buf b = buf_in(c.arena, SIZE_MAX), cut = b;
	size_t dot = jws.len;

	(void)state;
	while (jws.ptr[dot - 1] != '.')
		dot--;
	size_t from = other.len;
	while (other.ptr[from - 1] != '.')
		from--;
	buf_add(&b, span_slice(jws, 0, dot));
	buf_add(&b, span_from(other, from));
	cards_verify(&c, buf_span(&b), &v);
	assert_int_equal(report_reason(&c.report), REASON_SIGNATURE_MISMATCH);
	assert_false(v.verified);
	buf_add(&cut, span_slice(jws, 0, jws.len - 2));
	cards_verify(&c, buf_span(&cut), &v);
	assert_int_equal(report_reason(&c.report), REASON_SIGNATURE_MALFORMED);
}

/* No prefix of a card is a card, and none is taken for another scheme's. */
static void
test_truncation(void **state)
{
	struct verify v;
	struct span jws = cards_of(&c, CARDS_GOOD);

	(void)state;
	for (size_t len = 0; len < jws.len; len++) {
		enum verdict verdict = cards_verify(&c, span_slice(jws, 0, len), &v);
		if (verdict != VERDICT_REJECTED || v.verified)
			fail_msg("accepted at %zu", len);
	}
	assert_int_equal(cards_verify(&c, jws, &v), VERDICT_VERIFIED);
}

static const char *
limit_of(struct span input)
{
	struct verify v;

	cards_verify(&c, input, &v);
	const struct check *check = &c.report.checks[CHECK_DECODE];
	return check->limit ? check->limit : "";
}

/* At the limit, one over and one under. */
static void
test_limits(void **state)
{
	struct span jws = cards_of(&c, CARDS_GOOD);
	struct verify v;

	(void)state;
	c.limits.shc_jws = jws.len;
	assert_int_equal(cards_verify(&c, jws, &v), VERDICT_VERIFIED);
	c.limits.shc_jws = jws.len - 1;
	assert_string_equal(limit_of(jws), "shc.jws");
	c.limits.shc_jws = limits_default.shc_jws;
	cards_verify(&c, jws, &v);
	size_t unpacked = v.credential.layers[v.credential.layer_count - 1].bytes.len;
	c.limits.shc_unpacked = unpacked;
	assert_int_equal(cards_verify(&c, jws, &v), VERDICT_VERIFIED);
	c.limits.shc_unpacked = unpacked - 1;
	assert_string_equal(limit_of(jws), "shc.unpacked");
	c.limits.shc_unpacked = limits_default.shc_unpacked;
}

/* Each layer is there to be looked at, outermost first. */
static void
test_layers(void **state)
{
	static const char *const names[] = { "numeric", "jws", "jws-header", "deflate", "signature",
		"payload" };
	struct verify v;

	(void)state;
	cards_verify(&c, cards_seal(&c, (struct shc_recipe){ 0 }), &v);
	assert_int_equal(v.credential.layer_count, 6);
	for (size_t i = 0; i < 6; i++)
		assert_string_equal(v.credential.layers[i].name, names[i]);
	assert_non_null(v.credential.layers[5].tree);
}

/* What revocation compares is the text of nbf, not a double. */
static void
test_status_claim(void **state)
{
	struct verify v;
	struct span jws = cards_seal(&c, (struct shc_recipe){ .form = SHC_JWS,
						 .rid = "abc-_9",
						 .not_before = "1687450764.65700000000000001" });

	(void)state;
	assert_int_equal(cards_verify(&c, jws, &v), VERDICT_VERIFIED);
	const struct status_claim *s = &v.credential.status;
	assert_int_equal(s->kind, STATUS_CLAIM_RID);
	assert_true(span_is(s->id, "abc-_9"));
	assert_int_equal(s->issued.seconds, 1687450764);
	assert_int_equal(s->issued.nanoseconds, 657000000);
	assert_true(s->issued.more);
	assert_int_equal(v.credential.not_before, 1687450765);
	assert_true(span_is(v.credential.proofs[0].hint.issuer, CARDS_ISSUER));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recipes),
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_truncation),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_layers),
		cmocka_unit_test(test_status_claim),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
