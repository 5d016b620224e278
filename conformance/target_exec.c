/* target_exec.c - a command line verifier: the credential on standard input, its JSON report on standard output.
 *
 * The command learns more from the environment: CASE_AT (the time to decide for),
 * CASE_FOLDER, and CASE_TO (the form to write it in, or nothing).  It runs
 * in a process group of its own, so that all of it ends in time.
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
read_exec(struct tested *t, const char *rest)
{
	t->command = rest;
	return rest[0] != '\0';
}

/* Input and output are two pairs: unread input must not cost the answer, as closing a socket that
 * still holds bytes would. */
struct pipes {
	int in[2], out[2]; /* 0: ours, 1: the command's */
};

static bool
open_pipes(struct pipes *p)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p->in) != 0)
		return false;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p->out) == 0)
		return true;
	close(p->in[0]);
	close(p->in[1]);
	return false;
}

static void
run_child(const struct tested *t, const char *at, const struct question *q, const struct pipes *p)
{
	setpgid(0, 0);
	setenv("CASE_AT", at, 1);
	setenv("CASE_FOLDER", q->folder ? q->folder : "", 1);
	setenv("CASE_TO", q->to ? q->to : "", 1);
	dup2(p->in[1], STDIN_FILENO);
	dup2(p->out[1], STDOUT_FILENO);
	execl("/bin/sh", "sh", "-c", t->command, (char *)NULL);
	_exit(127);
}

/* Closes what it was given. */
static struct span
converse(struct work *w, const struct pipes *p, pid_t child, struct span input)
{
	struct span answer = SPAN_NONE;

	close(p->in[1]);
	close(p->out[1]);
	if (child > 0) {
		set_patience(p->in[0]);
		set_patience(p->out[0]);
		send_all(p->in[0], input);
		shutdown(p->in[0], SHUT_WR);
		answer = span_trim(receive_all(w, p->out[0]));
		kill(-child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	close(p->in[0]);
	close(p->out[0]);
	return answer;
}

static const char *
ask_exec(const struct tested *t, struct work *w, const struct question *q, struct span *out)
{
	struct buf at = buf_in(w->arena, 64);
	struct pipes p;

	time_format(&at, q->at);
	buf_char(&at, '\0');
	if (at.error || !open_pipes(&p))
		return "there is no socket for the command";
	pid_t child = fork();
	if (child == 0)
		run_child(t, (const char *)at.ptr, q, &p);
	struct span answer = converse(w, &p, child, q->input);
	if (answer.len == 0)
		return "the command gave no report in time";
	*out = answer;
	return NULL;
}

const struct target_kind target_exec = { "exec:", "exec", false, read_exec, ask_exec };
