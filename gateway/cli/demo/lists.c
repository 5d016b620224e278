/* lists.c - the demo world's trust lists, one in each form that the gateway reads. */
#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/seal/cose.h"
#include "codecs/seal/digest.h"
#include "codecs/tree/cbor_write.h"
#include "gateway/cli/demo/demo.h"

enum { DAY = 86400 };

static struct buf
buffer(struct demo *d)
{
	return buf_in(d->arena, SIZE_MAX);
}

static int
write_cert(struct demo *d, const char *folder, const char *name, const struct cert *c)
{
	struct buf b = buffer(d);

	demo_pem(&b, "CERTIFICATE", cert_der(c));
	return b.error ? b.error : demo_write(d, folder, name, buf_span(&b), 0644);
}

static void
base64_member(struct buf *b, const char *name, struct span value)
{
	buf_str(b, ",\"");
	buf_str(b, name);
	buf_str(b, "\":\"");
	base64_encode(b, value);
	buf_char(b, '"');
}

/* One item of the EU gateway's form, signed by `signer` where there is one. */
static int
item(struct demo *d, struct buf *b, const struct cert *c, const char *type,
	const struct demo_key *signer, int64_t at)
{
	struct span cms = SPAN_NONE;
	int r = signer ? cms_sign(signer->key, signer->cert, cert_der(c), d->arena, &cms) : 0;

	buf_str(b, "{\"certificateType\":\"");
	buf_str(b, type);
	buf_str(b, "\",\"country\":");
	buf_json(b, cert_country(c));
	base64_member(b, "kid", span_slice(cert_sha256(c), 0, 8));
	base64_member(b, "rawData", cert_der(c));
	base64_member(b, "signature", cms);
	buf_str(b, ",\"thumbprint\":\"");
	buf_hex(b, cert_sha256(c));
	buf_str(b, "\",\"timestamp\":\"");
	time_format(b, at);
	buf_str(b, "\"}");
	return r;
}

/* A signature line over the JSON behind it. */
static int
write_signed_line(struct demo *d, const char *folder)
{
	struct buf json = buffer(d), whole = buffer(d), pin = buffer(d);
	struct span signature, spki;
	int r = 0;

	buf_str(&json, "{\"certificates\":[");
	for (enum demo_signer i = SIGNER_AQ; r == 0 && i <= SIGNER_AQ_SHORT; i++) {
		buf_str(&json, i == SIGNER_AQ ? "" : ",");
		r = item(d, &json, d->signers[i].cert, "DSC", NULL, d->now - DAY);
	}
	buf_str(&json, "]}");
	if (r == 0)
		r = d->list_key.signer.sign(
			&d->list_key.signer, d->arena, buf_span(&json), &signature);
	if (r == 0)
		r = private_spki(d->list_key.key, d->arena, &spki);
	if (r != 0)
		return r;
	base64_encode(&whole, signature);
	buf_char(&whole, '\n');
	buf_add(&whole, buf_span(&json));
	demo_pem(&pin, "PUBLIC KEY", spki);
	r = demo_write(d, folder, "signed-list.json", buf_span(&whole), 0644);
	return r != 0 ? r : demo_write(d, folder, "signed-list.pin.pem", buf_span(&pin), 0644);
}

static int
write_gateway_list(struct demo *d, const char *folder)
{
	struct buf b = buffer(d);

	buf_char(&b, '[');
	int r = item(d, &b, d->csca[2].cert, "CSCA", &d->anchor, d->now - DAY);
	buf_char(&b, ',');
	if (r == 0)
		r = item(d, &b, d->upload.cert, "UPLOAD", &d->anchor, d->now - DAY);
	buf_char(&b, ',');
	if (r == 0)
		r = item(d, &b, d->signers[SIGNER_GS].cert, "DSC", &d->upload, d->now - DAY);
	buf_char(&b, ']');
	if (r == 0)
		r = demo_write(d, folder, "gateway-list.json", buf_span(&b), 0644);
	return r != 0 ? r : write_cert(d, folder, "gateway-list.pin.pem", d->anchor.cert);
}

