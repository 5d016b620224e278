/* shc_codes.c - see shc_codes.h. */
#include "conformance/adapters/shc_codes.h"

#include "codecs/base/arena.h"
#include "codecs/base/text.h"
#include "codecs/seal/signer_file.h"
#include "codecs/seal/thumbprint.h"
#include "codecs/shc/seal.h"
#include "conformance/suite_impl.h"

#include <stdio.h>
#include <stdlib.h>

enum { COORDINATE = 32 };

/* --- codes --- */

/* docs/schemes/shc.md has the same for people. */
static const struct {
	const char *code;
	enum reason reason[13];
} codes[] = {
	{ "CRITICAL_DATA_MISSING", { REASON_SHC_CLAIM_MISSING, REASON_SHC_FILE } },
	{ "SCHEMA_ERROR", { REASON_SHC_CLAIM_MISSING, REASON_SHC_CLAIM_TYPE, REASON_SHC_TYPE,
				  REASON_NOTE_SHC_CONTEXT } },
	{ "FHIR_SCHEMA_ERROR",
		{ REASON_NOTE_SHC_ID, REASON_NOTE_SHC_META, REASON_NOTE_SHC_NARRATIVE,
			REASON_NOTE_SHC_CONCEPT_TEXT, REASON_NOTE_SHC_DISPLAY,
			REASON_NOTE_SHC_FULL_URL, REASON_NOTE_SHC_REFERENCE,
			REASON_NOTE_SHC_DANGLING, REASON_NOTE_SHC_EMPTY, REASON_PROFILE_STATUS,
			REASON_PROFILE_MISSING, REASON_NOTE_SHC_VACCINE_CODE } },
	{ "INFLATION_ERROR",
		{ REASON_INFLATE_MALFORMED, REASON_INFLATE_TRAILING, REASON_SHC_WRAPPED } },
	{ "JWS_HEADER_ERROR", { REASON_SIGNATURE_ALGORITHM, REASON_SHC_ZIP, REASON_JWS_HEADER } },
	{ "JWS_VERIFICATION_ERROR", { REASON_SIGNATURE_MISMATCH, REASON_ISSUER_KEY_UNKNOWN } },
	{ "SHLINK_INVALID_PASSCODE", { REASON_LINK_PASSCODE_WRONG } },
	{ "SHLINK_NOT_HTTPS_URL", { REASON_LINK_URL } },
	{ "SIGNATURE_FORMAT_ERROR", { REASON_SIGNATURE_DER, REASON_SIGNATURE_MALFORMED } },
	{ "ISSUER_KEY_DOWNLOAD_ERROR", { REASON_ISSUER_KEYS_UNAVAILABLE } },
	{ "ISSUER_NOT_TRUSTED", { REASON_ISSUER_UNKNOWN } },
	{ "ISSUER_KID_MISMATCH", { REASON_ISSUER_KID_MISMATCH, REASON_ISSUER_KEY_UNKNOWN } },
	{ "INVALID_ISSUER_URL", { REASON_SHC_ISSUER } },
	{ "INVALID_NUMERIC_QR", { REASON_SHC_NUMERIC, REASON_NOTE_SHC_LENGTH } },
	{ "INVALID_NUMERIC_QR_HEADER",
		{ REASON_SHC_CHUNK, REASON_SHC_CHUNK_CONFLICT, REASON_NOTE_SHC_ONE_CHUNK } },
	{ "MISSING_QR_CHUNK", { REASON_SHC_CHUNK_MISSING } },
	{ "QR_CHUNKING_DEPRECATED", { REASON_NOTE_SHC_CHUNKED } },
	{ "JSON_PARSE_ERROR", { REASON_JSON_MALFORMED, REASON_SHC_CLAIM_TYPE } },
	{ "REVOCATION_ERROR", { REASON_REVOCATION_NO_ANSWER, REASON_SHC_RID,
				      REASON_NOTE_SHC_LIST_ENTRIES, REASON_NOTE_SHC_LIST_NEWER } },
	{ "JWS_TOO_LONG", { REASON_NOTE_SHC_LENGTH } },
	{ "TRAILING_CHARACTERS",
		{ REASON_NOTE_SHC_MINIFIED, REASON_JSON_TRAILING, REASON_NOTE_SHC_BLANKS } },
	{ "NOT_YET_VALID", { REASON_VALIDITY_NOT_YET } },
	{ "EXPIRATION_ERROR", { REASON_VALIDITY_EXPIRED, REASON_VALIDITY_INVERTED } },
	{ "PROFILE_ERROR", { REASON_NOTE_SHC_ENTRIES, REASON_NOTE_SHC_ELEMENT,
				   REASON_NOTE_SHC_VACCINE_CODE, REASON_NOTE_SHC_DATE } },
};

