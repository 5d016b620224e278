/* server.c - binds, starts threads, waits for signals, and ends in good order.
 *
 * The thread that runs the server only waits: signals come to it as bytes of a
 * descriptor, and so do stops and reloads asked for by other threads.
 */
#include "gateway/http/server.h"

#include "gateway/http/access/access.h"
#include "gateway/http/fetch/keeper.h"
#include "gateway/http/guard.h"
#include "gateway/http/loop.h"
#include "gateway/http/metrics.h"
#include "gateway/http/port/port.h"
#include "gateway/publish/publisher.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { SECRETS_MEMORY = 16 << 20 };

/* Of the lists: one at a time, however often it is asked for. */
struct reload {
	struct job job;
	struct server *server;
	atomic_uint asked; /* since the one under way began; it begins anew for all of them */
};

struct server {
	struct app app;
	struct server_setup setup;
	sigset_t old_mask;
	int signals, commands; /* descriptors; signals -1 where they are the caller's */
	struct reload reload;
	atomic_bool reload_wanted;
	bool running_apart;
	pthread_t thread;
	struct port plain, tls;
	unsigned loop_count;
	struct loop loops[];
};

unsigned
server_port(const struct server *s)
{
	return port_number(&s->plain);
}

unsigned
server_tls_port(const struct server *s)
{
	return port_number(&s->tls);
}

/* --- start --- */

static void
signals_of(sigset_t *mask)
{
	sigemptyset(mask);
	sigaddset(mask, SIGTERM);
	sigaddset(mask, SIGINT);
	sigaddset(mask, SIGHUP);
}

void
server_hold_signals(void)
{
	sigset_t mask;

	signals_of(&mask);
	pthread_sigmask(SIG_BLOCK, &mask, NULL);
}

static int
open_signals(struct server *s)
{
	sigset_t mask;

	s->commands = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (s->commands < 0)
		return -errno;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a limit of the log's size is a full disk, and no end */
	if (s->setup.no_signals)
		return 0;
	signals_of(&mask);
	pthread_sigmask(SIG_BLOCK, &mask, &s->old_mask);
	s->signals = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
	return s->signals < 0 ? -errno : 0;
}

static unsigned
or_cores(unsigned n)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? n : cores > 0 ? (unsigned)cores : 1;
}

static int
open_loops(struct server *s)
{
	int r = port_probe(&s->plain);

	if (r == 0)
		r = port_probe(&s->tls);
	while (r == 0 && s->loop_count < or_cores(s->app.config->http.loops)) {
		int plain = -1, tls = -1;
		r = port_listen(&s->plain, &plain);
		if (r == 0)
			r = port_listen(&s->tls, &tls);
		if (r == 0)
			r = loop_open(&s->loops[s->loop_count], &s->app, plain, tls);
		else if (plain >= 0)
			close(plain);
		if (r == 0)
			s->loop_count++;
	}
	return r;
}

static int
open_keeper(struct server *s)
{
	const struct config *c = s->app.config;
	struct keeper_setup setup = { .limits = &c->limits };

	if (!c->fetch.enabled)
		return 0;
	if (s->setup.fetch_test)
		setup.fetch = *s->setup.fetch_test;
	setup.fetch.config = &c->fetch;
	setup.fetch.ca = s->setup.fetch_ca;
	return keeper_new(&setup, &s->app.keeper);
}

/* Tokens and the like, as they are now. */
static int
take_secrets(struct server *s)
{
	struct secrets secrets = { 0 };
	struct ssl_ctx_st *ctx = NULL;
	struct arena *a;
	int r;

	if (!s->setup.secrets)
		return 0;
	a = arena_new(SECRETS_MEMORY);
	r = a ? s->setup.secrets(s->setup.secrets_arg, a, &secrets) : -ENOMEM;
	if (r == 0 && secrets.tls.certificate.ptr)
		r = tls_context_new(&secrets.tls, &ctx, &secrets.why);
	if (r == 0 && ctx)
		app_renew_tls(&s->app, ctx);
	if (r == 0)
		access_tokens(s->app.access, secrets.tokens);
	else
		log_event(&s->app, LOG_WARN, "secrets_kept", "\"of\":\"%s\",\"why\":\"%s\"",
			secrets.where ? secrets.where : "",
			secrets.why ? secrets.why : "there is no memory to read them");
	arena_free(a);
	return r;
}

static int
open_all(struct server *s)
{
	const struct config_http *http = &s->app.config->http;
	int r = port_resolve(&s->plain, &http->listen);

	if (r == 0)
		r = port_resolve(&s->tls, &http->tls_listen);
	if (r == 0)
		r = open_signals(s);
	if (r == 0)
		r = metrics_new(&s->app.metrics);
	if (r == 0)
		r = guard_new(http, &s->app.guard);
	if (r == 0)
		r = access_new(s->app.config, &s->app.access);
	if (r == 0)
		r = take_secrets(s);
	if (r == 0 && port_is_wanted(&s->tls) && !s->app.tls)
		r = -EINVAL;
	if (r == 0)
		r = open_keeper(s);
	if (r == 0)
		r = app_publisher(&s->app);
	if (r == 0)
		r = workers_new(&s->app, or_cores(http->workers), http->queue, &s->app.workers);
	return r == 0 ? open_loops(s) : r;
}

int
server_new(const struct server_setup *setup, struct server **out)
{
	unsigned loops = or_cores(setup->config->http.loops);
	struct server *s = calloc(1, sizeof(*s) + loops * sizeof(s->loops[0]));
	int r;

	if (!s)
		return -ENOMEM;
	s->setup = *setup;
	s->signals = s->commands = -1;
	s->app.config = setup->config;
	s->app.equip = setup->equip;
	s->app.equip_arg = setup->equip_arg;
	s->app.desk = setup->desk;
	s->app.refused = setup->refused;
	s->app.refused_arg = setup->reload_arg;
	s->app.trust = trust_ref(setup->trust);
	pthread_mutex_init(&s->app.lock, NULL);
	r = open_all(s);
	s->setup.fetch_test = NULL;
	if (r != 0)
		server_free(s);
	else
		*out = s;
	return r;
}

