/* anchors.h - who vouches for the certificates of a list, and a certificate that becomes a signer. */
#ifndef TRUST_SOURCE_ANCHORS_H
#define TRUST_SOURCE_ANCHORS_H

#include "trust/source/list.h"

struct cert_list {
	struct cert **certs;
	size_t        count, capacity;
};

struct anchors {
	struct cert_list authorities; /* CSCA: a signer must come from one of its country */
	struct cert_list uploaders;   /* the CMS of an item must be by one of its country */
	bool             chain, cms;  /* what is asked for; neither: items are taken as they are */
};

/* The operator's anchors.  Authorities ask for the chain; others ask for the CMS, where this kind of list has one
 * (with_cms).  A file that holds anything unreadable, or nothing to check with, is the list's fault. */
int  anchors_read(struct work *w, const struct trust_input *in, bool with_cms, struct trust_builder *b,
		  struct anchors *out);
int  anchors_add(struct work *w, struct cert_list *l, const struct cert *c); /* takes a reference */
void anchors_drop(struct anchors *a);

/* A certificate of a list. */
struct candidate {
	const struct cert *cert;
	struct span        kid;     /* as the list has it, to be the first 8 bytes of SHA-256; empty: those */
	struct span        country; /* empty: its own C */
	struct span        cms;     /* the item's signature */
	bool               with_cms;
};

/* It becomes a signer once it has passed what is asked for; else it is skipped.  Where anything is asked for,
 * the list's word for the country must be the certificate's own. */
int signer_add(const struct candidate *c, const struct anchors *a, struct trust_builder *b);
/* As signer_add, for c->cert yet to be read from DER. */
int signer_add_der(struct span der, struct candidate *c, const struct anchors *a, struct trust_builder *b);

#endif
