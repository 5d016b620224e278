/* canon.h - RDF Dataset Canonicalization (RDFC-1.0, W3C): names for blank nodes that depend on nothing but the dataset.
 *
 * Telling alike blank nodes apart can take factorial time.  The work is counted and bounded by rdf.blanks,
 * rdf.calls and rdf.paths: a dataset made to be dear (section 7.1) ends with input.too_large and the limit's name.
 */
#ifndef JSONLD_CANON_H
#define JSONLD_CANON_H

#include "codecs/jsonld/nquads.h"
#include "codecs/seal/digest.h"

struct canon_rules {
	enum digest       digest; /* SHA-256, or SHA-384 where the suite says so (ecdsa-rdfc-2019 with P-384) */
	enum nquads_style style;  /* NQUADS_LEGACY: URDNA2015 as it was implemented before 2023 */
};

/* "b0" became "c14n3". */
struct canon_name {
	struct span from, to;
};

struct canon {
	struct span        text;  /* all lines, sorted: what is hashed */
	struct span       *lines; /* the same one by one, each with its LF */
	size_t             line_count;
	struct canon_name *names; /* sorted by `from` */
	size_t             name_count;
};

/* d holds each quad once (rdf_dataset_in with unique).  Over a limit, or where a term could not be told from another
 * when written (rdf.term): reported on the running check, *ok false.  0, -ENOMEM, -ENOBUFS. */
int canon_dataset(struct work *w, const struct rdf_dataset *d, struct canon_rules rules, struct canon *out, bool *ok);

#endif
