/* wire.h - what the benches of a running gateway share: its CPU time, connections, requests. */
#ifndef LOAD_WIRE_H
#define LOAD_WIRE_H

#include <arpa/inet.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static inline double
wire_us_of(const char *path)
{
	unsigned long long ns = 0;
	FILE *f = fopen(path, "r");

	if (f && fscanf(f, "%llu", &ns) != 1)
		ns = 0;
	if (f)
		fclose(f);
	return (double)ns / 1e3;
}

/* CPU time so far of all its threads and of the processes that it started (the signer), to the nanosecond, as the
 * scheduler counts it. */
static inline double
process_us(int pid)
{
	char path[300];
	double sum = 0;
	struct dirent *d;
	int child;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	DIR *tasks = opendir(path);
	while (tasks && (d = readdir(tasks))) {
		if (d->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%.12s/schedstat", pid, d->d_name);
		sum += wire_us_of(path);
		snprintf(path, sizeof(path), "/proc/%d/task/%.12s/children", pid, d->d_name);
		FILE *f = fopen(path, "r");
		while (f && fscanf(f, "%d", &child) == 1)
			sum += process_us(child);
		if (f)
			fclose(f);
	}
	if (tasks)
		closedir(tasks);
	return sum;
}

static inline int
dial(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		exit(1);
	return fd;
}

static inline void
send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t k = send(fd, p, n, MSG_NOSIGNAL);
		if (k <= 0)
			exit(1);
		p += k;
		n -= (size_t)k;
	}
}

/* One answer of a known length; whether it is 200 and holds the words. */
static inline bool
receive_one(int fd, const char *words)
{
	static char text[65536];
	size_t have = 0, want = sizeof(text);
	const char *body = NULL;

	while (have < want) {
		ssize_t n = recv(fd, text + have, sizeof(text) - have, 0);
		if (n <= 0)
			exit(1);
		have += (size_t)n;
		body = body ? body : memmem(text, have, "\r\n\r\n", 4);
		const char *length = body ? memmem(text, (size_t)(body - text), "Content-Length: ", 16) : NULL;
		if (length)
			want = (size_t)(body - text) + 4 + strtoul(length + 16, NULL, 10);
	}
	if (memcmp(text, "HTTP/1.1 200", 12) == 0 && memmem(text, have, words, strlen(words)))
		return true;
	fprintf(stderr, "%.*s\n", (int)(have < 600 ? have : 600), text);
	return false;
}

/* All of a file, a NUL behind it; ends the program where it can't be read. */
static inline size_t
read_file(const char *path, char *out, size_t room)
{
	FILE *f = fopen(path, "rb");
	size_t n = f ? fread(out, 1, room - 1, f) : 0;

	if (n == 0)
		exit(1);
	fclose(f);
	out[n] = '\0';
	return n;
}

/* The same request over each connection, round after round, `times` of them in all: server CPU microseconds a request. */
static inline double
keep_alive(int port, int pid, int connections, int times, const char *request, size_t len, const char *words)
{
	int fd[256];

	for (int i = 0; i < connections; i++)
		fd[i] = dial(port);
	double start = process_us(pid);
	for (int n = 0; n < times / connections; n++) {
		for (int i = 0; i < connections; i++)
			send_all(fd[i], request, len);
		for (int i = 0; i < connections; i++)
			if (!receive_one(fd[i], words)) {
				fprintf(stderr, "a request was not answered with 200 and %s\n", words);
				exit(1);
			}
	}
	double spent = process_us(pid) - start;
	for (int i = 0; i < connections; i++)
		close(fd[i]);
	return spent / (double)(times / connections * connections);
}

#endif
