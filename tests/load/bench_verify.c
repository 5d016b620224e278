/* bench_verify.c - what a verification costs in process, beside OpenSSL's raw one, in one run on one core.
 *
 * Each figure is the median of rounds measured in turn (raw, whole, raw, whole, ...),
 * so that a machine that changes its speed changes both.  Nothing is left out of
 * the whole: text in, report as JSON out, the arena wiped.
 */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/seal/digest.h"
#include "codecs/seal/signer_file.h"
#include "gateway/engine/render.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 31, BATCH = 200, LIGHT = 4000 };

struct bench {
	struct arena *arena, *scratch, *answer;
	struct kit *kit;
	struct trust *trust;
	struct policy policy;
	struct span text;
	int64_t now;
};

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static struct span
slurp(struct arena *a, const char *dir, const char *name)
{
	char path[4096];
	FILE *f;
	uint8_t *p = arena_bytes(a, 1 << 20);

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	size_t n = f && p ? fread(p, 1, 1 << 20, f) : 0;
	if (f)
		fclose(f);
	return (struct span){ p, n };
}

static bool
set_up(struct bench *b, const char *dir)
{
	struct trust_file file = { SPAN_LIT("signed-list"), SPAN_NONE };
	struct report report;

	b->arena = arena_new(1 << 28);
	b->scratch = arena_new(limits_default.memory);
	b->answer = arena_new(1 << 22);
	b->kit = kit_new();
	b->now = (int64_t)time(NULL);
	b->policy = policy_default;
	b->policy.env = ENV_DEMO;
	b->text = slurp(b->arena, dir, "samples/vaccination.txt");
	file.bytes = slurp(b->arena, dir, "trust/signed-list.json");
	struct trust_input in = { .name = SPAN_LIT("demo"),
		.env = ENV_DEMO,
		.domain = TRUST_DCC,
		.files = &file,
		.file_count = 1,
		.read_at = TIME_NONE };
	struct work w = { b->arena, &report, &limits_default, b->kit, b->now };
	report_begin(&report, b->arena);
	return b->text.len > 0 && trust_build(&w, &in, 1, &b->trust) == 0 &&
	       trust_key_count(b->trust) > 0;
}

/* Text to report; the verdict is looked at, so that a bench of refusals can't pass for one of verifications. */
static bool
whole(struct bench *b, const struct trust *t)
{
	struct report report;
	struct work w = { b->scratch, &report, &limits_default, b->kit, b->now };
	struct verify v = { .input = b->text, .trust = t, .policy = &b->policy };

	arena_reset(b->scratch);
	arena_reset(b->answer);
	if (engine_verify(&w, &v) != 0)
		return false;
	struct buf out = buf_in(b->answer, 1 << 20);
	render_report(&out, &w, &v);
	return out.error == 0 && report_verdict(&report) == VERDICT_VERIFIED;
}

/* The same work with the signature left out: decode, rules, record, report. */
static bool
light(struct bench *b)
{
	struct report report;
	struct work w = { b->scratch, &report, &limits_default, b->kit, b->now };
	struct verify v = { .input = b->text, .trust = b->trust, .policy = &b->policy };

	arena_reset(b->scratch);
	arena_reset(b->answer);
	report_begin(&report, b->scratch);
	bool ok = engine_inspect(&w, &v) == 0;
	const struct codec *c = v.codec;
	record_init(&v.record);
	for (enum check_id id = 0; id < CHECK_COUNT; id++) {
		report.running = id;
		if (id == CHECK_PROFILE)
			ok = ok && c->check(&w, &v.credential) == 0;
		if (id == CHECK_RECORD)
			ok = ok && c->normalise(&w, &v.credential, &v.record) == 0;
		report_pass(&report);
	}
	const struct trust_key *k[8];
	ok = ok && trust_find(b->trust, (struct trust_scope){ ENV_DEMO, TRUST_DCC },
			   &v.credential.proofs[0].hint, k, 8) > 0;
	v.signer = k[0];
	v.verified = v.has_record = true;
	struct buf out = buf_in(b->answer, 1 << 20);
	render_report(&out, &w, &v);
	return ok && out.error == 0 && report_verdict(&report) == VERDICT_VERIFIED;
}

/* OpenSSL's verification alone: one kept context, the digest and the DER signature ready. */
struct raw {
	EVP_PKEY_CTX *ctx;
	unsigned char sig[80];
	size_t sig_len;
	unsigned char md[32];
};

static bool
raw_set_up(struct raw *r)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	EVP_PKEY_CTX *sign = EVP_PKEY_CTX_new(key, NULL);

	memset(r->md, 7, sizeof(r->md));
	r->sig_len = sizeof(r->sig);
	r->ctx = EVP_PKEY_CTX_new(key, NULL);
	return EVP_PKEY_sign_init(sign) == 1 &&
	       EVP_PKEY_sign(sign, r->sig, &r->sig_len, r->md, 32) == 1 &&
	       EVP_PKEY_verify_init(r->ctx) == 1;
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

int
main(int argc, char **argv)
{
	struct bench b = { 0 };
	struct raw raw;
	double raws[ROUNDS], wholes[ROUNDS], ratios[ROUNDS], lights[ROUNDS];

	if (!set_up(&b, argc > 1 ? argv[1] : "var/demo") || !raw_set_up(&raw) ||
		!whole(&b, b.trust) || !light(&b)) {
		fprintf(stderr, "bench: make a demo world first (build/vidimus demo) and name its "
				"folder\n");
		return 1;
	}
	for (int i = 0; i < ROUNDS; i++) {
		double t0 = cpu_us();
		for (int n = 0; n < BATCH; n++)
			if (EVP_PKEY_verify(raw.ctx, raw.sig, raw.sig_len, raw.md, 32) != 1)
				return 1;
		double t1 = cpu_us();
		for (int n = 0; n < BATCH; n++)
			if (!whole(&b, b.trust))
				return 1;
		double t2 = cpu_us();
		for (int n = 0; n < LIGHT; n++)
			if (!light(&b))
				return 1;
		double t3 = cpu_us();
		raws[i] = (t1 - t0) / BATCH;
		wholes[i] = (t2 - t1) / BATCH;
		lights[i] = (t3 - t2) / LIGHT;
		ratios[i] = raws[i] / wholes[i];
	}
	printf("raw P-256 verify             %7.2f us\n", median(raws, ROUNDS));
	printf("EU DCC, text to report       %7.2f us   ratio to raw %.3f (goal 0.92)\n",
		median(wholes, ROUNDS), median(ratios, ROUNDS));
	printf("everything but the signature %7.2f us   (goal 3)\n", median(lights, ROUNDS));
	return 0;
}
