/* desk.h - a gateway within the test that attests: keys of its own, a log, a source that it trusts; and questions to it. */
#ifndef TESTS_HTTP_DESK_H
#define TESTS_HTTP_DESK_H

#include "gateway/desk/desk.h"
#include "tests/aid/mint.h"
#include "tests/http/net.h"

#define TOKEN   "a-token-of-tests-of-more-than-22"
#define TEXT    "Content-Type: text/plain\r\n"
#define JSON    "Content-Type: application/json\r\n"
#define REVOKED "\"revoked\":true"

struct desk_world {
	char               dir[64], keys_dir[96], log[96];
	int64_t            now; /* of the wall clock, when it was opened */
	struct mint        mint;
	struct policy      policies[3]; /* "default"; "trial" of another environment; "other" of the same */
	struct keys       *keys;
	struct store_setup store_setup;
	struct store      *store;
	struct desk       *desk;
	struct net         net;
	struct answer      answer; /* the last one */
	char               id[64]; /* of the last attestation */
};
extern struct desk_world dw;

int desk_world_open(void **state); /* for cmocka's groups */
int desk_world_close(void **state);

/* A certificate of vaccination that the gateway trusts, valid so long; or now. */
struct span desk_source(int64_t from, int64_t until);
struct span desk_good(void);
/* {"credential": a good one, more}; more begins with a comma, or is empty. */
struct span desk_question(const char *more);

/* fields: header lines, each with its end.  token NULL: none. */
void desk_ask_as(const char *token, const char *path, const char *fields, struct span body);
void desk_ask(const char *path, const char *fields, struct span body);
void desk_get(const char *path, const char *fields);
void desk_take_back(const char *path, const char *id, const char *more); /* /v1/revoke or /credentials/status */
void desk_expect(int status, const char *what); /* of the last answer; fails otherwise */
int64_t desk_logged(void); /* attestations in the log */
/* A good one in that form, its id noted; ptr NULL: refused. */
struct span desk_attested(const char *form);

#endif
