/* who_list.c - a network of the demo world's own: participants listed for domains, in a DID document with a proof. */
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "gateway/cli/demo/demo.h"
#include "trust/source/gdhcn.h"

#include <errno.h>

#define LIST "did:web:gdhcn.example:v2:trustlist"

enum { DAY = 86400 };

static const struct {
	const char *name, *domain; /* NULL: on no list */
} participants[PARTICIPANT_COUNT] = {
	[PARTICIPANT_ICVP] = { "Antarctica Travel Health", "ICVP" },
	[PARTICIPANT_DDCC] = { "Antarctica Health Documents", "DDCC" },
	[PARTICIPANT_PH4H] = { "Antarctica Prescriptions", "PH4H" },
	[PARTICIPANT_IPS] = { "Antarctica Summaries", "IPS-PILGRIMAGE" },
	[PARTICIPANT_STRANGER] = { "Antarctica Impostor", NULL },
};

static int
certify(struct demo *d, struct demo_key *k, const char *name)
{
	struct cert_request r = { .country = "AQ",
		.organisation = "Demo World",
		.common_name = name,
		.not_before = d->now - 400 * (int64_t)DAY,
		.not_after = d->now + 400 * (int64_t)DAY };
	struct span der;
	int error = demo_key_new(PRIVATE_P256, SIG_ES256, k);

	r.subject = k->key;
	if (error == 0)
		error = cert_issue(&r, d->arena, &der);
	if (error == 0)
		error = cert_from_der(der, &key_policy_default, &k->cert);
	if (error == 0 && !k->cert)
		error = -EINVAL;
	if (error == 0)
		k->signer.kid = span_slice(cert_sha256(k->cert), 0, 8);
	return error;
}

int
who_make_keys(struct demo *d)
{
	int r = certify(d, &d->network, "Demo Network");

	for (enum demo_participant i = 0; r == 0 && i < PARTICIPANT_COUNT; i++)
		r = certify(d, &d->participants[i], participants[i].name);
	return r;
}

void
who_drop_keys(struct demo *d)
{
	demo_key_drop(&d->network);
	for (enum demo_participant i = 0; i < PARTICIPANT_COUNT; i++)
		demo_key_drop(&d->participants[i]);
}

/* The list, and what is said otherwise in lists that are met in the field or must be refused. */
static const struct list {
	const char *file;
	const char *id; /* NULL: LIST */
	const char *domain; /* of the key for vaccinations, NULL: as above */
	const char *participant; /* NULL: ATA */
	const char *
		coordinates; /* of every key, with a comma in front; NULL: left out, the certificate has them */
	const char *refers; /* instead of keys */
	bool der; /* the proof's signature in ASN.1, as the WHO's network writes it */
	bool stranger; /* it is another's */
	bool altered; /* the key for medications becomes one for vaccinations once the proof is made */
	bool no_proof; /* what stands there is none */
} lists[] = {
	{ .file = "network.did.json" },
	{ .file = "network-der.did.json", .der = true },
	{ .file = "network-odd.did.json",
		.domain = "dICVP",
		.participant = "XCL",
		.coordinates =
			",\"x\":\"AAAA\",\"y\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8A\"" },
	{ .file = "network-stranger.did.json", .stranger = true },
	{ .file = "network-altered.did.json", .altered = true },
	{ .file = "network-refers.did.json",
		.refers = "\"did:web:tng-cdn-dev.who.int:v2:trustlist\"" },
	{ .file = "network-v1.did.json",
		.id = "did:web:gdhcn.example:trustlist",
		.no_proof = true },
};

static const char * or (const char *text, const char *usual)
{
	return text ? text : usual;
}

static const char *
domain_of(const struct list *l, enum demo_participant i, bool final)
{
	if (i == PARTICIPANT_ICVP && l->domain)
		return l->domain;
	return l->altered && final && i == PARTICIPANT_PH4H ? "ICVP" : participants[i].domain;
}

static void
write_method(
	struct demo *d, struct buf *b, const struct list *l, enum demo_participant i, bool final)
{
	const struct demo_key *k = &d->participants[i];
	struct buf kid = buf_in(d->arena, 64);

