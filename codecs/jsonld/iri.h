/* iri.h - references made absolute (RFC 3986, 5.2), and what may stand for an IRI. */
#ifndef JSONLD_IRI_H
#define JSONLD_IRI_H

#include "codecs/base/span.h"

struct arena;

/* reference against base, in the arena; no normalising beyond dot segments.  ptr NULL: the arena is spent. */
struct span iri_resolve(struct arena *a, struct span base, struct span reference);
/* The shortest way from base to an IRI of the same scheme and authority; any other IRI as it is.  ptr NULL: the
 * arena is spent. */
struct span iri_relative(struct arena *a, struct span base, struct span iri);
/* Begins with a scheme and a colon; has no blank or control in it, unless loose: old processors asked for no more. */
bool iri_absolute(struct span s, bool loose);
/* Begins with "_:". */
bool iri_blank(struct span s);
/* By the grammar of RFC 3987, without asking what a scheme demands of the parts. */
bool iri_well_formed(struct span s);
/* A tag by the form of BCP 47: parts of 1 to 8 letters and digits, the first only letters. */
bool language_well_formed(struct span s);
/* Ends with one of : / ? # [ ] @ (gen-delim): what a simple term must end with to be a prefix. */
bool iri_ends_as_prefix(struct span s);

#endif
