/* ring.h - the gateway's own keys as the configuration names them. */
#ifndef CLI_KEYS_RING_H
#define CLI_KEYS_RING_H

#include "gateway/cli/cli.h"
#include "gateway/keys/make.h"
#include "gateway/keys/process/process.h"

enum ring_use {
	RING_PUBLIC, /* no passphrase is read */
	RING_SIGN,
	RING_CHANGE  /* with the lock; folder, index and passphrase are made where they are missing */
};

/* From [keys] and [issue] of s->config.  0, or an exit code after one line on stderr. */
int ring_open(struct session *s, enum ring_use use, struct keys **out);
/* The signer's process, for a gateway that has no thread yet; s outlives it.  0, or an exit code after one line on stderr. */
int ring_start(struct session *s, struct signer_process **out);
/* Whether every key that signs can be read.  0, or an exit code after one line on stderr. */
int ring_check(struct session *s);
/* What went wrong with keys, in words. */
const char *ring_error(int error);
/* A secret from a file that only its owner may read: its first line.  0 or -errno. */
int ring_secret(struct arena *a, const char *path, struct span *out);

#endif
