/* status.c - lists of withdrawn credentials (Bitstring Status List 1.0): the ministry's, and what may be found in its
 * place.  Each is a credential itself.
 */
#include "codecs/base/inflate.h"
#include "codecs/base/text.h"
#include "gateway/cli/demo/demo.h"

enum { REVOKED = 7, SHORT = 1024, FULL = 16384 };

#define HERE  "https://ministry.example/status/1"
#define PAST  "\"2026-10-01T00:00:00Z\""
#define UNTIL ",\"validUntil\":" PAST
#define BY_IRI                                                                  \
	",\"https://www.w3.org/2018/credentials#validUntil\":{\"@value\":" PAST \
	",\"@type\":\"http://www.w3.org/2001/XMLSchema#dateTime\"}"

static const struct status_list {
	const char *file, *id, *purpose, *more;
	enum demo_vc_key key; /* by which it is signed */
	size_t bytes;
	bool cut; /* the compressed data has no end */
	const char *signed_more; /* its statements are signed, these in the place of more */
} lists[] = {
	{ "vc-status.json", HERE, "revocation", "", VC_MINISTRY, FULL, false, NULL },
	{ "vc-status-suspension.json", HERE, "suspension", "", VC_MINISTRY, FULL, false, NULL },
	{ "vc-status-forged.json", HERE, "revocation", "", VC_STRANGER, FULL, false, NULL },
	{ "vc-status-other.json", HERE, "revocation", "", VC_HEALTH_ED, FULL, false, NULL },
	{ "vc-status-moved.json", "https://ministry.example/status/2", "revocation", "",
		VC_MINISTRY, FULL, false, NULL },
	{ "vc-status-expired.json", HERE, "revocation", UNTIL, VC_MINISTRY, FULL, false, NULL },
	{ "vc-status-hidden.json", HERE, "revocation", BY_IRI, VC_MINISTRY, FULL, false, UNTIL },
	{ "vc-status-short.json", HERE, "revocation", "", VC_MINISTRY, SHORT, false, NULL },
	{ "vc-status-damaged.json", HERE, "revocation", "", VC_MINISTRY, FULL, true, NULL },
};

static void
write_low_first(struct buf *b, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		buf_char(b, (char)(v >> 8 * i & 0xff));
}

/* The list with the one bit set, as gzip in base64url. */
static int
write_list(struct demo *d, const struct status_list *s, struct buf *b)
{
	struct buf gzip = buf_in(d->arena, SIZE_MAX);
	uint8_t *bits = arena_alloc(d->arena, s->bytes, 1);
	struct span list = { bits, s->bytes }, packed;

	if (!bits)
		return arena_error(d->arena);
	bits[REVOKED / 8] = (uint8_t)(0x80 >> REVOKED % 8);
	int r = deflate_raw(&d->work, list, &packed);
	if (r != 0)
		return r;
	buf_add(&gzip, SPAN_LIT("\x1f\x8b\x08\0\0\0\0\0\x02\xff"));
	buf_add(&gzip, span_slice(packed, 0, s->cut ? packed.len / 2 : packed.len));
	write_low_first(&gzip, crc32_of(list));
	write_low_first(&gzip, (uint32_t)s->bytes);
	buf_char(b, 'u');
	base64url_encode(b, buf_span(&gzip));
	return gzip.error;
}

static int
write_document(struct demo *d, const struct status_list *s, const char *more, struct span *out)
{
	struct buf b = buf_in(d->arena, SIZE_MAX);

	buf_str(&b, "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\"],\"id\":\"");
	buf_str(&b, s->id);
	buf_str(&b, "\",\"type\":[\"VerifiableCredential\",\"BitstringStatusListCredential\"],"
		    "\"issuer\":");
	buf_json(&b, credential_issuer(d, s->key));
	buf_str(&b, ",\"validFrom\":\"2026-09-01T00:00:00Z\"");
	buf_str(&b, more);
	buf_str(&b, ",\"credentialSubject\":{\"id\":\"");
	buf_str(&b, s->id);
	buf_str(&b, "#list\",\"type\":\"BitstringStatusList\",\"statusPurpose\":\"");
	buf_str(&b, s->purpose);
	buf_str(&b, "\",\"encodedList\":\"");
	int r = write_list(d, s, &b);
	buf_str(&b, "\"}}");
	*out = buf_span(&b);
	return r != 0 ? r : b.error;
}

static int
write_credential(struct demo *d, const char *folder, const struct status_list *s)
{
	struct vc_recipe recipe = { .suite = s->signed_more ? "eddsa-rdfc-2022" : NULL };
	struct span text;
	int r = write_document(d, s, s->more, &recipe.document);

	if (r == 0 && s->signed_more)
		r = write_document(d, s, s->signed_more, &recipe.signed_as);
	if (r == 0)
		r = vc_seal(&d->work, &recipe, &d->credentials[s->key].signer, &text);
	return r != 0 ? r : demo_write(d, folder, s->file, text, 0644);
}

int
credential_write_status(struct demo *d, const char *folder)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(lists) / sizeof(lists[0]); i++)
		r = write_credential(d, folder, &lists[i]);
	return r;
}
