/* wish.c - copies of needs, and the files that were fetched for them; all of it is wiped. */
#include "gateway/http/fetch/wish.h"

#include <errno.h>
#include <stdlib.h>

int
wish_new(struct wish **out)
{
	struct wish *w = calloc(1, sizeof(*w));

	if (!w)
		return -ENOMEM;
	w->items = calloc(WISH_NEEDS, sizeof(*w->items));
	if (!w->items) {
		free(w);
		return -ENOMEM;
	}
	*out = w;
	return 0;
}

void
wish_free(struct wish *w)
{
	if (!w)
		return;
	if (w->keeper)
		keeper_give_back(w->keeper, atomic_load(&w->held));
	for (size_t i = 0; i < w->count; i++) {
		struct wished *one = w->wished[i];
		fetch_forget(&one->fetch);
		explicit_bzero(one->text, one->size);
		free(one);
	}
	free(w->items);
	free(w);
}

/* A copy behind it; *at moves on. */
static struct span
keep(struct wished *one, struct span s, size_t *at)
{
	uint8_t *to = &one->text[*at];

	if (!s.ptr)
		return SPAN_NONE;
	memcpy(to, s.ptr, s.len);
	*at += s.len;
	return (struct span){ to, s.len };
}

int
wish_add(struct wish *w, const struct need *n)
{
	size_t size = n->issuer.len + n->kid.len + n->url.len + n->body.len, at = 0;
	struct wished *one;

	for (size_t i = 0; i < w->count; i++)
		if (need_same(&w->wished[i]->need, n))
			return 0;
	if (w->count == WISH_NEEDS)
		return 0; /* it stays lacking */
	one = calloc(1, sizeof(*one) + size + 1);
	if (!one)
		return -ENOMEM;
	one->wish = w;
	one->size = size;
	one->need = *n;
	one->need.issuer = keep(one, n->issuer, &at);
	one->need.kid = keep(one, n->kid, &at);
	one->need.url = keep(one, n->url, &at);
	one->need.body = keep(one, n->body, &at);
	w->wished[w->count++] = one;
	return 0;
}

size_t
wish_items(const struct wish *w, const struct web_item **items)
{
	size_t n = 0;

	for (size_t i = 0; i < w->count; i++)
		if (w->wished[i]->fulfilled)
			w->items[n++] = w->wished[i]->item;
	*items = w->items;
	return n;
}
