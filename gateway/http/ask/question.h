/* question.h - what is asked of a certificate over HTTP: shared by the handlers that verify and that attest. */
#ifndef ASK_QUESTION_H
#define ASK_QUESTION_H

#include "codecs/base/buf.h"
#include "codecs/base/report.h"
#include "codecs/base/work.h"
#include "config/policy.h"
#include "gateway/http/exchange.h"

struct question {
	struct span          input;
	int64_t              now;
	const struct policy *policy;
	struct span          passcode, recipient; /* of a health link */
};

/* From body and type of the request.  false: it failed, and x->fault says why. */
bool question_read(struct exchange *x, struct question *q);
/* The body itself, now, under the default policy. */
void question_defaults(struct exchange *x, struct question *q);
/* The body as a JSON object.  false: it failed. */
struct node;
bool question_object(struct exchange *x, const struct node **out);
/* The work of one verification, with its report begun. */
struct work question_work(struct tools *t, struct arena *a, struct report *report, int64_t now);
/* What no scheme recognises is no certificate: a problem, not a report.  false: such a one. */
bool question_recognised(struct exchange *x, enum reason reason);
/* x->content, or what the buffer failed with. */
void question_answer(struct exchange *x, struct buf *b);

#endif
