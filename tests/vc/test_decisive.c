/* test_decisive.c - what decides a verdict, hidden from a reader of members and signed all the same; and what looks
 * like that and is not. */
#include "codecs/jsonld/canon.h"
#include "codecs/tree/edit.h"
#include "codecs/vc/proof.h"
#include "tests/aid/aid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CRED     "https://www.w3.org/2018/credentials#"
#define SEC      "https://w3id.org/security#"
#define STATUS   "https://www.w3.org/ns/credentials/status#"
#define LIST21   "https://w3id.org/vc/status-list#"
#define XSD_TIME "\"@type\":\"http://www.w3.org/2001/XMLSchema#dateTime\""
#define OLD      "\"2020-01-01T00:00:00Z\""
#define OLD_DATE "{\"@value\":" OLD "," XSD_TIME "}"

#define V1  "\"https://www.w3.org/2018/credentials/v1\""
#define V2  "\"https://www.w3.org/ns/credentials/v2\""
#define DI  ",\"https://w3id.org/security/data-integrity/v2\""
#define E20 ",\"https://w3id.org/security/suites/ed25519-2020/v1\""
#define J20 ",\"https://w3id.org/security/suites/jws-2020/v1\""

#define MORE   "\"created\":\"2026-09-01T08:00:00Z\",\"verificationMethod\":\"did:example:i#1\","
#define CLAIMS MORE "\"proofPurpose\":\"assertionMethod\","
#define LOG_IN MORE "\"proofPurpose\":\"authentication\","
#define VALUE                                                              \
	"\"proofValue\":\"z3FXQjecWufY46yg5abdVZsXqLhxhueuSoZgNSARiKBk9cz" \
	"hSePTFehP8c3PGfb6a22gkfUKods5D2UAUL5n2Brbx\""
#define EDDSA "\"jws\":\"eyJhbGciOiJFZERTQSIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19..AAAA\""
#define PS256 "\"jws\":\"eyJhbGciOiJQUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19..AAAA\""
#define A40   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
/* Derived proofs whose signature and key are zeros; with a label map of none, of two labels, of one label twice. */
#define DERIVED "\"proofValue\":\"u2V0BhVh" A40 A40 "AAAAAAFgj" A40
#define NONE    DERIVED "AAAAAACAoIA\""
#define TWO     DERIVED "AAAAAACAogBYI" A40 "AAAAVgg" A40 "AAGA\""
#define SAME    DERIVED "AAAAAACAogBYI" A40 "AAAAVgg" A40 "AACA\""

static const struct suite {
	const char *context, *type, *value;
} suites[] = {
	{ DI, "\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-rdfc-2022\",", VALUE },
	{ DI, "\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"ecdsa-rdfc-2019\",", VALUE },
	{ E20, "\"type\":\"Ed25519Signature2020\",", VALUE },
	{ J20, "\"type\":\"JsonWebSignature2020\",", PS256 },
	{ "", "\"type\":\"Ed25519Signature2018\",", EDDSA },
	{ "", "\"type\":\"RsaSignature2018\",", PS256 },
	{ DI, "\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"ecdsa-sd-2023\",", NONE },
};
enum { SELECTIVE = COUNT(suites) - 1, ROOM = 8192 };

/* Contexts behind those of the suite, the document's members, the proof's without type and value. */
struct text {
	const char *contexts, *members, *proof;
};

static struct kit *kit;

static int
open_kit(void **state)
{
	(void)state;
	kit = kit_new();
	return kit ? 0 : -1;
}

static int
close_kit(void **state)
{
	(void)state;
	kit_free(kit);
	return 0;
}

static const struct node *
parse(struct work *w, const char *first, const struct suite *s, const struct text *t)
{
	struct buf b = buf_in(w->arena, ROOM);
	const char *parts[] = { "{\"@context\":[", first, s->context, t->contexts, "],", t->members,
		",\"proof\":{", s->type, t->proof, s->value, "}}" };
	const struct node *doc = NULL;

	for (size_t i = 0; i < COUNT(parts); i++)
		buf_str(&b, parts[i]);
	assert_int_equal(node_from_json(w, buf_span(&b), "json", &doc), 0);
	assert_non_null(doc);
	return doc;
}

