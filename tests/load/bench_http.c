/* bench_http.c - what a request costs the server, from the server's own CPU time.
 *
 * bench_http PORT PID SAMPLE: keep-alive requests over several connections, then one
 * NDJSON stream of 1,000 lines again and again, beside OpenSSL's raw verification in
 * the same run.  Answers are counted and looked at: a refusal is no verification.
 */
#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 16, REQUESTS = 24000, LINES = 1000, BATCHES = 20, RAW = 8000, IDLE = 2000 };

static double
process_us(int pid)
{
	char path[64], text[1024];
	unsigned long user, sys;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	if (f)
		fclose(f);
	text[n] = '\0';
	char *after = strrchr(text, ')');
	if (!after || sscanf(after + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
			      &user, &sys) != 2)
		return 0;
	return (double)(user + sys) * 1e6 / (double)sysconf(_SC_CLK_TCK);
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

static double
raw_us(void)
{
	unsigned char md[32] = { 7 }, sig[80];
	size_t len = sizeof(sig);
	EVP_PKEY *key = EVP_EC_gen("P-256");
	EVP_PKEY_CTX *s = EVP_PKEY_CTX_new(key, NULL), *v = EVP_PKEY_CTX_new(key, NULL);
	struct timespec a, b;

	if (EVP_PKEY_sign_init(s) != 1 || EVP_PKEY_sign(s, sig, &len, md, 32) != 1 ||
		EVP_PKEY_verify_init(v) != 1)
		exit(1);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
	for (int i = 0; i < RAW; i++)
		if (EVP_PKEY_verify(v, sig, len, md, 32) != 1)
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
keep_alive(int port, int pid, const char *request, size_t len)
{
	int fd[CONNECTIONS];

	for (int i = 0; i < CONNECTIONS; i++)
		fd[i] = dial(port);
	double start = process_us(pid);
	for (int n = 0; n < REQUESTS / CONNECTIONS; n++) {
		for (int i = 0; i < CONNECTIONS; i++)
			send_all(fd[i], request, len);
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

static double
batches(int port, int pid, const char *sample, size_t len)
{
	size_t body = LINES * (len + 1);
	char head[256], *all = malloc(body + sizeof(head));
	int h = snprintf(head, sizeof(head),
		"POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
		"Content-Type: application/x-ndjson\r\nContent-Length: %zu\r\n\r\n",
		body);
	size_t at = (size_t)h, verified = 0;

	if (!all)
		exit(1);
	memcpy(all, head, (size_t)h);
	for (int i = 0; i < LINES; i++) {
		memcpy(all + at, sample, len);
		all[at + len] = '\n';
		at += len + 1;
	}
	double start = process_us(pid);
	for (int i = 0; i < BATCHES; i++) {
		int fd = dial(port);
		if (fork() ==
			0) { /* sends while the parent reads: the server answers before it has all */
			send_all(fd, all, at);
			_exit(0);
		}
		verified += count_verified(fd);
		close(fd);
	}
	double spent = process_us(pid) - start;
	free(all);
	if (verified != (size_t)LINES * BATCHES) {
		fprintf(stderr, "bench_http: %zu of %d lines verified\n", verified,
			LINES * BATCHES);
		exit(1);
	}
	return spent / (LINES * BATCHES);
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
	double raw = raw_us(), single = keep_alive(port, pid, request, (size_t)n), raw2 = raw_us();
	double batch = batches(port, pid, sample, len), raw3 = raw_us();
	double per_request = (raw + raw2) / 2, per_line = (raw2 + raw3) / 2;
	printf("HTTP keep-alive, server CPU  %7.2f us   ratio to raw %.3f (goal 0.72)\n", single,
		per_request / single);
	printf("NDJSON batch of 1,000        %7.2f us   ratio to raw %.3f (goal 0.85)\n", batch,
		per_line / batch);
	printf("idle connection              %7.2f KiB  (goal 3)\n", idle(port, pid));
	return 0;
}
