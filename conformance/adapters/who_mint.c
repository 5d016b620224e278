/* who_mint.c - see who_mint.h. */
#include "conformance/adapters/who_mint.h"

#include "codecs/base/arena.h"
#include "codecs/tree/cbor_write.h"
#include "codecs/tree/node.h"

#include <stdio.h>
#include <string.h>

static const char *const for_tests[] = { "1.3.6.1.4.1.1847.2021.1.1", NULL };

static const struct {
	enum private_kind kind;
	enum sig_alg alg;
	const char *const *eku;
	int64_t until;
	bool listed;
} kinds[MINT_SIGNERS] = {
	[MINT_GOOD] = { PRIVATE_P256, SIG_ES256, NULL, 400, true },
	[MINT_RSA] = { PRIVATE_RSA2048, SIG_PS256, NULL, 400, true },
	[MINT_P384] = { PRIVATE_P384, SIG_ES384, NULL, 400, true },
	[MINT_TEST] = { PRIVATE_P256, SIG_ES256, for_tests, 400, true },
	[MINT_EXPIRED] = { PRIVATE_P256, SIG_ES256, NULL, -1, true },
	[MINT_DER] = { PRIVATE_P256, SIG_ES256, NULL, 400, true },
	[MINT_RS256] = { PRIVATE_RSA2048, SIG_RS256, NULL, 400, true },
	[MINT_UNLISTED] = { PRIVATE_P256, SIG_ES256, NULL, 400, false },
};

static void
der_half(struct buf *b, struct span s)
{
	while (s.len > 1 && s.ptr[0] == 0)
		s = span_from(s, 1);
	bool pad = (s.ptr[0] & 0x80) != 0;
	buf_char(b, 2);
	buf_char(b, (char)(s.len + pad));
	if (pad)
		buf_char(b, 0);
	buf_add(b, s);
}

static int
sign_der(const struct signer *self, struct arena *a, struct span bytes, struct span *out)
{
	const struct signer *inner = self->self;
	struct buf in = buf_in(a, 80), b = buf_in(a, 80);
	struct span plain;
	int r = inner->sign(inner, a, bytes, &plain);

	if (r != 0)
		return r;
	der_half(&in, span_slice(plain, 0, plain.len / 2));
	der_half(&in, span_from(plain, plain.len / 2));
	buf_char(&b, 0x30);
	buf_char(&b, (char)in.len);
	buf_add(&b, buf_span(&in));
	*out = buf_span(&b);
	return b.error;
}

static int
make_key(struct who_mint *m, enum mint_signer i)
{
	struct mint_key *k = &m->keys[i];
	struct span der;
	struct cert_request r = { .country = "AQ",
		.common_name = "Conformance",
		.not_before = MINT_CLOCK - 400 * (int64_t)MINT_DAY,
		.not_after = MINT_CLOCK + kinds[i].until * MINT_DAY,
		.eku = kinds[i].eku };
	int error = private_new(kinds[i].kind, &k->key);

	r.subject = k->key;
	if (error == 0)
		error = cert_issue(&r, m->arena, &der);
	if (error == 0)
		error = cert_from_der(der, &key_policy_default, &k->cert);
	if (error == 0 && !k->cert)
		error = -1;
	/* the RSA key signs by PS256 here, and says otherwise in its recipe */
	if (error == 0)
		error = signer_over(k->key, i == MINT_RS256 ? SIG_PS256 : kinds[i].alg, &k->signer);
	if (error == 0)
		k->signer.kid = span_slice(cert_sha256(k->cert), 0, 8);
	k->inner = k->signer;
	if (i == MINT_DER) {
		k->signer.self = &k->inner;
		k->signer.sign = sign_der;
	}
	return error;
}

