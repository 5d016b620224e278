/* vaccination_vocab.c - samples of the W3C community's vaccination vocabulary, through the whole engine. */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "conformance/adapters/vc_aid.h"
#include "gateway/engine/engine.h"

extern const struct adapter vaccination_vocab_adapter;

enum { NOW = 1780272000 /* 2026-06-01 */ };

#define ISSUER "did:key:z6MkrtYMJe2ZesvsnoSr8K1yVerjo6EhC2G5jxBDKrD284L2"

/* What each must come to; an exception has why. */
static const struct row {
	const char *file;
	enum verdict verdict;
	enum reason reason;
	const char *why;
} rows[] = {
	{ "examples/vaccination-certificate-signed-ed25519.jsonld", VERDICT_VERIFIED, REASON_NONE,
		NULL },
	{ "examples/eu-ehealth2fhir-vaccination-certificate-signed-ed25519.jsonld",
		VERDICT_REJECTED, REASON_SIGNATURE_MISMATCH,
		"its context was changed after it was signed" },
	{ "examples/vaccination-certificate-signed-bbs.jsonld", VERDICT_REJECTED,
		REASON_ISSUER_UNKNOWN, "signed with BBS+, whose keys are trusted by no list here" },
	{ "examples/eu-ehealth2fhir-vaccination-certificate-signed-bbs.jsonld", VERDICT_REJECTED,
		REASON_ISSUER_UNKNOWN, "signed with BBS+, whose keys are trusted by no list here" },
	{ "inputs/vaccination-certificate.json", VERDICT_REJECTED, REASON_SIGNATURE_MISSING, NULL },
	{ "inputs/eu-ehealth2fhir-vaccination-certificate.json", VERDICT_REJECTED,
		REASON_SIGNATURE_MISSING, NULL },
	{ "inputs/ca-cvc-vaccination-certicate.json", VERDICT_REJECTED, REASON_JSON_MALFORMED,
		"the file is cut off" },
};

/* As the samples have it. */
static bool
right_record(const struct record *r)
{
	const struct event *e = r->events;

	return r->event_count == 1 && span_is(r->name.family, "SMITH") &&
	       span_is(r->name.given, "JOHN") && span_is(r->birth_date, "1958-07-17") &&
	       span_is(e->country, "NZ") && span_is(e->lot, "1183738569") &&
	       span_is(e->vaccine.code, "J07BX03") && span_is(e->vaccine.to_code, "XM68M6") &&
	       span_is(e->brand.display, "COVID-19 Vaccine Moderna") &&
	       span_is(e->disease.to_code, "840539006") && e->dose == RECORD_NO_NUMBER &&
	       e->date.len == 0 && span_is(e->identifier, "urn:uvci:af5vshde843jf831j128fj");
}

static int
run_row(struct suite *s, const struct trust *t, const struct row *row)
{
	struct policy policy = policy_default;
	struct verify v = { .trust = t, .policy = &policy };
	struct work *w = suite_work(s);
	int r = suite_read(s, row->file, &v.input);

	policy.env = ENV_ACCEPTANCE;
	w->now = NOW;
	if (r == 0)
		r = engine_verify(w, &v);
	if (r != 0)
		return r;
	bool right = report_verdict(w->report) == row->verdict &&
		     report_reason(w->report) == row->reason;
	if (row->verdict == VERDICT_VERIFIED)
		right = right && v.has_record && right_record(&v.record);
	if (right && row->why)
		suite_tell(s, row->file, CASE_EXCEPTION, "%s", row->why);
	else
		suite_tell(s, row->file, right ? CASE_PASS : CASE_FAIL, "%s: %s",
			verdict_name(report_verdict(w->report)),
			reason_code(report_reason(w->report)));
	return 0;
}

static int
run(struct suite *s)
{
	struct trust_file file = { SPAN_LIT("list"), SPAN_LIT(ISSUER) };
	struct trust_input in = { .name = SPAN_LIT("issuers"),
		.kind = SPAN_LIT("did"),
		.env = ENV_ACCEPTANCE,
		.domain = TRUST_VC,
		.files = &file,
		.file_count = 1,
		.read_at = TIME_NONE };
	struct trust *t = NULL;
	int r = trust_build(suite_work(s), &in, 1, &t);

	for (size_t i = 0; r == 0 && i < sizeof(rows) / sizeof(rows[0]); i++)
		r = run_row(s, t, &rows[i]);
	trust_unref(t);
	return r;
}

const struct adapter vaccination_vocab_adapter = { "vaccination-vocab", run };