/* Fetched a month ago, where the configuration allows a day. */
static int
write_stale_list(struct demo *d, const char *folder)
{
	struct buf b = buffer(d);

	buf_char(&b, '[');
	int r = item(d, &b, d->signers[SIGNER_STALE].cert, "DSC", NULL, d->now - 30 * DAY);
	buf_char(&b, ']');
	if (r == 0)
		r = demo_write(d, folder, "old-list.json", buf_span(&b), 0644);
	return r != 0 ? r : demo_backdate(d, folder, "old-list.json", d->now - 30 * DAY);
}

static int
write_cbor_list(struct demo *d, const char *folder)
{
	const struct cert *c = d->signers[SIGNER_TF].cert;
	struct buf list = buffer(d), claims = buffer(d);
	struct span cose;
	uint8_t md[32];

	cborw_map(&list, 1);
	cborw_text(&list, SPAN_LIT("c"));
	cborw_list(&list, 1);
	cborw_map(&list, 2);
	cborw_text(&list, SPAN_LIT("c"));
	cborw_bytes(&list, cert_der(c));
	cborw_text(&list, SPAN_LIT("i"));
	cborw_bytes(&list, span_slice(cert_sha256(c), 0, 8));
	int r = digest_of(d->kit, DIGEST_SHA256, buf_span(&list), md);
	cborw_map(&claims, 3);
	cborw_int(&claims, 2);
	cborw_bytes(&claims, (struct span){ md, sizeof(md) });
	cborw_int(&claims, 4);
	cborw_int(&claims, d->now + 330 * DAY);
	cborw_int(&claims, 5);
	cborw_int(&claims, d->now - DAY);
	if (r == 0)
		r = cose_sign1_write(&d->work, &d->list_key.signer, buf_span(&claims), &cose);
	if (r == 0)
		r = demo_write(d, folder, "cbor-list.cbor", buf_span(&list), 0644);
	if (r == 0)
		r = demo_write(d, folder, "cbor-list.cose", cose, 0644);
	return r != 0 ? r : write_cert(d, folder, "cbor-list.pin.pem", d->list_key.cert);
}

/* The public point stands at the end of the SPKI, uncompressed. */
static int
write_jwks(struct demo *d, const char *folder)
{
	const struct cert *c = d->signers[SIGNER_HM].cert;
	struct span spki = key_spki(cert_key(c)), point = span_from(spki, spki.len - 64);
	struct buf b = buffer(d);

	buf_str(&b, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"alg\":"
		    "\"ES256\",\"kid\":\"");
	base64url_encode(&b, span_slice(cert_sha256(c), 0, 8));
	buf_str(&b, "\",\"x\":\"");
	base64url_encode(&b, span_slice(point, 0, 32));
	buf_str(&b, "\",\"y\":\"");
	base64url_encode(&b, span_from(point, 32));
	buf_str(&b, "\"}]}\n");
	return b.error ? b.error : demo_write(d, folder, "keys.jwks.json", buf_span(&b), 0644);
}

int
dcc_write_lists(struct demo *d, const char *folder)
{
	int r = write_signed_line(d, folder);

	if (r == 0)
		r = write_gateway_list(d, folder);
	if (r == 0)
		r = write_stale_list(d, folder);
	if (r == 0)
		r = write_cbor_list(d, folder);
	if (r == 0)
		r = write_jwks(d, folder);
	if (r == 0)
		r = write_cert(d, folder, "BV_signer.pem", d->signers[SIGNER_BV].cert);
	if (r == 0)
		r = write_cert(d, folder, "BV_authority.pem", d->csca[1].cert);
	return r != 0 ? r
		      : write_cert(
				d, folder, "AQ_acceptance.pem", d->signers[SIGNER_ACCEPTANCE].cert);
}
