/* seal.c - the layers of a card, written in the order in which they are taken off again. */
#include "codecs/shc/seal.h"

#include "codecs/base/inflate.h"
#include "codecs/base/text.h"
#include "codecs/seal/key.h"

static void
write_payload(struct buf *b, const struct shc_recipe *r, struct span issuer)
{
	buf_add(b, r->mark);
	if (r->payload.len > 0) {
		buf_add(b, r->payload);
		return;
	}
	buf_str(b, "{\"iss\":");
	buf_json(b, issuer);
	if (r->not_before) {
		buf_str(b, ",\"nbf\":");
		buf_str(b, r->not_before);
	}
	if (r->expires) {
		buf_str(b, ",\"exp\":");
		buf_str(b, r->expires);
	}
	buf_str(b, ",\"vc\":{\"type\":");
	buf_str(b, r->types ? r->types : "[\"https://smarthealth.cards#health-card\"]");
	if (r->rid) {
		buf_str(b, ",\"rid\":");
		buf_json(b, span_of(r->rid));
	}
	if (r->evidence.len > 0) {
		buf_str(b, ",\"evidence\":[");
		buf_add(b, r->evidence);
		buf_char(b, ']');
	}
	buf_str(b, ",\"credentialSubject\":{\"fhirVersion\":");
	buf_json(b, span_of(r->fhir_version ? r->fhir_version : "4.0.1"));
	buf_str(b, ",\"fhirBundle\":");
	buf_add(b, r->bundle);
	buf_str(b, "}}}");
}

static void
write_header(struct buf *b, const struct shc_recipe *r, struct span kid)
{
	const char *alg = r->alg ? r->alg : "ES256", *zip = r->zip ? r->zip : "DEF";

	buf_char(b, '{');
	if (r->header)
		buf_str(b, r->header);
	if (zip[0]) {
		buf_str(b, "\"zip\":");
		buf_json(b, span_of(zip));
		buf_char(b, ',');
	}
	if (alg[0]) {
		buf_str(b, "\"alg\":");
		buf_json(b, span_of(alg));
		buf_char(b, ',');
	}
	buf_str(b, "\"kid\":");
	buf_json(b, r->kid.len > 0 ? r->kid : kid);
	buf_char(b, '}');
}

static int
pack(struct work *w, const struct shc_recipe *r, struct span payload, struct buf *b)
{
	struct span packed = payload;
	int error = 0;

	if (r->packing == SHC_DEFLATE)
		error = deflate_raw(w, payload, &packed);
	else if (r->packing == SHC_ZLIB)
		error = deflate_zlib(w, payload, &packed);
	buf_add(b, packed);
	buf_add(b, r->tail);
	return error;
}

static void
write_signature(struct buf *b, const struct shc_recipe *r, struct span signature)
{
	uint8_t der[SIG_DER_MAX];

	if (r->der_signature)
		signature = (struct span){ der, sig_der(signature, der) };
	base64url_encode(b, signature);
}

static int
write_jws(struct work *w, const struct shc_recipe *r, const struct signer *s, struct buf *b)
{
	struct buf head = buf_in(w->arena, SIZE_MAX), payload = buf_in(w->arena, SIZE_MAX);
	struct buf packed = buf_in(w->arena, SIZE_MAX);
	struct span signature;

	write_header(&head, r, s->kid);
	write_payload(&payload, r, s->issuer);
	int error = pack(w, r, buf_span(&payload), &packed);
	base64url_encode(b, buf_span(&head));
	buf_char(b, '.');
	base64url_encode(b, buf_span(&packed));
	if (error == 0)
		error = head.error ? head.error : payload.error ? payload.error : packed.error;
	if (error == 0)
		error = b->error;
	if (error == 0)
		error = s->sign(s, w->arena, buf_span(b), &signature);
	if (error != 0)
		return error;
	buf_char(b, '.');
	write_signature(b, r, signature);
	return b->error;
}

void
shc_digits(struct buf *b, struct span jws)
{
	for (size_t i = 0; i < jws.len; i++) {
		unsigned pair = jws.ptr[i] - 45u;
		buf_char(b, (char)('0' + pair / 10));
		buf_char(b, (char)('0' + pair % 10));
	}
}

static void
write_chunks(struct buf *b, const char *prefix, struct span jws, unsigned count)
{
	size_t length = (jws.len + count - 1) / count;

	for (unsigned i = 0; i < count; i++) {
		buf_str(b, i > 0 ? "\n" : "");
		buf_str(b, prefix);
		buf_uint(b, i + 1);
		buf_char(b, '/');
		buf_uint(b, count);
		buf_char(b, '/');
		shc_digits(b, span_slice(jws, i * length, length));
	}
}

static void
write_form(struct buf *b, const struct shc_recipe *r, struct span jws)
{
	const char *prefix = r->prefix ? r->prefix : "shc:/";

	switch (r->form) {
	case SHC_NUMERIC:
		buf_str(b, prefix);
		shc_digits(b, jws);
		break;
	case SHC_CHUNKS:
		write_chunks(b, prefix, jws, r->chunks);
		break;
	case SHC_JWS:
		buf_add(b, jws);
		break;
	case SHC_FILE:
		buf_str(b, "{\"verifiableCredential\":[\"");
		buf_add(b, jws);
		buf_str(b, "\"]}");
		break;
	}
}

int
shc_seal(struct work *w, const struct shc_recipe *r, const struct signer *s, struct span *out)
{
	struct buf jws = buf_in(w->arena, SIZE_MAX), text = buf_in(w->arena, SIZE_MAX);
	int error = write_jws(w, r, s, &jws);

	if (error != 0)
		return error;
	write_form(&text, r, buf_span(&jws));
	*out = buf_span(&text);
	return text.error;
}
