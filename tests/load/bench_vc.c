/* bench_vc.c - what a W3C credential costs in process: made canonical, and verified from text to report.
 *
 * Each figure is the median of rounds measured in turn with OpenSSL's own verifications, as in bench_verify.c.  The
 * credentials are sealed here with fresh keys.  Ed25519 is verified here by libsodium (codecs/seal/verify.c), which
 * takes less time than OpenSSL: hence a ratio to OpenSSL's that can exceed 1.
 */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "codecs/base/text.h"
#include "codecs/jsonld/canon.h"
#include "codecs/seal/signer_file.h"
#include "codecs/tree/edit.h"
#include "codecs/tree/node_json.h"
#include "codecs/vc/proof.h"
#include "gateway/engine/render.h"
#include "tests/load/timing.h"

#include <openssl/x509.h>
#include <sodium.h>
#include <stdio.h>

enum { ROUNDS = 31, BATCH = 100 };

struct bench {
	struct arena *arena, *scratch, *answer;
	struct kit *kit;
	struct trust *trust;
	struct policy policy;
	struct private_key *key;
	struct signer signer;
	struct span issuer, method, text;
	const struct node *document; /* without proof */
	struct span spki;
	bool legacy;
};

/* --- the credentials --- */

/* The words of the W3C group's vaccination vocabulary. */
static const char vaccination[] =
	"{\"@context\":[\"https://www.w3.org/2018/credentials/v1\",\"https://w3id.org/vaccination/"
	"v1\",\"https://w3id.org/security/data-integrity/v2\"],\"type\":[\"VerifiableCredential\","
	"\"VaccinationCertificate\"],\"id\":\"urn:uvci:01:AQ:7F3KX2\",\"name\":\"COVID-19 "
	"Vaccination Certificate\",\"description\":\"COVID-19 Vaccination Certificate\","
	"\"issuanceDate\":\"2026-04-08T23:41:41.233Z\",\"expirationDate\":\"2099-12-03T12:19:52Z\","
	"\"credentialSubject\":{\"type\":\"VaccinationEvent\",\"batchNumber\":\"1183738569\","
	"\"administeringCentre\":\"Station 7\",\"healthProfessional\":\"Dr Emperor\","
	"\"countryOfVaccination\":\"AQ\",\"recipient\":{\"type\":\"VaccineRecipient\","
	"\"givenName\":"
	"\"\xc3\x86gir\",\"familyName\":\"Pinguin\",\"gender\":\"Male\",\"birthDate\":\"1998-02-"
	"26\"},"
	"\"vaccine\":{\"type\":\"Vaccine\",\"disease\":\"COVID-19\",\"atcCode\":\"J07BX03\","
	"\"medicinalProductName\":\"Comirnaty\",\"marketingAuthorizationHolder\":\"BioNTech\"}},"
	"\"issuer\":\"";

/* As CoWIN writes its own. */
static const char divoc[] =
	"{\"@context\":[\"https://www.w3.org/2018/credentials/v1\",\"https://cowin.gov.in/"
	"credentials/vaccination/v1\"],\"type\":[\"VerifiableCredential\",\"ProofOfVaccination"
	"Credential\"],\"credentialSubject\":{\"type\":\"Person\",\"id\":\"did:Passport:12345678\","
	"\"refId\":\"77\",\"name\":\"\xc3\x86gir Pinguin\",\"gender\":\"Male\",\"age\":\"28\","
	"\"nationality\":\"AQ\",\"address\":{\"streetAddress\":\"\",\"streetAddress2\":\"\","
	"\"district\":\"South\",\"city\":\"\",\"addressRegion\":\"Ross\",\"addressCountry\":\"AQ\","
	"\"postalCode\":100001}},\"issuanceDate\":\"2026-06-01T17:43:33.711Z\",\"evidence\":[{"
	"\"id\":"
	"\"https://cowin.gov.in/vaccine/525\",\"feedbackUrl\":\"https://cowin.gov.in/?525\","
	"\"infoUrl\":\"https://cowin.gov.in/?525\",\"certificateId\":\"525\",\"type\":"
	"[\"Vaccination\"],\"batch\":\"4120Z025\",\"vaccine\":\"COVISHIELD\",\"manufacturer\":"
	"\"Serum "
	"Institute\",\"date\":\"2026-05-29T05:30:28.187Z\",\"effectiveStart\":\"2026-06-12\","
	"\"effectiveUntil\":\"2027-05-29\",\"dose\":1,\"totalDoses\":2,\"verifier\":{\"name\":"
	"\"Dr Emperor\"},\"facility\":{\"name\":\"Station 7\",\"address\":{\"streetAddress\":"
	"\"Ice 1\",\"streetAddress2\":\"\",\"district\":\"South\",\"city\":\"\",\"addressRegion\":"
	"\"Ross\",\"addressCountry\":\"AQ\",\"postalCode\":100001}}}],\"nonTransferable\":\"true\","
	"\"issuer\":\"";

