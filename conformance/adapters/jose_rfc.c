/* jose_rfc.c - vectors of RFC 7515, 7517 and 7520 as files: .jwsc compact, .jwsf and .jwsg JSON, .jwk and .jwkset keys.
 *
 * The key of a signature stands in the .jwk or .jwkset of the same name; a file may consist of another one's name.
 */
#include "conformance/adapters/jose.h"

#include "codecs/base/arena.h"
#include "codecs/seal/thumbprint.h"

#include <stdio.h>
#include <string.h>

extern const struct adapter jose_rfc_adapter;

enum { PATH = 160, HOPS = 4 };

/* JSON of a file; one that holds a name stands for the file of that name.  NULL: it is not there, or no JSON. */
static json_t *
load(struct suite *s, const char *path)
{
	char name[PATH];
	struct span text;

	snprintf(name, sizeof(name), "%s", path);
	for (int i = 0; i < HOPS; i++) {
		if (suite_read(s, name, &text) != 0)
			return NULL;
		text = span_trim(text);
		if (text.len > 0 && text.ptr[0] == '{')
			return json_loadb((const char *)text.ptr, text.len, 0, NULL);
		snprintf(name, sizeof(name), "%.*s", (int)(text.len < PATH ? text.len : 0),
			(const char *)text.ptr);
	}
	return NULL;
}

/* rfc7520_4.8.jwsg: of rfc7520_4.8.jwk, .jwkset, and .1.jwk to .3.jwk. */
static struct jose_keys
keys_of(struct suite *s, const char *path)
{
	static const char *const tails[] = { ".jwk", ".jwkset", ".1.jwk", ".2.jwk", ".3.jwk" };
	const char *dot = strrchr(path, '.');
	struct jose_keys keys = { 0 };
	char name[PATH];

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		snprintf(name, sizeof(name), "%.*s%s", (int)(dot - path), path, tails[i]);
		json_t *jwk = load(s, name);
		if (jwk)
			jose_keys_add(suite_work(s), jwk, &keys);
		json_decref(jwk);
	}
	return keys;
}

static int
visit_compact(struct suite *s, const char *path, void *arg)
{
	struct jose_keys keys = keys_of(s, path);
	struct span text;

	(void)arg;
	if (suite_read(s, path, &text) == 0)
		jose_compact(s, path, span_trim(text), &keys);
	jose_keys_free(&keys);
	return 0;
}

static int
visit_json(struct suite *s, const char *path, void *arg)
{
	struct jose_keys keys = keys_of(s, path);
	json_t *root = crypto_file(s, path);
	struct span text;

	(void)arg;
	if (root && suite_read(s, path, &text) == 0)
		jose_json(s, path, text, root, &keys);
	json_decref(root);
	jose_keys_free(&keys);
	return 0;
}

static int
visit_key(struct suite *s, const char *path, void *arg)
{
	json_t *root = load(s, path);

	(void)arg;
	if (root)
		jose_jwk(s, path, root);
	else
		suite_tell(s, path, CASE_FAIL, "the file can't be read as JSON");
	json_decref(root);
	return 0;
}

static int
visit_set(struct suite *s, const char *path, void *arg)
{
	json_t *root = load(s, path);
	const json_t *jwk;
	char id[PATH + 8];
	size_t i;

	(void)arg;
	if (!json_is_array(json_object_get(root, "keys")))
		suite_tell(s, path, CASE_FAIL, "there are no keys in it");
	json_array_foreach(json_object_get(root, "keys"), i, jwk)
	{
		snprintf(id, sizeof(id), "%s#%zu", path, i + 1);
		jose_jwk(s, id, jwk);
	}
	json_decref(root);
	return 0;
}

/* The one thumbprint that an RFC prints: of RFC 7517 A.1's RSA key (RFC 7638, 3.1). */
static void
printed_thumbprint(struct suite *s)
{
	static const char expected[] = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
	json_t *root = load(s, "rfc7517_A.1.jwkset");
	struct work *w = suite_work(s);
	struct jose_keys keys = { 0 };
	struct span out = SPAN_NONE;

	jose_keys_add(w, root, &keys);
	if (keys.count > 0)
		thumbprint_of_key(w, keys.key[0], &out);
	if (span_is(out, expected))
		suite_tell(s, "thumbprint", CASE_PASS, NULL);
	else
		suite_tell(s, "thumbprint", CASE_FAIL, "is not that of RFC 7638");
	jose_keys_free(&keys);
	json_decref(root);
}

static int
run(struct suite *s)
{
	int r = suite_each(s, "", ".jwsc", visit_compact, NULL);

	if (r == 0)
		r = suite_each(s, "", ".jwsf", visit_json, NULL);
	if (r == 0)
		r = suite_each(s, "", ".jwsg", visit_json, NULL);
	if (r == 0)
		r = suite_each(s, "", ".jwk", visit_key, NULL);
	if (r == 0)
		r = suite_each(s, "", ".jwkset", visit_set, NULL);
	if (r == 0)
		printed_thumbprint(s);
	return r;
}

const struct adapter jose_rfc_adapter = { "jose-rfc", run };
