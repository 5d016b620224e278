/* test_status.c - withdrawn credentials: lists of bits in three dialects, and whether a list may be believed at all. */
#include "codecs/base/inflate.h"
#include "codecs/base/text.h"
#include "codecs/tree/node.h"
#include "codecs/vc/model.h"
#include "codecs/vc/status.h"
#include "tests/vc/aid_vc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define V2  "\"https://www.w3.org/ns/credentials/v2\""
#define URL "https://a.example/list"
#define OPTIONS                                                                \
	"{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-jcs-2022\"," \
	"\"verificationMethod\":\"$M\","                                       \
	"\"proofPurpose\":\"assertionMethod\"}"

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

/* gzip of len zero bytes, in which bit 8 * at + 5 from the high end is set; as base64url.
 * flipped: with a wrong sum. */
static const char *
bits(size_t len, size_t at, const char *before, bool flipped)
{
	struct buf b = buf_in(w.arena, 1 << 20), text = buf_in(w.arena, 1 << 20);
	uint8_t *raw = arena_bytes(w.arena, len);
	struct span packed;

	memset(raw, 0, len);
	raw[at] = 0x04;
	w.work.arena = w.arena;
	assert_int_equal(deflate_raw(&w.work, (struct span){ raw, len }, &packed), 0);
	buf_add(&b, (struct span){ (const uint8_t *)"\x1f\x8b\x08\0\0\0\0\0\0\xff", 10 });
	buf_add(&b, packed);
	uint32_t sum = crc32_of((struct span){ raw, len }) ^ (flipped ? 1 : 0);
	for (int i = 0; i < 4; i++)
		buf_char(&b, (char)(sum >> 8 * i));
	for (int i = 0; i < 4; i++)
		buf_char(&b, (char)(len >> 8 * i));
	buf_str(&text, before);
	base64url_encode(&text, buf_span(&b));
	buf_char(&text, '\0');
	return (const char *)text.ptr;
}

static const struct node *
tree(const char *text)
{
	const struct node *n = NULL;

	w.work.arena = w.arena;
	assert_int_equal(node_from_json(&w.work, span_of(text), "json", &n), 0);
	assert_non_null(n);
	return n;
}

