/* chain.h - does this certificate come from that authority?  Path validation by RFC 5280, section 6.
 *
 * OpenSSL under its strict rules, security level 2, and checks of our own behind it.  Nothing is fetched: what
 * a path may hold is what the caller hands over.
 */
#ifndef TRUST_CHAIN_H
#define TRUST_CHAIN_H

#include "codecs/seal/cert.h"

enum chain_flag {
	CHAIN_COUNTRY = 1u << 0,       /* only anchors with the leaf's country (C of the subject) count */
	CHAIN_SIGNER = 1u << 1,        /* the leaf is a document signer: no authority; may sign where it names key usages */
	CHAIN_LEAF_UNLINKED = 1u << 2, /* a leaf without authority key identifier passes, as hcert_spec 1.0.5 has it */
	CHAIN_BRAINPOOL = 1u << 3,     /* brainpool curves count beside P-256, P-384 and P-521 */
	CHAIN_LAX = 1u << 5,           /* forms that RFC 5280 forbids pass: basic constraints not critical, no key identifiers */
	CHAIN_EXPLICIT = 1u << 6,      /* an anchor may spell out the parameters of a curve that counts, as passports' do */
	CHAIN_HISTORIC = 1u << 4       /* SHA-1, DSA, short keys, lax forms: for suites of that age, never for trust */
};

enum chain_result {
	CHAIN_GOOD,
	CHAIN_NO_ANCHOR, /* no authority among the anchors (of the leaf's country, where asked for) */
	CHAIN_BAD        /* there is one, but no valid path: names, signature, dates, key usage, constraints, CRLs */
};

/* The user's inputs of RFC 5280, 6.1.1 (c) to (g). */
struct chain_policies {
	const char *const *accepted; /* dotted OIDs, NULL ended; NULL: any policy */
	bool explicit_required, no_mapping, no_any;
};

enum { CHAIN_DEPTH_MAX = 16 };

struct chain_path {
	const struct cert    *leaf;
	struct cert *const   *anchors; /* those that are no authority (CA) are passed over */
	size_t                anchor_count;
	struct cert *const   *between; /* may stand between leaf and anchor; not trusted */
	size_t                between_count;
	const struct span    *crls; /* DER.  With any, each certificate of the path must be found good in one */
	size_t                crl_count;
	const struct chain_policies *policies; /* NULL: any */
	const char           *eku;  /* dotted OID that the leaf's extended key usage must hold, where it has one; NULL */
	int64_t               at;   /* the time for which all of the path must be valid */
	unsigned              depth; /* certificates between leaf and anchor at most */
	unsigned              flags;
};

/* 0 or -ENOMEM. */
int chain_verify(const struct chain_path *p, enum chain_result *out);

/* The one step of document signers: CSCA to DSC of one country, nothing between. */
int chain_check(const struct cert *leaf, struct cert *const *anchors, size_t count, int64_t at,
		enum chain_result *out);

#endif
