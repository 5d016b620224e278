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

/* Our own words stand beside those of the vocabulary: for tests, recoveries, codes and all else that it has no word
 * for (words.def).  They belong to nobody's domain and lead nowhere. */
#define VOCAB_VACCINATION "https://w3id.org/vaccination#"
#define VOCAB_SCHEMA      "http://schema.org/"
#define VOCAB_SCHEMA_S    "https://schema.org/" /* as the data model 2.0 has `name` */
#define VOCAB_OWN         "urn:uuid:7677260e-48ca-4140-a713-6e2b92acc4e4#"

/* Kinds of events, as bits of enum event_kind. */
enum {
	WORDS_SHOT = 1 << EVENT_VACCINATION, WORDS_TEST = 1 << EVENT_TEST, WORDS_RECOVERY = 1 << EVENT_RECOVERY,
	WORDS_ANY = WORDS_SHOT | WORDS_TEST | WORDS_RECOVERY
};

/* A subject, or the first of several, that calls itself a VaccinationEvent, TestEvent or RecoveryEvent: worth expanding. */
bool vocab_is(const struct node *credential);
/* Several subjects are several events of one person: each names it, and what they say of it must be the same.
 * Into the common record; the certificate's period is the caller's.  Where the word stands for something else, *out
 * stays as it was, as it does when something is wrong: that is reported on the running check.  0, -ENOMEM, -ENOBUFS. */
int  vocab_normalise(struct work *w, const struct node *credential, const char *layer, struct record *out);

#endif
