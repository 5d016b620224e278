/* sqlite.c - the log as one SQLite file: write-ahead log, synced at every commit, statements prepared once.
 *
 * A commit that could not be synced is an I/O error: the store closes the file then,
 * opens it again and looks at what is really there.
 */
#include "gateway/store/db.h"
#include "gateway/store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUSY_MS = 3000 };

struct sqlite {
	struct db db;
	sqlite3 *file;
	sqlite3_stmt *statement[SQL_COUNT];
};

static const char *const texts[] = {
#define SQL(name, text)        text,
#define SQL2(name, lite, post) lite,
#include "gateway/store/sql.def"
#undef SQL
#undef SQL2
};

static const char settings[] =
	"PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF;"
	"PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;";

static const char tables[] =
	"CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT "
	"NULL,"
	" hash BLOB NOT NULL, version INTEGER NOT NULL, mark BLOB);"
	"INSERT INTO head VALUES (1, 0, zeroblob(32), 1, NULL) ON CONFLICT DO NOTHING;"
	"CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, until "
	"INTEGER NOT NULL,"
	" id BLOB, list INTEGER, idx INTEGER, record BLOB, leaf BLOB NOT NULL, hash BLOB NOT NULL);"
	"CREATE UNIQUE INDEX IF NOT EXISTS log_id ON log (id, kind) WHERE id IS NOT NULL;"
	"CREATE UNIQUE INDEX IF NOT EXISTS log_place ON log (list, idx) WHERE kind = 1;"
	"CREATE INDEX IF NOT EXISTS log_revoked ON log (seq) WHERE kind = 2;"
	"CREATE INDEX IF NOT EXISTS log_until ON log (until) WHERE record IS NOT NULL;"
	"CREATE TABLE IF NOT EXISTS lists (list INTEGER PRIMARY KEY, family BLOB NOT NULL, next "
	"INTEGER NOT NULL);"
	"CREATE INDEX IF NOT EXISTS lists_family ON lists (family, list);";

static struct sqlite *
sqlite_of(struct db *db)
{
	return (struct sqlite *)(void *)db;
}

static int
last_errno(struct sqlite *s, int which)
{
	sqlite3_file *file = NULL;
	int e = 0;

	if (sqlite3_file_control(s->file, "main", which, &file) == SQLITE_OK && file &&
		file->pMethods)
		(void)file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &e);
	return e;
}

static bool
is_full(int e)
{
	return e == ENOSPC || e == EDQUOT || e == EFBIG;
}

/* A limit of the file's size or of the quota is a full disk, too; SQLite knows ENOSPC alone. */
static int
io_error(struct sqlite *s)
{
	bool full = s->file && (is_full(sqlite3_system_errno(s->file)) ||
				       is_full(last_errno(s, SQLITE_FCNTL_FILE_POINTER)) ||
				       is_full(last_errno(s, SQLITE_FCNTL_JOURNAL_POINTER)));

	return full ? -ENOSPC : -EIO;
}

static int
result_of(struct sqlite *s, int code)
{
	if (code == SQLITE_IOERR_NOMEM)
		return -ENOMEM;
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_CONSTRAINT:
		return -EEXIST;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_ERROR: /* tables that are not ours */
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EBADMSG;
	default:
		return io_error(s);
	}
}

