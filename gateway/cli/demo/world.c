/* world.c - the keys of the demo world: authorities, their signers, and who keeps the lists. */
#include "gateway/cli/demo/demo.h"

#include <errno.h>

enum { DAY = 86400 };

enum { CSCA_AQ, CSCA_BV, CSCA_GS, NO_CSCA };

static const char *const ekus_test[] = { "1.3.6.1.4.1.1847.2021.1.1", NULL };
static const char *const ekus_all[] = { "1.3.6.1.4.1.0.1847.2021.1.1",
	"1.3.6.1.4.1.0.1847.2021.1.2", "1.3.6.1.4.1.0.1847.2021.1.3", NULL };
static const char *const ekus_foreign[] = { "1.3.6.1.5.5.7.3.2", NULL };

static const struct {
	const char *country, *name;
	enum private_kind kind;
	enum sig_alg alg;
	int csca;
	const char *const *eku;
	int from_days, until_days; /* from now */
} signers[SIGNER_COUNT] = {
	[SIGNER_AQ] = { "AQ", "Antarctica Signer 1", PRIVATE_P256, SIG_ES256, CSCA_AQ, ekus_all,
		-400, 330 },
	[SIGNER_AQ_RSA] = { "AQ", "Antarctica Signer 2", PRIVATE_RSA2048, SIG_PS256, CSCA_AQ, NULL,
		-400, 330 },
	[SIGNER_AQ_P384] = { "AQ", "Antarctica Signer 3", PRIVATE_P384, SIG_ES256, CSCA_AQ, NULL,
		-400, 330 },
	[SIGNER_AQ_TEST] = { "AQ", "Antarctica Laboratories", PRIVATE_P256, SIG_ES256, CSCA_AQ,
		ekus_test, -400, 330 },
	[SIGNER_AQ_EXPIRED] = { "AQ", "Antarctica Signer 0", PRIVATE_P256, SIG_ES256, CSCA_AQ, NULL,
		-900, -10 },
	[SIGNER_AQ_FUTURE] = { "AQ", "Antarctica Signer 4", PRIVATE_P256, SIG_ES256, CSCA_AQ, NULL,
		10, 700 },
	[SIGNER_AQ_WEAK] = { "AQ", "Antarctica Signer 5", PRIVATE_RSA1024, SIG_PS256, CSCA_AQ, NULL,
		-400, 330 },
	[SIGNER_AQ_FOREIGN] = { "AQ", "Antarctica Signer 6", PRIVATE_P256, SIG_ES256, CSCA_AQ,
		ekus_foreign, -400, 330 },
	[SIGNER_AQ_SHORT] = { "AQ", "Antarctica Signer 7", PRIVATE_P256, SIG_ES256, CSCA_AQ, NULL,
		-400, 60 },
	[SIGNER_BV] = { "BV", "Bouvet Signer", PRIVATE_P256, SIG_ES256, CSCA_BV, ekus_all, -400,
		330 },
	[SIGNER_HM] = { "HM", "Heard Signer", PRIVATE_P256, SIG_ES256, NO_CSCA, NULL, -400, 330 },
	[SIGNER_GS] = { "GS", "South Georgia Signer", PRIVATE_P256, SIG_ES256, CSCA_GS, ekus_all,
		-400, 330 },
	[SIGNER_TF] = { "TF", "Kerguelen Signer", PRIVATE_P256, SIG_ES256, NO_CSCA, ekus_all, -400,
		330 },
	[SIGNER_ACCEPTANCE] = { "AQ", "Antarctica Acceptance", PRIVATE_P256, SIG_ES256, NO_CSCA,
		NULL, -400, 330 },
	[SIGNER_STALE] = { "AQ", "Antarctica Old List", PRIVATE_P256, SIG_ES256, NO_CSCA, NULL,
		-400, 330 },
	[SIGNER_UNLISTED] = { "AQ", "Antarctica Impostor", PRIVATE_P256, SIG_ES256, CSCA_AQ, NULL,
		-400, 330 },
};

