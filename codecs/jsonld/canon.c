/* canon.c - RDFC-1.0, section 4.4.3: blank nodes that differ by what is said of them at once get their names by
 * their first hash; the others by canon_paths.c.
 *
 * Blank nodes are numbers here, and all other terms are written once, before anything is hashed.
 */
#include "codecs/jsonld/canon.h"

#include "codecs/base/arena.h"
#include "codecs/base/report.h"
#include "codecs/jsonld/canon_impl.h"

#include <errno.h>
#include <stdlib.h>

static void *
room(struct canon_run *c, size_t count, size_t size)
{
	void *p = arena_alloc(c->w->arena, count > 0 ? count : 1, size);

	if (!p)
		c->error = arena_error(c->w->arena);
	return p;
}

void
canon_limit(struct canon_run *c, const char *name, size_t value)
{
	if (!c->stop)
		report_limit(c->w->report, name, value, PLACE_NONE);
	c->stop = true;
}

void
canon_label(struct buf *b, const char *prefix, uint32_t number)
{
	buf_str(b, prefix);
	buf_uint(b, number);
}

void
canon_issue(struct canon_run *c, uint32_t blank)
{
	if (c->blanks[blank].name == NO_BLANK)
		c->blanks[blank].name = c->named++;
}

void
canon_hash(struct canon_run *c, struct span in, struct hash *out)
{
	static const char hex[] = "0123456789abcdef";
	uint8_t raw[64];
	int r = digest_of(c->w->kit, c->rules.digest, in, raw);

	if (r != 0) {
		c->error = r;
		return;
	}
	for (size_t i = 0; i < c->hash_len / 2; i++) {
		out->hex[2 * i] = (uint8_t)hex[raw[i] >> 4];
		out->hex[2 * i + 1] = (uint8_t)hex[raw[i] & 15];
	}
}

/* --- numbering --- */

static int
by_label(const void *a, const void *b)
{
	const struct blank *x = a, *y = b;

	return span_cmp(x->label, y->label);
}

static const struct rdf_term *
term_at(const struct rdf_quad *q, int position)
{
	return position == 0 ? &q->s : position == 1 ? &q->p : position == 2 ? &q->o : &q->g;
}

static void
number_blanks(struct canon_run *c, const struct rdf_dataset *d)
{
	size_t n = 0, kept = 0;

	c->blanks = room(c, d->count * 3, sizeof(*c->blanks));
	if (!c->blanks)
		return;
	for (size_t i = 0; i < d->count; i++)
		for (int k = 0; k < 4; k++)
			if (k != 1 && term_at(&d->quads[i], k)->kind == RDF_BLANK)
				c->blanks[n++].label = term_at(&d->quads[i], k)->value;
	qsort(c->blanks, n, sizeof(*c->blanks), by_label);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || !span_eq(c->blanks[i].label, c->blanks[kept - 1].label))
			c->blanks[kept++] = c->blanks[i];
	if (kept > c->w->limits->rdf_blanks) {
		canon_limit(c, "rdf.blanks", c->w->limits->rdf_blanks);
		return;
	}
	c->blank_count = (uint32_t)kept;
	for (size_t i = 0; i < kept; i++)
		c->blanks[i].name = NO_BLANK;
}

static uint32_t
blank_of(const struct canon_run *c, struct span label)
{
	struct blank key = { .label = label };
	const struct blank *b = bsearch(
		&key, c->blanks, c->blank_count, sizeof(*c->blanks), by_label);

	return (uint32_t)(b - c->blanks);
}

/* Writes a term behind the others; where it ended up is known once the buffer no longer moves. */
static void
write_piece(struct canon_run *c, struct pieces *p, int k, const struct rdf_term *t, struct buf *b)
{
	size_t from = b->len;

	p->blank[k] = NO_BLANK;
	if (!nquads_writable(t, c->rules.style) || (k == 1 && t->kind != RDF_IRI)) {
		report_fail(c->w->report, REASON_RDF_TERM, PLACE_NONE);
		c->stop = true;
	} else if (t->kind == RDF_BLANK) {
		p->blank[k] = blank_of(c, t->value);
	} else if (t->kind != RDF_NONE) {
		nquads_term(b, t, c->rules.style);
		p->text[k].len = b->len - from;
	}
}

