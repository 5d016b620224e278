/* token.c - presentations as tokens: with a `vp` claim (1.1, 6.3.1), by VC-JOSE-COSE, or as an SD-JWT that is bound to
 * its holder's key.
 *
 * They are read as credentials are, their holder in the issuer's place; what a proof says of challenge and domain,
 * nonce and aud say here.
 */
#include "codecs/vc/disclose/key_binding.h"
#include "codecs/vc/present/present.h"
#include "codecs/vc/vc.h"

static bool
met(struct work *w, const struct node *claims, const char *layer, const struct vc_asked *asked)
{
	struct {
		const char *name;
		struct span wanted;
		enum reason reason;
	} rows[] = { { "nonce", asked->challenge, REASON_VC_CHALLENGE },
		{ "aud", asked->domain, REASON_VC_DOMAIN } };

	for (size_t i = 0; i < 2; i++) {
		const struct node *n = node_get(claims, rows[i].name);

		if (!rows[i].wanted.ptr || vc_says(n, rows[i].wanted))
			continue;
		report_fail(w->report, rows[i].reason,
			n ? node_place(w, n, layer)
			  : node_place_under(w, claims, rows[i].name, layer));
		return false;
	}
	return true;
}

/* The credential vouches for the key that its holder has used: both must be verified. */
static int
take_binding(struct work *w, const struct vc *vc, const struct vc_asked *asked,
	struct vc_present *out, bool *ok)
{
	struct key_binding k;
	bool good = false;

	if (vc->sd.binding.len == 0) {
		report_fail(
			w->report, REASON_SIGNATURE_MISSING, PLACE_AT("sd-jwt", vc->sd.shown.len));
		return 0;
	}
	int r = key_binding_read(w, &vc->sd, vc->claims, &k, &good);
	if (r != 0 || !good || !met(w, k.claims, "kb-jwt", asked))
		return r;
	*out = (struct vc_present){ .doc = vc->doc,
		.layer = vc->layer,
		.token = true,
		.key = k.key,
		.proof = k.proof,
		.created = k.issued,
		.expires = TIME_NONE };
	*ok = true;
	return 0;
}

static int
take_token(struct work *w, const struct vc *vc, const struct credential *c,
	const struct vc_asked *asked, struct vc_present *out, bool *ok)
{
	if (vc->form == VC_TOKEN)
		vc_check_token(w, vc);
	if (vc->issuer.len == 0)
		report_fail(w->report, REASON_ISSUER_NO_KID, PLACE_NONE);
	if (report_failed(w->report) ||
		!met(w, vc->claims ? vc->claims : vc->doc, vc->layer, asked))
		return 0;
	*out = (struct vc_present){ .doc = vc->doc,
		.layer = vc->layer,
		.token = true,
		.did = vc->issuer,
		.proof = c->proofs[0],
		.created = c->not_before,
		.expires = c->not_after };
	*ok = true;
	return 0;
}

/* An SD-JWT of a credential is presented by its binding; all else is a presentation. */
static int
decode(struct work *w, struct span in, struct vc *vc, struct credential *c)
{
	vc->presents = !vc_is_bound(in);
	return vc_looks_like_cose(in) ? vc_decode_cose(w, in, vc, c) : vc_decode_jws(w, in, vc, c);
}

int
vc_present_token(struct work *w, struct span in, const struct vc_asked *asked,
	struct vc_present *out, bool *ok)
{
	struct credential c = { .not_before = TIME_NONE, .not_after = TIME_NONE };
	struct vc vc = { 0 };
	int r = decode(w, in, &vc, &c);

	*ok = false;
	if (r != 0 || report_failed(w->report))
		return r;
	return vc.presents ? take_token(w, &vc, &c, asked, out, ok)
			   : take_binding(w, &vc, asked, out, ok);
}
