/* aid_gdhcn.h - DID documents of the WHO's network made of the world's keys, canonical by rules of its own. */
#ifndef TESTS_TRUST_AID_GDHCN_H
#define TESTS_TRUST_AID_GDHCN_H

#include "tests/trust/aid_trust.h"

struct did_key {
	const struct world_key *key;
	const char             *domain, *participant, *usage; /* without # */
};

struct did_document {
	const char           *env;  /* "", "-uat", "-dev" */
	const char           *path; /* NULL: "v2:trustlist" */
	const struct did_key *keys;
	size_t                count;
	const char           *reference; /* NULL: none */
	const char           *created;   /* NULL: a day before now */
	const struct world_key *by;
	bool                  plain; /* r||s, where the network writes ASN.1 */
};

/* The document with its proof, as text. */
struct span world_did(struct world *w, const struct did_document *d);
/* The N-Quads of the document and of its proof's options, as the tests understand them. */
struct span world_did_quads(struct world *w, const struct did_document *d);
struct span world_did_options(struct world *w, const struct did_document *d);
/* {"trustAnchorSignature", "certificateRawData"}. */
struct span world_countersigned(struct world *w, const struct world_key *k, const struct world_key *by);

#endif
