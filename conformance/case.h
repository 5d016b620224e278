/* case.h - one case: what goes in, at what time, under which trust, and what must come out.
 *
 * A case is a folder <suite>/<case>/ with case.json and one input file, or the name of another case's.  It asks either
 * the whole engine, and whoever writes what was verified in another form, or a "block": one building block whose
 * reasons no certificate reaches.
 */
#ifndef CONFORMANCE_CASE_H
#define CONFORMANCE_CASE_H

#include "codecs/emit.h"
#include "config/policy.h"
#include "conformance/pages.h"
#include "conformance/suite.h"

#include <jansson.h>

enum { CASE_SOURCES = 16 };

struct test_case {
	const char        *folder; /* below the suite's */
	const char        *block;  /* NULL: the whole engine */
	json_t            *expect; /* sound; borrowed from the JSON it was read from */
	struct span        input;
	int64_t            at;
	struct trust_input sources[CASE_SOURCES];
	size_t             source_count;
	struct policy      policy;
	bool               own_trust;  /* lists that its suite does not have: likewise */
	bool               own_policy; /* the case sets switches: only our own library can be asked */
	struct pages       web;        /* what is fetched on the way; likewise */
	struct span        passcode, recipient; /* of a health link; likewise */
	const struct target *to; /* in what form it is to be written, too; NULL: in none */
};

/* Reads everything that the case names; all of it lives as long as the suite, expect as long as json.
 * NULL, or what is wrong with the case in one sentence; then *out is untouched. */
const char *case_read(struct suite *s, const char *folder, json_t *json, struct test_case *out);

#endif
