/* hcert.c - the container: prefix, base45, zlib, COSE_Sign1, CWT, and the table of what may be inside.
 *
 * Each layer has its own reasons, so that a fault is told where it is.  Raw COSE and
 * zlib are read too, for channels other than the QR code.
 */
#include "codecs/hcert/hcert.h"

#include "codecs/base/arena.h"
#include "codecs/base/inflate.h"
#include "codecs/base/text.h"
#include "codecs/seal/cose.h"

#include <math.h>

static const struct subclaim *const subclaims[] = { &hcert_eu_dcc };

enum { CLAIM_ISS = 1, CLAIM_EXP = 4, CLAIM_IAT = 6, CLAIM_HCERT = -260, PREFIX = 4 };

/* Prefixes of national relatives on the same chain, which count nowhere else. */
static const char *const national[] = { "AT1:", "NL2:", "NL1:" };

static bool
is_family(struct span in)
{
	uint8_t v = in.len >= PREFIX ? in.ptr[2] : 0;
	bool version = (v >= '1' && v <= '9') || (v >= 'A' && v <= 'Z');

	return version && in.ptr[0] == 'H' && in.ptr[1] == 'C' && in.ptr[3] == ':';
}

static bool
is_national(struct span in)
{
	for (size_t i = 0; i < sizeof(national) / sizeof(national[0]); i++)
		if (span_starts(in, span_of(national[i])))
			return true;
	return false;
}

/* 18(...), an untagged array of 4, 61(...): no text begins so. */
static bool
is_cose(struct span in)
{
	return in.len > 2 &&
	       (in.ptr[0] == 0xd2 || in.ptr[0] == 0x84 || (in.ptr[0] == 0xd8 && in.ptr[1] == 0x3d));
}

/* RFC 1950, 2.2: method 8, window 7, and a check over both bytes. */
static bool
is_zlib(struct span in)
{
	return in.len > 8 && in.ptr[0] == 0x78 && (in.ptr[0] * 256 + in.ptr[1]) % 31 == 0;
}

static bool
detect(struct span in)
{
	return is_family(in) || is_national(in) || is_cose(in) || is_zlib(in);
}

static void
add_layer(struct credential *c, const char *name, struct span bytes, const struct node *tree)
{
	if (c->layer_count < CREDENTIAL_LAYERS)
		c->layers[c->layer_count++] = (struct layer){ name, bytes, tree };
}

static int
strip_base45(struct work *w, struct span in, struct span *out, struct credential *c)
{
	size_t bad = 0;

	if (in.len > w->limits->hcert_text) {
		report_limit(w->report, "hcert.text", w->limits->hcert_text,
			PLACE_AT("text", w->limits->hcert_text));
		return 0;
	}
	int r = base45_decode(w->arena, span_from(in, PREFIX), out, &bad);
	if (r == 0 && !out->ptr)
		report_fail(w->report, REASON_ENCODING_BASE45, PLACE_AT("text", PREFIX + bad));
	else if (r == 0)
		add_layer(c, "base45", *out, NULL);
	return r;
}

static int
strip_zlib(struct work *w, struct span in, struct span *out, struct credential *c)
{
	enum inflate_result result;
	size_t max = w->limits->hcert_unpacked;
	int r = inflate_zlib(w, in, max, out, &result);

	if (r != 0)
		return r;
	if (result == INFLATE_OK)
		add_layer(c, "zlib", *out, NULL);
	else if (result == INFLATE_TOO_LONG)
		report_limit(w->report, "hcert.unpacked", max, PLACE_AT("zlib", 0));
	else if (result == INFLATE_TOO_DENSE)
		report_limit(
			w->report, "inflate.ratio", w->limits->inflate_ratio, PLACE_AT("zlib", 0));
	else
		report_fail(w->report,
			result == INFLATE_TRAILED ? REASON_INFLATE_TRAILING
						  : REASON_INFLATE_MALFORMED,
			PLACE_AT("zlib", 0));
	return 0;
}

/* Down to COSE; *cose.ptr NULL when something was reported. */
static int
unwrap(struct work *w, struct span in, struct span *cose, struct credential *c)
{
	struct span packed = in;
	int r;

	*cose = SPAN_NONE;
	if (is_cose(in)) {
		*cose = in;
		return 0;
	}
	if (is_national(in)) {
		report_fail(w->report, REASON_FORMAT_NATIONAL, PLACE_AT("text", 0));
		return 0;
	}
	if (is_family(in)) {
		if (in.ptr[2] != '1') {
			report_fail(w->report, REASON_FORMAT_VERSION, PLACE_AT("text", 2));
			return 0;
		}
		if ((r = strip_base45(w, in, &packed, c)) != 0 || report_failed(w->report))
			return r;
	}
	return strip_zlib(w, packed, cose, c);
}

