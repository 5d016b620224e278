/* target_exec.c - a command line verifier: the credential on standard input, its JSON report on standard output.
 *
 * The command learns more from the environment: CASE_AT (the time to decide for) and
 * CASE_FOLDER.  It runs in a process group of its own, so that all of it ends in time.
 */
#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/base/date.h"
#include "conformance/target_impl.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static bool
read_exec(struct target *t, const char *rest)
{
	t->command = rest;
	return rest[0] != '\0';
}

static void
run_child(const struct target *t, const char *at, const char *folder, int fd)
{
	setpgid(0, 0);
	setenv("CASE_AT", at, 1);
	setenv("CASE_FOLDER", folder ? folder : "", 1);
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	execl("/bin/sh", "sh", "-c", t->command, (char *)NULL);
	_exit(127);
}

static const char *
ask_exec(const struct target *t, struct work *w, const struct question *q, struct span *out)
{
	struct buf at = buf_in(w->arena, 64);
	struct span answer = SPAN_NONE;
	int pair[2];

	time_format(&at, q->at);
	buf_char(&at, '\0');
	if (at.error || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return "there is no socket for the command";
	set_patience(pair[0]);
	pid_t child = fork();
	if (child == 0)
		run_child(t, (const char *)at.ptr, q->folder, pair[1]);
	close(pair[1]);
	if (child > 0) {
		/* a command that does not read its input may still answer */
		send_all(pair[0], q->input);
		shutdown(pair[0], SHUT_WR);
		answer = span_trim(receive_all(w, pair[0]));
		kill(-child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	close(pair[0]);
	if (answer.len == 0)
		return "the command gave no report in time";
	*out = answer;
	return NULL;
}

const struct target_kind target_exec = { "exec:", "exec", read_exec, ask_exec };
