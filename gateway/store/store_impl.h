/* store_impl.h - the store's insides; shared by the files of this folder and its tests. */
#ifndef STORE_STORE_IMPL_H
#define STORE_STORE_IMPL_H

#include "gateway/store/hand.h"
#include "gateway/store/log.h"
#include "gateway/store/secret.h"
#include "gateway/store/status.h"

enum { PATH_LENGTH = 4096 };

struct store {
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows, up to the next blank line */
	pthread_cond_t wake;
	struct job *first, **last;
	size_t waiting, max;
	bool closing;
	int state;
	struct store_status *status;

	struct log log; /* from here on: the thread's own */
	const struct db_kind *kind;
	int64_t look_at, retry_at; /* milliseconds of a clock that only goes forward */
	int refresh, wait;
	int hurry; /* groups that are not waited for */
	bool anew; /* something was forgotten: the snapshot must be read as a whole */
	uint8_t secret[SECRET_LENGTH];
	char where[PATH_LENGTH];
};

/* The job is the store's from then on; -EAGAIN: it is not. */
int         store_submit(struct store *s, struct job *j);
int         store_secret_find(const struct store_setup *setup, bool make, uint8_t out[SECRET_LENGTH]);
const char *store_because(int result); /* in words */

#endif
