/* test_proof.c - proofs inside documents, through the engine: one that holds, and each thing that can be wrong. */
#include "tests/aid/oom.h"
#include "tests/vc/aid_vc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#define V2 "\"https://www.w3.org/ns/credentials/v2\""
#define DOC(more)                                                                            \
	"{\"@context\":[" V2 "],\"type\":[\"VerifiableCredential\"],\"issuer\":\"$I\"," more \
	"\"credentialSubject\":{\"id\":\"did:example:1\",\"n\":1.50}}"
#define RELATED(name) "{\"id\":\"urn:" name "\",\"digestMultibase\":\"uAA\"}"
#define OPTIONS(more)                                                          \
	"{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-jcs-2022\"," \
	"\"verificationMethod\":\"$M\"," more "\"proofPurpose\":\"assertionMethod\"}"

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

struct row {
	const char *doc, *options;
	enum reason reason;
};

static void
check_row(const struct row *row, size_t index)
{
	enum reason is = wallet_reason(&w, wallet_jcs(&w, row->doc, row->options));

	if (is != row->reason)
		fail_msg("row %zu: %s", index, reason_code(is));
}

/* All of these are signed as they stand. */
static void
sealed(void **state)
{
	static const struct row rows[] = {
		{ DOC(""), OPTIONS(""), REASON_NONE },
		{ DOC(""), OPTIONS("\"created\":\"2026-01-01T00:00:00Z\","), REASON_NONE },
		{ DOC(""), OPTIONS("\"@context\":[" V2 "],"), REASON_NONE },
		{ DOC(""), OPTIONS("\"@context\":" V2 ","), REASON_SIGNATURE_MISMATCH },
		{ DOC(""), OPTIONS("\"@context\":[" V2 ",\"urn:x\"],"), REASON_VC_PROOF_CONTEXT },
		{ DOC(""), OPTIONS("\"@context\":[],"), REASON_VC_PROOF_CONTEXT },
		{ DOC(""), OPTIONS("\"created\":\"2027-01-01T00:00:00Z\","),
			REASON_VALIDITY_NOT_YET },
		{ DOC(""), OPTIONS("\"expires\":\"2026-01-01T00:00:00Z\","),
			REASON_VALIDITY_EXPIRED },
		{ DOC(""), OPTIONS("\"expires\":\"2026-01-01T00:00:00\","), REASON_VC_PROOF_FORM },
		{ DOC(""), OPTIONS("\"created\":5,"), REASON_VC_PROOF_FORM },
		{ DOC(""), OPTIONS("\"domain\":[\"a\",\"b\"],\"challenge\":\"c\","), REASON_NONE },
		{ DOC(""), OPTIONS("\"domain\":[],"), REASON_VC_PROOF_FORM },
		{ DOC(""), OPTIONS("\"challenge\":{},"), REASON_VC_PROOF_FORM },
		{ DOC(""), OPTIONS("\"previousProof\":\"urn:none\","), REASON_VC_PROOF_CHAIN },
		{ DOC(""), OPTIONS("\"jws\":\"a..b\","), REASON_VC_PROOF_FORM },
		{ DOC("\"validUntil\":\"2026-01-01T00:00:00Z\","), OPTIONS(""),
			REASON_VALIDITY_EXPIRED },
		{ DOC("\"validFrom\":\"2026-01-01\","), OPTIONS(""), REASON_PROFILE_VALUE },
		{ DOC("\"relatedResource\":[" RELATED("b") "," RELATED("a") "],"), OPTIONS(""),
			REASON_NONE },
		{ DOC("\"relatedResource\":[" RELATED("a") "," RELATED("b") "," RELATED("a") "],"),
			OPTIONS(""), REASON_PROFILE_VALUE },
		{ DOC("\"relatedResource\":[7," RELATED("a") "],"), OPTIONS(""),
			REASON_PROFILE_TYPE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(&rows[i], i);
}

/* The proof alone, beside a document that is fine. */
static void
malformed(void **state)
{
	static const struct {
		const char *proof;
		enum reason reason;
	} rows[] = {
		{ "7", REASON_VC_PROOF_FORM },
		{ "{}", REASON_VC_PROOF_FORM },
		{ "[]", REASON_SIGNATURE_MISSING },
		{ "{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-jcs-2022\","
		  "\"verificationMethod\":\"$M\",\"proofPurpose\":\"assertionMethod\"}",
			REASON_VC_PROOF_FORM },
		{ "{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-jcs-2022\","
		  "\"proofValue\":"
		  "\"z2g\",\"verificationMethod\":\"$M\",\"proofPurpose\":\"assertionMethod\"}",
			REASON_VC_PROOF_VALUE },
		{ "{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-jcs-2022\","
		  "\"proofValue\":"
		  "\"uYQ\",\"verificationMethod\":\"$M\",\"proofPurpose\":\"assertionMethod\"}",
			REASON_VC_PROOF_VALUE },
		{ "{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-jcs-2022\","
		  "\"proofValue\":"
		  "\"z2g\",\"verificationMethod\":\"$M\",\"proofPurpose\":\"authentication\"}",
			REASON_VC_PROOF_PURPOSE },
		{ "{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-jcs-2022\","
		  "\"proofValue\":"
		  "\"z2g\",\"verificationMethod\":\"no url\",\"proofPurpose\":\"assertionMethod\"}",
			REASON_VC_PROOF_FORM },
		{ "{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"ecdsa-sd-2023\","
		  "\"proofValue\":"
		  "\"u2V0A\",\"verificationMethod\":\"$M\",\"proofPurpose\":\"assertionMethod\"}",
			REASON_VC_PROOF_BASE },
		{ "{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"bbs-2023\",\"proofValue\":"
		  "\"u2V0A\",\"verificationMethod\":\"$M\",\"proofPurpose\":\"assertionMethod\"}",
			REASON_VC_PROOF_SUITE },
		{ "{\"type\":\"Ed25519Signature2018\",\"jws\":\"e30..AA\",\"verificationMethod\":"
		  "\"$M\","
		  "\"proofPurpose\":\"assertionMethod\"}",
			REASON_VC_PROOF_JWS },
		{ "{\"type\":\"Ed25519Signature2018\",\"jws\":\"e30.e30.AA\","
		  "\"verificationMethod\":"
		  "\"$M\",\"proofPurpose\":\"assertionMethod\"}",
			REASON_VC_PROOF_JWS },
		{ "{\"type\":\"Ed25519Signature2018\",\"proofValue\":\"z2g\","
		  "\"verificationMethod\":\"$M\","
		  "\"proofPurpose\":\"assertionMethod\"}",
			REASON_VC_PROOF_FORM },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[2048];

		snprintf(text, sizeof(text), "%.*s,\"proof\":%s}", (int)strlen(DOC("")) - 1,
			DOC(""), rows[i].proof);
		enum reason is = wallet_reason(&w, wallet_fill(&w, text));
		if (is != rows[i].reason)
			fail_msg("row %zu: %s", i, reason_code(is));
	}
}

/* Whatever byte of a sealed credential is changed or cut off: it is not verified, or says the same. */
static void
altered(void **state)
{
	struct span good = wallet_jcs(&w, DOC(""), OPTIONS(""));
	size_t verified = 0;

	(void)state;
	for (size_t i = 0; i < good.len; i++) {
		uint8_t *copy = test_malloc(good.len);

		memcpy(copy, good.ptr, good.len);
		copy[i] ^= 1;
		verified += wallet_genuine(&w, (struct span){ copy, good.len });
		assert_false(wallet_genuine(&w, span_slice(good, 0, i)));
		test_free(copy);
	}
	/* 1.50 as 1.51 is another number; no other byte is left out of what is signed */
	assert_int_equal(verified, 0);
}

static void
strangers(void **state)
{
	static const char other[] = "{\"@context\":[" V2 "],\"type\":[\"VerifiableCredential\"],"
				    "\"issuer\":\"did:web:other.example\","
				    "\"credentialSubject\":{\"id\":\"did:example:1\"}}";
	struct span unsigned_doc = wallet_fill(&w, DOC(""));

	(void)state;
	assert_int_equal(
		wallet_reason(&w, wallet_jcs(&w, other, OPTIONS(""))), REASON_ISSUER_KID_MISMATCH);
	assert_int_equal(wallet_reason(&w, unsigned_doc), REASON_SIGNATURE_MISSING);
}

/* Another's proof beside the issuer's is passed over; twice the issuer's, both must hold. */
static void
sets(void **state)
{
	struct span one = wallet_jcs(&w, DOC(""), OPTIONS(""));
	static const char mark[] = "\"proof\":";
	const uint8_t *at = memmem(one.ptr, one.len, mark, sizeof(mark) - 1);
	size_t before = (size_t)(at - one.ptr) + sizeof(mark) - 1;
	struct span proof = span_slice(one, before, one.len - before - 1);
	static const char *const others[] = {
		"{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-jcs-2022\","
		"\"proofValue\":"
		"\"z111111111111111111111111111111111111111111111111111111111111111\","
		"\"verificationMethod\":\"did:key:other#x\",\"proofPurpose\":\"assertionMethod\"}",
		"{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-jcs-2022\","
		"\"proofValue\":"
		"\"z1111111111111111111111111111111111111111111111111111111111111111\","
		"\"verificationMethod\":\"$M\",\"proofPurpose\":\"assertionMethod\"}",
		"{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-jcs-2022\","
		"\"proofValue\":"
		"\"z1111111111111111111111111111111111111111111111111111111111111111\","
		"\"verificationMethod\":\"did:key:other#x\",\"proofPurpose\":\"assertionMethod\"}",
	};
	static const enum reason reasons[] = { REASON_VC_PROOF_VALUE, REASON_SIGNATURE_MISMATCH,
		REASON_NONE };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct buf b = buf_in(w.arena, 8192);

		buf_add(&b, span_slice(one, 0, before));
		buf_char(&b, '[');
		buf_add(&b, proof);
		buf_char(&b, ',');
		buf_add(&b, wallet_fill(&w, others[i]));
		buf_str(&b, "]}");
		enum reason is = wallet_reason(&w, buf_span(&b));
		if (is != reasons[i])
			fail_msg("row %zu: %s", i, reason_code(is));
		if (i == 2)
			assert_int_equal(w.report.findings->reason, REASON_NOTE_VC_PROOF_OTHER);
	}
}

static void
limits(void **state)
{
	struct span one = wallet_jcs(&w, DOC(""), OPTIONS(""));

	(void)state;
	assert_int_equal(wallet_reason(&w, one), REASON_NONE);
	struct buf b = buf_in(w.arena, 8192);
	buf_add(&b, span_slice(one, 0, span_find(one, 'p')));
	static const char many[] = "{\"@context\":[" V2
				   "],\"issuer\":\"$I\",\"proof\":[1,2,3,4,5,6,7,8,9,"
				   "10,11,12,13,14,15,16,17]}";
	assert_int_equal(wallet_reason(&w, wallet_fill(&w, many)), REASON_INPUT_TOO_LARGE);
	assert_string_equal(w.report.checks[CHECK_DECODE].limit, "vc.proofs");
}

static int
verify_once(void *arg)
{
	struct verify v = {
		.input = *(const struct span *)arg, .trust = w.trust, .policy = &w.policy
	};
	struct work work = w.work;
	struct report report;
	int r = -ENOMEM;

	work.arena = arena_new(1 << 22);
	work.report = &report;
	if (work.arena)
		r = engine_verify(&work, &v);
	bool good = r != 0 || report.checks[CHECK_SIGNATURE].status == STATUS_PASS;
	arena_free(work.arena);
	return good ? r : -EINVAL;
}

static void
without_memory(void **state)
{
	struct span good = wallet_jcs(&w, DOC(""), OPTIONS("\"@context\":[" V2 "],"));

	(void)state;
	assert_true(oom_each(verify_once, &good) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sealed),
		cmocka_unit_test(malformed),
		cmocka_unit_test(altered),
		cmocka_unit_test(strangers),
		cmocka_unit_test(sets),
		cmocka_unit_test(limits),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests_name("proof", tests, open_wallet, close_wallet);
}
