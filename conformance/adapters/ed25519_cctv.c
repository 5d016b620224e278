/* ed25519_cctv.c - edge cases of Ed25519: points of low order, of mixed order, and points written in two ways.
 *
 * RFC 8032 leaves room; ours is the strictest reading.  A key outside the main group is refused when a list is
 * loaded, and a signature whose R is of low order, badly written or leaves a residue is none.  So of all these
 * vectors, each made to lie on an edge, only one without any flag may be accepted.
 */
#include "codecs/seal/key.h"
#include "conformance/adapters/crypto.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

extern const struct adapter ed25519_cctv_adapter;

struct counts {
	long long accepted, keys, signatures; /* refused for the key, for the signature */
};

static bool
about_key(const json_t *flags)
{
	for (size_t i = 0; i < json_array_size(flags); i++) {
		const char *flag = json_string_value(json_array_get(flags, i));

		if (flag && (strcmp(flag, "low_order_A") == 0 ||
				    strcmp(flag, "low_order_component_A") == 0 ||
				    strcmp(flag, "non_canonical_A") == 0))
			return true;
	}
	return false;
}

static int
run_vector(struct suite *s, const json_t *row, struct counts *n)
{
	struct work *w = suite_work(s);
	const json_t *flags = json_object_get(row, "flags");
	struct span raw = crypto_hex(w, row, "key"), sig = crypto_hex(w, row, "sig");
	enum key_fault why = KEY_OK;
	struct key *k = NULL;
	char id[32];

	if (!raw.ptr || !sig.ptr)
		return -EINVAL;
	int r = key_from_ed25519(raw, &key_policy_default, &k, &why);
	if (r != 0)
		return r;
	bool yes = crypto_verify(w, k, SIG_EDDSA, crypto_text(row, "msg"), sig);
	bool right = yes == (json_array_size(flags) == 0) && (k != NULL) == !about_key(flags);
	n->accepted += yes;
	n->keys += k == NULL;
	n->signatures += k != NULL && !yes;
	snprintf(id, sizeof(id), "%lld",
		(long long)json_integer_value(json_object_get(row, "number")));
	suite_tell(s, id, right ? CASE_PASS : CASE_FAIL, "key %s, signature %s",
		k ? "taken" : "refused", yes ? "accepted" : "refused");
	key_free(k);
	return 0;
}

static int
run(struct suite *s)
{
	json_t *rows = crypto_file(s, "ed25519vectors.json");
	struct counts n = { 0 };
	int r = json_is_array(rows) ? 0 : -EINVAL;

	for (size_t i = 0; r == 0 && i < json_array_size(rows); i++)
		r = run_vector(s, json_array_get(rows, i), &n);
	suite_figure(s, "accepted", n.accepted);
	suite_figure(s, "keys refused", n.keys);
	suite_figure(s, "signatures refused", n.signatures);
	json_decref(rows);
	return r;
}

const struct adapter ed25519_cctv_adapter = { "ed25519-cctv", run };
