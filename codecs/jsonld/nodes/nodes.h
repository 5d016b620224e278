/* nodes.h - expanded documents as nodes and statements; for this folder alone. */
#ifndef JSONLD_NODES_NODES_H
#define JSONLD_NODES_NODES_H

#include "codecs/jsonld/run.h"

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

#endif