/* --- set-up --- */

static struct work
work_in(struct bench *b, struct arena *a, struct report *report)
{
	report_begin(report, a);
	return (struct work){ a, report, &limits_default, b->kit, (int64_t)time(NULL) };
}

static bool
set_up(struct bench *b, enum private_kind kind, enum sig_alg alg)
{
	*b = (struct bench){ .arena = arena_new(1 << 28),
		.scratch = arena_new(limits_default.memory),
		.answer = arena_new(1 << 22),
		.kit = kit_new(),
		.policy = policy_default };
	b->policy.env = ENV_DEMO;
	return b->arena && b->scratch && b->answer && b->kit && private_new(kind, &b->key) == 0 &&
	       signer_over(b->key, alg, &b->signer) == 0 &&
	       private_spki(b->key, b->arena, &b->spki) == 0;
}

/* kind did: a list of one DID, or a document of one issuer. */
static bool
trust_in(struct bench *b, struct span list, struct span issuer)
{
	struct report report;
	struct work w = work_in(b, b->arena, &report);
	struct trust_file file = { SPAN_LIT("list"), list };
	struct trust_input in = { .name = SPAN_LIT("bench"),
		.kind = SPAN_LIT("did"),
		.env = ENV_DEMO,
		.domain = TRUST_VC,
		.files = &file,
		.file_count = 1,
		.issuer = issuer,
		.read_at = TIME_NONE };

	return trust_build(&w, &in, 1, &b->trust) == 0 && trust_key_count(b->trust) > 0;
}

/* A document with a proof, whose last member is value. */
static struct span
with_proof(struct bench *b, struct span document, const char *proof, struct span value)
{
	struct buf out = buf_in(b->arena, SIZE_MAX);

	buf_add(&out, span_slice(document, 0, document.len - 1));
	buf_str(&out, ",\"proof\":{");
	buf_str(&out, proof);
	buf_str(&out, "\"verificationMethod\":");
	buf_json(&out, b->method);
	buf_str(&out, ",\"proofPurpose\":\"assertionMethod\",\"");
	buf_add(&out, value);
	buf_str(&out, "\"}}");
	return buf_span(&out);
}

/* What a proof that holds nothing yet is to cover, signed. */
static bool
sign(struct bench *b, struct span unsigned_text, struct span *signature)
{
	struct report report;
	struct work w = work_in(b, b->arena, &report);
	const struct node *doc = NULL;
	struct vc_proof p;
	struct vc_covered c;
	bool ok = false;

	if (node_from_json(&w, unsigned_text, "json", &doc) != 0 || !doc ||
		vc_proof_read(&w, node_get(doc, "proof"), "json", &p, &ok) != 0 || !ok ||
		vc_proof_cover(&w, doc, &p, &c, &ok) != 0 || !ok)
		return false;
	b->legacy = !p.suite->integrity;
	struct edit e = { .without = { "proof" } };
	return edit_map(&w, doc, &e, &b->document) == 0 &&
	       b->signer.sign(&b->signer, b->arena, c.signed_bytes, signature) == 0;
}

static struct span
document_of(struct bench *b, const char *head)
{
	struct buf out = buf_in(b->arena, SIZE_MAX);

	buf_str(&out, head);
	buf_add(&out, b->issuer);
	buf_str(&out, "\"}");
	return buf_span(&out);
}

enum { ED25519_BYTES = 32, SIGNATURE = 64 };

