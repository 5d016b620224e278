/* ihe_vhl.c - scenarios of IHE Verifiable Health Links: those of whoever is shown a link, run; the others named.
 *
 * Read: scenarios.ndjson ({id, scenario}).
 */
#include "conformance/adapters/who_mint.h"

#include <stdio.h>
#include <string.h>

extern const struct adapter ihe_vhl_adapter;

/* {"url": "https://vhl.example/<43>", "key": <43>, ...} in base64url, by what is wrong with them. */
#define GOOD                                                                                       \
	"\"vhlink:/"                                                                               \
	"eyJ1cmwiOiJodHRwczovL3ZobC5leGFtcGxlL0xpc3Q_X2lkPTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEy"         \
	"MzQ1Njc4OTAxMjM0NTY3ODkwMTIiLCJrZXkiOiJBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB" \
	"QU"                                                                                       \
	"FBQUFBIiwiZmxhZyI6IlAifQ\""
#define HTTP                                                                               \
	"\"vhlink:/"                                                                       \
	"eyJ1cmwiOiJodHRwOi8vdmhsLmV4YW1wbGUvIiwia2V5IjoiQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB" \
	"QUFBQUFBQUFBQUFBQUFBQUFBQSJ9"                                                     \
	"\""
#define NO_URL                                                                              \
	"\"vhlink:/eyJrZXkiOiJBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBIn0" \
	""                                                                                  \
	"\""
#define BAD_KEY                                                                \
	"\"vhlink:/eyJ1cmwiOiJodHRwczovL3ZobC5leGFtcGxlLyIsImtleSI6IkFBQUEifQ" \
	""                                                                     \
	"\""
#define PAST                                                                               \
	"\"vhlink:/"                                                                       \
	"eyJ1cmwiOiJodHRwczovL3ZobC5leGFtcGxlLyIsImtleSI6IkFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB" \
	"QUFBQUFBQUFBQUFBQUFBQUFBQUEiLCJleHAiOjE2MDAwMDAwMDB9"                             \
	"\""

#define RESPONDER(n) "vhl/ITI-YY4-provide-vhl-responder/" n
#define MESSAGE(n)   "vhl/ITI-YY4-provide-vhl-message/" n

#define PLAIN              \
	{                  \
		.claim = 0 \
	}

