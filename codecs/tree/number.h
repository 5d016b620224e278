/* number.h - numbers of a tree by value and as text, whichever format they were read from; for this folder alone. */
#ifndef TREE_NUMBER_H
#define TREE_NUMBER_H

#include "codecs/base/buf.h"
#include "codecs/tree/node.h"

bool number_is(const struct node *n); /* NODE_INT, NODE_BIG or NODE_REAL */
/* By exact value: 1 equals 1.0; NaN equals NaN; 2^64 as a real equals no 64-bit integer. */
bool number_equal(const struct node *a, const struct node *b);
/* As JSON; as it was written where that was JSON, else the shortest text that reads back the same.
 * What JSON has no form for (infinities, NaN) becomes null. */
void number_write(struct buf *b, const struct node *n);

/* The closest double; NODE_BIG and large NODE_INT are rounded. */
double number_double(const struct node *n);
/* As jcs.h has it. */
bool jcs_node_number(struct buf *b, const struct node *n);

enum number_result { NUMBER_OK, NUMBER_MALFORMED, NUMBER_LOSSY };

/* Reads all of s by the grammar of RFC 8259: NODE_INT, NODE_BIG (integers of up to 64 bits and a sign) or
 * NODE_REAL, correctly rounded, without regard to the locale.  Larger integers and overflow are NUMBER_LOSSY. */
enum number_result number_read(struct span s, struct node *n);

#endif
