/* seal_keys.c - authorities of passports, their bar code signers, and some who only say so. */
#include "gateway/cli/demo/demo.h"

#include <errno.h>

enum { DAY = 86400 };

#define NOBODY SEAL_CSCA_COUNT

static const char *const barcodes[] = { "2.23.136.1.1.14.2", NULL };
static const char *const websites[] = { "1.3.6.1.5.5.7.3.1", NULL };

static const struct {
	const char *country;
	enum private_kind kind;
	enum sig_alg alg;
	enum demo_csca csca, by; /* whose name it bears, whose key signed it; NOBODY: its own */
	const char *const *eku;
	const char *types;
	int from_days, until_days; /* from now */
} signers[SEAL_COUNT] = {
	[SEAL_AQ] = { "AQ", PRIVATE_P256, SIG_ES256, SEAL_CSCA_AQ, SEAL_CSCA_AQ, barcodes, "NVNT",
		-400, 3300 },
	[SEAL_AQ_P384] = { "AQ", PRIVATE_P384, SIG_ES384, SEAL_CSCA_AQ, SEAL_CSCA_AQ, barcodes,
		"NVNT", -400, 3300 },
	[SEAL_AQ_P521] = { "AQ", PRIVATE_P521, SIG_ES512, SEAL_CSCA_AQ, SEAL_CSCA_AQ, barcodes,
		NULL, -400, 3300 },
	[SEAL_AQ_LINK] = { "AQ", PRIVATE_P256, SIG_ES256, SEAL_CSCA_OLD, SEAL_CSCA_OLD, barcodes,
		"NVNT", -900, 900 },
	[SEAL_AQ_SHOTS] = { "AQ", PRIVATE_P256, SIG_ES256, SEAL_CSCA_AQ, SEAL_CSCA_AQ, barcodes,
		"NV", -400, 3300 },
	[SEAL_AQ_OTHER] = { "AQ", PRIVATE_P256, SIG_ES256, SEAL_CSCA_AQ, SEAL_CSCA_AQ, websites,
		NULL, -400, 3300 },
	[SEAL_AQ_EXPIRED] = { "AQ", PRIVATE_P256, SIG_ES256, SEAL_CSCA_AQ, SEAL_CSCA_AQ, barcodes,
		"NVNT", -900, -10 },
	[SEAL_AQ_FUTURE] = { "AQ", PRIVATE_P256, SIG_ES256, SEAL_CSCA_AQ, SEAL_CSCA_AQ, barcodes,
		"NVNT", 10, 3300 },
	[SEAL_AQ_WEAK] = { "AQ", PRIVATE_RSA1024, SIG_PS256, SEAL_CSCA_AQ, SEAL_CSCA_AQ, barcodes,
		"NVNT", -400, 3300 },
	[SEAL_BV] = { "BV", PRIVATE_P256, SIG_ES256, SEAL_CSCA_BV, SEAL_CSCA_BV, barcodes, "NVNT",
		-400, 3300 },
	[SEAL_COPY] = { "AQ", PRIVATE_P256, SIG_ES256, SEAL_CSCA_AQ, SEAL_CSCA_BV, barcodes, "NVNT",
		-400, 3300 },
	[SEAL_ALONE] = { "AQ", PRIVATE_P256, SIG_ES256, NOBODY, NOBODY, barcodes, "NVNT", -400,
		3300 },
	[SEAL_ACCEPTANCE] = { "AQ", PRIVATE_P256, SIG_ES256, SEAL_CSCA_TEST, SEAL_CSCA_TEST,
		barcodes, "NVNT", -400, 3300 },
};

