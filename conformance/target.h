/* target.h - who is tested: our own library, a gateway over HTTP, or a command. */
#ifndef CONFORMANCE_TARGET_H
#define CONFORMANCE_TARGET_H

#include "config/policy.h"
#include "conformance/pages.h"
#include "conformance/suite.h"

struct target;

/* Answers later than this count as none. */
enum { TARGET_PATIENCE = 10, TARGET_ANSWER_MAX = 1 << 20 };

/* name: NULL or "builtin", "http://HOST[:PORT]", "exec:COMMAND"; adapter: how it is spoken to, NULL for what fits
 * the name.  *fault: NULL, or why the two can't be used, in one sentence; then NULL is returned. */
struct target *target_open(const char *name, const char *adapter, const char **fault);
void           target_close(struct target *t);
bool           target_is_builtin(const struct target *t);
/* It says whether a credential is verified, and no more: expect_verdict. */
bool           target_is_terse(const struct target *t);
/* Why this input can't be carried to the target; NULL when it can. */
const char *target_refusal(const struct target *t, struct span input);

struct question {
	struct span          input;
	const char          *folder; /* of the case, for messages of a command */
	const struct trust  *trust;  /* builtin only: others must have it configured */
	const struct policy *policy; /* likewise */
	int64_t              at;
	struct pages         web; /* builtin only, as what follows */
	struct span          passcode, recipient;
};

/* The report as JSON, in the work's arena.  NULL, or what went wrong in one sentence. */
const char *target_ask(const struct target *t, struct work *w, const struct question *q, struct span *report);

#endif
