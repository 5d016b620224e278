/* test_disk.c - a disk that can't sync, and a machine that loses its power: only what was synced is left.
 *
 * SQLite's calls of fsync and fdatasync end here.  Each copies what it has synced; after the power is cut those
 * copies are all that there is.
 */
#include "tests/store/depot.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static atomic_int syncs_to_fail;
static atomic_bool copies; /* of files of the log */

int fsync(int fd);
int fdatasync(int fd);

/* Whole or not at all: the process may be killed meanwhile. */
static void
copy_file(const char *from, const char *to)
{
	char part[400];
	static char bytes[1 << 16];
	ssize_t n;

	snprintf(part, sizeof(part), "%s.part", to);
	int in = open(from, O_RDONLY), out = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	while (in >= 0 && out >= 0 && (n = read(in, bytes, sizeof(bytes))) > 0)
		if (write(out, bytes, (size_t)n) != n)
			abort();
	close(in);
	close(out);
	if (rename(part, to) != 0)
		abort();
}

static int
synced(int fd, long call)
{
	char link[64], path[300], copy[320];
	int left = atomic_load(&syncs_to_fail);

	if (left > 0 && atomic_compare_exchange_strong(&syncs_to_fail, &left, left - 1)) {
		errno = EIO;
		return -1;
	}
	if (syscall(call, fd) != 0)
		return -1;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0 || !atomic_load(&copies))
		return 0;
	path[n] = '\0';
	if (!strstr(path, "/log.sqlite"))
		return 0;
	snprintf(copy, sizeof(copy), "%s.synced", path);
	copy_file(path, copy);
	return 0;
}

int
fsync(int fd)
{
	return synced(fd, SYS_fsync);
}

int
fdatasync(int fd)
{
	return synced(fd, SYS_fdatasync);
}

static int
append(struct store *s, uint64_t n)
{
	struct issued i = depot_issued(n);

	return depot_append(s, &i);
}

/* Nothing is told as durable, the file is opened again and looked at, and it goes on. */
static void
tells_nothing_that_was_not_synced(void **state)
{
	struct depot d;
	struct store_checked c;
	struct store_found f;

	(void)state;
	assert_true(depot_make(&d, DEPOT_SQLITE));
	struct store *s = depot_store(&d);
	for (uint64_t round = 0; round < 5; round++) {
		assert_int_equal(append(s, 10 * round), 0);
		atomic_store(&syncs_to_fail, 1);
		assert_int_equal(append(s, 10 * round + 1), -EIO);
		assert_int_equal(atomic_load(&syncs_to_fail), 0);
		int r = -EIO;
		for (int tries = 0; r != 0 && tries < 600; tries++, usleep(10000))
			r = append(s, 10 * round + 2);
		assert_int_equal(r, 0);
		assert_int_equal(store_state(s), 0);
		assert_int_equal(depot_find(s, depot_issued(10 * round).id, &f), 0);
	}
	store_close(s);
	assert_int_equal(store_check(&d.setup, &c), 0);
	assert_true(c.issued >= 10);
	depot_drop(&d);
}

/* --- power --- */

enum { CLIENTS = 6 };

struct told {
	uint64_t number;
	struct store_place place;
};

struct client {
	struct store *s;
	uint64_t first;
	int to;
};

static void *
load(void *arg)
{
	struct client *c = arg;

	for (uint64_t n = c->first;; n++) {
		struct told t = { .number = n };
		struct issued i = depot_issued(n);
		if (depot_place(c->s, "vc", &t.place) != 0)
			_exit(3);
		i.status_list = t.place.list;
		i.status_index = t.place.index;
		if (depot_append(c->s, &i) != 0 || write(c->to, &t, sizeof(t)) != sizeof(t))
			_exit(4);
	}
}

static void
live(struct depot *d, uint64_t round, int to)
{
	static struct client clients[CLIENTS];
	pthread_t thread;
	struct store *s;

	if (store_open(&d->setup, NULL, &s) != 0)
		_exit(1);
	for (uint64_t i = 0; i < CLIENTS; i++) {
		clients[i] = (struct client){ s, round << 40 | i << 32, to };
		if (pthread_create(&thread, NULL, load, &clients[i]) != 0)
			_exit(2);
	}
	for (;;)
		pause();
}

/* What was never synced is gone, a file's very existence as well. */
static void
cut_the_power(const struct depot *d)
{
	static const char *const ends[] = { "", "-wal" };
	char path[340], copy[360];

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s%s", d->path, ends[i]);
		snprintf(copy, sizeof(copy), "%s.synced", path);
		unlink(path);
		if (access(copy, F_OK) == 0)
			copy_file(copy, path);
	}
	snprintf(path, sizeof(path), "%s-shm", d->path);
	unlink(path);
}

static void
one_life(struct depot *d, uint64_t round, struct told *told, size_t max, size_t *count)
{
	int ends[2], status;

	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		live(d, round, ends[1]);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &told[*count], sizeof(*told)), sizeof(*told));
	(*count)++;
	usleep((useconds_t)(random() % 60000));
	assert_int_equal(kill(child, SIGKILL), 0);
	while (*count < max && read(ends[0], &told[*count], sizeof(*told)) == sizeof(*told))
		(*count)++;
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static int
by_place(const void *a, const void *b)
{
	const struct store_place *p = &((const struct told *)a)->place;
	const struct store_place *q = &((const struct told *)b)->place;

	return p->list != q->list ? (p->list > q->list) - (p->list < q->list)
				  : (p->index > q->index) - (p->index < q->index);
}

static void
loses_nothing_with_the_power(void **state)
{
	enum { MOST = 1 << 17 };
	const char *rounds = getenv("KILL_ROUNDS");
	struct told *told = calloc(MOST, sizeof(*told));
	struct depot d;
	struct store_checked c;
	struct store_found f;
	size_t count = 0;
	int n = rounds ? atoi(rounds) : 20;

	(void)state;
	assert_non_null(told);
	assert_true(depot_make(&d, DEPOT_SQLITE));
	atomic_store(&syncs_to_fail, 0);
	atomic_store(&copies, true);
	for (int i = 0; i < n; i++) {
		size_t since = count;
		one_life(&d, (uint64_t)i + 1, told, MOST, &count);
		cut_the_power(&d);
		struct store *s = depot_store(&d);
		for (size_t j = since; j < count; j++)
			if (depot_find(s, depot_issued(told[j].number).id, &f) != 0)
				fail_msg("round %d: %llx was acknowledged and is not there", i,
					(unsigned long long)told[j].number);
		store_close(s);
		assert_int_equal(store_check(&d.setup, &c), 0);
	}
	qsort(told, count, sizeof(*told), by_place);
	for (size_t i = 1; i < count; i++)
		assert_int_not_equal(by_place(&told[i - 1], &told[i]), 0);
	print_message("sqlite, power cut %d times: %zu acknowledged, none lost, no place twice\n",
		n, count);
	atomic_store(&copies, false);
	depot_drop(&d);
	free(told);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_nothing_that_was_not_synced),
		cmocka_unit_test(loses_nothing_with_the_power),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
