/* part.h - what our own credentials, attestations and lists of status alike, share: members, and the sealing. */
#ifndef VC_EMIT_PART_H
#define VC_EMIT_PART_H

#include "codecs/base/buf.h"
#include "codecs/vc/seal.h"

/* `before` and the text in JSON; `before`, which opens a quote, the time and the quote behind it. */
void vc_put_text(struct buf *b, const char *before, struct span value);
void vc_put_time(struct buf *b, const char *before, int64_t t);

struct vc_part {
	enum vc_form form;  /* VC_JSON, VC_JOSE or VC_TOKEN */
	const char  *suite; /* VC_JSON */
	const char  *more;  /* VC_JSON: as of struct vc_recipe */
	struct span  id, issuer; /* as the document has them */
	int64_t      from, until;
	struct span  document; /* without proof */
};

/* Signed at `from` by the signer's kid; a token's registered claims say what its credential says (1.1, 6.3.1).
 * As vc_seal. */
int vc_part_seal(struct work *w, const struct vc_part *p, const struct signer *s, struct span *out);

#endif
