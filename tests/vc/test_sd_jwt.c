/* test_sd_jwt.c - SD-JWT: what is disclosed is read in its place, and nothing else is taken. */
#include "tests/vc/aid_vc.h"

#include "codecs/base/text.h"
#include "codecs/seal/digest.h"
#include "codecs/tree/node_json.h"
#include "codecs/vc/disclose/sd_jwt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SD_JWT "{\"alg\":\"EdDSA\",\"typ\":\"vc+sd-jwt\",\"cty\":\"vc\",\"kid\":\"$M\"}"
#define HEAD                                                  \
	"{\"@context\":[\"https://www.w3.org/ns/credentials/" \
	"v2\"],\"type\":[\"VerifiableCredential\"],"
#define VC(subject, more) HEAD "\"issuer\":\"$I\",\"credentialSubject\":{" subject "}" more "}"

enum { SHOWN = 4 };

static struct wallet w;

static int
open_wallet(void **state)
{
	(void)state;
	wallet_open(&w);
	return 0;
}

static int
close_wallet(void **state)
{
	(void)state;
	wallet_close(&w);
	return 0;
}

/* --- a token as its issuer and its holder make it --- */

struct shown {
	struct span disclosures[SHOWN];
};

static struct span
digest(struct span disclosure)
{
	struct buf b = buf_in(w.arena, 64);
	uint8_t hash[32];

	assert_int_equal(digest_of(w.kit, DIGEST_SHA256, disclosure, hash), 0);
	base64url_encode(&b, (struct span){ hash, sizeof(hash) });
	return buf_span(&b);
}

/* In text every #0 becomes the digest of the first disclosure, and so on. */
static char *
fill(const char *text, const struct shown *s)
{
	struct buf b = buf_in(w.arena, 8192);

	for (; *text; text++)
		if (text[0] == '#' && text[1] >= '0' && text[1] < '0' + SHOWN)
			buf_add(&b, digest(s->disclosures[*++text - '0']));
		else
			buf_char(&b, *text);
	buf_char(&b, '\0');
	return (char *)(uintptr_t)buf_span(&b).ptr;
}

/* Later ones first: those before may hold their digests. */
static void
disclose(const char *const *texts, struct shown *s)
{
	*s = (struct shown){ 0 };
	for (size_t i = SHOWN; i-- > 0;) {
		struct buf b = buf_in(w.arena, 8192);

		if (!texts[i])
			continue;
		base64url_encode(&b, span_of(fill(texts[i], s)));
		s->disclosures[i] = buf_span(&b);
	}
}

/* Those of `show`, a string of their numbers; other characters stand for themselves. */
static struct span
token(const char *header, const char *payload, const struct shown *s, const char *show)
{
	struct buf b = buf_in(w.arena, 16384);

	buf_add(&b, wallet_jwt(&w, header, fill(payload, s)));
	buf_char(&b, '~');
	for (; *show; show++) {
		if (*show >= '0' && *show < '0' + SHOWN)
			buf_add(&b, s->disclosures[*show - '0']);
		else
			buf_char(&b, *show);
		if (*show >= '0' && *show < '0' + SHOWN)
			buf_char(&b, '~');
	}
	return buf_span(&b);
}

/* --- what is made of it --- */

