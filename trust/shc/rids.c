/* rids.c - a revocation list of one key: {kid, method: "rid", ctr, rids: ["id", "id.seconds"]}.
 *
 * Times are read by their decimal text: a card issued in the same second is revoked or
 * not by its fraction.  Kind `rid-list` is one such list in a file of its own.
 */
#include "codecs/base/arena.h"
#include "codecs/base/ascii.h"
#include "trust/shc/shc.h"

enum { RID_MAX = 24, SECONDS_DIGITS = 15, PLACES = 9 };

static bool
is_rid(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_base64url(s.ptr[i]))
			return false;
	return s.len > 0 && s.len <= RID_MAX;
}

static bool
read_fraction(struct span digits, struct moment *m)
{
	for (size_t i = 0; i < digits.len || i < PLACES; i++) {
		uint8_t c = i < digits.len ? digits.ptr[i] : '0';
		if (!ascii_digit(c))
			return false;
		if (i < PLACES)
			m->nanoseconds = m->nanoseconds * 10 + (uint32_t)(c - '0');
		else
			m->more = m->more || c != '0';
	}
	return true;
}

/* "1636977600", "1636977600.25" */
static bool
read_time(struct span text, struct moment *out)
{
	size_t dot = span_find(text, '.');
	struct moment m = { 0 };

	if (dot == 0 || dot > SECONDS_DIGITS || dot + 1 == text.len)
		return false;
	for (size_t i = 0; i < dot; i++) {
		if (!ascii_digit(text.ptr[i]))
			return false;
		m.seconds = m.seconds * 10 + (text.ptr[i] - '0');
	}
	if (!read_fraction(span_from(text, dot + 1), &m))
		return false;
	*out = m;
	return true;
}

static bool
read_entry(const struct node *n, struct trust_rid *out)
{
	struct span text = node_text(n);
	size_t dot = span_find(text, '.');
	struct trust_rid e = { .rid = span_slice(text, 0, dot),
		.before = { .seconds = TIME_NONE } };

	if (!is_rid(e.rid) || (dot < text.len && !read_time(span_from(text, dot + 1), &e.before)))
		return false;
	*out = e;
	return true;
}

static const char *
form_fault(const struct node *list, int64_t *ctr)
{
	const struct node *rids = node_get(list, "rids");

	if (node_text(node_get(list, "kid")).len == 0)
		return "the revocation list names no key";
	if (!span_is(node_text(node_get(list, "method")), "rid"))
		return "the revocation list is of a method that is not known here";
	if (!shc_count(node_get(list, "ctr"), ctr))
		return "the revocation list has no counter";
	if (!rids || rids->kind != NODE_LIST)
		return "the revocation list has no array of rids";
	return NULL;
}

int
shc_rids_add(struct work *w, const struct node *list, struct span iss, int64_t seen_at,
	struct trust_builder *b, const char **fault)
{
	struct trust_rid_list l = { .iss = iss, .seen_at = seen_at };

	*fault = form_fault(list, &l.ctr);
	if (*fault)
		return 0;
	const struct node *rids = node_get(list, "rids");
	struct trust_rid *entries = ARENA_ARRAY(w->arena, rids->size + 1, struct trust_rid);
	if (!entries)
		return arena_error(w->arena);
	for (const struct node *n = rids->child; n; n = n->next) {
		if (read_entry(n, &entries[l.count]))
			l.count++;
		else
			l.malformed++;
	}
	for (size_t i = 0; i < l.malformed; i++)
		builder_skip(b);
	l.kid = node_text(node_get(list, "kid"));
	l.rids = entries;
	return builder_rids(b, &l);
}

static bool
detect(const struct trust_input *in)
{
	return shc_looks_like(in->files[0].bytes, "\"rids\"");
}

static int
read(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	const struct node *root;
	const char *fault = NULL;
	int r = list_nodes(w, b, list_whole(in), &root);

	if (r != 0 || !root)
		return r;
	r = shc_rids_add(w, root, in->issuer, in->read_at, b, &fault);
	if (fault)
		builder_fault(b, fault, in->files[0].name, 0);
	return r;
}

const struct trust_source rid_list_source = {
	.kind = "rid-list",
	.title = "a revocation list of SMART Health Cards (one key's)",
	.files = 1,
	.takes_issuer = true,
	.health_cards = true,
	.serves = SERVES_SHC,
	.detect = detect,
	.read = read,
};
