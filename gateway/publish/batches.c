/* batches.c - what was revoked of our EU Digital COVID Certificates, as revocation batches of the EU's gateway.
 *
 * A batch is of one key and expires as a whole; it is named by its content, so a reader who has one of that name has
 * all of it, and several gateways with one log publish the same.  Hash type UCI: our identifiers bear the country
 * already, and of COUNTRYCODEUCI readers differ in which country goes before.
 */
#include "gateway/publish/edition.h"

#include "codecs/base/date.h"
#include "codecs/base/text.h"
#include "codecs/hcert/emit/uvci.h"
#include "codecs/seal/digest.h"
#include "gateway/keys/publish.h"

#include <errno.h>
#include <stdlib.h>

enum {
	ENTRIES = 1000, /* of a batch */
	PERIOD = 30 * 86400, /* seconds: certificates that end in one of these share batches */
	PERIODS = 80000, /* the last one ends before the year 9999 does */
	SCRATCH = 4 << 20, /* bytes, for one batch */
	NAME = 16
};

#define PATH "/revocation-list"

struct row {
	const struct store_revoked *r;
	int64_t period;
	size_t order; /* as they were revoked: what is full stays as it is */
};

struct batch {
	const struct row *rows; /* of one key and period */
	size_t count;
	struct span content;
	uint8_t of[32];
};

static int
compare(const void *left, const void *right)
{
	const struct row *a = left, *b = right;
	int order = span_cmp(a->r->kid, b->r->kid);

	if (order == 0 && a->period != b->period)
		return a->period < b->period ? -1 : 1;
	return order ? order : a->order < b->order ? -1 : a->order > b->order;
}

static int64_t
period_of(const struct store_revoked *r)
{
	int64_t n = r->until / PERIOD;

	return r->until > 0 && n < PERIODS ? n : PERIODS;
}

static int64_t
end_of(int64_t period)
{
	return (period + 1) * PERIOD;
}

/* What has ended is expired, whoever revoked it. */
static bool
counts(const struct edition *e, const struct store_revoked *r)
{
	return r->known && strcmp(r->scheme, "eu-dcc") == 0 && end_of(period_of(r)) > e->w->now;
}

static int
gather(const struct edition *e, struct row **rows, size_t *count)
{
	size_t n = 0;

	for (const struct store_revoked *r = NULL; (r = store_status_next(e->status, r)) != NULL;)
		n += counts(e, r);
	*rows = ARENA_ARRAY(e->w->arena, n + 1, struct row);
	*count = 0;
	if (!*rows)
		return arena_error(e->w->arena);
	for (const struct store_revoked *r = NULL; (r = store_status_next(e->status, r)) != NULL;)
		if (counts(e, r)) {
			(*rows)[*count] = (struct row){ r, period_of(r), *count };
			(*count)++;
		}
	qsort(*rows, *count, sizeof(**rows), compare);
	return 0;
}

static int
write_entry(const struct edition *e, const struct store_revoked *r, struct buf *b)
{
	struct buf ci = buf_in(e->w->arena, SIZE_MAX);
	uint8_t hash[UVCI_HASH];

	uvci_write(&ci, keys_identity(e->keys)->country, r->id);
	int error = ci.error ? ci.error : uvci_hash(e->w->kit, buf_span(&ci), hash);
	if (error)
		return error;
	buf_str(b, "{\"hash\":\"");
	base64_encode(b, (struct span){ hash, UVCI_HASH });
	buf_str(b, "\"}");
	return 0;
}

static int
write_content(const struct edition *e, const struct batch *t, struct buf *b)
{
	int r = 0;

	buf_str(b, "{\"country\":");
	buf_json(b, keys_identity(e->keys)->country);
	buf_str(b, ",\"expires\":\"");
	time_format(b, end_of(t->rows[0].period));
	buf_str(b, "\",\"kid\":\"");
	base64_encode(b, t->rows[0].r->kid);
	buf_str(b, "\",\"hashType\":\"UCI\",\"entries\":[");
	for (size_t i = 0; r == 0 && i < t->count; i++) {
		buf_str(b, i > 0 ? "," : "");
		r = write_entry(e, t->rows[i].r, b);
	}
	buf_str(b, "]}");
	return r ? r : b->error;
}

