/* credential.h - what any scheme boils down to: signed bytes, two dates and a payload. */
#ifndef CODECS_CREDENTIAL_H
#define CODECS_CREDENTIAL_H

#include "codecs/base/span.h"

struct cert;
struct codec;
struct node;

/* SIG_NONE: the document states none, the trusted key alone decides. */
enum sig_alg {
	SIG_NONE, SIG_ES256, SIG_ES384, SIG_ES512, SIG_PS256, SIG_PS384, SIG_PS512, SIG_RS256, SIG_EDDSA,
	SIG_ES256K, /* secp256k1: only where a source of keys allows it by name */
	SIG_UNKNOWN, /* stated, but none of ours: no key fits it */
	SIG_COUNT
};

/* A set of algorithms: bit (1u << alg). */
#define SIG_BIT(alg) (1u << (alg))

/* Everything a document says about the key that signed it. */
struct key_hint {
	struct span issuer;      /* iss, DID or country code */
	struct span kid;         /* opaque bytes, 1 to 64; of W3C credentials a URL */
	struct span certificate; /* DER, when the document brings its own */
};

struct proof {
	enum sig_alg    alg;    /* as stated */
	unsigned        accept; /* the algorithms that the scheme allows at all, as SIG_BITs */
	bool            p384_es256; /* the policy's switch: ES256 (SHA-256) under a P-384 key, as some issuers did */
	struct key_hint hint;
	const struct cert *cert; /* hint.certificate, where the codec has read it */
	struct span     signed_bytes; /* exactly what the signature covers */
	struct span     signature;    /* as the scheme carries it: raw r||s, RSA octets, Ed25519 octets */
	const struct span *others;    /* what issuers of the scheme have signed in place of signed_bytes; as good */
	size_t             other_count;
};

#define TIME_NONE INT64_MIN

/* A moment to the nanosecond, where rounding would decide: of SMART Health Cards nbf and revocation times. */
struct moment {
	int64_t  seconds;     /* since 1970 UTC, rounded down; TIME_NONE: absent */
	uint32_t nanoseconds; /* 0 to 999,999,999; further digits are cut off */
	bool     more;        /* digits were cut off that are not all 0 */
};

/* Under which name its issuer can withdraw the document; what answers is trust data. */
enum status_kind {
	STATUS_CLAIM_NONE,
	STATUS_CLAIM_RID,  /* SMART Health Cards 1.4.0: rid under (iss, kid) */
	STATUS_CLAIM_LISTS, /* W3C credentials: lists that `node` names */
	STATUS_CLAIM_UCI /* EU DCC: hashes of the identifier, with a country or without, and of the signature */
};

struct status_claim {
	enum status_kind   kind;
	struct span        id;
	struct span        country; /* of UCI: the entry's; may be empty */
	struct moment      issued;
	const struct node *node; /* where it stands */
};

/* One layer that was unwrapped, outermost first; what `inspect` prints. */
struct layer {
	const char        *name;  /* "base45", "zlib", "cose", "cwt" */
	struct span        bytes; /* what was inside */
	const struct node *tree;  /* its reading, where it has one */
};

enum { CREDENTIAL_LAYERS = 8 };

struct credential {
	const struct codec *codec;
	const char         *scheme; /* "eu-dcc"; a container's sub-claim decides */
	struct layer        layers[CREDENTIAL_LAYERS];
	size_t              layer_count;
	struct proof       *proofs;
	size_t              proof_count; /* none: the signature check fails */
	int64_t             not_before, not_after; /* seconds since 1970 UTC; TIME_NONE where absent */
	struct place_of_dates {
		const struct node *not_before, *not_after;
		const char        *layer;
	} dates;
	struct status_claim status;
	const struct node  *payload; /* the scheme's own content */
	const void         *scheme_data; /* whatever the codec keeps from decode to check and normalise */
	unsigned            domains; /* of the WHO's network, whose keys may sign it: GDHCN_*; 0: the scheme knows none */
	unsigned            usage; /* what the entries need the key to allow: USAGE_* of trust.h; set by decode */
};

#endif
