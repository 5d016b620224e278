/* who.c - keys and lines of the WHO's corpora. */
#include "conformance/adapters/who.h"

#include "codecs/base/arena.h"
#include "codecs/base/text.h"

struct span
who_spki(struct suite *s, struct arena *a, const json_t *jwk)
{
	struct span x = SPAN_NONE, y = SPAN_NONE, copy = SPAN_NONE;
	enum key_fault why;
	struct key *key = NULL;
	size_t bad;

	(void)s;
	if (base64url_decode(a, dcc_text(jwk, "x"), &x, &bad) != 0 ||
		base64url_decode(a, dcc_text(jwk, "y"), &y, &bad) != 0)
		return SPAN_NONE;
	if (key_from_ec("P-256", x, y, &key_policy_default, &key, &why) == 0 && key)
		copy = arena_copy(a, key_spki(key));
	key_free(key);
	return copy;
}

int
who_lines(struct suite *s, const char *path,
	int (*fn)(struct suite *s, const json_t *row, void *arg), void *arg)
{
	struct span text, line;
	int r = suite_read(s, path, &text);

	while (r == 0 && span_split(&text, '\n', &line)) {
		json_t *row = line.len > 0 ? dcc_json(line) : NULL;
		if (row)
			r = fn(s, row, arg);
		json_decref(row);
	}
	return r;
}
