/* vocab.h - credentials in the vaccination vocabulary of the W3C's credentials community (https://w3id.org/vaccination).
 *
 * What a member means is its context's to say, and a context may stand in the document itself.  So everything is read
 * from the expanded form, by IRI, and each IRI must have one value: that is what was signed.
 */
#ifndef VC_HEALTH_VOCAB_H
#define VC_HEALTH_VOCAB_H

#include "codecs/base/work.h"
#include "codecs/record/record.h"
#include "codecs/tree/node.h"

/* A subject that calls itself a VaccinationEvent: worth expanding. */
bool vocab_is(const struct node *credential);
/* Into the common record; the certificate's period is the caller's.  Where the word stands for something else, *out
 * stays as it was, as it does when something is wrong: that is reported on the running check.  0, -ENOMEM, -ENOBUFS. */
int  vocab_normalise(struct work *w, const struct node *credential, const char *layer, struct record *out);

#endif