static void
write_pieces(struct canon_run *c, const struct rdf_dataset *d)
{
	struct buf b = buf_in(c->w->arena, SIZE_MAX / 2);
	size_t at = 0;

	c->quad_count = d->count;
	c->quads = room(c, d->count, sizeof(*c->quads));
	c->lines = room(c, d->count, sizeof(*c->lines));
	if (c->error)
		return;
	for (size_t i = 0; i < d->count && !c->stop; i++)
		for (int k = 0; k < 4; k++)
			write_piece(c, &c->quads[i], k, term_at(&d->quads[i], k), &b);
	c->error = b.error;
	if (c->error)
		return;
	for (size_t i = 0; i < d->count; i++)
		for (int k = 0; k < 4; k++)
			if (c->quads[i].text[k].len > 0) {
				c->quads[i].text[k] = span_slice(
					buf_span(&b), at, c->quads[i].text[k].len);
				at += c->quads[i].text[k].len;
			}
}

/* Does quad q mention its k-th term's blank node for the first time? */
static bool
first_mention(const struct pieces *q, int k)
{
	for (int i = 0; i < k; i++)
		if (q->blank[i] == q->blank[k])
			return false;
	return q->blank[k] != NO_BLANK;
}

static void
index_quads(struct canon_run *c)
{
	uint32_t *all = room(c, c->quad_count * 3, sizeof(*all)), at = 0;

	if (!all)
		return;
	for (size_t i = 0; i < c->quad_count; i++)
		for (int k = 0; k < 4; k++)
			if (first_mention(&c->quads[i], k))
				c->blanks[c->quads[i].blank[k]].quad_count++;
	for (uint32_t i = 0; i < c->blank_count; i++) {
		c->blanks[i].quads = &all[at];
		at += c->blanks[i].quad_count;
		c->blanks[i].quad_count = 0;
	}
	for (size_t i = 0; i < c->quad_count; i++)
		for (int k = 0; k < 4; k++)
			if (first_mention(&c->quads[i], k)) {
				struct blank *b = &c->blanks[c->quads[i].blank[k]];

				b->quads[b->quad_count++] = (uint32_t)i;
			}
}

/* --- lines --- */

/* seen_from: the blank node that is _:a while all others are _:z; NO_BLANK: by their canonical names. */
static void
write_line(struct canon_run *c, const struct pieces *q, uint32_t seen_from, struct buf *b)
{
	for (int k = 0; k < 4; k++) {
		bool blank = q->blank[k] != NO_BLANK;

		if (!blank && !q->text[k].ptr)
			continue;
		if (k > 0)
			buf_char(b, ' ');
		if (!blank)
			buf_add(b, q->text[k]);
		else if (seen_from == NO_BLANK)
			canon_label(b, "_:c14n", c->blanks[q->blank[k]].name);
		else
			buf_str(b, q->blank[k] == seen_from ? "_:a" : "_:z");
	}
	buf_str(b, " .\n");
}

/* Cuts the text, in which no line feed stands but at the ends, into lines. */
static void
cut_lines(struct canon_run *c, struct span text)
{
	struct span rest = text, line;
	size_t n = 0;

	while (rest.len > 0 && span_split(&rest, '\n', &line))
		c->lines[n++] = (struct span){ line.ptr, line.len + 1 };
}

static void
join(struct buf *b, const struct span *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_add(b, lines[i]);
}

/* Hash First Degree Quads, 4.6. */
static void
hash_first(struct canon_run *c, uint32_t n)
{
	struct blank *me = &c->blanks[n];
	struct buf *b = &c->scratch;

	b->len = 0;
	for (uint32_t i = 0; i < me->quad_count; i++)
		write_line(c, &c->quads[me->quads[i]], n, b);
	size_t half = b->len;
	if (me->quad_count > 1) {
		buf_room(b, half); /* before lines point into it */
		cut_lines(c, span_slice(buf_span(b), 0, half));
		nquads_sort(c->lines, me->quad_count);
		join(b, c->lines, me->quad_count);
	} else {
		half = 0;
	}
	c->error = c->error ? c->error : b->error;
	if (!c->error)
		canon_hash(c, span_from(buf_span(b), half), &me->first);
}

/* --- names --- */

struct ranked {
	uint32_t blank;
	uint32_t *order, count; /* what Hash N-Degree Quads named on its way */
	struct hash hash;
};

