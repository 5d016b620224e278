/* w3c_json_ld.h - what the files of the JSON-LD suite's adapter share. */
#ifndef CONFORMANCE_ADAPTERS_W3C_JSON_LD_H
#define CONFORMANCE_ADAPTERS_W3C_JSON_LD_H

#include "codecs/jsonld/jsonld.h"
#include "conformance/suite.h"

/* One test of a manifest. */
struct test {
	struct suite *s;
	struct work *w;
	const struct node *row;
	const char *group; /* "expand" */
	char id[64];
};

/* Equal but for the order of lists that are not below @list. */
bool w3c_same_json(struct work *w, const struct node *a, const struct node *b);
/* The test's outcome: the value against the file that it expects. */
void w3c_tell_json(struct test *t, const struct ld *is);
/* Is the dataset that of the N-Quads in want, up to the names of blank nodes?  *text: its canonical form. */
bool w3c_same_dataset(struct work *w, const struct rdf_dataset *is, struct span want, bool generalized,
		      struct span *text);

#endif
