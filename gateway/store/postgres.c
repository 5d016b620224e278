/* postgres.c - the log in PostgreSQL: statements prepared once, sent ahead in a pipeline.
 *
 * libpq is never let wait by itself: a server that takes a connection and then says nothing
 * costs some seconds.  Whatever went wrong with the connection, it is closed and made anew.
 */
#include "gateway/store/db.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CONNECT_MS = 3000, ANSWER_MS = 6000, NAME = 16 };

struct postgres {
	struct db db;
	PGconn *conn;
	int64_t deadline; /* milliseconds of a clock that only goes forward */
};

static const char *const texts[] = {
#define SQL(name, text)        text,
#define SQL2(name, lite, post) post,
#include "gateway/store/sql.def"
#undef SQL
#undef SQL2
};

static const char settings[] =
	"SET client_min_messages = error; SET synchronous_commit = on; SET statement_timeout = "
	"'5s';"
	"SET lock_timeout = '3s'; SET idle_in_transaction_session_timeout = '5s';"
	"SET default_transaction_isolation = 'read committed'; SET search_path = public;"
	"SELECT to_regclass('head') IS NOT NULL";

/* Two gateways may begin at once: the lock lets one of them. */
static const char tables[] =
	"BEGIN; SELECT pg_advisory_xact_lock(7592186045);"
	"CREATE TABLE IF NOT EXISTS head (one BIGINT PRIMARY KEY CHECK (one = 1), seq BIGINT NOT "
	"NULL,"
	" hash BYTEA NOT NULL, version BIGINT NOT NULL, mark BYTEA);"
	"INSERT INTO head VALUES (1, 0, decode(repeat('00', 32), 'hex'), 1, NULL) ON CONFLICT DO "
	"NOTHING;"
	"CREATE TABLE IF NOT EXISTS log (seq BIGINT PRIMARY KEY, kind BIGINT NOT NULL, until "
	"BIGINT NOT NULL,"
	" id BYTEA, list BIGINT, idx BIGINT, record BYTEA, leaf BYTEA NOT NULL, hash BYTEA NOT "
	"NULL);"
	"CREATE UNIQUE INDEX IF NOT EXISTS log_id ON log (id, kind) WHERE id IS NOT NULL;"
	"CREATE UNIQUE INDEX IF NOT EXISTS log_place ON log (list, idx) WHERE kind = 1;"
	"CREATE INDEX IF NOT EXISTS log_revoked ON log (seq) WHERE kind = 2;"
	"CREATE INDEX IF NOT EXISTS log_until ON log (until) WHERE record IS NOT NULL;"
	"CREATE TABLE IF NOT EXISTS lists (list BIGINT PRIMARY KEY, family BYTEA NOT NULL, next "
	"BIGINT NOT NULL);"
	"CREATE INDEX IF NOT EXISTS lists_family ON lists (family, list);"
	"COMMIT";

static struct postgres *
postgres_of(struct db *db)
{
	return (struct postgres *)(void *)db;
}

static int64_t
milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* -EHOSTUNREACH when the deadline has come. */
static int
wait_for(struct postgres *p, short events)
{
	struct pollfd fd = { .fd = PQsocket(p->conn), .events = events };
	int n;

	do {
		int64_t left = p->deadline - milliseconds();
		n = left > 0 && fd.fd >= 0 ? poll(&fd, 1, (int)left) : 0;
	} while (n < 0 && errno == EINTR);
	return n > 0 ? 0 : -EHOSTUNREACH;
}

static int
flush(struct postgres *p)
{
	int r;

	while ((r = PQflush(p->conn)) > 0)
		if (wait_for(p, POLLIN | POLLOUT) != 0 || PQconsumeInput(p->conn) == 0)
			return -EHOSTUNREACH;
	return r == 0 ? 0 : -EHOSTUNREACH;
}

