/* jose.c - see jose.h.  What is expected follows from the example itself: its alg, its key's type and use. */
#include "conformance/adapters/jose.h"

#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/base/report.h"
#include "codecs/seal/jwe.h"
#include "codecs/seal/jws.h"
#include "codecs/seal/thumbprint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID = 160 };

#define EVERY (~0u)

static void
add_one(struct work *w, const json_t *jwk, struct jose_keys *out)
{
	enum key_fault why;
	struct key *k = out->count < JOSE_KEYS ? crypto_jwk(w, jwk, EVERY, &why) : NULL;

	if (k)
		out->key[out->count++] = k;
}

void
jose_keys_add(struct work *w, const json_t *jwks, struct jose_keys *out)
{
	const json_t *set = json_object_get(jwks, "keys");
	const json_t *list = set ? set : jwks;
	const json_t *jwk;
	size_t i;

	if (!json_is_array(list))
		add_one(w, list, out);
	json_array_foreach(list, i, jwk) add_one(w, jwk, out);
}

void
jose_keys_free(struct jose_keys *k)
{
	while (k->count > 0)
		key_free(k->key[--k->count]);
}

static bool
verifies(struct work *w, struct span text, const struct jose_keys *keys)
{
	struct jws j;
	bool ok = false;

	report_begin(w->report, w->arena);
	if (jws_read(w, text, &j, &ok) != 0 || !ok)
		return false;
	for (size_t i = 0; i < keys->count; i++)
		if (crypto_verify(w, keys->key[i], j.alg, j.signing_input, j.signature))
			return true;
	return false;
}

/* Offset of the first character whose change goes unnoticed; the length when there is none. */
static size_t
unnoticed(struct suite *s, struct span text, const struct jose_keys *keys)
{
	uint8_t *copy = malloc(text.len);
	size_t at = text.len;

	if (!copy)
		return 0;
	memcpy(copy, text.ptr, text.len);
	for (size_t i = 0; i < text.len && at == text.len; i++) {
		copy[i] = text.ptr[i] == 'A' ? 'B' : 'A';
		if (verifies(suite_work(s), (struct span){ copy, text.len }, keys))
			at = i;
		copy[i] = text.ptr[i];
	}
	free(copy);
	return at;
}

void
jose_compact(struct suite *s, const char *id, struct span text, const struct jose_keys *keys)
{
	struct work *w = suite_work(s);
	struct jws j;
	bool ok = false;

	if (jws_read(w, text, &j, &ok) != 0) {
		suite_tell(s, id, CASE_FAIL, "there was no memory");
		return;
	}
	bool ours = ok && j.alg != SIG_UNKNOWN, yes = verifies(w, text, keys);
	size_t at = ours && yes ? unnoticed(s, text, keys) : text.len;
	if (yes != ours)
		suite_tell(s, id, CASE_FAIL, yes ? "was accepted" : "does not verify");
	else if (at < text.len)
		suite_tell(s, id, CASE_FAIL, "a change at %zu goes unnoticed", at);
	else
		suite_tell(s, id, CASE_PASS, NULL);
}

/* One entry of a JSON serialisation in compact form, if it has one: everything in the protected header. */
static struct span
compact_of(struct work *w, const json_t *root, const json_t *entry)
{
	struct span header = crypto_text(entry, "protected"), body = crypto_text(root, "payload"),
		    sig = crypto_text(entry, "signature");
	struct buf b = buf_in(w->arena, header.len + body.len + sig.len + 2);

	if (!header.ptr || !body.ptr || !sig.ptr)
		return SPAN_NONE;
	buf_add(&b, header);
	buf_char(&b, '.');
	buf_add(&b, body);
	buf_char(&b, '.');
	buf_add(&b, sig);
	return arena_copy(w->arena, buf_span(&b));
}

/* An alg outside the protected header has no compact form: nothing of ours would read it. */
static void
json_entry(struct suite *s, const char *id, const json_t *root, const json_t *entry,
	const struct jose_keys *keys)
{
	struct span in_arena = compact_of(suite_work(s), root, entry);
	char *text = in_arena.ptr ? strdup((const char *)in_arena.ptr) : NULL;

	if (text)
		jose_compact(s, id, span_of(text), keys);
	free(text);
}

void
jose_json(struct suite *s, const char *id, struct span text, const json_t *root,
	const struct jose_keys *keys)
{
	struct work *w = suite_work(s);
	const json_t *entries = json_object_get(root, "signatures");
	const json_t *entry;
	struct jws j;
	char name[ID];
	size_t i;
	bool ok = true;

	if (jws_read(w, text, &j, &ok) != 0 || ok ||
		w->report->checks[CHECK_FORMAT].reason != REASON_JWS_STRUCTURE)
		suite_tell(s, id, CASE_FAIL, "a JSON serialisation was read as a compact one");
	else
		suite_tell(s, id, CASE_PASS, NULL);
	if (!entries) {
		snprintf(name, sizeof(name), "%s#1", id);
		json_entry(s, name, root, root, keys);
	}
	json_array_foreach(entries, i, entry)
	{
		snprintf(name, sizeof(name), "%s#%zu", id, i + 1);
		json_entry(s, name, root, entry, keys);
	}
}

/* --- keys --- */

static bool
is_secret(const json_t *jwk)
{
	return json_object_get(jwk, "d") || json_object_get(jwk, "k");
}

static bool
is_for_encryption(const json_t *jwk)
{
	return span_is(crypto_text(jwk, "use"), "enc");
}

static struct key *
as_published(struct work *w, const json_t *jwk, struct span *thumbprint)
{
	struct key_policy p = { .rsa_min_bits = 2048, .rsa_max_bits = 8192, .algs = EVERY };
	char *text = json_dumps(jwk, JSON_COMPACT);
	const struct node *n = NULL;
	struct key *k = NULL;
	enum key_fault why;

	*thumbprint = SPAN_NONE;
	if (text && node_from_json(w, arena_copy(w->arena, span_of(text)), "jwk", &n) == 0 && n) {
		key_from_jwk(n, &p, &k, &why);
		thumbprint_of_jwk(w, n, thumbprint);
	}
	free(text);
	return k;
}

void
jose_jwk(struct suite *s, const char *id, const json_t *jwk)
{
	struct work *w = suite_work(s);
	bool usable = !is_secret(jwk) && !is_for_encryption(jwk);
	struct span written, made = SPAN_NONE;
	struct key *k = as_published(w, jwk, &written);

	if (k)
		thumbprint_of_key(w, k, &made);
	if ((k != NULL) != usable)
		suite_tell(s, id, CASE_FAIL, k ? "was accepted" : "was refused");
	else if (!written.ptr || (k && !span_eq(written, made)))
		suite_tell(s, id, CASE_FAIL, "its thumbprints differ");
	else
		suite_tell(s, id, CASE_PASS, NULL);
	key_free(k);
}

void
jose_jwe(struct suite *s, const char *id, struct span text)
{
	struct work *w = suite_work(s);
	struct jwe j;
	bool ok = true;
	int r = jwe_read(w, text, &j, &ok);
	enum reason reason = w->report->checks[CHECK_FORMAT].reason;

	if (r == 0 && !ok && reason == REASON_JWE_ALGORITHM)
		suite_tell(s, id, CASE_PASS, NULL);
	else
		suite_tell(s, id, CASE_FAIL, "answered %s, not %s", reason_code(reason),
			reason_code(REASON_JWE_ALGORITHM));
}
