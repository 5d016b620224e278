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

static const struct subclaim *const subclaims[] = {
	&hcert_eu_dcc,
	&hcert_ddcc_vs,
	&hcert_ddcc_tr,
	&hcert_link,
	&hcert_icvp,
	&hcert_medication,
};

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

/* RFC 1950, 2.2: method 8, window 7, no dictionary, and a check over both bytes. */
static bool
is_zlib(struct span in)
{
	return in.len > 8 && in.ptr[0] == 0x78 && !(in.ptr[1] & 0x20) &&
	       (in.ptr[0] * 256 + in.ptr[1]) % 31 == 0;
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

/* A claim by its number, or by its number as text where the WHO's issuers may write it so. */
static const struct node *
claim(const struct hcert *h, int64_t key, const char *name)
{
	const struct node *n = node_get_int(h->claims, key);

	return n || !h->type->as_in_the_field ? n : node_get(h->claims, name);
}

static double
numeric(const struct node *n)
{
	if (n->kind == NODE_INT)
		return (double)n->as.integer;
	return n->kind == NODE_REAL ? n->as.real : NAN;
}

/* A time of the WHO's issuers, some of whom write milliseconds: no second beyond 10^11 is meant by anyone. */
static double
seconds(struct work *w, const struct hcert *h, const struct node *n)
{
	double v = numeric(n), milliseconds = 1e11;

	if (!h->type->as_in_the_field || !(v > milliseconds) || v > milliseconds * 1000)
		return v;
	report_find(w->report, REASON_NOTE_DATE_MILLISECONDS, node_place(w, n, HCERT_LAYER));
	return floor(v / 1000);
}

/* The WHO's issuers leave them out; then the signer's key alone bounds how long the certificate counts. */
static void
miss_date(struct work *w, const struct hcert *h, const char *name)
{
	struct place at = node_place_under(w, h->claims, name, HCERT_LAYER);

	if (h->type->as_in_the_field)
		report_find(w->report, REASON_NOTE_DATE_MISSING, at);
	else
		report_fail(
			w->report, REASON_CWT_CLAIM_MISSING, node_place(w, h->claims, HCERT_LAYER));
}

/* NumericDate (RFC 8392, section 2): whole seconds by the specification, floats and tag 1 in the field. */
static void
read_date(
	struct work *w, const struct hcert *h, const struct node *n, const char *name, int64_t *out)
{
	double limit = 1099511627776.0; /* 2^40: some 34,000 years */

	if (!n) {
		miss_date(w, h, name);
		return;
	}
	bool tags_good = n->tag_count == 0 || (n->tag_count == 1 && n->tags[0] == 1);
	double v = seconds(w, h, n);
	if (!tags_good || !(v >= 0) || v > limit) {
		report_fail(w->report, REASON_CWT_CLAIM_TYPE, node_place(w, n, HCERT_LAYER));
		return;
	}
	if (n->kind == NODE_REAL)
		report_find(w->report, REASON_NOTE_DATE_FLOAT, node_place(w, n, HCERT_LAYER));
	if (n->tag_count > 0)
		report_find(w->report, REASON_NOTE_DATE_TAGGED, node_place(w, n, HCERT_LAYER));
	*out = (int64_t)v;
}

static void
read_issuer(struct work *w, struct hcert *h)
{
	const struct node *iss = claim(h, CLAIM_ISS, "1");

	if (!iss || iss->kind == NODE_NULL)
		return;
	if (iss->kind == NODE_TEXT)
		h->issuer = span_trim(iss->as.bytes);
	else
		report_fail(w->report, REASON_CWT_CLAIM_TYPE, node_place(w, iss, HCERT_LAYER));
}

static const struct node *
content_of(const struct node *certs, struct hcert *h)
{
	for (size_t i = 0; i < sizeof(subclaims) / sizeof(subclaims[0]); i++) {
		const struct subclaim *s = subclaims[i];
		const struct node *content = node_get_int(certs, s->key);
		if (!content && s->as_in_the_field)
			content = node_get(certs, s->name);
		if (!content || (h->as_text && !s->as_in_the_field))
			continue;
		h->type = s;
		return content;
	}
	return NULL;
}

/* The WHO's certificates of 2021: the data set itself where the claims should be. */
static bool
is_flat(const struct node *claims)
{
	return node_get(claims, "name") &&
	       (node_get(claims, "hcid") || node_get(claims, "birthDate"));
}

static const struct node *
find_content(struct work *w, struct hcert *h)
{
	const struct node *certs = node_get_int(h->claims, CLAIM_HCERT), *content;

	if (!certs && (certs = node_get(h->claims, "-260")) != NULL)
		h->as_text = true;
	if (!certs && is_flat(h->claims)) {
		h->type = &hcert_ddcc_flat;
		return h->claims;
	}
	content = certs ? content_of(certs, h) : NULL;
	if (content && (h->type->kinds & 1u << content->kind))
		return content;
	report_fail(w->report,
		!certs                               ? REASON_CWT_CLAIM_MISSING
		: content || certs->kind != NODE_MAP ? REASON_CWT_CLAIM_TYPE
						     : REASON_HCERT_UNKNOWN,
		node_place(w,
			content ? content
			: certs ? certs
				: h->claims,
			HCERT_LAYER));
	return NULL;
}

static void
read_dates(struct work *w, const struct hcert *h, struct credential *c)
{
	c->dates.layer = HCERT_LAYER;
	c->dates.not_after = claim(h, CLAIM_EXP, "4");
	c->dates.not_before = claim(h, CLAIM_IAT, "6");
	read_date(w, h, c->dates.not_after, "4", &c->not_after);
	read_date(w, h, c->dates.not_before, "6", &c->not_before);
}

/* What is not as specified, and read all the same where the WHO's own certificates have it. */
static int
read_field_forms(struct work *w, const struct hcert *h, bool text_kid, struct credential *c)
{
	struct span *kid = &c->proofs[0].hint.kid, bytes = SPAN_NONE;
	size_t bad;
	int r;

	if (h->as_text)
		report_find(
			w->report, REASON_NOTE_TEXT_KEYS, node_place(w, h->claims, HCERT_LAYER));
	if (!text_kid)
		return 0;
	if (!h->type->as_in_the_field) {
		report_fail(w->report, REASON_COSE_HEADER, PLACE_AT("cose", 0));
		return 0;
	}
	report_find(w->report, REASON_NOTE_KID_TEXT, PLACE_AT("cose", 0));
	r = base64_decode(w->arena, *kid, false, &bytes, &bad);
	if (r == 0 && bytes.len > 0)
		*kid = bytes;
	return r;
}

/* A claim in both forms could say two things. */
static void
check_forms(struct work *w, const struct node *content, struct hcert *h)
{
	static const struct {
		int64_t key;
		const char *name;
	} forms[] = { { CLAIM_ISS, "1" }, { CLAIM_EXP, "4" }, { CLAIM_IAT, "6" },
		{ CLAIM_HCERT, "-260" } };

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct node *text = node_get(h->claims, forms[i].name);
		if (text && node_get_int(h->claims, forms[i].key))
			report_fail(
				w->report, REASON_CWT_STRUCTURE, node_place(w, text, HCERT_LAYER));
		h->as_text = h->as_text || text;
	}
	if (content != h->claims && node_get_int(content->parent, h->type->key) &&
		node_get(content->parent, h->type->name))
		report_fail(w->report, REASON_CWT_STRUCTURE, node_place(w, content, HCERT_LAYER));
}

