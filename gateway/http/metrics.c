/* metrics.c - counters that one thread writes and anybody may read, and Prometheus' text of their sums.
 *
 * A counter has a single writer, so a plain relaxed load and store suffice: no
 * locked instruction on the way of a request.
 */
#include "gateway/http/metrics.h"

#include "codecs/base/buf.h"
#include "gateway/http/access/access.h"
#include "gateway/http/fetch/keeper.h"
#include "gateway/http/routes.h"
#include "gateway/http/workers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ROUTES_MAX = 32, STATUSES = 24, SCHEMES_MAX = 24 };

typedef _Atomic uint64_t tally;

struct counters {
	struct counters *next;
	tally counts[COUNT_COUNT];
	tally requests[ROUTES_MAX][STATUSES], microseconds[ROUTES_MAX];
	tally verdicts[SCHEMES_MAX][VERDICT_REJECTED + 1][REASON_COUNT];
};

struct metrics {
	pthread_mutex_t lock;
	struct counters *all;
	tally reloads, reloads_refused;
};

static const unsigned statuses[STATUSES] = { 200, 400, 401, 403, 404, 405, 406, 408, 411, 413, 414,
	415, 417, 422, 429, 431, 500, 501, 503, 505 };

static const struct {
	const char *name, *help;
} counted[COUNT_COUNT] = {
	[COUNT_ACCEPTED] = { "connections_accepted", "connections taken" },
	[COUNT_FULL] = { "connections_refused_all", "connections closed at once: too many in all" },
	[COUNT_ADDRESS_FULL] = { "connections_refused_address",
		"connections closed at once: too many from one address" },
	[COUNT_NO_DESCRIPTOR] = { "connections_refused_descriptors",
		"connections closed at once: no file descriptor left" },
	[COUNT_RATE] = { "requests_rate_limited", "requests refused by the rate of their address" },
	[COUNT_QUEUE] = { "requests_shed", "requests refused because the queue was full" },
	[COUNT_TIMEOUT] = { "connections_timed_out", "connections cut by a deadline" },
	[COUNT_HANDLED] = { "requests_handled", "requests that reached the handler of a route" },
	[COUNT_TLS] = { "tls_handshakes", "TLS handshakes that were finished" },
	[COUNT_TLS_FAILED] = { "tls_handshakes_failed", "TLS handshakes that failed" },
	[COUNT_LINES] = { "batch_lines", "lines of batches that were verified" },
};

int
metrics_new(struct metrics **out)
{
	struct metrics *m = calloc(1, sizeof(*m));

	if (!m)
		return -ENOMEM;
	pthread_mutex_init(&m->lock, NULL);
	*out = m;
	return 0;
}

void
metrics_free(struct metrics *m)
{
	if (!m)
		return;
	for (struct counters *c = m->all; c;) {
		struct counters *next = c->next;
		free(c);
		c = next;
	}
	pthread_mutex_destroy(&m->lock);
	free(m);
}

struct counters *
metrics_counters(struct metrics *m)
{
	struct counters *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	pthread_mutex_lock(&m->lock);
	c->next = m->all;
	m->all = c;
	pthread_mutex_unlock(&m->lock);
	return c;
}

static void
add(tally *t, uint64_t n)
{
	atomic_store_explicit(
		t, atomic_load_explicit(t, memory_order_relaxed) + n, memory_order_relaxed);
}

static uint64_t
read_tally(const tally *t)
{
	return atomic_load_explicit(t, memory_order_relaxed);
}

static size_t
status_index(unsigned status)
{
	size_t i = 0;

	while (i < STATUSES - 1 && statuses[i] != status)
		i++;
	return i;
}

void
count_one(struct counters *c, enum count what)
{
	add(&c->counts[what], 1);
}

void
count_request(struct counters *c, const struct route *r, unsigned status, uint64_t us)
{
	size_t i = route_index(r);

	add(&c->requests[i][status_index(status)], 1);
	add(&c->microseconds[i], us);
}

