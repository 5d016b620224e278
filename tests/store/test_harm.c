/* test_harm.c - an SQLite log that is tampered with, cut, killed, out of disk, out of memory. */
#include "codecs/base/kit.h"
#include "gateway/store/store_impl.h"
#include "tests/aid/oom.h"
#include "tests/store/depot.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void
fill(struct depot *d, uint64_t count)
{
	struct store *s = depot_store(d);

	for (uint64_t n = 0; n < count; n++) {
		struct issued i = depot_issued(n);
		i.status_list = 1;
		i.status_index = (int64_t)n;
		assert_int_equal(store_append(s, &i, NULL, NULL), 0);
	}
	assert_int_equal(depot_revoke(s, depot_issued(2).id, 5), 0);
	store_close(s);
}

static void
sql(struct depot *d, const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(d->path, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", text, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* clang-format off */
static const struct {
	const char *change;
	int64_t     bad;  /* the record that must be named */
	const char *why;
} harms[] = {
	{ "UPDATE log SET until = until + 1 WHERE seq = 5", 5, "columns" },
	{ "UPDATE log SET kind = 2 WHERE seq = 5", 5, "columns" },
	{ "UPDATE log SET idx = 99 WHERE seq = 7", 7, "columns" },
	{ "UPDATE log SET list = NULL WHERE seq = 7", 7, "columns" },
	{ "UPDATE log SET id = x'99999999999999999999999999999999' WHERE seq = 4", 4, "columns" },
	{ "UPDATE log SET record = zeroblob(80) WHERE seq = 4", 4, "no record" },
	{ "UPDATE log SET record = 'text' WHERE seq = 4", 4, "missing" },
	{ "UPDATE log SET record = NULL WHERE seq = 4", 4, "missing" },
	{ "UPDATE log SET record = NULL, id = NULL WHERE seq = 4", 0, "nobody told it to forget" },
	{ "UPDATE log SET leaf = zeroblob(32) WHERE seq = 9", 9, "bytes" },
	{ "UPDATE log SET hash = zeroblob(32) WHERE seq = 9", 9, "does not follow" },
	{ "UPDATE log SET hash = zeroblob(31) WHERE seq = 9", 9, "another kind" },
	{ "DELETE FROM log WHERE seq = 6", 6, "missing" },
	{ "DELETE FROM log WHERE seq = 1", 1, "missing" },
	{ "DELETE FROM log WHERE seq > 20", 21, "all behind it" },
	{ "DELETE FROM log", 1, "all behind it" },
	{ "UPDATE head SET seq = 31, hash = (SELECT hash FROM log WHERE seq = 30)", 31, "last" },
	{ "UPDATE log SET seq = 100 WHERE seq = 10; UPDATE log SET seq = 10 WHERE seq = 11;"
	  "UPDATE log SET seq = 11 WHERE seq = 100",
		10, "does not follow" },
	{ "DELETE FROM head", 0, "no head" },
};
/* clang-format on */

static void
names_what_was_tampered_with(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(harms) / sizeof(harms[0]); i++) {
		struct depot d;
		struct store_checked c;
		struct store *s;
		const char *why = "";

		depot_make(&d, DEPOT_SQLITE);
		fill(&d, 30);
		assert_int_equal(store_check(&d.setup, &c), 0);
		sql(&d, harms[i].change);
		if (store_check(&d.setup, &c) != -EBADMSG || c.bad != harms[i].bad ||
			!strstr(c.why, harms[i].why))
			fail_msg("%s: record %lld, %s", harms[i].change, (long long)c.bad,
				c.why ? c.why : "nothing");
		assert_int_equal(store_open(&d.setup, &why, &s), -EBADMSG);
		assert_true(strlen(why) > 0);
		depot_drop(&d);
	}
}

/* Any byte of any record, in the file itself. */
static void
names_the_record_whose_byte_flipped(void **state)
{
	struct depot d;
	struct aid_work a;
	struct store_checked c;

	(void)state;
	depot_make(&d, DEPOT_SQLITE);
	aid_begin(&a);
	fill(&d, 30);
	struct span file = aid_read(a.arena, d.path);
	for (uint64_t n = 0; n < 30; n += 3) {
		struct issued is = depot_issued(n);
		size_t at = 0, found = 0;
		for (; at + STORE_ID + 50 < file.len; at++) {
			/* version and kind, times, then the id */
			if (memcmp(&file.ptr[at + 19], is.id, STORE_ID) != 0 ||
				memcmp(&file.ptr[at], "\0\1\1", 3) != 0)
				continue;
			found++;
			FILE *f = fopen(d.path, "r+b");
			assert_non_null(f);
			const size_t where = at + 3 + n * 3;
			assert_int_equal(fseek(f, (long)where, SEEK_SET), 0);
			assert_int_equal(fputc(file.ptr[where] ^ 0x40, f), file.ptr[where] ^ 0x40);
			assert_int_equal(fclose(f), 0);
			assert_int_equal(store_check(&d.setup, &c), -EBADMSG);
			assert_int_equal(c.bad, n + 1);
			f = fopen(d.path, "r+b");
			assert_non_null(f);
			assert_int_equal(fseek(f, (long)where, SEEK_SET), 0);
			fputc(file.ptr[where], f);
			assert_int_equal(fclose(f), 0);
			assert_int_equal(store_check(&d.setup, &c), 0);
		}
		assert_int_equal(found, 1);
	}
	aid_end(&a);
	depot_drop(&d);
}

static void
leaves_other_files_alone(void **state)
{
	struct depot d;
	struct store *s;
	const char *why = "";

	(void)state;
	depot_make(&d, DEPOT_SQLITE);
	aid_write_text(&d.folder, "var/log.sqlite",
		"this is no database, and longer than a header of one is, "
		"so that it can't be taken for one that was cut off");
	assert_int_equal(store_open(&d.setup, &why, &s), -EBADMSG);
	aid_write_text(&d.folder, "secret", "too short");
	assert_int_equal(chmod(d.secret, 0600), 0);
	assert_int_equal(store_open(&d.setup, &why, &s), -EBADMSG);
	assert_int_equal(chmod(d.secret, 0640), 0);
	assert_int_equal(store_open(&d.setup, &why, &s), -EACCES);
	d.setup.path = "/nowhere/at/all/log.sqlite";
	assert_true(store_open(&d.setup, &why, &s) < 0);
	struct store_checked c;
	assert_int_equal(store_check(&d.setup, &c), -ENOENT);
	depot_drop(&d);
}

static void
keeps_files_to_itself(void **state)
{
	struct depot d;
	struct stat st;

	(void)state;
	depot_make(&d, DEPOT_SQLITE);
	store_close(depot_store(&d));
	assert_int_equal(stat(d.secret, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(d.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	depot_drop(&d);
}

/* --- a full disk --- */

static int
fill_the_disk(struct depot *d)
{
	struct rlimit small = { 120000, RLIM_INFINITY }, none = { RLIM_INFINITY, RLIM_INFINITY };
	struct store *s = depot_store(d);
	uint64_t n = 0;
	int r = 0;

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	for (; r == 0 && n < 10000; n++) {
		struct issued i = depot_issued(n);
		r = depot_append(s, &i);
	}
	if (r != -ENOSPC || store_state(s) != -ENOSPC)
		return 1;
	struct issued refused = depot_issued(n - 1);
	struct store_found f;
	if (depot_find(s, refused.id, &f) != -ENOENT || depot_find(s, depot_issued(0).id, &f) != 0)
		return 2;
	if (depot_append(s, &refused) != -ENOSPC)
		return 3;
	setrlimit(RLIMIT_FSIZE, &none);
	if (depot_append(s, &refused) != 0 || store_state(s) != 0) /* without a restart */
		return 4;
	store_close(s);
	struct store_checked c;
	return store_check(&d->setup, &c) != 0 || c.issued != (int64_t)n ? 5 : 0;
}

static void
says_when_the_disk_is_full_and_goes_on(void **state)
{
	struct depot d;
	int status;

	(void)state;
	depot_make(&d, DEPOT_SQLITE);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(fill_the_disk(&d));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	depot_drop(&d);
}

/* --- no memory --- */

static int
do_all(struct log *l)
{
	struct job jobs[3] = { { .next = &jobs[1], .kind = JOB_APPEND },
		{ .next = &jobs[2], .kind = JOB_REVOKE }, { .kind = JOB_LEASE } };
	struct store_lease lease;
	struct issued i = depot_issued(7);

	jobs[0].record = (struct record){ .kind = RECORD_ISSUED, .list = -1, .index = -1 };
	memcpy(jobs[0].record.id, i.id, STORE_ID);
	jobs[1].record = (struct record){ .kind = RECORD_REVOKED, .list = -1, .index = -1 };
	memcpy(jobs[1].record.id, i.id, STORE_ID);
	jobs[2].lease_out = &lease;
	jobs[2].lease_count = 5;
	jobs[2].family_len = 1;
	int r = log_group(l, &jobs[0]);
	for (int n = 0; n < 3; n++)
		if (jobs[n].result == -ENOMEM)
			return -ENOMEM;
	/* where even going back needs memory, the connection is given up */
	return r == -EIO && oom_hit() ? -ENOMEM : r;
}

/* As the store's thread does it, but where allocations can be made to fail. */
static int
live_once(void *arg)
{
	struct depot *d = arg;
	struct log l = { .kit = kit_new(), .hand = hand_new() };
	struct store_status *none = status_none(), *all = NULL;
	const char *why = NULL;
	static const uint8_t key[SECRET_LENGTH];
	int r = l.kit && l.hand && none ? 0 : -ENOMEM;

	if (r == 0)
		r = log_open(&l, &db_sqlite, d->path, true, key, &why);
	if (r == 0)
		r = do_all(&l);
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
	struct depot d;
	struct store_checked c;

	(void)state;
	depot_make(&d, DEPOT_SQLITE);
	assert_int_equal(live_once(&d), 0);
	assert_true(oom_each(live_once, &d) > 20);
	assert_int_equal(store_check(&d.setup, &c), 0);
	assert_int_equal(c.issued, 1);
	assert_int_equal(c.revoked, 1);
	depot_drop(&d);
}

static int
open_once(void *arg)
{
	struct depot *d = arg;
	struct store *s = NULL;
	struct issued i = depot_issued(1);
	int r = store_open(&d->setup, NULL, &s);

	if (r == 0)
		r = store_append(s, &i, NULL, NULL);
	store_close(s);
	return r;
}

static void
opens_or_says_that_memory_lacks(void **state)
{
	struct depot d;

	(void)state;
	depot_make(&d, DEPOT_SQLITE);
	assert_int_equal(open_once(&d), 0);
	assert_true(oom_each(open_once, &d) > 20);
	depot_drop(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_what_was_tampered_with),
		cmocka_unit_test(names_the_record_whose_byte_flipped),
		cmocka_unit_test(leaves_other_files_alone),
		cmocka_unit_test(keeps_files_to_itself),
		cmocka_unit_test(says_when_the_disk_is_full_and_goes_on),
		cmocka_unit_test(survives_lack_of_memory),
		cmocka_unit_test(opens_or_says_that_memory_lacks),
	};

	/* nothing here is about the disk: where memory can stand for it, syncing is quick */
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
