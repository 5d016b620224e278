/* audit.c - the whole log walked by who asks, over a connection of its own; and what failed, in words. */
#include "codecs/base/kit.h"
#include "gateway/store/check.h"
#include "gateway/store/folder.h"
#include "gateway/store/store_impl.h"

#include <errno.h>
#include <stdio.h>

const char *
store_because(int r)
{
	switch (r) {
	case -ENOENT:
		return "there is no log at that path, or no folder for it";
	case -EACCES:
	case -EPERM:
		return "the log or its secret may not be opened, or others may read the secret";
	case -EROFS:
		return "the log can't be written there";
	case -ENOSPC:
		return "the disk is full";
	case -EBADMSG:
		return "the log or its secret is damaged or something else";
	case -EHOSTUNREACH:
		return "the database can't be reached";
	case -EBUSY:
		return "the log is held by another";
	case -ENOMEM:
		return "there is no memory";
	default:
		return "the log can't be opened";
	}
}

int
store_secret_find(const struct store_setup *setup, bool make, uint8_t out[SECRET_LENGTH])
{
	char path[PATH_LENGTH];
	const char *base = setup->secret ? setup->secret : setup->path;
	int n = base ? snprintf(path, sizeof(path), "%s%s", base, setup->secret ? "" : ".key") : -1;
	int r = n >= 0 && (size_t)n < sizeof(path) ? 0 : -EINVAL;

	if (r == 0 && make)
		r = folder_make(path);
	return r == 0 ? secret_load(path, make, out) : r;
}

int
store_check(const struct store_setup *setup, struct store_checked *out)
{
	const struct db_kind *kind = setup->url ? &db_postgres : &db_sqlite;
	const char *where = setup->url ? setup->url : setup->path;
	struct kit *kit = where ? kit_new() : NULL;
	struct db *db = NULL;
	int r = kit ? kind->open(where, false, &db) : -ENOMEM;

	*out = (struct store_checked){ 0 };
	if (r == 0)
		r = check_chain(db, kit, true, out);
	if (r != 0 && !out->why)
		out->why = store_because(r);
	if (db)
		kind->close(db);
	kit_free(kit);
	return r;
}
