/* status.h - lists of bits that say which credentials are withdrawn (W3C, Bitstring Status List 1.0; StatusList2021;
 * RevocationList2020).  Fetching such a list, and finding it genuine, is the engine's. */
#ifndef VC_STATUS_H
#define VC_STATUS_H

#include "codecs/base/work.h"
#include "codecs/tree/node.h"

enum vc_list_kind { VC_LIST_BITSTRING, VC_LIST_2021, VC_LIST_2020 };

/* One entry of credentialStatus. */
struct vc_status {
	enum vc_list_kind  kind;
	const struct node *node;
	struct span        list; /* where the list is: a URL */
	struct span        purpose; /* "revocation", "suspension", or another that withdraws nothing */
	uint64_t           index;
};

enum { VC_STATUS_MAX = 4 };

/* The entries, as far as they are of these kinds and well made; *strange: the first that is not, or NULL.  At most
 * VC_STATUS_MAX are read. */
void vc_status_read(const struct node *given, struct vc_status *out, size_t *count, const struct node **strange);
/* Whether an entry can withdraw the credential. */
bool vc_status_withdraws(const struct vc_status *s);

enum vc_bit { VC_BIT_UNKNOWN, VC_BIT_CLEAR, VC_BIT_SET };

/* What came of a look-up; why: what an unknown bit is due to (status.*), else REASON_NONE. */
struct vc_status_answer {
	enum vc_bit bit;
	enum reason why;
};

/* What a list credential (already found genuine) says.  VC_BIT_UNKNOWN: it is of another kind or purpose, damaged,
 * shorter than its dialect allows (a list so short tells whom it is about) or than the index, or larger than 2 MiB.
 * 0, -ENOMEM, -ENOBUFS. */
int vc_status_look_up(struct work *w, const struct vc_status *s, const struct node *list,
		      struct vc_status_answer *out);

#endif
