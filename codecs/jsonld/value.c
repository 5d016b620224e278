/* value.c - linked lists of children, with the last one known. */
#include "codecs/jsonld/value.h"

#include "codecs/tree/node_json.h"

struct ld *
ld_make(struct arena *a, enum ld_kind kind, const struct node *source)
{
	struct ld *v = ARENA_NEW(a, struct ld);

	if (v) {
		v->kind = kind;
		v->source = source;
	}
	return v;
}

struct ld *
ld_text(struct arena *a, struct span text, const struct node *source)
{
	struct ld *v = ld_make(a, LD_TEXT, source);

	if (v)
		v->text = text;
	return v;
}

struct ld *
ld_scalar(struct arena *a, const struct node *source)
{
	struct ld *v = ld_make(a, LD_JSON, source);

	if (!v)
		return NULL;
	if (source->kind == NODE_TEXT) {
		v->kind = LD_TEXT;
		v->text = source->as.bytes;
	} else if (source->kind == NODE_BOOL) {
		v->kind = LD_BOOL;
		v->boolean = source->as.boolean;
	} else if (source->kind == NODE_NULL) {
		v->kind = LD_NULL;
	}
	return v;
}

struct ld *
ld_get(const struct ld *map, enum keyword k)
{
	if (!map || map->kind != LD_MAP)
		return NULL;
	for (struct ld *c = map->child; c; c = c->next)
		if (c->keyword == k)
			return c;
	return NULL;
}

