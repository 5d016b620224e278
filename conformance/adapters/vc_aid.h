/* vc_aid.h - what the adapters of W3C credentials share: trees from JSON, one proof verified without an engine. */
#ifndef CONFORMANCE_ADAPTERS_VC_AID_H
#define CONFORMANCE_ADAPTERS_VC_AID_H

#include "codecs/vc/proof.h"
#include "conformance/adapters/crypto.h"

/* A kit whose contexts include those that define every word, as examples use them; NULL: out of memory. */
struct kit *vc_test_kit(void);
/* The same as our tree, in the work's arena; NULL: we refuse it. */
const struct node *vc_tree(struct work *w, const json_t *json);
/* REASON_NONE: the proof of doc holds under k, or, with k NULL, under the key that its did:key method names.
 * *c: as far as it got. */
enum reason vc_verify(struct work *w, const struct node *doc, const struct node *proof, const struct key *k,
		      struct vc_covered *c);

#endif
