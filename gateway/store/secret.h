/* secret.h - the key under which sources are hashed: it lives beside the log, not in it. */
#ifndef STORE_SECRET_H
#define STORE_SECRET_H

#include "codecs/base/span.h"

enum { SECRET_LENGTH = 32 };

/* Reads the file, or makes it with mode 0600 where it is missing and may be made; two who make it at the same time
 * get the same key.  -EBADMSG: it is no key; -EACCES: others may read it. */
int secret_load(const char *path, bool make, uint8_t out[SECRET_LENGTH]);
/* HMAC-SHA256.  0 or -ENOMEM. */
int secret_hash(const uint8_t key[SECRET_LENGTH], struct span s, uint8_t out[32]);
int secret_random(void *p, size_t len); /* 0 or -EIO */
void secret_wipe(void *p, size_t len);

#endif
