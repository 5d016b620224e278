/* run.h - the conformance runner: our own cases and public corpora, against our library or anybody's gateway. */
#ifndef CONFORMANCE_RUN_H
#define CONFORMANCE_RUN_H

#include <stdbool.h>
#include <stddef.h>

struct conformance_options {
	const char *const *suites; /* names of case folders and corpora; none: all */
	size_t             suite_count;
	const char        *cases;   /* folder of cases; NULL: conformance/cases */
	const char        *corpora; /* folder of corpora; NULL: $VIDIMUS_CORPORA or ../shared/corpora, where present */
	const char        *out;     /* folder for the reports; NULL: none */
	const char        *target;  /* "builtin", "http://HOST[:PORT]" or "exec:COMMAND"; NULL: builtin */
	const char        *adapter; /* "vidimus" or "exec"; NULL: what fits the target */
	bool               list, exceptions; /* only list the suites; print every exception by name */
	const char        *token; /* that a gateway asks for before it writes anything; NULL: none */
	const char        *pairs; /* "text", "json" or "page": the suite `translate`, and nothing but its matrix is printed */
};

/* Prints one line a suite, failures with their detail, and last `N passed, N failed, N skipped`.
 * 0 only without failures and with at least one case passed; 1 otherwise; 64 for unusable options. */
int conformance_run(const struct conformance_options *o);

#endif
