/* hashed.c - see hashed.h; the three kinds of hash are those of the EU's gateway. */
#include "gateway/engine/dcc/hashed.h"

#include "codecs/base/buf.h"
#include "codecs/seal/cert.h"
#include "codecs/seal/digest.h"
#include "codecs/tree/node.h"
#include "gateway/engine/steps.h"
#include "trust/dcc/batches.h"

enum { KID = 8 }; /* of a certificate: hcert_spec 1.0.8, 3.3.2 */

enum { ECDSA = SIG_BIT(SIG_ES256) | SIG_BIT(SIG_ES384) | SIG_BIT(SIG_ES512) };

static int
is_listed(struct work *w, const struct verify *v, enum trust_hash_type type, struct span what,
	bool *yes)
{
	/* where a list has one key under two names, the holder may choose: the certificate's own counts, too */
	const struct cert *cert = v->signer->cert;
	const struct span kids[] = { v->credential.proofs[0].hint.kid,
		cert ? span_slice(cert_sha256(cert), 0, KID) : v->signer->kid };
	struct trust_hash h = { .type = type };
	uint8_t md[32];
	int r = digest_of(w->kit, DIGEST_SHA256, what, md);

	if (r != 0)
		return r;
	memcpy(h.hash, md, sizeof(h.hash));
	for (size_t i = 0; i < 2 && !*yes; i++) {
		h.kid = kids[i];
		*yes = trust_hash_listed(v->trust, step_scope(v), &h, w->now);
	}
	return 0;
}

/* The issuer of the container and the country of the entry are meant by different readers, and makers. */
static int
with_country(struct work *w, const struct verify *v, struct span country, bool *yes)
{
	struct buf b = buf_in(w->arena, w->limits->input_text);

	if (country.len == 0)
		return 0;
	buf_add(&b, country);
	buf_add(&b, v->credential.status.id);
	return b.error ? b.error : is_listed(w, v, TRUST_HASH_COUNTRY_UCI, buf_span(&b), yes);
}

/* Of ECDSA's only r: whoever has r, s can make r, -s of it, which verifies as well. */
static struct span
signature_of(const struct verify *v)
{
	struct span s = v->credential.proofs[0].signature;

	return key_algs(v->signer->key) & ECDSA ? span_slice(s, 0, s.len / 2) : s;
}

static int
look_up(struct work *w, const struct verify *v, bool *yes)
{
	const struct status_claim *s = &v->credential.status;
	struct span issuer = v->credential.proofs[0].hint.issuer;
	int r = is_listed(w, v, TRUST_HASH_SIGNATURE, signature_of(v), yes);

	if (r == 0 && s->id.len > 0)
		r = is_listed(w, v, TRUST_HASH_UCI, s->id, yes);
	if (r == 0 && s->id.len > 0)
		r = with_country(w, v, issuer, yes);
	if (r == 0 && s->id.len > 0 && !span_eq(issuer, s->country))
		r = with_country(w, v, s->country, yes);
	return r;
}

int
hashed_revocation(struct work *w, const struct verify *v)
{
	enum trust_batches how = trust_batches(v->trust, step_scope(v), w->now);
	const struct node *at = v->credential.status.node;
	bool yes = false;

	if (how == BATCHES_NONE)
		return 0;
	int r = look_up(w, v, &yes);
	if (r == 0 && yes)
		report_fail(w->report, REASON_REVOCATION_REVOKED,
			at ? node_place(w, at, v->credential.dates.layer) : PLACE_NONE);
	else if (r == 0 && how == BATCHES_LOST)
		report_unknown(w->report, REASON_REVOCATION_NO_ANSWER, PLACE_NONE);
	else if (r == 0 && how == BATCHES_STALE)
		report_unknown(w->report, REASON_TRUST_STALE, PLACE_NONE);
	return r;
}
