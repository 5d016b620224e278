/* edit.h - changed copies of a tree: what a signature covers is often a document without, or with, something.
 *
 * A copy borrows what it leaves as it is; its parts still know where they were read, so places stay right.
 */
#ifndef TREE_EDIT_H
#define TREE_EDIT_H

#include "codecs/base/work.h"
#include "codecs/tree/node.h"

enum { EDIT_NAMES = 4 };

struct edit {
	const char        *without[EDIT_NAMES]; /* members left out */
	const char        *key;  /* a member put in front, whatever stood there before; NULL: none */
	const struct node *value;
};

/* map, changed.  0 or arena_error. */
int edit_map(struct work *w, const struct node *map, const struct edit *e, const struct node **out);
/* A list of count items. */
int edit_list(struct work *w, const struct node *const *items, size_t count, const struct node **out);

#endif
