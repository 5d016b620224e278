/* keeper.c - starts the signer, and starts it again; between the two forks there is never a thread. */
#include "gateway/keys/process/process_impl.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUFFER = 512 << 10, TIMEOUT = 2000, PAUSE_FIRST = 100, PAUSE_MAX = 5000, LIVED = 10 };

/* What a terminal or an init sends to all: the gateway decides, and we end with it. */
static void
stand_aside(pid_t parent)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGUSR1,
		SIGUSR2 };

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent)
		_exit(0);
}

/* One life of the signer; *error: what it said when it began, or -EIO when it said nothing. */
static int
live(const struct signer_setup *s, const int *fds, int up, int32_t *error)
{
	int ends[2], status = 0;
	pid_t self = getpid(), child;

	*error = -EIO;
	if (pipe(ends) != 0 || (child = fork()) < 0) {
		*error = -errno;
		return 0;
	}
	if (child == 0) {
		stand_aside(self);
		close(ends[0]);
		_exit(signer_serve(s, fds, s->channels, ends[1]));
	}
	close(ends[1]);
	if (read(ends[0], error, sizeof(*error)) != sizeof(*error))
		*error = -EIO;
	close(ends[0]);
	/* the gateway waits for the first one only */
	if (up >= 0 && write(up, error, sizeof(*error)) != sizeof(*error))
		*error = -EPIPE;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static bool
gateway_is_gone(const struct signer_setup *s, const int *fds)
{
	struct pollfd p = { .fd = fds[0] };

	(void)s;
	return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR));
}

static void
keep(const struct signer_setup *s, const int *fds, int up)
{
	int pause = PAUSE_FIRST;

	for (bool first = true;; first = false) {
		int64_t began = s->clock();
		int32_t error;
		int status = live(s, fds, first ? up : -1, &error);
		if (first)
			close(up);
		if ((first && error != 0) || gateway_is_gone(s, fds))
			_exit(0);
		if (WIFEXITED(status) && WEXITSTATUS(status) == SIGNER_RELOAD)
			continue;
		if (s->tell)
			s->tell("the signer ended and is started again", status);
		pause = s->clock() - began >= LIVED ? PAUSE_FIRST
			: pause * 2 < PAUSE_MAX     ? pause * 2
						    : PAUSE_MAX;
		poll(NULL, 0, pause);
	}
}

static int
open_channels(struct signer_process *p, int *theirs, unsigned count)
{
	int size = BUFFER, pair[2];
	int patience = p->timeout < SIGNER_PATIENCE ? p->timeout : SIGNER_PATIENCE;
	struct timeval wait = { 0, patience * 1000 };

	for (unsigned i = 0; i < count; i++) {
		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
			return -errno;
		p->channels[i].fd = pair[0];
		theirs[i] = pair[1];
		p->free[p->free_count++] = i;
		p->count++;
		setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
		if (setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) != 0 ||
			setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) != 0)
			return -errno;
	}
	return 0;
}

static void
close_all(const int *fds, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		close(fds[i]);
}

static int
start_keeper(struct signer_process *p, const struct signer_setup *s, const int *theirs)
{
	int up[2];
	int32_t error = -EIO;
	pid_t self = getpid();

	if (pipe(up) != 0)
		return -errno;
	p->keeper = fork();
	if (p->keeper == 0) {
		stand_aside(self);
		for (unsigned i = 0; i < p->count; i++)
			close(p->channels[i].fd);
		close(up[0]);
		keep(s, theirs, up[1]);
	}
	close(up[1]);
	if (p->keeper < 0)
		error = -errno;
	else if (read(up[0], &error, sizeof(error)) != sizeof(error))
		error = -EIO;
	close(up[0]);
	return error;
}

int
signer_start(const struct signer_setup *s, struct signer_process **out)
{
	struct signer_process *p = calloc(1, sizeof(*p));
	int theirs[SIGNER_CHANNELS];
	int r = p ? 0 : -ENOMEM;

	if (r == 0 && (s->channels < 1 || s->channels > SIGNER_CHANNELS))
		r = -EINVAL;
	if (r != 0) {
		free(p);
		return r;
	}
	p->keeper = -1;
	p->timeout = s->timeout > 0 ? s->timeout : TIMEOUT;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->freed, NULL);
	r = open_channels(p, theirs, s->channels);
	if (r == 0)
		r = start_keeper(p, s, theirs);
	close_all(theirs, p->count);
	if (r == 0)
		*out = p;
	else
		signer_stop(p);
	return r;
}

/* With its channels closed the signer ends, and the keeper with it. */
void
signer_stop(struct signer_process *p)
{
	if (!p)
		return;
	for (unsigned i = 0; i < p->count; i++)
		close(p->channels[i].fd);
	if (p->keeper > 0)
		while (waitpid(p->keeper, NULL, 0) < 0 && errno == EINTR)
			;
	pthread_cond_destroy(&p->freed);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
