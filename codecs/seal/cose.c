/* cose.c - COSE_Sign1 taken apart, and the bytes that its signature covers.
 *
 * Only what stands in the protected header is signed; everything taken from
 * elsewhere is noted.  A header never decides the algorithm, it states one.
 */
#include "codecs/seal/cose.h"

#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/base/report.h"
#include "codecs/signer.h"
#include "codecs/tree/cbor_write.h"

static const char layer[] = "cose";

enum { LABEL_ALG = 1, LABEL_CRIT = 2, LABEL_KID = 4, TAG_SIGN1 = 18, TAG_CWT = 61, KID_MAX = 4096 };

static const struct {
	int64_t number;
	enum sig_alg alg;
} algs[] = {
	{ -7, SIG_ES256 },
	{ -35, SIG_ES384 },
	{ -36, SIG_ES512 },
	{ -37, SIG_PS256 },
	{ -38, SIG_PS384 },
	{ -39, SIG_PS512 },
	{ -257, SIG_RS256 },
	{ -8, SIG_EDDSA },
	{ -47, SIG_ES256K },
};

enum sig_alg
cose_alg(const struct node *n)
{
	for (size_t i = 0; i < sizeof(algs) / sizeof(algs[0]); i++)
		if (n->kind == NODE_INT && n->as.integer == algs[i].number)
			return algs[i].alg;
	return SIG_UNKNOWN;
}

int64_t
cose_alg_number(enum sig_alg alg)
{
	for (size_t i = 0; i < sizeof(algs) / sizeof(algs[0]); i++)
		if (algs[i].alg == alg)
			return algs[i].number;
	return 0;
}

static void
fail_at(struct work *w, enum reason reason, const struct node *n)
{
	report_fail(w->report, reason, n ? node_place(w, n, layer) : PLACE_AT(layer, 0));
}

/* None, 18, 61 or 61(18): RFC 9052 section 2, RFC 8392 section 6. */
static bool
tags_good(const struct node *root)
{
	const uint64_t *t = root->tags;

	if (root->tag_count == 0)
		return true;
	if (root->tag_count == 1)
		return t[0] == TAG_SIGN1 || t[0] == TAG_CWT;
	return root->tag_count == 2 && t[0] == TAG_CWT && t[1] == TAG_SIGN1;
}

static bool
shape_good(struct work *w, const struct node *root)
{
	static const enum node_kind kinds[] = { NODE_BYTES, NODE_MAP, NODE_BYTES, NODE_BYTES };

	if (!tags_good(root)) {
		fail_at(w, REASON_COSE_TYPE, root);
		return false;
	}
	if (root->kind != NODE_LIST || root->size != 4) {
		fail_at(w, REASON_COSE_STRUCTURE, root);
		return false;
	}
	for (size_t i = 0; i < 4; i++) {
		const struct node *part = node_at(root, i);
		if (part->kind != kinds[i] || part->tag_count != 0) {
			fail_at(w, REASON_COSE_STRUCTURE, part);
			return false;
		}
	}
	return true;
}

/* The protected header is a map in a byte string; an empty one may be written as no bytes or as a map. */
static int
read_protected(struct work *w, const struct node *bytes, struct cose *c)
{
	const struct node *map = NULL;

	c->protected_bytes = bytes->as.bytes;
	if (c->protected_bytes.len == 0)
		return 0;
	int r = node_from_cbor(w, c->protected_bytes, "cose-protected", &map);
	if (r != 0 || !map)
		return r;
	if (map->kind != NODE_MAP || map->tag_count != 0)
		fail_at(w, REASON_COSE_HEADER, bytes);
	else if (map->size > 0)
		c->protected_map = map;
	return 0;
}

static void
refuse_crit(struct work *w, const struct cose *c)
{
	const struct node *crit = node_get_int(c->protected_map, LABEL_CRIT);

	if (!crit)
		crit = node_get_int(c->unprotected_map, LABEL_CRIT);
	if (crit)
		fail_at(w, REASON_COSE_CRIT, crit);
}

static void
read_alg(struct work *w, struct cose *c)
{
	const struct node *safe = node_get_int(c->protected_map, LABEL_ALG);
	const struct node *open = node_get_int(c->unprotected_map, LABEL_ALG);
	const struct node *n = safe ? safe : open;

	if (!n)
		return;
	if (safe && open && !node_equal(safe, open)) {
		fail_at(w, REASON_COSE_HEADER, open);
		return;
	}
	if (n->kind != NODE_INT && n->kind != NODE_TEXT) {
		fail_at(w, REASON_COSE_HEADER, n);
		return;
	}
	c->alg = cose_alg(n);
	if (!safe)
		report_find(w->report, REASON_NOTE_ALG_UNPROTECTED, node_place(w, open, layer));
}

