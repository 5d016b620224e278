/* exchange.h - one request and its answer, as a handler sees them: bytes in, bytes out, no socket.
 *
 * A handler runs on the loop that read the request or on a worker; it may not wait for anything.
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "codecs/base/report.h"
#include "gateway/http/app.h"
#include "gateway/http/parse/parse.h"
#include "gateway/store/store.h"

struct access_entry;
struct need;
struct route;
struct web;
struct wish;

struct exchange {
	/* asked */
	const struct route *route;
	enum method         method;
	struct span         path;
	struct span         type; /* Content-Type without parameters */
	struct span         query;  /* without its question mark */
	struct span         accept; /* the field; ptr NULL: absent */
	struct span         match;  /* If-None-Match, likewise */
	struct span         body;
	bool                core; /* records as the WHO's core data set: ?record=core */
	struct tools       *tools;
	const struct trust *trust;
	const struct web   *web; /* what was fetched so far; NULL: nothing */
	int64_t             now; /* wall clock, sampled once */
	const struct access_entry *client; /* who asks, where the route's role needs a client; else NULL */
	bool                may_wait; /* for what is lacking; else things are judged as they are */
	bool                here;     /* on a loop, where others wait: what is dear is for a worker */
	bool                ahead;    /* nothing is answered, only what is lacking is told */
	/* told: with `waits` there is no answer, and the handler runs again once the wish is fulfilled, with `dear`
	 * on a worker */
	struct wish *wish; /* NULL: nothing was ever lacking; belongs to who runs the handler */
	bool         waits, dear;
	bool         taken; /* a place in a status list, which nobody gets again: it counts, whatever the answer */
	bool         files; /* the answer leaves once the log has the entry; or */
	bool         revokes; /* that the attestation of the entry's id is revoked */
	unsigned     revoke_reason; /* as of store_revoke */
	struct issued entry;
	/* answered */
	unsigned     status;       /* 0: 200, or the fault's */
	const char  *content_type; /* NULL: application/json */
	struct span  content;      /* in tools->arena, or constant */
	struct fault fault;        /* a problem+json instead of content */
	const char  *detail;       /* of the fault: one sentence, never input */
	unsigned     retry;        /* seconds for Retry-After; 0: the fault's own */
	size_t       offset;       /* of the fault in the body, PLACE_NO_OFFSET */
	bool         page;         /* content for a browser, with the policy of the page */
	struct span  etag;         /* with its quotes: anybody may keep the content for max_age seconds; empty: nobody */
	unsigned     max_age;
	enum reason  reason;       /* for the log: the verdict's */
};

typedef void handler(struct exchange *x);

handler verify_handler, inspect_handler; /* verify.c */
handler translate_handler; /* ask/translate.c */
handler credentials_issue_handler, credentials_status_handler, revoke_handler; /* ask/issue.c */
handler credentials_verify_handler, presentations_verify_handler; /* vcapi.c */
handler schemes_handler, reasons_handler, trust_handler, authority_handler; /* info.c */
handler published_handler; /* ask/published.c */
handler health_handler, ready_handler, metrics_handler, openapi_handler, asset_handler; /* info.c */
bool    asset_exists(struct span path); /* is it the web page, or a file of it? */

/* x->fault = that problem, with a sentence of detail (NULL: none). */
void exchange_fail(struct exchange *x, enum problem p, const char *detail);
/* Our own failure: -ENOMEM and -ENOBUFS become server.memory, anything else server.fault. */
void exchange_error(struct exchange *x, int error);

/* Something is lacking: adds it to the wish and sets x->waits.  false: there is nothing, or no waiting for it. */
bool exchange_lacks(struct exchange *x, const struct need *needs, size_t count);

/* One line of a batch, x->body, verified; its report, or {"error":...}, is written to b without a line end.  With
 * x->waits nothing was written. */
struct buf;
void verify_line(struct exchange *x, struct buf *b);

/* A health link, judged as far as it is known (gateway/engine/link.h); asked fields of v are set, but for items.
 * false: it failed, or waits. */
struct link_verify;
bool link_judge(struct exchange *x, struct link_verify *v, int64_t now, struct buf *b);
bool link_show(struct exchange *x, struct span input, struct buf *b);
/* The members of a problem, for verify_line and for replies. */
void problem_json(struct buf *b, const struct fault *f, const char *detail, size_t offset);

unsigned    problem_status(enum problem p);
const char *problem_code(enum problem p);

#endif
