/* world.h - gateways as processes, over a demo world and a log of either kind, started, killed, started again.
 *
 * Whatever goes wrong in here fails the running test.  ENDURE_ROUNDS=200 (make endure) makes tests long, and strict about time.
 */
#ifndef TESTS_ENDURE_WORLD_H
#define TESTS_ENDURE_WORLD_H

#include "tests/store/depot.h"

#include <sys/types.h>

struct world {
	struct depot depot;
	char         program[512], folder[320], conf[352];
	char         token[128], sample[4096];
};

struct gateway {
	const struct world *world;
	int                 port;
	pid_t               pid, keeper, signer;
};

/* path: of an SQLite log elsewhere; NULL: in the world's folder.  false: that kind of log is not installed. */
bool   world_make(struct world *w, enum depot_kind kind, const char *path);
void   world_drop(struct world *w);
int    world_rounds(int usual);      /* how often: $ENDURE_ROUNDS, or as usual */
bool   world_is_long(void);
int    free_port(void);
double seconds(void);
/* Starts any program with these words, its outputs going to FOLDER/name; it ends with the test. */
pid_t  world_spawn(const struct world *w, const char *name, const char *const *words);
int    world_run(const struct world *w, const char *name, const char *const *words); /* its exit code */

/* On a port that is the same at each start. */
void   gateway_make(struct gateway *g, const struct world *w);
void   gateway_start(struct gateway *g);
void   gateway_ready(struct gateway *g); /* waits for /healthz */
void   gateway_kill(struct gateway *g); /* -9; its signer must follow within a second */
void   gateway_stop(struct gateway *g); /* SIGTERM, and 0 is what it ends with */

/* One request over a connection of its own; the status, 0 where there was no whole answer. */
enum { ANSWER_MAX = 65536 };
int    ask(int port, const char *method, const char *target, const char *token, const char *body, char answer[ANSWER_MAX]);

#endif
