/* keyring.h - keys of the runner's own for every form that is written, and the trust that knows them: fresh, in memory,
 * gone with the run.  What is attested with them proves nothing to anybody else.
 */
#ifndef TRANSLATE_KEYRING_H
#define TRANSLATE_KEYRING_H

#include "codecs/emit.h"
#include "trust/trust.h"

struct keyring; /* immutable once made */

/* NULL: there is no memory. */
struct keyring *keyring_new(void);
void            keyring_free(struct keyring *k); /* NULL is allowed */

/* As whom a form is written, and how it is read again. */
struct keyring_key {
	const struct signer *signer;
	struct emit_issuer   issuer;
};
/* False: the ring has no key of the target's purpose. */
bool                keyring_key(const struct keyring *k, const struct target *t, struct keyring_key *out);
/* Of the key of forms without an expiry (icao): a certificate in the arena that ends then.  0, or a negative errno. */
int                 keyring_certify(const struct keyring *k, int64_t until, struct arena *a, struct span *der);
const struct trust *keyring_trust(const struct keyring *k); /* of ENV_DEMO */

#endif
