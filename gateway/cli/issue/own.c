/* own.c - see own.h. */
#include "gateway/cli/issue/own.h"

#include "gateway/cli/issue/office.h"
#include "gateway/cli/keys/ring.h"
#include "gateway/publish/publisher.h"

struct own_lists {
	struct at_hand at_hand;
	struct session *session;
	struct keys *keys;
	struct store *store;
	struct publisher *publisher;
	bool tried;
};

/* A line on standard error says what can't be opened. */
static int
open_all(struct own_lists *o)
{
	struct publisher_setup setup = { .clock = clock_now };
	struct store_setup log;
	const char *why;

	if (ring_open(o->session, RING_SIGN, &o->keys) != 0 || office_log(o->session, &log) != 0)
		return EXIT_CONFIG;
	if (store_open(&log, &why, &o->store) != 0)
		return EXIT_CONFIG;
	setup.keys = o->keys;
	setup.store = o->store;
	return publisher_open(&setup, &why, &o->publisher);
}

static bool
get(void *arg, struct span url, struct arena *a, struct span *out)
{
	struct own_lists *o = arg;

	if (!span_starts(url, o->session->config.issue.url))
		return false;
	if (!o->tried && open_all(o) != 0) {
		publisher_close(o->publisher);
		o->publisher = NULL;
	}
	o->tried = true;
	return o->publisher && publisher_get(o->publisher, url, a, out);
}

const struct at_hand *
own_at_hand(struct session *s)
{
	const struct config *c = &s->config;

	if (c->issue.url.len == 0 || c->keys.path.len == 0 ||
		c->store.path.len + c->store.url.len == 0)
		return NULL;
	if (!s->own)
		s->own = ARENA_NEW(s->arena, struct own_lists);
	if (!s->own)
		return NULL;
	s->own->session = s;
	s->own->at_hand = (struct at_hand){ get, s->own };
	return &s->own->at_hand;
}

void
own_close(struct own_lists *o)
{
	if (!o)
		return;
	publisher_close(o->publisher);
	store_close(o->store);
	keys_close(o->keys);
}
