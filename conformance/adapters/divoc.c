/* divoc.c - credentials of DIVOC and attacks on them that keep the signature good, through the whole engine.
 *
 * manifest.json says of each what the reference implementation makes of it.  It lets all attacks pass, and three
 * credentials of DIVOC's own tests whose person is not signed: those must be refused here, too.
 */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "codecs/jsonld/canon.h"
#include "conformance/adapters/vc_aid.h"
#include "gateway/engine/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

extern const struct adapter divoc_adapter;

enum { NOW = 1780272000 /* 2026-06-01 */, SOURCES = 6 };

/* --- trust: each key for each issuer --- */

struct lists {
	struct arena *arena;
	struct trust_file files[SOURCES];
	struct trust_input sources[SOURCES];
	size_t count;
};

/* A document of one method, for which each of the issuers may be spoken. */
static void
add_key(struct lists *l, const char *type, const char *member, json_t *key)
{
	static const char *const issuers[] = { "https://cowin.gov.in/", "https://divoc.dev/" };
	json_t *doc = json_pack("{s:s, s:[{s:s, s:s, s:s, s:o}]}", "id", "did:india",
		"assertionMethod", "id", "did:india", "controller", "did:india", "type", type,
		member, key);
	char *text = json_dumps(doc, JSON_COMPACT);
	struct span copy = arena_copy(l->arena, span_of(text));

	free(text);
	json_decref(doc);
	for (size_t i = 0; i < 2; i++) {
		struct trust_file *f = &l->files[l->count];
		*f = (struct trust_file){ SPAN_LIT("document"), copy };
		l->sources[l->count++] = (struct trust_input){ .name = SPAN_LIT("issuer"),
			.kind = SPAN_LIT("did"),
			.env = ENV_ACCEPTANCE,
			.domain = TRUST_VC,
			.files = f,
			.file_count = 1,
			.issuer = span_of(issuers[i]),
			.read_at = TIME_NONE };
	}
}

static int
add_pem(struct suite *s, struct lists *l, const char *path)
{
	struct span pem;
	int r = suite_read(s, path, &pem);

	if (r == 0)
		add_key(l, "RsaVerificationKey2018", "publicKeyPem",
			json_stringn((const char *)pem.ptr, pem.len));
	return r;
}

static int
build_trust(struct suite *s, struct trust **out)
{
	json_t *ed = crypto_file(s, "keys/ed25519.test.json");
	struct lists l = { .arena = arena_new(1 << 20) };
	int r = ed && l.arena ? add_pem(s, &l, "keys/did-india.test.public.pem") : -EINVAL;

	if (r == 0)
		r = add_pem(s, &l, "keys/did-india.cowin-production.public.pem");
	if (r == 0) {
		add_key(&l, "Ed25519VerificationKey2018", "publicKeyBase58",
			json_incref(json_object_get(ed, "publicKeyBase58")));
		r = trust_build(suite_work(s), l.sources, l.count, out);
	}
	arena_free(l.arena);
	json_decref(ed);
	return r;
}

/* --- one sample --- */

/* What the file must come to. */
struct expected {
	bool good, attack, person_signed;
};

static struct expected
expect(const json_t *row)
{
	bool attack = json_object_get(row, "attack") != NULL;
	bool person_signed = json_is_true(json_object_get(row, "subjectSigned"));
	bool verifies = json_is_true(json_object_get(row, "referenceVerifies"));

	return (struct expected){ verifies && person_signed && !attack, attack, person_signed };
}

/* Attacks must fall to what they do, not to a signature that would not hold for another reason. */
static bool
as_expected(const struct expected *e, const struct verify *v, const struct report *report)
{
	enum reason why = report_reason(report);

	if (e->good)
		return report_verdict(report) == VERDICT_VERIFIED && v->has_record;
	if (report_verdict(report) != VERDICT_REJECTED)
		return false;
	if (!e->person_signed)
		return why == REASON_VC_SUBJECT_UNSIGNED;
	if (e->attack)
		return v->verified && (why == REASON_VC_AMBIGUOUS || why == REASON_PROFILE_TYPE);
	return why == REASON_SIGNATURE_MISMATCH || why == REASON_VC_PROOF_JWS;
}

/* The statements as the manifest has them, byte by byte. */
static bool
same_statements(struct suite *s, const char *file, const json_t *row)
{
	struct work *w = suite_work(s);
	json_t *doc = crypto_file(s, file);
	json_object_del(doc, "proof");
	struct vc_statements st = { vc_tree(w, doc), "json", DIGEST_SHA256, true, NULL };
	struct span want = crypto_text(json_object_get(row, "stages"), "canonicalDocument");
	struct canon c = { 0 };
	bool ok = false;

	if (st.document)
		(void)vc_canonise(w, &st, &c, &ok);
	json_decref(doc);
	return ok && span_eq(c.text, want);
}

static int
run_file(struct suite *s, const struct trust *t, const char *file, const struct expected *e)
{
	struct policy policy = policy_default;
	struct verify v = { .trust = t, .policy = &policy };
	struct work *w = suite_work(s);
	int r = suite_read(s, file, &v.input);

	policy.env = ENV_ACCEPTANCE;
	w->now = NOW;
	if (r == 0)
		r = engine_verify(w, &v);
	if (r == 0)
		suite_tell(s, file, as_expected(e, &v, w->report) ? CASE_PASS : CASE_FAIL, "%s: %s",
			verdict_name(report_verdict(w->report)),
			reason_code(report_reason(w->report)));
	return r;
}

static int
run_row(struct suite *s, const struct trust *t, const json_t *row)
{
	const char *file = json_string_value(json_object_get(row, "file"));
	struct expected e = expect(row);

	if (!file)
		return -EINVAL;
	if (!e.person_signed || same_statements(s, file, row))
		return run_file(s, t, file, &e);
	suite_tell(s, file, CASE_FAIL, "the statements differ");
	return 0;
}

static int
run(struct suite *s)
{
	/* a code: an archive whose credential has a signature of zeros */
	static const struct expected zeros = { .person_signed = true };
	json_t *rows = crypto_file(s, "manifest.json");
	struct trust *t = NULL;
	int r = json_is_array(rows) ? build_trust(s, &t) : -EINVAL;

	for (size_t i = 0; r == 0 && i < json_array_size(rows); i++)
		r = run_row(s, t, json_array_get(rows, i));
	if (r == 0)
		r = run_file(s, t, "samples/kde-partial-vaccination.zip.bin", &zeros);
	trust_unref(t);
	json_decref(rows);
	return r;
}

const struct adapter divoc_adapter = { "divoc", run };
