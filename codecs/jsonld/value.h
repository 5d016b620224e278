/* value.h - documents under way: expanded, flattened, compacted.  JSON as it is built, before it is text.
 *
 * Lives in the work's arena.  The functions that make or link take NULL for "there is none" (a value that was
 * dropped, or that no memory was left for) and then do nothing: callers test for stops once, at the end.
 */
#ifndef JSONLD_VALUE_H
#define JSONLD_VALUE_H

#include "codecs/base/buf.h"
#include "codecs/jsonld/keyword.h"
#include "codecs/tree/node.h"

enum ld_kind {
	LD_NULL,
	LD_BOOL,
	LD_TEXT,
	LD_JSON, /* as the source has it: a number, or anything that is not to be looked into */
	LD_LIST,
	LD_MAP
};

struct ld {
	enum ld_kind kind;
	enum keyword keyword;      /* its name in the parent map, where that is a keyword */
	uint32_t hash;             /* of the name: maps are walked, and most names look alike */
	struct span key;           /* the same as text; ptr NULL: not in a map */
	struct span text;          /* LD_TEXT */
	bool boolean;              /* LD_BOOL */
	const struct node *source; /* what it was made from, for places; LD_JSON: its content */
	struct ld *next, *child, *last;
	size_t size;
};

struct ld *ld_make(struct arena *a, enum ld_kind kind, const struct node *source);
struct ld *ld_text(struct arena *a, struct span text, const struct node *source);
/* A scalar of the source, or, as LD_JSON, whatever it holds. */
struct ld *ld_scalar(struct arena *a, const struct node *source);

struct ld *ld_get(const struct ld *map, enum keyword k);       /* NULL: absent, or no map */
struct ld *ld_find(const struct ld *map, struct span key);
struct span ld_text_of(const struct ld *v);                    /* SPAN_NONE unless it is a text */

void ld_append(struct ld *list, struct ld *item);              /* the item belongs to no other container */
void ld_prepend(struct ld *list, struct ld *item);
void ld_splice(struct ld *list, struct ld *items);             /* moves all items of another list behind */
/* Sets a member, replacing one of that name. */
void ld_put(struct ld *map, enum keyword k, struct ld *value);
void ld_put_first(struct ld *map, enum keyword k, struct ld *value); /* one that is not there yet */
void ld_put_key(struct ld *map, struct span key, struct ld *value);
void ld_drop(struct ld *map, const struct ld *member);
/* The list under that name, made if need be; it must not hold anything else. */
struct ld *ld_list_under(struct arena *a, struct ld *map, struct span key);
/* Behind the values under that name; a list gives its items. */
void ld_add(struct arena *a, struct ld *map, struct span key, struct ld *value);
/* The value itself if it is a list, else a list of it; of NULL an empty one. */
struct ld *ld_as_list(struct arena *a, struct ld *value);
/* A copy of the value without its name and place; containers share their children, who are not to be moved then. */
struct ld *ld_copy(struct arena *a, const struct ld *value);
struct ld *ld_deep_copy(struct arena *a, const struct ld *value);
bool ld_equal(const struct ld *a, const struct ld *b);         /* lists in order, maps in any */

void ld_to_json(struct buf *b, const struct ld *v);

#endif
