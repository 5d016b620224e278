/* office.c - keys and log as the configuration names them, opened in the order in which each needs the other. */
#include "gateway/cli/issue/office.h"

#include "gateway/cli/cli.h"
#include "gateway/cli/keys/ring.h"

#include <stdio.h>
#include <string.h>

static const char *
text_of(struct session *s, struct span v)
{
	struct span copy = v.len > 0 ? arena_copy(s->arena, v) : SPAN_NONE;

	return (const char *)copy.ptr;
}

static int
open_keys(struct session *s, struct signer_process *signer, struct keys **out)
{
	int r = ring_open(s, signer ? RING_PUBLIC : RING_SIGN, out);

	if (r == 0 && signer)
		keys_attach(*out, signer);
	if (r == 0 && (r = keys_unlock(*out, s->now)) != 0) {
		fprintf(stderr, "vidimus: our keys: %s\n", ring_error(r));
		r = EXIT_CONFIG;
	}
	return r;
}

int
office_log(struct session *s, struct store_setup *out)
{
	const struct config_store *c = &s->config.store;

	if (c->path.len + c->url.len == 0) {
		fputs("vidimus: nothing is issued without a log: the configuration has no "
		      "[store]\n",
			stderr);
		return EXIT_CONFIG;
	}
	*out = (struct store_setup){ .url = text_of(s, c->url), .refresh = c->refresh };
	if (c->path.len > 0)
		out->path = load_path(s->arena, s->config_path, c->path);
	if (c->secret.len > 0)
		out->secret = load_path(s->arena, s->config_path, c->secret);
	return 0;
}

static int
open_store(struct session *s, struct store **out)
{
	struct store_setup setup;
	const char *why = "";
	int r = office_log(s, &setup);

	if (r != 0)
		return r;
	r = store_open(&setup, &why, out);
	if (r == 0)
		return 0;
	fprintf(stderr, "vidimus: the log: %s (%s)\n", why, strerror(-r));
	return EXIT_CONFIG;
}

int
office_open(struct session *s, struct signer_process *signer, struct office *out)
{
	struct office o = { 0 };
	struct desk_setup setup = { .config = &s->config };
	const char *why = "";
	int r = open_keys(s, signer, &o.keys);

	if (r == 0)
		r = open_store(s, &o.store);
	if (r == 0) {
		setup.keys = o.keys;
		setup.store = o.store;
		int error = desk_open(&setup, s->now, &why, &o.desk);
		if (error != 0) {
			fprintf(stderr, "vidimus: %s: %s\n", why, strerror(-error));
			r = EXIT_FAULT;
		}
	}
	if (r != 0)
		office_close(&o);
	else
		*out = o;
	return r;
}

void
office_close(struct office *o)
{
	desk_close(o->desk);
	store_close(o->store);
	keys_close(o->keys);
	*o = (struct office){ 0 };
}
