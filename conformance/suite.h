/* suite.h - what an adapter of a public corpus sees of the runner: read files, tell outcomes.
 *
 * An adapter is one file in conformance/adapters/ and one line in adapters.def.  It reads the corpus in
 * place, runs *our* entry points, and tells one outcome per case.  A case that the corpus states wrongly
 * is run all the same and told as CASE_EXCEPTION with the reason: exceptions are listed by name in reports.
 */
#ifndef CONFORMANCE_SUITE_H
#define CONFORMANCE_SUITE_H

#include "codecs/base/work.h"
#include "codecs/base/span.h"

struct suite;

enum outcome {
	CASE_PASS,
	CASE_FAIL,
	CASE_SKIP,     /* not run: the reason says what is missing */
	CASE_EXCEPTION /* run; differs from the corpus' expectation for the reason named; counts as passed */
};

struct adapter {
	const char *name; /* of the corpus folder */
	int (*run)(struct suite *s);
};

/* A fresh work for one case (arena, report, default limits, the runner's kit, now = 0), valid until the next call. */
struct work *suite_work(struct suite *s);
/* Reads a file below the corpus folder; bytes live until the suite ends.  -ENOENT, -EFBIG (over 64 MiB), -ENOMEM. */
int  suite_read(struct suite *s, const char *path, struct span *out);
/* Calls fn for every file below the folder `path` ("" for all) whose name ends in suffix, in byte order of paths. */
int  suite_each(struct suite *s, const char *path, const char *suffix,
		int (*fn)(struct suite *s, const char *path, void *arg), void *arg);
/* One outcome; `id` names the case within the suite; the format is one line of detail (NULL for CASE_PASS). */
void suite_tell(struct suite *s, const char *id, enum outcome o, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* A figure that the closing table prints ("kids: 829"). */
void suite_figure(struct suite *s, const char *name, long long value);

#endif