static int
by_hash(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int order = memcmp(x->hash.hex, y->hash.hex, HASH_MAX);

	return order != 0 ? order : (x->blank > y->blank) - (x->blank < y->blank);
}

static size_t
run_of(const struct ranked *all, size_t from, size_t count)
{
	size_t to = from + 1;

	while (to < count && memcmp(all[to].hash.hex, all[from].hash.hex, HASH_MAX) == 0)
		to++;
	return to - from;
}

/* Step 5: blank nodes whose first hashes are the same. */
static void
name_alike(struct canon_run *c, const struct ranked *alike, size_t count)
{
	struct ranked *results = room(c, count, sizeof(*results));
	size_t n = 0;

	for (size_t i = 0; results && i < count && !c->error && !c->stop; i++) {
		struct ranked *r = &results[n];

		if (c->blanks[alike[i].blank].name != NO_BLANK)
			continue;
		r->blank = alike[i].blank;
		canon_n_degree(c, r->blank, &r->hash, &r->order, &r->count);
		n++;
	}
	if (c->error || c->stop)
		return;
	qsort(results, n, sizeof(*results), by_hash);
	for (size_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < results[i].count; k++)
			canon_issue(c, results[i].order[k]);
}

static void
name_all(struct canon_run *c)
{
	size_t count = c->blank_count;
	struct ranked *all = room(c, count, sizeof(*all));

	for (uint32_t i = 0; i < count && !c->error; i++) {
		hash_first(c, i);
		if (all)
			all[i] = (struct ranked){ .blank = i, .hash = c->blanks[i].first };
	}
	if (c->error)
		return;
	qsort(all, count, sizeof(*all), by_hash);
	for (size_t i = 0; i < count; i += run_of(all, i, count))
		if (run_of(all, i, count) == 1)
			canon_issue(c, all[i].blank);
	for (size_t i = 0; i < count && !c->error && !c->stop; i += run_of(all, i, count))
		if (run_of(all, i, count) > 1)
			name_alike(c, &all[i], run_of(all, i, count));
}

static void
write_names(struct canon_run *c, struct canon *out)
{
	struct buf b = buf_in(c->w->arena, SIZE_MAX / 2);

	out->names = room(c, c->blank_count, sizeof(*out->names));
	out->name_count = c->blank_count;
	buf_room(&b, (size_t)c->blank_count * 16 + 1);
	for (uint32_t i = 0; i < c->blank_count && out->names && !b.error; i++) {
		size_t from = b.len;

		canon_label(&b, "c14n", c->blanks[i].name);
		out->names[i].from = c->blanks[i].label;
		out->names[i].to = span_from(buf_span(&b), from);
	}
	c->error = c->error ? c->error : b.error;
}

static void
write_all(struct canon_run *c, struct canon *out)
{
	struct buf b = buf_in(c->w->arena, SIZE_MAX / 2),
		   sorted = buf_in(c->w->arena, SIZE_MAX / 2);

	for (size_t i = 0; i < c->quad_count; i++)
		write_line(c, &c->quads[i], NO_BLANK, &b);
	c->error = b.error;
	if (c->error)
		return;
	cut_lines(c, buf_span(&b));
	nquads_sort(c->lines, c->quad_count);
	buf_room(&sorted, b.len + 1);
	join(&sorted, c->lines, c->quad_count);
	c->error = sorted.error;
	out->text = buf_span(&sorted);
	if (c->error)
		return;
	cut_lines(c, out->text);
	out->lines = c->lines;
	out->line_count = c->quad_count;
	write_names(c, out);
}

int
canon_dataset(struct work *w, const struct rdf_dataset *d, struct canon_rules rules,
	struct canon *out, bool *ok)
{
	struct canon_run c = { .w = w, .rules = rules };
	struct canon made = { 0 };

	c.scratch = buf_in(w->arena, SIZE_MAX / 2);
	c.hash_len = rules.digest == DIGEST_SHA256 ? 64 : HASH_MAX;
	*ok = false;
	number_blanks(&c, d);
	if (!c.error && !c.stop)
		write_pieces(&c, d);
	if (!c.error && !c.stop)
		index_quads(&c);
	if (!c.error && !c.stop)
		name_all(&c);
	if (!c.error && !c.stop)
		write_all(&c, &made);
	if (c.error)
		return c.error;
	*ok = !c.stop;
	if (*ok)
		*out = made;
	return 0;
}
