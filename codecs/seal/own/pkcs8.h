/* pkcs8.h - private keys at rest: PKCS#8 under a passphrase (RFC 5958; RFC 7914 scrypt, AES-256-CBC), as PEM. */
#ifndef SEAL_OWN_PKCS8_H
#define SEAL_OWN_PKCS8_H

#include "codecs/seal/signer_file.h"

/* What `openssl pkey` reads as well.  0, -ENOMEM, -ENOBUFS. */
int private_to_pkcs8(const struct private_key *k, struct span passphrase, struct arena *a, struct span *pem);
/* 0, -ENOMEM; -EKEYREJECTED: another passphrase, or damaged; -EINVAL: no encrypted PKCS#8, one whose key would be
 * guessed too easily (less than scrypt N 16384 or PBKDF2 with 100,000 rounds), or a key of no kind that signs here. */
int private_from_pkcs8(struct span pem, struct span passphrase, struct private_key **out);

#endif
