/* vc.c - W3C Verifiable Credentials: which form is it, and what all forms have in common.
 *
 * The form's own file finds the document and the signed bytes; who issued it and
 * when it is valid is read here, and the rules of the data model are asked once the
 * signature holds.
 */
#include "codecs/vc/vc.h"

#include "codecs/base/arena.h"
#include "codecs/base/text.h"
#include "codecs/vc/health/health.h"
#include "codecs/vc/zip.h"

#include <string.h>

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
take_date(struct work *w, const struct vc *vc, const char *member, enum vc_model model,
	struct credential *c, void (*narrow)(struct credential *, int64_t, const struct node *))
{
	const struct node *n = node_get(vc->doc, member);
	int64_t t;

	if (!n)
		return;
	if (vc_time(node_text(n), model, &t))
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
	/* whoever signed it vouches for nothing that its credentials say */
	if (vc_is_presentation(doc) != vc->presents) {
		report_fail(w->report, vc->presents ? REASON_VC_TYPE : REASON_VC_PRESENTATION,
			node_place(w, doc, vc->layer));
		return 0;
	}
	vc->issuer = vc_identity(doc, vc->presents ? "holder" : "issuer");
	/* whichever model's: a date that the issuer signed is not to be lost by another first context */
	take_date(w, vc, "issuanceDate", VC_MODEL_11, out, vc_not_before);
	take_date(w, vc, "validFrom", vc->model, out, vc_not_before);
	take_date(w, vc, "expirationDate", VC_MODEL_11, out, vc_not_after);
	take_date(w, vc, "validUntil", vc->model, out, vc_not_after);
	out->dates.layer = vc->layer;
	if (node_get(doc, "credentialStatus"))
		out->status = (struct status_claim){ .kind = STATUS_CLAIM_LISTS,
			.node = node_get(doc, "credentialStatus") };
	out->payload = doc;
	return 0;
}

static int decode_as(struct work *w, struct span in, struct vc *vc, struct credential *out);

/* A credential inside a data: URL (2.0, 4.12.1): what is enveloped says everything, the envelope nothing. */
static int
decode_enveloped(struct work *w, const struct node *doc, struct vc *vc, struct credential *out)
{
	const struct node *id = node_get(doc, "id");
	struct span inner = SPAN_NONE;
	int r = vc_enveloped(w, node_text(id), false, &inner);

	if (r != 0)
		return r;
	if (inner.ptr)
		return vc_envelope_defined(w, doc, "json") ? decode_as(w, inner, vc, out) : 0;
	report_fail(w->report, REASON_VC_MEDIA_TYPE,
		id ? node_place(w, id, "json") : node_place_under(w, doc, "id", "json"));
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
	if (vc_has_type(doc, "EnvelopedVerifiableCredential") && out->layer_count == 1)
		return decode_enveloped(w, doc, vc, out);
	if ((r = vc_take_document(w, vc, doc, out)) != 0 || report_failed(w->report))
		return r;
	return vc_take_proofs(w, vc, out);
}

/* Codes of DIVOC hold an archive. */
static int
decode_zip(struct work *w, struct span in, struct vc *vc, struct credential *out)
{
	struct zip_rules rules = { "zip", "certificate.json", "vc.unpacked",
		w->limits->vc_unpacked };
	struct span file;
	int r = zip_only_file(w, in, &rules, &file);

	if (r != 0 || !file.ptr)
		return r;
	vc_add_layer(out, "zip", file, NULL);
	return decode_json(w, file, vc, out);
}

/* "B64:" and an archive in base64: codes of DIVOC as text, for readers that take no bytes. */
static int
decode_text(struct work *w, struct span in, struct vc *vc, struct credential *out)
{
	struct span archive = SPAN_NONE;
	size_t bad;
	int r = base64_decode(w->arena, span_from(in, sizeof(VC_B64) - 1), false, &archive, &bad);

	if (r != 0)
		return r;
	if (!archive.ptr) {
		report_fail(w->report, REASON_ZIP_MALFORMED,
			PLACE_AT("base64", bad + sizeof(VC_B64) - 1));
		return 0;
	}
	vc_add_layer(out, "base64", archive, NULL);
	return decode_zip(w, archive, vc, out);
}

static int
decode_as(struct work *w, struct span in, struct vc *vc, struct credential *out)
{
	if (zip_looks_like(in))
		return decode_zip(w, in, vc, out);
	if (vc_looks_like_b64(in))
		return decode_text(w, in, vc, out);
	if (in.ptr[0] == '{')
		return decode_json(w, in, vc, out);
	if (vc_looks_like_cose(in))
		return vc_decode_cose(w, in, vc, out);
	return vc_decode_jws(w, in, vc, out);
}

static int
decode(struct work *w, struct span in, struct credential *out)
{
	struct vc *vc = ARENA_NEW(w->arena, struct vc);

	if (!vc)
		return arena_error(w->arena);
	int r = decode_as(w, in, vc, out);
	out->scheme = vc->form != VC_JSON ? "vc-jwt" : divoc_is(vc->doc) ? "divoc" : "vc";
	out->scheme_data = vc;
	if (r == 0 && vc->sd.binding.len > 0 && !report_failed(w->report))
		report_find(
			w->report, REASON_NOTE_VC_BINDING, PLACE_AT("sd-jwt", vc->sd.shown.len));
	return r;
}

static bool
signs_statements(const struct vc *vc)
{
	for (size_t i = 0; i < vc->proof_count; i++)
		if (vc->proofs[i].suite && vc->proofs[i].suite->canon != VC_CANON_JCS)
			return true;
	return false;
}

/* For normalise, which need not make the statements again. */
static int
keep_stated(struct work *w, const struct vc *vc, struct credential *c)
{
	struct vc *own = ARENA_NEW(w->arena, struct vc);

	if (!own)
		return arena_error(w->arena);
	*own = *vc;
	own->subject_stated = true;
	c->scheme_data = own;
	return 0;
}

static int
cover(struct work *w, struct credential *c)
{
	const struct vc *vc = c->scheme_data;
	bool stated = false;

	if (signs_statements(vc) && health_is(vc->doc) && !vc_subject_named(w, vc->doc, vc->layer))
		return 0;
	int r = vc_cover_proofs(w, vc, c, &stated);
	return r == 0 && stated ? keep_stated(w, vc, c) : r;
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
	const struct vc *vc = c->scheme_data;

	out->certificate.from = c->not_before;
	out->certificate.until = c->not_after;
	if (vc->subject_stated)
		return divoc_normalise(w, vc->doc, vc->layer, out);
	return health_normalise(w, vc->doc, vc->layer, out);
}

static const struct scheme schemes[] = {
	{ "divoc", "DIVOC vaccination certificate (CoWIN and others)", TRUST_VC },
	{ "vc", "W3C Verifiable Credential", TRUST_VC },
	{ "vc-jwt", "W3C Verifiable Credential as JWT or COSE", TRUST_VC },
	{ 0 },
};

const struct codec vc_codec = {
	.name = "vc",
	.schemes = schemes,
	.detect = vc_detect,
	.split = vc_split,
	.decode = decode,
	.cover = cover,
	.check = check,
	.normalise = normalise,
};
