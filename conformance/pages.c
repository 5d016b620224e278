/* pages.c - the loop that a gateway runs over its sockets, run over a table. */
#include "conformance/pages.h"

#include "codecs/base/arena.h"

enum { ROUNDS = 6 };

static struct web_item
answer(const struct pages *p, const struct need *n, int64_t now)
{
	struct web_item item = {
		.need = *n, .state = WEB_UNREACHABLE, .status = 404, .at = now, .until = now
	};

	for (size_t i = 0; i < p->count; i++) {
		const struct page *page = &p->page[i];
		if (!span_eq(page->url, n->url))
			continue;
		item.status = page->status;
		item.bytes = page->bytes;
		item.state = page->status == 200 ? WEB_GOOD : WEB_UNREACHABLE;
	}
	return item;
}

/* The items so far and what the last run lacked; false: it lacked nothing that is answered here. */
static bool
answer_needs(struct work *w, const struct pages *p, struct link_verify *v, struct web_item **items)
{
	struct web_item *more = ARENA_ARRAY(
		w->arena, v->item_count + v->need_count + 1, struct web_item);
	size_t count = v->item_count;

	if (!more)
		return false;
	if (count > 0)
		memcpy(more, *items, count * sizeof(*more));
	for (size_t i = 0; i < v->need_count; i++)
		if (v->needs[i].kind == NEED_FILE)
			more[count++] = answer(p, &v->needs[i], w->now);
	bool any = count > v->item_count;
	*items = more;
	v->item_count = count;
	return any;
}

int
pages_link(struct work *w, const struct pages *p, struct link_verify *v)
{
	const struct link_verify asked = *v;
	struct web_item *items = NULL;
	int r = engine_link(w, v);

	for (int i = 0; r == 0 && i < ROUNDS && p->count > 0 && answer_needs(w, p, v, &items);
		i++) {
		size_t count = v->item_count;
		*v = asked;
		v->items = items;
		v->item_count = count;
		r = engine_link(w, v);
	}
	return r;
}
