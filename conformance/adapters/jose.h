/* jose.h - what the two corpora of JOSE examples share: one case for each signature, key and ciphertext. */
#ifndef CONFORMANCE_ADAPTERS_JOSE_H
#define CONFORMANCE_ADAPTERS_JOSE_H

#include "conformance/adapters/crypto.h"

enum { JOSE_KEYS = 8 };

/* Keys that signatures may have been made with; owned by jose_keys_free. */
struct jose_keys {
	struct key *key[JOSE_KEYS];
	size_t      count;
};

/* Adds those of a JWK, an array of them or a set that can check signatures, private members left out. */
void jose_keys_add(struct work *w, const json_t *jwks, struct jose_keys *out);
void jose_keys_free(struct jose_keys *k);

/* Told as `id`: with one of our algorithms it verifies, and with no single character changed; with another it is
 * refused whatever the key. */
void jose_compact(struct suite *s, const char *id, struct span text, const struct jose_keys *keys);
/* The JSON serialisation is refused as it stands; each of its signatures that can stand in compact form is then put
 * into it and told as "id#n". */
void jose_json(struct suite *s, const char *id, struct span text, const json_t *root, const struct jose_keys *keys);
/* Public keys are loaded and their two thumbprints agree; private, symmetric and encryption keys are refused. */
void jose_jwk(struct suite *s, const char *id, const json_t *jwk);
/* A JWE of other algorithms than ours, refused by name. */
void jose_jwe(struct suite *s, const char *id, struct span text);

#endif
