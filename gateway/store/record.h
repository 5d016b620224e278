/* record.h - what is in the log, in one form byte for byte, and the chain that holds it together.
 *
 * leaf = SHA-256(record), whose first byte is 0; hash = SHA-256(1, hash before, number, kind, until, leaf).
 * So a record can be forgotten and its leaf kept.
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "gateway/store/store.h"

struct kit;

enum record_kind { RECORD_ISSUED = 1, RECORD_REVOKED, RECORD_FORGOT };

struct record {
	enum record_kind kind;
	uint8_t          id[STORE_ID];
	int64_t          at, until, list, index; /* of RECORD_FORGOT until: those before it were forgotten */
	uint8_t          source[STORE_HASH];
	unsigned         reason;
	struct span      source_scheme, scheme, kid;
};

enum { RECORD_MAX = 128 + 2 * STORE_SCHEME + STORE_KID };

/* Lengths are the caller's to check; returns how many bytes were written to out (RECORD_MAX). */
size_t record_write(const struct record *r, uint8_t *out);
/* false: no record.  Its spans point into s. */
bool   record_read(struct span s, struct record *out);

struct head {
	int64_t seq; /* 0: the log is empty, the hash is all zeros */
	uint8_t hash[STORE_HASH];
};

/* Moves the head on by one record; leaf may be next->hash's source.  0 or -ENOMEM. */
int record_leaf(struct kit *kit, struct span record, uint8_t leaf[STORE_HASH]);
int record_link(struct kit *kit, struct head *head, int64_t kind, int64_t until, const uint8_t leaf[STORE_HASH]);

#endif
