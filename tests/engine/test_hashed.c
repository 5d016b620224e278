/* test_hashed.c - certificates that a revocation batch lists by a hash: by which, for whose key, how long, and what is
 * said where nobody can tell.  The hashes were computed elsewhere.
 */
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/seal/digest.h"
#include "gateway/engine/dcc/hashed.h"
#include "tests/aid/mint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define OF_CI      "LkC6bi05D7HrPxld+nY5Mw==" /* URN:UVCI:01:AQ:7F3KX2#7 */
#define OF_AQ_CI   "E5SN85uRdDTj0CJhWK6IPQ=="
#define OF_BV_CI   "mvh2jrYQq659PkMU5W7Vhw=="
#define NO_CHECK   "oXIhM+37QivuQkPVd23zrw==" /* without #7 */
#define LOWER_CASE "rPyHGpGw0r/cimOlSZ8Nrw=="

static struct mint m;
static const char *own_kid;

static const char *
base64_text(struct span s)
{
	struct buf b = buf_in(m.arena, SIZE_MAX);

	base64_encode(&b, s);
	buf_char(&b, '\0');
	return (const char *)buf_span(&b).ptr;
}

static int
open_all(void **state)
{
	(void)state;
	mint_open(&m, PRIVATE_P256, SIG_ES256);
	own_kid = base64_text(m.signer.kid);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	mint_close(&m);
	return 0;
}

struct row {
	const char *type, *hash, *kid; /* kid NULL: the signer's; hash NULL: the list is damaged */
	enum reason reason;
	enum trust_env env; /* of the batch; the certificate's is ENV_DEMO */
	int64_t max_age;
	int64_t expires; /* seconds from now; 0: a day */
};

/* The signer, and that batch. */
static struct trust *
trust_with(const struct row *r)
{
	static char text[512], at[32];
	struct buf until = buf_in(m.arena, SIZE_MAX);
	struct trust_file files[2] = { { SPAN_LIT("AQ.der"), cert_der(m.cert) },
		{ SPAN_LIT("batch"), SPAN_NONE } };
	struct trust_input in[2] = { { .name = SPAN_LIT("keys"), .env = ENV_DEMO } };
	struct trust *t = NULL;

	time_format(&until, MINT_NOW + (r->expires ? r->expires : MINT_DAY));
	snprintf(at, sizeof(at), "%.*s", (int)until.len, (const char *)until.ptr);
	snprintf(text, sizeof(text),
		"{\"country\":\"AQ\",\"expires\":\"%s\",\"kid\":\"%s\",\"hashType\":\"%s\","
		"\"entries\":[{\"hash\":\"AAAAAAAAAAAAAAAAAAAAAA==\"},{\"hash\":\"%s\"},"
		"{\"hash\":\"/////////////////////w==\"}]}",
		at, r->kid ? r->kid : own_kid, r->type, r->hash ? r->hash : "?");
	files[1].bytes = span_of(text);
	in[1] = in[0];
	in[1].name = SPAN_LIT("batches");
	in[1].kind = SPAN_LIT("eu-revocation");
	in[1].env = r->env;
	in[1].max_age = r->max_age;
	for (size_t i = 0; i < 2; i++) {
		in[i].domain = TRUST_DCC;
		in[i].files = &files[i];
		in[i].file_count = 1;
		in[i].read_at = MINT_NOW - MINT_DAY;
	}
	m.work = (struct work){ m.arena, &m.report, &limits_default, m.kit, MINT_NOW };
	report_begin(&m.report, m.arena);
	assert_int_equal(trust_build(&m.work, in, 2, &t), 0);
	assert_int_equal(trust_source_at(t, 1)->fault != NULL, r->hash == NULL);
	assert_int_equal(trust_source_at(t, 1)->rid_lists, r->hash != NULL);
	return t;
}

static void
check(const struct row *r, struct span text)
{
	struct trust *own = m.trust;
	struct verify v;

	m.trust = trust_with(r);
	enum verdict verdict = mint_verify(&m, text, &v);
	enum reason why = report_reason(&m.report);
	if (why != r->reason)
		fail_msg("%s %s for %s: %s", r->type, r->hash, r->kid,
			why == REASON_NONE ? "nothing" : reason_code(why));
	assert_int_equal(verdict, why == REASON_NONE                 ? VERDICT_VERIFIED
				  : why == REASON_REVOCATION_REVOKED ? VERDICT_REJECTED
								     : VERDICT_INDETERMINATE);
	if (why == REASON_REVOCATION_REVOKED && strcmp(r->type, "SIGNATURE") != 0)
		assert_true(
			span_is(m.report.checks[CHECK_REVOCATION].at.pointer, "/-260/1/v/0/ci"));
	trust_unref(m.trust);
	m.trust = own;
}

#define REVOKED REASON_REVOCATION_REVOKED

