/* make.h - what changes the set of keys: for the command line alone.  Each change is on disk before it is told. */
#ifndef KEYS_MAKE_H
#define KEYS_MAKE_H

#include "gateway/keys/keys.h"

/* A folder (0700) with an empty index; what is there already stays, and *out is that.  The lock is held until
 * keys_close: -EBUSY, another process changes these keys.  Otherwise as keys_open. */
int keys_create(const char *dir, struct span passphrase, const struct keys_identity *who, struct keys **out);

struct key_request {
	enum key_purpose purpose;
	int64_t now, from; /* from: when it begins to sign; the present one then ends */
	int64_t use;       /* seconds that it signs; 0: as its purpose has it */
	struct span token; /* a PKCS#11 URI; empty: a file */
	bool generate;     /* of a token: make the key there; else it must be there */
};
/* Those of keys_signer and token.h; -ENOENT: the authority that certifies such keys has none that signs now; -ENOSPC: KEYS_MAX. */
int keys_new(struct keys *k, const struct key_request *r, const struct own_key **out);
/* A key for each purpose that has none that signs now; authorities first. */
int keys_new_all(struct keys *k, int64_t now, size_t *made);
/* Ends now; withdraw: for ever, and no longer published.  -ENOENT: there is no such key. */
int keys_retire(struct keys *k, struct span name, int64_t now, bool withdraw);

#endif
