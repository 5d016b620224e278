/* transfer.h - one exchange with one server, over libcurl: known to fetch.c only. */
#ifndef FETCH_TRANSFER_H
#define FETCH_TRANSFER_H

#include "gateway/http/fetch/fetch.h"
#include "trust/net/url.h"

#include <curl/curl.h>

struct transfer {
	const struct fetch_setup *setup;
	struct fetch      *fetch;
	CURL              *easy;
	struct curl_slist *resolve, *fields;
	uint8_t           *bytes;
	size_t             len, cap, head;
	enum fetch_outcome fault; /* found by a callback; FETCH_GOOD: none */
	bool               page;    /* text/html */
};

/* Prepares it for these addresses, all of which were judged; patience: milliseconds for all of it.
 * false: out of memory. */
bool transfer_open(struct transfer *t, const struct url *u, const struct address *addresses, size_t count, long patience);
/* What became of it; the answer goes to t->fetch. */
void transfer_end(struct transfer *t, CURLcode code);
void transfer_close(struct transfer *t); /* wipes; not while it is in a multi handle */

#endif
