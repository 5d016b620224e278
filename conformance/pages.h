/* pages.h - the web as a case has it: addresses and what they answer.  Nothing is ever fetched. */
#ifndef CONFORMANCE_PAGES_H
#define CONFORMANCE_PAGES_H

#include "gateway/engine/link.h"

struct page {
	struct span url;
	int         status; /* of HTTP */
	struct span bytes;
};

/* An address that is not among them answers 404. */
struct pages {
	const struct page *page;
	size_t             count;
};

/* Both ask the engine until it lacks nothing that the pages could answer.  v's asked fields are set (but for the web,
 * which is made of the pages); what was answered lives as long as w's arena.  0, or a negative errno. */
int pages_verify(struct work *w, const struct pages *p, struct verify *v);
int pages_link(struct work *w, const struct pages *p, struct link_verify *v);

#endif
