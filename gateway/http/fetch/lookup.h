/* lookup.h - a name's addresses, on a thread of its own that nobody waits for. */
#ifndef FETCH_LOOKUP_H
#define FETCH_LOOKUP_H

#include "gateway/http/fetch/fetch.h"

struct lookups; /* all that are under way; outlives the fetcher where a resolver hangs */
struct lookup;

/* wake(wake_arg) is called once for each lookup that ends, on its thread, until lookups_close. */
int  lookups_new(size_t max, fetch_resolve *resolve, void *arg, void (*wake)(void *), void *wake_arg,
		 struct lookups **out); /* 0 or -ENOMEM */
void lookups_close(struct lookups *l); /* NULL is allowed */

int  lookup_start(struct lookups *l, const char *host, struct lookup **out); /* 0, -EAGAIN: max are under way; -ENOMEM */
bool lookup_done(const struct lookup *l);
/* Once done: what the resolver gave, and the addresses. */
int  lookup_result(const struct lookup *l, const struct address **addresses, size_t *count);
void lookup_drop(struct lookup *l); /* done or not; NULL is allowed */

struct sockaddr;
bool lookup_address(const struct sockaddr *sa, struct address *out); /* false: neither IPv4 nor IPv6 */

fetch_resolve lookup_system; /* getaddrinfo, of the name as it stands: no search list */

#endif
