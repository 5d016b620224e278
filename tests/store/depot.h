/* depot.h - a log of either kind to test with, in a folder that goes away; callers that wait. */
#ifndef TESTS_STORE_DEPOT_H
#define TESTS_STORE_DEPOT_H

#include "gateway/store/store.h"
#include "tests/aid/aid.h"

enum depot_kind { DEPOT_SQLITE, DEPOT_POSTGRES, DEPOT_KINDS };

struct depot {
	enum depot_kind      kind;
	struct aid_folder  folder;
	struct store_setup setup;
	char               path[320], url[512], secret[320];
};

extern const char *const depot_names[DEPOT_KINDS];

/* PostgreSQL's server is started by the first who needs it, in a folder of its own and as a user without rights where
 * the test has them; false: it is not installed. */
bool depot_make(struct depot *b, enum depot_kind kind);
void depot_drop(struct depot *b);
/* Ends the server; for the end of a test program. */
int  depot_end(void **state);
void depot_server_stop(int signal); /* SIGQUIT: as if its machine were switched off; SIGINT; SIGSTOP, SIGCONT: it does not end */
void depot_server_kill(void); /* -9, all of its processes */
void depot_server_freeze(bool frozen); /* likewise: they hang, or go on */
void depot_server_start(void);

struct store *depot_store(struct depot *b); /* opened, or the test fails */
/* An attestation as of that number: all of it follows from it. */
struct issued depot_issued(uint64_t number);

/* They wait for the result, asking again while the queue is full. */
int depot_append(struct store *s, const struct issued *i);
int depot_revoke(struct store *s, const uint8_t id[STORE_ID], int64_t at);
int depot_find(struct store *s, const uint8_t id[STORE_ID], struct store_found *out);
int depot_forget(struct store *s, int64_t before);
int depot_lease(struct store *s, const char *family, size_t count, struct store_lease *out);
/* store_index, leasing where none is at hand. */
int depot_place(struct store *s, const char *family, struct store_place *out);

#endif
