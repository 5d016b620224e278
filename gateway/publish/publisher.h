/* publisher.h - what others read to verify what we issue, ready to be sent: made and signed when keys or revocations
 * change, and again before it expires, on a thread of its own.
 *
 * Readers get a counted snapshot; nothing is signed for them, and the log is never asked.
 */
#ifndef PUBLISH_PUBLISHER_H
#define PUBLISH_PUBLISHER_H

#include "gateway/keys/keys.h"
#include "gateway/store/store.h"

struct arena;
struct publisher;
struct published;

/* One form of what stands at a path. */
struct published_item {
	struct span path;       /* "/.well-known/jwks.json" */
	const char *media_type;
	struct span text;
	struct span etag;       /* with its quotes: of the bytes */
	unsigned    max_age;    /* seconds for which it may be kept without asking again */
};

struct publisher_setup {
	struct keys  *keys;      /* outlive the publisher, like the log; their signers may be used from any thread */
	struct store *store;
	int64_t     (*clock)(void);
	unsigned      interval;  /* milliseconds between looks for changes; 0: 1000 */
};

enum { PUBLISHED_LIFE = 86400 /* seconds: of a list of status; signed anew at half of it */ };

/* Makes the first snapshot before it returns.  why: a static sentence, where the result is not 0. */
int  publisher_open(const struct publisher_setup *setup, const char **why, struct publisher **out);
void publisher_close(struct publisher *p); /* NULL is allowed */
void publisher_wake(struct publisher *p);  /* something has changed: look now.  Any thread */

struct published *publisher_current(struct publisher *p); /* with a reference of its own.  Any thread */
void              published_unref(struct published *s);   /* NULL is allowed */

/* A copy of what stands at that address of ours; false: nothing, or the address is another's.  Any thread. */
bool publisher_get(struct publisher *p, struct span url, struct arena *a, struct span *out);

/* The forms of a path, the one that is sent unasked first; after NULL the first, NULL at the end. */
const struct published_item *published_form(const struct published *s, struct span path,
		const struct published_item *after);
const struct published_item *published_at(const struct published *s, size_t index); /* NULL at the end */
int64_t published_when(const struct published *s); /* the time of its making */
int     published_fault(const struct published *s); /* what kept a newer one from being made; 0: nothing */

#endif
