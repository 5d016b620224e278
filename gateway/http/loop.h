/* loop.h - one event loop and its connections: known to the files of this folder that serve connections.
 *
 * Everything here belongs to one thread.
 */
#ifndef HTTP_LOOP_H
#define HTTP_LOOP_H

#include "gateway/http/conn.h"
#include "gateway/http/workers.h"

#include <event2/event.h>
#include <event2/event_struct.h>

enum {
	LENT_SIZE   = 65536,  /* a loop's reading buffer, lent to the connection that is read */
	SPARE_SIZE  = 16384,  /* a block that is kept for the next reply */
	SPARES      = 64,
	OUT_HIGH    = 262144, /* unsent bytes past which nothing more is read or answered */
	INLINE_BODY = 8192    /* a longer body is a worker's */
};

/* Where connections come in. */
struct door {
	struct loop *loop;
	struct event accept;
	int          fd;  /* -1: there is none */
	bool         tls;
};

struct loop {
	struct app        *app;
	struct event_base *base;
	struct event       box, tick, pause;
	struct door        doors[2]; /* the plain one; that with TLS */
	struct mailbox     mail;
	struct tools       tools;
	struct trust      *trust; /* a reference of its own */
	unsigned           generation;
	struct web        *web;   /* likewise; NULL: nothing was fetched */
	unsigned           web_generation;
	struct conn       *conns, *dirty, *dead;
	size_t             count;
	uint64_t           now;      /* microseconds, as of the last event */
	uint64_t           drain_by; /* stopping: when the rest is cut */
	uint64_t           stopped_at;
	int                reserve;
	bool               reading;  /* the doors are open */
	uint8_t           *lent;
	uint8_t           *spares[SPARES];
	size_t             spare_count;
	uint64_t           span_ids; /* for traceresponse */
	char               log[16384];
	size_t             log_len;
	char               stamp[32];
	int64_t            stamp_of;
	pthread_t          thread;
	atomic_uint       *ended;    /* loops that have ended; ended_fd is told, too */
	int                ended_fd;
};

/* loop.c */
int  loop_open(struct loop *l, struct app *app, int plain, int tls); /* takes the descriptors over; -1: none */
void loop_run(struct loop *l);                                 /* until it is told to stop and has finished */
void loop_close(struct loop *l);
const struct trust *loop_trust(struct loop *l);                /* the current one, until the next call */
const struct web *loop_web(struct loop *l);                    /* likewise; NULL: nothing was fetched */
/* *held, a reference of its own or NULL, becomes the current snapshot; false: it was. */
bool loop_web_renew(struct loop *l, struct web **held);

#endif
