/* cbor_write.h - deterministic CBOR (RFC 8949, 4.2.1: shortest heads, definite lengths) into a buf.
 *
 * The caller writes items in order and sorts map keys itself; errors stay in the buf.
 */
#ifndef TREE_CBOR_WRITE_H
#define TREE_CBOR_WRITE_H

#include "codecs/base/buf.h"

void cborw_int(struct buf *b, int64_t v);
void cborw_text(struct buf *b, struct span s);
void cborw_bytes(struct buf *b, struct span s);
void cborw_list(struct buf *b, size_t count);
void cborw_map(struct buf *b, size_t pairs);
void cborw_tag(struct buf *b, uint64_t tag);
void cborw_bool(struct buf *b, bool v);
void cborw_null(struct buf *b);
void cborw_real(struct buf *b, double v); /* always as float64 */

#endif
