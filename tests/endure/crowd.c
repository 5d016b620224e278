/* crowd.c - see crowd.h. */
#include "tests/endure/crowd.h"

#include "tests/endure/line.h"

#include <libpq-fe.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* --- what was told --- */

static bool
hex_read(const char *text, uint8_t *out, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unsigned byte;
		if (sscanf(&text[2 * i], "%2x", &byte) != 1)
			return false;
		out[i] = (uint8_t)byte;
	}
	return true;
}

bool
told_read(const char *answer, struct told *out)
{
	const char *of = strstr(answer, "\"attestation\":"),
		   *id = of ? strstr(of, "\"id\":\"") : NULL;
	const char *list = of ? strstr(of, "/status/") : NULL,
		   *index = of ? strstr(of, "statusListIndex\\\":\\\"") : NULL;

	*out = (struct told){ .list = -1, .index = -1 };
	if (!id || strnlen(id, 40) < 40 || !hex_read(id + 6, out->id, STORE_ID))
		return false;
	if (list && index) {
		out->list = strtol(list + 8, NULL, 10);
		out->index = strtol(index + 20, NULL, 10);
	}
	return true;
}

/* With the lock held. */
static void
remember(struct crowd *c, const struct told *t)
{
	if (c->count == c->room) {
		c->room = c->room ? 2 * c->room : 4096;
		c->told = realloc(c->told, c->room * sizeof(*c->told));
		if (!c->told)
			abort();
	}
	c->told[c->count++] = *t;
}

/* --- clients --- */

/* false: it is over. */
static bool
go_on(struct crowd *c)
{
	pthread_mutex_lock(&c->lock);
	while (c->pause && !c->over) {
		c->resting++;
		pthread_cond_broadcast(&c->wake);
		pthread_cond_wait(&c->wake, &c->lock);
		c->resting--;
	}
	bool over = c->over;
	pthread_mutex_unlock(&c->lock);
	return !over;
}

/* Once; 200 only when all of it was there. */
static int
ask_once(struct crowd *c, struct line *l, const char *request, size_t len, char *answer)
{
	struct told t;
	int status = line_ask(l, request, len, answer, ANSWER_MAX);

	pthread_mutex_lock(&c->lock);
	if (status == 200 && told_read(answer, &t)) {
		remember(c, &t);
	} else {
		c->refused++;
		c->status = status > 0 ? status : c->status;
		status = 0;
	}
	pthread_mutex_unlock(&c->lock);
	return status;
}

/* Until it gets it. */
static void
ask_again_and_again(struct crowd *c, struct line *l, const char *request, size_t len, char *answer)
{
	double began = seconds();
	size_t tries = 1;

	while (ask_once(c, l, request, len, answer) != 200 && tries < CROWD_TRIES) {
		usleep(20000);
		tries++;
		if (!go_on(c))
			return;
	}
	pthread_mutex_lock(&c->lock);
	c->tries += tries - 1;
	c->gave_up += tries == CROWD_TRIES;
	if (seconds() - began > c->slowest)
		c->slowest = seconds() - began;
	pthread_mutex_unlock(&c->lock);
}

struct client {
	struct line line;
	char request[2][8192], answer[ANSWER_MAX];
	size_t len[2];
};

static void *
live(void *arg)
{
	struct crowd *c = arg;
	struct client *me = calloc(1, sizeof(*me));

	if (!me)
		abort();
	me->line = (struct line){ .fd = -1, .port = c->port };
	for (int i = 0; i < 2; i++)
		me->len[i] = (size_t)snprintf(me->request[i], sizeof(me->request[i]),
			"POST /v1/translate?to=%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
			"text/plain\r\nAuthorization: Bearer %s\r\nContent-Length: %zu\r\n\r\n%s",
			i ? "shc" : "vc", c->world->token, strlen(c->world->sample),
			c->world->sample);
	for (int i = 0; go_on(c); i ^= 1)
		ask_again_and_again(c, &me->line, me->request[i], me->len[i], me->answer);
	line_close(&me->line);
	free(me);
	return NULL;
}

