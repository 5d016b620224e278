/* chain_rules.c - the rules of RFC 5280 and of our own key policy that OpenSSL's strict mode leaves out.
 *
 * Each is one small function over the finished path; the table at the end runs all.
 */
#include "trust/chain_rules.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>

enum { RSA_BITS_MIN = 2048, RSA_BITS_MAX = 8192 };

static bool
known_curve(EVP_PKEY *key, bool brainpool)
{
	static const char *const nist[] = { "prime256v1", "secp384r1", "secp521r1" };
	static const char *const german[] = { "brainpoolP256r1", "brainpoolP384r1",
		"brainpoolP512r1", "brainpoolP256t1", "brainpoolP384t1", "brainpoolP512t1" };
	char name[64];
	size_t len;

	if (EVP_PKEY_get_group_name(key, name, sizeof(name), &len) != 1)
		return false;
	for (size_t i = 0; i < sizeof(nist) / sizeof(nist[0]); i++)
		if (strcmp(name, nist[i]) == 0)
			return true;
	for (size_t i = 0; brainpool && i < sizeof(german) / sizeof(german[0]); i++)
		if (strcmp(name, german[i]) == 0)
			return true;
	return false;
}

/* OpenSSL's levels count bits of strength only; here kinds of keys count as well. */
static bool
known_key(const struct chain_path *p, X509 *x)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	int bits = key ? EVP_PKEY_get_bits(key) : 0;

	switch (key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE) {
	case EVP_PKEY_RSA:
	case EVP_PKEY_RSA_PSS:
		return bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX;
	case EVP_PKEY_EC:
		return known_curve(key, (p->flags & CHAIN_BRAINPOOL) != 0);
	case EVP_PKEY_ED25519:
		return true;
	default:
		return false;
	}
}

static bool
keys(const struct chain_path *p, STACK_OF(X509) * chain, STACK_OF(X509_CRL) * crls)
{
	(void)crls;
	for (int i = 0; i < sk_X509_num(chain); i++)
		if (!known_key(p, sk_X509_value(chain, i)))
			return false;
	return true;
}

/* RFC 5280, 4.2.1.11: policy constraints must be critical. */
static bool
policy_constraints(const struct chain_path *p, STACK_OF(X509) * chain, STACK_OF(X509_CRL) * crls)
{
	(void)p;
	(void)crls;
	for (int i = 0; i < sk_X509_num(chain); i++) {
		const X509 *x = sk_X509_value(chain, i);
		int at = X509_get_ext_by_NID(x, NID_policy_constraints, -1);
		if (at >= 0 && !X509_EXTENSION_get_critical(X509_get_ext(x, at)))
			return false;
	}
	return true;
}

/* RFC 5280, 5.2.3: a CRL carries its number. */
static bool
crl_numbers(const struct chain_path *p, STACK_OF(X509) * chain, STACK_OF(X509_CRL) * crls)
{
	(void)p;
	(void)chain;
	for (int i = 0; i < sk_X509_CRL_num(crls); i++)
		if (X509_CRL_get_ext_by_NID(sk_X509_CRL_value(crls, i), NID_crl_number, -1) < 0)
			return false;
	return true;
}

static bool
has_wildcard(X509 *leaf)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
	bool found = false;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *n = sk_GENERAL_NAME_value(names, i);
		if (n->type != GEN_DNS || ASN1_STRING_length(n->d.dNSName) == 0)
			continue;
		found = found || ASN1_STRING_get0_data(n->d.dNSName)[0] == '*';
	}
	GENERAL_NAMES_free(names);
	return found;
}

/* CVE-2025-61727: a wildcard may stand for a name that an authority above was forbidden to certify. */
static bool
wildcards(const struct chain_path *p, STACK_OF(X509) * chain, STACK_OF(X509_CRL) * crls)
{
	(void)p;
	(void)crls;
	if (!has_wildcard(sk_X509_value(chain, 0)))
		return true;
	for (int i = 1; i < sk_X509_num(chain); i++)
		if (X509_get_ext_by_NID(sk_X509_value(chain, i), NID_name_constraints, -1) >= 0)
			return false;
	return true;
}

/* A signer signs documents: it is no authority itself, and where it names key usages, signing is one. */
static bool
signer(const struct chain_path *p, STACK_OF(X509) * chain, STACK_OF(X509_CRL) * crls)
{
	X509 *leaf = sk_X509_value(chain, 0);
	uint32_t usage = X509_get_key_usage(leaf);

	(void)crls;
	if (!(p->flags & CHAIN_SIGNER))
		return true;
	return X509_check_ca(leaf) == 0 && (usage == UINT32_MAX || (usage & KU_DIGITAL_SIGNATURE));
}

/* RFC 5280, 4.2.1.12: an extended key usage holds at least one purpose, and where one is asked for, that. */
static bool
purposes(const struct chain_path *p, STACK_OF(X509) * chain, STACK_OF(X509_CRL) * crls)
{
	X509 *leaf = sk_X509_value(chain, 0);
	EXTENDED_KEY_USAGE *eku;
	bool ok;

	(void)crls;
	if (X509_get_ext_by_NID(leaf, NID_ext_key_usage, -1) < 0)
		return true;
	eku = X509_get_ext_d2i(leaf, NID_ext_key_usage, NULL, NULL);
	ok = sk_ASN1_OBJECT_num(eku) > 0 && !p->eku;
	for (int i = 0; !ok && i < sk_ASN1_OBJECT_num(eku); i++) {
		char oid[80];
		int len = OBJ_obj2txt(oid, sizeof(oid), sk_ASN1_OBJECT_value(eku, i), 1);
		ok = len > 0 && (size_t)len < sizeof(oid) && strcmp(oid, p->eku) == 0;
	}
	sk_ASN1_OBJECT_pop_free(eku, ASN1_OBJECT_free);
	return ok;
}

bool
chain_rules(const struct chain_path *p, STACK_OF(X509) * chain, STACK_OF(X509_CRL) * crls)
{
	static bool (*const rules[])(
		const struct chain_path *, STACK_OF(X509) *, STACK_OF(X509_CRL) *) = {
		keys,
		policy_constraints,
		crl_numbers,
		wildcards,
		signer,
		purposes,
	};

	if (p->flags & CHAIN_HISTORIC)
		return true;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (!rules[i](p, chain, crls))
			return false;
	return true;
}