static const struct sd_row {
	const char *payload, *disclosures[SHOWN], *show;
	const char *subject; /* what is read; NULL: refused */
	enum reason reason;
} rows[] = {
	{ VC("\"id\":\"urn:a\"", ""), { NULL }, "", "{\"id\":\"urn:a\"}", REASON_NONE },
	/* members */
	{ VC("\"b\":1,\"_sd\":[\"#0\",\"#1\"]", ",\"_sd_alg\":\"sha-256\""),
		{ "[\"s\",\"n\",\"Ann\"]", "[\"s\",\"m\",\"Bo\"]" }, "01",
		"{\"b\":1,\"n\":\"Ann\",\"m\":\"Bo\"}", REASON_NONE },
	{ VC("\"b\":1,\"_sd\":[\"#0\",\"#1\"]", ""),
		{ "[\"s\",\"n\",\"Ann\"]", "[\"s\",\"m\",\"Bo\"]" }, "1", "{\"b\":1,\"m\":\"Bo\"}",
		REASON_NONE },
	{ VC("\"b\":1,\"_sd\":[\"#0\",\"decoy\"]", ""), { "[\"s\",\"n\",{\"x\":[1]}]" }, "0",
		"{\"b\":1,\"n\":{\"x\":[1]}}", REASON_NONE },
	{ VC("\"b\":1,\"_sd\":[]", ""), { NULL }, "", "{\"b\":1}", REASON_NONE },
	/* elements */
	{ VC("\"l\":[0,{\"...\":\"#0\"},{\"...\":\"#1\"},3]", ""), { "[\"s\",1]", "[\"s\",2]" },
		"1", "{\"l\":[0,2,3]}", REASON_NONE },
	{ VC("\"l\":[{\"...\":\"#0\"}]", ""), { "[\"s\",1]" }, "", "{\"l\":[]}", REASON_NONE },
	/* within one another */
	{ VC("\"_sd\":[\"#0\"]", ""),
		{ "[\"s\",\"a\",{\"_sd\":[\"#1\"],\"c\":[{\"...\":\"#2\"}]}]", "[\"s\",\"b\",1]",
			"[\"s\",{\"d\":2}]" },
		"012", "{\"a\":{\"c\":[{\"d\":2}],\"b\":1}}", REASON_NONE },
	{ VC("\"_sd\":[\"#0\"]", ""), { "[\"s\",\"a\",{\"_sd\":[\"#1\"]}]", "[\"s\",\"b\",1]" },
		"1", NULL, REASON_VC_SD_UNUSED },
	/* at most once */
	{ VC("\"_sd\":[\"#0\"]", ""), { "[\"s\",\"a\",1]" }, "00", NULL, REASON_VC_SD_UNUSED },
	{ VC("\"b\":1", ""), { "[\"s\",\"a\",1]" }, "0", NULL, REASON_VC_SD_UNUSED },
	{ VC("\"_sd\":[\"#0\",\"#0\"]", ""), { "[\"s\",\"a\",1]" }, "0", NULL,
		REASON_VC_SD_DIGEST },
	{ VC("\"_sd\":[\"x\",\"x\"],\"b\":1", ""), { NULL }, "", NULL, REASON_VC_SD_DIGEST },
	{ VC("\"_sd\":[\"#0\"],\"b\":{\"_sd\":[\"#0\"]}", ""), { "[\"s\",\"a\",1]" }, "0", NULL,
		REASON_VC_SD_DIGEST },
	{ VC("\"_sd\":[\"#0\",\"#1\"]", ""), { "[\"s\",\"a\",1]", "[\"t\",\"a\",1]" }, "01", NULL,
		REASON_VC_SD_NAME },
	/* names */
	{ VC("\"_sd\":[\"#0\"],\"a\":2", ""), { "[\"s\",\"a\",1]" }, "0", NULL, REASON_VC_SD_NAME },
	{ VC("\"_sd\":[\"#0\"]", ""), { "[\"s\",\"_sd\",[]]" }, "0", NULL, REASON_VC_SD_NAME },
	{ VC("\"_sd\":[\"#0\"]", ""), { "[\"s\",\"...\",1]" }, "0", NULL, REASON_VC_SD_NAME },
	{ VC("\"b\":1", ",\"_sd\":[\"#0\"]"), { "[\"s\",\"_sd_alg\",\"sha-256\"]" }, "0", NULL,
		REASON_VC_SD_NAME },
	{ VC("\"b\":1", ",\"_sd\":[\"#0\"]"), { "[\"s\",\"exp\",1900000000]" }, "0", NULL,
		REASON_VC_SD_NAME },
	{ VC("\"b\":1", ",\"_sd\":[\"#0\"]"), { "[\"s\",\"credentialStatus\",{}]" }, "0", NULL,
		REASON_VC_SD_NAME },
	{ VC("\"b\":1,\"...\":\"x\"", ""), { NULL }, "", NULL, REASON_VC_SD_NAME },
	/* forms */
	{ VC("\"_sd\":[\"#0\"]", ""), { "[\"s\",1]" }, "0", NULL, REASON_VC_SD_DISCLOSURE },
	{ VC("\"l\":[{\"...\":\"#0\"}]", ""), { "[\"s\",\"a\",1]" }, "0", NULL,
		REASON_VC_SD_DISCLOSURE },
	{ VC("\"_sd\":[\"#0\"]", ""), { "[1,\"a\",1]" }, "0", NULL, REASON_VC_SD_DISCLOSURE },
	{ VC("\"_sd\":[\"#0\"]", ""), { "[\"s\",1,1]" }, "0", NULL, REASON_VC_SD_DISCLOSURE },
	{ VC("\"_sd\":[\"#0\"]", ""), { "[\"s\"]" }, "0", NULL, REASON_VC_SD_DISCLOSURE },
	{ VC("\"_sd\":[\"#0\"]", ""), { "[\"s\",\"a\",1,1]" }, "0", NULL, REASON_VC_SD_DISCLOSURE },
	{ VC("\"_sd\":[\"#0\"]", ""), { "{\"a\":1,\"b\":2}" }, "0", NULL, REASON_VC_SD_DISCLOSURE },
	{ VC("\"_sd\":[\"#0\"]", ""), { "[\"s\",\"a\",{\"x\":1,\"x\":2}]" }, "0", NULL,
		REASON_JSON_DUPLICATE },
	{ VC("\"_sd\":[\"#0\"]", ""), { "[\"s\",\"a\",1" }, "0", NULL, REASON_JSON_MALFORMED },
	{ VC("\"_sd\":\"#0\"", ""), { "[\"s\",\"a\",1]" }, "0", NULL, REASON_VC_SD_DIGEST },
	{ VC("\"_sd\":[1],\"b\":1", ""), { NULL }, "", NULL, REASON_VC_SD_DIGEST },
	{ VC("\"l\":[{\"...\":\"#0\",\"a\":1}]", ""), { "[\"s\",1]" }, "0", NULL,
		REASON_VC_SD_DIGEST },
	{ VC("\"b\":1", ",\"_sd_alg\":\"sha-512\""), { NULL }, "", NULL, REASON_VC_SD_ALGORITHM },
	{ VC("\"b\":1", ",\"_sd_alg\":7"), { NULL }, "", NULL, REASON_VC_SD_ALGORITHM },
	{ VC("\"b\":1", ""), { NULL }, "AB~", NULL, REASON_ENCODING_BASE64URL },
	{ VC("\"b\":1", ""), { NULL }, "~", NULL, REASON_JSON_MALFORMED },
	{ VC("\"b\":1", ",\"vc\":{}"), { NULL }, "", NULL, REASON_VC_CLAIM_FORBIDDEN },
};

