/* expand.h - a document made independent of its contexts (JSON-LD 1.1 API, 5.1); for this folder alone.
 *
 * Every function gives NULL where a value is dropped, and once the run has stopped.
 */
#ifndef JSONLD_EXPAND_EXPAND_H
#define JSONLD_EXPAND_EXPAND_H

#include "codecs/jsonld/context/context.h"

/* 5.1.2.  property: the active property as it was written, a keyword's text, or ptr NULL.  from_map: the element
 * stands in a map by id, type or index, whose entries are no new nodes. */
struct ld *expand_element(struct ld_run *x, const struct ld_context *c, struct span property,
			  const struct node *element, bool from_map);
/* 5.3 */
struct ld *expand_value(struct ld_run *x, const struct ld_context *c, struct span property, const struct node *value);

/* A map under way. */
struct expansion {
	struct ld_run *x;
	const struct ld_context *c, *of_types; /* of_types: as it was before contexts of types */
	struct span property;
	const struct node *element;
	struct ld *result;
	bool json; /* its type is @json: the value is taken as it stands */
	const struct node **nests;
	size_t nest_count, nest_cap;
};

/* 5.1.2, 13 and 14: all members of map, which is e->element or nested in it. */
void expand_members(struct expansion *e, const struct node *map);
/* 13.4: one that stands for a keyword. */
void expand_keyword(struct expansion *e, const struct node *member, enum keyword k);
/* 13.5 to 13.14: one that stands for a property. */
void expand_property(struct expansion *e, const struct node *member, struct span iri);
/* 13.7 and 13.8: maps by language, and by index, id or type. */
struct ld *expand_language_map(struct expansion *e, const struct node *member, const struct ld_term *t);
struct ld *expand_index_map(struct expansion *e, const struct node *member, const struct ld_term *t);
/* 15 to 19: what the finished map comes to. */
struct ld *expand_finish(struct expansion *e);

/* A map that is no value, list or set. */
bool expand_is_node(const struct ld *v);
/* Adds an item to a list of a map of reversed properties; false once stopped. */
bool expand_add_reverse(struct ld_run *x, struct ld *map, struct span iri, struct ld *items, const struct node *at);

#endif
