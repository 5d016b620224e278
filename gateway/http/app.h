/* app.h - what all threads of a server share, and what each thread has for itself. */
#ifndef HTTP_APP_H
#define HTTP_APP_H

#include "codecs/base/arena.h"
#include "codecs/base/kit.h"
#include "config/config.h"
#include "gateway/store/store.h"
#include "trust/trust.h"
#include "trust/web.h"

#include <pthread.h>
#include <stdatomic.h>

struct access;
struct counters;
struct desk;
struct guard;
struct keeper;
struct metrics;
struct publisher;
struct ssl_ctx_st;
struct workers;

struct app {
	const struct config *config;
	struct workers      *workers;
	struct guard        *guard;
	struct access       *access;
	struct metrics      *metrics;
	void (*equip)(void *arg, struct kit *kit); /* as of struct server_setup */
	void                *equip_arg;
	bool (*refused)(void *arg, size_t source); /* likewise */
	void                *refused_arg;
	struct desk         *desk;   /* NULL: nothing is issued */
	struct publisher    *publisher; /* NULL where desk is */
	struct at_hand       at_hand;   /* what we publish ourselves */
	struct keeper       *keeper; /* NULL: nothing is fetched */
	/* The current snapshot; loops keep a reference of their own and look only at the number. */
	pthread_mutex_t lock;
	struct trust   *trust;
	struct ssl_ctx_st *tls; /* for new connections; NULL: no TLS */
	atomic_uint     generation;
	atomic_bool     stopping, hurry; /* finish what is under way; or not even that */
	atomic_size_t   connections;
	atomic_size_t   filing; /* attestations that the log has yet to speak of */
};

struct trust *app_trust(struct app *app, unsigned *generation); /* with a reference of its own */
/* Puts an attestation into the log: store_append. */
int           app_file(struct app *app, const struct issued *entry, store_done *done, void *arg);
void          app_settle(struct app *app); /* waits until the log has spoken of all of them */
/* Has one revoked, by its id and for that reason: store_revoke. */
int           app_revoke(struct app *app, const struct issued *entry, unsigned reason, store_done *done, void *arg);
void          app_publish(struct app *app, struct trust *t);    /* takes over the reference */
void          app_revoked(struct app *app); /* one was: lists are made anew at once */
int           app_publisher(struct app *app); /* opens it, where there is a desk; 0 or a negative errno */

struct ssl_ctx_st *app_tls(struct app *app);                          /* with a reference of its own */
void               app_renew_tls(struct app *app, struct ssl_ctx_st *ctx); /* takes over the reference */

/* One thread's own: nothing in it is ever shared. */
struct tools {
	struct app      *app;
	struct kit      *kit;
	struct arena    *arena;   /* for one request: what it answers */
	struct arena    *scratch; /* for one certificate */
	struct counters *counters;
};

int  tools_open(struct tools *t, struct app *app); /* 0 or -ENOMEM */
void tools_close(struct tools *t);

uint64_t clock_us(void);   /* monotonic */
int64_t  clock_wall(void); /* seconds since 1970 UTC */

/* One line on stderr: {"time":...,"level":...,"event":event, then the members of the format}. */
void log_event(const struct app *app, enum config_log level, const char *event, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
