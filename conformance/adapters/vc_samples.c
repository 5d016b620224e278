/* vc_samples.c - credentials that other projects have signed, and documents on which canonicalisers differ. */
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "codecs/jsonld/canon.h"
#include "conformance/adapters/vc_aid.h"
#include "trust/did/did.h"

#include <errno.h>
#include <string.h>

extern const struct adapter vc_thirdparty_adapter, vc_edge_cases_adapter;

struct exception {
	const char *id, *why;
};

/* --- vc-thirdparty --- */

/* Made to be refused by their own project, whose verifier asks for more than the signature. */
static const struct exception not_for_claims[] = {
	{ "samples/024-jsonwebsignature2020.json",
		"the signature is good, but for authentication, which vouches for no claim" },
	{ "samples/026-jsonwebsignature2020.json",
		"the signature is good, but the proof states no purpose" },
	{ "samples/025-jsonwebsignature2020.json",
		"the signature is good, but what is called assertionMethod is another purpose" },
	{ "samples/027-jsonwebsignature2020.json",
		"the signature is good, but what is called the purpose is something else" },
	{ "samples/028-jsonwebsignature2020.json",
		"the signature is good, but what is called the type of the proof is another" },
	{ 0 },
};

static const char *
exception_of(const struct exception *e, const char *id)
{
	while (e->id && strcmp(e->id, id) != 0)
		e++;
	return e->why;
}

/* A verification method on its own, as the manifest gives it where no did:key says it. */
static const struct key *
stated_key(struct work *w, const json_t *row)
{
	json_t *method = json_object_get(row, "key");
	json_t *doc = method ? json_pack("{s:O, s:[O]}", "id",
				       json_object_get(method, "controller"), "assertionMethod",
				       method)
			     : NULL;
	const struct node *tree = doc ? vc_tree(w, doc) : NULL;
	enum did_fault fault = DID_DOCUMENT;
	struct did_document read = { 0 };

	if (tree)
		(void)did_document_read(w, tree, SPAN_NONE, &did_key_policy, &read, &fault);
	json_decref(doc);
	return fault == DID_OK && read.count == 1 ? read.methods->key : NULL;
}

static int
run_sample(struct suite *s, const json_t *row)
{
	const char *file = json_string_value(json_object_get(row, "file"));
	struct work *w = suite_work(s);
	const struct node *doc = NULL;
	struct vc_covered c = { 0 };
	struct span text;

	if (!file || suite_read(s, file, &text) != 0 ||
		node_from_json(w, text, "json", &doc) != 0 || !doc)
		return -EINVAL;
	enum reason is = vc_verify(w, doc, node_get(doc, "proof"), stated_key(w, row), &c);
	const char *why = exception_of(not_for_claims, file);
	bool purpose = is == REASON_VC_PROOF_PURPOSE || is == REASON_VC_PROOF_FORM ||
		       is == REASON_VC_AMBIGUOUS;
	if (why)
		suite_tell(s, file, purpose ? CASE_EXCEPTION : CASE_FAIL, "%s", why);
	else
		suite_tell(
			s, file, is == REASON_NONE ? CASE_PASS : CASE_FAIL, "%s", reason_code(is));
	return 0;
}

static int
run_thirdparty(struct suite *s)
{
	json_t *rows = crypto_file(s, "manifest.json");
	int r = json_is_array(rows) ? 0 : -EINVAL;

	for (size_t i = 0; r == 0 && i < json_array_size(rows); i++)
		r = run_sample(s, json_array_get(rows, i));
	json_decref(rows);
	return r;
}

/* --- vc-edge-cases --- */

static const struct exception no_json_of_ours[] = {
	{ "control-characters",
		"U+0000 in a string is refused: what stands behind it could be lost" },
	{ 0 },
};

static bool
gives(struct suite *s, const json_t *row, bool legacy, struct span want, enum reason *why)
{
	struct work *w = suite_work(s);
	struct vc_statements st = { vc_tree(w, json_object_get(row, "input")), "json",
		DIGEST_SHA256, legacy, NULL };
	struct canon c = { 0 };
	bool ok = false;

	if (st.document)
		(void)vc_canonise(w, &st, &c, &ok);
	*why = w->report->checks[w->report->running].reason;
	return ok && span_eq(c.text, want);
}

static int
run_edge(struct suite *s, const json_t *row)
{
	const char *id = json_string_value(json_object_get(row, "id"));
	struct span spec = crypto_text(row, "expectedBySpec");
	struct span legacy = crypto_text(row, "legacyURDNA2015");
	const char *exception = exception_of(no_json_of_ours, id);
	enum reason why = REASON_NONE;
	bool right = true;

	if (spec.ptr)
		right = gives(s, row, false, spec, &why);
	if (right && legacy.ptr && !exception)
		right = gives(s, row, true, legacy, &why);
	if (exception)
		suite_tell(s, id, why == REASON_JSON_CHARACTER ? CASE_EXCEPTION : CASE_FAIL, "%s",
			exception);
	else
		suite_tell(s, id, right ? CASE_PASS : CASE_FAIL, "differs %s", reason_code(why));
	return 0;
}

static int
run_edge_cases(struct suite *s)
{
	struct span text = SPAN_NONE;
	int r = suite_read(s, "edge-cases.json", &text);
	/* some integers are beyond 64 bits; JSON-LD takes all numbers for doubles */
	json_t *rows = json_loadb(
		(const char *)text.ptr, text.len, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);

	if (r == 0 && !json_is_array(rows))
		r = -EINVAL;

	for (size_t i = 0; r == 0 && i < json_array_size(rows); i++)
		r = run_edge(s, json_array_get(rows, i));
	json_decref(rows);
	return r;
}

const struct adapter vc_thirdparty_adapter = { "vc-thirdparty", run_thirdparty };
const struct adapter vc_edge_cases_adapter = { "vc-edge-cases", run_edge_cases };
