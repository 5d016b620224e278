/* world.c - see world.h. */
#include "tests/endure/world.h"

#include "tests/endure/line.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH = 512, START_SECONDS = 30 };

double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

bool
world_is_long(void)
{
	return getenv("ENDURE_ROUNDS") != NULL;
}

int
world_rounds(int usual)
{
	const char *rounds = getenv("ENDURE_ROUNDS");

	return rounds ? atoi(rounds) : usual;
}

/* --- programs --- */

/* build/MODE-CC/tests/endure/test_x stands three folders below build/MODE-CC/vidimus. */
static void
find_program(struct world *w)
{
	ssize_t n = readlink("/proc/self/exe", w->program, sizeof(w->program) - 16);

	assert_true(n > 0);
	w->program[n] = '\0';
	for (int i = 0; i < 3; i++)
		*strrchr(w->program, '/') = '\0';
	strcat(w->program, "/vidimus");
}

pid_t
world_spawn(const struct world *w, const char *name, const char *const *words)
{
	char *argv[16] = { NULL }, out[PATH];

	for (size_t i = 0; words[i] && i < 15; i++)
		argv[i] = (char *)(uintptr_t)words[i];
	snprintf(out, sizeof(out), "%s/%s", w->folder, name);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	int fd = open(out, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		_exit(126);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execvp(argv[0], argv);
	_exit(127);
}

static int
ended(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		assert_int_equal(errno, EINTR);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int
world_run(const struct world *w, const char *name, const char *const *words)
{
	return ended(world_spawn(w, name, words));
}

/* --- the world --- */

static void
read_text(const char *folder, const char *name, char *out, size_t room)
{
	char path[PATH + 64];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = fopen(path, "rb");
	if (!f)
		fail_msg("%s can't be read", path);
	size_t n = fread(out, 1, room - 1, f);
	fclose(f);
	out[n] = '\0';
	out[strcspn(out, "\r\n")] = '\0';
}

/* As the demo writes it, with the test's own log and a client that nothing holds back. */
static void
write_conf(const struct world *w)
{
	static char text[32768];
	const char *mark = "\npath = issued.sqlite\n";
	char from[PATH];

	snprintf(from, sizeof(from), "%s/vidimus.conf", w->folder);
	FILE *f = fopen(from, "rb");
	assert_non_null(f);
	size_t n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	char *store = strstr(text, mark);
	assert_non_null(store);
	f = fopen(w->conf, "wb");
	assert_non_null(f);
	fprintf(f, "%.*s\n%s = %s\nsecret = %s\nrefresh = 1\n%s", (int)(store - text), text,
		w->depot.setup.url ? "url" : "path",
		w->depot.setup.url ? w->depot.setup.url : w->depot.setup.path,
		w->depot.setup.secret, store + strlen(mark));
	fputs("rate = 100000\nquota = 1000000000\n", f);
	assert_int_equal(fclose(f), 0);
}

bool
world_make(struct world *w, enum depot_kind kind, const char *path)
{
	*w = (struct world){ .folder = "" };
	find_program(w);
	if (!depot_make(&w->depot, kind))
		return false;
	if (path)
		w->depot.setup.path = path;
	snprintf(w->folder, sizeof(w->folder), "%s/world", w->depot.folder.path);
	snprintf(w->conf, sizeof(w->conf), "%s/endure.conf", w->folder);
	const char *const words[] = { w->program, "demo", w->folder, NULL };
	aid_write_text(&w->depot.folder, "world/out", "");
	assert_int_equal(world_run(w, "out", words), 0);
	read_text(w->folder, "own.token", w->token, sizeof(w->token));
	read_text(w->folder, "samples/vaccination.txt", w->sample, sizeof(w->sample));
	write_conf(w);
	return true;
}

void
world_drop(struct world *w)
{
	depot_drop(&w->depot);
}

/* --- gateways --- */

int
free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	close(fd);
	return ntohs(at.sin_port);
}

int
ask(int port, const char *method, const char *target, const char *token, const char *body,
	char answer[ANSWER_MAX])
{
	char request[6144];
	struct line l = { .fd = -1, .port = port };
	int n = snprintf(request, sizeof(request),
		"%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\n%s%s%s"
		"Content-Length: %zu\r\n\r\n%s",
		method, target, body[0] == '{' ? "application/json" : "text/plain",
		token[0] ? "Authorization: Bearer " : "", token, token[0] ? "\r\n" : "",
		strlen(body), body);
	int status = line_ask(&l, request, (size_t)n, answer, ANSWER_MAX);

	line_close(&l);
	return status;
}

void
gateway_make(struct gateway *g, const struct world *w)
{
	*g = (struct gateway){ .world = w, .port = free_port() };
}

void
gateway_start(struct gateway *g)
{
	const char *const words[] = { g->world->program, "serve", "--config", g->world->conf,
		NULL };
	char address[64];

	snprintf(address, sizeof(address), "127.0.0.1:%d", g->port);
	setenv("VIDIMUS_LISTEN_ADDRESS", address, 1);
	setenv("VIDIMUS_LISTEN_RATE", "0", 1);
	setenv("VIDIMUS_LISTEN_REQUESTS_PER_CONNECTION", "100000000", 1);
	setenv("VIDIMUS_LOG_LEVEL", "error", 1);
	g->pid = world_spawn(g->world, "gateway.log", words);
	g->keeper = g->signer = 0;
}

/* The first process that this one started; 0: none. */
static pid_t
child_of(pid_t pid)
{
	char path[64];
	int child = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	FILE *f = pid > 0 ? fopen(path, "r") : NULL;
	if (f && fscanf(f, "%d", &child) != 1)
		child = 0;
	if (f)
		fclose(f);
	return child;
}

void
gateway_ready(struct gateway *g)
{
	static char answer[ANSWER_MAX];
	double until = seconds() + START_SECONDS;

	while (ask(g->port, "GET", "/healthz", "", "", answer) != 200) {
		int status;
		if (seconds() > until || waitpid(g->pid, &status, WNOHANG) != 0)
			fail_msg("the gateway does not start: %s/gateway.log", g->world->folder);
		usleep(2000);
	}
	g->keeper = child_of(g->pid);
	g->signer = child_of(g->keeper);
}

/* Whose parent is gone is somebody else's to bury: what has ended is a zombie at most. */
static bool
lives(pid_t pid)
{
	char path[64], state = 'X';

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	FILE *f = pid > 0 ? fopen(path, "r") : NULL;
	if (f && fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 'X';
	if (f)
		fclose(f);
	return state != 'X' && state != 'Z';
}

void
gateway_kill(struct gateway *g)
{
	assert_int_equal(kill(g->pid, SIGKILL), 0);
	assert_int_equal(ended(g->pid), 128 + SIGKILL);
	for (double until = seconds() + 5; lives(g->keeper) || lives(g->signer);) {
		if (seconds() > until)
			fail_msg("the gateway was killed, and its signer lives on");
		usleep(1000);
	}
}

void
gateway_stop(struct gateway *g)
{
	assert_int_equal(kill(g->pid, SIGTERM), 0);
	assert_int_equal(ended(g->pid), 0);
}
