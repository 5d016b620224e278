/* log.c - what each job does to the log, and how a group of them is committed.
 *
 * The transaction begins by holding the head: there is one writer at a time, in whatever
 * process, and one chain.  What a commit gave is told only when it gave 0.
 */
#include "gateway/store/log.h"

#include "codecs/base/kit.h"
#include "gateway/store/check.h"
#include "gateway/store/hand.h"
#include "gateway/store/secret.h"

#include <errno.h>

enum { FORGET_BLOCK = 5000, LAYOUT = 1 };

static int
run(struct log *l, enum sql which, const struct value *in, size_t count, db_row *row, void *arg)
{
	return l->db->kind->run(l->db, which, in, count, row, arg);
}

static int
put(struct log *l, enum sql which, const struct value *in, size_t count)
{
	return l->db->kind->put(l->db, which, in, count);
}

static int
take_head(void *arg, const struct value *v, size_t columns)
{
	struct head *h = arg;

	if (columns < 2 || v[0].type != VALUE_INT || v[1].type != VALUE_BYTES ||
		v[1].bytes.len != STORE_HASH)
		return -EBADMSG;
	h->seq = v[0].number;
	memcpy(h->hash, v[1].bytes.ptr, STORE_HASH);
	return 0;
}

static int
begin(struct log *l)
{
	struct head head = { .seq = -1 };
	int r;

	if (l->begun)
		return 0;
	l->begun = true;
	r = put(l, SQL_BEGIN, NULL, 0);
	if (r == 0)
		r = run(l, SQL_HEAD, NULL, 0, take_head, &head);
	if (r == 0 && head.seq < 0)
		r = -EBADMSG;
	l->head = head;
	return r;
}

static struct value
place(int64_t n)
{
	return n < 0 ? NOTHING : INT(n);
}

static int
insert(struct log *l, const struct record *rec)
{
	uint8_t bytes[RECORD_MAX], leaf[STORE_HASH];
	struct span s = { bytes, record_write(rec, bytes) };
	int r = record_leaf(l->kit, s, leaf);

	if (r == 0)
		r = record_link(l->kit, &l->head, (int64_t)rec->kind, rec->until, leaf);
	if (r != 0)
		return r;
	const struct value v[] = { INT(l->head.seq), INT((int64_t)rec->kind), INT(rec->until),
		rec->kind == RECORD_FORGOT ? NOTHING : BYTES(((struct span){ rec->id, STORE_ID })),
		place(rec->list), place(rec->index), BYTES(s),
		BYTES(((struct span){ leaf, STORE_HASH })),
		BYTES(((struct span){ l->head.hash, STORE_HASH })) };
	return put(l, SQL_INSERT, v, VALUES);
}

static int
do_append(struct log *l, struct job *j)
{
	int r = begin(l);

	return r == 0 ? insert(l, &j->record) : r;
}

struct finding {
	struct store_found out;
	bool found;
};

static int
take_found(void *arg, const struct value *v, size_t columns)
{
	struct finding *f = arg;
	struct record r;

	if (columns != 2 || v[0].type != VALUE_BYTES || !record_read(v[0].bytes, &r))
		return -EBADMSG;
	f->found = true;
	f->out = (struct store_found){ .revoked = v[1].type == VALUE_INT && v[1].number > 0,
		.at = r.at,
		.until = r.until,
		.status_list = r.list,
		.status_index = r.index };
	memcpy(f->out.scheme, r.scheme.ptr, r.scheme.len);
	return 0;
}

static int
find(struct log *l, struct job *j, struct finding *f)
{
	struct value id = BYTES(((struct span){ j->record.id, STORE_ID }));
	int r = run(l, SQL_FIND, &id, 1, take_found, f);

	if (r == 0 && !f->found)
		j->result = -ENOENT;
	return r;
}

static int
do_find(struct log *l, struct job *j)
{
	struct finding f = { .found = false };
	int r = find(l, j, &f);

	if (r == 0 && f.found)
		*j->found = f.out;
	return r;
}

static int
do_revoke(struct log *l, struct job *j)
{
	struct finding f = { .found = false };
	int r = begin(l);

	if (r == 0)
		r = find(l, j, &f);
	if (r != 0 || !f.found || f.out.revoked)
		return r;
	j->record.until = f.out.until;
	j->record.list = f.out.status_list;
	j->record.index = f.out.status_index;
	l->revoked = true;
	return insert(l, &j->record);
}

