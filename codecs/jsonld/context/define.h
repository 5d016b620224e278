/* define.h - a context definition under way into terms; for this folder alone. */
#ifndef JSONLD_CONTEXT_DEFINE_H
#define JSONLD_CONTEXT_DEFINE_H

#include "codecs/jsonld/context/context.h"

enum define_state { DEFINE_TODO, DEFINE_UNDER_WAY, DEFINE_DONE };

struct define_entry {
	const struct node *value; /* its key is the term */
	enum define_state state;
	struct define_entry *chain;
};

/* A local context: its entries, what was imported included. */
struct define {
	struct ld_run *x;
	struct ld_context *result; /* being changed */
	struct ld_layer *layer;    /* the result's topmost, made with the first term */
	struct define_entry *entries, **slots;
	size_t count, slot_count;
	struct span base;
	const struct ld_remote *remotes;
	unsigned how; /* PROCESS_* */
	bool protects; /* the whole context does */
};

/* Room for that many entries; false once stopped. */
bool define_begin(struct define *d, size_t count);
/* A later entry of the same name replaces the earlier. */
void define_entry_add(struct define *d, const struct node *value);
struct define_entry *define_entry_of(const struct define *d, struct span name);
const struct node *define_value(const struct define *d, enum keyword k);

/* 4.2.2: nothing if it is defined already. */
void define_term(struct define *d, struct define_entry *e);
/* 5.2 with a local context: terms that it needs are defined on the way. */
struct ld_iri define_iri(struct define *d, struct span value, unsigned how);

uint64_t term_hash(struct span name);
/* Puts a term into the result's own layer, in the place of one of that name. */
void layer_put(struct define *d, struct ld_term *t);
/* Does any term that can be seen from here protect itself? */
bool layers_protect(const struct ld_layer *top);

/* The members of a definition that come behind type and IRI (4.2.2, 19 to 26); false once stopped. */
bool define_members(struct define *d, const struct node *value, struct ld_term *t);

#endif
