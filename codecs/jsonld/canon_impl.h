/* canon_impl.h - the state of one canonicalisation, for the files that do it. */
#ifndef JSONLD_CANON_IMPL_H
#define JSONLD_CANON_IMPL_H

#include "codecs/base/work.h"
#include "codecs/jsonld/canon.h"

enum { HASH_MAX = 96 };
#define NO_BLANK UINT32_MAX

/* A digest in hexadecimal; the length is the same for all. */
struct hash {
	uint8_t hex[HASH_MAX];
};

/* A quad whose blank nodes have numbers; the other terms are written already. */
struct pieces {
	struct span text[4];  /* s, p, o, g; ptr NULL: a blank node, or the default graph */
	uint32_t    blank[4]; /* NO_BLANK */
};

struct blank {
	struct span label;
	uint32_t   *quads; /* that mention it, each once */
	uint32_t    quad_count;
	uint32_t    name; /* n of c14n<n>, or NO_BLANK */
	struct hash first;
};

/* Temporary names: blank nodes in the order in which they got theirs. */
struct issuer {
	uint32_t *order, *id; /* id: by blank node, NO_BLANK without */
	uint32_t  count;
};

struct canon_run {
	struct work       *w;
	struct canon_rules rules;
	size_t             hash_len;
	struct pieces     *quads;
	size_t             quad_count;
	struct blank      *blanks;
	uint32_t           blank_count, named;
	struct buf         scratch; /* what is to be hashed */
	struct span       *lines;   /* room for as many lines as there are quads */
	struct level      *levels;  /* of the recursion: canon_paths.c */
	size_t             calls, paths;
	bool               stop; /* over a limit, which was reported */
	int                error;
};

/* canon.c */
void canon_issue(struct canon_run *c, uint32_t blank);
void canon_hash(struct canon_run *c, struct span in, struct hash *out);
void canon_label(struct buf *b, const char *prefix, uint32_t number);
void canon_limit(struct canon_run *c, const char *name, size_t value);

/* canon_paths.c: Hash N-Degree Quads (4.8) from n, with a fresh issuer; order: of the blank nodes that got names. */
void canon_n_degree(struct canon_run *c, uint32_t n, struct hash *out, uint32_t **order, uint32_t *count);

#endif
