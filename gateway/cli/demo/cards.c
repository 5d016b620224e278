/* cards.c - the part of SMART Health Cards and Links: its lists, and the samples as a table. */
#include "gateway/cli/demo/demo.h"

#define ENTRY(n, resource) "{\"fullUrl\":\"resource:" n "\",\"resource\":{" resource "}}"
#define NAME               "\"name\":[{\"family\":\"Pinguin\",\"given\":[\"\xc3\x86gir\"]}],"
#define PATIENT(more) \
	ENTRY("0", "\"resourceType\":\"Patient\"," more "\"birthDate\":\"1998-02-26\"")
#define PENGUIN    PATIENT(NAME)
#define OF_PENGUIN "\"patient\":{\"reference\":\"resource:0\"},"
#define CVX(code)                                                             \
	"\"vaccineCode\":{\"coding\":[{\"system\":\"http://hl7.org/fhir/sid/" \
	"cvx\",\"code\":\"" code "\"}]},"
#define DONE "\"status\":\"completed\","
/* A vaccination of which everything may be said otherwise, and further elements, each with a comma behind it. */
#define SHOT_OF(n, status, code, more, day)                                       \
	ENTRY(n, "\"resourceType\":\"Immunization\"," status code OF_PENGUIN more \
		 "\"occurrenceDateTime\":\"" day "\"")
#define SHOT(n, more, day) SHOT_OF(n, DONE, CVX("208"), more, day)
#define DAY_1              "2026-05-08"
#define DAY_2              "2026-05-29"
#define BUNDLE(entries) \
	"{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[" entries "]}"
#define WITH(entry) BUNDLE(PENGUIN "," entry)
#define TWO_SHOTS   WITH(SHOT("1", "\"lotNumber\":\"AQ-7\",", DAY_1) "," SHOT("2", "", DAY_2))
#define ONE_SHOT    WITH(SHOT("1", "", DAY_2))
#define RESULT(more)                                        \
	ENTRY("1", "\"resourceType\":\"Observation\"," more \
		   "\"subject\":{\"reference\":\"resource:0\"}")
#define FINAL "\"status\":\"final\","
#define LOINC "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"94558-4\"}]},"
#define TIMED "\"effectiveDateTime\":\"2026-11-20T10:00:00+01:00\","
#define NEGATIVE                                                                        \
	"\"valueCodeableConcept\":{\"coding\":[{\"system\":\"http://snomed.info/sct\"," \
	"\"code\":\"260415000\"}]},"

#define TEXT(s)                                     \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}
#define OF(text) .bundle = TEXT(text)

/* A header member that nobody needs. */
#define TENFOLD(text) text text text text text text text text text text
#define PADDING       "\"x\":\"" TENFOLD(TENFOLD("0123456789")) "\","

/* A payload said whole; its parts. */
#define ISS       "\"iss\":\"*\""
#define NBF       "\"nbf\":1790000000"
#define TYPED     "\"type\":[\"https://smarthealth.cards#health-card\"]"
#define SUBJECT   "\"credentialSubject\":{\"fhirVersion\":\"4.0.1\",\"fhirBundle\":" ONE_SHOT "}"
#define VC        "\"vc\":{" TYPED "," SUBJECT "}"
#define SPEC_JWS  "SHC 1.4.0, Signing Health Cards"
#define SPEC_VC   "SHC 1.4.0, Health Cards are encoded as Compact Serialization JWS"
#define SPEC_KEYS "SHC 1.4.0, Determining keys associated with an issuer"
#define SPEC_CRL  "SHC 1.4.0, Revocation"
#define SPEC_QR   "SHC 1.4.0, Encoding Chunks as QR Codes"
#define SPEC_FILE "SHC 1.4.0, Via File Download"
#define SPEC_MIN  "SHC 1.4.0, Health Cards are Small"
#define SPEC_IG   "Vaccination & Testing IG 1.0.0"

