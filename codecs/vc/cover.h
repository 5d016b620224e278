/* cover.h - pieces of what a proof covers, for the files that put them together. */
#ifndef VC_COVER_H
#define VC_COVER_H

#include "codecs/vc/proof.h"

/* Hash of the options, then of the document, with the suite's digest. */
int cover_hashes(struct work *w, const struct vc_proof *p, struct span options, struct span document, struct span *out);
/* What is signed: the hashes, under a JWS behind its header. */
int cover_signed(struct work *w, const struct vc_proof *p, struct span hashes, struct span *out);

#endif
