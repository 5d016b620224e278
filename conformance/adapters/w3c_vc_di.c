/* w3c_vc_di.c - the vectors of the W3C's EdDSA and ECDSA cryptosuites, compared at every stage.
 *
 * manifest.json lists them; each file has the signed document, both canonical texts, the hashes and the signature.
 * Beside them stand documents with sets and chains of proofs, each of which must hold.
 */
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "conformance/adapters/vc_aid.h"

#include <errno.h>
#include <stdio.h>

extern const struct adapter w3c_vc_di_eddsa_adapter, w3c_vc_di_ecdsa_adapter;

static const char *
stage_that_differs(struct work *w, const json_t *v, const struct vc_covered *c, enum reason why)
{
	if (c->options.ptr && !span_eq(c->options, crypto_text(v, "canonicalProof")))
		return "the canonical proof options";
	if (c->document.ptr && !span_eq(c->document, crypto_text(v, "canonicalDocument")))
		return "the canonical document";
	if (c->hashes.ptr && !span_eq(c->hashes, crypto_hex(w, v, "combinedHashHex")))
		return "the hashes";
	return why == REASON_NONE ? NULL : reason_code(why);
}

static struct work *
case_work(struct suite *s, struct kit *kit)
{
	struct work *w = suite_work(s);

	w->kit = kit;
	return w;
}

static int
run_vector(struct suite *s, struct kit *kit, const char *path)
{
	struct work *w = case_work(s, kit);
	json_t *v = crypto_file(s, path);
	const struct node *doc = vc_tree(w, json_object_get(v, "signed"));
	struct vc_covered c = { 0 };

	if (!v || !doc)
		return -EINVAL;
	enum reason why = vc_verify(w, doc, node_get(doc, "proof"), NULL, &c);
	const char *wrong = stage_that_differs(w, v, &c, why);
	suite_tell(s, path, wrong ? CASE_FAIL : CASE_PASS, "%s", wrong ? wrong : "");
	/* and altered in the slightest, it must not hold */
	json_object_set_new(json_object_get(v, "signed"), "id", json_string("urn:other"));
	w = case_work(s, kit);
	doc = vc_tree(w, json_object_get(v, "signed"));
	if (!wrong &&
		vc_verify(w, doc, node_get(doc, "proof"), NULL, &c) != REASON_SIGNATURE_MISMATCH)
		suite_tell(s, path, CASE_FAIL, "it holds when altered, too");
	json_decref(v);
	return 0;
}

/* Every proof of a document that is signed more than once. */
static int
run_set(struct suite *s, struct kit *kit, const char *path)
{
	struct span text;
	const struct node *doc = NULL;
	struct work *w = case_work(s, kit);
	size_t count = 0;

	if (suite_read(s, path, &text) != 0 || node_from_json(w, text, "json", &doc) != 0 || !doc)
		return -EINVAL;
	const struct node *all = node_get(doc, "proof");
	bool list = all && all->kind == NODE_LIST;
	for (const struct node *p = list ? all->child : all; p; p = list ? p->next : NULL) {
		struct vc_covered c;
		enum reason why = vc_verify(w, doc, p, NULL, &c);
		char id[128];

		snprintf(id, sizeof(id), "%s:%zu", path, count++);
		suite_tell(s, id, why == REASON_NONE ? CASE_PASS : CASE_FAIL, "%s",
			why == REASON_NONE ? "" : reason_code(why));
	}
	return 0;
}

/* The vectors of the manifest, then the documents beside them. */
static int
run(struct suite *s, const char *const *sets)
{
	json_t *manifest = crypto_file(s, "manifest.json");
	json_t *vectors = json_object_get(manifest, "vectors");
	struct kit *kit = vc_test_kit();
	int r = json_is_array(vectors) && kit ? 0 : -EINVAL;

	for (size_t i = 0; r == 0 && i < json_array_size(vectors); i++)
		r = run_vector(s, kit,
			json_string_value(json_object_get(json_array_get(vectors, i), "file")));
	for (; r == 0 && *sets; sets++)
		r = run_set(s, kit, *sets);
	kit_free(kit);
	json_decref(manifest);
	return r;
}

static int
run_eddsa(struct suite *s)
{
	static const char *const sets[] = { "proof-set-chain/signedProofSet1.json",
		"proof-set-chain/signedProofSet2.json", "proof-set-chain/signedProofChain1.json",
		"proof-set-chain/signedProofChain2.json", NULL };

	return run(s, sets);
}

static int
run_ecdsa(struct suite *s)
{
	static const char *const sets[] = { "ecdsa-sd-2023/employ/derivedRevealDocument.json",
		"ecdsa-sd-2023/prc/derivedRevealDocument.json", NULL };

	return run(s, sets);
}

const struct adapter w3c_vc_di_eddsa_adapter = { "w3c-vc-di-eddsa", run_eddsa };
const struct adapter w3c_vc_di_ecdsa_adapter = { "w3c-vc-di-ecdsa", run_ecdsa };
