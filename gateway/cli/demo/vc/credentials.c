/* credentials.c - the part of W3C credentials: its lists, and the samples as a table. */
#include "gateway/cli/demo/demo.h"

#define V1    "\"https://www.w3.org/2018/credentials/v1\""
#define V2    "\"https://www.w3.org/ns/credentials/v2\""
#define VOCAB "\"https://w3id.org/vaccination/v1\""
#define DIVOC "\"https://cowin.gov.in/credentials/vaccination/v2\""
#define DI    "\"https://w3id.org/security/data-integrity/v2\""
#define ED20  "\"https://w3id.org/security/suites/ed25519-2020/v1\""
#define JWS20 "\"https://w3id.org/security/suites/jws-2020/v1\""

#define SINCE "\"validFrom\":\"2026-09-01T08:00:00Z\""
#define SAID  "\"issuanceDate\":\"2026-09-01T08:00:00Z\""

/* A vaccination in the words of the W3C group's vocabulary. */
#define EVENT_OF(order)                                                               \
	"\"credentialSubject\":{\"type\":\"VaccinationEvent\",\"order\":\"" order     \
	"\",\"dateOfVaccination\":\"2026-05-29T00:00:00Z\",\"batchNumber\":\"AQ-7\"," \
	"\"administeringCentre\":\"Station 7\",\"countryOfVaccination\":\"AQ\","      \
	"\"recipient\":{\"type\":\"VaccineRecipient\",\"givenName\":\"\xc3\x86gir\"," \
	"\"familyName\":\"Pinguin\",\"birthDate\":\"1998-02-26\"},"                   \
	"\"vaccine\":{\"type\":\"Vaccine\",\"disease\":\"COVID-19\","                 \
	"\"atcCode\":\"J07BX03\",\"medicinalProductName\":\"Comirnaty\","             \
	"\"marketingAuthorizationHolder\":\"BioNTech\"}}"
#define EVENT EVENT_OF("2")
#define TYPES "\"type\":[\"VerifiableCredential\",\"VaccinationCertificate\"]"
#define SHOT_AS(contexts, more, event)                                                     \
	"{\"@context\":[" contexts "],\"id\":\"urn:uvci:01:AQ:7F3KX2\"," TYPES ",\"issuer" \
	"\":\"*\"," SAID "," more event "}"
#define SHOT(contexts) SHOT_AS(V1 "," VOCAB contexts, "", EVENT)

/* A card of the data model 2.0, all of whose parts may be said otherwise. */
#define HOLDER  "\"credentialSubject\":{\"id\":\"urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33\","
#define SUBJECT HOLDER "\"name\":\"\xc3\x86gir Pinguin\"}"
#define PASS_OF(contexts, types, issuer, dates, more, subject)                               \
	"{\"@context\":[" contexts "],\"type\":[" types "],\"issuer\":\"" issuer "\"," dates \
	"," more subject "}"
#define VC_TYPE       "\"VerifiableCredential\""
#define PASS(more)    PASS_OF(V2, VC_TYPE, "*", SINCE, more, SUBJECT)
#define PASS_IN(more) PASS_OF(V2 "," more, VC_TYPE, "*", SINCE, "", SUBJECT)
#define STATUS_WORDS(word, purpose, index)                                                  \
	"credentialStatus\":{\"type\":\"BitstringStatusListEntry\",\"" word "\":\"" purpose \
	"\",\"statusListIndex\":\"" index                                                   \
	"\",\"statusListCredential\":\"https://ministry.example/status/1\"},"
#define STATUS_ENTRY(purpose, index) STATUS_WORDS("statusPurpose", purpose, index)
#define STATUS_FOR(purpose, index)   PASS("\"" STATUS_ENTRY(purpose, index))
#define STATUS(index)                STATUS_FOR("revocation", index)
#define ANSWERS(file)                .web = "{\"https://ministry.example/status/1\":\"../_trust/" file "\"}"

/* The same statements in other words. */
#define CRED    "https://www.w3.org/2018/credentials#"
#define TIME_OF "\"@type\":\"http://www.w3.org/2001/XMLSchema#dateTime\""
#define PAST    "\"2026-10-01T08:00:00Z\""
#define BY_IRI  "\"" CRED "expirationDate\":{\"@value\":" PAST "," TIME_OF "}"
#define NAMED   "\"id\":\"urn:uuid:3c5e9b1c-07d1-4f3c-8c0e-5c7e4ff3f0aa\","
#define LATER   "\"validUntil\":" PAST ","

