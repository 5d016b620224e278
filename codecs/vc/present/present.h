/* present.h - a presentation's own proof: that its holder made it, now, for this verifier (Data Integrity 1.0, 4.3).
 *
 * It vouches for nothing that the credentials inside say: each of those is verified on its own.
 */
#ifndef VC_PRESENT_PRESENT_H
#define VC_PRESENT_PRESENT_H

#include "codecs/credential.h"
#include "codecs/tree/node.h"

struct key;
struct work;

/* What the verifier asked for; ptr NULL: nothing. */
struct vc_asked {
	struct span challenge, domain;
};

struct vc_present {
	const struct node *doc;
	const char        *layer;
	bool               token; /* the input holds it; what is in it, vc_split tells */
	const struct key  *key;  /* of an SD-JWT's key binding, as the credential names it; NULL: it is to be found */
	struct span        did;  /* whose key made the proof */
	struct proof       proof; /* with what it covers */
	int64_t            created, expires; /* TIME_NONE where absent */
};

/* JSON with one proof made to authenticate, by the holder where one is named; a JWS, SD-JWT or COSE_Sign1 of a
 * presentation by its holder; or an SD-JWT of a credential with its key binding, doc then being the credential.  Faults are reported on the running
 * check and leave *ok false.  0, -ENOMEM, -ENOBUFS. */
int vc_present_read(struct work *w, struct span in, const struct vc_asked *asked, struct vc_present *out, bool *ok);

/* Whether a proof of doc was made for what was asked; reported (vc.challenge, vc.domain). */
bool vc_asked_met(struct work *w, const struct node *doc, const char *layer, const struct vc_asked *asked);

/* token.c: the same for all forms but JSON. */
int  vc_present_token(struct work *w, struct span in, const struct vc_asked *asked, struct vc_present *out, bool *ok);

#endif
