/* thumbprint.c - RFC 7638: the required members in order, without blanks, hashed.
 *
 * Of a JWK the texts stand as received; of a key they are made anew from its
 * numbers.  Both end in one function, so that the two can't disagree about form.
 */
#include "codecs/seal/thumbprint.h"

#include "codecs/base/text.h"
#include "codecs/seal/key_impl.h"
#include "codecs/tree/node.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/err.h>

enum { MEMBERS = 4, MODULUS_OCTETS = 16384 / 8 };

/* In the order of their names, as section 3.3 wants it. */
static const struct rule {
	const char *kty, *members[MEMBERS];
} rules[] = {
	{ "EC", { "crv", "kty", "x", "y" } },
	{ "RSA", { "e", "kty", "n" } },
	{ "OKP", { "crv", "kty", "x" } },
	{ "oct", { "k", "kty" } },
};

static const struct rule *
rule_for(struct span kty)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (span_is(kty, rules[i].kty))
			return &rules[i];
	return NULL;
}

static int
hash(struct work *w, const struct rule *rule, const struct span values[MEMBERS], struct span *out)
{
	struct buf json = buf_in(w->arena, w->limits->input_document),
		   text = buf_in(w->arena, THUMBPRINT_LENGTH);
	uint8_t digest[32];

	for (size_t i = 0; i < MEMBERS && rule->members[i]; i++) {
		buf_char(&json, i == 0 ? '{' : ',');
		buf_json(&json, span_of(rule->members[i]));
		buf_char(&json, ':');
		buf_json(&json, values[i]);
	}
	buf_char(&json, '}');
	if (json.error)
		return json.error;
	int r = digest_of(w->kit, DIGEST_SHA256, buf_span(&json), digest);
	if (r != 0)
		return r;
	base64url_encode(&text, (struct span){ digest, sizeof(digest) });
	if (text.error)
		return text.error;
	*out = buf_span(&text);
	return 0;
}

int
thumbprint_of_jwk(struct work *w, const struct node *jwk, struct span *out)
{
	const struct rule *rule = rule_for(node_text(node_get(jwk, "kty")));
	struct span values[MEMBERS] = { 0 };

	for (size_t i = 0; rule && i < MEMBERS && rule->members[i]; i++) {
		values[i] = node_text(node_get(jwk, rule->members[i]));
		if (!values[i].ptr)
			rule = NULL;
	}
	if (rule)
		return hash(w, rule, values, out);
	*out = SPAN_NONE;
	return 0;
}

/* A number of the key in base64url: of so many octets, or (0) of as many as it takes. */
static int
number(struct work *w, const struct key *k, const char *name, size_t octets, struct span *out)
{
	uint8_t bytes[MODULUS_OCTETS];
	struct buf text = buf_in(w->arena, sizeof(bytes) * 2);
	BIGNUM *n = NULL;

	if (EVP_PKEY_get_bn_param(k->pkey, name, &n) != 1) {
		ERR_clear_error();
		return -ENOMEM;
	}
	size_t len = octets ? octets : (size_t)BN_num_bytes(n);
	int r = len <= sizeof(bytes) && BN_bn2binpad(n, bytes, (int)len) == (int)len ? 0 : -ENOMEM;
	BN_free(n);
	if (r != 0)
		return r;
	base64url_encode(&text, (struct span){ bytes, len });
	*out = buf_span(&text);
	return text.error;
}

static int
values_of_ec(struct work *w, const struct key *k, struct span values[MEMBERS])
{
	values[0] = span_of(k->type->curve);
	int r = number(w, k, OSSL_PKEY_PARAM_EC_PUB_X, k->type->coordinate, &values[2]);

	return r ? r : number(w, k, OSSL_PKEY_PARAM_EC_PUB_Y, k->type->coordinate, &values[3]);
}

static int
values_of_rsa(struct work *w, const struct key *k, struct span values[MEMBERS])
{
	int r = number(w, k, OSSL_PKEY_PARAM_RSA_E, 0, &values[0]);

	return r ? r : number(w, k, OSSL_PKEY_PARAM_RSA_N, 0, &values[2]);
}

static int
values_of_ed25519(struct work *w, const struct key *k, struct span values[MEMBERS])
{
	struct buf text = buf_in(w->arena, THUMBPRINT_LENGTH);

	base64url_encode(&text, (struct span){ k->ed25519, sizeof(k->ed25519) });
	values[0] = SPAN_LIT("Ed25519");
	values[2] = buf_span(&text);
	return text.error;
}

int
thumbprint_of_key(struct work *w, const struct key *k, struct span *out)
{
	struct span values[MEMBERS] = { 0 };
	int r;

	if (k->type->curve) {
		values[1] = SPAN_LIT("EC");
		r = values_of_ec(w, k, values);
	} else if (k->type == &key_type_rsa) {
		values[1] = SPAN_LIT("RSA");
		r = values_of_rsa(w, k, values);
	} else {
		values[1] = SPAN_LIT("OKP");
		r = values_of_ed25519(w, k, values);
	}
	return r ? r : hash(w, rule_for(values[1]), values, out);
}