static const struct node *
read_subject(struct span text)
{
	struct verify v = { .input = text, .trust = w.trust, .policy = &w.policy };

	w.work.arena = w.arena;
	assert_int_equal(engine_verify(&w.work, &v), 0);
	return node_get(v.credential.payload, "credentialSubject");
}

static void
processed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b = buf_in(w.arena, 4096);
		struct shown s;

		disclose(rows[i].disclosures, &s);
		struct span text = token(SD_JWT, rows[i].payload, &s, rows[i].show);
		enum reason is = wallet_reason(&w, text);
		if (is != rows[i].reason)
			fail_msg("row %zu: %s", i, reason_code(is));
		if (!rows[i].subject)
			continue;
		node_to_json(&b, read_subject(text));
		if (!span_is(buf_span(&b), rows[i].subject))
			fail_msg("row %zu: %.*s", i, (int)b.len, b.ptr);
	}
}

/* Faults of what was disclosed are found, and told where they are read. */
static void
places(void **state)
{
	const char *const texts[SHOWN] = { "[\"s\",\"evidence\",[{\"id\":\"x\"}]]" };
	struct shown s;

	(void)state;
	disclose(texts, &s);
	struct span text = token(SD_JWT, VC("\"b\":1", ",\"_sd\":[\"#0\"]"), &s, "0");
	assert_int_equal(wallet_reason(&w, text), REASON_PROFILE_MISSING);
	const struct place *at = &w.report.checks[CHECK_PROFILE].at;
	assert_true(span_is(at->pointer, "/evidence/0/type"));
	assert_true(at->offset == PLACE_NO_OFFSET);
}

static size_t
findings_of(enum reason reason)
{
	size_t n = 0;

	for (const struct finding *f = w.report.findings; f; f = f->next)
		n += f->reason == reason;
	return n;
}

static void
findings(void **state)
{
	const char *const texts[SHOWN] = { "[\"s\",\"name\",\"x\"]" };
	struct shown s;

	(void)state;
	disclose(texts, &s);
	const char *payload = VC("\"b\":1", ",\"iat\":\"2024-01-01T00:00:00Z\",\"_sd\":[\"#0\"]");
	assert_true(wallet_genuine(&w, token(SD_JWT, payload, &s, "")));
	assert_int_equal(findings_of(REASON_NOTE_VC_WITHHELD), 1);
	assert_int_equal(findings_of(REASON_NOTE_VC_ISSUED_TEXT), 1);
	assert_int_equal(findings_of(REASON_NOTE_VC_BINDING), 0);
	assert_true(wallet_genuine(&w, token(SD_JWT, payload, &s, "0eA.eA.AA")));
	assert_int_equal(findings_of(REASON_NOTE_VC_WITHHELD), 0);
	assert_int_equal(findings_of(REASON_NOTE_VC_BINDING), 1);
	/* a number it must be before it counts, and a date it must be */
	assert_int_equal(wallet_reason(&w, token(SD_JWT, VC("\"b\":1", ",\"iat\":\"x\""), &s, "")),
		REASON_VC_CLAIM);
	assert_int_equal(
		wallet_reason(&w,
			token(SD_JWT, VC("\"b\":1", ",\"iat\":\"2034-01-01T00:00:00Z\""), &s, "")),
		REASON_VALIDITY_NOT_YET);
}

