/* mint.c - see mint.h. */
#include "tests/aid/mint.h"

#include "codecs/tree/cbor_write.h"
#include "codecs/tree/node.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

void
mint_open(struct mint *m, enum private_kind kind, enum sig_alg alg)
{
	struct span der;

	*m = (struct mint){ .arena = arena_new((size_t)64 << 20),
		.scratch = arena_new(limits_default.memory),
		.kit = kit_new(),
		.policy = policy_default };
	assert_true(m->arena && m->scratch && m->kit);
	m->policy.env = ENV_DEMO;
	assert_int_equal(private_new(kind, &m->key), 0);
	struct cert_request r = { .country = "AQ",
		.common_name = "Test",
		.not_before = MINT_NOW - 400 * (int64_t)MINT_DAY,
		.not_after = MINT_NOW + 400 * (int64_t)MINT_DAY,
		.subject = m->key };
	assert_int_equal(cert_issue(&r, m->arena, &der), 0);
	assert_int_equal(cert_from_der(der, &key_policy_default, &m->cert), 0);
	assert_non_null(m->cert);
	signer_over(m->key, alg, &m->signer);
	m->signer.kid = span_slice(cert_sha256(m->cert), 0, 8);
	struct trust_file file = { SPAN_LIT("AQ.der"), der };
	struct trust_input in[2] = { { .name = SPAN_LIT("test"),
		.env = ENV_DEMO,
		.domain = TRUST_DCC,
		.files = &file,
		.file_count = 1,
		.read_at = TIME_NONE } };
	m->work = (struct work){ m->arena, &m->report, &limits_default, m->kit, MINT_NOW };
	report_begin(&m->report, m->arena);
	in[1] = in[0];
	in[1].name = SPAN_LIT("who");
	in[1].domain = TRUST_WHO;
	assert_int_equal(trust_build(&m->work, in, 2, &m->trust), 0);
	m->work.arena = m->scratch;
}

void
mint_close(struct mint *m)
{
	trust_unref(m->trust);
	cert_free(m->cert);
	private_free(m->key);
	kit_free(m->kit);
	arena_free(m->scratch);
	arena_free(m->arena);
}

struct span
mint_text(struct mint *m, const char *json, struct hcert_recipe r)
{
	struct report report;
	struct work w = { m->arena, &report, &limits_default, m->kit, MINT_NOW };
	struct buf b = buf_in(m->arena, SIZE_MAX);
	const struct node *root;
	struct span out;

	report_begin(&report, m->arena);
	assert_int_equal(node_from_json(&w, span_of(json), "mint", &root), 0);
	assert_non_null(root);
	cborw_node(&b, root);
	r.content = r.content.len ? r.content : buf_span(&b);
	r.issuer = r.issuer.len ? r.issuer : SPAN_LIT("AQ");
	r.issued = r.issued ? r.issued : MINT_NOW - MINT_DAY;
	r.expires = r.expires ? r.expires : MINT_NOW + MINT_DAY;
	assert_int_equal(hcert_seal(&w, &r, &m->signer, &out), 0);
	return out;
}

enum verdict
mint_verify(struct mint *m, struct span input, struct verify *v)
{
	arena_reset(m->scratch);
	m->work = (struct work){ m->scratch, &m->report, &limits_default, m->kit, MINT_NOW };
	*v = (struct verify){ .input = input, .trust = m->trust, .policy = &m->policy };
	assert_int_equal(engine_verify(&m->work, v), 0);
	return report_verdict(&m->report);
}

bool
mint_found(const struct mint *m, enum reason reason)
{
	for (const struct finding *f = m->report.findings; f; f = f->next)
		if (f->reason == reason)
			return true;
	return false;
}
