/* vdsnc.c - VDS-NC as a codec: JSON of data and sig, signed as canonical JSON (RFC 8785) of data.
 *
 * sig is not signed: its algorithm and certificate prove nothing by themselves.  The
 * key decides the algorithm, and trust/bind.c whether the certificate is genuine.
 */
#include "codecs/vdsnc/vdsnc.h"

#include "codecs/base/arena.h"
#include "codecs/base/text.h"
#include "codecs/seal/cert.h"
#include "codecs/seal/jws.h"
#include "codecs/tree/jcs.h"

#include <errno.h>

static void
fail(struct work *w, enum reason reason, const struct node *n)
{
	report_fail(w->report, reason, node_place(w, n, VDS_LAYER));
}

/* A member of the header or signature, of this kind; NULL once it was reported. */
static const struct node *
demand(struct work *w, const struct node *map, const char *key, enum node_kind kind)
{
	const struct node *n = node_get(map, key);

	if (n && n->kind == kind)
		return n;
	report_fail(w->report, REASON_VDS_MEMBER,
		n ? node_place(w, n, VDS_LAYER) : node_place_under(w, map, key, VDS_LAYER));
	return NULL;
}

/* --- the parts --- */

static const struct node *
unwrap(struct work *w, const struct node *root)
{
	if (root->kind != NODE_LIST)
		return root;
	if (root->size > 1)
		fail(w, REASON_VDS_SEVERAL, root);
	else if (root->size == 1)
		report_find(w->report, REASON_NOTE_VDS_ARRAY, node_place(w, root, VDS_LAYER));
	return root->size == 1 ? root->child : root;
}

static bool
is_map(const struct node *n)
{
	return n && n->kind == NODE_MAP;
}

static void
read_header(struct work *w, struct vds *v)
{
	const struct node *type = demand(w, v->header, "t", NODE_TEXT);
	const struct node *version = node_get(v->header, "v");
	int64_t number = 0;
	bool as_text = false;

	demand(w, v->header, "is", NODE_TEXT);
	if (type && span_is(type->as.bytes, "icao.test"))
		v->type = VDS_TEST;
	else if (type && !span_is(type->as.bytes, "icao.vacc"))
		fail(w, REASON_VDS_TYPE, type);
	if (!vds_number(version, &number, &as_text) || as_text)
		demand(w, v->header, "v", NODE_INT);
	else if (number != 1)
		fail(w, REASON_VDS_VERSION, version);
}

/* base64url; issuers pad it though they should not.  out->ptr NULL once it was reported. */
static int
read_base64url(struct work *w, const struct node *n, struct span *out)
{
	struct span text = n->as.bytes;
	size_t bad = 0, padding = 0;

	while (padding < 2 && text.len % 4 == 0 && padding < text.len &&
		text.ptr[text.len - padding - 1] == '=')
		padding++;
	int r = base64url_decode(w->arena, span_slice(text, 0, text.len - padding), out, &bad);
	if (r != 0)
		return r;
	if (!out->ptr)
		fail(w, REASON_ENCODING_BASE64URL, n);
	else if (padding > 0)
		report_find(w->report, REASON_NOTE_VDS_PADDING, node_place(w, n, VDS_LAYER));
	return 0;
}

static void
drop_cert(void *cert)
{
	cert_free(cert);
}

static int
read_cert(struct work *w, const struct node *sig, struct vds *v, struct proof *p)
{
	const struct node *n = node_get(sig, "cer");
	size_t max = w->limits->vdsnc_certificate;
	struct cert *cert = NULL;
	int r;

	if (!n)
		return 0; /* who signed it is then not known: issuer.no_kid */
	if (!demand(w, sig, "cer", NODE_TEXT))
		return 0;
	if ((r = read_base64url(w, n, &p->hint.certificate)) != 0 || !p->hint.certificate.ptr)
		return r;
	if (p->hint.certificate.len > max) {
		report_limit(w->report, "vdsnc.certificate", max, node_place(w, n, VDS_LAYER));
		return 0;
	}
	if ((r = cert_from_der(p->hint.certificate, &key_policy_default, &cert)) != 0)
		return r;
	if (!cert) {
		fail(w, REASON_VDS_CERTIFICATE, n);
		return 0;
	}
	if ((r = arena_defer(w->arena, drop_cert, cert)) != 0)
		return r;
	v->cert = p->cert = cert;
	return 0;
}