/* What is told of it. */
static enum reason
cover(const char *first, const struct suite *s, const struct text *t)
{
	struct arena *arena = arena_new(1 << 23);
	struct limits limits = limits_default;
	struct report report;
	struct work w = { arena, &report, &limits, kit, 0 };
	struct vc_covered c = { 0 };
	struct vc_proof p = { 0 };
	bool ok = false, log_in = strstr(t->proof, "authentication\",") != NULL;

	report_begin(&report, arena);
	const struct node *doc = parse(&w, first, s, t);
	assert_int_equal(vc_proof_read_for(&w, node_get(doc, "proof"), "json",
				 log_in ? "authentication" : "assertionMethod", &p, &ok),
		0);
	assert_true(ok);
	assert_int_equal(vc_proof_cover(&w, doc, &p, &c, &ok), 0);
	enum reason is = report.checks[report.running].reason;
	arena_free(arena);
	return is;
}

/* The statements that a document stands for, canonical; nothing is asked of its members. */
static void
state(const char *first, const struct suite *s, const struct text *t, bool proof, char *out)
{
	struct arena *arena = arena_new(1 << 23);
	struct limits limits = limits_default;
	struct report report;
	struct work w = { arena, &report, &limits, kit, 0 };
	struct vc_statements st = { .layer = "json", .digest = DIGEST_SHA256, .legacy = true };
	struct canon c = { 0 };
	bool ok = false;

	report_begin(&report, arena);
	const struct node *doc = parse(&w, first, s, t);
	struct edit e = { .without = { "proof", "proofValue", "jws" },
		.key = "@context",
		.value = node_get(doc, "@context") };
	assert_int_equal(edit_map(&w, proof ? node_get(doc, "proof") : doc, &e, &st.document), 0);
	assert_int_equal(vc_canonise(&w, &st, &c, &ok), 0);
	if (!ok)
		fail_msg("%s: %s", t->members, reason_code(report.checks[report.running].reason));
	snprintf(out, ROOM, "%.*s", (int)c.text.len, (const char *)c.text.ptr);
	arena_free(arena);
}

/* The second model's context has no words for the oldest suites. */
static bool
fits(const char *first, const struct suite *s)
{
	return strcmp(first, V1) == 0 || s->context[0];
}

/* --- hidden --- */

#define ISSUER "\"issuer\":\"did:example:i\","
#define SAID   "\"issuanceDate\":\"2026-09-01T08:00:00Z\","
#define ABOUT  "\"credentialSubject\":{\"id\":\"urn:s\"}"
#define BARE   "\"type\":[\"VerifiableCredential\"],"
#define DOC    "\"id\":\"urn:c\"," BARE ISSUER SAID ABOUT
#define DOC2   "\"id\":\"urn:c\"," BARE ISSUER ABOUT
#define ENTRY21(purpose)                                            \
	"\"credentialStatus\":{\"id\":\"urn:e\",\"type\":\"" LIST21 \
	"StatusList2021Entry\"," purpose                            \
	",\"statusListIndex\":\"7\",\"statusListCredential\":\"https://i.example/1\"}"
/* Words for such an entry, the last of them to be chosen. */
#define WORDS21(last)                                                                   \
	",{\"statusListIndex\":\"" LIST21 "statusListIndex\",\"statusListCredential\":" \
	"{\"@id\":\"" LIST21 "statusListCredential\",\"@type\":\"@id\"}," last "}"
#define PLAIN21 WORDS21("\"statusPurpose\":\"" LIST21 "statusPurpose\"")
#define SWAPPED21 \
	WORDS21("\"p\":\"" LIST21 "statusPurpose\",\"statusPurpose\":\"https://schema.org/name\"")
#define ENTRY                                                                                    \
	"{\"id\":\"urn:e\",\"type\":\"BitstringStatusListEntry\",\"statusPurpose\":"             \
	"\"revocation\",\"statusListIndex\":\"7\",\"statusListCredential\":\"https://i.example/" \
	"1\"}"
#define HIDDEN(iri, value) "\"" iri "\":" value
#define VP                 "\"type\":[\"VerifiablePresentation\"]"
#define WITHIN                                                                              \
	"{\"@context\":" V2 ",\"id\":\"urn:c\",\"type\":[\"VerifiableCredential\"]," ISSUER \
	"\"credentialSubject\":{\"id\":\"urn:s\"}}"
#define EXPIRED "\"expirationDate\":" OLD

/* The same statements, written plainly and so that the member is not there, or says something else. */
static const struct {
	const char *first;
	struct text plain, hidden;
} rows[] = {
#include "tests/vc/hidden.def"
};

