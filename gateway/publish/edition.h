/* edition.h - the making of one snapshot: known to the files of this folder. */
#ifndef PUBLISH_EDITION_H
#define PUBLISH_EDITION_H

#include "codecs/base/buf.h"
#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "gateway/publish/publisher.h"

#include <stdatomic.h>

struct item {
	struct published_item own;
	int64_t made;     /* the text; an older snapshot's text serves again while it is young */
	uint8_t of[32];   /* digest of what it says, where it may serve again */
	struct item *next;
};

struct published {
	atomic_size_t refs;
	struct arena *arena; /* of everything below, and of the snapshot */
	struct item *first, *last;
	int64_t when;     /* made */
	int64_t whole;    /* and everything in it made anew */
	int64_t version;  /* of the store's status */
	uint64_t states;  /* of all keys, as a digest */
	atomic_int fault;
};

struct edition {
	struct work *w; /* its arena is for what is thrown away */
	struct keys *keys;
	const struct store_status *status;
	const struct published *before; /* NULL: nothing of it may serve again */
	struct published *out;
	int64_t counter; /* of all revocations ever, and one: it never falls, not even when some are forgotten */
};

/* Copies the text.  of: 32 bytes, or NULL.  0 or a negative errno. */
int edition_add(struct edition *e, struct span path, const char *media_type, struct span text, const uint8_t *of);
/* What the snapshot before had there, if it says the same: added, and true. */
bool edition_again(struct edition *e, struct span path, const char *media_type, const uint8_t *of);

/* edition.c: all of it. */
int edition_make(struct edition *e);
/* status.c: lists of status, as credentials. */
int edition_status(struct edition *e);
/* revoked.c: keys of health cards, and their revocation lists. */
int edition_cards(struct edition *e);
/* batches.c: what was revoked of EU DCC, as the EU's gateway has it. */
int edition_batches(struct edition *e);

#endif
