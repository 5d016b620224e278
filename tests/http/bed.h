/* bed.h - a fetcher over a stub on loopback, with names and pages that misbehave in every way that we know. */
#ifndef TESTS_HTTP_BED_H
#define TESTS_HTTP_BED_H

#include "conformance/adapters/tls_stub.h"
#include "gateway/http/fetch/fetch.h"

#include <pthread.h>
#include <stdatomic.h>

struct bed {
	struct tls_stub    *stub;
	struct fetcher     *fetcher;
	struct config_fetch config;
	atomic_uint         sockets; /* that were about to be made */
};

struct waiter {
	struct fetch    fetch;
	pthread_mutex_t lock;
	pthread_cond_t  cond;
	unsigned        done;
};

/* bed.c says which names and pages there are; any other name is public and good. */
fetch_resolve bed_resolve;
stub_answers  bed_answers;
unsigned      bed_divert(void *bed, const struct address *judged); /* to its stub, counted */

void bed_open(struct bed *b, enum stub_manner manner); /* config may be changed before bed_start */
/* With other pages. */
void bed_open_with(struct bed *b, enum stub_manner manner, stub_answers *answers);
void bed_start(struct bed *b, size_t patience_ms);
void bed_close(struct bed *b);

void bed_ask(struct bed *b, struct waiter *w, const char *url);
void bed_post(struct bed *b, struct waiter *w, const char *url, struct span body, bool any_status);
enum fetch_outcome bed_hear(struct waiter *w); /* waits */
void bed_drop(struct waiter *w);
uint64_t bed_clock(void); /* milliseconds */

#endif
