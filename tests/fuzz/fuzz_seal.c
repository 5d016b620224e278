/* fuzz_seal.c - keys, certificates, COSE, compact JWS and CMS of any bytes: refused or usable, never a crash. */
#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "codecs/seal/cms.h"
#include "codecs/seal/cose.h"
#include "codecs/seal/jws.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_key(struct kit *kit, const struct key *k, struct span in)
{
	struct proof p = { .alg = SIG_NONE,
		.accept = ~0u,
		.signed_bytes = in,
		.signature = span_slice(in, 0, 64) };
	enum key_result result;

	if (k && (key_verify(k, &p, kit, &result) != 0 || key_algs(k) == 0))
		abort();
}

static void
keys(struct work *w, struct span in)
{
	struct key *k;
	enum key_fault why;
	const struct node *jwk;

	if (key_from_spki(in, &key_policy_default, &k, &why) == 0) {
		try_key(w->kit, k, in);
		key_free(k);
	}
	if (node_from_json(w, in, "jwk", &jwk) == 0 && jwk &&
		key_from_jwk(jwk, &key_policy_default, &k, &why) == 0) {
		try_key(w->kit, k, in);
		key_free(k);
	}
}

static void
certificates(struct span in)
{
	struct cert *c[4], *signer;
	size_t count, bad;
	enum cms_result result;

	if (cert_from_file(in, &key_policy_default, c, 4, &count, &bad) == 0)
		while (count > 0)
			cert_free(c[--count]);
	if (cms_verify(in, SPAN_LIT("content"), NULL, &signer, &result) == 0)
		cert_free(signer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct kit *kit;
	struct arena *a = arena_new((size_t)8 << 20);
	struct report report;
	struct span in = { data, size }, tbs;
	struct cose cose;
	struct jws jws;
	bool ok;

	if (!kit)
		kit = kit_new();
	struct work w = { a, &report, &limits_default, kit, 0 };
	report_begin(&report, a);
	if (cose_sign1_read(&w, in, &cose, &ok) == 0 && ok &&
		cose_sign1_tbs(&w, &cose, SPAN_LIT(""), &tbs) != 0 && arena_error(a) == 0)
		abort();
	report_begin(&report, a);
	if (jws_read(&w, in, &jws, &ok) == 0 && ok == report_failed(&report))
		abort();
	report_begin(&report, a);
	keys(&w, in);
	certificates(in);
	arena_free(a);
	return 0;
}
