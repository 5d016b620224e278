/* http_probe.h - our own server on loopback, and what it answers to raw bytes; for the HTTP corpora. */
#ifndef ADAPTERS_HTTP_PROBE_H
#define ADAPTERS_HTTP_PROBE_H

#include "conformance/suite.h"

#include "codecs/tree/node.h"

struct probe;

int  probe_open(struct suite *s, struct probe **out); /* 0 or -errno */
void probe_close(struct probe *p);

/* How the bytes are cut into writes: 0 all at once, PROBE_BYTES one by one, else in two behind that many. */
#define PROBE_BYTES SIZE_MAX

struct heard {
	size_t refused, accepted; /* answers: 400, 408, 411, 413, 414, 417, 431, 501 and 505; any other */
	bool   refused_last;      /* nothing was answered behind a refusal */
	bool   closed;            /* by the server, without being asked to */
};

/* wait: gives the server a second to close before the client ends its own half.  0 or -errno. */
int probe_send(struct probe *p, struct span bytes, size_t cut, bool wait, struct heard *out);
/* How many requests have reached a handler, those of this call not counted. */
int probe_handled(struct probe *p, long long *out);

/* One line of a corpus: the object, and the bytes of its member raw_b64. */
int probe_row(struct work *w, struct span line, const struct node **row, struct span *raw);
/* Are there field lines, and is Host one of them? */
bool probe_has_host(struct span raw);
/* raw with text put behind its first line. */
struct span probe_insert(struct work *w, struct span raw, const char *text);

#endif
