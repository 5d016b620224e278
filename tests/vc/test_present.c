/* test_present.c - a presentation's own proof: whom it is by, for whom, and that no byte of it may change. */
#include "codecs/vc/seal.h"
#include "gateway/engine/presentation.h"
#include "tests/aid/aid.h"
#include "tests/aid/oom.h"
#include "tests/vc/aid_vc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define V2       "\"https://www.w3.org/ns/credentials/v2\""
#define HELD     "{\"@context\":[" V2 "],\"type\":\"VerifiablePresentation\",\"holder\":\"$I\"}"

static struct wallet w;

/* of the 1.1 model, whose credentials may be texts */
#define TEXTS(text)                                                   \
	"{\"@context\":[\"https://www.w3.org/2018/credentials/v1\"]," \
	"\"type\":\"VerifiablePresentation\",\"verifiableCredential\":[\"" text "\"]}"

static int
open_wallet(void **state)
{
	(void)state;
	wallet_open(&w);
	w.signer.kid = w.method;
	return 0;
}

static int
close_wallet(void **state)
{
	(void)state;
	wallet_close(&w);
	return 0;
}

static struct span
sealed(struct vc_recipe r, const char *document)
{
	struct span out = SPAN_NONE;

	r.document = wallet_fill(&w, document);
	r.purpose = r.purpose ? r.purpose : "authentication";
	w.work.arena = w.arena;
	assert_int_equal(vc_seal(&w.work, &r, &w.signer, &out), 0);
	return out;
}

static enum verdict
judge(struct span input, struct vc_asked asked)
{
	struct presentation p = {
		.input = input, .asked = asked, .trust = w.trust, .policy = &w.policy
	};

	arena_free(w.scratch);
	w.scratch = arena_new(1 << 23);
	w.work.arena = w.scratch;
	assert_int_equal(engine_presentation(&w.work, &p), 0);
	for (enum check_id i = 0; i < CHECK_COUNT; i++)
		assert_true(w.report.checks[i].status != STATUS_SILENT);
	return report_verdict(&w.report);
}

static enum reason
reason_of(struct span input)
{
	judge(input, (struct vc_asked){ SPAN_NONE, SPAN_NONE });
	return report_reason(&w.report);
}

static void
test_good(void **unused)
{
	struct vc_recipe made = { .more = ",\"challenge\":\"c\",\"domain\":[\"a\",\"b\"]" };
	struct vc_asked none = { SPAN_NONE, SPAN_NONE }, both = { SPAN_LIT("c"), SPAN_LIT("b") };
	struct vc_asked other = { SPAN_LIT("c"), SPAN_LIT("B") },
			empty = { SPAN_LIT(""), SPAN_NONE };

	(void)unused;
	assert_int_equal(judge(sealed(made, HELD), none), VERDICT_VERIFIED);
	assert_int_equal(judge(sealed(made, HELD), both), VERDICT_VERIFIED);
	assert_int_equal(judge(sealed(made, HELD), other), VERDICT_REJECTED);
	assert_int_equal(report_reason(&w.report), REASON_VC_DOMAIN);
	/* an empty challenge is one, too */
	assert_int_equal(judge(sealed(made, HELD), empty), VERDICT_REJECTED);
	assert_int_equal(report_reason(&w.report), REASON_VC_CHALLENGE);
	made.before = SPAN_NONE;
	made.suite = "eddsa-rdfc-2022";
	made.more = ",\"challenge\":\"c\"";
	assert_int_equal(judge(sealed(made, HELD), none), VERDICT_VERIFIED);
}

static void
test_bad(void **unused)
{
	static const struct {
		struct vc_recipe recipe;
		const char *document;
		enum reason reason;
	} rows[] = {
		{ { .purpose = "assertionMethod" }, HELD, REASON_VC_PROOF_PURPOSE },
		{ { 0 }, TEXTS("e30.e30.e30"), REASON_NONE },
		{ { 0 }, TEXTS("{}"), REASON_PROFILE_TYPE },
		{ { .created = "2096-01-01T00:00:00Z" }, HELD, REASON_VALIDITY_NOT_YET },
		{ { .more = ",\"expires\":\"2026-01-01T00:00:00Z\"" }, HELD,
			REASON_VALIDITY_EXPIRED },
		{ { .more = ",\"challenge\":7" }, HELD, REASON_VC_PROOF_FORM },
		{ { .suite = "bbs-2023", .value = ",\"proofValue\":\"u\"" }, HELD,
			REASON_VC_PROOF_SUITE },
		{ { .before = { (const uint8_t *)"{},", 3 } }, HELD, REASON_VC_PROOF_FORM },
		{ { 0 }, "{\"@context\":[" V2 "],\"type\":\"VerifiableCredential\"}",
			REASON_VC_TYPE },
		{ { 0 }, "{\"@context\":[],\"type\":\"VerifiablePresentation\"}",
			REASON_VC_CONTEXT },
		{ { 0 },
			"{\"@context\":[" V2 "],\"type\":\"VerifiablePresentation\","
			"\"holder\":\"did:example:else\"}",
			REASON_VC_HOLDER },
		{ { 0 },
			"{\"@context\":[" V2 "],\"type\":\"VerifiablePresentation\","
			"\"holder\":[\"$I\"]}",
			REASON_VC_HOLDER },
		{ { .kid = { (const uint8_t *)"did:web:a.example#k", 19 } },
			"{\"@context\":[" V2 "],\"type\":\"VerifiablePresentation\"}",
			REASON_VC_HOLDER_KEY },
	};

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum reason is = reason_of(sealed(rows[i].recipe, rows[i].document));
		if (is != rows[i].reason)
			fail_msg("row %zu: %s", i, reason_code(is));
	}
}

