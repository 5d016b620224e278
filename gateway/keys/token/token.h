/* token.h - private keys that never leave a token: PKCS#11 (OASIS, 2.40), its module loaded when the first one is needed.
 *
 * A URI (RFC 7512) names a key: "pkcs11:token=gateway;object=dcc-1", with id=%01%02 where labels repeat; attributes of
 * the query are refused: module and PIN are the operator's, not the index's.
 */
#ifndef KEYS_TOKEN_TOKEN_H
#define KEYS_TOKEN_TOKEN_H

#include "codecs/seal/signer_file.h"

enum { TOKEN_NAME = 32, TOKEN_LABEL = 64, TOKEN_ID = 32, TOKEN_SPKI = 96 };

struct token_uri {
	char token[TOKEN_NAME + 1], object[TOKEN_LABEL + 1];
	uint8_t id[TOKEN_ID];
	size_t id_len; /* 0: not named */
};

/* -EINVAL: no such URI, or one without token and object. */
int token_uri_read(struct span text, struct token_uri *out);

struct token_module;

/* module: path of the library.  0; -ELIBACC: it cannot be loaded; -EIO: it will not start; -ENOMEM. */
int  token_load(const char *module, struct token_module **out);
void token_unload(struct token_module *m); /* NULL is allowed; after every token_close */

/* Of all that follow: -ENODEV: there is no such token; -ENOKEY: no such key in it; -EACCES: no PIN; -EKEYREJECTED: it is
 * wrong or locked; -ENOTSUP: the token can't do that; -EIO: it failed. */

/* Makes a key pair: private, sensitive, never to be extracted.  -EEXIST: an object of that name is there already. */
int token_generate(struct token_module *m, const struct token_uri *uri, struct span pin, enum private_kind kind);
/* The public part, as SubjectPublicKeyInfo, in the arena. */
int token_public(struct token_module *m, const struct token_uri *uri, struct span pin, enum private_kind kind,
		 struct arena *a, struct span *spki);
/* A signer over the private part; threads may share it, one signs at a time. */
int  token_open(struct token_module *m, const struct token_uri *uri, struct span pin, enum sig_alg alg, struct signer *out);
void token_close(struct signer *s);

#endif
