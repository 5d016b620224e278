/* target.c - one question put to our library, to a gateway's /v1/verify, or to a command's standard input. */
#include "conformance/target.h"

#include "codecs/base/arena.h"
#include "codecs/base/date.h"
#include "codecs/base/report.h"
#include "gateway/engine/engine.h"
#include "gateway/engine/render.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_MAX = 1 << 20, PATIENCE = 10 };

struct target {
	enum { BUILTIN, HTTP, EXEC } kind;
	char host[256], port[8];
	char *command;
};

static bool
read_url(struct target *t, const char *url)
{
	return sscanf(url, "http://%255[^:/]:%7[0-9]", t->host, t->port) == 2;
}

struct target *
target_open(const char *name)
{
	struct target *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	if (!name || strcmp(name, "builtin") == 0) {
		t->kind = BUILTIN;
		return t;
	}
	if (strncmp(name, "exec:", 5) == 0) {
		t->kind = EXEC;
		t->command = strdup(name + 5);
	} else if (read_url(t, name)) {
		t->kind = HTTP;
	}
	if (t->kind != BUILTIN)
		return t;
	free(t);
	return NULL;
}

void
target_close(struct target *t)
{
	if (t)
		free(t->command);
	free(t);
}

bool
target_is_builtin(const struct target *t)
{
	return t->kind == BUILTIN;
}

static const char *
ask_builtin(struct work *w, const struct question *q, struct span *out)
{
	struct verify v = { .input = q->input, .trust = q->trust, .policy = q->policy };
	struct buf b = buf_in(w->arena, ANSWER_MAX);

	w->now = q->at;
	if (engine_verify(w, &v) != 0)
		return "the engine ran out of memory";
	render_report(&b, w, &v);
	*out = buf_span(&b);
	return out->ptr ? NULL : "the report is too large";
}

static int
dial(const struct target *t)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list, *a;
	struct timeval patience = { PATIENCE, 0 };
	int fd = -1;

	if (getaddrinfo(t->host, t->port, &hints, &list) != 0)
		return -1;
	for (a = list; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(list);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

static bool
send_all(int fd, struct span s)
{
	while (s.len > 0) {
		ssize_t n = send(fd, s.ptr, s.len, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		s = span_from(s, (size_t)n);
	}
	return true;
}

static struct span
receive_all(struct arena *a, int fd)
{
	struct buf b = buf_in(a, ANSWER_MAX);
	ssize_t n = 1;

	while (n > 0) {
		uint8_t *room = buf_room(&b, 4096);
		n = room ? recv(fd, room, 4096, 0) : 0;
		if (n > 0)
			buf_took(&b, (size_t)n);
	}
	return buf_span(&b);
}

static void
write_request(struct buf *b, const struct target *t, struct span body)
{
	buf_str(b, "POST /v1/verify HTTP/1.1\r\nHost: ");
	buf_str(b, t->host);
	buf_str(b, "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ");
	buf_uint(b, body.len);
	buf_str(b, "\r\n\r\n");
	buf_add(b, body);
}

static const char *
ask_http(const struct target *t, struct work *w, const struct question *q, struct span *out)
{
	struct buf body = buf_in(w->arena, ANSWER_MAX), request = buf_in(w->arena, ANSWER_MAX);
	int fd = dial(t);

	if (fd < 0)
		return "the gateway does not answer";
	buf_str(&body, "{\"credential\":");
	buf_json(&body, q->input);
	buf_str(&body, ",\"at\":\"");
	time_format(&body, q->at);
	buf_str(&body, "\"}");
	write_request(&request, t, buf_span(&body));
	struct span answer = send_all(fd, buf_span(&request)) ? receive_all(w->arena, fd)
							      : SPAN_NONE;
	close(fd);
	const uint8_t *end = answer.len ? memmem(answer.ptr, answer.len, "\r\n\r\n", 4) : NULL;
	if (!end || !span_starts(answer, SPAN_LIT("HTTP/1.1 200 ")))
		return "the gateway did not answer with a report";
	*out = span_from(answer, (size_t)(end - answer.ptr) + 4);
	return NULL;
}

static void
run_child(const struct target *t, int in, int out)
{
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	execl("/bin/sh", "sh", "-c", t->command, (char *)NULL);
	_exit(127);
}

static const char *
ask_command(const struct target *t, struct work *w, const struct question *q, struct span *out)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return "there is no socket for the command";
	pid_t child = fork();
	if (child == 0)
		run_child(t, pair[1], pair[1]);
	close(pair[1]);
	bool sent = child > 0 && send_all(pair[0], q->input) && shutdown(pair[0], SHUT_WR) == 0;
	*out = sent ? span_trim(receive_all(w->arena, pair[0])) : SPAN_NONE;
	close(pair[0]);
	if (child > 0)
		waitpid(child, NULL, 0);
	return out->len > 0 ? NULL : "the command printed nothing";
}

const char *
target_ask(const struct target *t, struct work *w, const struct question *q, struct span *report)
{
	switch (t->kind) {
	case HTTP:
		return ask_http(t, w, q, report);
	case EXEC:
		return ask_command(t, w, q, report);
	case BUILTIN:
		break;
	}
	return ask_builtin(w, q, report);
}
