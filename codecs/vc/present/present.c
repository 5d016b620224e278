/* present.c - see present.h. */
#include "codecs/vc/present/present.h"

#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/vc/model.h"
#include "codecs/vc/proof.h"
#include "codecs/vc/vc.h"

#define LAYER "json"

static void
fail(struct work *w, const struct node *map, const char *member, enum reason reason)
{
	const struct node *n = node_get(map, member);

	report_fail(w->report, reason,
		n ? node_place(w, n, LAYER) : node_place_under(w, map, member, LAYER));
}

/* The proof, where there is one, alone or as a list of one. */
static const struct node *
only_proof(const struct node *doc)
{
	const struct node *n = node_get(doc, "proof");

	if (n && n->kind == NODE_LIST)
		return n->size == 1 ? n->child : NULL;
	return n;
}

/* --- what was asked --- */

bool
vc_asked_met(
	struct work *w, const struct node *doc, const char *layer, const struct vc_asked *asked)
{
	const struct node *proof = doc ? only_proof(doc) : NULL;
	struct place at = proof ? node_place(w, proof, layer) : PLACE_NONE;

	if (asked->challenge.ptr && !vc_says(node_get(proof, "challenge"), asked->challenge)) {
		report_fail(w->report, REASON_VC_CHALLENGE, at);
		return false;
	}
	if (asked->domain.ptr && !vc_says(node_get(proof, "domain"), asked->domain)) {
		report_fail(w->report, REASON_VC_DOMAIN, at);
		return false;
	}
	return true;
}

/* --- the document --- */

static bool
is_presentation(struct work *w, const struct node *doc)
{
	if (doc->kind != NODE_MAP || vc_model_of(doc) == VC_MODEL_NONE)
		report_fail(w->report, REASON_VC_CONTEXT, node_place(w, doc, LAYER));
	else if (!vc_is_presentation(doc))
		fail(w, doc, "type", REASON_VC_TYPE);
	else if (!node_get(doc, "proof"))
		report_fail(w->report, REASON_SIGNATURE_MISSING, node_place(w, doc, LAYER));
	else if (!only_proof(doc))
		fail(w, doc, "proof", REASON_VC_PROOF_FORM);
	return !report_failed(w->report);
}

static int64_t
time_of(const struct node *proof, const char *member)
{
	int64_t t;

	return vc_time(node_text(node_get(proof, member)), VC_MODEL_20, &t) ? t : TIME_NONE;
}

static int
take_proof(struct work *w, const struct vc_proof *read, struct vc_present *p, bool *ok)
{
	struct vc_covered c = { 0 };

	if (!read->suite) {
		report_unknown(w->report, REASON_VC_PROOF_SUITE, node_place(w, read->node, LAYER));
		return 0;
	}
	int r = vc_proof_cover(w, p->doc, read, &c, ok);
	if (r != 0 || !*ok)
		return r;
	p->proof = (struct proof){ .alg = read->alg,
		.accept = read->suite->accept,
		.hint = { p->did, read->method, SPAN_NONE },
		.signed_bytes = c.signed_bytes,
		.signature = read->signature,
		.others = c.others,
		.other_count = c.other_count };
	p->created = time_of(read->node, "created");
	p->expires = time_of(read->node, "expires");
	return 0;
}

/* What is enveloped says everything (2.0, 4.13.2). */
static int
read_enveloped(struct work *w, const struct node *doc, const struct vc_asked *asked,
	struct vc_present *out, bool *ok)
{
	struct span inner = SPAN_NONE;
	int r = vc_enveloped(w, node_text(node_get(doc, "id")), true, &inner);

	if (r == 0 && inner.ptr)
		return vc_envelope_defined(w, doc, LAYER)
			       ? vc_present_token(w, inner, asked, out, ok)
			       : 0;
	if (r == 0)
		fail(w, doc, "id", REASON_VC_MEDIA_TYPE);
	return r;
}

int
vc_present_read(struct work *w, struct span in, const struct vc_asked *asked,
	struct vc_present *out, bool *ok)
{
	struct vc_present p = { .layer = LAYER };
	struct vc_proof read;
	bool good = false;

	*ok = false;
	if (in.len == 0 || in.ptr[0] != '{')
		return vc_present_token(w, in, asked, out, ok);
	int r = node_from_json(w, in, LAYER, &p.doc);
	if (r == 0 && vc_has_type(p.doc, VC_ENVELOPED_PRESENTATION))
		return read_enveloped(w, p.doc, asked, out, ok);
	if (r != 0 || !p.doc || !is_presentation(w, p.doc))
		return r;
	r = vc_proof_read_for(w, only_proof(p.doc), LAYER, "authentication", &read, &good);
	if (r != 0 || !good || !vc_asked_met(w, p.doc, LAYER, asked))
		return r;
	struct span holder = vc_identity(p.doc, "holder");
	p.did = span_slice(read.method, 0, span_find(read.method, '#'));
	if (node_get(p.doc, "holder") && !span_eq(holder, p.did)) {
		fail(w, p.doc, "holder", REASON_VC_HOLDER);
		return 0;
	}
	good = false;
	r = take_proof(w, &read, &p, &good);
	*ok = r == 0 && good;
	if (*ok)
		*out = p;
	return r;
}
