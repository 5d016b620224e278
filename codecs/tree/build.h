/* build.h - how the three readers make a tree; for this folder alone.
 *
 * Nodes come from a pool in the arena; a stack of open containers says where the next one goes.  The first
 * fault (of the document) or error (of ours) stops the build: readers loop while !b->stop and test nothing else.
 */
#ifndef TREE_BUILD_H
#define TREE_BUILD_H

#include "codecs/base/work.h"
#include "codecs/tree/node.h"

/* What differs between the formats. */
struct build_rules {
	const char *nodes_name, *depth_name; /* of the limits, for reports */
	size_t      nodes, depth;
	enum reason duplicate; /* REASON_NONE: keys may repeat */
};

/* The name under which the next child of a map will stand. */
struct build_key {
	enum key_kind kind;
	struct span   text;
	int64_t       number;
};

/* An open container. */
struct build_frame {
	struct build_frame *up, *down; /* down: kept for reuse */
	struct node        *node, *last;
	struct build_key    key;
	uint64_t            seen; /* a bit for each key's hash */
	/* the reader's own */
	uint64_t    left;    /* CBOR: items still due; XML: namespaces in scope */
	bool        endless; /* CBOR: ends with a break */
	bool        is_key;  /* CBOR: the container is itself a key of the map above */
	struct span space;   /* XML: the namespace */
};

struct build {
	struct work             *w;
	struct span              in;
	const char              *layer;
	struct build_rules       rules;
	struct node             *pool;
	size_t                   pool_left;
	size_t                   nodes, depth;
	struct build_frame      *top, *bottom;
	struct node             *root;
	bool                     stop;
	int                      error;
};

/* Fills *b where it stands: it is too large to be copied about for each document. */
void build_begin(struct build *b, struct work *w, struct span in, const char *layer, const struct build_rules *rules);
/* What node_from_* returns: *out is the root, or NULL once a fault was reported. */
int build_end(struct build *b, const struct node **out);

/* Each stops the build; build_fail and build_limit report with the open container's pointer. */
void build_fail(struct build *b, enum reason reason, size_t offset);
void build_limit(struct build *b, const char *name, uint64_t value, size_t offset);
void build_error(struct build *b, int error);

/* Counts one item against the limit. */
bool build_count(struct build *b, size_t offset);
/* Counted, of this kind, standing at offset; linked under the open container by its pending key.  NULL once stopped. */
struct node *build_add(struct build *b, enum node_kind kind, size_t offset);
/* As build_add, but linked to nothing: it only knows its parent. */
struct node *build_loose(struct build *b, enum node_kind kind, size_t offset);
/* Opens and closes a container; the end is the offset behind it. */
struct build_frame *build_open(struct build *b, struct node *n);
void                build_close(struct build *b, size_t end);

#endif
