/* check.c - record after record: its bytes, its columns, its link to the one before. */
#include "gateway/store/check.h"

#include <errno.h>

struct walk {
	struct kit *kit;
	struct head head; /* of what was seen to fit */
	struct head known; /* as the log's own row says */
	struct store_checked *out;
	int64_t rows; /* of this page */
	int64_t forgotten_until; /* the latest end of what was forgotten, and up to where it may be */
	int64_t forgot_before;
	bool anchored; /* the first row is only where the tail begins */
};

static int
bad(struct walk *w, int64_t seq, const char *why)
{
	w->out->bad = seq;
	w->out->why = why;
	return -EBADMSG;
}

static bool
is_number(const struct value *v, int64_t number)
{
	return number < 0 ? v->type == VALUE_NULL : v->type == VALUE_INT && v->number == number;
}

static bool
is_bytes(const struct value *v, const uint8_t *p, size_t len)
{
	return v->type == VALUE_BYTES && span_eq(v->bytes, (struct span){ p, len });
}

enum { SEQ, KIND, UNTIL, ID, LIST, IDX, RECORD, LEAF, HASH };

static void
count(struct walk *w, int64_t kind)
{
	w->out->issued += kind == RECORD_ISSUED;
	w->out->revoked += kind == RECORD_REVOKED;
}

static int
check_record(struct walk *w, const struct value *v)
{
	struct record r;
	uint8_t leaf[STORE_HASH];

	if (!record_read(v[RECORD].bytes, &r))
		return bad(w, w->head.seq + 1, "its bytes are no record");
	if (record_leaf(w->kit, v[RECORD].bytes, leaf) != 0)
		return -ENOMEM;
	if (!is_bytes(&v[LEAF], leaf, sizeof(leaf)))
		return bad(w, w->head.seq + 1, "its bytes are not those that were logged");
	if (!is_number(&v[KIND], (int64_t)r.kind) || v[UNTIL].number != r.until ||
		!is_number(&v[LIST], r.list) || !is_number(&v[IDX], r.index) ||
		(r.kind != RECORD_FORGOT && !is_bytes(&v[ID], r.id, STORE_ID)))
		return bad(w, w->head.seq + 1, "its columns are not those of its record");
	if (r.kind == RECORD_FORGOT && r.until > w->forgot_before)
		w->forgot_before = r.until;
	return 0;
}

static int
check_forgotten(struct walk *w, const struct value *v)
{
	if (v[ID].type != VALUE_NULL || v[KIND].number >= RECORD_FORGOT)
		return bad(w, w->head.seq + 1, "its bytes are missing");
	if (w->out->forgotten == 0 || v[UNTIL].number > w->forgotten_until)
		w->forgotten_until = v[UNTIL].number;
	w->out->forgotten++;
	return 0;
}

static int
check_link(struct walk *w, const struct value *v)
{
	struct head next = w->head;
	int r = record_link(w->kit, &next, v[KIND].number, v[UNTIL].number, v[LEAF].bytes.ptr);

	if (r != 0)
		return r;
	if (!is_bytes(&v[HASH], next.hash, STORE_HASH))
		return bad(w, next.seq, "it does not follow from the record before");
	if (next.seq == w->known.seq && memcmp(next.hash, w->known.hash, STORE_HASH) != 0)
		return bad(w, next.seq, "it is not the one that was logged last");
	w->head = next;
	return 0;
}

static int
check_row(void *arg, const struct value *v, size_t columns)
{
	struct walk *w = arg;
	bool record = v[RECORD].type == VALUE_BYTES;

	w->rows++;
	if (columns != 9 || v[SEQ].type != VALUE_INT || v[SEQ].number != w->head.seq + 1)
		return bad(w, w->head.seq + 1, "it is missing");
	if (v[HASH].type != VALUE_BYTES || v[HASH].bytes.len != STORE_HASH ||
		v[LEAF].type != VALUE_BYTES || v[LEAF].bytes.len != STORE_HASH ||
		v[UNTIL].type != VALUE_INT || v[KIND].type != VALUE_INT)
		return bad(w, w->head.seq + 1, "its columns are of another kind");
	if (w->anchored) {
		w->anchored = false;
		w->head.seq++;
		memcpy(w->head.hash, v[HASH].bytes.ptr, STORE_HASH);
		return 0;
	}
	int r = record ? check_record(w, v) : check_forgotten(w, v);
	if (r == 0)
		r = check_link(w, v);
	if (r == 0)
		count(w, v[KIND].number);
	w->out->records += r == 0;
	return r;
}

static int
take_head(void *arg, const struct value *v, size_t columns)
{
	struct walk *w = arg;

	if (columns < 2 || v[0].type != VALUE_INT || v[0].number < 0 || v[1].type != VALUE_BYTES ||
		v[1].bytes.len != STORE_HASH)
		return bad(w, 0, "the log has no head");
	w->known.seq = v[0].number;
	memcpy(w->known.hash, v[1].bytes.ptr, STORE_HASH);
	return 0;
}

/* Page by page: a gateway may go on writing meanwhile. */
static int
walk(struct db *db, struct walk *w)
{
	int r;

	do {
		struct value from = INT(w->head.seq + 1);
		w->rows = 0;
		r = db->kind->run(db, SQL_PAGE, &from, 1, check_row, w);
	} while (r == 0 && w->rows > 0);
	return r;
}

int
check_chain(struct db *db, struct kit *kit, bool whole, struct store_checked *out)
{
	struct walk w = { .kit = kit, .out = out, .known = { .seq = -1 } };

	*out = (struct store_checked){ 0 };
	int r = db->kind->run(db, SQL_HEAD_SEEN, NULL, 0, take_head, &w);
	if (r == 0 && w.known.seq < 0)
		r = bad(&w, 0, "the log has no head");
	if (r == 0 && !whole && w.known.seq > CHECK_TAIL) {
		w.anchored = true;
		w.head.seq = w.known.seq - CHECK_TAIL - 1;
	}
	if (r == 0)
		r = walk(db, &w);
	if (r == 0 && w.head.seq < w.known.seq)
		r = bad(&w, w.head.seq + 1, "it is missing, and all behind it");
	/* it has moved on meanwhile where somebody wrote */
	if (r == 0)
		r = db->kind->run(db, SQL_HEAD_SEEN, NULL, 0, take_head, &w);
	if (r == 0 && w.head.seq > w.known.seq)
		r = bad(&w, w.known.seq + 1, "it is behind the one that was logged last");
	if (r == 0 && out->forgotten > 0 && w.forgotten_until >= w.forgot_before)
		r = bad(&w, 0, "records are without bytes that nobody told it to forget");
	return r;
}
