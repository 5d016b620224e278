/* x5c.c - a community's word for a key: a certificate that names the issuer, from an authority that the operator
 * chose ("Key Resolution Algorithm", X.509).
 *
 * What stands at the end of x5c is the sender's claim and no anchor.  Published chains
 * are of lax form (basic constraints not critical), so the strict mode is off.
 */
#include "codecs/base/arena.h"
#include "trust/chain.h"
#include "trust/shc/shc.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

enum { CHAIN_CERTS = 8 };

static bool
is_uri(const GENERAL_NAME *n, struct span uri)
{
	if (n->type != GEN_URI)
		return false;
	const ASN1_STRING *s = n->d.uniformResourceIdentifier;
	return span_eq(
		uri, (struct span){ ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s) });
}

/* Any of its names: others may stand in front. */
static bool
names_uri(const struct cert *c, struct span uri)
{
	struct span der = cert_der(c);
	const unsigned char *at = der.ptr;
	X509 *x = der.len <= LONG_MAX ? d2i_X509(NULL, &at, (long)der.len) : NULL;
	GENERAL_NAMES *names = x ? X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL) : NULL;
	bool found = false;

	for (int i = 0; i < sk_GENERAL_NAME_num(names) && !found; i++)
		found = is_uri(sk_GENERAL_NAME_value(names, i), uri);
	GENERAL_NAMES_free(names);
	X509_free(x);
	ERR_clear_error();
	return found;
}

static int
read_chain(struct work *w, const struct node *x5c, struct cert **certs, size_t *count)
{
	int r = 0;

	*count = 0;
	for (const struct node *n = x5c ? x5c->child : NULL; n && r == 0; n = n->next) {
		struct span der = SPAN_NONE;
		if (*count == CHAIN_CERTS)
			return 0;
		r = list_base64(w, node_text(n), &der);
		if (r == 0)
			r = cert_from_der(der, &key_policy_default, &certs[*count]);
		if (r != 0 || !certs[*count])
			return r;
		(*count)++;
	}
	return r;
}

/* As of the day when it was made: cards outlive the certificate, and their authorities do not un-vouch by lapsing. */
static int
comes_from(struct cert *const *certs, size_t count, const struct anchors *a, bool *good)
{
	struct chain_path p = { .leaf = certs[0],
		.anchors = a->authorities.certs,
		.anchor_count = a->authorities.count,
		.between = &certs[1],
		.between_count = count - 1,
		.at = cert_not_before(certs[0]),
		.depth = CHAIN_CERTS,
		.flags = CHAIN_SIGNER | CHAIN_LAX };
	enum chain_result result = CHAIN_BAD;
	int r = chain_verify(&p, &result);

	*good = r == 0 && result == CHAIN_GOOD;
	return r;
}

int
shc_x5c(struct work *w, const struct node *jwk, const struct key *key, const struct shc_issuer *who,
	struct cert **leaf)
{
	const struct node *x5c = node_get(jwk, "x5c");
	struct cert *certs[CHAIN_CERTS];
	size_t count = 0;
	bool good = false;
	int r = read_chain(w, x5c, certs, &count);

	*leaf = NULL;
	/* one that can't be read, or too many, leaves the path short: no list of part of a chain */
	if (r == 0 && count > 0 && count == x5c->size && cert_key(certs[0]) &&
		span_eq(key_spki(cert_key(certs[0])), key_spki(key)) &&
		names_uri(certs[0], who->iss))
		r = comes_from(certs, count, who->anchors, &good);
	if (good)
		*leaf = cert_ref(certs[0]);
	for (size_t i = 0; i < count; i++)
		cert_free(certs[i]);
	return r;
}
