/* process_impl.h - the gateway's side of the signer's process. */
#ifndef KEYS_PROCESS_PROCESS_IMPL_H
#define KEYS_PROCESS_PROCESS_IMPL_H

#include "gateway/keys/process/wire.h"

#include <pthread.h>
#include <sys/types.h>

enum { SIGNER_PATIENCE = 500 }; /* milliseconds, after which the same is asked again */

struct signer_channel {
	int fd;
	uint32_t id; /* of the newest request: an answer to an older one came too late */
};

struct signer_process {
	pid_t keeper;
	int timeout; /* milliseconds */
	unsigned count, free_count;
	struct signer_channel channels[SIGNER_CHANNELS];
	unsigned free[SIGNER_CHANNELS];
	pthread_mutex_t lock;
	pthread_cond_t freed;
};

#endif
