/* digest.h - SHA-2 with contexts kept per thread. */
#ifndef SEAL_DIGEST_H
#define SEAL_DIGEST_H

#include "codecs/base/span.h"

struct kit;

enum digest { DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512 };

/* out: 32, 48 or 64 bytes.  0 or -ENOMEM. */
int digest_of(struct kit *kit, enum digest which, struct span in, uint8_t *out);

#endif
