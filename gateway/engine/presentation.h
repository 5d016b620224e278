/* presentation.h - the holder's proof of a W3C presentation, judged; its credentials are judged by engine_verify. */
#ifndef ENGINE_PRESENTATION_H
#define ENGINE_PRESENTATION_H

#include "codecs/vc/present/present.h"
#include "gateway/engine/engine.h"

struct presentation {
	/* asked */
	struct span          input; /* JSON, a token, COSE_Sign1, or an SD-JWT with its key binding */
	struct vc_asked      asked;
	const struct trust  *trust;
	const struct policy *policy;
	/* found */
	struct vc_present    present;
};

/* Runs into w->report the checks that a holder's proof has (format to validity, and profile); the others pass, for a
 * holder is nobody whom lists name.  Keys are those of did:key, did:jwk, and of documents that are listed;
 * or the one that a credential names, of an SD-JWT: such a proof is worth nothing unless the same input passes
 * engine_verify.  The credentials of tokens are those of engine_split.  0, or a negative errno. */
int engine_presentation(struct work *w, struct presentation *p);

#endif
