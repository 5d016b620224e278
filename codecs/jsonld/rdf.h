/* rdf.h - an RDF 1.1 dataset: what JSON-LD and N-Quads are read into, and what is canonicalised.
 *
 * Texts are borrowed: they outlive the dataset, as all spans of a request do.
 */
#ifndef JSONLD_RDF_H
#define JSONLD_RDF_H

#include "codecs/base/span.h"

struct work;

#define XSD "http://www.w3.org/2001/XMLSchema#"
#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

enum rdf_kind {
	RDF_NONE, /* only as a graph: the default graph */
	RDF_IRI,
	RDF_BLANK,
	RDF_LITERAL
};

struct rdf_term {
	enum rdf_kind kind;
	struct span
		value; /* the IRI; a blank node's label without "_:"; a literal's lexical form, unescaped */
	struct span
		datatype; /* of a literal: an IRI.  Empty: xsd:string, or rdf:langString with a language */
	struct span language; /* of a literal: a tag as it was written, or empty */
};

struct rdf_quad {
	struct rdf_term s, p, o, g;
};

/* Like a buf it fails once and stays failed: add freely, test at the end. */
struct rdf_dataset {
	struct work *work;
	struct rdf_quad *quads;
	size_t count, cap;
	uint32_t *index; /* hash table of positions + 1; NULL where repetitions are kept */
	size_t slots;
	bool full; /* more quads than rdf.quads: reported on the running check */
	struct rdf_term root; /* of a JSON-LD document: the one object on its outside; RDF_NONE: not one */
	int error; /* 0, -ENOMEM, -ENOBUFS (arena_error) */
};

/* An empty dataset in the work's arena.  unique: a quad that is there already is not added again (a dataset is a
 * set: canonicalising needs it so). */
struct rdf_dataset rdf_dataset_in(struct work *w, bool unique);
/* Copies the quad, not its texts.  xsd:string and, beside a language, rdf:langString are stored as empty. */
void rdf_add(struct rdf_dataset *d, const struct rdf_quad *q);
bool rdf_term_equal(const struct rdf_term *a, const struct rdf_term *b);
bool rdf_quad_equal(const struct rdf_quad *a, const struct rdf_quad *b);

static inline struct rdf_term
rdf_iri(struct span iri)
{
	return (struct rdf_term){ .kind = RDF_IRI, .value = iri };
}

static inline struct rdf_term
rdf_blank(struct span label)
{
	return (struct rdf_term){ .kind = RDF_BLANK, .value = label };
}

static inline struct rdf_term
rdf_literal(struct span lexical, struct span datatype)
{
	return (struct rdf_term){ .kind = RDF_LITERAL, .value = lexical, .datatype = datatype };
}

#endif
