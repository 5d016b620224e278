/* db.h - a database as the store sees it: fixed statements, whole numbers and bytes.  One thread at a time. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "codecs/base/span.h"

enum sql {
#define SQL(name, text)        SQL_##name,
#define SQL2(name, lite, post) SQL_##name,
#include "gateway/store/sql.def"
#undef SQL
#undef SQL2
	SQL_COUNT
};

enum value_type { VALUE_NULL, VALUE_INT, VALUE_BYTES };

struct value {
	enum value_type type;
	int64_t         number;
	struct span     bytes;
};

#define INT(n)   ((struct value){ VALUE_INT, (n), { NULL, 0 } })
#define BYTES(s) ((struct value){ VALUE_BYTES, 0, (s) })
#define NOTHING  ((struct value){ VALUE_NULL, 0, { NULL, 0 } })

enum { VALUES = 9 }; /* at most, of a statement and of a row */

/* A row; its bytes live until it returns.  Other than 0 ends the reading and is returned. */
typedef int db_row(void *arg, const struct value *v, size_t count);

struct db;

struct db_kind {
	const char *name;
	/* Makes what is missing when told to.  -ENOENT: it is not there, and was not to be made. */
	int  (*open)(const char *where, bool make, struct db **out);
	void (*close)(struct db *db);
	/* row NULL: it has none.  Results as in store.h. */
	int  (*run)(struct db *db, enum sql which, const struct value *in, size_t count, db_row *row, void *arg);
	/* As run without rows, but may be put off, with its error, until the next run. */
	int  (*put)(struct db *db, enum sql which, const struct value *in, size_t count);
};

struct db {
	const struct db_kind *kind;
};

extern const struct db_kind db_sqlite, db_postgres;

#endif
