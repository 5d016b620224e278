/* sd_jwt.h - SD-JWT (RFC 9901): a signed token of whose content its holder shows what he likes.
 *
 * The issuer signed digests in place of members and of elements of lists; what the holder shows stands behind the
 * token, a tilde behind each: <JWS>~<disclosure>~...~<key binding JWS, or nothing>.
 */
#ifndef VC_DISCLOSE_SD_JWT_H
#define VC_DISCLOSE_SD_JWT_H

#include "codecs/base/work.h"
#include "codecs/tree/node.h"

/* Its parts, each of `text`. */
struct sd_jwt {
	struct span text;
	struct span token;       /* the issuer's JWS */
	struct span disclosures; /* with their tildes; empty: nothing is disclosed */
	struct span shown;       /* the two with the tilde between them: what sd_hash covers (4.3.1) */
	struct span binding;     /* the holder's JWS; empty: none */
};

/* Whether these bytes could be one: a JWS up to a tilde, then nothing but base64url, tildes and dots. */
bool sd_jwt_looks_like(struct span text);
/* text is one that looks like it. */
void sd_jwt_cut(struct span text, struct sd_jwt *out);

/* payload, an object, as verifiers process it (7.1, step 3): digests replaced by what was disclosed for them, those of
 * what was withheld left out.  Strict: every disclosure is used exactly once, no digest stands twice, no name is
 * reserved, taken, or of a claim on which validity depends (9.7).  Faults are reported on the running check
 * (vc.sd_*, encoding.base64url, json.*, vc.disclosures).  Nodes that were disclosed have no offset.
 * 0, -ENOMEM, -ENOBUFS. */
int sd_jwt_unfold(struct work *w, const struct sd_jwt *sd, const struct node *payload, const char *layer,
		  const struct node **out);

#endif
