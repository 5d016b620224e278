/* status.c - revocations in a list that only grows, of which each snapshot sees its first so many.
 *
 * So a new snapshot costs what is new.  Only the store's thread adds, and no reader
 * looks behind the last one that its snapshot counts.
 */
#include "gateway/store/status.h"

#include "gateway/store/record.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

struct entry {
	struct store_revoked row; /* first: what readers hold */
	struct entry *next;
	size_t number; /* from 1 */
	uint8_t kid[];
};

struct pool {
	atomic_size_t refs;
	struct entry *first, *last;
	size_t count;
	int64_t seq; /* of the last one's record */
};

struct list {
	int64_t number;
	size_t len;
	uint8_t family[STORE_FAMILY];
};

struct store_status {
	atomic_size_t refs;
	int64_t version;
	struct pool *pool;
	size_t count;
	size_t list_count;
	struct list list[];
};

static void
pool_unref(struct pool *p)
{
	if (!p || atomic_fetch_sub(&p->refs, 1) > 1)
		return;
	for (struct entry *e = p->first, *next; e; e = next) {
		next = e->next;
		free(e);
	}
	free(p);
}

struct store_status *
status_ref(struct store_status *t)
{
	atomic_fetch_add(&t->refs, 1);
	return t;
}

void
store_status_unref(struct store_status *t)
{
	if (!t || atomic_fetch_sub(&t->refs, 1) > 1)
		return;
	pool_unref(t->pool);
	free(t);
}

static struct pool *
pool_new(void)
{
	struct pool *p = calloc(1, sizeof(*p));

	if (p)
		atomic_store(&p->refs, 1);
	return p;
}

struct store_status *
status_none(void)
{
	struct store_status *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	atomic_store(&t->refs, 1);
	t->pool = pool_new();
	if (t->pool)
		return t;
	free(t);
	return NULL;
}

enum { SEQ, UNTIL, LIST, IDX, RECORD, ISSUED };

static void
fill(struct entry *e, const struct record *revoked, const struct record *issued)
{
	e->row.known = true;
	memcpy(e->row.id, issued->id, STORE_ID);
	e->row.issued_at = issued->at;
	e->row.revoked_at = revoked->at;
	e->row.reason = revoked->reason;
	memcpy(e->row.scheme, issued->scheme.ptr, issued->scheme.len);
	if (issued->kid.len > 0)
		memcpy(e->kid, issued->kid.ptr, issued->kid.len);
	e->row.kid = (struct span){ e->kid, issued->kid.len };
}

static int
take_revoked(void *arg, const struct value *v, size_t columns)
{
	struct pool *p = arg;
	struct record revoked, issued = { .kid = SPAN_NONE };
	bool known;

	if (columns != 6 || v[SEQ].type != VALUE_INT || v[UNTIL].type != VALUE_INT)
		return -EBADMSG;
	known = v[RECORD].type == VALUE_BYTES && v[ISSUED].type == VALUE_BYTES;
	if (known &&
		(!record_read(v[RECORD].bytes, &revoked) || !record_read(v[ISSUED].bytes, &issued)))
		return -EBADMSG;
	struct entry *e = calloc(1, sizeof(*e) + issued.kid.len);
	if (!e)
		return -ENOMEM;
	e->row.until = v[UNTIL].number;
	e->row.status_list = v[LIST].type == VALUE_INT ? v[LIST].number : -1;
	e->row.status_index = v[IDX].type == VALUE_INT ? v[IDX].number : -1;
	if (known)
		fill(e, &revoked, &issued);
	e->number = ++p->count;
	if (p->last)
		p->last->next = e;
	else
		p->first = e;
	p->last = e;
	p->seq = v[SEQ].number;
	return 0;
}

struct lists {
	struct list *list;
	size_t count, room;
};

static int
take_list(void *arg, const struct value *v, size_t columns)
{
	struct lists *l = arg;

	if (columns != 3 || v[0].type != VALUE_INT || v[1].type != VALUE_BYTES ||
		v[1].bytes.len > STORE_FAMILY || v[1].bytes.len == 0)
		return -EBADMSG;
	if (l->count == l->room) {
		size_t room = l->room > 0 ? 2 * l->room : 16;
		struct list *more = realloc(l->list, room * sizeof(*more));
		if (!more)
			return -ENOMEM;
		l->list = more;
		l->room = room;
	}
	struct list *one = &l->list[l->count++];
	one->number = v[0].number;
	one->len = v[1].bytes.len;
	memcpy(one->family, v[1].bytes.ptr, one->len);
	return 0;
}

static int
publish(struct pool *pool, const struct lists *l, int64_t version, struct store_status **out)
{
	struct store_status *t = malloc(sizeof(*t) + l->count * sizeof(t->list[0]));

	if (!t)
		return -ENOMEM;
	*t = (struct store_status){ .version = version, .pool = pool, .count = pool->count };
	atomic_store(&t->refs, 1);
	atomic_fetch_add(&pool->refs, 1);
	t->list_count = l->count;
	if (l->count > 0)
		memcpy(t->list, l->list, l->count * sizeof(t->list[0]));
	*out = t;
	return 0;
}

int
status_next(struct db *db, struct store_status *before, bool anew, struct store_status **out)
{
	struct pool *pool = anew || !before ? pool_new() : before->pool;
	struct lists l = { NULL, 0, 0 };
	int r;

	if (!pool)
		return -ENOMEM;
	if (pool == (before ? before->pool : NULL))
		atomic_fetch_add(&pool->refs, 1);
	struct value after = INT(pool->seq);
	r = db->kind->run(db, SQL_REVOKED, &after, 1, take_revoked, pool);
	if (r == 0)
		r = db->kind->run(db, SQL_LISTS, NULL, 0, take_list, &l);
	if (r == 0 && before && pool == before->pool && pool->count == before->count &&
		l.count == before->list_count)
		*out = status_ref(before);
	else if (r == 0)
		r = publish(pool, &l, before ? before->version + 1 : 1, out);
	free(l.list);
	pool_unref(pool);
	return r;
}

int64_t
store_status_version(const struct store_status *t)
{
	return t->version;
}

const struct store_revoked *
store_status_next(const struct store_status *t, const struct store_revoked *after)
{
	const struct entry *e = (const struct entry *)(const void *)after;

	if (!e)
		return t->count > 0 ? &t->pool->first->row : NULL;
	return e->number < t->count ? &e->next->row : NULL;
}

bool
store_status_list(const struct store_status *t, int64_t list, struct span *family)
{
	for (size_t i = 0; i < t->list_count; i++) {
		if (t->list[i].number != list)
			continue;
		*family = (struct span){ t->list[i].family, t->list[i].len };
		return true;
	}
	return false;
}

bool
store_status_bits(const struct store_status *t, int64_t list, uint8_t bits[STORE_LIST_BYTES])
{
	struct span family;

	if (!store_status_list(t, list, &family))
		return false;
	memset(bits, 0, STORE_LIST_BYTES);
	for (const struct store_revoked *r = NULL; (r = store_status_next(t, r)) != NULL;)
		if (r->status_list == list && r->status_index >= 0 &&
			r->status_index < STORE_LIST_BITS)
			bits[r->status_index / 8] |= (uint8_t)(0x80 >> r->status_index % 8);
	return true;
}
