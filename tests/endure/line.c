/* line.c - see line.h. */
#include "tests/endure/line.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { PATIENCE = 10 };

static bool
dial(struct line *l)
{
	const struct timeval wait = { PATIENCE, 0 };
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((unsigned short)l->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	if (l->fd >= 0)
		return true;
	l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->fd < 0)
		return false;
	setsockopt(l->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	if (connect(l->fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return true;
	line_close(l);
	return false;
}

void
line_close(struct line *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

/* How long the answer is as far as its head tells; 0: not yet. */
static size_t
whole(char *answer, size_t have)
{
	answer[have] = '\0';
	const char *body = strstr(answer, "\r\n\r\n"), *length = NULL;

	if (body)
		length = strcasestr(answer, "content-length: ");
	return length && length < body
		       ? (size_t)(body - answer) + 4 + strtoul(length + 16, NULL, 10)
		       : 0;
}

static int
receive(struct line *l, char *answer, size_t room)
{
	size_t have = 0, want = 0;

	while (want == 0 || have < want) {
		ssize_t n = have + 1 < room ? recv(l->fd, answer + have, room - 1 - have, 0) : 0;
		if (n <= 0)
			return 0;
		have += (size_t)n;
		want = want > 0 ? want : whole(answer, have);
	}
	return have == want && strncmp(answer, "HTTP/1.1 ", 9) == 0 ? atoi(answer + 9) : 0;
}

int
line_ask(struct line *l, const char *request, size_t len, char *answer, size_t room)
{
	int status = 0;

	if (dial(l) && send(l->fd, request, len, MSG_NOSIGNAL) == (ssize_t)len)
		status = receive(l, answer, room);
	if (status == 0 || strcasestr(answer, "\r\nconnection: close"))
		line_close(l);
	return status;
}
