/* icao_vds_nc.c - VDS-NC samples of the field and mutants of them, under the CSCA certificates of the corpus.
 *
 * Reads cases.ndjson and derived.ndjson (id, qr, expect, core) and csca/(key identifier)-(serial).pem.
 * Each stage is a case of its own: decode; the signature by the document's own certificate, whoever made
 * that; the authority; each CSCA certificate alone; the verdict; the record against the elements of the
 * WHO core data set.
 */
#include "codecs/base/arena.h"
#include "codecs/seal/cert.h"
#include "conformance/adapters/dcc.h"
#include "conformance/suite_impl.h"

#include <stdio.h>
#include <string.h>

extern const struct adapter icao_vds_nc_adapter;

enum { CLOCK = 1654041600 /* 2022-06-01: all signers are valid */, CSCA_MAX = 16, ID = 256 };

struct field {
	struct suite *suite;
	struct trust_file files[CSCA_MAX];
	size_t count;
	struct policy policy;
};

struct sample {
	const struct field *field;
	const char *id;
	struct span qr;
	const json_t *json, *expect;
	const struct trust *trust;
	struct verify seen;
};

static void
tell(const struct sample *v, const char *stage, bool agrees, const char *detail)
{
	struct suite *s = v->field->suite;
	char id[ID];

	snprintf(id, sizeof(id), "%s %s", v->id, stage);
	suite_tell(s, id, agrees ? CASE_PASS : CASE_FAIL,
		agrees ? NULL : "%s (decode %s, issuer %s, signature %s, profile %s)", detail,
		reason_code(dcc_reason(s, CHECK_DECODE)), reason_code(dcc_reason(s, CHECK_ISSUER)),
		reason_code(dcc_reason(s, CHECK_SIGNATURE)),
		reason_code(dcc_reason(s, CHECK_PROFILE)));
}

static struct trust *
snapshot(struct suite *s, const struct trust_file *files, size_t count)
{
	struct trust_input in = { .name = SPAN_LIT("csca"),
		.env = ENV_ACCEPTANCE,
		.domain = TRUST_ICAO,
		.files = files,
		.file_count = count,
		.read_at = TIME_NONE };
	struct work *w = suite_work(s);
	struct trust *t = NULL;

	w->now = CLOCK;
	return trust_build(w, &in, 1, &t) == 0 ? t : NULL;
}

/* --- the stages --- */

static bool
expects(const struct sample *v, const char *member, const char *value)
{
	struct span s = dcc_text(v->expect, member);

	return span_is(s, value);
}

/* By the certificate in the document, which anyone can make. */
static bool
signed_by_itself(const struct sample *v)
{
	const struct proof *p = v->seen.credential.proofs;
	enum key_result result = KEY_MISMATCH;

	if (!dcc_passed(v->field->suite, CHECK_DECODE) || !p || !p->cert || !cert_key(p->cert))
		return false;
	return key_verify(cert_key(p->cert), p, v->field->suite->kit, &result) == 0 &&
	       result == KEY_VALID;
}

static bool
is_trusted(const struct sample *v)
{
	return expects(v, "trust", "trusted") || expects(v, "trust", "chains to a bundled CSCA");
}

static void
check_stages(const struct sample *v)
{
	struct suite *s = v->field->suite;
	bool valid = expects(v, "signature", "valid");
	bool verified = report_verdict(dcc_report(s)) == VERDICT_VERIFIED;

	if (dcc_text(v->expect, "decode").ptr)
		tell(v, "decode", dcc_passed(s, CHECK_DECODE) == expects(v, "decode", "ok"),
			"decoding disagrees");
	if (expects(v, "signature", "no-key"))
		tell(v, "signature", dcc_reason(s, CHECK_ISSUER) == REASON_ISSUER_NO_KID,
			"there is no key");
	else if (dcc_text(v->expect, "signature").ptr)
		tell(v, "signature", signed_by_itself(v) == valid, "the signature disagrees");
	if (dcc_text(v->expect, "trust").ptr)
		tell(v, "trust", dcc_passed(s, CHECK_ISSUER) == is_trusted(v),
			"the authority disagrees");
	if (dcc_text(v->expect, "trust").ptr || !valid)
		tell(v, "verdict", verified == (valid && is_trusted(v)), "the verdict disagrees");
}

