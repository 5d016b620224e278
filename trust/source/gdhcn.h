/* gdhcn.h - DID documents of the WHO's Global Digital Health Certification Network (version 2): form and proof.
 *
 * Their proof covers RDF.  The documents have one fixed shape, so the canonical form (URDNA2015) is written
 * straight from it, without a JSON-LD processor: see docs/trust.md.  That holds only as long as nothing else
 * stands in them, so anything unknown refuses the document.
 */
#ifndef TRUST_SOURCE_GDHCN_H
#define TRUST_SOURCE_GDHCN_H

#include "trust/source/list.h"

/* One environment of the network: who publishes there, and under which name its proofs are made. */
struct gdhcn_network {
	const char *did;    /* "did:web:tng-cdn.who.int:": every DID of a document begins with it */
	const char *suffix; /* of its contexts: "", "-UAT", "-DEV" */
	const char *signer; /* verificationMethod of its proofs */
	enum trust_env env; /* of sources that may take them; ENV_COUNT: any, where it is nobody's but the operator's pin's */
};

struct gdhcn_document {
	const struct gdhcn_network *network;
	struct span                 id;
	const struct node          *methods; /* a list of maps (keys) and texts (references to other documents) */
	size_t                      references;
	int64_t                     created; /* as the proof says, which it covers */
	const struct node          *proof;
};

/* Whether the root is of the one shape that is known; else *fault says in one sentence what is not.  Nothing
 * of it has been proven then.  0, -ENOMEM, -ENOBUFS. */
int gdhcn_form(struct work *w, const struct node *root, struct gdhcn_document *out, const char **fault);
/* Both canonical texts, as N-Quads: of the document without its proof, and of the proof's options. */
int gdhcn_canonical(struct work *w, const struct gdhcn_document *d, struct span *document, struct span *options);
/* What the proof says, ready for key_verify; an ASN.1 signature is brought to r||s. */
int gdhcn_proof(struct work *w, const struct gdhcn_document *d, struct proof *out, const char **fault);

#endif
