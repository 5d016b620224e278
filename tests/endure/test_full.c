/* test_full.c - a running gateway whose log has no room, or whose database is away or hangs: issuing says so, verifying
 * goes on, what was acknowledged is there, and issuing goes on by itself.
 */
#include "tests/endure/crowd.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { CLIENTS = 8, TMPFS_MIB = 4 };

static char answer[ANSWER_MAX];

static int
translate(const struct gateway *g)
{
	return ask(
		g->port, "POST", "/v1/translate?to=vc", g->world->token, g->world->sample, answer);
}

static void
verifies(const struct gateway *g)
{
	assert_int_equal(ask(g->port, "POST", "/v1/verify", "", g->world->sample, answer), 200);
	assert_non_null(strstr(answer, "\"verdict\":\"verified\""));
}

/* Until a translation is answered so; how long it took, and how long the longest answer. */
static double
until(const struct gateway *g, int status, const char *code, double patience)
{
	double began = seconds(), longest = 0, one;
	int got;

	do {
		double asked = seconds();
		got = translate(g);
		one = seconds() - asked;
		longest = one > longest ? one : longest;
		if (seconds() - began > patience)
			fail_msg("no %d after %.0f s: %d, %s", status, patience, got, answer);
		verifies(g);
		usleep(2000);
	} while (got != status || (code && (translate(g), !strstr(answer, code))));
	return longest;
}

/* --- a full disk --- */

static void
limit_files(const struct gateway *g, rlim_t size)
{
	const struct rlimit to = { size, RLIM_INFINITY };

	assert_int_equal(prlimit(g->pid, RLIMIT_FSIZE, &to, NULL), 0);
}

/* 507 under load, then room, then 200. */
static void
fill_and_make_room(struct gateway *g, void (*fill)(struct gateway *),
	void (*make_room)(struct gateway *), const char *what)
{
	static struct crowd c;

	crowd_start(&c, g->world, g->port, CLIENTS);
	while (crowd_count(&c) < 50)
		usleep(1000);
	fill(g);
	until(g, 507, "\"store.full\"", 60);
	size_t then = crowd_count(&c);
	for (int i = 0; i < 20; i++)
		verifies(g);
	make_room(g);
	double began = seconds();
	until(g, 200, NULL, 10);
	double took = seconds() - began;
	while (crowd_count(&c) < then + 50)
		usleep(1000);
	crowd_pause(&c);
	crowd_end(&c);
	crowd_check(&c, 0);
	assert_int_equal(places_used_twice(g->world), 0);
	print_message(
		"%s: 507 store.full, verifying went on; with room again issuing after %.3f s, no "
		"restart; %zu acknowledged, 0 lost, %zu refused\n",
		what, took, c.count, c.refused);
	assert_int_equal(c.gave_up, 0);
	crowd_free(&c);
}

static void
limit_fill(struct gateway *g)
{
	struct stat st;
	char wal[400];

	snprintf(wal, sizeof(wal), "%s-wal", g->world->depot.setup.path);
	assert_int_equal(stat(wal, &st), 0);
	limit_files(g, (rlim_t)st.st_size + 20000);
}

static void
limit_room(struct gateway *g)
{
	limit_files(g, RLIM_INFINITY);
}

static void
says_507_at_a_limit_of_size(void **state)
{
	static struct world w;
	struct gateway g;

	(void)state;
	assert_true(world_make(&w, DEPOT_SQLITE, NULL));
	gateway_make(&g, &w);
	gateway_start(&g);
	gateway_ready(&g);
	fill_and_make_room(&g, limit_fill, limit_room, "a limit of the log's size");
	gateway_stop(&g);
	world_drop(&w);
}

static struct aid_folder disk;

/* All that is left, but for a little. */
static void
disk_fill(struct gateway *g)
{
	static const char block[4096];
	char path[400];

	(void)g;
	snprintf(path, sizeof(path), "%s/filler", disk.path);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	setvbuf(f, NULL, _IONBF, 0);
	while (fwrite(block, 1, sizeof(block), f) == sizeof(block))
		;
	fclose(f);
}

