/* seal.c - a credential with a signature that holds, whatever else is wrong with it.
 *
 * What a proof covers is found by the same functions that verify it; that they are right is for vectors of others to
 * say.  A fault is put in before the signature is made, so that nothing but the fault can be the reason for refusing.
 */
#include "codecs/vc/seal.h"

#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/base/text.h"
#include "codecs/seal/cose.h"
#include "codecs/seal/key.h"
#include "codecs/tree/cbor_write.h"

#include <errno.h>

enum { CONTENT_TYPE = 3, TYP = 16 };

/* The words of a form, where the recipe does not say them. */
static const struct {
	const char *typ, *cty;
} words[] = {
	[VC_TOKEN] = { "JWT", "" },
	[VC_JOSE] = { "vc+jwt", "vc" },
	[VC_COSE] = { "application/vc+cose", "application/vc" },
};

static void
text_member(struct buf *b, const char *name, struct span value)
{
	if (value.len == 0)
		return;
	buf_str(b, b->len > 0 && b->ptr[b->len - 1] == '{' ? "\"" : ",\"");
	buf_str(b, name);
	buf_str(b, "\":");
	buf_json(b, value);
}

static const char *
either(const char *given, const char *usual)
{
	return given ? given : usual;
}

static struct span
kid_of(const struct vc_recipe *r, const struct signer *s)
{
	return r->kid.ptr ? r->kid : s->kid;
}

/* --- signatures --- */

static int
to_der(struct work *w, struct span *signature)
{
	uint8_t *der = arena_bytes(w->arena, SIG_DER_MAX);

	if (!der)
		return arena_error(w->arena);
	*signature = (struct span){ der, sig_der(*signature, der) };
	return 0;
}

static int
sign(struct work *w, const struct vc_recipe *r, const struct signer *s, struct span bytes,
	struct span *out)
{
	int error = s->sign(s, w->arena, bytes, out);

	return error == 0 && r->der ? to_der(w, out) : error;
}

/* --- a proof inside --- */

static bool
is_older(const char *suite)
{
	return span_ends(span_of(suite), SPAN_LIT("Signature2020")) ||
	       span_ends(span_of(suite), SPAN_LIT("Signature2018")) ||
	       span_ends(span_of(suite), SPAN_LIT("Signature2019"));
}

/* The proof without its end, where the signature's member comes. */
static void
write_options(struct buf *b, const struct vc_recipe *r, const char *suite, struct span method)
{
	bool older = is_older(suite);

	buf_char(b, '{');
	text_member(b, "type", span_of(older ? suite : "DataIntegrityProof"));
	text_member(b, "cryptosuite", span_of(older ? "" : suite));
	text_member(b, "created", span_of(r->created));
	text_member(b, "verificationMethod", method);
	text_member(b, "proofPurpose", span_of(either(r->purpose, "assertionMethod")));
	buf_str(b, either(r->more, ""));
}

static void
write_document(struct buf *b, struct span document, struct span before, struct span proof)
{
	buf_add(b, span_slice(document, 0, document.len > 0 ? document.len - 1 : 0));
	buf_str(b, before.len > 0 ? ",\"proof\":[" : ",\"proof\":");
	buf_add(b, before);
	buf_add(b, proof);
	buf_str(b, before.len > 0 ? "]}" : "}");
}

static void
write_jws_header(struct buf *b, const struct vc_recipe *r, const struct signer *s)
{
	struct buf json = buf_in(b->arena, SIZE_MAX);

	buf_char(&json, '{');
	text_member(&json, "alg", span_of(either(r->alg, sig_alg_name(s->alg))));
	buf_str(&json, either(r->header, ",\"b64\":false,\"crit\":[\"b64\"]"));
	buf_char(&json, '}');
	base64url_encode(b, buf_span(&json));
	if (json.error)
		b->error = json.error;
}

static const struct node *
own_proof(const struct node *doc)
{
	const struct node *n = node_get(doc, "proof");

	if (n && n->kind == NODE_LIST)
		for (n = n->child; n && n->next;)
			n = n->next;
	return n;
}