static bool
kid_good(struct work *w, const struct node *kid, bool text)
{
	bool kind = kid && (kid->kind == NODE_BYTES || (text && kid->kind == NODE_TEXT));

	if (!kid || (kind && kid->as.bytes.len > 0 && kid->as.bytes.len <= KID_MAX))
		return true;
	fail_at(w, REASON_COSE_HEADER, kid);
	return false;
}

static void
read_kid(struct work *w, struct cose *c, bool text)
{
	const struct node *safe = node_get_int(c->protected_map, LABEL_KID);
	const struct node *open = node_get_int(c->unprotected_map, LABEL_KID);

	const struct node *n = safe ? safe : open;

	if (!kid_good(w, safe, text) || !kid_good(w, open, text))
		return;
	if (n)
		c->kid = n->as.bytes;
	c->kid_is_text = n && n->kind == NODE_TEXT;
	if (safe && open && !span_eq(safe->as.bytes, open->as.bytes))
		report_find(w->report, REASON_NOTE_KID_DIFFERS, node_place(w, open, layer));
	else if (!safe && open)
		report_find(w->report, REASON_NOTE_KID_UNPROTECTED, node_place(w, open, layer));
}

static int
read_sign1(struct work *w, struct span in, bool text_kid, struct cose *out, bool *ok)
{
	const struct node *root;
	struct cose c = { 0 };
	int r = node_from_cbor(w, in, layer, &root);

	*ok = false;
	if (r != 0 || !root || !shape_good(w, root))
		return r;
	if ((r = read_protected(w, node_at(root, 0), &c)) != 0 || report_failed(w->report))
		return r;
	c.unprotected_map = node_at(root, 1);
	c.payload = node_at(root, 2)->as.bytes;
	c.payload_offset = node_at(root, 2)->offset;
	c.signature = node_at(root, 3)->as.bytes;
	refuse_crit(w, &c);
	read_alg(w, &c);
	read_kid(w, &c, text_kid);
	if (report_failed(w->report))
		return 0;
	*out = c;
	*ok = true;
	return 0;
}

int
cose_sign1_read(struct work *w, struct span in, struct cose *out, bool *ok)
{
	return read_sign1(w, in, false, out, ok);
}

int
cose_sign1_read_text_kid(struct work *w, struct span in, struct cose *out, bool *ok)
{
	return read_sign1(w, in, true, out, ok);
}

static int
write_tbs(struct arena *a, struct span protected, struct span aad, struct span payload,
	struct span *out)
{
	struct buf b = buf_in(a, SIZE_MAX);

	cborw_list(&b, 4);
	cborw_text(&b, SPAN_LIT("Signature1"));
	cborw_bytes(&b, protected);
	cborw_bytes(&b, aad);
	cborw_bytes(&b, payload);
	if (b.error)
		return b.error;
	*out = buf_span(&b);
	return 0;
}

int
cose_sign1_tbs(struct work *w, const struct cose *c, struct span external_aad, struct span *out)
{
	/* RFC 9052 4.4: an empty map is signed as no bytes, however it was sent */
	struct span protected = c->protected_map ? c->protected_bytes : SPAN_LIT("");

	return write_tbs(w->arena, protected, external_aad, c->payload, out);
}

int
cose_sign1_write(struct work *w, const struct signer *s, struct span payload, struct span *out)
{
	struct buf head = buf_in(w->arena, SIZE_MAX), b = buf_in(w->arena, SIZE_MAX);
	struct span tbs, signature;
	int r;

	cborw_map(&head, s->kid.len ? 2 : 1);
	cborw_int(&head, LABEL_ALG);
	cborw_int(&head, cose_alg_number(s->alg));
	if (s->kid.len) {
		cborw_int(&head, LABEL_KID);
		cborw_bytes(&head, s->kid);
	}
	if (head.error)
		return head.error;
	if ((r = write_tbs(w->arena, buf_span(&head), SPAN_LIT(""), payload, &tbs)) != 0)
		return r;
	if ((r = s->sign(s, w->arena, tbs, &signature)) != 0)
		return r;
	cborw_tag(&b, TAG_SIGN1);
	cborw_list(&b, 4);
	cborw_bytes(&b, buf_span(&head));
	cborw_map(&b, 0);
	cborw_bytes(&b, payload);
	cborw_bytes(&b, signature);
	if (b.error)
		return b.error;
	*out = buf_span(&b);
	return 0;
}
