/* crypto.c - see crypto.h. */
#include "conformance/adapters/crypto.h"

#include "codecs/base/arena.h"
#include "codecs/base/text.h"
#include "codecs/tree/node.h"

#include <stdlib.h>
#include <string.h>

json_t *
crypto_file(struct suite *s, const char *path)
{
	struct span text;
	json_t *root = NULL;

	if (suite_read(s, path, &text) == 0)
		root = json_loadb((const char *)text.ptr, text.len, JSON_ALLOW_NUL, NULL);
	if (!root)
		suite_tell(s, path, CASE_FAIL, "the file can't be read as JSON");
	return root;
}

struct span
crypto_text(const json_t *object, const char *member)
{
	const json_t *v = json_object_get(object, member);

	if (!json_is_string(v))
		return SPAN_NONE;
	return (struct span){ (const uint8_t *)json_string_value(v), json_string_length(v) };
}

struct span
crypto_hex(struct work *w, const json_t *object, const char *member)
{
	struct span text = crypto_text(object, member), out = SPAN_NONE;
	size_t bad;

	if (text.ptr)
		hex_decode(w->arena, text, &out, &bad);
	return out;
}

static bool
is_private(const char *name)
{
	static const char *const names[] = { "d", "d_hex", "p", "q", "dp", "dq", "qi", "oth" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* x_hex as x in base64url. */
static void
put_member(struct work *w, json_t *to, const char *name, json_t *value, const json_t *from)
{
	const char *tail = strstr(name, "_hex");
	struct buf b = buf_in(w->arena, 4096);
	char plain[16];

	if (!tail || (size_t)(tail - name) >= sizeof(plain)) {
		json_object_set(to, name, value);
		return;
	}
	memcpy(plain, name, (size_t)(tail - name));
	plain[tail - name] = '\0';
	base64url_encode(&b, crypto_hex(w, from, name));
	json_object_set_new(to, plain, json_stringn((const char *)b.ptr, b.len));
}

struct key *
crypto_jwk(struct work *w, const json_t *jwk, unsigned algs, enum key_fault *why)
{
	struct key_policy p = key_policy_default;
	json_t *public = json_object(), *value;
	const char *name;
	struct key *k = NULL;
	const struct node *node = NULL;

	p.algs = algs;
	*why = KEY_MALFORMED;
	json_object_foreach((json_t *)(uintptr_t)jwk, name, value) if (!is_private(name))
		put_member(w, public, name, value, jwk);
	char *text = json_dumps(public, JSON_COMPACT);
	if (text && node_from_json(w, span_of(text), "jwk", &node) == 0 && node)
		key_from_jwk(node, &p, &k, why);
	free(text);
	json_decref(public);
	return k;
}

bool
crypto_verify(struct work *w, const struct key *k, enum sig_alg alg, struct span bytes,
	struct span signature)
{
	struct proof p = {
		.alg = alg, .accept = ~0u, .signed_bytes = bytes, .signature = signature
	};
	enum key_result result = KEY_MISMATCH;

	return k && key_verify(k, &p, w->kit, &result) == 0 && result == KEY_VALID;
}
