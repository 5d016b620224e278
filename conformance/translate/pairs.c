/* pairs.c - a table for people, JSON for programs, and the page of the documentation; all from the same cells. */
#include "conformance/translate/pairs.h"

#include "codecs/emit.h"
#include "conformance/suite_impl.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { PATH_LENGTH = 1024, CELL = 16 };

struct cell {
	struct span source;
	const struct target *target;
	enum outcome outcome;
	struct span title, refusal; /* refusal empty: it is written */
	json_int_t kept, mapped, dropped;
	struct cell *next;
};

/* --- cells --- */

static struct span
copy(struct suite *s, json_t *o, const char *member)
{
	struct span text = span_of(json_string_value(json_object_get(o, member)));

	return text.len > 0 ? arena_copy(s->arena, text) : SPAN_LIT("");
}

static bool
read_cell(struct suite *s, const struct told *t, json_t *json, struct cell *c)
{
	json_t *emit = json_object_get(json_object_get(json, "expect"), "emit");
	json_t *loss = json_object_get(emit, "loss");
	const char *to = json_string_value(json_object_get(emit, "to"));
	struct span id = t->id;
	size_t tail = to ? strlen(to) + 4 : 0; /* "-to-" */

	c->target = to ? target_named(span_of(to)) : NULL;
	if (!c->target || id.len <= tail)
		return false;
	c->source = span_slice(id, 0, id.len - tail);
	c->outcome = t->outcome;
	c->title = copy(s, json, "title");
	c->refusal = copy(s, emit, "refusal");
	c->kept = json_integer_value(json_object_get(loss, "kept"));
	c->mapped = json_integer_value(json_object_get(loss, "mapped"));
	c->dropped = json_integer_value(json_object_get(loss, "dropped"));
	return true;
}

static struct cell *
read_cells(struct suite *s)
{
	struct cell *first = NULL, **last = &first;
	char path[PATH_LENGTH];
	struct span text;

	for (const struct told *t = s->first; t; t = t->next) {
		struct cell *c = ARENA_NEW(s->arena, struct cell);
		snprintf(path, sizeof(path), "%s/case.json", (const char *)t->id.ptr);
		if (!c || suite_read(s, path, &text) != 0)
			continue;
		json_t *json = json_loadb((const char *)text.ptr, text.len, 0, NULL);
		if (read_cell(s, t, json, c)) {
			*last = c;
			last = &c->next;
		}
		json_decref(json);
	}
	return first;
}

static const struct cell *
cell_of(const struct cell *all, struct span source, const struct target *t)
{
	for (; all; all = all->next)
		if (span_eq(all->source, source) && all->target == t)
			return all;
	return NULL;
}

/* The first cell of each source, in the order of the cases. */
static bool
is_first(const struct cell *all, const struct cell *c)
{
	while (!span_eq(all->source, c->source))
		all = all->next;
	return all == c;
}

/* "13/0/7", "missing", or that it is not so. */
static struct span
cell_text(struct buf *b, const struct cell *c)
{
	size_t from = b->len;

	if (!c)
		buf_str(b, "no case");
	else if (c->outcome == CASE_FAIL)
		buf_str(b, "FAILED");
	else if (c->outcome == CASE_SKIP)
		buf_str(b, "skipped");
	else if (c->refusal.len > 0)
		buf_add(b, span_from(c->refusal, sizeof("attest.") - 1));
	else {
		buf_int(b, c->kept);
		buf_char(b, '/');
		buf_int(b, c->mapped);
		buf_char(b, '/');
		buf_int(b, c->dropped);
	}
	return b->error ? SPAN_NONE : span_from(buf_span(b), from);
}

static void
pad(struct buf *b, size_t from, size_t width)
{
	while (!b->error && b->len < from + width)
		buf_char(b, ' ');
}

static size_t
count(const struct cell *all, bool refused)
{
	size_t n = 0;

	for (; all; all = all->next)
		n += (all->refusal.len > 0) == refused;
	return n;
}

/* --- for people --- */

static size_t
widest(const struct cell *all)
{
	size_t width = 0;

	for (; all; all = all->next)
		width = all->source.len > width ? all->source.len : width;
	return width + 2;
}