static void
sqlite_close(struct db *db)
{
	struct sqlite *s = sqlite_of(db);

	for (size_t i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(s->statement[i]);
	sqlite3_close_v2(s->file);
	free(s);
}

static int
make_file(const char *path)
{
	int r = folder_make(path);
	int fd = r == 0 ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;

	if (fd < 0)
		return r != 0 ? r : -errno;
	close(fd);
	return folder_sync(path);
}

static int
is_wal(void *arg, int count, char **texts_of_row, char **names)
{
	(void)names;
	*(bool *)arg = count == 1 && texts_of_row[0] && strcmp(texts_of_row[0], "wal") == 0;
	return 0;
}

static int
set_up(struct sqlite *s, bool make)
{
	bool wal = false;
	int r;

	sqlite3_busy_timeout(s->file, BUSY_MS);
	r = result_of(s, sqlite3_exec(s->file, "PRAGMA journal_mode = WAL", is_wal, &wal, NULL));
	if (r == 0 && !wal)
		r = -EROFS;
	if (r == 0)
		r = result_of(s, sqlite3_exec(s->file, settings, NULL, NULL, NULL));
	if (r == 0 && make) {
		r = result_of(s, sqlite3_exec(s->file, "BEGIN IMMEDIATE", NULL, NULL, NULL));
		if (r == 0)
			r = result_of(s, sqlite3_exec(s->file, tables, NULL, NULL, NULL));
		if (r == 0)
			r = result_of(s, sqlite3_exec(s->file, "COMMIT", NULL, NULL, NULL));
	}
	return r;
}

static int
sqlite_open(const char *where, bool make, struct db **out)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, r = 0;
	struct sqlite *s;

	r = make ? make_file(where) : access(where, F_OK) == 0 ? 0 : -errno;
	if (r != 0)
		return r;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->db.kind = &db_sqlite;
	r = result_of(s, sqlite3_open_v2(where, &s->file, flags, NULL));
	if (r == 0)
		r = set_up(s, make);
	if (r != 0)
		sqlite_close(&s->db);
	else
		*out = &s->db;
	return r;
}

static int
bind(sqlite3_stmt *st, int at, const struct value *v)
{
	if (v->type == VALUE_INT)
		return sqlite3_bind_int64(st, at, v->number);
	if (v->type == VALUE_BYTES)
		return sqlite3_bind_blob64(st, at,
			v->bytes.len > 0 ? v->bytes.ptr : (const uint8_t *)"", v->bytes.len,
			SQLITE_STATIC);
	return sqlite3_bind_null(st, at);
}

static struct value
column(sqlite3_stmt *st, int at)
{
	switch (sqlite3_column_type(st, at)) {
	case SQLITE_INTEGER:
		return INT(sqlite3_column_int64(st, at));
	case SQLITE_BLOB: {
		const uint8_t *p = sqlite3_column_blob(st, at);
		struct span s = { p, (size_t)sqlite3_column_bytes(st, at) };
		return BYTES(s);
	}
	default: /* text and fractions are not what we wrote: whoever needs the value finds nothing */
		return NOTHING;
	}
}

static int
give(sqlite3_stmt *st, db_row *row, void *arg)
{
	struct value v[VALUES];
	int n = sqlite3_column_count(st);

	for (int i = 0; i < n && i < VALUES; i++)
		v[i] = column(st, i);
	return row ? row(arg, v, (size_t)n) : 0;
}

static int
step(struct sqlite *s, sqlite3_stmt *st, db_row *row, void *arg)
{
	int code, r = 0;

	while (r == 0 && (code = sqlite3_step(st)) != SQLITE_DONE)
		r = code == SQLITE_ROW ? give(st, row, arg) : result_of(s, code);
	return r;
}

static int
sqlite_run(
	struct db *db, enum sql which, const struct value *in, size_t count, db_row *row, void *arg)
{
	struct sqlite *s = sqlite_of(db);
	int r = 0;

	/* what failed may have been rolled back already */
	if (which == SQL_ROLLBACK && sqlite3_get_autocommit(s->file))
		return 0;
	if (!s->statement[which])
		r = result_of(s, sqlite3_prepare_v3(s->file, texts[which], -1,
					 SQLITE_PREPARE_PERSISTENT, &s->statement[which], NULL));
	sqlite3_stmt *st = s->statement[which];
	for (size_t i = 0; r == 0 && i < count; i++)
		r = result_of(s, bind(st, (int)i + 1, &in[i]));
	if (r == 0)
		r = step(s, st, row, arg);
	if (st) {
		sqlite3_reset(st);
		sqlite3_clear_bindings(st);
	}
	return r;
}

static int
sqlite_put(struct db *db, enum sql which, const struct value *in, size_t count)
{
	return sqlite_run(db, which, in, count, NULL, NULL);
}

const struct db_kind db_sqlite = { "sqlite", sqlite_open, sqlite_close, sqlite_run, sqlite_put };
