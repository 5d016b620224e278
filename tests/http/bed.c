/* bed.c - see bed.h. */
#include "tests/http/bed.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* --- a world of names --- */

#define PUBLIC                          \
	{                               \
		{ 93, 184, 216, 34 }, 4 \
	}

static const struct {
	const char *host;
	int error;
	size_t count, hang_ms;
	struct address addresses[3];
} names[] = {
	{ "example.org", 0, 1, 0, { PUBLIC } },
	{ "six.example.org", 0, 1, 0, { { { 0x26, 0x06, 0x28, 0, 2, 0x20, 0, 1 }, 16 } } },
	{ "loop.example.org", 0, 1, 0, { { { 127, 0, 0, 1 }, 4 } } },
	{ "meta.example.org", 0, 1, 0, { { { 169, 254, 169, 254 }, 4 } } },
	{ "mixed.example.org", 0, 2, 0, { PUBLIC, { { 10, 0, 0, 1 }, 4 } } },
	{ "ula.example.org", 0, 2, 0, { { { 0xfd, 0 }, 16 }, PUBLIC } },
	{ "mapped.example.org", 0, 1, 0,
		{ { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 93, 184, 216, 34 }, 16 } } },
	{ "many.example.org", -E2BIG, 0, 0, { { { 0 }, 0 } } },
	{ "none.example.org", -ENOENT, 0, 0, { { { 0 }, 0 } } },
	{ "broken.example.org", -EAGAIN, 0, 0, { { { 0 }, 0 } } },
	{ "empty.example.org", 0, 0, 0, { { { 0 }, 0 } } },
	{ "hangs.example.org", 0, 1, 1500, { PUBLIC } },
};

int
bed_resolve(void *arg, const char *host, struct address *out, size_t max, size_t *count)
{
	(void)arg;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i].host, host) != 0)
			continue;
		poll(NULL, 0, (int)names[i].hang_ms);
		for (size_t k = 0; k < names[i].count && k < max; k++)
			out[k] = names[i].addresses[k];
		*count = names[i].count;
		return names[i].error;
	}
	out[0] = (struct address)PUBLIC;
	*count = 1;
	return 0;
}

/* --- what the server answers, by path --- */

static uint8_t large[65537];

