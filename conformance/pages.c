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

/* --- keys and revocation lists: they go into a snapshot --- */

static void
drop_web(void *web)
{
	web_unref(web);
}

/* *web with what the pages say of those needs that are no files; *any: whether there was one. */
static int
add_to_web(struct work *w, const struct pages *p, const struct need *needs, size_t count,
	const struct web **web, bool *any)
{
	struct web_item *items = ARENA_ARRAY(w->arena, count + 1, struct web_item);
	struct web *fuller;
	size_t n = 0;

	if (!items)
		return arena_error(w->arena);
	for (size_t i = 0; i < count; i++)
		if (needs[i].kind != NEED_FILE)
			items[n++] = answer(p, &needs[i], w->now);
	if (n == 0)
		return 0;
	*any = true;
	int r = web_with(w, *web, items, n, &fuller);
	if (r != 0)
		return r;
	*web = fuller;
	return arena_defer(w->arena, drop_web, fuller);
}

int
pages_verify(struct work *w, const struct pages *p, struct verify *v)
{
	struct verify asked = *v;
	int r = engine_verify(w, v);

	for (int i = 0; r == 0 && i < ROUNDS && p->count > 0 && v->need_count > 0; i++) {
		bool any = false;
		r = add_to_web(w, p, v->needs, v->need_count, &asked.web, &any);
		if (r != 0 || !any)
			break;
		*v = asked;
		r = engine_verify(w, v);
	}
	return r;
}

/* --- files: they are the request's alone --- */

/* The items so far and the files that the last run lacked. */
static int
add_files(struct work *w, const struct pages *p, const struct link_verify *v,
	struct web_item **items, size_t *count, bool *any)
{
	struct web_item *more = ARENA_ARRAY(w->arena, *count + v->need_count + 1, struct web_item);

	if (!more)
		return arena_error(w->arena);
	if (*count > 0)
		memcpy(more, *items, *count * sizeof(*more));
	*items = more;
	for (size_t i = 0; i < v->need_count; i++)
		if (v->needs[i].kind == NEED_FILE) {
			more[(*count)++] = answer(p, &v->needs[i], w->now);
			*any = true;
		}
	return 0;
}

int
pages_link(struct work *w, const struct pages *p, struct link_verify *v)
{
	struct link_verify asked = *v;
	struct web_item *items = NULL;
	int r = engine_link(w, v);

	for (int i = 0; r == 0 && i < ROUNDS && p->count > 0; i++) {
		bool any = false;
		r = add_files(w, p, v, &items, &asked.item_count, &any);
		if (r == 0)
			r = add_to_web(w, p, v->needs, v->need_count, &asked.web, &any);
		if (r != 0 || !any)
			break;
		asked.items = items;
		*v = asked;
		r = engine_link(w, v);
	}
	return r;
}
