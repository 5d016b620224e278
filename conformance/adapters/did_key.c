/* did_key.c - did:key identifiers: the fixtures of the W3C's community group, and identifiers made to be refused.
 *
 * manifest.json names each with its kind of key, its length and, where there is one, its JWK; what the fixtures say of
 * documents in the forms of their time is not compared.
 */
#include "codecs/base/report.h"
#include "codecs/seal/multikey.h"
#include "codecs/tree/node.h"
#include "conformance/adapters/crypto.h"
#include "trust/did/did.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

extern const struct adapter did_key_adapter;

static const char *const fault_names[] = { [DID_OK] = "valid",
	[DID_SYNTAX] = "invalidDid",
	[DID_METHOD] = "methodNotSupported",
	[DID_KEY_TYPE] = "unsupportedPublicKeyType",
	[DID_KEY_LENGTH] = "invalidPublicKeyLength",
	[DID_KEY] = "invalidPublicKey",
	[DID_DOCUMENT] = "document" };

/* By its SubjectPublicKeyInfo, which is one for each key. */
static bool
same_key(struct work *w, const struct key *k, const json_t *jwk)
{
	enum key_fault why;
	struct key *other = crypto_jwk(w, jwk, ~0u, &why);
	bool same = k && other && span_eq(key_spki(k), key_spki(other));

	key_free(other);
	return same;
}

static const char *
defect(struct work *w, const json_t *row, const struct did_document *doc)
{
	const char *type = json_string_value(json_object_get(row, "keyType"));
	json_int_t length = json_integer_value(json_object_get(row, "rawLength"));
	const json_t *jwk = json_object_get(row, "publicKeyJwk");
	struct span fragment = span_from(doc->methods->id, span_find(doc->methods->id, '#') + 1);
	enum multikey_fault fault = MULTIKEY_FORM;
	struct multikey m = { .type = "" };

	if (multikey_read(w, fragment, &m, &fault) != 0 || fault != MULTIKEY_OK)
		return "the method is not named by its key";
	if (type && strcmp(type, m.type) != 0)
		return "another kind of key";
	if (length && (size_t)length != m.raw.len)
		return "another length";
	if (m.verifies != (doc->methods->key != NULL) ||
		m.verifies != (doc->methods->purposes != 0))
		return "what may sign and what may not were confused";
	if (m.verifies && jwk && !same_key(w, doc->methods->key, jwk))
		return "another key";
	return NULL;
}

static int
run_row(struct suite *s, size_t index, const json_t *row)
{
	struct work *w = suite_work(s);
	struct span did = crypto_text(row, "did"), expect = crypto_text(row, "expect");
	struct span error = crypto_text(row, "error");
	const char *name = json_string_value(json_object_get(row, "name"));
	enum did_fault fault = DID_DOCUMENT;
	struct did_document doc = { 0 };
	const char *wrong = NULL;
	char id[64];

	snprintf(id, sizeof(id), "%02zu-%s", index,
		name ? name : json_string_value(json_object_get(row, "keyType")));
	int r = did_resolve(w, did, &did_key_policy, &doc, &fault);
	if (r != 0)
		return r;
	bool valid = span_is(expect, "valid");
	if (valid != (fault == DID_OK))
		wrong = fault_names[fault];
	else if (valid)
		wrong = defect(w, row, &doc);
	else if (!span_starts(error, span_of(fault_names[fault])))
		wrong = fault_names[fault];
	suite_tell(s, id, wrong ? CASE_FAIL : CASE_PASS, "%s", wrong ? wrong : "");
	return 0;
}

static int
run(struct suite *s)
{
	json_t *rows = crypto_file(s, "manifest.json");
	int r = json_is_array(rows) ? 0 : -EINVAL;

	for (size_t i = 0; r == 0 && i < json_array_size(rows); i++)
		r = run_row(s, i, json_array_get(rows, i));
	json_decref(rows);
	return r;
}

const struct adapter did_key_adapter = { "did-key", run };
