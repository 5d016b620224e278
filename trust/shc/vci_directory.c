/* vci_directory.c - the VCI directory itself: which issuers take part, without keys of them.
 *
 * {participating_issuers: [{iss, name, canonical_iss}]}; a second file,
 * {issuer_metadata: [{canonical_iss, label}]}, adds names for people and nothing else.
 * Keys then come from the issuers themselves, or from a snapshot beside it.
 */
#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "trust/shc/shc.h"

#include <stdlib.h>

enum { NAME_MAX_BYTES = 1024 };

struct label {
	struct span iss, text;
};

struct labels {
	struct label *row; /* by iss */
	size_t count;
};

static bool
is_directory(struct span file)
{
	return shc_looks_like(file, "\"participating_issuers\"");
}

/* The order of the files of a folder is that of their names. */
static bool
detect(const struct trust_input *in)
{
	for (size_t i = 0; i < in->file_count && i < 2; i++)
		if (is_directory(in->files[i].bytes))
			return true;
	return false;
}

static int
compare(const void *left, const void *right)
{
	const struct label *a = left, *b = right;

	return span_cmp(a->iss, b->iss);
}

static int
read_labels(struct work *w, const struct node *root, struct labels *out)
{
	const struct node *list = node_get(root, "issuer_metadata");
	struct labels l = { ARENA_ARRAY(w->arena, list ? list->size + 1 : 1, struct label), 0 };

	if (!l.row)
		return arena_error(w->arena);
	for (const struct node *n = list ? list->child : NULL; n; n = n->next) {
		struct label one = { node_text(node_get(n, "canonical_iss")),
			node_text(node_get(n, "label")) };
		if (one.iss.len > 0 && one.text.len > 0)
			l.row[l.count++] = one;
	}
	qsort(l.row, l.count, sizeof(*l.row), compare);
	*out = l;
	return 0;
}

static struct span
label_of(const struct labels *l, struct span iss)
{
	const struct label wanted = { .iss = iss };
	const struct label *found =
		l->count ? bsearch(&wanted, l->row, l->count, sizeof(*l->row), compare) : NULL;

	return found ? found->text : SPAN_NONE;
}

/* "State of California (California)" */
static int
full_name(struct work *w, const struct labels *l, struct trust_issuer_item *item)
{
	struct span label = label_of(l, item->canonical.len ? item->canonical : item->iss);
	struct buf b = buf_in(w->arena, NAME_MAX_BYTES);

	if (label.len == 0 || label.len + item->name.len + 3 > NAME_MAX_BYTES ||
		span_eq(label, item->name))
		return 0;
	buf_add(&b, item->name);
	if (item->name.len > 0)
		buf_str(&b, " (");
	buf_add(&b, label);
	if (item->name.len > 0)
		buf_char(&b, ')');
	if (!b.error)
		item->name = buf_span(&b);
	return b.error;
}

static int
add_all(struct work *w, const struct node *list, const struct labels *labels,
	struct trust_builder *b)
{
	int r = 0;

	for (const struct node *n = list->child; n && r == 0 && !builder_faulty(b); n = n->next) {
		struct trust_issuer_item item = { .iss = node_text(node_get(n, "iss")),
			.name = node_text(node_get(n, "name")),
			.canonical = node_text(node_get(n, "canonical_iss")) };
		r = full_name(w, labels, &item);
		if (r == 0)
			r = builder_issuer(b, &item);
	}
	return r;
}

static int
read_file(struct work *w, struct trust_builder *b, const struct trust_file *f,
	const struct node **out)
{
	return list_nodes(w, b, (struct list_text){ f->bytes, f->name, 0 }, out);
}

static int
read_other(struct work *w, const struct trust_file *f, struct trust_builder *b, struct labels *out)
{
	const struct node *root;
	int r = read_file(w, b, f, &root);

	if (r != 0 || !root)
		return r;
	const struct node *list = node_get(root, "issuer_metadata");
	if (list && list->kind == NODE_LIST)
		return read_labels(w, root, out);
	builder_fault(b, "the second file is not the directory's metadata", f->name, 0);
	return 0;
}

static int
read(struct work *w, const struct trust_input *in, struct trust_builder *b)
{
	size_t at = in->file_count > 1 && !is_directory(in->files[0].bytes) ? 1 : 0;
	const struct node *root;
	struct labels labels = { 0 };
	int r = read_file(w, b, &in->files[at], &root);

	if (r == 0 && root && in->file_count > 1)
		r = read_other(w, &in->files[1 - at], b, &labels);
	if (r != 0 || builder_faulty(b))
		return r;
	const struct node *list = node_get(root, "participating_issuers");
	if (list && list->kind == NODE_LIST)
		return add_all(w, list, &labels, b);
	builder_fault(b, "this is no directory of participating issuers", in->files[at].name, 0);
	return 0;
}

const struct trust_source vci_directory_source = {
	.kind = "vci-directory",
	.title = "the VCI directory of issuers, without keys",
	.files = 2,
	.health_cards = true,
	.serves = SERVES_SHC,
	.detect = detect,
	.read = read,
};
