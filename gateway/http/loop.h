/* loop.h - one event loop and its connections: known to the files of this folder that serve connections.
 *
 * Everything here belongs to one thread.  A connection that dies is unlinked at once and freed when the
 * turn of the loop is over and no worker holds anything of it.
 */
#ifndef HTTP_LOOP_H
#define HTTP_LOOP_H

#include "gateway/http/block.h"
#include "gateway/http/exchange.h"
#include "gateway/http/guard.h"
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

enum phase {
	PHASE_IDLE,    /* between requests */
	PHASE_HEAD,    /* a head is arriving */
	PHASE_BODY,    /* a body is arriving */
	PHASE_BUSY,    /* a worker has the request */
	PHASE_STREAM,  /* a batch is under way */
	PHASE_CLOSING, /* the last answer is being sent */
	PHASE_LINGER,  /* nothing more is sent; what still arrives is thrown away */
	PHASE_DEAD
};

struct call;
struct stream;

struct conn {
	struct event  event;
	struct loop  *loop;
	struct conn  *next, *prev, *next_dirty;
	struct seat  *seat;
	struct block  in, out;
	uint64_t      deadline, write_by;       /* microseconds; 0: none */
	uint64_t      sent, sent_mark;          /* bytes ever; to be reached before write_by */
	uint64_t      window, began;            /* start of the rate's window; of the request's work */
	size_t        window_bytes;
	struct head   head;
	struct chunks chunks;
	size_t        body, raw;                /* bytes of body behind the head; where undecoded ones begin */
	const struct route *route;
	struct fault  fault;                    /* to be told once the body is read */
	struct call  *call;
	struct stream *stream;
	struct access_entry *client; /* who asks; NULL: nobody that is known */
	uint32_t      requests;
	int           fd;
	short         wanted;                   /* EV_READ, EV_WRITE or 0 */
	uint8_t       phase;
	bool          lent;    /* in is the loop's buffer */
	bool          dirty;   /* in the list of those with something to send */
	bool          blocked; /* the peer does not take what we send */
	bool          last, core; /* no request after this one; records of this one as core data set */
	bool          spent;   /* counted against the client's quota */
};

struct loop {
	struct app        *app;
	struct event_base *base;
	struct event       accept, box, tick, pause;
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
	int                listener, reserve;
	bool               reading;  /* the listener is open */
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
int  loop_open(struct loop *l, struct app *app, int listener); /* takes the descriptor over */
void loop_run(struct loop *l);                                 /* until it is told to stop and has finished */
void loop_close(struct loop *l);
const struct trust *loop_trust(struct loop *l);                /* the current one, until the next call */
const struct web *loop_web(struct loop *l);                    /* likewise; NULL: nothing was fetched */
/* *held, a reference of its own or NULL, becomes the current snapshot; false: it was. */
bool loop_web_renew(struct loop *l, struct web **held);

/* conn.c */
void conn_new(struct loop *l, int fd, struct seat *seat);
void conn_kill(struct conn *c);
void conn_free(struct conn *c);     /* dead, and no worker has anything of it */
void conn_flush(struct conn *c);
void conn_settle(struct conn *c);   /* after anything happened: gives borrowed memory back, waits for the right event */
void conn_tick(struct conn *c);     /* its deadlines */
struct span conn_input(const struct conn *c);
bool conn_own(struct conn *c);      /* its input is its own from now on; false: dead */
void conn_deadline(struct conn *c, int seconds); /* from now on, for the phase it is in */
const struct config_http *conn_limits(const struct conn *c);

/* request.c */
void conn_advance(struct conn *c);   /* goes on with what has arrived, as far as it goes */
void request_finish(struct conn *c); /* it is answered: on to the next, or to the end */
void request_refuse(struct conn *c, struct fault f); /* the last answer of this connection */
void request_timeout(struct conn *c);

/* call.c: false: refused, and *f or x->fault says why. */
bool call_hand_over(struct conn *c, const struct exchange *x, struct fault *f); /* to a worker */
bool call_park(struct conn *c, struct exchange *x); /* it ran and lacks something, or a worker; takes over the wish */

/* access/gate.c */
enum problem gate_admit(struct conn *c);    /* who asks, and whether he may, as the head says; PROBLEM_NONE: yes */
bool gate_spend(struct conn *c, struct exchange *x); /* false: the client has had its share, and x->fault says of what */
void gate_settle(struct conn *c, unsigned status);   /* answered so: what was refused is not counted */

/* reply.c */
void reply_bytes(struct conn *c, struct span s);               /* into c->out; dies when memory is out */
void reply_ready(struct conn *c);              /* c->out is to be sent at the end of the turn */
void reply(struct conn *c, const struct exchange *x);
void reply_stream_head(struct conn *c);
void reply_fault(struct conn *c, struct fault f);
void reply_log(struct conn *c, unsigned status, enum reason reason, uint64_t lines);

/* batch.c */
void stream_begin(struct conn *c);
void stream_pump(struct conn *c);         /* moves whatever can be moved */
void stream_feed(struct conn *c);         /* from c->in, as far as there is room */
bool stream_hungry(const struct conn *c); /* there is room for more input */
void stream_timeout(struct conn *c);
void stream_sent(struct conn *c);    /* all of c->out was taken: its memory serves again */
bool stream_release(struct conn *c); /* at the connection's end; false: a worker still has it */

#endif
