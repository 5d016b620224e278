/* fetch.c - verifying with what certificates need from the web, and following health links. */
#include <errno.h>
#include <stdio.h>

#include "codecs/base/report.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/issue/own.h"
#include "gateway/engine/link.h"
#include "gateway/http/fetch/keeper.h"

int
session_fetch(struct session *s, const struct options *o)
{
	struct keeper_setup setup = { .fetch = { .config = &s->config.fetch },
		.limits = &s->config.limits };

	if (!s->config.fetch.enabled && !option_value(o, "--fetch"))
		return 0;
	if (option_value(o, "--fetch"))
		s->policy.links = LINKS_ANY; /* who says it here knows what the link is */
	int r = load_fetch_ca(s->arena, &s->config, s->config_path, &setup.fetch.ca);
	if (r != 0) {
		fprintf(stderr, "vidimus: certificates of [fetch]: %s\n", load_error(r));
		return EXIT_CONFIG;
	}
	if (keeper_new(&setup, &s->keeper) == 0)
		return 0;
	fputs("vidimus: fetching can't begin\n", stderr);
	return EXIT_FAULT;
}

/* true: something more is known than before. */
static bool
fetched(struct session *s, struct wish **wish, const struct need *needs, size_t count)
{
	unsigned generation;

	if (!s->keeper || count == 0 || (!*wish && wish_new(wish) != 0))
		return false;
	for (size_t i = 0; i < count; i++)
		if (wish_add(*wish, &needs[i]) != 0)
			return false;
	if (!keeper_wait(s->keeper, *wish))
		return false;
	web_unref(s->web);
	s->web = keeper_web(s->keeper, &generation);
	return true;
}

int
session_verify(struct session *s, struct report *report, struct work *w, struct verify *v)
{
	const struct verify asked = *v;
	struct wish *wish = NULL;
	int r, round = 0;

	do {
		*w = session_work(s, report);
		*v = asked;
		v->web = s->web;
		v->at_hand = own_at_hand(s);
		r = engine_verify(w, v);
	} while (r == 0 && round++ < WISH_ROUNDS && fetched(s, &wish, v->needs, v->need_count));
	wish_free(wish);
	return r;
}

int
session_link(struct session *s, struct link_ask *q)
{
	struct wish *wish = NULL;
	int r, round = 0;

	do {
		arena_reset(q->arena);
		q->work = (struct work){ q->arena, &q->report, &s->config.limits, s->kit, s->now };
		q->verify = ARENA_NEW(q->arena, struct link_verify);
		if (!q->verify) {
			wish_free(wish);
			return -ENOMEM;
		}
		*q->verify = (struct link_verify){ .input = q->input,
			.passcode = q->passcode,
			.recipient = q->recipient,
			.trust = s->trust,
			.policy = &s->policy,
			.web = s->web,
			.core = s->core };
		if (wish)
			q->verify->item_count = wish_items(wish, &q->verify->items);
		r = engine_link(&q->work, q->verify);
	} while (r == 0 && round++ < WISH_ROUNDS &&
		 fetched(s, &wish, q->verify->needs, q->verify->need_count));
	if (r == 0)
		q->show(&q->work, q->verify);
	wish_free(wish);
	return r;
}
