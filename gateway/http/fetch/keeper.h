/* keeper.h - what is fetched for documents: asked once for all who wait, remembered, and handed out as a snapshot.
 *
 * Key sets and revocation lists go into a struct web that everybody shares; that there was no answer goes there, too,
 * and is forgotten sooner.  Files of health links belong to the wish that asked, and to nobody else: they are neither
 * joined nor remembered, and wiped with the wish.
 */
#ifndef FETCH_KEEPER_H
#define FETCH_KEEPER_H

#include "gateway/http/fetch/fetch.h"
#include "trust/web.h"

struct keeper;
struct wish;

struct keeper_setup {
	struct fetch_setup   fetch;
	const struct limits *limits; /* outlives the keeper */
};

int  keeper_new(const struct keeper_setup *setup, struct keeper **out); /* 0 or -errno */
void keeper_stop(struct keeper *k); /* every wish under way is told, and nothing more begins; NULL is allowed */
void keeper_free(struct keeper *k); /* stops it, too; wishes that were begun are freed before; NULL is allowed */

/* The current snapshot, with a reference of its own; *generation tells whether there is a newer one. */
struct web *keeper_web(struct keeper *k, unsigned *generation);
unsigned    keeper_generation(const struct keeper *k);
uint64_t    keeper_count(const struct keeper *k, enum fetch_outcome o); /* fetches that ended so */
size_t      keeper_waiting(const struct keeper *k);                     /* wishes under way */

/* What one request lacks, over all its rounds: what is lacking may in turn lead to more, a link to its files, they to
 * keys, keys to revocation lists. */
enum { WISH_NEEDS = 128, WISH_ROUNDS = 6, KEEPER_HELD = 8 };
int  wish_new(struct wish **out); /* 0 or -ENOMEM */
void wish_free(struct wish *w);   /* not while it is under way; wipes; NULL is allowed */
/* Copies it.  What was added before is not asked twice, whatever became of it.  0 or -ENOMEM. */
int  wish_add(struct wish *w, const struct need *n);
/* What became of its files so far.  Together they have at most link.memory bytes, those of all wishes KEEPER_HELD times
 * as many: past that a file is as if it could not be had.  Valid until wish_add or wish_free. */
size_t wish_items(const struct wish *w, const struct web_item **items);

/* Begins with what was added since the last time.  true: done(arg) is called once all of it has an answer, on the
 * keeper's thread or on this one, perhaps before this returns; it may not wait.  false: there is nothing to wait for. */
bool keeper_begin(struct keeper *k, struct wish *w, void (*done)(void *arg), void *arg);
/* The same, and waits. */
bool keeper_wait(struct keeper *k, struct wish *w);

#endif
