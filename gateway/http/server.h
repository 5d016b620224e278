/* server.h - the gateway on a socket: loops on a shared port, workers for what is slow, a graceful stop. */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "config/config.h"
#include "trust/trust.h"

struct server;

/* What the command line hands over; the server itself reads no file. */
struct server_setup {
	const struct config *config;
	struct trust        *trust;  /* the first snapshot; the server takes a reference */
	/* Called on a worker at SIGHUP.  A new snapshot, or NULL to keep the old one (it has logged why). */
	struct trust *(*reload)(void *arg);
	void *reload_arg;
};

int  server_new(const struct server_setup *setup, struct server **out); /* -errno: bind and the like */
/* Serves until server_stop, SIGTERM or SIGINT; drains at most stop_timeout seconds.  0 or -errno. */
int  server_run(struct server *s);
void server_stop(struct server *s);                /* from any thread; for tests */
unsigned server_port(const struct server *s);      /* the one bound */
void server_free(struct server *s);

#endif
