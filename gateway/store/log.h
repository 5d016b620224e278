/* log.h - jobs done on the log, a group in one transaction.  No thread of its own: tests call it as it is. */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include "gateway/store/db.h"
#include "gateway/store/record.h"

struct hand;

enum job_kind { JOB_APPEND, JOB_REVOKE, JOB_FIND, JOB_FORGET, JOB_LEASE };

/* A leased block, made ready before the lease is asked for, so that nothing can fail after the commit. */
struct block {
	struct block      *next;
	struct store_lease lease;
	uint32_t           order[STORE_LEASE]; /* what is left of it, the next one last */
};

struct job {
	struct job         *next;
	enum job_kind       kind;
	store_done         *done; /* NULL: nobody waits */
	void               *arg;
	int                 result;
	struct record       record; /* its spans point into bytes */
	struct store_found *found;
	struct store_lease *lease_out, lease;
	struct block       *block; /* of a lease for the hand */
	size_t              lease_count, family_len;
	uint8_t             family[STORE_FAMILY];
	uint8_t             bytes[2 * STORE_SCHEME + STORE_KID];
};

struct log {
	struct db   *db;
	struct kit  *kit;
	struct hand *hand; /* NULL: none */
	struct head  head; /* as of the transaction under way */
	bool         begun;  /* a transaction is under way */
	bool         broken; /* the connection is in a state that nobody knows */
	bool         listed, revoked, forgot; /* what changed since somebody looked */
};

/* Opens, checks secret and tail.  key NULL: the secret is not looked at.  why as in store_open. */
int  log_open(struct log *l, const struct db_kind *kind, const char *where, bool make, const uint8_t *key, const char **why);
void log_close(struct log *l); /* once or more often */
/* Does all of them, or each alone where one of them can't be done with the others; sets every result.  0, or why
 * the database must be closed and opened again. */
int  log_group(struct log *l, struct job *first);

#endif
