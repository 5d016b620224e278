/* list.h - what the readers of trust lists share: strict JSON, pins, anchors, one certificate as a signer. */
#ifndef TRUST_SOURCE_LIST_H
#define TRUST_SOURCE_LIST_H

#include "trust/source.h"

#include <jansson.h>

/* jansson behind a guard: no NUL, nesting at most 64, no duplicate members, the whole text one value.
 * NULL: not readable; the fault was told. */
json_t     *list_json(struct trust_builder *b, struct span file, struct span text);
struct span list_text(const json_t *object, const char *member); /* SPAN_NONE unless a string */
/* Whether the first bytes of the list's first file hold this text. */
bool        list_mentions(const struct trust_input *in, const char *text);
/* Base64 of a list into the work's arena; SPAN_NONE when it is none. */
struct span list_base64(struct work *w, struct span text);

/* The operator's pin as a key: a PEM or DER public key, or a certificate's.  *out NULL: unreadable (fault told). */
int list_pin_key(struct work *w, const struct trust_input *in, struct trust_builder *b, struct key **out);

/* Certificates that items are checked against. */
struct anchors {
	struct cert **certs;
	size_t        count, capacity;
	size_t        uploads; /* of them no authorities: they sign items by CMS */
};
int  anchors_read(struct work *w, struct span file, struct anchors *out);
int  anchors_add(struct work *w, struct anchors *a, struct cert *c); /* takes a reference */
void anchors_drop(struct anchors *a);

/* A DER certificate as a signer of `country` (its own C where that is empty).  kid: as the list has it, or
 * empty for the first 8 bytes of its SHA-256; where given they must agree when `hashed`.  cms: the item's
 * signature.  An item at fault, or that fails the anchors, is skipped. */
struct list_signer {
	struct span der, kid, country, cms;
	bool        hashed;
	bool        with_cms; /* this kind of list signs each item: upload certificates are asked for */
};
int list_add_signer(const struct list_signer *s, const struct anchors *a, struct trust_builder *b);

#endif
