/* endorse.c - what OpenSSL would only sign with keys that it holds itself, around a signature from elsewhere. */
#include "codecs/seal/own/endorse.h"

#include "codecs/base/buf.h"
#include "codecs/seal/cert_impl.h"
#include "codecs/seal/digest.h"
#include "codecs/seal/own/endorse_impl.h"

#include <errno.h>

enum { TAG_SEQUENCE = 0x30, TAG_SET = 0x31, TAG_OCTETS = 4, TAG_OPTION = 0xa0, CMS_MAX = 65536 };

bool
own_sign_algorithm(X509_ALGOR *to, enum sig_alg alg)
{
	int nid = alg == SIG_ES256   ? NID_ecdsa_with_SHA256
		  : alg == SIG_ES384 ? NID_ecdsa_with_SHA384
		  : alg == SIG_EDDSA ? NID_ED25519
				     : NID_undef;

	return nid != NID_undef && X509_ALGOR_set0(to, OBJ_nid2obj(nid), V_ASN1_UNDEF, NULL) == 1;
}

int
own_sign(const struct signer *by, struct arena *a, struct span bytes, struct span *out)
{
	uint8_t der[SIG_DER_MAX];
	struct span raw;
	int r = by->sign(by, a, bytes, &raw);

	if (r != 0)
		return r;
	if (by->alg != SIG_EDDSA)
		raw = arena_copy(a, (struct span){ der, sig_der(raw, der) });
	if (!raw.ptr)
		return arena_error(a);
	*out = raw;
	return 0;
}

/* --- DER by hand: what follows is all there is to it --- */

static void
put(struct buf *b, int tag, struct span content)
{
	buf_char(b, (char)tag);
	if (content.len < 0x80) {
		buf_char(b, (char)content.len);
	} else {
		unsigned octets = content.len > 0xff ? 2 : 1;
		buf_char(b, (char)(0x80 | octets));
		buf_be(b, content.len, octets);
	}
	buf_add(b, content);
}

static struct buf
part(const struct buf *b)
{
	return buf_in(b->arena, CMS_MAX);
}

static void
put_part(struct buf *b, int tag, const struct buf *content)
{
	put(b, tag, buf_span(content));
	if (content->error)
		b->error = content->error;
}

#define OID_DATA          "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
#define OID_SIGNED_DATA   "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
#define OID_CONTENT_TYPE  "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03"
#define OID_DIGEST        "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04"
#define OID_SIGNING_TIME  "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05"
#define SHA256            "\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"
#define SHA512            "\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03"
#define ECDSA_WITH_SHA256 "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
#define ED25519           "\x30\x05\x06\x03\x2b\x65\x70"

static void
put_attribute(struct buf *b, const char *oid, struct span value)
{
	struct buf inner = part(b);

	buf_str(&inner, oid);
	put(&inner, TAG_SET, value);
	put_part(b, TAG_SEQUENCE, &inner);
}

/* RFC 5652, 11.3: years to 2049 as UTCTime. */
static int
put_time(struct buf *b, int64_t at)
{
	ASN1_TIME *t = ASN1_TIME_adj(NULL, (time_t)at, 0, 0);
	struct buf value = part(b);
	int tag = t ? ASN1_STRING_type(t) : 0;

	if (!t)
		return -ENOMEM;
	put(&value, tag, (struct span){ ASN1_STRING_get0_data(t), (size_t)ASN1_STRING_length(t) });
	put_attribute(b, OID_SIGNING_TIME, buf_span(&value));
	ASN1_TIME_free(t);
	return value.error;
}

/* In DER's order: by their first octets, all three are. */
static int
attributes(struct buf *b, enum digest which, struct span content, int64_t at, struct kit *kit)
{
	uint8_t md[64];
	struct buf digest = part(b), time = part(b);
	int r = digest_of(kit, which, content, md);

	if (r == 0)
		r = put_time(&time, at);
	put(&digest, TAG_OCTETS, (struct span){ md, which == DIGEST_SHA256 ? 32 : 64 });
	put_attribute(b, OID_CONTENT_TYPE, SPAN_LIT(OID_DATA));
	buf_add(b, buf_span(&time));
	put_attribute(b, OID_DIGEST, buf_span(&digest));
	return r ? r : b->error;
}

static int
put_der(struct buf *b, int len, unsigned char *der)
{
	if (len <= 0)
		return -ENOMEM;
	buf_add(b, (struct span){ der, (size_t)len });
	OPENSSL_free(der);
	return b->error;
}

