/* jcs.c - canonical JSON (RFC 8785) by a walk that sorts the members of each object.
 *
 * Most objects are small or sorted already: their members are put in order on the stack.  The walk recurses, as
 * deep as the readers let a tree be.  Numbers: jcs_number.c.
 */
#include "codecs/tree/jcs.h"

#include "codecs/base/work.h"
#include "codecs/tree/number.h"

#include <stdlib.h>

enum { DEPTH_MAX = 300, FEW = 32 };

static bool write_node(struct buf *b, const struct node *n, unsigned depth);

/* UTF-8 orders as code points do; UTF-16 puts those beyond U+FFFF (F0 to F4) before U+E000 to U+FFFF (EE, EF). */
static uint8_t
rank(uint8_t byte)
{
	return byte == 0xEE || byte == 0xEF ? byte + 0x10 : byte;
}

int
jcs_compare(struct span a, struct span b)
{
	size_t least = a.len < b.len ? a.len : b.len, at = 0;

	while (at < least && a.ptr[at] == b.ptr[at])
		at++;
	if (at < least)
		return rank(a.ptr[at]) < rank(b.ptr[at]) ? -1 : 1;
	return (a.len > b.len) - (a.len < b.len);
}

static int
compare(const void *a, const void *b)
{
	const struct node *const *x = a, *const *y = b;

	return jcs_compare((*x)->key, (*y)->key);
}

static void
sort(const struct node **members, size_t count)
{
	if (count > FEW) {
		qsort(members, count, sizeof(*members), compare);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		const struct node *m = members[i];
		size_t at = i;

		for (; at > 0 && jcs_compare(members[at - 1]->key, m->key) > 0; at--)
			members[at] = members[at - 1];
		members[at] = m;
	}
}

/* 0 for bytes that stand as they are, u for those that become \u00xx, else the letter behind the backslash. */
static const char escapes[256] = { "uuuuuuuubtnufruuuuuuuuuuuuuuuuuu" };

static char
escape_of(uint8_t c)
{
	return c == '"' || c == '\\' ? (char)c : escapes[c];
}

void
jcs_string(struct buf *b, struct span s)
{
	size_t from = 0;

	buf_char(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		char e = escape_of(s.ptr[i]);

		if (!e)
			continue;
		buf_add(b, span_slice(s, from, i - from));
		buf_char(b, '\\');
		buf_char(b, e);
		if (e == 'u') {
			buf_str(b, "00");
			buf_hex(b, span_slice(s, i, 1));
		}
		from = i + 1;
	}
	buf_add(b, span_from(s, from));
	buf_char(b, '"');
}

static bool
write_members(struct buf *b, const struct node **members, size_t count, unsigned depth)
{
	bool ok = true;

	sort(members, count);
	buf_char(b, '{');
	for (size_t i = 0; i < count && ok; i++) {
		if (i > 0)
			buf_char(b, ',');
		jcs_string(b, members[i]->key);
		buf_char(b, ':');
		ok = members[i]->key_kind == KEY_TEXT && write_node(b, members[i], depth);
	}
	buf_char(b, '}');
	return ok;
}

static bool
write_map(struct buf *b, const struct node *n, unsigned depth)
{
	const struct node *few[FEW], **members = few;
	size_t count = 0;

	if (n->size > FEW)
		members = arena_alloc(b->arena, n->size, sizeof(*members));
	if (!members) {
		b->error = b->error ? b->error : arena_error(b->arena);
		return true;
	}
	for (const struct node *c = n->child; c && count < n->size; c = c->next)
		members[count++] = c;
	return write_members(b, members, count, depth);
}

static bool
write_list(struct buf *b, const struct node *n, unsigned depth)
{
	bool ok = true;

	buf_char(b, '[');
	for (const struct node *c = n->child; c && ok; c = c->next) {
		if (c != n->child)
			buf_char(b, ',');
		ok = write_node(b, c, depth);
	}
	buf_char(b, ']');
	return ok;
}

static bool
write_node(struct buf *b, const struct node *n, unsigned depth)
{
	switch (n->kind) {
	case NODE_NULL:
		buf_str(b, "null");
		return true;
	case NODE_BOOL:
		buf_str(b, n->as.boolean ? "true" : "false");
		return true;
	case NODE_INT:
	case NODE_BIG:
	case NODE_REAL:
		return jcs_node_number(b, n);
	case NODE_TEXT:
		jcs_string(b, n->as.bytes);
		return true;
	case NODE_LIST:
		return depth > 0 && write_list(b, n, depth - 1);
	case NODE_MAP:
		return depth > 0 && write_map(b, n, depth - 1);
	default:
		return false;
	}
}

bool
jcs_write(struct buf *b, const struct node *n)
{
	return write_node(b, n, DEPTH_MAX);
}

int
jcs_of_text(struct work *w, struct span in, const char *layer, struct span *out)
{
	const struct node *n = NULL;
	int rc = node_from_json(w, in, layer, &n);

	if (rc < 0)
		return rc;
	if (!n) {
		*out = SPAN_NONE;
		return 0;
	}
	/* An integer of three bytes and an exponent can stand for 21 digits, a byte for \u00xx. */
	struct buf b = buf_in(w->arena, in.len < SIZE_MAX / 8 ? in.len * 8 : SIZE_MAX);
	jcs_write(&b, n);
	if (b.error)
		return b.error;
	*out = buf_span(&b);
	return 0;
}
