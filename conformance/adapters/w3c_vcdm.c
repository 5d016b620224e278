/* w3c_vcdm.c - the inputs of the W3C's suites for the data models 2.0 and 1.1: which documents are credentials at all.
 *
 * The 2.0 suite hands documents to an issuer after filling in its own id; here they
 * get one and go through the rules of the model.
 */
#include "codecs/vc/model.h"
#include "conformance/suite.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

extern const struct adapter w3c_vcdm2_adapter, w3c_vcdm11_adapter;

#define ISSUER "did:example:issuer"

struct exception {
	const char *input, *why;
};

static const struct exception exceptions_20[] = {
	{ "input/validVc.json",
		"a document of the 1.1 model without issuanceDate, which that model demands" },
	{ 0 },
};

/* Not asked yet: whether a context defines the type, and whether it may. */
static const char *const by_expansion[] = { "input/credential-redef-type-fail.json",
	"input/credential-redef-type2-fail.json", "input/credential-type-mapped-nonurl-fail.json",
	"input/credential-type-unmapped-fail.json" };

static const struct exception exceptions_11[] = {
	{ "input/example-015-zkp-bad-no-credential-schema.jsonld",
		"a rule for proofs of zero knowledge, none of which is verified here" },
	{ "input/example-015-zkp-vp-bad-no-credential-schema.jsonld",
		"a rule for proofs of zero knowledge, none of which is verified here" },
	{ "input/example-015-zkp-bad-no-proof.jsonld",
		"that a proof is there is asked by the check of signatures, not by the model" },
	{ "input/example-015-zkp-vp-bad-missing-proof.jsonld",
		"that a proof is there is asked by the check of signatures, not by the model" },
	{ 0 },
};

struct model_suite {
	const struct exception *exceptions;
	bool fill_in;
};

static const char *
exception_of(const struct model_suite *m, const char *input)
{
	for (const struct exception *e = m->exceptions; e->input; e++)
		if (strcmp(e->input, input) == 0)
			return e->why;
	return NULL;
}

/* Inputs hold placeholders where a test is about the clock. */
static void
date_in(json_t *doc, const char *member)
{
	const char *text = json_string_value(json_object_get(doc, member));

	if (text && strcmp(text, "PAST DATE") == 0)
		json_object_set_new(doc, member, json_string("2020-01-01T00:00:00Z"));
	else if (text && strcmp(text, "FUTURE DATE") == 0)
		json_object_set_new(doc, member, json_string("2090-01-01T00:00:00Z"));
}

/* As the suite's harness does before it asks an issuer. */
static void
fill_in(json_t *doc, const char *kind)
{
	json_t *issuer = json_object_get(doc, "issuer");

	if (strcmp(kind, "credential") != 0)
		return;
	if (!issuer)
		json_object_set_new(doc, "issuer", json_string(ISSUER));
	else if (json_is_object(issuer) && !json_object_get(issuer, "id"))
		json_object_set_new(issuer, "id", json_string(ISSUER));
	date_in(doc, "validFrom");
	date_in(doc, "validUntil");
}

/* REASON_NONE: it is a credential or presentation as the model has it. */
static enum reason
fault_of(struct suite *s, const char *text)
{
	struct work *w = suite_work(s);
	const struct node *doc = NULL;

	w->report->running = CHECK_PROFILE;
	if (node_from_json(w, span_of(text), "json", &doc) == 0 && doc)
		(void)vc_model_check(w, doc, "json");
	return w->report->checks[CHECK_PROFILE].reason;
}

static void
judge(struct suite *s, const struct model_suite *m, const char *input, const char *text, bool valid)
{
	enum reason fault = fault_of(s, text);
	bool got = fault == REASON_NONE;
	const char *why = exception_of(m, input);

	if (got == valid && !why)
		suite_tell(s, input, CASE_PASS, NULL);
	else if (got == valid)
		suite_tell(s, input, CASE_FAIL, "is listed as an exception, but agrees");
	else if (why)
		suite_tell(s, input, CASE_EXCEPTION, "%s", why);
	else
		suite_tell(s, input, CASE_FAIL, "%s: %s", got ? "accepted" : "refused",
			reason_code(fault));
}

static int
run_row(struct suite *s, const struct model_suite *m, json_t *row)
{
	const char *input = json_string_value(json_object_get(row, "input"));
	const char *expect = json_string_value(json_object_get(row, "expect"));
	const char *kind = json_string_value(json_object_get(row, "kind"));
	struct span bytes;

	if (!input || !expect || !kind)
		return -EINVAL;
	for (size_t i = 0; i < sizeof(by_expansion) / sizeof(by_expansion[0]); i++)
		if (m->fill_in && strcmp(input, by_expansion[i]) == 0) {
			suite_tell(s, input, CASE_SKIP, "is told by the contexts alone");
			return 0;
		}
	if (strcmp(expect, "unspecified") == 0 || strcmp(kind, "jwt") == 0) {
		suite_tell(s, input, CASE_SKIP, "%s",
			kind[0] == 'j' ? "a signed form, not a document"
				       : "no expectation is stated");
		return 0;
	}
	int r = suite_read(s, input, &bytes);
	if (r != 0) {
		suite_tell(s, input, CASE_FAIL, "there is no such file");
		return 0;
	}
	json_t *doc = json_loadb((const char *)bytes.ptr, bytes.len, 0, NULL);
	if (m->fill_in)
		fill_in(doc, kind);
	char *text = json_dumps(doc, JSON_COMPACT);
	if (text)
		judge(s, m, input, text, strcmp(expect, "valid") == 0);
	free(text);
	json_decref(doc);
	return text ? 0 : -ENOMEM;
}

static int
run(struct suite *s, const struct model_suite *m)
{
	struct span bytes;
	int r = suite_read(s, "expectations.json", &bytes);
	json_t *rows = r == 0 ? json_loadb((const char *)bytes.ptr, bytes.len, 0, NULL) : NULL;

	if (r == 0 && !json_is_array(rows))
		r = -EINVAL;
	for (size_t i = 0; r == 0 && i < json_array_size(rows); i++)
		r = run_row(s, m, json_array_get(rows, i));
	json_decref(rows);
	return r;
}

static int
run_20(struct suite *s)
{
	return run(s, &(const struct model_suite){ exceptions_20, true });
}

static int
run_11(struct suite *s)
{
	return run(s, &(const struct model_suite){ exceptions_11, false });
}

const struct adapter w3c_vcdm2_adapter = { "w3c-vcdm2", run_20 };
const struct adapter w3c_vcdm11_adapter = { "w3c-vcdm11", run_11 };