static void
write_line(struct buf *b, const struct cell *all, const struct cell *row, size_t width)
{
	const struct target *t;
	size_t from = b->len;

	if (row)
		buf_add(b, row->source);
	for (size_t i = 0; (t = target_at(i)) != NULL; i++) {
		pad(b, from, width + i * CELL);
		if (row)
			cell_text(b, cell_of(all, row->source, t));
		else
			buf_str(b, t->name);
	}
	buf_char(b, '\n');
}

static void
write_counts(struct buf *b, const struct cell *all)
{
	buf_uint(b, count(all, false));
	buf_str(b, " pairs are written (elements kept/mapped/dropped), ");
	buf_uint(b, count(all, true));
	buf_str(b, " refused");
}

static void
write_text(struct buf *b, const struct cell *all)
{
	size_t width = widest(all);

	write_line(b, all, NULL, width);
	for (const struct cell *c = all; c; c = c->next)
		if (is_first(all, c))
			write_line(b, all, c, width);
	buf_char(b, '\n');
	for (const struct cell *c = all; c; c = c->next)
		if (c->refusal.len > 0) {
			buf_add(b, c->title);
			buf_char(b, '\n');
		}
	buf_char(b, '\n');
	write_counts(b, all);
	buf_char(b, '\n');
}

/* --- for programs --- */

static void
member(struct buf *b, const char *before, struct span value)
{
	buf_str(b, before);
	buf_json(b, value);
}

static void
number(struct buf *b, const char *before, json_int_t value)
{
	buf_str(b, before);
	buf_int(b, value);
}

static void
write_json(struct buf *b, const struct cell *all)
{
	static const char *const outcomes[] = { "passed", "failed", "skipped", "exception" };

	buf_str(b, "{\"form\":1,\"cells\":[\n");
	for (const struct cell *c = all; c; c = c->next) {
		member(b, "{\"source\":", c->source);
		member(b, ",\"target\":", span_of(c->target->name));
		member(b, ",\"outcome\":", span_of(outcomes[c->outcome]));
		if (c->refusal.len > 0) {
			member(b, ",\"refusal\":", c->refusal);
		} else {
			number(b, ",\"kept\":", c->kept);
			number(b, ",\"mapped\":", c->mapped);
			number(b, ",\"dropped\":", c->dropped);
		}
		member(b, ",\"title\":", c->title);
		buf_str(b, c->next ? "},\n" : "}");
	}
	buf_str(b, "]}\n");
}

/* --- the page --- */

static void
write_row(struct buf *b, const struct cell *all, const struct cell *row)
{
	const struct target *t;

	buf_str(b, "| ");
	buf_add(b, row->source);
	for (size_t i = 0; (t = target_at(i)) != NULL; i++) {
		buf_str(b, " | ");
		cell_text(b, cell_of(all, row->source, t));
	}
	buf_str(b, " |\n");
}

static void
write_page(struct buf *b, const struct cell *all)
{
	const struct target *t;

	buf_str(b, "# Pairs\n\nMade by `make pairs` from the cases of the suite `translate`: what "
		   "becomes of "
		   "each kind of certificate in each form ([emit.md](emit.md)).\nA cell has the "
		   "elements that are kept, mapped and dropped, or the refusal, which is explained "
		   "below.\n\n| |");
	for (size_t i = 0; (t = target_at(i)) != NULL; i++) {
		buf_str(b, " `");
		buf_str(b, t->name);
		buf_str(b, "` |");
	}
	buf_str(b, "\n|---|");
	for (size_t i = 0; target_at(i) != NULL; i++)
		buf_str(b, "---|");
	buf_char(b, '\n');
	for (const struct cell *c = all; c; c = c->next)
		if (is_first(all, c))
			write_row(b, all, c);
	buf_char(b, '\n');
	write_counts(b, all);
	buf_str(b, ":\n\n");
	for (const struct cell *c = all; c; c = c->next)
		if (c->refusal.len > 0) {
			buf_str(b, "- ");
			buf_add(b, c->title);
			buf_char(b, '\n');
		}
}

bool
pairs_form_named(const char *name, enum pairs_form *out)
{
	static const char *const forms[] = { "text", "json", "page" };

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(forms[i], name) == 0) {
			*out = (enum pairs_form)i;
			return true;
		}
	return false;
}

void
pairs_write(struct buf *b, struct suite *s, enum pairs_form form)
{
	static void (*const writers[])(struct buf * b, const struct cell *all) = {
		[PAIRS_TEXT] = write_text,
		[PAIRS_JSON] = write_json,
		[PAIRS_PAGE] = write_page,
	};

	writers[form](b, read_cells(s));
}