static bool
is_seen(const char *code, const struct shc_seen *seen, size_t count)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (!span_is(span_of(code), codes[i].code))
			continue;
		for (size_t j = 0; j < 13 && codes[i].reason[j]; j++)
			for (size_t k = 0; k < count; k++)
				if (seen[k].reason == codes[i].reason[j] ||
					seen[k].found[codes[i].reason[j]])
					return true;
	}
	return false;
}

static bool
all_verified(const struct shc_seen *seen, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (seen[i].verdict != VERDICT_VERIFIED)
			return false;
	return count > 0;
}

bool
shc_codes_agree(
	const json_t *facts, const struct shc_seen *seen, size_t count, char *why, size_t size)
{
	json_t *measured = json_object_get(facts, "measured"), *unused;
	static const char *const levels[] = { "errors", "warnings" };
	const char *code, *first = NULL, *reason = count > 0 ? reason_code(seen[0].reason) : NULL;

	for (size_t i = 0; i < 2; i++) {
		json_object_foreach(json_object_get(measured, levels[i]), code, unused)
		{
			if (is_seen(code, seen, count))
				return true;
			first = first ? first : code;
		}
	}
	snprintf(why, size, "%s expected, %s given", first ? first : "verified",
		reason ? reason : "verified");
	return !first && all_verified(seen, count);
}

/* --- cards --- */

static const char own[] = "https://sealed.example.test/shc";

struct shc_sealer {
	struct suite *suite;
	struct private_key *key;
	struct signer signer;
	struct span jwks;
	const char *iss; /* of the last card */
};

/* A P-256 SPKI ends with x and y. */
static int
write_keys(struct shc_sealer *k)
{
	struct arena *a = k->suite->arena;
	struct buf b = buf_in(a, 4096);
	struct work *w = suite_work(k->suite);
	enum key_fault why;
	struct key *key = NULL;
	struct span spki, kid = SPAN_NONE;
	int r = private_spki(k->key, a, &spki);

	if (r == 0)
		r = key_from_spki(spki, &key_policy_default, &key, &why);
	if (r == 0)
		r = thumbprint_of_key(w, key, &kid);
	key_free(key);
	if (r != 0)
		return r;
	k->signer.kid = arena_copy(a, kid);
	buf_str(&b, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\","
		    "\"alg\":\"ES256\",\"kid\":");
	buf_json(&b, k->signer.kid);
	buf_str(&b, ",\"x\":\"");
	base64url_encode(&b, span_slice(spki, spki.len - 2 * COORDINATE, COORDINATE));
	buf_str(&b, "\",\"y\":\"");
	base64url_encode(&b, span_from(spki, spki.len - COORDINATE));
	buf_str(&b, "\"}]}");
	k->jwks = buf_span(&b);
	return b.error;
}