/* What the plain form states, another states, too, and is refused for not saying it by name. */
static void
hidden(void **unused)
{
	static char one[ROOM], other[ROOM];

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t k = 0; k < COUNT(suites); k++) {
			const struct suite *s = &suites[k];

			if (!fits(rows[i].first, s))
				continue;
			state(rows[i].first, s, &rows[i].plain, false, one);
			state(rows[i].first, s, &rows[i].hidden, false, other);
			assert_string_equal(one, other);
			enum reason is = cover(rows[i].first, s, &rows[i].plain);
			if (is != (k == SELECTIVE ? REASON_SIGNATURE_MISMATCH : REASON_NONE))
				fail_msg("row %zu, %s: %s", i, s->type, reason_code(is));
			is = cover(rows[i].first, s, &rows[i].hidden);
			if (is != REASON_VC_AMBIGUOUS)
				fail_msg("row %zu, %s: hidden, %s", i, s->type, reason_code(is));
		}
}

/* Likewise of what a proof says. */
static void
hidden_in_proofs(void **unused)
{
	static const struct {
		const char *plain, *hidden;
	} of[] = {
		{ CLAIMS "\"expires\":" OLD ",", CLAIMS HIDDEN(SEC "expiration", OLD_DATE) "," },
		{ CLAIMS "\"expires\":" OLD ",", CLAIMS "\"@nest\":{\"expires\":" OLD "}," },
		{ CLAIMS "\"id\":\"urn:p\",\"expires\":" OLD ",",
			CLAIMS "\"id\":\"urn:p\",\"@included\":{\"id\":\"urn:p\"," HIDDEN(
				SEC "expiration", OLD_DATE) "}," },
		{ LOG_IN "\"domain\":\"a.example\",",
			LOG_IN HIDDEN(SEC "domain", "\"a.example\"") "," },
		{ LOG_IN "\"challenge\":\"1\",", LOG_IN HIDDEN(SEC "challenge", "\"1\"") "," },
	};
	static char one[ROOM], other[ROOM];

	(void)unused;
	for (size_t i = 0; i < COUNT(of); i++)
		for (size_t k = 0; k < COUNT(suites); k++) {
			const struct suite *s = &suites[k];
			struct text plain = { "", DOC, of[i].plain },
				    bad = { "", DOC, of[i].hidden };

			state(V1, s, &plain, true, one);
			state(V1, s, &bad, true, other);
			if (s->context[0]) /* the oldest have other names for these */
				assert_string_equal(one, other);
			assert_int_not_equal(cover(V1, s, &plain), REASON_VC_AMBIGUOUS);
			enum reason is = cover(V1, s, &bad);
			if (is != REASON_VC_AMBIGUOUS)
				fail_msg("row %zu, %s: %s", i, s->type, reason_code(is));
		}
}

/* An inline suite whose words mean something else (as in the vectors of another project). */
#define INLINE(type, purpose, word)                                                           \
	",{\"Ed25519Signature2020\":{\"@id\":\"" type "\",\"@context\":{\"created\":{"        \
	"\"@id\":\"http://purl.org/dc/terms/created\"," XSD_TIME "},\"verificationMethod\":{" \
	"\"@id\":\"" SEC                                                                      \
	"verificationMethod\",\"@type\":\"@id\"},\"proofPurpose\":{\"@id\":\"" purpose        \
	"\",\"@type\":\"@vocab\"},\"assertionMethod\":\"" word "\"}}}"
#define E2020 SEC "Ed25519Signature2020"

static void
other_words(void **unused)
{
	static const struct {
		const char *context;
		enum reason reason;
	} of[] = {
		{ INLINE(E2020, SEC "proofPurpose", SEC "assertionMethod"), REASON_NONE },
		{ INLINE(E2020, SEC "proofPurpose", SEC "authenticationMethod"),
			REASON_VC_AMBIGUOUS },
		{ INLINE(E2020, SEC "x", SEC "assertionMethod"), REASON_VC_AMBIGUOUS },
		{ INLINE(SEC "RsaSignature2018", SEC "proofPurpose", SEC "assertionMethod"),
			REASON_VC_AMBIGUOUS },
	};
	static const struct suite s = { "", "\"type\":\"Ed25519Signature2020\",", VALUE };
	(void)unused;
	for (size_t i = 0; i < COUNT(of); i++) {
		struct text t = { of[i].context, DOC, CLAIMS };
		enum reason is = cover(V1, &s, &t);

		if (is != of[i].reason)
			fail_msg("row %zu: %s", i, reason_code(is));
	}
}

