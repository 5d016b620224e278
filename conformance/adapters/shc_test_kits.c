/* shc_test_kits.c - fixtures of two test kits: cards under the specification's key, and payloads of before there was a
 * specification, which must not pass for cards.
 */
#include "conformance/adapters/shc_codes.h"

#include "codecs/base/arena.h"
#include "conformance/suite_impl.h"

#include <errno.h>
#include <string.h>

extern const struct adapter shc_test_kits_adapter;

enum { CLOCK = 1760000000 };

static const char keys[] = "../shc-spec-examples/v1.4.0-2023-06-22/issuer/.well-known/jwks.json";

enum form { FORM_AS_IT_IS, FORM_TEXT, FORM_TEXTS, FORM_SCAN, FORM_PAYLOAD, FORM_BUNDLE };

static const struct {
	const char *file;
	enum form form;
	enum verdict verdict;
	enum reason reason, note;
} rows[] = {
	{ "inferno/example-00-e-file.smart-health-card", FORM_AS_IT_IS, VERDICT_VERIFIED, 0, 0 },
	{ "inferno/example-jws.json", FORM_TEXT, VERDICT_VERIFIED, 0, 0 },
	{ "inferno/example-jws-multiple.json", FORM_TEXT, VERDICT_VERIFIED, 0, 0 },
	{ "inferno/example-numeric-qr-code.json", FORM_TEXTS, VERDICT_VERIFIED, 0, 0 },
	{ "inferno/example-numeric-qr-code-multiple.json", FORM_TEXTS, VERDICT_VERIFIED, 0,
		REASON_NOTE_SHC_CHUNKED },
	{ "inferno/example-scanning-input.json", FORM_SCAN, VERDICT_VERIFIED, 0, 0 },
	{ "inferno/example-jws-payload-minified.json", FORM_PAYLOAD, VERDICT_VERIFIED, 0,
		REASON_NOTE_SHC_CONTEXT },
	{ "inferno/example-jws-payload-minified.json", FORM_AS_IT_IS, VERDICT_REJECTED,
		REASON_SHC_UNSIGNED, 0 },
	{ "inferno/example-covid-immunization-bundle.json", FORM_BUNDLE, VERDICT_VERIFIED, 0, 0 },
	{ "inferno/example-covid-lab-result-bundle.json", FORM_BUNDLE, VERDICT_VERIFIED, 0, 0 },
	{ "inferno/example-monkeypox-immunization-bundle.json", FORM_BUNDLE, VERDICT_VERIFIED, 0,
		0 },
	{ "inferno/example-logical-link-bundle.json", FORM_BUNDLE,
		VERDICT_REJECTED, /* two people */
		REASON_PROFILE_PERSON, REASON_NOTE_SHC_REFERENCE },
	{ "inferno/example-verbose-jws-payload.json", FORM_BUNDLE, VERDICT_VERIFIED, 0,
		REASON_NOTE_SHC_ID },
	{ "inferno/example-valueset.json", FORM_AS_IT_IS, VERDICT_REJECTED,
		REASON_SIGNATURE_MISSING, 0 },
	{ "health-cards-tests/vc-jwt-payload.json", FORM_PAYLOAD, VERDICT_REJECTED,
		REASON_SHC_ISSUER, 0 },
	{ "health-cards-tests/vc-c19-pcr-jwt-payload.json", FORM_PAYLOAD, VERDICT_REJECTED,
		REASON_SHC_ISSUER, 0 },
	{ "health-cards-tests/vc-covid-immunization.json", FORM_PAYLOAD, VERDICT_REJECTED,
		REASON_SHC_ISSUER, 0 },
	{ "health-cards-tests/vc-empty.json", FORM_PAYLOAD, VERDICT_REJECTED,
		REASON_SHC_CLAIM_MISSING, 0 },
	{ "health-cards-tests/vc.json", FORM_PAYLOAD, VERDICT_REJECTED, REASON_SHC_CLAIM_MISSING,
		0 },
	{ "health-cards-tests/vc.pcr.json", FORM_PAYLOAD, VERDICT_REJECTED,
		REASON_SHC_CLAIM_MISSING, 0 },
	{ "health-cards-tests/patient.json", FORM_AS_IT_IS, VERDICT_REJECTED,
		REASON_SIGNATURE_MISSING, 0 },
	{ "health-cards-tests/diagnostic-report.json", FORM_AS_IT_IS, VERDICT_REJECTED,
		REASON_SIGNATURE_MISSING, 0 },
	{ "health-cards-tests/capability-statement.json", FORM_AS_IT_IS, VERDICT_REJECTED,
		REASON_SIGNATURE_MISSING, 0 },
};

