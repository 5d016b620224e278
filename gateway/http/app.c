/* app.c - the shared state: the current trust snapshot, the clocks, the log; and what a thread keeps for itself.
 *
 * A snapshot is published under a lock that nobody holds longer than a few
 * instructions; loops notice by a number that they compare without it.
 */
#include "gateway/http/app.h"

#include "gateway/desk/desk.h"
#include "gateway/http/tls/tls.h"
#include "gateway/publish/publisher.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct trust *
app_trust(struct app *app, unsigned *generation)
{
	struct trust *t;

	pthread_mutex_lock(&app->lock);
	t = trust_ref(app->trust);
	*generation = atomic_load_explicit(&app->generation, memory_order_relaxed);
	pthread_mutex_unlock(&app->lock);
	return t;
}

void
app_publish(struct app *app, struct trust *t)
{
	struct trust *old;

	pthread_mutex_lock(&app->lock);
	old = app->trust;
	app->trust = t;
	atomic_fetch_add_explicit(&app->generation, 1, memory_order_release);
	pthread_mutex_unlock(&app->lock);
	trust_unref(old);
}

struct ssl_ctx_st *
app_tls(struct app *app)
{
	struct ssl_ctx_st *ctx;

	pthread_mutex_lock(&app->lock);
	ctx = tls_context_ref(app->tls);
	pthread_mutex_unlock(&app->lock);
	return ctx;
}

void
app_renew_tls(struct app *app, struct ssl_ctx_st *ctx)
{
	struct ssl_ctx_st *old;

	pthread_mutex_lock(&app->lock);
	old = app->tls;
	app->tls = ctx;
	pthread_mutex_unlock(&app->lock);
	tls_context_free(old);
}

int
tools_open(struct tools *t, struct app *app)
{
	const size_t budget = app->config->limits.memory;

	t->app = app;
	t->kit = kit_new();
	t->arena = arena_new(budget);
	t->scratch = arena_new(budget);
	if (t->kit && app->equip)
		app->equip(app->equip_arg, t->kit);
	if (t->kit && t->arena && t->scratch)
		return 0;
	tools_close(t);
	return -ENOMEM;
}

void
tools_close(struct tools *t)
{
	arena_free(t->scratch);
	arena_free(t->arena);
	if (t->kit)
		kit_free(t->kit);
	*t = (struct tools){ 0 };
}

uint64_t
clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

int64_t
clock_wall(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME_COARSE, &t);
	return t.tv_sec;
}

void
log_event(const struct app *app, enum config_log level, const char *event, const char *format, ...)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };
	char line[1024], members[512], stamp[32];
	time_t now = clock_wall();
	struct tm tm;
	va_list args;

	if (level > app->config->log)
		return;
	va_start(args, format);
	vsnprintf(members, sizeof(members), format, args);
	va_end(args);
	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &tm);
	int n = snprintf(line, sizeof(line),
		"{\"time\":\"%s\",\"level\":\"%s\",\"event\":\"%s\"%s%s}\n", stamp, names[level],
		event, members[0] ? "," : "", members);
	if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
		return; /* nobody is left to tell */
}

int
app_file(struct app *app, const struct issued *entry, store_done *done, void *arg)
{
	return store_append(desk_store(app->desk), entry, done, arg);
}

static bool
get_own(void *arg, struct span url, struct arena *a, struct span *out)
{
	const struct app *app = arg;

	return app->publisher && publisher_get(app->publisher, url, a, out);
}

int
app_publisher(struct app *app)
{
	struct publisher_setup setup = { .clock = clock_wall };
	const char *why;

	app->at_hand = (struct at_hand){ get_own, app };
	if (!app->desk)
		return 0;
	setup.keys = desk_keys(app->desk);
	setup.store = desk_store(app->desk);
	int r = publisher_open(&setup, &why, &app->publisher);
	if (r != 0)
		log_event(app, LOG_ERROR, "publish", "\"why\":\"%s\"", why);
	return r;
}

/* The log answers each of them within bounded time, its last ones while it is closed. */
void
app_settle(struct app *app)
{
	const struct timespec moment = { 0, 1000000 };

	while (atomic_load(&app->filing) > 0)
		nanosleep(&moment, NULL);
}

int
app_revoke(
	struct app *app, const struct issued *entry, unsigned reason, store_done *done, void *arg)
{
	return store_revoke(desk_store(app->desk), entry->id, reason, clock_wall(), done, arg);
}

void
app_revoked(struct app *app)
{
	publisher_wake(app->publisher);
}
