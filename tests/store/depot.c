/* depot.c - logs to test with. */
#include "tests/store/depot.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

const char *const depot_names[DEPOT_KINDS] = { "sqlite", "postgresql" };

/* --- PostgreSQL --- */

static struct {
	struct aid_folder folder;
	pid_t pid;
	unsigned databases;
} server;

/* The newest of Debian's, else what is on the path. */
static bool
find_programs(char *out, size_t len)
{
	glob_t found = { 0 };
	bool ok = glob("/usr/lib/postgresql/*/bin/pg_ctl", 0, NULL, &found) == 0;

	if (ok)
		snprintf(out, len, "%.*s", (int)(strlen(found.gl_pathv[found.gl_pathc - 1]) - 7),
			found.gl_pathv[found.gl_pathc - 1]);
	globfree(&found);
	return ok;
}

/* Starts a program; its words go to a file.  PostgreSQL refuses to run as root; it ends with the test. */
static pid_t
start(const char *words)
{
	const struct passwd *user = getpwnam("postgres");
	uid_t uid = user ? user->pw_uid : 65534;
	gid_t gid = user ? user->pw_gid : 65534;
	char programs[512], line[2048], log[320];

	assert_true(find_programs(programs, sizeof(programs)));
	snprintf(line, sizeof(line), "exec %s/%s", programs, words);
	snprintf(log, sizeof(log), "%s/log", server.folder.path);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(gid) != 0 || setuid(uid) != 0))
		_exit(126);
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0 || chdir(server.folder.path) != 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		_exit(126);
	prctl(PR_SET_PDEATHSIG, SIGQUIT);
	execl("/bin/sh", "sh", "-c", line, NULL);
	_exit(127);
}

static int
ended(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		assert_int_equal(errno, EINTR);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

void
depot_server_stop(int signal)
{
	assert_int_equal(kill(server.pid, signal), 0);
	if (signal != SIGSTOP && signal != SIGCONT)
		ended(server.pid);
}

/* Its processes: one each connection, and a few of its own. */
static size_t
server_children(pid_t *out, size_t room)
{
	char path[64];
	size_t n = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)server.pid, (int)server.pid);
	FILE *f = fopen(path, "r");
	while (f && n < room && fscanf(f, "%d", &out[n]) == 1)
		n++;
	if (f)
		fclose(f);
	return n;
}

void
depot_server_freeze(bool frozen)
{
	pid_t children[128];
	size_t n = server_children(children, 128);

	assert_int_equal(kill(server.pid, frozen ? SIGSTOP : SIGCONT), 0);
	for (size_t i = 0; i < n; i++)
		(void)kill(children[i], frozen ? SIGSTOP : SIGCONT);
}

void
depot_server_kill(void)
{
	pid_t children[128];
	size_t n = server_children(children, 128);

	assert_int_equal(kill(server.pid, SIGKILL), 0);
	for (size_t i = 0; i < n; i++)
		(void)kill(children[i], SIGKILL);
	ended(server.pid);
	/* it does not start beside what is left of it */
	for (size_t i = 0; i < n; i++)
		for (int tries = 0; kill(children[i], 0) == 0 && tries < 200; tries++)
			usleep(5000);
}

void
depot_server_start(void)
{
	char url[320], words[512];

	snprintf(words, sizeof(words),
		"postgres -D data -k %s -c listen_addresses= -c max_connections=40",
		server.folder.path);
	server.pid = start(words);
	snprintf(url, sizeof(url), "postgresql:///postgres?host=%s&user=vidimus",
		server.folder.path);
	for (int tries = 0; PQping(url) != PQPING_OK; tries++) {
		if (tries > 1500)
			fail_msg("PostgreSQL does not start: %s/log", server.folder.path);
		usleep(20000);
	}
}

static bool
server_runs(void)
{
	char programs[512];
	struct passwd *user = getpwnam("postgres");

	if (server.pid > 0 || !find_programs(programs, sizeof(programs)))
		return server.pid > 0;
	aid_folder_make(&server.folder);
	if (geteuid() == 0)
		assert_int_equal(chown(server.folder.path, user ? user->pw_uid : 65534,
					 user ? user->pw_gid : 65534),
			0);
	assert_int_equal(
		ended(start("initdb -D data -U vidimus -A trust -E UTF8 --locale=C --no-sync")), 0);
	depot_server_start();
	return true;
}

