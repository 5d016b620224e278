/* chain.h - does this signer certificate come from that authority?  One step, CSCA to DSC, by RFC 5280. */
#ifndef TRUST_CHAIN_H
#define TRUST_CHAIN_H

#include "codecs/seal/cert.h"

enum chain_result {
	CHAIN_GOOD,
	CHAIN_NO_ANCHOR,  /* no authority of the same country that fits by name and key identifier */
	CHAIN_BAD         /* one fits, but the path is not valid: signature, dates, key usage, constraints */
};

/* `at`: the time for which both must be valid.  Anchors that are no CA certificates are passed over. 0 or -ENOMEM. */
int chain_check(const struct cert *leaf, struct cert *const *anchors, size_t count, int64_t at,
		enum chain_result *out);

#endif
