/* bench_verify.c - what a verification costs in process, beside OpenSSL's raw one, in one run on one core.
 *
 * Each figure is the median of rounds measured in turn (raw, whole, raw, whole, ...),
 * so that a machine that changes its speed changes both.  Nothing is left out of
 * the whole: text in, report as JSON out, the arena wiped.
 */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/text.h"
#include "codecs/seal/signer_file.h"
#include "codecs/seal/thumbprint.h"
#include "codecs/shc/seal.h"
#include "gateway/engine/render.h"
#include "tests/load/timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 31, BATCH = 200, LIGHT = 4000 };

struct bench {
	struct arena *arena, *scratch, *answer;
	struct kit *kit;
	struct trust *trust;
	struct policy policy;
	enum trust_domain domain;
	struct span text;
	int64_t now;
};

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
set_up(struct bench *b, enum trust_domain domain)
{
	*b = (struct bench){ .arena = arena_new(1 << 28),
		.scratch = arena_new(limits_default.memory),
		.answer = arena_new(1 << 22),
		.kit = kit_new(),
		.policy = policy_default,
		.domain = domain,
		.now = (int64_t)time(NULL) };
	b->policy.env = ENV_DEMO;
	return b->arena && b->scratch && b->answer && b->kit;
}

static bool
trust_in(struct bench *b, struct span list, struct span issuer)
{
	struct report report;
	struct work w = { b->arena, &report, &limits_default, b->kit, b->now };
	struct trust_file file = { SPAN_LIT("list"), list };
	struct trust_input in = { .name = SPAN_LIT("demo"),
		.env = ENV_DEMO,
		.domain = b->domain,
		.files = &file,
		.file_count = 1,
		.issuer = issuer,
		.country = issuer,
		.read_at = TIME_NONE };

	report_begin(&report, b->arena);
	return b->text.len > 0 && trust_build(&w, &in, 1, &b->trust) == 0 &&
	       trust_key_count(b->trust) > 0;
}

/* The demo world's vaccination certificate. */
static bool
set_up_dcc(struct bench *b, const char *dir)
{
	if (!set_up(b, TRUST_DCC))
		return false;
	b->text = slurp(b->arena, dir, "samples/vaccination.txt");
	return trust_in(b, slurp(b->arena, dir, "trust/signed-list.json"), SPAN_NONE);
}

/* A card as large as the specification's first example: a patient and two vaccinations. */
#define SHOT(n, day, lot)                                                                   \
	",{\"fullUrl\":\"resource:" n "\",\"resource\":{\"resourceType\":\"Immunization\"," \
	"\"status\":\"completed\",\"vaccineCode\":{\"coding\":[{\"system\":"                \
	"\"http://hl7.org/fhir/sid/cvx\",\"code\":\"207\"}]},\"patient\":{\"reference\":"   \
	"\"resource:0\"},\"occurrenceDateTime\":\"" day "\",\"performer\":[{\"actor\":{"    \
	"\"display\":\"Antarctic General Hospital\"}}],\"lotNumber\":\"" lot "\"}}"
#define BUNDLE                                                                             \
	"{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"fullUrl\":"    \
	"\"resource:0\",\"resource\":{\"resourceType\":\"Patient\",\"name\":[{\"family\":" \
	"\"Pinguin\",\"given\":[\"Otto\",\"K.\"]}],\"birthDate\":\"1951-01-20\"}}" SHOT(   \
		"1", "2021-01-01", "0000001") SHOT("2", "2021-01-29", "0000007") "]}"

/* The key as its issuer publishes it: the coordinates stand at the end of a P-256 SPKI. */
static struct span
jwks_of(struct bench *b, const struct private_key *k, struct span *kid)
{
	enum { COORDINATE = 32 };
	struct report report;
	struct work w = { b->arena, &report, &limits_default, b->kit, b->now };
	struct buf out = buf_in(b->arena, SIZE_MAX);
	struct span spki = SPAN_NONE;
	struct key *key = NULL;
	enum key_fault why;

	if (private_spki(k, b->arena, &spki) != 0 ||
		key_from_spki(spki, &key_policy_default, &key, &why) != 0 ||
		thumbprint_of_key(&w, key, kid) != 0)
		return SPAN_NONE;
	key_free(key);
	buf_str(&out, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"alg\":"
		      "\"ES256\",\"kid\":");
	buf_json(&out, *kid);
	buf_str(&out, ",\"x\":\"");
	base64url_encode(&out, span_slice(spki, spki.len - 2 * COORDINATE, COORDINATE));
	buf_str(&out, "\",\"y\":\"");
	base64url_encode(&out, span_from(spki, spki.len - COORDINATE));
	buf_str(&out, "\"}]}");
	return buf_span(&out);
}

