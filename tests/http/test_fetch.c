/* test_fetch.c - fetches from a server on loopback: what is refused, when, and caps. */
#include "tests/http/bed.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
assert_outcome(const char *what, enum fetch_outcome got, enum fetch_outcome wanted)
{
	if (got != wanted)
		fail_msg("%s: %s, not %s", what, fetch_outcome_name(got),
			fetch_outcome_name(wanted));
}

/* --- tests --- */

static const struct {
	const char *url;
	enum fetch_outcome outcome;
	int status;
	size_t len;
	unsigned sockets;
} rows[] = {
	{ "https://example.org/good", FETCH_GOOD, 200, 2, 1 },
	{ "https://six.example.org:8443/good", FETCH_GOOD, 200, 2, 1 },
	{ "https://EXAMPLE.org/good", FETCH_GOOD, 200, 2, 1 },
	{ "https://example.org/refresh", FETCH_GOOD, 200, 2, 1 },
	{ "https://example.org/most", FETCH_GOOD, 200, 65536, 1 },
	/* no socket at all */
	{ "http://example.org/good", FETCH_URL, 0, 0, 0 },
	{ "https://127.0.0.1/", FETCH_URL, 0, 0, 0 },
	{ "https://example.org:444/", FETCH_URL, 0, 0, 0 },
	{ "https://localhost/", FETCH_URL, 0, 0, 0 },
	{ "file:///etc/passwd", FETCH_URL, 0, 0, 0 },
	{ "https://loop.example.org/good", FETCH_ADDRESS, 0, 0, 0 },
	{ "https://meta.example.org/good", FETCH_ADDRESS, 0, 0, 0 },
	{ "https://mixed.example.org/good", FETCH_ADDRESS, 0, 0, 0 },
	{ "https://ula.example.org/good", FETCH_ADDRESS, 0, 0, 0 },
	{ "https://mapped.example.org/good", FETCH_ADDRESS, 0, 0, 0 },
	{ "https://many.example.org/good", FETCH_ADDRESS, 0, 0, 0 },
	{ "https://none.example.org/good", FETCH_NAME, 0, 0, 0 },
	{ "https://broken.example.org/good", FETCH_LOOKUP, 0, 0, 0 },
	{ "https://empty.example.org/good", FETCH_LOOKUP, 0, 0, 0 },
	/* one socket, and no second one */
	{ "https://example.org/302", FETCH_REDIRECT, 302, 0, 1 },
	{ "https://example.org/302-same", FETCH_REDIRECT, 302, 0, 1 },
	{ "https://example.org/307-other", FETCH_REDIRECT, 307, 0, 1 },
	{ "https://example.org/302-none", FETCH_REDIRECT, 302, 0, 1 },
	{ "https://example.org/over", FETCH_SIZE, 0, 0, 1 },
	{ "https://example.org/over-unsaid", FETCH_SIZE, 0, 0, 1 },
	{ "https://example.org/endless", FETCH_SIZE, 0, 0, 1 },
	{ "https://example.org/fields", FETCH_SIZE, 0, 0, 1 },
	{ "https://example.org/gzip", FETCH_CODING, 0, 0, 1 },
	{ "https://example.org/html", FETCH_CODING, 200, 0, 1 },
	{ "https://example.org/204", FETCH_STATUS, 204, 0, 1 },
	{ "https://example.org/401", FETCH_STATUS, 401, 0, 1 },
	{ "https://example.org/500", FETCH_STATUS, 500, 0, 1 },
	{ "https://example.org/cut", FETCH_CONNECT, 0, 0, 1 },
	{ "https://example.org/nothing", FETCH_CONNECT, 0, 0, 1 },
};

static void
tells_what_became_of_each(void **state)
{
	struct bed b;
	struct waiter w;

	(void)state;
	bed_open(&b, STUB_GOOD);
	bed_start(&b, 5000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned before = atomic_load(&b.sockets);
		bed_ask(&b, &w, rows[i].url);
		assert_outcome(rows[i].url, bed_hear(&w), rows[i].outcome);
		if (w.fetch.status != rows[i].status || w.fetch.bytes.len != rows[i].len)
			fail_msg("%s: status %d, %zu bytes", rows[i].url, w.fetch.status,
				w.fetch.bytes.len);
		if (atomic_load(&b.sockets) - before != rows[i].sockets)
			fail_msg("%s: another number of sockets", rows[i].url);
		bed_drop(&w);
	}
	/* every socket went to the stub, none elsewhere */
	assert_int_equal(stub_accepted(b.stub), atomic_load(&b.sockets));
	bed_close(&b);
}