/* A health link's payload, with further members; its address has the randomness that the standard asks for. */
#define SPEC_LINK           "SMART Health Cards and Links STU 1, SMART Health Links"
#define RANDOM              "Y9xwkUdtmN9wwoJoN3ffJIhX2UGvCL1JnlPVNL3kDWM"
#define ADDRESS             "https://links.vidimus-demo.aq/" RANDOM
#define URL(text)           "{\"url\":\"" text "\""
#define KEY                 ",\"key\":\"*\""
#define LINK(more)          URL(ADDRESS) KEY more "}"
#define ONE_FILE            LINK(",\"flag\":\"U\"")
#define FOLLOW              "{\"links\":\"any\"}"
#define PAGE(url, file)     "{\"" url "\":\"../_trust/" file "\"}"
#define ANSWER(url, status) "{\"" url "\":{\"status\":" status "}}"
#define ASKED               ADDRESS "?recipient=Vidimus"
#define LEADS_TO(file)      .policy = FOLLOW, .web = PAGE(ASKED, file)
#define LISTS(file)         .policy = FOLLOW, .web = PAGE(ADDRESS, file)

enum { DAY = 86400 };

const char demo_card_bundle[] = ONE_SHOT;

static const struct sample samples[] = {
#include "gateway/cli/demo/cards.def"
#include "gateway/cli/demo/links.def"
};

static const char config[] =
	"\n[source \"snapshot\"]\npath = trust/snapshot.json\nkind = vci-snapshot\n"
	"signature = trust/snapshot.json.sig\npin = trust/snapshot.pin.pem\nmax_age = 365 d\n"
	"environment = demo\nscheme = shc\n\n"
	"[source \"directory\"]\npath = trust/directory.json\nkind = vci-directory\n"
	"environment = demo\nscheme = shc\n\n"
	"[source \"laboratory\"]\npath = trust/lab.jwks.json\nkind = issuer-keys\n"
	"issuer = https://lab.example\nenvironment = demo\nscheme = shc\n\n"
	"[source \"pharmacy\"]\npath = trust/pharmacy.jwks.json\nkind = issuer-keys\n"
	"issuer = https://pharmacy.example/cards\nenvironment = demo\nscheme = shc\n\n"
	"[source \"test snapshot\"]\npath = trust/snapshot-test.json\nkind = vci-snapshot\n"
	"environment = acceptance\nscheme = shc\n";

static const char trust[] =
	"[{\"file\":\"../_trust/snapshot.json\",\"kind\":\"vci-snapshot\",\"scheme\":\"shc\","
	"\"signature\":\"../_trust/snapshot.json.sig\",\"pin\":\"../_trust/snapshot.pin.pem\","
	"\"maxAge\":31536000},"
	"{\"file\":\"../_trust/directory.json\",\"kind\":\"vci-directory\",\"scheme\":\"shc\"},"
	"{\"file\":\"../_trust/lab.jwks.json\",\"kind\":\"issuer-keys\",\"scheme\":\"shc\","
	"\"issuer\":\"https://lab.example\"},"
	"{\"file\":\"../_trust/pharmacy.jwks.json\",\"kind\":\"issuer-keys\",\"scheme\":\"shc\","
	"\"issuer\":\"https://pharmacy.example/cards\"},"
	"{\"file\":\"../_trust/snapshot-test.json\",\"kind\":\"vci-snapshot\",\"scheme\":\"shc\","
	"\"env\":\"acceptance\"}]";

static const struct demo_key *
keys(const struct demo *d, size_t *count)
{
	*count = ISSUER_COUNT;
	return d->issuers;
}

const struct demo_part demo_cards = { .suite = "smart-health-card",
	.config = config,
	.trust = trust,
	.samples = samples,
	.sample_count = sizeof(samples) / sizeof(samples[0]),
	.make_keys = card_make_keys,
	.write_lists = card_write_lists,
	.mint = card_mint,
	.drop_keys = card_drop_keys,
	.keys = keys };
