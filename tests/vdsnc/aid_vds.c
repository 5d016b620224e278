/* aid_vds.c - see aid_vds.h. */
#include "tests/vdsnc/aid_vds.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char *const barcode_signer[] = { "2.23.136.1.1.14.2", NULL };
enum { YEAR = 365 };

struct seals_key
seals_mint(struct seals *s, const struct seals_request *r)
{
	struct seals_key k = { .key = r->key };
	struct cert_request q = { .country = r->country ? r->country : "AQ",
		.common_name = r->is_ca ? "Authority" : "Signer",
		.not_before = r->from ? r->from : SEALS_NOW - YEAR * (int64_t)SEALS_DAY,
		.not_after = r->until ? r->until : SEALS_NOW + YEAR * (int64_t)SEALS_DAY,
		.is_ca = r->is_ca,
		.document_types = r->types,
		.ca = r->ca ? r->ca->cert : NULL,
		.ca_key = r->by   ? r->by
			  : r->ca ? r->ca->key
				  : NULL };

	if (!r->is_ca)
		q.eku = r->eku ? (r->eku[0] ? r->eku : NULL) : barcode_signer;
	if (!k.key)
		assert_int_equal(private_new(r->kind, &k.key), 0);
	q.subject = k.key;
	assert_int_equal(cert_issue(&q, s->arena, &k.der), 0);
	assert_int_equal(cert_from_der(k.der, &key_policy_default, &k.cert), 0);
	assert_non_null(k.cert);
	assert_true(s->owned_count < SEALS_OWNED);
	s->owned[s->owned_count] = k;
	if (r->key)
		s->owned[s->owned_count].key = NULL;
	s->owned_count++;
	return k;
}

struct trust *
seals_trust(struct seals *s, enum trust_env env, const struct seals_key *const *authorities,
	size_t count)
{
	struct trust_file files[SEALS_OWNED] = { 0 };
	struct trust_input in = { .name = SPAN_LIT("csca"),
		.env = env,
		.domain = TRUST_ICAO,
		.files = files,
		.file_count = count,
		.read_at = TIME_NONE };
	struct trust *t = NULL;
	struct work w = { s->arena, &s->report, &s->limits, s->kit, SEALS_NOW };

	assert_true(count <= SEALS_OWNED);
	for (size_t i = 0; i < count; i++)
		files[i] = (struct trust_file){ SPAN_LIT("csca.der"), authorities[i]->der };
	assert_int_equal(trust_build(&w, &in, 1, &t), 0);
	return t;
}

void
seals_open(struct seals *s)
{
	*s = (struct seals){ .arena = arena_new((size_t)64 << 20),
		.scratch = arena_new(limits_default.memory),
		.kit = kit_new(),
		.limits = limits_default,
		.policy = policy_default };
	assert_true(s->arena && s->scratch && s->kit);
	s->policy.env = ENV_DEMO;
	s->csca = seals_mint(s, &(struct seals_request){ .is_ca = true });
	s->signer_key = seals_mint(s, &(struct seals_request){ .ca = &s->csca, .types = "NVNT" });
	assert_int_equal(signer_over(s->signer_key.key, SIG_ES256, &s->signer), 0);
	s->signer.issuer = SPAN_LIT("ATA");
	s->trust = seals_trust(s, ENV_DEMO, (const struct seals_key *[]){ &s->csca }, 1);
	assert_int_equal(trust_key_count(s->trust), 1);
}

void
seals_close(struct seals *s)
{
	trust_unref(s->trust);
	for (size_t i = 0; i < s->owned_count; i++) {
		cert_free(s->owned[i].cert);
		private_free(s->owned[i].key);
	}
	kit_free(s->kit);
	arena_free(s->scratch);
	arena_free(s->arena);
}

struct span
seals_seal(struct seals *s, struct vds_recipe r)
{
	struct report report;
	struct work w = { s->arena, &report, &limits_default, s->kit, SEALS_NOW };
	struct span out;

	report_begin(&report, s->arena);
	r.message = r.message ? r.message : SEALS_SHOT;
	r.cert = r.cert.len ? r.cert : s->signer_key.der;
	assert_int_equal(vds_seal(&w, &r, &s->signer, &out), 0);
	return out;
}

struct span
seals_by(struct seals *s, const struct seals_key *k, enum sig_alg alg)
{
	struct signer own = s->signer;

	assert_int_equal(signer_over(k->key, alg, &s->signer), 0);
	s->signer.issuer = own.issuer;
	struct span out = seals_seal(s, (struct vds_recipe){ .cert = k->der });
	s->signer = own;
	return out;
}

enum verdict
seals_verify(struct seals *s, struct span input, struct verify *v)
{
	arena_reset(s->scratch);
	s->work = (struct work){ s->scratch, &s->report, &s->limits, s->kit, SEALS_NOW };
	*v = (struct verify){ .input = input, .trust = s->trust, .policy = &s->policy };
	assert_int_equal(engine_verify(&s->work, v), 0);
	return report_verdict(&s->report);
}

bool
seals_found(const struct seals *s, enum reason reason)
{
	for (const struct finding *f = s->report.findings; f; f = f->next)
		if (f->reason == reason)
			return true;
	return false;
}
