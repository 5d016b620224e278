/* A seal has no expiry: the certificate under which it is written ends when it does, on the hour, and never later.  And
 * how long its text may get. */
#include "codecs/base/report.h"
#include "gateway/attest/attest.h"
#include "tests/vdsnc/aid_vds.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { HOUR = 3600 };

struct world {
	struct seals source, ours;
	struct verify verify, again;
	struct attest attest;
	struct emit_issuer issuer;
};

static struct world *
world_open(void)
{
	struct world *x = calloc(1, sizeof(*x));

	assert_non_null(x);
	seals_open(&x->source);
	seals_open(&x->ours);
	x->issuer = (struct emit_issuer){ .url = SPAN_LIT("https://gateway.example.test"),
		.country = SPAN_LIT("AQ"),
		.name = SPAN_LIT("Gateway"),
		.cert = x->ours.signer_key.der };
	x->attest = (struct attest){ .target = target_named(SPAN_LIT("vds-nc")),
		.issuer = &x->issuer,
		.term = 30 * SEALS_DAY,
		.key_until = TIME_NONE,
		.signer = &x->ours.signer };
	assert_true(x->attest.target->undated);
	return x;
}

static void
world_close(struct world *x)
{
	seals_close(&x->ours);
	seals_close(&x->source);
	free(x);
}

static enum refusal
plan(struct world *x)
{
	struct span text = seals_seal(&x->source, (struct vds_recipe){ .type = "icao.vacc" });

	assert_int_equal(seals_verify(&x->source, text, &x->verify), VERDICT_VERIFIED);
	assert_int_equal(attest_plan(&x->source.work, &x->verify, &x->attest), 0);
	return x->attest.refusal;
}

static int
write_until(struct world *x, int64_t until)
{
	x->issuer.cert = seals_mint(&x->ours, &(struct seals_request){ .ca = &x->ours.csca,
						      .types = "NVNT",
						      .until = until,
						      .key = x->ours.signer_key.key })
				 .der;
	return attest_write(&x->source.work, &x->verify, &x->attest);
}

/* Not even by a second. */
static void
no_seal_outlives_its_attestation(void **state)
{
	struct world *x = world_open();

	(void)state;
	assert_int_equal(plan(x), REFUSAL_NONE);
	assert_int_equal(x->attest.until, SEALS_NOW + 30 * SEALS_DAY);
	assert_int_equal(attest_write(&x->source.work, &x->verify, &x->attest), -EPERM);
	assert_int_equal(write_until(x, x->attest.until + 1), -EPERM);
	assert_null(x->attest.emitted.text.ptr);
	assert_int_equal(write_until(x, x->attest.until), 0);
	assert_int_equal(
		seals_verify(&x->ours, x->attest.emitted.text, &x->again), VERDICT_VERIFIED);
	assert_int_equal(x->again.signer->not_after, x->attest.until);
	world_close(x);
}

/* A source that is a seal ends with its signer's certificate. */
static void
it_ends_on_the_hour(void **state)
{
	static const struct {
		int64_t source, key, until; /* from now; 0: none, refused */
	} rows[] = {
		{ 5 * SEALS_DAY, 0, 5 * SEALS_DAY },
		{ 5 * SEALS_DAY + HOUR - 1, 0, 5 * SEALS_DAY },
		{ 5 * SEALS_DAY - 1, 0, 5 * SEALS_DAY - HOUR },
		{ HOUR, 0, HOUR },
		{ HOUR - 1, 0, 0 },
		{ 5 * SEALS_DAY + 7, SEALS_DAY + 1, SEALS_DAY + 1 }, /* our own certificate */
		{ 5 * SEALS_DAY + 7, 6 * SEALS_DAY, 5 * SEALS_DAY },
		{ 90 * SEALS_DAY, 0, 30 * SEALS_DAY },
	};
	struct world *x = world_open();
	const struct seals_key before = x->source.signer_key;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		x->source.signer_key = seals_mint(
			&x->source, &(struct seals_request){ .ca = &x->source.csca,
					    .until = SEALS_NOW + rows[i].source,
					    .key = before.key });
		x->attest.key_until = rows[i].key ? SEALS_NOW + rows[i].key : TIME_NONE;
		assert_int_equal(plan(x), rows[i].until ? REFUSAL_NONE : REFUSAL_TERM);
		if (rows[i].until)
			assert_int_equal(x->attest.until, SEALS_NOW + rows[i].until);
	}
	world_close(x);
}

/* A form that has its own expiry ends to the second. */
static void
others_keep_their_second(void **state)
{
	struct world *x = world_open();

	(void)state;
	x->attest.target = target_named(SPAN_LIT("shc"));
	x->attest.term = 30 * SEALS_DAY + 17;
	assert_int_equal(plan(x), REFUSAL_NONE);
	assert_int_equal(x->attest.until, SEALS_NOW + 30 * SEALS_DAY + 17);
	world_close(x);
}

/* Too many doses for a code make a file. */
static void
what_is_too_long_for_a_code_is_a_file(void **state)
{
	struct world *x = world_open();
	struct event *many = calloc(40, sizeof(*many));

	(void)state;
	assert_non_null(many);
	assert_int_equal(plan(x), REFUSAL_NONE);
	for (size_t i = 0; i < 40; i++)
		many[i] = x->verify.record.events[0];
	x->verify.record.events = many;
	x->verify.record.event_count = 40;
	assert_int_equal(attest_plan(&x->source.work, &x->verify, &x->attest), 0);
	assert_int_equal(x->attest.refusal, REFUSAL_NONE);
	assert_int_equal(write_until(x, x->attest.until), 0);
	assert_int_equal(x->attest.emitted.code, EMIT_CODE_NONE);
	assert_string_equal(x->attest.emitted.media_type, "application/json");
	world_close(x);
	free(many);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_seal_outlives_its_attestation),
		cmocka_unit_test(it_ends_on_the_hour),
		cmocka_unit_test(others_keep_their_second),
		cmocka_unit_test(what_is_too_long_for_a_code_is_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
