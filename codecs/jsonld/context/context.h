/* context.h - active contexts: what each term stands for (JSON-LD 1.1 API, 4).
 *
 * A context never changes once it is made; terms lie in layers, one for each context definition that was
 * processed, so that a context costs what it says and not what stands under it.
 */
#ifndef JSONLD_CONTEXT_CONTEXT_H
#define JSONLD_CONTEXT_CONTEXT_H

#include "codecs/jsonld/run.h"

enum {
	CONTAINER_GRAPH = 1, CONTAINER_ID = 2, CONTAINER_INDEX = 4, CONTAINER_LANGUAGE = 8,
	CONTAINER_LIST = 16, CONTAINER_SET = 32, CONTAINER_TYPE = 64
};

/* Absent, null and a value are three things. */
enum ld_state { LD_ABSENT, LD_IS_NULL, LD_PRESENT };

enum ld_direction { LD_NO_DIRECTION, LD_LTR, LD_RTL };

/* What IRI expansion gives: a keyword, or a text; neither: null. */
struct ld_iri {
	enum keyword keyword;
	struct span text; /* of the keyword as well */
};

struct ld_term {
	struct span name;
	struct ld_term *chain;     /* of its slot */
	struct ld_iri iri;
	struct ld_iri type;        /* text.ptr NULL: none */
	struct span index, nest;   /* ptr NULL: none */
	struct span language;
	enum ld_state has_language, has_direction;
	enum ld_direction direction;
	unsigned container;        /* CONTAINER_* */
	bool prefix, protects, reverse;
	bool durable;              /* its context is a known document's */
	bool gone;                 /* taken out: hides the term of that name in the layers below */
	const struct node *context; /* its local context; NULL: none */
	struct span base;          /* that context's base URL */
};

struct ld_layer {
	const struct ld_layer *under;
	struct ld_term **slots;
	size_t slot_count, count;  /* a power of two */
	unsigned height;           /* layers under this one */
};

struct ld_context {
	struct span base, first_base; /* ptr NULL: none */
	struct span vocab;            /* ptr NULL: none */
	struct span language;         /* ptr NULL: none */
	enum ld_direction direction;
	const struct ld_context *previous; /* to go back to in the next node; NULL: this one is propagated */
	const struct ld_layer *terms;      /* NULL: none */
	bool durable;                      /* it outlives the document: kept.h */
};

/* NULL: not defined.  One with a NULL iri.text is defined as nothing. */
const struct ld_term *context_term(const struct ld_context *c, struct span name);

/* How a local context is processed. */
enum {
	PROCESS_OVERRIDE = 1,  /* protected terms may be redefined: the context of a property */
	PROCESS_LOCALLY = 2,   /* not propagated, unless it says otherwise: the context of a type */
	PROCESS_KEEP = 16,     /* the local context is a known document's: the result may be kept */
	PROCESS_TRY = 4,       /* only to see whether it holds: contexts that lead to themselves are not followed */
};

/* The remote contexts that lead here, innermost first. */
struct ld_remote {
	struct span url;
	const struct ld_remote *up;
	size_t count;
};

/* One without terms, for compacting with; and the context that a document begins with.  NULL once stopped. */
const struct ld_context *context_bare(struct ld_run *x);
const struct ld_context *context_first(struct ld_run *x);
/* 4.1.2.  A context, or NULL once stopped. */
const struct ld_context *context_process(struct ld_run *x, const struct ld_context *active,
					 const struct node *local, struct span base,
					 const struct ld_remote *remotes, unsigned how);
/* The context of a term's definition on top of active. */
const struct ld_context *context_of_term(struct ld_run *x, const struct ld_context *active,
					 const struct ld_term *term, unsigned how);

/* What IRI expansion takes a text for, besides a term with a keyword, a compact IRI and an IRI. */
enum { IRI_VOCAB = 1, IRI_DOCUMENT = 2 };

/* 5.2 without a local context. */
struct ld_iri context_iri(struct ld_run *x, const struct ld_context *c, struct span value, unsigned how);
/* Does the key stand for that keyword? */
static inline bool
context_is(struct ld_run *x, const struct ld_context *c, struct span key, enum keyword k)
{
	return context_iri(x, c, key, IRI_VOCAB).keyword == k;
}

#endif