static int
take_number(void *arg, const struct value *v, size_t columns)
{
	if (columns < 1 || v[0].type != VALUE_INT)
		return -EBADMSG;
	*(int64_t *)arg = v[0].number;
	return 0;
}

static int
do_forget(struct log *l, struct job *j)
{
	struct value before = INT(j->record.until);
	int64_t expired = 0;
	int r = begin(l);

	if (r == 0)
		r = run(l, SQL_EXPIRED, &before, 1, take_number, &expired);
	if (r != 0 || expired == 0)
		return r;
	j->result = expired > FORGET_BLOCK ? -EAGAIN : 0;
	l->forgot = true;
	r = put(l, SQL_FORGET, &before, 1);
	return r == 0 ? insert(l, &j->record) : r;
}

struct open_list {
	int64_t list, next;
};

static int
take_list(void *arg, const struct value *v, size_t columns)
{
	struct open_list *o = arg;

	if (columns != 2 || v[0].type != VALUE_INT || v[1].type != VALUE_INT || v[1].number < 0)
		return -EBADMSG;
	*o = (struct open_list){ v[0].number, v[1].number };
	return 0;
}

/* Where the family's newest list goes on.  The log itself is asked as well, so that a list's row set back gives no
 * index again. */
static int
open_list(struct log *l, struct span family, struct open_list *o)
{
	struct value v = BYTES(family);
	int64_t used = -1;
	int r = run(l, SQL_LIST_OPEN, &v, 1, take_list, o);

	if (r != 0 || o->list == 0)
		return r;
	v = INT(o->list);
	r = run(l, SQL_LIST_USED, &v, 1, take_number, &used);
	if (used >= o->next)
		o->next = used + 1;
	return r;
}

static int
lease(struct log *l, struct span family, size_t count, struct store_lease *out)
{
	struct open_list o = { 0, 0 };
	int r = open_list(l, family, &o);
	bool fits = o.list > 0 && o.next + (int64_t)count <= STORE_LIST_BITS;

	if (r == 0 && !fits) {
		r = run(l, SQL_LIST_LAST, NULL, 0, take_number, &o.list);
		o = (struct open_list){ o.list + 1, 0 };
		l->listed = true;
	}
	if (r != 0)
		return r;
	const struct value made[] = { INT(o.list), BYTES(family), INT((int64_t)count) },
			   moved[] = { INT(o.next + (int64_t)count), INT(o.list) };
	*out = (struct store_lease){ o.list, o.next, count };
	return fits ? put(l, SQL_LIST_MOVE, moved, 2) : put(l, SQL_LIST_NEW, made, 3);
}

/* Many may have found the hand empty at once: one block is enough for all. */
static bool
joined(const struct log *l, const struct job *first, const struct job *j, struct span family)
{
	for (; first != j; first = first->next)
		if (first->kind == JOB_LEASE && first->block && first->lease.count > 0 &&
			span_eq((struct span){ first->family, first->family_len }, family))
			return true;
	return hand_left(l->hand, family) >= HAND_LOW;
}

static int
do_lease(struct log *l, const struct job *first, struct job *j)
{
	struct span family = { j->family, j->family_len };
	size_t count = j->block ? (size_t)STORE_LEASE : j->lease_count;

	j->lease.count = 0;
	if (j->block && joined(l, first, j, family))
		return 0;
	int r = begin(l);
	return r == 0 ? lease(l, family, count, &j->lease) : r;
}

static int
apply(struct log *l, const struct job *first, struct job *j)
{
	j->result = 0;
	switch (j->kind) {
	case JOB_APPEND:
		return do_append(l, j);
	case JOB_REVOKE:
		return do_revoke(l, j);
	case JOB_FIND:
		return do_find(l, j);
	case JOB_FORGET:
		return do_forget(l, j);
	case JOB_LEASE:
		return do_lease(l, first, j);
	}
	return -EINVAL;
}

static int
commit(struct log *l)
{
	const struct value v[] = { INT(l->head.seq),
		BYTES(((struct span){ l->head.hash, STORE_HASH })) };
	int r = put(l, SQL_HEAD_MOVE, v, 2);

	if (r == 0)
		r = run(l, SQL_COMMIT, NULL, 0, NULL, NULL);
	if (r == 0)
		l->begun = false;
	return r;
}