/* NULL: the statement has no more. */
static int
next_result(struct postgres *p, PGresult **out)
{
	int r = flush(p);

	while (r == 0 && PQisBusy(p->conn)) {
		r = wait_for(p, POLLIN);
		if (r == 0 && PQconsumeInput(p->conn) == 0)
			r = -EHOSTUNREACH;
	}
	if (r == 0)
		*out = PQgetResult(p->conn);
	return r;
}

/* First match wins. */
static const struct {
	const char *state;
	int result;
} states[] = {
	{ "23505", -EEXIST },
	{ "53100", -ENOSPC },
	{ "53200", -ENOMEM },
	{ "53", -EHOSTUNREACH },
	{ "25006", -EROFS },
	{ "28", -EACCES },
	{ "42501", -EACCES },
	{ "42", -EBADMSG },
	{ "40", -EBUSY },
	{ "55P03", -EBUSY },
	{ "57014", -EBUSY },
	{ "57", -EHOSTUNREACH },
	{ "08", -EHOSTUNREACH },
};

static int
result_of(struct postgres *p, const PGresult *res)
{
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

	for (size_t i = 0; state && i < sizeof(states) / sizeof(states[0]); i++)
		if (strncmp(state, states[i].state, strlen(states[i].state)) == 0)
			return states[i].result;
	return PQstatus(p->conn) == CONNECTION_OK ? -EIO : -EHOSTUNREACH;
}

static struct value
field(const PGresult *res, int row, int column)
{
	const uint8_t *at = (const uint8_t *)PQgetvalue(res, row, column);
	struct span s = { at, (size_t)PQgetlength(res, row, column) };
	struct cursor c = cursor_over(s);

	if (PQgetisnull(res, row, column))
		return NOTHING;
	if (PQftype(res, column) == 20) /* int8 */
		return INT((int64_t)cursor_be(&c, 8));
	return BYTES(s);
}

static int
give(const PGresult *res, db_row *row, void *arg)
{
	int r = 0;

	for (int i = 0; i < PQntuples(res) && r == 0; i++) {
		struct value v[VALUES];
		int n = PQnfields(res);
		for (int j = 0; j < n && j < VALUES; j++)
			v[j] = field(res, i, j);
		r = row ? row(arg, v, (size_t)n) : 0;
	}
	return r;
}

/* Of one result; the first fault is what counts, those behind it only follow from it. */
static int
take_result(struct postgres *p, const PGresult *res, db_row *row, void *arg)
{
	switch (PQresultStatus(res)) {
	case PGRES_COMMAND_OK:
	case PGRES_PIPELINE_SYNC:
	case PGRES_PIPELINE_ABORTED:
		return 0;
	case PGRES_TUPLES_OK:
		return give(res, row, arg);
	default:
		return result_of(p, res);
	}
}

/* Everything that was sent, up to the sync behind it. */
static int
collect(struct postgres *p, db_row *row, void *arg)
{
	int first = 0;
	bool over = false;

	p->deadline = milliseconds() + ANSWER_MS;
	if (PQpipelineSync(p->conn) != 1)
		return -EHOSTUNREACH;
	while (!over) {
		PGresult *res = NULL;
		int r = next_result(p, &res);
		if (r != 0)
			return r;
		if (!res && PQstatus(p->conn) != CONNECTION_OK)
			return -EHOSTUNREACH;
		over = res && PQresultStatus(res) == PGRES_PIPELINE_SYNC;
		r = res ? take_result(p, res, row, arg) : 0;
		first = first != 0 ? first : r;
		PQclear(res);
	}
	return first;
}

static const char *
name_of(enum sql which, char name[NAME])
{
	snprintf(name, NAME, "s%u", (unsigned)which);
	return name;
}

