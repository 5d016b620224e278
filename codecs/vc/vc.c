/* vc.c - W3C Verifiable Credentials: which form is it, and what all forms have in common.
 *
 * The form's own file finds the document and the signed bytes; who issued it and
 * when it is valid is read here, and the rules of the data model are asked once the
 * signature holds.
 */
#include "codecs/vc/vc.h"

#include "codecs/base/arena.h"
#include "codecs/seal/jws.h"

#include <string.h>

static bool
mentions(struct span in, const char *text)
{
	return memmem(in.ptr, in.len, text, strlen(text)) != NULL;
}

static bool
detect(struct span in)
{
	if (in.len > 0 && in.ptr[0] == '{')
		return mentions(in, "\"@context\"");
	return jws_looks_like(in) || vc_looks_like_cose(in);
}

void
vc_add_layer(struct credential *c, const char *name, struct span bytes, const struct node *tree)
{
	if (c->layer_count < CREDENTIAL_LAYERS)
		c->layers[c->layer_count++] = (struct layer){ name, bytes, tree };
}

int
vc_add_proof(struct work *w, struct credential *c, struct proof **p)
{
	struct proof *all = ARENA_ARRAY(w->arena, c->proof_count + 1, struct proof);

	if (!all)
		return arena_error(w->arena);
	if (c->proof_count > 0)
		memcpy(all, c->proofs, c->proof_count * sizeof(*all));
	c->proofs = all;
	*p = &all[c->proof_count++];
	return 0;
}

void
vc_not_before(struct credential *c, int64_t t, const struct node *node)
{
	if (c->not_before != TIME_NONE && c->not_before >= t)
		return;
	c->not_before = t;
	c->dates.not_before = node;
}

void
vc_not_after(struct credential *c, int64_t t, const struct node *node)
{
	if (c->not_after != TIME_NONE && c->not_after <= t)
		return;
	c->not_after = t;
	c->dates.not_after = node;
}

static void
take_date(struct work *w, const struct vc *vc, const char *member, struct credential *c,
	void (*narrow)(struct credential *, int64_t, const struct node *))
{
	const struct node *n = node_get(vc->doc, member);
	int64_t t;

	if (!n)
		return;
	if (vc_time(node_text(n), vc->model, &t))
		narrow(c, t, n);
	else
		report_fail(w->report, REASON_PROFILE_VALUE, node_place(w, n, vc->layer));
}

int
vc_take_document(struct work *w, struct vc *vc, const struct node *doc, struct credential *out)
{
	vc->doc = doc;
	vc->model = doc->kind == NODE_MAP ? vc_model_of(doc) : VC_MODEL_NONE;
	if (vc->model == VC_MODEL_NONE) {
		report_fail(w->report, REASON_VC_CONTEXT,
			node_place_under(w, doc, "@context", vc->layer));
		return 0;
	}
	vc->issuer = vc_identity(doc, "issuer");
	if (vc->issuer.len == 0)
		vc->issuer = vc_identity(doc, "holder");
	bool first = vc->model == VC_MODEL_11;
	take_date(w, vc, first ? "issuanceDate" : "validFrom", out, vc_not_before);
	take_date(w, vc, first ? "expirationDate" : "validUntil", out, vc_not_after);
	out->dates.layer = vc->layer;
	out->payload = doc;
	return 0;
}

static int
decode_json(struct work *w, struct span in, struct vc *vc, struct credential *out)
{
	const struct node *doc = NULL;
	int r = node_from_json(w, in, "json", &doc);

	if (r != 0 || !doc)
		return r;
	vc_add_layer(out, "json", in, doc);
	vc->form = VC_JSON;
	vc->layer = "json";
	return vc_take_document(w, vc, doc, out);
}

static int
decode(struct work *w, struct span in, struct credential *out)
{
	struct vc *vc = ARENA_NEW(w->arena, struct vc);
	int r;

	if (!vc)
		return arena_error(w->arena);
	if (in.ptr[0] == '{')
		r = decode_json(w, in, vc, out);
	else if (vc_looks_like_cose(in))
		r = vc_decode_cose(w, in, vc, out);
	else
		r = vc_decode_jws(w, in, vc, out);
	out->scheme = vc->form == VC_JSON ? "vc" : "vc-jwt";
	out->scheme_data = vc;
	return r;
}

static int
check(struct work *w, const struct credential *c)
{
	const struct vc *vc = c->scheme_data;

	if (vc->form == VC_TOKEN)
		vc_check_token(w, vc);
	return vc_model_check(w, vc->doc, vc->layer);
}

static int
normalise(struct work *w, const struct credential *c, struct record *out)
{
	(void)w;
	(void)c;
	(void)out;
	return 0;
}

static const struct scheme schemes[] = {
	{ "vc", "W3C Verifiable Credential", TRUST_VC, true, false },
	{ "vc-jwt", "W3C Verifiable Credential as JWT or COSE", TRUST_VC, true, false },
	{ 0 },
};

const struct codec vc_codec = {
	.name = "vc",
	.schemes = schemes,
	.detect = detect,
	.decode = decode,
	.check = check,
	.normalise = normalise,
};
