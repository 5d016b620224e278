/* status_list.h - our own lists of what was revoked, as the credentials that entries lead to: BitstringStatusListCredential
 * (Bitstring Status List 1.0, 2.2), and StatusList2021Credential for the attestations in data model 1.1. */
#ifndef VC_EMIT_STATUS_LIST_H
#define VC_EMIT_STATUS_LIST_H

#include "codecs/vc/seal.h"
#include "codecs/vc/status.h"

/* Behind the address of a list: the same list as StatusList2021Credential, which data model 1.1 can name. */
#define STATUS_LIST_2021 "/2021"

enum { STATUS_LIST_LEAST = 16384 }; /* bytes: a list that is shorter tells whom it is about */

struct status_list {
	enum vc_list_kind kind; /* VC_LIST_BITSTRING or VC_LIST_2021 */
	/* VC_LIST_BITSTRING: VC_JSON (a proof of eddsa-rdfc-2022 or ecdsa-rdfc-2019, by the signer's key) or VC_JOSE;
	 * VC_LIST_2021: VC_TOKEN. */
	enum vc_form form;
	struct span  bits; /* index 0 is the highest bit of the first byte; 1: revoked.  At least STATUS_LIST_LEAST bytes */
	struct span  url;  /* where it is published: what entries name, so of VC_LIST_2021 with STATUS_LIST_2021 */
	struct span  issuer; /* DID: that of the attestations */
	int64_t      from, until;
};

struct status_list_text {
	struct span text;
	const char *media_type;
};

/* 0; -EINVAL: too few bits, or no such form of that kind; else as vc_seal. */
int status_list_render(struct work *w, const struct status_list *l, const struct signer *s,
		       struct status_list_text *out);

#endif
