/* test_seal.c - every way of securing a credential, as the engine finds it: good as the recipe's defaults make it, bad
 * by each switch, and bad wherever a byte of what was signed is altered. */
#include "codecs/vc/seal.h"
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
#define DOC(name)                                                                       \
	"{\"@context\":[" V2 "],\"type\":[\"VerifiableCredential\"],\"issuer\":\"$I\"," \
	"\"credentialSubject\":{\"id\":\"urn:uuid:1\",\"name\":\"" name "\"}}"
#define TOKEN                                                                                \
	"{\"iss\":\"$I\",\"nbf\":1788249600,\"vc\":{\"@context\":[\"https://www.w3.org/2018" \
	"/credentials/v1\"],\"type\":[\"VerifiableCredential\"],\"credentialSubject\":{"     \
	"\"id\":\"urn:uuid:1\"}}}"

static struct wallet w;

static int
open_wallet(void **state)
{
	(void)state;
	wallet_open(&w);
	w.signer.kid = w.method;
	w.signer.issuer = w.did;
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
seal(struct vc_recipe r, const char *document)
{
	struct span out = SPAN_NONE;

	r.document = wallet_fill(&w, document);
	w.work.arena = w.arena;
	assert_int_equal(vc_seal(&w.work, &r, &w.signer, &out), 0);
	assert_non_null(out.ptr);
	return out;
}

static const struct way {
	struct vc_recipe recipe;
	const char *document;
} ways[] = {
	{ { 0 }, DOC("Ada") },
	{ { .suite = "eddsa-rdfc-2022", .created = "2026-09-01T08:00:00Z" }, DOC("Ada") },
	{ { .form = VC_TOKEN }, TOKEN },
	{ { .form = VC_JOSE }, DOC("Ada") },
	{ { .form = VC_COSE }, DOC("Ada") },
};

static void
test_good_as_made(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(ways); i++)
		assert_int_equal(
			wallet_reason(&w, seal(ways[i].recipe, ways[i].document)), REASON_NONE);
}

/* The text that is shown is not the one that was signed. */
static void
test_signed_as(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(ways); i++) {
		struct vc_recipe r = ways[i].recipe;

		if (r.form == VC_TOKEN)
			continue;
		r.signed_as = wallet_fill(&w, DOC("Eve"));
		assert_int_equal(wallet_reason(&w, seal(r, DOC("Ada"))), REASON_SIGNATURE_MISMATCH);
	}
}

static void
test_switches(void **unused)
{
	static const struct {
		struct vc_recipe recipe;
		enum reason reason;
	} rows[] = {
		{ { .purpose = "authentication" }, REASON_VC_PROOF_PURPOSE },
		{ { .purpose = "" }, REASON_VC_PROOF_FORM },
		{ { .letter = 'u' }, REASON_VC_PROOF_VALUE },
		{ { .value = "" }, REASON_VC_PROOF_FORM },
		{ { .suite = "bbs-2023", .value = ",\"proofValue\":\"u2V0C\"" },
			REASON_VC_PROOF_SUITE },
		{ { .suite = "ecdsa-jcs-2019", .covers_as = "eddsa-jcs-2022" },
			REASON_SIGNATURE_ALGORITHM },
		{ { .more = ",\"expires\":\"2026-09-01T08:00:00Z\"" }, REASON_VALIDITY_EXPIRED },
		{ { .form = VC_JOSE, .typ = "JWT" }, REASON_VC_MEDIA_TYPE },
		{ { .form = VC_JOSE, .typ = "" }, REASON_VC_MEDIA_TYPE },
		{ { .form = VC_JOSE, .cty = "json" }, REASON_VC_MEDIA_TYPE },
		{ { .form = VC_JOSE, .cty = "" }, REASON_NONE },
		{ { .form = VC_JOSE, .alg = "none" }, REASON_SIGNATURE_ALGORITHM },
		{ { .form = VC_JOSE, .kid = { (const uint8_t *)"", 0 } }, REASON_NONE },
		{ { .form = VC_JOSE, .header = ",\"crit\":[\"exp\"]" }, REASON_JWS_CRIT },
		{ { .form = VC_COSE, .cty = "" }, REASON_NONE },
		{ { .form = VC_COSE, .kid = { (const uint8_t *)"", 0 } }, REASON_NONE },
		{ { .form = VC_COSE, .typ = "application/vp+cose" }, REASON_VC_MEDIA_TYPE },
	};

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(
			wallet_reason(&w, seal(rows[i].recipe, DOC("Ada"))), rows[i].reason);
}

