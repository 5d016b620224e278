/* target.h - who is tested: our own library, a gateway over HTTP, or a command. */
#ifndef CONFORMANCE_TARGET_H
#define CONFORMANCE_TARGET_H

#include "config/policy.h"
#include "conformance/pages.h"
#include "conformance/suite.h"

struct tested;

/* Answers later than this count as none. */
enum { TARGET_PATIENCE = 10, TARGET_ANSWER_MAX = 1 << 20 };

/* name: NULL or "builtin", "http://HOST[:PORT]", "exec:COMMAND"; adapter: how it is spoken to, NULL for what fits
 * the name.  *fault: NULL, or why the two can't be used, in one sentence; then NULL is returned. */
struct tested *target_open(const char *name, const char *adapter, const char **fault);
/* What a gateway wants to see before it writes anything; must outlive the target. */
void           target_take_token(struct tested *t, struct span token);
void           target_close(struct tested *t);
bool           target_is_builtin(const struct tested *t);
/* It says whether a credential is verified, and no more: expect_verdict. */
bool           target_is_terse(const struct tested *t);
/* Why this input can't be carried to the target; NULL when it can. */
const char *target_refusal(const struct tested *t, struct span input);

struct question {
	struct span          input;
	const char          *folder; /* of the case, for messages of a command */
	const struct trust  *trust;  /* builtin only: others must have it configured */
	const struct policy *policy; /* likewise */
	int64_t              at;
	struct pages         web; /* builtin only, as what follows */
	struct span          passcode, recipient;
	const char          *to; /* the form that it is to be written in; NULL: verified only */
};

/* The report as JSON, or of what is to be written the answer of expect_translation, in the work's arena.  NULL, or what went wrong in one sentence. */
const char *target_ask(const struct tested *t, struct work *w, const struct question *q, struct span *report);

#endif