/* "z" and 64 digits of zero, then the signature itself. */
static bool
set_up_eddsa(struct bench *b)
{
	static const char proof[] = "\"type\":\"DataIntegrityProof\",\"cryptosuite\":"
				    "\"eddsa-rdfc-2022\",\"created\":\"2026-06-01T17:43:33Z\",";
	struct buf did, method, value, zeros;
	uint8_t multikey[2 + ED25519_BYTES] = { 0xed, 0x01 };
	struct span signature;

	if (!set_up(b, PRIVATE_ED25519, SIG_EDDSA))
		return false;
	did = method = value = zeros = buf_in(b->arena, SIZE_MAX);
	memcpy(&multikey[2], span_from(b->spki, b->spki.len - ED25519_BYTES).ptr, ED25519_BYTES);
	buf_str(&did, "did:key:z");
	base58_encode(&did, (struct span){ multikey, sizeof(multikey) });
	b->issuer = buf_span(&did);
	buf_add(&method, b->issuer);
	buf_char(&method, '#');
	buf_add(&method, span_from(b->issuer, sizeof("did:key:") - 1));
	b->method = buf_span(&method);
	buf_str(&zeros, "proofValue\":\"z");
	for (int i = 0; i < SIGNATURE; i++)
		buf_char(&zeros, '1');
	struct span doc = document_of(b, vaccination);
	if (!sign(b, with_proof(b, doc, proof, buf_span(&zeros)), &signature))
		return false;
	buf_str(&value, "proofValue\":\"z");
	base58_encode(&value, signature);
	b->text = with_proof(b, doc, proof, buf_span(&value));
	return trust_in(b, b->issuer, SPAN_NONE);
}

#define ISSUER "https://cowin.gov.in/"
#define METHOD "did:india"
/* {"alg":"PS256","b64":false,"crit":["b64"]} */
#define HEADER "jws\":\"eyJhbGciOiJQUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19.."

static struct span
did_document(struct bench *b)
{
	struct buf out = buf_in(b->arena, SIZE_MAX);

	buf_str(&out, "{\"id\":\"" METHOD "\",\"assertionMethod\":[{\"id\":\"" METHOD
		      "\",\"controller\":\"" METHOD "\",\"type\":\"RsaVerificationKey2018\","
		      "\"publicKeyPem\":\"-----BEGIN PUBLIC KEY-----\\n");
	base64_encode(&out, b->spki);
	buf_str(&out, "\\n-----END PUBLIC KEY-----\\n\"}]}");
	return buf_span(&out);
}

static bool
set_up_divoc(struct bench *b)
{
	static const char proof[] = "\"type\":\"RsaSignature2018\",\"created\":"
				    "\"2026-06-01T17:43:33Z\",";
	struct buf value;
	struct span signature;

	if (!set_up(b, PRIVATE_RSA2048, SIG_PS256))
		return false;
	b->issuer = SPAN_LIT(ISSUER);
	b->method = SPAN_LIT(METHOD);
	struct span doc = document_of(b, divoc);
	if (!sign(b, with_proof(b, doc, proof, SPAN_LIT(HEADER "AAAA")), &signature))
		return false;
	value = buf_in(b->arena, SIZE_MAX);
	buf_str(&value, HEADER);
	base64url_encode(&value, signature);
	b->text = with_proof(b, doc, proof, buf_span(&value));
	return trust_in(b, did_document(b), b->issuer);
}

/* --- what is measured --- */

/* Text to report; the verdict is looked at, so that a bench of refusals can't pass for one of verifications. */
static bool
whole(struct bench *b)
{
	struct report report;
	struct work w = { b->scratch, &report, &limits_default, b->kit, (int64_t)time(NULL) };
	struct verify v = { .input = b->text, .trust = b->trust, .policy = &b->policy };

	arena_reset(b->scratch);
	arena_reset(b->answer);
	if (engine_verify(&w, &v) != 0)
		return false;
	struct buf out = buf_in(b->answer, 1 << 20);
	render_report(&out, &w, &v);
	if (out.error != 0 || report_verdict(&report) != VERDICT_VERIFIED || !v.has_record)
		fprintf(stderr, "bench: %.*s\n", (int)out.len, (const char *)out.ptr);
	return out.error == 0 && report_verdict(&report) == VERDICT_VERIFIED && v.has_record;
}

/* The document as it was parsed to the text that is hashed. */
static bool
canonical(struct bench *b)
{
	struct report report;
	struct work w = { b->scratch, &report, &limits_default, b->kit, 0 };
	struct vc_statements s = { b->document, "json", DIGEST_SHA256, b->legacy, NULL };
	struct canon c = { 0 };
	bool ok = false;

	arena_reset(b->scratch);
	report_begin(&report, b->scratch);
	return vc_canonise(&w, &s, &c, &ok) == 0 && ok && c.line_count > 0;
}

