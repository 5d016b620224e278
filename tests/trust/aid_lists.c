/* aid_lists.c - the lists of aid_trust.h in their published forms. */
#include "codecs/base/text.h"
#include "codecs/seal/cose.h"
#include "codecs/seal/digest.h"
#include "codecs/seal/thumbprint.h"
#include "codecs/tree/cbor_write.h"
#include "tests/trust/aid_trust.h"

#include <openssl/ecdsa.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define STR(s) ((const char *)(s).ptr) /* what the world makes ends in NUL */

struct span
world_base64(struct world *w, struct span s)
{
	struct buf b = buf_in(w->arena, SIZE_MAX);

	base64_encode(&b, s);
	assert_int_equal(b.error, 0);
	return arena_copy(w->arena, buf_span(&b));
}

struct span
world_pem(struct world *w, const struct cert *c)
{
	return world_print(w, "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n",
		STR(world_base64(w, cert_der(c))));
}

static struct span
hex(struct world *w, struct span s)
{
	struct buf b = buf_in(w->arena, SIZE_MAX);

	buf_hex(&b, s);
	return arena_copy(w->arena, buf_span(&b));
}

struct span
world_item(struct world *w, const struct world_key *k, const char *type, const struct world_key *by)
{
	struct span cms = SPAN_LIT(""), kid = span_slice(cert_sha256(k->cert), 0, 8);

	if (by)
		assert_int_equal(cms_sign(by->key, by->cert, cert_der(k->cert), w->arena, &cms), 0);
	return world_print(w,
		"{\"kid\":\"%s\",\"timestamp\":\"2026-11-30T12:00:00+01:00\",\"country\":\"%s"
		"\","
		"\"certificateType\":\"%s\",\"thumbprint\":\"%s\",\"signature\":\"%s\","
		"\"rawData\":\"%s\"}",
		STR(world_base64(w, kid)), STR(cert_country(k->cert)), type,
		STR(hex(w, cert_sha256(k->cert))), STR(world_base64(w, cms)),
		STR(world_base64(w, cert_der(k->cert))));
}

struct span
world_gateway(struct world *w)
{
	return world_print(w, "[%s,%s,%s,%s,%s,%s,%s,%s]",
		STR(world_item(w, &w->csca_aq, "CSCA", &w->anchor)),
		STR(world_item(w, &w->csca_bv, "CSCA", &w->anchor)),
		STR(world_item(w, &w->upload_aq, "UPLOAD", &w->anchor)),
		STR(world_item(w, &w->upload_bv, "UPLOAD", &w->anchor)),
		STR(world_item(w, &w->stranger, "AUTHENTICATION", &w->anchor)),
		STR(world_item(w, &w->aq, "DSC", &w->upload_aq)),
		STR(world_item(w, &w->aq2, "DSC", &w->upload_aq)),
		STR(world_item(w, &w->bv, "DSC", &w->upload_bv)));
}

struct span
world_signed_line(struct world *w, struct span json, const struct world_key *by)
{
	struct signer s;
	struct span signature;

	assert_int_equal(signer_over(by->key, SIG_ES256, &s), 0);
	assert_int_equal(s.sign(&s, w->arena, json, &signature), 0);
	return world_print(w, "%s\n%s", STR(world_base64(w, signature)), STR(json));
}

static void
cbor_item(struct buf *b, const struct cert *c)
{
	cborw_map(b, 2);
	cborw_text(b, SPAN_LIT("i"));
	cborw_bytes(b, span_slice(cert_sha256(c), 0, 8));
	cborw_text(b, SPAN_LIT("c"));
	cborw_bytes(b, cert_der(c));
}

struct span
world_cbor(struct world *w)
{
	struct buf b = buf_in(w->arena, SIZE_MAX);

	cborw_map(&b, 1);
	cborw_text(&b, SPAN_LIT("c"));
	cborw_list(&b, 3);
	cbor_item(&b, w->aq.cert);
	cbor_item(&b, w->aq2.cert);
	cbor_item(&b, w->bv.cert);
	assert_int_equal(b.error, 0);
	return arena_copy(w->arena, buf_span(&b));
}

struct span
world_cose(struct world *w, struct span list, int64_t from, int64_t until)
{
	struct report report;
	struct work work = { w->arena, &report, &w->limits, w->kit, WORLD_NOW };
	struct buf b = buf_in(w->arena, SIZE_MAX);
	struct signer s;
	struct span out;
	uint8_t md[32];

	report_begin(&report, w->arena);
	assert_int_equal(digest_of(w->kit, DIGEST_SHA256, list, md), 0);
	cborw_map(&b, 3);
	cborw_int(&b, 2);
	cborw_bytes(&b, (struct span){ md, sizeof(md) });
	cborw_int(&b, 4);
	cborw_int(&b, until);
	cborw_int(&b, 5);
	cborw_int(&b, from);
	assert_int_equal(signer_over(w->anchor.key, SIG_ES256, &s), 0);
	s.kid = span_slice(cert_sha256(w->anchor.cert), 0, 8);
	assert_int_equal(cose_sign1_write(&work, &s, buf_span(&b), &out), 0);
	return out;
}