/* --- the record --- */

static struct span
at(const json_t *o, const char *first, const char *second)
{
	const json_t *in = json_object_get(o, first);

	return second ? dcc_text(in, second) : dcc_text(o, first);
}

static bool
has_identifier(const struct record *r, struct span value)
{
	for (size_t i = 0; i < r->identifier_count; i++)
		if (span_eq(r->identifiers[i].value, value))
			return true;
	return value.len == 0;
}

static bool
same_dose(const struct event *e, const json_t *v)
{
	const json_t *dose = json_object_get(v, "dose");
	struct span text = dcc_text(v, "dose");
	char number[24];

	snprintf(number, sizeof(number), "%lld", (long long)e->dose);
	return json_is_integer(dose) ? json_integer_value(dose) == e->dose : span_is(text, number);
}

static bool
same_vaccination(const struct event *e, const json_t *v)
{
	return e->kind == EVENT_VACCINATION && span_eq(e->vaccine.code, at(v, "vaccine", "code")) &&
	       span_eq(e->brand.display, at(v, "brand", "code")) &&
	       span_eq(e->disease.code, at(v, "disease", "code")) &&
	       span_eq(e->date, at(v, "date", NULL)) && same_dose(e, v) &&
	       span_eq(e->next_dose, at(v, "nextDose", NULL)) &&
	       span_eq(e->country, at(v, "country", "code")) &&
	       span_eq(e->centre, at(v, "centre", NULL)) && span_eq(e->lot, at(v, "lot", NULL));
}

/* The core data set's codes, and ours. */
static const struct {
	const char *core, *ours;
} codes[] = {
	{ "1334426561", "LP6464-4" },
	{ "RA01.1", "260415000" },
	{ "RA01.0", "260373001" },
	{ "JAM.AH.XF", "nasopharyngeal" },
};

static bool
same_code(struct span core, struct span ours)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (span_is(core, codes[i].core))
			return span_is(ours, codes[i].ours);
	return core.len + ours.len == 0;
}

static bool
same_test(const struct event *e, const json_t *t)
{
	return e->kind == EVENT_TEST && span_eq(e->sample_time, at(t, "date", NULL)) &&
	       span_eq(e->centre, at(t, "centre", "code")) &&
	       span_eq(e->country, at(t, "country", "code")) &&
	       same_code(at(t, "type", "code"), e->test_type.to_code) &&
	       same_code(at(t, "result", "code"), e->result.to_code) &&
	       same_code(at(t, "origin", "code"), e->specimen.code);
}

static bool
same_entry(const struct record *r, const struct event *e, const json_t *core)
{
	const json_t *certificate = json_object_get(core, "certificate");
	const json_t *v = json_object_get(core, "vaccination"), *t = json_object_get(core, "test");

	return span_eq(r->name.text, dcc_text(core, "name")) &&
	       span_eq(r->birth_date, dcc_text(core, "birthDate")) &&
	       has_identifier(r, at(core, "identifier", "value")) &&
	       span_eq(r->certificate.version, dcc_text(certificate, "version")) &&
	       span_eq(r->certificate.identifier, at(certificate, "hcid", "value")) &&
	       span_eq(r->certificate.issuer, at(certificate, "issuer", "display")) &&
	       (v ? same_vaccination(e, v) : same_test(e, t));
}