/* The bytes to be signed, of the document with the proof as far as it is written. */
static int
covered(struct work *w, const struct vc_recipe *r, const struct signer *s, struct span options,
	struct vc_proof *p, struct span *out)
{
	struct buf proof = buf_in(w->arena, SIZE_MAX), text = proof, header = proof;
	const struct node *doc = NULL;
	struct vc_covered c = { 0 };
	bool ok = false;
	int error;

	buf_add(&proof, options);
	buf_char(&proof, '}');
	write_document(&text, r->signed_as.len > 0 ? r->signed_as : r->document, r->before,
		buf_span(&proof));
	write_jws_header(&header, r, s);
	if (proof.error || text.error || header.error)
		return -ENOMEM;
	if ((error = node_from_json(w, buf_span(&text), "json", &doc)) != 0 || !doc)
		return error != 0 ? error : -EINVAL;
	p->node = own_proof(doc);
	p->header = buf_span(&header);
	error = vc_proof_cover(w, doc, p, &c, &ok);
	*out = c.signed_bytes;
	return error == 0 && !ok ? -EINVAL : error;
}

static void
write_value(
	struct buf *b, const struct vc_recipe *r, const struct vc_proof *p, struct span signature)
{
	if (p->carrier == VC_CARRIER_JWS) {
		buf_str(b, ",\"jws\":\"");
		buf_add(b, p->header);
		buf_str(b, either(r->between, ".."));
		base64url_encode(b, signature);
		buf_char(b, '"');
		return;
	}
	buf_str(b, ",\"proofValue\":\"");
	buf_char(b, (char)(r->letter ? r->letter : 'z'));
	if (r->letter == 'u')
		base64url_encode(b, signature);
	else
		base58_encode(b, signature);
	buf_char(b, '"');
}

/* What of the proof is signed: what is written, unless the recipe says otherwise. */
static int
signed_options(struct work *w, const struct vc_recipe *r, const struct signer *s, const char *suite,
	struct span *options)
{
	struct buf b = buf_in(w->arena, SIZE_MAX);
	struct vc_recipe own = *r;

	if (!r->signed_more)
		return 0;
	own.more = r->signed_more;
	write_options(&b, &own, suite, kid_of(r, s));
	*options = buf_span(&b);
	return b.error;
}

/* Reports of the canonicaliser are of no concern to who seals: aside goes what it says. */
static int
sign_proof(struct work *w, const struct vc_recipe *r, const struct signer *s, const char *suite,
	struct buf *b)
{
	struct vc_proof p = { .layer = "json", .alg = s->alg };
	struct report *aside = ARENA_NEW(w->arena, struct report);
	struct work own = *w;
	struct span bytes, signature, options = buf_span(b);

	if (b->error)
		return b->error;
	p.suite = vc_suite_named(either(r->covers_as, suite));
	if (!p.suite || !aside)
		return aside ? -EINVAL : arena_error(w->arena);
	p.carrier = p.suite->carriers & VC_CARRIER_JWS ? VC_CARRIER_JWS : VC_CARRIER_VALUE;
	report_begin(aside, w->arena);
	own.report = aside;
	int error = signed_options(w, r, s, suite, &options);
	if (error == 0)
		error = covered(&own, r, s, options, &p, &bytes);
	if (error == 0)
		error = sign(w, r, s, bytes, &signature);
	if (error == 0)
		write_value(b, r, &p, signature);
	return error;
}

int
vc_seal_proof(struct work *w, const struct vc_recipe *r, const struct signer *s, struct span *out)
{
	const char *suite = either(r->suite, "eddsa-jcs-2022");
	struct buf b = buf_in(w->arena, SIZE_MAX);
	int error = 0;

	write_options(&b, r, suite, kid_of(r, s));
	if (r->value)
		buf_str(&b, r->value);
	else
		error = sign_proof(w, r, s, suite, &b);
	buf_char(&b, '}');
	error = error != 0 ? error : b.error;
	if (error == 0)
		*out = buf_span(&b);
	return error;
}

