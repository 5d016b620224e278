/* fuzz_engine.c - the whole engine, three ways deep.
 *
 * The first byte chooses: the rest is a text as it came; or a COSE message, packed
 * as an HC1 text; or the content of a certificate of some sub-claim, sealed with a
 * trusted key, so that every rule behind the signature sees it.  Whatever happens: no crash, the
 * report is JSON, equal input gives equal bytes, and "verified" only ever stands
 * over a genuine signature.
 */
#include "codecs/base/arena.h"
#include "codecs/base/inflate.h"
#include "codecs/base/kit.h"
#include "codecs/base/text.h"
#include "codecs/hcert/seal.h"
#include "codecs/record/core.h"
#include "codecs/seal/signer_file.h"
#include "gateway/engine/render.h"

#include <jansson.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CLOCK = 1796126400, DAY = 86400 };

struct world {
	struct arena *arena;
	struct kit *kit;
	struct private_key *key;
	struct signer signer;
	struct trust *trust;
	struct policy policy;
};

static void
must(bool good)
{
	if (!good)
		abort();
}

static struct world *
make_world(void)
{
	static struct world w;
	struct report report;
	struct span der;
	struct cert *cert = NULL;

	w.arena = arena_new((size_t)64 << 20);
	w.kit = kit_new();
	must(private_new(PRIVATE_P256, &w.key) == 0);
	struct cert_request r = { .country = "AQ",
		.common_name = "Fuzz",
		.not_before = CLOCK - 400 * DAY,
		.not_after = CLOCK + 400 * DAY,
		.subject = w.key };
	must(cert_issue(&r, w.arena, &der) == 0 &&
		cert_from_der(der, &key_policy_default, &cert) == 0 && cert);
	signer_over(w.key, SIG_ES256, &w.signer);
	w.signer.kid = arena_copy(w.arena, span_slice(cert_sha256(cert), 0, 8));
	cert_free(cert);
	struct trust_file file = { SPAN_LIT("AQ.der"), der };
	struct trust_input in[2] = { { .name = SPAN_LIT("fuzz"),
		.env = ENV_DEMO,
		.domain = TRUST_DCC,
		.files = &file,
		.file_count = 1,
		.read_at = TIME_NONE } };
	in[1] = in[0];
	in[1].name = SPAN_LIT("who");
	in[1].domain = TRUST_WHO;
	struct work work = { w.arena, &report, &limits_default, w.kit, CLOCK };
	report_begin(&report, w.arena);
	must(trust_build(&work, in, 2, &w.trust) == 0 && trust_key_count(w.trust) == 2);
	w.policy = policy_default;
	w.policy.env = ENV_DEMO;
	return &w;
}

static struct span
input_of(struct world *w, struct work *work, uint8_t first, struct span rest)
{
	/* the last is the flat form, which is no sub-claim */
	static const int8_t claims[] = { 1, 3, 4, 5, -6, -7, 0 };
	uint8_t way = first % 3, claim = (uint8_t)(first / 3 % (uint8_t)sizeof(claims));
	struct span out = rest;

	if (way == 1) {
		struct buf b = buf_in(work->arena, (size_t)1 << 20);
		struct span zlib;
		must(deflate_zlib(work, rest, &zlib) == 0);
		buf_str(&b, "HC1:");
		base45_encode(&b, zlib);
		out = buf_span(&b);
	} else if (way == 2) {
		struct hcert_recipe r = { .content = rest,
			.issuer = SPAN_LIT("AQ"),
			.issued = CLOCK - DAY,
			.expires = CLOCK + DAY,
			.claim = claims[claim],
			.flat = claims[claim] == 0,
			.raw_cose = true };
		must(hcert_seal(work, &r, &w->signer, &out) == 0);
	}
	return out;
}

static struct span
answer(struct world *w, struct arena *a, struct arena *text, struct span in, enum verdict *verdict,
	bool *verified)
{
	struct report report;
	struct work work = { a, &report, &limits_default, w->kit, CLOCK };
	struct verify v = { .input = in, .trust = w->trust, .policy = &w->policy };
	struct buf b = buf_in(text, (size_t)8 << 20);

	must(engine_verify(&work, &v) == 0);
	render_report(&b, &work, &v);
	*verdict = report_verdict(&report);
	*verified = v.verified;
	return buf_span(&b);
}

/* What it says, whoever says it, as core data set. */
static void
read_out(struct world *w, struct arena *text, struct span in)
{
	struct arena *a = arena_new(limits_default.memory);
	struct report report;
	struct work work = { a, &report, &limits_default, w->kit, CLOCK };
	struct verify v = { .input = in, .policy = &w->policy, .core = true };
	struct buf whole = buf_in(text, (size_t)32 << 20), b = buf_in(text, (size_t)8 << 20);

	must(engine_inspect(&work, &v) == 0);
	render_inspect(&whole, &work, &v);
	if (v.has_record) {
		core_bundle(&b, &v.record);
		json_t *json = json_loadb(
			(const char *)b.ptr, b.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
		must(json != NULL);
		json_decref(json);
	}
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world *w;
	struct report report;
	enum verdict first, second;
	bool genuine, again;

	if (!w)
		w = make_world();
	if (size < 1)
		return 0;
	struct arena *made = arena_new((size_t)64 << 20), *a = arena_new(limits_default.memory);
	struct arena *b = arena_new(limits_default.memory), *text = arena_new((size_t)64 << 20);
	struct work work = { made, &report, &limits_default, w->kit, CLOCK };
	report_begin(&report, made);
	struct span in = input_of(w, &work, data[0], (struct span){ data + 1, size - 1 });
	struct span one = answer(w, a, text, in, &first, &genuine);
	struct span two = answer(w, b, text, in, &second, &again);
	must(first == second && genuine == again && span_eq(one, two));
	must(first != VERDICT_VERIFIED || genuine);
	/* only what this target sealed can be genuine */
	must(!genuine || data[0] % 3 == 2);
	json_t *json = json_loadb(
		(const char *)one.ptr, one.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	must(json != NULL);
	json_decref(json);
	read_out(w, text, in);
	arena_free(text);
	arena_free(b);
	arena_free(a);
	arena_free(made);
	return 0;
}
