/* key.h - a public key, and the one place where a signature is checked. */
#ifndef SEAL_KEY_H
#define SEAL_KEY_H

#include "codecs/base/report.h"
#include "codecs/credential.h"

struct kit;
struct key; /* immutable once made, so shared freely between threads */

/* Decided when trust data is loaded, never on the request path. */
struct key_policy {
	unsigned rsa_min_bits, rsa_max_bits; /* 2048 and 8192; the odd public exponent is at least 65537 */
	unsigned algs; /* SIG_BITs that keys of this source may be used for; 0: what fits the key, but RS256 and ES256K */
};

extern const struct key_policy key_policy_default;

/* Each gives a key in *out, or NULL and in *why the reason in the terms of reasons.def (KEY_* below).
 * Returns 0 or -ENOMEM. */
enum key_fault {
	KEY_OK, KEY_MALFORMED, KEY_UNSUPPORTED, KEY_WEAK, KEY_NOT_ON_CURVE, KEY_ALG_CONFLICT,
	KEY_UNTYPED, KEY_MISNAMED /* SMART Health Cards: no use or alg; a kid that is not its thumbprint */
};

int key_from_spki(struct span der, const struct key_policy *p, struct key **out, enum key_fault *why);
/* RFC 7517/7518/8037; members "alg", "use", "key_ops" restrict; private members and oct are refused. */
struct node;
int key_from_jwk(const struct node *jwk, const struct key_policy *p, struct key **out, enum key_fault *why);
/* From numbers in big endian, as some lists carry them.  crv: "P-256", "P-384", "P-521", "secp256k1". */
int key_from_rsa(struct span n, struct span e, const struct key_policy *p, struct key **out, enum key_fault *why);
int key_from_ec(const char *crv, struct span x, struct span y, const struct key_policy *p, struct key **out,
		enum key_fault *why);
/* A point in its compressed form (SEC 1, 2.3.3), and no other; the raw octets of an Ed25519 key. */
int key_from_point(const char *crv, struct span point, const struct key_policy *p, struct key **out,
		   enum key_fault *why);
int key_from_ed25519(struct span raw, const struct key_policy *p, struct key **out, enum key_fault *why);
/* RSAPublicKey (PKCS#1, RFC 8017 A.1.1) in DER. */
int key_from_pkcs1(struct span der, const struct key_policy *p, struct key **out, enum key_fault *why);
struct key *key_ref(const struct key *k);
void        key_free(struct key *k); /* counted; NULL is allowed */

unsigned    key_algs(const struct key *k);        /* SIG_BITs it may be used for */
const char *key_type(const struct key *k);        /* "EC P-256", "RSA-2048", "Ed25519" */
struct span key_spki(const struct key *k);        /* DER, owned by the key */
const char *key_fault_text(enum key_fault fault); /* one plain sentence */
const char *sig_alg_name(enum sig_alg alg);       /* "ES256" */

enum { SIG_HALF_MAX = 66, SIG_DER_MAX = 2 * (SIG_HALF_MAX + 3) + 4 };
/* r||s, two halves of 1 to SIG_HALF_MAX octets, as SEQUENCE of two INTEGERs (X.690): how many of the SIG_DER_MAX octets
 * at out it takes. */
size_t sig_der(struct span raw, uint8_t *out);

enum key_result {
	KEY_VALID,          /* the only one that means yes */
	KEY_ALG_REFUSED,    /* stated algorithm and key do not fit, or the scheme does not allow it */
	KEY_SIG_MALFORMED,  /* wrong length for this key */
	KEY_MISMATCH
};

/* Checks p->signature over p->signed_bytes.  The algorithm is the key's; the stated one must be the
 * same (SIG_NONE: the key alone decides) and in p->accept.  *out is set only when 0 is returned. */
int key_verify(const struct key *k, const struct proof *p, struct kit *kit, enum key_result *out);

#endif