/* A text, or one of a list; nothing deeper, and nothing like it. */
static void
says(void **state)
{
	static const struct {
		const char *json;
		bool says;
	} rows[] = { { "\"a\"", true }, { "[\"a\"]", true }, { "[1,\"b\",\"a\"]", true },
		{ "\"ab\"", false }, { "\"\"", false }, { "[]", false }, { "[[\"a\"]]", false },
		{ "{\"a\":\"a\"}", false }, { "[{\"x\":\"a\"}]", false }, { "null", false } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (vc_says(tree(rows[i].json), SPAN_LIT("a")) != rows[i].says)
			fail_msg("row %zu", i);
	assert_false(vc_says(NULL, SPAN_LIT("a")));
	assert_false(vc_says(NULL, SPAN_LIT("")));
	assert_true(vc_says(tree("\"\""), SPAN_LIT("")));
	assert_false(vc_says(tree("[1]"), SPAN_LIT("")));
}

static void
entries(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		bool strange;
		uint64_t index;
	} rows[] = {
		{ "{\"type\":\"BitstringStatusListEntry\",\"statusPurpose\":\"revocation\","
		  "\"statusListIndex\":\"94567\",\"statusListCredential\":\"" URL "\"}",
			1, false, 94567 },
		{ "[{\"type\":\"StatusList2021Entry\",\"statusPurpose\":\"suspension\","
		  "\"statusListIndex\":\"0\",\"statusListCredential\":\"" URL
		  "\"},{\"type\":\"X\"}]",
			1, true, 0 },
		{ "{\"type\":\"RevocationList2020Status\",\"revocationListIndex\":7,"
		  "\"revocationListCredential\":\"" URL "\"}",
			1, false, 7 },
		{ "{\"type\":\"BitstringStatusListEntry\",\"statusPurpose\":\"revocation\","
		  "\"statusListIndex\":\"-1\",\"statusListCredential\":\"" URL "\"}",
			0, true, 0 },
		{ "{\"type\":\"BitstringStatusListEntry\",\"statusPurpose\":\"revocation\","
		  "\"statusListIndex\":\"9999999999999\",\"statusListCredential\":\"" URL "\"}",
			0, true, 0 },
		{ "{\"type\":\"BitstringStatusListEntry\",\"statusPurpose\":\"revocation\","
		  "\"statusSize\":2,"
		  "\"statusListIndex\":\"1\",\"statusListCredential\":\"" URL "\"}",
			0, true, 0 },
		{ "{\"type\":\"BitstringStatusListEntry\",\"statusPurpose\":\"message\","
		  "\"statusSize\":2,"
		  "\"statusListIndex\":\"1\",\"statusListCredential\":\"" URL "\"}",
			1, false, 1 },
		{ "{\"type\":\"BitstringStatusListEntry\",\"statusPurpose\":\"revocation\","
		  "\"statusListIndex\":\"1\",\"statusListCredential\":\"list\"}",
			0, true, 0 },
		{ "7", 0, true, 0 },
		{ "[]", 0, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vc_status s[VC_STATUS_MAX];
		const struct node *strange;
		size_t count;

		vc_status_read(tree(rows[i].text), s, &count, &strange);
		if (count != rows[i].count || (strange != NULL) != rows[i].strange)
			fail_msg("row %zu: %zu, %d", i, count, strange != NULL);
		if (count > 0)
			assert_int_equal(s[0].index, rows[i].index);
	}
}

/* Byte 3 of the lists is 0x04: bit 29 from the high end, bit 26 from the low. */
static const struct {
	enum vc_list_kind kind;
	const char *type, *list, *before;
	size_t len;
	const char *purpose;
	uint64_t index;
	enum vc_bit bit;
	enum reason why;
	bool flipped;
} looks[] = {
	{ VC_LIST_BITSTRING, "BitstringStatusListCredential", "BitstringStatusList", "u", 16384,
		"revocation", 29, VC_BIT_SET, REASON_NONE, false },
	{ VC_LIST_BITSTRING, "BitstringStatusListCredential", "BitstringStatusList", "u", 16384,
		"revocation", 26, VC_BIT_CLEAR, REASON_NONE, false },
	{ VC_LIST_BITSTRING, "BitstringStatusListCredential", "BitstringStatusList", "u", 16384,
		"revocation", 131071, VC_BIT_CLEAR, REASON_NONE, false },
	{ VC_LIST_BITSTRING, "BitstringStatusListCredential", "BitstringStatusList", "u", 16384,
		"revocation", 131072, VC_BIT_UNKNOWN, REASON_STATUS_INDEX, false },
	{ VC_LIST_BITSTRING, "BitstringStatusListCredential", "BitstringStatusList", "u", 16383,
		"revocation", 29, VC_BIT_UNKNOWN, REASON_STATUS_LENGTH, false },
	{ VC_LIST_BITSTRING, "BitstringStatusListCredential", "BitstringStatusList", "u", 16384,
		"suspension", 29, VC_BIT_UNKNOWN, REASON_STATUS_PURPOSE, false },
	{ VC_LIST_BITSTRING, "BitstringStatusListCredential", "BitstringStatusList", "", 16384,
		"revocation", 29, VC_BIT_UNKNOWN, REASON_STATUS_DAMAGED, false },
	{ VC_LIST_BITSTRING, "BitstringStatusListCredential", "StatusList2021", "u", 16384,
		"revocation", 29, VC_BIT_UNKNOWN, REASON_STATUS_KIND, false },
	{ VC_LIST_2021, "StatusList2021Credential", "StatusList2021", "", 16384, "revocation", 29,
		VC_BIT_SET, REASON_NONE, false },
	{ VC_LIST_2021, "StatusList2021Credential", "StatusList2021", "u", 16384, "revocation", 29,
		VC_BIT_SET, REASON_NONE, false },
	{ VC_LIST_2020, "RevocationList2020Credential", "RevocationList2020", "", 16384, "", 26,
		VC_BIT_SET, REASON_NONE, false },
	{ VC_LIST_2020, "RevocationList2020Credential", "RevocationList2020", "", 16384, "", 29,
		VC_BIT_CLEAR, REASON_NONE, false },
	{ VC_LIST_BITSTRING, "BitstringStatusListCredential", "BitstringStatusList", "u",
		(2 << 20) + 1, "revocation", 29, VC_BIT_UNKNOWN, REASON_STATUS_DAMAGED, false },
	{ VC_LIST_BITSTRING, "BitstringStatusListCredential", "BitstringStatusList", "u", 16384,
		"revocation", 29, VC_BIT_UNKNOWN, REASON_STATUS_DAMAGED, true },
	{ VC_LIST_2021, "StatusList2021Credential", "StatusList2021", "", 12500, "revocation", 29,
		VC_BIT_UNKNOWN, REASON_STATUS_LENGTH, false },
	{ VC_LIST_2020, "RevocationList2020Credential", "RevocationList2020", "", 12500, "", 26,
		VC_BIT_SET, REASON_NONE, false },
	{ VC_LIST_2020, "RevocationList2020Credential", "RevocationList2020", "", 12499, "", 26,
		VC_BIT_UNKNOWN, REASON_STATUS_LENGTH, false },
};

static void
dialects(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		struct vc_status s = { .kind = looks[i].kind,
			.purpose = span_of(looks[i].purpose),
			.index = looks[i].index };
		char *text = (char *)arena_bytes(w.arena, 65536);
		struct vc_status_answer is;

		snprintf(text, 65536,
			"{\"type\":[\"%s\"],\"credentialSubject\":{\"type\":\"%s\","
			"\"statusPurpose\":"
			"[\"revocation\"],\"encodedList\":\"%s\"}}",
			looks[i].type, looks[i].list,
			bits(looks[i].len, 3, looks[i].before, looks[i].flipped));
		assert_int_equal(vc_status_look_up(&w.work, &s, tree(text), &is), 0);
		if (is.bit != looks[i].bit || is.why != looks[i].why)
			fail_msg("row %zu: %d %s", i, is.bit, reason_code(is.why));
	}
}

