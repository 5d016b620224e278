/* shc_codes.h - for the validator's own cases: its codes as our reasons, cards made of unsigned content, links. */
#ifndef CONFORMANCE_ADAPTERS_SHC_CODES_H
#define CONFORMANCE_ADAPTERS_SHC_CODES_H

#include "conformance/adapters/shc.h"

/* Whether one of the codes that the validator gave has its counterpart in an answer (or, where it gave none, all cards
 * verified).  Not so: why, as text. */
bool shc_codes_agree(const json_t *facts, const struct shc_seen *seen, size_t count, char *why, size_t size);

/* A key of ours that speaks for whoever a payload names, and for an issuer of its own. */
struct shc_sealer;
struct shc_sealer *shc_sealer_new(struct suite *s); /* NULL on failure */
void               shc_sealer_free(struct shc_sealer *k); /* NULL is allowed */
/* A payload, or a bundle in a payload of ours, as a card.  Lives as long as the suite.  0 or -errno. */
int  shc_sealer_seal(struct shc_sealer *k, struct span text, bool payload, struct span *card);
/* A world that trusts the issuers sealed for. */
int  shc_sealer_publish(struct shc_sealer *k, struct shc_world *w);

/* What becomes of a link ("shlink"), its payload, its list of files or one of those, under a policy that fetches
 * everything; the first reason of its parts. */
enum reason shc_link_reason(struct suite *s, const char *artifact, struct span text, int64_t at);

#endif
