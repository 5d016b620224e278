/* known.h - four clients for tests: "gate" verifies and "desk" attests, too, by their tokens; "port" is known by its
 * certificate alone, and "both" shows both. */
#ifndef TESTS_HTTP_KNOWN_H
#define TESTS_HTTP_KNOWN_H

#include "config/config.h"

#define GOOD "verify-token-of-22-chars"
#define SIGN "attest+token/of~22.chars=="
#define BOTH "both-token-of-22-chars"

enum { CLIENTS = 4 };

extern struct config_access clients[CLIENTS];
extern struct span          known[CLIENTS]; /* digests of their tokens */

void        known_reset(void); /* those above */
struct span known_token(size_t slot, const char *text); /* the digest, kept in that slot */

#endif
