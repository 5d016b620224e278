/* aid_fhir.c - see aid_fhir.h. */
#include "tests/fhir/aid_fhir.h"

#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/fhir/signed.h"
#include "codecs/seal/cert.h"
#include "tests/aid/roundtrip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct trust *
papers_trust(struct mint *m, enum trust_domain domain)
{
	struct trust_file file = { SPAN_LIT("who.der"), cert_der(m->cert) };
	struct trust_input in = { .name = SPAN_LIT("who"),
		.env = ENV_DEMO,
		.domain = domain,
		.files = &file,
		.file_count = 1,
		.read_at = TIME_NONE };
	struct work w = { m->arena, &m->report, &limits_default, m->kit, MINT_NOW };
	struct trust *t = NULL;

	assert_int_equal(trust_build(&w, &in, 1, &t), 0);
	assert_int_equal(trust_key_count(t), 1);
	return t;
}

struct papers *
papers_open(const char *target)
{
	struct papers *x = calloc(1, sizeof(*x));

	assert_non_null(x);
	mint_open(&x->source, PRIVATE_P256, SIG_ES256);
	mint_open(&x->ours, PRIVATE_P256, SIG_ES256);
	x->trust = papers_trust(&x->ours, TRUST_WHO);
	x->work = &x->source.work;
	x->issuer = (struct emit_issuer){ .url = SPAN_LIT("https://gateway.example.test"),
		.did = SPAN_LIT("did:web:gateway.example.test"),
		.country = SPAN_LIT("AQ"),
		.name = SPAN_LIT("Gateway"),
		.cert = cert_der(x->ours.cert) };
	x->attest = (struct attest){ .target = target_named(span_of(target)),
		.issuer = &x->issuer,
		.supplies = x->supplies,
		.term = 30 * MINT_DAY,
		.key_until = TIME_NONE,
		.signer = &x->ours.signer,
		.id = { 1, 2, 3 } };
	assert_non_null(x->attest.target);
	return x;
}

void
papers_close(struct papers *x)
{
	trust_unref(x->trust);
	mint_close(&x->ours);
	mint_close(&x->source);
	free(x);
}

void
papers_supply(struct papers *x, enum element e, const char *value)
{
	assert_true(x->attest.supply_count < sizeof(x->supplies) / sizeof(x->supplies[0]));
	x->supplies[x->attest.supply_count++] = (struct emit_supply){ e, span_of(value) };
}

enum refusal
papers_again(struct papers *x)
{
	assert_int_equal(attest_plan(x->work, &x->verify, &x->attest), 0);
	return x->attest.refusal;
}

enum refusal
papers_plan(struct papers *x, const char *json)
{
	struct span text = mint_text(&x->source, json, (struct hcert_recipe){ 0 });

	assert_int_equal(mint_verify(&x->source, text, &x->verify), VERDICT_VERIFIED);
	return papers_again(x);
}

enum verdict
papers_verify(struct papers *x, struct span text)
{
	struct mint *m = &x->ours;

	arena_reset(m->scratch);
	m->work = (struct work){ m->scratch, &m->report, &limits_default, m->kit, MINT_NOW };
	x->again = (struct verify){ .input = text, .trust = x->trust, .policy = &x->ours.policy };
	assert_int_equal(engine_verify(&m->work, &x->again), 0);
	return report_verdict(&m->report);
}

void
papers_write(struct papers *x)
{
	struct emitted *out = &x->attest.emitted;

	assert_int_equal(attest_write(x->work, &x->verify, &x->attest), 0);
	assert_int_equal(out->code, EMIT_CODE_NONE);
	if (papers_verify(x, out->text) != VERDICT_VERIFIED)
		fail_msg("%s: %.*s", reason_code(report_reason(&x->ours.report)),
			(int)out->text.len, (const char *)out->text.ptr);
	for (const struct finding *f = x->ours.report.findings; f; f = f->next)
		fail_msg("%s", reason_code(f->reason));
	assert_string_equal(x->again.credential.scheme, "fhir");
	roundtrip_check(&x->verify.record, &x->attest.loss, &x->again.record);
}

struct span
papers_copy(struct papers *x, struct span text)
{
	uint8_t *copy = arena_bytes(x->ours.arena, text.len + 1);

	assert_non_null(copy);
	memcpy(copy, text.ptr, text.len);
	return (struct span){ copy, text.len };
}

const struct loss_row *
papers_row(const struct papers *x, int event, enum element e)
{
	static const struct loss_row none = { .fate = LOSS_FATES };
	const struct loss_row *r;
	size_t at = 0;

	while ((r = loss_next(&x->attest.loss, &at)) != NULL)
		if (r->event == event && r->element == e)
			return r;
	return &none;
}

struct span
papers_sign(struct papers *x, const char *open, const char *header)
{
	struct mint *m = &x->ours;
	struct work w = { m->arena, &m->report, &limits_default, m->kit, MINT_NOW };
	struct buf b = buf_in(m->arena, SIZE_MAX), jws = buf_in(m->arena, SIZE_MAX);
	const struct node *tree;
	struct span covered, input, signature;

	report_begin(&m->report, m->arena);
	buf_str(&b, open);
	buf_char(&b, '}');
	assert_int_equal(node_from_json(&w, buf_span(&b), FHIR_LAYER, &tree), 0);
	assert_int_equal(fhir_covered(&w, tree, &covered), 0);
	assert_non_null(covered.ptr);
	assert_int_equal(fhir_signing_input(&w, span_of(header), covered, &input), 0);
	assert_int_equal(m->signer.sign(&m->signer, m->arena, input, &signature), 0);
	base64url_encode(&jws, span_of(header));
	buf_str(&jws, "..");
	base64url_encode(&jws, signature);
	b.len--;
	buf_str(&b, ",\"signature\":{\"sigFormat\":\"application/jose\",\"data\":\"");
	base64_encode(&b, buf_span(&jws));
	buf_str(&b, "\"}}");
	return buf_span(&b);
}
