/* guard.h - how much one address may have: connections at a time, requests a second.
 *
 * An address is an IPv4 address or the first 64 bits of an IPv6 address.  The table is bounded: addresses
 * that find no place share one entry, so a flood of addresses costs each of them, and never memory.
 */
#ifndef HTTP_GUARD_H
#define HTTP_GUARD_H

#include "config/config.h"

struct guard;
struct seat;
struct sockaddr;

struct peer {
	uint64_t bits;
};

struct peer peer_of(const struct sockaddr *sa);

int  guard_new(const struct config_http *limits, struct guard **out); /* 0 or -ENOMEM */
void guard_free(struct guard *g);
/* A seat for one more connection, given back with guard_leave; NULL: that address has all it may have. */
struct seat *guard_enter(struct guard *g, struct peer a, uint64_t now_us);
void         guard_leave(struct guard *g, struct seat *s);
/* One request; false: over the rate. */
bool guard_request(struct guard *g, struct seat *s, uint64_t now_us);

#endif
