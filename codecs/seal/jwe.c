/* jwe.c - the five parts of a compact JWE, and what they hide.
 *
 * Reading checks form alone; opening asks AES-GCM, whose tag covers the header
 * as it was received.  A wrong key and an altered text can't be told apart, and nothing
 * of the plaintext is given out, or inflated, before the tag has been found right.
 */
#include "codecs/seal/jwe.h"

#include "codecs/base/arena.h"
#include "codecs/base/ascii.h"
#include "codecs/base/inflate.h"
#include "codecs/base/text.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>

enum { PARTS = 5, HEADER = 0, KEY_PART, IV, CIPHERTEXT, TAG, IV_OCTETS = 12, TAG_OCTETS = 16 };

bool
jwe_looks_like(struct span text)
{
	size_t dots = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];
		if (c == '.')
			dots++;
		else if (!ascii_base64url(c))
			return false;
	}
	return dots == PARTS - 1 && text.ptr[0] != '.';
}

/* Cuts at the dots; `dir` leaves the second part empty (RFC 7518, 4.5). */
static bool
five_parts(struct work *w, struct span text, struct span parts[PARTS])
{
	struct span rest = text, part;
	size_t n = 0, len = PARTS - 1;

	while (n < PARTS && span_split(&rest, '.', &part)) {
		parts[n++] = part;
		len += part.len;
	}
	bool whole = n == PARTS && len == text.len && parts[HEADER].len > 0;
	if (!whole || parts[KEY_PART].len > 0)
		report_fail(w->report, REASON_JWE_STRUCTURE,
			PLACE_AT("jwe", whole ? parts[HEADER].len + 1 : 0));
	return !report_failed(w->report);
}

static int
decode_part(struct work *w, struct span text, struct span part, struct span *out)
{
	size_t bad = 0, start = (size_t)(part.ptr - text.ptr);
	int r = base64url_decode(w->arena, part, out, &bad);

	if (r == 0 && !out->ptr)
		report_fail(w->report, REASON_ENCODING_BASE64URL, PLACE_AT("jwe", start + bad));
	return r;
}

/* The last part first: what is too long or too short there is cheaply found out. */
static int
decode_parts(struct work *w, struct span text, const struct span parts[PARTS], struct jwe *j)
{
	struct {
		size_t part;
		struct span *to;
		size_t octets; /* 0: any number */
	} const each[] = { { TAG, &j->tag, TAG_OCTETS }, { IV, &j->iv, IV_OCTETS },
		{ HEADER, &j->header_json, 0 }, { CIPHERTEXT, &j->ciphertext, 0 } };

	for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		struct span part = parts[each[i].part];
		int r = decode_part(w, text, part, each[i].to);
		if (r == 0 && each[i].octets && each[i].to->ptr &&
			each[i].to->len != each[i].octets)
			report_fail(w->report, REASON_JWE_STRUCTURE,
				PLACE_AT("jwe", (size_t)(part.ptr - text.ptr)));
		if (r != 0 || report_failed(w->report))
			return r;
	}
	return 0;
}

/* A member of text; false when it has another type. */
static bool
text_member(struct work *w, const struct node *header, const char *name, struct span *out)
{
	const struct node *n = node_get(header, name);

	*out = node_text(n);
	if (n && !out->ptr)
		report_fail(w->report, REASON_JWE_HEADER, node_place(w, n, "jwe-header"));
	return !n || out->ptr;
}

/* Exactly so, in this spelling. */
static void
demand(struct work *w, const struct node *header, const char *name, const char *value)
{
	struct span text;

	if (!text_member(w, header, name, &text))
		return;
	if (!text.ptr)
		report_fail(w->report, REASON_JWE_HEADER,
			node_place_under(w, header, name, "jwe-header"));
	else if (!span_is(text, value))
		report_fail(w->report, REASON_JWE_ALGORITHM,
			node_place(w, node_get(header, name), "jwe-header"));
}

static int
read_header(struct work *w, struct jwe *j)
{
	struct span zip;
	int r = node_from_json(w, j->header_json, "jwe-header", &j->header);

	if (r != 0 || !j->header)
		return r;
	if (j->header->kind != NODE_MAP) {
		report_fail(w->report, REASON_JWE_HEADER, PLACE_AT("jwe-header", 0));
		return 0;
	}
	if (node_get(j->header, "crit"))
		report_fail(w->report, REASON_JWE_CRIT,
			node_place(w, node_get(j->header, "crit"), "jwe-header"));
	demand(w, j->header, "alg", "dir");
	demand(w, j->header, "enc", "A256GCM");
	if (!text_member(w, j->header, "cty", &j->cty) || !text_member(w, j->header, "zip", &zip))
		return 0;
	j->deflated = span_is(zip, "DEF");
	if (zip.ptr && !j->deflated)
		report_fail(w->report, REASON_JWE_ALGORITHM,
			node_place(w, node_get(j->header, "zip"), "jwe-header"));
	return 0;
}

int
jwe_read(struct work *w, struct span text, struct jwe *out, bool *ok)
{
	struct span parts[PARTS];
	struct jwe j = { 0 };
	int r;

	*ok = false;
	if (!five_parts(w, text, parts))
		return 0;
	if ((r = decode_parts(w, text, parts, &j)) != 0 || report_failed(w->report))
		return r;
	j.aad = parts[HEADER];
	if ((r = read_header(w, &j)) != 0 || report_failed(w->report))
		return r;
	*out = j;
	*ok = true;
	return 0;
}

/* --- AES-256-GCM --- */