static int
postgres_put(struct db *db, enum sql which, const struct value *in, size_t count)
{
	struct postgres *p = postgres_of(db);
	const char *at[VALUES] = { NULL };
	int lengths[VALUES] = { 0 }, formats[VALUES] = { 0 };
	uint8_t numbers[VALUES][8];
	char name[NAME];

	for (size_t i = 0; i < count; i++) {
		formats[i] = 1;
		lengths[i] = in[i].type == VALUE_INT ? 8 : (int)in[i].bytes.len;
		for (int b = 0; b < 8; b++)
			numbers[i][b] = (uint8_t)((uint64_t)in[i].number >> (56 - 8 * b));
		if (in[i].type != VALUE_NULL)
			at[i] = in[i].type == VALUE_INT   ? (const char *)numbers[i]
				: in[i].bytes.ptr != NULL ? (const char *)in[i].bytes.ptr
							  : "";
	}
	if (PQsendQueryPrepared(
		    p->conn, name_of(which, name), (int)count, at, lengths, formats, 1) == 1)
		return 0;
	return PQstatus(p->conn) == CONNECTION_OK ? -ENOMEM : -EHOSTUNREACH;
}

static int
postgres_run(
	struct db *db, enum sql which, const struct value *in, size_t count, db_row *row, void *arg)
{
	int r = postgres_put(db, which, in, count);

	return r == 0 ? collect(postgres_of(db), row, arg) : r;
}

static void
postgres_close(struct db *db)
{
	struct postgres *p = postgres_of(db);

	PQfinish(p->conn);
	free(p);
}

static void
say_nothing(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

static int
connect_to(struct postgres *p, const char *where)
{
	const char *const keys[] = { "dbname", "fallback_application_name", NULL },
			  *const values[] = { where, "vidimus", NULL };
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;

	p->deadline = milliseconds() + CONNECT_MS;
	p->conn = PQconnectStartParams(keys, values, 1);
	if (!p->conn)
		return -ENOMEM;
	PQsetNoticeProcessor(p->conn, say_nothing, NULL);
	if (PQstatus(p->conn) == CONNECTION_BAD)
		return -EHOSTUNREACH;
	while (state != PGRES_POLLING_OK) {
		if (state == PGRES_POLLING_FAILED ||
			wait_for(p, state == PGRES_POLLING_READING ? POLLIN : POLLOUT) != 0)
			return -EHOSTUNREACH;
		state = PQconnectPoll(p->conn);
	}
	return PQsetnonblocking(p->conn, 1) == 0 ? 0 : -EHOSTUNREACH;
}

/* Several statements as one text, before the pipeline.  *yes: the last row says true. */
static int
say(struct postgres *p, const char *text, bool *yes)
{
	PGresult *res = NULL;
	int first = 0, r;

	p->deadline = milliseconds() + ANSWER_MS;
	if (PQsendQuery(p->conn, text) != 1)
		return -EHOSTUNREACH;
	while ((r = next_result(p, &res)) == 0 && res) {
		r = take_result(p, res, NULL, NULL);
		first = first != 0 ? first : r;
		if (PQntuples(res) == 1)
			*yes = strcmp(PQgetvalue(res, 0, 0), "t") == 0;
		PQclear(res);
	}
	return first != 0 ? first : r;
}

static int
set_up(struct postgres *p, bool make)
{
	bool there = false, ignored;
	char name[NAME];
	int r = say(p, settings, &there);

	if (r == 0 && !there)
		r = make ? say(p, tables, &ignored) : -ENOENT;
	if (r == 0 && PQenterPipelineMode(p->conn) != 1)
		r = -EHOSTUNREACH;
	for (enum sql i = 0; i < SQL_COUNT && r == 0; i++)
		if (PQsendPrepare(p->conn, name_of(i, name), texts[i], 0, NULL) != 1)
			r = -EHOSTUNREACH;
	return r == 0 ? collect(p, NULL, NULL) : r;
}

static int
postgres_open(const char *where, bool make, struct db **out)
{
	struct postgres *p = calloc(1, sizeof(*p));
	int r = p ? connect_to(p, where) : -ENOMEM;

	if (r == 0)
		r = set_up(p, make);
	if (r == 0) {
		p->db.kind = &db_postgres;
		*out = &p->db;
	} else if (p) {
		postgres_close(&p->db);
	}
	return r;
}

const struct db_kind db_postgres = { "postgresql", postgres_open, postgres_close, postgres_run,
	postgres_put };