static const struct {
	const char *country, *name;
	enum demo_csca key_of, by;
} authorities[SEAL_CSCA_COUNT] = {
	[SEAL_CSCA_AQ] = { "AQ", "Antarctica Passport Authority", SEAL_CSCA_AQ, SEAL_CSCA_AQ },
	/* one key with two certificates: its own, which is on no list, and a link from the newer key */
	[SEAL_CSCA_OLD] = { "AQ", "Antarctica Passport Authority", SEAL_CSCA_OLD, SEAL_CSCA_OLD },
	[SEAL_CSCA_LINK] = { "AQ", "Antarctica Passport Authority", SEAL_CSCA_OLD, SEAL_CSCA_AQ },
	[SEAL_CSCA_BV] = { "BV", "Bouvet Passport Authority", SEAL_CSCA_BV, SEAL_CSCA_BV },
	[SEAL_CSCA_TEST] = { "AQ", "Antarctica Passport Test", SEAL_CSCA_TEST, SEAL_CSCA_TEST },
};

static int
certify(struct demo *d, struct demo_key *k, const struct cert_request *r)
{
	struct span der;
	int error = cert_issue(r, d->arena, &der);

	if (error == 0)
		error = cert_from_der(der, &key_policy_default, &k->cert);
	return error == 0 && !k->cert ? -EINVAL : error;
}

/* A link's key is another's; its own place stays without one. */
static int
make_authority(struct demo *d, enum demo_csca i)
{
	struct demo_key *k = &d->seal_cscas[i], *key = &d->seal_cscas[authorities[i].key_of];
	const struct demo_key *by = &d->seal_cscas[authorities[i].by];
	struct cert_request r = { .country = authorities[i].country,
		.organisation = "Vidimus Demo",
		.common_name = authorities[i].name,
		.not_before = d->now - 1500 * (int64_t)DAY,
		.not_after = d->now + 3500 * (int64_t)DAY,
		.is_ca = true };
	int error = key == k ? private_new(PRIVATE_P384, &k->key) : 0;

	r.subject = key->key;
	if (by != k) {
		r.ca = by->cert;
		r.ca_key = by->key;
	}
	return error == 0 ? certify(d, k, &r) : error;
}

static int
make_signer(struct demo *d, enum demo_seal i)
{
	struct demo_key *k = &d->seals[i];
	bool alone = signers[i].csca == NOBODY;
	struct cert_request r = { .country = signers[i].country,
		.organisation = "Vidimus Demo",
		.common_name = "Health Seals",
		.not_before = d->now + signers[i].from_days * (int64_t)DAY,
		.not_after = d->now + signers[i].until_days * (int64_t)DAY,
		.eku = signers[i].eku,
		.document_types = signers[i].types,
		.ca = alone ? NULL : d->seal_cscas[signers[i].csca].cert,
		.ca_key = alone ? NULL : d->seal_cscas[signers[i].by].key };
	int error = demo_key_new(signers[i].kind, signers[i].alg, k);

	r.subject = k->key;
	k->signer.issuer = SPAN_LIT("ATA");
	return error == 0 ? certify(d, k, &r) : error;
}

int
seal_make_keys(struct demo *d)
{
	int r = 0;

	for (enum demo_csca i = 0; r == 0 && i < SEAL_CSCA_COUNT; i++)
		r = make_authority(d, i);
	for (enum demo_seal i = 0; r == 0 && i < SEAL_COUNT; i++)
		r = make_signer(d, i);
	return r;
}

void
seal_drop_keys(struct demo *d)
{
	for (enum demo_seal i = 0; i < SEAL_COUNT; i++)
		demo_key_drop(&d->seals[i]);
	for (enum demo_csca i = 0; i < SEAL_CSCA_COUNT; i++)
		demo_key_drop(&d->seal_cscas[i]);
}

int
seal_write_lists(struct demo *d, const char *folder)
{
	static const enum demo_csca trusted[] = { SEAL_CSCA_AQ, SEAL_CSCA_LINK };
	struct buf b = buf_in(d->arena, SIZE_MAX), test = buf_in(d->arena, SIZE_MAX);

	for (size_t i = 0; i < 2; i++)
		demo_pem(&b, "CERTIFICATE", cert_der(d->seal_cscas[trusted[i]].cert));
	demo_pem(&test, "CERTIFICATE", cert_der(d->seal_cscas[SEAL_CSCA_TEST].cert));
	int r = demo_write(d, folder, "csca.pem", buf_span(&b), 0644);
	return r != 0 ? r : demo_write(d, folder, "csca-test.pem", buf_span(&test), 0644);
}
