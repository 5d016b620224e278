/* gluecose.c - COSE_Sign1 vectors shared between implementations: what verifies, and what is signed. */
#include "codecs/seal/cose.h"
#include "conformance/adapters/crypto.h"

extern const struct adapter gluecose_adapter;

struct answer {
	bool read, valid;
	struct span tbs;
};

static struct answer
ask(struct work *w, const json_t *root, struct span message, struct span aad)
{
	struct answer a = { 0 };
	enum key_fault why;
	struct key *k = crypto_jwk(w, json_object_get(root, "key"), 0, &why);
	struct cose c;

	cose_sign1_read(w, message, &c, &a.read);
	if (a.read && cose_sign1_tbs(w, &c, aad, &a.tbs) == 0)
		a.valid = crypto_verify(w, k, c.alg, a.tbs, c.signature);
	key_free(k);
	return a;
}

static void
verify(struct suite *s, struct work *w, const char *path, const json_t *root, const json_t *v)
{
	struct span message = crypto_hex(w, json_object_get(v, "taggedCOSESign1"), "cborHex");
	bool want = json_is_true(json_object_get(v, "shouldVerify"));
	struct answer a = ask(w, root, message, crypto_hex(w, v, "external"));

	if (a.valid == want)
		suite_tell(s, path, CASE_PASS, NULL);
	else
		suite_tell(s, path, CASE_FAIL, "%s", a.valid ? "verified" : "refused");
}

static void
sign(struct suite *s, struct work *w, const char *path, const json_t *root, const json_t *v)
{
	struct span message = crypto_hex(w, json_object_get(v, "expectedOutput"), "cborHex");
	struct answer a = ask(w, root, message, crypto_hex(w, v, "external"));

	if (!a.valid)
		suite_tell(s, path, CASE_FAIL, "the expected output does not verify");
	else if (!span_eq(a.tbs, crypto_hex(w, json_object_get(v, "tbsHex"), "cborHex")))
		suite_tell(s, path, CASE_FAIL, "the signed bytes differ");
	else
		suite_tell(s, path, CASE_PASS, NULL);
}

static int
visit(struct suite *s, const char *path, void *arg)
{
	struct work *w = suite_work(s);
	json_t *root = crypto_file(s, path);
	const json_t *v = json_object_get(root, "sign1::verify"),
		     *g = json_object_get(root, "sign1::sign");

	(void)arg;
	if (v)
		verify(s, w, path, root, v);
	else if (g)
		sign(s, w, path, root, g);
	json_decref(root);
	return 0;
}

static int
run(struct suite *s)
{
	return suite_each(s, "", ".json", visit, NULL);
}

const struct adapter gluecose_adapter = { "gluecose", run };