	base64_encode(&kid, k->signer.kid);
	buf_str(b, b->ptr[b->len - 1] == '[' ? "{\"id\":\"" : ",{\"id\":\"");
	buf_str(b, LIST ":");
	buf_str(b, participants[i].domain);
	buf_str(b, ":ATA:DSC#");
	buf_add(b, buf_span(&kid));
	buf_str(b, "\",\"type\":\"JsonWebKey2020\",\"controller\":\"" LIST
		   "\",\"publicKeyJwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"");
	buf_add(b, buf_span(&kid));
	buf_str(b, "\",\"x5c\":[\"");
	base64_encode(b, cert_der(k->cert));
	buf_str(b, "\"]");
	buf_str(b, or (l->coordinates, ""));
	buf_str(b, "},\"domain\":{\"code\":\"#");
	buf_str(b, domain_of(l, i, final));
	buf_str(b, "\"},\"participant\":{\"code\":\"#");
	buf_str(b, or (l->participant, "ATA"));
	buf_str(b, "\"},\"keyusage\":{\"code\":\"#DSC\"}}");
}

static void
write_methods(struct demo *d, struct buf *b, const struct list *l, bool final)
{
	buf_str(b, or (l->refers, ""));
	for (enum demo_participant i = 0; i < PARTICIPANT_COUNT && !l->refers; i++)
		if (participants[i].domain)
			write_method(d, b, l, i, final);
}

/* final: with the proof that was made of the one before. */
static int
write_document(struct demo *d, const struct list *l, struct span jws, bool final, struct span *out)
{
	struct buf b = buf_in(d->arena, SIZE_MAX);

	buf_str(&b, "{\"@context\":[\"https://www.w3.org/ns/did/v1\","
		    "\"https://w3id.org/security/suites/jws-2020/v1\","
		    "\"https://smart.who.int/trust/tng-context/v1-DEV.jsonld\"],\"id\":\"");
	buf_str(&b, or (l->id, LIST));
	buf_str(&b, "\",\"controller\":\"" LIST "\",\"verificationMethod\":[");
	write_methods(d, &b, l, final);
	buf_str(&b, "],\"proof\":{\"type\":\"JsonWebSignature2020\",\"created\":\"");
	time_format(&b, d->now - DAY);
	buf_str(&b, "\",\"nonce\":\"aptenodytes\",\"proofPurpose\":\"assertionMethod\","
		    "\"verificationMethod\":\"did:web:gdhcn.example:signing:DID\",\"jws\":"
		    "\"eyJiNjQiOmZhbHNlLCJjcml0IjpbImI2NCJdLCJhbGciOiJFUzI1NiJ9..");
	buf_add(&b, jws);
	buf_str(&b, "\"}}\n");
	*out = buf_span(&b);
	return b.error;
}

/* What is to be signed is what a reader of the document will check. */
static int
sign(struct demo *d, const struct list *l, struct span document, struct span *jws)
{
	const struct signer *by =
		&(l->stranger ? &d->participants[PARTICIPANT_STRANGER] : &d->network)->signer;
	const struct node *root = NULL;
	struct gdhcn_document read;
	struct buf b = buf_in(d->arena, 128);
	const char *fault = NULL;
	struct proof p;
	struct span signature;
	int r;

	report_begin(&d->report, d->arena);
	if ((r = node_from_json(&d->work, document, "list", &root)) != 0)
		return r;
	r = root ? gdhcn_form(&d->work, root, &read, &fault) : -EINVAL;
	if (r == 0 && !fault)
		r = gdhcn_proof(&d->work, &read, &p, &fault);
	if (r != 0 || fault)
		return r != 0 ? r : -EINVAL;
	r = by->sign(by, d->arena, p.signed_bytes, &signature);
	if (r == 0 && l->der)
		r = demo_der_signature(d, signature, &signature);
	if (r != 0)
		return r;
	base64url_encode(&b, signature);
	*jws = buf_span(&b);
	return b.error;
}

static int
write_list(struct demo *d, const char *folder, const struct list *l)
{
	struct span document, jws = SPAN_LIT("AAAA");
	int r = write_document(d, l, jws, false, &document);

	if (r == 0 && !l->no_proof)
		r = sign(d, l, document, &jws);
	if (r == 0)
		r = write_document(d, l, jws, true, &document);
	return r != 0 ? r : demo_write(d, folder, l->file, document, 0644);
}

int
who_write_lists(struct demo *d, const char *folder)
{
	struct buf pin = buf_in(d->arena, SIZE_MAX);
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(lists) / sizeof(lists[0]); i++)
		r = write_list(d, folder, &lists[i]);
	demo_pem(&pin, "CERTIFICATE", cert_der(d->network.cert));
	if (r == 0)
		r = pin.error;
	if (r == 0)
		r = demo_write(d, folder, "network.pin.pem", buf_span(&pin), 0644);
	return r != 0 ? r : who_write_links(d, folder);
}
