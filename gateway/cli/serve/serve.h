/* serve.h - what a running gateway reads from files, once and again at every reload. */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H

#include "gateway/cli/cli.h"

/* secrets.c: tokens and keys of the listener, for struct server_setup. */
struct secrets;
int session_secrets(void *session, struct arena *a, struct secrets *out); /* on any thread; 0 or -errno with out->why */
int session_secrets_check(struct session *s); /* 0, or EXIT_CONFIG after the fault was printed */

/* reload.c: the lists of a running gateway: what was good stays in use until something better can be read. */
struct lists;
int           lists_open(const struct session *s, struct lists **out); /* reads them for the first time; 0 or -ENOMEM */
void          lists_close(struct lists *l); /* NULL is allowed */
struct trust *lists_trust(const struct lists *l); /* the snapshot now in use; borrowed */
struct trust *lists_reload(void *lists); /* for struct server_setup, like the next, which any thread may call */
bool          lists_refused(void *lists, size_t source); /* at fault or older when last read; the good one before it counts on */

#endif
