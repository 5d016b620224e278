/* url.h - the only URLs that are ever fetched: https, a public name, port 443 or 8443.
 *
 * Pure.  Strict on purpose: what two readers could understand differently is refused, so that the host that
 * is judged here is the host that is connected to.  Addresses behind the name are address.h's part.
 */
#ifndef NET_URL_H
#define NET_URL_H

#include "codecs/base/arena.h"
#include "codecs/base/span.h"

enum { URL_BYTES = 2048, URL_HOST_BYTES = 253 };

enum url_fault {
	URL_GOOD,
	URL_LENGTH,    /* empty, or over URL_BYTES */
	URL_CHARACTER, /* a byte that RFC 3986 allows nowhere, a bad % escape, or one that hides a control character */
	URL_SCHEME,    /* does not begin with https:// */
	URL_USERINFO,
	URL_HOST,      /* no host name: empty, a literal, escapes, labels that are none (RFC 1123, RFC 5891) */
	URL_ADDRESS,   /* an IPv4 address, in whatever notation */
	URL_PRIVATE,   /* a name without a dot, or below a domain that is nobody's in public (RFC 6761 and custom) */
	URL_PORT,      /* empty, not decimal, or another than 443 and 8443 */
	URL_FRAGMENT,
	URL_PATH       /* dot segments, or a query without a path */
};

struct url {
	char        host[URL_HOST_BYTES + 1]; /* in small letters */
	uint16_t    port;
	struct span target; /* path and query, into the text; "/" where there is none */
};

/* URL_GOOD and *out, or what is wrong first, from left to right; then *out is untouched. */
enum url_fault url_read(struct span text, struct url *out);
const char *url_fault_text(enum url_fault f); /* one plain sentence */

/* Is it a public host name in small or capital letters?  lower: room for URL_HOST_BYTES + 1. */
enum url_fault host_read(struct span name, char *lower);
/* Does a list of hosts hold it?  "a.org" names itself, "*.a.org" all below it, "*" every host. */
bool host_listed(const char *host, const struct span *list, size_t count);

#endif
