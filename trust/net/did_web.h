/* did_web.h - did:web identifiers (w3c-ccg/did-method-web) to the URL of their document. */
#ifndef NET_DID_WEB_H
#define NET_DID_WEB_H

#include "trust/net/url.h"

enum { DID_WEB_BYTES = 1024, DID_WEB_SEGMENTS = 16 };

/* The URL of the document, in the arena; a fragment of the DID is left out.  ptr NULL: no did:web of that form.
 * Names, literals and ports are url_read's to judge.  0, -ENOMEM or -ENOBUFS. */
int did_web_url(struct arena *a, struct span did, struct span *url);

#endif
