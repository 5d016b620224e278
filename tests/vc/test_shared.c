/* test_shared.c - contexts that threads share: a credential whose context only the operator has is verified by all. */
#include "codecs/base/text.h"
#include "codecs/jsonld/contexts.h"
#include "codecs/seal/digest.h"
#include "codecs/tree/node.h"
#include "codecs/vc/proof.h"
#include "tests/vc/aid_vc.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define URL     "https://example.org/operator/v1"
#define CONTEXT "{\"@context\":{\"dose\":\"https://example.org/dose\"}}"
#define DOC                                                                     \
	"{\"@context\":[\"https://www.w3.org/ns/credentials/v2\",\"" URL "\"]," \
	"\"type\":[\"VerifiableCredential\"],\"issuer\":\"$I\","                \
	"\"credentialSubject\":{\"id\":\"did:example:1\",\"dose\":\"2\"}"
#define PROOF                                                                              \
	",\"proof\":{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-rdfc-2022\"," \
	"\"verificationMethod\":\"$M\",\"proofPurpose\":\"assertionMethod\",\"proofValue\":\"z"

enum { THREADS = 4 };

static struct wallet w;
static struct jsonld_contexts *contexts;

static struct span
digest_of_context(uint8_t *room)
{
	assert_int_equal(digest_of(w.kit, DIGEST_SHA256, SPAN_LIT(CONTEXT), room), 0);
	return (struct span){ room, 32 };
}

static int
open_all(void **state)
{
	uint8_t digest[32];

	(void)state;
	wallet_open(&w);
	w.scratch = arena_new(1 << 23);
	assert_int_equal(jsonld_contexts_new(false, &contexts), 0);
	assert_int_equal(jsonld_contexts_add(contexts, w.kit, SPAN_LIT(URL), SPAN_LIT(CONTEXT),
				 digest_of_context(digest)),
		0);
	assert_int_equal(jsonld_contexts_finish(contexts), 0);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	wallet_close(&w);
	jsonld_contexts_free(contexts);
	return 0;
}

static struct span
print(const char *before, struct span value, const char *after)
{
	struct buf b = buf_in(w.arena, 1 << 14);

	buf_add(&b, wallet_fill(&w, before));
	buf_add(&b, value);
	buf_str(&b, after);
	return buf_span(&b);
}

/* Signed over what this kit's contexts make of it.  The proof is read before it is made: a value of that length stands
 * in. */
static struct span
sign(struct kit *kit)
{
	struct span draft, signature;
	struct work work = { w.arena, &w.report, &w.limits, kit, WALLET_NOW };
	struct buf text = buf_in(w.arena, 256);
	const struct node *doc;
	struct vc_proof p;
	struct vc_covered covered;
	uint8_t none[64] = { 0 };
	bool ok;

	base58_encode(&text, (struct span){ none, sizeof(none) });
	draft = print(DOC PROOF, buf_span(&text), "\"}}");
	report_begin(&w.report, w.arena);
	assert_int_equal(node_from_json(&work, draft, "json", &doc), 0);
	assert_int_equal(vc_proof_read(&work, node_get(doc, "proof"), "json", &p, &ok), 0);
	assert_true(ok);
	assert_int_equal(vc_proof_cover(&work, doc, &p, &covered, &ok), 0);
	assert_true(ok);
	assert_int_equal(w.signer.sign(&w.signer, w.arena, covered.signed_bytes, &signature), 0);
	text = buf_in(w.arena, 256);
	base58_encode(&text, signature);
	return print(DOC PROOF, buf_span(&text), "\"}}");
}

/* What a thread with a kit of its own says. */
struct asked {
	struct span input;
	bool shared;
	enum reason reason;
};

static void *
verify(void *arg)
{
	struct asked *a = arg;
	struct arena *arena = arena_new(1 << 23);
	struct kit *kit = kit_new();
	struct report report;
	struct work work = { arena, &report, &w.limits, kit, WALLET_NOW };
	struct verify v = { .input = a->input, .trust = w.trust, .policy = &w.policy };

	a->reason = REASON_INPUT_EMPTY;
	if (arena && kit && a->shared)
		vc_contexts_share(kit, contexts);
	if (arena && kit && engine_verify(&work, &v) == 0)
		a->reason = report.checks[CHECK_SIGNATURE].reason;
	kit_free(kit);
	arena_free(arena);
	return NULL;
}

static void
without(void **state)
{
	struct kit *kit = kit_new();
	struct asked a = { .shared = false };

	(void)state;
	assert_non_null(kit);
	vc_contexts_share(kit, contexts);
	a.input = sign(kit);
	kit_free(kit);
	verify(&a);
	assert_int_equal(a.reason, REASON_JSONLD_CONTEXT_UNKNOWN);
}

static void
with_many_threads(void **state)
{
	struct kit *kit = kit_new();
	struct asked asked[THREADS];
	pthread_t thread[THREADS];

	(void)state;
	assert_non_null(kit);
	vc_contexts_share(kit, contexts);
	struct span input = sign(kit);
	kit_free(kit);
	for (size_t i = 0; i < THREADS; i++) {
		asked[i] = (struct asked){ .input = input, .shared = true };
		assert_int_equal(pthread_create(&thread[i], NULL, verify, &asked[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(thread[i], NULL), 0);
		assert_int_equal(asked[i].reason, REASON_NONE);
	}
}

/* A kit that has contexts already keeps them. */
static void
first_ones_stay(void **state)
{
	struct kit *kit = kit_new();

	(void)state;
	assert_non_null(kit);
	const struct jsonld_loader *own = vc_contexts(kit);
	vc_contexts_share(kit, contexts);
	assert_ptr_equal(vc_contexts(kit), own);
	kit_free(kit);
	kit = kit_new();
	vc_contexts_share(kit, contexts);
	assert_ptr_equal(vc_contexts(kit), jsonld_contexts_loader(contexts));
	kit_free(kit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without),
		cmocka_unit_test(with_many_threads),
		cmocka_unit_test(first_ones_stay),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
