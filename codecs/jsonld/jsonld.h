/* jsonld.h - JSON-LD 1.1 (W3C Recommendation, API of 16 July 2020): expanded, flattened, compacted, to RDF and back.
 *
 * Nothing is ever fetched: contexts come from the loader that the caller gives.  What a document does wrong is
 * told on the running check; what the function could not do for want of memory is its return value.
 */
#ifndef JSONLD_JSONLD_H
#define JSONLD_JSONLD_H

#include "codecs/jsonld/rdf.h"
#include "codecs/jsonld/value.h"
#include "codecs/tree/node.h"

struct work;
struct ld_context;
struct ld_memo;

/* The faults of the specification, for those who compare; reports carry reasons. */
enum jsonld_code {
	JSONLD_FINE,
#define CODE(name, text) JSONLD_##name,
#include "codecs/jsonld/codes.def"
#undef CODE
	JSONLD_UNSAFE, /* safe: something would have been left out */
	JSONLD_CODES
};

/* Documents by their address. */
struct jsonld_loader {
	/* The whole document whose "@context" is meant; NULL: there is none, or w ran out of memory. */
	const struct node *(*load)(const struct jsonld_loader *self, struct work *w, struct span url);
	/* What was processed beforehand, from `initial` on; NULL: nothing (contexts.h). */
	const struct ld_memo *memo;
	const struct ld_context *initial;
	uint64_t serial; /* no other loader with an `initial` ever had it */
};

enum jsonld_direction { JSONLD_DIRECTION_NONE, JSONLD_DIRECTION_DATATYPE, JSONLD_DIRECTION_COMPOUND };

struct jsonld_options {
	const struct jsonld_loader *loader;
	struct span base; /* what relative references are resolved against; ptr NULL: nothing, they stay relative */
	struct span url;  /* the document's own address, for the addresses of its contexts; ptr NULL: none */
	/* What would be left out of the statements fails with jsonld.unsafe instead: terms without an IRI, relative
	 * IRIs, reserved words, values that belong to nothing.  Always set where signatures are made or verified. */
	bool safe;
	bool loose; /* an IRI is a scheme, a colon and anything, as processors before 2023 had it (real credentials do) */
	bool mode_10; /* processing mode json-ld-1.0: constructs of 1.1 are faults */
	bool generalized; /* statements may have blank nodes for predicates */
	enum jsonld_direction direction;
	bool native;     /* from RDF: numbers and booleans as JSON has them, instead of texts with a type */
	bool rdf_type;   /* from RDF: rdf:type stays a property */
	bool keep_lists; /* compaction: lists of one value stay lists */
	bool absolute;   /* compaction: IRIs are not made relative to the document's */
	bool flattened;  /* compaction: of the nodes side by side */
	const struct node *expand_context; /* a context to begin with, or NULL */
	const char *layer; /* for places */
};

/* What came of it: for tests and for answers that name the rule. */
struct jsonld_outcome {
	enum jsonld_code code;
};

/* The document in expanded form: *out is a list, or NULL once a fault was reported.  0, -ENOMEM, -ENOBUFS. */
int jsonld_expand(struct work *w, const struct jsonld_options *o, const struct node *document,
		  struct jsonld_outcome *outcome, struct ld **out);
/* What the document states, added to d (rdf_dataset_in); labels of blank nodes are "b" and a number. */
int jsonld_to_rdf(struct work *w, const struct jsonld_options *o, const struct node *document,
		  struct jsonld_outcome *outcome, struct rdf_dataset *d);
/* All nodes side by side, in expanded form. */
int jsonld_flatten(struct work *w, const struct jsonld_options *o, const struct node *document,
		   struct jsonld_outcome *outcome, struct ld **out);

/* The document in the words of a context (or of a document with one), which is put on top of it. */
int jsonld_compact(struct work *w, const struct jsonld_options *o, const struct node *document,
		   const struct node *context, struct jsonld_outcome *outcome, struct ld **out);

/* A dataset as a document in expanded form. */
int jsonld_from_rdf(struct work *w, const struct jsonld_options *o, const struct rdf_dataset *d,
		    struct jsonld_outcome *outcome, struct ld **out);

/* "invalid term definition": the specification's word for a code; "" for JSONLD_FINE. */
const char *jsonld_code_text(enum jsonld_code code);

#endif
