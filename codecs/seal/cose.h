/* cose.h - COSE_Sign1 (RFC 9052, 4.2): the parts, the header parameters, the bytes that are signed. */
#ifndef SEAL_COSE_H
#define SEAL_COSE_H

#include "codecs/base/work.h"
#include "codecs/credential.h"
#include "codecs/tree/node.h"

struct cose {
	struct span        protected_bytes; /* as received; signed as they are */
	const struct node *protected_map, *unprotected_map; /* protected_map NULL when empty */
	struct span        payload, signature;
	size_t             payload_offset; /* in the layer */
	enum sig_alg       alg;  /* SIG_NONE when no header states it */
	struct span        kid;  /* protected first; ptr NULL when there is none */
	bool               kid_is_text; /* only from cose_sign1_read_text_kid */
};

/* Accepts no tag, 18, 61 and 61(18).  Reports on the running check (cbor.*, cose.*; notes for
 * parameters that stand unprotected or twice) and leaves *ok false; layer is "cose".  0, -ENOMEM, -ENOBUFS. */
int cose_sign1_read(struct work *w, struct span in, struct cose *out, bool *ok);
/* The same, but kid may be a text, as some issuers write it: the caller decides whether it may be here. */
int cose_sign1_read_text_kid(struct work *w, struct span in, struct cose *out, bool *ok);
/* Sig_structure "Signature1" (RFC 9052, 4.4).  An empty protected map is signed as received: h'' or h'a0'. */
int cose_sign1_tbs(struct work *w, const struct cose *c, struct span external_aad, struct span *out);
/* The algorithm of a COSE "alg" value; SIG_UNKNOWN for every other. */
enum sig_alg cose_alg(const struct node *n);
int64_t      cose_alg_number(enum sig_alg alg);

struct signer;
/* A signed, tagged (18) message: alg and kid protected, RFC 9052 section 4.4. */
int cose_sign1_write(struct work *w, const struct signer *s, struct span payload, struct span *out);

#endif
