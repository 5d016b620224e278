/* aid_vc.c - see aid_vc.h. */
#include "tests/vc/aid_vc.h"

#include "codecs/base/text.h"
#include "codecs/seal/digest.h"
#include "codecs/tree/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { ROOM = 1 << 16, BUDGET = 1 << 23 };

static struct buf
fresh(struct wallet *w)
{
	return buf_in(w->arena, ROOM);
}

/* The raw key is the end of a SubjectPublicKeyInfo; a point on a curve is written by one coordinate and a sign. */
static void
write_raw_key(struct buf *b, struct span spki, enum private_kind kind)
{
	if (kind == PRIVATE_ED25519) {
		buf_add(b, SPAN_LIT("\xed\x01"));
		buf_add(b, span_from(spki, spki.len - 32));
		return;
	}
	assert_int_equal(kind, PRIVATE_P256);
	buf_add(b, SPAN_LIT("\x80\x24"));
	buf_char(b, spki.ptr[spki.len - 1] & 1 ? 3 : 2);
	buf_add(b, span_slice(spki, spki.len - 64, 32));
}

static void
name_issuer(struct wallet *w, enum private_kind kind)
{
	struct buf raw = fresh(w), key = fresh(w), did = fresh(w), method = fresh(w);
	struct span spki;

	assert_int_equal(private_spki(w->key, w->arena, &spki), 0);
	write_raw_key(&raw, spki, kind);
	buf_char(&key, 'z');
	base58_encode(&key, buf_span(&raw));
	buf_str(&did, "did:key:");
	buf_add(&did, buf_span(&key));
	w->did = buf_span(&did);
	buf_add(&method, w->did);
	buf_char(&method, '#');
	buf_add(&method, buf_span(&key));
	w->method = buf_span(&method);
}

static void
trust_issuer_of(struct wallet *w)
{
	struct trust_file file = { SPAN_LIT("issuers"), w->did };
	struct trust_input in = { .name = SPAN_LIT("issuers"),
		.env = ENV_DEMO,
		.domain = TRUST_VC,
		.files = &file,
		.file_count = 1,
		.read_at = TIME_NONE };

	assert_int_equal(trust_build(&w->work, &in, 1, &w->trust), 0);
	assert_int_equal(trust_key_count(w->trust), 1);
}

void
wallet_open(struct wallet *w)
{
	wallet_open_with(w, PRIVATE_ED25519, SIG_EDDSA);
}

void
wallet_open_with(struct wallet *w, enum private_kind kind, enum sig_alg alg)
{
	*w = (struct wallet){
		.arena = arena_new(BUDGET), .kit = kit_new(), .limits = limits_default
	};
	w->policy = policy_default;
	w->policy.env = ENV_DEMO;
	assert_int_equal(private_new(kind, &w->key), 0);
	assert_int_equal(signer_over(w->key, alg, &w->signer), 0);
	w->work = (struct work){ w->arena, &w->report, &w->limits, w->kit, WALLET_NOW };
	report_begin(&w->report, w->arena);
	name_issuer(w, kind);
	trust_issuer_of(w);
}

void
wallet_close(struct wallet *w)
{
	trust_unref(w->trust);
	private_free(w->key);
	arena_free(w->scratch);
	arena_free(w->arena);
	kit_free(w->kit);
}

struct span
wallet_fill(struct wallet *w, const char *text)
{
	struct buf b = fresh(w);

	for (; *text; text++)
		if (text[0] == '$' && (text[1] == 'I' || text[1] == 'M'))
			buf_add(&b, *++text == 'I' ? w->did : w->method);
		else
			buf_char(&b, *text);
	return buf_span(&b);
}

static void
hash_json(struct wallet *w, struct span json, uint8_t *out)
{
	struct span canonical;

	w->work.arena = w->arena;
	assert_int_equal(jcs_of_text(&w->work, json, "json", &canonical), 0);
	assert_non_null(canonical.ptr);
	assert_int_equal(digest_of(w->kit, DIGEST_SHA256, canonical, out), 0);
}

/* An object with one more member at its end. */
static struct span
with(struct wallet *w, struct span object, const char *name, struct span value)
{
	struct buf b = fresh(w);

	buf_add(&b, span_slice(object, 0, object.len - 1));
	buf_str(&b, ",\"");
	buf_str(&b, name);
	buf_str(&b, "\":");
	buf_add(&b, value);
	buf_char(&b, '}');
	return buf_span(&b);
}

struct span
wallet_jcs(struct wallet *w, const char *document, const char *options)
{
	struct span doc = wallet_fill(w, document), opt = wallet_fill(w, options), sig;
	struct buf value = fresh(w);
	uint8_t hashes[64];

	hash_json(w, opt, hashes);
	hash_json(w, doc, &hashes[32]);
	assert_int_equal(
		w->signer.sign(&w->signer, w->arena, (struct span){ hashes, 64 }, &sig), 0);
	buf_str(&value, "\"z");
	base58_encode(&value, sig);
	buf_char(&value, '"');
	return with(w, doc, "proof", with(w, opt, "proofValue", buf_span(&value)));
}

struct span
wallet_jwt(struct wallet *w, const char *header, const char *payload)
{
	struct buf b = fresh(w);
	struct span sig;

	base64url_encode(&b, wallet_fill(w, header));
	buf_char(&b, '.');
	base64url_encode(&b, wallet_fill(w, payload));
	assert_int_equal(w->signer.sign(&w->signer, w->arena, buf_span(&b), &sig), 0);
	buf_char(&b, '.');
	base64url_encode(&b, sig);
	return buf_span(&b);
}

enum verdict
wallet_verify(struct wallet *w, struct span input, const struct web *web, struct verify *v)
{
	*v = (struct verify){ .input = input, .trust = w->trust, .policy = &w->policy, .web = web };
	arena_free(w->scratch);
	w->scratch = arena_new(BUDGET);
	w->work.arena = w->scratch;
	assert_int_equal(engine_verify(&w->work, v), 0);
	return report_verdict(&w->report);
}

bool
wallet_genuine(struct wallet *w, struct span input)
{
	return wallet_reason(w, input) == REASON_NONE;
}

enum reason
wallet_reason(struct wallet *w, struct span input)
{
	struct verify v;

	wallet_verify(w, input, NULL, &v);
	for (int i = 0; i < CHECK_COUNT; i++)
		if (i != CHECK_RECORD && w->report.checks[i].status != STATUS_PASS)
			return w->report.checks[i].reason;
	return REASON_NONE;
}
