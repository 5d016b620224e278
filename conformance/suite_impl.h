/* suite_impl.h - the inside of a suite, for the runner's own files. */
#ifndef CONFORMANCE_SUITE_IMPL_H
#define CONFORMANCE_SUITE_IMPL_H

#include "codecs/base/arena.h"
#include "codecs/base/buf.h"
#include "codecs/base/kit.h"
#include "codecs/base/report.h"
#include "conformance/suite.h"

struct told {
	struct span  id, detail;
	enum outcome outcome;
	struct told *next;
};

struct figure {
	struct span    name;
	long long      value;
	struct figure *next;
};

struct suite {
	const char    *name;
	struct span    folder;
	struct arena  *arena;   /* until the run ends: outcomes and files */
	struct arena  *scratch; /* for one case */
	struct kit    *kit;
	struct limits  limits;
	struct report  report;
	struct work    work;
	struct told   *first, *last;
	struct figure *figures, *last_figure;
	size_t         counts[CASE_EXCEPTION + 1];
	bool           broken; /* ran out of memory: the suite can't pass */
	struct suite  *next;
};

struct suite *suite_open(const char *name, struct span folder, struct kit *kit);
void          suite_close(struct suite *s);
struct tested;
/* Runs every case folder below s->folder. */
int case_suite(struct suite *s, const struct tested *t);

/* What all suites come to; exceptions are among the passed ones, and counted beside them. */
struct totals {
	size_t passed, failed, skipped, exceptions;
};
struct totals suite_totals(const struct suite *s); /* of this suite alone */
struct totals all_totals(const struct suite *suites);
/* report.json, junit.xml and earl.jsonld (docs/conformance.md) into a folder, which is made.  0 or -errno. */
int  write_reports(const char *folder, const char *target, const struct suite *suites);
void report_json(struct buf *b, const char *target, const struct suite *suites);
void report_junit(struct buf *b, const struct suite *suites);
/* earl.c: of the W3C's suites; target NULL: the library */
void report_earl(struct buf *b, const char *target, const struct suite *suites);

#endif
