/* timing.h - what the benches share: time spent on this core, medians, and OpenSSL's verification alone. */
#ifndef LOAD_TIMING_H
#define LOAD_TIMING_H

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static inline double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static inline int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts them. */
static inline double
median(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	return v[n / 2];
}

/* A raw P-256 verification, or signature: one kept context for each, the digest and the DER signature ready. */
struct raw {
	EVP_PKEY_CTX *ctx, *sign;
	unsigned char sig[80];
	size_t        sig_len;
	unsigned char md[32];
};

static inline bool
raw_set_up(struct raw *r)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	r->sign = EVP_PKEY_CTX_new(key, NULL);
	memset(r->md, 7, sizeof(r->md));
	r->sig_len = sizeof(r->sig);
	r->ctx = EVP_PKEY_CTX_new(key, NULL);
	return EVP_PKEY_sign_init(r->sign) == 1 && EVP_PKEY_sign(r->sign, r->sig, &r->sig_len, r->md, 32) == 1 &&
	       EVP_PKEY_verify_init(r->ctx) == 1;
}

static inline double
raw_us(struct raw *r, int times)
{
	double start = cpu_us();

	for (int n = 0; n < times; n++)
		if (EVP_PKEY_verify(r->ctx, r->sig, r->sig_len, r->md, 32) != 1)
			exit(1);
	return (cpu_us() - start) / times;
}

static inline double
raw_sign_us(struct raw *r, int times)
{
	unsigned char sig[80];
	double start = cpu_us();

	for (int n = 0; n < times; n++) {
		size_t len = sizeof(sig);
		if (EVP_PKEY_sign(r->sign, sig, &len, r->md, 32) != 1)
			exit(1);
	}
	return (cpu_us() - start) / times;
}

#endif