struct shc_sealer *
shc_sealer_new(struct suite *s)
{
	struct shc_sealer *k = calloc(1, sizeof(*k));
	int r = k ? private_new(PRIVATE_P256, &k->key) : -1;

	if (r == 0)
		r = signer_over(k->key, SIG_ES256, &k->signer);
	if (r == 0) {
		k->suite = s;
		k->signer.issuer = SPAN_LIT(own);
		r = write_keys(k);
	}
	if (r == 0)
		return k;
	shc_sealer_free(k);
	return NULL;
}

void
shc_sealer_free(struct shc_sealer *k)
{
	if (k)
		private_free(k->key);
	free(k);
}

int
shc_sealer_seal(struct shc_sealer *k, struct span text, bool payload, struct span *card)
{
	struct shc_recipe recipe = { .not_before = "1622576398.924", .form = SHC_JWS };
	struct work *w = suite_work(k->suite);
	json_t *root = json_loadb((const char *)text.ptr, text.len, JSON_DISABLE_EOF_CHECK, NULL);
	const char *iss = json_string_value(json_object_get(root, "iss"));
	struct span copy = arena_copy(k->suite->arena, span_of(iss && payload ? iss : own));
	struct span made;

	json_decref(root);
	if (payload)
		recipe.payload = text;
	else
		recipe.bundle = text;
	k->iss = (const char *)copy.ptr;
	int r = copy.ptr ? shc_seal(w, &recipe, &k->signer, &made) : -1;
	if (r == 0)
		*card = arena_copy(k->suite->arena, made);
	return r;
}

int
shc_sealer_publish(struct shc_sealer *k, struct shc_world *w)
{
	struct buf b = buf_in(k->suite->arena, 4096);

	buf_str(&b, k->iss);
	buf_str(&b, "/.well-known/jwks.json");
	buf_char(&b, '\0');
	if (b.error)
		return b.error;
	shc_page(w, (const char *)b.ptr, k->jwks);
	return shc_trust_issuers(w, &k->iss, 1);
}

/* --- links --- */

#define MANIFEST "https://links.example.org/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

/* A link to a list of files. */
static void
write_link(struct buf *b, struct span payload)
{
	buf_str(b, "shlink:/");
	base64url_encode(b, payload);
}

static void
write_manifest(struct buf *b, const char *artifact, struct span text)
{
	bool one = span_is(span_of(artifact), "shlfile");

	buf_str(b, one ? "{\"files\":[" : "");
	buf_add(b, text);
	buf_str(b, one ? "]}" : "");
}

static enum reason
ask(struct work *w, const struct pages *pages, struct span link)
{
	struct policy policy = policy_default;
	struct trust *none = NULL;

	policy.env = ENV_DEMO;
	policy.links = LINKS_ANY;
	if (trust_build(w, NULL, 0, &none) != 0)
		return REASON_NONE;
	struct link_verify v = {
		.input = link, .passcode = SPAN_LIT("1234"), .trust = none, .policy = &policy
	};
	int r = pages_link(w, pages, &v);
	trust_unref(none);
	return r == 0 ? v.reason : REASON_NONE;
}

enum reason
shc_link_reason(struct suite *s, const char *artifact, struct span text, int64_t at)
{
	struct work *w = suite_work(s);
	struct buf link = buf_in(w->arena, 1 << 20), body = link;
	struct page page = { SPAN_LIT(MANIFEST), 200, SPAN_NONE };
	struct pages pages = { &page, 1 };

	w->now = at;
	if (span_is(span_of(artifact), "shlpayload")) {
		write_link(&link, text);
	} else if (span_is(span_of(artifact), "shlink") || span_is(span_of(artifact), "qr")) {
		buf_add(&link, text);
	} else {
		write_link(&link, SPAN_LIT("{\"url\":\"" MANIFEST "\",\"key\":"
					   "\"v7SjEf2oC4nbbkrhJJ1VAsnp4QaAmrzwIVQtxGM7AIc\"}"));
		write_manifest(&body, artifact, text);
		page.bytes = buf_span(&body);
	}
	return ask(w, &pages, buf_span(&link));
}
