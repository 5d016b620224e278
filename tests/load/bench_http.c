/* bench_http.c - what a request costs the server, from the server's own CPU time.
 *
 * bench_http PORT PID SAMPLE: keep-alive requests over several connections, then one
 * NDJSON stream of 1,000 lines, beside OpenSSL's raw verification, round after round:
 * the median of the rounds counts.  Answers are counted and looked at: a refusal is no verification.
 */
#include "codecs/base/span.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 16, REQUESTS = 1600, LINES = 1000, ROUNDS = 15, RAW = 1000, IDLE = 2000 };

/* CPU time of all threads so far, to the nanosecond, as the scheduler counts it. */
static double
process_us(int pid)
{
	char path[300];
	unsigned long long sum = 0, one;
	struct dirent *d;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	DIR *tasks = opendir(path);
	while (tasks && (d = readdir(tasks))) {
		snprintf(path, sizeof(path), "/proc/%d/task/%.12s/schedstat", pid, d->d_name);
		FILE *f = d->d_name[0] == '.' ? NULL : fopen(path, "r");
		if (f && fscanf(f, "%llu", &one) == 1)
			sum += one;
		if (f)
			fclose(f);
	}
	if (tasks)
		closedir(tasks);
	return (double)sum / 1e3;
}

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

/* OpenSSL's verification alone: one kept context, the digest and the DER signature ready. */
struct raw {
	EVP_PKEY_CTX *ctx;
	unsigned char md[32], sig[80];
	size_t len;
};

static void
raw_set_up(struct raw *r)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	EVP_PKEY_CTX *s = EVP_PKEY_CTX_new(key, NULL);

	*r = (struct raw){ .ctx = EVP_PKEY_CTX_new(key, NULL), .md = { 7 }, .len = sizeof(r->sig) };
	if (EVP_PKEY_sign_init(s) != 1 || EVP_PKEY_sign(s, r->sig, &r->len, r->md, 32) != 1 ||
		EVP_PKEY_verify_init(r->ctx) != 1)
		exit(1);
}

static double
raw_us(const struct raw *r)
{
	struct timespec a, b;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
	for (int i = 0; i < RAW; i++)
		if (EVP_PKEY_verify(r->ctx, r->sig, r->len, r->md, 32) != 1)
			exit(1);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
	return ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / 1e3 / RAW;
}

static int
dial(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		exit(1);
	return fd;
}

static void
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

/* One answer of a known length; whether it says verified. */
static bool
receive_one(int fd)
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
		const char *length =
			body ? memmem(text, (size_t)(body - text), "Content-Length: ", 16) : NULL;
		if (length)
			want = (size_t)(body - text) + 4 + strtoul(length + 16, NULL, 10);
	}
	return memmem(text, have, "\"verdict\":\"verified\"", 20) != NULL;
}

static double
keep_alive(int port, int pid, struct span request)
{
	int fd[CONNECTIONS];

	for (int i = 0; i < CONNECTIONS; i++)
		fd[i] = dial(port);
	double start = process_us(pid);
	for (int n = 0; n < REQUESTS / CONNECTIONS; n++) {
		for (int i = 0; i < CONNECTIONS; i++)
			send_all(fd[i], (const char *)request.ptr, request.len);
		for (int i = 0; i < CONNECTIONS; i++)
			if (!receive_one(fd[i]))
				exit(1);
	}
	double spent = process_us(pid) - start;
	for (int i = 0; i < CONNECTIONS; i++)
		close(fd[i]);
	return spent / REQUESTS;
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

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	return v[n / 2];
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
	FILE *f = fopen(argv[3], "rb");
	size_t len = f ? fread(sample, 1, sizeof(sample), f) : 0;
	if (f)
		fclose(f);
	int n = snprintf(request, sizeof(request),
		"POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
		"text/plain\r\nContent-Length: %zu\r\n\r\n%.*s",
		len, (int)len, sample);
	struct span one = { (const uint8_t *)request, (size_t)n }, many = batch_of(sample, len);
	struct raw raw;
	struct series single = { 0 }, batches = { 0 };
	raw_set_up(&raw);
	keep_alive(port, pid, one); /* what is made once is made now */
	for (int i = 0; i < ROUNDS; i++) {
		double a = raw_us(&raw), request_us = keep_alive(port, pid, one), b = raw_us(&raw);
		double line_us = batch(port, pid, many), c = raw_us(&raw);
		series_add(&single, request_us, (a + b) / 2);
		series_add(&batches, line_us, (b + c) / 2);
	}
	print(&single, "HTTP keep-alive, server CPU", "0.72");
	print(&batches, "NDJSON batch of 1,000", "0.85");
	printf("idle connection              %7.2f KiB  (goal 3)\n", idle(port, pid));
	return 0;
}