/* A certificate as DIVOC writes it, some of which may be said otherwise. */
#define CAMPAIGN_AS(id, number, vaccine, dates, doses, more)                                    \
	"{\"@context\":[" V1 "," DIVOC "],\"type\":[" VC_TYPE ",\"ProofOfVaccinationCredential" \
	"\"],\"credentialSubject\":{\"type\":\"Person\",\"id\":\"" id "\","                     \
	"\"refId\":\"77\",\"name\":\"\xc3\x86gir Pinguin\",\"gender\":\"Male\",\"age\":\"28\"," \
	"\"nationality\":\"AQ\",\"dob\":\"1998-02-26\",\"address\":{\"city\":\"\","             \
	"\"postalCode\":100001}},\"issuer\":\"*\",\"issuanceDate\":\"2026-06-01T17:43:33.711Z"  \
	"\",\"evidence\":[{\"id\":\"https://campaign.example/vaccine/525\","                    \
	"\"certificateId\":\"" number "\",\"infoUrl\":\"https://campaign.example/?525\","       \
	"\"type\":[\"Vaccination\"],\"batch\":\"4120Z025\"," vaccine                            \
	"\"icd11Code\":\"XM9QW8\",\"prophylaxis\":\"a viral vector\"," dates doses more         \
	"\"verifier\":{\"name\":\"Dr Emperor\"},"                                               \
	"\"facility\":{\"name\":\"Station 7\",\"address\":{\"addressCountry\":\"AQ\"}}}],"      \
	"\"nonTransferable\":\"true\"}"
#define PERSON     "did:campaign:12345678"
#define COVISHIELD "\"vaccine\":\"COVISHIELD\",\"manufacturer\":\"Serum Institute\","
#define DATES                                                                      \
	"\"date\":\"2026-05-29T05:30:28.187Z\",\"effectiveStart\":\"2026-06-12\"," \
	"\"effectiveUntil\":\"2027-05-29\","
#define DOSES(dose, total) "\"dose\":" dose ",\"totalDoses\":" total ","
#define CAMPAIGN           CAMPAIGN_AS(PERSON, "525", COVISHIELD, DATES, DOSES("1", "2"), "")
#define RSA                .suite = "RsaSignature2018", .created = "2026-06-01T17:43:33Z"
#define SPEC_DIVOC         "docs/schemes/divoc.md"

/* The claims of a token. */
#define CLAIMS(iss, more, vc) \
	"{" iss "\"sub\":\"urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33\"," more "\"vc\":{" vc "}}"
#define ISS        "\"iss\":\"*\","
#define NBF        "\"nbf\":1788249600,"
#define IN_TOKEN   "\"@context\":[" V1 "]," TYPES "," SUBJECT_11
#define SUBJECT_11 HOLDER "\"type\":\"Person\"}"

#define SPEC_DI     "Data Integrity 1.0, 4.3"
#define SPEC_EDDSA  "Data Integrity EdDSA 1.0"
#define SPEC_ECDSA  "Data Integrity ECDSA 1.0"
#define SPEC_LD     "Data Integrity before 1.0"
#define SPEC_JOSE   "VC-JOSE-COSE, 3"
#define SPEC_JWT    "VC Data Model 1.1, 6.3.1"
#define SPEC_11     "VC Data Model 1.1, 4"
#define SPEC_20     "VC Data Model 2.0, 4"
#define SPEC_DID    "DID 1.0; Controlled Identifiers 1.0, 2"
#define SPEC_HIDDEN "JSON-LD 1.1, 4; docs/schemes/vc.md"
#define SPEC_LD11   "JSON-LD 1.1 Processing Algorithms and API"
#define SPEC_STATUS "Bitstring Status List 1.0, 3.2"

static const struct sample samples[] = {
#include "gateway/cli/demo/vc/credentials.def"
};

static const char config[] =
	"\n[source \"vc issuers\"]\npath = trust/vc-issuers.txt\nkind = did\n"
	"environment = demo\nscheme = vc\n\n"
	"[source \"vc health\"]\npath = trust/vc-health.did.json\nkind = did\n"
	"environment = demo\nscheme = vc\n\n"
	"[source \"vc campaign\"]\npath = trust/vc-campaign.did.json\nkind = did\n"
	"issuer = https://campaign.example/\nenvironment = demo\nscheme = vc\n\n"
	"[source \"vc test issuers\"]\npath = trust/vc-issuers-test.txt\nkind = did\n"
	"environment = acceptance\nscheme = vc\n";

static const char trust[] =
	"[{\"file\":\"../_trust/vc-issuers.txt\",\"kind\":\"did\",\"scheme\":\"vc\"},"
	"{\"file\":\"../_trust/vc-health.did.json\",\"kind\":\"did\",\"scheme\":\"vc\"},"
	"{\"file\":\"../_trust/vc-campaign.did.json\",\"kind\":\"did\",\"scheme\":\"vc\","
	"\"issuer\":\"https://campaign.example/\"},"
	"{\"file\":\"../_trust/vc-issuers-test.txt\",\"kind\":\"did\",\"scheme\":\"vc\","
	"\"env\":\"acceptance\"}]";

static const struct demo_key *
keys(const struct demo *d, size_t *count)
{
	*count = VC_KEY_COUNT;
	return d->credentials;
}

const struct demo_part demo_credentials = { .suite = "vc",
	.config = config,
	.trust = trust,
	.samples = samples,
	.sample_count = sizeof(samples) / sizeof(samples[0]),
	.make_keys = credential_make_keys,
	.write_lists = credential_write_lists,
	.mint = credential_mint,
	.drop_keys = credential_drop_keys,
	.keys = keys };