static void
patience_ends(void **state)
{
	static const struct {
		const char *url;
		enum fetch_outcome outcome;
	} slow[] = {
		{ "https://example.org/drip", FETCH_TIME },
		{ "https://example.org/slow", FETCH_TIME },
		{ "https://hangs.example.org/good", FETCH_LOOKUP },
	};
	struct bed b;
	struct waiter w;

	(void)state;
	bed_open(&b, STUB_GOOD);
	bed_start(&b, 400);
	for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++) {
		uint64_t began = bed_clock();
		bed_ask(&b, &w, slow[i].url);
		assert_outcome(slow[i].url, bed_hear(&w), slow[i].outcome);
		uint64_t took = bed_clock() - began;
		if (took < 300 || took > 1400)
			fail_msg("%s: after %d ms", slow[i].url, (int)took);
		bed_drop(&w);
	}
	bed_close(&b);
}

static void
speaks_to_none_but_the_host(void **state)
{
	static const struct {
		enum stub_manner manner;
		enum fetch_outcome outcome;
	} manners[] = { { STUB_GOOD, FETCH_GOOD }, { STUB_STRANGER, FETCH_TLS },
		{ STUB_EXPIRED, FETCH_TLS }, { STUB_MISNAMED, FETCH_TLS }, { STUB_VAST, FETCH_TLS },
		{ STUB_OLD, FETCH_TLS }, { STUB_RUDE, FETCH_TLS } };

	(void)state;
	for (size_t i = 0; i < sizeof(manners) / sizeof(manners[0]); i++) {
		struct bed b;
		struct waiter w;
		bed_open(&b, manners[i].manner);
		bed_start(&b, 5000);
		bed_ask(&b, &w, "https://example.org/good");
		if (bed_hear(&w) != manners[i].outcome)
			fail_msg("manner %zu: %s", i, fetch_outcome_name(w.fetch.outcome));
		/* whatever went wrong, nothing was asked of a stranger */
		assert_int_equal(stub_asked(b.stub), manners[i].manner == STUB_GOOD);
		bed_drop(&w);
		bed_close(&b);
	}
}

/* The system's authorities do not know the stub's. */
static void
other_authorities_do_not_count(void **state)
{
	struct bed b, other;
	struct waiter w;

	(void)state;
	bed_open(&b, STUB_GOOD);
	bed_open(&other, STUB_GOOD);
	const struct fetch_setup setup = { .config = &b.config,
		.ca = stub_ca(other.stub),
		.resolve = bed_resolve,
		.divert = bed_divert,
		.arg = &b };
	assert_int_equal(fetcher_new(&setup, &b.fetcher), 0);
	bed_ask(&b, &w, "https://example.org/good");
	assert_outcome("a stranger's authority", bed_hear(&w), FETCH_TLS);
	bed_drop(&w);
	fetcher_free(b.fetcher);
	const struct fetch_setup plain = {
		.config = &b.config, .resolve = bed_resolve, .divert = bed_divert, .arg = &b
	};
	assert_int_equal(fetcher_new(&plain, &b.fetcher), 0);
	bed_ask(&b, &w, "https://example.org/good");
	assert_outcome("the system's authorities", bed_hear(&w), FETCH_TLS);
	bed_drop(&w);
	bed_close(&b);
	bed_close(&other);
}