/* A context with key, IV and additional data in it; NULL without memory. */
static EVP_CIPHER_CTX *
begin(struct span key, struct span iv, struct span aad, bool encrypt)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	EVP_CIPHER_CTX *ctx = cipher ? EVP_CIPHER_CTX_new() : NULL;
	int n;
	bool ok = ctx &&
		  EVP_CipherInit_ex2(ctx, cipher, key.ptr, iv.ptr, encrypt ? 1 : 0, NULL) == 1 &&
		  EVP_CipherUpdate(ctx, NULL, &n, aad.ptr, (int)aad.len) == 1;

	EVP_CIPHER_free(cipher);
	if (ok)
		return ctx;
	EVP_CIPHER_CTX_free(ctx);
	ERR_clear_error();
	return NULL;
}

/* 1: the tag is right, 0: it is not. */
static int
decrypt(EVP_CIPHER_CTX *ctx, const struct jwe *j, uint8_t *out)
{
	int n;

	if (j->ciphertext.len > 0 &&
		EVP_CipherUpdate(ctx, out, &n, j->ciphertext.ptr, (int)j->ciphertext.len) != 1)
		return -ENOMEM;
	if (EVP_CIPHER_CTX_ctrl(
		    ctx, EVP_CTRL_AEAD_SET_TAG, TAG_OCTETS, (void *)(uintptr_t)j->tag.ptr) != 1)
		return -ENOMEM;
	return EVP_CipherFinal_ex(ctx, out + j->ciphertext.len, &n) == 1;
}

static int
inflate_plaintext(
	struct work *w, struct span in, const char *limit, size_t max, struct span *out, bool *ok)
{
	enum inflate_result result;
	int r = inflate_raw(w, in, max, out, &result);

	if (r != 0)
		return r;
	*ok = result == INFLATE_OK;
	if (result == INFLATE_TOO_LONG)
		report_limit(w->report, limit, max, PLACE_AT("jwe", PLACE_NO_OFFSET));
	else if (result == INFLATE_TOO_DENSE)
		report_limit(w->report, "inflate.ratio", w->limits->inflate_ratio,
			PLACE_AT("jwe", PLACE_NO_OFFSET));
	else if (result != INFLATE_OK)
		report_fail(w->report,
			result == INFLATE_TRAILED ? REASON_INFLATE_TRAILING
						  : REASON_INFLATE_MALFORMED,
			PLACE_AT("jwe", PLACE_NO_OFFSET));
	return 0;
}

/* The octets, when the tag is right. */
static int
open_octets(struct work *w, const struct jwe *j, struct span key, struct span *out, int *right)
{
	uint8_t *p = arena_bytes(w->arena, j->ciphertext.len + 1);

	if (!p)
		return arena_error(w->arena);
	EVP_CIPHER_CTX *ctx = begin(key, j->iv, j->aad, false);
	*right = ctx ? decrypt(ctx, j, p) : -ENOMEM;
	EVP_CIPHER_CTX_free(ctx);
	ERR_clear_error();
	*out = (struct span){ p, j->ciphertext.len };
	return *right < 0 ? *right : 0;
}

int
jwe_open(struct work *w, const struct jwe *j, struct span key, const char *limit, size_t max,
	struct span *out, bool *ok)
{
	struct span plain;
	int right = 0;

	*ok = false;
	if (j->ciphertext.len > max || j->ciphertext.len > INT_MAX || j->aad.len > INT_MAX) {
		report_limit(w->report, limit, max, PLACE_AT("jwe", PLACE_NO_OFFSET));
		return 0;
	}
	int r = key.len == JWE_KEY ? open_octets(w, j, key, &plain, &right) : 0;
	if (r != 0)
		return r;
	if (!right) {
		report_fail(w->report, REASON_JWE_DECRYPT, PLACE_AT("jwe", PLACE_NO_OFFSET));
		return 0;
	}
	if (j->deflated)
		return inflate_plaintext(w, plain, limit, max, out, ok);
	*out = plain;
	*ok = true;
	return 0;
}

/* --- writing --- */

static int
encrypt(struct work *w, struct span key, struct span iv, struct span aad, struct span plain,
	uint8_t **out)
{
	uint8_t *p = arena_bytes(w->arena, plain.len + TAG_OCTETS);
	int n, r = -ENOMEM;

	if (!p)
		return arena_error(w->arena);
	EVP_CIPHER_CTX *ctx = begin(key, iv, aad, true);
	if (ctx &&
		(plain.len == 0 || EVP_CipherUpdate(ctx, p, &n, plain.ptr, (int)plain.len) == 1) &&
		EVP_CipherFinal_ex(ctx, p + plain.len, &n) == 1 &&
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_OCTETS, p + plain.len) == 1)
		r = 0;
	EVP_CIPHER_CTX_free(ctx);
	*out = p;
	return r;
}

int
jwe_write(struct work *w, struct span header, struct span key, struct span iv,
	struct span plaintext, struct span *out)
{
	size_t room = (header.len + plaintext.len) * 2 + 128;
	struct buf b = buf_in(w->arena, room);
	uint8_t *sealed;

	if (key.len != JWE_KEY || iv.len != IV_OCTETS || plaintext.len > INT_MAX)
		return -EINVAL;
	base64url_encode(&b, header);
	struct span aad = arena_copy(w->arena, buf_span(&b));
	if (b.error || !aad.ptr)
		return b.error ? b.error : arena_error(w->arena);
	int r = encrypt(w, key, iv, aad, plaintext, &sealed);
	if (r != 0)
		return r;
	buf_str(&b, "..");
	base64url_encode(&b, iv);
	buf_char(&b, '.');
	base64url_encode(&b, (struct span){ sealed, plaintext.len });
	buf_char(&b, '.');
	base64url_encode(&b, (struct span){ sealed + plaintext.len, TAG_OCTETS });
	*out = buf_span(&b);
	return b.error;
}
