/* signer.c - one certificate of a list becomes a signer, once it has passed what the list claims of it.
 *
 * With authorities (CSCA) among the anchors it must come from one of its country;
 * with upload certificates the item's CMS must be by one of its country.
 */
#include "codecs/seal/cms.h"
#include "trust/chain.h"
#include "trust/source/list.h"

enum { KID_OCTETS = 8 };

/* Checked as of the day the signer was made: authorities may lapse before their signers do (shell model). */
static int
comes_from(const struct cert *c, const struct anchors *a, bool *good)
{
	enum chain_result result = CHAIN_BAD;

	*good = true;
	if (a->count == a->uploads)
		return 0;
	int r = chain_check(c, a->certs, a->count, cert_not_before(c), &result);
	*good = result == CHAIN_GOOD;
	return r;
}

static int
uploaded_by(const struct cert *c, const struct list_signer *s, const struct anchors *a, bool *good)
{
	enum cms_result result = CMS_BAD;

	*good = a->uploads == 0 || !s->with_cms;
	for (size_t i = 0; i < a->count && !*good; i++) {
		if (cert_is_ca(a->certs[i]) || !span_eq(cert_country(a->certs[i]), s->country))
			continue;
		int r = cms_verify(s->cms, cert_der(c), a->certs[i], NULL, &result);
		if (r != 0)
			return r;
		*good = result == CMS_VALID;
	}
	return 0;
}

static int
add(const struct cert *c, const struct list_signer *s, struct trust_builder *b)
{
	struct span hash = span_slice(cert_sha256(c), 0, KID_OCTETS);
	struct trust_item item = { .kid = s->kid.len ? s->kid : hash,
		.authority = s->country.len ? s->country : cert_country(c),
		.name = cert_subject(c),
		.cert = (struct cert *)(uintptr_t)c };

	if (s->hashed && s->kid.len && !span_eq(s->kid, hash)) {
		builder_skip(b);
		return 0;
	}
	item.usage = cert_usage(c, &item.usage_foreign);
	return builder_add(b, &item);
}

int
list_add_signer(const struct list_signer *s, const struct anchors *a, struct trust_builder *b)
{
	struct cert *c;
	bool chained = false, uploaded = false;
	int r = cert_from_der(s->der, &key_policy_default, &c);

	if (r != 0 || !c) {
		builder_skip(b);
		return r;
	}
	r = comes_from(c, a, &chained);
	if (r == 0 && chained)
		r = uploaded_by(c, s, a, &uploaded);
	if (r == 0 && uploaded)
		r = add(c, s, b);
	else
		builder_skip(b);
	cert_free(c);
	return r;
}
