/* multikey.c - the table of multicodec's public keys, and the way from each to a key.
 *
 * Of private keys the codes are unknown here: who publishes one has to change it.
 */
#include "codecs/seal/multikey.h"

#include "codecs/base/arena.h"
#include "codecs/base/text.h"
#include "codecs/tree/node.h"

#include <string.h>

enum { KEY_TEXT_MAX = 1 << 14 };

enum form { RAW_ED25519, POINT, PKCS1, JWK_JCS, UNUSED };

static const struct codec_row {
	uint32_t code;
	size_t length; /* 0: differs from key to key */
	const char *type;
	enum form form;
} rows[] = {
	{ 0xed, 32, "Ed25519", RAW_ED25519 },
	{ 0xec, 32, "X25519", UNUSED }, /* for agreeing on keys, never for signing */
	{ 0xe7, 33, "secp256k1", POINT },
	{ 0x1200, 33, "P-256", POINT },
	{ 0x1201, 49, "P-384", POINT },
	{ 0x1202, 67, "P-521", POINT },
	{ 0x1205, 0, "RSA", PKCS1 },
	{ 0xeb51, 0, "JWK", JWK_JCS },
	{ 0xea, 48, "BLS12-381-G1", UNUSED },
	{ 0xeb, 96, "BLS12-381-G2", UNUSED },
	{ 0xee, 144, "BLS12-381-G1G2", UNUSED },
};

/* Unsigned LEB128, of which each number has one form; false: it ends within, is longer or larger. */
static bool
read_code(struct span in, uint32_t *code, size_t *len)
{
	uint32_t v = 0;

	for (size_t i = 0; i < 3 && i < in.len; i++) {
		v |= (uint32_t)(in.ptr[i] & 0x7f) << (7 * i);
		if (in.ptr[i] & 0x80)
			continue;
		*code = v;
		*len = i + 1;
		return i == 0 || in.ptr[i] != 0;
	}
	return false;
}

static const struct codec_row *
row_of(uint32_t code)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].code == code)
			return &rows[i];
	return NULL;
}

static enum multikey_fault
take(struct span bytes, struct multikey *out)
{
	uint32_t code = 0;
	size_t len = 0;

	if (!bytes.ptr || !read_code(bytes, &code, &len))
		return MULTIKEY_FORM;
	const struct codec_row *row = row_of(code);
	if (!row)
		return MULTIKEY_CODE;
	struct span raw = span_from(bytes, len);
	if (row->length ? raw.len != row->length : raw.len == 0)
		return MULTIKEY_LENGTH;
	*out = (struct multikey){ row->type, row->form != UNUSED, raw };
	return MULTIKEY_OK;
}

int
multikey_read(struct work *w, struct span text, struct multikey *out, enum multikey_fault *fault)
{
	struct span bytes;
	size_t bad;
	int r = multibase_decode(w->arena, text, "z", &bytes, &bad);

	if (r == 0)
		*fault = take(bytes, out);
	return r;
}

/* The JWK as JSON; what is wrong with its text is no fault of the document in hand, so a report of its own takes it. */
static int
from_jwk(struct work *w, struct span json, const struct key_policy *p, struct key **out,
	enum key_fault *why)
{
	const struct node *jwk = NULL;
	struct report aside;
	struct work own = *w;

	report_begin(&aside, w->arena);
	own.report = &aside;
	int r = json.len > KEY_TEXT_MAX ? 0 : node_from_json(&own, json, "jwk", &jwk);
	return r != 0 ? r : key_from_jwk(jwk, p, out, why);
}

int
key_from_multikey(struct work *w, const struct multikey *m, const struct key_policy *p,
	struct key **out, enum key_fault *why)
{
	const struct codec_row *row = rows;

	while (strcmp(row->type, m->type) != 0)
		row++;
	*out = NULL;
	*why = KEY_UNSUPPORTED;
	switch (row->form) {
	case RAW_ED25519:
		return key_from_ed25519(m->raw, p, out, why);
	case POINT:
		return key_from_point(m->type, m->raw, p, out, why);
	case PKCS1:
		return key_from_pkcs1(m->raw, p, out, why);
	case JWK_JCS:
		return from_jwk(w, m->raw, p, out, why);
	default:
		return 0;
	}
}
