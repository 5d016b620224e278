/* desk.h - where attestations are issued: our keys, the log and the operator's rules, for HTTP and for the command line.
 *
 * The desk signs; whoever called it files the entry in the log (store_append) before the text leaves.  Any thread may
 * call it; only desk_open and desk_close are one thread's.
 */
#ifndef DESK_DESK_H
#define DESK_DESK_H

#include "config/config.h"
#include "gateway/attest/attest.h"
#include "gateway/keys/keys.h"
#include "gateway/store/store.h"

struct desk;

struct desk_setup {
	const struct config *config; /* outlives the desk, like the next two */
	struct keys         *keys;
	struct store        *store;
};

/* why: a static sentence, where the result is not 0.  Leases places in status lists, which waits for the log; one that
 * is full or can't be reached now is no fault. */
int  desk_open(const struct desk_setup *setup, int64_t now, const char **why, struct desk **out);
void desk_close(struct desk *d); /* NULL is allowed */

/* Plans, signs, and fills *entry, where a->refusal is REFUSAL_NONE; a->target is set, all else of *a is zero.
 * 0; -ENOKEY: no key of ours signs this form now; -EAGAIN: no place in a status list is at hand, or the signer is away;
 * -ENOSPC, -EHOSTUNREACH: likewise no place, and the log is full or can't be written; -EIO: the key did not sign, or not
 * rightly; else a negative errno. */
int desk_attest(struct desk *d, struct work *w, const struct verify *v, struct attest *a, struct issued *entry);
/* The same without signing: what would be lost. */
int desk_plan(struct desk *d, struct work *w, const struct verify *v, struct attest *a);

struct store       *desk_store(const struct desk *d);
struct keys        *desk_keys(const struct desk *d);

#endif
