/* translation.h - what was verified, written as another form under a key of the runner's own, and looked at with suspicion:
 * read again it must be verified, say nothing new, and say of each element what the loss report said.
 */
#ifndef TRANSLATE_TRANSLATION_H
#define TRANSLATE_TRANSLATION_H

#include "conformance/translate/keyring.h"
#include "gateway/attest/attest.h"

/* v was verified in w, whose time it was.  Fills *a (target, refusal, loss, emitted; all else is the runner's).
 * NULL; or in one sentence what is wrong with what was written, or with us. */
const char *translation_fault(const struct keyring *k, struct work *w, const struct verify *v,
			      const struct target *t, struct attest *a);
/* {"report": ..., "code": "attest.missing", "loss": ...}: code of a refusal, loss where there is one.  The parts that answers
 * of gateways have, too. */
void translation_json(struct buf *b, const struct work *w, const struct verify *v, const struct attest *a);

#endif