static struct span
join(struct suite *s, const json_t *list)
{
	struct buf b = buf_in(s->arena, 1 << 20);
	const json_t *text;
	size_t i;

	json_array_foreach(list, i, text)
	{
		buf_str(&b, i > 0 ? "\n" : "");
		buf_str(&b, json_string_value(text));
	}
	return buf_span(&b);
}

/* A text, texts, or {"qr_contents": "[texts]"}, as JSON. */
static struct span
unwrap(struct suite *s, enum form form, struct span bytes)
{
	json_t *root = json_loadb((const char *)bytes.ptr, bytes.len, JSON_DECODE_ANY, NULL);
	struct span out = SPAN_NONE;

	if (form == FORM_TEXT && json_is_string(root))
		out = arena_copy(s->arena, span_of(json_string_value(root)));
	else if (form == FORM_TEXTS)
		out = join(s, root);
	else if (form == FORM_SCAN) {
		struct span inner = crypto_text(root, "qr_contents");
		json_t *list = json_loadb((const char *)inner.ptr, inner.len, 0, NULL);
		out = join(s, list);
		json_decref(list);
	}
	json_decref(root);
	return out;
}

/* The world of the specification's issuer, or of our own. */
static int
prepare(struct shc_world *w, struct shc_sealer *k, enum form form, struct span bytes,
	struct span *input)
{
	const char *iss = "https://smarthealth.cards/examples/issuer";

	*input = bytes;
	if (form == FORM_PAYLOAD || form == FORM_BUNDLE) {
		int r = shc_sealer_seal(k, bytes, form == FORM_PAYLOAD, input);
		return r == 0 ? shc_sealer_publish(k, w) : r;
	}
	if (form != FORM_AS_IT_IS)
		*input = unwrap(w->suite, form, bytes);
	if (!shc_page_file(
		    w, "https://smarthealth.cards/examples/issuer/.well-known/jwks.json", keys))
		return -ENOENT;
	return shc_trust_issuers(w, &iss, 1);
}

static int
run_row(struct suite *s, struct shc_sealer *k, size_t i)
{
	struct shc_world w = { .suite = s, .at = CLOCK };
	struct shc_seen seen[SHC_ENTRIES];
	struct span bytes, input;
	size_t count = 0;
	int r = suite_read(s, rows[i].file, &bytes);

	if (r == 0)
		r = prepare(&w, k, rows[i].form, bytes, &input);
	if (r == 0)
		r = shc_ask(&w, input, seen, &count);
	shc_close(&w);
	if (r != 0)
		return r;
	bool agrees = count == 1 && seen[0].verdict == rows[i].verdict &&
		      seen[0].reason == rows[i].reason &&
		      (!rows[i].note || seen[0].found[rows[i].note]);
	const char *code = count > 0 ? reason_code(seen[0].reason) : NULL;
	shc_tell_if(s, rows[i].file, agrees, code ? code : "a note is missing, or it is verified",
		NULL);
	return 0;
}

static int
run(struct suite *s)
{
	struct shc_sealer *k = shc_sealer_new(s);
	int r = k ? 0 : -ENOMEM;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && r == 0; i++)
		r = run_row(s, k, i);
	suite_tell(s, "images", CASE_SKIP, "images of QR codes are not read");
	shc_sealer_free(k);
	return r;
}

const struct adapter shc_test_kits_adapter = { "shc-test-kits", run };
