/* edition.c - one snapshot: what the keys alone say, and the lists of what was revoked. */
#include "gateway/publish/edition.h"

#include "codecs/seal/digest.h"
#include "gateway/keys/publish.h"

#include <errno.h>

enum { MAX_AGE = 300, ETAG_OCTETS = 16, PATH_MAX_LEN = 1024 };

static int
etag_of(struct edition *e, struct span text, struct span *out)
{
	struct buf b = buf_in(e->out->arena, 64);
	uint8_t md[32];
	int r = digest_of(e->w->kit, DIGEST_SHA256, text, md);

	buf_char(&b, '"');
	buf_hex(&b, (struct span){ md, ETAG_OCTETS });
	buf_char(&b, '"');
	*out = buf_span(&b);
	return r ? r : b.error;
}

static int
append(struct edition *e, const struct item *one)
{
	struct item *i = ARENA_NEW(e->out->arena, struct item);

	if (!i)
		return arena_error(e->out->arena);
	*i = *one;
	i->next = NULL;
	if (e->out->last)
		e->out->last->next = i;
	else
		e->out->first = i;
	e->out->last = i;
	return 0;
}

static int
add(struct edition *e, struct published_item own, const uint8_t *of, int64_t made)
{
	struct item i = { .own = own, .made = made };

	i.own.path = arena_copy(e->out->arena, own.path);
	i.own.text = arena_copy(e->out->arena, own.text);
	if (!i.own.path.ptr || !i.own.text.ptr)
		return arena_error(e->out->arena);
	if (of)
		memcpy(i.of, of, sizeof(i.of));
	int r = etag_of(e, i.own.text, &i.own.etag);
	return r ? r : append(e, &i);
}

int
edition_add(struct edition *e, struct span path, const char *media_type, struct span text,
	const uint8_t *of)
{
	return add(e,
		(struct published_item){
			.path = path, .media_type = media_type, .text = text, .max_age = MAX_AGE },
		of, e->w->now);
}

bool
edition_again(struct edition *e, struct span path, const char *media_type, const uint8_t *of)
{
	for (const struct item *i = e->before ? e->before->first : NULL; i; i = i->next)
		if (span_eq(i->own.path, path) && i->own.media_type == media_type &&
			memcmp(i->of, of, sizeof(i->of)) == 0)
			return add(e, i->own, of, i->made) == 0;
	return false;
}

/* --- what the keys alone say --- */

/* A key of which there is none leaves its lists out, and no other. */
static int
add_publication(struct edition *e, const struct publication *p)
{
	struct buf b = buf_in(e->w->arena, SIZE_MAX), path = buf_in(e->w->arena, PATH_MAX_LEN);
	int r = p->write(e->w, e->keys, &b);

	if (r == -ENOENT)
		return 0;
	buf_char(&path, '/');
	buf_str(&path, p->path);
	if (r == 0 && (b.error || path.error))
		r = b.error ? b.error : path.error;
	return r || b.len == 0 ? r
			       : edition_add(e, buf_span(&path), p->media_type, buf_span(&b), NULL);
}

static int
add_publications(struct edition *e)
{
	const struct publication *p;
	int r = 0;

	for (size_t i = 0; r == 0 && (p = publication_at(i)) != NULL; i++)
		if (strcmp(p->path, PUBLISH_JWKS) != 0) /* edition_cards has it, with counters */
			r = add_publication(e, p);
	return r;
}

int
edition_make(struct edition *e)
{
	int r = add_publications(e);

	if (r == 0)
		r = edition_status(e);
	if (r == 0)
		r = edition_cards(e);
	if (r == 0)
		r = edition_batches(e);
	return r;
}
