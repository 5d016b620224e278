/* web.h - what was fetched because a document needed it: an immutable, counted snapshot beside the lists.
 *
 * The engine is pure: it says what it lacks (struct need); whoever owns sockets fetches that, adds it here and
 * runs the engine again.  A need is only ever stated on account of an issuer that the lists trust.
 */
#ifndef TRUST_WEB_H
#define TRUST_WEB_H

#include "trust/trust.h"

enum need_kind {
	NEED_ISSUER_KEYS, /* the JWK set of an issuer that is listed without the key asked for */
	NEED_REVOCATIONS, /* the revocation list that a key announces */
	NEED_DID_DOCUMENT, /* the document of a DID that a list names without it; may stand in a resolver's answer */
	NEED_STATUS,      /* the list of withdrawn credentials that a genuine one names; itself a credential */
	NEED_FILE         /* what a health link leads to; the operator's rule for hosts is its trust */
};

struct need {
	enum need_kind     kind;
	struct trust_scope scope;
	struct span        issuer; /* on whose account: as listed; empty for NEED_FILE */
	struct span        kid;    /* NEED_REVOCATIONS: of the key; NEED_DID_DOCUMENT: the DID */
	struct span        url;    /* https, not yet judged by the guard */
	struct span        body;   /* POST this (application/json); ptr NULL: GET */
};

/* All of it alike: what answers one answers the other. */
bool need_same(const struct need *a, const struct need *b);

enum web_state {
	WEB_GOOD,
	WEB_UNREACHABLE, /* no connection, no answer in time, refused by the guard, or a status other than 200 */
	WEB_BAD          /* an answer that is not what was asked for */
};

/* What became of one need. */
struct web_item {
	struct need    need;
	enum web_state state;
	int            status; /* of HTTP; 0: none */
	struct span    bytes;  /* the body of a 200; for NEED_FILE of any status: a 401 says how many attempts remain */
	int64_t        at;     /* when it was fetched */
	int64_t        until;  /* past this it is as if it had never been asked for */
};

struct web_entry {
	struct web_item     item;  /* all spans are the snapshot's own; bytes are gone once they were read,
				    * but those of NEED_STATUS stay */
	int64_t             tried; /* last attempt: later than item.at where a bad one left this in place */
	const struct trust *trust; /* WEB_GOOD: what was read; NULL for NEED_STATUS */
	const char         *fault; /* WEB_BAD: one plain sentence */
};

/* Bytes of a key set or a DID's document, and of a revocation list; and seconds before the same is worth another attempt although an
 * answer is at hand that does not tell. */
enum { WEB_KEYS_MAX = 1 << 20, WEB_LIST_MAX = 4 << 20, WEB_PATIENCE = 300 };

struct web;

/* old (NULL: nothing) without what is past its time at w->now, and with items; an item takes the place of an
 * earlier one of the same need.  Key sets, DID documents and revocation lists are read here, once, each as an input
 * of its own (kinds issuer-keys, did and rid-list); one that can't be read becomes WEB_BAD.  What is not WEB_GOOD leaves an earlier
 * good one that is still fresh in place.  Files (NEED_FILE) never get in: they are their holder's.  At most
 * WEB_ENTRIES_MAX, and of several WEB_WEIGHT_MAX bytes, the oldest go first.  0 or -ENOMEM, and then *out is
 * untouched. */
enum { WEB_ENTRIES_MAX = 4096, WEB_WEIGHT_MAX = 128 << 20 };
int         web_with(struct work *w, const struct web *old, const struct web_item *items, size_t count,
		     struct web **out);
struct web *web_ref(struct web *w);
void        web_unref(struct web *w); /* NULL is allowed */

/* What is known about a need at that time; NULL: it was not asked for, or too long ago.  web may be NULL. */
const struct web_entry *web_find(const struct web *w, const struct need *n, int64_t now);

/* Documents that need no fetching: our own lists of status.  They are judged as if they had been fetched. */
struct at_hand {
	/* false: there is none at that address.  *out is in the arena. */
	bool (*get)(void *arg, struct span url, struct arena *a, struct span *out);
	void  *arg;
};

#endif