/* The second of two proofs builds on the first, which may then not be altered. */
static void
test_chain(void **unused)
{
	struct vc_recipe first = { .document = wallet_fill(&w, DOC("Ada")),
		.more = ",\"id\":\"urn:uuid:a\"" };
	struct vc_recipe second = { .more = ",\"previousProof\":\"urn:uuid:a\"" };
	struct buf b = buf_in(w.arena, SIZE_MAX);
	struct span proof;

	(void)unused;
	assert_int_equal(vc_seal_proof(&w.work, &first, &w.signer, &proof), 0);
	buf_add(&b, proof);
	buf_char(&b, ',');
	second.before = buf_span(&b);
	struct span good = seal(second, DOC("Ada"));
	assert_int_equal(wallet_reason(&w, good), REASON_NONE);
	struct span bad = arena_copy(w.arena, good);
	uint8_t *at = memmem(bad.ptr, bad.len, "urn:uuid:a", 10);
	assert_non_null(at);
	at[9] = 'b';
	assert_int_equal(wallet_reason(&w, bad), REASON_VC_PROOF_CHAIN);
}

/* A COSE header names its type behind a key's name as long as a DID can be. */
static void
test_long_kid(void **unused)
{
	struct vc_recipe r = { .form = VC_COSE, .cty = "" };
	struct buf kid = buf_in(w.arena, SIZE_MAX);

	(void)unused;
	for (int i = 0; i < 40; i++)
		buf_str(&kid, i == 0 ? "did:jwk:" : "0123456789");
	r.kid = buf_span(&kid);
	assert_int_equal(wallet_reason(&w, seal(r, DOC("Ada"))), REASON_ISSUER_KEY_UNKNOWN);
}

static void
test_nothing_to_seal(void **unused)
{
	struct vc_recipe r = { .document = SPAN_LIT("nonsense}") };
	struct span out = SPAN_LIT("untouched");

	(void)unused;
	assert_int_equal(vc_seal(&w.work, &r, &w.signer, &out), -EINVAL);
	r = (struct vc_recipe){ .suite = "bbs-2023", .document = wallet_fill(&w, DOC("Ada")) };
	assert_int_equal(vc_seal(&w.work, &r, &w.signer, &out), -EINVAL);
	r = (struct vc_recipe){ .suite = "eddsa-rdfc-2022",
		.document = wallet_fill(&w, "{\"@context\":[" V2 "],\"no such word\":1}") };
	assert_int_equal(vc_seal(&w.work, &r, &w.signer, &out), -EINVAL);
	assert_true(span_is(out, "untouched"));
}

/* --- want of memory --- */

static int
seal_once(void *arg)
{
	struct arena *a = arena_new(1 << 22);
	struct kit *kit = kit_new();
	struct report report;
	struct work own = { a, &report, &w.limits, kit, WALLET_NOW };
	struct span out;
	int r = a && kit ? 0 : -ENOMEM;

	if (r == 0) {
		report_begin(&report, a);
		r = vc_seal(&own, arg, &w.signer, &out);
	}
	kit_free(kit);
	arena_free(a);
	return r;
}

static void
test_out_of_memory(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(ways); i++) {
		struct vc_recipe r = ways[i].recipe;

		if (r.suite)
			continue; /* thousands of allocations for contexts, tested elsewhere */
		r.document = wallet_fill(&w, ways[i].document);
		assert_true(oom_each(seal_once, &r) > 0);
	}
}

int
main(void)
{
#define SEALED(test) cmocka_unit_test_setup_teardown(test, open_wallet, close_wallet)
	const struct CMUnitTest tests[] = {
		SEALED(test_good_as_made),
		SEALED(test_signed_as),
		SEALED(test_switches),
		SEALED(test_chain),
		SEALED(test_long_kid),
		SEALED(test_nothing_to_seal),
		SEALED(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
