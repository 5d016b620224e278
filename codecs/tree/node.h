/* node.h - CBOR, JSON and XML all become this one tree.
 *
 * libcbor and libxml2 are each included by one .c file in this folder; none of
 * their types passes this header.  Nodes live in the work's arena; texts point
 * into the input wherever it holds them as they are.
 */
#ifndef TREE_NODE_H
#define TREE_NODE_H

#include "codecs/base/report.h"
#include "codecs/base/span.h"

struct buf;
struct work;

enum node_kind {
	NODE_NULL, /* null and undefined */
	NODE_BOOL,
	NODE_INT,
	NODE_BIG,  /* an integer of 64 bits and a sign outside int64_t: only raw says which */
	NODE_REAL, /* finite or not; for JSON raw is the number's text */
	NODE_TEXT, /* UTF-8, escapes resolved */
	NODE_BYTES,
	NODE_SIMPLE, /* CBOR simple value other than false, true, null, undefined */
	NODE_LIST,
	NODE_MAP
};

enum key_kind { KEY_NONE, KEY_TEXT, KEY_INT, KEY_OTHER };

struct node {
	enum node_kind     kind;
	enum key_kind      key_kind; /* KEY_NONE: not in a map */
	struct span        key;      /* its name in the parent map, as text; an integer's in decimal; any
				      * other's as "cbor:" and the hex of its deterministic encoding */
	int64_t            key_int;  /* KEY_INT */
	struct span        raw;      /* the bytes that it was read from, tags included; in XML of elements only */
	size_t             offset;   /* of raw in its layer */
	size_t             size;     /* LIST, MAP: number of children */
	const uint64_t    *tags;     /* CBOR tags in front of it, outermost first */
	size_t             tag_count;
	const struct node *parent, *next, *child;
	union {
		bool        boolean;
		int64_t     integer;
		double      real;
		uint8_t     simple;
		struct span bytes; /* NODE_TEXT, NODE_BYTES */
	} as;
};

/* Each reads all of `in` as one item.  `layer` names the layer in reports (a string
 * constant).  On bad input: reports the reason and place on the running check,
 * sets *out to NULL and returns 0.  Returns -ENOMEM or -ENOBUFS (arena_error). */

/* RFC 8949; well-formedness, unique keys, UTF-8, the cbor.* limits. */
int node_from_cbor(struct work *w, struct span in, const char *layer, const struct node **out);
/* RFC 8259 as restricted by RFC 7493 (I-JSON): unique names, no U+0000, no lone surrogates; json.* limits. */
int node_from_json(struct work *w, struct span in, const char *layer, const struct node **out);
/* XML 1.0 without DOCTYPE, UTF-8 only; an element is a NODE_MAP whose children in document order are
 * attributes (key "@name", or "@prefix:name" as written), elements (key: local name) and texts (key "#text",
 * whole across comments, CDATA and processing instructions, blanks kept); namespace declarations are
 * resolved: key "@xmlns" holds an element's namespace where it differs from its parent's.  The root's own
 * name stands in its key. */
int node_from_xml(struct work *w, struct span in, const char *layer, const struct node **out);

/* The child of a map (or the first of that name, in XML); NULL when absent or when n is NULL or no map. */
const struct node *node_find(const struct node *n, struct span key);
static inline const struct node *
node_get(const struct node *n, const char *key)
{
	return node_find(n, span_of(key)); /* in line: a literal's length is known */
}
const struct node *node_get_int(const struct node *n, int64_t key);
/* The index-th child of a list or map, from 0. */
const struct node *node_at(const struct node *n, size_t index);
bool               node_has_tag(const struct node *n, uint64_t tag);
/* As text; SPAN_NONE for NULL and for any other kind. */
struct span        node_text(const struct node *n);
/* Strict equality of content, tags ignored, map order ignored; numbers by value (1 == 1.0). */
bool               node_equal(const struct node *a, const struct node *b);
/* The JSON Pointer (RFC 6901) of n from its root, in the arena. */
int                node_pointer(struct work *w, const struct node *n, struct span *out);
/* A place for reports: layer, offset and pointer of n (pointer left out when the arena is spent). */
struct place       node_place(struct work *w, const struct node *n, const char *layer);
/* The place where map's member `key` should be: the map's offset, the member's pointer. */
struct place       node_place_under(struct work *w, const struct node *map, const char *key, const char *layer);

#endif
