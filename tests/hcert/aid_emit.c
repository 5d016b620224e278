/* aid_emit.c - see aid_emit.h. */
#include "tests/hcert/aid_emit.h"

#include "codecs/base/report.h"
#include "tests/aid/oom.h"
#include "tests/aid/roundtrip.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct emits *
emits_open(const char *target)
{
	struct emits *x = calloc(1, sizeof(*x));

	assert_non_null(x);
	mint_open(&x->source, PRIVATE_P256, SIG_ES256);
	mint_open(&x->ours, PRIVATE_P256, SIG_ES256);
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
emits_close(struct emits *x)
{
	mint_close(&x->ours);
	mint_close(&x->source);
	free(x);
}

void
emits_supply(struct emits *x, enum element e, const char *value)
{
	assert_true(x->attest.supply_count < sizeof(x->supplies) / sizeof(x->supplies[0]));
	x->supplies[x->attest.supply_count++] = (struct emit_supply){ e, span_of(value) };
}

enum refusal
emits_again(struct emits *x)
{
	assert_int_equal(attest_plan(x->work, &x->verify, &x->attest), 0);
	return x->attest.refusal;
}

enum refusal
emits_plan(struct emits *x, int64_t claim, const char *json)
{
	struct hcert_recipe recipe = { .claim = claim };

	assert_int_equal(mint_verify(&x->source, mint_text(&x->source, json, recipe), &x->verify),
		VERDICT_VERIFIED);
	return emits_again(x);
}

void
emits_write(struct emits *x, const char *scheme)
{
	struct emitted *out = &x->attest.emitted;

	assert_int_equal(attest_write(x->work, &x->verify, &x->attest), 0);
	assert_int_equal(out->code, EMIT_CODE_ALPHANUMERIC);
	assert_true(span_starts(out->text, SPAN_LIT("HC1:")));
	assert_int_equal(mint_verify(&x->ours, out->text, &x->again), VERDICT_VERIFIED);
	for (const struct finding *f = x->ours.report.findings; f; f = f->next)
		fail_msg("%s", reason_code(f->reason));
	assert_string_equal(x->again.credential.scheme, scheme);
	assert_true(x->again.credential.not_after == x->attest.until);
	roundtrip_check(&x->verify.record, &x->attest.loss, &x->again.record);
}

const struct loss_row *
emits_row(const struct emits *x, int event, enum element e)
{
	static const struct loss_row none = { .fate = LOSS_FATES };
	const struct loss_row *r;
	size_t at = 0;

	while ((r = loss_next(&x->attest.loss, &at)) != NULL)
		if (r->event == event && r->element == e)
			return r;
	return &none;
}

static int
write_once(void *arg)
{
	struct emits *x = arg;
	struct arena *a = arena_new(limits_default.memory);
	struct report report;
	struct work w = { a, &report, &limits_default, x->source.kit, MINT_NOW };
	struct emission e = { .record = &x->verify.record,
		.source = &x->attest.source,
		.issuer = &x->issuer,
		.supplies = x->supplies,
		.supply_count = x->attest.supply_count,
		.from = x->attest.from,
		.until = x->attest.until,
		.signer = &x->ours.signer };
	struct loss loss;
	struct emitted out;
	int r = a ? x->attest.target->emit(&w, x->attest.target, &e, &loss, &out) : -ENOMEM;

	arena_free(a);
	return r;
}

void
emits_starve(struct emits *x)
{
	assert_int_equal(x->attest.refusal, REFUSAL_NONE);
	assert_int_equal(write_once(x), 0);
	assert_true(oom_each(write_once, x) > 0);
}