static bool
set_up_shc(struct bench *b)
{
	struct shc_recipe recipe = { .bundle = SPAN_LIT(BUNDLE), .not_before = "1620992383.218" };
	struct private_key *key;
	struct signer signer;
	struct report report;

	if (!set_up(b, TRUST_SHC) || private_new(PRIVATE_P256, &key) != 0 ||
		signer_over(key, SIG_ES256, &signer) != 0)
		return false;
	struct work w = { b->arena, &report, &limits_default, b->kit, b->now };
	struct span list = jwks_of(b, key, &signer.kid);
	signer.issuer = SPAN_LIT("https://cards.example.test/shc");
	report_begin(&report, b->arena);
	bool sealed = shc_seal(&w, &recipe, &signer, &b->text) == 0;
	private_free(key);
	return sealed && trust_in(b, list, signer.issuer);
}

/* Text to report; the verdict is looked at, so that a bench of refusals can't pass for one of verifications. */
static bool
whole(struct bench *b)
{
	struct report report;
	struct work w = { b->scratch, &report, &limits_default, b->kit, b->now };
	struct verify v = { .input = b->text, .trust = b->trust, .policy = &b->policy };

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
	ok = ok && trust_find(b->trust, (struct trust_scope){ ENV_DEMO, b->domain },
			   &v.credential.proofs[0].hint, k, 8) > 0;
	v.signer = k[0];
	v.verified = v.has_record = true;
	struct buf out = buf_in(b->answer, 1 << 20);
	render_report(&out, &w, &v);
	return ok && out.error == 0 && report_verdict(&report) == VERDICT_VERIFIED;
}

static void
print(const char *what, double *us, double *ratios, const char *goal)
{
	printf("%-28s %7.2f us   ratio to raw %.3f (goal %s)\n", what, median(us, ROUNDS),
		median(ratios, ROUNDS), goal);
}

/* The goal was set where the raw verification takes 59 us. */
static void
print_light(double *us, double raw, const char *goal)
{
	double median_us = median(us, ROUNDS);

	printf("everything but the signature %7.2f us   %.3f of raw%s\n", median_us,
		median_us / raw, goal);
}

/* How long a call takes that must succeed; it does not come back otherwise. */
static double
timed(bool (*run)(struct bench *b), struct bench *b, int times)
{
	double start = cpu_us();

	for (int n = 0; n < times; n++)
		if (!run(b)) {
			fprintf(stderr, "bench: a good certificate was refused\n");
			exit(1);
		}
	return (cpu_us() - start) / times;
}

/* What one scheme's verification costs, round by round. */
struct series {
	double whole[ROUNDS], light[ROUNDS], ratio[ROUNDS];
};

static void
measure(struct series *s, int i, struct bench *b, double raw)
{
	s->whole[i] = timed(whole, b, BATCH);
	s->light[i] = timed(light, b, LIGHT);
	s->ratio[i] = raw / s->whole[i];
}

enum { NOT_DEFLATED = 3 };

/* libdeflate stores a small text as it is where that is no longer, and which it is depends on the fresh keys.  What
 * issuers make is compressed, and inflating that costs a good part of a microsecond more: such a one is measured.
 */
static bool
is_deflated(const struct bench *b)
{
	struct span zlib;
	size_t bad;
	int r = base45_decode(b->arena, span_from(b->text, 4), &zlib, &bad);

	return r == 0 && zlib.len > 2 && (zlib.ptr[2] & 6) != 0;
}

int
main(int argc, char **argv)
{
	struct bench dcc, shc;
	struct series dccs, shcs;
	struct raw raw;
	double raws[ROUNDS];

	if (!set_up_dcc(&dcc, argc > 1 ? argv[1] : "var/demo") || !set_up_shc(&shc) ||
		!raw_set_up(&raw) || !whole(&dcc) || !light(&dcc) || !whole(&shc) || !light(&shc)) {
		fprintf(stderr, "bench: make a demo world first (build/vidimus demo) and name its "
				"folder\n");
		return 1;
	}
	if (!is_deflated(&dcc))
		return NOT_DEFLATED;
	for (int i = 0; i < ROUNDS; i++) {
		raws[i] = raw_us(&raw, BATCH);
		measure(&dccs, i, &dcc, raws[i]);
		raws[i] = raw_us(&raw, BATCH);
		measure(&shcs, i, &shc, raws[i]);
	}
	double raw_median = median(raws, ROUNDS);
	printf("raw P-256 verify             %7.2f us\n", raw_median);
	print("EU DCC, text to report", dccs.whole, dccs.ratio, "0.92");
	print_light(dccs.light, raw_median, " (goal 3 us beside a raw one of 59: 0.051)");
	print("SMART Health Card, the same", shcs.whole, shcs.ratio, "0.85");
	print_light(shcs.light, raw_median, "");
	return 0;
}
