/* shc.c - see shc.h. */
#include "conformance/adapters/shc.h"

#include "codecs/base/arena.h"
#include "conformance/suite_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- the world --- */

void
shc_page(struct shc_world *w, const char *url, struct span bytes)
{
	struct span kept = arena_copy(w->suite->arena, span_of(url));

	if (w->pages.count >= SHC_PAGES || !kept.ptr) {
		w->suite->broken = true;
		return;
	}
	w->page[w->pages.count++] = (struct page){ kept, 200, bytes };
	w->pages.page = w->page;
}

bool
shc_page_file(struct shc_world *w, const char *url, const char *path)
{
	struct span bytes;

	if (suite_read(w->suite, path, &bytes) != 0)
		return false;
	shc_page(w, url, bytes);
	return true;
}

int
shc_trust(struct shc_world *w, const char *kind, struct span list)
{
	struct trust_file file = { SPAN_LIT("corpus"), list };
	struct trust_input in = { .name = SPAN_LIT("corpus"),
		.kind = span_of(kind),
		.env = ENV_DEMO,
		.domain = TRUST_SHC,
		.files = &file,
		.file_count = 1,
		.read_at = TIME_NONE };
	struct work *work = suite_work(w->suite);

	work->now = w->at;
	trust_unref(w->trust);
	w->trust = NULL;
	return trust_build(work, &in, 1, &w->trust);
}

int
shc_trust_issuers(struct shc_world *w, const char *const *iss, size_t count)
{
	struct buf b = buf_in(w->suite->arena, 1 << 20);

	buf_str(&b, "{\"participating_issuers\":[");
	for (size_t i = 0; i < count; i++) {
		buf_str(&b, i > 0 ? ",{\"iss\":" : "{\"iss\":");
		buf_json(&b, span_of(iss[i]));
		buf_str(&b, ",\"name\":\"Test\"}");
	}
	buf_str(&b, "]}");
	return b.error ? b.error : shc_trust(w, "vci-directory", buf_span(&b));
}

void
shc_close(struct shc_world *w)
{
	trust_unref(w->trust);
	w->trust = NULL;
}

/* --- the answers --- */

static void
note(struct shc_world *world, const struct work *w, const struct verify *v, struct shc_seen *out)
{
	*out = (struct shc_seen){ .verdict = report_verdict(w->report),
		.reason = report_reason(w->report),
		.verified = v->verified };
	if (v->verified)
		out->authority = arena_copy(world->suite->arena, v->signer->authority);
	for (const struct finding *f = w->report->findings; f; f = f->next)
		out->found[f->reason] = true;
}

int
shc_ask(struct shc_world *world, struct span input, struct shc_seen *out, size_t *count)
{
	struct work *w = suite_work(world->suite);
	struct policy policy = policy_default;
	struct span *entries;
	size_t n;

	policy.env = ENV_DEMO;
	w->now = world->at;
	int r = engine_split(w, input, &entries, &n);
	for (size_t i = 0; r == 0 && i < n && i < SHC_ENTRIES; i++) {
		struct verify v = { .input = entries[i], .trust = world->trust, .policy = &policy };
		r = pages_verify(w, &world->pages, &v);
		if (r == 0)
			note(world, w, &v, &out[i]);
	}
	*count = n < SHC_ENTRIES ? n : SHC_ENTRIES;
	return r;
}

/* --- the corpora's words --- */

static const struct {
	const char *word;
	enum reason reason[6];
} words[] = {
	{ "not-minified", { REASON_NOTE_SHC_MINIFIED } },
	{ "inflate", { REASON_INFLATE_MALFORMED, REASON_INFLATE_TRAILING, REASON_SHC_WRAPPED } },
	{ "inflate-limit", { REASON_INPUT_TOO_LARGE } },
	{ "jws-format",
		{ REASON_JWS_STRUCTURE, REASON_ENCODING_BASE64URL, REASON_FORMAT_UNKNOWN } },
	{ "header", { REASON_JWS_HEADER, REASON_JSON_MALFORMED } },
	{ "header-alg", { REASON_SIGNATURE_ALGORITHM, REASON_JWS_HEADER } },
	{ "header-zip", { REASON_SHC_ZIP } },
	{ "header-crit", { REASON_JWS_CRIT } },
	{ "key-not-found", { REASON_ISSUER_KEY_UNKNOWN, REASON_ISSUER_KID_MISMATCH } },
	{ "signature", { REASON_SIGNATURE_MISMATCH } },
	{ "signature-format", { REASON_SIGNATURE_DER, REASON_SIGNATURE_MALFORMED } },
	{ "json", { REASON_JSON_MALFORMED, REASON_JSON_TRAILING, REASON_JSON_CHARACTER,
			  REASON_JSON_UTF8, REASON_JSON_NUMBER, REASON_SHC_CLAIM_TYPE } },
	{ "json-duplicate", { REASON_JSON_DUPLICATE } },
	{ "json-depth", { REASON_INPUT_TOO_LARGE } },
	{ "payload", { REASON_SHC_CLAIM_MISSING, REASON_SHC_CLAIM_TYPE, REASON_SHC_TYPE,
			     REASON_SHC_RID } },
	{ "iss", { REASON_SHC_ISSUER } },
	{ "issuer-not-trusted", { REASON_ISSUER_UNKNOWN, REASON_ISSUER_KID_MISMATCH } },
	{ "jwk", { REASON_ISSUER_KEY_REFUSED, REASON_ISSUER_KEY_UNKNOWN } },
	{ "jwks", { REASON_ISSUER_KEY_UNKNOWN } },
	{ "not-yet-valid", { REASON_VALIDITY_NOT_YET } },
	{ "expired", { REASON_VALIDITY_EXPIRED } },
	{ "revoked", { REASON_REVOCATION_REVOKED } },
	{ "trailing-characters", { REASON_NOTE_SHC_BLANKS } },
	{ "crl-entry-malformed", { REASON_NOTE_SHC_LIST_ENTRIES } },
	{ "crl-ctr-ahead", { REASON_NOTE_SHC_LIST_NEWER } },
	{ "crl-unavailable", { REASON_REVOCATION_NO_ANSWER } },
	{ "crl-invalid", { REASON_REVOCATION_NO_ANSWER } },
	{ "crl-behind", { REASON_REVOCATION_NO_ANSWER } },
	{ "qr-digits", { REASON_SHC_NUMERIC } },
	{ "qr-header", { REASON_SHC_CHUNK, REASON_NOTE_SHC_ONE_CHUNK } },
	{ "qr-chunk-missing", { REASON_SHC_CHUNK_MISSING } },
	{ "qr-chunk-conflict", { REASON_SHC_CHUNK_CONFLICT } },
	{ "qr-chunking-deprecated", { REASON_NOTE_SHC_CHUNKED } },
	{ "qr-too-long", { REASON_NOTE_SHC_LENGTH } },
	{ "qr-scheme-case", { REASON_NOTE_SHC_SCHEME } },
	{ "file", { REASON_SHC_FILE } },
};

