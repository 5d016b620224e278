/* store.h - the log of what was issued and revoked: durable before it is told, hash-chained, without a personal datum.
 *
 * One thread owns the log (an SQLite file, or PostgreSQL for several gateways) and does all that waits for it in one
 * transaction (docs/adr/0009).  Functions that take `done` return at once: 0, and done(arg, result) is called exactly
 * once, from the store's thread; or -EAGAIN where the queue is full (503), -EINVAL, -ENOMEM, and done is never called.
 *
 * Results: 0; -ENOSPC the disk is full (507); -EHOSTUNREACH, -EBUSY, -EIO the log can't be reached, is held by
 * another, has failed (503: what was asked may still have been done, but nobody may rely on it); -EBADMSG the chain is
 * broken; -EROFS, -EACCES the log can't be written; -EKEYREJECTED it belongs to another secret; -EEXIST, -ENOENT as told below; -ENOMEM.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "codecs/base/span.h"

#include <pthread.h>

enum { STORE_ID = 16, STORE_SCHEME = 32, STORE_KID = 512, STORE_FAMILY = 128, STORE_HASH = 32,
       STORE_LIST_BITS = 131072, STORE_LEASE = 256 };

struct store;

struct store_setup {
	const char *path;    /* of the SQLite file; made, with its folder, where it is missing */
	const char *url;     /* postgresql://...; NULL: path counts */
	const char *secret;  /* file of the key of store_source_hash, made where it is missing; NULL: path and ".key" */
	size_t      queue;   /* jobs that may wait; 0: 1024 */
	int         refresh; /* seconds between looks for what other gateways revoked; 0: 2 */
};

/* Reads and checks the end of the log.  A PostgreSQL that can't be reached is no fault: it is asked again and again.
 * why: a static sentence, where the result is not 0. */
int  store_open(const struct store_setup *setup, const char **why, struct store **out);
void store_close(struct store *s); /* does what was submitted; NULL is allowed */
int  store_state(struct store *s); /* 0, or what keeps it from issuing, as of the last try */

typedef void store_done(void *arg, int result);

/* What is known of an attestation.  Times are seconds since 1970 UTC. */
struct issued {
	uint8_t     id[STORE_ID];         /* random: it is what revokes it */
	int64_t     at, until;            /* until 0 or less: it has no end */
	const char *source_scheme, *scheme; /* of what was verified, of what was made; 1 to 32 bytes */
	struct span kid;                  /* of our key; at most STORE_KID */
	uint8_t     source[STORE_HASH];   /* store_source_hash */
	int64_t     status_list, status_index; /* -1: none */
};

/* HMAC-SHA256 of the source's bytes under the store's secret.  Any thread.  0 or -ENOMEM. */
int store_source_hash(const struct store *s, struct span source, uint8_t out[STORE_HASH]);
/* -EEXIST: the id or the place in the status list is in use already. */
int store_append(struct store *s, const struct issued *i, store_done *done, void *arg);
/* reason: as of RFC 5280, 5.3.1.  Revoking twice is no fault.  -ENOENT: nobody issued that here, or it was forgotten. */
int store_revoke(struct store *s, const uint8_t id[STORE_ID], unsigned reason, int64_t at, store_done *done, void *arg);

struct store_found {
	bool    revoked;
	int64_t at, until, status_list, status_index;
	char    scheme[STORE_SCHEME + 1];
};
/* Fills *out before done; -ENOENT as above. */
int store_find(struct store *s, const uint8_t id[STORE_ID], struct store_found *out, store_done *done, void *arg);
/* Attestations that ended before that time lose id, source hash and all else but hash and place; the chain still
 * holds.  A block at a time: -EAGAIN as result: there is more. */
int store_forget(struct store *s, int64_t before, store_done *done, void *arg);

/* Places in status lists.  A family has lists of its own: one a scheme, purpose and key ("vc/revocation/KID").  Blocks
 * of indices are leased durably and handed out from memory: no index is ever given twice, and those of a process
 * that ended are never used. */
struct store_place { int64_t list, index; };
struct store_lease { int64_t list, first; size_t count; };

/* The next, in random order within a block.  Any thread, never waits.  -EAGAIN: none is at hand; store_lease, then again. */
int store_index(struct store *s, struct span family, struct store_place *out);
/* out NULL: the block goes to store_index (joined with others under way; count is not looked at).  Else it is the
 * caller's: 1 to STORE_LIST_BITS indices of one list, filled before done. */
int store_lease(struct store *s, struct span family, size_t count, struct store_lease *out, store_done *done, void *arg);

/* For callers that wait: store_wait_begin(&w); r = store_wait_end(&w, store_append(s, i, store_wait_done, &w)); */
struct store_wait { pthread_mutex_t lock; pthread_cond_t over; bool done; int result; };
void store_wait_begin(struct store_wait *w);
void store_wait_done(void *wait, int result);
int  store_wait_end(struct store_wait *w, int submitted);

/* What is revoked and which lists there are: a counted snapshot, always newer than any done that was called.  Reading
 * it never touches the log.  store_status_version grows with each change. */
struct store_status;
struct store_status *store_status(struct store *s);
void                 store_status_unref(struct store_status *t); /* NULL is allowed */
int64_t              store_status_version(const struct store_status *t);

struct store_revoked {
	bool        known;   /* false: forgotten, and only its place is left */
	uint8_t     id[STORE_ID];
	int64_t     issued_at, until, revoked_at;
	unsigned    reason;
	char        scheme[STORE_SCHEME + 1];
	struct span kid;
	int64_t     status_list, status_index; /* -1: none */
};
/* In the order in which they were revoked; after NULL the first; NULL at the end. */
const struct store_revoked *store_status_next(const struct store_status *t, const struct store_revoked *after);
/* false: there is no such list.  family lives as long as the snapshot. */
bool store_status_list(const struct store_status *t, int64_t list, struct span *family);
/* The list's bits, index 0 leftmost (W3C Bitstring Status List 1.0, 2.2); bits are never cleared. */
enum { STORE_LIST_BYTES = STORE_LIST_BITS / 8 };
bool store_status_bits(const struct store_status *t, int64_t list, uint8_t bits[STORE_LIST_BYTES]);

/* Walks the whole log; beside a running gateway, too.  0 when all fits; -EBADMSG with *out; else as store_open.
 * Whoever can rewrite the whole log can make a chain that fits: there are no signed checkpoints yet. */
struct store_checked { int64_t records, issued, revoked, forgotten; int64_t bad; const char *why; };
int store_check(const struct store_setup *setup, struct store_checked *out);

#endif