static int
seal_json(struct work *w, const struct vc_recipe *r, const struct signer *s, struct span *out)
{
	struct buf b = buf_in(w->arena, SIZE_MAX);
	struct span proof;
	int error = vc_seal_proof(w, r, s, &proof);

	if (error != 0)
		return error;
	write_document(&b, r->document, r->before, proof);
	if (!b.error)
		*out = buf_span(&b);
	return b.error;
}

/* --- a JWS around it --- */

static void
write_header(struct buf *b, const struct vc_recipe *r, const struct signer *s)
{
	buf_char(b, '{');
	text_member(b, "alg", span_of(either(r->alg, sig_alg_name(s->alg))));
	text_member(b, "typ", span_of(either(r->typ, words[r->form].typ)));
	text_member(b, "cty", span_of(either(r->cty, words[r->form].cty)));
	text_member(b, "kid", kid_of(r, s));
	buf_str(b, either(r->header, ""));
	buf_char(b, '}');
}

static int
seal_jws(struct work *w, const struct vc_recipe *r, const struct signer *s, struct span *out)
{
	struct buf b = buf_in(w->arena, SIZE_MAX), header = b, other = b;
	struct span signature;

	write_header(&header, r, s);
	base64url_encode(&b, buf_span(&header));
	buf_char(&b, '.');
	buf_add(&other, buf_span(&b));
	base64url_encode(&b, r->document);
	base64url_encode(&other, r->signed_as);
	if (header.error || b.error || other.error)
		return -ENOMEM;
	int error = sign(w, r, s, buf_span(r->signed_as.len > 0 ? &other : &b), &signature);
	if (error != 0)
		return error;
	buf_char(&b, '.');
	base64url_encode(&b, signature);
	*out = buf_span(&b);
	return b.error;
}

/* --- a COSE_Sign1 around it --- */

static void
write_protected(struct buf *b, const struct vc_recipe *r, const struct signer *s)
{
	struct span typ = span_of(either(r->typ, words[VC_COSE].typ));
	struct span cty = span_of(either(r->cty, words[VC_COSE].cty)), kid = kid_of(r, s);

	cborw_map(b, (size_t)1 + (cty.len > 0) + (kid.len > 0) + (typ.len > 0));
	cborw_int(b, 1);
	cborw_int(b, cose_alg_number(s->alg));
	if (cty.len > 0) {
		cborw_int(b, CONTENT_TYPE);
		cborw_text(b, cty);
	}
	if (kid.len > 0) {
		cborw_int(b, 4);
		cborw_bytes(b, kid);
	}
	if (typ.len > 0) {
		cborw_int(b, TYP);
		cborw_text(b, typ);
	}
}

static int
seal_cose(struct work *w, const struct vc_recipe *r, const struct signer *s, struct span *out)
{
	struct buf head = buf_in(w->arena, SIZE_MAX), tbs = head, b = head;
	struct span payload = r->signed_as.len > 0 ? r->signed_as : r->document, signature;

	write_protected(&head, r, s);
	cborw_list(&tbs, 4);
	cborw_text(&tbs, SPAN_LIT("Signature1"));
	cborw_bytes(&tbs, buf_span(&head));
	cborw_bytes(&tbs, SPAN_LIT(""));
	cborw_bytes(&tbs, payload);
	if (head.error || tbs.error)
		return -ENOMEM;
	int error = sign(w, r, s, buf_span(&tbs), &signature);
	if (error != 0)
		return error;
	cborw_tag(&b, 18);
	cborw_list(&b, 4);
	cborw_bytes(&b, buf_span(&head));
	cborw_map(&b, 0);
	cborw_bytes(&b, r->document);
	cborw_bytes(&b, signature);
	*out = buf_span(&b);
	return b.error;
}

int
vc_seal(struct work *w, const struct vc_recipe *r, const struct signer *s, struct span *out)
{
	if (r->form == VC_JSON)
		return seal_json(w, r, s, out);
	return r->form == VC_COSE ? seal_cose(w, r, s, out) : seal_jws(w, r, s, out);
}
