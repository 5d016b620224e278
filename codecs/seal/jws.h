/* jws.h - compact JWS (RFC 7515, 3.1), read strictly: three parts, canonical base64url, nothing else. */
#ifndef SEAL_JWS_H
#define SEAL_JWS_H

#include "codecs/base/work.h"
#include "codecs/credential.h"
#include "codecs/tree/node.h"

struct jws {
	const struct node *header; /* a JSON object without "crit" */
	struct span        header_json, payload, signature; /* decoded */
	struct span        signing_input; /* the first two parts and the dot, as received */
	enum sig_alg       alg; /* SIG_UNKNOWN for everything that is not ours, "none" and HMAC included */
	struct span        kid; /* ptr NULL when absent */
};

/* Keys that a header brings along (jwk, jku, x5c, x5u) are never looked at.  Reports on the running
 * check (jws.*, encoding.base64url, json.*) and leaves *ok false.  0, -ENOMEM, -ENOBUFS. */
int jws_read(struct work *w, struct span text, struct jws *out, bool *ok);
/* Whether these bytes could be a compact JWS: base64url characters and exactly two dots. */
bool jws_looks_like(struct span text);
/* An ASN.1 SEQUENCE of two INTEGERs where r||s is due: the most frequent defect of issuers. */
bool jws_signature_is_der(struct span signature);
enum sig_alg jws_alg(struct span name);

#endif
