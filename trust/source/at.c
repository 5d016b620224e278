/* at.c - the Austrian list: CBOR {"c": [{"i": kid, "c": certificate}]}, vouched for by a second file.
 *
 * That file is a COSE_Sign1 by the pinned certificate over a CWT: 2 = SHA-256 of the
 * list, 4 and 5 = until and from when it counts, with 300 s of skew.  What the CWT
 * says is checked even without a pin: two files that don't belong together are a fault.
 */
#include "codecs/seal/cose.h"
#include "codecs/seal/digest.h"
#include "trust/source/anchors.h"

enum { SKEW = 300, CLAIM_HASH = 2, CLAIM_UNTIL = 4, CLAIM_FROM = 5 };

#define YEAR_9999 INT64_C(253402300799)

static bool
detect(const struct trust_input *in)
{
	struct span s = in->files[0].bytes;

	return s.len > 4 && s.ptr[0] >= 0xa0 && s.ptr[0] <= 0xbf && s.ptr[1] == 0x61 &&
	       s.ptr[2] == 'c';
}

static int64_t
time_claim(const struct node *cwt, int64_t key)
{
	const struct node *n = node_get_int(cwt, key);
	bool ok = n && n->kind == NODE_INT && n->as.integer >= 0 && n->as.integer <= YEAR_9999;

	return ok ? n->as.integer : TIME_NONE;
}

static int
check_claims(struct work *w, const struct trust_input *in, const struct node *cwt,
	struct trust_builder *b)
{
	const struct node *hash = node_get_int(cwt, CLAIM_HASH);
	int64_t from = time_claim(cwt, CLAIM_FROM), until = time_claim(cwt, CLAIM_UNTIL);
	uint8_t md[32];
	const char *fault = NULL;
	int r = digest_of(w->kit, DIGEST_SHA256, in->files[0].bytes, md);

	if (r != 0)
		return r;
	if (!hash || hash->kind != NODE_BYTES ||
		!span_eq(hash->as.bytes, (struct span){ md, sizeof(md) }))
		fault = "the signed digest is not the list's";
	else if (from == TIME_NONE || until == TIME_NONE)
		fault = "the signature states no time from or until which it counts";
	else if (from - SKEW > w->now)
		fault = "the list's signature is not valid yet";
	else if (until + SKEW < w->now)
		fault = "the list's signature has expired";
	if (fault)
		builder_fault(b, fault, in->files[1].name, PLACE_NO_OFFSET);
	builder_info(b)->issued_at = from;
	builder_info(b)->expires_at = until;
	return 0;
}

static int
check_pin(
	struct work *w, const struct trust_input *in, const struct cose *c, struct trust_builder *b)
{
	struct proof p = { .alg = c->alg,
		.accept = SIG_BIT(SIG_ES256) | SIG_BIT(SIG_PS256),
		.signature = c->signature };
	int r = cose_sign1_tbs(w, c, SPAN_LIT(""), &p.signed_bytes);

	if (r != 0)
		return r;
	return list_check_pin(w, in, &p, "the list's signature is not by the pinned certificate",
		in->files[1].name, b);
}

static int
check_signature(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	const struct node *cwt = NULL;
	struct cose c;
	bool ok = false;
	int r = cose_sign1_read(w, in->files[1].bytes, &c, &ok);

	if (r == 0 && !ok)
		builder_fault(
			b, "the signature file is not a COSE_Sign1 message", in->files[1].name, 0);
	if (r == 0 && ok && in->pin.len > 0)
		r = check_pin(w, in, &c, b);
	if (r != 0 || builder_faulty(b))
		return r;
	struct list_text claims = { c.payload, in->files[1].name, c.payload_offset };
	r = list_cbor(w, b, claims, &cwt);
	return r == 0 && cwt ? check_claims(w, in, cwt, b) : r;
}

static int
add_item(const struct trust_input *in, const struct node *item, const struct anchors *a,
	struct trust_builder *b)
{
	const struct node *kid = node_get(item, "i"), *der = node_get(item, "c");
	struct candidate c = { .country = in->country };

	if (!kid || !der || kid->kind != NODE_BYTES || der->kind != NODE_BYTES ||
		kid->as.bytes.len == 0) {
		builder_skip(b);
		return 0;
	}
	c.kid = kid->as.bytes;
	return signer_add_der(der->as.bytes, &c, a, b);
}

static int
add_all(struct work *w, const struct trust_input *in, const struct node *items,
	struct trust_builder *b)
{
	struct anchors a;
	int r = anchors_read(w, in, false, b, &a);

	for (const struct node *n = items->child; n && r == 0 && !builder_faulty(b); n = n->next)
		r = add_item(in, n, &a, b);
	anchors_drop(&a);
	return r;
}

static int
read(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	const struct node *root;
	int r = 0;

	if (in->file_count > 1)
		r = check_signature(w, in, b);
	else if (in->pin.len > 0)
		builder_fault(b, "a pin is configured, but the signature file is missing",
			in->files[0].name, PLACE_NO_OFFSET);
	if (r != 0 || builder_faulty(b))
		return r;
	if ((r = list_cbor(w, b, list_whole(in), &root)) != 0 || !root)
		return r;
	const struct node *items = node_get(root, "c");
	if (items && items->kind == NODE_LIST)
		return add_all(w, in, items, b);
	builder_fault(
		b, "the list is not CBOR with an array of certificates", in->files[0].name, 0);
	return 0;
}

const struct trust_source at_source = {
	.kind = "at",
	.title = "Austrian list (CBOR with a COSE signature file)",
	.files = 2,
	.takes_pin = true,
	.takes_anchors = true,
	.serves = SERVES_DCC,
	.detect = detect,
	.read = read,
};
