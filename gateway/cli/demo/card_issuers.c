/* card_issuers.c - issuers of health cards: their keys, the directory, its signed snapshot, a key set, revocations. */
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/seal/key.h"
#include "codecs/seal/thumbprint.h"
#include "gateway/cli/demo/demo.h"

#include <errno.h>

enum { DAY = 86400, COORDINATE = 32 };

/* Where an issuer is named, in bits. */
enum { IN_SNAPSHOT = 1, IN_DIRECTORY = 2, IN_FILE = 4, IN_ACCEPTANCE = 8 };

static const struct {
	const char *url, *name;
	unsigned where;
	int crl_version; /* that its key announces; 0: none */
	int ctr; /* of the list in the snapshot; 0: none */
	int seen_days_ago;
	bool untyped; /* the key states neither its use nor its algorithm */
} issuers[ISSUER_COUNT] = {
	[ISSUER_CLINIC] = { "https://clinic.example/shc", "Clinic of the Ice", IN_SNAPSHOT, 0, 0, 1,
		false },
	[ISSUER_STATE] = { "https://health.example/aq", "Health Registry of Antarctica",
		IN_SNAPSHOT, 2, 2, 1, false },
	[ISSUER_BEHIND] = { "https://health.example/bv", "Health Registry of Bouvet Island",
		IN_SNAPSHOT, 3, 2, 1, false },
	[ISSUER_AHEAD] = { "https://health.example/gs", "Health Registry of South Georgia",
		IN_SNAPSHOT, 1, 2, 1, false },
	[ISSUER_NO_LIST] = { "https://health.example/hm", "Health Registry of Heard Island",
		IN_SNAPSHOT, 1, 0, 1, false },
	[ISSUER_OWN] = { "https://lab.example", "Laboratory of South Georgia", IN_FILE, 0, 0, 1,
		false },
	[ISSUER_UNTYPED] = { "https://pharmacy.example/cards", "Pharmacy at the Pole", IN_FILE, 0,
		0, 1, true },
	[ISSUER_DIRECTORY] = { "https://hospital.example/fhir/r4", "Hospital of Kerguelen",
		IN_DIRECTORY, 0, 0, 1, false },
	[ISSUER_OLD] = { "https://old.example/shc", "Clinic that moved away", IN_SNAPSHOT, 0, 0,
		500, false },
	[ISSUER_TEST] = { "https://test.clinic.example/shc", "Clinic of the Ice, tests",
		IN_ACCEPTANCE, 0, 0, 1, false },
	[ISSUER_STRANGER] = { "https://stranger.example", "Nobody", 0, 0, 0, 1, false },
};

/* A P-256 SPKI ends with x and y. */
static void
write_jwk(struct buf *b, enum demo_issuer i, const struct demo_key *k, struct span spki)
{
	buf_str(b, "{\"kty\":\"EC\",\"crv\":\"P-256\",");
	if (!issuers[i].untyped)
		buf_str(b, "\"use\":\"sig\",\"alg\":\"ES256\",");
	if (issuers[i].crl_version > 0) {
		buf_str(b, "\"crlVersion\":");
		buf_int(b, issuers[i].crl_version);
		buf_char(b, ',');
	}
	buf_str(b, "\"kid\":");
	buf_json(b, k->signer.kid);
	buf_str(b, ",\"x\":\"");
	base64url_encode(b, span_slice(spki, spki.len - 2 * COORDINATE, COORDINATE));
	buf_str(b, "\",\"y\":\"");
	base64url_encode(b, span_from(spki, spki.len - COORDINATE));
	buf_str(b, "\"}");
}

/* {"keys":[...]}, or the same as a member. */
static int
write_keys(struct demo *d, enum demo_issuer i, struct buf *b)
{
	struct span spki;
	int r = private_spki(d->issuers[i].key, d->arena, &spki);

	if (r != 0)
		return r;
	buf_str(b, "\"keys\":[");
	write_jwk(b, i, &d->issuers[i], spki);
	buf_char(b, ']');
	return b->error;
}

int
card_write_keys(struct demo *d, const char *folder, enum demo_issuer i, const char *name)
{
	struct buf b = buf_in(d->arena, SIZE_MAX);

	buf_char(&b, '{');
	int r = write_keys(d, i, &b);
	buf_str(&b, "}\n");
	return r != 0 ? r : demo_write(d, folder, name, buf_span(&b), 0644);
}

static void
write_issuer(struct buf *b, enum demo_issuer i)
{
	buf_str(b, "{\"iss\":");
	buf_json(b, span_of(issuers[i].url));
	buf_str(b, ",\"name\":");
	buf_json(b, span_of(issuers[i].name));
	buf_char(b, '}');
}

/* Revoked: one card by its name, and those of a batch that were issued more than twenty days ago. */
static void
write_revocations(struct demo *d, enum demo_issuer i, struct buf *b)
{
	if (issuers[i].ctr == 0)
		return;
	buf_str(b, ",\"crls\":[{\"kid\":");
	buf_json(b, d->issuers[i].signer.kid);
	buf_str(b, ",\"method\":\"rid\",\"ctr\":");
	buf_int(b, issuers[i].ctr);
	buf_str(b, ",\"rids\":[\"stolen1\",\"batch7.");
	buf_int(b, d->now - 20 * DAY);
	buf_str(b, i == ISSUER_AHEAD ? "\",\"$none\"]}]" : "\"]}]");
}

