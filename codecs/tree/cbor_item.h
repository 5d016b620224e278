/* cbor_item.h - one CBOR item without what a container holds; for this folder alone. */
#ifndef TREE_CBOR_ITEM_H
#define TREE_CBOR_ITEM_H

#include "codecs/base/span.h"

/* The first eight are the major types. */
enum cbor_item_kind {
	ITEM_UINT, ITEM_NEGATIVE, ITEM_BYTES, ITEM_TEXT, ITEM_LIST, ITEM_MAP, ITEM_TAG, ITEM_SIMPLE, ITEM_REAL, ITEM_BREAK
};

enum { SIMPLE_FALSE = 20, SIMPLE_TRUE, SIMPLE_NULL, SIMPLE_UNDEFINED, SIMPLE_LONG = 32 };

struct cbor_item {
	enum cbor_item_kind kind;
	bool                endless; /* a string in chunks, or a container without a count */
	uint64_t            arg;     /* value, count, tag number or simple value */
	struct span         bytes;   /* of a string with a length */
	double              real;
};

/* Reads the item at *at, whose head is longer than one byte or a break; false: it is malformed or cut off. */
bool cbor_item_long(struct span in, size_t *at, struct cbor_item *item);

#endif
