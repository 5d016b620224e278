/* serve.c - `vidimus serve`: the gateway, from one configuration file; SIGHUP reads its lists again (reload.c). */
#include "gateway/cli/serve/serve.h"

#include "gateway/cli/issue/office.h"
#include "gateway/cli/keys/ring.h"
#include "gateway/http/server.h"

#include <stdio.h>
#include <string.h>

static const struct option_row rows[] = { { "--config", true, false }, { "--check", false, false },
	{ 0 } };

/* Of the environment that counts. */
static size_t
usable_keys(const struct trust *t, enum trust_env env)
{
	size_t n = 0;

	for (size_t i = 0; i < trust_source_count(t); i++)
		if (trust_source_at(t, i)->env == env)
			n += trust_source_at(t, i)->keys;
	return n;
}

static void
show_url(const char *scheme, const struct config_address *a, unsigned port, const char *before)
{
	bool brackets = span_find(a->host, ':') < a->host.len;

	if (port > 0)
		printf("%s%s://%s%.*s%s:%u", before, scheme, brackets ? "[" : "", (int)a->host.len,
			(const char *)a->host.ptr, brackets ? "]" : "", port);
}

static void
welcome(const struct session *s, const struct lists *lists, const struct server *server)
{
	const struct config_http *h = &s->config.http;
	unsigned plain = server_port(server), tls = server_tls_port(server);

	printf("vidimus %s listens on ", VIDIMUS_VERSION);
	show_url("http", &h->listen, plain, "");
	show_url("https", &h->tls_listen, tls, plain > 0 ? " and " : "");
	printf(" (%zu trusted keys, environment %s)\n",
		usable_keys(lists_trust(lists), s->policy.env), env_name(s->policy.env));
	fflush(stdout);
}

static int
cannot_listen(const struct config_http *h, int error)
{
	fputs("vidimus serve: can't listen on ", stderr);
	if (h->listen.host.len > 0)
		fprintf(stderr, "%.*s, port %u%s", (int)h->listen.host.len,
			(const char *)h->listen.host.ptr, h->listen.port,
			h->tls_listen.host.len > 0 ? ", or " : "");
	if (h->tls_listen.host.len > 0)
		fprintf(stderr, "%.*s, port %u", (int)h->tls_listen.host.len,
			(const char *)h->tls_listen.host.ptr, h->tls_listen.port);
	fprintf(stderr, ": %s\n", load_error(error));
	return EXIT_FAULT;
}

/* What SIGHUP reads again. */
struct again {
	struct lists *lists;
	struct keys *keys; /* NULL: it signs nothing */
};

static struct trust *
reload(void *arg)
{
	struct again *a = arg;

	int r = a->keys ? keys_refresh(a->keys) : 0;

	if (r != 0)
		fprintf(stderr, "vidimus serve: our keys stay as they were: %s\n", ring_error(r));
	return lists_reload(a->lists);
}

static bool
refused(void *arg, size_t source)
{
	return lists_refused(((struct again *)arg)->lists, source);
}

static int
run(struct session *s, struct lists *lists, const struct office *office)
{
	struct again again = { lists, office->keys };
	struct server_setup setup = { .config = &s->config,
		.desk = office->desk,
		.trust = lists_trust(lists),
		.reload = reload,
		.refused = refused,
		.reload_arg = &again,
		.secrets = session_secrets,
		.secrets_arg = s,
		.equip = session_equip,
		.equip_arg = s };
	struct server *server;
	int r = load_fetch_ca(s->arena, &s->config, s->config_path, &setup.fetch_ca);

	if (r != 0) {
		fprintf(stderr, "vidimus serve: certificates of [fetch]: %s\n", load_error(r));
		return EXIT_CONFIG;
	}
	r = session_secrets_check(s);
	if (r != 0)
		return r;
	r = server_new(&setup, &server);
	if (r != 0)
		return cannot_listen(&s->config.http, r);
	welcome(s, lists, server);
	r = server_run(server);
	server_free(server);
	return r == 0 ? 0 : EXIT_FAULT;
}

static int
serve_signed(struct session *s, struct signer_process *signer)
{
	struct lists *lists;

	if (!s->contexts && session_contexts(s) != 0) {
		fputs("vidimus serve: the contexts don't fit into memory\n", stderr);
		return EXIT_FAULT;
	}
	if (lists_open(s, &lists) != 0) {
		fputs("vidimus serve: the trust lists don't fit into memory\n", stderr);
		return EXIT_FAULT;
	}
	server_hold_signals(); /* an office has threads */
	struct office office = { 0 };
	int r = s->config.keys.path.len > 0 ? office_open(s, signer, &office) : 0;
	if (r == 0)
		r = run(s, lists, &office);
	office_close(&office);
	lists_close(lists);
	return r;
}

/* The signer first: it is made while there is one thread, and no file of the lists is open. */
static int
serve(struct session *s)
{
	struct signer_process *signer = NULL;
	int r = s->config.keys.path.len > 0 ? ring_start(s, &signer) : 0;

	if (r == 0)
		r = serve_signed(s, signer);
	signer_stop(signer);
	return r;
}

/* Faults of lists are told while they are read. */
static int
check(struct session *s)
{
	struct span ca;
	int r = load_fetch_ca(s->arena, &s->config, s->config_path, &ca);

	if (r != 0) {
		fprintf(stderr, "vidimus serve: certificates of [fetch]: %s\n", load_error(r));
		return EXIT_CONFIG;
	}
	r = session_secrets_check(s);
	if (r == 0 && s->config.keys.path.len > 0)
		r = ring_check(s);
	if (r == 0)
		r = session_trust(s, NULL, 0, s->policy.env);

	for (size_t i = 0; r == 0 && i < trust_source_count(s->trust); i++)
		if (trust_source_at(s->trust, i)->fault)
			r = EXIT_CONFIG;
	if (r == 0)
		printf("the configuration is good: %zu trusted keys, environment %s\n",
			usable_keys(s->trust, s->policy.env), env_name(s->policy.env));
	return r;
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
		r = option_value(&o, "--check") ? check(&s) : serve(&s);
	session_close(&s);
	return r;
}
