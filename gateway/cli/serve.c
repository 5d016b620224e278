/* serve.c - `vidimus serve`: the gateway, from one configuration file.
 *
 * SIGHUP reads the configured lists again.  A list at fault, or one older than the
 * list in use, keeps the old snapshot: a failed refresh never takes trust away.
 */
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "gateway/cli/cli.h"
#include "gateway/http/server.h"

#include <stdio.h>
#include <string.h>

static const struct option_row rows[] = { { "--config", true, false }, { "--check", false, false },
	{ 0 } };

struct reloader {
	const struct session *session;
	struct trust *current;
};

/* Why the new snapshot must not replace the old one; NULL when it may. */
static const char *
objection(const struct trust *fresh, const struct trust *old)
{
	for (size_t i = 0; i < trust_source_count(fresh); i++) {
		const struct trust_source_info *a = trust_source_at(fresh, i),
					       *b = trust_source_at(old, i);
		if (a->fault && !b->fault)
			return a->fault;
		if (trust_older(a, b))
			return "the list is older than the one in use";
	}
	return NULL;
}

static struct trust *
build(const struct session *s, struct arena *a, struct kit *kit)
{
	struct trust_input *in;
	struct trust *t = NULL;
	struct report report;
	struct work w = { a, &report, &s->config.limits, kit, clock_now() };

	report_begin(&report, a);
	if (load_sources(a, &s->config, s->config_path, &in) != 0 ||
		trust_build(&w, in, s->config.source_count, &t) != 0)
		return NULL;
	return t;
}

static struct trust *
reload(void *arg)
{
	struct reloader *r = arg;
	struct arena *a = arena_new(1 << 30);
	struct kit *kit = kit_new();
	struct trust *fresh = a && kit ? build(r->session, a, kit) : NULL;
	const char *why = fresh ? objection(fresh, r->current) : "the lists could not be read";

	kit_free(kit);
	arena_free(a);
	if (why) {
		fprintf(stderr, "vidimus serve: trust not reloaded: %s\n", why);
		trust_unref(fresh);
		return NULL;
	}
	trust_unref(r->current);
	r->current = trust_ref(fresh);
	fputs("vidimus serve: trust reloaded\n", stderr);
	return fresh;
}

static size_t
usable_keys(const struct trust *t)
{
	size_t n = 0;

	for (size_t i = 0; i < trust_source_count(t); i++)
		n += trust_source_at(t, i)->keys;
	return n;
}

static int
serve(struct session *s)
{
	struct reloader reloader = { s, trust_ref(s->trust) };
	struct server_setup setup = {
		.config = &s->config, .trust = s->trust, .reload = reload, .reload_arg = &reloader
	};
	struct server *server;
	struct span host = s->config.http.listen.host;
	int r = server_new(&setup, &server);

	if (r != 0) {
		fprintf(stderr, "vidimus serve: can't listen on %.*s:%u: %s\n", (int)host.len,
			(const char *)host.ptr, s->config.http.listen.port, strerror(-r));
		trust_unref(reloader.current);
		return EXIT_FAULT;
	}
	printf("vidimus %s listens on http://%.*s:%u (%zu trusted keys, environment %s)\n",
		VIDIMUS_VERSION, (int)host.len, (const char *)host.ptr, server_port(server),
		usable_keys(s->trust), env_name(s->policy.env));
	fflush(stdout);
	r = server_run(server);
	server_free(server);
	trust_unref(reloader.current);
	return r == 0 ? 0 : EXIT_FAULT;
}

/* The lists have told their faults already. */
static int
check(const struct session *s)
{
	for (size_t i = 0; i < trust_source_count(s->trust); i++)
		if (trust_source_at(s->trust, i)->fault)
			return EXIT_CONFIG;
	puts("the configuration is good");
	return 0;
}

int
cli_serve(int argc, char **argv)
{
	struct session s;
	struct options o;
	int r = session_open(&s);

	if (r != 0)
		return r;
	r = options_read(s.arena, argc, argv, rows, &o);
	if (r == 0 && o.operand_count > 0)
		r = usage("serve", "there is nothing to do with", o.operands[0]);
	if (r == 0)
		r = session_configure(&s, option_value(&o, "--config"));
	if (r == 0)
		r = session_trust(&s, NULL, 0, s.policy.env);
	if (r == 0 && option_value(&o, "--check"))
		r = check(&s);
	else if (r == 0)
		r = serve(&s);
	session_close(&s);
	return r;
}