static const struct mint_row rows[] = {
	{ MESSAGE("03"), "begins with HC1:", 5, GOOD, PLAIN,
		.record = "\"link\":{\"host\":\"vhl.example\"" },
	{ MESSAGE("04"), "not base45", 0, NULL, PLAIN, .text = "HC1:!!!", .check = CHECK_DECODE,
		.reason = REASON_ENCODING_BASE45 },
	{ MESSAGE("05"), "not compressed", 5, GOOD, { .not_compressed = true },
		.check = CHECK_DECODE, .reason = REASON_INFLATE_MALFORMED },
	{ MESSAGE("06"), "ES256", 5, GOOD, PLAIN, .signer = MINT_GOOD },
	{ MESSAGE("06"), "PS256", 5, GOOD, PLAIN, .signer = MINT_RSA },
	{ MESSAGE("06"), "another algorithm", 5, GOOD, PLAIN, .signer = MINT_P384,
		.check = CHECK_SIGNATURE, .reason = REASON_SIGNATURE_ALGORITHM },
	{ MESSAGE("07"), "kid in the protected header", 5, GOOD, { .kid = HCERT_KID_PROTECTED },
		.reason = REASON_NONE },
	{ MESSAGE("08"), "without expiry", 5, GOOD, { .expires = TIME_NONE },
		.note = REASON_NOTE_DATE_MISSING },
	{ MESSAGE("09"), "issued in the future", 5, GOOD, { .issued = 3600, .expires = 7200 },
		.check = CHECK_VALIDITY, .reason = REASON_VALIDITY_NOT_YET },
	{ MESSAGE("10"), "the older form of claim 5", 5, "[{\"u\":" GOOD "}]", PLAIN,
		.note = REASON_NOTE_LINK_OLD_FORM },
	{ MESSAGE("11"), "http", 5, HTTP, PLAIN, .check = CHECK_PROFILE,
		.reason = REASON_LINK_URL },
	{ MESSAGE("12"), "a key of another length", 5, BAD_KEY, PLAIN, .check = CHECK_PROFILE,
		.reason = REASON_LINK_KEY },
	{ RESPONDER("03"), "HC1:", 5, GOOD, PLAIN, .reason = REASON_NONE },
	{ RESPONDER("04"), "not HC1:", 5, GOOD, { .prefix = "HX1:" }, .check = CHECK_FORMAT,
		.reason = REASON_FORMAT_UNKNOWN },
	{ RESPONDER("05"), "base45", 0, NULL, PLAIN, .text = "HC1:6BF:::", .check = CHECK_DECODE,
		.reason = REASON_ENCODING_BASE45 },
	{ RESPONDER("06"), "bytes behind the stream", 5, GOOD,
		{ .zlib_tail = { (const uint8_t *)"x", 1 } }, .check = CHECK_DECODE,
		.reason = REASON_INFLATE_TRAILING },
	{ RESPONDER("07"), "claims by RFC 8392", 5, GOOD,
		{ .tags = (const uint64_t[]){ 61, 18 }, .tag_count = 2 }, .reason = REASON_NONE },
	{ RESPONDER("08"), "the key by its kid", 5, GOOD, { .kid = HCERT_KID_UNPROTECTED },
		.note = REASON_NOTE_KID_UNPROTECTED },
	{ RESPONDER("09"), "a good signature", 5, GOOD, PLAIN, .reason = REASON_NONE },
	{ RESPONDER("10"), "a signature in ASN.1", 5, GOOD, PLAIN, .signer = MINT_DER,
		.check = CHECK_SIGNATURE, .reason = REASON_SIGNATURE_MALFORMED },
	{ RESPONDER("11"), "a key that is on no list", 5, GOOD, PLAIN, .signer = MINT_UNLISTED,
		.check = CHECK_ISSUER, .reason = REASON_ISSUER_UNKNOWN },
	{ RESPONDER("12"), "expired", 5, GOOD, PLAIN, .later = MINT_DAY + 1,
		.check = CHECK_VALIDITY, .reason = REASON_VALIDITY_EXPIRED },
	{ RESPONDER("14"), "issued in the future", 5, GOOD, { .issued = 3600, .expires = 7200 },
		.check = CHECK_VALIDITY, .reason = REASON_VALIDITY_NOT_YET },
	{ RESPONDER("15"), "claim 5", 5, GOOD, PLAIN, .record = "\"passcode\":true" },
	{ RESPONDER("16"), "no certificate claim", 0, "{\"1\":\"AQ\"}", { .flat = true },
		.check = CHECK_DECODE, .reason = REASON_CWT_CLAIM_MISSING },
	{ RESPONDER("17"), "another sub-claim", 2, "{}", PLAIN, .check = CHECK_DECODE,
		.reason = REASON_HCERT_UNKNOWN },
	{ RESPONDER("18"), "no url", 5, NO_URL, PLAIN, .check = CHECK_PROFILE,
		.reason = REASON_LINK_MEMBER },
	{ RESPONDER("18"), "http", 5, HTTP, PLAIN, .check = CHECK_PROFILE,
		.reason = REASON_LINK_URL },
	{ RESPONDER("19"), "a key of another length", 5, BAD_KEY, PLAIN, .check = CHECK_PROFILE,
		.reason = REASON_LINK_KEY },
	{ RESPONDER("20"), "a link that has expired", 5, PAST, PLAIN, .check = CHECK_PROFILE,
		.reason = REASON_LINK_EXPIRED },
	{ RESPONDER("21"), "a passcode is needed", 5, GOOD, PLAIN, .record = "\"passcode\":true" },
	{ RESPONDER("22"), "the key stands in no answer", 5, GOOD, PLAIN, .record = "!AAAAAAAA" },
	{ RESPONDER("25"), "damaged", 0, NULL, PLAIN, .text = "HC1:6BF", .check = CHECK_DECODE,
		.reason = REASON_INFLATE_MALFORMED },
	{ RESPONDER("27"), "nothing is shown of what is not signed", 5, GOOD, PLAIN,
		.signer = MINT_UNLISTED, .check = CHECK_ISSUER, .reason = REASON_ISSUER_UNKNOWN },
	{ RESPONDER("28"), "a list that is too old to tell", 5, GOOD, PLAIN, .stale = true,
		.check = CHECK_REVOCATION, .reason = REASON_TRUST_STALE },
	{ RESPONDER("29"), "the protected kid counts", 5, GOOD,
		{ .kid = HCERT_KID_BOTH, .other_kid = { (const uint8_t *)"12345678", 8 } },
		.note = REASON_NOTE_KID_DIFFERS },
	{ RESPONDER("30"), "a key that has left its list", 5, GOOD, PLAIN, .signer = MINT_UNLISTED,
		.check = CHECK_ISSUER, .reason = REASON_ISSUER_UNKNOWN },
};

/* Whose the other scenarios are; the first that fits counts. */
static const struct {
	const char *part, *why;
} others[] = {
	{ "ITI-YY1", "keys are submitted to a trust anchor, which a verifier is not" },
	{ "ITI-YY2", "trust lists are read as files, and checked in who-gdhcn-trust" },
	{ "ITI-YY3", "links are made by whoever shares, which a verifier does not" },
	{ "YY4-provide-vhl-initiator", "it is the holder who presents the code" },
	{ "YY4", "it speaks of the code's image, of a screen, or of a request that is not made by "
		 "itself" },
	{ "ITI-YY5",
		"links are followed by the manifest of SMART Health Links, not by a search for "
		"lists" },
	{ "", "it spans systems beyond a verifier" },
};

static bool
is_run(const char *id)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].id, id) == 0)
			return true;
	return false;
}

static int
scenario(struct suite *s, const json_t *row, void *arg)
{
	const char *id = json_string_value(json_object_get(row, "id"));
	size_t i = 0;

	++*(long long *)arg;
	if (!id || is_run(id))
		return 0;
	while (!strstr(id, others[i].part))
		i++;
	suite_tell(s, id, CASE_SKIP, "not applicable: %s", others[i].why);
	return 0;
}

static int
run(struct suite *s)
{
	struct who_mint m;
	long long scenarios = 0;
	int r = who_mint_open(s, &m);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && r == 0; i++)
		r = who_mint_row(s, &m, &rows[i]);
	if (r == 0)
		r = who_lines(s, "scenarios.ndjson", scenario, &scenarios);
	suite_figure(s, "scenarios", scenarios);
	who_mint_close(&m);
	return r;
}

const struct adapter ihe_vhl_adapter = { "ihe-vhl", run };
