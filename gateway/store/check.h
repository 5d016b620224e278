/* check.h - does the chain fit? */
#ifndef STORE_CHECK_H
#define STORE_CHECK_H

#include "gateway/store/db.h"
#include "gateway/store/record.h"

enum { CHECK_TAIL = 1000 };

/* From the record of that number on, or all of them (1); compares with the log's own head.  0, or -EBADMSG and *out
 * says which and why, or what the database gave. */
int check_chain(struct db *db, struct kit *kit, bool whole, struct store_checked *out);

#endif