int
depot_end(void **state)
{
	(void)state;
	if (server.pid == 0)
		return 0;
	depot_server_stop(SIGINT);
	aid_folder_drop(&server.folder);
	server.pid = 0;
	return 0;
}

static void
make_database(struct depot *b)
{
	char url[320], sql[64];

	snprintf(url, sizeof(url), "postgresql:///postgres?host=%s&user=vidimus",
		server.folder.path);
	snprintf(sql, sizeof(sql), "CREATE DATABASE t%u", ++server.databases);
	PGconn *c = PQconnectdb(url);
	PGresult *r = PQexec(c, sql);
	assert_int_equal(PQresultStatus(r), PGRES_COMMAND_OK);
	PQclear(r);
	PQfinish(c);
	snprintf(b->url, sizeof(b->url), "postgresql:///t%u?host=%s&user=vidimus", server.databases,
		server.folder.path);
	b->setup.url = b->url;
}

/* --- either --- */

bool
depot_make(struct depot *b, enum depot_kind kind)
{
	*b = (struct depot){ .kind = kind };
	if (kind == DEPOT_POSTGRES && !server_runs())
		return false;
	aid_folder_make(&b->folder);
	snprintf(b->secret, sizeof(b->secret), "%s/secret", b->folder.path);
	snprintf(b->path, sizeof(b->path), "%s/var/log.sqlite", b->folder.path);
	b->setup = (struct store_setup){ .path = b->path, .secret = b->secret, .refresh = 1 };
	if (kind == DEPOT_POSTGRES)
		make_database(b);
	return true;
}

void
depot_drop(struct depot *b)
{
	aid_folder_drop(&b->folder);
}

struct store *
depot_store(struct depot *b)
{
	struct store *s = NULL;
	const char *why = "";
	int r = store_open(&b->setup, &why, &s);

	if (r != 0)
		fail_msg("%s: %d, %s", depot_names[b->kind], r, why);
	assert_int_equal(store_state(s), 0);
	return s;
}

struct issued
depot_issued(uint64_t number)
{
	struct issued i = { .at = 1700000000 + (int64_t)number,
		.until = 1800000000 + (int64_t)number,
		.source_scheme = "eu-dcc",
		.scheme = number % 2 ? "shc" : "vc",
		.kid = number % 2 ? SPAN_LIT("key one") : SPAN_LIT("key two"),
		.status_list = -1,
		.status_index = -1 };

	memcpy(i.id, &number, sizeof(number));
	memset(i.source, (int)(number % 251), sizeof(i.source));
	return i;
}

#define WAIT_FOR(call)                                  \
	do {                                            \
		struct store_wait w;                    \
		int submitted, result;                  \
		store_wait_begin(&w);                   \
		while ((submitted = (call)) == -EAGAIN) \
			sched_yield();                  \
		result = store_wait_end(&w, submitted); \
		return result;                          \
	} while (0)

int
depot_append(struct store *s, const struct issued *i)
{
	WAIT_FOR(store_append(s, i, store_wait_done, &w));
}

int
depot_revoke(struct store *s, const uint8_t id[STORE_ID], int64_t at)
{
	WAIT_FOR(store_revoke(s, id, 4, at, store_wait_done, &w));
}

int
depot_find(struct store *s, const uint8_t id[STORE_ID], struct store_found *out)
{
	WAIT_FOR(store_find(s, id, out, store_wait_done, &w));
}

int
depot_forget(struct store *s, int64_t before)
{
	WAIT_FOR(store_forget(s, before, store_wait_done, &w));
}

int
depot_lease(struct store *s, const char *family, size_t count, struct store_lease *out)
{
	WAIT_FOR(store_lease(s, span_of(family), count, out, store_wait_done, &w));
}

int
depot_place(struct store *s, const char *family, struct store_place *out)
{
	int r;

	while ((r = store_index(s, span_of(family), out)) == -EAGAIN)
		if ((r = depot_lease(s, family, 0, NULL)) != 0)
			return r;
	return r;
}
