/* compact.h - an expanded document in the words of a context (JSON-LD 1.1 API, 6); for this folder alone. */
#ifndef JSONLD_COMPACT_COMPACT_H
#define JSONLD_COMPACT_COMPACT_H

#include "codecs/jsonld/context/context.h"

struct inverse;

struct compaction {
	struct ld_run *x;
	struct arena *a;
	bool arrays;              /* lists of one stay lists */
	struct inverse *inverses; /* of the contexts met so far */
};

/* 6.1.2.  property: the active property, ptr NULL: none. */
struct ld *compact_element(struct compaction *k, const struct ld_context *c, struct span property,
			   const struct ld *element);
/* 6.3: a value or reference in its short form; NULL once stopped. */
struct ld *compact_value(struct compaction *k, const struct ld_context *c, struct span property,
			 const struct ld *value);

enum { COMPACT_VOCAB = 1, COMPACT_REVERSE = 2 };

/* 6.2.  value: what the IRI is the property of, or NULL. */
struct span compact_iri(struct compaction *k, const struct ld_context *c, struct span iri, const struct ld *value,
			unsigned how);
struct span compact_keyword(struct compaction *k, const struct ld_context *c, enum keyword w);

/* By which a term is looked for. */
enum inverse_by { BY_LANGUAGE, BY_TYPE, BY_ANY };


struct inverse {
	const struct ld_context *of;
	struct inverse *next;
	struct inverse_entry **slots;
	size_t slot_count, count;
	const struct ld_term **prefixes;
	size_t prefix_count;
};

/* 4.3; NULL once stopped. */
const struct inverse *inverse_of(struct compaction *k, const struct ld_context *c);
bool inverse_has(const struct inverse *v, struct span iri);
/* The term for an IRI in that container (CONTAINER_*), by that value; ptr NULL: there is none. */
struct span inverse_term(const struct inverse *v, struct span iri, unsigned container, enum inverse_by by,
			 struct span value);
/* "en_ltr" in lower case; each may be empty, but not both. */
struct span inverse_language(struct compaction *k, struct span language, struct span direction);

/* A map with @graph and nothing else but @id and @index. */
bool compact_is_graph(const struct ld *v);
/* Behind what is under that name already: one value alone, more as a list (6, add value). */
void compact_add(struct compaction *k, struct ld *map, struct span key, struct ld *value, bool as_array);
/* 12.8.9 and 12.8.10: graphs, and values by language, index, id or type; false: neither. */
struct compact_item {
	const struct ld_context *c;
	const struct ld_term *t; /* of the property; NULL: not defined */
	struct span property;
	const struct ld *expanded;
	struct ld *compacted, *to;
	unsigned container;
	bool as_array;
};
void compact_put_graph(struct compaction *k, struct compact_item *i);
void compact_put_in_map(struct compaction *k, struct compact_item *i);

#endif
