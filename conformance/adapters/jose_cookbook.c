/* jose_cookbook.c - RFC 7520 and its kin as JSON: {"input": {"key"}, "output": {"compact", "json", "json_flat"}}.
 *
 * Files in jwk/ are keys.  RFC 7797's unencoded payloads are refused by their crit, HMAC whatever the key.
 */
#include "conformance/adapters/jose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct adapter jose_cookbook_adapter;

enum { ID = 160 };

static void
json_form(struct suite *s, const char *id, const json_t *form, const struct jose_keys *keys)
{
	char *text = json_dumps(form, JSON_COMPACT);

	if (text)
		jose_json(s, id, span_of(text), form, keys);
	free(text);
}

static void
forms(struct suite *s, const char *path, const json_t *root)
{
	static const char *const names[] = { "compact", "json", "json_flat" };
	const json_t *input = json_object_get(root, "input"),
		     *output = json_object_get(root, "output");
	struct jose_keys keys = { 0 };
	char id[ID];

	jose_keys_add(suite_work(s), json_object_get(input, "key"), &keys);
	for (size_t i = 0; i < 3; i++) {
		const json_t *form = json_object_get(output, names[i]);
		snprintf(id, sizeof(id), "%s %s", path, names[i]);
		if (json_is_string(form))
			jose_compact(s, id, crypto_text(output, names[i]), &keys);
		else if (form)
			json_form(s, id, form, &keys);
	}
	jose_keys_free(&keys);
}

static int
visit(struct suite *s, const char *path, void *arg)
{
	json_t *root = crypto_file(s, path);
	const json_t *output = json_object_get(root, "output");

	(void)arg;
	if (root && strncmp(path, "jwk/", 4) == 0)
		jose_jwk(s, path, root);
	else if (json_object_get(root, "encrypting_content"))
		jose_jwe(s, path, crypto_text(output, "compact"));
	else if (output)
		forms(s, path, root);
	else if (root)
		suite_tell(s, path, CASE_FAIL, "there is no output in it");
	json_decref(root);
	return 0;
}

static int
run(struct suite *s)
{
	return suite_each(s, "", ".json", visit, NULL);
}

const struct adapter jose_cookbook_adapter = { "jose-cookbook", run };
