/* server.h - the gateway on a socket: loops on a shared port, workers for what is slow, a graceful stop. */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "config/config.h"
#include "gateway/http/tls/tls.h"
#include "trust/trust.h"

struct desk;
struct fetch_setup;
struct kit;
struct server;

/* What is secret, or is exchanged while the gateway runs. */
struct secrets {
	const struct span *tokens; /* by [access] section: SHA-256 of its token, 32 bytes; empty: it has none. NULL: none has */
	struct tls_files   tls;    /* of the TLS listener, where there is one */
	const char        *where, *why; /* where they could not be read: the section or key, and what is wrong */
};

/* What the command line hands over; the server itself reads no file. */
struct server_setup {
	const struct config *config; /* outlives the server */
	struct trust        *trust;  /* the first snapshot; the server takes a reference */
	/* Called on a worker at SIGHUP, never twice at a time.  A new snapshot, or NULL to keep the old one (it has
	 * logged why). */
	struct trust *(*reload)(void *arg);
	/* Whether a source, counted as the snapshot does, was refused when it was last read; NULL: where the snapshot says
	 * so.  On any thread. */
	bool (*refused)(void *arg, size_t source);
	void *reload_arg; /* of both */
	/* Called for the kit of every thread that verifies, while the server is made; NULL: nothing to add. */
	void (*equip)(void *arg, struct kit *kit);
	void *equip_arg;
	/* Reads them, at the start in the calling thread and at SIGHUP on a worker before the lists; into an arena that is
	 * wiped when they were taken over.  NULL: there are none.  0 or -errno with out->why: those of before count on. */
	int (*secrets)(void *arg, struct arena *a, struct secrets *out);
	void *secrets_arg;
	struct desk *desk; /* outlives the server; NULL: it issues nothing */
	bool  no_signals; /* inside another program: signals stay the caller's, who stops with server_stop */
	struct span fetch_ca; /* PEM: whose certificates servers need that are fetched from; ptr NULL: the system's */
	/* Tests alone: resolve, divert, arg and patience_ms of it count while the server is made; else NULL. */
	const struct fetch_setup *fetch_test;
};

/* For a program that makes threads before it makes the server: the signals below are the server's, not theirs. */
void server_hold_signals(void);
/* Binds and starts loops and workers, which wait.  SIGTERM, SIGINT and SIGHUP are blocked in the calling thread
 * until server_free (call it before other threads are made); SIGPIPE is ignored.  0 or -errno: bind and the like. */
int  server_new(const struct server_setup *setup, struct server **out);
/* Serves until server_stop, SIGTERM or SIGINT; then finishes what is under way, for at most stop_timeout seconds; a
 * second signal ends it at once.  0 or -errno. */
int  server_run(struct server *s);
int  server_start(struct server *s);               /* server_run on a thread of its own; server_free joins it */
void server_stop(struct server *s);                /* from any thread */
void server_reload(struct server *s);              /* as SIGHUP does, from any thread */
unsigned server_port(const struct server *s);      /* the one bound for plain HTTP; 0: none */
unsigned server_tls_port(const struct server *s);  /* likewise for TLS */
void server_free(struct server *s);                /* stops it, too; NULL is allowed */

#endif
