/* routes.h - every path that is answered, as a table. */
#ifndef HTTP_ROUTES_H
#define HTTP_ROUTES_H

#include "gateway/http/exchange.h"

enum { MAY_GET = 1u << METHOD_GET | 1u << METHOD_HEAD, MAY_POST = 1u << METHOD_POST };

struct route {
	const char *path;     /* ends in '/': a prefix, the rest is the tail */
	unsigned    methods;  /* MAY_* */
	unsigned    role;     /* of enum role: ROLE_NONE is anybody's */
	handler    *run;
	const char *reads;    /* the types of the body, blank-separated; NULL: no body is read */
	const char *produces; /* blank-separated; what Accept is held against */
	bool        slow;     /* always for a worker */
	bool        streams;  /* application/x-ndjson in, one report a line out */
	bool        records;  /* ?record= says in which form a record is given out */
};

size_t              route_count(void);
const struct route *route_at(size_t index);
size_t              route_index(const struct route *r); /* route_count() for NULL */
/* The route of that method and path; NULL with *fault. */
const struct route *route_find(enum method m, struct span path, struct fault *fault);
/* The methods of a path for Allow: "GET, HEAD"; NULL: nothing there. */
const char *route_allow(struct span path);
/* What the query of a route with records asks for; parameters of other names are passed over.  false: a form that is
 * not known. */
bool route_record(struct span query, bool *core);
/* Is that Content-Type (without parameters) read here? */
bool route_reads(const struct route *r, struct span type);
/* Does the Accept field (SPAN_NONE: absent) take that type? */
bool accept_takes(struct span accept, struct span type);
/* Does the Accept field (SPAN_NONE: absent) take what the route produces for a body of that type? */
bool route_satisfies(const struct route *r, struct span accept);

/* Why a route does not answer a request with such a body, Accept and query; PROBLEM_NONE: it does, with *core as of
 * route_record where it has records. */
enum problem route_refusal(const struct route *r, struct span type, struct span accept, struct span query, bool *core);

#endif