static struct span
nl_entry(struct world *w, const struct world_key *k, const char *letters)
{
	return world_print(w,
		"{\"subjectPk\":\"%s\",\"ian\":\"%s\",\"san\":\"\",\"keyUsage\":[%s]}",
		STR(world_base64(w, key_spki(cert_key(k->cert)))), STR(cert_country(k->cert)),
		letters);
}

/* One identifier with two keys, one of seven ASCII bytes ("Key1PRO"). */
struct span
world_nl_payload(struct world *w)
{
	struct span kid = world_base64(w, span_slice(cert_sha256(w->aq.cert), 0, 8));

	return world_print(w,
		"{\"cl_keys\":[],\"nl_keys\":{},\"eu_keys\":{\"%s\":[%s,%s],"
		"\"S2V5MVBSTw==\":[%s]}}",
		STR(kid), STR(nl_entry(w, &w->aq, "")), STR(nl_entry(w, &w->aq2, "\"t\",\"v\"")),
		STR(nl_entry(w, &w->bv, "\"r\"")));
}

struct span
world_nl(struct world *w, struct span payload, const struct world_key *by)
{
	struct span cms;

	assert_int_equal(cms_sign(by->key, by->cert, payload, w->arena, &cms), 0);
	return world_print(w, "{\"payload\":\"%s\",\"signature\":\"%s\"}",
		STR(world_base64(w, payload)), STR(world_base64(w, cms)));
}

static struct span
jwk_named(struct world *w, const struct world_key *k, const char *members, struct span kid)
{
	struct span spki = key_spki(cert_key(k->cert)), point = span_from(spki, spki.len - 64);
	struct buf b = buf_in(w->arena, SIZE_MAX);

	buf_str(&b, "{\"kty\":\"EC\",\"crv\":\"P-256\",");
	buf_str(&b, members);
	buf_str(&b, "\"alg\":\"ES256\",\"kid\":\"");
	buf_add(&b, kid);
	buf_str(&b, "\",\"x\":\"");
	base64url_encode(&b, span_slice(point, 0, 32));
	buf_str(&b, "\",\"y\":\"");
	base64url_encode(&b, span_from(point, 32));
	buf_str(&b, "\"}");
	return arena_copy(w->arena, buf_span(&b));
}

static struct span
jwk(struct world *w, const struct world_key *k)
{
	struct buf b = buf_in(w->arena, SIZE_MAX);

	base64url_encode(&b, span_slice(cert_sha256(k->cert), 0, 8));
	return jwk_named(w, k, "", buf_span(&b));
}

struct span
world_card_jwk(struct world *w, const struct world_key *k)
{
	struct work work = { .arena = w->arena, .limits = &w->limits, .kit = w->kit };
	struct span kid;

	assert_int_equal(thumbprint_of_key(&work, cert_key(k->cert), &kid), 0);
	return jwk_named(w, k, "\"use\":\"sig\",", kid);
}

/* Two issuers with a key each, one with a revocation list, and one without a key. */
struct span
world_snapshot(struct world *w)
{
	return world_print(w,
		"{\"directory\":\"https://"
		"vci.example\",\"time\":\"2026-12-01T00:00:00Z\",\"issuerInfo\":["
		"{\"issuer\":{\"iss\":\"https://"
		"AQ.example\",\"name\":\"Antarctica\"},\"keys\":[%s],"
		"\"lastRetrieved\":\"2026-11-30T12:00:00Z\",\"crls\":[{\"kid\":\"k\",\"method\":"
		"\"rid\","
		"\"ctr\":2,\"rids\":[\"revoked\",\"later.1700000000.5\"]}]},"
		"{\"issuer\":{\"iss\":\"https://bv.example\",\"name\":\"Bouvet\",\"canonical_iss\":"
		"\"https://AQ.example\"},\"keys\":[%s],\"lastRetrieved\":\"2020-01-01T00:00:00Z\"},"
		"{\"issuer\":{\"iss\":\"https://none.example\",\"name\":\"\"},\"keys\":[]}]}",
		STR(world_card_jwk(w, &w->aq)), STR(world_card_jwk(w, &w->bv)));
}

struct span
world_ecdsa_der(struct world *w, struct span list, const struct world_key *by)
{
	struct signer s;
	struct span raw;
	uint8_t *der = NULL;

	assert_int_equal(signer_over(by->key, SIG_ES512, &s), 0);
	assert_int_equal(s.sign(&s, w->arena, list, &raw), 0);
	ECDSA_SIG *sig = ECDSA_SIG_new();
	assert_int_equal(ECDSA_SIG_set0(sig, BN_bin2bn(raw.ptr, 66, NULL),
				 BN_bin2bn(raw.ptr + 66, 66, NULL)),
		1);
	int len = i2d_ECDSA_SIG(sig, &der);
	assert_true(len > 0);
	struct span copy = arena_copy(w->arena, (struct span){ der, (size_t)len });
	OPENSSL_free(der);
	ECDSA_SIG_free(sig);
	return copy;
}

struct span
world_jwks(struct world *w)
{
	return world_print(w, "{\"keys\":[%s,%s]}", STR(jwk(w, &w->aq)), STR(jwk(w, &w->bv)));
}