static void
test_identifier(void **state)
{
	static const struct row rows[] = {
		{ "UCI", OF_CI, NULL, REVOKED, .env = ENV_DEMO },
		{ "UCI", OF_CI, "UNKNOWN_KID", REVOKED, .env = ENV_DEMO },
		{ "UCI", OF_CI, "AAAAAAAAAAA=", REASON_NONE, .env = ENV_DEMO },
		{ "UCI", OF_CI, NULL, REASON_NONE, .env = ENV_DEMO, .expires = -1 },
		{ "UCI", OF_CI, NULL, REVOKED, .env = ENV_DEMO, .expires = 1 },
		{ "UCI", OF_CI, NULL, REASON_NONE, .env = ENV_PRODUCTION },
		{ "UCI", OF_AQ_CI, NULL, REASON_NONE, .env = ENV_DEMO },
		{ "UCI", NO_CHECK, NULL, REASON_NONE, .env = ENV_DEMO },
		{ "UCI", LOWER_CASE, NULL, REASON_NONE, .env = ENV_DEMO },
		{ "SIGNATURE", OF_CI, NULL, REASON_NONE, .env = ENV_DEMO },
		{ "COUNTRYCODEUCI", OF_CI, NULL, REASON_NONE, .env = ENV_DEMO },
		{ "COUNTRYCODEUCI", OF_AQ_CI, NULL, REVOKED, .env = ENV_DEMO },
		{ "COUNTRYCODEUCI", OF_BV_CI, NULL, REASON_NONE, .env = ENV_DEMO },
	};
	struct span text = mint_text(&m, MINT_GOOD, (struct hcert_recipe){ 0 });

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&rows[i], text);
}

/* Whichever country is meant: the container's issuer, or the entry's. */
static void
test_countries(void **state)
{
	static const struct row rows[] = {
		{ "COUNTRYCODEUCI", OF_AQ_CI, NULL, REVOKED, .env = ENV_DEMO },
		{ "COUNTRYCODEUCI", OF_BV_CI, NULL, REVOKED, .env = ENV_DEMO },
	};
	bool match = m.policy.match_country;

	(void)state;
	m.policy.match_country = false;
	for (size_t i = 0; i < 2; i++)
		check(&rows[i], mint_text(&m, MINT_GOOD,
					(struct hcert_recipe){ .issuer = SPAN_LIT("BV") }));
	m.policy.match_country = match;
}

/* By r alone: the other half may be any of two. */
static void
test_signature(void **state)
{
	struct span text = mint_text(&m, MINT_GOOD, (struct hcert_recipe){ 0 });
	struct span again = mint_text(&m, MINT_GOOD, (struct hcert_recipe){ 0 });
	struct verify v;
	uint8_t md[32];

	(void)state;
	assert_int_equal(mint_verify(&m, text, &v), VERDICT_VERIFIED);
	struct span signature = v.credential.proofs[0].signature;
	assert_int_equal(signature.len, 64);
	assert_int_equal(digest_of(m.kit, DIGEST_SHA256, span_slice(signature, 0, 32), md), 0);
	struct row row = { "SIGNATURE", base64_text((struct span){ md, 16 }), NULL, REVOKED,
		.env = ENV_DEMO };
	check(&row, text);
	row.reason = REASON_NONE;
	check(&row, again); /* another signature over the same */
	assert_int_equal(digest_of(m.kit, DIGEST_SHA256, signature, md), 0);
	row.hash = base64_text((struct span){ md, 16 });
	check(&row, text);
}

/* A list that is too old, or that can't be read, lets nobody through; one that is old still revokes. */
static void
test_nobody_knows(void **state)
{
	static const struct row rows[] = {
		{ "UCI", NO_CHECK, NULL, REASON_NONE, .env = ENV_DEMO, .max_age = MINT_DAY },
		{ "UCI", NO_CHECK, NULL, REASON_TRUST_STALE, .env = ENV_DEMO,
			.max_age = MINT_DAY - 1 },
		{ "UCI", OF_CI, NULL, REVOKED, .env = ENV_DEMO, .max_age = MINT_DAY - 1 },
		{ "UCI", NULL, NULL, REASON_REVOCATION_NO_ANSWER, .env = ENV_DEMO },
		{ "UCI", NULL, NULL, REASON_NONE, .env = ENV_PRODUCTION },
		{ "HASH", NULL, NULL, REASON_REVOCATION_NO_ANSWER, .env = ENV_DEMO },
		{ "UCI", NULL, "AAAA", REASON_REVOCATION_NO_ANSWER, .env = ENV_DEMO },
	};
	struct span text = mint_text(&m, MINT_GOOD, (struct hcert_recipe){ 0 });

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&rows[i], text);
}

/* One key that a list has under two names: which of them a certificate bears is its holder's to choose. */
static void
test_other_name(void **state)
{
	static const struct row batch = { "UCI", OF_CI, NULL, REVOKED, .env = ENV_DEMO };
	const struct trust_key *key;
	struct trust *t = trust_with(&batch);
	struct verify v = { .trust = t };
	struct credential *c = &v.credential;
	struct proof p = { .hint = { .kid = SPAN_LIT("otherkid"), .issuer = SPAN_LIT("AQ") },
		.signature = SPAN_LIT("0123456789abcdef") };
	const struct key_hint own = { .kid = m.signer.kid };
	struct policy policy = m.policy;

	(void)state;
	assert_int_equal(
		trust_find(t, (struct trust_scope){ ENV_DEMO, TRUST_DCC }, &own, &key, 1), 1);
	struct verify made;
	mint_verify(&m, mint_text(&m, MINT_GOOD, (struct hcert_recipe){ 0 }), &made);
	*c = made.credential;
	c->proofs = &p;
	v.codec = made.codec;
	v.policy = &policy;
	v.signer = key;
	report_begin(&m.report, m.arena);
	m.report.running = CHECK_REVOCATION;
	m.work.report = &m.report;
	assert_int_equal(hashed_revocation(&m.work, &v), 0);
	assert_int_equal(m.report.checks[CHECK_REVOCATION].reason, REVOKED);
	trust_unref(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_other_name),
		cmocka_unit_test(test_identifier),
		cmocka_unit_test(test_countries),
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_nobody_knows),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
