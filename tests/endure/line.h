/* line.h - a connection that is kept, and made anew after whatever went wrong with it.  Any thread. */
#ifndef TESTS_ENDURE_LINE_H
#define TESTS_ENDURE_LINE_H

#include <stddef.h>

struct line {
	int fd, port; /* fd -1: not connected */
};

/* The status of a whole answer of known length, which goes to `answer` with a NUL behind it; 0: there was none (the
 * connection was refused, ended, or nothing came for ten seconds). */
int  line_ask(struct line *l, const char *request, size_t len, char *answer, size_t room);
void line_close(struct line *l);

#endif