/* --- not hidden --- */

#define NESTED(issuer, more)                                                                    \
	"{\"type\":[\"VerifiableCredential\"],\"id\":\"urn:n\",\"issuer\":\"" issuer "\"," SAID \
	"\"expirationDate\":" OLD ",\"credentialSubject\":{\"id\":\"" more "\"}}"
#define STARS ",\"https://w3id.org/vc/status-list/2021/v1\""
#define ENTRY_OF(id, purpose, index)                                                 \
	"{" id "\"type\":\"StatusList2021Entry\",\"statusPurpose\":\"" purpose "\"," \
	"\"statusListIndex\":" index ",\"statusListCredential\":\"https://i.example/1\"}"
#define LIST(purpose)                                                                              \
	"\"id\":\"https://i.example/1\",\"type\":[\"VerifiableCredential\","                       \
	"\"BitstringStatusListCredential\"]," ISSUER "\"credentialSubject\":{\"id\":"              \
	"\"https://i.example/1#list\",\"type\":\"BitstringStatusList\",\"statusPurpose\":" purpose \
	",\"encodedList\":\"uH4s\"}"

static const struct {
	const char *first;
	struct text text;
	enum reason reason;
} looks[] = {
#define GOOD(first, contexts, members)                            \
	{                                                         \
		first, { contexts, members, CLAIMS }, REASON_NONE \
	}
#define BAD(first, contexts, members)                                     \
	{                                                                 \
		first, { contexts, members, CLAIMS }, REASON_VC_AMBIGUOUS \
	}
	GOOD(V1, "", BARE ISSUER SAID ABOUT),
	GOOD(V1, "", BARE "\"issuer\":{\"id\":\"did:example:i\"}," SAID ABOUT),
	GOOD(V1, "", DOC ",\"credentialStatus\":[],\"expirationDate\":null"),
	GOOD(V1, "", DOC ",\"expirationDate\":\"2030-01-01T02:00:00+02:00\""),
	GOOD(V2, "", DOC2 ",\"validUntil\":\"2030-01-01T00:00:00.000Z\""),
	/* dates and issuers of others */
	GOOD(V1, "", DOC ",\"evidence\":" NESTED("did:example:i", "urn:s")),
	GOOD(V1, "", DOC ",\"evidence\":" NESTED("did:example:other", "urn:c")),
	GOOD(V2, "",
		"\"id\":\"urn:c\"," BARE ISSUER
		"\"credentialSubject\":{\"id\":\"urn:s\"," HIDDEN(CRED "validUntil",
			OLD_DATE) "," HIDDEN(CRED "issuer", "{\"id\":\"urn:x\"}") "}"),
	/* words of the issuer's own */
	GOOD(V2, ",{\"expirationDate\":\"https://schema.org/expires\"}",
		DOC2 ",\"expirationDate\":\"2030-01-01\""),
	GOOD(V2, ",{\"holder\":\"https://schema.org/holder\"}", DOC2 ",\"holder\":\"Ada\""),
	/* the subject is the credential */
	GOOD(V1, "",
		"\"id\":\"urn:c\"," BARE ISSUER SAID "\"credentialSubject\":{\"id\":\"urn:c\"}"),
/* presentations of one, of several, of an envelope */
#define SHOW(more)                                                                    \
	{                                                                             \
		V2, { "", VP ",\"verifiableCredential\":" more, LOG_IN }, REASON_NONE \
	}
	SHOW(WITHIN),
	SHOW("[" WITHIN "," WITHIN "]"),
	SHOW("[" WITHIN ",{\"@context\":" V2 ",\"type\":\"EnvelopedVerifiableCredential\","
	     "\"id\":\"data:application/vc+jwt,e30.e30.e30\"}]"),
	/* entries of lists: one, several, without identifiers, with numbers */
	GOOD(V2, "", DOC2 ",\"credentialStatus\":[" ENTRY "]"),
	GOOD(V1, STARS,
		DOC ",\"credentialStatus\":[" ENTRY_OF("\"id\":\"urn:e\",", "revocation",
			"\"7\"") "," ENTRY_OF("\"id\":\"urn:f\",", "suspension", "8") "]"),
	GOOD(V1, STARS,
		DOC ",\"credentialStatus\":[" ENTRY_OF("", "revocation", "\"7\"") "," ENTRY_OF(
			"", "suspension", "\"7\"") "]"),
	GOOD(V2, "",
		DOC2 ",\"credentialStatus\":{\"id\":\"urn:paper\",\"type\":"
		     "\"BitstringStatusListEntry\"}"),
	/* two entries that are one node: which place is of which purpose is not signed */
	BAD(V1, STARS,
		DOC ",\"credentialStatus\":[" ENTRY_OF("\"id\":\"urn:e\",", "revocation",
			"\"7\"") "," ENTRY_OF("\"id\":\"urn:e\",", "suspension", "\"8\"") "]"),
	/* lists */
	GOOD(V2, "", LIST("\"revocation\"")),
	GOOD(V2, "", LIST("[\"revocation\",\"suspension\"]")),
	BAD(V2, "", LIST("\"message\",\"" STATUS "statusPurpose\":\"revocation\"")),
	BAD(V2, "", LIST("\"revocation\",\"" STATUS "encodedList\":\"uH4t\"")),
	/* a credential within another, written as if it were the outer */
	BAD(V1, "",
		"\"id\":\"urn:n\"," BARE ISSUER SAID ABOUT ",\"@included\":{" DOC
		",\"evidence\":{\"id\":\"urn:n\"}}"),
	BAD(V1, "", "\"id\":\"urn:n\"," BARE ISSUER SAID ABOUT ",\"@included\":{" DOC "}"),
	/* several things, none of them outermost */
	BAD(V1, "", "\"@graph\":[{" DOC "},{\"id\":\"urn:x\"," BARE ISSUER SAID ABOUT "}]"),
};

