/* claims.h - the claims of a card's payload; for this folder alone. */
#ifndef SHC_CLAIMS_H
#define SHC_CLAIMS_H

#include "codecs/shc/shc.h"

/* Reads issuer, dates, credential and revocation id of card->claims into the two; what is wrong is reported. */
void shc_claims(struct work *w, struct shc_card *card, struct credential *out);
/* https, a host that is no address, a path without query, fragment, dots or final slash. */
bool shc_is_issuer(struct span iss);

#endif