/* The record is made of the message whoever signed it, here and nowhere else. */
static void
check_record(struct sample *v)
{
	struct suite *s = v->field->suite;
	const json_t *entries = json_object_get(json_object_get(v->json, "core"), "entry");
	struct work w = s->work;
	struct report own;
	struct record r;
	char id[ID];

	if (!entries || !dcc_passed(s, CHECK_DECODE))
		return;
	w.report = &own;
	report_begin(&own, w.arena);
	record_init(&r);
	bool same = v->seen.codec->normalise(&w, &v->seen.credential, &r) == 0 &&
		    r.event_count == json_array_size(entries);
	for (size_t i = 0; same && i < r.event_count; i++)
		same = same_entry(
			&r, &r.events[i], json_object_get(json_array_get(entries, i), "resource"));
	tell(v, "record", same, "the record differs");
	snprintf(id, sizeof(id), "%s pathogen", v->id);
	if (r.event_count > 0 && r.events[0].kind == EVENT_TEST)
		suite_tell(s, id, CASE_EXCEPTION,
			"a proof of testing does not say what was tested for: the map fills in a "
			"constant");
}

/* --- the corpus --- */

/* "3617.../16f5.der" is csca/3617...-16f5.pem. */
static bool
is_named(const struct sample *v, struct span path)
{
	const json_t *chain = json_object_get(v->expect, "chain");
	char name[ID];

	for (size_t i = 0; i < json_array_size(chain); i++) {
		const char *text = json_string_value(json_array_get(chain, i));
		const char *slash = strchr(text, '/');
		snprintf(name, sizeof(name), "csca/%.*s-%.*s.pem", (int)(slash - text), text,
			(int)(strlen(slash) - 5), &slash[1]);
		if (span_is(path, name))
			return true;
	}
	return false;
}

static int
ask(struct sample *v, const struct trust *t)
{
	return dcc_verify(v->field->suite, v->qr, t, &v->field->policy, CLOCK, &v->seen);
}

static int
check_authorities(struct sample *v)
{
	int r = 0;

	for (size_t i = 0; i < v->field->count && r == 0; i++) {
		char stage[ID];
		const struct trust_file *f = &v->field->files[i];
		struct trust *t = snapshot(v->field->suite, f, 1);
		if (!t)
			return -1;
		r = ask(v, t);
		snprintf(stage, sizeof(stage), "under %s", (const char *)f->name.ptr);
		tell(v, stage, dcc_passed(v->field->suite, CHECK_ISSUER) == is_named(v, f->name),
			"this authority disagrees");
		trust_unref(t);
	}
	return r;
}

static int
check_line(const struct field *f, const struct trust *t, const json_t *line)
{
	struct sample v = { .field = f,
		.id = json_string_value(json_object_get(line, "id")),
		.qr = dcc_text(line, "qr"),
		.json = line,
		.expect = json_object_get(line, "expect"),
		.trust = t };
	int r = v.id && v.qr.ptr ? ask(&v, t) : -1;

	if (r != 0)
		return r;
	check_stages(&v);
	check_record(&v);
	return json_object_get(v.expect, "chain") ? check_authorities(&v) : 0;
}

static int
check_file(const struct field *f, const struct trust *t, const char *name)
{
	struct span text, line;
	int r = suite_read(f->suite, name, &text);

	while (r == 0 && span_split(&text, '\n', &line)) {
		json_t *json = line.len > 0 ? dcc_json(line) : NULL;
		if (json)
			r = check_line(f, t, json);
		json_decref(json);
	}
	return r;
}

static int
add_csca(struct suite *s, const char *path, void *arg)
{
	struct field *f = arg;
	struct trust_file *to = &f->files[f->count];

	if (f->count == CSCA_MAX)
		return -1;
	to->name = arena_copy(s->arena, span_of(path));
	f->count++;
	return suite_read(s, path, &to->bytes);
}

static int
run(struct suite *s)
{
	struct field f = { .suite = s, .policy = policy_default };
	struct trust *t;
	int r = suite_each(s, "csca", ".pem", add_csca, &f);

	f.policy.env = ENV_ACCEPTANCE;
	t = r == 0 ? snapshot(s, f.files, f.count) : NULL;
	if (!t)
		return -1;
	suite_figure(s, "authorities", (long long)f.count);
	r = check_file(&f, t, "cases.ndjson");
	if (r == 0)
		r = check_file(&f, t, "derived.ndjson");
	trust_unref(t);
	return r;
}

const struct adapter icao_vds_nc_adapter = { "icao-vds-nc", run };