static int
write_entry(struct demo *d, enum demo_issuer i, struct buf *b)
{
	buf_str(b, "{\"issuer\":");
	write_issuer(b, i);
	buf_char(b, ',');
	int r = write_keys(d, i, b);
	write_revocations(d, i, b);
	buf_str(b, ",\"lastRetrieved\":\"");
	time_format(b, d->now - issuers[i].seen_days_ago * (int64_t)DAY);
	buf_str(b, "\"}");
	return r;
}

static int
snapshot_text(struct demo *d, unsigned where, struct buf *b)
{
	size_t count = 0;
	int r = 0;

	buf_str(b, "{\"directory\":\"https://directory.example/issuers.json\",\"time\":\"");
	time_format(b, d->now - DAY / 2);
	buf_str(b, "\",\"issuerInfo\":[");
	for (enum demo_issuer i = 0; r == 0 && i < ISSUER_COUNT; i++) {
		if (!(issuers[i].where & where))
			continue;
		buf_str(b, count++ > 0 ? ",\n" : "\n");
		r = write_entry(d, i, b);
	}
	buf_str(b, "]}\n");
	return r;
}

/* The snapshot's signature file is ASN.1, unlike a card's. */
static int
write_signature(struct demo *d, const char *folder, struct span text)
{
	const struct signer *signer = &d->snapshot_key.signer;
	struct span raw, der;
	int r = signer->sign(signer, d->arena, text, &raw);

	if (r == 0)
		r = demo_der_signature(d, raw, &der);
	return r != 0 ? r : demo_write(d, folder, "snapshot.json.sig", der, 0644);
}

static int
write_snapshot(struct demo *d, const char *folder)
{
	struct buf text = buf_in(d->arena, SIZE_MAX), pin = buf_in(d->arena, SIZE_MAX);
	struct buf test = buf_in(d->arena, SIZE_MAX);
	struct span spki;
	int r = snapshot_text(d, IN_SNAPSHOT, &text);

	if (r == 0)
		r = demo_write(d, folder, "snapshot.json", buf_span(&text), 0644);
	if (r == 0)
		r = write_signature(d, folder, buf_span(&text));
	if (r == 0)
		r = private_spki(d->snapshot_key.key, d->arena, &spki);
	if (r != 0)
		return r;
	demo_pem(&pin, "PUBLIC KEY", spki);
	r = demo_write(d, folder, "snapshot.pin.pem", buf_span(&pin), 0644);
	if (r == 0)
		r = snapshot_text(d, IN_ACCEPTANCE, &test);
	return r != 0 ? r : demo_write(d, folder, "snapshot-test.json", buf_span(&test), 0644);
}

static int
write_directory(struct demo *d, const char *folder)
{
	struct buf b = buf_in(d->arena, SIZE_MAX);
	size_t count = 0;

	buf_str(&b, "{\"participating_issuers\":[");
	for (enum demo_issuer i = 0; i < ISSUER_COUNT; i++) {
		if (!(issuers[i].where & (IN_DIRECTORY | IN_SNAPSHOT)))
			continue;
		buf_str(&b, count++ > 0 ? ",\n" : "\n");
		write_issuer(&b, i);
	}
	buf_str(&b, "]}\n");
	return demo_write(d, folder, "directory.json", buf_span(&b), 0644);
}

int
card_make_keys(struct demo *d)
{
	int r = demo_key_new(PRIVATE_P521, SIG_ES512, &d->snapshot_key);

	for (enum demo_issuer i = 0; r == 0 && i < ISSUER_COUNT; i++) {
		struct demo_key *k = &d->issuers[i];
		struct key *key = NULL;
		struct span spki;
		enum key_fault why;
		r = demo_key_new(PRIVATE_P256, SIG_ES256, k);
		k->signer.issuer = span_of(issuers[i].url);
		if (r == 0)
			r = private_spki(k->key, d->arena, &spki);
		if (r == 0)
			r = key_from_spki(spki, &key_policy_default, &key, &why);
		if (r == 0)
			r = key ? thumbprint_of_key(&d->work, key, &k->signer.kid) : -EINVAL;
		key_free(key);
	}
	return r;
}

void
card_drop_keys(struct demo *d)
{
	for (enum demo_issuer i = 0; i < ISSUER_COUNT; i++)
		demo_key_drop(&d->issuers[i]);
	demo_key_drop(&d->snapshot_key);
}

int
card_write_lists(struct demo *d, const char *folder)
{
	int r = write_snapshot(d, folder);

	if (r == 0)
		r = write_directory(d, folder);
	if (r == 0)
		r = card_write_keys(d, folder, ISSUER_OWN, "lab.jwks.json");
	if (r == 0)
		r = card_write_keys(d, folder, ISSUER_UNTYPED, "pharmacy.jwks.json");
	/* what the issuer itself would answer; the cases' web serves it */
	if (r == 0)
		r = card_write_keys(d, folder, ISSUER_DIRECTORY, "hospital.jwks.json");
	return r != 0 ? r : card_write_links(d, folder);
}