/* NumericDate (RFC 8392, section 2): whole seconds by the specification, floats and tag 1 in the field. */
static bool
read_date(struct work *w, const struct node *claims, int64_t key, const struct node **at,
	int64_t *out)
{
	const struct node *n = node_get_int(claims, key);
	double limit = 1099511627776.0; /* 2^40: some 34,000 years */

	*at = n;
	if (!n) {
		report_fail(
			w->report, REASON_CWT_CLAIM_MISSING, node_place(w, claims, HCERT_LAYER));
		return false;
	}
	bool tags_good = n->tag_count == 0 || (n->tag_count == 1 && n->tags[0] == 1);
	double v = n->kind == NODE_INT    ? (double)n->as.integer
		   : n->kind == NODE_REAL ? n->as.real
					  : NAN;
	if (!tags_good || !(v >= 0) || v > limit) {
		report_fail(w->report, REASON_CWT_CLAIM_TYPE, node_place(w, n, HCERT_LAYER));
		return false;
	}
	if (n->kind == NODE_REAL)
		report_find(w->report, REASON_NOTE_DATE_FLOAT, node_place(w, n, HCERT_LAYER));
	if (n->tag_count > 0)
		report_find(w->report, REASON_NOTE_DATE_TAGGED, node_place(w, n, HCERT_LAYER));
	*out = (int64_t)v;
	return true;
}

static void
read_issuer(struct work *w, const struct node *claims, struct hcert *h)
{
	const struct node *iss = node_get_int(claims, CLAIM_ISS);

	if (!iss || iss->kind == NODE_NULL)
		return;
	if (iss->kind == NODE_TEXT)
		h->issuer = span_trim(iss->as.bytes);
	else
		report_fail(w->report, REASON_CWT_CLAIM_TYPE, node_place(w, iss, HCERT_LAYER));
}

static const struct node *
find_content(struct work *w, const struct node *claims, struct hcert *h)
{
	const struct node *certs = node_get_int(claims, CLAIM_HCERT);

	if (!certs) {
		report_fail(
			w->report, REASON_CWT_CLAIM_MISSING, node_place(w, claims, HCERT_LAYER));
		return NULL;
	}
	for (size_t i = 0; i < sizeof(subclaims) / sizeof(subclaims[0]); i++) {
		const struct node *content = node_get_int(certs, subclaims[i]->key);
		if (!content)
			continue;
		h->type = subclaims[i];
		if (content->kind == NODE_MAP)
			return content;
		report_fail(w->report, REASON_CWT_CLAIM_TYPE, node_place(w, content, HCERT_LAYER));
		return NULL;
	}
	report_fail(w->report,
		certs->kind == NODE_MAP ? REASON_HCERT_UNKNOWN : REASON_CWT_CLAIM_TYPE,
		node_place(w, certs, HCERT_LAYER));
	return NULL;
}

static int
read_claims(struct work *w, struct span payload, struct credential *c)
{
	const struct node *claims = NULL;
	struct hcert *h = ARENA_NEW(w->arena, struct hcert);
	int r;

	if (!h)
		return arena_error(w->arena);
	if ((r = node_from_cbor(w, payload, HCERT_LAYER, &claims)) != 0 || !claims)
		return r;
	add_layer(c, "cwt", payload, claims);
	if (claims->kind != NODE_MAP) {
		report_fail(w->report, REASON_CWT_STRUCTURE, PLACE_AT(HCERT_LAYER, 0));
		return 0;
	}
	h->claims = claims;
	c->dates.layer = HCERT_LAYER;
	read_date(w, claims, CLAIM_EXP, &c->dates.not_after, &c->not_after);
	read_date(w, claims, CLAIM_IAT, &c->dates.not_before, &c->not_before);
	read_issuer(w, claims, h);
	c->payload = find_content(w, claims, h);
	if (!c->payload)
		return 0;
	c->scheme = h->type->scheme;
	c->scheme_data = h;
	c->proofs[0].hint.issuer = h->issuer;
	return h->type->open(w, c->payload, &h->found, &c->usage);
}

static int
fill_proof(struct work *w, const struct cose *cose, struct credential *c)
{
	struct proof *p = ARENA_NEW(w->arena, struct proof);

	if (!p)
		return arena_error(w->arena);
	p->alg = cose->alg;
	p->accept = SIG_BIT(SIG_ES256) | SIG_BIT(SIG_PS256);
	p->hint.kid = cose->kid;
	p->signature = cose->signature;
	c->proofs = p;
	c->proof_count = 1;
	return cose_sign1_tbs(w, cose, SPAN_LIT(""), &p->signed_bytes);
}

static int
decode(struct work *w, struct span in, struct credential *out)
{
	struct cose cose;
	struct span bytes;
	bool ok = false;
	int r;

	if ((r = unwrap(w, in, &bytes, out)) != 0 || !bytes.ptr)
		return r;
	if ((r = cose_sign1_read(w, bytes, &cose, &ok)) != 0 || !ok)
		return r;
	add_layer(out, "cose-protected", cose.protected_bytes, cose.protected_map);
	add_layer(out, "cose-unprotected", cose.unprotected_map->raw, cose.unprotected_map);
	add_layer(out, "signature", cose.signature, NULL);
	if ((r = fill_proof(w, &cose, out)) != 0)
		return r;
	return read_claims(w, cose.payload, out);
}

static int
check(struct work *w, const struct credential *c)
{
	const struct hcert *h = c->scheme_data;

	return h->type->check(w, h->found);
}

static int
normalise(struct work *w, const struct credential *c, struct record *out)
{
	const struct hcert *h = c->scheme_data;

	return h->type->normalise(w, c, h->found, out);
}

static const struct scheme schemes[] = {
	{ "eu-dcc", "EU Digital COVID Certificate", TRUST_DCC, true, false },
	{ 0 },
};

const struct codec hcert_codec = {
	.name = "hcert",
	.schemes = schemes,
	.detect = detect,
	.decode = decode,
	.check = check,
	.normalise = normalise,
};
