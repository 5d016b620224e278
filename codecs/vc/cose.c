/* cose.c - a credential as COSE_Sign1 (VC-JOSE-COSE, 3.3): the payload is the document's JSON.
 *
 * What is inside is told by the header: typ (16, RFC 9596) and content type (3).
 */
#include "codecs/seal/cose.h"
#include "codecs/vc/vc.h"

enum {
	HEADER_CONTENT_TYPE = 3,
	HEADER_TYP = 16,
	NEAR = 128 /* what may stand around the protected ones */
};

#define LAYER "json"

/* How far the headers go at most: kid, a DID with its key in it, can be longer than all else. */
static size_t
headers_end(struct span in)
{
	struct cursor c = cursor_over(span_from(in, 2));
	unsigned first = cursor_u8(&c);
	size_t len = first - 0x40u;

	if (first == 0x58 || first == 0x59)
		len = (size_t)cursor_be(&c, first - 0x57);
	else if (first < 0x40 || first > 0x57)
		len = 0;
	return len + NEAR;
}

/* A tagged COSE_Sign1 whose headers name one of the media types; plain certificates never do. */
bool
vc_looks_like_cose(struct span in)
{
	if (in.len < 3 || in.ptr[0] != 0xd2)
		return false;
	struct span head = span_slice(in, 0, headers_end(in));
	return span_holds(head, SPAN_LIT("application/v"));
}

static bool
names(struct span type, const char *credential, const char *presentation)
{
	return span_is(type, credential) || span_is(type, presentation);
}

static const struct node *
header(const struct cose *cose, int64_t key)
{
	const struct node *n = node_get_int(cose->protected_map, key);

	return n ? n : node_get_int(cose->unprotected_map, key);
}

static void
check_media_types(struct work *w, const struct cose *cose)
{
	const struct node *typ = header(cose, HEADER_TYP);
	const struct node *content = header(cose, HEADER_CONTENT_TYPE);

	if (!names(node_text(typ), "application/vc+cose", "application/vp+cose"))
		report_fail(w->report, REASON_VC_MEDIA_TYPE, PLACE_AT("cose", 0));
	else if (content && !names(node_text(content), "application/vc", "application/vp"))
		report_fail(w->report, REASON_VC_MEDIA_TYPE, node_place(w, content, "cose"));
}

static int
add_proof(struct work *w, const struct cose *cose, struct span issuer, struct credential *out)
{
	struct proof *p;
	int r = vc_add_proof(w, out, &p);

	if (r != 0)
		return r;
	p->alg = cose->alg;
	p->accept = VC_ALGORITHMS;
	p->signature = cose->signature;
	p->hint.issuer = issuer;
	if ((r = vc_key_name(w, issuer, cose->kid, &p->hint.kid)) != 0)
		return r;
	return cose_sign1_tbs(w, cose, SPAN_LIT(""), &p->signed_bytes);
}

int
vc_decode_cose(struct work *w, struct span in, struct vc *vc, struct credential *out)
{
	const struct node *doc = NULL;
	struct cose cose;
	bool ok = false;
	int r = cose_sign1_read(w, in, &cose, &ok);

	if (r != 0 || !ok)
		return r;
	vc_add_layer(out, "cose-protected", cose.protected_bytes, cose.protected_map);
	check_media_types(w, &cose);
	if (report_failed(w->report))
		return 0;
	struct span type = node_text(header(&cose, HEADER_TYP));
	if ((r = node_from_json(w, cose.payload, LAYER, &doc)) != 0 || !doc)
		return r;
	vc_add_layer(out, LAYER, cose.payload, doc);
	vc_add_layer(out, "signature", cose.signature, NULL);
	vc->form = VC_COSE;
	vc->layer = LAYER;
	r = vc_take_document(w, vc, doc, out);
	if (r == 0 && span_is(type, "application/vp+cose") != vc_is_presentation(doc))
		report_fail(w->report, REASON_VC_MEDIA_TYPE, PLACE_AT("cose", 0));
	if (r != 0 || report_failed(w->report))
		return r;
	if (vc->presents && vc->issuer.len == 0)
		vc->issuer = vc_did_of(cose.kid);
	return add_proof(w, &cose, vc->issuer, out);
}
