/* cose_wg.c - the IETF working group's COSE examples: every Sign1 byte by byte, every other type refused. */
#include "codecs/seal/cose.h"
#include "codecs/seal/jws.h"
#include "conformance/adapters/crypto.h"

#include <string.h>

extern const struct adapter cose_wg_adapter;

/* Untagged, a COSE_Mac0 has the shape of a COSE_Sign1: only the missing key tells them apart. */
static const char untagged_mac[] = "mac0-tests/mac-pass-03.json";

static void
sign1(struct suite *s, struct work *w, const char *path, const json_t *root)
{
	const json_t *in = json_object_get(json_object_get(root, "input"), "sign0");
	struct span message = crypto_hex(w, json_object_get(root, "output"), "cbor"),
		    tbs = SPAN_NONE;
	struct span want = crypto_hex(w, json_object_get(root, "intermediates"), "ToBeSign_hex");
	struct span aad = crypto_hex(w, in, "external");
	bool fails = json_is_true(json_object_get(root, "fail")) ||
		     json_object_get(json_object_get(root, "input"), "fail");
	enum key_fault why;
	struct key *k = crypto_jwk(w, json_object_get(in, "key"), 0, &why);
	struct cose c;
	bool ok = false;

	cose_sign1_read(w, message, &c, &ok);
	if (ok)
		cose_sign1_tbs(w, &c, aad, &tbs);
	bool valid = ok && crypto_verify(w, k, c.alg, tbs, c.signature);
	key_free(k);
	if (valid == fails)
		suite_tell(s, path, CASE_FAIL, "%s, where %s is due",
			valid ? "verified" : "refused", fails ? "refusal" : "yes");
	else if (valid && !span_eq(tbs, want))
		suite_tell(s, path, CASE_FAIL, "the signed bytes differ");
	else
		suite_tell(s, path, CASE_PASS, NULL);
}

static void
other_type(struct suite *s, struct work *w, const char *path, const json_t *root)
{
	struct cose c;
	bool ok = false;

	cose_sign1_read(w, crypto_hex(w, json_object_get(root, "output"), "cbor"), &c, &ok);
	if (ok && strcmp(path, untagged_mac) == 0)
		suite_tell(s, path, CASE_EXCEPTION,
			"an untagged COSE_Mac0 has the shape of a COSE_Sign1; no key fits it");
	else
		suite_tell(
			s, path, ok ? CASE_FAIL : CASE_PASS, ok ? "taken for a COSE_Sign1" : NULL);
}

static int
visit(struct suite *s, const char *path, void *arg)
{
	struct work *w = suite_work(s);
	json_t *root = crypto_file(s, path);

	(void)arg;
	if (json_object_get(json_object_get(root, "input"), "sign0"))
		sign1(s, w, path, root);
	else if (root)
		other_type(s, w, path, root);
	json_decref(root);
	return 0;
}

static int
run(struct suite *s)
{
	return suite_each(s, "", ".json", visit, NULL);
}

const struct adapter cose_wg_adapter = { "cose-wg", run };
