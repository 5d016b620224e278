/* list.h - what the readers of trust lists share: strict JSON and base64, trees, pins. */
#ifndef TRUST_SOURCE_LIST_H
#define TRUST_SOURCE_LIST_H

#include "codecs/tree/node.h"
#include "trust/source.h"

#include <jansson.h>

/* The text that a reader looks at, and where it begins in its file (PLACE_NO_OFFSET: inside an encoding). */
struct list_text {
	struct span text, file;
	size_t      base;
};
struct list_text list_whole(const struct trust_input *in); /* the first file */

/* jansson behind a guard: no NUL, nesting at most 64, a bounded number of values, no duplicate members, the
 * whole text one value.  *out NULL: not readable; the fault was told.  0 or -ENOMEM. */
int list_json(struct work *w, struct trust_builder *b, struct list_text t, json_t **out);
/* A tree, with limits that suit a list of trust.keys keys; *out NULL: the fault was told. */
int list_cbor(struct work *w, struct trust_builder *b, struct list_text t, const struct node **out);
int list_nodes(struct work *w, struct trust_builder *b, struct list_text t, const struct node **out);
/* The array of keys of a list that is a JWK set (RFC 7517, 5); *out NULL: the fault was told. */
int list_keys(struct work *w, const struct trust_input *in, struct trust_builder *b, const struct node **out);

struct span list_string(const json_t *object, const char *member); /* SPAN_NONE unless a string */
/* Whether the first bytes of the list's first file hold this text. */
bool list_mentions(const struct trust_input *in, const char *text);
/* Base64 (standard alphabet, padded) into the work's arena; out->ptr NULL when it is none, or text.ptr is. */
int list_base64(struct work *w, struct span text, struct span *out);

/* The operator's pin as a key: a PEM or DER public key, or a certificate's.  *out NULL: unreadable (fault told). */
int list_pin_key(struct work *w, const struct trust_input *in, struct trust_builder *b, struct key **out);
/* Whether p (signature and what it covers) is by the pin; when not, the list is at fault with this sentence. */
int list_check_pin(struct work *w, const struct trust_input *in, struct proof *p, const char *sentence,
		   struct span file, struct trust_builder *b);

#endif