static bool
is_fatal(int r)
{
	return r != 0 && r != -EEXIST && r != -ENOMEM && r != -EINVAL && r != -ENOSPC &&
	       r != -EBUSY;
}

static int
attempt(struct log *l, struct job *first)
{
	int r = 0;

	for (struct job *j = first; j && r == 0; j = j->next)
		r = apply(l, first, j);
	if (r == 0 && l->begun)
		r = commit(l);
	/* what failed for good ends with its connection */
	l->broken = l->broken || is_fatal(r);
	if (r != 0 && l->begun && !l->broken)
		l->broken = run(l, SQL_ROLLBACK, NULL, 0, NULL, NULL) != 0;
	if (r != 0)
		l->begun = false;
	return r;
}

static void
all_failed(struct job *j, int r)
{
	for (; j; j = j->next) {
		j->result = r;
		j->lease.count = 0;
	}
}

static void
one_by_one(struct log *l, struct job *j)
{
	int r;

	for (struct job *next; j; j = next) {
		next = j->next;
		j->next = NULL;
		r = attempt(l, j);
		if (r != 0)
			all_failed(j, r);
		j->next = next;
		if (!l->broken)
			continue;
		all_failed(next, is_fatal(r) ? r : -EIO);
		break;
	}
}

static void
keep_lease(struct log *l, struct job *j)
{
	struct span family = { j->family, j->family_len };

	if (j->lease_out) {
		if (j->lease.count > 0)
			*j->lease_out = j->lease;
	} else if (j->lease.count > 0) {
		j->block->lease = j->lease;
		hand_put(l->hand, family, j->block);
		j->block = NULL;
	} else {
		hand_low(l->hand, family);
	}
}

int
log_group(struct log *l, struct job *first)
{
	l->broken = false;
	int r = attempt(l, first);

	if ((r == -EEXIST || r == -ENOMEM) && first->next && !l->broken)
		one_by_one(l, first);
	else if (r != 0)
		all_failed(first, r);
	for (struct job *j = first; j; j = j->next)
		if (j->kind == JOB_LEASE)
			keep_lease(l, j);
	return !l->broken ? 0 : is_fatal(r) ? r : -EIO;
}

struct identity {
	int64_t version;
	uint8_t mark[STORE_HASH];
	bool marked;
};

static int
take_identity(void *arg, const struct value *v, size_t columns)
{
	struct identity *i = arg;

	if (columns != 4 || v[2].type != VALUE_INT)
		return -EBADMSG;
	i->version = v[2].number;
	i->marked = v[3].type == VALUE_BYTES && v[3].bytes.len == STORE_HASH;
	if (i->marked)
		memcpy(i->mark, v[3].bytes.ptr, STORE_HASH);
	return 0;
}

/* The log bears the mark of the secret that it was begun with. */
static int
identify(struct log *l, const uint8_t *key, const char **why)
{
	struct identity i = { 0 };
	uint8_t mark[STORE_HASH];
	struct value v = BYTES(((struct span){ mark, STORE_HASH }));
	int r = secret_hash(key, SPAN_LIT("vidimus store"), mark);

	for (int n = 0; n < 2 && r == 0 && !i.marked; n++) {
		r = n > 0 ? run(l, SQL_MARK, &v, 1, NULL, NULL) : 0;
		if (r == 0)
			r = run(l, SQL_HEAD_SEEN, NULL, 0, take_identity, &i);
	}
	if (r == 0 && i.version != LAYOUT) {
		*why = "the log was written by another version of the program";
		r = -EBADMSG;
	} else if (r == 0 && (!i.marked || memcmp(mark, i.mark, STORE_HASH) != 0)) {
		*why = "the log was begun with another secret: give back that file";
		r = -EKEYREJECTED;
	}
	return r;
}

int
log_open(struct log *l, const struct db_kind *kind, const char *where, bool make,
	const uint8_t *key, const char **why)
{
	struct store_checked checked;
	int r = kind->open(where, make, &l->db);

	if (r != 0)
		return r;
	l->begun = false;
	if (key)
		r = identify(l, key, why);
	if (r == 0)
		r = check_chain(l->db, l->kit, false, &checked);
	if (r == -EBADMSG && !*why)
		*why = "the end of the log does not fit: `vidimus store check` names the record";
	if (r != 0)
		log_close(l);
	return r;
}

void
log_close(struct log *l)
{
	if (l->db)
		l->db->kind->close(l->db);
	l->db = NULL;
	l->begun = false;
}
