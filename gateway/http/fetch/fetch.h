/* fetch.h - bytes from the web on a document's account: what is judged before, while and after it is asked for.
 *
 * The URL is trust/net/url.h's to judge, every address of its name trust/net/address.h's: one special address among
 * them, or too many, and nothing is asked.  The connection goes to an address that was judged, and the moment its
 * socket is made the address is judged once more.  https only, TLS 1.2 or later, the server's certificate and name
 * verified; no redirect, no proxy, no cookie, no credentials, no compression, no connection that serves twice.
 */
#ifndef FETCH_FETCH_H
#define FETCH_FETCH_H

#include "config/config.h"
#include "trust/net/address.h"

enum fetch_outcome {
	FETCH_GOOD,      /* 200 */
	FETCH_STATUS,    /* another status */
	FETCH_URL,       /* not a URL that is ever fetched */
	FETCH_NAME,      /* the name does not exist */
	FETCH_LOOKUP,    /* the name could not be looked up, or not in time */
	FETCH_ADDRESS,   /* the name leads to a special address, or to too many */
	FETCH_CONNECT,   /* no connection, or one that broke */
	FETCH_TLS,       /* no TLS that we speak, or a certificate that is not this host's */
	FETCH_TIME,      /* all of it took too long */
	FETCH_SIZE,      /* head or body over its limit */
	FETCH_REDIRECT,
	FETCH_CODING,    /* compressed, or a page for people */
	FETCH_BUSY,      /* too many fetches at a time or in this minute: not begun */
	FETCH_STOPPED,   /* the fetcher ends */
	FETCH_MEMORY,
	FETCH_OUTCOMES
};

enum { FETCH_ADDRESSES = 16, FETCH_HEAD_MAX = 16384 };

/* All addresses of a name.  0; -ENOENT: there is no such name; -E2BIG: over max; anything else: it can't be told now.
 * Called on a thread of its own, for as long as it takes. */
typedef int fetch_resolve(void *arg, const char *host, struct address *out, size_t max, size_t *count);

struct fetch_setup {
	const struct config_fetch *config; /* outlives the fetcher */
	struct span ca; /* PEM; ptr NULL: the system's */
	/* For tests alone, never set from a configuration; NULL: the system's resolver, and the address itself. */
	fetch_resolve *resolve;
	/* Called on the fetcher's thread when a socket is about to be made to an address that was found good:
	 * gives the port on 127.0.0.1 that is connected to instead. */
	unsigned (*divert)(void *arg, const struct address *judged);
	void    *arg;
	size_t patience_ms; /* all of one fetch, in the place of config->timeout; 0: that */
};

/* One thing to be fetched: the fetcher's from fetcher_start on until done is called. */
struct fetch {
	struct span url, body; /* body.ptr NULL: GET; else it is POSTed as application/json */
	size_t      max;       /* bytes of the answer's body */
	bool        any_status; /* the body counts whatever the status (but for redirects) */
	void      (*done)(struct fetch *f); /* exactly once, on the fetcher's thread; may not wait */
	/* answered */
	enum fetch_outcome outcome;
	int                status; /* of HTTP; 0: none */
	struct span        bytes;  /* fetch_forget frees it */
	struct fetch      *next;   /* the fetcher's */
	uint64_t           begun;  /* likewise */
};

struct fetcher;

int  fetcher_new(const struct fetch_setup *setup, struct fetcher **out); /* 0 or -ENOMEM; starts its thread */
void fetcher_free(struct fetcher *f); /* what is under way is FETCH_STOPPED; NULL is allowed */
void fetcher_start(struct fetcher *f, struct fetch *one); /* from any thread, also from done */
void fetch_forget(struct fetch *one); /* wipes and frees the answer */

const char *fetch_outcome_name(enum fetch_outcome o); /* for metrics: "address" */
/* May the same be asked again at once?  Then there is nothing to remember. */
bool fetch_unasked(enum fetch_outcome o);

#endif