/* A UUID of the free kind (RFC 9562, 5.8). */
static void
write_name(struct buf *b, const uint8_t *of)
{
	static const size_t parts[] = { 0, 4, 6, 8, 10, NAME };
	uint8_t id[NAME];

	memcpy(id, of, NAME);
	id[6] = (uint8_t)((id[6] & 0x0f) | 0x80);
	id[8] = (uint8_t)((id[8] & 0x3f) | 0x80);
	for (size_t i = 0; i + 1 < sizeof(parts) / sizeof(parts[0]); i++) {
		buf_str(b, i > 0 ? "-" : "");
		buf_hex(b, (struct span){ &id[parts[i]], parts[i + 1] - parts[i] });
	}
}

static void
write_item(const struct edition *e, const struct batch *t, struct buf *list)
{
	int64_t date = t->rows[0].r->revoked_at;

	for (size_t i = 1; i < t->count; i++)
		if (t->rows[i].r->revoked_at > date)
			date = t->rows[i].r->revoked_at;
	buf_str(list, list->ptr[list->len - 1] == '[' ? "\n{\"batchId\":\"" : ",\n{\"batchId\":\"");
	write_name(list, t->of);
	buf_str(list, "\",\"country\":");
	buf_json(list, keys_identity(e->keys)->country);
	buf_str(list, ",\"date\":\"");
	time_format(list, date);
	buf_str(list, "\",\"deleted\":false}");
}

static int
sign(struct edition *e, const struct batch *t)
{
	static const char media_type[] = "application/cms-text";
	struct buf path = buf_in(e->w->arena, SIZE_MAX), b = buf_in(e->w->arena, SIZE_MAX);

	buf_str(&path, PATH "/");
	write_name(&path, t->of);
	if (path.error || edition_again(e, buf_span(&path), media_type, t->of))
		return path.error;
	int r = publish_wrapped(e->w, e->keys, t->content, &b);
	return r ? r : edition_add(e, buf_span(&path), media_type, buf_span(&b), t->of);
}

static int
add_batch(struct edition *e, struct batch *t, struct buf *list)
{
	struct buf content = buf_in(e->w->arena, SIZE_MAX);
	int r = write_content(e, t, &content);

	t->content = buf_span(&content);
	if (r == 0)
		r = digest_of(e->w->kit, DIGEST_SHA256, t->content, t->of);
	if (r == 0)
		r = sign(e, t);
	if (r == 0)
		write_item(e, t, list);
	return r ? r : list->error;
}

/* What a batch needs is given back behind it: there may be a thousand. */
static int
add_apart(struct edition *e, struct batch *t, struct buf *list)
{
	struct work w = *e->w;
	struct edition own = *e;
	int r = -ENOMEM;

	w.arena = arena_new(SCRATCH);
	own.w = &w;
	if (w.arena)
		r = add_batch(&own, t, list);
	arena_free(w.arena);
	return r;
}

static size_t
alike(const struct row *rows, size_t count)
{
	size_t n = 1;

	while (n < count && n < ENTRIES && rows[n].period == rows[0].period &&
		span_eq(rows[n].r->kid, rows[0].r->kid))
		n++;
	return n;
}

static int
add_all(struct edition *e, const struct row *rows, size_t count, struct buf *list)
{
	int r = 0;

	buf_str(list, "{\"more\":false,\"batches\":[");
	for (size_t i = 0; r == 0 && !list->error && i < count;) {
		struct batch t = { .rows = &rows[i], .count = alike(&rows[i], count - i) };
		i += t.count;
		r = add_apart(e, &t, list);
	}
	buf_str(list, "]}\n");
	return r ? r : list->error;
}

int
edition_batches(struct edition *e)
{
	struct buf list = buf_in(e->w->arena, SIZE_MAX);
	struct row *rows;
	size_t count;

	if (!keys_active(e->keys, PURPOSE_LIST, e->w->now))
		return 0;
	int r = gather(e, &rows, &count);
	if (r == 0)
		r = add_all(e, rows, count, &list);
	return r ? r : edition_add(e, SPAN_LIT(PATH), "application/json", buf_span(&list), NULL);
}
