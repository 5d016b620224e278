/* test_postgres.c - a server that is away, hangs, holds the lock, is full or was tampered with. */
#include "codecs/base/kit.h"
#include "gateway/store/store_impl.h"
#include "tests/aid/oom.h"
#include "tests/store/depot.h"

#include <errno.h>
#include <libpq-fe.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static struct depot depot;

static int
make(void **state)
{
	(void)state;
	if (!depot_make(&depot, DEPOT_POSTGRES)) {
		print_message("skipped: postgresql is not installed\n");
		depot.url[0] = '\0';
	}
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	if (depot.url[0])
		depot_drop(&depot);
	return 0;
}

static PGconn *
connection(void)
{
	if (!depot.url[0])
		skip();
	PGconn *c = PQconnectdb(depot.url);
	assert_int_equal(PQstatus(c), CONNECTION_OK);
	return c;
}

/* The first field of the last row, as a number. */
static long
tell(PGconn *c, const char *sql)
{
	PGresult *r = PQexec(c, sql);
	long n = 0;

	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(c));
	if (PQntuples(r) > 0)
		n = atol(PQgetvalue(r, 0, 0));
	PQclear(r);
	return n;
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
append(struct store *s, uint64_t n)
{
	struct issued i = depot_issued(n);

	return depot_append(s, &i);
}

/* By itself, within some seconds. */
static void
assert_recovers(struct store *s, uint64_t n)
{
	double until = seconds() + 15;
	int r;

	while ((r = append(s, n)) != 0 && seconds() < until)
		usleep(50000);
	assert_int_equal(r, 0);
	assert_int_equal(store_state(s), 0);
}

static void
comes_back_to_a_server_that_was_away(void **state)
{
	struct store *s = NULL;
	const char *why;

	(void)state;
	PQfinish(connection());
	depot_server_stop(SIGINT);
	double began = seconds();
	assert_int_equal(store_open(&depot.setup, &why, &s), 0);
	assert_int_equal(store_state(s), -EHOSTUNREACH);
	assert_int_equal(append(s, 1), -EHOSTUNREACH);
	assert_true(seconds() - began < 4);
	depot_server_start();
	assert_recovers(s, 1);
	depot_server_stop(SIGQUIT);
	assert_int_equal(append(s, 2), -EHOSTUNREACH);
	depot_server_start();
	assert_recovers(s, 2);
	store_close(s);
	struct store_checked c;
	assert_int_equal(store_check(&depot.setup, &c), 0);
	assert_int_equal(c.records, 2);
}

static void
waits_for_a_server_that_hangs_only_so_long(void **state)
{
	(void)state;
	PGconn *c = connection();
	struct store *s = depot_store(&depot);
	pid_t backend = (pid_t)tell(c,
		"SELECT pid FROM pg_stat_activity WHERE application_name = 'vidimus'"
		" AND datname = current_database()");

	assert_int_equal(append(s, 1), 0);
	assert_true(backend > 1);
	assert_int_equal(kill(backend, SIGSTOP), 0);
	double began = seconds();
	assert_int_equal(append(s, 2), -EHOSTUNREACH);
	assert_in_range(seconds() - began, 1, 8);
	assert_int_equal(kill(backend, SIGCONT), 0);
	assert_recovers(s, 3);
	store_close(s);
	PQfinish(c);
}

static void
waits_for_the_lock_only_so_long(void **state)
{
	(void)state;
	PGconn *c = connection();
	struct store *s = depot_store(&depot);

	tell(c, "BEGIN");
	tell(c, "SELECT seq FROM head FOR UPDATE");
	double began = seconds();
	assert_int_equal(append(s, 1), -EBUSY);
	assert_in_range(seconds() - began, 1, 6);
	assert_int_equal(store_state(s), -EBUSY);
	tell(c, "ROLLBACK");
	assert_int_equal(append(s, 1), 0);
	assert_int_equal(store_state(s), 0);
	store_close(s);
	PQfinish(c);
}

/* clang-format off */
static const struct {
	const char *state;
	int         result;
} faults[] = {
	{ "53100", -ENOSPC }, { "25006", -EROFS }, { "40001", -EBUSY }, { "42501", -EACCES }, { "58030", -EIO },
	{ "42P01", -EBADMSG },
};
/* clang-format on */

static void
tells_faults_apart_and_goes_on_after_them(void **state)
{
	char sql[400];

	(void)state;
	PGconn *c = connection();
	struct store *s = depot_store(&depot);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		snprintf(sql, sizeof(sql),
			"CREATE OR REPLACE FUNCTION bad() RETURNS trigger LANGUAGE plpgsql AS"
			" $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '%s'; END $$",
			faults[i].state);
		tell(c, sql);
		tell(c, "CREATE TRIGGER bad BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION "
			"bad()");
		assert_int_equal(append(s, i), faults[i].result);
		tell(c, "DROP TRIGGER bad ON log");
		assert_recovers(s, i);
	}
	store_close(s);
	PQfinish(c);
}

