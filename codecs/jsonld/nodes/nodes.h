/* nodes.h - expanded documents as nodes and statements; for this folder alone. */
#ifndef JSONLD_NODES_NODES_H
#define JSONLD_NODES_NODES_H

#include "codecs/jsonld/run.h"

/* For tables by identifier, whose sizes are powers of two. */
static inline uint64_t
name_hash(struct span s)
{
	uint64_t h = ld_hash(LD_HASH, s);

	return h ^ h >> 32;
}

/* Names for blank nodes: those of the document are replaced, so that new ones can't meet them (API, 7.4). */
struct label {
	struct span from, to;
	struct label *chain;
};

struct labels {
	struct label **slots; /* NULL: none yet */
	size_t slot_count, count;
	uint64_t next;
};

/* "_:b0": the new name of that node; SPAN_NONE: of one without a name.  ptr NULL once stopped. */
struct span label_of(struct ld_run *x, struct labels *l, struct span identifier);

/* In lower case, as far as ASCII goes. */
struct span label_lower(struct ld_run *x, struct span s);

/* 8.2.2: a value object as a literal; RDF_NONE: it is left out. */
struct rdf_term literal_of(struct ld_run *x, const struct ld *value);

/* 8.5: a literal as a value object; NULL once stopped. */
struct ld *value_of(struct ld_run *x, const struct rdf_term *t);

/* Nodes by graph and identifier. */
struct use {
	struct entry *node;
	struct span property;
	struct ld *value;
	struct use *next;
};

struct entry {
	struct span id;
	struct ld *node;           /* a map with its @id */
	struct graph *graph;       /* in the default graph: the one of that name */
	struct use *uses;          /* from_rdf.c: where it is an object; newest first */
	bool often, compound, gone;
	struct entry *chain, *next;
};

struct graph {
	struct span name; /* ptr NULL: the default graph */
	struct entry **slots, *first, *last;
	size_t slot_count, count;
	struct graph *next;
};

struct graphs {
	struct graph *first, *last; /* the default graph is the first */
};

/* Both make what is not there; NULL once stopped.  A graph has a node of its name in the default graph. */
struct graph *graphs_named(struct ld_run *x, struct graphs *all, struct span name);
struct entry *graphs_entry(struct ld_run *x, struct graph *g, struct span id);
struct ld *graphs_node(struct ld_run *x, struct graph *g, struct span id);
/* NULL: not there. */
struct entry *graphs_find(const struct graph *g, struct span id);

#endif
