/* run.h - one document under way through the processor; for this folder and those below it.
 *
 * The first fault, limit or lack of memory stops the run.  Everything may go on calling; loops and recursions
 * test x->stop, and results of a stopped run are thrown away.
 */
#ifndef JSONLD_RUN_H
#define JSONLD_RUN_H

#include "codecs/base/arena.h"
#include "codecs/base/work.h"
#include "codecs/jsonld/jsonld.h"

struct ld_run {
	struct work *work;
	struct arena *arena;
	const struct jsonld_options *options;
	const struct node *root; /* of the document */
	const struct node *here; /* the value that brought the context under way: faults in other documents stand here */
	bool stop, mode_10, safe, loose;
	enum jsonld_code code;
	int error;
	unsigned depth;    /* of definitions under way */
	unsigned scoped;   /* of contexts of terms being tried: whatever is wrong there is an invalid scoped context */
	size_t contexts, terms, properties;
	struct ld_memo *memo; /* contexts processed for this document */
	struct ld_kept *kept; /* and for earlier ones; NULL: none are kept */
	bool known;           /* the context under way is a known document's: its terms are not counted, kept or not */
	bool keeping;         /* arena is that of what is kept: what is made now will be used for other documents */
};

struct ld_run ld_begin(struct work *w, const struct jsonld_options *o, const struct node *root);
/* Reports what there is to report; what a public function returns. */
int ld_end(struct ld_run *x, struct jsonld_outcome *outcome);

/* Each stops the run, unless it has stopped.  at may be NULL. */
void ld_fault(struct ld_run *x, enum jsonld_code code, const struct node *at);
void ld_limit(struct ld_run *x, const char *name, uint64_t value, const struct node *at);
void ld_memory(struct ld_run *x); /* the arena gave NULL */
/* Something is left out: stops a safe run only. */
void ld_unsafe(struct ld_run *x, const struct node *at);
/* An identifier that a statement is made with; ld_unsafe unless it can be: a blank node, or a well-formed IRI. */
void ld_check_iri(struct ld_run *x, struct span iri, const struct node *at);
/* The same of what may not be a blank node: properties, data types. */
void ld_check_property(struct ld_run *x, struct span iri, const struct node *at);

/* One level down; false at the limit. */
bool ld_enter(struct ld_run *x, const struct node *at);
static inline void
ld_leave(struct ld_run *x)
{
	x->depth--;
}

/* FNV-1a over one text after the other, from LD_HASH on; its high bits are the better ones. */
#define LD_HASH UINT64_C(0xcbf29ce484222325)
static inline uint64_t
ld_hash(uint64_t h, struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		h = (h ^ s.ptr[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* p, or a stop. */
static inline void *
ld_need(struct ld_run *x, void *p)
{
	if (!p)
		ld_memory(x);
	return p;
}

/* The whole document: API, expand(), 8 and 9.  A list, or NULL once stopped. */
struct ld *ld_expand(struct ld_run *x, const struct node *document);

/* Its nodes brought together (API, 7); the expanded tree is used up. */
struct ld *ld_flatten(struct ld_run *x, struct ld *all);

/* a and b behind one another. */
struct span ld_join(struct ld_run *x, struct span a, struct span b);

#endif
