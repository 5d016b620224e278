/* revoked.c - the revocation lists of our health cards, by their rid. */
#include "gateway/publish/edition.h"

#include "codecs/base/text.h"
#include "gateway/keys/publish.h"

/* {kid, method, ctr, rids} (SMART Health Cards 1.4.0, "Revocation"); entries without a time, since no
 * rid is used twice. */
static void
write_list(struct buf *b, const struct edition *e, const struct own_key *k)
{
	size_t count = 0;

	buf_str(b, "{\"kid\":");
	buf_json(b, k->kid);
	buf_str(b, ",\"method\":\"rid\",\"ctr\":");
	buf_int(b, e->counter);
	buf_str(b, ",\"rids\":[");
	for (const struct store_revoked *r = NULL; (r = store_status_next(e->status, r)) != NULL;) {
		if (!r->known || strcmp(r->scheme, "shc") != 0 || !span_eq(r->kid, k->kid))
			continue;
		buf_str(b, count++ > 0 ? ",\"" : "\"");
		base64url_encode(b, (struct span){ r->id, STORE_ID });
		buf_char(b, '"');
	}
	buf_str(b, "]}\n");
}

static int
add_list(struct edition *e, const struct own_key *k)
{
	struct buf b = buf_in(e->w->arena, SIZE_MAX), path = buf_in(e->w->arena, SIZE_MAX);

	buf_str(&path, "/.well-known/crl/");
	buf_add(&path, k->kid);
	buf_str(&path, ".json");
	write_list(&b, e, k);
	if (b.error || path.error)
		return b.error ? b.error : path.error;
	return edition_add(e, buf_span(&path), "application/json", buf_span(&b), NULL);
}

static int
add_keys(struct edition *e)
{
	struct buf b = buf_in(e->w->arena, SIZE_MAX);
	int r = publish_jwks(e->w, e->keys, e->counter, &b);

	return r ? r
		 : edition_add(
			   e, SPAN_LIT("/" PUBLISH_JWKS), "application/json", buf_span(&b), NULL);
}

static int64_t
count(const struct store_status *t)
{
	int64_t n = 1;

	for (const struct store_revoked *r = NULL; (r = store_status_next(t, r)) != NULL;)
		n++;
	return n;
}

int
edition_cards(struct edition *e)
{
	e->counter = count(e->status);
	int r = add_keys(e);

	for (size_t i = 0; r == 0 && i < keys_count(e->keys); i++) {
		const struct own_key *k = keys_at(e->keys, i);
		if (k->purpose == PURPOSE_SHC && own_key_published(k, e->w->now))
			r = add_list(e, k);
	}
	return r;
}