static int
read_claims(struct work *w, struct span payload, bool text_kid, struct credential *c)
{
	struct hcert *h = ARENA_NEW(w->arena, struct hcert);
	int r;

	if (!h)
		return arena_error(w->arena);
	if ((r = node_from_cbor(w, payload, HCERT_LAYER, &h->claims)) != 0 || !h->claims)
		return r;
	add_layer(c, "cwt", payload, h->claims);
	if (h->claims->kind != NODE_MAP) {
		report_fail(w->report, REASON_CWT_STRUCTURE, PLACE_AT(HCERT_LAYER, 0));
		return 0;
	}
	c->payload = find_content(w, h);
	if (!c->payload)
		return 0;
	if (h->type->as_in_the_field)
		check_forms(w, c->payload, h);
	read_dates(w, h, c);
	read_issuer(w, h);
	c->scheme = h->type->scheme;
	c->domains = h->type->domains;
	c->scheme_data = h;
	c->proofs[0].hint.issuer = h->issuer;
	if ((h->as_text || text_kid) && (r = read_field_forms(w, h, text_kid, c)) != 0)
		return r;
	r = h->type->open(w, c->payload, &h->found, &c->usage);
	if (r == 0 && h->type->status)
		h->type->status(h->found, &c->status);
	return r;
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
	if ((r = cose_sign1_read_text_kid(w, bytes, &cose, &ok)) != 0 || !ok)
		return r;
	add_layer(out, "cose-protected", cose.protected_bytes, cose.protected_map);
	add_layer(out, "cose-unprotected", cose.unprotected_map->raw, cose.unprotected_map);
	add_layer(out, "signature", cose.signature, NULL);
	if ((r = fill_proof(w, &cose, out)) != 0)
		return r;
	return read_claims(w, cose.payload, cose.kid_is_text, out);
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
	{ "eu-dcc", "EU Digital COVID Certificate", TRUST_DCC },
	{ "ddcc-vs", "WHO DDCC vaccination status", TRUST_WHO },
	{ "ddcc-tr", "WHO DDCC test result", TRUST_WHO },
	{ "ddcc-legacy", "WHO DDCC of 2021", TRUST_WHO },
	{ "vhl", "verifiable health link", TRUST_WHO },
	{ "icvp", "International Certificate of Vaccination or Prophylaxis", TRUST_WHO },
	{ "ph4h-medication", "PH4H medication overview", TRUST_WHO },
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
