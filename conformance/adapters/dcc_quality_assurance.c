/* dcc_quality_assurance.c - the participating states' certificates against the acceptance list of their time.
 *
 * All decode; those whose key is on the list verify, but for three under RSA-1024
 * keys, which policy refuses; none verifies with the production list.
 */
#include "conformance/adapters/dcc.h"

#include <stdio.h>

extern const struct adapter dcc_quality_assurance_adapter;

struct lists {
	struct trust *acceptance, *production;
	long long decoded, verified, refused, unknown, produced;
};

static struct trust *
load(struct suite *s, const char *folder)
{
	struct span list, pin;
	char path[128];

	snprintf(path, sizeof(path), "../dcc-trustlists/%s/dsc-list.json", folder);
	if (suite_read(s, path, &list) != 0)
		return NULL;
	snprintf(path, sizeof(path), "../dcc-trustlists/%s/dsc-list-signing-key.pem", folder);
	return suite_read(s, path, &pin) == 0 ? dcc_trust(s, list, pin, 1640995200) : NULL;
}

static bool
is_signature(struct suite *s)
{
	return dcc_passed(s, CHECK_SIGNATURE);
}

/* What the index says of the key and the signature must be what the engine says. */
static void
judge(struct suite *s, const json_t *row, struct lists *l)
{
	const char *file = json_string_value(json_object_get(row, "file"));
	bool listed = json_is_true(json_object_get(row, "key_in_acc_trustlist"));
	bool good = json_is_true(json_object_get(row, "sig_ok_with_acc_trustlist"));
	enum reason issuer = dcc_reason(s, CHECK_ISSUER);

	l->decoded += dcc_passed(s, CHECK_DECODE);
	l->verified += is_signature(s);
	l->unknown += issuer == REASON_ISSUER_UNKNOWN;
	l->refused += issuer == REASON_ISSUER_KEY_REFUSED;
	if (!dcc_passed(s, CHECK_DECODE))
		suite_tell(s, file, CASE_FAIL, "does not decode: %s",
			reason_code(dcc_reason(s, CHECK_DECODE)));
	else if (listed && issuer == REASON_ISSUER_KEY_REFUSED)
		suite_tell(
			s, file, CASE_EXCEPTION, "the signer's RSA-1024 key is refused by policy");
	else if (is_signature(s) != good || (!listed && issuer != REASON_ISSUER_UNKNOWN))
		suite_tell(s, file, CASE_FAIL, "signature %s, issuer %s",
			reason_code(dcc_reason(s, CHECK_SIGNATURE)), reason_code(issuer));
	else
		suite_tell(s, file, CASE_PASS, NULL);
}

static int
run_row(struct suite *s, const json_t *row, struct lists *l)
{
	struct policy p = policy_default;
	struct verify seen;
	int64_t at = (int64_t)json_number_value(json_object_get(row, "iat")) + 1;

	p.env = ENV_ACCEPTANCE;
	int r = dcc_verify(s, dcc_text(row, "hc1"), l->production, &p, at, &seen);
	l->produced += r == 0 && is_signature(s);
	if (r == 0)
		r = dcc_verify(s, dcc_text(row, "hc1"), l->acceptance, &p, at, &seen);
	if (r == 0)
		judge(s, row, l);
	return r;
}

static void
count(struct suite *s, const char *what, long long got, long long want)
{
	suite_figure(s, what, got);
	if (got == want)
		suite_tell(s, what, CASE_PASS, NULL);
	else
		suite_tell(s, what, CASE_FAIL, "%lld, where %lld are stated", got, want);
}

static int
run_all(struct suite *s, struct lists *l)
{
	struct span index, line;
	int r = suite_read(s, "manifest.jsonl", &index);

	while (r == 0 && span_split(&index, '\n', &line)) {
		json_t *row = line.len > 0 ? dcc_json(line) : NULL;
		if (row)
			r = run_row(s, row, l);
		json_decref(row);
	}
	count(s, "decoded", l->decoded, 385);
	count(s, "verified", l->verified + l->refused, 351);
	count(s, "refused for RSA-1024", l->refused, 3);
	count(s, "verified by production keys", l->produced, 0);
	return r;
}

static int
run(struct suite *s)
{
	struct lists l = { .acceptance = load(s, "de-acc"), .production = load(s, "de-prod") };
	int r = 0;

	if (l.acceptance && l.production)
		r = run_all(s, &l);
	else
		suite_tell(
			s, "lists", CASE_SKIP, "the corpus dcc-trustlists is not beside this one");
	trust_unref(l.acceptance);
	trust_unref(l.production);
	return r;
}

const struct adapter dcc_quality_assurance_adapter = { "dcc-quality-assurance", run };
