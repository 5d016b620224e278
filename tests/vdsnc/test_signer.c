/* test_signer.c - the certificate in the document: genuine ones under their authority, and what only looks so. */
#include "codecs/record/countries.h"
#include "tests/vdsnc/aid_vds.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct seals s;

static int
open_all(void **state)
{
	(void)state;
	seals_open(&s);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	seals_close(&s);
	return 0;
}

static const char *const none[] = { NULL };
static const char *const other[] = { "1.3.6.1.5.5.7.3.1", NULL };
static const char *const both[] = { "1.3.6.1.5.5.7.3.1", "2.23.136.1.1.14.2", NULL };

enum { YEAR = 365 * SEALS_DAY };

static void
answers(const struct seals_request *r, enum sig_alg alg, enum check_id check, enum reason reason,
	size_t row)
{
	struct seals_key k = seals_mint(&s, r);
	struct verify v;
	enum verdict verdict = seals_verify(&s, seals_by(&s, &k, alg), &v);

	if (reason ? s.report.checks[check].reason != reason : verdict != VERDICT_VERIFIED)
		fail_msg("row %zu: %s", row, reason_code(report_reason(&s.report)));
	if (reason)
		assert_int_equal(verdict, VERDICT_REJECTED);
}

static void
test_signers(void **state)
{
	struct seals_key twin = seals_mint(&s, &(struct seals_request){ .is_ca = true });
	struct seals_key bv = seals_mint(
		&s, &(struct seals_request){ .is_ca = true, .country = "BV" });
	struct private_key *mine = s.signer_key.key;
	const struct {
		struct seals_request request;
		enum sig_alg alg;
		enum check_id check;
		enum reason reason;
	} rows[] = {
		{ { .ca = &s.csca }, SIG_ES256, 0, 0 },
		{ { .ca = &s.csca, .kind = PRIVATE_P384 }, SIG_ES384, 0, 0 },
		{ { .ca = &s.csca, .kind = PRIVATE_P521 }, SIG_ES512, 0, 0 },
		{ { .ca = &s.csca, .kind = PRIVATE_RSA2048 }, SIG_PS256, CHECK_DECODE,
			REASON_SIGNATURE_ALGORITHM },
		{ { .ca = &s.csca, .kind = PRIVATE_RSA1024 }, SIG_PS256, CHECK_DECODE,
			REASON_SIGNATURE_ALGORITHM },
		/* issuer, key identifiers, country and dates copied, but not the authority's signature */
		{ { .ca = &s.csca, .by = mine }, SIG_ES256, CHECK_ISSUER, REASON_ISSUER_CHAIN },
		{ { .ca = &twin }, SIG_ES256, CHECK_ISSUER, REASON_ISSUER_CHAIN },
		{ { .country = "AQ" }, SIG_ES256, CHECK_ISSUER, REASON_ISSUER_CHAIN },
		{ { .ca = &s.signer_key }, SIG_ES256, CHECK_ISSUER, REASON_ISSUER_CHAIN },
		/* an authority is no signer, not even itself */
		{ { .ca = &s.csca, .is_ca = true }, SIG_ES256, CHECK_ISSUER, REASON_ISSUER_CHAIN },
		/* of another country than its authority, or of one that nobody speaks for */
		{ { .ca = &s.csca, .country = "BV" }, SIG_ES256, CHECK_ISSUER,
			REASON_ISSUER_UNKNOWN },
		{ { .ca = &bv, .country = "BV" }, SIG_ES256, CHECK_ISSUER, REASON_ISSUER_UNKNOWN },
		/* dates are told apart from a false authority */
		{ { .ca = &s.csca, .from = SEALS_NOW - YEAR, .until = SEALS_NOW - 1 }, SIG_ES256,
			CHECK_VALIDITY, REASON_VALIDITY_KEY_EXPIRED },
		{ { .ca = &s.csca, .from = SEALS_NOW + 1 }, SIG_ES256, CHECK_VALIDITY,
			REASON_VALIDITY_KEY_NOT_YET },
		{ { .ca = &s.csca, .by = mine, .from = SEALS_NOW - YEAR, .until = SEALS_NOW - 1 },
			SIG_ES256, CHECK_ISSUER, REASON_ISSUER_CHAIN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		answers(&rows[i].request, rows[i].alg, rows[i].check, rows[i].reason, i);
}

static void
test_purposes(void **state)
{
	const struct {
		struct seals_request request;
		enum reason reason;
	} rows[] = {
		{ { .ca = &s.csca, .eku = none }, REASON_PROFILE_KEY_USAGE },
		{ { .ca = &s.csca, .eku = other }, REASON_PROFILE_KEY_USAGE },
		{ { .ca = &s.csca, .eku = both }, 0 },
		{ { .ca = &s.csca, .types = "NV" }, 0 },
		{ { .ca = &s.csca, .types = "NT" }, REASON_PROFILE_KEY_USAGE },
		{ { .ca = &s.csca, .types = "P<" }, REASON_PROFILE_KEY_USAGE },
		{ { .ca = &s.csca, .types = "" }, REASON_PROFILE_KEY_USAGE },
		{ { .ca = &s.csca, .types = "P<NTNV" }, 0 },
		/* twice, or with something behind: it says nothing, and so nothing is allowed */
		{ { .ca = &s.csca, .types = "NV,NV" }, REASON_PROFILE_KEY_USAGE },
		{ { .ca = &s.csca, .types = "NV,NT" }, REASON_PROFILE_KEY_USAGE },
		{ { .ca = &s.csca, .types = "NVx" }, REASON_PROFILE_KEY_USAGE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		answers(&rows[i].request, SIG_ES256, CHECK_PROFILE, rows[i].reason, i);
}

/* What is told of the signer is its own certificate's, and its source is the authority's. */
static void
test_signer_is_told(void **state)
{
	struct verify v;

	(void)state;
	assert_int_equal(
		seals_verify(&s, seals_seal(&s, (struct vds_recipe){ 0 }), &v), VERDICT_VERIFIED);
	assert_true(span_eq(v.signer->kid, span_slice(cert_sha256(s.signer_key.cert), 0, 8)));
	assert_true(span_is(v.signer->authority, "AQ"));
	assert_true(span_eq(v.signer->name, cert_subject(s.signer_key.cert)));
	assert_ptr_equal(v.signer->source, trust_source_at(s.trust, 0));
	assert_int_equal(v.signer->usage, USAGE_VACCINATION | USAGE_TEST);
}

static enum verdict
under(struct trust *t, struct span text)
{
	struct trust *own = s.trust;
	struct verify v;

	s.trust = t;
	enum verdict verdict = seals_verify(&s, text, &v);
	s.trust = own;
	trust_unref(t);
	return verdict;
}

/* Environments and schemes are kept apart; two certificates of one authority don't hide each other. */
static void
test_snapshots(void **state)
{
	struct span text = seals_seal(&s, (struct vds_recipe){ 0 });
	struct seals_key twin = seals_mint(&s, &(struct seals_request){ .is_ca = true });
	struct seals_key lapsed = seals_mint(
		&s, &(struct seals_request){
			    .is_ca = true, .key = s.csca.key, .until = SEALS_NOW - 1 });
	const struct seals_key *good[] = { &s.csca }, *two[] = { &twin, &lapsed, &s.csca };

	(void)state;
	assert_int_equal(under(seals_trust(&s, ENV_ACCEPTANCE, good, 1), text), VERDICT_REJECTED);
	assert_int_equal(report_reason(&s.report), REASON_ISSUER_ENVIRONMENT);
	assert_int_equal(under(seals_trust(&s, ENV_DEMO, two, 2), text), VERDICT_REJECTED);
	assert_int_equal(report_reason(&s.report), REASON_ISSUER_CHAIN);
	assert_int_equal(under(seals_trust(&s, ENV_DEMO, two, 3), text), VERDICT_VERIFIED);
	/* the EU's authorities vouch for nothing here */
	struct trust_file file = { SPAN_LIT("AQ.der"), s.signer_key.der };
	struct trust_input in = { .name = SPAN_LIT("dcc"),
		.env = ENV_DEMO,
		.domain = TRUST_DCC,
		.files = &file,
		.file_count = 1,
		.read_at = TIME_NONE };
	struct work w = { s.arena, &s.report, &s.limits, s.kit, SEALS_NOW };
	struct trust *t;
	assert_int_equal(trust_build(&w, &in, 1, &t), 0);
	assert_int_equal(trust_key_count(t), 1);
	assert_int_equal(under(t, text), VERDICT_REJECTED);
	assert_int_equal(report_reason(&s.report), REASON_ISSUER_UNKNOWN);
}

/* Of one authority so many certificates are tried and no more; those that bear its name over other keys don't count. */
static void
test_crowds(void **state)
{
	enum { TRIED = 32 };
	struct seals_request lapsed = { .is_ca = true, .key = s.csca.key, .until = SEALS_NOW - 1 };
	struct seals_key keys[TRIED + 1];
	const struct seals_key *list[TRIED + 2] = { NULL };
	struct span text = seals_seal(&s, (struct vds_recipe){ 0 });

	(void)state;
	for (size_t i = 0; i <= TRIED; i++) {
		lapsed.from = SEALS_NOW - YEAR + (int64_t)i;
		keys[i] = seals_mint(&s, &lapsed);
		list[i] = &keys[i];
	}
	list[TRIED - 1] = &s.csca;
	assert_int_equal(under(seals_trust(&s, ENV_DEMO, list, TRIED), text), VERDICT_VERIFIED);
	list[TRIED - 1] = &keys[TRIED - 1];
	list[TRIED] = &s.csca;
	assert_int_equal(under(seals_trust(&s, ENV_DEMO, list, TRIED + 1), text), VERDICT_REJECTED);
	assert_int_equal(report_reason(&s.report), REASON_ISSUER_CHAIN);
	for (size_t i = 0; i <= TRIED; i++)
		keys[i] = seals_mint(&s, &(struct seals_request){ .is_ca = true });
	list[TRIED] = &keys[TRIED];
	list[TRIED + 1] = &s.csca;
	assert_int_equal(under(seals_trust(&s, ENV_DEMO, list, TRIED + 2), text), VERDICT_VERIFIED);
}

/* A folder of authorities: signers among the files are none. */
static void
test_source(void **state)
{
	const struct seals_key *files[] = { &s.signer_key, &s.csca };
	struct trust *t = seals_trust(&s, ENV_DEMO, files, 2);

	(void)state;
	assert_int_equal(trust_key_count(t), 1);
	assert_int_equal(trust_source_at(t, 0)->skipped, 1);
	trust_unref(t);
	t = seals_trust(&s, ENV_DEMO, files, 1);
	assert_int_equal(trust_key_count(t), 0);
	assert_non_null(trust_source_at(t, 0)->fault);
	trust_unref(t);
}

static void
test_countries(void **state)
{
	static const struct {
		const char *code, *alpha2;
	} rows[] = {
		{ "AUS", "AU" },
		{ "JPN", "JP" },
		{ "ATA", "AQ" },
		{ "D", "DE" },
		{ "D<<", "DE" },
		{ "GBD", "GB" },
		{ "RKS", "XK" },
		{ "UNO", "UN" },
		{ "AU", "AU" },
		{ "EL", "GR" },
		{ "ABW", "AW" },
		{ "ZWE", "ZW" },
		{ "UTO", "" },
		{ "D<", "" },
		{ "aus", "" },
		{ "AUSX", "" },
		{ "", "" },
		{ "QQ", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!span_is(passport_country(span_of(rows[i].code)), rows[i].alpha2))
			fail_msg("%s", rows[i].code);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signers),
		cmocka_unit_test(test_purposes),
		cmocka_unit_test(test_signer_is_told),
		cmocka_unit_test(test_snapshots),
		cmocka_unit_test(test_crowds),
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_countries),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
