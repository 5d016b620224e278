/* vc_aid.c - see vc_aid.h. */
#include "conformance/adapters/vc_aid.h"

#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "trust/did/did.h"

#include <stdlib.h>

struct kit *
vc_test_kit(void)
{
	struct kit *kit = kit_new();

	if (kit && vc_contexts_for_tests(kit) == 0)
		return kit;
	kit_free(kit);
	return NULL;
}

const struct node *
vc_tree(struct work *w, const json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
	struct span copy = arena_copy(w->arena, span_of(text));
	const struct node *n = NULL;

	free(text);
	if (copy.ptr)
		(void)node_from_json(w, copy, "json", &n);
	return n;
}

static const struct key *
key_of_method(struct work *w, struct span method)
{
	struct span did = span_slice(method, 0, span_find(method, '#'));
	enum did_fault fault = DID_SYNTAX;
	struct did_document doc;

	if (did_resolve(w, did, &did_key_policy, &doc, &fault) != 0 || fault != DID_OK ||
		!span_eq(doc.methods->id, method))
		return NULL;
	return doc.methods->key;
}

static enum reason
check_signature(
	struct work *w, const struct vc_proof *p, const struct vc_covered *c, const struct key *k)
{
	static const enum reason reasons[] = { [KEY_VALID] = REASON_NONE,
		[KEY_ALG_REFUSED] = REASON_SIGNATURE_ALGORITHM,
		[KEY_SIG_MALFORMED] = REASON_SIGNATURE_MALFORMED,
		[KEY_MISMATCH] = REASON_SIGNATURE_MISMATCH };
	struct proof sealed = { .alg = p->alg,
		.accept = p->suite->accept,
		.signed_bytes = c->signed_bytes,
		.signature = p->signature };
	enum key_result result = KEY_MISMATCH;

	if (!k)
		k = key_of_method(w, p->method);
	if (!k)
		return REASON_ISSUER_UNKNOWN;
	(void)key_verify(k, &sealed, w->kit, &result);
	for (size_t i = 0; result == KEY_MISMATCH && i < c->other_count; i++) {
		sealed.signed_bytes = c->others[i];
		(void)key_verify(k, &sealed, w->kit, &result);
	}
	return reasons[result];
}

enum reason
vc_verify(struct work *w, const struct node *doc, const struct node *proof, const struct key *k,
	struct vc_covered *c)
{
	const struct check *check = &w->report->checks[w->report->running];
	struct vc_proof p = { 0 };
	bool ok = false;

	if (vc_proof_read(w, proof, "json", &p, &ok) != 0 || !ok)
		return check->reason;
	if (!p.suite)
		return REASON_VC_PROOF_SUITE;
	if (vc_proof_cover(w, doc, &p, c, &ok) != 0 || !ok)
		return check->reason;
	return check_signature(w, &p, c, k);
}
