/* key_binding.h - the key binding JWT of an SD-JWT (RFC 9901, 4.3): whoever shows it holds the key that its issuer named.
 */
#ifndef VC_DISCLOSE_KEY_BINDING_H
#define VC_DISCLOSE_KEY_BINDING_H

#include "codecs/credential.h"
#include "codecs/vc/disclose/sd_jwt.h"

struct key;

struct key_binding {
	const struct node *claims; /* iat, aud, nonce, sd_hash: each of its type */
	const struct key  *key;    /* cnf.jwk of the issuer's claims; given back with the arena.  Worth as much as they are */
	struct proof       proof;
	int64_t            issued;
};

/* Reads sd->binding, which is not empty; that it is of sd (sd_hash) is checked here, aud and nonce are the caller's.
 * What is wrong is reported on the running check (vc.key_binding, jws.*, json.*) and leaves *ok false.
 * 0, -ENOMEM, -ENOBUFS. */
int key_binding_read(struct work *w, const struct sd_jwt *sd, const struct node *issuer_claims,
		     struct key_binding *out, bool *ok);

#endif