static const struct {
	const char *country, *name;
} authorities[] = {
	{ "AQ", "Antarctica CSCA" },
	{ "BV", "Bouvet Island CSCA" },
	{ "GS", "South Georgia CSCA" },
};

static int
certify(struct demo *d, struct demo_key *k, struct cert_request *r)
{
	struct span der;
	int error;

	r->organisation = "Demo World";
	r->subject = k->key;
	if ((error = cert_issue(r, d->arena, &der)) != 0)
		return error;
	error = cert_from_der(der, &key_policy_default, &k->cert);
	return error == 0 && !k->cert ? -EINVAL : error;
}

static int
make_authority(struct demo *d, struct demo_key *k, const char *country, const char *name)
{
	struct cert_request r = { .country = country,
		.common_name = name,
		.not_before = d->now - 1400 * (int64_t)DAY,
		.not_after = d->now + 1400 * (int64_t)DAY,
		.is_ca = true };
	int error = private_new(PRIVATE_P256, &k->key);

	return error != 0 ? error : certify(d, k, &r);
}

/* A key with a self-signed certificate that is no authority's: trust anchor, upload, list. */
static int
make_plain(struct demo *d, struct demo_key *k, const char *country, const char *name)
{
	struct cert_request r = { .country = country,
		.common_name = name,
		.not_before = d->now - 400 * (int64_t)DAY,
		.not_after = d->now + 1400 * (int64_t)DAY };
	int error = private_new(PRIVATE_P256, &k->key);

	return error != 0 ? error : certify(d, k, &r);
}

static int
make_signer(struct demo *d, enum demo_signer i)
{
	struct demo_key *k = &d->signers[i];
	struct demo_key *ca = signers[i].csca == NO_CSCA ? NULL : &d->csca[signers[i].csca];
	struct cert_request r = { .country = signers[i].country,
		.common_name = signers[i].name,
		.not_before = d->now + signers[i].from_days * (int64_t)DAY,
		.not_after = d->now + signers[i].until_days * (int64_t)DAY,
		.eku = signers[i].eku,
		.ca = ca ? ca->cert : NULL,
		.ca_key = ca ? ca->key : NULL };
	int error = private_new(signers[i].kind, &k->key);

	if (error == 0)
		error = certify(d, k, &r);
	if (error == 0)
		error = signer_over(k->key, signers[i].alg, &k->signer);
	if (error == 0)
		k->signer.kid = span_slice(cert_sha256(k->cert), 0, 8);
	return error;
}

int
demo_key_new(enum private_kind kind, enum sig_alg alg, struct demo_key *k)
{
	int r = private_new(kind, &k->key);

	return r == 0 ? signer_over(k->key, alg, &k->signer) : r;
}

int
dcc_make_keys(struct demo *d)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < 3; i++)
		r = make_authority(d, &d->csca[i], authorities[i].country, authorities[i].name);
	for (enum demo_signer i = 0; r == 0 && i < SIGNER_COUNT; i++)
		r = make_signer(d, i);
	if (r == 0)
		r = make_plain(d, &d->anchor, "GS", "Demo Trust Anchor");
	if (r == 0)
		r = make_plain(d, &d->upload, "GS", "South Georgia Upload");
	if (r == 0)
		r = make_plain(d, &d->list_key, "AQ", "Demo List Signer");
	if (r == 0)
		r = signer_over(d->list_key.key, SIG_ES256, &d->list_key.signer);
	return r;
}

void
demo_key_drop(struct demo_key *k)
{
	private_free(k->key);
	cert_free(k->cert);
}

void
dcc_drop_keys(struct demo *d)
{
	for (size_t i = 0; i < SIGNER_COUNT; i++)
		demo_key_drop(&d->signers[i]);
	for (size_t i = 0; i < 3; i++)
		demo_key_drop(&d->csca[i]);
	demo_key_drop(&d->upload);
	demo_key_drop(&d->anchor);
	demo_key_drop(&d->list_key);
}