static void
disk_room(struct gateway *g)
{
	char path[400];

	(void)g;
	snprintf(path, sizeof(path), "%s/filler", disk.path);
	assert_int_equal(unlink(path), 0);
}

static void
says_507_on_a_full_disk(void **state)
{
	static struct world w;
	struct gateway g;
	char path[400], size[32];

	(void)state;
	aid_folder_make(&disk);
	snprintf(size, sizeof(size), "size=%dm,mode=0700", TMPFS_MIB);
	if (mount("none", disk.path, "tmpfs", 0, size) != 0) {
		aid_folder_drop(&disk);
		print_message("skipped: a small disk can't be mounted here\n");
		skip();
	}
	snprintf(path, sizeof(path), "%s/log.sqlite", disk.path);
	assert_true(world_make(&w, DEPOT_SQLITE, path));
	gateway_make(&g, &w);
	gateway_start(&g);
	gateway_ready(&g);
	fill_and_make_room(&g, disk_fill, disk_room, "a full disk of 4 MiB");
	gateway_stop(&g);
	world_drop(&w);
	assert_int_equal(umount(disk.path), 0);
	aid_folder_drop(&disk);
}

/* --- the database away --- */

static void
lose_and_find(struct gateway *g, void (*lose)(void), void (*find)(void), const char *what)
{
	lose();
	double longest = until(g, 503, "\"store.down\"", 30);
	double began = seconds();
	int status = translate(g);
	double then = seconds() - began;
	assert_int_equal(status, 503);
	find();
	began = seconds();
	until(g, 200, NULL, 30);
	print_message("%s: 503 store.down, %.3f s for the longest answer, %.3f s once it is known; "
		      "verifying "
		      "went on; issuing again %.3f s after it was back, no restart\n",
		what, longest, then, seconds() - began);
	assert_true(longest < 8);
}

static void
stop_server(void)
{
	depot_server_stop(SIGQUIT);
}

static void
freeze_server(void)
{
	depot_server_freeze(true);
}

static void
thaw_server(void)
{
	depot_server_freeze(false);
}

static void
says_503_without_its_database(void **state)
{
	static struct world w;
	static struct crowd c;
	struct gateway g;

	(void)state;
	if (!world_make(&w, DEPOT_POSTGRES, NULL)) {
		print_message("skipped: postgresql is not installed\n");
		skip();
	}
	gateway_make(&g, &w);
	gateway_start(&g);
	gateway_ready(&g);
	crowd_start(&c, &w, g.port, CLIENTS);
	lose_and_find(&g, stop_server, depot_server_start, "PostgreSQL stopped");
	lose_and_find(&g, freeze_server, thaw_server, "PostgreSQL hanging");
	crowd_pause(&c);
	crowd_end(&c);
	crowd_check(&c, 0);
	assert_int_equal(places_used_twice(&w), 0);
	crowd_free(&c);
	gateway_stop(&g);
	world_drop(&w);
}

static void
starts_without_its_database(void **state)
{
	static struct world w;
	struct gateway g;

	(void)state;
	if (!world_make(&w, DEPOT_POSTGRES, NULL)) {
		print_message("skipped: postgresql is not installed\n");
		skip();
	}
	depot_server_stop(SIGINT);
	gateway_make(&g, &w);
	gateway_start(&g);
	gateway_ready(&g);
	verifies(&g);
	until(&g, 503, "\"store.down\"", 10);
	depot_server_start();
	until(&g, 200, NULL, 20);
	gateway_stop(&g);
	world_drop(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_507_at_a_limit_of_size),
		cmocka_unit_test(says_507_on_a_full_disk),
		cmocka_unit_test(says_503_without_its_database),
		cmocka_unit_test(starts_without_its_database),
	};

	return cmocka_run_group_tests(tests, NULL, depot_end);
}