/* Schemes in the order of the codecs; 0: none was recognised. */
static const char *
scheme_at(size_t index)
{
	const struct codec *codec;

	for (size_t i = 0, n = 1; (codec = codec_at(i)); i++)
		for (const struct scheme *s = codec->schemes; s->name; s++)
			if (n++ == index)
				return s->name;
	return NULL;
}

static size_t
scheme_index(const char *name)
{
	const char *one;

	for (size_t i = 1; name && i < SCHEMES_MAX && (one = scheme_at(i)); i++)
		if (name == one || strcmp(name, one) == 0)
			return i;
	return 0;
}

void
count_verdict(struct counters *c, const char *scheme, enum verdict v, enum reason reason)
{
	add(&c->verdicts[scheme_index(scheme)][v][reason], 1);
}

void
count_reload(struct metrics *m, bool taken)
{
	atomic_fetch_add(taken ? &m->reloads : &m->reloads_refused, 1);
}

/* --- the text --- */

static void
metric(struct buf *b, const char *name, const char *suffix, const char *help, const char *type)
{
	const char *const parts[] = { "# HELP vidimus_", name, suffix, " ", help,
		"\n# TYPE vidimus_", name, suffix, " ", type, "\n" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		buf_str(b, parts[i]);
}

static void
label(struct buf *b, const char *name, struct span value, char end)
{
	buf_str(b, name);
	buf_char(b, '=');
	buf_json(b, value);
	buf_char(b, end);
}

static void
single(struct buf *b, const char *name, const char *suffix, uint64_t value)
{
	buf_str(b, "vidimus_");
	buf_str(b, name);
	buf_str(b, suffix);
	buf_char(b, ' ');
	buf_uint(b, value);
	buf_char(b, '\n');
}

static void
write_counts(struct buf *b, const struct counters *all)
{
	for (size_t i = 0; i < COUNT_COUNT; i++) {
		uint64_t sum = 0;
		for (const struct counters *c = all; c; c = c->next)
			sum += read_tally(&c->counts[i]);
		metric(b, counted[i].name, "_total", counted[i].help, "counter");
		single(b, counted[i].name, "_total", sum);
	}
}

static void
write_requests(struct buf *b, const struct counters *all)
{
	metric(b, "requests", "_total", "requests answered", "counter");
	for (size_t r = 0; r <= route_count(); r++) {
		for (size_t s = 0; s < STATUSES; s++) {
			uint64_t sum = 0;
			for (const struct counters *c = all; c; c = c->next)
				sum += read_tally(&c->requests[r][s]);
			if (sum == 0)
				continue;
			buf_str(b, "vidimus_requests_total{");
			label(b, "route",
				r < route_count() ? span_of(route_at(r)->path) : SPAN_LIT("none"),
				',');
			buf_str(b, "status=\"");
			buf_uint(b, statuses[s]);
			buf_str(b, "\"} ");
			buf_uint(b, sum);
			buf_char(b, '\n');
		}
	}
}

static void
write_times(struct buf *b, const struct counters *all)
{
	metric(b, "request_microseconds", "_total",
		"time between a request's last byte and its answer", "counter");
	for (size_t r = 0; r < route_count(); r++) {
		uint64_t sum = 0;
		for (const struct counters *c = all; c; c = c->next)
			sum += read_tally(&c->microseconds[r]);
		buf_str(b, "vidimus_request_microseconds_total{");
		label(b, "route", span_of(route_at(r)->path), '}');
		buf_char(b, ' ');
		buf_uint(b, sum);
		buf_char(b, '\n');
	}
}

static void
write_verdict(struct buf *b, const struct counters *all, size_t scheme, enum verdict v,
	enum reason reason)
{
	uint64_t sum = 0;
	const char *name = scheme > 0 ? scheme_at(scheme) : "none";

	for (const struct counters *c = all; c; c = c->next)
		sum += read_tally(&c->verdicts[scheme][v][reason]);
	if (sum == 0)
		return;
	buf_str(b, "vidimus_verdicts_total{");
	label(b, "scheme", span_of(name), ',');
	label(b, "verdict", span_of(verdict_name(v)), ',');
	label(b, "reason", reason == REASON_NONE ? SPAN_NONE : span_of(reason_code(reason)), '}');
	buf_char(b, ' ');
	buf_uint(b, sum);
	buf_char(b, '\n');
}

static void
write_verdicts(struct buf *b, const struct counters *all)
{
	metric(b, "verdicts", "_total", "certificates verified", "counter");
	for (size_t s = 0; s < SCHEMES_MAX; s++)
		for (enum verdict v = 0; v <= VERDICT_REJECTED; v++)
			for (enum reason r = 0; r < REASON_COUNT; r++)
				write_verdict(b, all, s, v, r);
}

/* The alarm: what counts of such a source is what was good before, or nothing. */
static void
write_refused(struct buf *b, const struct app *app, const struct trust *t)
{
	metric(b, "trust_source_refused", "",
		"1: a source was at fault or older when last read, and is used as it was", "gauge");
	for (size_t i = 0; i < trust_source_count(t); i++) {
		const struct trust_source_info *s = trust_source_at(t, i);
		bool refused = s->fault || (app->refused && app->refused(app->refused_arg, i));
		buf_str(b, "vidimus_trust_source_refused{");
		label(b, "source", s->name, '}');
		buf_str(b, refused ? " 1\n" : " 0\n");
	}
}

static void
write_trust(struct buf *b, const struct trust *t, int64_t now)
{
	metric(b, "trust_keys", "", "usable keys of a source", "gauge");
	for (size_t i = 0; i < trust_source_count(t); i++) {
		const struct trust_source_info *s = trust_source_at(t, i);
		buf_str(b, "vidimus_trust_keys{");
		label(b, "source", s->name, '}');
		buf_char(b, ' ');
		buf_uint(b, s->keys);
		buf_char(b, '\n');
	}
	metric(b, "trust_age_seconds", "", "time since a source was fetched", "gauge");
	for (size_t i = 0; i < trust_source_count(t); i++) {
		const struct trust_source_info *s = trust_source_at(t, i);
		if (s->read_at == TIME_NONE)
			continue;
		buf_str(b, "vidimus_trust_age_seconds{");
		label(b, "source", s->name, '}');
		buf_char(b, ' ');
		buf_int(b, now - s->read_at);
		buf_char(b, '\n');
	}
}

static void
gauge(struct buf *b, const char *name, const char *help, uint64_t value)
{
	metric(b, name, "", help, "gauge");
	single(b, name, "", value);
}

static void
write_fetches(struct buf *b, const struct keeper *k)
{
	if (!k)
		return;
	gauge(b, "fetch_waiting", "requests that wait for what is fetched", keeper_waiting(k));
	metric(b, "fetches", "_total", "fetches for documents, by what became of them", "counter");
	for (enum fetch_outcome o = 0; o < FETCH_OUTCOMES; o++) {
		buf_str(b, "vidimus_fetches_total{");
		label(b, "outcome", span_of(fetch_outcome_name(o)), '}');
		buf_char(b, ' ');
		buf_uint(b, keeper_count(k, o));
		buf_char(b, '\n');
	}
}

void
metrics_write(struct buf *b, struct app *app, const struct trust *t, int64_t now)
{
	struct metrics *m = app->metrics;

	pthread_mutex_lock(&m->lock);
	const struct counters *all = m->all; /* entries are only ever added, at the front */
	pthread_mutex_unlock(&m->lock);
	gauge(b, "connections", "open connections", atomic_load(&app->connections));
	gauge(b, "queue", "jobs that wait for a worker", workers_waiting(app->workers));
	write_counts(b, all);
	metric(b, "reloads", "_total", "trust snapshots taken over", "counter");
	single(b, "reloads", "_total", read_tally(&m->reloads));
	metric(b, "reloads_refused", "_total", "reloads that kept the old snapshot", "counter");
	single(b, "reloads_refused", "_total", read_tally(&m->reloads_refused));
	write_requests(b, all);
	write_times(b, all);
	write_verdicts(b, all);
	write_trust(b, t, now);
	write_refused(b, app, t);
	write_fetches(b, app->keeper);
	access_metrics(app->access, b);
}
