/* metrics.h - counts of what was done: each thread has its own, /metrics adds them up. */
#ifndef HTTP_METRICS_H
#define HTTP_METRICS_H

#include "codecs/base/report.h"
#include "gateway/http/app.h"

enum count {
	COUNT_ACCEPTED,      /* connections */
	COUNT_FULL,          /* connections closed at once: too many in all */
	COUNT_ADDRESS_FULL,  /* the same: too many from one address */
	COUNT_NO_DESCRIPTOR, /* the same: no descriptor left */
	COUNT_RATE,          /* requests answered 429 */
	COUNT_QUEUE,         /* requests answered 503: the queue is full */
	COUNT_TIMEOUT,       /* connections cut by a deadline */
	COUNT_HANDLED,       /* requests that reached their handler */
	COUNT_TLS,           /* handshakes done */
	COUNT_TLS_FAILED,    /* handshakes failed */
	COUNT_LINES,         /* lines of batches */
	COUNT_COUNT
};

struct buf;
struct route;

int  metrics_new(struct metrics **out); /* 0 or -ENOMEM */
void metrics_free(struct metrics *m);   /* with every thread's counters; NULL is allowed */
/* A thread's own counters, which live as long as m; NULL: -ENOMEM. */
struct counters *metrics_counters(struct metrics *m);

void count_one(struct counters *c, enum count what);
void count_request(struct counters *c, const struct route *r, unsigned status, uint64_t us);
void count_verdict(struct counters *c, const char *scheme, enum verdict v, enum reason reason);
void count_reload(struct metrics *m, bool taken);

/* Prometheus' text format. */
void metrics_write(struct buf *b, struct app *app, const struct trust *t, int64_t now);

#endif