/* clang-format off */
static const struct {
	const char *change;
	int64_t     bad;
	const char *why;
} harms[] = {
	{ "UPDATE log SET record = set_byte(record, 30, 255 - get_byte(record, 30)) WHERE seq = 5", 5, "bytes" },
	{ "UPDATE log SET until = 1 WHERE seq = 5", 5, "columns" },
	{ "UPDATE log SET hash = decode(repeat('00', 32), 'hex') WHERE seq = 9", 9, "does not follow" },
	{ "DELETE FROM log WHERE seq = 6", 6, "missing" },
	{ "DELETE FROM log WHERE seq > 8", 9, "all behind it" },
	{ "UPDATE head SET seq = 8, hash = (SELECT hash FROM log WHERE seq = 8)", 9, "behind the one" },
	{ "DELETE FROM head", 0, "no head" },
};
/* clang-format on */

static void
names_what_was_tampered_with(void **state)
{
	(void)state;
	PGconn *c = connection();
	struct store *s = depot_store(&depot);
	struct store_checked checked;
	const char *why = "";

	for (uint64_t n = 0; n < 10; n++)
		assert_int_equal(append(s, n), 0);
	store_close(s);
	tell(c, "CREATE TABLE good_log AS SELECT * FROM log");
	tell(c, "CREATE TABLE good_head AS SELECT * FROM head");
	for (size_t i = 0; i < sizeof(harms) / sizeof(harms[0]); i++) {
		tell(c, harms[i].change);
		assert_int_equal(store_check(&depot.setup, &checked), -EBADMSG);
		if (checked.bad != harms[i].bad || !strstr(checked.why, harms[i].why))
			fail_msg("%s: record %lld, %s", harms[i].change, (long long)checked.bad,
				checked.why);
		assert_int_equal(store_open(&depot.setup, &why, &s), -EBADMSG);
		tell(c, "DELETE FROM log; INSERT INTO log SELECT * FROM good_log;"
			"DELETE FROM head; INSERT INTO head SELECT * FROM good_head");
		assert_int_equal(store_check(&depot.setup, &checked), 0);
	}
	PQfinish(c);
}

static void
says_that_there_is_no_log(void **state)
{
	struct store_checked c;

	(void)state;
	PQfinish(connection());
	assert_int_equal(store_check(&depot.setup, &c), -ENOENT);
	depot.setup.url = "postgresql://127.0.0.1:1/none?user=nobody";
	assert_int_equal(store_check(&depot.setup, &c), -EHOSTUNREACH);
}

/* Without memory whatever fails, fails with a word; libpq takes some for a lost connection. */
static int
live_once(void)
{
	struct log l = { .kit = kit_new(), .hand = hand_new() };
	struct store_status *none = status_none(), *all = NULL;
	struct job j = { .kind = JOB_APPEND,
		.record = { .kind = RECORD_ISSUED, .list = -1, .index = -1 } };
	const char *why = NULL;
	static const uint8_t key[SECRET_LENGTH];
	int r = l.kit && l.hand && none ? 0 : -ENOMEM;

	if (r == 0)
		r = log_open(&l, &db_postgres, depot.url, true, key, &why);
	if (r == 0)
		r = log_group(&l, &j);
	if (r == 0)
		r = j.result == -EEXIST ? 0 : j.result;
	if (r == 0)
		r = status_next(l.db, none, false, &all);
	store_status_unref(all);
	store_status_unref(none);
	log_close(&l);
	hand_free(l.hand);
	kit_free(l.kit);
	return r;
}

static void
survives_lack_of_memory(void **state)
{
	struct store_checked c;
	bool hit = true;
	size_t n = 3;

	(void)state;
	PQfinish(connection());
	assert_int_equal(live_once(), 0);
	for (; hit; n += 7) /* here and there one ends in a deadline */ {
		oom_arm(n, false); /* with all that follow libpq waits out its deadline */
		int r = live_once();
		oom_disarm();
		hit = oom_hit();
		if (!hit)
			assert_int_equal(r, 0);
		assert_true(r == 0 || r == -ENOMEM || r == -EHOSTUNREACH || r == -EIO);
	}
	assert_true(n > 20);
	assert_int_equal(store_check(&depot.setup, &c), 0);
	assert_int_equal(c.issued, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(comes_back_to_a_server_that_was_away, make, drop),
		cmocka_unit_test_setup_teardown(
			waits_for_a_server_that_hangs_only_so_long, make, drop),
		cmocka_unit_test_setup_teardown(waits_for_the_lock_only_so_long, make, drop),
		cmocka_unit_test_setup_teardown(
			tells_faults_apart_and_goes_on_after_them, make, drop),
		cmocka_unit_test_setup_teardown(names_what_was_tampered_with, make, drop),
		cmocka_unit_test_setup_teardown(says_that_there_is_no_log, make, drop),
		cmocka_unit_test_setup_teardown(survives_lack_of_memory, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, depot_end);
}