/* A list as a credential: who, id and validity as given, bit 29 set. */
static struct span
list_for(const char *purpose, const char *issuer, const char *id, const char *more)
{
	char *text = (char *)arena_bytes(w.arena, 65536);

	snprintf(text, 65536,
		"{\"@context\":[" V2
		"],\"type\":[\"VerifiableCredential\",\"BitstringStatusListCredential\"],"
		"\"id\":\"%s\",\"issuer\":\"%s\",%s\"credentialSubject\":{\"type\":"
		"\"BitstringStatusList\","
		"\"statusPurpose\":\"%s\",\"encodedList\":\"%s\"}}",
		id, issuer, more, purpose, bits(16384, 3, "u", false));
	return wallet_jcs(&w, text, OPTIONS);
}

static struct span
list_of(const char *issuer, const char *id, const char *more)
{
	return list_for("revocation", issuer, id, more);
}

/* In brief no list is judged, and nothing is found good without it. */
static void
left_out(const struct verify *asked, bool expected)
{
	struct verify v = { .input = asked->input,
		.trust = w.trust,
		.policy = &w.policy,
		.web = asked->web,
		.brief = true };

	assert_int_equal(engine_verify(&w.work, &v), 0);
	assert_int_equal(v.dear, expected);
	if (expected)
		assert_int_equal(
			w.report.checks[CHECK_REVOCATION].reason, REASON_REVOCATION_NO_ANSWER);
}

