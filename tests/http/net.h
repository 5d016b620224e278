/* net.h - a server within the test, and a client that reads answers one by one. */
#ifndef TESTS_HTTP_NET_H
#define TESTS_HTTP_NET_H

#include "gateway/http/server.h"

struct net {
	struct config  config;
	struct server *server;
	struct trust  *trust; /* NULL: one without keys */
	struct trust *(*reload)(void *arg);
	bool (*refused)(void *arg, size_t source);
	void *reload_arg;
	int (*secrets)(void *arg, struct arena *a, struct secrets *out); /* as of struct server_setup */
	void *secrets_arg;
	struct span fetch_ca; /* as of struct server_setup, like the next */
	const struct fetch_setup *fetch_test;
	struct desk *desk; /* as of struct server_setup */
	bool  signals; /* the server takes SIGHUP and SIGTERM */
};

/* Small limits, one loop, one worker, 127.0.0.1 and any port; change what the test needs, then net_start. */
struct net net_defaults(void);
void       net_start(struct net *n);
void       net_stop(struct net *n);

struct ssl_st;
struct ssl_ctx_st;

struct client {
	int     fd;
	struct ssl_st *ssl; /* NULL: plain */
	size_t  from, to;
	uint8_t bytes[65536];
};

struct answer {
	int     status; /* 0: the connection ended before an answer */
	char    head[2048];
	size_t  len;
	uint8_t body[65536]; /* chunks put together */
};

void client_open(struct client *c, const struct net *n);
/* To the TLS listener; false: the handshake failed, and the client is closed. */
bool client_open_tls(struct client *c, const struct net *n, struct ssl_ctx_st *ctx);
void client_close(struct client *c);
/* false: the peer has closed */
bool client_send(struct client *c, const void *bytes, size_t len);
bool client_text(struct client *c, const char *text);
void client_read(struct client *c, struct answer *a);
bool client_ended(struct client *c); /* waits for the end of the connection; false: bytes came instead */
/* One request on a connection of its own. */
void net_ask(const struct net *n, const char *request, struct answer *a);
/* The value of a line of /metrics ("vidimus_queue"); 0 where it is not there. */
long long net_metric(const struct net *n, const char *name);
int       open_descriptors(void);

#endif
