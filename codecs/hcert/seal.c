/* seal.c - the layers of an HC1 text, written in the order in which hcert.c takes them off. */
#include "codecs/hcert/seal.h"

#include "codecs/base/inflate.h"
#include "codecs/base/text.h"
#include "codecs/seal/cose.h"
#include "codecs/tree/cbor_write.h"

#include <math.h>

static void
write_key(struct buf *b, const struct hcert_recipe *r, int64_t key)
{
	struct buf digits = buf_in(b->arena, 32);

	if (!r->text_keys) {
		cborw_int(b, key);
		return;
	}
	buf_int(&digits, key);
	cborw_text(b, buf_span(&digits));
}

static void
write_date(struct buf *b, const struct hcert_recipe *r, int64_t key, int64_t t)
{
	if (t == TIME_NONE)
		return;
	write_key(b, r, key);
	if (r->milliseconds && key == 6)
		t *= 1000;
	if (r->tagged_dates)
		cborw_tag(b, 1);
	if (r->expiry_nan && key == 4)
		cborw_real(b, NAN);
	else if (r->float_dates)
		cborw_real(b, (double)t);
	else
		cborw_int(b, t);
}

static void
write_claims(struct buf *b, const struct hcert_recipe *r)
{
	bool again = r->claim_twice && r->expires != TIME_NONE;
	size_t pairs = (size_t)1 + (r->issuer.len > 0) + (r->expires != TIME_NONE) +
		       (r->issued != TIME_NONE) + again + (r->other_expires != 0);
	struct hcert_recipe other = { .text_keys = !r->text_keys };

	if (r->flat) {
		buf_add(b, r->content);
		return;
	}
	cborw_map(b, pairs);
	if (r->issuer.len > 0) {
		write_key(b, r, 1);
		cborw_text(b, r->issuer);
	}
	write_date(b, r, 4, r->expires);
	if (r->claim_twice)
		write_date(b, r, 4, r->expires);
	write_date(b, r, 6, r->issued);
	if (r->other_expires != 0)
		write_date(b, &other, 4, r->other_expires);
	write_key(b, r, -260);
	cborw_map(b, 1);
	write_key(b, r, r->claim ? r->claim : 1);
	buf_add(b, r->content);
}

struct header {
	bool alg, kid, crit;
};

static void
write_kid(struct buf *b, const struct hcert_recipe *r, struct span kid)
{
	struct buf text = buf_in(b->arena, 128);

	if (!r->text_kid) {
		cborw_bytes(b, kid);
		return;
	}
	base64_encode(&text, kid);
	cborw_text(b, buf_span(&text));
}

static void
write_header(struct buf *b, const struct hcert_recipe *r, const struct signer *s, struct header h)
{
	cborw_map(b, (size_t)h.alg + (size_t)h.kid + (size_t)h.crit);
	if (h.alg) {
		cborw_int(b, 1);
		cborw_int(b, r->alg ? r->alg : cose_alg_number(s->alg));
	}
	if (h.crit) {
		cborw_int(b, 2);
		cborw_list(b, 1);
		cborw_int(b, 99);
	}
	if (h.kid) {
		cborw_int(b, 4);
		write_kid(b, r, s->kid);
	}
}

static void
write_protected(struct buf *b, const struct hcert_recipe *r, const struct signer *s)
{
	struct header h = { .alg = !r->alg_unprotected && !r->alg_left_out,
		.kid = r->kid == HCERT_KID_PROTECTED || r->kid == HCERT_KID_BOTH,
		.crit = r->crit };

	if (h.alg || h.kid || h.crit || r->empty_protected_map)
		write_header(b, r, s, h);
}

static void
write_unprotected(struct buf *b, const struct hcert_recipe *r, const struct signer *s)
{
	struct header h = { .alg = r->alg_unprotected && !r->alg_left_out,
		.kid = r->kid == HCERT_KID_UNPROTECTED || r->kid == HCERT_KID_BOTH };

	struct signer other = *s;
	if (r->kid == HCERT_KID_BOTH && r->other_kid.len > 0)
		other.kid = r->other_kid;
	write_header(b, r, &other, h);
}

static int
sign(struct work *w, const struct signer *s, struct span protected, struct span payload,
	struct span *signature)
{
	struct buf tbs = buf_in(w->arena, SIZE_MAX);

	/* an empty map is signed as no bytes (RFC 9052, 4.4) */
	bool empty = protected.len == 1 && protected.ptr[0] == 0xa0;
	cborw_list(&tbs, 4);
	cborw_text(&tbs, SPAN_LIT("Signature1"));
	cborw_bytes(&tbs, empty ? SPAN_LIT("") : protected);
	cborw_bytes(&tbs, SPAN_LIT(""));
	cborw_bytes(&tbs, payload);
	return tbs.error ? tbs.error : s->sign(s, w->arena, buf_span(&tbs), signature);
}

static void
write_tags(struct buf *b, const struct hcert_recipe *r)
{
	if (r->untagged)
		return;
	if (r->tag_count == 0)
		cborw_tag(b, 18);
	for (size_t i = 0; i < r->tag_count; i++)
		cborw_tag(b, r->tags[i]);
}

static int
write_cose(struct work *w, const struct hcert_recipe *r, const struct signer *s, struct span *out)
{
	struct buf claims = buf_in(w->arena, SIZE_MAX), head = buf_in(w->arena, SIZE_MAX);
	struct buf b = buf_in(w->arena, SIZE_MAX);
	struct span signature;

	write_claims(&claims, r);
	write_protected(&head, r, s);
	if (claims.error || head.error)
		return claims.error ? claims.error : head.error;
	int error = sign(w, s, buf_span(&head), buf_span(&claims), &signature);
	if (error != 0)
		return error;
	write_tags(&b, r);
	cborw_list(&b, 4);
	cborw_bytes(&b, buf_span(&head));
	write_unprotected(&b, r, s);
	cborw_bytes(&b, buf_span(&claims));
	cborw_bytes(&b, signature);
	buf_add(&b, r->cose_tail);
	*out = buf_span(&b);
	return b.error;
}

int
hcert_seal(struct work *w, const struct hcert_recipe *r, const struct signer *s, struct span *out)
{
	struct span cose, packed;
	struct buf zlib = buf_in(w->arena, SIZE_MAX), text = buf_in(w->arena, SIZE_MAX);
	int error = write_cose(w, r, s, &cose);

	if (error != 0)
		return error;
	if (r->raw_cose) {
		*out = cose;
		return 0;
	}
	packed = cose;
	if (!r->not_compressed && (error = deflate_zlib(w, cose, &packed)) != 0)
		return error;
	buf_add(&zlib, packed);
	buf_add(&zlib, r->zlib_tail);
	buf_str(&text, r->prefix ? r->prefix : "HC1:");
	base45_encode(&text, buf_span(&zlib));
	*out = buf_span(&text);
	return zlib.error ? zlib.error : text.error;
}
