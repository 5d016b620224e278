/* cover.h - pieces of what a proof covers, for the files that put them together. */
#ifndef VC_COVER_H
#define VC_COVER_H

#include "codecs/vc/proof.h"

/* The digest with which a suite hashes: as strong as its key signs, before Data Integrity always SHA-256. */
enum digest cover_digest(const struct vc_proof *p);
/* Hash of the options, then of the document. */
int cover_hashes(struct work *w, const struct vc_proof *p, struct span options, struct span document, struct span *out);
/* What is signed: the hashes, under a JWS behind its header. */
int cover_signed(struct work *w, const struct vc_proof *p, struct span hashes, struct span *out);

/* rdf.c, selective.c: each by the statements of the two; signed_bytes stays empty where something was
 * reported. */
int cover_rdf(struct work *w, const struct vc_proof *p, const struct node *document, const struct node *options,
	      struct vc_covered *out);
int cover_selective(struct work *w, const struct vc_proof *p, const struct node *document, const struct node *options,
		    struct vc_covered *out);

#endif