static enum reason
judged_for(const char *purpose, const char *index, struct span list)
{
	char *text = (char *)arena_bytes(w.arena, 4096);
	struct web_item item = { .need = { .kind = NEED_STATUS,
					 .scope = { ENV_DEMO, TRUST_VC },
					 .issuer = w.did,
					 .url = SPAN_LIT(URL) },
		.bytes = list,
		.at = WALLET_NOW,
		.until = WALLET_NOW + 60 };
	struct verify v = { .trust = w.trust, .policy = &w.policy };
	struct web *web = NULL;

	snprintf(text, 4096,
		"{\"@context\":[" V2 "],\"type\":[\"VerifiableCredential\"],\"issuer\":\"$I\","
		"\"credentialSubject\":{\"id\":\"did:example:1\"},\"credentialStatus\":{\"type\":"
		"\"BitstringStatusListEntry\",\"statusPurpose\":\"%s\",\"statusListIndex\":"
		"\"%s\","
		"\"statusListCredential\":\"" URL "\"}}",
		purpose, index);
	v.input = wallet_jcs(&w, text, OPTIONS);
	w.work.arena = w.arena;
	assert_int_equal(web_with(&w.work, NULL, &item, list.ptr ? 1 : 0, &web), 0);
	v.web = web;
	assert_int_equal(engine_verify(&w.work, &v), 0);
	assert_int_equal(
		v.need_count, list.ptr ? 0 : 1); /* nothing is asked on account of a bad entry */
	assert_false(v.dear);
	enum reason reason = w.report.checks[CHECK_REVOCATION].reason;
	left_out(&v, list.ptr && reason != REASON_STATUS_ENTRY);
	web_unref(web);
	return reason;
}

static enum reason
judged(const char *index, struct span list)
{
	return judged_for("revocation", index, list);
}

static void
believed(void **state)
{
	(void)state;
	assert_int_equal(judged("29", SPAN_NONE), REASON_REVOCATION_NO_ANSWER);
	assert_int_equal(judged("28", list_of("$I", URL, "")), REASON_NONE);
	assert_int_equal(judged("29", list_of("$I", URL, "")), REASON_REVOCATION_REVOKED);
	assert_int_equal(judged("29", list_of("$I", "https://b.example/", "")), REASON_STATUS_KIND);
	assert_int_equal(
		judged("29", list_of("did:web:other.example", URL, "")), REASON_STATUS_UNTRUSTED);
	assert_int_equal(
		judged("29", list_of("$I", URL, "\"validUntil\":\"2026-01-01T00:00:00Z\",")),
		REASON_STATUS_EXPIRED);
	assert_int_equal(judged("29", SPAN_LIT("{}")), REASON_STATUS_UNTRUSTED);
	assert_int_equal(judged("x", list_of("$I", URL, "")), REASON_STATUS_ENTRY);
}

static void
purposes(void **state)
{
	(void)state;
	assert_int_equal(judged_for("suspension", "29", list_for("suspension", "$I", URL, "")),
		REASON_REVOCATION_SUSPENDED);
	assert_int_equal(
		judged_for("suspension", "29", list_of("$I", URL, "")), REASON_STATUS_PURPOSE);
}

/* A genuine list, but of somebody else for whom the same key may sign. */
static void
another_issuer(void **state)
{
	struct span lines = wallet_fill(&w, "$I\ndid:web:other.example $I\n");
	struct trust_file file = { SPAN_LIT("issuers"), lines };
	struct trust_input in = { .name = SPAN_LIT("issuers"),
		.env = ENV_DEMO,
		.domain = TRUST_VC,
		.files = &file,
		.file_count = 1,
		.read_at = TIME_NONE };
	struct trust *own = w.trust;

	(void)state;
	w.work.arena = w.arena;
	assert_int_equal(trust_build(&w.work, &in, 1, &w.trust), 0);
	assert_int_equal(
		judged("29", list_of("did:web:other.example", URL, "")), REASON_STATUS_ISSUER);
	trust_unref(w.trust);
	w.trust = own;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says),
		cmocka_unit_test(entries),
		cmocka_unit_test(dialects),
		cmocka_unit_test(believed),
		cmocka_unit_test(purposes),
		cmocka_unit_test(another_issuer),
	};

	return cmocka_run_group_tests_name("status", tests, open_wallet, close_wallet);
}
