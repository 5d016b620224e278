/* nquads.h - N-Quads (W3C, RDF 1.1), read strictly and written in the one form that is hashed (RDFC-1.0, 5). */
#ifndef JSONLD_NQUADS_H
#define JSONLD_NQUADS_H

#include "codecs/base/buf.h"
#include "codecs/jsonld/rdf.h"

/* How literals are escaped where they are written. */
enum nquads_style {
	NQUADS_CANONICAL, /* \b \t \n \f \r \" \\, other controls and DEL as \uXXXX (RDFC-1.0) */
	NQUADS_LEGACY     /* only \" \\ \n \r, as URDNA2015 was implemented before 2023; IRIs may hold blanks */
};

/* Reads all of `in`, adding to *out, whose texts then point into `in` where nothing had to be unescaped.  What is no
 * N-Quads (relative IRIs included) is reported on the running check (rdf.syntax, with its offset) and leaves *ok
 * false, as do more quads than rdf.quads.  0, -ENOMEM, -ENOBUFS. */
int nquads_read(struct work *w, struct span in, const char *layer, struct rdf_dataset *out, bool *ok);

/* One term; nothing for RDF_NONE. */
void nquads_term(struct buf *b, const struct rdf_term *t, enum nquads_style style);
/* One line with its LF. */
void nquads_quad(struct buf *b, const struct rdf_quad *q, enum nquads_style style);
/* Whether a term can be written so that no other term has the same text: an IRI without the characters that end it,
 * a label and a language tag of the characters that they are made of. */
bool nquads_writable(const struct rdf_term *t, enum nquads_style style);

/* Sorts lines by their bytes, which is the order of code points. */
void nquads_sort(struct span *lines, size_t count);

#endif
