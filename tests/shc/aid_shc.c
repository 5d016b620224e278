/* aid_shc.c - see aid_shc.h. */
#include "tests/shc/aid_shc.h"

#include "codecs/base/text.h"
#include "codecs/seal/key.h"
#include "codecs/seal/thumbprint.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { COORDINATE = 32 };

/* A P-256 SPKI ends with x and y. */
struct span
cards_keys(struct cards *c, const char *more)
{
	struct buf b = buf_in(c->arena, SIZE_MAX);
	enum key_fault why;
	struct work kept = c->work;
	struct key *key;
	struct span spki;

	kept.arena = c->arena;
	assert_int_equal(private_spki(c->key, c->arena, &spki), 0);
	assert_int_equal(key_from_spki(spki, &key_policy_default, &key, &why), 0);
	assert_int_equal(thumbprint_of_key(&kept, key, &c->signer.kid), 0);
	key_free(key);
	buf_str(&b, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",");
	buf_str(&b, more);
	buf_str(&b, "\"kid\":");
	buf_json(&b, c->signer.kid);
	buf_str(&b, ",\"x\":\"");
	base64url_encode(&b, span_slice(spki, spki.len - 2 * COORDINATE, COORDINATE));
	buf_str(&b, "\",\"y\":\"");
	base64url_encode(&b, span_from(spki, spki.len - COORDINATE));
	buf_str(&b, "\"}]}");
	return buf_span(&b);
}

struct span
cards_jwks(struct cards *c)
{
	return cards_keys(c, CARDS_TYPED);
}

void
cards_open(struct cards *c)
{
	*c = (struct cards){ .arena = arena_new((size_t)64 << 20),
		.scratch = arena_new(limits_default.memory),
		.kit = kit_new(),
		.limits = limits_default,
		.policy = policy_default };
	assert_true(c->arena && c->scratch && c->kit);
	c->policy.env = ENV_DEMO;
	assert_int_equal(private_new(PRIVATE_P256, &c->key), 0);
	assert_int_equal(signer_over(c->key, SIG_ES256, &c->signer), 0);
	c->signer.issuer = SPAN_LIT(CARDS_ISSUER);
	c->work = (struct work){ c->arena, &c->report, &c->limits, c->kit, CARDS_NOW };
	report_begin(&c->report, c->arena);
	struct trust_file file = { SPAN_LIT("jwks.json"), cards_jwks(c) };
	struct trust_input in = { .name = SPAN_LIT("test"),
		.env = ENV_DEMO,
		.domain = TRUST_SHC,
		.files = &file,
		.file_count = 1,
		.issuer = SPAN_LIT(CARDS_ISSUER),
		.country = SPAN_LIT(CARDS_ISSUER),
		.read_at = TIME_NONE };
	assert_int_equal(trust_build(&c->work, &in, 1, &c->trust), 0);
	assert_int_equal(trust_key_count(c->trust), 1);
	c->work.arena = c->scratch;
}

void
cards_close(struct cards *c)
{
	trust_unref(c->trust);
	private_free(c->key);
	kit_free(c->kit);
	arena_free(c->scratch);
	arena_free(c->arena);
}

struct span
cards_seal(struct cards *c, struct shc_recipe r)
{
	struct report report;
	struct work w = { c->arena, &report, &limits_default, c->kit, CARDS_NOW };
	struct span out;

	report_begin(&report, c->arena);
	r.bundle = r.bundle.len ? r.bundle : SPAN_LIT(CARDS_GOOD);
	r.not_before = r.not_before ? r.not_before : "1796000000.5";
	assert_int_equal(shc_seal(&w, &r, &c->signer, &out), 0);
	return out;
}

struct span
cards_of(struct cards *c, const char *bundle)
{
	return cards_seal(c, (struct shc_recipe){ .bundle = span_of(bundle), .form = SHC_JWS });
}

enum verdict
cards_verify(struct cards *c, struct span input, struct verify *v)
{
	arena_reset(c->scratch);
	c->work = (struct work){ c->scratch, &c->report, &c->limits, c->kit, CARDS_NOW };
	*v = (struct verify){ .input = input, .trust = c->trust, .policy = &c->policy };
	assert_int_equal(engine_verify(&c->work, v), 0);
	return report_verdict(&c->report);
}

bool
cards_found(const struct cards *c, enum reason reason)
{
	for (const struct finding *f = c->report.findings; f; f = f->next)
		if (f->reason == reason)
			return true;
	return false;
}

struct span
cards_place(const struct cards *c, enum reason reason)
{
	for (const struct finding *f = c->report.findings; f; f = f->next)
		if (f->reason == reason)
			return f->at.pointer;
	return SPAN_LIT("");
}

const char *
cards_record(struct cards *c, const struct verify *v)
{
	struct buf b = buf_in(c->arena, SIZE_MAX);

	record_json(&b, &v->record);
	buf_char(&b, 0);
	return (const char *)buf_span(&b).ptr;
}