static void
media_types(void **state)
{
	static const struct {
		const char *header;
		enum reason reason;
	} types[] = {
		{ "{\"alg\":\"EdDSA\",\"typ\":\"dc+sd-jwt\",\"kid\":\"$M\"}", REASON_NONE },
		{ "{\"alg\":\"EdDSA\",\"typ\":\"application/vc+sd-jwt\",\"kid\":\"$M\"}",
			REASON_NONE },
		{ "{\"alg\":\"EdDSA\",\"typ\":\"vc+jwt\",\"kid\":\"$M\"}", REASON_VC_MEDIA_TYPE },
		{ "{\"alg\":\"EdDSA\",\"typ\":\"vc+sd-jwt\",\"cty\":\"vp\",\"kid\":\"$M\"}",
			REASON_VC_MEDIA_TYPE },
		{ "{\"alg\":\"none\",\"typ\":\"vc+sd-jwt\",\"kid\":\"$M\"}",
			REASON_SIGNATURE_ALGORITHM },
	};
	struct shown none = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		enum reason is = wallet_reason(
			&w, token(types[i].header, VC("\"b\":1", ""), &none, ""));
		if (is != types[i].reason)
			fail_msg("row %zu: %s", i, reason_code(is));
	}
	/* without its tilde it is none */
	assert_int_equal(
		wallet_reason(&w, wallet_jwt(&w, SD_JWT, VC("\"b\":1", ""))), REASON_VC_MEDIA_TYPE);
}

/* As many as the limit, and one more. */
static void
limits(void **state)
{
	struct shown none = { 0 };

	(void)state;
	w.limits.vc_disclosures = 2;
	struct span text = token(SD_JWT, VC("\"b\":1", ""), &none, "WzRd~WzRd~");
	assert_int_equal(wallet_reason(&w, text), REASON_VC_SD_DISCLOSURE);
	text = token(SD_JWT, VC("\"b\":1", ""), &none, "WzRd~WzRd~WzRd~");
	assert_int_equal(wallet_reason(&w, text), REASON_INPUT_TOO_LARGE);
	assert_string_equal(w.report.checks[CHECK_DECODE].limit, "vc.disclosures");
	w.limits = limits_default;
	/* each within the one before */
	const char *const texts[SHOWN] = { "[\"s\",\"a\",{\"_sd\":[\"#1\"]}]",
		"[\"s\",\"a\",{\"_sd\":[\"#2\"]}]", "[\"s\",\"a\",{}]" };
	struct shown deep;

	disclose(texts, &deep);
	text = token(SD_JWT, VC("\"_sd\":[\"#0\"]", ""), &deep, "012");
	assert_true(wallet_genuine(&w, text));
	w.limits.json_depth = 4;
	assert_int_equal(wallet_reason(&w, text), REASON_INPUT_TOO_LARGE);
	w.limits = limits_default;
}

static void
cuts(void **state)
{
	static const struct {
		const char *text, *token, *disclosures,
			*binding; /* token NULL: it does not look like one */
	} texts[] = {
		{ "a.b.c~", "a.b.c", "", "" },
		{ "a.b.c~d~", "a.b.c", "d~", "" },
		{ "a.b.c~d~e~f.g.h", "a.b.c", "d~e~", "f.g.h" },
		{ "a.b.c~f.g.h", "a.b.c", "", "f.g.h" },
		{ "a.b.c", NULL, NULL, NULL },
		{ "~a.b.c", NULL, NULL, NULL },
		{ "a.b~c~", NULL, NULL, NULL },
		{ "a.b.c~=~", NULL, NULL, NULL },
		{ "", NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct span text = span_of(texts[i].text);
		struct sd_jwt sd;

		assert_int_equal(sd_jwt_looks_like(text), texts[i].token != NULL);
		if (!texts[i].token)
			continue;
		sd_jwt_cut(text, &sd);
		assert_true(span_is(sd.token, texts[i].token));
		assert_true(span_is(sd.disclosures, texts[i].disclosures));
		assert_true(span_is(sd.binding, texts[i].binding));
		assert_int_equal(sd.shown.len + sd.binding.len, text.len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(processed),
		cmocka_unit_test(places),
		cmocka_unit_test(findings),
		cmocka_unit_test(media_types),
		cmocka_unit_test(limits),
		cmocka_unit_test(cuts),
	};

	return cmocka_run_group_tests_name("sd_jwt", tests, open_wallet, close_wallet);
}