void
crowd_start(struct crowd *c, const struct world *w, int port, size_t clients)
{
	*c = (struct crowd){ .world = w, .port = port, .clients = clients };
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->wake, NULL);
	for (size_t i = 0; i < clients; i++)
		assert_int_equal(pthread_create(&c->threads[i], NULL, live, c), 0);
}

static void
tell(struct crowd *c, bool pause, bool over)
{
	pthread_mutex_lock(&c->lock);
	c->pause = pause;
	c->over = over;
	pthread_cond_broadcast(&c->wake);
	while (c->pause && c->resting < c->clients)
		pthread_cond_wait(&c->wake, &c->lock);
	pthread_mutex_unlock(&c->lock);
}

void
crowd_pause(struct crowd *c)
{
	tell(c, true, false);
}

void
crowd_go(struct crowd *c)
{
	tell(c, false, false);
}

void
crowd_end(struct crowd *c)
{
	tell(c, false, true);
	for (size_t i = 0; i < c->clients; i++)
		pthread_join(c->threads[i], NULL);
}

void
crowd_free(struct crowd *c)
{
	free(c->told);
	pthread_cond_destroy(&c->wake);
	pthread_mutex_destroy(&c->lock);
}

size_t
crowd_count(struct crowd *c)
{
	pthread_mutex_lock(&c->lock);
	size_t n = c->count;
	pthread_mutex_unlock(&c->lock);
	return n;
}

size_t
crowd_refused(struct crowd *c, int *status)
{
	pthread_mutex_lock(&c->lock);
	size_t n = c->refused;
	*status = c->status;
	pthread_mutex_unlock(&c->lock);
	return n;
}

/* --- the log --- */

static int
by_place(const void *a, const void *b)
{
	const struct told *x = a, *y = b;

	if (x->list != y->list)
		return x->list < y->list ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static void
check_places(const struct told *told, size_t count)
{
	struct told *all = malloc((count + 1) * sizeof(*all));

	assert_non_null(all);
	memcpy(all, told, count * sizeof(*all));
	qsort(all, count, sizeof(*all), by_place);
	for (size_t i = 1; i < count; i++)
		if (all[i].list >= 0 && by_place(&all[i - 1], &all[i]) == 0)
			fail_msg("place %lld of list %lld was told twice", (long long)all[i].index,
				(long long)all[i].list);
	free(all);
}

void
crowd_check(struct crowd *c, size_t since)
{
	const struct store_setup *setup = &c->world->depot.setup;
	struct store_checked checked;
	struct store_found f;
	struct store *s = NULL;
	const char *why = "";
	int r = store_check(setup, &checked);

	if (r != 0)
		fail_msg("the chain does not fit: %d, record %lld, %s", r, (long long)checked.bad,
			checked.why ? checked.why : "");
	if ((r = store_open(setup, &why, &s)) != 0)
		fail_msg("the log: %d, %s", r, why);
	assert_true(checked.issued >= (int64_t)c->count);
	for (size_t i = since; i < c->count; i++)
		if (depot_find(s, c->told[i].id, &f) != 0 || f.status_list != c->told[i].list ||
			f.status_index != c->told[i].index)
			fail_msg("number %zu was acknowledged and is not in the log", i);
	store_close(s);
	check_places(c->told, c->count);
}

#define TWICE                                                                                  \
	"SELECT count(*) FROM (SELECT list, idx FROM log WHERE kind = 1 AND list IS NOT NULL " \
	"GROUP BY list, idx HAVING count(*) > 1) AS t"

static int
take_number(void *arg, int count, char **texts, char **names)
{
	(void)count;
	(void)names;
	*(long *)arg = atol(texts[0]);
	return 0;
}

long
places_used_twice(const struct world *w)
{
	long n = -1;

	if (w->depot.setup.url) {
		PGconn *db = PQconnectdb(w->depot.setup.url);
		PGresult *r = PQexec(db, TWICE);
		assert_int_equal(PQntuples(r), 1);
		n = atol(PQgetvalue(r, 0, 0));
		PQclear(r);
		PQfinish(db);
	} else {
		sqlite3 *db;
		assert_int_equal(sqlite3_open(w->depot.setup.path, &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, TWICE, take_number, &n, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_close(db), SQLITE_OK);
	}
	return n;
}
