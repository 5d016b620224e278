/* translate.h - verified and, in the same request, written anew: shared by the handlers that attest. */
#ifndef ASK_TRANSLATE_H
#define ASK_TRANSLATE_H

#include "gateway/attest/attest.h"
#include "gateway/http/ask/question.h"

/* Writes what is answered where something was attested. */
typedef void attested(struct exchange *x, const struct work *w, const struct verify *v, const struct attest *a);

/* Verifies, attests as t, and has the answer written: x->files, unless it failed, waits or was refused. */
void translate(struct exchange *x, const struct question *q, const struct target *t, attested *answer);

#endif
