/* jcs.h - JSON as the JSON Canonicalization Scheme (RFC 8785) writes it: one text for each value.
 *
 * Names in the order of their UTF-16 code units, numbers as ECMAScript writes the double that they stand for,
 * no blanks.  Errors of memory stay in the buf.
 */
#ifndef TREE_JCS_H
#define TREE_JCS_H

#include "codecs/base/buf.h"
#include "codecs/tree/node.h"

/* False when the tree holds what JSON has no form for (bytes, infinities, names that are no text; a tree from JSON
 * never does) or is nested deeper than any reader reads.  Only children and names are followed, never parents: a
 * map may be a changed copy that borrows its children. */
bool jcs_write(struct buf *b, const struct node *n);
/* A number by ECMA-262, Number::toString; -0 is 0.  False, and nothing written, unless finite. */
bool jcs_number(struct buf *b, double v);
/* A JSON string with its quotes, escaped as little as RFC 8785, 3.2.2.2 has it; s is UTF-8. */
void jcs_string(struct buf *b, struct span s);
/* -1, 0, 1: the order of names, RFC 8785, 3.2.3. */
int jcs_compare(struct span a, struct span b);
/* From text in one step.  What node_from_json refuses is reported there, and *out is SPAN_NONE.  0, -ENOMEM, -ENOBUFS. */
int jcs_of_text(struct work *w, struct span in, const char *layer, struct span *out);

#endif