/* --- commands --- */

static void
reload_once(struct server *s)
{
	bool taken = take_secrets(s) == 0;
	struct trust *t = s->setup.reload ? s->setup.reload(s->setup.reload_arg) : NULL;

	if (t)
		app_publish(&s->app, t);
	taken = taken && (t || !s->setup.reload);
	count_reload(s->app.metrics, taken);
	log_event(&s->app, taken ? LOG_INFO : LOG_WARN, "reload", "\"taken\":%s",
		taken ? "true" : "false");
}

static bool
reload_run(struct job *job, struct tools *tools)
{
	struct reload *r = (struct reload *)(void *)job;
	unsigned asked = atomic_load(&r->asked);

	(void)tools;
	do
		reload_once(r->server);
	while (!atomic_compare_exchange_strong(&r->asked, &asked, 0));
	return true;
}

static void
start_reload(struct server *s)
{
	struct reload *r = &s->reload;

	if ((!s->setup.reload && !s->setup.secrets) || atomic_fetch_add(&r->asked, 1) > 0)
		return;
	r->job = (struct job){ reload_run, NULL, NULL, NULL };
	r->server = s;
	if (workers_submit(s->app.workers, &r->job) != 0) {
		atomic_store(&r->asked, 0);
		count_reload(s->app.metrics, false);
		log_event(&s->app, LOG_WARN, "reload",
			"\"taken\":false,\"why\":\"the queue is full\"");
	}
}

static void
command(struct server *s)
{
	const uint64_t one = 1;

	while (write(s->commands, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

void
server_reload(struct server *s)
{
	atomic_store(&s->reload_wanted, true);
	command(s);
}

static void
ring_loops(struct server *s)
{
	for (unsigned i = 0; i < s->loop_count; i++)
		mailbox_ring(&s->loops[i].mail);
}

void
server_stop(struct server *s)
{
	atomic_store(&s->app.stopping, true);
	command(s);
	ring_loops(s);
}

static void
on_signal(struct server *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGHUP) {
			start_reload(s);
			continue;
		}
		if (atomic_load(&s->app.stopping))
			atomic_store(&s->app.hurry, true);
		log_event(&s->app, LOG_INFO, "stop", "\"signal\":%u", info.ssi_signo);
		server_stop(s);
	}
}

/* --- run --- */

static void *
loop_thread(void *arg)
{
	struct loop *l = arg;
	const uint64_t one = 1;

	loop_run(l);
	/* tell the waiting thread that one more has ended */
	atomic_fetch_add(l->ended, 1);
	while (write(l->ended_fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
	return NULL;
}

static void
wait_for_end(struct server *s, unsigned loops, atomic_uint *ended)
{
	while (atomic_load(ended) < loops) {
		struct pollfd p[2] = { { s->commands, POLLIN, 0 }, { s->signals, POLLIN, 0 } };
		uint64_t rings;
		if (poll(p, s->signals < 0 ? 1 : 2, -1) < 0)
			continue;
		if (p[0].revents & POLLIN && read(s->commands, &rings, sizeof(rings)) < 0)
			continue;
		if (p[1].revents & POLLIN)
			on_signal(s);
		if (atomic_exchange(&s->reload_wanted, false))
			start_reload(s);
	}
}

int
server_run(struct server *s)
{
	atomic_uint ended = 0;
	unsigned started = 0;
	int r = 0;

	log_event(&s->app, LOG_INFO, "start", "\"port\":%u,\"tls_port\":%u,\"loops\":%u",
		server_port(s), server_tls_port(s), s->loop_count);
	for (; started < s->loop_count && r == 0; started += r == 0) {
		struct loop *l = &s->loops[started];
		l->ended = &ended;
		l->ended_fd = s->commands;
		r = -pthread_create(&l->thread, NULL, loop_thread, l);
	}
	if (r != 0)
		server_stop(s);
	wait_for_end(s, started, &ended);
	for (unsigned i = 0; i < started; i++)
		pthread_join(s->loops[i].thread, NULL);
	log_event(&s->app, LOG_INFO, "end", "\"open\":%zu", atomic_load(&s->app.connections));
	return r;
}

static void *
run_thread(void *arg)
{
	server_run(arg);
	return NULL;
}

int
server_start(struct server *s)
{
	int r = -pthread_create(&s->thread, NULL, run_thread, s);

	s->running_apart = r == 0;
	return r;
}

void
server_free(struct server *s)
{
	if (!s)
		return;
	if (s->running_apart) {
		server_stop(s);
		pthread_join(s->thread, NULL);
	}
	keeper_stop(s->app.keeper); /* whoever waits for it is told, in the loops' boxes */
	workers_free(s->app.workers);
	app_settle(&s->app);
	for (unsigned i = 0; i < s->loop_count; i++)
		loop_close(&s->loops[i]);
	keeper_free(s->app.keeper);
	publisher_close(s->app.publisher);
	tls_context_free(s->app.tls);
	access_free(s->app.access);
	guard_free(s->app.guard);
	metrics_free(s->app.metrics);
	trust_unref(s->app.trust);
	pthread_mutex_destroy(&s->app.lock);
	if (s->signals >= 0) {
		close(s->signals);
		pthread_sigmask(SIG_SETMASK, &s->old_mask, NULL);
	}
	if (s->commands >= 0)
		close(s->commands);
	free(s);
}