static int
build(struct suite *s, struct who_mint *m, int64_t max_age, struct trust **out)
{
	struct trust_file files[MINT_SIGNERS];
	struct trust_input in[2] = { { .name = SPAN_LIT("dcc"),
		.kind = SPAN_LIT("certificates"),
		.env = ENV_ACCEPTANCE,
		.domain = TRUST_DCC,
		.files = files,
		.read_at = MINT_CLOCK - MINT_DAY,
		.max_age = max_age } };

	for (enum mint_signer i = 0; i < MINT_SIGNERS; i++)
		if (kinds[i].listed)
			files[in[0].file_count++] = (struct trust_file){ SPAN_LIT("AQ.der"),
				cert_der(m->keys[i].cert) };
	in[1] = in[0];
	in[1].name = SPAN_LIT("who");
	in[1].domain = TRUST_WHO;
	struct work *w = suite_work(s);
	w->now = MINT_CLOCK;
	return trust_build(w, in, 2, out);
}

int
who_mint_open(struct suite *s, struct who_mint *m)
{
	*m = (struct who_mint){ .arena = arena_new(32 << 20) };
	int r = m->arena ? 0 : -1;

	for (enum mint_signer i = 0; i < MINT_SIGNERS && r == 0; i++)
		r = make_key(m, i);
	if (r == 0)
		r = build(s, m, 0, &m->trust);
	return r == 0 ? build(s, m, 3600, &m->stale) : r;
}

void
who_mint_close(struct who_mint *m)
{
	for (enum mint_signer i = 0; i < MINT_SIGNERS; i++) {
		private_free(m->keys[i].key);
		cert_free(m->keys[i].cert);
	}
	trust_unref(m->trust);
	trust_unref(m->stale);
	arena_free(m->arena);
}

static int64_t
date(int64_t stated, int64_t usual)
{
	return stated == TIME_NONE ? TIME_NONE : MINT_CLOCK + (stated ? stated : usual);
}

static int
seal(struct suite *s, struct who_mint *m, const struct mint_row *row, struct span *out)
{
	struct work w = *suite_work(s);
	struct hcert_recipe r = row->recipe;
	struct buf b = buf_in(m->arena, SIZE_MAX);
	const struct node *tree = NULL;

	w.arena = m->arena;
	w.now = MINT_CLOCK;
	if (r.content.len == 0) {
		if (node_from_json(&w, span_of(row->json), "row", &tree) != 0 || !tree)
			return -1;
		cborw_node(&b, tree);
		r.content = buf_span(&b);
	}
	r.claim = row->claim;
	r.issuer = r.issuer.len ? r.issuer : SPAN_LIT("AQ");
	r.issued = date(r.issued, -MINT_DAY);
	r.expires = date(r.expires, MINT_DAY);
	return hcert_seal(&w, &r, &m->keys[row->signer].signer, out);
}

static bool
record_agrees(struct suite *s, const struct mint_row *row, const struct verify *v)
{
	struct buf b = buf_in(dcc_report(s)->arena, SIZE_MAX);

	if (!row->record)
		return true;
	if (!v->has_record)
		return false;
	record_json(&b, &v->record);
	buf_char(&b, '\0');
	if (b.error)
		return false;
	bool absent = row->record[0] == '!';
	return (strstr((const char *)b.ptr, &row->record[absent]) != NULL) != absent;
}

int
who_mint_row(struct suite *s, struct who_mint *m, const struct mint_row *row)
{
	struct policy p = policy_default;
	struct span text = span_of(row->text ? row->text : "");
	struct verify v;
	char id[160];
	int r = row->text ? 0 : seal(s, m, row, &text);

	p.env = ENV_ACCEPTANCE;
	if (r == 0)
		r = dcc_verify(
			s, text, row->stale ? m->stale : m->trust, &p, MINT_CLOCK + row->later, &v);
	if (r != 0)
		return r;
	enum reason got = report_reason(dcc_report(s));
	bool placed = row->reason == REASON_NONE || dcc_reason(s, row->check) == row->reason;
	bool noted = row->note == REASON_NONE || dcc_found(s, row->note);
	snprintf(id, sizeof(id), "%s %s", row->id, row->what);
	if (got != row->reason || !placed)
		suite_tell(s, id, CASE_FAIL, "%s, where %s is due", reason_code(got),
			reason_code(row->reason));
	else if (!noted || !record_agrees(s, row, &v))
		suite_tell(s, id, CASE_FAIL, "the finding or the record is another");
	else
		suite_tell(s, id, CASE_PASS, NULL);
	return 0;
}