static int
read_signature(struct work *w, const struct node *sig, struct vds *v, struct proof *p)
{
	const struct node *alg = demand(w, sig, "alg", NODE_TEXT);
	const struct node *value = demand(w, sig, "sigvl", NODE_TEXT);
	int r = 0;

	p->accept = SIG_BIT(SIG_ES256) | SIG_BIT(SIG_ES384) | SIG_BIT(SIG_ES512);
	p->alg = alg ? jws_alg(alg->as.bytes) : SIG_UNKNOWN;
	if (alg && (p->alg == SIG_NONE || !(p->accept & SIG_BIT(p->alg))))
		fail(w, REASON_SIGNATURE_ALGORITHM, alg);
	if (value)
		r = read_base64url(w, value, &p->signature);
	if (r == 0 && p->signature.ptr && jws_signature_is_der(p->signature))
		fail(w, REASON_SIGNATURE_DER, value);
	return r == 0 ? read_cert(w, sig, v, p) : r;
}

/* --- the codec --- */

static void
add_layer(struct credential *c, const char *name, struct span bytes, const struct node *tree)
{
	c->layers[c->layer_count++] = (struct layer){ name, bytes, tree };
}

static int
canonical(struct work *w, const struct node *data, struct span *out)
{
	struct buf b = buf_in(w->arena, SIZE_MAX);

	if (!jcs_write(&b, data) && !b.error)
		fail(w, REASON_VDS_STRUCTURE, data);
	*out = buf_span(&b);
	return b.error;
}

static int
read_seal(struct work *w, const struct node *root, struct credential *out)
{
	const struct node *data = node_get(root, "data"), *sig = node_get(root, "sig");
	struct vds *v = ARENA_NEW(w->arena, struct vds);
	struct proof *p = ARENA_NEW(w->arena, struct proof);
	int r;

	if (!v || !p)
		return arena_error(w->arena);
	*v = (struct vds){ VDS_VACCINATION, node_get(data, "hdr"), node_get(data, "msg"), NULL };
	if (!is_map(v->header) || !is_map(v->message) || !is_map(sig)) {
		fail(w, REASON_VDS_STRUCTURE, root);
		return 0;
	}
	read_header(w, v);
	if ((r = read_signature(w, sig, v, p)) != 0)
		return r;
	if ((r = canonical(w, data, &p->signed_bytes)) != 0)
		return r;
	add_layer(out, VDS_LAYER_SIGNED, p->signed_bytes, NULL);
	add_layer(out, "certificate", p->hint.certificate, NULL);
	add_layer(out, "signature", p->signature, NULL);
	p->hint.issuer = node_text(node_get(v->header, "is"));
	out->proofs = p;
	out->proof_count = 1;
	out->payload = data;
	out->scheme_data = v;
	out->usage = v->type == VDS_TEST ? USAGE_TEST : USAGE_VACCINATION;
	return 0;
}

static int
decode(struct work *w, struct span in, struct credential *out)
{
	const struct node *root;
	int r = node_from_json(w, in, VDS_LAYER, &root);

	out->scheme = VDS_SCHEME;
	if (r != 0 || !root)
		return r;
	add_layer(out, VDS_LAYER, in, root);
	root = unwrap(w, root);
	return report_failed(w->report) ? 0 : read_seal(w, root, out);
}

/* An array of several; one that can't be read stays whole, and decode says why. */
static int
split(struct work *w, struct span in, struct span **entries, size_t *count)
{
	struct report unread;
	struct work own = *w;
	const struct node *root;

	*count = 0;
	if (in.len == 0 || in.ptr[0] != '[')
		return 0;
	own.report = &unread;
	report_begin(&unread, w->arena);
	int r = node_from_json(&own, in, VDS_LAYER, &root);
	if (r != 0)
		return r == -ENOBUFS ? 0 : r;
	if (!root || root->size < 2)
		return 0;
	struct span *out = ARENA_ARRAY(w->arena, root->size, struct span);
	if (!out)
		return arena_error(w->arena);
	for (const struct node *n = root->child; n; n = n->next)
		out[(*count)++] = n->raw;
	*entries = out;
	return 0;
}

static const struct scheme schemes[] = {
	{ VDS_SCHEME, "ICAO VDS-NC", TRUST_ICAO },
	{ 0 },
};

const struct codec vdsnc_codec = {
	.name = "vdsnc",
	.schemes = schemes,
	.detect = vds_detect,
	.split = split,
	.decode = decode,
	.check = vds_check,
	.normalise = vds_normalise,
};