static const struct {
	const char *path;
	struct stub_answer answer;
} pages[] = {
	{ "/good", { .head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
			   .body = { (const void *)"{}", 2 } } },
	{ "/refresh", { .head = "HTTP/1.1 200 OK\r\nRefresh: 0;url=https://127.0.0.1/\r\n"
				"Content-Length: 2\r\n",
			      .body = { (const void *)"{}", 2 } } },
	{ "/most", { .head = "HTTP/1.1 200 OK\r\nContent-Length: 65536\r\n",
			   .body = { large, 65536 } } },
	{ "/over", { .head = "HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n",
			   .body = { large, 65537 } } },
	{ "/over-unsaid", { .head = "HTTP/1.1 200 OK\r\n", .body = { large, 65537 } } },
	{ "/endless", { .head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
			      .body = { (const void *)"1\r\na\r\n", 6 },
			      .endless = true } },
	{ "/drip", { .head = "HTTP/1.1 200 OK\r\n", .body = { large, 100 }, .drip_ms = 100 } },
	{ "/slow", { .head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", .delay_ms = 3000 } },
	{ "/beat", { .head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
			   .body = { (const void *)"{}", 2 },
			   .delay_ms = 300 } },
	{ "/gzip", { .head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n",
			   .body = { (const void *)"\x1f\x8b\x08\x00", 4 } } },
	{ "/html", { .head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
			     "Content-Length: 2\r\n",
			   .body = { (const void *)"{}", 2 } } },
	{ "/302", { .head = "HTTP/1.1 302 x\r\nLocation: https://127.0.0.1/\r\n"
			    "Content-Length: 0\r\n" } },
	{ "/302-same", { .head = "HTTP/1.1 302 x\r\nLocation: /good\r\nContent-Length: 0\r\n" } },
	{ "/307-other", { .head = "HTTP/1.1 307 x\r\nLocation: https://loop.example.org/\r\n"
				  "Content-Length: 0\r\n" } },
	{ "/302-none", { .head = "HTTP/1.1 302 x\r\nContent-Length: 0\r\n" } },
	{ "/204", { .head = "HTTP/1.1 204 x\r\n" } },
	{ "/401", { .head = "HTTP/1.1 401 x\r\nContent-Length: 24\r\n",
			  .body = { (const void *)"{\"remainingAttempts\": 2}", 24 } } },
	{ "/500", { .head = "HTTP/1.1 500 x\r\nContent-Length: 2\r\n",
			  .body = { (const void *)"{}", 2 } } },
	{ "/cut", { .head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n",
			  .body = { (const void *)"{}", 2 } } },
};

/* More of a head than anybody needs. */
static const char *
fields(void)
{
	static char text[20000];
	size_t n = (size_t)snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\n");

	while (n < 18000)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "X-Padding: %0100d\r\n", 0);
	return text;
}

void
bed_answers(void *arg, struct span request, struct stub_answer *a)
{
	struct span line = span_slice(request, 0, span_find(request, '\r')), method, path;

	(void)arg;
	span_split(&line, ' ', &method);
	span_split(&line, ' ', &path);
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (span_is(path, pages[i].path))
			*a = pages[i].answer;
	if (span_is(path, "/fields"))
		a->head = fields();
	if (span_is(path, "/echo")) { /* what we send about ourselves */
		static char copy[4096];
		snprintf(copy, sizeof(copy), "%.*s", (int)request.len, (const char *)request.ptr);
		a->head = "HTTP/1.1 200 OK\r\n";
		a->body = span_of(copy);
	}
}

/* --- a fetcher and those who wait for it --- */

unsigned
bed_divert(void *arg, const struct address *judged)
{
	struct bed *b = arg;

	assert_null(address_special(judged));
	atomic_fetch_add(&b->sockets, 1);
	return stub_port(b->stub);
}

void
bed_open(struct bed *b, enum stub_manner manner)
{
	bed_open_with(b, manner, bed_answers);
}

void
bed_open_with(struct bed *b, enum stub_manner manner, stub_answers *answers)
{
	struct config c;

	config_init(&c);
	*b = (struct bed){ .config = c.fetch };
	b->config.connect_timeout = 1;
	b->config.flights = 8;
	b->config.flights_per_host = 8;
	assert_int_equal(stub_open(manner, answers, NULL, &b->stub), 0);
}

void
bed_start(struct bed *b, size_t patience_ms)
{
	const struct fetch_setup setup = { .config = &b->config,
		.ca = stub_ca(b->stub),
		.resolve = bed_resolve,
		.divert = bed_divert,
		.arg = b,
		.patience_ms = patience_ms };

	assert_int_equal(fetcher_new(&setup, &b->fetcher), 0);
}

void
bed_close(struct bed *b)
{
	fetcher_free(b->fetcher);
	stub_close(b->stub);
}

static void
told(struct fetch *f)
{
	struct waiter *w = (struct waiter *)(void *)f;

	pthread_mutex_lock(&w->lock);
	w->done++;
	pthread_cond_signal(&w->cond);
	pthread_mutex_unlock(&w->lock);
}

void
bed_post(struct bed *b, struct waiter *w, const char *url, struct span body, bool any_status)
{
	*w = (struct waiter){ .fetch = { .url = span_of(url),
				      .body = body,
				      .max = 65536,
				      .any_status = any_status,
				      .done = told } };
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->cond, NULL);
	fetcher_start(b->fetcher, &w->fetch);
}

void
bed_ask(struct bed *b, struct waiter *w, const char *url)
{
	bed_post(b, w, url, SPAN_NONE, false);
}

enum fetch_outcome
bed_hear(struct waiter *w)
{
	pthread_mutex_lock(&w->lock);
	while (w->done == 0)
		pthread_cond_wait(&w->cond, &w->lock);
	pthread_mutex_unlock(&w->lock);
	assert_int_equal(w->done, 1);
	return w->fetch.outcome;
}

void
bed_drop(struct waiter *w)
{
	fetch_forget(&w->fetch);
	pthread_cond_destroy(&w->cond);
	pthread_mutex_destroy(&w->lock);
}

uint64_t
bed_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}
