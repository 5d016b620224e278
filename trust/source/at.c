/* at.c - the Austrian list: CBOR {"c": [{"i": kid, "c": certificate}]}, vouched for by a second file.
 *
 * That file is a COSE_Sign1 by the pinned certificate over a CWT: 2 = SHA-256 of the
 * list, 4 and 5 = until and from when it counts, with 300 s of skew.
 */
#include "codecs/seal/cose.h"
#include "codecs/seal/digest.h"
#include "trust/source/list.h"

enum { SKEW = 300 };

static bool
detect(const struct trust_input *in)
{
	struct span s = in->files[0].bytes;

	return s.len > 4 && s.ptr[0] >= 0xa0 && s.ptr[0] <= 0xbf && s.ptr[1] == 0x61 &&
	       s.ptr[2] == 'c';
}

static int64_t
claim(const struct node *cwt, int64_t key)
{
	const struct node *n = node_get_int(cwt, key);

	return n && n->kind == NODE_INT ? n->as.integer : TIME_NONE;
}

static int
check_claims(struct work *w, const struct trust_input *in, const struct node *cwt,
	struct trust_builder *b)
{
	const struct node *hash = node_get_int(cwt, 2);
	int64_t from = claim(cwt, 5), until = claim(cwt, 4);
	uint8_t md[32];
	int r = digest_of(w->kit, DIGEST_SHA256, in->files[0].bytes, md);

	if (r != 0)
		return r;
	bool same = hash && hash->kind == NODE_BYTES &&
		    span_eq(hash->as.bytes, (struct span){ md, sizeof(md) });
	if (!same)
		builder_fault(b, "the signed digest is not the list's", in->files[1].name,
			PLACE_NO_OFFSET);
	else if (from == TIME_NONE || until == TIME_NONE || w->now < from - SKEW ||
		 w->now > until + SKEW)
		builder_fault(b, "the list's signature has expired or is not valid yet",
			in->files[1].name, PLACE_NO_OFFSET);
	builder_info(b)->issued_at = from;
	builder_info(b)->expires_at = until;
	return 0;
}

static int
verify(struct work *w, const struct trust_input *in, const struct cose *c, struct trust_builder *b)
{
	struct proof p = { .alg = c->alg,
		.accept = SIG_BIT(SIG_ES256) | SIG_BIT(SIG_PS256),
		.signature = c->signature };
	enum key_result result = KEY_MISMATCH;
	struct key *key = NULL;
	int r = cose_sign1_tbs(w, c, SPAN_LIT(""), &p.signed_bytes);

	if (r == 0)
		r = list_pin_key(w, in, b, &key);
	if (r == 0 && key)
		r = key_verify(key, &p, w->kit, &result);
	key_free(key);
	if (r == 0 && result != KEY_VALID)
		builder_fault(b, "the list's signature is not by the pinned certificate",
			in->files[1].name, 0);
	builder_info(b)->list_signed = r == 0 && result == KEY_VALID;
	return r;
}

static int
check_signature(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	const struct node *cwt = NULL;
	struct cose c;
	bool ok = false;
	int r;

	if (in->file_count < 2) {
		builder_fault(b, "a pin is configured, but the signature file is missing",
			in->files[0].name, PLACE_NO_OFFSET);
		return 0;
	}
	if ((r = cose_sign1_read(w, in->files[1].bytes, &c, &ok)) != 0)
		return r;
	if (!ok) {
		builder_fault(
			b, "the signature file is not a COSE_Sign1 message", in->files[1].name, 0);
		return 0;
	}
	if ((r = verify(w, in, &c, b)) != 0 || builder_info(b)->fault)
		return r;
	if ((r = node_from_cbor(w, c.payload, "cwt", &cwt)) != 0)
		return r;
	return check_claims(w, in, cwt, b);
}

static int
add_all(struct work *w, const struct trust_input *in, const struct node *items,
	struct trust_builder *b)
{
	struct anchors a;
	int r = anchors_read(w, in->anchors, &a);

	builder_info(b)->items_checked = a.count > a.uploads;
	for (const struct node *n = items->child; n && r == 0; n = n->next) {
		const struct node *kid = node_get(n, "i"), *der = node_get(n, "c");
		struct list_signer s = { .hashed = true, .country = in->country };
		if (!kid || !der || kid->kind != NODE_BYTES || der->kind != NODE_BYTES) {
			builder_skip(b);
			continue;
		}
		s.kid = kid->as.bytes;
		s.der = der->as.bytes;
		r = list_add_signer(&s, &a, b);
	}
	anchors_drop(&a);
	return r;
}

static int
read(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	struct limits wide = *w->limits;
	struct work lists = *w;
	const struct node *root;
	int r = 0;

	/* a list is larger than any certificate */
	wide.cbor_nodes = w->limits->trust_keys * 4;
	wide.cbor_entries = w->limits->trust_keys;
	lists.limits = &wide;
	if (in->pin.len > 0)
		r = check_signature(w, in, b);
	if (r != 0 || builder_info(b)->fault)
		return r;
	if ((r = node_from_cbor(&lists, in->files[0].bytes, "list", &root)) != 0)
		return r;
	const struct node *items = node_get(root, "c");
	if (!items || items->kind != NODE_LIST) {
		builder_fault(b, "the list is not CBOR with an array of certificates",
			in->files[0].name, 0);
		return 0;
	}
	return add_all(w, in, items, b);
}

const struct trust_source at_source = {
	.kind = "at",
	.title = "Austrian list (CBOR with a COSE signature file)",
	.detect = detect,
	.read = read,
};
