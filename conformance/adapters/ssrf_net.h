/* ssrf_net.h - our fetcher in a world of stub names and stub servers, with every socket counted; for url-ssrf. */
#ifndef ADAPTERS_SSRF_NET_H
#define ADAPTERS_SSRF_NET_H

#include "conformance/adapters/tls_stub.h"
#include "gateway/http/fetch/fetch.h"

struct ssrf_net;

enum { SSRF_BODY = 65536 }; /* bytes that an answer may have: of a did.json */

/* What every name leads to, one lookup after the other; the last one stays. */
struct ssrf_names {
	struct address addresses[4];
	size_t         count;
	int            error;   /* of fetch_resolve; 0: the addresses */
	bool           in_turn; /* one address a lookup, not all of them */
	bool           silent;  /* comes back too late */
};

struct ssrf_heard {
	enum fetch_outcome outcome;
	int                status;
	unsigned           sockets, accepted, asked; /* made by us; taken and understood by the server */
	struct address     last; /* that a socket was made for */
};

int  ssrf_net_open(struct ssrf_net **out); /* 0 or -errno */
void ssrf_net_close(struct ssrf_net *n);   /* NULL is allowed */
/* One fetch.  answer: what the server says; its texts outlive the call. */
int  ssrf_net_fetch(struct ssrf_net *n, struct span url, enum stub_manner manner, const struct ssrf_names *names,
		    const struct stub_answer *answer, struct ssrf_heard *out);

#endif