static void
says_little_and_posts_as_told(void **state)
{
	struct bed b;
	struct waiter w;
	char sent[4096];

	(void)state;
	/* neither a proxy nor credentials come from the environment */
	setenv("https_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	bed_open(&b, STUB_GOOD);
	bed_start(&b, 5000);
	bed_post(&b, &w, "https://example.org/echo", SPAN_LIT("{\"recipient\":\"x\"}"), false);
	assert_outcome("echo", bed_hear(&w), FETCH_GOOD);
	snprintf(sent, sizeof(sent), "%.*s", (int)w.fetch.bytes.len,
		(const char *)w.fetch.bytes.ptr);
	assert_non_null(strstr(sent, "POST /echo HTTP/1.1\r\nHost: example.org\r\n"));
	assert_non_null(strstr(sent, "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(sent, "\r\nAccept-Encoding: identity\r\n"));
	assert_non_null(strstr(sent, "\r\n\r\n{\"recipient\":\"x\"}"));
	assert_null(strstr(sent, "Expect:"));
	assert_null(strstr(sent, "Cookie:"));
	assert_null(strstr(sent, "Authorization:"));
	assert_null(strstr(sent, "Referer:"));
	bed_drop(&w);
	bed_close(&b);
	unsetenv("https_proxy");
	unsetenv("ALL_PROXY");
}

static void
any_status_keeps_the_body(void **state)
{
	struct bed b;
	struct waiter w;

	(void)state;
	bed_open(&b, STUB_GOOD);
	bed_start(&b, 5000);
	bed_post(&b, &w, "https://example.org/401", SPAN_NONE, true);
	assert_outcome("401", bed_hear(&w), FETCH_STATUS);
	assert_int_equal(w.fetch.status, 401);
	assert_true(span_is(w.fetch.bytes, "{\"remainingAttempts\": 2}"));
	bed_drop(&w);
	bed_close(&b);
}

/* --- caps --- */

enum { CROWD = 40 };

static void
flights_are_few_and_the_rest_waits(void **state)
{
	static struct waiter w[CROWD];
	static char urls[CROWD][64];
	struct bed b;
	unsigned good = 0, busy = 0;

	(void)state;
	bed_open(&b, STUB_GOOD);
	b.config.flights = 4;
	b.config.waiting = 16;
	bed_start(&b, 5000);
	for (int i = 0; i < CROWD; i++) {
		snprintf(urls[i], sizeof(urls[i]), "https://n%d.example.org/beat", i);
		bed_ask(&b, &w[i], urls[i]);
	}
	/* those for which there is no room are told at once */
	for (int i = 4 + 16; i < CROWD; i++)
		assert_outcome(urls[i], bed_hear(&w[i]), FETCH_BUSY);
	assert_true(stub_accepted(b.stub) <= 4);
	for (int i = 0; i < 4 + 16; i++) {
		enum fetch_outcome o = bed_hear(&w[i]);
		good += o == FETCH_GOOD;
		busy += o == FETCH_BUSY;
	}
	assert_true(good == 20 && busy == 0);
	for (int i = 0; i < CROWD; i++)
		bed_drop(&w[i]);
	bed_close(&b);
}

static void
one_host_holds_up_no_other(void **state)
{
	static struct waiter w[8];
	struct waiter other;
	struct bed b;

	(void)state;
	bed_open(&b, STUB_GOOD);
	b.config.flights_per_host = 2;
	bed_start(&b, 1000);
	for (int i = 0; i < 8; i++)
		bed_ask(&b, &w[i], "https://example.org/slow");
	bed_ask(&b, &other, "https://other.example.org/good");
	assert_outcome("another host", bed_hear(&other), FETCH_GOOD);
	assert_true(stub_accepted(b.stub) <= 3);
	bed_drop(&other);
	fetcher_free(b.fetcher);
	b.fetcher = NULL;
	for (int i = 0; i < 8; i++) {
		assert_outcome("stopped", bed_hear(&w[i]), FETCH_STOPPED);
		bed_drop(&w[i]);
	}
	bed_close(&b);
}

static void
a_minute_has_its_fill(void **state)
{
	struct waiter w;
	struct bed b;

	(void)state;
	bed_open(&b, STUB_GOOD);
	b.config.per_minute = 3;
	bed_start(&b, 5000);
	for (int i = 0; i < 5; i++) {
		bed_ask(&b, &w, "https://example.org/good");
		assert_outcome("within a minute", bed_hear(&w), i < 3 ? FETCH_GOOD : FETCH_BUSY);
		bed_drop(&w);
	}
	assert_int_equal(stub_accepted(b.stub), 3);
	bed_close(&b);
}

/* Connections, names that hang and those who still wait: all are told, and nobody waits for them. */
static void
ends_with_flights_in_the_air(void **state)
{
	static struct waiter w[CROWD];
	struct bed b;

	(void)state;
	bed_open(&b, STUB_GOOD);
	bed_start(&b, 10000);
	for (int i = 0; i < CROWD; i++)
		bed_ask(&b, &w[i],
			i % 2 ? "https://example.org/slow" : "https://hangs.example.org/slow");
	poll(NULL, 0, 100);
	uint64_t began = bed_clock();
	fetcher_free(b.fetcher);
	b.fetcher = NULL;
	assert_true(bed_clock() - began < 500);
	for (int i = 0; i < CROWD; i++) {
		assert_outcome("stopped", bed_hear(&w[i]), FETCH_STOPPED);
		bed_drop(&w[i]);
	}
	bed_close(&b);
	poll(NULL, 0, 1700); /* names come back, and find nobody */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_became_of_each),
		cmocka_unit_test(patience_ends),
		cmocka_unit_test(speaks_to_none_but_the_host),
		cmocka_unit_test(other_authorities_do_not_count),
		cmocka_unit_test(says_little_and_posts_as_told),
		cmocka_unit_test(any_status_keeps_the_body),
		cmocka_unit_test(flights_are_few_and_the_rest_waits),
		cmocka_unit_test(one_host_holds_up_no_other),
		cmocka_unit_test(a_minute_has_its_fill),
		cmocka_unit_test(ends_with_flights_in_the_air),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