static uint32_t
hash_of(struct span s)
{
	uint64_t h = s.len, word;
	size_t at = 0;

	for (; s.len - at >= sizeof(word); at += sizeof(word)) {
		memcpy(&word, &s.ptr[at], sizeof(word));
		h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	word = 0;
	for (; at < s.len; at++)
		word = word << 8 | s.ptr[at];
	h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(h >> 32);
}

struct ld *
ld_find(const struct ld *map, struct span key)
{
	uint32_t hash;

	if (!map || map->kind != LD_MAP || !map->child)
		return NULL;
	hash = hash_of(key);
	for (struct ld *c = map->child; c; c = c->next)
		if (c->hash == hash && span_eq(c->key, key))
			return c;
	return NULL;
}

struct span
ld_text_of(const struct ld *v)
{
	return v && v->kind == LD_TEXT ? v->text : SPAN_NONE;
}

void
ld_append(struct ld *list, struct ld *item)
{
	if (!list || !item)
		return;
	item->next = NULL;
	if (list->last)
		list->last->next = item;
	else
		list->child = item;
	list->last = item;
	list->size++;
}

void
ld_prepend(struct ld *list, struct ld *item)
{
	if (!list || !item)
		return;
	item->next = list->child;
	list->child = item;
	if (!list->last)
		list->last = item;
	list->size++;
}

void
ld_splice(struct ld *list, struct ld *items)
{
	if (!list || !items || !items->child)
		return;
	if (list->last)
		list->last->next = items->child;
	else
		list->child = items->child;
	list->last = items->last;
	list->size += items->size;
	items->child = items->last = NULL;
	items->size = 0;
}

void
ld_drop(struct ld *map, const struct ld *member)
{
	struct ld *before = NULL;

	if (!map || !member)
		return;
	for (struct ld *c = map->child; c; before = c, c = c->next) {
		if (c != member)
			continue;
		if (before)
			before->next = c->next;
		else
			map->child = c->next;
		if (map->last == c)
			map->last = before;
		map->size--;
		return;
	}
}

void
ld_put(struct ld *map, enum keyword k, struct ld *value)
{
	if (!map || !value)
		return;
	ld_drop(map, ld_get(map, k));
	value->keyword = k;
	value->key = keyword_text(k);
	value->hash = hash_of(value->key);
	ld_append(map, value);
}

void
ld_put_first(struct ld *map, enum keyword k, struct ld *value)
{
	if (!map || !value)
		return;
	value->keyword = k;
	value->key = keyword_text(k);
	value->hash = hash_of(value->key);
	ld_prepend(map, value);
}

void
ld_put_key(struct ld *map, struct span key, struct ld *value)
{
	if (!map || !value)
		return;
	ld_drop(map, ld_find(map, key));
	value->keyword = keyword_of(key);
	value->key = key;
	value->hash = hash_of(key);
	ld_append(map, value);
}

struct ld *
ld_list_under(struct arena *a, struct ld *map, struct span key)
{
	struct ld *list = ld_find(map, key);

	if (!list) {
		list = ld_make(a, LD_LIST, NULL);
		ld_put_key(map, key, list);
	}
	return list;
}

void
ld_add(struct arena *a, struct ld *map, struct span key, struct ld *value)
{
	struct ld *list = map ? ld_list_under(a, map, key) : NULL;

	if (value && value->kind == LD_LIST)
		ld_splice(list, value);
	else
		ld_append(list, value);
}

struct ld *
ld_as_list(struct arena *a, struct ld *value)
{
	struct ld *list;

	if (value && value->kind == LD_LIST)
		return value;
	list = ld_make(a, LD_LIST, value ? value->source : NULL);
	ld_append(list, value);
	return list;
}

struct ld *
ld_copy(struct arena *a, const struct ld *value)
{
	struct ld *v = value ? ARENA_NEW(a, struct ld) : NULL;

	if (v) {
		*v = *value;
		v->next = NULL;
		v->key = SPAN_NONE;
		v->keyword = KW_NONE;
	}
	return v;
}

struct ld *
ld_deep_copy(struct arena *a, const struct ld *value)
{
	struct ld *v = ld_copy(a, value);

	if (!v)
		return NULL;
	v->child = v->last = NULL;
	v->size = 0;
	for (const struct ld *c = value->child; c; c = c->next) {
		struct ld *copy = ld_deep_copy(a, c);

		if (!copy)
			return NULL;
		copy->key = c->key;
		copy->keyword = c->keyword;
		copy->hash = c->hash;
		ld_append(v, copy);
	}
	return v;
}

static bool
equal_children(const struct ld *a, const struct ld *b)
{
	const struct ld *step = b->child;

	if (a->size != b->size)
		return false;
	for (const struct ld *c = a->child; c; c = c->next) {
		const struct ld *other = a->kind == LD_MAP ? ld_find(b, c->key) : step;

		if (!other || !ld_equal(c, other))
			return false;
		step = step ? step->next : NULL;
	}
	return true;
}

bool
ld_equal(const struct ld *a, const struct ld *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case LD_NULL:
		return true;
	case LD_BOOL:
		return a->boolean == b->boolean;
	case LD_TEXT:
		return span_eq(a->text, b->text);
	case LD_JSON:
		return node_equal(a->source, b->source);
	default:
		return equal_children(a, b);
	}
}

static void
put_children(struct buf *b, const struct ld *v)
{
	buf_char(b, v->kind == LD_MAP ? '{' : '[');
	for (const struct ld *c = v->child; c; c = c->next) {
		if (c != v->child)
			buf_char(b, ',');
		if (v->kind == LD_MAP) {
			buf_json(b, c->key);
			buf_char(b, ':');
		}
		ld_to_json(b, c);
	}
	buf_char(b, v->kind == LD_MAP ? '}' : ']');
}

void
ld_to_json(struct buf *b, const struct ld *v)
{
	switch (v ? v->kind : LD_NULL) {
	case LD_NULL:
		buf_str(b, "null");
		return;
	case LD_BOOL:
		buf_str(b, v->boolean ? "true" : "false");
		return;
	case LD_TEXT:
		buf_json(b, v->text);
		return;
	case LD_JSON:
		node_to_json(b, v->source);
		return;
	default:
		put_children(b, v);
	}
}
