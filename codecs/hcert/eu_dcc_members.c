/* eu_dcc_members.c - every member of an EU DCC by its name, in one pass over each of its maps.
 *
 * Names are two letters almost throughout, so a table says what a pair of letters may
 * be, and one comparison confirms it.
 */
#include "codecs/hcert/eu_dcc.h"

/* No two of the keys share a slot: the compiler would warn of it. */
#define SLOT(a, b)    (((a)*15 ^ (b)) & 63)
#define KEY(id, a, b) [SLOT(a, b)] = { a, b, DCC_##id },
static const struct slot {
	uint8_t a, b, key;
} slots[64] = { DCC_KEYS(KEY) };
#undef KEY

static void
find_members(const struct node *map, struct dcc_entry *out)
{
	for (const struct node *n = map->child; n; n = n->next) {
		if (n->key_kind != KEY_TEXT || n->key.len != 2)
			continue;
		const struct slot *s = &slots[SLOT(n->key.ptr[0], n->key.ptr[1])];
		if (s->a != n->key.ptr[0] || s->b != n->key.ptr[1])
			continue;
		out->member[s->key] = n;
		out->nulls = out->nulls || n->kind == NODE_NULL;
	}
}

static void
find_words(struct dcc_entry *e, const struct dcc_group *g)
{
	for (const struct dcc_field *f = g->fields; e->node && f->key; f++)
		if (f->kind == DCC_CODE)
			e->words[f->id] = valueset_display(
				f->values, span_trim(node_text(e->member[f->id])));
}

static void
find_names(const struct node *map, const struct node **names)
{
	for (const struct node *n = map->child; n; n = n->next) {
		struct span k = n->key;
		bool icao = k.len == 3 && k.ptr[2] == 't';
		if (n->key_kind != KEY_TEXT || (k.len != 2 && !icao) || k.ptr[1] != 'n')
			continue;
		if (k.ptr[0] == 'f')
			names[icao ? DCC_FNT : DCC_FN] = n;
		else if (k.ptr[0] == 'g')
			names[icao ? DCC_GNT : DCC_GN] = n;
	}
}

static void
find_part(const struct node *n, struct dcc *out)
{
	struct span k = n->key;

	if (n->key_kind != KEY_TEXT)
		return;
	for (size_t i = 0; k.len == 1 && i < DCC_GROUPS; i++)
		if (k.ptr[0] == (uint8_t)dcc_groups[i].key[0])
			out->group[i] = n;
	if (k.len != 3)
		return;
	if (memcmp(k.ptr, "nam", 3) == 0)
		out->name = n;
	else if (memcmp(k.ptr, "dob", 3) == 0)
		out->birth = n;
	else if (memcmp(k.ptr, "ver", 3) == 0)
		out->version = n;
}

void
dcc_find(const struct node *root, struct dcc *out)
{
	out->root = root;
	for (const struct node *n = root->kind == NODE_MAP ? root->child : NULL; n; n = n->next)
		find_part(n, out);
	if (out->name && out->name->kind == NODE_MAP)
		find_names(out->name, out->names);
	for (size_t i = 0; i < DCC_GROUPS; i++) {
		struct dcc_entry *e = &out->entry[i];
		e->node = out->group[i] ? out->group[i]->child : NULL;
		if (e->node && e->node->kind == NODE_MAP)
			find_members(e->node, e);
		find_words(e, &dcc_groups[i]);
	}
}

const struct node *
dcc_present(const struct node *n)
{
	return n && n->kind != NODE_NULL ? n : NULL;
}

const struct dcc_entry *
dcc_only_entry(const struct dcc *d, size_t group)
{
	const struct node *list = d->group[group];
	bool one = list && list->kind == NODE_LIST && list->size == 1 &&
		   list->child->kind == NODE_MAP;

	return one ? &d->entry[group] : NULL;
}
