/* link.c - a health link as it is asked about over HTTP: the engine judges, and what it lacks is wished for.
 *
 * A link with its files takes more memory than a certificate, so it has an arena of its
 * own, which is gone when the answer is written.
 */
#include "gateway/engine/link.h"

#include <errno.h>

#include "codecs/base/buf.h"
#include "gateway/http/exchange.h"
#include "gateway/http/fetch/keeper.h"
#include "gateway/http/metrics.h"

static void
count_entry(struct exchange *x, const struct link_entry *e)
{
	count_verdict(x->tools->counters, e->verify.credential.scheme, report_verdict(&e->report),
		report_reason(&e->report));
}

static void
count_inside(struct exchange *x, const struct link_verify *v)
{
	if (v->carrier)
		count_entry(x, v->carrier);
	for (size_t i = 0; i < v->file_count; i++)
		for (size_t k = 0; k < v->files[i].entry_count; k++)
			count_entry(x, &v->files[i].entries[k]);
}

/* 0 with an answer in b; 1: it waits; or a negative errno. */
static int
judge(struct exchange *x, struct work *w, struct link_verify *v, struct buf *b)
{
	int r = engine_link(w, v);

	if (r != 0)
		return r;
	if (exchange_lacks(x, v->needs, v->need_count) || x->ahead)
		return 1;
	render_link(b, w, v);
	if (b->error == 0)
		count_inside(x, v);
	return b->error;
}

bool
link_judge(struct exchange *x, struct link_verify *v, int64_t now, struct buf *b)
{
	const struct limits *limits = &x->tools->app->config->limits;
	struct arena *a = arena_new(limits->link_memory);
	struct report report;
	struct work w = { a, &report, limits, x->tools->kit, now };

	if (!a) {
		exchange_error(x, -ENOMEM);
		return false;
	}
	if (x->wish)
		v->item_count = wish_items(x->wish, &v->items);
	int r = judge(x, &w, v, b);
	x->reason = v->reason;
	arena_free(a);
	if (r < 0)
		exchange_error(x, r);
	return r == 0;
}

bool
link_show(struct exchange *x, struct span input, struct buf *b)
{
	struct report report;
	struct work w = { x->tools->scratch, &report, &x->tools->app->config->limits, x->tools->kit,
		x->now };
	int r = (arena_reset(x->tools->scratch), render_link_inspect(b, &w, input));

	if (r == -ENOBUFS)
		x->fault = (struct fault){ PROBLEM_HTTP_TOO_LARGE, "memory.request",
			w.limits->memory };
	else if (r != 0)
		exchange_error(x, r);
	return r == 0;
}
