/* test_store.c - `vidimus store` as a process, on a log that is good, empty, missing, damaged. */
#include "gateway/cli/cli.h"
#include "gateway/store/store.h"
#include "tests/aid/aid.h"
#include "tests/cli/cli_run.h"
#include "tests/store/depot.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct depot depot;
static struct ran ran;

static int
make(void **state)
{
	(void)state;
	assert_true(depot_make(&depot, DEPOT_SQLITE));
	aid_write_text(
		&depot.folder, "good.conf", "[store]\npath = var/log.sqlite\nsecret = secret\n");
	aid_write_text(&depot.folder, "none.conf", "[log]\nlevel = info\n");
	aid_write_text(&depot.folder, "away.conf",
		"[store]\nurl = postgresql://127.0.0.1:1/none?user=nobody\nsecret = secret\n");
	struct store *s = depot_store(&depot);
	for (uint64_t n = 0; n < 5; n++) {
		struct issued i = depot_issued(n);
		i.status_list = n == 2 ? 1 : -1;
		i.status_index = n == 2 ? 77 : -1;
		assert_int_equal(depot_append(s, &i), 0);
	}
	store_close(s);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	depot_drop(&depot);
	return 0;
}

#define ID(n) "0" #n "000000000000000000000000000000"

/* In this order.  clang-format off */
static const struct {
	const char *arguments, *conf;
	int code;
	const char *words;
} calls[] = {
	{ "check", "good", 0,
		"whole: 5 records of 5 attestations and 0 revocations, 0 of them forgotten" },
	{ "", "good", 0, "whole: 5 records" },
	{ "find " ID(2), "good", 0,
		"issued\n  scheme     vc\n  from       2023-11-14T22:13:22Z\n"
		"  until      2027-01-15T08:00:02Z\n  list       1, place 77\n" },
	{ "find urn:uuid:02000000-0000-0000-0000-000000000000", "good", 0, "place 77" },
	{ "find " ID(9), "good", EXIT_REJECTED, "knows no such" },
	{ "revoke " ID(9), "good", EXIT_REJECTED, "nothing was revoked" },
	{ "revoke " ID(2) " --reason 4", "good", 0, "revoked\n" },
	{ "revoke " ID(2), "good", 0, "revoked\n" },
	{ "find " ID(2), "good", 0, "revoked\n  scheme" },
	{ "check", "good", 0, "6 records of 5 attestations and 1 revocations" },
	{ "forget --before 2001-01-01", "good", 0, "forgotten" },
	{ "check", "good", 0, "whole: 6 records of 5 attestations and 1 revocations, 0 of" },
	{ "check now", "good", EXIT_USAGE, "nothing to do with now" },
	{ "frob", "good", EXIT_USAGE, "the verbs are check" },
	{ "find", "good", EXIT_USAGE, "add its ID" },
	{ "find 12", "good", EXIT_USAGE, "no identifier" },
	{ "find " ID(2) "00", "good", EXIT_USAGE, "no identifier" },
	{ "find 0x000000000000000000000000000000", "good", EXIT_USAGE, "no identifier" },
	{ "revoke " ID(2) " " ID(3), "good", EXIT_USAGE, "nothing to do with" },
	{ "revoke " ID(3) " --reason 7", "good", EXIT_USAGE, "RFC 5280" },
	{ "revoke " ID(3) " --reason 11", "good", EXIT_USAGE, "RFC 5280" },
	{ "revoke " ID(3) " --reason -1", "good", EXIT_USAGE, "RFC 5280" },
	{ "forget --before 2999-01-01", "good", EXIT_USAGE, "one to come" },
	{ "forget --before noon", "good", EXIT_USAGE, "no time" },
	{ "check", "none", EXIT_CONFIG, "no [store]" },
	{ "check", "missing", EXIT_CONFIG, "No such file" },
	{ "check", "away", EXIT_FAULT, "can't be reached" },
	{ "find " ID(2), "away", EXIT_FAULT, "can't be reached" },
};
/* clang-format on */

static void
answers_calls(void **state)
{
	char line[512];

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		snprintf(line, sizeof(line), "store %s --config %s/%s.conf", calls[i].arguments,
			depot.folder.path, calls[i].conf);
		cli_run(&ran, line, NULL);
		const char *at = calls[i].code <= EXIT_REJECTED ? ran.out : ran.err;
		if (ran.code != calls[i].code || !strstr(at, calls[i].words))
			fail_msg("vidimus %s: exit %d, out %.200s, err %.200s", line, ran.code,
				ran.out, ran.err);
	}
}

static void
names_the_record_at_fault(void **state)
{
	char line[512];
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(depot.path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(db, "UPDATE log SET idx = 78 WHERE seq = 3", NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(db);
	snprintf(line, sizeof(line), "store check --config %s/good.conf", depot.folder.path);
	cli_run(&ran, line, NULL);
	assert_int_equal(ran.code, EXIT_REJECTED);
	assert_non_null(strstr(ran.out, "damaged: record 3: its columns"));
	snprintf(line, sizeof(line), "store revoke " ID(3) " --config %s/good.conf",
		depot.folder.path);
	cli_run(&ran, line, NULL);
	assert_int_equal(ran.code, EXIT_FAULT);
	assert_non_null(strstr(ran.err, "`vidimus store check`"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_calls),
		cmocka_unit_test(names_the_record_at_fault),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
