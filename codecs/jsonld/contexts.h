/* contexts.h - the contexts that documents may name: built in, and the operator's.  Processed once, then only read.
 *
 * What a URL stands for is fixed by the SHA-256 of its document: one URL has one content for ever.
 */
#ifndef JSONLD_CONTEXTS_H
#define JSONLD_CONTEXTS_H

#include "codecs/jsonld/jsonld.h"

struct kit;
struct jsonld_contexts;

/* All that are built in; tests: those, too, that define everything, which only test suites may use.  0 or -ENOMEM. */
int jsonld_contexts_new(bool tests, struct jsonld_contexts **out);
/* One more: url and text are copied.  sha256 is the digest that text must have, 32 bytes.  -EBADMSG when it has another,
 * -EINVAL when it is no JSON document with a @context, -EEXIST when the URL has another content already, -ENOMEM. */
int jsonld_contexts_add(struct jsonld_contexts *c, struct kit *kit, struct span url, struct span text,
			struct span sha256);
/* Another URL of one that is there; -ENOENT, -EEXIST, -ENOMEM. */
int jsonld_contexts_alias(struct jsonld_contexts *c, struct span url, struct span of);
/* Processes what documents usually begin with.  From here on c may be used by any number of threads, and nothing be
 * added.  0 or -ENOMEM. */
int jsonld_contexts_finish(struct jsonld_contexts *c);
void jsonld_contexts_free(struct jsonld_contexts *c); /* NULL is allowed */

/* For jsonld_options, as long as c lives. */
const struct jsonld_loader *jsonld_contexts_loader(const struct jsonld_contexts *c);

/* One of them, for lists and tests. */
struct jsonld_known {
	struct span url, of;         /* of: the URL of the same content; ptr NULL: its own */
	const struct node *document;
	struct span sha256;          /* in hexadecimal */
};
/* The index-th; false at the end. */
bool jsonld_contexts_at(const struct jsonld_contexts *c, size_t index, struct jsonld_known *out);

#endif
