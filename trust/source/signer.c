/* signer.c - one certificate of a list becomes a signer, once it has passed what is asked of it. */
#include "codecs/seal/cms.h"
#include "trust/chain.h"
#include "trust/source/anchors.h"

enum { KID_OCTETS = 8 };

/* Checked as of the day the signer was made: authorities may lapse before their signers do (shell model). */
static int
comes_from(const struct candidate *c, const struct anchors *a, bool *good)
{
	enum chain_result result = CHAIN_BAD;
	const struct cert_list *l = &a->authorities;

	*good = !a->chain;
	if (*good)
		return 0;
	int r = chain_check(c->cert, l->certs, l->count, cert_not_before(c->cert), &result);
	*good = result == CHAIN_GOOD;
	return r;
}

static int
uploaded_by(const struct candidate *c, const struct anchors *a, bool *good)
{
	enum cms_result result = CMS_BAD;

	*good = !a->cms || !c->with_cms;
	for (size_t i = 0; i < a->uploaders.count && !*good; i++) {
		const struct cert *u = a->uploaders.certs[i];
		if (!span_eq(cert_country(u), cert_country(c->cert)))
			continue;
		int r = cms_verify(c->cms, cert_der(c->cert), u, NULL, &result);
		if (r != 0)
			return r;
		*good = result == CMS_VALID;
	}
	return 0;
}

static bool
same_country(const struct candidate *c, const struct anchors *a)
{
	struct span own = cert_country(c->cert);

	if (!a->chain && !a->cms)
		return true;
	return own.len > 0 && (c->country.len == 0 || span_eq(c->country, own));
}

static int
add(const struct candidate *c, const struct anchors *a, struct trust_builder *b)
{
	struct span hash = span_slice(cert_sha256(c->cert), 0, KID_OCTETS);
	struct trust_item item = { .kid = hash,
		.authority = c->country.len ? c->country : cert_country(c->cert),
		.name = cert_subject(c->cert),
		.cert = c->cert,
		.unchecked = a->chain && !a->cms && c->with_cms };

	item.usage = cert_usage(c->cert, &item.usage_foreign);
	return builder_add(b, &item);
}

int
signer_add(const struct candidate *c, const struct anchors *a, struct trust_builder *b)
{
	struct span hash = span_slice(cert_sha256(c->cert), 0, KID_OCTETS);
	bool chained = false, uploaded = false;
	int r = 0;

	if ((c->kid.len == 0 || span_eq(c->kid, hash)) && same_country(c, a))
		r = comes_from(c, a, &chained);
	if (r == 0 && chained)
		r = uploaded_by(c, a, &uploaded);
	if (r != 0)
		return r;
	if (uploaded)
		return add(c, a, b);
	builder_skip(b);
	return 0;
}

int
signer_add_der(
	struct span der, struct candidate *c, const struct anchors *a, struct trust_builder *b)
{
	struct cert *cert;
	int r = cert_from_der(der, &key_policy_default, &cert);

	if (r != 0)
		return r;
	if (!cert) {
		builder_skip(b);
		return 0;
	}
	c->cert = cert;
	r = signer_add(c, a, b);
	cert_free(cert);
	c->cert = NULL;
	return r;
}