static double
timed(bool (*run)(struct bench *b), struct bench *b, int times)
{
	double start = cpu_us();

	for (int n = 0; n < times; n++)
		if (!run(b)) {
			fprintf(stderr, "bench: a good credential was refused\n");
			exit(1);
		}
	return (cpu_us() - start) / times;
}

/* OpenSSL's Ed25519 alone, over as many bytes as a credential's hashes are. */
static double
raw_ed25519_us(struct span signature, EVP_MD_CTX *ctx, EVP_PKEY *key)
{
	static const uint8_t hashes[64];
	double start = cpu_us();

	for (int n = 0; n < BATCH; n++)
		if (EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) != 1 ||
			EVP_DigestVerify(
				ctx, signature.ptr, signature.len, hashes, sizeof(hashes)) != 1)
			exit(1);
	return (cpu_us() - start) / BATCH;
}

/* libsodium's, which is what a credential is verified with. */
static double
raw_sodium_us(const struct bench *b, struct span signature)
{
	static const uint8_t hashes[64];
	const uint8_t *key = span_from(b->spki, b->spki.len - ED25519_BYTES).ptr;
	double start = cpu_us();

	for (int n = 0; n < BATCH; n++)
		if (crypto_sign_ed25519_verify_detached(
			    signature.ptr, hashes, sizeof(hashes), key) != 0)
			exit(1);
	return (cpu_us() - start) / BATCH;
}

struct series {
	double p256[ROUNDS], ed25519[ROUNDS], sodium[ROUNDS], canonical[ROUNDS], eddsa[ROUNDS],
		divoc_canonical[ROUNDS], divoc[ROUNDS], canonical_share[ROUNDS],
		eddsa_ratio[ROUNDS], divoc_share[ROUNDS];
};

static void
measure(struct series *s, struct bench *eddsa, struct bench *cowin, struct raw *raw)
{
	static const uint8_t hashes[64];
	const uint8_t *der = eddsa->spki.ptr;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &der, (long)eddsa->spki.len);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct span signature, of = { hashes, sizeof(hashes) };

	if (!key || !ctx || eddsa->signer.sign(&eddsa->signer, eddsa->arena, of, &signature) != 0)
		exit(1);
	for (int i = 0; i < ROUNDS; i++) {
		s->p256[i] = raw_us(raw, BATCH);
		s->canonical[i] = timed(canonical, eddsa, BATCH);
		s->canonical_share[i] = s->canonical[i] / s->p256[i];
		s->ed25519[i] = raw_ed25519_us(signature, ctx, key);
		s->sodium[i] = raw_sodium_us(eddsa, signature);
		s->eddsa[i] = timed(whole, eddsa, BATCH);
		s->eddsa_ratio[i] = s->ed25519[i] / s->eddsa[i];
		s->p256[i] = raw_us(raw, BATCH);
		s->divoc_canonical[i] = timed(canonical, cowin, BATCH);
		s->divoc[i] = timed(whole, cowin, BATCH);
		s->divoc_share[i] = s->divoc[i] / s->p256[i];
	}
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
}

static void
print(const char *what, double *us, double *ratios, const char *goal)
{
	printf("%-28s %7.2f us", what, median(us, ROUNDS));
	if (ratios)
		printf("   %.3f %s", median(ratios, ROUNDS), goal);
	printf("\n");
}

int
main(void)
{
	static struct series s;
	struct bench eddsa, cowin;
	struct raw raw;

	if (!set_up_eddsa(&eddsa) || !set_up_divoc(&cowin) || !raw_set_up(&raw)) {
		fprintf(stderr, "bench: the credentials could not be sealed\n");
		return 1;
	}
	measure(&s, &eddsa, &cowin, &raw);
	printf("credentials of %zu and %zu bytes\n", eddsa.text.len, cowin.text.len);
	print("raw P-256 verify", s.p256, NULL, "");
	print("canonical, vaccination", s.canonical, s.canonical_share,
		"of raw (goal 60 us where raw takes 59)");
	print("raw Ed25519 verify", s.ed25519, NULL, "");
	print("the same by libsodium", s.sodium, NULL, "");
	print("eddsa-rdfc, text to report", s.eddsa, s.eddsa_ratio, "ratio to raw (goal 0.8)");
	print("canonical, DIVOC", s.divoc_canonical, NULL, "");
	print("DIVOC, text to report", s.divoc, s.divoc_share, "raw P-256 (goal at most 4)");
	return 0;
}