static void
not_hidden(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(looks); i++)
		for (size_t k = 0; k < SELECTIVE; k++) {
			if (!fits(looks[i].first, &suites[k]))
				continue;
			enum reason is = cover(looks[i].first, &suites[k], &looks[i].text);

			if (is != looks[i].reason)
				fail_msg("row %zu, %s: %s", i, suites[k].type, reason_code(is));
		}
}

/* --- other ways of saying two things --- */

/* Blank nodes of one label would be one node for the issuer, and two for the reader. */
static void
labels(void **unused)
{
	static const struct suite two = { DI,
		"\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"ecdsa-sd-2023\",", TWO };
	static const struct suite same = { DI,
		"\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"ecdsa-sd-2023\",", SAME };
	static const struct text t = { "", DOC, CLAIMS };
	(void)unused;
	assert_int_equal(cover(V1, &two, &t), REASON_SIGNATURE_MISMATCH);
	assert_int_equal(cover(V1, &same, &t), REASON_VC_PROOF_VALUE);
}

/* Contexts that a proof over members does not name are nobody's. */
static void
contexts(void **unused)
{
	static const struct suite s = { "",
		"\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-jcs-2022\",", VALUE };
	static const struct {
		const char *contexts, *own;
		enum reason reason;
	} of[] = {
		{ "", "", REASON_NONE },
		{ DI, "", REASON_NONE },
		{ DI, "\"@context\":[" V2 DI "],", REASON_NONE },
		{ "", "\"@context\":" V2 ",", REASON_NONE },
		{ DI, "\"@context\":[" V2 "],", REASON_VC_PROOF_CONTEXT },
		{ DI, "\"@context\":" V2 ",", REASON_VC_PROOF_CONTEXT },
		{ "", "\"@context\":[" V2 DI "],", REASON_VC_PROOF_CONTEXT },
	};
	static char proof[ROOM];

	(void)unused;
	for (size_t i = 0; i < COUNT(of); i++) {
		struct text t = { of[i].contexts, DOC2, proof };

		snprintf(proof, sizeof(proof), "%s" CLAIMS, of[i].own);
		enum reason is = cover(V2, &s, &t);
		if (is != of[i].reason)
			fail_msg("row %zu: %s", i, reason_code(is));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hidden),
		cmocka_unit_test(hidden_in_proofs),
		cmocka_unit_test(other_words),
		cmocka_unit_test(not_hidden),
		cmocka_unit_test(labels),
		cmocka_unit_test(contexts),
	};

	return cmocka_run_group_tests(tests, open_kit, close_kit);
}
