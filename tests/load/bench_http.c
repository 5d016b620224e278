/* bench_http.c - what a request costs the server, from the server's own CPU time.
 *
 * bench_http PORT PID SAMPLE: keep-alive requests over several connections, then one
 * NDJSON stream of 1,000 lines, beside OpenSSL's raw verification, round after round:
 * the median of the rounds counts.  Answers are counted and looked at: a refusal is no verification.
 */
#include "codecs/base/span.h"
#include "tests/load/timing.h"
#include "tests/load/wire.h"

#include <sys/wait.h>

enum { CONNECTIONS = 16, REQUESTS = 1600, LINES = 1000, ROUNDS = 15, RAW = 1000, IDLE = 2000 };

static long
resident_kib(int pid)
{
	char path[64], line[256];
	long kib = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "VmRSS: %ld", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib;
}

static size_t
count_verified(int fd)
{
	static char text[1 << 16];
	char carry[64] = "";
	size_t kept = 0, found = 0;
	ssize_t n;

	memcpy(text, carry, kept);
	while ((n = recv(fd, text + kept, sizeof(text) - kept, 0)) > 0) {
		size_t have = kept + (size_t)n;
		const char *at = text;
		while ((at = memmem(at, have - (size_t)(at - text), "{\"verdict\":\"verified\"",
				21)) != NULL) {
			found++;
			at += 21;
		}
		kept = have < 20 ? have : 20;
		memmove(text, text + have - kept, kept);
	}
	return found;
}

/* A whole request of LINES times the sample. */
static struct span
batch_of(const char *sample, size_t len)
{
	size_t body = LINES * (len + 1);
	char head[256], *all = malloc(body + sizeof(head));
	int h = snprintf(head, sizeof(head),
		"POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
		"Content-Type: application/x-ndjson\r\nContent-Length: %zu\r\n\r\n",
		body);
	size_t at = (size_t)h;

	if (!all)
		exit(1);
	memcpy(all, head, (size_t)h);
	for (int i = 0; i < LINES; i++) {
		memcpy(all + at, sample, len);
		all[at + len] = '\n';
		at += len + 1;
	}
	return (struct span){ (const uint8_t *)all, at };
}

static double
batch(int port, int pid, struct span request)
{
	double start = process_us(pid);
	int fd = dial(port);

	/* sends while the parent reads: the server answers before it has all */
	if (fork() == 0) {
		send_all(fd, (const char *)request.ptr, request.len);
		_exit(0);
	}
	size_t verified = count_verified(fd);
	close(fd);
	while (wait(NULL) > 0)
		;
	if (verified != LINES) {
		fprintf(stderr, "bench_http: %zu of %d lines verified\n", verified, LINES);
		exit(1);
	}
	return (process_us(pid) - start) / LINES;
}

static double
idle(int port, int pid)
{
	static int fd[IDLE];
	long before = resident_kib(pid);

	for (int i = 0; i < IDLE; i++)
		fd[i] = socket(AF_INET, SOCK_STREAM, 0);
	for (int i = 0; i < IDLE; i++) {
		struct sockaddr_in from = { .sin_family = AF_INET }, to = { .sin_family = AF_INET };
		from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (unsigned)i / 100);
		to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		to.sin_port = htons((unsigned short)port);
		if (bind(fd[i], (struct sockaddr *)&from, sizeof(from)) != 0 ||
			connect(fd[i], (struct sockaddr *)&to, sizeof(to)) != 0)
			exit(1);
	}
	usleep(300000);
	double kib = (double)(resident_kib(pid) - before) / IDLE;
	for (int i = 0; i < IDLE; i++)
		close(fd[i]);
	return kib;
}

/* Costs, and their ratios to the raw verifications measured just before and behind. */
struct series {
	double us[ROUNDS], ratio[ROUNDS];
	size_t n;
};

static void
series_add(struct series *s, double us, double raw)
{
	s->us[s->n] = us;
	s->ratio[s->n++] = raw / us;
}

static double
singles(int port, int pid, struct span request)
{
	return keep_alive(port, pid, CONNECTIONS, REQUESTS, (const char *)request.ptr, request.len,
		"\"verdict\":\"verified\"");
}

static void
print(struct series *s, const char *what, const char *goal)
{
	printf("%-28s %7.2f us   ratio to raw %.3f (goal %s)\n", what, median(s->us, s->n),
		median(s->ratio, s->n), goal);
}

int
main(int argc, char **argv)
{
	static char sample[8192], request[16384];

	if (argc < 4)
		return 64;
	int port = atoi(argv[1]), pid = atoi(argv[2]);
	size_t len = read_file(argv[3], sample, sizeof(sample));
	int n = snprintf(request, sizeof(request),
		"POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
		"text/plain\r\nContent-Length: %zu\r\n\r\n%.*s",
		len, (int)len, sample);
	struct span one = { (const uint8_t *)request, (size_t)n }, many = batch_of(sample, len);
	struct raw raw;
	struct series single = { 0 }, batches = { 0 };
	if (!raw_set_up(&raw))
		return 1;
	singles(port, pid, one); /* what is made once is made now */
	for (int i = 0; i < ROUNDS; i++) {
		double a = raw_us(&raw, RAW), request_us = singles(port, pid, one),
		       b = raw_us(&raw, RAW);
		double line_us = batch(port, pid, many), c = raw_us(&raw, RAW);
		series_add(&single, request_us, (a + b) / 2);
		series_add(&batches, line_us, (b + c) / 2);
	}
	print(&single, "HTTP keep-alive, server CPU", "0.72");
	print(&batches, "NDJSON batch of 1,000", "0.85");
	printf("idle connection              %7.2f KiB  (goal 3)\n", idle(port, pid));
	return 0;
}
