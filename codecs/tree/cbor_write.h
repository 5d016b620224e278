/* cbor_write.h - deterministic CBOR (RFC 8949, 4.2.1: shortest heads, definite lengths) into a buf.
 *
 * The caller writes items in order and sorts map keys itself; errors stay in the buf.
 */
#ifndef TREE_CBOR_WRITE_H
#define TREE_CBOR_WRITE_H

#include "codecs/base/buf.h"

struct node;

void cborw_int(struct buf *b, int64_t v);
void cborw_text(struct buf *b, struct span s);
void cborw_bytes(struct buf *b, struct span s);
void cborw_list(struct buf *b, size_t count);
void cborw_map(struct buf *b, size_t pairs);
void cborw_tag(struct buf *b, uint64_t tag);
void cborw_bool(struct buf *b, bool v);
void cborw_null(struct buf *b);
void cborw_real(struct buf *b, double v); /* in the shortest of the three widths that keeps the value */
/* A tree that was read from CBOR, tags included, its maps in the order in which they stand. */
void cborw_node(struct buf *b, const struct node *n);

#endif
