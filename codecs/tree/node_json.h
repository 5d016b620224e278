/* node_json.h - a tree as JSON text, for `inspect` and for comparing: CBOR keys as text, bytes as
 * base64url, tags left out, numbers as they were written where JSON has that form. */
#ifndef TREE_NODE_JSON_H
#define TREE_NODE_JSON_H

#include "codecs/base/buf.h"
#include "codecs/tree/node.h"

void node_to_json(struct buf *b, const struct node *n);

#endif
