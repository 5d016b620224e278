/* known.h - the contexts that are built in, as the table has them; for contexts.c alone. */
#ifndef JSONLD_KNOWN_KNOWN_H
#define JSONLD_KNOWN_KNOWN_H

#include "codecs/tree/node.h"

struct arena;

enum known_kind {
	KNOWN_FIRST, /* of a data model: documents begin with it */
	KNOWN_OTHER,
	KNOWN_TEST,  /* defines every word there is: for test suites */
	KNOWN_ALIAS
};

struct known {
	enum known_kind kind;
	const char *url;
	const char *sha256;          /* of the document as it is published; KNOWN_ALIAS: the URL that it has the content of */
	const struct node *document; /* {"@context": ...}; of an alias NULL */
};

/* The next one behind the cursor *at, which begins at 0; false at the end.  An error of memory shows in the arena. */
bool known_next(struct arena *a, size_t *at, struct known *out);

#endif