/* Whether the reason, or one of the findings, is what the word stands for. */
static bool
means(struct span word, const struct shc_seen *seen, bool finding)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		for (size_t j = 0; span_is(word, words[i].word) && j < 6; j++) {
			enum reason r = words[i].reason[j];
			if (r != REASON_NONE && (finding ? seen->found[r] : seen->reason == r))
				return true;
		}
	return false;
}

/* "a|b": one of them. */
static bool
means_one(struct span list, const struct shc_seen *seen, bool finding)
{
	struct span word;

	while (span_split(&list, '|', &word))
		if (means(word, seen, finding))
			return true;
	return false;
}

static bool
is_as(struct span verdict, struct span reason, const struct shc_seen *seen)
{
	if (span_is(verdict, "accept") && span_starts(reason, SPAN_LIT("issuer=")))
		return seen->verdict == VERDICT_VERIFIED &&
		       span_eq(seen->authority, span_from(reason, sizeof("issuer=") - 1));
	if (span_is(verdict, "accept"))
		return seen->verdict == VERDICT_VERIFIED;
	if (span_is(verdict, "accept-with-findings"))
		return seen->verdict == VERDICT_VERIFIED && means_one(reason, seen, true);
	if (span_is(verdict, "reject"))
		return seen->verdict == VERDICT_REJECTED && means_one(reason, seen, false);
	return span_is(verdict, "indeterminate") && seen->verdict == VERDICT_INDETERMINATE &&
	       means_one(reason, seen, false);
}

/* ["accept", "reject:signature"] */
static bool
are_as(const json_t *list, const struct shc_seen *seen, size_t count)
{
	bool same = json_array_size(list) == count;

	for (size_t i = 0; same && i < count; i++) {
		struct span reason = span_of(json_string_value(json_array_get(list, i))), verdict;
		same = span_split(&reason, ':', &verdict) && is_as(verdict, reason, &seen[i]);
	}
	return same;
}

/* --- outcomes --- */

void
shc_tell_if(struct suite *s, const char *id, bool agrees, const char *detail,
	const struct shc_exception *exceptions)
{
	for (const struct shc_exception *e = exceptions; e && e->id; e++)
		if (strcmp(e->id, id) == 0) {
			if (agrees)
				suite_tell(
					s, id, CASE_FAIL, "agrees, but is named as an exception");
			else
				suite_tell(s, id, CASE_EXCEPTION, "%s", e->why);
			return;
		}
	suite_tell(s, id, agrees ? CASE_PASS : CASE_FAIL, agrees ? NULL : "%s", detail);
}

void
shc_tell(struct suite *s, const char *id, const json_t *expect, const struct shc_seen *seen,
	size_t count, const struct shc_exception *exceptions)
{
	struct span verdict = crypto_text(expect, "verdict"),
		    reason = crypto_text(expect, "reason");
	struct buf b = buf_in(s->arena, 4096);
	bool agrees = span_is(verdict, "per-entry")
			      ? are_as(json_object_get(expect, "reason"), seen, count)
			      : count == 1 && is_as(verdict, reason, &seen[0]);

	buf_add(&b, verdict);
	buf_str(&b, " ");
	buf_add(&b, reason);
	buf_str(&b, " expected, given:");
	for (size_t i = 0; i < count; i++) {
		const char *code = reason_code(seen[i].reason);
		buf_str(&b, " ");
		buf_str(&b, verdict_name(seen[i].verdict));
		buf_str(&b, " ");
		buf_str(&b, code ? code : "");
	}
	buf_char(&b, '\0');
	shc_tell_if(s, id, agrees, b.error ? "" : (const char *)b.ptr, exceptions);
}
