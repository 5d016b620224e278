/* link.h - SMART Health Links (HL7 SMART Health Cards and Links STU 1): from the text to what it says, nothing fetched.
 *
 * Whoever has the link can read the files, so its key never leaves this struct: no report, log or
 * answer shows it.  The payload's rules are those of verifiable health links, too.
 */
#ifndef SHC_LINK_H
#define SHC_LINK_H

#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "codecs/tree/node.h"

#define LINK_LAYER         "link"         /* the text as received */
#define LINK_LAYER_PAYLOAD "link-payload" /* the JSON in it */

enum { LINK_KEY_OCTETS = 32, LINK_URL_MAX = 128, LINK_LABEL_MAX = 80 };

/* L: its content may change and be asked for again; P: needs a passcode; U: leads to one file, without a manifest. */
enum { LINK_LONG_TERM = 1u << 0, LINK_PASSCODE = 1u << 1, LINK_FILE = 1u << 2 };

struct link {
	struct span        viewer;  /* what stands before the #; empty: nothing */
	struct span        json;
	const struct node *payload;
	struct span        url, key, label; /* key: its octets */
	int64_t            expires; /* seconds since 1970 UTC; TIME_NONE: it does not say */
	int64_t            version; /* 1 where it does not say */
	unsigned           flags;
};

/* Begins with shlink: in any case, or is a web address with #shlink: in it.  Never allocates. */
bool link_looks_like(struct span text);
/* "shlink:/" and base64url, alone or behind an https address and #.  Reports on the running check: link.*,
 * encoding.base64url, json.* fail it; link.version leaves it unknown; notes.  *out holds what could be read, and
 * *ok says that all of it could and nothing was reported against it.  Expiry is not judged.  0, -ENOMEM, -ENOBUFS. */
int link_read(struct work *w, struct span text, struct link *out, bool *ok);
/* The same for the JSON alone. */
int link_read_payload(struct work *w, struct span json, struct link *out, bool *ok);

#endif
