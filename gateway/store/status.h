/* status.h - snapshots of what is revoked, made by the store's thread. */
#ifndef STORE_STATUS_H
#define STORE_STATUS_H

#include "gateway/store/db.h"
#include "gateway/store/store.h"

/* The next snapshot: what `before` (NULL: none) has, and what came since; `anew` reads all of it again.  The same,
 * counted once more, where nothing came.  0 or as the database gave, or -ENOMEM. */
int status_next(struct db *db, struct store_status *before, bool anew, struct store_status **out);
/* One with nothing in it.  NULL: -ENOMEM. */
struct store_status *status_none(void);
struct store_status *status_ref(struct store_status *t);

#endif
