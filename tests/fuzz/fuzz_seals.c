/* fuzz_seals.c - VDS-NC seals: content of any bytes under a trusted signer, so that every rule behind the signature
 * sees it, and texts of any bytes.  Equal input gives equal bytes, and only what was sealed here is ever genuine.
 */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/seal/signer_file.h"
#include "codecs/vdsnc/seal.h"
#include "gateway/engine/render.h"

#include <errno.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CLOCK = 1796126400, DAY = 86400 };

struct world {
	struct arena *arena;
	struct kit *kit;
	struct private_key *csca, *key;
	struct signer signer;
	struct span der;
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
	static const char *const eku[] = { "2.23.136.1.1.14.2", NULL };
	static struct world w;
	struct report report;
	struct span der;
	struct cert *csca = NULL;

	w.arena = arena_new((size_t)64 << 20);
	w.kit = kit_new();
	must(private_new(PRIVATE_P256, &w.csca) == 0 && private_new(PRIVATE_P256, &w.key) == 0);
	struct cert_request r = { .country = "AQ",
		.common_name = "Fuzz",
		.not_before = CLOCK - 400 * DAY,
		.not_after = CLOCK + 400 * DAY,
		.is_ca = true,
		.subject = w.csca };
	must(cert_issue(&r, w.arena, &der) == 0 &&
		cert_from_der(der, &key_policy_default, &csca) == 0 && csca);
	r.is_ca = false;
	r.eku = eku;
	r.subject = w.key;
	r.ca = csca;
	r.ca_key = w.csca;
	must(cert_issue(&r, w.arena, &w.der) == 0);
	cert_free(csca);
	must(signer_over(w.key, SIG_ES256, &w.signer) == 0);
	struct trust_file file = { SPAN_LIT("AQ.der"), der };
	struct trust_input in = { .name = SPAN_LIT("fuzz"),
		.env = ENV_DEMO,
		.domain = TRUST_ICAO,
		.files = &file,
		.file_count = 1,
		.read_at = TIME_NONE };
	struct work work = { w.arena, &report, &limits_default, w.kit, CLOCK };
	report_begin(&report, w.arena);
	must(trust_build(&work, &in, 1, &w.trust) == 0 && trust_key_count(w.trust) == 1);
	w.policy = policy_default;
	w.policy.env = ENV_DEMO;
	return &w;
}

static struct span
answer(struct world *w, struct arena *a, struct arena *text, struct span in, bool *genuine)
{
	struct report report;
	struct work work = { a, &report, &limits_default, w->kit, CLOCK };
	struct verify v = { .input = in, .trust = w->trust, .policy = &w->policy };
	struct buf b = buf_in(text, (size_t)8 << 20);

	must(engine_verify(&work, &v) == 0);
	render_report(&b, &work, &v);
	*genuine = v.verified;
	must(report_verdict(&report) != VERDICT_VERIFIED || v.verified);
	return buf_span(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world *w;
	struct report report;
	bool first, second, sealed;

	if (!w)
		w = make_world();
	if (size < 1)
		return 0;
	struct arena *made = arena_new((size_t)64 << 20), *a = arena_new(limits_default.memory);
	struct arena *b = arena_new(limits_default.memory), *text = arena_new((size_t)64 << 20);
	struct work work = { made, &report, &limits_default, w->kit, CLOCK };
	struct span rest = arena_copy(made, (struct span){ &data[1], size - 1 }), in = rest;
	struct vds_recipe r = { .data = (const char *)rest.ptr, .cert = w->der };
	report_begin(&report, made);
	sealed = data[0] % 2 == 1;
	if (sealed && vds_seal(&work, &r, &w->signer, &in) != 0) {
		in = rest; /* no JSON, so nothing to be sealed */
		sealed = false;
	}
	struct span one = answer(w, a, text, in, &first);
	struct span two = answer(w, b, text, in, &second);
	must(first == second && span_eq(one, two));
	must(!first || sealed);
	arena_free(text);
	arena_free(b);
	arena_free(a);
	arena_free(made);
	return 0;
}
