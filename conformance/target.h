/* target.h - who is tested: our own library, a gateway over HTTP, or a command. */
#ifndef CONFORMANCE_TARGET_H
#define CONFORMANCE_TARGET_H

#include "config/policy.h"
#include "conformance/suite.h"

struct target;

/* NULL or "builtin", "http://HOST:PORT", "exec:COMMAND".  NULL: none of these. */
struct target *target_open(const char *name);
void           target_close(struct target *t);
bool           target_is_builtin(const struct target *t);

struct question {
	struct span          input;
	const struct trust  *trust;  /* builtin only: others must have it configured */
	const struct policy *policy;
	int64_t              at;
};

/* The report as JSON, in the work's arena.  NULL, or what went wrong in one sentence. */
const char *target_ask(const struct target *t, struct work *w, const struct question *q, struct span *report);

#endif
