/* published.c - what others need to verify what we issue: sent as it was made ready, never made here. */
#include "codecs/base/arena.h"
#include "gateway/http/routes.h"
#include "gateway/publish/publisher.h"

/* What is JSON goes by several names; the first is what its makers call it. */
static const struct name {
	const char *own, *asked;
} names[] = {
	{ "application/vc", "application/vc+ld+json" },
	{ "application/vc", "application/ld+json" },
	{ "application/vc", "application/json" },
	{ "application/did+json", "application/json" },
};

/* The name by which the client takes the form; NULL: by none. */
static const char *
taken_as(struct span accept, const char *own)
{
	if (accept_takes(accept, span_of(own)))
		return own;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(own, names[i].own) == 0 && accept_takes(accept, span_of(names[i].asked)))
			return names[i].asked;
	return NULL;
}

/* RFC 9110, 13.1.2, by weak comparison. */
static bool
is_known(struct span match, struct span etag)
{
	struct span one;

	while (span_split(&match, ',', &one)) {
		one = span_trim(one);
		if (span_starts(one, SPAN_LIT("W/")))
			one = span_from(one, 2);
		if (span_eq(one, etag) || span_is(one, "*"))
			return true;
	}
	return false;
}

static void
send(struct exchange *x, const struct published_item *i, const char *type)
{
	x->content_type = type;
	x->max_age = i->max_age;
	x->etag = arena_copy(x->tools->arena, i->etag);
	if (is_known(x->match, i->etag))
		x->status = 304;
	else
		x->content = arena_copy(x->tools->arena, i->text);
	if (!x->etag.ptr || (x->status != 304 && !x->content.ptr)) {
		x->etag = x->content = SPAN_NONE;
		exchange_error(x, arena_error(x->tools->arena));
	}
}

/* The address of the list, and the DID's own. */
static struct span
path_of(const struct exchange *x)
{
	return span_is(x->path, "/v2/trustlist") ? SPAN_LIT("/v2/trustlist/did.json") : x->path;
}

static void
find(struct exchange *x, const struct published *s)
{
	const struct published_item *i = NULL;
	const char *type = NULL;
	bool any = false;

	while (!type && (i = published_form(s, path_of(x), i)) != NULL) {
		any = true;
		type = taken_as(x->accept, i->media_type);
	}
	if (type)
		send(x, i, type);
	else
		exchange_fail(x, any ? PROBLEM_ROUTE_ACCEPT : PROBLEM_ROUTE_UNKNOWN, NULL);
}

void
published_handler(struct exchange *x)
{
	struct publisher *p = x->tools->app->publisher;
	struct published *s;

	if (!p) {
		exchange_fail(x, PROBLEM_ATTEST_OFF, NULL);
		return;
	}
	s = publisher_current(p);
	find(x, s);
	published_unref(s);
}