/* What the holder signed, in other words: a credential, the challenge and the end are there for no reader. */
static void
test_hidden(void **unused)
{
#define WITHIN                                                                                     \
	"{\"@context\":[" V2 "],\"type\":[\"VerifiableCredential\"],\"issuer\":\"did:example:a\"," \
	"\"credentialSubject\":{\"id\":\"urn:s\"}}"
#define SHOWING(more) \
	"{\"@context\":[" V2 "],\"type\":\"VerifiablePresentation\",\"holder\":\"$I\"," more "}"
#define PLAIN SHOWING("\"verifiableCredential\":[" WITHIN "]")
#define IRI                                  \
	SHOWING("\"https://www.w3.org/2018/" \
		"credentials#verifiableCredential\":{\"@graph\":[" WITHIN "]}")
#define SEC "https://w3id.org/security#"
	static const struct {
		const char *document, *plain, *more, *plainly;
	} rows[] = {
		{ IRI, PLAIN, "", NULL },
		{ HELD, NULL, ",\"" SEC "challenge\":\"c\"", ",\"challenge\":\"c\"" },
		{ HELD, NULL,
			",\"" SEC "expiration\":{\"@value\":\"2026-01-01T00:00:00Z\","
			"\"@type\":\"http://www.w3.org/2001/XMLSchema#dateTime\"}",
			",\"expires\":\"2026-01-01T00:00:00Z\"" },
	};

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct vc_recipe r = { .suite = "eddsa-rdfc-2022", .more = rows[i].plainly };
		const char *plain = rows[i].plain ? rows[i].plain : rows[i].document;

		assert_int_equal(reason_of(sealed(r, plain)),
			i == 2 ? REASON_VALIDITY_EXPIRED : REASON_NONE);
		r.more = rows[i].more;
		r.signed_more = rows[i].plainly;
		r.signed_as = rows[i].plain ? wallet_fill(&w, rows[i].plain) : SPAN_NONE;
		assert_int_equal(reason_of(sealed(r, rows[i].document)), REASON_VC_AMBIGUOUS);
	}
}

/* Whatever byte is another: it is not verified.  (Blanks and the order of members are not signed, but none is met.) */
static void
test_every_byte(void **unused)
{
	struct vc_asked none = { SPAN_NONE, SPAN_NONE };
	struct span good = sealed((struct vc_recipe){ .more = ",\"challenge\":\"c\"" }, HELD);
	struct span copy = arena_copy(w.arena, good);
	uint8_t *bytes = (uint8_t *)(uintptr_t)copy.ptr;

	(void)unused;
	assert_int_equal(judge(copy, none), VERDICT_VERIFIED);
	for (size_t i = 0; i < copy.len; i++) {
		bytes[i] ^= 1;
		if (judge(copy, none) == VERDICT_VERIFIED)
			fail_msg("byte %zu (%c)", i, bytes[i]);
		bytes[i] ^= 1;
	}
	for (size_t len = 0; len < copy.len; len += 7)
		assert_int_not_equal(judge(span_slice(copy, 0, len), none), VERDICT_VERIFIED);
}

/* --- want of memory --- */

static int
judge_once(void *arg)
{
	struct arena *a = arena_new(1 << 22);
	struct kit *kit = kit_new();
	struct report report;
	struct work own = { a, &report, &w.limits, kit, WALLET_NOW };
	struct presentation p = {
		.input = *(struct span *)arg, .trust = w.trust, .policy = &w.policy
	};
	int r = a && kit ? engine_presentation(&own, &p) : -ENOMEM;

	if (r == 0 && !oom_hit() && report_verdict(&report) != VERDICT_VERIFIED)
		r = -EINVAL;
	kit_free(kit);
	arena_free(a);
	return r;
}

static void
test_out_of_memory(void **unused)
{
	struct span good = sealed((struct vc_recipe){ 0 }, HELD);

	(void)unused;
	assert_true(oom_each(judge_once, &good) > 0);
}

int
main(void)
{
#define HELD_BY(test) cmocka_unit_test_setup_teardown(test, open_wallet, close_wallet)
	const struct CMUnitTest tests[] = {
		HELD_BY(test_good),
		HELD_BY(test_bad),
		HELD_BY(test_hidden),
		HELD_BY(test_every_byte),
		HELD_BY(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
