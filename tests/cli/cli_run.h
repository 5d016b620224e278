/* cli_run.h - the program as its user starts it: arguments and standard input in; exit code and both outputs back. */
#ifndef TESTS_CLI_RUN_H
#define TESTS_CLI_RUN_H

#include <stddef.h>

struct ran {
	int    code; /* -1: ended by a signal */
	size_t out_len, err_len;
	char   out[1 << 18], err[1 << 14]; /* ended by a NUL */
};

/* Arguments in one line, parted by blanks, behind the program's own name; input NULL: nothing to read. */
void cli_run(struct ran *r, const char *arguments, const char *input);
/* Likewise; the words are those of a NULL-ended list. */
void cli_run_list(struct ran *r, const char *const *words, const char *input);

#endif
