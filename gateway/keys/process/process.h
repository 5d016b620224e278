/* process.h - the signer as a process of its own, without network: it alone holds private parts.
 *
 * A keeper stands between: forked before the gateway has threads, it starts the signer, and starts it again when it ends.
 * Gateway and signer speak over socket pairs that outlive the signer: one request, one answer, a whole message each.
 * The gateway has the index alone (keys_open without passphrase).
 */
#ifndef KEYS_PROCESS_PROCESS_H
#define KEYS_PROCESS_PROCESS_H

#include "gateway/keys/keys.h"

struct signer_process;

struct signer_setup {
	/* Called in the signer alone, each time that it starts: its keys, with their passphrase.  0 or -errno. */
	int (*open)(void *arg, struct keys **out);
	void    *arg;
	int64_t (*clock)(void);  /* seconds since 1970: only keys that sign now do */
	unsigned channels;       /* that sign at the same time: 1 to SIGNER_CHANNELS */
	int      timeout;        /* milliseconds for one signature; 0: 2000 */
	void   (*tell)(const char *what, int status); /* that the signer ended, with its status of waitpid; in the keeper */
};

enum { SIGNER_CHANNELS = 32 };

/* To be called while there is one thread.  0 once the signer has read all its keys; else what its open or keys_unlock gave,
 * or -errno: then nothing is left running. */
int  signer_start(const struct signer_setup *s, struct signer_process **out);
/* The signer, keeper and all; NULL is allowed. */
void signer_stop(struct signer_process *p);
/* The signer reads its folder again: after keys were made or retired.  Requests under way are answered before. */
int  signer_reload(struct signer_process *p);

/* From now on keys_signer(k, ...) gives signers that ask the process, and any thread may use them; -EAGAIN when it is
 * gone, or silent for too long; -EPERM for keys that do not sign now.  p outlives k. */
void keys_attach(struct keys *k, struct signer_process *p);

#endif
