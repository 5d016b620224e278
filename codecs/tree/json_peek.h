/* json_peek.h - the names of members of a JSON text, found without reading it as a tree: for telling formats apart.
 *
 * Allocates nothing, looks at no byte more than twice, and makes no judgement: what is damaged gives fewer or odd names.
 */
#ifndef TREE_JSON_PEEK_H
#define TREE_JSON_PEEK_H

#include "codecs/base/span.h"

struct json_peek {
	struct cursor c;     /* over the text; the rest is 0 */
	unsigned      depth; /* of the object that the last name is a member of; the outermost is 1 */
};

/* The next name, at any depth, its escapes as they stand; *value: the text from its value on.  False at the end. */
bool   json_peek_next(struct json_peek *p, struct span *name, struct span *value);
/* The first place from `at` on that is no blank. */
size_t json_peek_blanks(struct span in, size_t at);

#endif
