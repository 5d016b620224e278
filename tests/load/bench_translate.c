/* bench_translate.c - what an attestation costs the server: verified, written as a card, signed, in the log.
 *
 * bench_translate PORT PID SAMPLE TOKEN: an EU certificate becomes a SMART Health Card over 64 keep-alive connections,
 * each waiting until the log has its entry.  Server CPU beside OpenSSL's raw verification and signature, round after
 * round; the median of the rounds counts.
 */
#include "tests/load/timing.h"
#include "tests/load/wire.h"

enum { CONNECTIONS = 64, REQUESTS = 1280, ROUNDS = 11, RAW = 500 };

struct rounds {
	double us[ROUNDS], of_both[ROUNDS], of_verify[ROUNDS], a_second[ROUNDS];
};

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
measure(struct rounds *all, int port, int pid, const char *request, size_t len)
{
	struct raw raw;

	if (!raw_set_up(&raw))
		exit(1);
	for (int i = -1; i < ROUNDS; i++) { /* what is made once is made in the first */
		double verify = raw_us(&raw, RAW), sign = raw_sign_us(&raw, RAW), began = seconds();
		double us = keep_alive(
			port, pid, CONNECTIONS, REQUESTS, request, len, "\"text\":\"shc:/");
		double took = seconds() - began;
		verify = (verify + raw_us(&raw, RAW)) / 2;
		sign = (sign + raw_sign_us(&raw, RAW)) / 2;
		if (i < 0)
			continue;
		all->us[i] = us;
		all->of_both[i] = (verify + sign) / us;
		all->of_verify[i] = verify / us;
		all->a_second[i] = REQUESTS / took;
	}
}

int
main(int argc, char **argv)
{
	static char sample[8192], token[256], request[16384];
	static struct rounds all;

	if (argc < 5)
		return 64;
	size_t len = read_file(argv[3], sample, sizeof(sample));
	read_file(argv[4], token, sizeof(token));
	token[strcspn(token, "\r\n")] = '\0';
	int n = snprintf(request, sizeof(request),
		"POST /v1/translate?to=shc HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
		"text/plain\r\n"
		"Authorization: Bearer %s\r\nContent-Length: %zu\r\n\r\n%s",
		token, len, sample);
	measure(&all, atoi(argv[1]), atoi(argv[2]), request, (size_t)n);
	printf("EU DCC to SHC, in the log    %7.2f us   ratio to raw verify and sign %.3f (goal "
	       "0.35)\n",
		median(all.us, ROUNDS), median(all.of_both, ROUNDS));
	printf("%-28s %7.0f a second   ratio to raw verify %.3f (goal 0.50)\n",
		"  64 clients, one loop", median(all.a_second, ROUNDS),
		median(all.of_verify, ROUNDS));
	return 0;
}
