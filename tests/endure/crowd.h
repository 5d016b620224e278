/* crowd.h - clients that ask for attestations all the time, and remember every one that they were given. */
#ifndef TESTS_ENDURE_CROWD_H
#define TESTS_ENDURE_CROWD_H

#include "tests/endure/world.h"

#include <pthread.h>

struct told {
	uint8_t id[STORE_ID];
	int64_t list, index; /* -1: the form has no place in a list */
};

enum { CROWD_MAX = 64, CROWD_TRIES = 1500 };

struct crowd {
	pthread_mutex_t lock; /* of all that follows */
	pthread_cond_t  wake;
	bool            pause, over;
	size_t          resting;
	struct told    *told;
	size_t          count, room;
	size_t          refused, tries, gave_up; /* answers other than 200, or none; askings again; those that never got it */
	int             status;                  /* of the last refusal with an answer */
	double          slowest;                 /* from first asking to 200 */

	const struct world *world; /* from here on never changed */
	int                 port;
	size_t              clients;
	pthread_t           threads[CROWD_MAX];
};

void   crowd_start(struct crowd *c, const struct world *w, int port, size_t clients);
void   crowd_end(struct crowd *c);
void   crowd_free(struct crowd *c);
void   crowd_pause(struct crowd *c); /* returns when nobody waits for an answer */
void   crowd_go(struct crowd *c);
size_t crowd_count(struct crowd *c); /* of attestations acknowledged */
size_t crowd_refused(struct crowd *c, int *status);
/* Reads what an answer of /v1/translate tells; false: it tells nothing. */
bool   told_read(const char *answer, struct told *out);

/* What was acknowledged since that one is in the log, at its place; the chain fits; no place was told twice. */
void   crowd_check(struct crowd *c, size_t since);
/* Of all of the log: places that two attestations have, asked of the database itself. */
long   places_used_twice(const struct world *w);

#endif