/* IssuerAndSerialNumber */
static int
put_signer_name(struct buf *b, const struct cert *c)
{
	struct buf inner = part(b);
	unsigned char *name = NULL, *serial = NULL;
	int len = i2d_X509_NAME(X509_get_issuer_name(c->x509), &name);
	int r = put_der(&inner, len, name);

	if (r == 0) {
		len = i2d_ASN1_INTEGER(X509_get0_serialNumber(c->x509), &serial);
		r = put_der(&inner, len, serial);
	}
	put_part(b, TAG_SEQUENCE, &inner);
	return r ? r : b->error;
}

static int
signer_info(struct buf *b, const struct signer *by, const struct cert *c, const struct buf *attrs)
{
	bool ed = by->alg == SIG_EDDSA;
	struct buf inner = part(b), set = part(b);
	struct span signature;
	int r;

	/* what is signed bears the tag of a SET, what is sent that of its place (RFC 5652, 5.4) */
	put_part(&set, TAG_SET, attrs);
	if (set.error)
		return set.error;
	if ((r = own_sign(by, b->arena, buf_span(&set), &signature)) != 0)
		return r;
	buf_add(&inner, SPAN_LIT("\x02\x01\x01"));
	r = put_signer_name(&inner, c);
	buf_add(&inner, ed ? SPAN_LIT(SHA512) : SPAN_LIT(SHA256));
	put_part(&inner, TAG_OPTION, attrs);
	buf_add(&inner, ed ? SPAN_LIT(ED25519) : SPAN_LIT(ECDSA_WITH_SHA256));
	put(&inner, TAG_OCTETS, signature);
	put_part(b, TAG_SEQUENCE, &inner);
	return r;
}

/* EncapsulatedContentInfo; inside: what is signed, or SPAN_NONE where it is detached. */
static void
put_content(struct buf *b, struct span inside)
{
	struct buf info = part(b), octets = part(b);

	buf_str(&info, OID_DATA);
	if (inside.ptr) {
		put(&octets, TAG_OCTETS, inside);
		put_part(&info, TAG_OPTION, &octets);
	}
	put_part(b, TAG_SEQUENCE, &info);
}

static int
signed_data(
	struct buf *b, bool ed, const struct cert *c, struct span inside, const struct buf *info)
{
	struct buf inner = part(b), outer = part(b);

	buf_add(&inner, SPAN_LIT("\x02\x01\x01"));
	put(&inner, TAG_SET, ed ? SPAN_LIT(SHA512) : SPAN_LIT(SHA256));
	put_content(&inner, inside);
	put(&inner, TAG_OPTION, cert_der(c));
	put_part(&inner, TAG_SET, info);
	put_part(&outer, TAG_SEQUENCE, &inner);
	struct buf whole = part(b);
	buf_str(&whole, OID_SIGNED_DATA);
	put_part(&whole, TAG_OPTION, &outer);
	put_part(b, TAG_SEQUENCE, &whole);
	return b->error;
}

/* The SignerInfo: all that has to do with keys. */
static int
endorsed(struct buf *info, const struct signer *by, const struct cert *c, struct span content,
	int64_t at, struct kit *kit)
{
	bool ed = by->alg == SIG_EDDSA;
	struct buf attrs = part(info);
	int r = ed || by->alg == SIG_ES256 ? 0 : -EINVAL;

	if (r == 0)
		r = attributes(&attrs, ed ? DIGEST_SHA512 : DIGEST_SHA256, content, at, kit);
	return r ? r : signer_info(info, by, c, &attrs);
}

int
cms_sign_by(const struct signer *by, const struct cert *c, struct span content, int64_t at,
	struct kit *kit, struct arena *a, struct span *out)
{
	struct buf b = buf_in(a, CMS_MAX), info = part(&b);
	int r = endorsed(&info, by, c, content, at, kit);

	if (r == 0)
		r = signed_data(&b, by->alg == SIG_EDDSA, c, SPAN_NONE, &info);
	if (r == 0)
		*out = buf_span(&b);
	return r;
}

int
cms_wrap_by(const struct signer *by, const struct cert *c, struct span content, int64_t at,
	struct kit *kit, struct arena *a, struct span *out)
{
	struct buf b = buf_in(a, CMS_MAX), info = part(&b);
	int r = content.len <= CMS_WRAPPED ? 0 : -ENOBUFS;

	if (r == 0)
		r = endorsed(&info, by, c, content, at, kit);
	if (r == 0)
		r = signed_data(&b, by->alg == SIG_EDDSA, c, content, &info);
	if (r == 0)
		*out = buf_span(&b);
	return r;
}
