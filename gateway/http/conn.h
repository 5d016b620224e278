/* conn.h - one connection, and the request that it is at: known to the files of this folder that serve connections.
 *
 * It belongs to its loop's thread.  A connection that dies is unlinked at once and freed when the turn of the loop is
 * over and no worker holds anything of it.
 */
#ifndef HTTP_CONN_H
#define HTTP_CONN_H

#include "gateway/http/block.h"
#include "gateway/http/exchange.h"
#include "gateway/http/guard.h"

#include <event2/event.h>
#include <event2/event_struct.h>

struct call;
struct loop;
struct stream;
struct tls;

enum phase {
	PHASE_IDLE,    /* between requests */
	PHASE_HELLO,   /* TLS is being agreed upon */
	PHASE_HEAD,    /* a head is arriving */
	PHASE_BODY,    /* a body is arriving */
	PHASE_BUSY,    /* a worker has the request */
	PHASE_STREAM,  /* a batch is under way */
	PHASE_CLOSING, /* the last answer is being sent */
	PHASE_LINGER,  /* nothing more is sent; what still arrives is thrown away */
	PHASE_DEAD
};

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
	struct tls   *tls; /* NULL: none */
	int           fd;
	short         wanted;                   /* EV_READ, EV_WRITE or 0 */
	uint8_t       phase;
	bool          lent;    /* in is the loop's buffer */
	bool          dirty;   /* in the list of those with something to send */
	bool          blocked; /* the peer does not take what we send */
	bool          last, core; /* no request after this one; records of this one as core data set */
	bool          spent;   /* counted against the client's quota */
};

/* conn.c */
void conn_new(struct loop *l, int fd, struct seat *seat, struct ssl_ctx_st *ctx); /* ctx NULL: no TLS */
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
/* Answered so: what was refused is not counted, unless something was taken for it; what we failed at never is. */
void gate_settle(struct conn *c, unsigned status, bool taken);

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
